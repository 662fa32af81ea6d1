"""kill -9 in the middle of an upgrade of the schema, and eight programs that begin one at once.

The program under test is a copy of this one that is a release ahead: its schema has a table more,
and a step that makes and fills it. The books are those of this release. Without the one transaction
of all steps a book is found half way; without the name of its own that the copy has until it is
whole, half a copy; without the lock of writers two upgrade at once.
"""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import invoicectl
from invoicectl.store import sqlite
from tests.faults.harness import ITEM, killed, length_s

OLD, NEW = sqlite.SCHEMA, sqlite.SCHEMA + 1
INVOICES = 300
AHEAD = f"""
SCHEMA = {NEW}
BESIDE_THE_TABLES = (
    *BESIDE_THE_TABLES,
    "CREATE TABLE extra (invoice INTEGER, said TEXT) STRICT",
    "CREATE INDEX extra_said ON extra (said)",
)
"""
# It waits now and then: a kill is to find it at work.
STEP = f"""
import time
from alembic import op

revision = "{NEW:04d}"
down_revision = "{OLD:04d}"

def upgrade():
    op.execute("CREATE TABLE extra (invoice INTEGER, said TEXT) STRICT")
    for number in range(1, {INVOICES} + 1):
        op.execute(f"INSERT INTO extra SELECT id, note FROM invoice WHERE id = {{number}}")
        if number % 30 == 0:
            time.sleep(0.01)
    op.execute("CREATE INDEX extra_said ON extra (said)")
"""


@pytest.fixture(scope="module")
def ahead(tmp_path_factory):
    """A folder with this program, a release ahead."""
    folder = tmp_path_factory.mktemp("ahead")
    shutil.copytree(Path(invoicectl.__file__).parent, folder / "invoicectl")
    store = folder / "invoicectl" / "store"
    with (store / "sqlite.py").open("a") as file:
        file.write(AHEAD)
    (store / "migrations" / "versions" / f"{NEW:04d}_extra.py").write_text(STEP)
    return folder


@pytest.fixture
def old(books, ahead, monkeypatch):
    """The books of this release in `old.db`; what is started from now on is a release ahead."""
    rows = [{"number": f"INV-{n:05d}", "customer": "acme", "invoiceDate": "2026-01-02",
             "amount": 10, "note": f"Note {n}"} for n in range(1, INVOICES + 1)]  # fmt: skip
    (books.folder / "in.json").write_text(json.dumps(rows))
    books.ok("import", "invoices", "in.json")
    books.ok("backup", "old.db")
    monkeypatch.setenv("PYTHONPATH", str(ahead), prepend=os.pathsep)
    return books.folder / "old.db"


def put_back(books, old):
    """Have the books of the older release again, and nothing beside them."""
    for each in (*books.folder.glob("books.db*"), *books.folder.glob(".books.db*")):
        each.unlink()
    shutil.copy(old, books.db)


def dumped(path):
    """Return the schema's version and all that is in a file."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        return version, list(connection.iterdump())


def copies(books):
    """Return the copies that were kept: with the name of one, not half made."""
    return sorted(books.folder.glob(f"books.db.schema-{OLD}*"))


def finished(books):
    """Return what the books are once a start has brought them up to date; check found nothing."""
    process = books.start("check", "--json")
    out, err = process.communicate()
    assert process.returncode == 0, (out, err)
    assert not list(books.folder.glob(".books.db*"))
    return dumped(books.db)


def test_killed_in_an_upgrade_the_books_are_the_old_ones_or_the_new(books, old, rnd, times):
    before = dumped(old)
    put_back(books, old)
    after = finished(books)  # and Python's own cache of the copied program is made
    assert (before[0], after[0]) == (OLD, NEW)
    words = ["get", "INV-00001", "--json"]
    put_back(books, old)
    length = length_s(books, *words)
    found = {"before": 0, "copied": 0, "after": 0}
    for _ in range(times(6, 100)):
        put_back(books, old)
        killed(books, rnd, length, *words)
        kept, now = copies(books), dumped(books.db)
        assert now in (before, after)
        assert now == before or kept
        assert all(dumped(copy) == before for copy in kept)
        if now == before:
            books.hold()
        found["after" if now == after else "copied" if kept else "before"] += 1
        assert finished(books) == after
        assert copies(books)
    print(f"{found} of them; {length:.2f} s long")


def test_eight_that_begin_at_once_upgrade_once(books, old, times):
    lines = [["customer", "add", "--name", "More"], ["get", "INV-00001"], ["aging"],
             ["create", "--customer", "acme", *ITEM]]  # fmt: skip
    for _ in range(times(1, 20)):
        put_back(books, old)
        all_of = [books.start(*words, "--json") for words in lines * 2]
        said = []
        for process in all_of:
            said.append(process.communicate()[1])
            assert process.returncode == 0, said
        assert sum(f"from schema {OLD} to {NEW}" in err for err in said) == 1
        (copy,) = copies(books)
        assert dumped(copy) == dumped(old)
        assert finished(books)[0] == NEW
        assert books.rows("SELECT count(*) FROM customer") == [(3,)]
        assert books.rows("SELECT count(*) FROM invoice") == [(INVOICES + 2,)]
