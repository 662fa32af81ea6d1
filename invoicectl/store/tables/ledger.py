"""Money and credit, and the one ledger of all that changed what is owed."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from invoicectl.store.tables.columns import (
    STRICT,
    RecordBase,
    TableBase,
    day_column,
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


class Payment(RecordBase, table=True):
    """Money received from a customer. `request` is the content behind its idempotency key."""

    __tablename__ = "payment"
    __table_args__ = (
        *within("amount_minor", least=1),
        CheckConstraint("unapplied_minor BETWEEN 0 AND amount_minor", name="applied_within"),
        Index("payment_by_date", "payment_date", "id"),
        Index("payment_of_customer", "customer_id", "currency"),
        partial_index(
            "payment_unapplied",
            *("customer_id", "currency", "unapplied_minor"),
            where="unapplied_minor <> 0",
        ),
        STRICT,
    )
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    customer_id: int = link_to("customer")
    currency: str = needed_column()
    amount_minor: int = minor_column()
    unapplied_minor: int = minor_column()
    payment_date: date = day_column(nullable=False)
    method: str | None = text_column()
    reference: str | None = text_column()
    request: str | None = text_column()
    created_by: str = needed_column()


class CreditMemo(RecordBase, table=True):
    """What is owed back. `invoice_id` is the invoice it was made from: then it is a credit note."""

    __tablename__ = "credit_memo"
    __table_args__ = (
        *within("amount_minor", least=1),
        CheckConstraint("remaining_minor BETWEEN 0 AND amount_minor", name="applied_within"),
        Index("credit_of_customer", "customer_id", "currency"),
        partial_index(
            "credit_remaining",
            *("customer_id", "currency", "remaining_minor"),
            where="remaining_minor <> 0",
        ),
        STRICT,
    )
    id: int | None = id_column()
    uuid: str = uuid_column()
    key: str | None = key_column()
    customer_id: int = link_to("customer")
    invoice_id: int | None = link_to("invoice", nullable=True, index=True)
    currency: str = needed_column()
    amount_minor: int = minor_column()
    tax_minor: int = minor_column()
    remaining_minor: int = minor_column()
    credit_date: date = day_column(nullable=False)
    reference: str | None = text_column()
    note: str | None = text_column()
    voided_on: date | None = day_column()
    seller_id: int | None = link_to("party", nullable=True)
    bill_to_id: int | None = link_to("party", nullable=True)
    request: str | None = text_column()
    created_by: str = needed_column()


class CreditLine(TableBase, table=True):
    """What a credit note takes back of a line; `taxes` is a JSON list of [code, name, rate, minor].

    Without a line it is shipping.
    """

    __tablename__ = "credit_line"
    __table_args__ = (Index("credit_line_of", "credit_id", "position", unique=True), STRICT)
    id: int | None = id_column()
    credit_id: int = link_to("credit_memo")
    line_id: int | None = link_to("line", nullable=True, index=True)
    position: int = Field(sa_type=Whole)
    description: str = needed_column()
    quantity: Decimal | None = number_column()
    net_minor: int = minor_column()
    tax_minor: int = minor_column()
    total_minor: int = minor_column()
    taxes: str = text_column("[]")


class Movement(TableBase, table=True):
    """The ledger: one dated change of what is owed or of what is unapplied. Only ever added to.

    `owed_minor` is the change of what the invoice owes; `unapplied_minor` the change of what the
    customer has to good (negative: more money is held). An application changes both by the same.
    `reverses_id` is the movement that this one undoes. An unissue keeps the dates that stood.
    """

    __tablename__ = "movement"
    __table_args__ = (
        one_of(
            "kind", "issue", "unissue", "void", "payment", "credit", "discount", "money", "memo"
        ),
        CheckConstraint("owed_minor = 0 OR invoice_id IS NOT NULL", name="owed_on_an_invoice"),
        Index("movement_by_date", "entry_date", "invoice_id", "owed_minor"),
        Index("movement_of_invoice", "invoice_id", "id"),
        partial_index(
            "movement_unapplied",
            *("entry_date", "customer_id", "currency", "unapplied_minor"),
            where="unapplied_minor <> 0",
        ),
        *(
            partial_index(
                f"movement_{column}",
                column,
                where=f"{column} IS NOT NULL",
                unique=column == "reverses_id",
            )
            for column in ("payment_id", "credit_id", "reverses_id", "invoice_date_before")
        ),
        STRICT,
    )
    id: int | None = id_column()
    entry_date: date = day_column(nullable=False)
    kind: str = needed_column()
    customer_id: int = link_to("customer")
    currency: str = needed_column()
    invoice_id: int | None = link_to("invoice", nullable=True)
    payment_id: int | None = link_to("payment", nullable=True)
    credit_id: int | None = link_to("credit_memo", nullable=True)
    owed_minor: int = minor_column()
    unapplied_minor: int = minor_column()
    reverses_id: int | None = link_to("movement", nullable=True)
    invoice_date_before: date | None = day_column()
    due_date_before: date | None = day_column()
    created_at: datetime = instant_column()
    created_by: str = needed_column()
