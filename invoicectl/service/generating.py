"""batch-generate: an invoice for each of many shipments, its PDF, and one e-mail a customer.

Invoices are made some together in a transaction, each of them whole or not at all; while others
draw them the next ones are made. What a run that was interrupted left undone the next one finds by
the history, where each invoice has a line of what was asked for; it finishes that and makes
nothing twice.
"""

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from invoicectl.errors import (
    ConflictError,
    DatabaseError,
    InvoicectlError,
    PermissionDeniedError,
)
from invoicectl.rules.numbering import friendly
from invoicectl.service import documents, generated, history, invoices, mailing, send
from invoicectl.service.act import Act
from invoicectl.service.generated import Asked, Made, Refused, Run
from invoicectl.store import billable
from invoicectl.store.db import Db
from invoicectl.store.session import reader
from invoicectl.store.tables import Customer, Invoice

Record = dict[str, Any]

TOGETHER = 16  # invoices in a transaction: who else writes waits a third of a second for them


def generate(
    db: Db, act: Act, shipments: Sequence[str] | None, asked: Asked
) -> dict[str, list[Record]]:
    """Make and issue an invoice for each shipment, or for all that wait for one (None).

    One that has an invoice, or lacks something, is skipped. Returns `{"succeeded": [{shipmentId,
    shipmentKey, invoiceId, friendlyId, documentId}], "failed": [{shipmentId, shipmentKey, error,
    message}], "emails": [{customer, to, invoices}]}`; an e-mail that failed has error and message.

    Raises:
        NotConfiguredError: it is to send, and no mail transport is configured; nothing is done.
        PermissionDeniedError: a PDF cannot be written.
    """
    if asked.send:
        send.way_of(act)
    run = Run(db, act, asked)
    wanted = list(shipments) if shipments is not None else _waiting(run)
    if act.dry_run:
        return run.answer(_plan(run, wanted))
    with db.kept_open():
        _make_all(run, wanted)
    return run.answer(mailing.mail(run.db, run.act, run.unsent))


def _make_all(run: Run, wanted: Sequence[str]) -> None:
    """Make the invoices some at a time; while the next are made, others draw the last."""
    gc.freeze()
    gc.enable()  # a document leaves 0.4 MB of garbage where it is drawn, and there may be thousands
    if len(wanted) > 1 and not run.asked.draft:
        from invoicectl.output.drawing import Drawing

        run.drawing = Drawing()
    try:
        before: list[Made | Refused] = []
        for start in range(0, len(wanted), TOGETHER):
            run.asked.progress(start, len(wanted))
            made = _made(run, wanted[start : start + TOGETHER])
            drawn = generated.drawn(run, before, then=made)
            generated.finish(run, before, drawn)
            before = made
        generated.finish(run, before, generated.drawn(run, before, then=()))
        run.asked.progress(len(wanted), len(wanted))
    finally:
        if run.drawing is not None:
            run.drawing.close()


def _waiting(run: Run) -> list[str]:
    """Return all shipments to bill, after finishing what an earlier run left undone."""
    with run.db.read() as books:
        waiting, left = billable.waiting(books), billable.unfinished(books)
    if not run.act.dry_run and not run.asked.draft:
        for row in left:
            generated.go_on(run, row)
    return waiting


def _plan(run: Run, wanted: Iterable[str]) -> list[Record]:
    """Work out a dry run in one transaction that is not kept; return the e-mails it would send."""
    letters_: dict[str, Record] = {}
    with run.db.write(dry_run=True) as session:
        for ref in wanted:
            try:
                with _whole_or_nothing(session):
                    invoice_id, record = _make(session, run.act, ref, run.asked)
                    if not run.asked.draft:
                        paper = documents.describe(reader(session), run.act, record, invoice_id)
                        documents.prove(run.act, paper, record)
            except InvoicectlError as refusal:
                run.failed.append(generated.failure(reader(session), Refused(ref, refusal)))
                continue
            run.succeeded.append(generated.success(record))
            if run.asked.send:
                letter = mailing.letter(reader(session), record)
                letter = letters_.setdefault(record["customer"]["id"], letter)
                letter["invoices"].append(record["friendlyId"])
    return list(letters_.values())


def _made(run: Run, shipments: Sequence[str]) -> list[Made | Refused]:
    """Make and issue invoices in one transaction; where one is refused, no number is lost."""
    unfit = _unfit(run, shipments)
    with run.db.write() as session:
        return [unfit.get(ref) or _attempt(session, run, ref) for ref in shipments]


def _attempt(session: Session, run: Run, ref: str) -> Made | Refused:
    """Make and issue an invoice that can be drawn, or nothing of it."""
    try:
        with _whole_or_nothing(session):
            invoice_id, record = _make(session, run.act, ref, run.asked)
            if run.asked.draft:
                return Made(ref, record)
            books = reader(session)
            paper = documents.describe(books, run.act, record, invoice_id)
            own = _has_own_templates(run)
            filled = None if own else documents.prove(run.act, paper, record)
            standing = documents.standing(books, record, invoice_id)
            return Made(ref, record, invoice_id, paper, standing, filled)
    except (DatabaseError, PermissionDeniedError):
        raise
    except InvoicectlError as refusal:
        return Refused(ref, refusal)


@contextmanager
def _whole_or_nothing(session: Session) -> Iterator[None]:
    """Undo only what is done in here where it is refused."""
    try:
        with session.begin_nested():
            yield
    except InvoicectlError:
        session.expire_all()  # the next invoice has the id of the one that was undone
        raise


def _has_own_templates(run: Run) -> bool:
    return bool(run.act.settings["pdf.template_dir"])


def _unfit(run: Run, shipments: Sequence[str]) -> dict[str, Refused]:
    """Return what a user's own templates refuse; they may take long: no lock is held for them."""
    if run.asked.draft or not _has_own_templates(run):
        return {}
    tried = replace(run.act, dry_run=True, warn=lambda _: None)
    papers: dict[str, tuple[Record, Record]] = {}
    for ref in shipments:
        # what cannot even be made is refused when it is to be
        with suppress(InvoicectlError), run.db.write(dry_run=True) as session:
            invoice_id, record = _make(session, tried, ref, run.asked)
            papers[ref] = documents.describe(reader(session), tried, record, invoice_id), record
    run.db.close()  # the next ones are tried on what there is then; and none is drawn in the lock
    unfit = {}
    for ref, (paper, record) in papers.items():
        try:
            documents.prove(tried, paper, record)
        except InvoicectlError as refusal:
            unfit[ref] = Refused(ref, refusal)
    return unfit


def _make(session: Session, act: Act, ref: str, asked: Asked) -> tuple[int, Record]:
    """Make an invoice of a shipment, and unless it stays a draft issue it; return it and its id."""
    invoice_id = invoices.create_in(session, act, {"shipment": ref}, typed=True)
    invoice = session.get(Invoice, invoice_id)
    assert invoice is not None  # noqa: S101 - it was made just now
    if asked.send:
        _refuse_without_address(session, invoice)
    if not asked.draft:
        invoices.issue(session, act, invoice, "mark-awaiting")
        said = {"send": asked.send, "pdf": asked.place is not None}
        history.note(session, act, "invoice", invoice_id, "batch-generate", **said)
    return invoice_id, invoices.record(session, act, invoice_id)


def _refuse_without_address(session: Session, invoice: Invoice) -> None:
    customer = session.get(Customer, invoice.customer_id)
    assert customer is not None  # noqa: S101 - a foreign key says so
    if not json.loads(customer.emails):
        name = friendly("customer", customer.id or 0)
        raise ConflictError(
            f"customer {customer.name} has no e-mail address",
            hint=f"invoicectl customer update {name} --email ADDRESS",
        )
