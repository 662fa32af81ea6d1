"""The table of a document: which columns its lines need, how wide each is, and its rows.

Every cell is broken into lines here, and a row of many lines becomes several rows: a page can be
turned between two rows, while a row that is taller than a page would be printed smaller.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any, NamedTuple

from invoicectl.output.lettering import width_pt, wrapped
from invoicectl.output.styles import Type
from invoicectl.output.templates import amount, day, number, price

Record = dict[str, Any]

_SLACK_PT = 1.0  # a line that fills its column to the last digit would be broken once more
_WIDEST_WORDS_PT = 76.0  # of a column of words; a number is never broken
_LEAST_PT = 96.0  # what is left to the description
_ROW_LINES = 12
_PART_ROWS = 40
_TYPE = Type()


class Column(NamedTuple):
    """A column as it is printed; `side` is where its text stands."""

    label: str
    width: float
    side: str


class Table(NamedTuple):
    """A table in parts, as one of thousands of rows is slow to break into pages."""

    columns: list[Column]
    parts: list[list["Row"]]
    gap: float


class Row(NamedTuple):
    """The lines of text in each cell; a long line of an invoice is several rows, first to last.

    `height` is what it takes in our templates, in points.
    """

    cells: list[list[str]]
    first: bool
    last: bool
    height: float


class _Line(NamedTuple):
    """A line with what it takes to write it; `decimals` is what the finest price of all has."""

    record: Record
    invoice: Record
    locale: str
    decimals: int


def table(invoice: Record, *, room_pt: float, locale: str, type: Type = _TYPE) -> Table:
    """Lay out the lines of an invoice or a credit note in the width there is."""
    prices = [line["unitPrice"] for line in invoice["lines"] if line["unitPrice"] is not None]
    decimals = max(map(_decimals, prices), default=0)
    written = [_Line(line, invoice, locale, decimals) for line in invoice["lines"]]
    texts = {label: list(map(write, written)) for label, (_, write) in _COLUMNS.items()}
    shown = [label for label, column in texts.items() if label not in _IF_ANY or any(column)]
    widths = {label: _width_pt(label, texts[label], type) for label in shown[1:]}
    widths[shown[0]] = max(room_pt - sum(widths.values()), _LEAST_PT)
    columns = [Column(label, widths[label], _COLUMNS[label][0]) for label in shown]
    rows = _rows(columns, zip(*(texts[label] for label in shown), strict=True), type)
    return Table(columns, list(_batched(rows, _PART_ROWS)), type.gap_pt)


def gross(line: Record, invoice: Record) -> Decimal:
    """Return what a line comes to as it was priced: tax is in it where prices include tax."""
    if not invoice["priceTaxInclusive"]:
        return Decimal(line["subtotal"])
    exact = line["quantity"] * line["unitPrice"]
    return Decimal(exact.quantize(line["subtotal"], ROUND_HALF_UP) - (line["discount"] or 0))


def _decimals(value: Decimal) -> int:
    """Return how many decimals a number needs.

    >>> _decimals(Decimal("12.3400")), _decimals(Decimal("1E+3"))
    (2, 0)
    """
    return max(0, -int(value.normalize().as_tuple().exponent))


def _description(line: _Line) -> str:
    dates = [line.record.get("chargingStartDate"), line.record.get("chargingEndDate")]
    period = " \u2013 ".join(day(date, locale=line.locale) for date in dates if date)
    return "\n".join(filter(None, (line.record["description"], period)))


def _quantity(line: _Line) -> str:
    if line.record["quantity"] is None:
        return ""
    count = number(line.record["quantity"], locale=line.locale)
    return " ".join(filter(None, (count, line.record.get("unit"))))


def _price(line: _Line) -> str:
    value, currency = line.record["unitPrice"], line.invoice["currency"]
    if value is None:
        return ""
    return price(value, currency, locale=line.locale, least=line.decimals)


def _discount(line: _Line) -> str:
    off = line.record.get("discount")
    return amount(-off, line.invoice["currency"], locale=line.locale) if off else ""


def _taxes(line: _Line) -> str:
    return ", ".join(tax["code"] for tax in line.record.get("taxes") or ())


def _amount(line: _Line) -> str:
    return amount(gross(line.record, line.invoice), line.invoice["currency"], locale=line.locale)


_COLUMNS: dict[str, tuple[str, Callable[[_Line], str]]] = {
    "Description": ("left", _description),
    "Quantity": ("right", _quantity),
    "Unit price": ("right", _price),
    "Discount": ("right", _discount),
    "Tax": ("right", _taxes),
    "Amount": ("right", _amount),
}
_IF_ANY = ("Quantity", "Unit price", "Discount", "Tax")
_WORDS = ("Quantity", "Tax")


def _width_pt(label: str, texts: Sequence[str], type: Type) -> float:
    """Return the width that a column's widest text needs."""
    widest = max((width_pt(text, type.size_pt) for text in set(texts)), default=0.0)
    if label in _WORDS:
        widest = min(widest, _WIDEST_WORDS_PT)
    head_pt = width_pt(label, type.head_size_pt, bold=True)
    return max(widest, head_pt) + type.gap_pt + 2 * _SLACK_PT


def _rows(columns: list[Column], lines: Iterator[tuple[str, ...]], type: Type) -> Iterator[Row]:
    for line in lines:
        cells = [_broken(text, column, type) for text, column in zip(line, columns, strict=True)]
        tallest = max(map(len, cells))
        for top in range(0, tallest, _ROW_LINES):
            bottom = min(top + _ROW_LINES, tallest)
            is_first, is_last = top == 0, bottom == tallest
            padding_pt = (is_first + is_last) * type.padding_pt / 2
            height_pt = (bottom - top) * type.leading_pt + padding_pt
            yield Row([cell[top:bottom] for cell in cells], is_first, is_last, height_pt)


def _broken(text: str, column: Column, type: Type) -> list[str]:
    """Break a text into the lines it takes in its column."""
    room_pt = column.width - type.gap_pt - _SLACK_PT
    if "\n" not in text and width_pt(text, type.size_pt) <= room_pt:
        return [text]
    return wrapped(text, type.size_pt, room_pt)


def _batched(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while part := list(islice(rows, size)):
        yield part
