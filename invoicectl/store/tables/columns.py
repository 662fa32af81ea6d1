"""How a column is said in a word, and what all tables have in common."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from invoicectl.store.types import Day, Instant, Minor, Number, Whole

MOST_MINOR = 10**17  # an int64 sum still holds ninety of them


def id_column() -> Any:
    """The internal id of a row."""
    return Field(default=None, primary_key=True, sa_type=Whole)


def uuid_column() -> Any:
    """What JSON calls `id`: 36 signs."""
    return Field(sa_type=Text, unique=True)


def key_column() -> Any:
    """The name that another system gave a record; no two have the same."""
    return Field(default=None, sa_type=Text, unique=True)


def text_column(default: str | None = None) -> Any:
    """A text; without a default it may be missing."""
    return Field(default=default, sa_type=Text, nullable=default is None)


def needed_column(**options: Any) -> Any:
    """A text that is never missing."""
    return Field(sa_type=Text, nullable=False, **options)


def minor_column() -> Any:
    """An amount in minor units of the currency of its row."""
    return Field(default=0, sa_type=Minor, nullable=False)


def flag_column(*, default: bool = False) -> Any:
    """0 or 1; see `flags`."""
    return Field(default=int(default), sa_type=Whole, nullable=False)


def day_column(*, nullable: bool = True) -> Any:
    """A date without a time."""
    return Field(default=None, sa_type=Day, nullable=nullable)


def instant_column(*, nullable: bool = False) -> Any:
    """A moment, in UTC, to the second."""
    return Field(default=None, sa_type=Instant, nullable=nullable)


def number_column(*, nullable: bool = True) -> Any:
    """A decimal number, exact."""
    return Field(default=None, sa_type=Number, nullable=nullable)


def link_to(target: str, *, nullable: bool = False, index: bool = False) -> Any:
    """The id of a row of another table."""
    return Field(
        default=None, foreign_key=f"{target}.id", sa_type=Whole, nullable=nullable, index=index
    )


def one_of(column: str, *words: str) -> CheckConstraint:
    """Hold a column to some words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def within(*columns: str, least: int = -MOST_MINOR) -> tuple[CheckConstraint, ...]:
    """Hold columns of minor units to what sums of them can bear."""
    return tuple(
        CheckConstraint(f"{column} BETWEEN {least} AND {MOST_MINOR}", name=f"{column}_in_range")
        for column in columns
    )


def flags(*columns: str) -> tuple[CheckConstraint, ...]:
    """Hold columns to 0 and 1."""
    return tuple(
        CheckConstraint(f"{column} IN (0, 1)", name=f"{column}_flag") for column in columns
    )


STRICT = {"sqlite_strict": True}


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows for which a condition holds.

    SQLite is told here; another database finds the condition in `info`. To name that one too
    would load all that is known of it with every change, which is a twentieth of the change.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where), info={"where": where})


class TableBase(SQLModel):
    """What all tables have in common: no validators are built, as these never validate."""

    model_config = {"defer_build": True}


class RecordBase(TableBase):
    """What every record that has a name of its own carries."""

    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()
    deleted_at: datetime | None = instant_column(nullable=True)
    version: int = Field(default=1, sa_type=Whole, nullable=False)
    seal: str | None = text_column()
