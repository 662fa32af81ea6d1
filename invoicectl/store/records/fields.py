"""The names of the fields of every kind of record, as flat files and `--fields` know them."""

from collections.abc import Mapping

from invoicectl.store.records.activity import ACTIVITY
from invoicectl.store.records.invoice_parts import EVENTS
from invoicectl.store.records.invoices import INVOICE
from invoicectl.store.records.masters import CUSTOMER, PRODUCT, TAX, TERM
from invoicectl.store.records.orders import ORDER, SHIPMENT
from invoicectl.store.records.settlements import CREDIT, PAYMENT
from invoicectl.store.records.shape import Shape

SHAPES: Mapping[str, Shape] = {
    "invoice": INVOICE,
    "customer": CUSTOMER,
    "order": ORDER,
    "shipment": SHIPMENT,
    "term": TERM,
    "tax": TAX,
    "product": PRODUCT,
    "payment": PAYMENT,
    "credit": CREDIT,
    "activity": ACTIVITY,
}

# What holds records of its own.
LISTS = frozenset({
    "payments", "credits", "lines", "shippingTaxes", "customAttributes", "customObjects",
    "applications", "charges", "shipments", "invoices",
})  # fmt: skip


def columns(kind: str) -> list[str]:
    """Return the dotted names that fit into a row, such as `customer.name`, in their order."""
    inside = {"kpis": [f"kpis.{name}" for name in EVENTS.names]}
    names = [name for name in SHAPES[kind].names if name not in LISTS]
    return [part for name in names for part in inside.get(name, [name])]


def fields(kind: str) -> list[str]:
    """Return all dotted names, those of lists too."""
    return columns(kind) + [name for name in SHAPES[kind].names if name in LISTS]
