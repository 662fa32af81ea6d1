"""The PDF of a credit memo: made once, kept, and the same bytes ever after, as an invoice's is."""

import hashlib
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, update

from invoicectl.service import documents, history
from invoicectl.service.act import Act
from invoicectl.store import ids, papers, records, refs
from invoicectl.store.db import Db, Reader
from invoicectl.store.session import reader
from invoicectl.store.tables import Document

Record = dict[str, Any]


def means(db: Db, ref: str) -> bool:
    """Return whether a REF is a credit memo's and no invoice's."""
    with db.read() as books:
        no_invoice = not refs.among(books, "invoice", ref)
        return no_invoice and bool(refs.among(books, "credit", ref))


def pdf(db: Db, act: Act, ref: str) -> tuple[Record, bytes]:
    """Return a credit memo and its PDF. With a dry run nothing is kept.

    Raises:
        NotFoundError: there is no such credit memo.
        ValidationError: a sign cannot be drawn, or the template is wrong; nothing is kept.
    """
    with db.read() as books:
        credit_id = refs.find(books, "credit", ref)
        record = records.credits(books, [credit_id])[0]
        kept = _kept(books, record, credit_id)
        paper = None if kept else describe(books, record, credit_id)
    if kept is not None:
        if record["voidedOn"]:
            documents.warn_of_void(act, record["friendlyId"])
        return record, kept
    content = documents.render(act, paper or {}, record)
    return (record, content) if act.dry_run else _keep(db, act, credit_id, content)


def _kept(books: Reader, record: Record, credit_id: int) -> bytes | None:
    row = papers.credit_document(books, credit_id)
    return None if row is None else documents.unharmed(row, record["friendlyId"])


def describe(books: Reader, record: Record, credit_id: int) -> Record:
    """Return what a PDF says: the memo, its parties, its taxes by rate."""
    seller, bill_to = papers.credit_parties(books, credit_id)
    names = {
        (tax["code"], format(tax["rate"], "f")): tax["name"]
        for line in record["lines"]
        for tax in line["taxes"]
    }
    reference = record["reference"] if record["reference"] != record["invoice"] else None
    lines = [line | {"unitPrice": None} for line in record["lines"]]
    whole = record | {"shipping": record["amount"] * 0, "shippingTaxes": []}  # it is a line
    return {
        "kind": "credit-note",
        "title": "Credit note" if record["invoice"] else "Credit memo",
        "watermark": "VOID" if record["voidedOn"] else None,
        "seller": seller,
        "billTo": bill_to,
        "credit": record | {"reference": reference, "lines": lines},
        "taxes": documents.taxes_by_rate(whole, names),
        "reference": record["friendlyId"],
    }


def _keep(db: Db, act: Act, credit_id: int, content: bytes) -> tuple[Record, bytes]:
    """Keep a PDF that was just made, unless another process was first: then that one stands."""
    with db.write() as session:
        record = records.credits(reader(session), [credit_id])[0]
        earlier = _kept(reader(session), record, credit_id)
        if earlier is None:
            _store(session, act, credit_id, record["friendlyId"], content)
            record = records.credits(reader(session), [credit_id])[0]
    return record, earlier or content


def _store(session: Session, act: Act, credit_id: int, name: str, content: bytes) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    session.add(
        Document(uuid=ids.new(act.now), credit_id=credit_id, name=f"{name}.pdf", sha256=sha256,
                 created_at=act.now, content=content)
    )  # fmt: skip
    history.note(session, act, "credit", credit_id, "pdf", sha256=sha256, bytes=len(content))


def written(db: Db, act: Act, ref: str, path: Path) -> Record:  # noqa: ARG001 - as of an invoice
    """Remember where a credit memo's PDF was last written: its `documentUrl`; return the memo."""
    with db.write() as session:
        credit_id = refs.find(reader(session), "credit", ref)
        current = update(Document).where(col(Document.credit_id) == credit_id)
        session.execute(current.values(url=path.absolute().as_uri()))
        return records.credits(reader(session), [credit_id])[0]
