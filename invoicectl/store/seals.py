"""The seal of each record: a SHA-256 over its row, and over the rows that belong to it.

Whatever changes a record inside a transaction of ours, its seal is made anew when the transaction
ends; whatever else changes it (a bit that flips on the disk, another program) leaves a seal that
does not fit. No verb has to think of it: triggers, which live as long as the connection, note the
records that are touched. Before a seal is made anew, the one that stood has to fit what stood, so
that no change of ours ever covers up damage.

What a seal covers is on a page of its own, `sealed.py`.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from invoicectl.errors import DatabaseError
from invoicectl.rules.numbering import FRIENDLY, friendly
from invoicectl.store import sqlite
from invoicectl.store.db import Reader
from invoicectl.store.sealed import FROZEN, FROZEN_LINES, PARTIES, SEALED, Part


def _text(values: Sequence[str]) -> str:
    """Return the SQL of values as one text: `'INV-00001',NULL,'12000'`, with quotes doubled."""
    return f"printf('{','.join(['%Q'] * len(values))}', {', '.join(values)})"


def _part(table: str, part: Part) -> str:
    where = f" AND {part.where}" if part.where else ""
    columns = part.columns.split()
    rows = (
        f"SELECT {', '.join(columns)} FROM {part.table}"
        f" WHERE {part.owner} = {table}.id{where} ORDER BY {part.order}"
    )
    return f"(SELECT group_concat({_text(columns)}, ';') FROM ({rows}) AS part)"


def _content(table: str, columns: str, parts: Iterable[Part], values: Iterable[str]) -> str:
    """Return the SQL of all that a seal covers, as bytes: damaged text need not be UTF-8."""
    own = [*(f"{table}.{column}" for column in columns.split()), *values]
    return f"CAST({_text([*own, *(_part(table, part) for part in parts)])} AS BLOB)"


CONTENT = {
    table: _content(table, each.columns, each.parts, each.values) for table, each in SEALED.items()
}
_FROZEN_CONTENT = _content("invoice", FROZEN, FROZEN_LINES, PARTIES)


def watch(connection: sqlite3.Connection) -> None:
    """Have every record noted that is touched over a connection, as long as it is open."""
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(
        "CREATE TEMP TABLE touched (sealed TEXT, id INTEGER, is_new INTEGER,"
        " PRIMARY KEY (sealed, id)) WITHOUT ROWID"
    )
    for statement in _TRIGGERS:
        connection.execute(statement)


Noted = tuple[str, str, int]  # the sealed table, the SQL of the record's id, whether it is new


def watched() -> Iterator[tuple[str, str, list[Noted]]]:
    """Yield what to note on each table and event, for all the seals its rows are part of."""
    owners: dict[str, list[tuple[str, str]]] = {}
    for table, each in SEALED.items():
        yield table, "INSERT", [(table, "NEW.id", 1)]
        own = ", ".join(each.columns.split())
        yield table, f"UPDATE OF {own}", [(table, "NEW.id", 0)]
        for part in each.parts:
            owners.setdefault(part.table, []).append((table, part.owner))
    for table, of in owners.items():
        for verb, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
            noted = [(owner, f"{row}.{column}", 0) for row in rows for owner, column in of]
            yield table, verb, noted


def _trigger(table: str, event: str, noted: Iterable[Noted]) -> str:
    name = f"watch_{table}_{event.split(maxsplit=1)[0].lower()}"
    statements = [
        f"INSERT OR IGNORE INTO touched SELECT '{sealed}', {record_id}, {is_new}"
        f" WHERE {record_id} IS NOT NULL;"
        for sealed, record_id, is_new in noted
    ]
    return (
        f"CREATE TEMP TRIGGER {name} AFTER {event} ON main.{table} BEGIN {' '.join(statements)} END"
    )


_TRIGGERS = tuple(_trigger(*each) for each in watched())


@contextmanager
def noted_by_owner(connection: sqlite3.Connection, *tables: str) -> Iterator[None]:
    """Leave rows that are added to tables of parts unnoted in the block; it makes them cheaper.

    Every one of them has to be added together with a record that it is part of, which is noted.
    On a server they are noted all the same: its triggers are everybody's.
    """
    if not isinstance(connection, sqlite3.Connection):
        yield
        return
    for table in tables:
        connection.execute(f"DROP TRIGGER temp.watch_{table}_insert")
    yield
    for statement in _TRIGGERS:
        if any(f" watch_{table}_insert " in statement for table in tables):
            connection.execute(statement)


def touched(connection: sqlite3.Connection) -> Iterator[tuple[str, list[int]]]:
    """Yield the records that were there before and have been touched: a table, and their ids."""
    found: dict[str, list[int]] = {}
    for row in connection.execute("SELECT sealed, id FROM touched WHERE is_new = 0 ORDER BY id"):
        found.setdefault(row[0], []).append(row[1])
    yield from found.items()


def renew(connection: sqlite3.Connection) -> None:
    """Make the seals of all that was touched anew."""
    of = connection.execute("SELECT DISTINCT sealed FROM touched").fetchall()
    for (table,) in of:
        wanted = f"SELECT id FROM touched WHERE sealed = '{table}'"
        connection.execute(f"{_sealing(table)} WHERE id IN ({wanted})")
    connection.execute("DELETE FROM touched")


def make_all(connection: sqlite3.Connection) -> None:
    """Seal every record as it is: for a migration that changes what a seal covers."""
    sqlite.teach(connection)
    for table in SEALED:
        connection.execute(_sealing(table))


def _sealing(table: str) -> str:
    return f"UPDATE {table} SET seal = seal({CONTENT[table]})"


def prove(reader: Reader, table: str, ids: Iterable[int]) -> None:
    """Refuse records that do not fit their seals; ids that do not exist are nobody's.

    Raises:
        DatabaseError: one was changed by something else than invoicectl.
    """
    sql = f"SELECT id FROM {table} WHERE {_unfit(table)} AND id IN :values"
    unfit = [row[0] for row in reader.among(sql, list(ids))]
    if unfit:
        raise DatabaseError(
            f"{name(reader, table, unfit[0])} does not match its seal: the file is damaged, or"
            " another program changed it",
            hint="restore the latest backup; 'invoicectl check' names all that is wrong",
        )


def _unfit(table: str) -> str:
    return f"seal IS NOT seal({CONTENT[table]})"


def broken(reader: Reader, table: str, first: int, last: int) -> list[int]:
    """Return the ids, of those from `first` to `last`, of records that do not fit their seals."""
    sql = f"SELECT id FROM {table} WHERE {_unfit(table)} AND id BETWEEN :first AND :last"
    return [row[0] for row in reader.all(sql, first=first, last=last)]


def frozen(reader: Reader, ids: Iterable[int]) -> dict[int, str]:
    """Return a hash over all that an invoice says which no change after its issue may touch.

    It is what the history keeps of the day that it was issued. One statement for many.
    """
    sql = f"SELECT id, seal({_FROZEN_CONTENT}) FROM invoice WHERE id IN :values"
    return {row[0]: row[1] for row in reader.among(sql, list(ids))}


def name(reader: Reader, table: str, record_id: int) -> str:
    """Return what a person calls a record: `invoice INV-00001`, `customer C-00001`."""
    kind = SEALED[table].kind
    if kind == "invoice":
        sql = "SELECT CAST(friendly_id AS BLOB) FROM invoice WHERE id = :id"
        said = reader.value(sql, id=record_id)
        number = bytes(said).decode("utf-8", "backslashreplace") if said else str(record_id)
        return f"invoice {number}"
    return f"{kind} {friendly(kind, record_id) if kind in FRIENDLY else record_id}"
