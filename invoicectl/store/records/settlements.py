"""The records of payments and credit memos, with what they settle now."""

import json
from collections.abc import Sequence
from decimal import Decimal

from invoicectl.store.db import Reader
from invoicectl.store.records.invoice_parts import STANDS
from invoicectl.store.records.shape import (
    ITS_CUSTOMER,
    Column,
    Record,
    Shape,
    fetch,
    grouped,
    in_order,
    kept,
    money,
    named,
    number,
)


def _read_taxes(text: str, currency: str) -> list[Record]:
    """Read a JSON list of [code, name, rate, minor]."""
    return [
        {"code": code, "name": name, "rate": Decimal(str(rate)), "amount": money(minor, currency)}
        for code, name, rate, minor in json.loads(text)
    ]


PAYMENT = Shape(
    (
        *named("payment", "p"),
        *ITS_CUSTOMER,
        Column("paymentDate", "p.payment_date"),
        Column("amount", "p.amount_minor", money),
        Column("currency", "p.currency"),
        Column("method", "p.method"),
        Column("reference", "p.reference"),
        Column("unapplied", "p.unapplied_minor", money),
        Column("paymentGroupId", "p.uuid"),
        Column("applications"),
        *kept("p"),
        Column("createdBy", "p.created_by"),
    )
)

CREDIT = Shape(
    (
        *named("credit", "m"),
        *ITS_CUSTOMER,
        Column("date", "m.credit_date"),
        Column("amount", "m.amount_minor", money),
        Column("tax", "m.tax_minor", money),
        Column("currency", "m.currency"),
        Column("reference", "m.reference"),
        Column("note", "m.note"),
        Column("invoiceId", "i.uuid"),
        Column("invoice", "i.friendly_id"),
        Column("remaining", "m.remaining_minor", money),
        Column("applications"),
        Column("lines"),
        Column("voidedOn", "m.voided_on"),
        Column("documentId", "d.uuid"),
        Column("documentUrl", "d.url"),
        Column("documentSha256", "d.sha256"),
        *kept("m"),
        Column("createdBy", "m.created_by"),
    )
)

APPLICATION = Shape(
    (
        Column("kind", "m.kind"),
        Column("invoice", "i.friendly_id"),
        Column("invoiceId", "i.uuid"),
        Column("amount", "-m.owed_minor", money),
        Column("appliedAt", "m.entry_date"),
    )
)

CREDIT_LINE = Shape(
    (
        Column("position", "l.position"),
        Column("lineId", "f.uuid"),
        Column("description", "l.description"),
        Column("quantity", "l.quantity", number),
        Column("subtotal", "l.net_minor", money),
        Column("taxes", "l.taxes", _read_taxes),
        Column("tax", "l.tax_minor", money),
        Column("total", "l.total_minor", money),
    )
)


def payments(reader: Reader, ids: Sequence[int]) -> list[Record]:
    """Return payments and what each settles now; `discountTaken` is what a discount term let go."""
    source = "payment AS p JOIN customer AS c ON c.id = p.customer_id WHERE p.id"
    found = fetch(reader, PAYMENT, of="p.id, p.currency", source=source, ids=ids)
    applications = _applications(reader, ids, of="m.payment_id")
    for owner, record in found.items():
        record["applications"] = _with_discounts(applications.get(owner, []))
    return in_order(found, ids)


def credits(  # noqa: A001 - the word for it
    reader: Reader, ids: Sequence[int]
) -> list[Record]:
    """Return credit memos, what each settles now and, of a credit note, its lines."""
    source = """credit_memo AS m JOIN customer AS c ON c.id = m.customer_id
        LEFT JOIN invoice AS i ON i.id = m.invoice_id
        LEFT JOIN document AS d ON d.credit_id = m.id WHERE m.id"""
    found = fetch(reader, CREDIT, of="m.id, m.currency", source=source, ids=ids)
    applications = _applications(reader, ids, of="m.credit_id")
    lines = _credit_lines(reader, ids)
    for owner, record in found.items():
        record["applications"] = [_without_kind(each) for each in applications.get(owner, [])]
        record["lines"] = lines.get(owner, [])
    return in_order(found, ids)


def _applications(reader: Reader, ids: Sequence[int], *, of: str) -> dict[int, list[Record]]:
    """Return what payments or memos settle, by date; discounts come after their payment's rows."""
    source = f"""movement AS m JOIN invoice AS i ON i.id = m.invoice_id
        WHERE m.kind IN ('payment', 'credit', 'discount') AND {STANDS} AND {of}"""
    return grouped(
        reader,
        APPLICATION,
        of=f"{of}, m.currency",
        source=source,
        ids=ids,
        order="m.entry_date, m.kind DESC, m.id",
    )


def _with_discounts(rows: Sequence[Record]) -> list[Record]:
    """Fold each discount into the application it was booked beside."""
    applications: list[Record] = []
    for row in rows:
        if row["kind"] == "discount":
            beside = next(each for each in reversed(applications) if _same(each, row))
            beside["discountTaken"] += row["amount"]
        else:
            applications.append(_without_kind(row) | {"discountTaken": row["amount"] * 0})
    return applications


def _same(application: Record, discount: Record) -> bool:
    return bool(application["invoiceId"] == discount["invoiceId"])


def _without_kind(row: Record) -> Record:
    return {name: value for name, value in row.items() if name != "kind"}


def _credit_lines(reader: Reader, ids: Sequence[int]) -> dict[int, list[Record]]:
    source = """credit_line AS l JOIN credit_memo AS m ON m.id = l.credit_id
        LEFT JOIN line AS f ON f.id = l.line_id WHERE l.credit_id"""
    return grouped(
        reader,
        CREDIT_LINE,
        of="l.credit_id, m.currency",
        source=source,
        ids=ids,
        order="l.position",
    )
