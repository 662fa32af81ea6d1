"""Hand out readers and transactions; the only ways into the database.

A reader is SQL with bound `:names` over the database's own driver, so that looking things up
does not pay for loading the ORM. A transaction is a SQLModel session that holds the write lock
from its first statement: all of it is kept, or on any error none.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from invoicectl.errors import DatabaseError
from invoicectl.store import damage, grounds, locks, sqlite

if TYPE_CHECKING:
    from sqlmodel import Session

    from invoicectl.store.session import Place

Row = sqlite3.Row


class Reader:
    """SQL in, rows out. `:names` are bound, never spliced."""

    makes_json = True  # the database writes JSON itself, as SQLite's functions do

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def all(self, sql: str, **binds: Any) -> list[Row]:
        """Return every row."""
        return self.connection.execute(sql, binds).fetchall()

    def one(self, sql: str, **binds: Any) -> Row | None:
        """Return the first row, None where there is none."""
        row: Row | None = self.connection.execute(sql, binds).fetchone()
        return row

    def value(self, sql: str, **binds: Any) -> Any:
        """Return the first column of the first row, None where there is none."""
        row = self.one(sql, **binds)
        return None if row is None else row[0]

    def each(self, sql: str, **binds: Any) -> Iterator[Row]:
        """Return the rows one by one; memory stays flat however many there are."""
        return self.connection.execute(sql, binds)

    def among(self, sql: str, values: Sequence[Any], **binds: Any) -> Iterator[Row]:
        """Return the rows of a statement that has `IN :values`, for any number of values."""
        if len(values) == 1:
            (only,) = values
            return self.connection.execute(sql.replace(":values", "(:v)"), {**binds, "v": only})
        # one bound list: to bind its values one by one costs more than to find their rows
        listed = sql.replace(":values", "(SELECT value FROM json_each(:values))")
        return self.connection.execute(listed, {**binds, "values": json.dumps(list(values))})

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows, of each the values of some columns; for who may write."""
        places = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        self.connection.executemany(sql, rows)

    def end_putting(self) -> None:
        """Say that all rows are put; a server looks then whether what they point to is there."""


def at(named: str, said: "list[str]") -> "Db":
    """Return the database at a path (`sqlite:///` may stand before it) or on a server.

    Raises:
        DatabaseError: the address is not one of PostgreSQL, or the driver for it is not installed.
    """
    named = named.removeprefix("sqlite:///")
    if "://" not in named:
        return Db(Path(named).expanduser(), said=said)
    from invoicectl.store.postgres import address

    address.refuse_unreadable(named)
    try:
        from invoicectl.store.postgres.db import PostgresDb
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise DatabaseError(
            "books on PostgreSQL need its driver, psycopg, which is not installed",
            hint="install it: pip install 'invoicectl[postgres]'",
        ) from None
    return PostgresDb(named, said=said)


class Db:
    """One database. Nothing is opened before it is asked for."""

    is_file = True

    def __init__(self, path: Path, *, said: "list[str] | None" = None) -> None:
        """Keep the path; `said` collects what its user should be told (a file that was made)."""
        self.path = path
        self._begin(said)

    def _begin(self, said: "list[str] | None") -> None:
        self.said = [] if said is None else said
        self._rehearsal: Session | None = None  # what the dry runs so far would have come to
        self._open = ExitStack()
        self._keeps = False
        self._kept: Place | None = None

    def close(self) -> None:
        """Let go of what dry runs imagined."""
        self._rehearsal = None
        self._open.close()

    @property
    def name(self) -> str:
        """What a message calls it."""
        return str(self.path)

    @property
    def full_name(self) -> str:
        """What it is called from anywhere."""
        return str(self.path.absolute())

    def exists(self) -> bool:
        """Return whether it is there, or something else in its place."""
        return self.path.exists()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Yield a reader on one unchanging picture of the database.

        Raises:
            DatabaseError: there is none, or it is not one of ours. Nothing is created.
        """
        if sqlite.look(self.path) == 0:
            raise DatabaseError(
                f"{self.path} is empty: there is no database in it",
                hint=f"make one with 'invoicectl --db {self.path} init'",
            )
        self._bring_up_to_date()
        with damage.blamed(self.path), sqlite.errors_named(self.path):
            connection = sqlite.connect(self.path, readonly=True)
            try:
                connection.execute("BEGIN")
                yield Reader(connection)
            finally:
                connection.close()

    @contextmanager
    def write(self, *, dry_run: bool = False) -> "Iterator[Session]":
        """Yield a session whose changes are kept together at the end, with `dry_run` never.

        A missing database is made and said, but for a dry run, which then works on one in memory.
        A dry run begins with what those before it would have left.
        """
        with self._errors_named():
            if dry_run:
                from invoicectl.store import session

                if self._rehearsal is None:
                    self._rehearsal = self._open.enter_context(self._session(dry_run=True))
                with session.step(self._rehearsal) as imagined:
                    yield imagined
            else:
                self.close()  # what was only tried before holds the write lock
                with self._session() as real:
                    yield real

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        """Turn what is wrong with the database into refusals."""
        with damage.blamed(self.path), sqlite.errors_named(self.path):
            yield

    @contextmanager
    def _session(self, *, dry_run: bool = False) -> "Iterator[Session]":
        from invoicectl.store import session

        if dry_run and not self.path.exists():
            with session.in_memory() as imagined:
                yield imagined
            return
        if self._kept is None:
            self.make()
            self._bring_up_to_date()
        with (
            locks.write_lock(self.path),
            self._place() as place,
            session.session_on(place, dry_run=dry_run) as real,
        ):
            yield real

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Let the transactions of a block share a connection: most of a small one is to set it up.

        Nothing is locked between them.
        """
        if self._keeps:
            yield
            return
        self._keeps = True
        try:
            yield
        finally:
            self._keeps = False
            if self._kept:
                self._kept.close()
            self._kept = None

    @contextmanager
    def _place(self) -> "Iterator[Place]":
        from invoicectl.store import session

        place, self._kept = self._kept or session.open_place(self.path), None
        try:
            place.prove_in_place()
            yield place
        except BaseException:
            place.close()
            raise
        if self._keeps:
            self._kept = place
        else:
            place.close()

    @contextmanager
    def claim(self, invoice_id: int, taken: str) -> Iterator[None]:
        """Hold an invoice for something that takes long, until done or the process ends.

        Raises:
            ConflictError: another process holds it, and does not let go for a while.
        """
        with locks.claim(self.path, invoice_id, taken):
            yield

    def is_claimed(self, reader: Reader, invoice_id: int) -> bool:  # noqa: ARG002
        """Return whether a process holds a claim on an invoice just now."""
        return locks.is_claimed(self.path, invoice_id)

    def integrity(self, reader: Reader) -> Iterator[str]:
        """Yield what the database itself finds wrong with what it holds."""
        from invoicectl.store import checks

        return checks.integrity(reader)

    def schema_differences(self, reader: Reader) -> Iterator[tuple[str, str]]:
        """Yield what is other in the schema than this program makes it: a name, and how."""
        from invoicectl.store import checks

        return checks.schema_differences(reader)

    def make(self) -> bool:
        """Make the database if there is none (and say so); return whether it was made."""
        if self.path.exists() and sqlite.look(self.path):
            if (said := grounds.warning(self.path)) and said not in self.said:
                self.said.append(said)
            return False
        made = sqlite.create(self.path)
        if made:
            self.said.append(f"made a new database: {self.path}")
        return made

    def is_vacant(self) -> bool:
        """Return whether nothing is there yet."""
        return not self.path.exists()

    @contextmanager
    def filling(self) -> Iterator[Reader]:
        """Yield a reader, which may `put` too, on new books that are there whole or not at all."""
        from invoicectl.store import copies

        with copies.filling(self.path) as connection:
            yield Reader(connection)

    def _bring_up_to_date(self) -> None:
        version = sqlite.look(self.path)
        if 0 < version < sqlite.SCHEMA:
            from invoicectl.store import migrations

            migrations.upgrade(self.path, self.said)
