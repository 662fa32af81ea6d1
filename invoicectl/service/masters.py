"""add, update and delete of what is looked up by name, and the upsert of imports; one row a kind.

Whatever a record is refused for is found out before anything is written, but for what a draft
that follows its order's charges has against them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from sqlmodel import Session

from invoicectl.errors import ConflictError, UsageError
from invoicectl.service import (
    customers,
    history,
    orders,
    products,
    rows,
    several,
    shipments,
    taxes,
    terms,
)
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.invoices import name_of
from invoicectl.service.rows import Columns
from invoicectl.store import records, refs
from invoicectl.store.db import Db, Reader, Row
from invoicectl.store.session import reader

Record = dict[str, Any]
Outcome = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True)
class Kind:
    """What is particular about a kind of record.

    `columns` reads the fields that were given, `in_use` says what stands in the way of deleting
    one. What a kind has besides its columns `parts` reads and `keep` stores; `deleted` does what
    else there is to do when one is deleted.
    """

    columns: Callable[[Catalog, Fields, Row | None], Columns]
    in_use: Callable[[Reader, Row], str]
    records: Callable[[Reader, Sequence[int]], list[Record]]
    aliases: Mapping[str, str]
    parts: Callable[[Catalog, Fields, Columns, Row | None], Any] | None = None
    keep: Callable[..., Mapping[str, object]] | None = None
    deleted: Callable[[Catalog, Row], None] | None = None


KINDS: Mapping[str, Kind] = {
    "customer": Kind(customers.columns, customers.in_use, records.customers, customers.ALIASES),
    "term": Kind(terms.columns, terms.in_use, records.terms, terms.ALIASES),
    "tax": Kind(taxes.columns, taxes.in_use, records.taxes, taxes.ALIASES),
    "product": Kind(products.columns, products.in_use, records.products, products.ALIASES),
    "order": Kind(
        orders.columns, orders.in_use, records.orders, orders.ALIASES,
        orders.parts, orders.keep, orders.deleted,
    ),
    "shipment": Kind(
        shipments.columns, shipments.in_use, records.shipments, shipments.ALIASES,
        shipments.parts, shipments.keep, shipments.deleted,
    ),
}  # fmt: skip


@dataclass
class Change:
    """What a record is to become: the row that it was, the columns given, and its parts."""

    kind: str
    was: Row | None
    columns: Columns
    parts: Any = None


def add(db: Db, act: Act, kind: str, body: Mapping[str, object], *, typed: bool = True) -> Record:
    """Add a record and return it.

    A tax, term or product that was deleted comes back when its code or name is added again.

    Raises:
        NotFoundError, ValidationError: a field is wrong, or names what is not there.
        ConflictError: its key, code or name is taken, or reads as another's.
    """
    with db.write(dry_run=act.dry_run) as session:
        catalog = Catalog(session, act)
        fields = Fields(body, aliases=KINDS[kind].aliases, typed=typed)
        change = _read(catalog, kind, fields, _deleted_namesake(catalog, kind, fields))
        if change.was is not None:
            change.columns = rows.anew(kind, change.columns)
        record_id, said = _write(catalog, change)
        history.note(session, act, kind, record_id, "add", **said)
        return _record(session, kind, record_id)


def add_each(
    db: Db, act: Act, kind: str, bodies: Sequence[Mapping[str, object]]
) -> dict[str, list[Mapping[str, Any]]]:
    """Add a record for each body, each in its own transaction; see `several.all_of`."""
    return several.all_of(
        db,
        (
            (name_of(body, at), partial(add, db, act, kind, body, typed=False))
            for at, body in enumerate(bodies, 1)
        ),
    )


def update(
    db: Db,
    act: Act,
    kind: str,
    ref: str,
    body: Mapping[str, object],
    *,
    if_version: int | None = None,
    typed: bool = True,
) -> Record:
    """Change the fields of a record that the body names, and return it; null clears a field.

    Where nothing changes it stays the version that it is.

    Raises:
        NotFoundError, ValidationError: a field is wrong, or names what is not there.
        ConflictError: it was deleted, it is not at `if_version`, a name is taken, or what would
            change is billed.
        UsageError: no field is named.
    """
    if not body:
        raise UsageError("nothing to change", hint=f"see 'invoicectl {kind} update --help'")
    with db.write(dry_run=act.dry_run) as session:
        catalog = Catalog(session, act)
        was = _find(catalog, kind, ref)
        _refuse_other_version(kind, was, if_version)
        fields = Fields(body, aliases=KINDS[kind].aliases, typed=typed)
        record_id, said = _write(catalog, _read(catalog, kind, fields, was))
        if said:
            history.note(session, act, kind, record_id, "update", **said)
        return _record(session, kind, record_id)


def delete(db: Db, act: Act, kind: str, ref: str) -> Record:
    """Delete a record and return it: no list has it any more, what names it keeps it.

    Raises:
        NotFoundError: there is none.
        ConflictError: it was deleted before, or something open needs it.
    """
    with db.write(dry_run=act.dry_run) as session:
        catalog = Catalog(session, act)
        row = _find(catalog, kind, ref)
        if reason := KINDS[kind].in_use(catalog.reader, row):
            raise ConflictError(f"cannot delete {rows.name_of(kind, row)}: {reason}")
        rows.change_row(catalog, kind, row, {"deleted_at": act.now})
        if (after := KINDS[kind].deleted) is not None:
            after(catalog, row)
        history.note(session, act, kind, row["id"], "delete")
        return _record(session, kind, row["id"])


def upsert(
    session: Session,  # noqa: ARG001 - the catalog's own
    act: Act,  # noqa: ARG001
    catalog: Catalog,
    kind: str,
    fields: Fields,
) -> tuple[Outcome, int]:
    """Store what an import says of a record; return what became of it and its internal id.

    It is found by its key, a tax, product or term by its code or name too. A record that says
    nothing new is not written, one that was deleted comes back. Make `fields` with the `aliases`
    of the kind.

    Raises:
        ValidationError: a field is wrong, or there is nothing to know the record by.
        ConflictError: as for `add` and `update`.
    """
    was = _known(catalog, kind, fields)
    record_id, said = _write(catalog, _read(catalog, kind, fields, was))
    if was is None:
        return "created", record_id
    return "updated" if said else "unchanged", record_id


def _read(catalog: Catalog, kind: str, fields: Fields, was: Row | None) -> Change:
    """Read all that a record says, and refuse what cannot be; nothing is written."""
    fields.ignore(*rows.SHOWN)
    columns = rows.given(fields, {"key": "key"}, fields.text)
    if was is not None and was["deleted_at"] is not None:
        columns["deleted_at"] = None
    columns |= KINDS[kind].columns(catalog, fields, was)
    change = Change(kind, was, columns)
    if (parts := KINDS[kind].parts) is not None:
        change.parts = parts(catalog, fields, columns, was)
    fields.finish()
    rows.check_names(catalog, kind, columns, was)
    return change


def _write(catalog: Catalog, change: Change) -> tuple[int, dict[str, object]]:
    """Store a change; return the record's internal id and what changed, as its history says it."""
    kind, was = change.kind, change.was
    keep = KINDS[kind].keep
    if was is None:
        record_id = rows.insert_row(catalog, kind, change.columns)
        return record_id, dict(keep(catalog, record_id, change.parts, is_new=True)) if keep else {}
    other = rows.differences(was, change.columns)
    said = rows.said(was, other)
    if other:
        rows.change_row(catalog, kind, was, other)
    if keep is not None and (parts := keep(catalog, was["id"], change.parts, is_new=False)):
        said |= parts
        if not other:
            rows.change_row(catalog, kind, was, {})
    return was["id"], said


def _find(catalog: Catalog, kind: str, ref: str) -> Row:
    row = catalog.row(kind, catalog.find(kind, ref))
    rows.refuse_deleted(kind, row)
    return row


def _refuse_other_version(kind: str, row: Row, wanted: int | None) -> None:
    if wanted not in {None, row["version"]}:
        raise ConflictError(
            f"{rows.name_of(kind, row)} is at version {row['version']}, not {wanted}",
            hint="somebody changed it; look at it again",
        )


def _known(catalog: Catalog, kind: str, fields: Fields) -> Row | None:
    """Return the stored record that an import means, None where it is new."""
    name = refs.NAMES.get(kind, "key")
    for column in ("key", "uuid"):
        if (known := _told_by(catalog, kind, fields, column)) is not None:
            return known
    known = _told_by(catalog, kind, fields, name)
    if known is not None and not (fields.left.get("key") and known["key"]):
        return known
    if not any(fields.left.get(each) for each in ("key", name)):
        raise fields.refuse("key", "is missing: it tells which record is meant")
    return None


def _deleted_namesake(catalog: Catalog, kind: str, fields: Fields) -> Row | None:
    """Return the deleted tax, term or product that has the code or name of one to be added."""
    name = refs.NAMES.get(kind)
    row = _told_by(catalog, kind, fields, name) if name else None
    return row if row is not None and row["deleted_at"] is not None else None


def _told_by(catalog: Catalog, kind: str, fields: Fields, column: str) -> Row | None:
    value = fields.left.get("id" if column == "uuid" else column)
    if not isinstance(value, str | int):
        return None
    any_case = "" if column == "key" else " COLLATE NOCASE"
    found = catalog.reader.value(
        f"SELECT id FROM {refs.TABLES[kind]} WHERE {column} = :value{any_case}",
        value=str(value).strip(),
    )
    return None if found is None else catalog.row(kind, found)


def _record(session: Session, kind: str, record_id: int) -> Record:
    return KINDS[kind].records(reader(session), [record_id])[0]
