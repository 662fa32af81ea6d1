"""What was done, and which numbers were given."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from invoicectl.store.tables.columns import (
    STRICT,
    TableBase,
    id_column,
    instant_column,
    needed_column,
    text_column,
)
from invoicectl.store.types import Whole


class Activity(TableBase, table=True):
    """The history: what was done to a record, when, by whom. Only ever added to.

    `detail` is JSON. `hash` is SHA-256 over the row before it and this one.
    """

    __tablename__ = "activity"
    __table_args__ = (Index("activity_of", "kind", "record_id", "id"), STRICT)
    id: int | None = id_column()
    at: datetime = instant_column()
    by: str = needed_column()
    kind: str = needed_column()
    record_id: int = Field(sa_type=Whole)
    action: str = needed_column()
    detail: str = text_column("{}")
    hash: str = needed_column()


class HistoryEnd(TableBase, table=True):
    """How many rows the history has and the hash of the last: shows when its end is missing."""

    __tablename__ = "history_end"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), STRICT)
    id: int | None = id_column()
    length: int = Field(sa_type=Whole)
    hash: str = needed_column()


class Sequence(TableBase, table=True):
    """The last number of each sequence; `scope` is a pattern with its year and month filled in."""

    __tablename__ = "sequence"
    __table_args__ = (STRICT,)
    scope: str = Field(primary_key=True, sa_type=Text)
    last: int = Field(sa_type=Whole)


class RetiredNumber(TableBase, table=True):
    """A number of an invoice that is no more, never to be used again."""

    __tablename__ = "retired_number"
    __table_args__ = (STRICT,)
    number: str = Field(primary_key=True, sa_type=Text)
    retired_at: datetime = instant_column()
