"""What documents and letters are made of: frozen parties, stored PDFs, earlier sendings."""

import json
from typing import Any

from invoicectl.errors import DatabaseError
from invoicectl.rules.sealing import seal
from invoicectl.store.db import Reader, Row

Party = dict[str, Any] | None


def parties(reader: Reader, invoice_id: int) -> tuple[Party, Party]:
    """Return the seller and the bill-to that an invoice was issued with; None for a draft's."""
    return _parties(reader, "invoice", invoice_id)


def credit_parties(reader: Reader, credit_id: int) -> tuple[Party, Party]:
    """Return the seller and the customer of a credit memo as they were when it was made."""
    return _parties(reader, "credit_memo", credit_id)


def _parties(reader: Reader, table: str, record_id: int) -> tuple[Party, Party]:
    row = reader.one(
        "SELECT seller.content, seller.sha256, bill_to.content, bill_to.sha256"
        f" FROM {table} AS owner"
        " LEFT JOIN party AS seller ON seller.id = owner.seller_id"
        " LEFT JOIN party AS bill_to ON bill_to.id = owner.bill_to_id WHERE owner.id = :id",
        id=record_id,
    )
    assert row is not None  # noqa: S101 - asked for by its id
    return _party(row[0], row[1]), _party(row[2], row[3])


def _party(content: str | None, sha256: str) -> Party:
    if content is None:
        return None
    if seal(content.encode()) != sha256:
        raise DatabaseError(
            "a seller or customer that was frozen is not what it was: its hash differs",
            hint="restore the latest backup; 'invoicectl check' names all that is wrong",
        )
    found: dict[str, Any] = json.loads(content)
    return found


def document(reader: Reader, invoice_id: int) -> Row | None:
    """Return the PDF that stands for an invoice, None where none was made yet."""
    return reader.one(
        "SELECT id, uuid, name, sha256, created_at, url, content FROM document"
        " WHERE invoice_id = :id AND superseded = 0",
        id=invoice_id,
    )


def credit_document(reader: Reader, credit_id: int) -> Row | None:
    """Return the PDF of a credit memo, None where none was made yet."""
    return reader.one(
        "SELECT id, uuid, name, sha256, created_at, url, content FROM document"
        " WHERE credit_id = :id",
        id=credit_id,
    )


def sendings(reader: Reader, invoice_id: int, addressed: str) -> list[Row]:
    """Return what was sent, or begun, of an invoice to these addresses; newest first."""
    return reader.all(
        "SELECT send.* FROM send JOIN send_invoice ON send_invoice.send_id = send.id"
        " WHERE send_invoice.invoice_id = :id AND send.addressed = :addressed"
        " ORDER BY send.id DESC",
        id=invoice_id,
        addressed=addressed,
    )


def last_letter(reader: Reader, invoice_id: int) -> Row | None:
    """Return the latest letter that carried an invoice out of the house, or may have."""
    return reader.one(
        "SELECT send.* FROM send JOIN send_invoice ON send_invoice.send_id = send.id"
        " WHERE send_invoice.invoice_id = :id AND send.state IN ('sent', 'handed')"
        " ORDER BY send.id DESC LIMIT 1",
        id=invoice_id,
    )


def carried(reader: Reader, send_id: int) -> set[int]:
    """Return the internal ids of the invoices that a letter carries."""
    rows = reader.all("SELECT invoice_id FROM send_invoice WHERE send_id = :id", id=send_id)
    return {row["invoice_id"] for row in rows}


def tax_names(reader: Reader, invoice_id: int) -> dict[tuple[str, str], str]:
    """Return what the taxes of an invoice were called, by code and rate."""
    rows = reader.all(
        "SELECT DISTINCT code, rate, name FROM line_tax WHERE invoice_id = :id", id=invoice_id
    )
    return {(row["code"], row["rate"]): row["name"] for row in rows}
