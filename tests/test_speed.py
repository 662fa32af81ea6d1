"""What keeps it quick, as far as it is not a matter of the machine: see tests/benchmarks for that."""

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime

import pytest

from invoicectl.service import catalog, exporting, lookups
from invoicectl.service.act import Act
from invoicectl.store import filters, seals, selection
from invoicectl.store.db import Db
from invoicectl.store.tables import Customer, Invoice
from tests.test_filters_sql import KEPT, identity

TODAY = date(2026, 3, 1)
ID = "0190f5c6-7a1b-7c3d-8e4f-5a6b7c8d9e0f"
HEAVY = {
    "alembic", "asyncio", "babel", "email", "jinja2", "pydantic", "reportlab", "rich", "sqlalchemy",
    "sqlmodel", "xhtml2pdf", "xlsxwriter",
}  # fmt: skip
RUN = """
import sys
from invoicectl import cli
code = cli.run(sys.argv[1:])
print(code, *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def run_apart(folder, *words, **env):
    """Type a command in a process of its own; returns its output and the modules it loaded."""
    named = {"INVOICECTL_DB": "books.db", "INVOICECTL_TODAY": "2026-01-31", **env}
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *words],
        cwd=folder, env=os.environ | named, capture_output=True, check=True,
    )  # fmt: skip
    code, *modules = ran.stderr.decode().splitlines()[-1].split()
    assert code == "0", ran.stderr
    return ran.stdout, set(modules)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "words",
    [
        ("--help",), ("filter",), ("filter", "--json"), ("filter", "--search", "globex"),
        ("filter", "--count"), ("get", "INV-00001", "--json"), ("get", "INV-00001"),
        ("payments", "INV-00001"), ("available-credits", "INV-00001"), ("activity", "INV-00001"),
        ("customer", "list"), ("order", "get", "ORD-00001"), ("payment", "list"),
        ("credit", "get", "CM-00001"), ("next-number",), ("aging",), ("aging", "-f", "csv"),
        ("export", "-f", "csv"), ("export", "-f", "jsonl"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_looks_things_up_loads_nothing_that_it_does_not_need(books, words):
    _, modules = run_apart(books.folder, *words)
    assert modules & HEAVY == set()


@pytest.mark.sqlite
def test_what_changes_something_loads_nothing_of_documents(books):
    _, modules = run_apart(books.folder, "pay", "INV-00001", "--json")
    assert modules & {"babel", "jinja2", "reportlab", "rich", "xhtml2pdf", "alembic"} == set()


# Every field that has an index, and some that go together. Most invoices are paid: that is no
# search. A currency, what is not so and a custom attribute have no index: each would cost every
# change more than it would ever give.
SOUGHT = {
    "id": {"id": {"equalTo": ID}},
    "order": {"orderId": {"equalTo": ID}},
    "shipment": {"shipmentId": {"equalTo": ID}},
    "customer": {"customerId": {"in": [ID, ID]}},
    "draft": {"status": {"equalTo": "DRAFT"}},
    "open": {"status": {"in": ["AWAITING_PAYMENT", "PARTIALLY_PAID"]}},
    "void": {"status": {"equalTo": "VOIDED"}},
    "since a day": {"invoiceDate": {"greaterThanOrEqualTo": "2026-01-01"}},
    "days": {"invoiceDate": {"greaterThan": "2026-01-01", "lessThan": "2026-02-01"}},
    "due": {"dueDate": {"lessThan": "2026-01-01"}},
    "amount": {"amount": {"greaterThan": 100, "lessThan": 101}},
    "owed": {"amountOwed": {"greaterThan": 100}},
    "overdue": {"overdue": True},
    "factored": {"factored": True},
    "created": {"createdAt": {"greaterThan": "2026-01-01"}},
    "number": {"friendlyId": {"equalTo": "INV-00001"}},
    "key": {"key": {"in": ["a", "b"]}},
    "reference": {"reference": {"equalTo": "R-1"}},
    "PO number": {"poNumber": {"equalTo": "PO-1"}},
    "text": {"search": "globex"},
    "trash": {"trash": True},
    "overdue amounts": {"overdue": True, "amount": {"greaterThan": 3, "lessThan": 4}},
    "a customer's open ones": {"customerId": {"equalTo": ID}, "overdue": True},
}
WITHOUT = {"currency", "customAttribute"}


def test_every_field_of_a_filter_is_either_sought_here_or_known_to_have_no_index():
    asked = {name for each in SOUGHT.values() for name in each}
    assert asked | WITHOUT == set(filters.FIELDS)


@pytest.mark.sqlite
@pytest.mark.parametrize("name", SOUGHT)
@pytest.mark.parametrize("statistics", [False, True])
def test_no_filter_on_an_indexed_field_scans_the_table(books, name, statistics):
    if statistics:
        with sqlite3.connect(books.db) as connection:
            connection.execute("ANALYZE")
    with Db(books.db).read() as reader:
        condition = filters.condition(SOUGHT[name], TODAY)
        filters.teach(reader)
        sql = f"EXPLAIN QUERY PLAN SELECT i.id FROM invoice AS i WHERE {condition.sought}"
        plan = [row["detail"] for row in reader.all(sql, **condition.binds)]
    partial = "invoice_open", "invoice_draft_or_void", "invoice_factored", "invoice_in_trash"
    scans = [line for line in plan if re.match(r"SCAN i\b", line)]
    assert [line for line in scans if not any(name in line for name in partial)] == []


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """Two books, of 1,000 and 4,000 invoices that are all paid, dated over five years."""
    chance, found = random.Random(7), []
    for many in (1_000, 4_000):
        folder = tmp_path_factory.mktemp(f"books{many}")
        with Db(folder / "books.db").write() as session:
            session.add(Customer(id=1, uuid=identity("customer", 1), name="Acme", **KEPT))
            session.flush()
            for n in range(1, many + 1):
                day = date.fromordinal(TODAY.toordinal() - chance.randint(0, 1800))
                session.add(Invoice(
                    id=n, uuid=identity("invoice", n), friendly_id=f"INV-{n:05d}", status="PAID",
                    customer_id=1, currency="EUR", scale=100, invoice_date=day, due_date=day,
                    total_minor=n, paid_minor=n, created_by="x", updated_by="x", **KEPT,
                ))  # fmt: skip
        found.append(Db(folder / "books.db"))
    return found


NOTHING = {
    "open": {"status": {"equalTo": "AWAITING_PAYMENT"}},
    "overdue": {"overdue": True},
    "overdue amounts": {"overdue": True, "amount": {"greaterThan": 3, "lessThan": 4}},
    "amount": {"amount": {"greaterThan": 10_000_000}},
    "text": {"search": "nobody has this"},
    "reference": {"reference": {"equalTo": "R-1"}},
    "factored": {"factored": True},
    "trash": {"trash": True},
}


def steps(db, asked):
    """Return how many thousand steps SQLite's machine takes to look for something."""
    taken = []
    with db.read() as reader:
        condition = filters.condition(asked, TODAY)
        filters.teach(reader)
        reader.connection.set_progress_handler(lambda: taken.append(1), 1000)
        assert (
            reader.all(f"SELECT i.id FROM invoice AS i WHERE {condition.sought}", **condition.binds)
            == []
        )
        reader.connection.set_progress_handler(None, 0)
    return len(taken)


@pytest.mark.parametrize("name", NOTHING)
def test_a_filter_that_matches_nothing_does_not_walk_the_table(paid, name):
    few, many = (steps(db, NOTHING[name]) for db in paid)
    assert many <= few + 1


LATE = {"overdue": True, "amount": {"greaterThan": 1, "lessThan": 2}}


@pytest.mark.sqlite
def test_what_is_open_is_looked_for_among_the_open_ones(books):
    with Db(books.db).read() as reader:
        walk = selection.walk(reader, filters.condition(LATE, TODAY), "-invoiceDate")
        asked = []
        reader.connection.set_trace_callback(asked.append)
        walk.after(reader, None, 10)
        reader.connection.set_trace_callback(None)
        (sql,) = asked
        plan = [row["detail"] for row in reader.all(f"EXPLAIN QUERY PLAN {sql}")]
    assert plan == ["SCAN i USING COVERING INDEX invoice_open_by_date"]


def test_what_only_speaks_of_open_ones_is_looked_for_everywhere(books):
    late_or_draft = {"or": [{"overdue": True}, {"status": {"equalTo": "DRAFT"}}]}
    found = books.ok("filter", "--filter", json.dumps(late_or_draft))["data"]
    assert {each["friendlyId"] for each in found} == {"INV-00003", "DRAFT-00001", "DRAFT-00002"}


def test_an_export_takes_the_same_memory_for_four_times_as_many(paid, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 500)  # so that books need not be large to be larger
    wanted, peaks = lookups.Query(filter={}, sort="-invoiceDate"), []
    for db in paid[::-1]:
        list(exporting.lines(db, wanted, TODAY))  # what is loaded once is no part of it
        tracemalloc.start()
        assert sum(1 for _ in exporting.lines(db, wanted, TODAY)) in {1_000, 4_000}
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[0] < 1.2 * peaks[1]


def test_an_import_remembers_so_many_customers_and_no_more(tmp_path):
    db, count = Db(tmp_path / "books.db"), catalog.MOST_ROWS + 500
    act = Act(datetime.now(UTC), TODAY, "tester", {}, lambda _: None)
    with db.write() as session:
        for n in range(1, count + 1):
            session.add(Customer(id=n, uuid=identity("customer", n), name=f"No. {n}", **KEPT))
        known = catalog.Catalog(session, act)
        tracemalloc.start()
        held = {}
        for n in range(1, count + 1):
            assert known.row("customer", n)["name"] == f"No. {n}"
            held[n] = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert known.row("customer", 1)["name"] == "No. 1"
    assert held[count] < 1.05 * held[catalog.MOST_ROWS]


@pytest.fixture
def counted(monkeypatch):
    """Returns a list that every statement goes into, whatever connection it is run on."""
    statements, connect = [], sqlite3.connect

    def traced(*given, **options):
        connection = connect(*given, **options)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    return statements


def statements_of(counted, run, *words):
    counted.clear()
    run.ok(*words)
    return len(counted)


def drafts(run, several):
    made = [run.ok("duplicate", "INV-00001") for _ in range(several)]
    return [each["friendlyId"] for each in made]


@pytest.mark.sqlite
def test_a_batch_takes_as_many_statements_for_each_as_for_the_first(books, counted):
    books.ok("batch", "mark-awaiting", *drafts(books, 1))
    two, four, six = (
        statements_of(counted, books, "batch", "mark-awaiting", *drafts(books, several))
        for several in (2, 4, 6)
    )
    assert six - four == four - two > 0


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("verb", "most"),
    [("create", 35), ("mark-awaiting", 37), ("mark-paid", 43), ("batch-generate", 37)],
)
def test_one_more_takes_no_more_statements_than_it_needs(books, counted, verb, most):
    costs = [statements_of(counted, books, *several(books, verb, count)) for count in (2, 4)]
    assert (costs[1] - costs[0]) / 2 <= most


def several(run, verb, count):
    """Return words that do a verb to so many invoices that are made for it."""
    if verb in {"mark-awaiting", "mark-paid"}:
        names = drafts(run, count)
        if verb == "mark-paid":
            run.ok("batch", "mark-awaiting", *names)
        return "batch", verb, *names
    if verb == "batch-generate":
        shipped = [
            run.ok("shipment", "add", "--order", order, "--charge", "desc=x,qty=1,price=5")
            for _ in range(count)
            for order in [run.ok("order", "add", "--customer", "globex")["friendlyId"]]
        ]
        return verb, "--draft", *(word for each in shipped for word in ("--shipment", each["id"]))
    lines = [{"description": f"no. {n}", "quantity": n, "unitPrice": 5} for n in (1, 2, 3)]
    file = run.folder / "bodies.json"
    file.write_text(json.dumps([{"customer": "globex", "lines": lines}] * count))
    return verb, "--from", str(file)


@pytest.mark.sqlite
def test_what_was_prepared_is_not_forgotten_by_a_look_at_a_seal(books):
    prepared = []
    with Db(books.db).read() as reader:
        reader.connection.set_authorizer(lambda *asked: prepared.append(asked) or sqlite3.SQLITE_OK)
        seals.prove(reader, "invoice", [1])
        seals.frozen(reader, [1])
        once = len(prepared)
        seals.prove(reader, "invoice", [1])
        seals.frozen(reader, [1])
    assert len(prepared) == once > 0


def test_a_list_takes_as_many_statements_however_long_it_is(books, counted):
    few = statements_of(counted, books, "filter", "--all")
    drafts(books, 12)
    assert statements_of(counted, books, "filter", "--all") == few


def test_an_import_takes_as_many_statements_for_each_as_for_the_first(books, counted):
    def imported(name, several):
        rows = [f"{name}-{n},C-00001,2026-01-05,EUR,10.00" for n in range(several)]
        text = "\n".join(["number,customer,invoiceDate,currency,amount", *rows])
        books.write(f"{name}.csv", text)
        return statements_of(counted, books, "import", "invoices", f"{name}.csv")

    imported("a", 1)
    four, eight, twelve = imported("b", 4), imported("c", 8), imported("d", 12)
    assert twelve - eight == eight - four
    assert twelve - eight <= 4 * 12  # an invoice, a line, a movement, and what proves them


@pytest.mark.parametrize(
    "words",
    [("aging", "-f", "csv"), ("export", "-f", "csv"), ("export", "-f", "jsonl")],
    ids=" ".join,
)
def test_the_same_books_give_the_same_bytes_in_every_process(books, words):
    db = os.environ["INVOICECTL_DB"]
    first, _ = run_apart(books.folder, *words, PYTHONHASHSEED="1", INVOICECTL_DB=db)
    second, _ = run_apart(books.folder, *words, PYTHONHASHSEED="2", INVOICECTL_DB=db)
    assert first == second != b""
