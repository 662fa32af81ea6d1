"""Names that were seen, however many: a database of its own holds them, on the disk if need be."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


class Seen:
    """Tells whether a name came before."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Begin with none."""
        self._connection = connection
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")
        connection.execute("BEGIN")

    def again(self, name: str) -> bool:
        """Take note of a name; return whether it was there before."""
        done = self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,))
        return done.rowcount == 0


@contextmanager
def seen() -> Iterator[Seen]:
    """Yield what takes note of names; it is gone afterwards.

    >>> with seen() as names:
    ...     [names.again(name) for name in ("a", "b", "a")]
    [False, False, True]
    """
    connection = sqlite3.connect("", isolation_level=None)  # SQLite's own temporary file
    try:
        yield Seen(connection)
    finally:
        connection.close()
