"""What batch-generate made: drawn, kept, written, and told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from invoicectl.errors import (
    ConflictError,
    DatabaseError,
    InvoicectlError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
)
from invoicectl.rules.numbering import friendly
from invoicectl.service import documents
from invoicectl.service.act import Act
from invoicectl.store import billable, refs
from invoicectl.store.db import Db, Reader, Row

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


class Made(NamedTuple):
    """An invoice that was made of a shipment, and what its PDF is to say (nothing of a draft)."""

    ref: str
    record: Record
    invoice_id: int = 0
    paper: Record = {}  # noqa: RUF012 - nobody changes it
    standing: str = ""
    filled: Any = None  # its template, where it was filled already


class Refused(NamedTuple):
    """Why a shipment has no invoice now, or, as the note says then, its invoice no PDF."""

    ref: str
    refusal: InvoicectlError
    note: str = ""


@dataclass
class Run:
    """One run: what was made, what was not, and what is to be mailed."""

    db: Db
    act: Act
    asked: Asked
    succeeded: list[Record] = field(default_factory=list)
    failed: list[Record] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)  # uuids of invoices
    drawing: Any = None  # output.drawing.Drawing, where there are several to draw

    def answer(self, emails: list[Record]) -> dict[str, list[Record]]:
        """Return what the run is answered with."""
        return {"succeeded": self.succeeded, "failed": self.failed, "emails": emails}


def drawn(
    run: Run, made: Sequence[Made | Refused], then: Sequence[Made | Refused]
) -> dict[int, bytes | None]:
    """Return the PDFs that others have drawn, by invoice, and let them draw those of `then`.

    None where one could not be drawn there.
    """
    if run.drawing is None:
        return {}
    wanted = [each for each in then if isinstance(each, Made)]
    for each in wanted:
        documents.warn_of_template(run.act, each.record.get("templateId"))
    answers = run.drawing.exchange(
        [(each.paper, documents.settings(run.act, each.record), each.filled) for each in wanted]
    )
    ids = (each.invoice_id for each in made if isinstance(each, Made))
    return dict(zip(ids, answers, strict=True))


def finish(run: Run, made: Sequence[Made | Refused], drawn: Mapping[int, bytes | None]) -> None:
    """Keep and write the PDFs of invoices, drawing what is not drawn; tell all in order."""
    outcomes = [_drawn_here(run, each, drawn) for each in made]
    records = _kept(run, [each for each in outcomes if isinstance(each, _Drawn)])
    for each in outcomes:
        if isinstance(each, Refused):
            _fail(run, each)
            continue
        record = records.get(each.made.invoice_id, each.made.record)
        run.succeeded.append(success(record))
        if run.asked.send:
            run.unsent.append(record["id"])


class _Drawn(NamedTuple):
    made: Made
    content: bytes  # nothing of a draft


def _drawn_here(
    run: Run, made: Made | Refused, drawn: Mapping[int, bytes | None]
) -> "_Drawn | Refused":
    """Return an invoice with its PDF; what no other process has drawn is drawn now, or refused."""
    if isinstance(made, Refused):
        return made
    if run.asked.draft:
        return _Drawn(made, b"")
    try:
        content = drawn.get(made.invoice_id) or documents.render(run.act, made.paper, made.record)
    except (ValidationError, NotFoundError) as refusal:
        return Refused(
            made.ref, refusal, f"{made.record['friendlyId']} was issued, but has no PDF: "
        )
    return _Drawn(made, content)


def _kept(run: Run, invoices: Sequence[_Drawn]) -> dict[int, Record]:
    """Keep PDFs in one transaction and write them where they are to be; return the invoices."""
    if run.asked.draft or not invoices:
        return {}
    papers = [
        documents.Paper(each.made.invoice_id, each.content, each.made.standing) for each in invoices
    ]
    kept = documents.keep_all(run.db, run.act, papers)
    stands = [
        as_drawn or documents.pdf(run.db, run.act, each.made.record["id"])
        for each, as_drawn in zip(invoices, kept, strict=True)
    ]
    stood = {each.made.invoice_id: stand for each, stand in zip(invoices, stands, strict=True)}
    _write(run, stood)
    return {of: record for of, (record, _) in stood.items()}


def _write(run: Run, kept: Mapping[int, tuple[Record, bytes]]) -> None:
    """Write PDFs where they are to be, unless they are there, and remember where; by invoice."""
    from invoicectl.output import files

    place = run.asked.place
    if place is None:
        return
    written = {}
    for invoice_id, (record, content) in kept.items():
        path = place(str(record["friendlyId"]))
        if path.exists() and record["documentUrl"] is not None:
            continue
        files.write_bytes(path, content)
        written[invoice_id] = path
    if written:
        documents.written_all(run.db, written)


def _fail(run: Run, refused: Refused) -> None:
    """Tell of a refusal; what an earlier run made of the shipment is finished."""
    with run.db.read() as books:
        run.failed.append(failure(books, refused))
        row = None
        if isinstance(refused.refusal, ConflictError) and not run.asked.draft:
            row = billable.generated(books, refs.find(books, "shipment", refused.ref))
    if row is not None:
        go_on(run, row)


def go_on(run: Run, row: Row) -> None:
    """Make, write and mail what an earlier run did not come to; it is told where that fails."""
    try:
        _write(run, {row["id"]: documents.pdf(run.db, run.act, row["uuid"])})
    except (DatabaseError, PermissionDeniedError):
        raise
    except InvoicectlError as refusal:
        run.act.warn(f"invoice {row['friendly_id']} has no PDF: {refusal.message}")
        return
    if row["unsent"] and run.asked.send:
        run.unsent.append(row["uuid"])


def success(record: Record) -> Record:
    """Return what is told of a shipment that was billed."""
    names = ("shipmentId", "shipmentKey")
    return {name: record[name] for name in names} | {
        "invoiceId": record["id"],
        "friendlyId": record["friendlyId"],
        "documentId": record["documentId"],
    }


def failure(books: Reader, refused: Refused) -> Record:
    """Return what is told of a shipment that failed."""
    ref, refusal, note = refused
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
