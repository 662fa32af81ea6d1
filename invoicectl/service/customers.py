"""Customers: who owes."""

from collections.abc import Mapping
from functools import partial

from invoicectl.service import rows
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import as_json, read_currency
from invoicectl.service.rows import Columns, Use
from invoicectl.store.db import Reader, Row

STATUSES = ("PROSPECT", "ACTIVE", "INACTIVE", "CHURNED")
ALIASES: Mapping[str, str] = {
    "phoneNumber": "phone", "phone_number": "phone", "emails": "email", "e-mail": "email",
    "tax_id": "taxId", "vatId": "taxId", "term": "paymentTerm", "payment_term": "paymentTerm",
    "paymentTerms": "paymentTerm", "payment_terms": "paymentTerm",
    "address.postal_code": "address.postalCode",
}  # fmt: skip
TEXTS = {"name": "name", "phone": "phone", "website": "website", "taxId": "tax_id"}
ADDRESS = {
    "line1": "line1", "line2": "line2", "city": "city", "region": "region",
    "postalCode": "postal_code", "country": "country",
}  # fmt: skip
DOTTED = {f"address.{name}": column for name, column in ADDRESS.items()}  # as a CSV has them

USES = (
    Use(
        "invoice {} is a draft or not settled yet",
        "invoice",
        "SELECT friendly_id FROM invoice WHERE customer_id = :id AND deleted_at IS NULL"
        " AND status IN ('DRAFT', 'AWAITING_PAYMENT', 'PARTIALLY_PAID')",
    ),
    Use(
        "payment {} is not applied yet",
        "payment",
        "SELECT id FROM payment WHERE customer_id = :id AND deleted_at IS NULL"
        " AND unapplied_minor <> 0",
    ),
    Use(
        "something remains of credit memo {}",
        "credit",
        "SELECT id FROM credit_memo WHERE customer_id = :id AND deleted_at IS NULL"
        " AND voided_on IS NULL AND remaining_minor <> 0",
    ),
    Use(
        "order {} is open",
        "order",
        "SELECT id FROM sales_order WHERE customer_id = :id AND deleted_at IS NULL"
        " AND status <> 'DELIVERED_PAID'",
    ),
)


def columns(catalog: Catalog, fields: Fields, was: Row | None) -> Columns:
    """Return the columns of the fields that were given."""
    found = rows.given(fields, TEXTS, fields.text)
    found |= _address(fields)
    found |= rows.given(fields, {"email": "emails"}, partial(_emails, fields))
    found |= rows.given(fields, {"currency": "currency"}, partial(read_currency, fields))
    status = fields.one_of("status", STATUSES)
    if status is not None:
        found["status"] = status
    rows.need(fields, found, was, {"name": "name"})
    found |= rows.given(fields, {"paymentTerm": "term_id"}, partial(_term, catalog, fields, was))
    return found


def _address(fields: Fields) -> Columns:
    found = rows.given(fields, DOTTED, fields.text)
    fields.known.add("address")
    if "address" not in fields.left:
        return found
    inner = fields.record("address", {"postal_code": "postalCode"})
    if inner is None:
        return found | dict.fromkeys(ADDRESS.values())
    found |= rows.given(inner, ADDRESS, inner.text)
    inner.finish()
    return found


def _emails(fields: Fields, name: str) -> str:
    """Return the addresses of a list, or of a text with `;` between them, as JSON."""
    from invoicectl.output import mail

    value = fields.take(name)
    texts = value if isinstance(value, list) else [value or ""]
    if not all(isinstance(each, str) for each in texts):
        raise fields.refuse(name, "is neither a text nor a list of texts")
    return as_json(list(mail.read_addresses(texts, field=fields.at(name))))


def _term(catalog: Catalog, fields: Fields, was: Row | None, name: str) -> int | None:
    term = catalog.read_term(fields, name)
    if term is None:
        return None
    if term.refused and (was is None or was["term_id"] != term.id):
        catalog.act.warn(f"payment term {term.name!r} {term.refused}: no invoice can have it")
    return term.id


def in_use(reader: Reader, row: Row) -> str:
    """Return what stands in the way of deleting a customer, '' where nothing does."""
    return rows.first_use(reader, row, USES)
