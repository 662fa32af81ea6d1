"""Charges: the billable lines of an order or a shipment, and the drafts that follow them."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Table, delete, insert, update

from invoicectl.errors import ConflictError
from invoicectl.rules.lifecycle import Status
from invoicectl.service import redrafting, rows, storing
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.lines import LINE_ALIASES, read_line
from invoicectl.service.rows import Columns
from invoicectl.service.taxes import JOINT
from invoicectl.store import ids
from invoicectl.store.db import Row
from invoicectl.store.session import reader
from invoicectl.store.tables import Charge, Invoice, Line

COPIED = (
    "product_id", "item_id", "description", "quantity", "unit", "unit_price", "discount",
    "accounting_code", "warehouse",
)  # fmt: skip
CONTENT = (*COPIED, "tax")
SHOWN = ("id", "position", "invoiceId")  # what a charge says of itself and nobody sets
OF_LINES = (
    "pricingSnapshotId", "chargingStartDate", "chargingEndDate",
    "alternateChargingStartDate", "alternateChargingEndDate",
)  # fmt: skip

CHARGES: Table = Charge.__table__  # type: ignore[attr-defined]
LINES: Table = Line.__table__  # type: ignore[attr-defined]


class Scope(NamedTuple):
    """Whose charges: a shipment's, or without one the order's own."""

    order_id: int
    shipment_id: int | None = None


def read(catalog: Catalog, fields: Fields, name: str, currency: str) -> list[Columns] | None:
    """Return the charges that a field lists, each checked as a line of an invoice is."""
    listed = fields.records(name, LINE_ALIASES)
    return None if listed is None else [_read_one(catalog, each, currency) for each in listed]


def _read_one(catalog: Catalog, fields: Fields, currency: str) -> Columns:
    fields.ignore(*SHOWN)
    for name in OF_LINES:
        if fields.has(name):
            raise fields.refuse(name, "is a field of an invoice's lines, not of charges")
    line = read_line(catalog, fields, currency)
    codes = JOINT.join(code.tax.code for code in line.taxes) or None
    return {name: line.columns[name] for name in COPIED} | {"tax": codes}


def insert_new(catalog: Catalog, scope: Scope, charges: Sequence[Columns]) -> None:
    """Store the charges of an order or shipment that is new itself."""
    new = [_row(catalog, scope, each, at) for at, each in enumerate(charges, 1)]
    storing.put(catalog.session, Charge, new)


def _row(catalog: Catalog, scope: Scope, charge: Columns, position: int) -> Columns:
    owner = {"order_id": scope.order_id, "shipment_id": scope.shipment_id, "invoice_id": None}
    return {**charge, **owner, "uuid": ids.new(catalog.act.now), "position": position}


def replace(
    catalog: Catalog, scope: Scope, wanted: Sequence[Columns], *, append: bool = False
) -> list[str] | None:
    """Put charges in the place of those there are, or with `append` after them; drafts follow.

    Charges that stay as they are keep their row and their invoice. The others are billed by the
    draft that billed what they replace, if there is one. Returns the charges as texts, None when
    nothing changes.

    Raises:
        ConflictError: a charge that an issued invoice bills would change or go, or a draft would
            be left without lines.
        ValidationError: a draft's total would be below 0.
    """
    old = _stored(catalog, scope)
    if append:
        wanted = [*({name: row[name] for name in CONTENT} for row in old), *wanted]
    kept = _matched(old, wanted)
    if [row and row["id"] for row in kept] == [row["id"] for row in old]:
        return None
    staying = {row["id"] for row in kept if row is not None}
    going = [row for row in old if row["id"] not in staying]
    _refuse_billed(going)
    drafts = _drafts(catalog, scope, going, old)
    _write(catalog, scope, wanted, kept, going, drafts[0] if drafts else None)
    gone = [row["id"] for row in going[len(kept) - len(staying) :]]  # the others were taken over
    left = [row for row in _stored(catalog, scope) if row["id"] not in gone]
    for draft_id in drafts:
        invoice = catalog.session.get(Invoice, draft_id)
        assert invoice is not None  # noqa: S101 - a foreign key says so
        now = [row for row in left if row["invoice_id"] == draft_id]
        before = {row["id"] for row in old}
        redrafting.follow(catalog, invoice, now, before=before, staying=staying)
    _remove(catalog, gone)
    return rows.texts(wanted)


def _stored(catalog: Catalog, scope: Scope) -> list[Row]:
    return reader(catalog.session).all(
        "SELECT h.*, i.status, i.friendly_id FROM charge AS h"
        " LEFT JOIN invoice AS i ON i.id = h.invoice_id"
        " WHERE h.order_id = :order_id AND h.shipment_id IS :shipment_id"
        " ORDER BY h.position, h.id",
        **scope._asdict(),
    )


def _matched(old: Sequence[Row], wanted: Sequence[Columns]) -> list[Row | None]:
    """Return for each wanted charge the stored one that is the same, billed ones first."""
    same: defaultdict[tuple[Any, ...], deque[Row]] = defaultdict(deque)
    for row in sorted(old, key=lambda row: (row["status"] is None, row["status"] == Status.DRAFT)):
        same[_content(row)].append(row)
    return [found.popleft() if (found := same[_content(each)]) else None for each in wanted]


def _content(charge: "Row | Mapping[str, Any]") -> tuple[Any, ...]:
    return tuple(rows.spelled(charge[name]) for name in CONTENT)


def _refuse_billed(going: Sequence[Row]) -> None:
    for row in going:
        if row["status"] not in {None, Status.DRAFT}:
            number = row["friendly_id"]
            raise ConflictError(
                f"charge {row['description']!r} is billed by invoice {number} and stays as it is",
                hint=f"give it unchanged, or credit it: invoicectl credit-note {number}",
            )


def _drafts(catalog: Catalog, scope: Scope, going: Sequence[Row], old: Sequence[Row]) -> list[int]:
    """Return the drafts that bill charges of the scope, the one that gets the new ones first.

    What is added to an order's own charges goes to the order's draft even if that bills none yet.
    """
    billing = [row["invoice_id"] for row in (*going, *old) if row["status"] == Status.DRAFT]
    if not billing and scope.shipment_id is None:
        billing = [
            row["id"]
            for row in catalog.reader.all(
                "SELECT id FROM invoice WHERE order_id = :order_id AND shipment_id IS NULL"
                " AND status = 'DRAFT' AND deleted_at IS NULL ORDER BY id LIMIT 1",
                order_id=scope.order_id,
            )
        ]
    return list(dict.fromkeys(billing))


def _write(
    catalog: Catalog,
    scope: Scope,
    wanted: Sequence[Columns],
    kept: Sequence[Row | None],
    going: Sequence[Row],
    draft_id: int | None,
) -> None:
    """Store the charges at their places; what changed takes over the rows of what goes."""
    connection = catalog.session.connection()
    free = deque(going)
    for position, (charge, row) in enumerate(zip(wanted, kept, strict=True), 1):
        if row is not None:
            values: Columns = {"position": position}
        else:
            row = free.popleft() if free else None  # noqa: PLW2901
            values = {**charge, "position": position, "invoice_id": draft_id}
        if row is None:
            connection.execute(insert(CHARGES), _row(catalog, scope, charge, position) | values)
        else:
            connection.execute(update(CHARGES).where(CHARGES.c.id == row["id"]).values(values))


def _remove(catalog: Catalog, gone: Sequence[int]) -> None:
    """Delete charges; lines of voided invoices and of drafts in the trash forget them."""
    if gone:
        connection = catalog.session.connection()
        connection.execute(update(LINES).where(LINES.c.charge_id.in_(gone)).values(charge_id=None))
        connection.execute(delete(CHARGES).where(CHARGES.c.id.in_(gone)))
