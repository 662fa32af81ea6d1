"""Invoices with their lines and taxes, and who they are between."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from invoicectl.store.tables.columns import (
    STRICT,
    RecordBase,
    TableBase,
    day_column,
    flag_column,
    flags,
    id_column,
    instant_column,
    key_column,
    link_to,
    minor_column,
    needed_column,
    number_column,
    one_of,
    partial_index,
    text_column,
    uuid_column,
    within,
)
from invoicectl.store.types import Whole


class Party(TableBase, table=True):
    """A seller or a bill-to as it was when an invoice was issued. Rows are only ever added."""

    __tablename__ = "party"
    __table_args__ = (STRICT,)
    id: int | None = id_column()
    sha256: str = needed_column(unique=True)
    content: str = needed_column()


class Invoice(RecordBase, table=True):
    """The receivable. `friendly_id` is DRAFT-00001 until it has a number; then it is the number.

    `scale` brings minor units to ten-thousandths, so that amounts compare over currencies.
    The two `..._given` flags say that a date was asked for, and not worked out.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        one_of("status", "DRAFT", "AWAITING_PAYMENT", "PARTIALLY_PAID", "PAID", "VOIDED"),
        one_of("tax_rounding", "document", "line"),
        one_of("factor_name", "DENIM", "HAULPAY"),
        *flags("invoice_date_given", "due_date_given", "tax_inclusive"),
        *within("total_minor", "owed_minor", "paid_minor", "credited_minor", least=0),
        *within("subtotal_minor", "tax_minor", "shipping_minor", "discount_minor"),
        CheckConstraint(
            "status IN ('DRAFT', 'VOIDED') OR total_minor ="
            " paid_minor + credited_minor + discount_taken_minor + owed_minor",
            name="balance_adds_up",
        ),
        CheckConstraint(
            "(status IN ('AWAITING_PAYMENT', 'PARTIALLY_PAID')) = (owed_minor <> 0)",
            name="owed_when_open",
        ),
        Index("invoice_by_date", "invoice_date", "id"),
        Index("invoice_by_due_date", "due_date", "id"),
        Index("invoice_by_creation", "created_at", "id"),
        Index("invoice_by_amount", text("(total_minor * scale)"), "id"),
        Index("invoice_by_owed", text("(owed_minor * scale)"), "id"),
        Index("invoice_of_customer", "customer_id", "invoice_date", "id"),
        partial_index(
            "invoice_open",
            *("customer_id", "currency", "due_date", "invoice_date", "owed_minor", "factor_name"),
            where="owed_minor <> 0",
        ),
        partial_index(
            "invoice_open_by_date",
            *("invoice_date", "id", "due_date", "total_minor", "owed_minor", "scale", "status"),
            *("currency", "deleted_at"),
            where="owed_minor <> 0",
        ),
        partial_index(
            "invoice_draft_or_void",
            *("invoice_date", "id", "status"),
            where="status IN ('DRAFT', 'VOIDED')",
        ),
        partial_index("invoice_factored", "invoice_date", "id", where="factor_name IS NOT NULL"),
        partial_index("invoice_in_trash", "invoice_date", "id", where="deleted_at IS NOT NULL"),
        partial_index("invoice_by_reference", "reference", where="reference IS NOT NULL"),
        partial_index("invoice_by_po_number", "po_number", where="po_number IS NOT NULL"),
        partial_index("invoice_by_shipment", "shipment_id", where="shipment_id IS NOT NULL"),
        partial_index(
            "invoice_of_shipment",
            "shipment_id",
            where="status <> 'VOIDED' AND deleted_at IS NULL",
            unique=True,
        ),
        STRICT | {"sqlite_autoincrement": True},  # a purged invoice's id is never used again
    )
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    friendly_id: str = needed_column()  # unique in any case: an index of its own in sqlite.py
    draft_seq: int | None = Field(default=None, sa_type=Whole, unique=True)
    type: str = text_column("INVOICE")
    status: str = text_column("DRAFT")
    customer_id: int = link_to("customer")
    order_id: int | None = link_to("sales_order", nullable=True, index=True)
    shipment_id: int | None = link_to("shipment", nullable=True)
    currency: str = needed_column()
    scale: int = Field(sa_type=Whole)
    invoice_date: date = day_column(nullable=False)
    invoice_date_given: int = flag_column()
    due_date: date | None = day_column()
    due_date_given: int = flag_column()
    term_id: int | None = link_to("term", nullable=True)
    term_rule: str | None = text_column()
    subtotal_minor: int = minor_column()
    discount_type: str | None = text_column()
    discount_value: Decimal | None = number_column()
    discount_minor: int = minor_column()
    tax_minor: int = minor_column()
    shipping_minor: int = minor_column()
    shipping_tax: str | None = text_column()
    total_minor: int = minor_column()
    tax_inclusive: int = flag_column()
    tax_rounding: str = text_column("document")
    paid_minor: int = minor_column()
    credited_minor: int = minor_column()
    discount_taken_minor: int = minor_column()
    owed_minor: int = minor_column()
    reference: str | None = text_column()
    po_number: str | None = text_column()
    note: str | None = text_column()
    template_id: str | None = text_column()
    billing_start: date | None = day_column()
    billing_end: date | None = day_column()
    alternate_issue_date: date | None = day_column()
    alternate_due_date: date | None = day_column()
    alternate_billing_start: date | None = day_column()
    alternate_billing_end: date | None = day_column()
    factor_name: str | None = text_column()
    factor_job_id: str | None = text_column()
    factor_status: str | None = text_column()
    qbo_id: str | None = text_column()
    attributes: str = text_column("[]")
    objects: str = text_column("[]")
    share_token: str | None = text_column()
    issued_at: datetime | None = instant_column(nullable=True)
    sent_at: datetime | None = instant_column(nullable=True)
    voided_on: date | None = day_column()
    void_reason: str | None = text_column()
    seller_id: int | None = link_to("party", nullable=True)
    bill_to_id: int | None = link_to("party", nullable=True)
    request: str | None = text_column()
    created_by: str = needed_column()
    updated_by: str = needed_column()


class Line(TableBase, table=True):
    """A row of an invoice. `discount` is as given (`10%`, `25.00`); the amounts are worked out."""

    __tablename__ = "line"
    __table_args__ = (Index("line_of_invoice", "invoice_id", "position", unique=True), STRICT)
    id: int | None = id_column()
    uuid: str = needed_column()
    invoice_id: int = link_to("invoice")
    position: int = Field(sa_type=Whole)
    charge_id: int | None = link_to("charge", nullable=True)
    product_id: int | None = link_to("product", nullable=True)
    item_id: str | None = text_column()
    description: str = needed_column()
    quantity: Decimal = number_column(nullable=False)
    unit: str | None = text_column()
    unit_price: Decimal = number_column(nullable=False)
    discount: str | None = text_column()
    discount_minor: int = minor_column()
    net_minor: int = minor_column()
    document_discount_minor: int = minor_column()
    tax_minor: int = minor_column()
    total_minor: int = minor_column()
    accounting_code: str | None = text_column()
    warehouse: str | None = text_column()
    pricing_snapshot_id: str | None = text_column()
    charging_start: date | None = day_column()
    charging_end: date | None = day_column()
    alternate_charging_start: date | None = day_column()
    alternate_charging_end: date | None = day_column()
    version: int = Field(default=1, sa_type=Whole, nullable=False)


class LineTax(TableBase, table=True):
    """A tax on a line, its code and rate as they were; without a line it is shipping's."""

    __tablename__ = "line_tax"
    __table_args__ = (Index("line_tax_of_invoice", "invoice_id", "line_id", "position"), STRICT)
    id: int | None = id_column()
    invoice_id: int = link_to("invoice")
    line_id: int | None = link_to("line", nullable=True)
    position: int = Field(sa_type=Whole)
    tax_id: int | None = link_to("tax", nullable=True)
    code: str = needed_column()
    name: str = needed_column()
    rate: Decimal = number_column(nullable=False)
    amount_minor: int = minor_column()
