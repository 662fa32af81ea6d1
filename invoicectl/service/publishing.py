"""The verbs that make an invoice public and take it back: publish, unpublish, mark-sent."""

import secrets
from contextlib import nullcontext
from datetime import date
from typing import Any

from sqlmodel import Session, col, update

from invoicectl.errors import ConflictError
from invoicectl.rules.lifecycle import Status
from invoicectl.rules.numbering import friendly
from invoicectl.service import history, invoices, ledger
from invoicectl.service.act import Act
from invoicectl.store import papers, refs
from invoicectl.store.db import Db
from invoicectl.store.session import reader
from invoicectl.store.tables import Invoice, Send

Record = dict[str, Any]


def publish(
    db: Db, act: Act, ref: str, *, invoice_date: date | None = None, due_date: date | None = None
) -> Record:
    """Issue a draft as `mark_awaiting` does, and give it a share token nobody can guess.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: it is not a draft.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        invoices.refuse_unless(invoice, "publish")
        invoices.issue(
            session, act, invoice, "publish", invoice_date=invoice_date, due_date=due_date
        )
        invoice.share_token = secrets.token_urlsafe(24)
        return invoices.record(session, act, invoice.id or 0)


def unpublish(db: Db, act: Act, ref: str) -> Record:
    """Take an issued invoice back to DRAFT. It keeps its number and loses its share token.

    From today on nothing is owed on it; before today it stood as it was. Its PDF is kept, but a
    new one is made when it is issued again. It cannot be deleted any more, only voided.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: it is not AWAITING_PAYMENT, was e-mailed, is factored, has a credit note, or
            is just being sent.
    """
    with db.read() as books:
        invoice_id = refs.find(books, "invoice", ref)
    taken = "is being sent by another invoicectl"
    claim = nullcontext() if act.dry_run else db.claim(invoice_id, taken)
    with claim, db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        _refuse_unpublish(session, invoice)
        day = ledger.unissue(session, act, invoice)
        invoice.status = Status.DRAFT.value
        invoice.share_token = invoice.sent_at = invoice.seller_id = invoice.bill_to_id = None
        ledger.touch(act, invoice)
        session.flush()
        invoices.supersede_document(session, invoice)
        _call_off_letters(session, act, invoice_id)
        ledger.follow_order(session, act, invoice.order_id)
        history.note(session, act, "invoice", invoice_id, "unpublish", date=day)
        return invoices.record(session, act, invoice_id)


def _refuse_unpublish(session: Session, invoice: Invoice) -> None:
    """Refuse to take back what somebody else relies on."""
    name, books = invoice.friendly_id, reader(session)
    invoices.refuse_unless(invoice, "unpublish")
    way_out = f"void it instead: invoicectl void {name}"
    if invoice.factor_name is not None:
        factored = f"it is factored ({invoice.factor_name})"
        raise ConflictError(f"cannot unpublish invoice {name}: {factored}")
    if (letter := papers.last_letter(books, invoice.id or 0)) is not None:
        when = f"it was e-mailed on {letter['created_at']}"
        raise ConflictError(f"cannot unpublish invoice {name}: {when}", hint=way_out)
    sql = "SELECT id FROM credit_memo WHERE invoice_id = :id ORDER BY id LIMIT 1"
    if memo := books.value(sql, id=invoice.id):
        made = f"credit note {friendly('credit', memo)} was made from it"
        raise ConflictError(f"cannot unpublish invoice {name}: {made}", hint=way_out)


def _call_off_letters(session: Session, act: Act, invoice_id: int) -> None:
    """Settle letters that were begun and never handed over: what they carry stands no more."""
    begun = reader(session).all(
        "SELECT send.id FROM send JOIN send_invoice ON send_id = send.id"
        " WHERE invoice_id = :id AND state = 'pending'",
        id=invoice_id,
    )
    settled = {"state": "refused", "error": "taken back to a draft", "settled_at": act.now}
    wanted = col(Send.id).in_([row["id"] for row in begun])
    session.execute(update(Send).where(wanted).values(settled))


def mark_sent(db: Db, act: Act, ref: str) -> Record:
    """Say that an invoice was sent without an e-mail of ours; a draft is issued first.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: it is VOIDED, or was sent before.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        invoices.refuse_unless(invoice, "mark-sent")
        if invoice.status == Status.DRAFT:
            invoices.issue(session, act, invoice, "mark-sent")
        elif invoice.sent_at is not None:
            on = f"{invoice.sent_at:%Y-%m-%dT%H:%M:%SZ}"
            raise ConflictError(f"invoice {invoice.friendly_id} was sent before, on {on}")
        else:
            ledger.touch(act, invoice)
            history.note(session, act, "invoice", invoice.id or 0, "mark-sent")
        invoice.sent_at = act.now
        return invoices.record(session, act, invoice.id or 0)
