"""The record of an invoice: everything there is to know of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from invoicectl.rules.money import to_minor
from invoicectl.store.db import Reader
from invoicectl.store.records import invoice_parts
from invoicectl.store.records.shape import (
    ITS_CUSTOMER,
    Column,
    From,
    Numbered,
    Record,
    Shape,
    days,
    fetch,
    flag,
    in_order,
    money,
    number,
    parsed,
)


def discount(value: str, currency: str) -> Decimal:
    """Read `percentage 10` or `fixed 25.00`; only the latter is money."""
    kind, _, amount = value.partition(" ")
    if kind == "percentage":
        return Decimal(amount)
    return money(to_minor(Decimal(amount), currency), currency)


INVOICE = Shape(
    (
        Column("id", "i.uuid"),
        Column("friendlyId", "i.friendly_id"),
        Column("key", "i.key"),
        Column("orderId", "o.uuid"),
        Column("orderKey", "coalesce(o.key, o.id)", Numbered("order")),
        Column("shipmentId", "s.uuid"),
        Column("shipmentKey", "coalesce(s.key, s.id)", Numbered("shipment")),
        *ITS_CUSTOMER,
        Column("customer.status", "c.status"),
        Column("customer.phoneNumber", "c.phone"),
        Column("customer.website", "c.website"),
        Column("customer.createdAt", "c.created_at"),
        Column("customer.updatedAt", "c.updated_at"),
        Column("customer.deletedAt", "c.deleted_at"),
        Column("status", "i.status"),
        Column("invoiceDate", "i.invoice_date"),
        Column("dueDate", "i.due_date"),
        Column("amount", "i.total_minor", money),
        Column("currency", "i.currency"),
        Column("reference", "i.reference"),
        Column("amountPaid", "i.paid_minor", money),
        Column("amountOwed", "i.owed_minor", money),
        Column("creditsApplied", "i.credited_minor", money),
        Column("discountTaken", "i.discount_taken_minor", money),
        Column("paymentTerm.id", "t.uuid"),
        Column("paymentTerm.name", "coalesce(t.name, i.term_rule)"),
        Column("paymentTerm.description", "t.description"),
        Column("paymentTerm.days", "coalesce(i.term_rule, t.rule)", days),
        Column("paymentTerm.quickPayFee", "t.quick_pay_fee", number),
        Column("paymentTerm.apOnly", "t.ap_only", flag),
        Column("paymentTerm.doNotUse", "t.do_not_use", flag),
        Column("paymentTerm.createdAt", "t.created_at"),
        Column("paymentTerm.updatedAt", "t.updated_at"),
        Column("paymentTerm.deletedAt", "t.deleted_at"),
        Column("payments"),
        Column("credits"),
        Column("factorName", "i.factor_name"),
        Column("factorJobId", "i.factor_job_id"),
        Column("factorStatus", "i.factor_status"),
        Column("qboId", "i.qbo_id"),
        Column("documentId", "d.uuid"),
        Column("documentUrl", "d.url"),
        Column("documentSha256", "d.sha256"),
        Column("createdAt", "i.created_at"),
        Column("updatedAt", "i.updated_at"),
        Column("type", "i.type"),
        Column("subtotal", "i.subtotal_minor", money),
        Column("discountType", "i.discount_type"),
        Column("discountValue", "i.discount_type || ' ' || i.discount_value", discount),
        Column("discountAmount", "i.discount_minor", money),
        Column("tax", "i.tax_minor", money),
        Column("shipping", "i.shipping_minor", money),
        Column("shippingTaxes"),
        Column("total", "i.total_minor", money),
        Column("priceTaxInclusive", "i.tax_inclusive", flag),
        Column("taxRounding", "i.tax_rounding"),
        Column("poNumber", "i.po_number"),
        Column("note", "i.note"),
        Column("templateId", "i.template_id"),
        Column("billingStartDate", "i.billing_start"),
        Column("billingEndDate", "i.billing_end"),
        Column("alternateIssueDate", "i.alternate_issue_date"),
        Column("alternateDueDate", "i.alternate_due_date"),
        Column("alternateBillingStartDate", "i.alternate_billing_start"),
        Column("alternateBillingEndDate", "i.alternate_billing_end"),
        Column("overdue", f"iif({invoice_parts.IS_LATE}, 1, 0)", flag),
        Column("daysOverdue", invoice_parts.DAYS_LATE),
        Column("sentAt", "i.sent_at"),
        Column("shareToken", "i.share_token"),
        Column("version", "i.version"),
        Column("customAttributes", "i.attributes", parsed),
        Column("customObjects", "i.objects", parsed),
        Column("createdBy", "i.created_by"),
        Column("lastUpdatedBy", "i.updated_by"),
        Column("deletedAt", "i.deleted_at"),
        Column("lines"),
        Column("kpis"),
    ),
    may_lack=("paymentTerm",),
)

FROM: From = {
    "of": "i.id, i.currency",
    "source": """invoice AS i
        JOIN customer AS c ON c.id = i.customer_id
        LEFT JOIN sales_order AS o ON o.id = i.order_id
        LEFT JOIN shipment AS s ON s.id = i.shipment_id
        LEFT JOIN term AS t ON t.id = i.term_id
        LEFT JOIN document AS d ON d.invoice_id = i.id AND d.superseded = 0
        WHERE i.id""",
}

WITH_FIGURES = Shape(
    (
        *INVOICE.columns[:-1],
        *(each._replace(name=f"kpis.{each.name}") for each in invoice_parts.EVENTS.columns),
    ),
    may_lack=INVOICE.may_lack,
)

# What takes a statement of its own, and the amount without which there is none of it.
PARTS: Mapping[str, tuple[Callable[[Reader, Sequence[int]], Mapping[int, list[Record]]], str]] = {
    "payments": (invoice_parts.payments, "amountPaid"),
    "credits": (invoice_parts.credits, "creditsApplied"),
    "lines": (invoice_parts.lines, ""),
    "shippingTaxes": (invoice_parts.shipping_taxes, ""),
}


def invoices(
    reader: Reader, ids: Sequence[int], today: date, only: Collection[str] | None = None
) -> list[Record]:
    """Return invoices with their lines, payments, credits and key figures.

    Those are more to ask for: with `only`, the ones that it does not name stay empty
    (`payments credits lines shippingTaxes kpis`).
    """
    shape = WITH_FIGURES if only is None or "kpis" in only else INVOICE
    found = fetch(reader, shape, ids=ids, today=today.isoformat(), **FROM)
    for name, (part, amount) in PARTS.items():
        wanted = only is None or name in only
        owners = [id_ for id_, record in found.items() if wanted and (not amount or record[amount])]
        parts = part(reader, owners) if owners else {}
        for owner, record in found.items():
            record[name] = parts.get(owner, [])
    return in_order(found, ids)
