"""Lines of an invoice before they are stored, from what was asked for and from charges."""

from dataclasses import dataclass, field
from typing import Any

from invoicectl.errors import ConflictError
from invoicectl.rules import money, totals
from invoicectl.service.catalog import Catalog, TaxCode
from invoicectl.service.intake import Fields, Table, clean_text, long_text, read_day
from invoicectl.store.db import Row

LINE_ALIASES = {
    "desc": "description", "qty": "quantity", "price": "unitPrice", "unit_price": "unitPrice",
    "product_id": "productId", "product": "productId", "item_uuid": "productId",
    "tax_id": "tax", "taxId": "tax", "taxes": "tax", "sku": "itemId", "item_id": "itemId",
    "accounting_code": "accountingCode",
    "item_warehouse": "warehouse", "item_uom": "unit", "item_order_quantity": "quantity",
    "pricing_snapshot_id": "pricingSnapshotId", "pricing_snapshot_uuid": "pricingSnapshotId",
    "charging_start_date": "chargingStartDate", "charging_end_date": "chargingEndDate",
    "alternate_charging_start_date": "alternateChargingStartDate",
    "alternate_charging_end_date": "alternateChargingEndDate",
}  # fmt: skip

# Every field that is one column, whatever the others say.
COLUMNS: Table = {
    "description": ("description", long_text),
    "quantity": ("quantity", money.number_from_json),
    "unit": ("unit", clean_text),
    "unitPrice": ("unit_price", money.number_from_json),
    "itemId": ("item_id", clean_text),
    "accountingCode": ("accounting_code", clean_text),
    "warehouse": ("warehouse", clean_text),
    "pricingSnapshotId": ("pricing_snapshot_id", clean_text),
    "chargingStartDate": ("charging_start", read_day),
    "chargingEndDate": ("charging_end", read_day),
    "alternateChargingStartDate": ("alternate_charging_start", read_day),
    "alternateChargingEndDate": ("alternate_charging_end", read_day),
}
BLANK = {column: None for column, _ in COLUMNS.values()} | {"product_id": None, "discount": None}
ONE = money.number_from_json(1)

NOTHING = totals.LineTotals(0, 0, 0, (), 0, 0)


@dataclass
class LineDraft:
    """A line's columns and taxes, the charge it bills, and its amounts once they are worked out."""

    columns: dict[str, Any]
    taxes: tuple[TaxCode, ...] = ()
    charge_id: int | None = None
    amounts: totals.LineTotals = field(default=NOTHING)

    def priced(self, currency: str) -> totals.Line:
        """Return the line as the totals take it."""
        discount = self.columns.get("discount")
        return totals.Line(
            self.columns["quantity"],
            self.columns["unit_price"],
            totals.read_discount(discount, currency) if discount else None,
            tuple([code.tax for code in self.taxes]) if self.taxes else (),
        )


def read_line(catalog: Catalog, fields: Fields, currency: str) -> LineDraft:
    """Read one line; what it leaves out is its product's.

    Raises:
        ValidationError: a field is missing, unknown or not acceptable; with its path.
    """
    columns: dict[str, Any] = {**BLANK, **fields.columns(COLUMNS)}
    product = _product(catalog, fields, columns["item_id"])
    if columns["quantity"] is None:
        columns["quantity"] = ONE
    columns["discount"] = _line_discount(fields, currency)
    usual = () if fields.has("tax") else _product_taxes(catalog, product)
    taxes = catalog.taxes(fields, "tax") or usual
    fields.finish()
    if product is not None:
        _fill_from(columns, product, currency)
    columns["description"] = columns["description"] or columns["item_id"]
    if columns["unit_price"] is None:
        raise fields.missing("unitPrice")
    if not columns["description"]:
        raise fields.missing("description")
    return LineDraft(columns, taxes)


def _product(catalog: Catalog, fields: Fields, item_id: str | None) -> Row | None:
    """Return the product that a line names, or whose code its item id is.

    Raises:
        ValidationError: the line names a product that was deleted.
    """
    product_id = catalog.named(fields, "productId", "product")
    if product_id is not None:
        product = catalog.row("product", product_id)
        if product["deleted_at"]:
            raise fields.refuse("productId", f"product {product['code']!r} was deleted")
        return product
    return catalog.product_of_code(item_id) if item_id else None


def _product_taxes(catalog: Catalog, product: Row | None) -> tuple[TaxCode, ...]:
    return catalog.tax_codes(product["tax"]) if product is not None else ()


def _fill_from(columns: dict[str, Any], product: Row, currency: str) -> None:
    """Take over from a product what a line leaves out; its price only in the line's currency."""
    columns["product_id"] = product["id"]
    price = product["unit_price"] if product["currency"] in {None, currency} else None
    usual = {
        "description": product["description"] or product["name"],
        "unit": product["unit"],
        "unit_price": money.number_from_json(price) if price else None,
        "item_id": product["code"],
        "accounting_code": product["accounting_code"],
        "warehouse": product["warehouse"],
    }
    columns |= {name: value for name, value in usual.items() if columns[name] in {None, ""}}


def _line_discount(fields: Fields, currency: str) -> str | None:
    if not fields.has("discount"):
        fields.ignore("discount")
        return None
    value = fields.left["discount"]
    if value is not None and not isinstance(value, str):
        number = fields.number("discount")
        text = None if number is None else money.plain(number)
    else:
        text = fields.text("discount")
    if text is None:
        return None
    try:
        totals.read_discount(text, currency)
    except ValueError as error:
        raise fields.refuse("discount", str(error)) from error
    return text


def charges_to_bill(catalog: Catalog, invoice: dict[str, Any]) -> list[LineDraft]:
    """Return lines for the charges that an invoice of a shipment or an order bills.

    A shipment's invoice bills its own charges; an order's those of the order and of its shipments,
    as far as they are not yet billed.

    Raises:
        ConflictError: the shipment has an invoice already.
    """
    shipment_id, order_id = invoice["shipment_id"], invoice["order_id"]
    if shipment_id is not None:
        refuse_invoiced(catalog, shipment_id)
    elif order_id is None:
        return []
    rows = catalog.reader.all(
        "SELECT * FROM charge WHERE order_id = :order_id AND invoice_id IS NULL"
        " AND (:shipment_id IS NULL OR shipment_id = :shipment_id)"
        " AND coalesce(shipment_id, 0) NOT IN"
        " (SELECT id FROM shipment WHERE deleted_at IS NOT NULL)"
        " ORDER BY shipment_id, position, id",
        order_id=order_id,
        shipment_id=shipment_id,
    )
    if shipment_id is None:
        invoice["shipment_id"] = _only_shipment(catalog, rows)
    return [line_of(catalog, row) for row in rows]


def refuse_invoiced(catalog: Catalog, shipment_id: int) -> None:
    """Refuse a shipment that has an invoice which is neither voided nor deleted."""
    name = catalog.reader.value(
        "SELECT friendly_id FROM invoice WHERE shipment_id = :id AND status <> 'VOIDED'"
        " AND deleted_at IS NULL UNION SELECT friendly_id FROM charge"
        " JOIN invoice ON invoice.id = charge.invoice_id WHERE charge.shipment_id = :id",
        id=shipment_id,
    )
    if name:
        raise ConflictError(
            f"the shipment has an invoice already: {name}", hint=f"see 'get {name}'"
        )


def _only_shipment(catalog: Catalog, rows: list[Row]) -> int | None:
    """Return the shipment that an order's invoice bills, where it is exactly one."""
    shipments = {row["shipment_id"] for row in rows}
    if len(shipments - {None}) != 1:
        return None
    (shipment_id,) = shipments - {None}
    taken = catalog.reader.value(
        "SELECT 1 FROM invoice WHERE shipment_id = :id AND status <> 'VOIDED'"
        " AND deleted_at IS NULL",
        id=shipment_id,
    )
    return None if taken else int(shipment_id)


def line_of(catalog: Catalog, charge: Row) -> LineDraft:
    """Return the line that bills a charge."""
    copied = (
        "description",
        "unit",
        "discount",
        "item_id",
        "product_id",
        "accounting_code",
        "warehouse",
    )
    columns = {name: charge[name] for name in copied}
    columns["quantity"] = money.number_from_json(charge["quantity"])
    columns["unit_price"] = money.number_from_json(charge["unit_price"])
    return LineDraft(columns, catalog.tax_codes(charge["tax"]), charge["id"])
