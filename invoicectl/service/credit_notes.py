"""credit-note: take back what an invoice billed, all of it or a part."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from invoicectl.errors import ConflictError, ValidationError
from invoicectl.rules import money
from invoicectl.service import (
    crediting,
    credits,  # noqa: A004 - the word for it
    invoices,
    keys,
    settling,
)
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.store import records, seals
from invoicectl.store.db import Db
from invoicectl.store.session import reader
from invoicectl.store.tables import CreditMemo, Invoice

Record = dict[str, Any]
Lines = Mapping[str, str]


def credit_note(
    db: Db, act: Act, ref: str, body: Mapping[str, object], *, lines: Lines, apply: bool = False
) -> Record:
    """Make a credit memo of what an issued invoice billed less its earlier notes; return the memo.

    It is all that is left, or an `amount`, or some `lines`: by position or `shipping`, a quantity
    or for '' all that is left of it. With `apply` it settles the invoice as far as something is
    owed, and the rest remains.
    `body` may have amount, date, reference, note and key; the reference is else the invoice number.

    Raises:
        NotFoundError: there is no such invoice.
        ValidationError: an amount, a line or a date is not acceptable.
        ConflictError: the invoice is a draft or void, or less is left of it; or the key is taken.
        DatabaseError: the invoice does not match its seal.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        catalog, fields = Catalog(session, act), Fields(body, typed=True)
        said = {"verb": "credit-note", "of": invoice.uuid, "apply": apply,
                "lines": sorted(lines.items())}  # fmt: skip
        known, named = keys.known(catalog, act, "credit", fields, said=said)
        if known is not None:
            return records.credits(catalog.reader, [known])[0]
        seals.prove(catalog.reader, "invoice", [invoice.id or 0])  # the memo would not show it
        invoices.refuse_unless(invoice, "credit-note")
        credit = _make(session, act, invoice, fields, lines, named)
        minor = min(credit.remaining_minor, invoice.owed_minor)
        if apply and minor:
            settling.apply_credit(session, act, credit, invoice, minor, on=credit.credit_date)
        return credits.record(session, credit)


def _make(
    session: Session,
    act: Act,
    invoice: Invoice,
    fields: Fields,
    asked: Lines,
    named: Mapping[str, str | None],
) -> CreditMemo:
    taken = _taken(session, invoice, fields, asked)
    day = fields.day("date")
    if day is not None and day < invoice.invoice_date:
        raise ConflictError(
            f"cannot credit invoice {invoice.friendly_id} on {day}: it is of {invoice.invoice_date}"
        )
    credit = credits.blank(
        act,
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        currency=invoice.currency,
        amount_minor=sum(line.part.total_minor for line in taken),
        credit_date=day or max(act.today, invoice.invoice_date),
        reference=fields.text("reference") or invoice.friendly_id,
        note=fields.long_text("note"),
        **named,
    )
    fields.finish()
    credits.book(session, act, credit, taken, verb="credit-note")
    return credit


def _taken(
    session: Session, invoice: Invoice, fields: Fields, asked: Lines
) -> list[crediting.Credited]:
    """Return what the note takes of each row: an amount of all, some of some, or all of all."""
    bill = crediting.bill(reader(session), invoice.id or 0)
    minor = fields.amount("amount", invoice.currency)
    if minor is not None and minor <= 0:
        shown = money.text(minor, invoice.currency)
        raise ValidationError.at("amount", f"is {shown}; a credit is above 0")
    if minor is not None:
        return crediting.of_amount(bill, minor)
    if asked:
        units = {position: _units(position, typed) for position, typed in asked.items()}
        return crediting.of_lines(bill, units)
    return crediting.whole(bill)


def _units(position: str, typed: str) -> Decimal | None:
    try:
        return money.read_number(typed) if typed else None
    except ValueError as error:
        raise ValidationError.at("--line", f"{position}={typed} {error}") from error
