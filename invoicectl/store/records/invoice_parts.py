"""What belongs to an invoice: its lines, what settles it now, and the events of its life."""

from collections.abc import Sequence

from invoicectl.store.db import Reader
from invoicectl.store.records.shape import (
    Column,
    InOrder,
    Numbered,
    Record,
    Shape,
    grouped,
    money,
    number,
)

# Only an open invoice owes anything, a CHECK says so. `:today` is bound by who asks.
IS_LATE = "i.owed_minor <> 0 AND i.due_date < :today"
DAYS_LATE = f"iif({IS_LATE}, CAST(julianday(:today) - julianday(i.due_date) AS INTEGER), 0)"

# A movement stands while no other one reverses it.
STANDS = """m.reverses_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM movement AS undone WHERE undone.reverses_id = m.id)"""

LINE = Shape(
    (
        Column("id", "l.uuid"),
        Column("position", "l.position"),
        Column("itemId", "l.item_id"),
        Column("productId", "p.uuid"),
        Column("description", "l.description"),
        Column("quantity", "l.quantity", number),
        Column("unit", "l.unit"),
        Column("unitPrice", "l.unit_price", number),
        Column("discount", "l.discount_minor", money),
        Column("subtotal", "l.net_minor", money),
        Column("taxes", "l.id"),  # the line's own id, until its taxes take the place
        Column("tax", "l.tax_minor", money),
        Column("total", "l.total_minor", money),
        Column("accountingCode", "l.accounting_code"),
        Column("warehouse", "l.warehouse"),
        Column("pricingSnapshotId", "l.pricing_snapshot_id"),
        Column("chargingStartDate", "l.charging_start"),
        Column("chargingEndDate", "l.charging_end"),
        Column("alternateChargingStartDate", "l.alternate_charging_start"),
        Column("alternateChargingEndDate", "l.alternate_charging_end"),
        Column("version", "l.version"),
    )
)

TAX_OF_LINE = Shape(
    (
        Column("id", "x.uuid"),
        Column("code", "t.code"),
        Column("rate", "t.rate", number),
        Column("amount", "t.amount_minor", money),
    )
)

PAYMENT_OF_INVOICE = Shape(
    (
        Column("paymentGroupId", "p.uuid"),
        Column("amount", "-m.owed_minor", money),
        Column("paymentDate", "p.payment_date"),
        Column("reference", "p.reference"),
        Column("paymentMethodType", "p.method"),
        Column("appliedAt", "m.entry_date"),
        Column("id", "p.uuid"),
        Column("friendlyId", "p.id", Numbered("payment")),
    )
)

CREDIT_OF_INVOICE = Shape(
    (
        Column("creditMemoId", "c.uuid"),
        Column("creditMemoReference", "coalesce(c.reference, c.id)", Numbered("credit")),
        Column("amount", "-m.owed_minor", money),
        Column("appliedAt", "m.entry_date"),
        Column("friendlyId", "c.id", Numbered("credit")),
    )
)


def _currency(alias: str) -> str:
    return f"(SELECT i.currency FROM invoice AS i WHERE i.id = {alias}.invoice_id)"


def _taxes_on(of: str) -> InOrder:
    return {
        "of": f"{of}, {_currency('t')}",
        "source": f"""line_tax AS t LEFT JOIN tax AS x ON x.id = t.tax_id
            WHERE {of} IS NOT NULL AND t.invoice_id""",
        "order": "t.invoice_id, t.line_id, t.position",
    }


LINES: InOrder = {
    "of": f"l.invoice_id, {_currency('l')}",
    "source": """line AS l LEFT JOIN product AS p ON p.id = l.product_id
        WHERE l.invoice_id""",
    "order": "l.invoice_id, l.position",
}
TAXES_ON_LINES = _taxes_on("t.line_id")
TAXES_ON_SHIPPING = _taxes_on("CASE WHEN t.line_id IS NULL THEN t.invoice_id END")
PAYMENTS: InOrder = {
    "of": "m.invoice_id, m.currency",
    "source": f"""movement AS m JOIN payment AS p ON p.id = m.payment_id
        WHERE m.kind = 'payment' AND {STANDS} AND m.invoice_id""",
    "order": "m.entry_date, m.id",
}
CREDITS: InOrder = {
    "of": "m.invoice_id, m.currency",
    "source": f"""movement AS m JOIN credit_memo AS c ON c.id = m.credit_id
        WHERE m.kind = 'credit' AND {STANDS} AND m.invoice_id""",
    "order": "m.entry_date, m.id",
}


def lines(reader: Reader, ids: Sequence[int]) -> dict[int, list[Record]]:
    """Return the lines of invoices, by position, each with its taxes."""
    found = grouped(reader, LINE, ids=ids, **LINES)
    taxes = grouped(reader, TAX_OF_LINE, ids=ids, **TAXES_ON_LINES)
    for line in (line for rows in found.values() for line in rows):
        line["taxes"] = taxes.get(line["taxes"], [])
    return found


def shipping_taxes(reader: Reader, ids: Sequence[int]) -> dict[int, list[Record]]:
    """Return the taxes on the shipping of invoices."""
    return grouped(reader, TAX_OF_LINE, ids=ids, **TAXES_ON_SHIPPING)


def payments(reader: Reader, ids: Sequence[int]) -> dict[int, list[Record]]:
    """Return the applications of payments to invoices that stand now, by date."""
    return grouped(reader, PAYMENT_OF_INVOICE, ids=ids, **PAYMENTS)


def credits(  # noqa: A001 - the word for it
    reader: Reader, ids: Sequence[int]
) -> dict[int, list[Record]]:
    """Return the applications of credit memos to invoices that stand now, by date."""
    return grouped(reader, CREDIT_OF_INVOICE, ids=ids, **CREDITS)


EVENTS = Shape(
    (
        Column("outstanding", "i.owed_minor", money),
        Column("overdue", f"iif({IS_LATE}, i.owed_minor, 0)", money),
        Column(
            "lastPaymentDate",
            f"""(SELECT max(p.payment_date) FROM movement AS m JOIN payment AS p
                ON p.id = m.payment_id
                WHERE m.invoice_id = i.id AND m.kind = 'payment' AND {STANDS})""",
        ),
        Column("paymentApplied", "i.paid_minor", money),
        Column("creditApplied", "i.credited_minor", money),
        Column(
            "creditIssued",
            """(SELECT coalesce(sum(c.amount_minor), 0) FROM credit_memo AS c
                WHERE c.invoice_id = i.id AND c.voided_on IS NULL AND c.deleted_at IS NULL)""",
            money,
        ),
        Column(
            "lastReactivatedOn",  # brought back from the trash, or issued again
            """(SELECT max(day) FROM (
                SELECT substr(a.at, 1, 10) AS day FROM activity AS a
                WHERE a.kind = 'invoice' AND a.record_id = i.id AND a.action = 'restore'
                UNION ALL
                SELECT substr(m.created_at, 1, 10) FROM movement AS m
                WHERE m.invoice_id = i.id AND m.kind = 'issue' AND EXISTS (
                    SELECT 1 FROM movement AS u
                    WHERE u.invoice_id = i.id AND u.kind = 'unissue' AND u.id < m.id)) AS days)""",
        ),
        Column(
            "lastCancelledOn",
            """(SELECT max(m.entry_date) FROM movement AS m
                WHERE m.invoice_id = i.id AND m.kind = 'unissue')""",
        ),
        Column(
            "lastAmendedOn",
            """(SELECT max(substr(a.at, 1, 10)) FROM activity AS a
                WHERE a.kind = 'invoice' AND a.record_id = i.id AND a.action = 'update')""",
        ),
        Column("voidedOn", "i.voided_on"),
        Column("deletedOn", "substr(i.deleted_at, 1, 10)"),
    )
)
