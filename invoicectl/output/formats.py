r"""How an answer leaves: one row of `FORMATS` for each machine format.

A writer is a function of a module in this folder, which is imported when it is first asked for. It
is given records and yields pieces of bytes, the first of them as soon as there is a
record; memory does not grow with the rows. A format to add is a function and a row here.
On a terminal no control character gets through, whatever the format: JSON and XML show it
by their own escapes, which mean the same; CSV and TSV by its number (`\x1b`).
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import chain
from typing import Any, BinaryIO, NamedTuple, TypeVar

from invoicectl.output.fields import Row, check_fields
from invoicectl.output.formula import guard, unguard
from invoicectl.output.shape import Later, Shape
from invoicectl.output.text import escaped, is_hidden, to_utf8

__all__ = [
    "EXTENSIONS",
    "FORMATS",
    "Writer",
    "guard",
    "send",
    "unguard",
    "write_cells",
    "write_lines",
    "write_list",
    "write_record",
    "write_result",
]

Pieces = Iterator[bytes]
RowT = TypeVar("RowT")


class Writer(NamedTuple):
    """How one format writes a record, a list, and the outcome of several; and a hidden sign.

    The first three are `module:function`.
    """

    record: str
    rows: str
    result: str
    shown: Callable[[str], str]


def _pieces(writer: str, content: Any, shape: Shape) -> Pieces:
    module, _, name = writer.partition(":")
    write = getattr(import_module(f"{__package__}.{module}"), name)
    pieces: Pieces = write(content, shape)
    return pieces


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _xml_escape(character: str) -> str:
    return f"&#x{ord(character):x};"


FORMATS = {
    "json": Writer("as_json:record", "as_json:rows", "as_json:result", _json_escape),
    "jsonl": Writer(
        "as_json:record_line", "as_json:row_lines", "as_json:result_line", _json_escape
    ),
    "csv": Writer("as_csv:record_csv", "as_csv:rows_csv", "as_csv:result_csv", escaped),
    "tsv": Writer("as_csv:record_tsv", "as_csv:rows_tsv", "as_csv:result_tsv", escaped),
    "xml": Writer("as_xml:record", "as_xml:rows", "as_xml:result", _xml_escape),
}

EXTENSIONS = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".xml": "xml",
    ".xlsx": "xlsx",
    ".html": "html",
}


def write_record(
    record: Row,
    *,
    format: str,
    out: BinaryIO,
    kind: str,
    fields: Sequence[str] | None = None,
    known: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> None:
    """Write one record: the bare object, or a header and a row.

    Raises:
        ValidationError: a field that is not among the `known` ones.
    """
    _check(fields, known)
    shape = Shape(kind, fields, columns)
    send(_pieces(FORMATS[format].record, record, shape), out, format)


def write_list(
    rows: Iterable[Row],
    *,
    format: str,
    out: BinaryIO,
    kind: str,
    fields: Sequence[str] | None = None,
    known: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    pagination: Later = None,
    totals: Later = None,
) -> None:
    """Write records while they are read, nothing before the first of them is there.

    `pagination` and `totals` may be functions: they are asked after the last row. JSON and
    XML hold them, the formats of rows alone do not.

    Raises:
        ValidationError: a field that is not among the `known` ones.
    """
    _check(fields, known)
    shape = Shape(kind, fields, columns, pagination, totals)
    send(_pieces(FORMATS[format].rows, _primed(rows), shape), out, format)


def write_result(
    result: Row,
    *,
    format: str,
    out: BinaryIO,
    kind: str,
    fields: Sequence[str] | None = None,
    known: Sequence[str] | None = None,
) -> None:
    """Write what became of several: `{"succeeded": […], "failed": […]}`.

    `fields` narrows those that succeeded.
    """
    _check(fields, known)
    send(_pieces(FORMATS[format].result, result, Shape(kind, fields)), out, format)


def write_cells(
    rows: Iterable[Sequence[str | int | None]],
    *,
    format: str,
    out: BinaryIO,
    columns: Sequence[str],
    figures: Collection[int],
) -> None:
    """Write rows of cells as CSV or TSV while they are read; see `as_csv.cell_lines`."""
    from invoicectl.output.as_csv import cell_lines

    send(cell_lines(_primed(rows), columns, figures, tabs=format == "tsv"), out, format)


def write_lines(lines: Iterable[str], *, out: BinaryIO) -> None:
    """Write records that are lines of JSON already, while they are read."""
    send((to_utf8(line + "\n") for line in _primed(lines)), out, "jsonl")


def send(pieces: Iterable[bytes], out: BinaryIO, format: str) -> None:
    """Write pieces of a format, the first row at once, with nothing a terminal would obey."""
    if out.isatty():
        pieces = _for_terminal(pieces, FORMATS[format].shown)
    for count, piece in enumerate(pieces):
        out.write(piece)
        if count < 2:  # the header and the first row
            out.flush()
    out.flush()


_PLAIN = re.compile(rb"[\t\n\x20-\x7e]*")


def _for_terminal(pieces: Iterable[bytes], shown: Callable[[str], str]) -> Pieces:
    for piece in pieces:
        if _PLAIN.fullmatch(piece):
            yield piece
        else:
            seen = (
                one if one in "\t\n" or not is_hidden(one) else shown(one) for one in piece.decode()
            )
            yield "".join(seen).encode()


def _primed(rows: Iterable[RowT]) -> Iterable[RowT]:
    """Fetch the first row, so that a refusal of the query leaves the output empty."""
    remaining = iter(rows)
    for first in remaining:
        return chain([first], remaining)
    return []


def _check(fields: Sequence[str] | None, known: Sequence[str] | None) -> None:
    if fields is not None and known is not None:
        check_fields(fields, known)
