"""JSON: amounts are numbers with exactly their decimals, text is UTF-8, a line feed ends it.

A list is written while it is read: what is known only at the end (the next cursor, the
totals) stands after the rows.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from invoicectl.output.fields import Row, pick
from invoicectl.output.shape import Shape
from invoicectl.output.text import LONE_SURROGATE, REPLACEMENT


@cache
def _encoder() -> Callable[[Any], bytes]:
    from msgspec.json import Encoder

    return Encoder(decimal_format="number").encode


@cache
def _layout() -> Callable[..., bytes]:
    from msgspec.json import format as layout

    return layout


def compact(value: Any) -> bytes:
    """Return a value as JSON on one line."""
    try:
        return _encoder()(value)
    except UnicodeEncodeError:
        return _encoder()(_mended(value))


def pretty(value: Any, indent: int = 0) -> bytes:
    """Return a value as indented JSON, all lines but the first moved in by `indent` blanks."""
    text = _layout()(compact(value), indent=2)
    return text.replace(b"\n", b"\n" + b" " * indent) if indent else text


def _mended(value: Any) -> Any:
    """Replace halves of surrogate pairs, which UTF-8 cannot hold."""
    if isinstance(value, str):
        return LONE_SURROGATE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {_mended(name): _mended(inner) for name, inner in value.items()}
    return [_mended(one) for one in value] if isinstance(value, list | tuple) else value


def record(found: Row, shape: Shape) -> Iterator[bytes]:
    """Write the bare object."""
    yield pretty(_narrowed(found, shape)) + b"\n"


def rows(found: Iterable[Row], shape: Shape) -> Iterator[bytes]:
    """Write `{"data": [...]}`, then pagination and totals where they were asked for."""
    start = b'{\n  "data": ['
    empty = True
    for row in found:
        yield (start if empty else b",") + b"\n    " + pretty(_narrowed(row, shape), 4)
        empty = False
    yield start + b"]" if empty else b"\n  ]"
    for name, value in shape.extras():
        yield b',\n  "' + name.encode() + b'": ' + pretty(value, 2)
    yield b"\n}\n"


def result(outcome: Row, shape: Shape) -> Iterator[bytes]:
    """Write what became of several, as it is."""
    yield pretty(_narrowed_result(outcome, shape)) + b"\n"


def record_line(found: Row, shape: Shape) -> Iterator[bytes]:
    """Write the object on one line."""
    yield compact(_narrowed(found, shape)) + b"\n"


def row_lines(found: Iterable[Row], shape: Shape) -> Iterator[bytes]:
    """Write a record a line."""
    for row in found:
        yield compact(_narrowed(row, shape)) + b"\n"


def result_line(outcome: Row, shape: Shape) -> Iterator[bytes]:
    """Write what became of several on one line."""
    yield compact(_narrowed_result(outcome, shape)) + b"\n"


def _narrowed(found: Row, shape: Shape) -> Row:
    return found if shape.fields is None else pick(found, shape.fields)


def _narrowed_result(outcome: Row, shape: Shape) -> Row:
    if shape.fields is None:
        return outcome
    done = [pick(entry, shape.fields) for entry in outcome.get("succeeded", [])]
    return {**outcome, "succeeded": done}
