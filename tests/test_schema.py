"""The database file: how it is made, told apart from others, brought up to date, and kept."""

import fcntl
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from invoicectl.errors import DatabaseError, NotFoundError
from invoicectl.store import copies, migrations, sqlite, tables  # noqa: F401 - tables fills the metadata
from invoicectl.store.db import Db
from invoicectl.store.session import reader

pytestmark = pytest.mark.sqlite


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "books.db"
    Db(made).make()
    return made


def columns(path, table):
    rows = sqlite3.connect(path).execute(f"PRAGMA table_info({table})").fetchall()
    return {(name, bool(notnull or pk)) for _, name, _, notnull, _, pk in rows}


@pytest.mark.parametrize("table", SQLModel.metadata.sorted_tables, ids=lambda table: table.name)
def test_the_file_has_the_columns_of_the_tables(table, path):
    assert columns(path, table.name) == {
        (column.name, not column.nullable) for column in table.columns
    }


@pytest.mark.parametrize("table", SQLModel.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_holds_its_rows_to_their_types(table, path):
    connection = sqlite3.connect(path)
    (strict,) = connection.execute(
        "SELECT strict FROM pragma_table_list WHERE name = ?", [table.name]
    ).fetchone()
    assert strict == 1


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_alembic_sees_no_difference_between_the_file_and_the_tables(path):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with create_engine(f"sqlite:///{path}").connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    by_hand = {
        "invoice_number",
        "invoice_key",
        "term_name",
        "retired_number_any_case",
        "alembic_version",
    }
    by_hand |= {f"invoice_text{part}" for part in ("", "_end", "_config", "_data", "_idx")}
    by_expression = {"invoice_by_amount", "invoice_by_owed"}  # which SQLAlchemy cannot read back
    left = [
        each
        for each in differences
        if getattr(each[1], "name", None) not in by_hand | by_expression
    ]
    assert left == []


def test_a_new_file_is_its_owners_alone(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_new_file_syncs_every_change(path):
    connection = sqlite.connect(path, readonly=False)
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_making_it_again_changes_nothing(path):
    before = path.read_bytes()
    assert Db(path).make() is False
    assert path.read_bytes() == before


@pytest.mark.parametrize("table", sqlite.APPEND_ONLY)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET rowid = rowid"])
def test_history_stands(table, change, path):
    connection = sqlite3.connect(path)
    triggers = {
        row[0]
        for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    }
    assert f"{table}_{change.split()[0].lower()}" in triggers


def test_a_reader_of_a_mistyped_path_creates_nothing(tmp_path):
    with pytest.raises(DatabaseError, match="no database at"), Db(tmp_path / "typo.db").read():
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 600, "is not an invoicectl database"),
        (b"SQLite format 3\x00" + b"\x00" * 600, "is damaged"),
        (b"", "is empty"),
    ],
)
def test_a_file_of_another_kind_is_refused_and_left_alone(content, reason, tmp_path):
    other = tmp_path / "other.db"
    other.write_bytes(content)
    with pytest.raises(DatabaseError, match=reason), Db(other).read():
        pass
    assert other.read_bytes() == content


def test_a_look_lets_go_of_no_lock(path):
    """A file that is opened and closed beside SQLite would: its locks are the process's."""
    reading = sqlite.connect(path, readonly=True)
    reading.execute("SELECT count(*) FROM invoice").fetchone()
    assert sqlite.look(path) == sqlite.SCHEMA
    asked = (
        "import fcntl, sys; file = open(sys.argv[1], 'r+b');"
        " fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)"
    )
    ran = subprocess.run([sys.executable, "-c", asked, path], capture_output=True, check=False)
    reading.close()
    assert b"BlockingIOError" in ran.stderr
    ran = subprocess.run([sys.executable, "-c", asked, path], capture_output=True, check=False)
    assert ran.returncode == 0


def test_another_programs_database_is_refused(tmp_path):
    other = tmp_path / "places.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE moz_places (id INTEGER)")
    with pytest.raises(DatabaseError, match="another program"), Db(other).write():
        pass


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(DatabaseError, match="not a regular file"), Db(tmp_path).read():
        pass


def test_a_newer_file_is_left_alone(path):
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {sqlite.SCHEMA + 1}")
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match=f"schema {sqlite.SCHEMA + 1}"), Db(path).write():
        pass
    assert path.read_bytes() == before


STEP = """
revision = "{new:04d}"
down_revision = "{old:04d}"

def upgrade():
    from alembic import op
    op.execute("CREATE TABLE extra (x TEXT) STRICT")
    op.execute("INSERT INTO extra VALUES ('here')")
    {more}
"""


def steps(tmp_path: Path, more: str = "pass") -> Path:
    """Return a folder of migrations with one step more than there is."""
    folder = tmp_path / "steps"
    (folder / "versions").mkdir(parents=True)
    for step in (migrations.HERE / "versions").glob("*.py"):
        (folder / "versions" / step.name).write_text(step.read_text())
    text = STEP.format(old=sqlite.SCHEMA, new=sqlite.SCHEMA + 1, more=more)
    (folder / "versions" / "next.py").write_text(text)
    return folder


def test_a_step_is_taken_after_a_copy_was_made(path, tmp_path):
    said: list[str] = []
    migrations.upgrade(path, said, steps=steps(tmp_path), schema=sqlite.SCHEMA + 1)
    copy = Path(f"{path}.schema-{sqlite.SCHEMA}")
    now, then = sqlite3.connect(path), sqlite3.connect(copy)
    assert now.execute("SELECT x FROM extra").fetchall() == [("here",)]
    assert now.execute("PRAGMA user_version").fetchone() == (sqlite.SCHEMA + 1,)
    assert now.execute("SELECT * FROM alembic_version").fetchall() == [
        (f"{sqlite.SCHEMA + 1:04d}",)
    ]
    assert then.execute("PRAGMA user_version").fetchone() == (sqlite.SCHEMA,)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert str(copy) in said[0]


def test_a_step_that_fails_keeps_nothing(path, tmp_path):
    def found():
        connection = sqlite3.connect(path)
        dumped = list(connection.iterdump())
        connection.close()
        return dumped

    before = found()
    with pytest.raises(RuntimeError):
        migrations.upgrade(
            path, [], steps=steps(tmp_path, "raise RuntimeError"), schema=sqlite.SCHEMA + 1
        )
    assert found() == before
    assert sqlite3.connect(path).execute("PRAGMA user_version").fetchone() == (sqlite.SCHEMA,)


def test_a_step_that_is_killed_half_way_keeps_nothing(path, tmp_path):
    folder = steps(tmp_path, "import os; os.kill(os.getpid(), 9)")
    child = os.fork()
    if child == 0:
        migrations.upgrade(path, [], steps=folder, schema=sqlite.SCHEMA + 1)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == 9
    names = {row[0] for row in sqlite3.connect(path).execute("SELECT name FROM sqlite_master")}
    assert "extra" not in names
    with Db(path).write():
        pass


@pytest.mark.parametrize(("place", "step"), [(copies, "connect"), (copies, "drafts"),
                                             (migrations, "_run"), (migrations, "_refuse_orphans")])  # fmt: skip
def test_an_upgrade_that_is_killed_at_any_step_leaves_the_old_file(path, tmp_path, place, step):
    """In the copy, after it, and after the steps: a copy is whole or not there."""
    folder = steps(tmp_path)
    child = os.fork()
    if child == 0:
        setattr(place, step, lambda *_, **__: os.kill(os.getpid(), 9))
        if step == "drafts":
            copies.drafts = SimpleNamespace(sync=lambda _: os.kill(os.getpid(), 9))
        migrations.upgrade(path, [], steps=folder, schema=sqlite.SCHEMA + 1)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == 9
    for each in (path, *path.parent.glob("books.db.schema-*")):
        connection = sqlite3.connect(each)
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        assert connection.execute("PRAGMA user_version").fetchone() == (sqlite.SCHEMA,)
        connection.close()
        assert "invoice" in names
        assert "extra" not in names
    migrations.upgrade(path, [], steps=folder, schema=sqlite.SCHEMA + 1)
    assert not list(path.parent.glob(".books.db*"))


def test_whoever_writes_has_the_lock_and_the_file_to_himself(path):
    """From the first look on: what was read is still so when it is written."""
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with Db(path).write() as session:
        assert reader(session).value("SELECT count(*) FROM invoice") == 0
        with Path(f"{path}.lock").open() as side, pytest.raises(BlockingIOError):
            fcntl.flock(side, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    with Path(f"{path}.lock").open() as side:
        fcntl.flock(side, fcntl.LOCK_EX | fcntl.LOCK_NB)
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_the_refusal_of_a_refused_change_is_our_own(path):
    with pytest.raises(NotFoundError), Db(path).write():
        raise NotFoundError("no such thing")
