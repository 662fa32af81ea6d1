"""What Tab asks: which words can stand next on a command line. Typer is not loaded for it.

`invoicectl __complete bash LINE`, or `invoicectl __complete zsh|fish WORD... WORD`, prints a
candidate a line, a tab and a note behind it; `:files` alone stands for the shell's own completion.
Nothing is said when something is wrong: a shell waits for a word, not for a message.
"""

import os
import re
import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from invoicectl.commands import COMMANDS, Entry

Candidate = tuple[str, str]

FILES: list[Candidate] = [(":files", "")]
SPELLED = Path(__file__).with_name("spelled.txt")


@cache
def spelled() -> dict[str, list[str]]:
    """Return the options of every command, by what is typed, and words of tables by [name]."""
    lines = SPELLED.read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {name: words.split() for name, words in rows}


class Place(NamedTuple):
    """Where on a command line a word is being typed.

    `path` is the command so far and `entries` what can follow it; `before` are its arguments,
    `option` is the one whose value comes next, `db` what --db or --profile said.
    """

    path: tuple[str, ...]
    entries: dict[str, Entry]
    before: list[str]
    option: str
    db: str

    @property
    def options(self) -> dict[str, bool]:
        """The options that can stand here, and whether a value follows each."""
        words = spelled()[" ".join(self.path)] + spelled()[""]
        return {word.rstrip("="): word.endswith("=") for word in words if word != "REF"}


def main(words: Sequence[str]) -> None:
    """Print what can be typed; nothing where that cannot be found out."""
    try:
        shell, *typed = words
        found = for_bash(typed[0]) if shell == "bash" else completed(typed[:-1], typed[-1])
        lines = (_line(value, note) for value, note in found if value.isprintable())
        sys.stdout.write("".join(f"{line}\n" for line in lines))
    except Exception:  # noqa: S110 - see the module's note
        pass


def _line(value: str, note: str) -> str:
    note = "".join(char if char.isprintable() else " " for char in note)
    return f"{value}\t{note}" if note else value


def for_bash(line: str) -> list[Candidate]:
    """Complete the last word of a line; bash replaces what is behind its last `=` or `:`."""
    _, *words = split(line)
    word = words.pop() if words else ""
    kept = max(word.rfind("="), word.rfind(":")) + 1
    return [
        (value if value == ":files" else re.sub(r"([^\w@%+=:,./-])", r"\\\1", value[kept:]), note)
        for value, note in completed(words, word)
    ]


def split(line: str) -> list[str]:
    """Return the words of a line whose last one is not finished, '' where it is to begin.

    >>> split("invoicectl get 'a b' --status=op")
    ['invoicectl', 'get', 'a b', '--status=op']
    """
    words = re.findall(r"""((?:'[^']*'?|"[^"]*"?|\\.|[^\s'"\\])+)""", line)
    if line[-1:].isspace():
        words.append("")
    return [re.sub(r"""['"]|\\(.)""", r"\1", word) for word in words]


def completed(words: Sequence[str], word: str) -> list[Candidate]:
    """Return what a word can become that stands after others (without the program's name)."""
    place = situate(words)
    option, equals, value = word.partition("=")
    if place.option:
        return _values(place, place.option, word)
    if equals and option in place.options:
        return [(f"{option}={each}", note) for each, note in _values(place, option, value)]
    if word.startswith("-"):
        return _begun(((name, "") for name in [*place.options, "--help"]), word)
    if place.entries and place.before:
        return []  # there is no such command
    if place.entries:
        return _begun(((name, entry.help) for name, entry in place.entries.items()), word)
    return _arguments(place, word)


def situate(words: Sequence[str]) -> Place:
    """Return where the words lead to.

    >>> situate(["--db", "books.db", "payment", "apply", "PAY-00001"])[:3:2]
    (('payment', 'apply'), ['PAY-00001'])
    """
    place = Place((), COMMANDS, [], "", os.environ.get("INVOICECTL_DB", ""))
    for word in words:
        option, equals, value = word.partition("=")
        if place.option:
            place = place._replace(option="", db=_named(place, place.option, word))
        elif word.startswith("-") and word != "-":
            takes = place.options.get(option, False)
            db = _named(place, option, value) if equals else place.db
            place = place._replace(option=option if takes and not equals else "", db=db)
        elif word in place.entries:
            path, entry = (*place.path, word), place.entries[word]
            place = place._replace(path=path, entries=entry.sub)
        else:
            place.before.append(word)
    return place


def _named(place: Place, option: str, value: str) -> str:
    """Return the path of the database after an option that may have named it."""
    if option == "--profile":
        from invoicectl.profiles import database_of

        return str(database_of(value))
    return value if option == "--db" else place.db


def _begun(candidates: Iterable[Candidate], word: str) -> list[Candidate]:
    """Return those that begin with what was typed, in any case."""
    return [each for each in candidates if each[0].lower().startswith(word.lower())]


Complete = Callable[[Place, str], list[Candidate]]


def _listed(words: Callable[[], Iterable[str]]) -> Complete:
    """Return what completes one of some words."""
    return lambda _, word: _begun(((each, "") for each in words()), word)


def _several(words: Callable[[Place], Iterable[str]]) -> Complete:
    """Return what completes the last of some words between commas."""

    def complete(place: Place, word: str) -> list[Candidate]:
        first, comma, last = word.rpartition(",")
        found = _begun(((each, "") for each in words(place)), last)
        return [(f"{first}{comma}{each}", note) for each, note in found]

    return complete


def _files(_place: Place, _word: str) -> list[Candidate]:
    return FILES


def _books(kind: str) -> Complete:
    """Return what completes the name of a record."""

    def complete(place: Place, word: str) -> list[Candidate]:
        from invoicectl.service import completing

        statuses = _statuses(place) if kind == "invoice" else ()
        return completing.records(_database(place), kind, word, _today(), statuses)

    return complete


def _database(place: Place) -> Path:
    if place.db:
        return Path(place.db).expanduser()
    from invoicectl.profiles import database_of

    return database_of(os.environ.get("INVOICECTL_PROFILE", ""))


def _today() -> str:
    return os.environ.get("INVOICECTL_TODAY", "") or time.strftime("%Y-%m-%d")


def _statuses(place: Place) -> Collection[str]:
    """Return the statuses in which the command can be tried; all of them for a look-up."""
    from invoicectl.rules.lifecycle import ALLOWED

    verb = place.before[0] if place.path == ("batch",) else "-".join(place.path)
    return ALLOWED.get(verb, ())


def _filter_statuses() -> Iterable[str]:
    from invoicectl.rules.lifecycle import FILTER_WORDS

    return FILTER_WORDS


def _of_customers() -> Iterable[str]:
    return ("PROSPECT", "ACTIVE", "INACTIVE", "CHURNED")


def _currencies() -> Iterable[str]:
    from invoicectl.rules.currencies import MINOR_DIGITS

    return MINOR_DIGITS


def _fields(place: Place) -> Iterable[str]:
    from invoicectl.service.listing import fields

    return fields(KIND_OF.get(place.path[0] if place.path else "", "invoice"))


def _profiles() -> Iterable[str]:
    from invoicectl.profiles import every

    return every()


def _settings() -> Iterable[str]:
    from invoicectl.config import KEYS

    return KEYS


def _values(place: Place, option: str, word: str) -> list[Candidate]:
    """Return the values of an option; a few mean something else in some commands."""
    own = f"{place.path[0]} {option}" if place.path else option
    complete = VALUES.get(own) or VALUES.get(option)
    return complete(place, word) if complete else []


def _words(name: str) -> Complete:
    return _listed(lambda: spelled()[f"[{name}]"])


_status = _several(lambda _: _filter_statuses())
VALUES: dict[str, Complete] = {
    **{f"--{kind}": _books(kind) for kind in ("customer", "order", "shipment", "product")},
    "--term": _books("term"),
    "--payment-term": _books("term"),
    "--tax": _books("tax"),
    "--shipping-tax": _books("tax"),
    "--status": _status,
    "customer --status": _listed(_of_customers),
    "--currency": _listed(_currencies),
    "--fields": _several(_fields),
    "--profile": _listed(_profiles),
    "--set": _listed(_settings),
    "--format": _words("--format"),
    "-f": _words("--format"),
    "--sort": _words("--sort"),
    "--by": _words("--by"),
    "--factored": _words("--factored"),
    "--tax-rounding": _words("--tax-rounding"),
    "--factor-name": _words("--factor-name"),
    "--excess": _words("--excess"),
    "--input-format": _words("--input-format"),
    "--template": _words("--template"),
    "--kind": _words("--kind"),
    **dict.fromkeys(
        ("--db", "--config", "--output", "-o", "--from", "--pdf", "--skip-invalid", "--folder"),
        _files,
    ),
}

KIND_OF = {
    "customer": "customer", "order": "order", "shipment": "shipment", "product": "product",
    "term": "term", "tax": "tax", "payment": "payment", "credit": "credit", "trash": "trash",
    "credit-note": "credit", "pay": "payment", "activity": "activity",
}  # fmt: skip

# What the arguments of a command are, one after the other; the last stands for all that follow.
ARGUMENTS: dict[str, tuple[Complete, ...]] = {
    "payment apply": (_books("payment"), _books("invoice")),
    "payment unapply": (_books("payment"), _books("invoice")),
    "credit apply": (_books("credit"), _books("invoice")),
    "credit unapply": (_books("credit"), _books("invoice")),
    "batch": (_words("batch"), _books("invoice")),
    "import": (_words("import"), _files),
    "help": (_words("help"),),
    "schema": (_words("schema"),),
    "completion": (_words("completion"),),
    **{f"config {verb}": (_listed(_settings),) for verb in ("get", "set", "unset")},
    **dict.fromkeys(
        ("backup", "restore", "copy-to", "demo", "templates eject", "templates preview"), (_files,)
    ),
}


def _arguments(place: Place, word: str) -> list[Candidate]:
    """Return what an argument can be; where no table says, a record of the kind of the command."""
    command = " ".join(place.path)
    if "REF" not in spelled()[command]:
        return []
    usual = _books(KIND_OF.get(place.path[0], "invoice") if len(place.path) > 1 else "invoice")
    known = ARGUMENTS.get(command, (usual,))
    return known[min(len(place.before), len(known) - 1)](place, word)
