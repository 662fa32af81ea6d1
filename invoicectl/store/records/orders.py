"""The records of orders and shipments, with their charges."""

from collections.abc import Sequence

from invoicectl.store.db import Reader
from invoicectl.store.records.shape import (
    ITS_CUSTOMER,
    Column,
    Numbered,
    Record,
    Shape,
    fetch,
    grouped,
    in_order,
    kept,
    named,
    number,
)

CHARGE = Shape(
    (
        Column("id", "h.uuid"),
        Column("position", "h.position"),
        Column("itemId", "h.item_id"),
        Column("productId", "p.uuid"),
        Column("description", "h.description"),
        Column("quantity", "h.quantity", number),
        Column("unit", "h.unit"),
        Column("unitPrice", "h.unit_price", number),
        Column("discount", "h.discount"),
        Column("tax", "h.tax"),
        Column("accountingCode", "h.accounting_code"),
        Column("warehouse", "h.warehouse"),
        Column("invoiceId", "i.uuid"),
    )
)

ORDER = Shape(
    (
        *named("order", "o"),
        *ITS_CUSTOMER,
        Column("status", "o.status"),
        Column("poNumber", "o.po_number"),
        Column("currency", "o.currency"),
        Column("orderDate", "o.order_date"),
        Column("charges"),
        Column("shipments"),
        Column("invoices"),
        *kept("o"),
    )
)

# The invoice of a shipment is its own one, else the one of its order that bills its charges.
_ITS_INVOICE = """coalesce(
    (SELECT i.id FROM invoice AS i WHERE i.shipment_id = s.id
        AND i.status <> 'VOIDED' AND i.deleted_at IS NULL),
    (SELECT max(h.invoice_id) FROM charge AS h WHERE h.shipment_id = s.id))"""

_PART = (
    *named("shipment", "s"),
    Column(
        "status",
        f"CASE WHEN {_ITS_INVOICE} IS NOT NULL THEN 'INVOICED'"
        " WHEN s.delivered_on IS NOT NULL THEN 'DELIVERED' ELSE 'OPEN' END",
    ),
    Column("deliveredOn", "s.delivered_on"),
    Column("charges", "s.id"),  # the shipment's own id, until its charges take the place
    Column("invoiceId", f"(SELECT i.uuid FROM invoice AS i WHERE i.id = {_ITS_INVOICE})"),
    Column("invoice", f"(SELECT i.friendly_id FROM invoice AS i WHERE i.id = {_ITS_INVOICE})"),
)

SHIPMENT_OF_ORDER = Shape((*_PART, *kept("s")))

SHIPMENT = Shape(
    (
        *_PART,
        Column("orderId", "o.uuid"),
        Column("orderKey", "coalesce(o.key, o.id)", Numbered("order")),
        *ITS_CUSTOMER,
        Column("poNumber", "o.po_number"),
        Column("currency", "o.currency"),
        *kept("s"),
    )
)

INVOICE_OF_ORDER = Shape(
    (
        Column("id", "i.uuid"),
        Column("friendlyId", "i.friendly_id"),
        Column("status", "i.status"),
    )
)


def orders(reader: Reader, ids: Sequence[int]) -> list[Record]:
    """Return orders with their own charges, their shipments with theirs, and their invoices."""
    source = "sales_order AS o JOIN customer AS c ON c.id = o.customer_id WHERE o.id"
    found = fetch(reader, ORDER, of="o.id, o.currency", source=source, ids=ids)
    charges = _charges(reader, ids, of="h.order_id", where="h.shipment_id IS NULL AND")
    parts = grouped(
        reader,
        SHIPMENT_OF_ORDER,
        of="s.order_id, ''",
        source="shipment AS s WHERE s.deleted_at IS NULL AND s.order_id",
        ids=ids,
        order="s.id",
    )
    _with_charges(reader, [part for rows in parts.values() for part in rows])
    invoices = grouped(
        reader,
        INVOICE_OF_ORDER,
        of="i.order_id, ''",
        source="invoice AS i WHERE i.deleted_at IS NULL AND i.order_id",
        ids=ids,
        order="i.id",
    )
    for owner, record in found.items():
        record["charges"] = charges.get(owner, [])
        record["shipments"] = parts.get(owner, [])
        record["invoices"] = invoices.get(owner, [])
    return in_order(found, ids)


def shipments(reader: Reader, ids: Sequence[int]) -> list[Record]:
    """Return shipments with their charges and the one invoice that bills them."""
    source = """shipment AS s JOIN sales_order AS o ON o.id = s.order_id
        JOIN customer AS c ON c.id = o.customer_id WHERE s.id"""
    found = fetch(reader, SHIPMENT, of="s.id, o.currency", source=source, ids=ids)
    _with_charges(reader, list(found.values()))
    return in_order(found, ids)


def _with_charges(reader: Reader, shipments: Sequence[Record]) -> None:
    ids = [shipment["charges"] for shipment in shipments]
    charges = _charges(reader, ids, of="h.shipment_id")
    for owner, shipment in zip(ids, shipments, strict=True):
        shipment["charges"] = charges.get(owner, [])


def _charges(
    reader: Reader, ids: Sequence[int], *, of: str, where: str = ""
) -> dict[int, list[Record]]:
    source = f"""charge AS h LEFT JOIN product AS p ON p.id = h.product_id
        LEFT JOIN invoice AS i ON i.id = h.invoice_id WHERE {where} {of}"""
    return grouped(reader, CHARGE, of=f"{of}, ''", source=source, ids=ids, order="h.position, h.id")
