"""Connect to a database on a server, look whose it is, and say what is wrong in words of ours."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict

from invoicectl.errors import DatabaseError, InvoicectlError, PermissionDeniedError
from invoicectl.store.locks import TIMEOUT_S
from invoicectl.store.postgres import address
from invoicectl.store.postgres.connection import Connection, Raw, UncertainError
from invoicectl.store.postgres.schema import MARK
from invoicectl.store.sqlite import SCHEMA

OLDEST = 15  # the version of PostgreSQL that was tried

# A server that is gone is noticed within about half a minute.
_USUAL = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "fallback_application_name": "invoicectl",
}
SETTINGS = f"SET LOCAL lock_timeout = '{TIMEOUT_S:.0f}s'; SET LOCAL jit = off"

# The upper half of a lock's number is the schema, the lower half an invoice, or 0 for writers.
LOCK = "(current_schema()::regnamespace::oid::bigint << 32) + :number"

_LOOK = """SELECT current_schema() AS schema,
    current_setting('server_version_num')::integer AS server,
    current_setting('server_encoding') AS encoding,
    obj_description(to_regclass(quote_ident(current_schema()) || '.alembic_version')::oid,
        'pg_class') AS mark,
    EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace
        AND relkind IN ('r', 'p', 'v', 'm', 'f')) AS is_filled"""


_idle: dict[str, list[Connection]] = {}


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Yield a connection in which nothing is under way; what is not committed is undone.

    It is kept for the next who asks, until the process ends: to open one costs more than to use it.
    """
    connection = _kept(url) or connect(url)
    try:
        yield connection
    finally:
        if connection.undo():
            _idle.setdefault(url, []).append(connection)
        else:
            connection.close()


def _kept(url: str) -> Connection | None:
    """Return a connection that was kept and still answers, None where there is none."""
    kept = _idle.get(url, [])
    while kept:
        connection = kept.pop()
        if connection.answers():
            return connection
        connection.close()
    return None


def let_go() -> None:
    """Close the connections that were kept."""
    for connection in [each for kept in _idle.values() for each in kept]:
        connection.close()
    _idle.clear()


def connect(url: str) -> Connection:
    """Open a connection; the usual places are asked for the password (PGPASSFILE, a service file).

    Raises:
        DatabaseError: the address cannot be read, or the server does not let us in.
    """
    address.refuse_unreadable(url)
    try:
        said = conninfo_to_dict(url)
    except psycopg.Error:  # its words would show parts of the address
        raise address.unreadable() from None
    if os.environ.get("PGCONNECT_TIMEOUT"):
        said.setdefault("connect_timeout", os.environ["PGCONNECT_TIMEOUT"])
    wanted: dict[str, Any] = {**_USUAL, **said, "client_encoding": "UTF8"}
    with errors_named(url):
        return Connection(Raw.connect(**wanted))


def look(connection: Connection, url: str) -> int:
    """Return the schema version of a database of ours, 0 where nothing is in it.

    Raises:
        DatabaseError: it holds something else, is newer than this program, or the server is older
            than what this program knows.
        PermissionDeniedError: nothing in it may be seen.
    """
    name = address.shown(url)
    with errors_named(url):
        found: Any = connection.execute(_LOOK).fetchone()
        refuse_older(found["server"], name)
        if found["schema"] is None:
            raise PermissionDeniedError(
                f"{name} has no schema that you may use", hint="ask its owner for USAGE on it"
            )
        if found["mark"] != MARK:
            if found["is_filled"]:
                raise DatabaseError(
                    f"{name} holds something else than books of invoicectl",
                    hint="make an empty database for them: createdb NAME",
                )
            if found["encoding"] != "UTF8":
                raise DatabaseError(
                    f"{name} is in {found['encoding']}; books need UTF8",
                    hint="make another: createdb --encoding UTF8 --template template0 NAME",
                )
            return 0
        stamp: Any = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        version = int(stamp[0])
    if version > SCHEMA:
        message = f"{name} has schema {version}; this invoicectl knows up to {SCHEMA}"
        raise DatabaseError(message, hint="upgrade invoicectl; the database was left untouched")
    return version


def refuse_older(version: int, name: str) -> None:
    """Refuse a server that is older than those that were tried; `version` as it numbers itself.

    Raises:
        DatabaseError: it is (https://www.postgresql.org/docs/15/libpq-status.html, PQserverVersion:
            140022 is 14.22, 150000 the first 15).
    """
    if version < OLDEST * 10_000:
        raise DatabaseError(
            f"{name} runs PostgreSQL {version // 10_000}: it needs {OLDEST} or newer",
            hint="upgrade the server, or stay with a SQLite file",
        )


@contextmanager
def errors_named(url: str) -> Iterator[None]:
    """Turn what the driver says into a refusal that a person can act on."""
    try:
        yield
    except psycopg.Error as error:
        raise named(error, address.shown(url)) from error


BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure)
FULL = (errors.DiskFull, errors.OutOfMemory, errors.ProgramLimitExceeded)
FORBIDDEN = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)


def named(error: psycopg.Error, name: str) -> InvoicectlError:
    """Return the refusal for an error of the driver; an error of ours comes through as it is."""
    said = " ".join(str(error).partition("\n")[0].split())
    if isinstance(error, errors.LockNotAvailable):
        return DatabaseError(
            f"{name} is locked: another invoicectl has been writing for {TIMEOUT_S:.0f} s",
            hint="try again when it is done",
        )
    if isinstance(error, BUSY):
        return DatabaseError(f"{name} is busy: {said}; nothing was saved", hint="try again")
    if isinstance(error, FORBIDDEN):
        hint = "ask the owner of the database; to read, SELECT on its tables is enough"
        return PermissionDeniedError(f"{name}: {said}", hint=hint)
    if isinstance(error, FULL):
        return DatabaseError(f"{name} is full: {said}; nothing was saved")
    if isinstance(error, UncertainError):
        return DatabaseError(
            f"{name}: {said}; it was just being saved, and nobody can say whether it was",
            hint="look whether it is there (get, activity) before you type it again; what has a"
            " --key is never made twice",
        )
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)):
        return _unreachable(said, name)
    raise error


# What servers say to who cannot come in, and what to do about it.
_REASONS = (
    ("does not exist", "make it: createdb NAME, and CREATE ROLE NAME LOGIN for a role"),
    ("password", "put it into ~/.pgpass (mode 0600), or into PGPASSWORD"),
    ("no pg_hba.conf entry", "the server's pg_hba.conf says who may come in, and from where"),
    ("could not translate host name", "is the host spelled right?"),
    ("definition of service", "look into ~/.pg_service.conf, or PGSERVICEFILE"),
    ("SSL", "sslmode=require in the address asks for TLS, sslmode=verify-full checks who answers"),
    ("connection to server", "is it running, and are host and port right?"),
)


def _unreachable(said: str, name: str) -> InvoicectlError:
    hint = next((hint for words, hint in _REASONS if words in said), "try again; nothing was saved")
    kind = PermissionDeniedError if "authentication failed" in said else DatabaseError
    return kind(f"{name}: {said.removeprefix('connection failed: ')}", hint=hint)
