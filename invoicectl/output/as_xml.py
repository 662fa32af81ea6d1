"""XML: the same names as JSON, `<invoices><invoice>…`, written while it is read.

An unknown value is an empty element. A list holds elements named after one of its entries
(`<lines><line>`). What XML 1.0 cannot hold becomes U+FFFD.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from invoicectl.output.fields import Row, pick
from invoicectl.output.shape import Shape, plural, singular
from invoicectl.output.text import REPLACEMENT, plain, to_utf8

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile("[&<>\r]|" + _ILLEGAL.pattern)
_NAME = re.compile(r"(?!xml)[A-Za-z_][A-Za-z0-9_.-]*", re.ASCII | re.IGNORECASE)

# xml.sax.saxutils would load urllib, http and ssl for these few replacements.
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_NAME = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def content(value: Any) -> str:
    """Return a scalar as the text of an element."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = plain(value) if isinstance(value, Decimal) else str(value)
    if not _SPECIAL.search(text):
        return text
    return _ILLEGAL.sub(REPLACEMENT, text).translate(_IN_TEXT)


@lru_cache(maxsize=1024)
def _tags(name: str) -> tuple[str, str]:
    """Return how an element opens and what closes it; a name XML cannot have is an attribute."""
    if _NAME.fullmatch(name):
        return name, name
    return f'field name="{_ILLEGAL.sub(REPLACEMENT, name).translate(_IN_NAME)}"', "field"


def element(name: str, value: Any, depth: int = 0) -> bytes:
    """Return one element and all that is in it, indented by its depth, a line each."""
    lines: list[str] = []
    _collect(name, value, "  " * depth, lines)
    return to_utf8("".join(lines))


def _collect(name: str, value: Any, margin: str, lines: list[str]) -> None:
    start, end = _tags(name)
    if not isinstance(value, dict | list):
        text = content(value)
        lines.append(f"{margin}<{start}>{text}</{end}>\n" if text else f"{margin}<{start}/>\n")
    elif not value:
        lines.append(f"{margin}<{start}/>\n")
    else:
        lines.append(f"{margin}<{start}>\n")
        for inner, inside in _children(name, value):
            _collect(inner, inside, f"{margin}  ", lines)
        lines.append(f"{margin}</{end}>\n")


def _children(name: str, value: dict[str, Any] | list[Any]) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        return value.items()
    one = singular(name)
    return [(one, entry) for entry in value]


def record(found: Row, shape: Shape) -> Iterator[bytes]:
    """Write `<invoice>…</invoice>`."""
    yield DECLARATION + element(shape.kind, _narrowed(found, shape))


def rows(found: Iterable[Row], shape: Shape) -> Iterator[bytes]:
    """Write `<invoices><invoice>…`, then pagination and totals where they were asked for."""
    several = plural(shape.kind)
    yield DECLARATION + f"<{several}>\n".encode()
    for row in found:
        yield element(shape.kind, _narrowed(row, shape), 1)
    for name, value in shape.extras():
        yield element(name, value, 1)
    yield f"</{several}>\n".encode()


def result(outcome: Row, shape: Shape) -> Iterator[bytes]:
    """Write `<result><succeeded><invoice>…</succeeded><failed><failure>…</failed></result>`."""
    yield DECLARATION + b"<result>\n"
    for name, several in outcome.items():
        if name == "succeeded":
            yield b"  <succeeded>\n"
            for entry in several:
                yield element(shape.kind, _narrowed(entry, shape), 2)
            yield b"  </succeeded>\n"
        else:
            yield element(name, several, 1)
    yield b"</result>\n"


def _narrowed(found: Row, shape: Shape) -> Row:
    return found if shape.fields is None else pick(found, shape.fields)
