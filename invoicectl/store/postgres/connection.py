"""A connection to PostgreSQL that answers as SQLite's driver does, and what it says when it cannot.

Statements are the store's, with `:names` or `?`; rows know their columns by name and by place;
sums of whole numbers are whole numbers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

import psycopg
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus

from invoicectl.errors import DatabaseError
from invoicectl.store.db import Reader
from invoicectl.store.postgres.dialect import translate

if TYPE_CHECKING:
    from sqlalchemy import Engine

AT_ONCE = 1000  # rows of a long walk that are fetched together

Binds = Mapping[str, Any] | Sequence[Any]


class Row(tuple[Any, ...]):
    """A row, by place and by name, as `sqlite3.Row` is."""

    __slots__ = ()
    places: ClassVar[Mapping[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        """Return a column by its name or place."""
        return tuple.__getitem__(self, self.places[key] if key.__class__ is str else key)

    def keys(self) -> list[str]:
        """Return the names of the columns."""
        return list(self.places)


@lru_cache(maxsize=512)
def _row_type(names: tuple[str, ...]) -> type[Row]:
    places = {name: at for at, name in reversed(list(enumerate(names)))}
    return type("Row", (Row,), {"__slots__": (), "places": {name: places[name] for name in names}})


def _rows(cursor: psycopg.Cursor[Any]) -> Any:
    return _row_type(tuple(column.name for column in cursor.description or ()))


class _Sum(Loader):
    """Reads what PostgreSQL makes of the sum of 64-bit numbers."""

    def load(self, data: Any) -> int:
        return int(bytes(data))


class _Cursor(psycopg.ClientCursor[Any]):
    """A cursor that has no rows to give where a statement returned none."""

    def fetchone(self) -> Any:
        return super().fetchone() if self.description else None

    def fetchall(self) -> list[Any]:
        return super().fetchall() if self.description else []


class UncertainError(psycopg.OperationalError):
    """The connection was lost between a COMMIT and its answer: it may be done or not."""


class Raw(psycopg.Connection[Any]):
    """A connection that tells a COMMIT nobody answered from one that was never sent."""

    def commit(self) -> None:
        """Commit.

        Raises:
            UncertainError: what was changed is kept or not, and the server cannot be asked.
        """
        is_sent = not self.closed and self.info.transaction_status is TransactionStatus.INTRANS
        try:
            super().commit()
        except psycopg.OperationalError as error:
            if is_sent and self.closed:
                raise UncertainError(str(error)) from error
            raise


class Connection:
    """What of `sqlite3.Connection` the store uses. `engine` is kept here by who makes one."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        """Speak over an open connection."""
        self.raw = raw
        raw.row_factory = _rows
        raw.cursor_factory = _Cursor
        raw.adapters.register_loader("numeric", _Sum)
        self._walks = count(1)
        self.engine: Engine | None = None

    def execute(self, sql: str, binds: Binds = ()) -> psycopg.Cursor[Any]:
        """Run a statement and return its rows."""
        return self.raw.execute(translate(sql).encode(), binds)

    def executemany(self, sql: str, rows: Iterable[Binds]) -> None:
        """Run a statement for each row of values, without waiting for each."""
        psycopg.Cursor(self.raw).executemany(translate(sql).encode(), list(rows))

    def put(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows in one go."""
        into = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with self.raw.cursor() as cursor, cursor.copy(into.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def walk(self, sql: str, binds: Binds = ()) -> Iterator[Row]:
        """Yield the rows of a statement, which the server hands out piece by piece."""
        name = f"walk_{next(self._walks)}"
        more = f"FETCH {AT_ONCE} FROM {name}"
        opening = f"DECLARE {name} NO SCROLL CURSOR FOR {translate(sql)}; {more}"
        cursor = self.raw.execute(opening.encode(), binds)
        cursor.nextset()
        try:
            while rows := cursor.fetchall():
                yield from rows
                if len(rows) < AT_ONCE:
                    break
                cursor = self.raw.execute(more.encode())
        finally:
            with suppress(psycopg.Error):  # where the transaction is over, the walk is too
                self.raw.execute(f"CLOSE {name}".encode())

    def create_function(self, *_: object, **__: object) -> None:
        """Do nothing: the schema has the functions."""

    def set_progress_handler(self, *_: object) -> None:
        """Do nothing: the server knows how many rows there are, and chooses its way by that."""

    def commit(self) -> None:
        """Commit; see `Raw.commit`."""
        self.raw.commit()

    def rollback(self) -> None:
        """Undo what is not committed."""
        self.raw.rollback()

    def undo(self) -> bool:
        """Undo what is not committed; return whether the connection can be used on."""
        try:
            self.raw.rollback()
            self.raw.read_only = self.raw.isolation_level = None
        except psycopg.Error:
            return False
        return True

    def answers(self) -> bool:
        """Return whether the server still answers."""
        try:
            self.raw.execute(b"SELECT 1")
        except psycopg.Error:
            return False
        return self.undo()

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        self.raw.close()


class PostgresReader(Reader):
    """SQL in, rows out."""

    connection: Any
    makes_json = False
    at_the_end: Sequence[str] = ()  # statements for when all rows are put

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows, of each the values of some columns; for who may write."""
        self.connection.put(table, columns, rows)

    def end_putting(self) -> None:
        """Have what the rows point to looked for, and learn how many there are of what.

        Raises:
            DatabaseError: a row points to one that is not there.
        """
        try:
            for statement in (*self.at_the_end, "ANALYZE"):
                self.connection.execute(statement)
        except psycopg.errors.ForeignKeyViolation as error:
            raise DatabaseError(
                f"the books are not sound: {error.diag.message_detail}; none kept",
                hint="see all that is wrong with the original: invoicectl check",
            ) from None

    def each(self, sql: str, **binds: Any) -> Iterator[Any]:
        """Yield the rows one by one; memory stays flat however many there are."""
        yield from self.connection.walk(sql, binds)

    def among(self, sql: str, values: Sequence[Any], **binds: Any) -> Iterator[Any]:
        """Yield the rows of a statement that has `IN :values`, for any number of values."""
        listed = sql.replace("IN :values", "= ANY (:values)")
        yield from self.connection.execute(listed, {**binds, "values": list(values)})
