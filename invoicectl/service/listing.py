"""Look up what is no invoice: customers, orders, shipments, terms, taxes, payments and the rest."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from invoicectl.rules import numbering
from invoicectl.store import paging, records, refs
from invoicectl.store.db import Db, Reader
from invoicectl.store.filter_kinds import Binds, clean, contains, refusal
from invoicectl.store.filters import teach
from invoicectl.store.records import columns, fields

__all__ = ["LISTS", "PAGE_SIZE", "Found", "columns", "fields", "get_of", "list_of", "only_page"]

Record = dict[str, Any]

PAGE_SIZE = 50


class Found(NamedTuple):
    """A page of records, what a list says of it, and the sums of the whole result."""

    rows: list[Record]
    pagination: dict[str, object]
    totals: list[Record] | None = None


class Listed(NamedTuple):
    """How a kind is listed: its records, where a text is looked for, how its customer is told.

    `asked` has what else can be asked of it, as SQL with `{}` for the value.
    """

    records: Callable[[Reader, Sequence[int]], list[Record]]
    searched: tuple[str, ...]
    customer: str = ""
    asked: Mapping[str, str] = {}


_CUSTOMERS_NAME = "(SELECT c.name FROM customer AS c WHERE c.id = r.customer_id)"
_CUSTOMER_OF_SHIPMENT = "(SELECT o.customer_id FROM sales_order AS o WHERE o.id = r.order_id)"

LISTS: Mapping[str, Listed] = {
    "customer": Listed(records.customers, ("r.name", "r.key", "r.emails", "r.tax_id"), "r.id"),
    "order": Listed(records.orders, ("r.key", "r.po_number", _CUSTOMERS_NAME), "r.customer_id"),
    "shipment": Listed(records.shipments, ("r.key",), _CUSTOMER_OF_SHIPMENT),
    "term": Listed(records.terms, ("r.name", "r.key", "r.description")),
    "tax": Listed(records.taxes, ("r.code", "r.name", "r.key")),
    "product": Listed(records.products, ("r.code", "r.name", "r.key", "r.description")),
    "payment": Listed(
        records.payments,
        ("r.key", "r.reference", "r.method", _CUSTOMERS_NAME),
        "r.customer_id",
        {
            "unapplied": "r.unapplied_minor <> 0",
            "from": "r.payment_date >= {}",
            "to": "r.payment_date <= {}",
            "currency": "r.currency = {}",
        },
    ),
    "credit": Listed(
        records.credits,
        ("r.key", "r.reference", _CUSTOMERS_NAME),
        "r.customer_id",
        {
            "remaining": "r.remaining_minor <> 0",
            "from": "r.credit_date >= {}",
            "to": "r.credit_date <= {}",
            "currency": "r.currency = {}",
        },
    ),
}


def list_of(
    db: Db,
    kind: str,
    *,
    search: str = "",
    customer: str = "",
    asked: Mapping[str, str] | None = None,
    page_size: int = PAGE_SIZE,
    cursor: str = "",
    all: bool = False,
) -> Found:
    """Return a page of the records of a kind, or `all` of them, oldest first; none that is deleted.

    `search` finds a text in their names in any case, and a friendly id; `customer` is a REF; what
    is `asked` beside them is by the names in `LISTS`.

    Raises:
        NotFoundError: there is no such customer.
        ValidationError: the page size cannot be, or the cursor is another list's.
    """
    with db.read() as reader:
        walk = _walk(reader, kind, search, customer, asked or {})
        if all:
            ids = list(walk.every(reader))
            page = paging.Page(ids, only_page(len(ids)))
        else:
            scope = json.dumps([kind, search, customer, asked])
            page = paging.page(reader, walk, scope=scope, size=page_size, cursor=cursor)
        return Found(LISTS[kind].records(reader, page.ids), page.pagination)


def only_page(count: int) -> dict[str, object]:
    """Return what a list says of itself when all there is stands on it."""
    return {
        "pageSize": count,
        "hasNextPage": False,
        "hasPreviousPage": False,
        "endCursor": None,
    }


def _walk(
    reader: Reader, kind: str, search: str, customer: str, asked: Mapping[str, str]
) -> paging.Walk:
    teach(reader)
    listed, binds = LISTS[kind], Binds()
    conditions = ["r.deleted_at IS NULL"]
    if search:
        has = contains(_text(search), binds)
        places = [has(column) for column in listed.searched]
        friendly = numbering.read_friendly(search)
        if friendly is not None and friendly[0] == kind:
            places.append(f"r.id = {binds.add(friendly[1])}")
        conditions.append(f"({' OR '.join(places)})")
    if customer:
        found = binds.add(refs.find(reader, "customer", customer))
        conditions.append(f"{listed.customer} = {found}")
    conditions += [listed.asked[name].format(binds.add(asked[name])) for name in asked]
    return paging.Walk(f"{refs.TABLES[kind]} AS r", "r.id", " AND ".join(conditions), binds)


def _text(search: str) -> str:
    try:
        return clean(search)
    except ValueError as error:
        raise refusal("search", str(error)) from error


def get_of(db: Db, kind: str, ref: str) -> Record:
    """Return one record of a kind, a deleted one too; NotFoundError where there is none."""
    with db.read() as reader:
        return LISTS[kind].records(reader, [refs.find(reader, kind, ref)])[0]
