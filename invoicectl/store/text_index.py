"""Find a text anywhere in the number, reference or PO number of invoices, without reading them all.

The index knows of every three characters that follow each other which invoices have them. It may
name too many, so what it finds is looked at once more, and never too few. It is SQLite's own
(FTS5), and writing to it costs as much as the rest of an invoice, but a thousand at once next to
nothing: so the newest invoices are taken in by the thousand, and looked through until then.
"""

import re
import sqlite3
from collections.abc import Iterator

COLUMNS = ("friendly_id", "reference", "po_number")
PENDING = 1_000
_MOST_PARTS = 64

_TEXTS = ", ".join(COLUMNS)
_LAST = "(SELECT last FROM invoice_text_end)"

SCHEMA = (
    f"""CREATE VIRTUAL TABLE invoice_text USING fts5({_TEXTS}, content = 'invoice',
    content_rowid = 'id', tokenize = 'trigram', detail = none, columnsize = 0)""",
    """CREATE TABLE invoice_text_end (
    id INTEGER PRIMARY KEY CHECK (id = 1), last INTEGER NOT NULL) STRICT""",
    "INSERT INTO invoice_text_end VALUES (1, 0)",
)

# Of an invoice in the index, the texts that it knows, and those that it has now.
_WATCH = (
    f"CREATE TEMP TABLE reworded (id INTEGER PRIMARY KEY, {_TEXTS})",
    *(
        f"CREATE TEMP TRIGGER reworded_{verb} AFTER {event} ON main.invoice WHEN OLD.id <= {_LAST}"
        f" BEGIN INSERT OR IGNORE INTO reworded VALUES (OLD.id, OLD.{', OLD.'.join(COLUMNS)}); END"
        for verb, event in (("update", f"UPDATE OF {_TEXTS}"), ("delete", "DELETE"))
    ),
)
_RENEW = (
    f"""INSERT INTO invoice_text (invoice_text, rowid, {_TEXTS})
    SELECT 'delete', id, {_TEXTS} FROM reworded""",
    f"""INSERT INTO invoice_text (rowid, {_TEXTS})
    SELECT id, {_TEXTS} FROM invoice WHERE id IN (SELECT id FROM reworded)""",
    "DELETE FROM reworded",
)
_TAKE_IN = (
    f"""INSERT INTO invoice_text (rowid, {_TEXTS})
    SELECT id, {_TEXTS} FROM invoice WHERE id > {_LAST}""",
    "UPDATE invoice_text_end SET last = (SELECT max(id) FROM invoice)",
)


def watch(connection: sqlite3.Connection) -> None:
    """Have the invoices noted whose texts change over a connection, as long as it is open."""
    for statement in _WATCH:
        connection.execute(statement)


def renew(connection: sqlite3.Connection) -> None:
    """Bring the index up to date with a transaction that ends."""
    if connection.execute("SELECT 1 FROM reworded").fetchone():
        _run(connection, _RENEW)
    pending = f"SELECT max(id) - {_LAST} FROM invoice"
    if (connection.execute(pending).fetchone()[0] or 0) >= PENDING:
        _run(connection, _TAKE_IN)


def _run(connection: sqlite3.Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.execute(statement)


def query(text: str) -> str | None:
    """Return what the index is asked for a text, None where it is too short for it.

    >>> query("INV-7")
    '"inv" AND "nv-" AND "v-7"'
    >>> query("7"), query("Łódź GmbH")
    (None, '" gm" AND "gmb" AND "mbh"')
    """
    parts = dict.fromkeys(part for run in _runs(text.lower()) for part in _threes(run))
    quoted = ('"{}"'.format(part.replace('"', '""')) for part in list(parts)[:_MOST_PARTS])
    return " AND ".join(quoted) or None


def _runs(text: str) -> Iterator[str]:
    """Yield the stretches of ASCII, of which alone it is sure how they are in capitals.

    A letter before any other sign is left out: with it, it may be one letter.
    """
    yield from re.findall(r"[\x00-\x7f]+(?![^\x00-\x7f])", text)


def _threes(run: str) -> Iterator[str]:
    yield from (run[at : at + 3] for at in range(len(run) - 2))


def among(query: str) -> tuple[str, str]:
    """Return, as SQL, the conditions of which one holds for every invoice, `i`, that may be meant.

    It is in the index, where `query` (the SQL of what `query` returned) finds it, or a new one.
    """
    found = f"i.id IN (SELECT rowid FROM invoice_text WHERE invoice_text MATCH {query})"
    return found, f"i.id > {_LAST}"
