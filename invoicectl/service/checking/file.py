"""The file as such: whether it is whole, has the schema it should, and its history is unbroken."""

from collections.abc import Mapping
from typing import Any

from invoicectl.rules.numbering import FRIENDLY, friendly
from invoicectl.rules.sealing import START, link
from invoicectl.service.checking.findings import Found, Inspection
from invoicectl.store import checks, refs
from invoicectl.store.db import Reader, Row


def integrity(books: Inspection) -> Found:
    """Find pages, indexes and rows that contradict each other."""
    for message in books.db.integrity(books.reader):
        yield books.name, message


def schema(books: Inspection) -> Found:
    """Find tables, indexes and triggers that are missing, changed or foreign."""
    yield from books.db.schema_differences(books.reader)


def history(books: Inspection) -> Found:
    """Find rows of the history that were changed, taken out or slipped in, and a missing end."""
    last: dict[str, Any] = {"id": 0, "hash": START}
    for row in books.reader.each(checks.HISTORY):
        books.passing("history")
        if row["id"] != last["id"] + 1:
            yield _rows(last["id"] + 1, row["id"] - 1), "missing from the history"
        if link(last["hash"], row) != row["hash"]:
            yield _rows(row["id"], row["id"]), _broken(books.reader, row)
        last = {"id": row["id"], "hash": row["hash"]}
    yield from _end(books.reader, last)
    yield from _gone(books.reader)


def _rows(first: int, last: int) -> str:
    return f"row {first}" if first >= last else f"rows {first} to {last}"


def _broken(reader: Reader, row: Row) -> str:
    of = f"{row['action']} of {_name(reader, row['kind'], row['record_id'])}"
    return f"the history is broken at {of}: it was changed, or what came before it"


def _end(reader: Reader, last: Mapping[str, Any]) -> Found:
    """Find that the history does not end where it should."""
    end = reader.one("SELECT length, hash FROM history_end")
    length = end["length"] if end is not None else 0
    if length != last["id"]:
        said = f"the history has {last['id']} rows; it should have {length}"
        yield _rows(min(length, last["id"]) + 1, max(length, last["id"])), said
    elif end is not None and end["hash"] != last["hash"]:
        yield _rows(last["id"], last["id"]), "is not the row that the history ended with"


def _gone(reader: Reader) -> Found:
    """Find records that have a history and are not there."""
    for kind, table in refs.TABLES.items():
        for row in reader.all(checks.GONE.format(table=table), kind=kind):
            name = _number_of(reader, row[0]) if kind == "invoice" else friendly(kind, row[0])
            yield name, f"the {refs.WORDS.get(kind, kind)} has a history and is not there any more"


def _number_of(reader: Reader, invoice_id: int) -> str:
    """Return the number that the history gives an invoice that is not there."""
    found = reader.value(
        "SELECT json_extract(detail, '$.number') FROM activity WHERE kind = 'invoice'"
        " AND record_id = :id AND json_valid(detail) AND detail LIKE '%\"number\"%'"
        " ORDER BY id DESC LIMIT 1",
        id=invoice_id,
    )
    return str(found) if found else f"invoice {invoice_id}"


def _name(reader: Reader, kind: str, record_id: int) -> str:
    if kind in FRIENDLY:
        return friendly(kind, record_id)
    found = reader.value("SELECT friendly_id FROM invoice WHERE id = :id", id=record_id)
    return str(found or f"{kind} {record_id}")
