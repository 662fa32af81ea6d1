"""restore: a backup that proves itself takes the place of the books; the old file is kept."""

import os
import signal
import sqlite3
import stat
from pathlib import Path

import pytest

from invoicectl.store import copies, drafts, sqlite
from tests.whole_books import ITEM, make, outside

pytestmark = pytest.mark.sqlite


@pytest.fixture
def books(run, tmp_path_factory):
    """Books with something of everything, a backup of them, and one customer more since."""
    make(run, tmp_path_factory)
    run.ok("backup", "kept.db")
    run.ok("customer", "add", "--name", "Late", "--key", "late")
    return run


def dumped(path):
    connection = sqlite3.connect(path)
    text = list(connection.iterdump())
    connection.close()
    return text


def test_the_books_are_what_the_backup_was(books):
    books.ok("restore", "kept.db", "--yes")
    assert dumped(books.db) == dumped(books.folder / "kept.db")
    assert books("check").exit_code == 0


def test_the_old_file_is_kept_whole(books):
    before = dumped(books.db)
    said = books.ok("restore", "kept.db", "--yes")
    assert said["kept"] == f"{books.db}.before-restore"
    assert dumped(said["kept"]) == before


def test_what_was_only_in_the_log_is_kept_too(books):
    other = sqlite3.connect(books.db)  # keeps the log from being brought in
    other.execute("SELECT count(*) FROM invoice").fetchone()
    books.ok("customer", "add", "--name", "Later", "--key", "later")
    other.close()
    books.ok("restore", "kept.db", "--yes")
    kept = f"{books.db}.before-restore"
    assert books.ok("customer", "get", "later", "--db", kept)["name"] == "Later"


def test_the_old_log_does_not_come_over_the_new_file(books):
    """As after a crash: a log is left beside a file that nobody has open."""
    other = sqlite3.connect(books.db)
    other.execute("SELECT count(*) FROM invoice").fetchone()
    books.ok("customer", "add", "--name", "Later", "--key", "later")
    log = (books.folder / "books.db-wal").read_bytes()
    file = books.db.read_bytes()
    other.close()
    books.db.write_bytes(file)
    (books.folder / "books.db-wal").write_bytes(log)
    books.ok("restore", "kept.db", "--yes")
    assert dumped(books.db) == dumped(books.folder / "kept.db")


def test_each_restore_keeps_its_own_old_file(books):
    first = books.ok("restore", "kept.db", "--yes")["kept"]
    second = books.ok("restore", "kept.db", "--yes")["kept"]
    assert [first, second] == [f"{books.db}.before-restore", f"{books.db}.before-restore.2"]


def test_the_way_back_is_a_restore(books):
    before = dumped(books.db)
    kept = books.ok("restore", "kept.db", "--yes")["kept"]
    books.ok("restore", kept, "--yes")
    assert dumped(books.db) == before


def test_the_books_can_be_used_afterwards(books):
    books.ok("restore", "kept.db", "--yes")
    books.ok("create", "--customer", "acme", "--item", ITEM, "--key", "new")
    assert books.ok("mark-awaiting", "new")["friendlyId"] == "INV-00005"
    assert books("check").exit_code == 0
    mode = sqlite3.connect(books.db).execute("PRAGMA journal_mode").fetchone()
    assert mode == ("wal",)


def test_the_restored_file_is_its_owners_alone(books):
    (books.folder / "kept.db").chmod(0o644)
    books.ok("restore", "kept.db", "--yes")
    assert stat.S_IMODE(books.db.stat().st_mode) == 0o600


def test_where_there_were_no_books_nothing_is_kept(books):
    said = books.ok("restore", "kept.db", "--yes", "--db", books.folder / "new" / "books.db")
    assert said["kept"] is None
    assert books.ok("get", "INV-00001", "--db", said["database"])["key"] == "web"


def test_without_yes_it_is_refused_at_once_and_nothing_changed(books):
    before = dumped(books.db)
    books.refused("restore", "kept.db", code=7)
    assert dumped(books.db) == before
    assert not (books.folder / "books.db.before-restore").exists()


@pytest.mark.parametrize(
    ("make_it", "code", "reason"),
    [
        (lambda path: path.unlink(), 4, "no file"),
        (lambda path: path.write_bytes(b""), 10, "is empty"),
        (lambda path: path.write_bytes(b"\x89PNG" * 999), 10, "not an invoicectl database"),
        (lambda path: path.write_bytes(path.read_bytes()[:8192]), 10, "damaged"),
        (lambda path: outside(path, "UPDATE line SET quantity = '9'"), 10, "INV-00001"),
        (lambda path: outside(path, "DELETE FROM activity WHERE id = 3"), 10, "history"),
        (lambda path: outside(path, "DROP TABLE credit_line"), 10, "not sound"),
        (lambda path: outside(path, "PRAGMA user_version = 99"), 10, "schema 99"),
        (lambda path: outside(path, "PRAGMA application_id = 1"), 10, "another program"),
    ],
)
def test_what_does_not_prove_itself_changes_nothing(books, make_it, code, reason):
    make_it(books.folder / "kept.db")
    before = dumped(books.db)
    assert reason in books.refused("restore", "kept.db", "--yes", code=code)
    assert dumped(books.db) == before
    assert not list(books.folder.glob("*before-restore*"))
    assert not list(books.folder.glob(".books.db*"))


def test_the_database_itself_is_no_backup_of_it(books):
    books.refused("restore", str(books.db), "--yes", code=6)


def test_a_letter_of_unknown_outcome_does_not_stand_in_the_way(books):
    from tests.whole_books import sealed_anew

    outside(books.folder / "kept.db", "UPDATE send SET state = 'handed', settled_at = NULL")
    sealed_anew(books.folder / "kept.db")
    books.ok("restore", "kept.db", "--yes")


def test_books_that_another_program_has_open_are_left_alone(books, monkeypatch):
    monkeypatch.setattr(copies, "TIMEOUT_S", 0.2)
    other = sqlite3.connect(books.db)
    other.execute("BEGIN")
    other.execute("SELECT count(*) FROM invoice").fetchone()
    try:
        assert "in use by another program" in books.refused("restore", "kept.db", "--yes", code=10)
    finally:
        other.close()
    assert books.ok("customer", "get", "late")["name"] == "Late"


def test_books_that_are_beyond_reading_are_replaced_and_kept(books):
    books.db.write_bytes(b"\xff" * 8192)
    said = books.ok("restore", "kept.db", "--yes")
    assert books("check").exit_code == 0
    assert Path(said["kept"]).read_bytes() == b"\xff" * 8192


def test_a_restore_that_is_killed_leaves_the_old_books_or_the_new(books):
    """Killed at every step between closing the old file down and naming the new one."""
    for place, step in ((copies, "_close_down"), (copies, "_free_name"), (drafts, "sync")):
        before = dumped(books.db)
        child = os.fork()
        if child == 0:
            setattr(place, step, lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            books("restore", "kept.db", "--yes")
            os._exit(0)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        assert dumped(books.db) in (before, dumped(books.folder / "kept.db"))
        assert books("check").exit_code == 0


def test_writing_goes_back_to_the_log_after_another_program_turned_it_off(books):
    connection = sqlite3.connect(books.db)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    books.ok("customer", "add", "--name", "More")
    mode = sqlite.connect(books.db, readonly=True).execute("PRAGMA journal_mode").fetchone()
    assert mode["journal_mode"] == "wal"
