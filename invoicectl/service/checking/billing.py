"""Whether each charge is billed once, by the invoice that says so, and orders follow."""

from invoicectl.rules import lifecycle
from invoicectl.rules.numbering import friendly
from invoicectl.service.checking.findings import Found, Inspection
from invoicectl.store import checks


def billing(books: Inspection) -> Found:
    """Find charges that are billed twice or by no invoice, and orders in another state."""
    for row in books.reader.each(checks.BILLED_IN_VAIN):
        name = friendly("order", row["order_id"])
        said = f"{row['description']!r} is marked as billed by {row['friendly_id']}, and is not"
        yield name, said
    for row in books.reader.each(checks.BILLED_BY_ANOTHER):
        said = f"bills {row['description']!r}, which is not marked as billed by it"
        yield row["friendly_id"], said
    for row in books.reader.each(checks.ORDERS):
        books.passing("billing")
        right = lifecycle.order_status(
            row["invoices"] > 0,
            all_paid=not row["unpaid"] and not row["unbilled"],
            delivered=bool(row["delivered"]),
        )
        if row["status"] != right:
            yield friendly("order", row["id"]), f"is {row['status']}; its invoices make it {right}"
