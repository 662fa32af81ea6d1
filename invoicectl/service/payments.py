"""The verbs of money received: pay, record, apply, unapply, delete."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from invoicectl.errors import ConflictError, NotFoundError, ValidationError
from invoicectl.rules import money, numbering
from invoicectl.service import history, invoices, keys, ledger, settling
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import read_currency
from invoicectl.store import ids, records, refs
from invoicectl.store.db import Db
from invoicectl.store.session import reader
from invoicectl.store.tables import Invoice, Movement, Payment

Record = dict[str, Any]


def pay(db: Db, act: Act, ref: str, body: Mapping[str, object], *, excess: bool = False) -> Record:
    """Record one payment of an invoice and apply it; return the payment.

    Without an amount it is all that is owed, less the discount inside a discount window. What is
    more than is owed is refused, or with `excess` stays unapplied. `body` may have amount, method,
    reference, date and key.

    Raises:
        NotFoundError: there is no such invoice.
        ValidationError: the amount or the date cannot be read, or the amount is not above 0.
        ConflictError: nothing is owed on it, it is less than the amount, or the key is another's.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        payment, is_new = _receive(session, act, Fields(body, typed=True), of=invoice,
                                   said={"excess": excess})  # fmt: skip
        if is_new:
            _settle(session, act, payment, invoice, excess=excess)
        return record(session, payment)


def mark_paid(db: Db, act: Act, ref: str) -> Record:
    """Record one payment of what is owed on an invoice, dated today; return the invoice."""
    with db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        payment, _ = _receive(session, act, Fields({}, typed=True), of=invoice)
        _settle(session, act, payment, invoice, excess=False)
        return invoices.record(session, act, invoice.id or 0)


def _settle(
    session: Session, act: Act, payment: Payment, invoice: Invoice, *, excess: bool
) -> None:
    minor = payment.amount_minor
    if minor > invoice.owed_minor:
        if not excess:
            over = money.show(minor - invoice.owed_minor, invoice.currency)
            raise ConflictError(
                f"the payment is {over} more than is owed on {invoice.friendly_id}",
                hint="--excess unapplied keeps the rest as unapplied money",
            )
        minor = invoice.owed_minor
    settling.apply_payment(session, act, payment, invoice, minor, on=payment.payment_date)


def record_payment(
    db: Db,
    act: Act,
    body: Mapping[str, object],
    applications: Sequence[tuple[str, str]] = (),
    *,
    auto: bool = False,
) -> Record:
    """Record money from a customer, and apply it: as said, oldest due first, or not at all yet.

    `applications` are pairs of an invoice's REF and an amount. What is not applied stays unapplied.

    Raises:
        NotFoundError: there is no such customer or invoice.
        ValidationError: an amount, a date or the currency is not acceptable.
        ConflictError: more is applied than was received or is owed, or the key is another's.
    """
    with db.write(dry_run=act.dry_run) as session:
        parts = [{"invoice": ref, "amount": amount} for ref, amount in applications]
        said = {"apply": parts, "auto": auto}
        payment, is_new = _receive(session, act, Fields(body, typed=True), said=said)
        if is_new:
            for ref, amount in applications:
                _apply_part(session, act, payment, ref, amount)
            if auto:
                _apply_oldest(session, act, payment)
        return record(session, payment)


def _apply_part(session: Session, act: Act, payment: Payment, ref: str, amount: str) -> None:
    invoice = invoices.find(session, ref)
    minor = read_amount(amount, payment.currency, "--apply")
    settling.apply_payment(session, act, payment, invoice, minor, on=payment.payment_date)


def _apply_oldest(session: Session, act: Act, payment: Payment) -> None:
    for invoice in settling.oldest_due_first(session, payment):
        settles = settling.due_now(invoice, payment.payment_date)
        minor = min(settles, payment.unapplied_minor)
        if minor > 0:
            settling.apply_payment(session, act, payment, invoice, minor, on=payment.payment_date)


def _receive(
    session: Session,
    act: Act,
    fields: Fields,
    *,
    of: Invoice | None = None,
    said: dict[str, object] | None = None,
) -> tuple[Payment, bool]:
    """Store a payment, or find the one that this request made before; and whether it is new."""
    catalog = Catalog(session, act)
    said = (said or {}) | ({"of": of.uuid} if of is not None else {})
    known, named = keys.known(catalog, act, "payment", fields, said=said)
    if known is not None:
        found = session.get(Payment, known)
        assert found is not None  # noqa: S101
        return found, False
    if of is not None:
        settling.refuse_settling(of, "pay")
    payment = _read(catalog, act, fields, of)
    payment.key, payment.request = named["key"], named["request"]
    book(session, act, payment)
    return payment, True


def _read(catalog: Catalog, act: Act, fields: Fields, of: Invoice | None) -> Payment:
    customer_id, currency = (of.customer_id, of.currency) if of else payer(catalog, act, fields)
    day = fields.day("date") or act.today
    minor = fields.amount("amount", currency)
    if minor is None:
        if of is None:
            raise fields.missing("amount")
        minor = settling.due_now(of, day)
    if minor <= 0:
        raise fields.refuse("amount", f"is {money.text(minor, currency)}; a payment is above 0")
    payment = Payment(
        uuid=ids.new(act.now), customer_id=customer_id, currency=currency, amount_minor=minor,
        payment_date=day, method=fields.text("method"), reference=fields.text("reference"),
        created_at=act.now, updated_at=act.now, created_by=act.by,
    )  # fmt: skip
    fields.finish()
    return payment


def payer(catalog: Catalog, act: Act, fields: Fields) -> tuple[int, str]:
    """Return the customer that money or a credit is of, and its currency unless one is given.

    Raises:
        NotFoundError, ValidationError: the customer or the currency is none.
        ConflictError: the customer was deleted.
    """
    customer_id = catalog.named(fields, "customer", "customer")
    if customer_id is None:
        raise fields.missing("customer")
    customer = catalog.row("customer", customer_id)
    if customer["deleted_at"]:
        raise ConflictError(f"the customer {customer['name']!r} was deleted")
    return customer_id, read_currency(fields) or customer["currency"] or act.currency


def book(session: Session, act: Act, payment: Payment) -> None:
    """Store a payment whose money is not applied yet, with its movement and its history."""
    session.add(payment)
    session.flush()
    history.note(
        session, act, "payment", payment.id or 0, "record",
        amount=money.text(payment.amount_minor, payment.currency), currency=payment.currency,
        date=payment.payment_date,
    )  # fmt: skip
    ledger.post(session, act, "money", payment.payment_date,
                unapplied_minor=-payment.amount_minor, payment=payment)  # fmt: skip


def read_amount(text: str, currency: str, name: str) -> int:
    """Return an amount above 0 in minor units; a ValidationError names what is wrong with it."""
    try:
        minor = money.read(text.strip(), currency)
    except ValueError as error:
        raise ValidationError.at(name, str(error)) from error
    if minor <= 0:
        raise ValidationError.at(name, f"{text} is not above 0")
    return minor


def apply(
    db: Db, act: Act, ref: str, invoice_ref: str, *, amount: str = "", on: date | None = None
) -> Record:
    """Apply unapplied money of a payment to an invoice: an amount, else as much as settles it.

    It counts from `on` (today where that is None), never before the payment or the invoice.

    Raises:
        NotFoundError, ValidationError, ConflictError: as for `record_payment`.
    """
    with db.write(dry_run=act.dry_run) as session:
        payment = find(session, ref)
        invoice = invoices.find(session, invoice_ref)
        settling.refuse_settling(invoice, "pay")
        settling.refuse_stranger(invoice, payment, "payment")
        if amount:
            minor = read_amount(amount, payment.currency, "--amount")
        else:
            minor = min(settling.due_now(invoice, payment.payment_date), payment.unapplied_minor)
        if minor == 0:
            raise ConflictError(f"nothing is left of payment {_name(payment)}")
        settling.apply_payment(session, act, payment, invoice, minor, on=on or act.today)
        return record(session, payment)


def unapply(db: Db, act: Act, ref: str, invoice_refs: Sequence[str] = ()) -> Record:
    """Take a payment off invoices, or off all of them, from today on; its money is unapplied.

    Raises:
        NotFoundError: there is no such payment or invoice.
        ConflictError: it is not applied there.
    """
    with db.write(dry_run=act.dry_run) as session:
        payment = find(session, ref)
        standing = ledger.standing(session, payment_id=payment.id)
        applied = [movement for movement in standing if movement.kind != "money"]
        chosen = applied_to(session, applied, invoice_refs, f"payment {_name(payment)}")
        freed = settling.take_back(session, act, chosen, verb="payment unapply")
        for invoice in freed:
            history.note(session, act, "payment", payment.id or 0, "unapply",
                         invoice=invoice.friendly_id)  # fmt: skip
        return record(session, payment)


def applied_to(
    session: Session, applied: Sequence[Movement], refs: Sequence[str], what: str
) -> list[Movement]:
    """Return the applications to some invoices, to all where none is named.

    Raises:
        ConflictError: there is none to one of them, or none at all.
    """
    if not applied:
        raise ConflictError(f"{what} is not applied")
    if not refs:
        return list(applied)
    chosen = [invoices.find(session, ref) for ref in refs]
    for invoice in chosen:
        if all(movement.invoice_id != invoice.id for movement in applied):
            raise ConflictError(f"{what} is not applied to {invoice.friendly_id}")
    wanted = {invoice.id for invoice in chosen}
    return [movement for movement in applied if movement.invoice_id in wanted]


def delete(db: Db, act: Act, ref: str) -> Record:
    """Delete a payment: from today on it does not exist; before today it stands as it was.

    The invoices that it settled owe again.

    Raises:
        NotFoundError: there is no such payment.
        ConflictError: it was deleted before.
    """
    with db.write(dry_run=act.dry_run) as session:
        payment = find(session, ref)
        movements = ledger.standing(session, payment_id=payment.id)
        applied = [movement for movement in movements if movement.kind != "money"]
        settling.take_back(session, act, applied, verb="payment delete")
        for movement in movements:
            if movement.kind == "money":
                ledger.reverse(session, act, movement, on=act.today)
        payment.deleted_at = act.now
        history.note(session, act, "payment", payment.id or 0, "delete", date=act.today)
        return record(session, payment)


def find(session: Session, ref: str) -> Payment:
    """Return the payment that a REF means; one that was deleted is refused."""
    payment = session.get(Payment, refs.find(reader(session), "payment", ref))
    if payment is None:
        raise NotFoundError(f"no payment {ref!r}")
    if payment.deleted_at is not None:
        raise ConflictError(f"payment {_name(payment)} was deleted")
    return payment


def _name(payment: Payment) -> str:
    return numbering.friendly("payment", payment.id or 0)


def record(session: Session, payment: Payment) -> Record:
    """Return a payment as the transaction leaves it."""
    found: Record = records.payments(reader(session), [payment.id or 0])[0]
    return found
