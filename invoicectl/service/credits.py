"""The verbs of credit memos: create, apply, unapply, void."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from invoicectl.errors import ConflictError
from invoicectl.rules import money, numbering
from invoicectl.service import (
    crediting,
    history,
    invoices,
    keys,
    ledger,
    parties,
    payments,
    settling,
)
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.store import ids, records, refs
from invoicectl.store.db import Db
from invoicectl.store.session import reader
from invoicectl.store.tables import CreditMemo, Invoice, Movement

Record = dict[str, Any]


def create(db: Db, act: Act, body: Mapping[str, object]) -> Record:
    """Make a credit memo: from its date on its amount is owed back to the customer; return it.

    `body` may have customer, amount, currency, date, reference, note and key. The same `key` with
    the same content answers with the memo that is there.

    Raises:
        NotFoundError: there is no such customer.
        ValidationError: a field is missing, or not acceptable.
        ConflictError: the key is another's, or the customer was deleted.
    """
    with db.write(dry_run=act.dry_run) as session:
        catalog, fields = Catalog(session, act), Fields(body, typed=True)
        known, named = keys.known(catalog, act, "credit", fields, said={"verb": "create"})
        if known is not None:
            return records.credits(catalog.reader, [known])[0]
        customer_id, currency = payments.payer(catalog, act, fields)
        minor = fields.amount("amount", currency)
        if minor is None:
            raise fields.refuse("amount", "is missing")
        if minor <= 0:
            raise fields.refuse("amount", f"is {money.text(minor, currency)}; a credit is above 0")
        credit = blank(act, customer_id=customer_id, currency=currency, amount_minor=minor,
                       credit_date=fields.day("date") or act.today, **named)  # fmt: skip
        credit.reference, credit.note = fields.text("reference"), fields.long_text("note")
        fields.finish()
        book(session, act, credit)
        return record(session, credit)


def blank(act: Act, **columns: Any) -> CreditMemo:
    """Return a credit memo with these columns, not stored yet."""
    return CreditMemo(uuid=ids.new(act.now), created_at=act.now, updated_at=act.now,
                      created_by=act.by, **columns)  # fmt: skip


def book(
    session: Session,
    act: Act,
    credit: CreditMemo,
    lines: Sequence[crediting.Credited] | None = None,
    *,
    verb: str = "create",
) -> None:
    """Store a credit memo of which nothing is applied yet, with its movement and its history.

    Seller and customer are frozen as they are now. What a credit note takes back is in `lines`;
    where there are none, its amount is spread over what is left to credit of its invoice.

    Raises:
        ConflictError: the invoice is a draft or void, or less is left of it.
    """
    of = session.get(Invoice, credit.invoice_id) if credit.invoice_id is not None else None
    if of is not None and lines is None:
        invoices.refuse_unless(of, "credit-note")
        bill = crediting.bill(reader(session), of.id or 0)
        lines = crediting.of_amount(bill, credit.amount_minor)
    books = reader(session)
    credit.seller_id = parties.seller(books, act)
    credit.bill_to_id = parties.bill_to(books, credit.customer_id)
    credit.tax_minor = sum(line.tax_minor for line in lines or ())
    session.add(credit)
    session.flush()
    crediting.put(session, credit, lines or ())
    ledger.post(session, act, "memo", credit.credit_date,
                unapplied_minor=-credit.amount_minor, credit=credit)  # fmt: skip
    said = {"amount": money.text(credit.amount_minor, credit.currency), "currency": credit.currency,
            "date": credit.credit_date}  # fmt: skip
    history.note(session, act, "credit", credit.id or 0, verb, **said,
                 invoice=of.friendly_id if of else None)  # fmt: skip
    if of is not None:
        history.note(
            session, act, "invoice", of.id or 0, "credit-note", **said, credit=name(credit)
        )


def apply(
    db: Db, act: Act, ref: str, invoice_ref: str, *, amount: str = "", on: date | None = None
) -> Record:
    """Apply a credit memo to an invoice: an amount, else as much as remains and is owed.

    It counts from `on` (today where that is None), never before the memo or the invoice.

    Raises:
        NotFoundError: there is no such memo or invoice.
        ValidationError: the amount cannot be, or is not above 0.
        ConflictError: the memo is void, another customer's or in another currency; the invoice is
            not open; or it is more than remains of the one or is owed on the other.
    """
    with db.write(dry_run=act.dry_run) as session:
        credit = find(session, ref)
        invoice = invoices.find(session, invoice_ref)
        settling.refuse_settling(invoice, "apply a credit to")
        settling.refuse_stranger(invoice, credit, "credit memo")
        if amount:
            minor = payments.read_amount(amount, credit.currency, "--amount")
        else:
            minor = min(credit.remaining_minor, invoice.owed_minor)
        if minor == 0:
            raise ConflictError(f"nothing remains of credit memo {name(credit)}")
        settling.apply_credit(session, act, credit, invoice, minor, on=on or act.today)
        return record(session, credit)


def unapply(db: Db, act: Act, ref: str, invoice_refs: Sequence[str] = ()) -> Record:
    """Take a credit memo off invoices, or off all of them, from today on; it remains again.

    Raises:
        NotFoundError: there is no such memo or invoice.
        ConflictError: it is not applied there.
    """
    with db.write(dry_run=act.dry_run) as session:
        credit = find(session, ref)
        applied = ledger.standing(session, credit_id=credit.id, kind="credit")
        chosen = payments.applied_to(session, applied, invoice_refs, f"credit memo {name(credit)}")
        freed = settling.take_back(session, act, chosen, verb="credit unapply")
        for invoice in freed:
            history.note(session, act, "credit", credit.id or 0, "unapply",
                         invoice=invoice.friendly_id)  # fmt: skip
        return record(session, credit)


def void(
    db: Db, act: Act, ref: str, *, reason: str | None = None, on: date | None = None
) -> Record:
    """Void a credit memo: from `on`, else today, nothing is owed back on it. It is final.

    What a credit note took back of its invoice can be credited again.

    Raises:
        NotFoundError: there is no such memo.
        ConflictError: it is applied, or void already; or `on` is before the memo, or before
            something that was booked on it.
    """
    with db.write(dry_run=act.dry_run) as session:
        credit = find(session, ref)
        _refuse_applied(session, credit)
        latest = _last_day(session, credit)
        if on is not None and on < latest:
            raise ConflictError(
                f"cannot void credit memo {name(credit)} on {on}: it stood until {latest}",
                hint=f"the earliest date is {latest}",
            )
        credit.voided_on = on or max(act.today, latest)
        for movement in ledger.standing(session, credit_id=credit.id, kind="memo"):
            ledger.reverse(session, act, movement, on=credit.voided_on)
        credit.version += 1
        history.note(session, act, "credit", credit.id or 0, "void",
                     reason=reason, date=credit.voided_on)  # fmt: skip
        return record(session, credit)


def _refuse_applied(session: Session, credit: CreditMemo) -> None:
    applied = ledger.standing(session, credit_id=credit.id, kind="credit")
    if applied:
        invoice = session.get(Invoice, applied[0].invoice_id)
        assert invoice is not None  # noqa: S101 - an application is always on one
        shown = money.show(credit.amount_minor - credit.remaining_minor, credit.currency)
        raise ConflictError(
            f"cannot void credit memo {name(credit)}: {shown} of it is applied"
            f" ({invoice.friendly_id}{' and others' if len(applied) > 1 else ''})",
            hint=f"take it off first: invoicectl credit unapply {name(credit)}",
        )


def _last_day(session: Session, credit: CreditMemo) -> date:
    """Return the date of a memo's latest movement that counts."""
    days = ledger.days_that_count(session, Movement.credit_id == credit.id)
    return max([credit.credit_date, *days])


def find(session: Session, ref: str) -> CreditMemo:
    """Return the credit memo that a REF means; a void one is refused."""
    credit = session.get(CreditMemo, refs.find(reader(session), "credit", ref))
    assert credit is not None  # noqa: S101 - it was just found
    if credit.voided_on is not None:
        raise ConflictError(f"credit memo {name(credit)} is void")
    return credit


def name(credit: CreditMemo) -> str:
    """Return a credit memo's friendly id."""
    return numbering.friendly("credit", credit.id or 0)


def record(session: Session, credit: CreditMemo) -> Record:
    """Return a credit memo as the transaction leaves it."""
    found: Record = records.credits(reader(session), [credit.id or 0])[0]
    return found
