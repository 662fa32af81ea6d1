"""The aging report with only some of its fields, for every format alike.

A field goes by its name in JSON (`customer.name`, `amounts.1-30`) or in the CSV (`customerName`,
`1-30`), whichever format it is then written in.
"""

from collections.abc import Sequence

from invoicectl.output.aging import DETAIL, PARTY, SUMS, flat_rows, labels
from invoicectl.output.fields import Row, parse_fields, pick

JSON_NAMES = ("customer.id", "customer.key", "customer.friendlyId", "customer.name")


def names(typed: str, report: Row, *, by_invoice: bool, details: bool) -> list[str]:
    """Return the fields that were asked for; rows may be invoices, or have `details` of them.

    Raises:
        ValidationError: the report has no such field.
    """
    flat = [*PARTY, *DETAIL] if by_invoice else [*PARTY, *labels(report)]
    within = [f"amounts.{label}" for label in labels(report)]
    known = [*flat, *SUMS, *JSON_NAMES, *within, *(["details"] if details else [])]
    return parse_fields(typed, known)


def rows(report: Row, fields: Sequence[str], *, by_invoice: bool, totals: bool) -> list[Row]:
    """Return a record of these fields for each row of the CSV."""
    header, *cells = flat_rows(report, detail=by_invoice, totals=totals)
    known = [dict(zip(header, row, strict=True)) for row in cells]
    each = [row for row in report["rows"] for _ in (row["details"] if by_invoice else [row])]
    whole = [*each, *(report["totals"] if totals else [])]
    return [pick({**row, **flat}, fields) for row, flat in zip(whole, known, strict=True)]


def narrowed(report: Row, fields: Sequence[str]) -> Row:
    """Return the report with these fields of its rows and totals alone."""
    party = rows(report, fields, by_invoice=False, totals=False)
    sums = [{**row, **row["amounts"]} for row in report["totals"]]
    ours = [name for name in fields if sums and name.partition(".")[0] in sums[0]]
    return {**report, "rows": party, "totals": [pick(row, ours) for row in sums]}
