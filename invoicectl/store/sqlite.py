"""What only SQLite knows: how its file is made, opened, locked and told apart from others.

The settings are the ones that lost nothing when they were tried: WAL with full synchronisation
(a confirmed change survives a power cut), immediate write transactions behind one lock on a side
file (no lost update, and a short wait), foreign keys on, rows held to their declared types.
"""

import errno
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from invoicectl.errors import DatabaseError, InvoicectlError, PermissionDeniedError
from invoicectl.store import drafts, grounds
from invoicectl.store.locks import TIMEOUT_S, refused, write_lock

SCHEMA = 1  # PRAGMA user_version of a file this program writes
APPLICATION_ID = 0x494E5643  # "INVC": tells our files from other programs'
MAGIC = b"SQLite format 3\x00"

APPEND_ONLY = ("activity", "movement", "party", "retired_number")
INDEXES_IN_ANY_CASE = (
    "CREATE UNIQUE INDEX invoice_number ON invoice (friendly_id COLLATE NOCASE)",
    "CREATE INDEX invoice_key ON invoice (key COLLATE NOCASE)",
    "CREATE INDEX term_name ON term (name COLLATE NOCASE)",
    "CREATE UNIQUE INDEX retired_number_any_case ON retired_number (number COLLATE NOCASE)",
)
BESIDE_THE_TABLES = (
    *INDEXES_IN_ANY_CASE,
    *(
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table}"
        f" BEGIN SELECT RAISE(ABORT, '{table} rows are only ever added'); END"
        for table in APPEND_ONLY
        for verb in ("UPDATE", "DELETE")
    ),
    """CREATE TRIGGER document_stands BEFORE UPDATE OF content, sha256 ON document
    BEGIN SELECT RAISE(ABORT, 'a document never changes'); END""",
)


def connect(path: Path, *, readonly: bool) -> sqlite3.Connection:
    """Open a file that exists, with every safeguard on. The driver's own transactions are off."""
    connection = _open(path, "ro" if readonly else "rw")
    connection.row_factory = sqlite3.Row
    guard(connection)
    if not readonly:  # no more than a look, unless another program changed it
        connection.execute("PRAGMA journal_mode = WAL")
    return connection


def _open(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    if mode == "ro" and _on_still_ground(path):
        uri += "&immutable=1"
    return sqlite3.connect(uri, uri=True, timeout=TIMEOUT_S, isolation_level=None)


def guard(connection: sqlite3.Connection) -> None:
    """Set what SQLite forgets between connections."""
    for pragma in ("trusted_schema=OFF", "foreign_keys=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    teach(connection)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)


def teach(connection: sqlite3.Connection) -> None:
    """Teach a connection to seal; once, for then it forgets all statements that it has prepared."""
    connection.create_function("seal", 1, _seal, deterministic=True)


def _seal(content: bytes) -> str:
    from invoicectl.rules.sealing import seal

    return seal(content)


def _on_still_ground(path: Path) -> bool:
    """Return whether nobody can be writing: the folder is read-only and there is no log beside.

    SQLite cannot read a WAL file in a folder where it may not make its side files, unless it is
    told that the file does not change.
    """
    return not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()


def look(path: Path) -> int:
    """Return the schema version of a database of ours, 0 for an empty file.

    Only SQLite itself opens the file: to close it in any other way would let go of the locks of
    all its connections in this process (https://www.sqlite.org/howtocorrupt.html, 2.2).

    Raises:
        DatabaseError: it is missing, no regular file, another program's, damaged or newer.
        PermissionDeniedError: it may not be read.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        raise missing(path) from None
    except NotADirectoryError:
        raise DatabaseError(f"no database at {path}: a part of the path is a file") from None
    except PermissionError as error:
        raise PermissionDeniedError(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise DatabaseError(f"{path} is not a regular file")
    if status.st_size == 0:
        return 0
    if not os.access(path, os.R_OK):
        raise PermissionDeniedError(f"{path} cannot be read: {os.strerror(errno.EACCES)}")
    with errors_named(path):
        connection = _open(path, "ro")  # guarded, it would read the whole schema first
        try:  # one transaction: read apart, a file that is just being made looks like another's
            connection.execute("BEGIN")
            return _version(connection, path)
        finally:
            connection.close()


def missing(path: Path) -> DatabaseError:
    """Return the refusal of a look-up where there is no database."""
    return DatabaseError(
        f"no database at {path}",
        hint=f"make one with 'invoicectl --db {path} init', or name another with --db",
    )


def _version(connection: sqlite3.Connection, path: Path) -> int:
    try:
        (owner,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise _not_ours_or_damaged(path, error) from error
        raise
    if owner != APPLICATION_ID:
        raise DatabaseError(f"{path} is a SQLite database of another program")
    if version > SCHEMA:
        message = f"{path} has schema {version}; this invoicectl knows up to {SCHEMA}"
        raise DatabaseError(message, hint="upgrade invoicectl; the file was left untouched")
    if version < 1:
        raise damaged(path, "it has lost the version of its schema")
    return int(version)


def _not_ours_or_damaged(path: Path, error: sqlite3.Error) -> DatabaseError:
    with path.open("rb") as file:
        if file.read(len(MAGIC)) == MAGIC:
            return damaged(path, error)
    return DatabaseError(f"{path} is not an invoicectl database", hint="name one with --db PATH")


def refuse_other_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse to write where another schema came to be since `look`.

    Raises:
        DatabaseError: it is older or newer, or not one of ours any more.
    """
    if _version(connection, path) != SCHEMA:
        message = f"{path} was replaced by one of an older schema just now"
        raise DatabaseError(message, hint="try again")


def opened_at(path: Path) -> Callable[[], None]:
    """Return what refuses a path that does not lead to the same file any more.

    It raises a DatabaseError then: what is in the log beside it would be taken for the new file's.
    """

    def file() -> tuple[int, int] | None:
        try:
            status = path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def refuse_another() -> None:
        if file() != opened:
            raise DatabaseError(
                f"{path} was moved or replaced while it was in use; nothing more was changed",
                hint=f"put it back, beside {path}-wal; 'invoicectl restore' replaces a database",
            )

    opened = file()
    return refuse_another


def damaged(path: Path, reason: object) -> DatabaseError:
    """Return the refusal of a file that is not what it was."""
    return DatabaseError(f"{path} is damaged: {reason}", hint="restore the latest backup")


@contextmanager
def errors_named(path: Path) -> Iterator[None]:
    """Turn what the driver says of the file into a refusal that a person can act on."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:  # a damaged schema page decodes to neither
        raise named(error, path) from error


def named(error: Exception, path: Path) -> InvoicectlError:
    """Return the refusal for an error of the driver; an error of ours comes through as it is."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_READONLY:
        return PermissionDeniedError(f"{path} cannot be written: check the file and its folder")
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return PermissionDeniedError(f"{path} cannot be opened: check the file and its folder")
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseError(f"{path} is busy: another program is writing", hint="try again")
    if code == sqlite3.SQLITE_FULL:
        return DatabaseError(f"the disk is full: nothing was saved in {path}")
    if code == sqlite3.SQLITE_IOERR:
        return DatabaseError(f"{path} cannot be read or written: {error}; nothing was saved")
    no_text = isinstance(error, UnicodeDecodeError) or "decode to UTF-8" in str(error)
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or no_text:
        return damaged(path, error)
    raise error


def create(path: Path) -> bool:
    """Make an empty database, mode 0600, whole or not at all; return whether it was made now.

    A file that came to be in the meantime is left alone. An empty file is filled.
    """
    grounds.refuse_network(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise DatabaseError(f"no database can be made at {path}: its folder is a file") from None
    except OSError as error:
        raise refused(error, f"no database can be made at {path}") from error
    with write_lock(path):
        if path.exists() and path.stat().st_size:
            return False
        draft = drafts.beside(path, "new")
        try:
            make(draft)
            draft.replace(path)
            drafts.sync(path.parent)
        finally:
            drafts.forget(draft)
    return True


def make(path: Path) -> None:
    """Make an empty database where no file is, mode 0600."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with errors_named(path):
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            for statement in schema():
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA}")
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()


def schema() -> list[str]:
    """Return the statements that make the whole schema, as this program knows it."""
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.schema import CreateIndex, CreateTable
    from sqlmodel import SQLModel

    from invoicectl.store import tables, text_index  # noqa: F401 - tables fills the metadata

    dialect = sqlite.dialect()
    statements = []
    for table in SQLModel.metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in indexes]
    statements += [*BESIDE_THE_TABLES, *text_index.SCHEMA]
    return [
        *statements,
        "CREATE TABLE alembic_version (version_num TEXT PRIMARY KEY) STRICT",
        f"INSERT INTO alembic_version VALUES ('{SCHEMA:04d}')",
    ]
