"""Records as they leave the program: SQL in, plain dicts out, all of a kind's fields in each.

Every function takes internal ids and answers in their order, with a number of statements that
does not grow with the ids. Amounts are Decimals with exactly their currency's decimals, days and
instants ISO text, and what is not known is None.
"""

from invoicectl.store.records.activity import activity
from invoicectl.store.records.fields import columns, fields
from invoicectl.store.records.invoices import invoices
from invoicectl.store.records.masters import customers, products, taxes, terms
from invoicectl.store.records.orders import orders, shipments
from invoicectl.store.records.settlements import credits, payments  # noqa: A004 - the word for it

__all__ = [
    "activity",
    "columns",
    "credits",
    "customers",
    "fields",
    "invoices",
    "orders",
    "payments",
    "products",
    "shipments",
    "taxes",
    "terms",
]
