"""The way into a file: what its transactions share, and what they never may."""

import gc
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from sqlmodel import select

from invoicectl.errors import ConflictError, DatabaseError
from invoicectl.store import sqlite
from invoicectl.store.db import Db
from invoicectl.store.session import driver, engine_on
from invoicectl.store.tables import Sequence

READ_ELSEWHERE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
connection.close()
"""


@pytest.fixture
def db(tmp_path):
    db = Db(tmp_path / "books.db")
    db.make()
    return db


def add(db, name):
    """Keep a row; return the connection that did it."""
    with db.write() as session:
        session.add(Sequence(scope=name, last=1))
        return driver(session)


def add_and_refuse(db, name):
    with db.write() as session:
        session.add(Sequence(scope=name, last=1))
        session.flush()
        raise ConflictError("no")


def names(db):
    with db.write() as session:
        return sorted(session.exec(select(Sequence.scope)))


def test_each_transaction_has_a_connection_of_its_own(db):
    assert add(db, "a") is not add(db, "b")


def test_in_a_block_they_share_one(db):
    with db.kept_open(), db.kept_open():
        assert add(db, "a") is add(db, "b")


def test_after_the_block_everything_is_in_the_one_file(db):
    with db.kept_open():
        add(db, "a")
        assert db.path.with_name("books.db-wal").exists()
    assert [each.name for each in db.path.parent.glob("books.db*")] == ["books.db", "books.db.lock"]
    assert names(db) == ["a"]


def test_one_that_fails_leaves_nothing_to_the_next(db):
    with db.kept_open():
        add(db, "a")
        with pytest.raises(ConflictError):
            add_and_refuse(db, "b")
        add(db, "c")
    assert names(db) == ["a", "c"]


def test_between_them_another_may_write(db):
    other = Db(db.path)
    with db.kept_open():
        add(db, "a")
        add(other, "b")
        assert names(db) == ["a", "b"]


@pytest.mark.parametrize("replaced", [True, False])
def test_when_another_file_takes_its_place_nothing_more_is_done(replaced, db, tmp_path):
    new, old = tmp_path / "new.db", tmp_path / "old.db"
    shutil.copy(db.path, new)
    with db.kept_open():
        add(db, "a")
        db.path.rename(old)
        if replaced:
            new.rename(db.path)
        with pytest.raises(DatabaseError, match="moved or replaced while it was in use"):
            add(db, "b")
    old.replace(db.path)  # as the hint says
    assert names(db) == ["a"]


def test_to_look_at_a_file_lets_go_of_no_lock(db):
    with closing(sqlite3.connect(db.path)) as connection:
        connection.execute("SELECT count(*) FROM invoice").fetchone()
        assert sqlite.look(db.path) == sqlite.SCHEMA
        subprocess.run([sys.executable, "-c", READ_ELSEWHERE, db.path], check=True)
        assert db.path.with_name("books.db-wal").exists(), "the other took it for the last one"


@pytest.mark.parametrize("times", [1, 2])
def test_an_orm_whose_connection_is_closed_already_ends_without_a_word(times, caplog):
    for _ in range(times):  # the first engine of a process is made otherwise
        connection = sqlite3.connect(":memory:", isolation_level=None)
        orm = engine_on(connection).connect()
        connection.close()
        del orm
        gc.collect()
    assert caplog.text == ""
