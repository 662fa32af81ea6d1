"""One database on a server: what `store.db.Db` is for a file."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import psycopg
from psycopg import errors

from invoicectl.errors import ConflictError, DatabaseError
from invoicectl.store import sqlite
from invoicectl.store.db import Db, Reader
from invoicectl.store.postgres import address, server
from invoicectl.store.postgres.connection import PostgresReader

if TYPE_CHECKING:
    from sqlmodel import Session

SETTINGS, LOCK = server.SETTINGS, server.LOCK


class PostgresDb(Db):
    """One database on a server. Nothing is opened before it is asked for."""

    is_file = False

    def __init__(self, url: str, *, said: list[str] | None = None) -> None:
        """Keep the address; `said` collects what its user should be told."""
        self.url = url
        self._begin(said)

    @property
    def path(self) -> Path:  # type: ignore[override]
        """No file: what needs one says what to use instead."""
        raise DatabaseError(
            f"{self.name} is no file",
            hint="copy it to one: invoicectl copy-to FILE; or use the server's own pg_dump",
        )

    @property
    def name(self) -> str:
        """What a message calls it: the address without a password."""
        return address.shown(self.url)

    @property
    def full_name(self) -> str:
        """What it is called from anywhere."""
        return self.name

    def exists(self) -> bool:
        """Return whether there are books in it."""
        with server.connected(self.url) as connection:
            return server.look(connection, self.url) > 0

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Yield a reader on one unchanging picture of the database; a role that reads is enough.

        Raises:
            DatabaseError: there are no books in it, or it cannot be reached.
        """
        with server.errors_named(self.url), server.connected(self.url) as connection:
            connection.raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.raw.read_only = True
            version = server.look(connection, self.url)
            if version == 0:
                raise self._missing()
            if version < sqlite.SCHEMA:
                connection.raw.rollback()
                self._bring_up_to_date()
            connection.execute(SETTINGS)
            yield PostgresReader(cast("Any", connection))

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        with server.errors_named(self.url):
            yield

    @contextmanager
    def _session(self, *, dry_run: bool = False) -> "Iterator[Session]":
        """Yield a session; an empty database is filled and said, but for a dry run.

        That takes back all of it.
        """
        from invoicectl.store.postgres import writing

        with server.connected(self.url) as connection:
            version = server.look(connection, self.url)
        if version == 0 and not dry_run:
            self.make()
        elif 0 < version < sqlite.SCHEMA:
            self._bring_up_to_date()
        with writing.session_on(self, dry_run=dry_run, is_new=version == 0) as session:
            yield session

    @contextmanager
    def claim(self, invoice_id: int, taken: str) -> Iterator[None]:
        """Hold an invoice for something that takes long, until done or the process ends."""
        with server.errors_named(self.url), closing(server.connect(self.url)) as connection:
            connection.raw.autocommit = True
            try:
                connection.execute(SETTINGS.replace("SET LOCAL", "SET"))
                connection.execute(f"SELECT pg_advisory_lock({LOCK})", {"number": invoice_id})
            except errors.LockNotAvailable:
                raise ConflictError(f"invoice {invoice_id} {taken}", hint="try again") from None
            yield

    def is_claimed(self, reader: Reader, invoice_id: int) -> bool:
        """Return whether a process holds a claim on an invoice just now."""
        sql = """SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
            AND classid = current_schema()::regnamespace::oid AND objid = :id::oid
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
        return bool(reader.value(sql, id=invoice_id))

    def integrity(self, _: Reader) -> Iterator[str]:
        """Yield nothing: the server looks after its own pages, and never lets a reference go."""
        return iter(())

    def schema_differences(self, reader: Reader) -> Iterator[tuple[str, str]]:
        """Yield what is other in the schema than this program makes it: a name, and how."""
        from invoicectl.store.postgres import making

        return making.differences(reader)

    def make(self) -> bool:
        """Fill the database if nothing is in it (and say so); return whether it was filled."""
        from invoicectl.store.postgres import making

        with server.errors_named(self.url), server.connected(self.url) as connection:
            made = making.make(connection, self.url)
            connection.raw.commit()
        if made:
            self.said.append(f"made new books in {self.name}")
        return made

    def is_vacant(self) -> bool:
        """Return whether nothing is in it yet."""
        return not self.exists()

    @contextmanager
    def filling(self) -> Iterator[Reader]:
        """Yield a reader, which may `put` too, on new books that are kept whole or not at all."""
        from invoicectl.store.postgres import making

        with server.errors_named(self.url), server.connected(self.url) as connection:
            if not making.make(connection, self.url):
                raise DatabaseError(f"{self.name} was filled by another just now")
            reader = PostgresReader(cast("Any", connection))
            reader.at_the_end = making.unreferenced(connection)
            yield reader
            connection.raw.commit()

    def _missing(self) -> DatabaseError:
        return DatabaseError(
            f"{self.name} is empty: there are no books in it",
            hint="make some with 'invoicectl init', or bring yours: invoicectl copy-to",
        )

    def _bring_up_to_date(self) -> None:
        from invoicectl.store.postgres import making

        making.upgrade(self.url, self.said)
