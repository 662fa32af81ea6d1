"""Whether the file is to blame: asked before an error that nobody foresaw is called a bug."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from invoicectl.store import sqlite

# What code that trusts its rows runs into when they are not what they were.
SYMPTOMS = (
    ValueError, TypeError, ArithmeticError, LookupError, AttributeError, AssertionError,
    sqlite3.OperationalError,  # a column that is not called what it was
)  # fmt: skip


@contextmanager
def blamed(path: Path) -> Iterator[None]:
    """Turn an error over rows that are damaged into a refusal; any other comes through.

    Raises:
        DatabaseError: something is wrong with the file.
    """
    try:
        yield
    except SYMPTOMS as error:
        reason = _found(path)
        if reason:
            raise sqlite.damaged(path, reason) from error
        raise


def _found(path: Path) -> str:
    """Return what is wrong with a file, '' where nothing is; it takes a while."""
    from invoicectl.store import checks, seals
    from invoicectl.store.db import Reader
    from invoicectl.store.sealed import SEALED

    try:
        with closing(sqlite.connect(path, readonly=True)) as connection:
            reader = Reader(connection)
            said = str(reader.value("PRAGMA quick_check(1)"))
            if said != "ok":
                return said
            for table in SEALED:
                for ids in checks.ids(reader, table):
                    for each in seals.broken(reader, table, ids[0], ids[-1]):
                        return f"{seals.name(reader, table, each)} does not match its seal"
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return str(error)
    return ""
