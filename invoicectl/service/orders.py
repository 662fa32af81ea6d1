"""Orders: what was sold, with its own charges and its shipments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from invoicectl.errors import ConflictError
from invoicectl.rules import lifecycle, totals
from invoicectl.service import ledger, rows, shipments
from invoicectl.service.catalog import Catalog
from invoicectl.service.charges import Scope
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import read_currency
from invoicectl.service.rows import Columns, Use
from invoicectl.store.db import Reader, Row

ALIASES: Mapping[str, str] = {
    "customerId": "customer", "customer_id": "customer", "customerKey": "customer",
    "po_number": "poNumber", "customer_purchase_order_id": "poNumber",
    "order_date": "orderDate", "date": "orderDate", "items": "charges",
}  # fmt: skip
SHOWN = ("status", "invoices")

USES = (
    Use(
        "invoice {} bills it",
        "invoice",
        "SELECT friendly_id FROM invoice WHERE order_id = :id AND deleted_at IS NULL"
        " AND status <> 'VOIDED' UNION SELECT i.friendly_id FROM charge AS h"
        " JOIN invoice AS i ON i.id = h.invoice_id WHERE h.order_id = :id",
    ),
)


@dataclass
class ShipmentPart:
    """A shipment that stands in its order's record; one that is stored already `was` something."""

    was: Row | None
    columns: Columns
    parts: shipments.Parts


@dataclass
class Parts:
    """What is in an order besides its columns."""

    own: shipments.Parts
    shipments: list[ShipmentPart] = field(default_factory=list)


def columns(catalog: Catalog, fields: Fields, was: Row | None) -> Columns:
    """Return the columns of the fields that were given.

    A new order is of today and in the customer's currency unless it says otherwise.

    Raises:
        ConflictError: the customer was deleted; or customer or currency would change while an
            invoice bills the order.
    """
    found = rows.given(fields, {"customer": "customer_id"}, partial(_customer, catalog, fields))
    found |= rows.given(fields, {"poNumber": "po_number"}, fields.text)
    said = {"currency": read_currency(fields), "order_date": fields.day("orderDate")}
    found |= {name: value for name, value in said.items() if value is not None}
    fields.ignore(*SHOWN)
    rows.need(fields, found, was, {"customer": "customer_id"})
    if was is None:
        usual = catalog.row("customer", found["customer_id"])["currency"] or catalog.act.currency
        return {"currency": usual, "order_date": catalog.act.today} | found
    _refuse_other_parties(catalog, fields, found, was)
    return found


def _customer(catalog: Catalog, fields: Fields, name: str) -> int | None:
    given = fields.left.get(name)
    if isinstance(given, Mapping):  # as orders show it
        fields.left[name] = given.get("id")
    customer_id = catalog.named(fields, name, "customer")
    if customer_id is not None:
        rows.refuse_deleted("customer", catalog.row("customer", customer_id))
    return customer_id


def _refuse_other_parties(catalog: Catalog, fields: Fields, found: Columns, was: Row) -> None:
    names = {"customer_id": "customer", "currency": "currency"}
    other = [names[name] for name in rows.differences(was, found) if name in names]
    if other and (reason := in_use(catalog.reader, was)):
        raise ConflictError(f"the {other[0]} of {rows.name_of('order', was)} stays: {reason}")
    if "currency" in other:
        _check_discounts(catalog, fields, was, found["currency"])


def _check_discounts(catalog: Catalog, fields: Fields, was: Row, currency: str) -> None:
    """Refuse a currency in which the discount of a charge is no amount."""
    stored = "SELECT discount FROM charge WHERE order_id = :id AND discount IS NOT NULL"
    for row in catalog.reader.all(stored, id=was["id"]):
        try:
            totals.read_discount(row["discount"], currency)
        except ValueError as error:
            raise fields.refuse(
                "currency", f"does not fit a charge: its discount {error}"
            ) from error


def parts(catalog: Catalog, fields: Fields, found: Columns, was: Row | None) -> Parts:
    """Return the charges and shipments that were given; a new order gets its status by them."""
    currency = found.get("currency") or str(was and was["currency"])
    own = shipments.read_parts(catalog, fields, currency)
    listed = fields.records("shipments", shipments.ALIASES) or []
    stored = _without_key(catalog, was)
    given = Parts(own, [_shipment(catalog, each, currency, was, stored) for each in listed])
    _refuse_twice(fields, given)
    if was is None:
        delivered = any(part.columns.get("delivered_on") for part in given.shipments)
        status = lifecycle.order_status(has_live_invoice=False, all_paid=False, delivered=delivered)
        found["status"] = status.value
    return given


def _without_key(catalog: Catalog, was: Row | None) -> Iterator[Row]:
    """Return the stored shipments of an order that only their place tells apart."""
    unnamed = "SELECT * FROM shipment WHERE order_id = :id AND key IS NULL AND deleted_at IS NULL"
    return iter(catalog.reader.all(f"{unnamed} ORDER BY id", id=was["id"]) if was else [])


def _shipment(
    catalog: Catalog, fields: Fields, currency: str, was: Row | None, stored: Iterator[Row]
) -> ShipmentPart:
    fields.ignore(*rows.SHOWN, *shipments.SHOWN, *shipments.ORDER)
    key = fields.text("key")
    found = rows.given(fields, {"deliveredOn": "delivered_on"}, fields.day)
    before = _of_key(catalog, key, was) if key else next(stored, None)
    if before is None:
        found["key"] = key or None
        rows.check_names(catalog, "shipment", found)
    elif before["deleted_at"] is not None:
        found["deleted_at"] = None
    part = ShipmentPart(before, found, shipments.read_parts(catalog, fields, currency))
    fields.finish()
    return part


def _of_key(catalog: Catalog, key: str, was: Row | None) -> Row | None:
    found = catalog.reader.value("SELECT id FROM shipment WHERE key = :key", key=key)
    if found is None:
        return None
    row = catalog.row("shipment", found)
    if was is None or row["order_id"] != was["id"]:
        raise ConflictError(f"shipment {key!r} is of another order")
    return row


def _refuse_twice(fields: Fields, given: Parts) -> None:
    keys = [part.was["key"] if part.was else part.columns["key"] for part in given.shipments]
    for key in keys:
        if key is not None and keys.count(key) > 1:
            raise fields.refuse("shipments", f"has the key {key!r} twice")


def keep(catalog: Catalog, record_id: int, given: Parts, *, is_new: bool) -> Mapping[str, object]:
    """Store the charges and shipments of a stored order; return what that changes."""
    said = dict(shipments.keep_charges(catalog, Scope(record_id), given.own, is_new=is_new))
    changed = [part for part in given.shipments if _keep_shipment(catalog, record_id, part)]
    if changed and not is_new:
        said["shipments"] = len(changed)
    if said and not is_new:
        ledger.follow_order(catalog.session, catalog.act, record_id)
    return said


def _keep_shipment(catalog: Catalog, order_id: int, part: ShipmentPart) -> bool:
    if part.was is None:
        shipment_id = rows.insert_row(catalog, "shipment", part.columns | {"order_id": order_id})
        shipments.keep_charges(catalog, Scope(order_id, shipment_id), part.parts, is_new=True)
        return True
    scope = Scope(order_id, part.was["id"])
    said = shipments.keep_charges(catalog, scope, part.parts, is_new=False)
    other = rows.differences(part.was, part.columns)
    if said or other:
        rows.change_row(catalog, "shipment", part.was, other)
    return bool(said or other)


def in_use(reader: Reader, row: Row) -> str:
    """Return what stands in the way of deleting an order, '' where nothing does."""
    return rows.first_use(reader, row, USES)


def deleted(catalog: Catalog, row: Row) -> None:
    """Delete the shipments of an order that is no more."""
    standing = "SELECT * FROM shipment WHERE order_id = :id AND deleted_at IS NULL"
    for shipment in catalog.reader.all(standing, id=row["id"]):
        rows.change_row(catalog, "shipment", shipment, {"deleted_at": catalog.act.now})
