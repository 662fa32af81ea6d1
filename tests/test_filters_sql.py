"""A filter in SQL selects what the same filter, read in plain Python, selects."""

import random
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicectl.rules import currencies
from invoicectl.store import filters, records, selection
from invoicectl.store.db import Db
from invoicectl.store.tables import Customer, Invoice, Order, Shipment

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 1, 1, 10, tzinfo=UTC)
KEPT = {"created_at": NOW, "updated_at": NOW}
OPEN = ("AWAITING_PAYMENT", "PARTIALLY_PAID")
STATUSES = ("DRAFT", *OPEN, "PAID", "VOIDED")
ROWS = 150
ID = "0190f5c6-7a1b-7c3d-8e4f-5a6b7c8d9e0f"

# Few values, so that what is looked for is often there.
DAYS = [date(2026, 1, 30) + timedelta(days=n) for n in range(5)] + [TODAY, TODAY - timedelta(1)]
MINORS = [0, 1, 99, 100, 12_345, 500, 1_000]
CURRENCIES = ["EUR", "JPY", "KWD"]
WORDS = ["", "a", "A", "50%", "a_b", "\\", "Łódź", "łódź x", "'; DROP TABLE invoice --"]
ATTRIBUTES = '[{"name": "a", "value": "A"}, {"name": "n", "value": 5}]'
KEYS = [f"k{n}" for n in range(0, ROWS, 9)]


def identity(kind, n):
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {n}"))


def invoice(n, chance):
    status = chance.choice(STATUSES)
    currency = chance.choice(CURRENCIES)
    owed = chance.choice(MINORS[1:]) if status in OPEN else 0
    settled = chance.choice(MINORS) if status in ("PAID", "PARTIALLY_PAID") else 0
    order = chance.choice([None, 1, 2])
    return Invoice(
        id=n, uuid=identity("invoice", n), friendly_id=f"INV-{n:05d}", status=status,
        key=f"k{n}" if n % 9 == 0 else None,
        customer_id=chance.choice([1, 2]), order_id=order,
        shipment_id=n if order and n <= 20 else None,
        currency=currency, scale=currencies.scale(currency),
        invoice_date=chance.choice(DAYS), due_date=chance.choice([None, *DAYS]),
        total_minor=settled + owed, paid_minor=settled, owed_minor=owed,
        reference=chance.choice([None, *WORDS]), po_number=chance.choice([None, *WORDS]),
        factor_name=chance.choice([None, None, "DENIM"]),
        attributes=chance.choice(["[]", ATTRIBUTES]),
        created_by="x", updated_by="x",
        created_at=datetime.combine(chance.choice(DAYS), chance.choice([time(0), time(10)]), UTC),
        updated_at=NOW, deleted_at=NOW if n % 7 == 0 else None,
    )  # fmt: skip


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    books = Db(tmp_path_factory.mktemp("filters") / "books.db")
    chance = random.Random(20_260_301)
    with books.write() as session:
        for n, name in ((1, "Acme"), (2, "Zażółć Gęślą")):
            session.add(Customer(id=n, uuid=identity("customer", n), name=name, **KEPT))
            session.flush()
            session.add(
                Order(id=n, uuid=identity("order", n), customer_id=n, currency="EUR", **KEPT)
            )
        session.flush()
        for n in range(1, 21):
            session.add(Shipment(id=n, uuid=identity("shipment", n), order_id=1, **KEPT))
        session.flush()
        session.add_all([invoice(n, chance) for n in range(1, ROWS + 1)])
    return books


@pytest.fixture(scope="module")
def everything(db):
    """Every invoice there is, as a record."""
    with db.read() as reader:
        return records.invoices(reader, list(range(1, ROWS + 1)), TODAY)


# What a filter means, in the words of the contract.


def matches(asked, record):
    if "trash" not in str(asked) and record["deletedAt"]:
        return False
    return holds(asked, record)


def holds(asked, record):
    return all(part(name, value, record) for name, value in asked.items())


def part(name, value, record):
    if name in ("and", "or"):
        each = [holds(one, record) for one in value]
        return all(each) if name == "and" else any(each)
    if name == "not":
        return not holds(value, record)
    return MEANINGS[name](value, record) if name in MEANINGS else field(name, value, record)


def field(name, value, record):
    there = record["customer"]["id"] if name == "customerId" else record[name]
    if name == "friendlyId":
        there, value = there.lower(), lowered(value)
    return all(OPERATORS[operator](there, wanted) for operator, wanted in value.items())


def lowered(value):
    def fold(one):
        if isinstance(one, list):
            return [fold(each) for each in one]
        return one.lower() if isinstance(one, str) else one

    return {name: fold(one) for name, one in value.items()}


def point(there):
    """Return the instant of a date, which is its midnight, or of an instant."""
    if len(there) == 10:
        there += "T00:00:00Z"
    return datetime.fromisoformat(there)


def equal(there, wanted):
    """Null equals nothing, not even null."""
    return there is not None and there == wanted


def compared(compare):
    """Compare amounts as numbers; and instants with an instant, or with the span of a day."""

    def holds(there, wanted):
        if there is None:
            return False
        if not isinstance(wanted, str):
            return compare(there, wanted, wanted)
        if len(wanted) > 10:
            moment = datetime.fromisoformat(wanted)
            return compare(point(there), moment, moment)
        start = point(wanted)
        return compare(point(there), start, start + timedelta(days=1) - timedelta(microseconds=1))

    return holds


OPERATORS = {
    "equalTo": equal,
    "notEqualTo": lambda there, wanted: not equal(there, wanted),
    "in": lambda there, wanted: any(equal(there, one) for one in wanted),
    "notIn": lambda there, wanted: not any(equal(there, one) for one in wanted),
    "isNull": lambda there, wanted: (there is None) is wanted,
    "lessThan": compared(lambda there, first, _: there < first),
    "lessThanOrEqualTo": compared(lambda there, _, last: there <= last),
    "greaterThan": compared(lambda there, _, last: there > last),
    "greaterThanOrEqualTo": compared(lambda there, first, _: there >= first),
}


def found(text, record):
    places = (record["friendlyId"], record["reference"], record["poNumber"])
    return any(text.lower() in (one or "").lower() for one in (*places, record["customer"]["name"]))


def has_attribute(wanted, record):
    there = [(one["name"], str(one["value"])) for one in record["customAttributes"]]
    return (wanted["name"], wanted["value"]) in there


MEANINGS = {
    "overdue": lambda wanted, record: record["overdue"] is wanted,
    "factored": lambda wanted, record: (record["factorName"] is not None) is wanted,
    "trash": lambda wanted, record: (record["deletedAt"] is not None) is wanted,
    "search": found,
    "customAttribute": has_attribute,
}


# Filters at random, of values that are there and values that are not.


def names(values, *, null=True):
    value = st.sampled_from([*values, None] if null else values)
    several = st.lists(value, max_size=4)
    known = {"equalTo": value, "notEqualTo": value, "in": several, "notIn": several}
    return st.fixed_dictionaries({}, optional=known | ({"isNull": st.booleans()} if null else {}))


def limits(value):
    operators = ["lessThan", "lessThanOrEqualTo", "greaterThan", "greaterThanOrEqualTo"]
    return st.fixed_dictionaries({}, optional=dict.fromkeys(operators, value))


def identities(kind, most):
    return [identity(kind, n) for n in range(1, most + 2)]


TIMES = ["00:00:00Z", "10:00:00Z", "09:59:59Z", "10:00:00.5Z", "11:00:00+01:00", "23:30:00-05:00"]
MOMENTS = [str(day) for day in DAYS] + [f"{day}T{clock}" for day in DAYS for clock in TIMES]
AMOUNTS = [
    0,
    1,
    Decimal("0.999"),
    Decimal("123.45"),
    Decimal("123.450001"),
    Decimal("1E2"),
    -5,
    10**13,
]
LEAVES = {
    "id": names(identities("invoice", 9)),
    "orderId": names(identities("order", 2)),
    "shipmentId": names(identities("shipment", 20)),
    "customerId": names(identities("customer", 2)),
    "status": names(STATUSES, null=False),
    "invoiceDate": limits(st.sampled_from(MOMENTS)),
    "dueDate": limits(st.sampled_from(MOMENTS)),
    "createdAt": limits(st.sampled_from(MOMENTS)),
    "amount": limits(st.sampled_from(AMOUNTS)),
    "amountOwed": limits(st.sampled_from(AMOUNTS)),
    "overdue": st.booleans(),
    "factored": st.booleans(),
    "friendlyId": names(["INV-00001", "inv-00002", "INV-00003", "x"]),
    "key": names([*KEYS[:3], "K0"]),
    "reference": names(WORDS),
    "poNumber": names(WORDS),
    "currency": names([*CURRENCIES, "USD"]),
    "search": st.sampled_from([*WORDS, "INV-0001", "acme", "GĘŚLĄ", "%"]),
    "customAttribute": st.fixed_dictionaries(
        {"name": st.sampled_from(["a", "n"]), "value": st.sampled_from(["A", "a", "5"])}
    ),
    "trash": st.booleans(),
}
FILTERS = st.recursive(
    st.fixed_dictionaries({}, optional=LEAVES),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "and": st.lists(inner, max_size=3),
            "or": st.lists(inner, max_size=3),
            "not": inner,
            "status": LEAVES["status"],
        },
    ),
    max_leaves=6,
)


def selected(db, asked):
    condition = filters.condition(asked, TODAY)
    with db.read() as reader:
        return set(selection.walk(reader, condition, "createdAt").every(reader))


def agrees(db, everything, asked):
    wanted = {n for n, record in enumerate(everything, 1) if matches(asked, record)}
    assert selected(db, asked) == wanted


@settings(max_examples=400, deadline=None)
@given(asked=FILTERS)
def test_a_filter_in_sql_selects_what_it_says(db, everything, asked):
    agrees(db, everything, asked)


@pytest.mark.parametrize("name", LEAVES)
def test_every_field_alone_and_negated_selects_what_it_says(db, everything, name):
    @settings(max_examples=40, deadline=None)
    @given(asked=LEAVES[name], negated=st.booleans())
    def walk(asked, negated):
        agrees(db, everything, {"not": {name: asked}} if negated else {name: asked})

    walk()


def test_every_field_is_tried():
    assert set(LEAVES) == set(filters.FIELDS)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, "all"),
        ({"and": []}, "all"),
        ({"or": []}, 0),
        ({"not": {}}, 0),
        ({"not": {"or": []}}, "all"),
        ({"status": {}}, "all"),
        ({"status": {"in": []}}, 0),
        ({"key": {"notIn": []}}, "all"),
        ({"or": [{}, {"or": []}]}, "all"),
    ],
)
def test_nothing_said_is_true_and_no_alternative_is_false(db, everything, asked, count):
    live = sum(record["deletedAt"] is None for record in everything)
    assert len(selected(db, asked)) == (live if count == "all" else count)


def test_an_unknown_field_equals_nothing_and_differs_from_everything(db, everything):
    live = {n for n, record in enumerate(everything, 1) if not record["deletedAt"]}
    nobody = identity("order", 99)
    assert selected(db, {"orderId": {"equalTo": nobody}}) == set()
    assert selected(db, {"orderId": {"notEqualTo": nobody}}) == live
    assert selected(db, {"not": {"orderId": {"equalTo": nobody}}}) == live


def test_as_many_conditions_as_are_read_can_be_run(db):
    selected(db, {"or": [{"reference": {"equalTo": str(n)}} for n in range(127)]})


def test_as_deep_a_filter_as_is_read_can_be_run(db):
    asked: dict = {}
    for _ in range(16):
        asked = {"not": asked}
    assert selected(db, asked)


def test_the_longest_lists_can_be_run(db):
    many = [identity("invoice", n) for n in range(1, 1001)]
    assert len(selected(db, {"id": {"in": many}, "trash": False})) == ROWS - ROWS // 7
    assert selected(db, {"customerId": {"in": many}}) == set()


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"customerId": {"equalTo": ID}}, "invoice_of_customer (customer_id=?)"),
        ({"orderId": {"equalTo": ID}}, "ix_invoice_order_id (order_id=?)"),
        ({"id": {"in": [ID, ID]}}, "sqlite_autoindex_invoice_1 (uuid=?)"),
        ({"key": {"equalTo": "k"}}, "sqlite_autoindex_invoice_2 (key=?)"),
        ({"friendlyId": {"equalTo": "x"}}, "invoice_number (friendly_id=?)"),
        ({"amount": {"greaterThan": 1, "lessThan": 2}}, "invoice_by_amount"),
        (
            {"dueDate": {"greaterThan": "2026-01-01", "lessThan": "2026-01-31"}},
            "invoice_by_due_date",
        ),
        ({"overdue": True}, "invoice_open"),
    ],
)
def test_a_count_looks_only_at_what_can_match(db, asked, index):
    condition = filters.condition(asked, TODAY)
    with db.read() as reader:
        sql = f"EXPLAIN QUERY PLAN SELECT count(*) FROM invoice AS i WHERE {condition.sql}"
        plan = " / ".join(row["detail"] for row in reader.all(sql, **condition.binds))
    assert f"INDEX {index}" in plan


def test_a_filter_binds_what_it_was_given_and_splices_nothing():
    hostile = "'; DROP TABLE invoice --"
    condition = filters.condition(
        {
            "search": hostile,
            "reference": {"in": [hostile, hostile + "x"]},
            "customAttribute": {"name": hostile, "value": hostile},
        },
        TODAY,
    )
    assert "DROP" not in condition.sql
    assert hostile in condition.binds.values()
