"""The fields of an invoice: their names, which of them are a column each, and how they are read."""

import json
from decimal import Decimal

from invoicectl.rules import currencies, totals
from invoicectl.service.intake import Fields, Table, clean_text, long_text, read_day, word_of

# Other systems' names for the same fields, as they print them.
ALIASES = {
    "customer_id": "customer", "customerId": "customer", "customerKey": "customer",
    "account_id": "customer", "customerNumber": "customer",
    "order_id": "order", "orderId": "order", "orderKey": "order", "order_key": "order",
    "shipment_id": "shipment", "shipmentId": "shipment", "shipmentKey": "shipment",
    "id": "number", "invoiceNumber": "number", "invoice_number": "number",
    "invoice_note": "note", "notes": "note", "invoiceNote": "note",
    "issue_date": "invoiceDate", "issueDate": "invoiceDate", "invoice_date": "invoiceDate",
    "due_date": "dueDate", "payment_terms": "paymentTerm", "paymentTerms": "paymentTerm",
    "term": "paymentTerm", "payment_term": "paymentTerm",
    "discount_type": "discountType", "discount_value": "discountValue",
    "template_id": "templateId", "template": "templateId", "items": "lines",
    "custom_form": "templateId",
    "customer_purchase_order_id": "poNumber", "po_number": "poNumber",
    "price_tax_inclusive": "priceTaxInclusive", "taxInclusive": "priceTaxInclusive",
    "tax_rounding": "taxRounding", "shipping_tax": "shippingTax",
    "billing_start_date": "billingStartDate", "billing_end_date": "billingEndDate",
    "alternate_issue_date": "alternateIssueDate", "alternate_due_date": "alternateDueDate",
    "alternate_billing_start_date": "alternateBillingStartDate",
    "alternate_billing_end_date": "alternateBillingEndDate",
    "custom_attributes": "customAttributes", "custom_objects": "customObjects",
    "factor_name": "factorName", "factor_job_id": "factorJobId", "factor_status": "factorStatus",
    "qbo_id": "qboId",
}  # fmt: skip

TEXTS = {
    "key": "key", "reference": "reference", "poNumber": "po_number",
    "templateId": "template_id", "factorJobId": "factor_job_id",
    "factorStatus": "factor_status", "qboId": "qbo_id",
}  # fmt: skip
DAYS = {
    "billingStartDate": "billing_start", "billingEndDate": "billing_end",
    "alternateIssueDate": "alternate_issue_date", "alternateDueDate": "alternate_due_date",
    "alternateBillingStartDate": "alternate_billing_start",
    "alternateBillingEndDate": "alternate_billing_end",
}  # fmt: skip

# Every field that is one column, whatever the others say.
COLUMNS: Table = {
    **{name: (column, clean_text) for name, column in TEXTS.items()},
    **{name: (column, read_day) for name, column in DAYS.items()},
    "type": ("type", word_of(["INVOICE"])),
    "factorName": ("factor_name", word_of(["DENIM", "HAULPAY"])),
    "note": ("note", long_text),
}
BLANK = {column: None for column, _ in COLUMNS.values()}

CUSTOM = frozenset({"customAttributes", "customObjects"})
NO_CUSTOM = {"attributes": "[]", "objects": "[]"}


def read_currency(fields: Fields, name: str = "currency") -> str | None:
    """Return the ISO 4217 code of a field, None where it is empty."""
    given = fields.text(name)
    if given is None:
        return None
    try:
        return currencies.read(given)
    except ValueError as error:
        raise fields.refuse(name, str(error)) from error


def read_discount(fields: Fields, currency: str) -> totals.Discount | None:
    """Return the document discount: `discount` (10% or 25.00), or its type and value."""
    text = fields.text("discount")
    kind = fields.one_of("discountType", ["percentage", "fixed"])
    value = fields.number("discountValue")
    name = "discount" if text else "discountValue"
    if text and (kind or value is not None):
        raise fields.refuse("discount", "stands beside discountType and discountValue")
    if (kind is None) != (value is None):
        raise fields.refuse("discountType", "and discountValue go together")
    try:
        if text:
            return totals.read_discount(text, currency)
        if value is None or kind is None:
            return None
        discount = totals.Discount("fixed" if kind == "fixed" else "percentage", value)
        totals.check_discount(discount, currency)
    except ValueError as error:
        raise fields.refuse(name, str(error)) from error
    return discount


def read_custom(fields: Fields) -> dict[str, str]:
    """Return the columns of what a system has of its own in an invoice; empty lists if nothing."""
    if not CUSTOM & fields.left.keys():
        return NO_CUSTOM
    return {"attributes": read_attributes(fields), "objects": read_objects(fields)}


def read_attributes(fields: Fields) -> str:
    """Return the custom attributes of a record, `[{name, value}]`, as their column has them."""
    attributes: list[dict[str, object]] = []
    for each in fields.records("customAttributes") or []:
        value = each.data("value")
        attributes.append({"name": each.needed("name"), "value": value})
        each.finish()
    return as_json(attributes)


def read_objects(fields: Fields) -> str:
    """Return the custom objects of a record as their column has them."""
    objects = fields.data("customObjects") or []
    if not isinstance(objects, list):
        raise fields.refuse("customObjects", "is not a list")
    return as_json(objects)


def as_json(value: object) -> str:
    """Return a value as compact JSON text."""
    return _JSON.encode(value)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


_JSON = json.JSONEncoder(ensure_ascii=False, default=_plain)
