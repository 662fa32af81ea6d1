"""SQLModel sessions over one connection that is set up as `sqlite.py` says."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Dialect, Engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, create_engine

from invoicectl.store import seals, sqlite, text_index
from invoicectl.store.db import Reader

_URL = "sqlite://"
_DIALECTS: list[Dialect] = []  # none until the first engine made it
_COMPILED: dict[Any, Any] = {}


class Place(NamedTuple):
    """Where sessions are: an open connection, what ORM sessions go over, and what reads it.

    `committed` yields a reader of what stood before the transaction; None where nothing did.
    `prove_in_place` refuses one that is not what its name leads to any more. `begin` begins every
    transaction, `finish` is run before the end of it, `close` after the last.
    """

    connection: sqlite3.Connection
    orm: Engine | Connection
    reader: type[Reader]
    committed: Callable[[], AbstractContextManager[Reader]] | None
    begin: Callable[[], object]
    prove_in_place: Callable[[], None] = lambda: None
    finish: Callable[[sqlite3.Connection], None] = lambda _: None
    close: Callable[[], None] = lambda: None


def open_place(path: Path) -> Place:
    """Open a file for the sessions of who holds the write lock, one after the other.

    Raises:
        DatabaseError: its schema is not the one that this program knows.
    """
    before: list[sqlite3.Connection] = []

    @contextmanager
    def committed() -> Iterator[Reader]:
        if not before:  # sees what is committed, and nothing of ours
            before.append(sqlite.connect(path, readonly=True))
        yield Reader(before[0])

    connection = sqlite.connect(path, readonly=False)
    try:
        sqlite.refuse_other_schema(connection, path)
        place = _place(connection, committed, before)
        return place._replace(prove_in_place=sqlite.opened_at(path))
    except BaseException:
        connection.close()
        raise


@contextmanager
def in_memory() -> Iterator[Session]:
    """Yield a session on an empty database that is gone afterwards."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    sqlite.guard(connection)
    for statement in sqlite.schema():
        connection.execute(statement)
    place = _place(connection, None, [])
    try:
        with session_on(place, dry_run=True) as session:
            yield session
    finally:
        place.close()


def _place(
    connection: sqlite3.Connection,
    committed: Callable[[], AbstractContextManager[Reader]] | None,
    beside: Sequence[sqlite3.Connection],
) -> Place:
    seals.watch(connection)
    text_index.watch(connection)
    orm = engine_on(connection).connect()

    def begin() -> None:
        connection.execute("BEGIN IMMEDIATE")

    def close() -> None:
        for each in beside:  # the last connection to a file takes the log into it
            each.close()
        orm.close()
        orm.engine.dispose()
        connection.close()

    return Place(connection, orm, Reader, committed, begin, finish=text_index.renew, close=close)


@contextmanager
def session_on(place: Place, *, dry_run: bool) -> Iterator[Session]:
    """Yield a session on a place; committed at the end, or with `dry_run` rolled back.

    The transaction is the driver's, and the ORM takes part in it once it is used: one of the ORM's
    own takes a tenth of the time of a small change. After an error the place is to be closed.
    """
    connection = place.connection
    try:
        with Session(place.orm, expire_on_commit=False, autoflush=False) as session:
            session.info["place"] = place
            place.begin()
            yield session
            seal_so_far(session)
            place.finish(connection)
            if not dry_run:
                if session.in_transaction():
                    session.commit()
                connection.commit()
        if dry_run:
            connection.rollback()
    except DBAPIError as error:
        raise error.orig or error from error


@contextmanager
def step(session: Session) -> Iterator[Session]:
    """Yield the session of a dry run for one step of it; on an error only this step is undone."""
    try:
        with session.begin_nested():
            yield session
            seal_so_far(session)
            place: Place = session.info["place"]
            place.finish(place.connection)
    except DBAPIError as error:
        raise error.orig or error from error
    finally:
        session.expire_all()  # what the next step looks at is what stands in the tables


def seal_so_far(session: Session) -> None:
    """Seal what was touched until now.

    It is done at the end of every transaction, and now and then in a long one.

    Raises:
        DatabaseError: a record that was touched did not fit its seal.
    """
    session.flush()
    connection, committed = driver(session), session.info["place"].committed
    if committed is not None:
        _prove_what_stood(committed, connection)
    seals.renew(connection)


def with_large_cache(session: Session) -> None:
    """Let a long transaction keep more of the database in memory."""
    if session.info["place"].reader is Reader:  # a server has its own
        driver(session).execute("PRAGMA cache_size = -65536")  # KiB


def _prove_what_stood(
    committed: Callable[[], AbstractContextManager[Reader]], connection: sqlite3.Connection
) -> None:
    """Refuse to seal anew what did not fit its seal before this transaction."""
    if touched := list(seals.touched(connection)):
        with committed() as before:
            for table, ids in touched:
                seals.prove(before, table, ids)


def engine_on(connection: sqlite3.Connection) -> Engine:
    """Return an engine over one open connection, in whose transactions it takes part.

    All engines of a process have one dialect, which knows the statements that were put into SQL
    for it: to do that anew in every transaction takes a tenth of a batch. The pool undoes nothing
    at the end: where a signal has closed the connection before, it would say so with a traceback.
    """
    if _DIALECTS:
        pool = StaticPool(
            cast("Any", lambda: connection), dialect=_DIALECTS[0], reset_on_return=None
        )
        engine = Engine(pool, _DIALECTS[0], make_url(_URL), hide_parameters=True)
    else:
        engine = create_engine(
            _URL, creator=lambda: connection, poolclass=StaticPool, pool_reset_on_return=None,
            hide_parameters=True,
        )  # fmt: skip
        _DIALECTS.append(engine.dialect)
    engine.update_execution_options(compiled_cache=_COMPILED)
    return engine


def driver(session: Session) -> sqlite3.Connection:
    """Return the session's own connection, for statements of many rows. Flush first."""
    if session.in_nested_transaction():
        session.connection()  # its savepoint is made at the latest now
    place: Place = session.info["place"]
    return place.connection


def reader(session: Session) -> Reader:
    """Return a reader that sees what the session has changed so far."""
    session.flush()
    place: Place = session.info["place"]
    return place.reader(driver(session))
