"""The aging report for programs: the shapes of JSON, CSV, TSV and XML.

A report is the object its JSON shows: `asOf`, `by`, `buckets`, `rows` in their final order,
`totals`. Every amount comes as it is to be printed; nothing is computed here. For CSV and TSV there
may be `cells` instead of rows: what they show of each, but for the day.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

from invoicectl.output import as_csv, as_json
from invoicectl.output.fields import Row
from invoicectl.output.formats import send

PARTY = ("asOf", "customerId", "customerKey", "customerName", "currency")
SUMS = ("total", "unapplied", "balance", "invoices")
DETAIL = ("invoiceId", "invoiceNumber", "invoiceDate", "dueDate", "days", "bucket", "owed")

TOTAL = "Total"


def write_aging(
    report: Row, *, format: str, out: BinaryIO, detail: bool = False, totals: bool = False
) -> None:
    """Write the report; with `detail` by invoice; `totals` adds its rows to CSV and TSV.

    JSON and XML always have the totals, a row of JSON lines never.
    """
    if not detail and any("details" in row for row in report.get("rows", ())[:1]):
        report = _without_details(report)
    send(WRITERS[format](report, detail, totals), out, format)


def labels(report: Row) -> list[str]:
    """Return the buckets' labels in order: `current`, `1-30`, and so on."""
    return [bucket["label"] for bucket in report["buckets"]]


def percent_late(row: Row) -> int:
    """Return how much of a total is in the buckets after the first; 0 and 100 are exactly that."""
    late = row["total"] - row["amounts"]["current"]
    if not late or late == row["total"]:
        return 100 if late else 0
    return int(min(99, max(1, round(100 * late / row["total"]))))


def _without_details(report: Row) -> Row:
    rows = [{k: v for k, v in row.items() if k != "details"} for row in report["rows"]]
    return {**report, "rows": rows}


def _json(report: Row, _detail: bool, _totals: bool) -> Iterator[bytes]:
    yield as_json.pretty(report) + b"\n"


def _jsonl(report: Row, _detail: bool, _totals: bool) -> Iterator[bytes]:
    for row in report["rows"]:
        yield as_json.compact(row) + b"\n"


def _csv(report: Row, detail: bool, totals: bool) -> Iterator[bytes]:
    return _flat(report, as_csv.csv_line, detail=detail, totals=totals)


def _tsv(report: Row, detail: bool, totals: bool) -> Iterator[bytes]:
    return _flat(report, as_csv.tsv_line, detail=detail, totals=totals)


def _flat(
    report: Row, lines: Callable[..., as_csv.Line], *, detail: bool, totals: bool
) -> Iterator[bytes]:
    if "cells" not in report:
        return map(lines(), flat_rows(report, detail=detail, totals=totals))
    header, *ends = map(lines(), flat_rows({**report, "rows": []}, detail=False, totals=totals))
    day = report["asOf"]
    rows = map(lines(texts=len(PARTY)), ([day, *cells] for cells in report["cells"]))
    return chain([header], rows, ends)


def flat_rows(report: Row, *, detail: bool, totals: bool) -> Iterator[list[Any]]:
    """Yield the header and the rows of a flat file; a total is a customer called Total."""
    names = labels(report)
    yield [*PARTY, *DETAIL] if detail else [*PARTY, *names, *SUMS]
    for row in report["rows"]:
        who = row["customer"]
        party = [report["asOf"], who["id"], who["key"], who["name"], row["currency"]]
        if detail:
            yield from ([*party, *_detail_cells(one)] for one in row["details"])
        else:
            yield [*party, *_sums(row, names)]
    for row in report["totals"] if totals else ():
        party = [report["asOf"], None, None, TOTAL, row["currency"]]
        only_owed = [None] * (len(DETAIL) - 1) + [row["total"]]
        yield [*party, *(only_owed if detail else _sums(row, names))]


def _sums(row: Row, names: Iterable[str]) -> list[Any]:
    amounts = row["amounts"]
    figures = [amounts[name] for name in names]
    return [*figures, row["total"], row["unapplied"], row["balance"], row["invoices"]]


def _detail_cells(one: Row) -> list[Any]:
    names = ("id", "friendlyId", "invoiceDate", "dueDate", "days", "bucket", "owed")
    return [one[name] for name in names]


def _xml(report: Row, _detail: bool, _totals: bool) -> Iterator[bytes]:
    from invoicectl.output import aging_xml

    return aging_xml.pieces(report)


WRITERS: dict[str, Callable[[Row, bool, bool], Iterator[bytes]]] = {
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "tsv": _tsv,
    "xml": _xml,
}
