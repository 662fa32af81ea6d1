"""Read what comes in: the fields of a record from a body, a file or a command line, one by one.

Every reader names the field by its path (`lines[2].quantity`) when it refuses. What comes as text
(options, CSV) and what comes as JSON are read by the same rules.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar

from invoicectl.errors import InvoicectlError, UsageError, ValidationError
from invoicectl.rules import dates, money

T = TypeVar("T")
# Fields by their names: the column that each becomes, and how it is read (ValueError refuses it).
Table = Mapping[str, tuple[str, Callable[[Any], Any]]]
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
SHORT, LONG = 500, 20_000
DEEPEST = 32
# How the reasons begin of what is no number, date or discount at all.
UNREADABLE = ("is not a plain number", "is not a date such", "is not a discount such")


def parse(text: str, name: str) -> Any:
    """Return a JSON document; numbers with decimals come as Decimal.

    Raises:
        UsageError: it does not parse, names a field twice, or holds NaN or Infinity.
    """
    try:
        return DECODER.decode(text)
    except RecursionError:
        raise UsageError(f"{name} is nested too deeply") from None
    except (ValueError, ArithmeticError) as error:  # a number may be beyond any Decimal
        reason = str(error) if isinstance(error, ValueError) else "a number is out of all bounds"
        raise UsageError(f"{name} is not readable JSON: {reason}") from None


def _no_constant(word: str) -> object:
    msg = f"{word} is no number"
    raise ValueError(msg)


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        msg = f"field {next(name for name in names if names.count(name) > 1)!r} stands twice"
        raise ValueError(msg)
    return read


DECODER = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_repeats
)


class Fields:
    """The fields of one record that came in. Each is taken once; `finish` refuses what is left."""

    def __init__(
        self,
        given: object,
        path: str = "",
        aliases: Mapping[str, str] | None = None,
        *,
        typed: bool = False,
    ) -> None:
        """Read a JSON object; `aliases` brings other systems' names to ours.

        `typed` says that it stands for the options of a command line.
        """
        if given.__class__ is not dict and not isinstance(given, Mapping):
            raise ValidationError.at(path or "body", "is not a record of named fields")
        self.path, self.typed = path, typed
        self._spelled: dict[str, str] = {}
        self.left: dict[str, object] = {}
        self.known: set[str] = set()
        self._tables: list[Table] = []
        self._aliases = aliases or {}
        for name, value in given.items():
            canonical = name if aliases is None else aliases.get(name, name)
            if canonical in self.left:
                raise ValidationError.at(self.at(name), f"says {canonical} a second time")
            self.left[canonical] = value if value.__class__ is not str else value or None
            if canonical != name:
                self._spelled[canonical] = name

    def at(self, name: str) -> str:
        """Return a field's path, spelled as it was given."""
        name = self._spelled.get(name, name)
        return f"{self.path}.{name}" if self.path else name

    def refuse(self, name: str, reason: str, hint: str = "") -> InvoicectlError:
        """Return the refusal of a field: not acceptable, or of an option not even readable."""
        if self.typed and reason.startswith(UNREADABLE):
            return UsageError(f"{self.at(name)}: {reason}", hint=hint)
        return ValidationError.at(self.at(name), reason, hint=hint)

    def has(self, name: str) -> bool:
        """Return whether a field was given and is not null, and take note that it is known."""
        self.known.add(name)
        return self.left.get(name) is not None

    def take(self, name: str) -> Any:
        """Return a field as it came, None where it is missing or null."""
        self.known.add(name)
        return self.left.pop(name, None)

    def columns(self, table: Table) -> dict[str, Any]:
        """Return those fields of a table that were given, read and by their columns.

        It asks for what is there, not for all that could be: most records have few of many fields.
        """
        self._tables.append(table)
        found = {}
        for name in [name for name in self.left if name in table]:
            column, read = table[name]
            value = self.left.pop(name)
            try:
                found[column] = None if value is None else read(value)
            except ValueError as error:
                raise self.refuse(name, str(error)) from error
        return found

    def _read(self, name: str, read: Callable[[Any], T]) -> T | None:
        self.known.add(name)
        value = self.left.pop(name, None)
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            raise self.refuse(name, str(error)) from error

    def text(self, name: str, *, most: int = SHORT) -> str | None:
        """Return a text of at most `most` characters."""
        if most == SHORT:
            return self._read(name, clean_text)
        return self._read(name, lambda value: clean_text(value, most=most))

    def long_text(self, name: str) -> str | None:
        """Return a text that may fill pages."""
        return self.text(name, most=LONG)

    def needed(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.text(name)
        if value is None or not value.strip():
            raise self.missing(name)
        return value

    def missing(self, name: str) -> InvoicectlError:
        """Return the refusal of a field that must be there, or of its misspelling."""
        for near in get_close_matches(name, self.left, 1):
            return self.refuse(near, "is not a field of this record", f"did you mean {name}?")
        return self.refuse(name, "is missing")

    def day(self, name: str) -> date | None:
        """Return a calendar date."""
        return self._read(name, read_day)

    def amount(self, name: str, currency: str) -> int | None:
        """Return an amount in minor units."""
        return self._read(name, lambda value: money.from_json(value, currency))

    def number(self, name: str) -> Decimal | None:
        """Return a quantity, price or rate."""
        return self._read(name, money.number_from_json)

    def flag(self, name: str) -> bool | None:
        """Return a yes or no."""
        return self._read(name, _flag)

    def one_of(self, name: str, words: Iterable[str]) -> str | None:
        """Return one of some words, read in any case."""
        return self._read(name, word_of(words))

    def records(self, name: str, aliases: Mapping[str, str] | None = None) -> "list[Fields] | None":
        """Return a list of records."""
        value = self.take(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise self.refuse(name, "is not a list")
        path = self.at(name)
        return [
            Fields(each, f"{path}[{n}]", aliases, typed=self.typed) for n, each in enumerate(value)
        ]

    def record(self, name: str, aliases: Mapping[str, str] | None = None) -> "Fields | None":
        """Return a record inside this one."""
        value = self.take(name)
        return None if value is None else Fields(value, self.at(name), aliases, typed=self.typed)

    def data(self, name: str) -> Any:
        """Return a JSON value that is only kept."""
        value = self.take(name)
        if value is not None and len(json.dumps(value, default=str)) > LONG:
            raise self.refuse(name, f"is longer than {LONG} characters")
        return value

    def ignore(self, *names: str) -> None:
        """Take note of fields that are known and say nothing here."""
        for name in names:
            self.take(name)

    def finish(self) -> None:
        """Refuse the first field that nobody knows, with the nearest that there is."""
        for name in self.left:
            known = self.known.union(*self._tables, self._aliases)
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else ""
            raise self.refuse(name, "is not a field of this record", hint)


def clean_text(value: object, *, most: int = SHORT) -> str:
    """Return a text without blanks around it; ValueError when it is none, or cannot be stored."""
    if not isinstance(value, str):
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)  # other systems write numbers of orders and customers as numbers
        msg = "is not a text"
        raise ValueError(msg)
    text = value.strip()
    if len(text) > most:
        msg = f"is longer than {most:,} characters"
        raise ValueError(msg)
    if not text.isprintable() and (odd := _NO_TEXT.search(text)):
        msg = f"contains a character that is no text (U+{ord(odd[0]):04X})"
        raise ValueError(msg)
    return text


def word_of(words: Iterable[str]) -> Callable[[object], str]:
    """Return what reads one of some words, in any case."""
    listed = list(words)

    def read(value: object) -> str:
        for word in listed:
            if isinstance(value, str) and value.strip().lower() == word.lower():
                return word
        msg = f"is {value!r}; it can be {', '.join(listed)}"
        raise ValueError(msg)

    return read


def long_text(value: object) -> str:
    """Return a text that may fill pages."""
    return clean_text(value, most=LONG)


def read_day(value: object) -> date:
    """Return a calendar date, of an instant its day as written; ValueError where it is none."""
    if type(value) is date:
        return value
    if not isinstance(value, str):
        msg = "is not a date such as 2026-01-31"
        raise ValueError(msg)  # noqa: TRY004 - a refusal of input, like the others
    return dates.read_date_or_instant(value.strip())


def _flag(value: object) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in words:
        return words[value.strip().lower()]
    msg = "is neither true nor false"
    raise ValueError(msg)


def item(text: str, option: str) -> dict[str, str]:
    r"""Return the fields of `desc=Web Development,qty=40,tax=GST+QST`.

    A comma in a value is written `\,`. UsageError when a part is not NAME=VALUE.
    """
    fields: dict[str, str] = {}
    for part in _split(text):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            message = f"{option} {text!r}: {part!r} is not NAME=VALUE"
            raise UsageError(message, hint=r"write a comma in a value as \,")
        if name.strip() in fields:
            raise UsageError(f"{option} {text!r}: {name.strip()} stands twice")
        fields[name.strip()] = value.strip()
    return fields


def _split(text: str) -> list[str]:
    parts = [""]
    escaped = False
    for char in text:
        if escaped:
            parts[-1] += char if char in ",\\" else f"\\{char}"
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == ",":
            parts.append("")
        else:
            parts[-1] += char
    if escaped:
        parts[-1] += "\\"
    return parts
