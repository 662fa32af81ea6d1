"""Workbooks (XLSX): numbers and dates that a spreadsheet computes with, text that is only text.

Rows go to disk as they come, so memory stays flat however many there are. A spreadsheet computes
with 15 digits: a number that has more is written as text, which at least is exact.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from invoicectl.output.text import LONE_SURROGATE, REPLACEMENT

Value = str | int | bool | Decimal | date | datetime | None

MOST_ROWS = 1_048_576  # of a sheet, its heading included
MOST_DIGITS = 15
MOST_SIGNS = 32_767  # of a cell
WIDEST, FILTER_BUTTON = 48, 3
FIRST_DAY = date(1900, 3, 1)  # spreadsheets disagree about the days before

DAY, INSTANT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


class Sheet:
    """A heading that stays in sight, and under it rows that can be filtered by it."""

    def __init__(self, book: "Book", worksheet: Any, headings: Sequence[str]) -> None:
        """Write the headings."""
        self._book, self._worksheet = book, worksheet
        self._widths = [len(heading) + FILTER_BUTTON for heading in headings]
        self._next, self._last = 1, 0
        for at, heading in enumerate(headings):
            worksheet.write_string(0, at, _text(heading), book.format(bold=True, bottom=1))
        worksheet.freeze_panes(1, 0)
        worksheet.repeat_rows(0)
        worksheet.set_landscape()
        worksheet.fit_to_pages(1, 0)

    @property
    def is_full(self) -> bool:
        """Whether no further row fits, but for a last one of totals."""
        return self._next >= MOST_ROWS - 1

    def row(self, values: Sequence[Value], *, bold: bool = False) -> None:
        """Write a row, each value as what it is."""
        for at, value in enumerate(values):
            if value is not None:
                shown = WRITERS[type(value)](self, at, value, {"bold": True} if bold else {})
                self._widths[at] = max(self._widths[at], min(shown, WIDEST))
        self._last = self._last if bold else self._next
        self._next += 1

    def end(self) -> None:
        """Give the columns the width of what is in them, and all but bold rows their filters."""
        for at, width in enumerate(self._widths):
            self._worksheet.set_column(at, at, width + 1)
        self._worksheet.autofilter(0, 0, self._last, len(self._widths) - 1)

    def text(self, at: int, value: str, look: dict[str, Any]) -> int:
        """Write text, never a formula or a link; return its width."""
        self._worksheet.write_string(self._next, at, _text(value), self._book.format(**look))
        return len(value)

    def number(self, at: int, value: Decimal, look: dict[str, Any]) -> int:
        """Write an amount with the decimals that it has; return its width."""
        if len(value.as_tuple().digits) > MOST_DIGITS:
            return self.text(at, f"{value:f}", {**look, "align": "right"})
        decimals = max(0, -int(value.as_tuple().exponent))
        pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        look = {**look, "num_format": pattern}
        self._worksheet.write_number(self._next, at, float(value), self._book.format(**look))
        return len(f"{value:,f}")

    def whole(self, at: int, value: int, look: dict[str, Any]) -> int:
        """Write a number of days, invoices and the like; return its width."""
        self._worksheet.write_number(self._next, at, value, self._book.format(**look))
        return len(str(value))

    def yes_or_no(self, at: int, value: bool, look: dict[str, Any]) -> int:
        """Write a yes or a no; return its width."""
        self._worksheet.write_boolean(self._next, at, value, self._book.format(**look))
        return len("FALSE")

    def day(self, at: int, value: date, look: dict[str, Any]) -> int:
        """Write a calendar date; return its width."""
        if value < FIRST_DAY:
            return self.text(at, value.isoformat(), look)
        look = {**look, "num_format": DAY}
        moment = datetime.combine(value, time())
        self._worksheet.write_datetime(self._next, at, moment, self._book.format(**look))
        return len(DAY)

    def instant(self, at: int, value: datetime, look: dict[str, Any]) -> int:
        """Write a moment, in UTC; return its width."""
        if value.date() < FIRST_DAY:
            return self.text(at, value.isoformat(), look)
        look = {**look, "num_format": INSTANT}
        moment = value.replace(tzinfo=None)
        self._worksheet.write_datetime(self._next, at, moment, self._book.format(**look))
        return len(INSTANT)


WRITERS: dict[type, Callable[[Sheet, int, Any, dict[str, Any]], int]] = {
    str: Sheet.text,
    Decimal: Sheet.number,
    int: Sheet.whole,
    bool: Sheet.yes_or_no,
    date: Sheet.day,
    datetime: Sheet.instant,
}


class Book:
    """A workbook that is being written."""

    def __init__(self, workbook: Any) -> None:
        """Begin without a sheet."""
        self._workbook = workbook
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._sheets: list[Sheet] = []

    def sheet(self, name: str, headings: Sequence[str]) -> Sheet:
        """Add a sheet; names are unique, and at most 31 letters long."""
        sheet = Sheet(self, self._workbook.add_worksheet(name), headings)
        self._sheets.append(sheet)
        return sheet

    def format(self, **look: Any) -> Any:
        """Return a cell format, made once."""
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(look)
        return self._formats[key]

    def end(self) -> None:
        """Finish every sheet."""
        for sheet in self._sheets:
            sheet.end()


@contextmanager
def book(out: BinaryIO, *, title: str, made: date) -> Iterator[Book]:
    """Yield a workbook that is written to `out` when the block ends well.

    `made` is the day it says it was made on: the same rows give the same bytes.
    """
    with TemporaryDirectory(prefix="invoicectl-") as folder:
        workbook = Workbook(out, {"constant_memory": True, "tmpdir": folder})
        workbook.use_zip64()
        workbook.set_properties({"title": title, "created": datetime.combine(made, time())})
        begun = Book(workbook)
        try:
            yield begun
            begun.end()
            workbook.close()
        except FileCreateError as error:
            raise error.args[0] from error
        finally:
            for worksheet in workbook.worksheets():
                worksheet.row_data_fh.close()


def _text(value: str) -> str:
    value = LONE_SURROGATE.sub(REPLACEMENT, value)
    return value if len(value) <= MOST_SIGNS else value[: MOST_SIGNS - 1] + "…"
