"""The PDF of an invoice: made once, kept, and the same bytes ever after."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Session

from invoicectl.errors import DatabaseError, NotFoundError
from invoicectl.rules import currencies, dates
from invoicectl.rules.lifecycle import Status
from invoicectl.service import history, parties
from invoicectl.service.act import Act
from invoicectl.store import bulk, ids, papers, records, refs, seals
from invoicectl.store.db import Db, Reader, Row
from invoicectl.store.session import driver, reader
from invoicectl.store.tables import Document

Record = dict[str, Any]

_WATERMARKS = {Status.DRAFT: "DRAFT", Status.VOIDED: "VOID"}


def pdf(db: Db, act: Act, ref: str) -> tuple[Record, bytes]:
    """Return an invoice and its PDF; an issued invoice's is made once and kept.

    A draft's says DRAFT and is not kept. With a dry run nothing is kept. One that was made before
    its invoice was voided stays as it is, and that is said.

    Raises:
        NotFoundError: there is no such invoice.
        ValidationError: a sign cannot be drawn, or the template is wrong; nothing is kept.
    """
    with db.read() as books:
        invoice_id = refs.find(books, "invoice", ref)
        seals.prove(books, "invoice", [invoice_id])
        record = records.invoices(books, [invoice_id], act.today)[0]
        kept = kept_pdf(books, record, invoice_id)
        paper = None if kept else describe(books, act, record, invoice_id)
        drawn = standing(books, record, invoice_id)
    if kept is not None:
        if record["status"] == Status.VOIDED:
            warn_of_void(act, record["friendlyId"])
        return record, kept
    content = render(act, paper or {}, record)
    if record["status"] == Status.DRAFT or act.dry_run or not is_issued(record):
        return record, content
    return keep(db, act, invoice_id, content, drawn) or pdf(db, act, ref)


def standing(books: Reader, record: Record, invoice_id: int) -> str:
    """Return what has to be the same when a PDF is kept as it was when it was drawn."""
    return _standing(record, seals.frozen(books, [invoice_id])[invoice_id])


def _standing(record: Record, frozen: str) -> str:
    return f"{_WATERMARKS.get(record['status'])} {frozen}"


def warn_of_void(act: Act, name: str) -> None:
    """Say that a document was made before what it is of was voided."""
    act.warn(f"{name} was voided: its PDF was made before and does not say so")


def is_issued(record: Mapping[str, Any]) -> bool:
    """Return whether an invoice has a number that stands; a voided draft never was issued."""
    return not str(record["friendlyId"]).startswith("DRAFT-")


def kept_pdf(books: Reader, record: Mapping[str, Any], invoice_id: int) -> bytes | None:
    """Return the PDF that is kept for an issued invoice, None where none was made yet.

    Raises:
        DatabaseError: it is not what it was when it was made.
    """
    row = None if record["status"] == Status.DRAFT else papers.document(books, invoice_id)
    if row is None:
        return None
    return unharmed(row, record["friendlyId"])


def unharmed(row: Row, name: str) -> bytes:
    """Return the bytes of a kept PDF; DatabaseError when they are not those that were kept."""
    content = bytes(row["content"])
    if hashlib.sha256(content).hexdigest() != row["sha256"]:
        message = f"the PDF of {name} is not what it was: its hash differs"
        raise DatabaseError(message, hint="restore the latest backup")
    return content


def of_shipment(db: Db, ref: str) -> str:
    """Return the number of the invoice that bills a shipment; NotFoundError where none does."""
    with db.read() as books:
        shipment_id = refs.find(books, "shipment", ref)
        found = books.value(
            "SELECT invoice.friendly_id FROM invoice"
            " LEFT JOIN charge ON charge.invoice_id = invoice.id"
            " WHERE (invoice.shipment_id = :id OR charge.shipment_id = :id)"
            " AND invoice.status <> 'VOIDED' AND invoice.deleted_at IS NULL",
            id=shipment_id,
        )
    if found is None:
        raise NotFoundError(
            f"shipment {ref!r} has no invoice", hint=f"invoicectl create --shipment {ref}"
        )
    return str(found)


def describe(books: Reader, act: Act, record: Record, invoice_id: int) -> Record:
    """Return what a PDF says: the invoice, its parties, its taxes by rate."""
    seller, bill_to = papers.parties(books, invoice_id)
    return {
        "kind": "invoice",
        "title": "Invoice",
        "watermark": _WATERMARKS.get(record["status"]),
        "seller": seller or parties.seller_now(act),
        "billTo": bill_to or _customer_now(books, record),
        "invoice": record,
        "taxes": taxes_by_rate(record, papers.tax_names(books, invoice_id)),
        "reference": record["friendlyId"],
    }


def _customer_now(books: Reader, record: Record) -> Record:
    customer_id = refs.find(books, "customer", record["customer"]["id"])
    return dict(records.customers(books, [customer_id])[0])


def taxes_by_rate(record: Record, names: Mapping[tuple[str, str], str]) -> list[Record]:
    """Return each tax of an invoice with what it is on and what it comes to."""
    zero = Decimal(0).scaleb(-currencies.digits(record["currency"]))
    sums: dict[tuple[str, str], Record] = {}
    bases = [(line["taxes"], line["total"] - line["tax"]) for line in record["lines"]]
    for taxes, base in [*bases, (record["shippingTaxes"], record["shipping"])]:
        for tax in taxes:
            rate = format(tax["rate"], "f")
            name = names.get((tax["code"], rate), tax["code"])
            row = sums.setdefault(
                (tax["code"], rate),
                {
                    "code": tax["code"],
                    "name": name,
                    "rate": tax["rate"],
                    "base": zero,
                    "amount": zero,
                },
            )
            row["base"] += base
            row["amount"] += tax["amount"]
    return list(sums.values())


def render(act: Act, paper: Record, record: Record) -> bytes:
    """Draw a document by the settings; nothing is stored."""
    from invoicectl.output import documents

    warn_of_template(act, record.get("templateId"))
    return documents.render(paper, settings=settings(act, record))


def prove(act: Act, paper: Record, record: Record) -> Any:
    """Refuse what cannot be drawn, as far as that is known without drawing it.

    Returns what need not be done again when it is drawn.
    """
    from invoicectl.output import documents

    return documents.prove(paper, settings=settings(act, record))


def settings(act: Act, record: Record) -> Any:
    """Return how the document of a record looks, as the settings have it."""
    own = record.get("templateId")
    return settings_of(act, own if own and has_template(act, own) else act.settings["pdf.template"])


def settings_of(act: Act, template: str, **changes: str) -> Any:
    """Return how a document is drawn in a template, by the settings and some changes of them."""
    from invoicectl.output import documents

    said = {**act.settings, **changes}
    folder, logo = said["pdf.template_dir"], said["company.logo"]
    return documents.Settings(
        page=said["pdf.page"],
        locale=said["company.locale"],
        font_path=said["pdf.font_path"] or None,
        template=template,
        template_dir=Path(folder).expanduser() if folder else None,
        logo=Path(logo).expanduser() if logo else None,
        color=said["pdf.color"],
    )


def has_template(act: Act, name: str) -> bool:
    """Return whether there is a template or a style of this name, the user's own or ours."""
    from invoicectl.output import styles, templates

    folder = template_dir(act)
    return templates.is_there(name, folder) or styles.is_style(name, folder)


def template_dir(act: Act) -> Path | None:
    """Return the folder of the user's own templates, None where none is set."""
    said = act.settings["pdf.template_dir"]
    return Path(said).expanduser() if said else None


def warn_of_template(act: Act, name: str | None) -> None:
    """Say so where an invoice names a template that is not here, as another system's ids are."""
    if name and not has_template(act, name):
        usual = act.settings["pdf.template"]
        act.warn(f"there is no template {name!r}: the PDF is drawn with {usual!r}")


class Paper(NamedTuple):
    """A PDF that was just made of an invoice, and what `standing` said of that then."""

    invoice_id: int
    content: bytes
    standing: str


def keep(
    db: Db, act: Act, invoice_id: int, content: bytes, drawn: str
) -> tuple[Record, bytes] | None:
    """Keep a PDF that was just made, as `keep_all` does."""
    (kept,) = keep_all(db, act, [Paper(invoice_id, content, drawn)])
    return kept


def keep_all(db: Db, act: Act, papers: Sequence[Paper]) -> list[tuple[Record, bytes] | None]:
    """Keep PDFs that were just made, unless another process was first: then that one stands.

    Returns each invoice with the PDF that stands; None, and nothing is kept, where the invoice is
    no longer what was drawn: taken back to a draft meanwhile, issued anew, or void.
    """
    of = [paper.invoice_id for paper in papers]
    kept: dict[int, bytes] = {}
    new: list[tuple[Paper, Record]] = []
    with db.write() as session:
        books = reader(session)
        seen, frozen = records.invoices(books, of, act.today), seals.frozen(books, of)
        for paper, record in zip(papers, seen, strict=True):
            invoice_id = paper.invoice_id
            if _standing(record, frozen[invoice_id]) == paper.standing:
                earlier = kept_pdf(books, record, invoice_id)
                kept[invoice_id] = earlier or paper.content
                new += [(paper, record)] if earlier is None else []
        _store(session, act, new)
        stand = records.invoices(books, of, act.today)
    return [
        (record, kept[each]) if each in kept else None
        for each, record in zip(of, stand, strict=True)
    ]


def _store(session: Session, act: Act, made: Sequence[tuple[Paper, Record]]) -> None:
    """Store PDFs inside a transaction, each with its line of history."""
    uuids, created_at = ids.several(act.now, len(made)), dates.instant(act.now)
    rows, events = [], []
    for uuid, (paper, record) in zip(uuids, made, strict=True):
        sha256, size = hashlib.sha256(paper.content).hexdigest(), len(paper.content)
        rows.append(
            {"uuid": uuid, "invoice_id": paper.invoice_id, "name": f"{record['friendlyId']}.pdf",
             "sha256": sha256, "created_at": created_at, "content": paper.content}
        )  # fmt: skip
        said = {"sha256": sha256, "bytes": size}
        events.append(history.Event("invoice", paper.invoice_id, "pdf", said))
    bulk.insert(session, Document, rows)
    history.note_all(session, act, events)


def written(db: Db, act: Act, ref: str, path: Path) -> Record:
    """Remember where an invoice's PDF was last written: its `documentUrl`; return the invoice."""
    with db.write() as session:
        books = reader(session)
        invoice_id = refs.find(books, "invoice", ref)
        _put_urls(session, {invoice_id: path})
        found: Record = records.invoices(books, [invoice_id], act.today)[0]
        return found


def written_all(db: Db, paths: Mapping[int, Path]) -> None:
    """Remember where the PDFs of invoices were last written, by internal id."""
    with db.write() as session:
        _put_urls(session, paths)


def _put_urls(session: Session, paths: Mapping[int, Path]) -> None:
    driver(session).executemany(
        "UPDATE document SET url = :url WHERE invoice_id = :id AND superseded = 0",
        [{"id": of, "url": path.absolute().as_uri()} for of, path in paths.items()],
    )
