"""CSV and TSV: a header, then a flat row a record, in UTF-8 with line feeds.

Empty is what is unknown, `true` and `false` are in words, amounts are plain decimals. A list
of words (e-mail addresses) is joined by semicolons; a list of records has no column unless
it is asked for by name. Text that a spreadsheet would run is guarded. In a TSV tabs and line
ends inside text become blanks, so that a line is a record and `cut` finds its columns.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any

from invoicectl.output.as_json import compact
from invoicectl.output.fields import Row, columns_for, flatten, reader
from invoicectl.output.formula import guard
from invoicectl.output.shape import Shape
from invoicectl.output.text import REPLACEMENT, plain, to_utf8

_LINE_ENDS = re.compile("\r\n|[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")

Line = Callable[[Sequence[Any]], bytes]


def _list(value: list[Any]) -> str:
    """Join words by semicolons, as an import takes them; anything else is JSON."""
    words = all(isinstance(one, str) for one in value)
    return _one_line(";".join(value)) if words else _nested(value)


def _nested(value: Any) -> str:
    return guard(compact(value).decode())


def _one_line(text: str) -> str:
    return guard(text if text.isprintable() else _LINE_ENDS.sub(" ", text))


CELLS: dict[type, Callable[[Any], str]] = {
    str: guard,
    bool: lambda value: "true" if value else "false",
    Decimal: plain,
    int: str,
    type(None): lambda _: "",
    list: _list,
    dict: _nested,
}
TSV_CELLS = CELLS | {str: _one_line}


def _other(value: Any) -> str:
    return _one_line(str(value))


_SAFE = re.compile(r'[0-9A-Za-z][^",\r\n]*')  # neither guarded nor quoted, as nearly all text is


def _cell(text: str) -> str:
    """Return text as it stands between two commas."""
    if not text or _SAFE.fullmatch(text):
        return text
    return _quoted(guard(text))


def _quoted(text: str) -> str:
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


# csv.writer looks at every character of every figure, which takes ten times as long
CSV_CELLS: dict[type, Callable[[Any], str]] = CELLS | {
    str: _cell,
    list: lambda value: _quoted(_list(value)),
    dict: lambda value: _quoted(_nested(value)),
}


def csv_line(texts: int | None = None) -> Line:
    """Return a function that makes one line of CSV of some values.

    With `texts`, only so many of them are values yet, and the rest are figures ready to be shown.
    """

    def line(values: Sequence[Any]) -> bytes:
        if texts is None:
            cells = [CSV_CELLS.get(type(value), _other_cell)(value) for value in values]
        else:
            cells = [*map(_known_cell, values[:texts]), *values[texts:]]
        text = ",".join(cells) if len(cells) > 1 else cells[0] or '""'  # no line is empty
        return to_utf8(text.replace("\0", REPLACEMENT) + "\n")

    return line


@lru_cache(maxsize=1024)  # a name comes with each of its currencies
def _known_cell(value: Any) -> str:
    return CSV_CELLS.get(type(value), _other_cell)(value)


def _other_cell(value: Any) -> str:
    return _quoted(_other(value))


def tsv_line(texts: int | None = None) -> Line:
    """Return a function that makes one line of TSV of some values; `texts` as for `csv_line`."""

    def line(values: Sequence[Any]) -> bytes:
        cells = [TSV_CELLS.get(type(value), _other)(value) for value in values[:texts]]
        cells += () if texts is None else values[texts:]
        text = "\t".join(cells)
        return to_utf8(text.replace("\0", REPLACEMENT) + "\n")

    return line


def _record(found: Row, shape: Shape, line: Line) -> Iterator[bytes]:
    return _rows([found], shape, line)


def _rows(found: Iterable[Row], shape: Shape, line: Line) -> Iterator[bytes]:
    """Yield the header, then a line a record; without columns or records there is no header."""
    remaining = iter(found)
    known = shape.columns
    if known is None:
        first = next(remaining, None)
        known = [] if first is None else list(flatten(first))
        remaining = remaining if first is None else chain([first], remaining)
    columns = columns_for(shape.fields, known)
    if not columns:
        return
    yield line(columns)
    read = reader(columns)
    for row in remaining:
        yield line(read(row))


def _result(outcome: Row, shape: Shape, line: Line) -> Iterator[bytes]:
    """Yield a line an entry; its first column is the list the entry was in (`succeeded`)."""
    entries = [
        {"result": name, **flatten(entry)}
        for name, several in outcome.items()
        if isinstance(several, list)
        for entry in several
    ]
    columns = _result_columns(entries, shape.fields)
    yield line(columns)
    read = reader(columns)
    for entry in entries:
        yield line(read(entry))


def _result_columns(entries: Sequence[Row], fields: Sequence[str] | None) -> list[str]:
    failed: dict[str, None] = {}
    found: dict[str, None] = {}
    for entry in entries:
        (failed if entry["result"] != "succeeded" else found).update(dict.fromkeys(entry))
    done = columns_for(fields, list(found)) if fields is not None else found
    return list(dict.fromkeys(["result", *done, *(failed or ["ref", "error", "message"])]))


def record_csv(found: Row, shape: Shape) -> Iterator[bytes]:
    """Write a header and one row."""
    return _record(found, shape, csv_line())


def rows_csv(found: Iterable[Row], shape: Shape) -> Iterator[bytes]:
    """Write a header and a row a record."""
    return _rows(found, shape, csv_line())


def result_csv(outcome: Row, shape: Shape) -> Iterator[bytes]:
    """Write what became of several, a row an entry."""
    return _result(outcome, shape, csv_line())


def record_tsv(found: Row, shape: Shape) -> Iterator[bytes]:
    """Write a header and one row, between tabs."""
    return _record(found, shape, tsv_line())


def rows_tsv(found: Iterable[Row], shape: Shape) -> Iterator[bytes]:
    """Write a header and a row a record, between tabs."""
    return _rows(found, shape, tsv_line())


def result_tsv(outcome: Row, shape: Shape) -> Iterator[bytes]:
    """Write what became of several, a row an entry, between tabs."""
    return _result(outcome, shape, tsv_line())


_SEPARATOR = "\x1f"  # what stands in a text is found by counting
_ODD_START = re.compile("\x1f[^0-9A-Za-z\x1f]")


def _as_it_stands(text: str, *, tabs: bool) -> bool:
    """Return whether none of the cells in a row needs a guard, quotes or another sign."""
    if tabs:
        signs = text.isascii() and text.replace(_SEPARATOR, "").isprintable()
    else:
        signs = not ("," in text or '"' in text or "\n" in text or "\r" in text or "\0" in text)
    return signs and _ODD_START.search(_SEPARATOR + text) is None


def cell_lines(
    rows: Iterable[Sequence[str | int | None]],
    columns: Sequence[str],
    figures: Collection[int],
    *,
    tabs: bool,
) -> Iterator[bytes]:
    """Yield the header and a line a row of cells that are text already.

    `figures` are the places of those that hold numbers, which need no guard. A row is looked at as
    a whole first, for nearly all have nothing in them that is to be guarded or quoted.
    """
    between = "\t" if tabs else ","
    by_cell = _by_cell(len(columns), figures, tabs=tabs)
    inside = len(columns) - 1
    yield (tsv_line() if tabs else csv_line())(columns)
    for row in rows:
        text = _SEPARATOR.join(["" if cell is None else str(cell) for cell in row])
        if text and text.count(_SEPARATOR) == inside and _as_it_stands(text, tabs=tabs):
            text = text.replace(_SEPARATOR, between)
        else:
            text = by_cell(row)
        yield to_utf8(text + "\n")


def _by_cell(
    width: int, figures: Collection[int], *, tabs: bool
) -> Callable[[Sequence[str | int | None]], str]:
    """Return a function that writes a row cell by cell."""
    text, between = (_one_line, "\t") if tabs else (_cell, ",")
    nothing = "" if tabs else '""'  # no line of a CSV is empty

    def known(cell: str | int) -> str:
        return text(cell) if isinstance(cell, str) else str(cell)

    writers = [str if at in figures else known for at in range(width)]

    def written(row: Sequence[str | int | None]) -> str:
        pairs = zip(writers, row, strict=True)
        cells = ["" if cell is None else write(cell) for write, cell in pairs]
        return (between.join(cells) or nothing).replace("\0", REPLACEMENT)

    return written
