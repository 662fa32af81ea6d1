"""The aging report as a workbook: a sheet for each currency, its total in bold under the rows."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import BinaryIO

from invoicectl.output.aging import TOTAL, labels
from invoicectl.output.fields import Row
from invoicectl.output.workbook import Book, Value, book

PARTY = ("As of", "Customer", "Number", "Key", "Currency")
SUMS = ("Total", "Unapplied", "Balance", "Invoices")
DETAIL = ("Invoice", "Invoice date", "Due date", "Days", "Bucket", "Owed")


def write_workbook(report: Row, out: BinaryIO, *, detail: bool = False) -> None:
    """Write the report; with `detail` a second sheet a currency has the invoices."""
    day = date.fromisoformat(report["asOf"])
    with book(out, title=f"Aging as of {day}", made=day) as begun:
        for total in report["totals"]:
            rows = [row for row in report["rows"] if row["currency"] == total["currency"]]
            _by_customer(begun, report, rows, total)
            if detail:
                _by_invoice(begun, day, rows, total)
        if not report["totals"]:
            begun.sheet("Aging", _headings(report))


def _headings(report: Row) -> list[str]:
    return [*PARTY, *(label.capitalize() for label in labels(report)), *SUMS]


def _by_customer(begun: Book, report: Row, rows: Sequence[Row], total: Row) -> None:
    day = date.fromisoformat(report["asOf"])
    sheet = begun.sheet(total["currency"], _headings(report))
    for row in rows:
        sheet.row([*_party(day, row), *_sums(row)])
    sheet.row([day, TOTAL, None, None, total["currency"], *_sums(total)], bold=True)


def _party(day: date, row: Row) -> list[Value]:
    who = row["customer"]
    return [day, who["name"], who["friendlyId"], who["key"], row["currency"]]


def _sums(row: Row) -> Iterator[Value]:
    yield from row["amounts"].values()
    yield from (row["total"], row["unapplied"], row["balance"], row["invoices"])


def _by_invoice(begun: Book, day: date, rows: Sequence[Row], total: Row) -> None:
    sheet = begun.sheet(f"{total['currency']} invoices", [*PARTY, *DETAIL])
    for row in rows:
        party = _party(day, row)
        for one in row["details"]:
            dates = [_day(one["invoiceDate"]), _day(one["dueDate"])]
            rest = [one["days"], one["bucket"], one["owed"]]
            sheet.row([*party, one["friendlyId"], *dates, *rest])
    nothing = [None] * (len(DETAIL) - 1)
    sheet.row([day, TOTAL, None, None, total["currency"], *nothing, total["total"]], bold=True)


def _day(iso: str | None) -> date | None:
    return None if iso is None else date.fromisoformat(iso)
