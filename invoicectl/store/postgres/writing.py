"""SQLModel sessions on a server: one writer at a time, as with a file.

A lock that ends with its transaction takes the place of SQLite's one write lock: the history is a
chain and numbers have no gaps, so changes wait for each other anyway. With all of them in one
line there is no deadlock and nothing to be tried again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, create_engine

from invoicectl.store import session as sessions
from invoicectl.store.db import Reader
from invoicectl.store.postgres import making, schema, server
from invoicectl.store.postgres.connection import Connection, PostgresReader

if TYPE_CHECKING:
    from invoicectl.store.postgres.db import PostgresDb


@contextmanager
def session_on(db: "PostgresDb", *, dry_run: bool, is_new: bool) -> Iterator[Session]:
    """Yield a session; committed at the end, or with `dry_run` rolled back.

    With `is_new` there are no books yet: they are made first, in the same transaction.
    """

    @contextmanager
    def committed() -> Iterator[Reader]:
        with server.connected(db.url) as before:
            before.raw.read_only = True
            yield PostgresReader(cast("Any", before))

    def begin() -> None:
        making.lock(connection)
        if is_new:
            making.make(connection, db.url)
        connection.raw.execute(schema.TOUCHED.encode())

    with server.connected(db.url) as connection:
        engine, before = engine_on(connection), None if is_new else committed
        place = sessions.Place(cast("Any", connection), engine, PostgresReader, before, begin)
        with sessions.session_on(place, dry_run=dry_run) as session:
            yield session


def engine_on(connection: Connection) -> Engine:
    """Return an engine over one open connection, the same one each time."""
    if connection.engine is None:
        connection.engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: connection.raw,
            poolclass=StaticPool,
            hide_parameters=True,
            use_insertmanyvalues=False,  # each row's id goes on from the one before
            use_native_hstore=False,
        )
        connection.engine.connect().close()  # it looks around, and undoes what is under way
    return connection.engine
