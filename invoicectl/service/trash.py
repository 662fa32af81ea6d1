"""delete, and the trash: what was never issued can be taken away, brought back, and destroyed."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlmodel import Session, col
from sqlmodel import delete as deletion

from invoicectl.errors import ConflictError
from invoicectl.rules.lifecycle import Status
from invoicectl.service import amending, history, invoices, ledger, redrafting, rows, several
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.drafting import Draft
from invoicectl.service.lines import LineDraft, line_of, refuse_invoiced
from invoicectl.service.updating import retire_number
from invoicectl.store import refs
from invoicectl.store.db import Db, Row
from invoicectl.store.session import reader
from invoicectl.store.tables import Invoice, Line, LineTax

Record = dict[str, Any]


def delete(db: Db, act: Act, ref: str) -> Record:
    """Put a draft that was never issued into the trash; what it billed can be billed again.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: it was issued once, or is in the trash.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        _refuse_delete(invoice)
        invoice.deleted_at = act.now
        ledger.touch(act, invoice)
        session.flush()
        invoices.free_charges(session, invoice)
        ledger.follow_order(session, act, invoice.order_id)
        history.note(session, act, "invoice", invoice.id or 0, "delete")
        return invoices.record(session, act, invoice.id or 0)


def _refuse_delete(invoice: Invoice) -> None:
    name = invoice.friendly_id
    if invoice.status != Status.DRAFT:
        hint = "" if invoice.status == Status.VOIDED else f"void it instead: invoicectl void {name}"
        raise ConflictError(f"cannot delete invoice {name}: it is {invoice.status}", hint=hint)
    if invoice.issued_at is not None:
        raise ConflictError(
            f"cannot delete invoice {name}: it was issued before and keeps its number",
            hint=f"void it instead: invoicectl void {name}",
        )


def restore(db: Db, act: Act, ref: str) -> Record:
    """Bring a draft back from the trash; it bills its charges again, as they are now.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: it is not in the trash, its customer, order or shipment was deleted, or
            another invoice bills its shipment or one of its charges meanwhile.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = _in_trash(session, ref)
        catalog = Catalog(session, act)
        draft = redrafting.load(session, catalog, invoice)
        _refuse_restore(catalog, invoice, draft)
        invoice.deleted_at = draft.invoice["deleted_at"] = None
        lines = [_as_billed(catalog, line) for line in draft.lines]
        draft.lines = amending.matched(draft.lines, lines)
        redrafting.save(session, act, invoice, draft, verb="")
        ledger.follow_order(session, act, invoice.order_id)
        history.note(session, act, "invoice", invoice.id or 0, "restore")
        return invoices.record(session, act, invoice.id or 0)


def _in_trash(session: Session, ref: str) -> Invoice:
    invoice = session.get(Invoice, refs.find(reader(session), "invoice", ref))
    assert invoice is not None  # noqa: S101
    if invoice.deleted_at is None:
        name = invoice.friendly_id
        raise ConflictError(f"invoice {name} is not in the trash")
    return invoice


def _refuse_restore(catalog: Catalog, invoice: Invoice, draft: Draft) -> None:
    """Refuse to bring back what could not be made now."""
    for kind in ("customer", "order", "shipment"):
        if (owner := draft.invoice[f"{kind}_id"]) is not None:
            rows.refuse_deleted(kind, catalog.row(kind, owner))
    if invoice.shipment_id is not None:
        refuse_invoiced(catalog, invoice.shipment_id)
    for line in draft.lines:
        charge = _charge(catalog, line)
        if charge is not None and charge["invoice_id"] is not None:
            what = f"charge {charge['description']!r} is billed by {charge['friendly_id']} now"
            raise ConflictError(f"cannot restore invoice {invoice.friendly_id}: {what}")


def _charge(catalog: Catalog, line: LineDraft) -> Row | None:
    """Return the charge that a line bills, with the number of the invoice that bills it now."""
    return catalog.reader.one(
        "SELECT charge.*, friendly_id FROM charge LEFT JOIN invoice ON invoice.id = invoice_id"
        " WHERE charge.id = :id",
        id=line.charge_id,
    )


def _as_billed(catalog: Catalog, line: LineDraft) -> LineDraft:
    """Return a line with its charge as it is now."""
    charge = _charge(catalog, line)
    if charge is None:
        return line
    now = line_of(catalog, charge)
    now.columns |= {"uuid": line.columns["uuid"], "version": line.columns["version"] + 1}
    return now


def purge(db: Db, act: Act, ref: str) -> Record:
    """Destroy an invoice in the trash and return what it was. Its number is never used again.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: it is not in the trash.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = _in_trash(session, ref)
        invoice_id = invoice.id or 0
        was = invoices.record(session, act, invoice_id)
        retire_number(session, act, invoice)
        session.flush()
        invoices.free_charges(session, invoice)
        for table in (LineTax, Line):
            session.execute(deletion(table).where(col(table.invoice_id) == invoice_id))
        session.execute(deletion(Invoice).where(col(Invoice.id) == invoice_id))
        history.note(session, act, "invoice", invoice_id, "purge", number=was["friendlyId"])
        return was


def purge_all(db: Db, act: Act) -> dict[str, list[Mapping[str, Any]]]:
    """Destroy all that is in the trash, each in its own transaction."""
    with db.read() as books:
        sql = "SELECT uuid, friendly_id FROM invoice WHERE deleted_at IS NOT NULL ORDER BY id"
        found = [tuple(row) for row in books.all(sql)]
    return several.all_of(db, ((name, partial(purge, db, act, uuid)) for uuid, name in found))
