"""Flat rows as a workbook: a sheet for each currency, one more where a sheet is full.

Rows come as a flat file has them, in text; which columns hold numbers is told, and a date is
known by its column's name.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from invoicectl.output.fields import Row
from invoicectl.output.workbook import Book, Sheet, Value, book

Cell = str | int | None
Read = Callable[[Any], Value]


class Table(NamedTuple):
    """The columns of the rows: their names, and by their places those of numbers and yes or no.

    `currency` is the place of what says which sheet a row is on; it may be beyond the columns.
    """

    kind: str
    columns: Sequence[str]
    figures: Collection[int]
    flags: Collection[int]
    currency: int

    def reads(self) -> list[Read]:
        """Return what makes a value of each cell."""
        return [self._read(at, name) for at, name in enumerate(self.columns)]

    def _read(self, at: int, name: str) -> Read:
        if at in self.figures:
            return Decimal
        if at in self.flags:
            return lambda cell: cell == "true"
        leaf = name.rpartition(".")[2]
        if leaf.endswith(("Date", "On")):
            return _day
        return _instant if leaf.endswith("At") else _as_it_is


def write_rows(
    rows: Iterable[Sequence[Cell]],
    table: Table,
    out: BinaryIO,
    *,
    made: date,
    totals: Sequence[Row] = (),
) -> None:
    """Write rows while they are read; `totals`, by currency, stand in bold under theirs."""
    reads = table.reads()
    with book(out, title=f"{table.kind} {made}", made=made) as begun:
        sheets = _Sheets(begun, table)
        for row in rows:
            values = [
                None if cell is None else read(cell) for read, cell in zip(reads, row, strict=False)
            ]
            sheets.of(str(row[table.currency])).row(values)
        for total in totals:
            sheets.last[total["currency"]].row(_total(table.columns, total), bold=True)
        if not sheets.last:
            begun.sheet(table.kind, table.columns)


class _Sheets:
    """The sheet that each currency's rows go to now."""

    def __init__(self, begun: Book, table: Table) -> None:
        self._begun, self._columns = begun, table.columns
        self.last: dict[str, Sheet] = {}
        self._counts: dict[str, int] = {}

    def of(self, currency: str) -> Sheet:
        sheet = self.last.get(currency)
        if sheet is None or sheet.is_full:
            count = self._counts[currency] = self._counts.get(currency, 0) + 1
            name = currency if count == 1 else f"{currency} {count}"
            sheet = self.last[currency] = self._begun.sheet(name, self._columns)
        return sheet


def _total(columns: Sequence[str], total: Mapping[str, Any]) -> list[Value]:
    """Return the sums under the columns of the same name, and before them what they are."""
    values: list[Value] = [total.get(name) for name in columns]
    if values and values[0] is None:
        values[0] = f"Total of {total['count']}"
    return values


def _as_it_is(cell: Cell) -> Value:
    return cell


def _day(cell: Cell) -> Value:
    try:
        return date.fromisoformat(str(cell))
    except ValueError:
        return cell


def _instant(cell: Cell) -> Value:
    try:
        return datetime.fromisoformat(str(cell)).astimezone(UTC)
    except ValueError:
        return cell
