"""An invoice number is a pattern filled in: `INV-{seq:05d}`, `INV-{year}-{seq:04d}`.

`{seq}` counts from 1 without gaps; with `{year}` or `{month}` in the pattern it begins again with
each. They are the invoice date's and always 4 and 2 digits, so no two counts print the same number.
Every other record has a friendly id (C-00001), and a draft one too, until it is issued. As a
reference may be any of them, no pattern may print what reads as a UUID or a friendly id.

>>> pattern = parse("INV-{year}-{seq:04d}")
>>> number(pattern, date(2026, 1, 31), 7), scope(pattern, date(2026, 1, 31))
('INV-2026-0007', 'INV-2026-{seq:04d}')
>>> parse("C-{seq}")
Traceback (most recent call last):
ValueError: would print numbers that read as friendly ids or UUIDs
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

DEFAULT_PATTERN = "INV-{seq:05d}"
MOST_DIGITS = 12
LONGEST_PATTERN = 64

FRIENDLY: Mapping[str, str] = MappingProxyType(
    {
        "customer": "C",
        "order": "ORD",
        "shipment": "SHP",
        "credit": "CM",
        "payment": "PAY",
        "draft": "DRAFT",
        "product": "PRD",
        "tax": "TAX",
        "term": "TRM",
    }
)
_KINDS = {prefix: kind for kind, prefix in FRIENDLY.items()}
_PREFIX = f"({'|'.join(FRIENDLY.values())})"
_FRIENDLY_ID = re.compile(
    rf"{_PREFIX}-([0-9]{{5}}|[1-9][0-9]{{5,{MOST_DIGITS - 1}}})", re.ASCII | re.IGNORECASE
)
_PREFIX_AND_DIGITS = re.compile(rf"{_PREFIX}-[0-9]+", re.ASCII | re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)

_FIELD = re.compile(r"\{(seq|year|month)(?::0([1-9][0-9]?)d)?\}", re.ASCII)
_WIDTHS = {
    "seq": {None, *(str(width) for width in range(1, MOST_DIGITS + 1))},
    "year": {None, "4"},
    "month": {None, "2"},
}
_FORMS = {"year": "(?:19|2[0-9])[0-9]{2}", "month": "(?:0[1-9]|1[0-2])"}


class Pattern(NamedTuple):
    """A pattern that `parse` let pass, as it was written, and the least digits of its sequence."""

    text: str
    width: int


def _names(text: str) -> list[str]:
    return [match[1] for match in _FIELD.finditer(text)]


def _reads_as_another(text: str) -> bool:
    """Return whether some date and sequence would print a friendly id or a UUID.

    Fields print nothing but digits, and only the sequence grows: its length is all there is to try.
    """
    samples = [_zeros(text, length) for length in range(_width(text), MOST_DIGITS + 1)]
    return any(_PREFIX_AND_DIGITS.fullmatch(each) or is_uuid(each) for each in samples)


def _zeros(text: str, seq_digits: int) -> str:
    digits = {"seq": seq_digits, "year": 4, "month": 2}
    return _FIELD.sub(lambda match: "0" * digits[match[1]], text)


def _width(text: str) -> int:
    return next(int(match[2] or 1) for match in _FIELD.finditer(text) if match[1] == "seq")


# What is wrong with a pattern, and how to see it; in this order, each relies on those before it.
_FAULTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    (f"is longer than {LONGEST_PATTERN} characters", lambda text: len(text) > LONGEST_PATTERN),
    ("has a control character or another that is not printed", lambda text: not text.isprintable()),
    ("begins or ends with a space", lambda text: text != text.strip()),
    ("begins with - = + @ or ', which is no letter or digit", lambda text: text[:1] in {*"-=+@'"}),
    (
        "has a field other than {seq}, {seq:05d}, {year} and {month}",
        lambda text: bool(re.search(r"[{}]", _FIELD.sub("", text))),
    ),
    (
        f"has a width that cannot be: {{seq:01d}} to {{seq:0{MOST_DIGITS}d}}, {{year}}, {{month}}",
        lambda text: any(m[2] not in _WIDTHS[m[1]] for m in _FIELD.finditer(text)),
    ),
    ("needs exactly one {seq}", lambda text: _names(text).count("seq") != 1),
    ("has a field twice", lambda text: len(set(_names(text))) < len(_names(text))),
    (
        "has {month} without {year}, so its numbers would come again every year",
        lambda text: "month" in _names(text) and "year" not in _names(text),
    ),
    ("would print numbers that read as friendly ids or UUIDs", _reads_as_another),
)


@lru_cache(maxsize=16)
def parse(text: str) -> Pattern:
    """Read a numbering pattern.

    Raises:
        ValueError: it is none, or its numbers could repeat or be taken for something else.
    """
    for reason, is_so in _FAULTS:
        if is_so(text):
            raise ValueError(reason)
    return Pattern(text, _width(text))


def scope(pattern: Pattern, on: date) -> str:
    """Return the name of the sequence that an invoice of this date counts in.

    It is a pattern itself, of which only {seq} is left to fill in.
    """
    known = {"year": f"{on.year:04d}", "month": f"{on.month:02d}"}
    return _FIELD.sub(lambda match: known.get(match[1], match[0]), pattern.text)


def number(pattern: Pattern, on: date, seq: int) -> str:
    """Print the invoice number of a place in the sequence of a date.

    Raises:
        ValueError: the place is negative or has more than 12 digits.
    """
    if not 0 <= seq < 10**MOST_DIGITS:
        raise ValueError(f"has no number {seq}: a sequence ends with {MOST_DIGITS} digits")
    return _FIELD.sub(f"{seq:0{pattern.width}d}", scope(pattern, on))


@lru_cache(maxsize=256)
def _form(text: str) -> re.Pattern[str]:
    """Compile what a pattern can print; in any case, as numbers are looked up."""
    more = MOST_DIGITS - 1
    width = _width(text)
    grown = f"|[1-9][0-9]{{{width},{more}}}" if width <= more else ""
    forms = {**_FORMS, "seq": f"(?P<seq>[0-9]{{{width}}}{grown})"}
    pieces = re.split(r"\{(seq|year|month)[^}]*\}", text)  # a literal, a name, a literal ...
    return re.compile(
        "".join(forms[piece] if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)),
        re.IGNORECASE,
    )


def sequence_of(pattern: Pattern, text: str, on: date) -> int | None:
    """Return the place in the sequence of a date that prints as `text` (in any case), None if none.

    >>> pattern = parse("INV-{seq:05d}")
    >>> [sequence_of(pattern, text, date(2026, 1, 31)) for text in ("INV-00012", "INV-12", "X-12")]
    [12, None, None]
    """
    match = _form(scope(pattern, on)).fullmatch(text)
    return int(match["seq"]) if match else None


def matches(pattern: Pattern, text: str) -> bool:
    """Return whether the pattern prints `text` (in any case) for some date and place.

    >>> matches(parse("{year}{month}/{seq}"), "202613/1")
    False
    """
    return _form(pattern.text).fullmatch(text) is not None


def friendly(kind: str, n: int) -> str:
    """Print the friendly id of the n-th record of a kind, at least five digits.

    >>> friendly("customer", 1), friendly("draft", 123456)
    ('C-00001', 'DRAFT-123456')
    """
    return f"{FRIENDLY[kind]}-{n:05d}"


def read_friendly(text: str) -> tuple[str, int] | None:
    """Return the kind and the count of a friendly id in any case, None if it is not one.

    >>> read_friendly("ord-00012"), read_friendly("ORD-12")
    (('order', 12), None)
    """
    match = _FRIENDLY_ID.fullmatch(text)
    return (_KINDS[match[1].upper()], int(match[2])) if match else None


def is_uuid(text: str) -> bool:
    """Return whether this is a UUID as it is usually written, 8-4-4-4-12 hexadecimal digits.

    >>> is_uuid("550E8400-e29b-41d4-a716-446655440000"), is_uuid("550e8400e29b41d4a716446655440000")
    (True, False)
    """
    return _UUID.fullmatch(text) is not None


def reads_as_reference(text: str, pattern: Pattern) -> str | None:
    """Return what else a key would be taken for on the command line, None if for nothing.

    >>> reads_as_reference("inv-00001", parse(DEFAULT_PATTERN))
    'an invoice number'
    """
    if is_uuid(text):
        return "a UUID"
    if read_friendly(text) is not None:
        return "a friendly id"
    return "an invoice number" if matches(pattern, text) else None
