"""The history of a record, oldest first."""

from invoicectl.rules.numbering import FRIENDLY, friendly
from invoicectl.store.db import Reader
from invoicectl.store.records.shape import Column, Record, Shape, parsed

ACTIVITY = Shape(
    (
        Column("at", "a.at"),
        Column("by", "a.by"),
        Column("action", "a.action"),
        Column("detail", "a.detail", parsed),
        Column("kind", "a.kind"),
        Column("friendlyId"),
    )
)


def activity(reader: Reader, kind: str, id: int) -> list[Record]:
    """Return what was done to a record, when and by whom, from the first to the last."""
    sql = (
        f"SELECT a.id, '', {ACTIVITY.sql} FROM activity AS a"
        " WHERE a.kind = :kind AND a.record_id = :id ORDER BY a.id"
    )
    name = _name(reader, kind, id)
    rows = reader.each(sql, kind=kind, id=id)
    return [ACTIVITY.record(row) | {"friendlyId": name} for row in rows]


def _name(reader: Reader, kind: str, id: int) -> str | None:
    if kind in FRIENDLY:
        return friendly(kind, id)
    name: str | None = reader.value("SELECT friendly_id FROM invoice WHERE id = :id", id=id)
    return name
