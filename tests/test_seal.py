"""Seals: what invoicectl did fits them, what anything else did does not, and nothing hides it."""

import sqlite3

import pytest
from sqlmodel import SQLModel

from invoicectl.store import seals, tables  # noqa: F401 - tables fills the metadata
from invoicectl.store.db import Db, Reader
from invoicectl.store.sealed import FROZEN, SEALED
from invoicectl.store.sqlite import teach
from tests.whole_books import ITEM, make, outside

pytestmark = pytest.mark.sqlite

TABLES = {table.name: table for table in SQLModel.metadata.sorted_tables}
# What needs no seal: it is hashed, chained or counted by itself.
WITHOUT = {"activity", "history_end", "party", "retired_number", "sequence"}
OF_PARTS = {part.table: part for each in SEALED.values() for part in each.parts}


@pytest.fixture
def books(run, tmp_path_factory):
    """Books with something of everything."""
    return make(run, tmp_path_factory)


def broken(path):
    """Return the records that do not fit their seals."""
    with Db(path).read() as reader:
        return {
            seals.name(reader, table, each)
            for table in SEALED
            for each in seals.broken(reader, table, 0, 10**9)
        }


def test_every_table_is_sealed_or_needs_no_seal():
    assert set(TABLES) == set(SEALED) | set(OF_PARTS) | WITHOUT


@pytest.mark.parametrize("table", SEALED)
def test_a_seal_covers_every_column(table):
    columns = set(TABLES[table].columns.keys()) - {"seal"}
    assert set(SEALED[table].columns.split()) == columns


@pytest.mark.parametrize("table", OF_PARTS)
def test_a_seal_covers_every_column_of_what_belongs_to_it(table):
    part = OF_PARTS[table]
    owners = {each.owner for of in SEALED.values() for each in of.parts if each.table == table}
    hashed_by_itself = {"content"} if table == "document" else set()
    columns = set(TABLES[table].columns.keys()) - owners - hashed_by_itself
    assert columns <= set(part.columns.split())


def test_what_is_frozen_is_part_of_the_seal():
    assert set(FROZEN.split()) < set(SEALED["invoice"].columns.split())


def test_all_that_invoicectl_does_leaves_every_seal_fitting(books):
    assert broken(books.db) == set()


def test_a_seal_is_made_anew_by_every_change(books):
    def seal():
        sql = "SELECT seal FROM invoice WHERE friendly_id = 'INV-00001'"
        return sqlite3.connect(books.db).execute(sql).fetchone()[0]

    before = seal()
    books.ok("update", "INV-00001", "--note", "Many thanks")
    assert seal() != before
    assert broken(books.db) == set()


def test_a_dry_run_leaves_the_seal_alone(books):
    before = books.db.read_bytes()
    books.ok("update", "INV-00001", "--note", "Many thanks", "--dry-run")
    assert books.db.read_bytes() == before


# Each column of an invoice and of what belongs to it, changed by hand.
SMALL_CHANGES = [
    *(("invoice", "id = 1", column) for column in SEALED["invoice"].columns.split()),
    *(("line", "invoice_id = 1", column) for column in OF_PARTS["line"].columns.split()),
    *(("line_tax", "invoice_id = 1", column) for column in OF_PARTS["line_tax"].columns.split()),
    *(("movement", "invoice_id = 1", column) for column in OF_PARTS["movement"].columns.split()),
    *(("document", "invoice_id = 1", column) for column in OF_PARTS["document"].columns.split()),
]


def test_whatever_is_changed_by_hand_no_longer_fits(books):
    """Walks all columns over one connection: nothing is ever committed."""
    connection = sqlite3.connect(books.db, isolation_level=None)
    connection.row_factory = sqlite3.Row
    teach(connection)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        connection.execute(f"DROP TRIGGER {name}")
    for table, where, column in SMALL_CHANGES:
        connection.execute("BEGIN")
        kind = str(TABLES[table].columns[column].type)
        is_whole = kind.startswith(("BIGINT", "INTEGER"))
        other = f"coalesce({column}, 0) + 1000" if is_whole else f"coalesce({column}, '') || '!'"
        row = f"(SELECT max(rowid) FROM {table} WHERE {where})"
        connection.execute(f"UPDATE {table} SET {column} = {other} WHERE rowid = {row}")
        assert seals.broken(Reader(connection), "invoice", 0, 10**9), (table, column)
        connection.execute("ROLLBACK")


@pytest.mark.parametrize("verb", ["get", "pdf", "send"])
def test_a_damaged_invoice_is_not_shown_drawn_or_sent(books, verb):
    outside(books, "UPDATE line SET description = 'Nothing' WHERE invoice_id = 1")
    ran = books(verb, "INV-00001", "--json")
    assert (ran.exit_code, ran.stdout) == (10, "")
    assert "invoice INV-00001 does not match its seal" in ran.error["message"]
    assert "restore the latest backup" in ran.error["hint"]


def test_the_others_are_shown_as_ever(books):
    outside(books, "UPDATE line SET description = 'Nothing' WHERE invoice_id = 1")
    assert books.ok("get", "INV-00002")["friendlyId"] == "INV-00002"
    assert len(books.ok("filter", "--all")["data"]) == 5


def test_several_are_not_shown_with_a_damaged_one_among_them(books):
    outside(books, "UPDATE invoice SET due_date = '2027-01-01' WHERE id = 1")
    assert "INV-00001" in books.refused("get", "INV-00002", "INV-00001", code=10)


def test_a_seal_that_was_taken_off_does_not_fit_either(books):
    outside(books, "UPDATE invoice SET seal = NULL WHERE id = 1")
    books.refused("get", "INV-00001", code=10)


def test_a_pdf_names_the_customer_that_was_frozen_or_none(books):
    outside(
        books,
        "UPDATE party SET content = replace(content, 'Acme', 'Acne')",
        "DELETE FROM document",
    )
    books.refused("pdf", "INV-00004", code=10)


@pytest.mark.parametrize("words", [
    ["update", "INV-00001", "--note", "x"],
    ["pay", "INV-00001", "--amount", "1"],
    ["mark-paid", "INV-00001"],
    ["payment", "delete", "PAY-00001", "--yes"],
])  # fmt: skip
def test_no_change_covers_damage_up(books, words):
    outside(books, "UPDATE invoice SET reference = 'forged' WHERE id = 1")
    before = sorted(sqlite3.connect(books.db).iterdump())
    assert "does not match its seal" in books.refused(*words, code=10)
    assert sorted(sqlite3.connect(books.db).iterdump()) == before


def test_damage_to_a_customer_is_not_covered_up_either(books):
    outside(books, "UPDATE customer SET emails = '[\"thief@evil.example\"]'")
    said = books.refused("customer", "update", "acme", "--phone", "1", code=10)
    assert "customer C-00001" in said


def test_what_was_issued_stands_in_the_history(books):
    done = books.ok("activity", "INV-00002")["data"]
    (issued,) = [each for each in done if each["action"] == "mark-awaiting"]
    assert len(issued["detail"]["seal"]) == 64


def test_an_invoice_that_is_issued_again_is_sealed_as_it_is_then(books):
    books.ok("create", "--customer", "acme", "--item", ITEM, "--key", "again")
    books.ok("publish", "again")
    books.ok("unpublish", "again")
    books.ok("update", "again", "--discount", "10%")
    books.ok("publish", "again")
    assert books.ok("check")["findings"] == []


def test_everything_can_be_sealed_anew_at_once(books):
    outside(books, "UPDATE customer SET seal = NULL", "UPDATE invoice SET seal = NULL")
    assert "customer C-00001" in broken(books.db)
    connection = sqlite3.connect(books.db, isolation_level=None)
    seals.make_all(connection)
    connection.close()
    assert broken(books.db) == set()


UNREADABLE = (
    "UPDATE invoice SET attributes = '[{', term_rule = 'Met 30'",
    "UPDATE customer SET emails = '[\"'",
    "UPDATE charge SET quantity = '1..0'",
    "UPDATE line SET unit_price = 'much'",
)


@pytest.mark.parametrize("words", [
    ["filter", "--all"], ["export"], ["get", "INV-00001"], ["pdf", "INV-00001"],
    ["send", "INV-00001", "--resend"], ["customer", "list"], ["order", "list"],
    ["customer", "get", "acme"], ["order", "get", "so-1"],
    ["pay", "INV-00001"], ["update", "INV-00001", "--note", "x"], ["void", "INV-00002", "--yes"],
    ["credit-note", "INV-00001"], ["duplicate", "INV-00001"],
])  # fmt: skip
def test_rows_that_cannot_be_read_any_more_are_damage_and_no_bug(books, words):
    outside(books.db, *UNREADABLE)
    before = sorted(sqlite3.connect(books.db).iterdump())
    ran = books(*words, "--json")
    assert ran.exit_code == 10, ran
    assert "is damaged" in ran.error["message"] or "does not match its seal" in ran.error["message"]
    assert sorted(sqlite3.connect(books.db).iterdump()) == before


@pytest.mark.parametrize("verb", ["get", "pdf", "send", "pay", "credit-note", "duplicate"])
@pytest.mark.parametrize("change", [
    "UPDATE invoice SET term_rule = 'Met 30' WHERE id = 1",
    "UPDATE invoice SET friendly_id = CAST(x'494e56ff' AS TEXT) WHERE id = 1",
    "UPDATE line SET description = CAST(x'ff' AS TEXT) WHERE invoice_id = 1",
])  # fmt: skip
def test_an_invoice_that_cannot_be_read_any_more_is_refused_as_damage(books, verb, change):
    outside(books.db, change)
    before = books.db.read_bytes()
    ran = books(verb, "web", "--json")
    assert (ran.exit_code, ran.stdout) == (10, ""), ran
    assert "damaged" in ran.error["message"] or "seal" in ran.error["message"]
    assert books.db.read_bytes() == before
