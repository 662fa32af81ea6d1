"""Look invoices up: filter them, get them, and what belongs to one. Nothing is ever changed."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from invoicectl.errors import NotFoundError, UsageError, ValidationError
from invoicectl.service import filter_flags
from invoicectl.service.filter_flags import Filter
from invoicectl.service.listing import (
    PAGE_SIZE,
    Found,
    Record,
    columns,
    fields,
    get_of,
    list_of,
    only_page,
)
from invoicectl.store import filters, paging, records, refs, seals, selection, sequences
from invoicectl.store.db import Db, Reader
from invoicectl.store.selection import DEFAULT_SORT

__all__ = [
    "DEFAULT_SORT",
    "PAGE_SIZE",
    "Filter",
    "Found",
    "Query",
    "Record",
    "activity",
    "available_credits",
    "batches",
    "columns",
    "count",
    "each",
    "fields",
    "find",
    "get",
    "get_of",
    "get_several",
    "list_of",
    "next_number",
    "numbers",
    "only_page",
    "payments",
    "query",
    "totals",
]
SOON, BATCH = 50, 500


class Query(NamedTuple):
    """What invoices are wanted, in which order, and which part of them."""

    filter: Filter
    sort: str = DEFAULT_SORT
    page_size: int | None = None
    cursor: str = ""
    page: int | None = None

    @property
    def is_page(self) -> bool:
        """Whether a page was asked for, and not just all there is."""
        return self.page_size is not None or bool(self.cursor) or self.page is not None

    @property
    def place(self) -> dict[str, Any]:
        """Which page it is: its `size`, its `number`, the `cursor` it comes after."""
        size = PAGE_SIZE if self.page_size is None else self.page_size
        number = 1 if self.page is None else self.page
        return {"size": size, "cursor": self.cursor, "number": number}

    @property
    def scope(self) -> str:
        """What a cursor belongs to."""
        return json.dumps([self.filter, self.sort], sort_keys=True, default=str)


def query(
    db: Db,
    typed: Mapping[str, Any],
    today: date,
    *,
    bodies: Sequence[str] = (),
    sort: str = "",
    page_size: int | None = None,
    cursor: str = "",
    page: int | None = None,
) -> Query:
    """Return what options and filter bodies ask for together; an option goes before a body.

    `typed` is by the names in `filter_flags.FLAGS`; bodies are JSON, a request or a filter alone.

    Raises:
        UsageError: something cannot be read, or contradicts itself.
        ValidationError: a field, an operator or a value is not to be had.
        NotFoundError: a REF leads nowhere.
    """
    parts: list[Filter] = []
    request: dict[str, Any] = {}
    for body in bodies:
        part, rest = filter_flags.parse(body)
        parts.append(part)
        request |= rest
    needs_books = any(typed.get(name) for name in filter_flags.REFS)
    with db.read() if needs_books else nullcontext() as reader:
        parts += filter_flags.read(reader, typed, today)
    wanted = Query(
        filter=filter_flags.joined(parts),
        sort=sort or DEFAULT_SORT,
        page_size=_size(request) if page_size is None else page_size,
        cursor=cursor or _cursor(request),
        page=page,
    )
    if wanted.cursor and page is not None:
        raise UsageError("--page and a cursor both say where to begin", hint="give one of them")
    filters.condition(wanted.filter, today)
    selection.order(wanted.sort)
    paging.start(scope=wanted.scope, **wanted.place)
    return wanted


def _size(request: Mapping[str, Any]) -> int | None:
    size = request.get("pageSize")
    if isinstance(size, bool) or not isinstance(size, int | None):
        raise ValidationError.at("pageSize", "is not a whole number")
    return size


def _cursor(request: Mapping[str, Any]) -> str:
    cursor = request.get("cursor")
    if cursor is not None and not isinstance(cursor, str):
        raise ValidationError.at("cursor", "is not a text")
    return cursor or ""


def find(
    db: Db, wanted: Query, today: date, *, totals: bool = False, only: Collection[str] | None = None
) -> Found:
    """Return a page of invoices; with `totals` the sums of the whole result too.

    `only` names the parts that are needed (see `records.invoices`).

    Raises:
        ValidationError: the page size cannot be, or the cursor belongs to another query.
    """
    condition = filters.condition(wanted.filter, today)
    with db.read() as reader:
        page = _page(reader, wanted, condition)
        rows = records.invoices(reader, page.ids, today, only)
        sums = selection.totals(reader, condition) if totals else None
    return Found(rows, page.pagination, sums)


def _page(reader: Reader, wanted: Query, condition: filters.Condition) -> paging.Page:
    walk = selection.walk(reader, condition, wanted.sort)
    return paging.page(reader, walk, scope=wanted.scope, **wanted.place)


def each(
    db: Db, wanted: Query, today: date, only: Collection[str] | None = None
) -> Iterator[Record]:
    """Yield every invoice that is wanted, one by one; memory stays flat however many there are."""
    condition = filters.condition(wanted.filter, today)
    with db.read() as reader:
        walk = selection.walk(reader, condition, wanted.sort)
        for ids in batches(walk.every(reader)):
            yield from records.invoices(reader, ids, today, only)


def batches(ids: Iterator[int], most: int = BATCH) -> Iterator[list[int]]:
    """Yield ids in lists of at most so many; the first is short, so that its rows are soon out."""
    size = SOON
    while batch := list(islice(ids, size)):
        yield batch
        size = most


def numbers(db: Db, wanted: Query, today: date, *, paged: bool) -> Iterator[str]:
    """Yield the friendly ids of what is wanted; all of it, or with `paged` the page alone."""
    condition = filters.condition(wanted.filter, today)
    with db.read() as reader:
        if paged:
            yield from selection.numbers(reader, _page(reader, wanted, condition).ids)
            return
        walk = selection.walk(reader, condition, wanted.sort)
        for ids in batches(walk.every(reader)):
            yield from selection.numbers(reader, ids)


def count(db: Db, wanted: Query, today: date) -> int:
    """Return how many invoices are wanted, on all pages."""
    with db.read() as reader:
        return selection.count(reader, filters.condition(wanted.filter, today))


def totals(db: Db, wanted: Query, today: date) -> list[Record]:
    """Return the sums of all that is wanted, per currency."""
    with db.read() as reader:
        return selection.totals(reader, filters.condition(wanted.filter, today))


def get(db: Db, ref: str, today: date) -> Record:
    """Return an invoice with all there is to know of it.

    Raises:
        NotFoundError: there is none.
        DatabaseError: it does not match its seal.
    """
    with db.read() as reader:
        invoice_id = refs.find(reader, "invoice", ref)
        seals.prove(reader, "invoice", [invoice_id])
        return records.invoices(reader, [invoice_id], today)[0]


def get_several(db: Db, wanted: Sequence[str], today: date) -> tuple[list[Record], list[str]]:
    """Return the invoices that were found, in the order asked for, and why others were not."""
    ids: list[int] = []
    missing: list[str] = []
    with db.read() as reader:
        for ref in wanted:
            try:
                ids.append(refs.find(reader, "invoice", ref))
            except NotFoundError as refusal:
                missing.append(refusal.message)
        seals.prove(reader, "invoice", ids)
        return records.invoices(reader, ids, today), missing


def payments(db: Db, ref: str, today: date) -> list[Record]:
    """Return what payments settle of an invoice now, by date."""
    invoice = get(db, ref, today)
    return [{**payment, "currency": invoice["currency"]} for payment in invoice["payments"]]


def available_credits(db: Db, ref: str) -> list[Record]:
    """Return the credit memos that can be applied to an invoice, oldest first.

    They are the same customer's, in the same currency, not void, and something of them remains.
    """
    with db.read() as reader:
        found = selection.available_credits(reader, refs.find(reader, "invoice", ref))
        return records.credits(reader, found)


def activity(db: Db, ref: str) -> list[Record]:
    """Return the history of a record of any kind, oldest first; an invoice's if REF is one's.

    Raises:
        NotFoundError: there is no such record.
    """
    with db.read() as reader:
        for kind in ("invoice", *refs.TABLES):
            if found := refs.among(reader, kind, ref):
                if len(found) > 1:
                    refs.find(reader, kind, ref)  # says that there are several
                return records.activity(reader, kind, found.pop())
        raise NotFoundError(f"no record of any kind is called {ref!r}")


def next_number(db: Db, pattern: str, today: date) -> str:
    """Return the number that an invoice issued now would get; none is taken."""
    with db.read() as reader:
        return sequences.peek(reader, pattern, today)
