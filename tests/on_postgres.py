"""The same tests on PostgreSQL, where a server is named: a database for each process that tests.

INVOICECTL_TEST_POSTGRES is an address of a database on it, `postgresql://ann@127.0.0.1/postgres`;
its role is a superuser, so that what is only ever added to can be emptied between tests. The
databases that are made there are dropped at the end.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

SERVER = os.environ.get("INVOICECTL_TEST_POSTGRES", "")
STAYS = {"alembic_version", "schema_part"}


BREAKS = """CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {when} THEN RAISE EXCEPTION 'broken off'; END IF;
    RETURN NEW;
END $$"""


class Books:
    """One database, emptied or filled for one test after the other: a new one takes ten times as long."""

    def __init__(self) -> None:
        import psycopg

        from invoicectl.store import db

        self.url = create("books")
        db.at(self.url, []).make()
        self._connection = psycopg.connect(self.url, autocommit=True)
        self._execute("SET session_replication_role = replica; SET lock_timeout = '20s'")
        found = self._connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind = 'r' ORDER BY relname"
        )
        self._tables = [name for (name,) in found if name not in STAYS]
        self._kept: set[str] = set()

    def be_empty(self) -> None:
        self._execute("".join(f"DELETE FROM {table};" for table in self._tables))

    def be_as(self, what: str, make: Callable[[str], None]) -> None:
        """Have in the tables what `make` puts there, which it does once."""
        self.be_empty()
        if what in self._kept:
            self._copy(what, "public")
            return
        make(self.url)
        self._execute(f"CREATE SCHEMA {what}")
        self._execute(
            "".join(f"CREATE TABLE {what}.{t} AS TABLE {t} WITH NO DATA;" for t in self._tables)
        )
        self._copy("public", what)
        self._kept.add(what)

    def everything(self) -> list[str]:
        """Return every row there is, as text."""
        rows = []
        for table in self._tables:
            found = self._connection.execute(f"SELECT t::text FROM {table} AS t".encode())
            rows += [f"{table}: {row}" for (row,) in found]
        return sorted(rows)

    def _copy(self, here: str, there: str) -> None:
        rows = (f"INSERT INTO {there}.{t} SELECT * FROM {here}.{t};" for t in self._tables)
        self._execute("".join(rows))

    def close(self) -> None:
        let_go()
        self._connection.close()
        drop(self.url)

    def _execute(self, sql: str) -> None:
        self._connection.execute(sql.encode())


class Nothing:
    """A database in which nothing was made yet."""

    def __init__(self) -> None:
        self.url = create("nothing")

    def everything(self) -> list[str]:
        """Return the names of all tables there are."""
        with opened(self.url) as connection:
            found = connection.execute("SELECT relname FROM pg_class WHERE relnamespace ="
                                       " 'public'::regnamespace ORDER BY relname")  # fmt: skip
            return [name for (name,) in found]


def create(what: str) -> str:
    """Make a database with nothing in it; return its address."""
    name = f"invoicectl_{os.getpid()}_{what}"
    _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _on_server(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' STRATEGY file_copy")
    return f"{SERVER.rpartition('/')[0]}/{name}"


def drop(url: str) -> None:
    let_go()
    _on_server(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")


def _on_server(sql: str) -> None:
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(sql.encode())


@contextmanager
def opened(url: str) -> Iterator[Any]:
    """Yield a connection that takes the store's SQL; what it changes is kept at the end."""
    from invoicectl.store.postgres import server

    connection = server.connect(url)
    try:
        yield connection
        connection.raw.commit()
    finally:
        connection.close()


def let_go() -> None:
    """Close the connections that this process has kept."""
    from invoicectl.store.postgres import server

    server.let_go()
