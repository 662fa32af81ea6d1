"""A record's shape: the SELECT list on the one side, the field names on the other.

Dotted names nest: `customer.name` is the `name` in the record's `customer`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple, Protocol, TypedDict, TypeVar

from invoicectl.rules import terms
from invoicectl.rules.money import to_decimal
from invoicectl.rules.numbering import friendly
from invoicectl.store.db import Reader

Record = dict[str, Any]
RowT_co = TypeVar("RowT_co", covariant=True)


class Column(NamedTuple):
    """A field, the SQL it comes from, and how a value and its row's currency become what is shown.

    `read` is never asked about NULL, which is None.
    """

    name: str
    sql: str = "NULL"  # a place kept for what is filled in later
    read: Callable[[Any, str], Any] | None = None


def money(minor: int, currency: str) -> Decimal:
    """Read minor units."""
    return to_decimal(minor, currency)


def number(text: str, _: str) -> Decimal:
    """Read a quantity, price or rate."""
    return Decimal(text)


def flag(value: int, _: str) -> bool:
    """Read a 0 or 1."""
    return bool(value)


def parsed(text: str, _: str) -> Any:
    """Read a column of JSON."""
    return [] if text == "[]" else json.loads(text, parse_float=Decimal)


@dataclass(frozen=True)
class Numbered:
    """Reads the friendly id of a kind from its number, and lets a key be.

    >>> read = Numbered("order")
    >>> read(12, ""), read("SO-12", "")
    ('ORD-00012', 'SO-12')
    """

    kind: str

    def __call__(self, value: Any, _: str) -> str:
        """Return what is shown."""
        return friendly(self.kind, value) if isinstance(value, int) else str(value)


@lru_cache(maxsize=256)
def days(rule: str, _: str) -> int | None:
    """Read how many days the words of a payment term give, None where that hangs on the month."""
    return terms.days(terms.read(rule))


def kept(alias: str) -> tuple[Column, ...]:
    """Return what every kind of record ends with."""
    return (
        Column("createdAt", f"{alias}.created_at"),
        Column("updatedAt", f"{alias}.updated_at"),
        Column("deletedAt", f"{alias}.deleted_at"),
        Column("version", f"{alias}.version"),
    )


def named(kind: str, alias: str) -> tuple[Column, ...]:
    """Return what every kind of record but the invoice begins with."""
    return (
        Column("id", f"{alias}.uuid"),
        Column("friendlyId", f"{alias}.id", Numbered(kind)),
        Column("key", f"{alias}.key"),
    )


# The customer of an order, a payment, a credit memo: enough to know them by.
ITS_CUSTOMER = (
    Column("customer.id", "c.uuid"),
    Column("customer.key", "c.key"),
    Column("customer.name", "c.name"),
    Column("customer.friendlyId", "c.id", Numbered("customer")),
)


class Rows(Protocol[RowT_co]):
    """What rows are asked for, and what is made of each: a record, or its text."""

    sql: str

    def record(self, row: Sequence[Any]) -> RowT_co:
        """Return what a row holds: its own id (or its owner's), a currency, then the columns."""
        ...


class From(TypedDict):
    """SQL: a row's own id (or its owner's) and its currency, and what follows FROM up to `IN`."""

    of: str
    source: str


class InOrder(From):
    """And the order of the rows."""

    order: str


class Shape:
    """The columns of a kind of record.

    A row is the record's own id (or its owner's), a currency, and then the columns.
    """

    def __init__(self, columns: Iterable[Column], *, may_lack: Sequence[str] = ()) -> None:
        """Lay out the columns; an object in `may_lack` is None when there is nothing in it."""
        self.columns = columns = tuple(columns)
        self.sql = ", ".join(column.sql for column in columns)
        self.names = [column.name for column in columns]
        self.may_lack = may_lack
        self._reads = [(at, column.read) for at, column in enumerate(columns) if column.read]
        self.stretches = list(_stretches(self.names))

    def record(self, row: Sequence[Any]) -> Record:
        """Return the record that a row holds."""
        currency, values = row[1], list(row[2:])
        for at, read in self._reads:
            if values[at] is not None:
                values[at] = read(values[at], currency)
        record: Record = {}
        for parent, start, names in self.stretches:
            fields = zip(names, values[start:], strict=False)
            if parent:
                record[parent] = dict(fields)
            else:
                record.update(fields)
        for name in self.may_lack:
            if all(value is None for value in record[name].values()):
                record[name] = None
        return record


def _stretches(names: Sequence[str]) -> Iterator[tuple[str, int, list[str]]]:
    """Yield neighbours inside the same object: its name, where they begin, their own names."""
    start = 0
    for parent, group in groupby(names, lambda name: name.rpartition(".")[0]):
        leaves = [name.rpartition(".")[2] for name in group]
        yield parent, start, leaves
        start += len(leaves)


def in_order(found: Mapping[int, RowT_co], ids: Sequence[int]) -> list[RowT_co]:
    """Return the records in the order of the ids."""
    return [found[each] for each in ids]


def fetch(
    reader: Reader, shape: Rows[RowT_co], *, of: str, source: str, ids: Sequence[int], **binds: Any
) -> dict[int, RowT_co]:
    """Return records by id.

    `of` is the SQL of the id and the currency, `source` what follows FROM up to `IN`.
    """
    sql = f"SELECT {of}, {shape.sql} FROM {source} IN :values"
    return {row[0]: shape.record(row) for row in reader.among(sql, ids, **binds)}


def grouped(
    reader: Reader, shape: Rows[RowT_co], *, of: str, source: str, ids: Sequence[int], order: str
) -> dict[int, list[RowT_co]]:
    """Return the records of each owner in order; `of` is the SQL of the owner's id and currency."""
    sql = f"SELECT {of}, {shape.sql} FROM {source} IN :values ORDER BY {order}"
    groups: dict[int, list[RowT_co]] = {}
    for row in reader.among(sql, ids):
        groups.setdefault(row[0], []).append(shape.record(row))
    return groups
