"""The invoices that a condition selects: in order, counted, summed up by currency."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from invoicectl.rules.money import to_decimal
from invoicectl.store.db import Reader
from invoicectl.store.filter_kinds import unknown
from invoicectl.store.filters import OWED, TOTAL, Condition, teach
from invoicectl.store.paging import Walk

# What rows can be sorted by: the column, and the index that has it in its order.
SORTS: Mapping[str, tuple[str, str]] = {
    "invoiceDate": ("i.invoice_date", "invoice_by_date"),
    "dueDate": ("i.due_date", "invoice_by_due_date"),
    "amount": (TOTAL, "invoice_by_amount"),
    "amountOwed": (OWED, "invoice_by_owed"),
    "createdAt": ("i.created_at", "invoice_by_creation"),
    "friendlyId": ("i.friendly_id COLLATE NOCASE", "invoice_number"),
}
NARROW = {"i.invoice_date": "invoice_open_by_date"}  # of the open ones, which are few
OPEN = "i.owed_minor <> 0"  # in the words of that index, as filters say it
MAY_BE_NULL = {"dueDate"}
DEFAULT_SORT = "-invoiceDate"

SOURCE = "invoice AS i"


class Order(NamedTuple):
    """What rows are sorted by."""

    column: str
    index_name: str
    descending: bool
    may_be_null: bool


def order(sort: str) -> Order:
    """Read a sort field, `-` before it for the way down.

    Raises:
        ValidationError: there is no such field to sort by.
    """
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise unknown("sort", "field to sort by", name, SORTS)
    return Order(*SORTS[name], sort.startswith("-"), name in MAY_BE_NULL)


def walk(reader: Reader, condition: Condition, sort: str) -> Walk:
    """Return the way through the selected invoices in an order."""
    teach(reader)
    by = order(sort)
    narrow = NARROW.get(by.column, "") if OPEN in condition.sql else ""
    return Walk(SOURCE, "i.id", condition.sql, condition.binds, condition.sought, *by, narrow)


def count(reader: Reader, condition: Condition) -> int:
    """Return how many invoices are selected."""
    teach(reader)
    sql = f"SELECT count(*) FROM {SOURCE} WHERE {condition.sought}"
    return int(reader.value(sql, **condition.binds))


def totals(reader: Reader, condition: Condition) -> list[dict[str, Any]]:
    """Return count, amount and what is owed of the selected invoices, per currency."""
    teach(reader)
    sql = f"""SELECT i.currency, count(*), sum(i.total_minor), sum(i.owed_minor)
        FROM {SOURCE} WHERE {condition.sought} GROUP BY i.currency ORDER BY i.currency"""
    return [
        {
            "currency": currency,
            "count": number,
            "amount": to_decimal(total_minor, currency),
            "amountOwed": to_decimal(owed_minor, currency),
        }
        for currency, number, total_minor, owed_minor in reader.each(sql, **condition.binds)
    ]


def numbers(reader: Reader, ids: Sequence[int]) -> list[str]:
    """Return the friendly ids of invoices, in the order of their internal ids given."""
    sql = "SELECT i.id, i.friendly_id FROM invoice AS i WHERE i.id IN :values"
    found: dict[int, str] = dict(tuple(row) for row in reader.among(sql, ids))
    return [found[each] for each in ids]


def available_credits(reader: Reader, invoice_id: int) -> list[int]:
    """Return the ids of what an invoice's customer has to good in its currency, oldest first."""
    sql = """SELECT m.id FROM invoice AS i JOIN credit_memo AS m
            ON m.customer_id = i.customer_id AND m.currency = i.currency
        WHERE i.id = :id AND m.remaining_minor <> 0
            AND m.voided_on IS NULL AND m.deleted_at IS NULL
        ORDER BY m.credit_date, m.id"""
    return [row[0] for row in reader.each(sql, id=invoice_id)]
