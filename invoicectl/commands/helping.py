"""help: pages on what several commands have in common, with facts from the tables that they use.

A page is a text of the folder `topics`, its first line what lists show. A line `{{name}}` in it is
a table that is made when the page is shown, `{{name}}` within a line a word or two.
"""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from invoicectl import config, errors
from invoicectl.context import Context
from invoicectl.errors import UsageError

PAGES = Path(__file__).with_name("topics")
TOPICS = (
    "filters", "dates", "money", "exit-codes", "environment", "cron", "email", "numbering",
)  # fmt: skip
WIDTH = 80


def help_(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="[TOPIC]", help="A topic, or a command.")
    ] = [],  # noqa: B006 - Typer copies it
    man: Annotated[bool, typer.Option("--man", help="All of it as a manual page.")] = False,
) -> None:
    """Explain what commands have in common: filters, dates, money, exit codes and more.

    Without a topic it lists them. With the name of a command it is the same as COMMAND --help.
    `invoicectl help --man | man -l -` shows the manual page.

    Example: invoicectl help filters
    """
    from invoicectl.commands import COMMANDS

    context: Context = ctx.obj
    if man:
        from invoicectl.commands import manual

        context.plain(manual.page(ctx))
    elif not words:
        _list(context)
    elif words[0] in COMMANDS:
        context.run([*words, "--help"])
    else:
        _show(context, " ".join(words), COMMANDS)


def _list(context: Context) -> None:
    rows = [{"topic": topic, "summary": summary(topic)} for topic in TOPICS]
    if context.format in {"table", "tsv"}:
        lines = _columns((row["topic"], row["summary"]) for row in rows)
        context.plain(f"Topics ('invoicectl help TOPIC'):\n\n{lines}\n")
    else:
        context.list(rows, "topic", limit=None)


def _show(context: Context, name: str, commands: Iterable[str]) -> None:
    topic = re.sub(r"[\s_]+", "-", name.strip().lower())
    if topic not in TOPICS:
        near = get_close_matches(topic, [*TOPICS, *commands], 1)
        hint = f"did you mean {near[0]}?" if near else f"topics: {', '.join(TOPICS)}"
        raise UsageError(f"there is no help on {name!r}", hint=hint)
    if context.format in {"table", "tsv"}:
        context.plain(page(topic))
    else:
        context.show({"topic": topic, "summary": summary(topic), "text": page(topic)}, "topic")


def summary(topic: str) -> str:
    """Return the line that lists of topics show."""
    return _text(topic).partition("\n")[0]


def page(topic: str) -> str:
    """Return a topic as it is read, no line wider than 80 columns."""
    return re.sub(r"\{\{([\w-]+)\}\}", lambda match: FACTS[match[1]](), _text(topic))


def _text(topic: str) -> str:
    return (PAGES / f"{topic}.txt").read_text("utf-8")


def _columns(rows: Iterable[tuple[str, str]]) -> str:
    """Return two columns, the second wrapped."""
    listed = list(rows)
    width = max(len(name) for name, _ in listed) + 2
    return "\n".join(
        textwrap.fill(
            meaning, WIDTH, initial_indent=f"  {name:{width}}",
            subsequent_indent=" " * (width + 2), break_long_words=False, break_on_hyphens=False,
        )
        for name, meaning in listed
    )  # fmt: skip


def _words(words: Iterable[str]) -> str:
    return textwrap.fill(
        " ".join(words), WIDTH, initial_indent="  ", subsequent_indent="      ",
        break_on_hyphens=False,
    )  # fmt: skip


def _fields() -> str:
    """Return the fields of a filter, those that are asked alike together."""
    from invoicectl.service import vocabulary

    alike: dict[tuple[str, str], list[str]] = {}
    for name, (wants, operators) in vocabulary.filter_fields().items():
        alike.setdefault((wants, " ".join(operators)), []).append(name)
    return "\n".join(
        f"{_words(names)}\n{_words([f'  {wants}:', operators or 'stands right after the name'])}"
        for (wants, operators), names in alike.items()
    )


def _connectives() -> str:
    from invoicectl.service import vocabulary

    *names, last = vocabulary.connectives()
    return f"{', '.join(names)} and {last}"


def _options() -> str:
    from invoicectl.service import vocabulary

    return _columns(vocabulary.filter_options().items())


def _statuses() -> str:
    from invoicectl.rules.lifecycle import FILTER_WORDS, OVERDUE

    meant = {
        word: "owed past its due date" if means == OVERDUE else " or ".join(means)
        for word, means in FILTER_WORDS.items()
    }
    return _columns(meant.items())


def _sorts() -> str:
    from invoicectl.service import vocabulary

    return _words(vocabulary.sorts())


def _terms() -> str:
    from datetime import date

    from invoicectl.rules import terms

    words = ("on receipt", "Net 30", "EOM", "EOM+10", "30 days then EOM", "day 15 of month +1",
             "2/10 net 30")  # fmt: skip
    rules = {word: terms.read(word) for word in words}
    days = {word: terms.due_date(rule, date(2026, 1, 15)) for word, rule in rules.items()}
    return _columns((word, day.isoformat()) for word, day in days.items())


def _decimals() -> str:
    from invoicectl.rules.currencies import MINOR_DIGITS

    by_digits: dict[int, list[str]] = {}
    for code, digits in MINOR_DIGITS.items():
        by_digits.setdefault(digits, []).append(code)
    return _columns(
        (f"{digits or 'none'}", " ".join(codes))
        for digits, codes in by_digits.items()
        if digits != 2
    )


def _exit_codes() -> str:
    from inspect import getdoc

    told = {0: ("", "Done; an empty result too.")}
    told[errors.InvoicectlError.exit_code] = (errors.InvoicectlError.code, "A bug in invoicectl.")
    for refusal in errors.InvoicectlError.__subclasses__():
        told[refusal.exit_code] = (refusal.code, (getdoc(refusal) or "").partition("\n")[0])
    return _columns((f"{code:>3}  {word:22}", meaning) for code, (word, meaning) in told.items())


def _variables() -> str:
    return _columns(config.ENVIRONMENT.items())


def _settings(prefix: str = "") -> str:
    return _columns(
        (key, meaning + (f" (default {default})" if default else ""))
        for key, (meaning, default) in config.KEYS.items()
        if key.startswith(prefix)
    )


def _friendly_ids() -> str:
    from invoicectl.rules.numbering import FRIENDLY, friendly

    return _columns((friendly(kind, 1), kind) for kind in FRIENDLY)


FACTS: Mapping[str, Callable[[], str]] = {
    "fields": _fields,
    "connectives": _connectives,
    "options": _options,
    "statuses": _statuses,
    "sorts": _sorts,
    "terms": _terms,
    "decimals": _decimals,
    "exit-codes": _exit_codes,
    "variables": _variables,
    "settings": _settings,
    "mail-settings": lambda: _settings("mail."),
    "friendly-ids": _friendly_ids,
    "pattern": lambda: config.KEYS["numbering.pattern"][1],
}
