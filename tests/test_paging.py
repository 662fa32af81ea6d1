"""Pages of invoices hold each once and in order, whatever ties, and each is a range of an index."""

import base64
import random
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from invoicectl.errors import ValidationError
from invoicectl.rules import currencies
from invoicectl.store import filters, paging, records, selection
from invoicectl.store.db import Db
from invoicectl.store.tables import Customer, Invoice

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 1, 1, 10, tzinfo=UTC)
DAYS = [TODAY - timedelta(days=n) for n in range(4)]
ROWS = 100
EVERYTHING = filters.condition({}, TODAY)


def invoice(n, chance):
    """Return an invoice that ties with many others in whatever they are sorted by."""
    currency = chance.choice(["EUR", "JPY", "KWD"])
    minor = chance.choice([1, 100, 12_345])
    return Invoice(
        id=n, uuid=str(uuid.uuid5(uuid.NAMESPACE_OID, str(n))), friendly_id=f"INV-{n:05d}",
        status="AWAITING_PAYMENT", customer_id=1,
        currency=currency, scale=currencies.scale(currency), total_minor=minor, owed_minor=minor,
        invoice_date=chance.choice(DAYS), due_date=chance.choice([None, *DAYS]),
        reference=chance.choice(["a", "b", "c"]),
        created_by="x", updated_by="x",
        created_at=chance.choice([NOW, NOW + timedelta(hours=1)]), updated_at=NOW,
    )  # fmt: skip


def filled(path, rows, seed):
    books = Db(path)
    chance = random.Random(seed)
    with books.write() as session:
        session.add(Customer(id=1, uuid="1", name="Acme", created_at=NOW, updated_at=NOW))
        session.flush()
        session.add_all([invoice(n, chance) for n in range(1, rows + 1)])
    return books


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("paging") / "books.db", ROWS, 7)


def all_pages(reader, condition, sort, size):
    walk, cursor, pages = selection.walk(reader, condition, sort), "", []
    while cursor is not None:
        page = paging.page(reader, walk, scope=sort, size=size, cursor=cursor)
        assert page.pagination["hasPreviousPage"] is bool(pages)
        cursor = page.pagination["endCursor"]
        assert page.pagination["hasNextPage"] is (cursor is not None)
        pages.append(page.ids)
    return pages


SORT_KEYS = {
    "invoiceDate": lambda record: record["invoiceDate"],
    "dueDate": lambda record: record["dueDate"] or "",  # without one comes before any
    "amount": lambda record: record["amount"],
    "amountOwed": lambda record: record["amountOwed"],
    "createdAt": lambda record: record["createdAt"],
    "friendlyId": lambda record: record["friendlyId"],
}


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("name", selection.SORTS)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pages_hold_every_invoice_once_and_in_order(db, name, sign, size):
    key = SORT_KEYS[name]
    with db.read() as reader:
        numbered = enumerate(records.invoices(reader, list(range(1, ROWS + 1)), TODAY), 1)
        pages = all_pages(reader, EVERYTHING, sign + name, size)
    in_order = sorted(((key(record), n) for n, record in numbered), reverse=sign == "-")
    assert [n for page in pages for n in page] == [n for _, n in in_order]
    assert {len(page) for page in pages[:-1]} <= {size}


@pytest.mark.parametrize("sort", ["dueDate", "-dueDate", "amount", "-amount"])
def test_pages_that_are_sorted_rather_than_walked_are_the_same(db, sort, monkeypatch):
    asked = filters.condition({"reference": {"equalTo": "a"}}, TODAY)
    with db.read() as reader:
        walked = all_pages(reader, asked, sort, 3)
        monkeypatch.setattr(paging, "PATIENCE", -250)  # less than any walk takes
        assert all_pages(reader, asked, sort, 3) == walked
    assert sum(map(len, walked)) > 3


def test_a_page_by_its_number_is_the_same_as_by_its_cursor(db):
    with db.read() as reader:
        walk = selection.walk(reader, EVERYTHING, "-dueDate")
        third = all_pages(reader, EVERYTHING, "-dueDate", 10)[2]
        assert paging.page(reader, walk, scope="", size=10, number=3).ids == third


def test_rows_that_are_added_meanwhile_move_no_page(tmp_path):
    db = filled(tmp_path / "books.db", 30, 1)
    with db.read() as reader:
        before = [n for page in all_pages(reader, EVERYTHING, "invoiceDate", 5) for n in page]
    seen, cursor, newcomer = [], "", 1000
    while cursor is not None:
        with db.read() as reader:
            walk = selection.walk(reader, EVERYTHING, "invoiceDate")
            page = paging.page(reader, walk, scope="", size=5, cursor=cursor)
        seen += page.ids
        cursor, newcomer = page.pagination["endCursor"], newcomer + 1
        with db.write() as session:
            session.add(invoice(newcomer, random.Random(newcomer)))
    assert [n for n in seen if n < 1000] == before
    assert len(set(seen)) == len(seen)


# Cursors.

SCOPE = "this filter and sort"
PLACES = [(None, 1), ("2026-01-31", 7), (123_450_000, 2**40), ("Zażółć", 3)]


@pytest.mark.parametrize("place", PLACES)
def test_a_cursor_gives_its_place_back(place):
    assert paging.decode(paging.encode(paging.Place(*place), SCOPE), SCOPE) == place


def test_a_cursor_says_nothing_that_a_url_would_not_take():
    assert paging.encode(paging.Place("ÿ?>", 1), SCOPE).replace("-", "").replace("_", "").isalnum()


def test_a_cursor_of_another_filter_is_refused():
    with pytest.raises(ValidationError, match="cursor: does not belong"):
        paging.decode(paging.encode(paging.Place("2026-01-31", 7), SCOPE), "another")


def test_a_cursor_with_any_sign_changed_is_refused():
    cursor = paging.encode(paging.Place("2026-01-31", 7), SCOPE)
    for at in range(len(cursor)):
        for other in "Aa0-_=\n ż":
            if cursor[at] != other:
                with pytest.raises(ValidationError):
                    paging.decode(cursor[:at] + other + cursor[at + 1 :], SCOPE)


@pytest.mark.parametrize(
    "cursor", ["x", "=", "żółć", "A" * 10_000, base64.b64encode(b"[]").decode()]
)
def test_what_never_was_a_cursor_is_refused(cursor):
    with pytest.raises(ValidationError, match="cursor"):
        paging.decode(cursor, SCOPE)


@pytest.mark.parametrize("size", [0, -1, 1001])
def test_a_page_holds_one_to_a_thousand(db, size):
    with db.read() as reader:
        walk = selection.walk(reader, EVERYTHING, "amount")
        with pytest.raises(ValidationError, match="pageSize"):
            paging.page(reader, walk, scope="", size=size)


# Plans.

INDEXES = {
    "invoiceDate": "invoice_by_date",
    "dueDate": "invoice_by_due_date",
    "amount": "invoice_by_amount",
    "amountOwed": "invoice_by_owed",
    "createdAt": "invoice_by_creation",
    "friendlyId": "invoice_number",
}


def plans(db, sort, place):
    """Return the plan of each statement that a page after a place takes."""
    with db.read() as reader:
        walk = selection.walk(reader, EVERYTHING, sort)
        statements: list[str] = []
        reader.connection.set_trace_callback(statements.append)
        walk.after(reader, place, 10_000)
        reader.connection.set_trace_callback(None)
        return [
            " / ".join(row["detail"] for row in reader.all(f"EXPLAIN QUERY PLAN {sql}"))
            for sql in statements
        ]


NOT_NULL = [(name, place) for name in selection.SORTS for place in (None, ("2026-02-01", 5))]


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(("name", "place"), [*NOT_NULL, ("dueDate", (None, 5))])
def test_every_page_is_a_range_of_an_index_and_nothing_is_sorted(db, name, sign, place):
    for plan in plans(db, sign + name, place and paging.Place(*place)):
        assert f"USING INDEX {INDEXES[name]}" in plan
        assert "TEMP B-TREE" not in plan
        assert place is None or plan.startswith("SEARCH")
