"""Books on a server: what may go wrong there, many clients at once, and moving in and out."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from invoicectl.errors import DatabaseError
from invoicectl.store import db as store
from invoicectl.store.postgres import address, making, server
from invoicectl.store.session import driver
from tests import cut_line, on_postgres

on_a_server = pytest.mark.skipif(not on_postgres.SERVER, reason="no INVOICECTL_TEST_POSTGRES")


@pytest.fixture
def empty(run):
    """The address of a database with nothing in it."""
    url = on_postgres.create("other")
    yield url
    on_postgres.drop(url)


def admin(url, *statements):
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def with_role(url, name, password=""):
    """Return an address for another role, with a password or without."""
    said = f"{name}:{password}" if password else name
    return re.sub(r"//[^@]*@", f"//{said}@", url)


# Addresses.


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:s3cret@db/books", "postgresql://ann@db/books"),
        ("postgresql://ann:s3c%40ret@db:5433/books?sslmode=require",
         "postgresql://ann@db:5433/books?sslmode=require"),
        ("postgresql://db/books?user=ann&password=s3cret", "postgresql://db/books?user=ann&password=***"),
        ("postgresql://ann:s3cret@", "postgresql://ann@"),
    ],
)  # fmt: skip
def test_an_address_is_shown_without_its_password(url, shown):
    assert address.shown(url) == shown


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:s3c@ret@127.0.0.1:1/books",
        "postgresql://ann:s3c/ret@127.0.0.1:1/books",
        "postgresql://ann:s3c?ret@127.0.0.1:1/books",
        "postgresql://ann:s3cret@127.0.0.1:1/books?s3cret",
        "postgresql://ann:s3c:ret@127.0.0.1:1/books?nothing=s3cret",
    ],
)
@pytest.mark.parametrize("command", [["filter"], ["customer", "add", "--name", "Ann"], ["check"]])
def test_a_password_is_in_no_message(run, url, command):
    ran = run(*command, "--db", url)
    assert ran.exit_code in {10, 11}
    assert "s3c" not in ran.stdout + ran.stderr
    assert "ret@" not in ran.stdout + ran.stderr


def test_where_no_server_is_it_is_said(run):
    message = run.refused("filter", "--db", "postgresql://ann@127.0.0.1:1/books", code=10)
    assert "postgresql://ann@127.0.0.1:1/books" in message
    assert "refused" in message
    ran = run("filter", "--db", "postgresql://ann@127.0.0.1:1/books")
    assert "hint: is it running, and are host and port right?" in ran.stderr


def test_only_postgresql_is_known(run):
    assert "mysql://" in run.refused("filter", "--db", "mysql://ann:s3cret@db/books", code=10)


def test_without_the_driver_it_is_said_how_to_install_it(run):
    code = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from invoicectl import cli; sys.exit(cli.run(['filter', '--db', 'postgresql://db/books']))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 10
    assert "pip install 'invoicectl[postgres]'" in ran.stderr


def test_a_look_up_in_a_file_loads_no_driver(run):
    code = (
        "import sys; from invoicectl import cli; cli.run(sys.argv[1:])\n"
        "assert not {'psycopg', 'sqlalchemy'} & set(sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "filter", "--db", "none.db"], capture_output=True, check=False
    )
    assert ran.returncode == 0, ran.stderr


# What may be wrong with a server's database.


@on_a_server
def test_a_database_that_is_not_there_is_said(run, empty):
    message = run.refused("filter", "--db", f"{empty}_not", code=10)
    assert "does not exist" in message


@on_a_server
def test_an_empty_one_is_said_and_left_empty_by_who_reads(run, empty):
    assert "is empty" in run.refused("filter", "--db", empty, code=10)
    assert run.ok("customer", "add", "--name", "A", "--dry-run", "--db", empty)["name"] == "A"
    assert "is empty" in run.refused("filter", "--db", empty, code=10)


@on_a_server
def test_the_first_change_makes_the_books_and_says_so(run, empty):
    ran = run("customer", "add", "--name", "Ann", "--db", empty)
    assert (ran.exit_code, f"made new books in {address.shown(empty)}" in ran.stderr) == (0, True)
    assert run("check", "--db", empty).exit_code == 0
    run.refused("init", "--db", empty, code=6)


@on_a_server
def test_a_database_of_something_else_is_left_alone(run, empty):
    admin(empty, "CREATE TABLE recipes (name text)")
    for words in (["filter"], ["customer", "add", "--name", "Ann"], ["init"]):
        assert "something else" in run.refused(*words, "--db", empty, code=10)
    with pytest.raises(Exception, match='"customer" does not exist'):
        admin(empty, "SELECT 1 FROM customer")


@on_a_server
def test_a_newer_schema_is_refused_untouched(run, empty):
    store.at(empty, []).make()
    admin(empty, "UPDATE alembic_version SET version_num = '0099'")
    for words in (["filter"], ["customer", "add", "--name", "Ann"]):
        assert "has schema 99" in run.refused(*words, "--db", empty, code=10)


STEP = '''"""A step."""
revision, down_revision = "0002", "0001"

def upgrade():
    from alembic import op
    op.execute("ALTER TABLE customer ADD COLUMN nickname text")
    {more}
'''
BEFORE = '"""Nothing."""\nrevision, down_revision = "0001", None\n\ndef upgrade():\n    pass\n'


@pytest.mark.parametrize("more", ["pass", "raise ValueError('half way')"])
@on_a_server
def test_an_older_schema_is_brought_up_to_date_whole_or_not_at_all(run, empty, tmp_path, more):
    store.at(empty, []).make()
    steps = tmp_path / "steps"
    (steps / "versions").mkdir(parents=True)
    (steps / "versions" / "0001_whole.py").write_text(BEFORE)
    (steps / "versions" / "0002_more.py").write_text(STEP.format(more=more))
    said = []
    try:
        making.upgrade(empty, said, steps=steps, schema=2)
    except ValueError:
        assert "raise" in more
    with on_postgres.opened(empty) as connection:
        columns = connection.execute(
            "SELECT count(*) FROM pg_attribute WHERE attname = 'nickname'"
        ).fetchone()[0]
        version = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    assert (columns, version, len(said)) == ((1, "0002", 1) if more == "pass" else (0, "0001", 0))


def test_the_last_server_before_the_oldest_that_was_tried_is_refused():
    server.refuse_older(150000, "books")
    server.refuse_older(170002, "books")
    with pytest.raises(DatabaseError, match="books runs PostgreSQL 14: it needs 15") as said:
        server.refuse_older(149999, "books")
    assert said.value.exit_code == 10


@on_a_server
def test_the_server_says_its_version_as_it_is_read(run, monkeypatch, empty):
    monkeypatch.setattr(server, "OLDEST", 1000)
    assert "it needs 1000 or newer" in run.refused("filter", "--db", empty, code=10)


@on_a_server
def test_a_changed_schema_is_a_finding(run, empty):
    store.at(empty, []).make()
    admin(empty, "DROP INDEX invoice_open", "ALTER TABLE activity DISABLE TRIGGER ALL")
    rows = run("check", "--db", empty).stdout
    assert "invoice_open\tis missing" in rows
    assert "activity activity_only_added\tis not as invoicectl makes it" in rows


@on_a_server
def test_history_is_only_ever_added_to(books):
    for statement in ("UPDATE activity SET by = 'x'", "DELETE FROM movement", "TRUNCATE activity"):
        with pytest.raises(Exception, match="only ever added"):
            admin(books.server.url, statement)


# Who may do what.


@pytest.fixture
def roles(books):
    """The address of a role that may only read; it is gone afterwards."""
    url, name = books.server.url, f"reads_{os.getpid()}"
    admin(
        url,
        f"CREATE ROLE {name} LOGIN PASSWORD 'reads'",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}",
    )
    yield with_role(url, name, "reads")
    on_postgres.let_go()
    admin(url, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


@on_a_server
def test_a_role_that_reads_is_enough_to_look(books, roles):
    for words in (
        ["filter"],
        ["aging"],
        ["export", "-f", "jsonl"],
        ["get", "INV-00001"],
        ["check"],
        [],
    ):
        assert books(*words, "--db", roles).exit_code == 0, words


@on_a_server
def test_a_role_that_reads_changes_nothing(books, roles):
    before = books.everything()
    message = books.refused("pay", "INV-00001", "--db", roles, code=11)
    assert "permission denied" in message
    assert books.everything() == before


# What happens at once.


def processes(run, lines):
    """Run command lines, each in a process of its own, many at once; return how each ended."""

    def one(words):
        return subprocess.run(
            [sys.executable, "-m", "invoicectl", *words],
            capture_output=True, text=True, check=False, cwd=run.folder,
        )  # fmt: skip

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(one, lines))


@on_a_server
def test_sixteen_clients_issue_and_pay_without_a_gap(run):
    run.ok("customer", "add", "--name", "Ann", "--key", "ann")
    words = ["create", "--customer", "ann", "--item", "desc=Work,qty=1,price=100"]
    names = [run.ok(*words)["friendlyId"] for _ in range(16)]
    issued = processes(run, [["mark-awaiting", name] for name in names])
    assert [(each.returncode, each.stderr) for each in issued] == [(0, "")] * 16
    numbers = sorted(run.ok("get", name)["friendlyId"] for name in names)
    assert numbers == [f"INV-{n:05d}" for n in range(1, 17)]
    paid = processes(run, [["pay", numbers[n // 8], "--amount", "30"] for n in range(16)])
    ends = sorted(each.returncode for each in paid)
    assert ends == [0] * 6 + [6] * 10  # 100.00 takes three of 30.00; what is left is not 30.00
    assert run.ok("get", "INV-00001")["amountOwed"] == 10
    assert run("check").exit_code == 0


def _cut_off_half_way(books):
    with books.store.write() as session:
        connection: Any = driver(session)
        connection.execute("UPDATE customer SET name = 'half' WHERE id = 1")
        cut = f"SELECT pg_terminate_backend({connection.raw.info.backend_pid})"
        admin(books.server.url, cut)
        connection.execute("UPDATE customer SET name = 'done' WHERE id = 1")


@on_a_server
def test_a_connection_that_is_cut_leaves_nothing_and_says_so(books):
    before = books.everything()
    with pytest.raises(DatabaseError) as said:
        _cut_off_half_way(books)
    assert said.value.exit_code == 10
    assert books.everything() == before
    assert books("filter").exit_code == 0  # the next one opens another


@pytest.mark.parametrize("arrives", [True, False])
@on_a_server
def test_who_is_cut_off_while_it_is_saved_is_not_told_that_nothing_was(books, arrives):
    item = "desc=Work,qty=1,price=100"
    words = ["create", "--customer", "C-00001", "--item", item, "--key", "just-now"]
    with cut_line.to(books.server.url, arrives=arrives) as url:
        ran = books(*words, "--db", url)
        assert (ran.exit_code, ran.stdout) == (10, "")
        assert "nobody can say" in ran.stderr
        assert "nothing was saved" not in ran.stderr
        assert "look whether it is there" in ran.stderr
    _until_it_is_quiet(books.server.url)
    assert books("get", "just-now").exit_code == (0 if arrives else 4)
    assert books.ok(*words)["key"] == "just-now"  # with the key, typed again it is there once
    assert books("check").exit_code == 0


def _until_it_is_quiet(url):
    """Wait until the server has noticed that who was cut off is gone."""
    with on_postgres.opened(url) as connection:
        connection.execute("SET lock_timeout = '20s'")
        connection.execute(f"SELECT pg_advisory_xact_lock({server.LOCK})", {"number": 0})


@on_a_server
def test_a_server_that_was_restarted_is_no_matter_between_two_commands(books):
    assert books("filter").exit_code == 0
    admin(
        books.server.url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = 'invoicectl'",
    )
    assert books("pay", "INV-00001").exit_code == 0


@on_a_server
def test_who_waits_too_long_is_told_that_it_is_locked(books, monkeypatch):
    monkeypatch.setattr(server, "SETTINGS", server.SETTINGS.replace("30s", "100ms"))
    with books.store.write() as session:
        driver(session)
        message = books.refused("pay", "INV-00001", code=10)
    assert "is locked" in message


@on_a_server
def test_a_claim_is_seen_by_others_and_ends_with_its_holder(books, monkeypatch):
    monkeypatch.setattr("invoicectl.store.postgres.db.SETTINGS", "SET LOCAL lock_timeout = '100ms'")
    with books.store.claim(1, "is being sent"):
        with books.store.read() as reader:
            assert books.store.is_claimed(reader, 1)
            assert not books.store.is_claimed(reader, 2)
        with pytest.raises(Exception, match="is being sent"), books.store.claim(1, "is being sent"):
            pass
    with books.store.claim(1, "is being sent"):
        pass


# In and out.


@on_a_server
def test_a_company_moves_to_a_server_and_back(books, empty):
    first = books.folder / "first.db"
    moved = books.ok("copy-to", first)
    assert (moved["invoices"], moved["to"]) == (5, str(first))
    assert books.ok("copy-to", empty, "--db", first)["rows"] == moved["rows"]
    assert books.ok("copy-to", books.folder / "back.db", "--db", empty)["rows"] == moved["rows"]
    for words in (["filter"], ["aging"], ["export", "-f", "jsonl"], ["activity", "INV-00001"],
                  ["filter", "--search", "v-0", "--sort", "friendlyId"]):  # fmt: skip
        here, there, back = (
            books(*words, "--db", each).stdout for each in (first, empty, books.folder / "back.db")
        )
        assert here == there == back
        assert here
    for each in (empty, books.folder / "back.db"):
        assert books("check", "--db", each).exit_code == 0
        assert books("mark-awaiting", "DRAFT-00001", "--db", each).exit_code == 0
        assert books("check", "--db", each).exit_code == 0


@on_a_server
def test_what_is_not_empty_is_not_copied_over(books, empty):
    books.ok("copy-to", empty)
    assert "books in" in books.refused("copy-to", empty, code=6)
    assert "books in" in books.refused("copy-to", books.server.url, code=6)
    there = books.write("there.db", "hello")
    books.refused("copy-to", there, code=6)
    assert there.read_text() == "hello"


@on_a_server
def test_books_that_are_not_sound_are_not_copied(books, empty):
    admin(books.server.url, "UPDATE invoice SET note = 'x' WHERE id = 1")
    assert "does not match its seal" in books.refused("copy-to", empty, code=10)
    assert "is empty" in books.refused("filter", "--db", empty, code=10)


@on_a_server
def test_a_row_that_points_to_nothing_is_not_copied(books, empty):
    first = books.folder / "first.db"
    books.ok("copy-to", first)
    with closing(sqlite3.connect(first)) as connection, connection:
        connection.execute("UPDATE invoice SET customer_id = 99 WHERE id = 1")
    message = books.refused("copy-to", empty, "--db", first, code=10)
    assert "(customer_id)=(99)" in message
    assert "none kept" in message
    assert "is empty" in books.refused("filter", "--db", empty, code=10)


@on_a_server
def test_what_is_for_files_alone_says_what_to_use(books):
    ran = books("backup", "kept.db")
    assert ran.exit_code == 10
    assert "copy-to FILE" in ran.stderr
    assert not (books.folder / "kept.db").exists()


@on_a_server
def test_the_history_is_one_chain(books):
    rows = json.loads(books("activity", "INV-00001", "--json").stdout)["data"]
    assert [row["by"] for row in rows] == ["tester"] * len(rows)
