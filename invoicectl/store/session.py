"""SQLModel sessions over one connection that is set up as `sqlite.py` says."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, create_engine

from invoicectl.store import seals, sqlite, text_index
from invoicectl.store.db import Reader


class _DryRunError(Exception):
    """Ends a transaction that was only tried."""


@contextmanager
def on(path: Path, *, dry_run: bool) -> Iterator[Session]:
    """Yield a session on the file; committed at the end, or with `dry_run` rolled back.

    Raises:
        DatabaseError: a record that was touched did not fit its seal; nothing is kept.
    """
    with _session(sqlite.connect(path, readonly=False), dry_run=dry_run, path=path) as session:
        yield session


@contextmanager
def in_memory() -> Iterator[Session]:
    """Yield a session on an empty database that is gone afterwards."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    sqlite.guard(connection)
    for statement in sqlite.schema():
        connection.execute(statement)
    with _session(connection, dry_run=True) as session:
        yield session


@contextmanager
def _session(
    connection: sqlite3.Connection, *, dry_run: bool, path: Path | None = None
) -> Iterator[Session]:
    seals.watch(connection)
    text_index.watch(connection)
    engine = engine_on(connection)
    try:
        with Session(engine, expire_on_commit=False, autoflush=False) as session, session.begin():
            session.info["path"] = path
            yield session
            seal_so_far(session)
            text_index.renew(connection)
            if dry_run:
                raise _DryRunError  # noqa: TRY301 - it rolls the session back
    except _DryRunError:
        pass
    except DBAPIError as error:
        raise error.orig if isinstance(error.orig, sqlite3.Error) else error from error
    finally:
        _close(engine, connection)


def seal_so_far(session: Session) -> None:
    """Seal what was touched until now.

    It is done at the end of every transaction, and now and then in a long one.

    Raises:
        DatabaseError: a record that was touched did not fit its seal.
    """
    session.flush()
    connection, path = driver(session), session.info["path"]
    if path is not None:
        _prove_what_stood(path, connection)
    seals.renew(connection)


def with_large_cache(session: Session) -> None:
    """Let a long transaction keep more of the database in memory."""
    driver(session).execute("PRAGMA cache_size = -65536")  # KiB


def _prove_what_stood(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse to seal anew what did not fit its seal before this transaction."""
    before = sqlite.connect(path, readonly=True)  # sees what is committed, and nothing of ours
    try:
        for table, ids in seals.touched(connection):
            seals.prove(Reader(before), table, ids)
    finally:
        before.close()


def engine_on(connection: sqlite3.Connection) -> Engine:
    """Return an engine over one open connection; each of its transactions is an immediate one."""
    engine = create_engine(
        "sqlite://", creator=lambda: connection, poolclass=StaticPool, hide_parameters=True
    )
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _close(engine: Engine, connection: sqlite3.Connection) -> None:
    engine.dispose()
    connection.close()


def driver(session: Session) -> sqlite3.Connection:
    """Return the session's own connection, for statements of many rows. Flush first."""
    return cast("sqlite3.Connection", session.connection().connection.driver_connection)


def reader(session: Session) -> Reader:
    """Return a reader that sees what the session has changed so far."""
    session.flush()
    return Reader(driver(session))
