"""What invoices are made with: customers, and the company's terms, taxes and products."""

from decimal import Decimal

from sqlalchemy import Index

from invoicectl.store.tables.columns import (
    STRICT,
    RecordBase,
    flag_column,
    flags,
    id_column,
    key_column,
    link_to,
    needed_column,
    number_column,
    one_of,
    text_column,
    uuid_column,
)


class Term(RecordBase, table=True):
    """A payment term; `rule` is its canonical words, `2/10 net 30`."""

    __tablename__ = "term"
    __table_args__ = (*flags("ap_only", "do_not_use"), STRICT)
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    name: str = needed_column(unique=True)
    description: str | None = text_column()
    rule: str = needed_column()
    quick_pay_fee: Decimal | None = number_column()
    ap_only: int = flag_column()
    do_not_use: int = flag_column()


class Tax(RecordBase, table=True):
    """A tax code and its rate, a fraction: 0.13 is 13 %."""

    __tablename__ = "tax"
    __table_args__ = (STRICT,)
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    code: str = needed_column(unique=True)
    name: str = needed_column()
    rate: Decimal = number_column(nullable=False)


class Product(RecordBase, table=True):
    """What is sold again and again: the defaults of a line."""

    __tablename__ = "product"
    __table_args__ = (STRICT,)
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    code: str = needed_column(unique=True)
    name: str = needed_column()
    description: str | None = text_column()
    unit: str | None = text_column()
    unit_price: Decimal | None = number_column()
    currency: str | None = text_column()
    tax: str | None = text_column()
    accounting_code: str | None = text_column()
    warehouse: str | None = text_column()


class Customer(RecordBase, table=True):
    """Who owes. `emails` is a JSON list."""

    __tablename__ = "customer"
    __table_args__ = (
        one_of("status", "PROSPECT", "ACTIVE", "INACTIVE", "CHURNED"),
        Index("customer_name", "name"),
        STRICT,
    )
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    name: str = needed_column()
    status: str = text_column("ACTIVE")
    emails: str = text_column("[]")
    phone: str | None = text_column()
    website: str | None = text_column()
    tax_id: str | None = text_column()
    line1: str | None = text_column()
    line2: str | None = text_column()
    city: str | None = text_column()
    region: str | None = text_column()
    postal_code: str | None = text_column()
    country: str | None = text_column()
    currency: str | None = text_column()
    term_id: int | None = link_to("term", nullable=True)
