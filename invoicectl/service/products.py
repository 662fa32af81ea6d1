"""Products: what is sold again and again, the defaults of a line."""

from collections.abc import Mapping
from functools import partial

from invoicectl.service import rows
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import read_currency
from invoicectl.service.rows import Columns, Use
from invoicectl.service.taxes import JOINT
from invoicectl.store.db import Reader, Row

ALIASES: Mapping[str, str] = {
    "sku": "code", "desc": "description", "price": "unitPrice", "unit_price": "unitPrice",
    "accounting_code": "accountingCode", "taxId": "tax", "tax_id": "tax", "taxes": "tax",
}  # fmt: skip
TEXTS = {
    "code": "code", "name": "name", "unit": "unit",
    "accountingCode": "accounting_code", "warehouse": "warehouse",
}  # fmt: skip

USES = (
    Use(
        "a charge of order {} that is not billed yet is of it",
        "order",
        "SELECT h.order_id FROM charge AS h JOIN sales_order AS o ON o.id = h.order_id"
        " WHERE o.deleted_at IS NULL AND h.invoice_id IS NULL AND h.product_id = :id",
    ),
    Use(
        "draft {} bills it",
        "invoice",
        "SELECT i.friendly_id FROM line AS l JOIN invoice AS i ON i.id = l.invoice_id"
        " WHERE l.product_id = :id AND i.status = 'DRAFT' AND i.deleted_at IS NULL",
    ),
)


def columns(catalog: Catalog, fields: Fields, was: Row | None) -> Columns:
    """Return the columns of the fields that were given; a new product is called by its code."""
    found = rows.given(fields, TEXTS, fields.text)
    found |= rows.given(fields, {"description": "description"}, fields.long_text)
    found |= rows.given(fields, {"unitPrice": "unit_price"}, fields.number)
    found |= rows.given(fields, {"currency": "currency"}, partial(read_currency, fields))
    found |= rows.given(fields, {"tax": "tax"}, partial(_taxes, catalog, fields))
    if was is None and found.get("name") is None:
        found["name"] = found.get("code")
    rows.need(fields, found, was, {"code": "code", "name": "name"})
    return found


def _taxes(catalog: Catalog, fields: Fields, name: str) -> str | None:
    return JOINT.join(code.tax.code for code in catalog.taxes(fields, name)) or None


def in_use(reader: Reader, row: Row) -> str:
    """Return what stands in the way of deleting a product, '' where nothing does."""
    return rows.first_use(reader, row, USES)
