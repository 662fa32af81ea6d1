"""Every table there is, as SQLModel sees it; on one page, so that the whole of it can be read.

Three ideas carry it:

* `movement` is the one ledger. Whatever changes what is owed, or how much money and credit of a
  customer is not yet applied, is a dated row of it, and rows are only ever added: undoing adds
  the reverse. What was true on any day is what is true now less the movements dated after it.
* The balances on `invoice`, `payment` and `credit_memo` are caches of sums over `movement`.
* `activity` is the history, chained by hashes; rows are only ever added there too.

Every record carries a seal over all that it says (see `seals.py`), made anew with each change.

`id` is the number in the friendly id (C-00001 is customer 1) but for invoices and credit memos;
`uuid` is what JSON calls `id`. Columns ending in `_minor` are minor units of the row's currency.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from invoicectl.store.types import Day, Instant, Minor, Number, Whole

MOST_MINOR = 10**17  # an int64 sum still holds ninety of them


def _id() -> Any:
    return Field(default=None, primary_key=True, sa_type=Whole)


def _uuid() -> Any:
    return Field(sa_type=Text, unique=True)


def _key() -> Any:
    return Field(default=None, sa_type=Text, unique=True)


def _text(default: str | None = None) -> Any:
    return Field(default=default, sa_type=Text, nullable=default is None)


def _needed(**options: Any) -> Any:
    return Field(sa_type=Text, nullable=False, **options)


def _minor() -> Any:
    return Field(default=0, sa_type=Minor, nullable=False)


def _flag(*, default: bool = False) -> Any:
    return Field(default=int(default), sa_type=Whole, nullable=False)


def _day(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_type=Day, nullable=nullable)


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=Instant, nullable=nullable)


def _number(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_type=Number, nullable=nullable)


def _to(target: str, *, nullable: bool = False, index: bool = False) -> Any:
    return Field(
        default=None, foreign_key=f"{target}.id", sa_type=Whole, nullable=nullable, index=index
    )


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _within(*columns: str, least: int = -MOST_MINOR) -> tuple[CheckConstraint, ...]:
    return tuple(
        CheckConstraint(f"{column} BETWEEN {least} AND {MOST_MINOR}", name=f"{column}_in_range")
        for column in columns
    )


def _flags(*columns: str) -> tuple[CheckConstraint, ...]:
    return tuple(
        CheckConstraint(f"{column} IN (0, 1)", name=f"{column}_flag") for column in columns
    )


STRICT = {"sqlite_strict": True}


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows for which a condition holds.

    SQLite is told here; another database finds the condition in `info`. To name that one too
    would load all that is known of it with every change, which is a twentieth of the change.
    """
    return Index(name, *columns, unique=unique, sqlite_where=text(where), info={"where": where})


class _Table(SQLModel):
    """What all tables have in common: no validators are built, as these never validate."""

    model_config = {"defer_build": True}


class _Kept(_Table):
    """What every record that has a name of its own carries."""

    created_at: datetime = _instant()
    updated_at: datetime = _instant()
    deleted_at: datetime | None = _instant(nullable=True)
    version: int = Field(default=1, sa_type=Whole, nullable=False)
    seal: str | None = _text()


class Term(_Kept, table=True):
    """A payment term; `rule` is its canonical words, `2/10 net 30`."""

    __tablename__ = "term"
    __table_args__ = (*_flags("ap_only", "do_not_use"), STRICT)
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    name: str = _needed(unique=True)
    description: str | None = _text()
    rule: str = _needed()
    quick_pay_fee: Decimal | None = _number()
    ap_only: int = _flag()
    do_not_use: int = _flag()


class Tax(_Kept, table=True):
    """A tax code and its rate, a fraction: 0.13 is 13 %."""

    __tablename__ = "tax"
    __table_args__ = (STRICT,)
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    code: str = _needed(unique=True)
    name: str = _needed()
    rate: Decimal = _number(nullable=False)


class Product(_Kept, table=True):
    """What is sold again and again: the defaults of a line."""

    __tablename__ = "product"
    __table_args__ = (STRICT,)
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    code: str = _needed(unique=True)
    name: str = _needed()
    description: str | None = _text()
    unit: str | None = _text()
    unit_price: Decimal | None = _number()
    currency: str | None = _text()
    tax: str | None = _text()
    accounting_code: str | None = _text()
    warehouse: str | None = _text()


class Customer(_Kept, table=True):
    """Who owes. `emails` is a JSON list."""

    __tablename__ = "customer"
    __table_args__ = (
        _one_of("status", "PROSPECT", "ACTIVE", "INACTIVE", "CHURNED"),
        Index("customer_name", "name"),
        STRICT,
    )
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    name: str = _needed()
    status: str = _text("ACTIVE")
    emails: str = _text("[]")
    phone: str | None = _text()
    website: str | None = _text()
    tax_id: str | None = _text()
    line1: str | None = _text()
    line2: str | None = _text()
    city: str | None = _text()
    region: str | None = _text()
    postal_code: str | None = _text()
    country: str | None = _text()
    currency: str | None = _text()
    term_id: int | None = _to("term", nullable=True)


class Order(_Kept, table=True):
    """What was sold. Its status follows its shipments and invoices."""

    __tablename__ = "sales_order"
    __table_args__ = (
        _one_of("status", "OPEN", "DELIVERED", "DELIVERED_UNPAID", "DELIVERED_PAID"),
        STRICT,
    )
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    customer_id: int = _to("customer", index=True)
    po_number: str | None = _text()
    currency: str = _needed()
    order_date: date | None = _day()
    status: str = _text("OPEN")


class Shipment(_Kept, table=True):
    """What was delivered of an order."""

    __tablename__ = "shipment"
    __table_args__ = (STRICT,)
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    order_id: int = _to("sales_order", index=True)
    delivered_on: date | None = _day()


class Charge(_Table, table=True):
    """A billable line of an order or a shipment; `invoice_id` is the one invoice that bills it."""

    __tablename__ = "charge"
    __table_args__ = (Index("charge_of_order", "order_id", "position"), STRICT)
    id: int | None = _id()
    uuid: str = _uuid()
    order_id: int = _to("sales_order")
    shipment_id: int | None = _to("shipment", nullable=True, index=True)
    position: int = Field(sa_type=Whole)
    product_id: int | None = _to("product", nullable=True)
    item_id: str | None = _text()
    description: str = _needed()
    quantity: Decimal = _number(nullable=False)
    unit: str | None = _text()
    unit_price: Decimal = _number(nullable=False)
    discount: str | None = _text()
    tax: str | None = _text()
    accounting_code: str | None = _text()
    warehouse: str | None = _text()
    invoice_id: int | None = _to("invoice", nullable=True, index=True)


class Party(_Table, table=True):
    """A seller or a bill-to as it was when an invoice was issued. Rows are only ever added."""

    __tablename__ = "party"
    __table_args__ = (STRICT,)
    id: int | None = _id()
    sha256: str = _needed(unique=True)
    content: str = _needed()


class Invoice(_Kept, table=True):
    """The receivable. `friendly_id` is DRAFT-00001 until it has a number; then it is the number.

    `scale` brings minor units to ten-thousandths, so that amounts compare over currencies.
    The two `..._given` flags say that a date was asked for, and not worked out.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        _one_of("status", "DRAFT", "AWAITING_PAYMENT", "PARTIALLY_PAID", "PAID", "VOIDED"),
        _one_of("tax_rounding", "document", "line"),
        _one_of("factor_name", "DENIM", "HAULPAY"),
        *_flags("invoice_date_given", "due_date_given", "tax_inclusive"),
        *_within("total_minor", "owed_minor", "paid_minor", "credited_minor", least=0),
        *_within("subtotal_minor", "tax_minor", "shipping_minor", "discount_minor"),
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
        _partial(
            "invoice_open",
            *("customer_id", "currency", "due_date", "invoice_date", "owed_minor", "factor_name"),
            where="owed_minor <> 0",
        ),
        _partial(
            "invoice_open_by_date",
            *("invoice_date", "id", "due_date", "total_minor", "owed_minor", "scale", "status"),
            *("currency", "deleted_at"),
            where="owed_minor <> 0",
        ),
        _partial(
            "invoice_draft_or_void",
            *("invoice_date", "id", "status"),
            where="status IN ('DRAFT', 'VOIDED')",
        ),
        _partial("invoice_factored", "invoice_date", "id", where="factor_name IS NOT NULL"),
        _partial("invoice_in_trash", "invoice_date", "id", where="deleted_at IS NOT NULL"),
        _partial("invoice_by_reference", "reference", where="reference IS NOT NULL"),
        _partial("invoice_by_po_number", "po_number", where="po_number IS NOT NULL"),
        _partial("invoice_by_shipment", "shipment_id", where="shipment_id IS NOT NULL"),
        _partial(
            "invoice_of_shipment",
            "shipment_id",
            where="status <> 'VOIDED' AND deleted_at IS NULL",
            unique=True,
        ),
        STRICT | {"sqlite_autoincrement": True},  # a purged invoice's id is never used again
    )
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    friendly_id: str = _needed()  # unique in any case: an index of its own in sqlite.py
    draft_seq: int | None = Field(default=None, sa_type=Whole, unique=True)
    type: str = _text("INVOICE")
    status: str = _text("DRAFT")
    customer_id: int = _to("customer")
    order_id: int | None = _to("sales_order", nullable=True, index=True)
    shipment_id: int | None = _to("shipment", nullable=True)
    currency: str = _needed()
    scale: int = Field(sa_type=Whole)
    invoice_date: date = _day(nullable=False)
    invoice_date_given: int = _flag()
    due_date: date | None = _day()
    due_date_given: int = _flag()
    term_id: int | None = _to("term", nullable=True)
    term_rule: str | None = _text()
    subtotal_minor: int = _minor()
    discount_type: str | None = _text()
    discount_value: Decimal | None = _number()
    discount_minor: int = _minor()
    tax_minor: int = _minor()
    shipping_minor: int = _minor()
    shipping_tax: str | None = _text()
    total_minor: int = _minor()
    tax_inclusive: int = _flag()
    tax_rounding: str = _text("document")
    paid_minor: int = _minor()
    credited_minor: int = _minor()
    discount_taken_minor: int = _minor()
    owed_minor: int = _minor()
    reference: str | None = _text()
    po_number: str | None = _text()
    note: str | None = _text()
    template_id: str | None = _text()
    billing_start: date | None = _day()
    billing_end: date | None = _day()
    alternate_issue_date: date | None = _day()
    alternate_due_date: date | None = _day()
    alternate_billing_start: date | None = _day()
    alternate_billing_end: date | None = _day()
    factor_name: str | None = _text()
    factor_job_id: str | None = _text()
    factor_status: str | None = _text()
    qbo_id: str | None = _text()
    attributes: str = _text("[]")
    objects: str = _text("[]")
    share_token: str | None = _text()
    issued_at: datetime | None = _instant(nullable=True)
    sent_at: datetime | None = _instant(nullable=True)
    voided_on: date | None = _day()
    void_reason: str | None = _text()
    seller_id: int | None = _to("party", nullable=True)
    bill_to_id: int | None = _to("party", nullable=True)
    request: str | None = _text()
    created_by: str = _needed()
    updated_by: str = _needed()


class Line(_Table, table=True):
    """A row of an invoice. `discount` is as given (`10%`, `25.00`); the amounts are worked out."""

    __tablename__ = "line"
    __table_args__ = (Index("line_of_invoice", "invoice_id", "position", unique=True), STRICT)
    id: int | None = _id()
    uuid: str = _needed()
    invoice_id: int = _to("invoice")
    position: int = Field(sa_type=Whole)
    charge_id: int | None = _to("charge", nullable=True)
    product_id: int | None = _to("product", nullable=True)
    item_id: str | None = _text()
    description: str = _needed()
    quantity: Decimal = _number(nullable=False)
    unit: str | None = _text()
    unit_price: Decimal = _number(nullable=False)
    discount: str | None = _text()
    discount_minor: int = _minor()
    net_minor: int = _minor()
    document_discount_minor: int = _minor()
    tax_minor: int = _minor()
    total_minor: int = _minor()
    accounting_code: str | None = _text()
    warehouse: str | None = _text()
    pricing_snapshot_id: str | None = _text()
    charging_start: date | None = _day()
    charging_end: date | None = _day()
    alternate_charging_start: date | None = _day()
    alternate_charging_end: date | None = _day()
    version: int = Field(default=1, sa_type=Whole, nullable=False)


class LineTax(_Table, table=True):
    """A tax on a line, its code and rate as they were; without a line it is shipping's."""

    __tablename__ = "line_tax"
    __table_args__ = (Index("line_tax_of_invoice", "invoice_id", "line_id", "position"), STRICT)
    id: int | None = _id()
    invoice_id: int = _to("invoice")
    line_id: int | None = _to("line", nullable=True)
    position: int = Field(sa_type=Whole)
    tax_id: int | None = _to("tax", nullable=True)
    code: str = _needed()
    name: str = _needed()
    rate: Decimal = _number(nullable=False)
    amount_minor: int = _minor()


class Payment(_Kept, table=True):
    """Money received from a customer. `request` is the content behind its idempotency key."""

    __tablename__ = "payment"
    __table_args__ = (
        *_within("amount_minor", least=1),
        CheckConstraint("unapplied_minor BETWEEN 0 AND amount_minor", name="applied_within"),
        Index("payment_by_date", "payment_date", "id"),
        Index("payment_of_customer", "customer_id", "currency"),
        _partial(
            "payment_unapplied",
            *("customer_id", "currency", "unapplied_minor"),
            where="unapplied_minor <> 0",
        ),
        STRICT,
    )
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    customer_id: int = _to("customer")
    currency: str = _needed()
    amount_minor: int = _minor()
    unapplied_minor: int = _minor()
    payment_date: date = _day(nullable=False)
    method: str | None = _text()
    reference: str | None = _text()
    request: str | None = _text()
    created_by: str = _needed()


class CreditMemo(_Kept, table=True):
    """What is owed back. `invoice_id` is the invoice it was made from: then it is a credit note."""

    __tablename__ = "credit_memo"
    __table_args__ = (
        *_within("amount_minor", least=1),
        CheckConstraint("remaining_minor BETWEEN 0 AND amount_minor", name="applied_within"),
        Index("credit_of_customer", "customer_id", "currency"),
        _partial(
            "credit_remaining",
            *("customer_id", "currency", "remaining_minor"),
            where="remaining_minor <> 0",
        ),
        STRICT,
    )
    id: int | None = _id()
    uuid: str = _uuid()
    key: str | None = _key()
    customer_id: int = _to("customer")
    invoice_id: int | None = _to("invoice", nullable=True, index=True)
    currency: str = _needed()
    amount_minor: int = _minor()
    tax_minor: int = _minor()
    remaining_minor: int = _minor()
    credit_date: date = _day(nullable=False)
    reference: str | None = _text()
    note: str | None = _text()
    voided_on: date | None = _day()
    seller_id: int | None = _to("party", nullable=True)
    bill_to_id: int | None = _to("party", nullable=True)
    request: str | None = _text()
    created_by: str = _needed()


class CreditLine(_Table, table=True):
    """What a credit note takes back of a line; `taxes` is a JSON list of [code, name, rate, minor].

    Without a line it is shipping.
    """

    __tablename__ = "credit_line"
    __table_args__ = (Index("credit_line_of", "credit_id", "position", unique=True), STRICT)
    id: int | None = _id()
    credit_id: int = _to("credit_memo")
    line_id: int | None = _to("line", nullable=True, index=True)
    position: int = Field(sa_type=Whole)
    description: str = _needed()
    quantity: Decimal | None = _number()
    net_minor: int = _minor()
    tax_minor: int = _minor()
    total_minor: int = _minor()
    taxes: str = _text("[]")


class Movement(_Table, table=True):
    """The ledger: one dated change of what is owed or of what is unapplied. Only ever added to.

    `owed_minor` is the change of what the invoice owes; `unapplied_minor` the change of what the
    customer has to good (negative: more money is held). An application changes both by the same.
    `reverses_id` is the movement that this one undoes. An unissue keeps the dates that stood.
    """

    __tablename__ = "movement"
    __table_args__ = (
        _one_of(
            "kind", "issue", "unissue", "void", "payment", "credit", "discount", "money", "memo"
        ),
        CheckConstraint("owed_minor = 0 OR invoice_id IS NOT NULL", name="owed_on_an_invoice"),
        Index("movement_by_date", "entry_date", "invoice_id", "owed_minor"),
        Index("movement_of_invoice", "invoice_id", "id"),
        _partial(
            "movement_unapplied",
            *("entry_date", "customer_id", "currency", "unapplied_minor"),
            where="unapplied_minor <> 0",
        ),
        *(
            _partial(
                f"movement_{column}",
                column,
                where=f"{column} IS NOT NULL",
                unique=column == "reverses_id",
            )
            for column in ("payment_id", "credit_id", "reverses_id", "invoice_date_before")
        ),
        STRICT,
    )
    id: int | None = _id()
    entry_date: date = _day(nullable=False)
    kind: str = _needed()
    customer_id: int = _to("customer")
    currency: str = _needed()
    invoice_id: int | None = _to("invoice", nullable=True)
    payment_id: int | None = _to("payment", nullable=True)
    credit_id: int | None = _to("credit_memo", nullable=True)
    owed_minor: int = _minor()
    unapplied_minor: int = _minor()
    reverses_id: int | None = _to("movement", nullable=True)
    invoice_date_before: date | None = _day()
    due_date_before: date | None = _day()
    created_at: datetime = _instant()
    created_by: str = _needed()


class Document(_Table, table=True):
    """A PDF as it was made and sent; the content never changes, only where it was last written.

    One is superseded when its invoice was taken back to DRAFT; it is kept all the same.
    """

    __tablename__ = "document"
    __table_args__ = (
        *_flags("superseded"),
        _partial("document_of_invoice", "invoice_id", where="superseded = 0", unique=True),
        Index("document_of_credit", "credit_id", unique=True),
        STRICT,
    )
    id: int | None = _id()
    uuid: str = _uuid()
    invoice_id: int | None = _to("invoice", nullable=True)
    credit_id: int | None = _to("credit_memo", nullable=True)
    name: str = _needed()
    sha256: str = _needed()
    created_at: datetime = _instant()
    url: str | None = _text()
    superseded: int = _flag()
    content: bytes = Field(sa_type=LargeBinary)


class Send(_Table, table=True):
    """One e-mail: `pending` until its text goes out, then `handed`, then `sent` or `refused`.

    What is `handed` while no process works on it is uncertain. `recipients` and `refused` are JSON;
    `addressed` is what tells whether two letters went to the same people.
    """

    __tablename__ = "send"
    __table_args__ = (_one_of("state", "pending", "handed", "sent", "refused"), STRICT)
    id: int | None = _id()
    uuid: str = _uuid()
    message_id: str = _needed(unique=True)
    state: str = _needed()
    recipients: str = _needed()
    addressed: str = _needed()
    subject: str = _needed()
    refused: str | None = _text()
    error: str | None = _text()
    created_at: datetime = _instant()
    settled_at: datetime | None = _instant(nullable=True)
    created_by: str = _needed()
    seal: str | None = _text()


class SendInvoice(_Table, table=True):
    """Which invoices a letter carried, with the hash of each PDF."""

    __tablename__ = "send_invoice"
    __table_args__ = (Index("send_of_invoice", "invoice_id", "send_id"), STRICT)
    send_id: int = Field(foreign_key="send.id", primary_key=True, sa_type=Whole)
    invoice_id: int = Field(foreign_key="invoice.id", primary_key=True, sa_type=Whole)
    sha256: str = _needed()


class Activity(_Table, table=True):
    """The history: what was done to a record, when, by whom. Only ever added to.

    `detail` is JSON. `hash` is SHA-256 over the row before it and this one.
    """

    __tablename__ = "activity"
    __table_args__ = (Index("activity_of", "kind", "record_id", "id"), STRICT)
    id: int | None = _id()
    at: datetime = _instant()
    by: str = _needed()
    kind: str = _needed()
    record_id: int = Field(sa_type=Whole)
    action: str = _needed()
    detail: str = _text("{}")
    hash: str = _needed()


class HistoryEnd(_Table, table=True):
    """How many rows the history has and the hash of the last: shows when its end is missing."""

    __tablename__ = "history_end"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"), STRICT)
    id: int | None = _id()
    length: int = Field(sa_type=Whole)
    hash: str = _needed()


class Sequence(_Table, table=True):
    """The last number of each sequence; `scope` is a pattern with its year and month filled in."""

    __tablename__ = "sequence"
    __table_args__ = (STRICT,)
    scope: str = Field(primary_key=True, sa_type=Text)
    last: int = Field(sa_type=Whole)


class RetiredNumber(_Table, table=True):
    """A number of an invoice that is no more, never to be used again."""

    __tablename__ = "retired_number"
    __table_args__ = (STRICT,)
    number: str = Field(primary_key=True, sa_type=Text)
    retired_at: datetime = _instant()
