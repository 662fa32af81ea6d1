"""batch-generate: an invoice for each of many shipments, its PDF, and one e-mail a customer.

Each invoice is a transaction of its own, and so is each PDF and each e-mail. What a run that was
interrupted left undone the next one finds by the history, where each invoice has a line of what
was asked for; it finishes that and makes nothing twice.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Session

from invoicectl.errors import (
    ConflictError,
    DatabaseError,
    InvoicectlError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
)
from invoicectl.rules.numbering import friendly
from invoicectl.service import documents, history, invoices, mailing, send
from invoicectl.service.act import Act
from invoicectl.store import billable, refs
from invoicectl.store.db import Db, Reader, Row
from invoicectl.store.session import reader
from invoicectl.store.tables import Customer, Invoice

Record = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What is asked for beside the invoices.

    With `place`, which says where the PDF of a number goes, PDFs are written. `draft` leaves the
    invoices drafts, without PDF. `progress` hears how many of how many are done.
    """

    place: Callable[[str], Path] | None = None
    send: bool = False
    draft: bool = False
    progress: Callable[[int, int], None] = lambda done, of: None  # noqa: ARG005


class _Made(NamedTuple):
    """An invoice that was made of a shipment, and what its PDF is to say (nothing of a draft)."""

    ref: str
    record: Record
    invoice_id: int = 0
    paper: Record = {}  # noqa: RUF012 - nobody changes it
    standing: str = ""


@dataclass
class _Run:
    """One run: what was made, what was not, and what is to be mailed; `waiting` has no PDF yet."""

    db: Db
    act: Act
    asked: Asked
    succeeded: list[Record] = field(default_factory=list)
    failed: list[Record] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)  # uuids of invoices
    waiting: _Made | None = None
    drawing: Any = None  # output.drawing.Drawing, where there are several to draw

    def answer(self, emails: list[Record]) -> dict[str, list[Record]]:
        return {"succeeded": self.succeeded, "failed": self.failed, "emails": emails}


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
    run = _Run(db, act, asked)
    wanted = list(shipments) if shipments is not None else _waiting(run)
    if act.dry_run:
        return run.answer(_plan(run, wanted))
    with db.kept_open():
        _make_all(run, wanted)
    return run.answer(mailing.mail(run.db, run.act, run.unsent))


def _make_all(run: _Run, wanted: Sequence[str]) -> None:
    """Make the invoices one by one; while the next is made, another process draws the last."""
    if len(wanted) > 1 and not run.asked.draft:
        from invoicectl.output.drawing import Drawing

        run.drawing = Drawing()
    try:
        for done, ref in enumerate(wanted):
            run.asked.progress(done, len(wanted))
            _attempt(run, ref)
        _go_on(run)
        run.asked.progress(len(wanted), len(wanted))
    finally:
        if run.drawing is not None:
            run.drawing.close()


def _waiting(run: _Run) -> list[str]:
    """Return all shipments to bill, after finishing what an earlier run left undone."""
    with run.db.read() as books:
        waiting, left = billable.waiting(books), billable.unfinished(books)
    if not run.act.dry_run and not run.asked.draft:
        for row in left:
            _finish(run, row)
    return waiting


def _plan(run: _Run, wanted: Iterable[str]) -> list[Record]:
    """Work out a dry run in one transaction that is not kept; return the e-mails it would send."""
    letters_: dict[str, Record] = {}
    with run.db.write(dry_run=True) as session:
        for ref in wanted:
            try:
                with session.begin_nested():
                    record = _make(session, run.act, ref, run.asked)
                    if not run.asked.draft:
                        paper = _paper(reader(session), run.act, record)
                        documents.prove(run.act, paper, record)
            except InvoicectlError as refusal:
                run.failed.append(_failure(reader(session), ref, refusal))
                continue
            run.succeeded.append(_success(record))
            if run.asked.send:
                letter = mailing.letter(reader(session), record)
                letter = letters_.setdefault(record["customer"]["id"], letter)
                letter["invoices"].append(record["friendlyId"])
    return list(letters_.values())


def _attempt(run: _Run, ref: str) -> None:
    """Make the invoice of one shipment; a refusal is told, and what has an invoice is finished."""
    try:
        made = _made(run, ref)
    except (DatabaseError, PermissionDeniedError):
        raise
    except InvoicectlError as refusal:
        _go_on(run)  # so that all is told in the order of the shipments
        _fail(run, ref, refusal)
        if isinstance(refusal, ConflictError) and not run.asked.draft:
            _finish_earlier(run, ref)
        return
    if run.asked.draft:
        run.succeeded.append(_success(made.record))
    else:
        _go_on(run, made)


def _go_on(run: _Run, made: _Made | None = None) -> None:
    """Let an invoice be drawn, and keep the PDF of the one before it."""
    before, run.waiting = run.waiting, made
    content = run.drawing.answer() if run.drawing and before else None
    if run.drawing and made:
        documents.warn_of_template(run.act, made.record.get("templateId"))
        run.drawing.ask(made.paper, documents.settings(run.act, made.record))
    if before is not None:
        _keep(run, before, content)


def _keep(run: _Run, made: _Made, content: bytes | None) -> None:
    """Keep and write the PDF of an invoice; without content it is drawn here, or refused."""
    try:
        drawn = content or documents.render(run.act, made.paper, made.record)
    except (ValidationError, NotFoundError) as refusal:
        note = f"{made.record['friendlyId']} was issued, but has no PDF: "
        _fail(run, made.ref, refusal, note)
        return
    kept = documents.keep(run.db, run.act, made.invoice_id, drawn, made.standing)
    kept = kept or documents.pdf(run.db, run.act, made.record["id"])
    run.succeeded.append(_success(_written(run, *kept)))
    if run.asked.send:
        run.unsent.append(made.record["id"])


def _fail(run: _Run, ref: str, refusal: InvoicectlError, note: str = "") -> None:
    with run.db.read() as books:
        run.failed.append(_failure(books, ref, refusal, note))


def _made(run: _Run, ref: str) -> _Made:
    """Make and issue an invoice that can be drawn; where it cannot, no number is lost."""
    own = bool(run.act.settings["pdf.template_dir"])
    if own and not run.asked.draft:  # such a template may take long: no lock is held for it
        tried = replace(run.act, dry_run=True, warn=lambda _: None)
        with run.db.write(dry_run=True) as session:
            record = _make(session, tried, ref, run.asked)
            paper = _paper(reader(session), tried, record)
        run.db.close()  # the next one is tried on what there is then; and none is drawn in the lock
        documents.prove(tried, paper, record)
    with run.db.write() as session:
        record = _make(session, run.act, ref, run.asked)
        if run.asked.draft:
            return _Made(ref, record)
        books = reader(session)
        invoice_id = refs.find(books, "invoice", record["id"])
        paper = documents.describe(books, run.act, record, invoice_id)
        if not own:
            documents.prove(run.act, paper, record)
        standing = documents.standing(books, record, invoice_id)
        return _Made(ref, record, invoice_id, paper, standing)


def _paper(books: Reader, act: Act, record: Record) -> Record:
    return documents.describe(books, act, record, refs.find(books, "invoice", record["id"]))


def _make(session: Session, act: Act, ref: str, asked: Asked) -> Record:
    """Make an invoice of a shipment, and unless it stays a draft issue it."""
    invoice_id = invoices.create_in(session, act, {"shipment": ref}, typed=True)
    invoice = session.get(Invoice, invoice_id)
    assert invoice is not None  # noqa: S101 - it was made just now
    if asked.send:
        _refuse_without_address(session, invoice)
    if not asked.draft:
        invoices.issue(session, act, invoice, "mark-awaiting")
        said = {"send": asked.send, "pdf": asked.place is not None}
        history.note(session, act, "invoice", invoice_id, "batch-generate", **said)
    return invoices.record(session, act, invoice_id)


def _refuse_without_address(session: Session, invoice: Invoice) -> None:
    customer = session.get(Customer, invoice.customer_id)
    assert customer is not None  # noqa: S101 - a foreign key says so
    if not json.loads(customer.emails):
        name = friendly("customer", customer.id or 0)
        raise ConflictError(
            f"customer {customer.name} has no e-mail address",
            hint=f"invoicectl customer update {name} --email ADDRESS",
        )


def _written(run: _Run, record: Record, content: bytes) -> Record:
    """Write a PDF where it is to be, unless it is there; return the invoice."""
    from invoicectl.output import files

    if run.asked.place is None:
        return record
    path = run.asked.place(str(record["friendlyId"]))
    if path.exists() and record["documentUrl"] is not None:
        return record
    files.write_bytes(path, content)
    return documents.written(run.db, run.act, str(record["id"]), path)


def _finish_earlier(run: _Run, ref: str) -> None:
    """Finish the invoice that an earlier run made of a shipment."""
    with run.db.read() as books:
        row = billable.generated(books, refs.find(books, "shipment", ref))
    if row is not None:
        _finish(run, row)


def _finish(run: _Run, row: Row) -> None:
    """Make, write and mail what an earlier run did not come to; it is told where that fails."""
    try:
        _written(run, *documents.pdf(run.db, run.act, row["uuid"]))
    except (DatabaseError, PermissionDeniedError):
        raise
    except InvoicectlError as refusal:
        run.act.warn(f"invoice {row['friendly_id']} has no PDF: {refusal.message}")
        return
    if row["unsent"] and run.asked.send:
        run.unsent.append(row["uuid"])


def _success(record: Record) -> Record:
    names = ("shipmentId", "shipmentKey")
    return {name: record[name] for name in names} | {
        "invoiceId": record["id"],
        "friendlyId": record["friendlyId"],
        "documentId": record["documentId"],
    }


def _failure(books: Reader, ref: str, refusal: InvoicectlError, note: str = "") -> Record:
    told = {"shipmentId": None, "shipmentKey": ref}
    try:
        shipment_id = refs.find(books, "shipment", ref)
    except NotFoundError:
        pass
    else:
        row = billable.named(books, shipment_id)
        key = row["key"] or friendly("shipment", shipment_id)
        told = {"shipmentId": row["uuid"], "shipmentKey": key}
    return told | {"error": refusal.code, "message": f"{note}{refusal.message}"}
