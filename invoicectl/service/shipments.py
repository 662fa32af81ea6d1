"""Shipments: what was delivered of an order."""

from collections.abc import Mapping
from dataclasses import dataclass

from invoicectl.errors import ConflictError
from invoicectl.service import bodies, charges, ledger, rows
from invoicectl.service.catalog import Catalog
from invoicectl.service.charges import Scope
from invoicectl.service.intake import Fields
from invoicectl.service.rows import Columns, Use
from invoicectl.store.db import Reader, Row

ALIASES: Mapping[str, str] = {
    "delivered_on": "deliveredOn", "deliveryDate": "deliveredOn", "items": "charges",
}  # fmt: skip
# The first that is given counts: a key names an order in any books, an id in its own ones only, and
# a number (ORD-00012) the wrong one in others.
ORDER = ("order", "orderKey", "order_key", "orderId", "order_id")
SHOWN = ("customer", "poNumber", "currency", "status", "invoice", "invoiceId")

USES = (
    Use(
        "invoice {} bills it",
        "invoice",
        "SELECT friendly_id FROM invoice WHERE shipment_id = :id AND deleted_at IS NULL"
        " AND status <> 'VOIDED' UNION SELECT i.friendly_id FROM charge AS h"
        " JOIN invoice AS i ON i.id = h.invoice_id WHERE h.shipment_id = :id",
    ),
)


@dataclass
class Parts:
    """The charges that a shipment is to have (None: as they are), and those that come to them."""

    charges: list[Columns] | None
    added: list[Columns] | None


def columns(catalog: Catalog, fields: Fields, was: Row | None) -> Columns:
    """Return the columns of the fields that were given; the order is known, or is named here.

    Raises:
        ConflictError: the order was deleted, or is not the one that the shipment is of.
    """
    found = rows.given(fields, {"deliveredOn": "delivered_on"}, fields.day)
    named = _order(catalog, fields)
    fields.ignore(*SHOWN)
    if was is not None:
        if named.get("order_id", was["order_id"]) != was["order_id"]:
            raise ConflictError(f"{rows.name_of('shipment', was)} is of another order")
        return found
    rows.need(fields, named, None, {"order": "order_id"})
    rows.refuse_deleted("order", catalog.row("order", named["order_id"]))
    return found | named


def _order(catalog: Catalog, fields: Fields) -> Columns:
    names = sorted(ORDER, key=lambda name: bodies.is_a_number(fields.left.get(name)))
    given = next((name for name in names if fields.has(name)), None)
    order_id = catalog.named(fields, given, "order") if given is not None else None
    fields.ignore(*ORDER)
    return {"order_id": order_id} if order_id is not None else {}


def parts(catalog: Catalog, fields: Fields, found: Columns, was: Row | None) -> Parts:
    """Return the charges that were given."""
    order_id = was["order_id"] if was is not None else found["order_id"]
    return read_parts(catalog, fields, str(catalog.row("order", order_id)["currency"]))


def read_parts(catalog: Catalog, fields: Fields, currency: str) -> Parts:
    """Return the charges of a shipment whose order may not be stored yet."""
    return Parts(
        charges.read(catalog, fields, "charges", currency),
        charges.read(catalog, fields, "addCharges", currency),
    )


def keep(catalog: Catalog, record_id: int, given: Parts, *, is_new: bool) -> Mapping[str, object]:
    """Store the charges of a stored shipment; return what that changes, as its history says it."""
    order_id = int(catalog.row("shipment", record_id)["order_id"])
    said = keep_charges(catalog, Scope(order_id, record_id), given, is_new=is_new)
    ledger.follow_order(catalog.session, catalog.act, order_id)
    return said


def keep_charges(
    catalog: Catalog, scope: Scope, given: Parts, *, is_new: bool
) -> Mapping[str, object]:
    """Store the charges of an order or shipment; return what that changes."""
    if is_new:
        new = [*(given.charges or []), *(given.added or [])]
        charges.insert_new(catalog, scope, new)
        return {"charges": rows.texts(new)} if new else {}
    said = None
    if given.charges is not None:
        said = charges.replace(catalog, scope, given.charges)
    if given.added:
        said = charges.replace(catalog, scope, given.added, append=True)
    return {} if said is None else {"charges": said}


def in_use(reader: Reader, row: Row) -> str:
    """Return what stands in the way of deleting a shipment, '' where nothing does."""
    return rows.first_use(reader, row, USES)


def deleted(catalog: Catalog, row: Row) -> None:
    """Let the order's status follow a shipment that is no more."""
    ledger.follow_order(catalog.session, catalog.act, row["order_id"])
