"""Rows of the records that are looked up by name: read, told apart, stored, changed.

What a customer, an order, a shipment, a term, a tax and a product have in common.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Table, insert, update

from invoicectl.errors import ConflictError, UsageError
from invoicectl.rules import numbering
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.parties import camel
from invoicectl.store import ids, refs
from invoicectl.store.db import Reader, Row
from invoicectl.store.tables import Customer, Order, Product, Shipment, Tax, Term

Columns = dict[str, Any]
SHOWN = ("id", "friendlyId", "createdAt", "updatedAt", "deletedAt", "version")  # and nobody sets

MODELS: Mapping[str, Any] = {
    "customer": Customer, "order": Order, "shipment": Shipment,
    "term": Term, "tax": Tax, "product": Product,
}  # fmt: skip


def word(kind: str) -> str:
    """Return what a kind is called in a message."""
    return refs.WORDS.get(kind, kind)


def given(fields: Fields, names: Mapping[str, str], read: Callable[[str], Any]) -> Columns:
    """Return the columns of those fields that were given; one that was given empty is None.

    `names` leads from a field to its column.
    """
    stand_there = [name for name in names if name in fields.left]
    fields.known.update(names)
    return {names[name]: _or_none(read(name)) for name in stand_there}


def _or_none(value: Any) -> Any:
    return None if value == "" else value


def need(fields: Fields, columns: Columns, was: Row | None, names: Mapping[str, str]) -> None:
    """Refuse a record that is left without one of some fields (field to column).

    Raises:
        UsageError: the option was not typed.
        ValidationError: it is not in a body or a file, or is empty there.
    """
    for name, column in names.items():
        before = None if was is None else was[column]
        if columns.get(column, before) is not None:
            continue
        if fields.typed and column not in columns:
            raise UsageError(f"missing option --{name}", hint="or a record of fields: --from FILE")
        raise fields.refuse(name, "is missing")


def insert_row(catalog: Catalog, kind: str, columns: Columns) -> int:
    """Store a new record and return its internal id."""
    now = catalog.act.now
    own = {"uuid": ids.new(now), "created_at": now, "updated_at": now}
    table: Table = MODELS[kind].__table__
    done = catalog.session.connection().execute(insert(table), _blank(kind) | columns | own)
    return int(done.inserted_primary_key[0])  # type: ignore[index] # it was one row


# What a record keeps of itself when it is added again.
KEPT = frozenset({"uuid", "created_at", "updated_at", "version", "seal"})


@cache
def _blank(kind: str) -> Columns:
    model = MODELS[kind]()
    columns = model.__table__.columns.keys()
    return {name: getattr(model, name) for name in columns if name != "id"}


def anew(kind: str, columns: Columns) -> Columns:
    """Return the columns of a deleted record that is added again: the rest as in a new one."""
    table: Table = MODELS[kind].__table__
    usual = {
        name: value
        for name, value in _blank(kind).items()
        if name not in KEPT and (value is not None or table.c[name].nullable)
    }
    return usual | columns


def differences(was: Row, columns: Columns) -> Columns:
    """Return those columns that a stored row has otherwise."""
    return {name: value for name, value in columns.items() if spelled(value) != was[name]}


def spelled(value: Any) -> Any:
    """Return a value as its column has it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


# What a column is called in a history where that is not its name in camel case, and whose id it is.
SAID = {
    "emails": ("email", ""), "term_id": ("paymentTerm", "term"),
    "customer_id": ("customer", "customer"),
}  # fmt: skip


def said(was: Row, columns: Columns) -> dict[str, object]:
    """Return changed columns as a history tells them: field to what it was and what it is."""
    told: dict[str, object] = {}
    for column, value in columns.items():
        name, kind = SAID.get(column, (camel(column), ""))
        both = [was[column], spelled(value)]
        told[name] = [_told(column, kind, each) for each in both]
    return told


def _told(column: str, kind: str, value: Any) -> object:
    if kind:
        return value and numbering.friendly(kind, value)
    return json.loads(value) if column == "emails" else value


def change_row(catalog: Catalog, kind: str, was: Row, columns: Columns) -> None:
    """Change columns of a stored record; it is a new version then."""
    now = catalog.act.now
    values = columns | {"version": was["version"] + 1, "updated_at": now}
    table: Table = MODELS[kind].__table__
    changed = update(table).where(table.c.id == was["id"]).values(values)
    catalog.session.connection().execute(changed)
    catalog.changed(kind, was["id"])


def name_of(kind: str, row: Row) -> str:
    """Return what a message calls a record: `customer C-00001`."""
    return f"{word(kind)} {numbering.friendly(kind, row['id'])}"


def refuse_deleted(kind: str, row: Row) -> None:
    """Refuse what is to be done with a record that was deleted."""
    if row["deleted_at"] is not None:
        raise ConflictError(f"{name_of(kind, row)} was deleted")


def check_names(catalog: Catalog, kind: str, columns: Columns, was: Row | None = None) -> None:
    """Refuse a key, code or name that another record answers to, or that reads as an id.

    Raises:
        ConflictError: as said. What the record `was` called before, it may be called still.
    """
    for column in ("key", *([refs.NAMES[kind]] if kind in refs.NAMES else [])):
        value = columns.get(column)
        if value is None or (was is not None and was[column] == value):
            continue
        reads_as = _reads_as(catalog, kind, column, value)
        if reads_as and value.lower() not in _own_names(kind, was):
            message = f"{column} {value!r} reads as {reads_as}"
            raise ConflictError(message, hint="choose one of another form")
        own = set() if was is None else {was["id"]}
        for taken in refs.among(catalog.reader, kind, value) - own:
            other = catalog.row(kind, taken)
            note = ", which was deleted" if other["deleted_at"] else ""
            message = f"{column} {value!r} is taken by {name_of(kind, other)}{note}"
            raise ConflictError(message, hint="choose another")


def _reads_as(catalog: Catalog, kind: str, column: str, value: str) -> str | None:
    """Return what else a name would be taken for; a code or name only within its own kind."""
    if column == "key":
        return numbering.reads_as_reference(value, numbering.parse(catalog.act.pattern))
    friendly = numbering.read_friendly(value)
    if friendly is not None and friendly[0] == kind:
        return "a friendly id"
    return "a UUID" if numbering.is_uuid(value) else None


def _own_names(kind: str, was: Row | None) -> tuple[str, ...]:
    if was is None:
        return ()
    return (was["uuid"], numbering.friendly(kind, was["id"]).lower())


class Use(NamedTuple):
    """What may still need a record: a sentence about it, its kind, and the SQL that finds its id.

    The SQL may use the record's `:id` and `:code`; an invoice is found by its friendly id.
    """

    sentence: str
    kind: str
    sql: str


def first_use(reader: Reader, row: Row, uses: Iterable[Use]) -> str:
    """Return what still needs a record, '' where nothing does."""
    binds = {"id": row["id"], "code": row["code"] if "code" in row.keys() else None}  # noqa: SIM118
    for use in uses:
        found = reader.value(f"{use.sql} LIMIT 1", **binds)
        if found is not None:
            name = found if use.kind == "invoice" else numbering.friendly(use.kind, found)
            return use.sentence.format(name)
    return ""


def texts(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return charges as the history shows them: `40 x 150 Web Development`."""
    return [
        f"{spelled(row['quantity'])} x {spelled(row['unit_price'])} {row['description']}"
        for row in rows
    ]
