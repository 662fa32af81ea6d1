"""Tax codes and their rates."""

from collections.abc import Mapping
from decimal import Decimal

from invoicectl.errors import ConflictError
from invoicectl.service import rows
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.rows import Columns, Use
from invoicectl.store.db import Reader, Row

ALIASES: Mapping[str, str] = {"taxRate": "rate", "tax_rate": "rate"}
JOINT = "+"  # between the codes of a line: GST+QST

_HAS_THE_CODE = "instr('+' || {0}.tax || '+', '+' || :code || '+') > 0"
USES = (
    Use(
        "product {} has it",
        "product",
        "SELECT p.id FROM product AS p WHERE p.deleted_at IS NULL AND " + _HAS_THE_CODE.format("p"),
    ),
    Use(
        "a charge of order {} that is not billed yet has it",
        "order",
        "SELECT h.order_id FROM charge AS h JOIN sales_order AS o ON o.id = h.order_id"
        " WHERE o.deleted_at IS NULL AND h.invoice_id IS NULL AND " + _HAS_THE_CODE.format("h"),
    ),
    Use(
        "draft {} has it",
        "invoice",
        "SELECT i.friendly_id FROM line_tax AS t JOIN invoice AS i ON i.id = t.invoice_id"
        " WHERE t.tax_id = :id AND i.status = 'DRAFT' AND i.deleted_at IS NULL",
    ),
)


def columns(catalog: Catalog, fields: Fields, was: Row | None) -> Columns:
    """Return the columns of the fields that were given; a new tax is called by its code.

    Raises:
        ConflictError: the code would change while something is to be billed with it.
    """
    found = rows.given(fields, {"code": "code", "name": "name"}, fields.text)
    found |= rows.given(fields, {"rate": "rate"}, lambda _: _rate(fields))
    if was is None and found.get("name") is None:
        found["name"] = found.get("code")
    rows.need(fields, found, was, {"code": "code", "name": "name", "rate": "rate"})
    _check_code(fields, found)
    renamed = was is not None and found.get("code", was["code"]) != was["code"]
    if was is not None and renamed and (reason := in_use(catalog.reader, was)):
        raise ConflictError(f"the code of {rows.name_of('tax', was)} cannot change: {reason}")
    return found


def _check_code(fields: Fields, found: Columns) -> None:
    for sign in "+%,":
        if sign in (found.get("code") or ""):
            raise fields.refuse("code", f"has a {sign!r} in it", "codes are joined as GST+QST")


def _rate(fields: Fields) -> Decimal | None:
    typed = fields.left.get("rate")
    if isinstance(typed, str) and typed.strip().endswith("%"):
        raise fields.refuse("rate", f"is {typed.strip()!r}; a rate is a fraction", "13 % is 0.13")
    rate = fields.number("rate")
    if rate is not None and not -1 <= rate <= 1:
        raise fields.refuse("rate", f"is {rate}; a rate is a fraction", "13 % is 0.13")
    return rate


def in_use(reader: Reader, row: Row) -> str:
    """Return what stands in the way of deleting a tax, '' where nothing does."""
    return rows.first_use(reader, row, USES)
