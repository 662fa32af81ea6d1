"""Single bits that flip in the file of 500 issued invoices: check names every one that matters.

3,000 flips with INVOICECTL_FAULTS=full. Without the seals most of them go unnoticed: SQLite's own
integrity check looks at the structure of pages, not at what is written in them.
"""

import io
import json
import shutil
import sqlite3
import sys

import pytest

from invoicectl import cli
from invoicectl.errors import DatabaseError
from invoicectl.store import tables
from invoicectl.store.sealed import SEALED

INVOICES = 500
# What a record is, by SQL alone: its row, and the rows that belong to it by this column.
BELONGS = {
    "invoice": (("line", "invoice_id"), ("line_tax", "invoice_id"), ("movement", "invoice_id")),
    "payment": (("movement", "payment_id"),),
    "sales_order": (("charge", "order_id"),),
}
COLUMNS = list(tables.Invoice.__table__.columns.keys())
NAMES = {"customer": "C", "payment": "PAY", "sales_order": "ORD", "tax": "TAX", "term": "TRM"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The file: 500 invoices of 20 customers, some of them paid."""
    return tmp_path_factory.mktemp("flips") / "books.db"


@pytest.fixture
def file(books, kept):
    if not kept.exists():
        rows = [
            {"key": f"C{n}", "name": f"Customer {n}", "email": [f"c{n}@acme.example"]}
            for n in range(20)
        ]
        imported(books, "customers", rows)
        rows = [
            {"number": f"INV-{n:05d}", "customer": f"C{n % 20}", "invoiceDate": "2026-01-02",
             "reference": f"Ref {n}", "note": "Thank you for your business", "paymentTerm": "Net 30",
             "lines": [{"description": f"Work {n}", "quantity": n % 7 + 1, "unitPrice": 12.5,
                        "tax": "VAT"},
                       {"description": "Travel", "quantity": 1, "unitPrice": 99.95}]}
            for n in range(1, INVOICES + 1)
        ]  # fmt: skip
        imported(books, "invoices", rows)
        rows = [
            {"key": f"P{n}", "customer": f"C{n % 20}", "paymentDate": "2026-01-09", "amount": 20,
             "applications": [{"invoice": f"INV-{n:05d}", "amount": 20}]}
            for n in range(1, INVOICES, 5)
        ]  # fmt: skip
        imported(books, "payments", rows)
        books.hold()
        shutil.copy(books.db, kept)
    return kept


def imported(books, kind, rows):
    (books.folder / "in.json").write_text(json.dumps(rows))
    assert books.ok("import", kind, "in.json")["created"] == len(rows)


def records(path):
    """Return every record with all that belongs to it, by its table and id.

    Raises:
        sqlite3.Error: it cannot be read.
    """
    connection = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
    connection.row_factory = sqlite3.Row
    connection.text_factory = bytes
    found = {}
    try:
        for table in SEALED:
            for row in connection.execute(f"SELECT * FROM {table} NOT INDEXED"):
                parts = [
                    [tuple(part) for part in connection.execute(
                        f"SELECT * FROM {of} WHERE {column} = ? ORDER BY rowid", [row["id"]])]
                    for of, column in BELONGS.get(table, ())
                ]  # fmt: skip
                found[table, row["id"]] = (tuple(row), parts)
    finally:
        connection.close()
    return found


def names_of(key, before, after):
    """Return what a record is called, before its bit flipped and after."""
    table, number = key
    if table != "invoice":
        return {f"{NAMES.get(table, table)}-{number:05d}"}
    at = COLUMNS.index("friendly_id")
    rows = [found[key][0] for found in (before, after) if key in found]
    return {bytes(row[at]).decode("utf-8", "backslashreplace") for row in rows}


def typed(*words):
    """Run a command line in this process; return its exit code and output."""
    was = sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    sys.stdout, sys.stderr = out, err
    try:
        code = cli.run(list(words))
    finally:
        sys.stdout, sys.stderr = was
    for stream in (out, err):
        stream.flush()
    return code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode()


def test_a_flipped_bit_that_changes_a_record_is_named(file, books, rnd, times):
    original = file.read_bytes()
    before = records(file)
    harmful = 0
    for _ in range(times(60, 3000)):
        at, bit = rnd.randrange(len(original)), rnd.randrange(8)
        damaged = bytearray(original)
        damaged[at] ^= 1 << bit
        books.db.write_bytes(damaged)
        try:
            after = records(books.db)
        except (sqlite3.Error, UnicodeDecodeError):
            after = None
        code, out, err = typed("check", "--json")
        where = f"bit {bit} of byte {at} (page {at // 4096 + 1})"
        assert "Traceback" not in err, where
        if after is None:
            assert code in {10, 12}, (where, err)
            continue
        changed = {key for key in before.keys() | after if before.get(key) != after.get(key)}
        harmful += bool(changed)
        if changed and code != 10:
            named = [each["ref"] for each in json.loads(out)["findings"]]
            assert code == 12, where
            names = {key: tuple(names_of(key, before, after)) for key in changed}
            missed = [key for key in changed if not any(ref.endswith(names[key]) for ref in named)]
            assert not missed, (where, missed, out)
        for _, number in [key for key in changed if key[0] == "invoice" and key in before][:2]:
            code, out, _ = typed("get", f"INV-{number:05d}", "--json")
            assert code in {4, 10} or as_issued(out) == shown(file, number), (where, number, out)
    print(f"{harmful} of them changed a record")


def shown(file, number):
    """Return what `get` shows of an invoice in the file as it was."""
    return as_issued(typed("get", f"INV-{number:05d}", "--db", str(file), "--json")[1])


def as_issued(out):
    """Return an invoice without its customer as that is now, which has a seal of its own."""
    return json.loads(out) | {"customer": None}


def test_a_flipped_bit_never_shows_a_traceback(file, books, rnd, times):
    original = file.read_bytes()
    lines = [["filter", "--all", "--json"], ["aging", "--json"], ["get", "INV-00007", "--json"],
             ["update", "INV-00007", "--note", "x"], ["customer", "list", "--json"],
             ["activity", "INV-00007", "--json"], ["next-number"]]  # fmt: skip
    for _ in range(times(40, 500)):
        damaged = bytearray(original)
        for _ in range(rnd.choice([1, 1, 40])):
            damaged[rnd.randrange(len(original))] ^= 1 << rnd.randrange(8)
        books.db.write_bytes(damaged)
        words = rnd.choice(lines)
        code, _, err = typed(*words)
        assert "Traceback" not in err
        assert code in {0, 3, 4, 10}, (words, code, err)


def test_a_page_that_is_overwritten_is_damage_and_no_bug(file, books, rnd, times):
    original = file.read_bytes()
    for _ in range(times(15, 500)):
        damaged = bytearray(original)
        page = rnd.randrange(len(original) // 4096)
        damaged[page * 4096 : (page + 1) * 4096] = rnd.choice([bytes(4096), rnd.randbytes(4096)])
        books.db.write_bytes(damaged)
        code, _, err = typed("check", "--json")
        assert code in {10, 12}, (page, err)
        assert DatabaseError.code in err or "findings" in err
