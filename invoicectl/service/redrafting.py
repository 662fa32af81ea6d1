"""Drafts that were stored: taken apart, changed, and stored again with their totals worked out."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, delete, update

from invoicectl.errors import ConflictError
from invoicectl.rules import money, totals
from invoicectl.service import history, ledger, storing
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog, TaxCode
from invoicectl.service.drafting import Draft, recompute
from invoicectl.service.lines import LineDraft, line_of
from invoicectl.store.db import Row
from invoicectl.store.session import reader
from invoicectl.store.tables import Charge, Invoice, Line, LineTax

# A line's columns that are not worked out; the id and version are kept as long as the line is.
NUMBERS = ("quantity", "unit_price")
DAYS = (
    "charging_start", "charging_end", "alternate_charging_start", "alternate_charging_end",
)  # fmt: skip
AS_THEY_ARE = (
    "uuid", "version", "product_id", "item_id", "description", "unit", "discount",
    "accounting_code", "warehouse", "pricing_snapshot_id",
)  # fmt: skip


def load(session: Session, catalog: Catalog, invoice: Invoice) -> Draft:  # noqa: ARG001
    """Return a stored invoice as the draft that it was made of; taxes have the rates they had.

    Its `invoice` has every column; change what is to change, and `save` it.
    """
    books = reader(session)
    taxes: defaultdict[int | None, list[Row]] = defaultdict(list)
    of = {"id": invoice.id}
    for row in books.all("SELECT * FROM line_tax WHERE invoice_id = :id ORDER BY position", **of):
        taxes[row["line_id"]].append(row)
    lines = books.all("SELECT * FROM line WHERE invoice_id = :id ORDER BY position", **of)
    names = Invoice.__table__.columns.keys()  # type: ignore[attr-defined]
    return Draft(
        {name: getattr(invoice, name) for name in names},
        [_line(row, taxes[row["id"]]) for row in lines],
        [(_code(row), row["amount_minor"]) for row in taxes[None]],
        number=invoice.friendly_id,
    )


def _line(row: Row, taxes: Sequence[Row]) -> LineDraft:
    columns: dict[str, Any] = {name: row[name] for name in AS_THEY_ARE}
    columns |= {name: Decimal(row[name]) for name in NUMBERS}
    columns |= {name: row[name] and date.fromisoformat(row[name]) for name in DAYS}
    amounts = totals.LineTotals(
        row["discount_minor"],
        row["net_minor"],
        row["document_discount_minor"],
        tuple(tax["amount_minor"] for tax in taxes),
        row["tax_minor"],
        row["total_minor"],
    )
    return LineDraft(columns, tuple(map(_code, taxes)), row["charge_id"], amounts)


def _code(row: Row) -> TaxCode:
    tax = totals.Tax(row["code"], Decimal(row["rate"]))
    return TaxCode(row["tax_id"], row["name"], tax)


def save(
    session: Session,
    act: Act,
    invoice: Invoice,
    draft: Draft,
    *,
    verb: str = "follow",
    **detail: object,
) -> None:
    """Store a draft anew: its columns, lines and taxes, every amount worked out from them.

    The charges that its lines bill are its own, and no others. It is a new version, and its
    history says by which verb; with an empty `verb` that is left to the caller.

    Raises:
        ConflictError: it has no lines.
        ValidationError: the total is below 0, or beyond what can be kept.
    """
    if not draft.lines:
        name = invoice.friendly_id
        hint = f"delete it first: invoicectl delete {name}"
        raise ConflictError(f"draft {name} would be left without lines", hint=hint)
    before = invoice.total_minor
    recompute(draft, tuple(code for code, _ in draft.shipping_taxes))
    for name, value in draft.invoice.items():
        setattr(invoice, name, value)
    ledger.touch(act, invoice)
    session.flush()
    _store_lines(session, act, invoice.id or 0, draft)
    if verb:
        now = {"amount": money.text(invoice.total_minor, invoice.currency)}
        was = {"was": money.text(before, invoice.currency)} if invoice.total_minor != before else {}
        history.note(session, act, "invoice", invoice.id or 0, verb, **now, **was, **detail)


def _store_lines(session: Session, act: Act, invoice_id: int, draft: Draft) -> None:
    for table in (LineTax, Line):
        session.execute(delete(table).where(col(table.invoice_id) == invoice_id))
    billed = [line.charge_id for line in draft.lines if line.charge_id is not None]
    others = (col(Charge.invoice_id) == invoice_id) & col(Charge.id).not_in(billed)
    session.execute(update(Charge).where(others).values(invoice_id=None))
    storing.insert_lines(session, act, [(invoice_id, draft)])


def follow(
    catalog: Catalog,
    invoice: Invoice,
    charges: Sequence[Row],
    *,
    before: set[int],
    staying: set[int],
) -> None:
    """Put the charges that a draft bills of an order or a shipment in the place of those it billed.

    `before` are the ids of the charges there were, `staying` of those that did not change: their
    lines stay too. All other lines and the discounts are kept.
    """
    draft = load(catalog.session, catalog, invoice)
    billed: dict[int | None, LineDraft] = {
        line.charge_id: line for line in draft.lines if line.charge_id in before
    }
    new = [
        billed[row["id"]]
        if row["id"] in staying & billed.keys()
        else _renewed(catalog, row, billed)
        for row in charges
    ]
    at = next((n for n, line in enumerate(draft.lines) if line.charge_id in before), 0)
    draft.lines = [line for line in draft.lines if line.charge_id not in before]
    draft.lines[at:at] = new
    save(catalog.session, catalog.act, invoice, draft)


def _renewed(catalog: Catalog, charge: Row, billed: dict[int | None, LineDraft]) -> LineDraft:
    """Return the line that bills a charge as it is now; it is the line that billed it before."""
    line = line_of(catalog, charge)
    if (old := billed.get(charge["id"])) is not None:
        line.columns["uuid"] = old.columns["uuid"]
        line.columns["version"] = old.columns["version"] + 1
    return line
