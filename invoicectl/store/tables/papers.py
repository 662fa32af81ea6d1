"""What left the house: documents as they were made, and what was mailed."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from invoicectl.store.tables.columns import (
    STRICT,
    TableBase,
    flag_column,
    flags,
    id_column,
    instant_column,
    link_to,
    needed_column,
    one_of,
    partial_index,
    text_column,
    uuid_column,
)
from invoicectl.store.types import Whole


class Document(TableBase, table=True):
    """A PDF as it was made and sent; the content never changes, only where it was last written.

    One is superseded when its invoice was taken back to DRAFT; it is kept all the same.
    """

    __tablename__ = "document"
    __table_args__ = (
        *flags("superseded"),
        partial_index("document_of_invoice", "invoice_id", where="superseded = 0", unique=True),
        Index("document_of_credit", "credit_id", unique=True),
        STRICT,
    )
    id: int | None = id_column()
    uuid: str = uuid_column()
    invoice_id: int | None = link_to("invoice", nullable=True)
    credit_id: int | None = link_to("credit_memo", nullable=True)
    name: str = needed_column()
    sha256: str = needed_column()
    created_at: datetime = instant_column()
    url: str | None = text_column()
    superseded: int = flag_column()
    content: bytes = Field(sa_type=LargeBinary)


class Send(TableBase, table=True):
    """One e-mail: `pending` until its text goes out, then `handed`, then `sent` or `refused`.

    What is `handed` while no process works on it is uncertain. `recipients` and `refused` are JSON;
    `addressed` is what tells whether two letters went to the same people.
    """

    __tablename__ = "send"
    __table_args__ = (one_of("state", "pending", "handed", "sent", "refused"), STRICT)
    id: int | None = id_column()
    uuid: str = uuid_column()
    message_id: str = needed_column(unique=True)
    state: str = needed_column()
    recipients: str = needed_column()
    addressed: str = needed_column()
    subject: str = needed_column()
    refused: str | None = text_column()
    error: str | None = text_column()
    created_at: datetime = instant_column()
    settled_at: datetime | None = instant_column(nullable=True)
    created_by: str = needed_column()
    seal: str | None = text_column()


class SendInvoice(TableBase, table=True):
    """Which invoices a letter carried, with the hash of each PDF."""

    __tablename__ = "send_invoice"
    __table_args__ = (Index("send_of_invoice", "invoice_id", "send_id"), STRICT)
    send_id: int = Field(foreign_key="send.id", primary_key=True, sa_type=Whole)
    invoice_id: int = Field(foreign_key="invoice.id", primary_key=True, sa_type=Whole)
    sha256: str = needed_column()
