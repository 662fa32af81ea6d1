"""batch-generate: an invoice for each of many shipments, its PDF, and one e-mail a customer.

Each invoice is a transaction of its own, and so is each PDF and each e-mail. What a run that was
interrupted left undone the next one finds by the history, where each invoice has a line of what
was asked for; it finishes that and makes nothing twice.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

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
from invoicectl.service import documents, history, invoices, letters, send
from invoicectl.service.act import Act
from invoicectl.store import billable, records, refs
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


@dataclass
class _Run:
    """One run: what was made, what was not, and what is to be mailed."""

    db: Db
    act: Act
    asked: Asked
    succeeded: list[Record] = field(default_factory=list)
    failed: list[Record] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)  # uuids of invoices

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
    for done, ref in enumerate(wanted):
        asked.progress(done, len(wanted))
        _attempt(run, ref)
    asked.progress(len(wanted), len(wanted))
    return run.answer(_mail(run))


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
                        _prove(reader(session), run.act, record)
            except InvoicectlError as refusal:
                run.failed.append(_failure(reader(session), ref, refusal))
                continue
            run.succeeded.append(_success(record))
            if run.asked.send:
                letter = _letter(reader(session), record)
                letter = letters_.setdefault(record["customer"]["id"], letter)
                letter["invoices"].append(record["friendlyId"])
    return list(letters_.values())


def _attempt(run: _Run, ref: str) -> None:
    """Make the invoice of one shipment; a refusal is told, and what has an invoice is finished."""
    try:
        record = _made(run, ref)
    except (DatabaseError, PermissionDeniedError):
        raise
    except InvoicectlError as refusal:
        _fail(run, ref, refusal)
        if isinstance(refusal, ConflictError) and not run.asked.draft:
            _finish_earlier(run, ref)
        return
    try:
        if not run.asked.draft:
            record = _drawn(run, record["id"])
    except (ValidationError, NotFoundError) as refusal:
        _fail(run, ref, refusal, f"{record['friendlyId']} was issued, but has no PDF: ")
        return
    run.succeeded.append(_success(record))
    if run.asked.send:
        run.unsent.append(record["id"])


def _fail(run: _Run, ref: str, refusal: InvoicectlError, note: str = "") -> None:
    with run.db.read() as books:
        run.failed.append(_failure(books, ref, refusal, note))


def _made(run: _Run, ref: str) -> Record:
    """Make and issue an invoice, once it is known that it can be drawn: so no number is lost."""
    if not run.asked.draft:
        tried = replace(run.act, dry_run=True, warn=lambda _: None)
        with run.db.write(dry_run=True) as session:
            record = _make(session, tried, ref, run.asked)
            paper = _paper(reader(session), tried, record)
        run.db.close()  # the next one is tried on what there is then; and none is drawn in the lock
        documents.prove(tried, paper, record)
    with run.db.write() as session:
        return _make(session, run.act, ref, run.asked)


def _prove(books: Reader, act: Act, record: Record) -> None:
    documents.prove(act, _paper(books, act, record), record)


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


def _drawn(run: _Run, ref: str) -> Record:
    """Make the PDF of an invoice unless it is there, and write it where it is to be."""
    from invoicectl.output import files

    record, content = documents.pdf(run.db, run.act, ref)
    if run.asked.place is None:
        return record
    path = run.asked.place(str(record["friendlyId"]))
    if path.exists() and record["documentUrl"] is not None:
        return record
    files.write_bytes(path, content)
    return documents.written(run.db, run.act, ref, path)


def _finish_earlier(run: _Run, ref: str) -> None:
    """Finish the invoice that an earlier run made of a shipment."""
    with run.db.read() as books:
        row = billable.generated(books, refs.find(books, "shipment", ref))
    if row is not None:
        _finish(run, row)


def _finish(run: _Run, row: Row) -> None:
    """Make, write and mail what an earlier run did not come to; it is told where that fails."""
    try:
        _drawn(run, row["uuid"])
    except (DatabaseError, PermissionDeniedError):
        raise
    except InvoicectlError as refusal:
        run.act.warn(f"invoice {row['friendly_id']} has no PDF: {refusal.message}")
        return
    if row["unsent"] and run.asked.send:
        run.unsent.append(row["uuid"])


def _mail(run: _Run) -> list[Record]:
    """Mail what is to be mailed, one letter a customer; return what became of each."""
    if not run.unsent:
        return []
    with run.db.read() as books:
        ids = [refs.find(books, "invoice", ref) for ref in dict.fromkeys(run.unsent)]
        found = records.invoices(books, ids, run.act.today, only=())
        groups = letters.grouped(books, ids)
    by_id = dict(zip(ids, found, strict=True))
    return [_mailed(run, [by_id[each] for each in group]) for group in groups]


def _mailed(run: _Run, group: Sequence[Record]) -> Record:
    with run.db.read() as books:
        letter = _letter(books, group[0])
    letter["invoices"] = [record["friendlyId"] for record in group]
    try:
        done = send.send(run.db, run.act, [record["id"] for record in group], send.Order())
    except (DatabaseError, PermissionDeniedError):
        raise
    except InvoicectlError as refusal:
        return letter | {"error": refusal.code, "message": refusal.message}
    letter["to"] = done["to"]
    if refused := done.get("refused"):
        said = "; ".join(f"{address}: {why}" for address, why in refused.items())
        letter |= {"error": "partial", "message": f"the server refused {said}"}
    return letter


def _letter(books: Reader, record: Record) -> Record:
    """Return what is told of a letter to an invoice's customer."""
    customer = {name: record["customer"][name] for name in ("id", "key", "friendlyId", "name")}
    emails = books.value("SELECT emails FROM customer WHERE uuid = :id", id=customer["id"])
    return {"customer": customer, "to": json.loads(emails), "invoices": []}


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
