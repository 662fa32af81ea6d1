"""Whether every record is what it was when invoicectl last changed it."""

import sqlite3
from collections.abc import Sequence

from invoicectl.rules.sealing import seal
from invoicectl.service.checking.findings import Found, Inspection
from invoicectl.store import checks, seals
from invoicectl.store.sealed import SEALED

CHANGED = "does not match its seal: the file was damaged, or changed by another program"
NOT_AS_ISSUED = "is not what it was when it was issued, by the history"


def of_records(books: Inspection) -> Found:
    """Find records that were changed by something else than invoicectl, each by its name."""
    for table in SEALED:
        last = -(2**63)
        try:
            for ids in checks.ids(books.reader, table):
                last = ids[-1]
                yield from _among(books, table, ids)
        except sqlite3.DatabaseError:  # a damaged page ends the walk: an index knows the others
            for each in checks.ids_by_index(books.reader, table, last + 1):
                yield from _among(books, table, [each])


def _among(books: Inspection, table: str, ids: Sequence[int]) -> Found:
    """Find broken seals among ids that follow each other."""
    first, last = ids[0], ids[-1]
    books.passed += len(ids)
    books.going("seals", books.passed)
    try:
        broken = seals.broken(books.reader, table, first, last)
        other = _not_as_issued(books, first, last) if table == "invoice" else []
    except sqlite3.DatabaseError as error:
        if len(ids) == 1:
            yield _name(books, table, first), f"cannot be read: {error}"
        else:
            for each in ids:  # to find the one
                yield from _among(books, table, [each])
        return
    yield from ((_name(books, table, each), CHANGED) for each in broken)
    yield from ((_name(books, table, each), NOT_AS_ISSUED) for each in other)


def _not_as_issued(books: Inspection, first: int, last: int) -> list[int]:
    """Return the invoices whose frozen part is not the one that the history has."""
    rows = books.reader.all(checks.AT_ISSUE, first=first, last=last)
    then = {row["id"]: row["seal"] for row in rows if row["seal"] is not None}
    now = seals.frozen(books.reader, list(then))
    return [each for each, known in then.items() if now.get(each) != known]


def _name(books: Inspection, table: str, record_id: int) -> str:
    try:
        return seals.name(books.reader, table, record_id).removeprefix("invoice ")
    except sqlite3.DatabaseError:
        return f"{SEALED[table].kind} {record_id}"


def of_parties(books: Inspection) -> Found:
    """Find sellers and customers that are not as they were frozen."""
    for row in books.reader.each("SELECT id, sha256, CAST(content AS BLOB) AS content FROM party"):
        books.passing("parties")
        if seal(bytes(row["content"])) != row["sha256"]:
            yield f"party {row['id']}", "a frozen seller or customer is not what it was"
