"""Move a whole company into another, empty database: from a file to a server, and back."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from invoicectl.errors import ConflictError, DatabaseError
from invoicectl.service import checking
from invoicectl.service.checking.findings import Inspection
from invoicectl.store import moving
from invoicectl.store.db import Db, Reader, at
from invoicectl.store.moving import tables

__all__ = ["copy_to", "tables"]

Record = dict[str, Any]
Going = Callable[[str, int], None]

EVERY = 2000  # rows between two reports of how far it has come


def copy_to(db: Db, named: str, going: Going, note: Callable[[str], None]) -> Record:
    """Copy every row into an empty database, a path or an address; others may write on meanwhile.

    The copy is as of one moment, and there whole or not at all. It is kept once each table has as
    many rows with the same content as the original, and `check` finds nothing wrong with it. The
    original stays.

    Raises:
        DatabaseError: one of them cannot be reached, or the copy is not what it should be.
        ConflictError: something is in the target already.
    """
    target = at(named, db.said)
    with db.read() as source:
        if not target.is_vacant():
            hint = "name a new file, or a database with nothing in it"
            raise ConflictError(f"there are books in {target.name} already", hint=hint)
        with target.filling() as copy:
            counts = {table: _copied(source, copy, table, going) for table in tables()}
            copy.end_putting()
            _prove(target, copy, going, note)
    told = {name: counts[table] for name, table in checking.COUNTED.items()}
    ends = {"from": db.full_name, "to": target.full_name}
    return {**ends, "rows": sum(counts.values()), **told}


def _copied(source: Reader, copy: Reader, table: str, going: Going) -> int:
    """Copy a table and read it back; return how many rows it has."""
    sql, columns = moving.select(table), moving.columns(table)
    rows, digest, count = source.each(sql), hashlib.sha256(), 0
    while batch := [tuple(row) for row in islice(rows, EVERY)]:
        _hash(digest, batch)
        copy.put(table, columns, batch)
        count += len(batch)
        going(table, count)
    again, found = hashlib.sha256(), 0
    for row in copy.each(sql):
        _hash(again, [tuple(row)])
        found += 1
    if (found, again.digest()) != (count, digest.digest()):
        raise DatabaseError(f"{table} did not arrive as it was: {found} rows of {count}; none kept")
    return count


def _hash(digest: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    for row in rows:
        digest.update(repr(row).encode("utf-8", "surrogatepass"))


def _prove(target: Db, copy: Reader, going: Going, note: Callable[[str], None]) -> None:
    """Refuse a copy that `check` finds something in: so the original has it too."""
    found: Iterator[Any] = checking.inspect(Inspection(copy, target, going), checking.CHECKS, note)
    first = next(found, None)
    if first is not None:
        raise DatabaseError(
            f"the books are not sound: {first.check} {first.ref}: {first.message}; none kept",
            hint="see all that is wrong with the original: invoicectl check",
        )
