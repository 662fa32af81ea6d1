"""The records of customers, payment terms, taxes and products."""

from collections.abc import Sequence

from invoicectl.store.db import Reader
from invoicectl.store.records.shape import (
    Column,
    Record,
    Shape,
    days,
    fetch,
    flag,
    in_order,
    kept,
    named,
    number,
    parsed,
)

CUSTOMER = Shape(
    (
        *named("customer", "c"),
        Column("name", "c.name"),
        Column("status", "c.status"),
        Column("email", "c.emails", parsed),
        Column("phone", "c.phone"),
        Column("website", "c.website"),
        Column("taxId", "c.tax_id"),
        Column("address.line1", "c.line1"),
        Column("address.line2", "c.line2"),
        Column("address.city", "c.city"),
        Column("address.region", "c.region"),
        Column("address.postalCode", "c.postal_code"),
        Column("address.country", "c.country"),
        Column("currency", "c.currency"),
        Column("paymentTerm", "t.name"),
        *kept("c"),
    )
)


TERM = Shape(
    (
        *named("term", "t"),
        Column("name", "t.name"),
        Column("description", "t.description"),
        Column("rule", "t.rule"),
        Column("days", "t.rule", days),
        Column("quickPayFee", "t.quick_pay_fee", number),
        Column("apOnly", "t.ap_only", flag),
        Column("doNotUse", "t.do_not_use", flag),
        *kept("t"),
    )
)

TAX = Shape(
    (
        *named("tax", "x"),
        Column("code", "x.code"),
        Column("name", "x.name"),
        Column("rate", "x.rate", number),
        *kept("x"),
    )
)

PRODUCT = Shape(
    (
        *named("product", "p"),
        Column("code", "p.code"),
        Column("name", "p.name"),
        Column("description", "p.description"),
        Column("unit", "p.unit"),
        Column("unitPrice", "p.unit_price", number),
        Column("currency", "p.currency"),
        Column("tax", "p.tax"),
        Column("accountingCode", "p.accounting_code"),
        Column("warehouse", "p.warehouse"),
        *kept("p"),
    )
)


def customers(reader: Reader, ids: Sequence[int]) -> list[Record]:
    """Return customers; `paymentTerm` is the name of their usual term."""
    source = "customer AS c LEFT JOIN term AS t ON t.id = c.term_id WHERE c.id"
    found = fetch(reader, CUSTOMER, of="c.id, ''", source=source, ids=ids)
    return in_order(found, ids)


def terms(reader: Reader, ids: Sequence[int]) -> list[Record]:
    """Return payment terms; `rule` is their words, `days` None where those depend on the month."""
    found = fetch(reader, TERM, of="t.id, ''", source="term AS t WHERE t.id", ids=ids)
    return in_order(found, ids)


def taxes(reader: Reader, ids: Sequence[int]) -> list[Record]:
    """Return tax codes; a rate is a fraction."""
    found = fetch(reader, TAX, of="x.id, ''", source="tax AS x WHERE x.id", ids=ids)
    return in_order(found, ids)


def products(reader: Reader, ids: Sequence[int]) -> list[Record]:
    """Return products."""
    found = fetch(reader, PRODUCT, of="p.id, ''", source="product AS p WHERE p.id", ids=ids)
    return in_order(found, ids)
