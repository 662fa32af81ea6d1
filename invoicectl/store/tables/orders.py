"""What was sold and delivered, and is to be billed."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index
from sqlmodel import Field

from invoicectl.store.tables.columns import (
    STRICT,
    RecordBase,
    TableBase,
    day_column,
    id_column,
    key_column,
    link_to,
    needed_column,
    number_column,
    one_of,
    text_column,
    uuid_column,
)
from invoicectl.store.types import Whole


class Order(RecordBase, table=True):
    """What was sold. Its status follows its shipments and invoices."""

    __tablename__ = "sales_order"
    __table_args__ = (
        one_of("status", "OPEN", "DELIVERED", "DELIVERED_UNPAID", "DELIVERED_PAID"),
        STRICT,
    )
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    customer_id: int = link_to("customer", index=True)
    po_number: str | None = text_column()
    currency: str = needed_column()
    order_date: date | None = day_column()
    status: str = text_column("OPEN")


class Shipment(RecordBase, table=True):
    """What was delivered of an order."""

    __tablename__ = "shipment"
    __table_args__ = (STRICT,)
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    order_id: int = link_to("sales_order", index=True)
    delivered_on: date | None = day_column()


class Charge(TableBase, table=True):
    """A billable line of an order or a shipment; `invoice_id` is the one invoice that bills it."""

    __tablename__ = "charge"
    __table_args__ = (Index("charge_of_order", "order_id", "position"), STRICT)
    id: int | None = id_column()
    uuid: str = uuid_column()
    order_id: int = link_to("sales_order")
    shipment_id: int | None = link_to("shipment", nullable=True, index=True)
    position: int = Field(sa_type=Whole)
    product_id: int | None = link_to("product", nullable=True)
    item_id: str | None = text_column()
    description: str = needed_column()
    quantity: Decimal = number_column(nullable=False)
    unit: str | None = text_column()
    unit_price: Decimal = number_column(nullable=False)
    discount: str | None = text_column()
    tax: str | None = text_column()
    accounting_code: str | None = text_column()
    warehouse: str | None = text_column()
    invoice_id: int | None = link_to("invoice", nullable=True, index=True)
