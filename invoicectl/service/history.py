"""The history of every record: rows that are only ever added, each hashed over the one before.

A row that is changed, taken out or slipped in later breaks the chain from there on; `history_end`
says where the chain ends, so that a missing end shows too.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any, NamedTuple

from sqlmodel import Session

from invoicectl.rules.sealing import START, link
from invoicectl.service.act import Act
from invoicectl.store.session import driver, reader

_JSON = json.JSONEncoder(ensure_ascii=False, default=str, sort_keys=True)


class Event(NamedTuple):
    """What was done to a record: its kind and internal id, the verb, and what there is to say."""

    kind: str
    record_id: int
    action: str
    detail: Mapping[str, object]


def note(
    session: Session, act: Act, kind: str, record_id: int, action: str, **detail: object
) -> None:
    """Add a line to a record's history; details that are None are left out."""
    note_all(session, act, [Event(kind, record_id, action, detail)])


def note_all(session: Session, act: Act, events: Iterable[Event]) -> None:
    """Add many lines to the history, in their order; cheaper than one by one."""
    books = reader(session)
    end = books.one("SELECT length, hash FROM history_end")
    length, last = tuple(end) if end is not None else (0, START)
    rows = []
    at = act.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for event in events:
        row = _row(act, at, event)
        last = row["hash"] = link(last, row)
        rows.append(row)
    driver(session).executemany(
        "INSERT INTO activity (at, by, kind, record_id, action, detail, hash)"
        " VALUES (:at, :by, :kind, :record_id, :action, :detail, :hash)",
        rows,
    )
    books.one(
        "INSERT INTO history_end (id, length, hash) VALUES (1, :length, :hash)"
        " ON CONFLICT (id) DO UPDATE SET length = :length, hash = :hash",
        length=length + len(rows),
        hash=last,
    )


def _row(act: Act, at: str, event: Event) -> dict[str, Any]:
    said = {name: value for name, value in event.detail.items() if value is not None}
    return {
        "at": at,
        "by": act.by,
        "kind": event.kind,
        "record_id": event.record_id,
        "action": event.action,
        "detail": _JSON.encode(said),
    }
