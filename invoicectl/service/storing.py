"""Store drafts: their rows, the charges they bill, their first line of history."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import Session, SQLModel

from invoicectl.rules import dates
from invoicectl.rules.lifecycle import Status
from invoicectl.service.act import Act
from invoicectl.service.drafting import Draft
from invoicectl.service.lines import LineDraft
from invoicectl.store import bulk, ids, sequences
from invoicectl.store.session import driver, reader
from invoicectl.store.tables import Invoice, Line, LineTax

# What no draft has: these columns are filled by what happens to it later.
LATER = {"deleted_at", "sent_at", "share_token", "void_reason", "seal"}
# What every row of `invoice` has; a draft's columns come over it.
BLANK: dict[str, Any] = {
    name: (0 if name.endswith("_minor") else None)
    for name in map(str, Invoice.__table__.c.keys())  # type: ignore[attr-defined]
    if name not in LATER
} | {"status": Status.DRAFT.value, "version": 1}

# The columns of a line, as `_lines` puts its values in order.
LINE = (
    "id", "uuid", "invoice_id", "position", "charge_id",
    "discount_minor", "net_minor", "document_discount_minor", "tax_minor", "total_minor",
    "product_id", "item_id", "description", "quantity", "unit", "unit_price", "discount",
    "accounting_code", "warehouse", "pricing_snapshot_id", "charging_start", "charging_end",
    "alternate_charging_start", "alternate_charging_end", "version",
)  # fmt: skip


def insert_drafts(
    session: Session, act: Act, drafts: Sequence[Draft], *, named: bool = True
) -> list[int]:
    """Store drafts and return their internal ids; nothing is issued.

    With `named` each has a draft name (DRAFT-00001), else it needs a number. Charges that they
    bill are marked as billed.
    """
    if not drafts:
        return []
    books, count = reader(session), len(drafts)
    first = sequences.take(books, "row invoice", count)
    name = sequences.take(books, "draft", count) if named else None
    stored = range(first, first + count)
    put(session, Invoice, list(_invoices(act, drafts, first, name)))
    insert_lines(session, act, list(zip(stored, drafts, strict=True)))
    return list(stored)


def insert_lines(session: Session, act: Act, drafts: Sequence[tuple[int, Draft]]) -> None:
    """Store the lines and taxes of drafts by internal id, and mark the charges that they bill.

    A line that has a uuid keeps it.
    """
    lines = [
        (of, position, line) for of, draft in drafts for position, line in enumerate(draft.lines, 1)
    ]
    line_id = sequences.take(reader(session), "row line", len(lines)) if lines else 0
    bulk.insert_values(session, Line, LINE, list(_lines(act, lines, line_id)))
    put(session, LineTax, list(_taxes(lines, line_id, drafts)))
    billed = [(of, line.charge_id) for of, _, line in lines if line.charge_id is not None]
    driver(session).executemany("UPDATE charge SET invoice_id = ? WHERE id = ?", billed)


def bill_the_rest(session: Session, invoice_id: int) -> None:
    """Mark what is left to bill of an invoice's shipment, or else of its order, as billed by it."""
    driver(session).execute(
        "UPDATE charge SET invoice_id = :id FROM invoice AS i WHERE i.id = :id"
        " AND charge.invoice_id IS NULL AND charge.order_id = i.order_id"
        " AND (i.shipment_id IS NULL OR charge.shipment_id = i.shipment_id)",
        {"id": invoice_id},
    )


def put(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of one table in one statement."""
    bulk.insert(session, table, rows)


def _invoices(
    act: Act, drafts: Sequence[Draft], first: int, name: int | None
) -> Iterator[dict[str, Any]]:
    now, uuids = dates.instant(act.now), ids.several(act.now, len(drafts))
    for n, draft in enumerate(drafts):
        seq = None if name is None else name + n
        yield {
            **BLANK,
            **draft.invoice,
            "id": first + n,
            "uuid": uuids[n],
            "friendly_id": draft.number or f"DRAFT-{seq:05d}",
            "draft_seq": seq,
            "created_at": now,
            "updated_at": now,
            "created_by": act.by,
            "updated_by": act.by,
        }


def _lines(
    act: Act, lines: Sequence[tuple[int, int, LineDraft]], first: int
) -> Iterator[Sequence[Any]]:
    """Yield the values of lines in the order of `LINE`; in the order of a table beats by name."""
    uuids = ids.several(act.now, len(lines))
    for n, (invoice_id, position, line) in enumerate(lines):
        said, amounts = line.columns.get, line.amounts
        yield (
            first + n, said("uuid") or uuids[n], invoice_id, position, line.charge_id,
            amounts.discount_minor, amounts.net_minor, amounts.document_discount_minor,
            amounts.tax_minor, amounts.total_minor,
            said("product_id"), said("item_id"), said("description"), said("quantity"),
            said("unit"), said("unit_price"), said("discount"), said("accounting_code"),
            said("warehouse"), said("pricing_snapshot_id"), said("charging_start"),
            said("charging_end"), said("alternate_charging_start"),
            said("alternate_charging_end"), said("version", 1),
        )  # fmt: skip


def _taxes(
    lines: Sequence[tuple[int, int, LineDraft]],
    first_line: int,
    drafts: Sequence[tuple[int, Draft]],
) -> Iterator[dict[str, Any]]:
    for n, (invoice_id, _, line) in enumerate(lines):
        if line.taxes:
            shares = zip(line.taxes, line.amounts.tax_minors, strict=True)
            yield from _tax_rows(invoice_id, first_line + n, shares)
    for invoice_id, draft in drafts:
        yield from _tax_rows(invoice_id, None, draft.shipping_taxes)


def _tax_rows(invoice_id: int, line_id: int | None, shares: Any) -> Iterator[dict[str, Any]]:
    for position, (code, minor) in enumerate(shares, 1):
        yield {
            "invoice_id": invoice_id,
            "line_id": line_id,
            "position": position,
            "tax_id": code.id,
            "code": code.tax.code,
            "name": code.name,
            "rate": code.tax.rate,
            "amount_minor": minor,
        }
