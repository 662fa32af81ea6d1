"""Shipments as billing sees them: what waits for an invoice, and which invoice bills one."""

from invoicectl.store.db import Reader, Row

# Neither voided nor in the trash, it bills the shipment or some of its charges.
ITS_INVOICE = """
SELECT id FROM invoice
WHERE shipment_id = :id AND status <> 'VOIDED' AND deleted_at IS NULL
UNION
SELECT invoice_id FROM charge WHERE shipment_id = :id AND invoice_id IS NOT NULL"""

WAITING = """
SELECT s.uuid FROM shipment AS s
JOIN sales_order AS o ON o.id = s.order_id
JOIN customer AS c ON c.id = o.customer_id
WHERE s.deleted_at IS NULL AND o.deleted_at IS NULL AND c.deleted_at IS NULL
    AND EXISTS (SELECT 1 FROM charge AS h WHERE h.shipment_id = s.id)
    AND NOT EXISTS (
        SELECT 1 FROM charge AS h WHERE h.shipment_id = s.id AND h.invoice_id IS NOT NULL)
    AND NOT EXISTS (
        SELECT 1 FROM invoice AS i
        WHERE i.shipment_id = s.id AND i.status <> 'VOIDED' AND i.deleted_at IS NULL)
ORDER BY s.id"""

_IS_UNSENT = "(i.sent_at IS NULL AND CAST(json_extract(a.detail, '$.send') AS INTEGER) = 1)"

# Made by batch-generate and standing; `unsent` when it was to be e-mailed and was not.
GENERATED = f"""
SELECT i.id, i.uuid, i.friendly_id, {_IS_UNSENT} AS unsent
FROM invoice AS i
JOIN activity AS a
    ON a.kind = 'invoice' AND a.record_id = i.id AND a.action = 'batch-generate'
LEFT JOIN document AS d ON d.invoice_id = i.id AND d.superseded = 0
WHERE i.status NOT IN ('DRAFT', 'VOIDED') AND i.deleted_at IS NULL"""
UNFINISHED = f"""
    AND ({_IS_UNSENT} OR d.id IS NULL
        OR d.url IS NULL AND CAST(json_extract(a.detail, '$.pdf') AS INTEGER) = 1)
ORDER BY i.id"""

_ITS_INVOICES = "invoice WHERE order_id = :id AND status <> 'VOIDED' AND deleted_at IS NULL"
_ITS_SHIPMENTS = "shipment WHERE order_id = :id AND deleted_at IS NULL"
OF_ORDER = f"""
SELECT EXISTS (SELECT 1 FROM {_ITS_INVOICES}) AS billed,
    EXISTS (SELECT 1 FROM {_ITS_INVOICES} AND status <> 'PAID') AS owed,
    EXISTS (SELECT 1 FROM charge WHERE order_id = :id AND invoice_id IS NULL
        AND (shipment_id IS NULL OR shipment_id IN (SELECT id FROM {_ITS_SHIPMENTS}))) AS unbilled,
    EXISTS (SELECT 1 FROM {_ITS_SHIPMENTS} AND delivered_on IS NOT NULL) AS delivered"""


def waiting(reader: Reader) -> list[str]:
    """Return the uuids of the shipments that have charges and no invoice, oldest first."""
    return [row["uuid"] for row in reader.all(WAITING)]


def unfinished(reader: Reader) -> list[Row]:
    """Return the invoices that batch-generate made and did not finish; see `generated`."""
    return reader.all(GENERATED + UNFINISHED)


def generated(reader: Reader, shipment_id: int) -> Row | None:
    """Return the invoice of a shipment if batch-generate made it.

    It has id, uuid, friendly_id and unsent: it was to be e-mailed and was not.
    """
    return reader.one(f"{GENERATED} AND i.id IN ({ITS_INVOICE})", id=shipment_id)


def named(reader: Reader, shipment_id: int) -> Row:
    """Return the uuid and key of a shipment."""
    row = reader.one("SELECT uuid, key FROM shipment WHERE id = :id", id=shipment_id)
    assert row is not None  # noqa: S101 - asked for by its id
    return row


def of_order(reader: Reader, order_id: int) -> dict[str, bool]:
    """Return how an order stands, by what is neither voided nor deleted.

    `billed`: it has an invoice; `owed`: one that is not paid; `unbilled`: a charge without one;
    `delivered`: a shipment that was.
    """
    row = reader.one(OF_ORDER, id=order_id)
    assert row is not None  # noqa: S101 - it selects from nothing
    return {name: bool(row[name]) for name in ("billed", "owed", "unbilled", "delivered")}
