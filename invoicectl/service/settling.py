"""Apply money and credits to invoices, inside a transaction."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from invoicectl.errors import ConflictError
from invoicectl.rules import money, numbering, terms
from invoicectl.rules.lifecycle import OPEN, Status
from invoicectl.service import history, ledger
from invoicectl.service.act import Act
from invoicectl.service.ledger import Held, Owing
from invoicectl.store.tables import CreditMemo, Invoice, Movement, Payment

_term = lru_cache(terms.read)


class Settlement(NamedTuple):
    """What an application of money comes to: how much, the discount it brings, from which day."""

    minor: int
    discount_minor: int
    day: date


def discount_now(invoice: Owing, paid_on: date) -> int:
    """Return the discount for paying all that is owed on a day, 0 outside the term's window.

    It is the term's percentage of what is owed, in minor units; never all of it.
    """
    if not invoice.term_rule or not invoice.owed_minor:
        return 0
    rule = _term(invoice.term_rule)
    until = terms.discount_until(rule, invoice.invoice_date)
    if until is None or paid_on > until:
        return 0
    return min(terms.discount_minor(rule, invoice.owed_minor), invoice.owed_minor - 1)


def due_now(invoice: Owing, paid_on: date) -> int:
    """Return what settles an invoice on a day: what is owed less the discount of that day."""
    return invoice.owed_minor - discount_now(invoice, paid_on)


def refuse_settling(invoice: Owing, verb: str) -> None:
    """Refuse to settle an invoice on which nothing is owed."""
    if Status(invoice.status) not in OPEN:
        draft = invoice.status == Status.DRAFT
        raise ConflictError(
            f"cannot {verb} invoice {invoice.friendly_id}: it is {invoice.status}",
            hint=f"invoicectl mark-awaiting {invoice.friendly_id}" if draft else "",
        )


def refuse_stranger(invoice: Owing, owner: Held | CreditMemo, what: str) -> None:
    """Refuse to settle an invoice with another customer's money, or in another currency."""
    name = invoice.friendly_id
    if invoice.customer_id != owner.customer_id:
        raise ConflictError(f"the {what} and invoice {name} are of different customers")
    if invoice.currency != owner.currency:
        raise ConflictError(
            f"the {what} is in {owner.currency}, invoice {name} in {invoice.currency}"
        )


def apply_payment(
    session: Session, act: Act, payment: Payment, invoice: Invoice, minor: int, *, on: date
) -> None:
    """Apply some of a payment to an invoice, from the latest of `on`, the payment and the invoice.

    What settles the invoice inside its discount window brings the discount with it.

    Raises:
        ConflictError: it is not open, another customer's, in another currency, or it is more than
            is left of the payment or owed on the invoice.
    """
    stands_from = ledger.stands_from(session, invoice)
    settlement = settle_with(payment, invoice, minor, on=on, stands_from=stands_from)
    ledger.post(session, act, "payment", settlement.day, owed_minor=-minor, unapplied_minor=minor,
                invoice=invoice, payment=payment)  # fmt: skip
    if settlement.discount_minor:
        ledger.post(session, act, "discount", settlement.day, owed_minor=-settlement.discount_minor,
                    invoice=invoice, payment=payment)  # fmt: skip
    ledger.settle(session, act, invoice)
    history.note_all(session, act, events_of(payment, invoice, settlement))


def settle_with(
    payment: Held, invoice: Owing, minor: int, *, on: date, stands_from: date
) -> Settlement:
    """Return what applying some of a payment comes to; see `apply_payment`. Nothing is booked."""
    refuse_settling(invoice, "pay")
    refuse_stranger(invoice, payment, "payment")
    _refuse_more(minor, payment.unapplied_minor, payment.currency, "is left of the payment")
    _refuse_more(minor, invoice.owed_minor, invoice.currency, f"is owed on {invoice.friendly_id}")
    day = max(on, payment.payment_date, stands_from)
    discount = discount_now(invoice, payment.payment_date)
    takes_discount = discount > 0 and minor == invoice.owed_minor - discount
    return Settlement(minor, discount if takes_discount else 0, day)


def events_of(payment: Held, invoice: Owing, settlement: Settlement) -> list[history.Event]:
    """Return what the history says of an application, on the invoice and on the payment."""
    minor, discount, day = settlement
    said = _said(invoice, minor, day)
    said["discount"] = money.text(discount, invoice.currency) if discount else None
    on_invoice = said | {"payment": numbering.friendly("payment", payment.id or 0)}
    on_payment = said | {"invoice": invoice.friendly_id}
    return [
        history.Event("invoice", invoice.id or 0, "pay", on_invoice),
        history.Event("payment", payment.id or 0, "apply", on_payment),
    ]


def apply_credit(
    session: Session, act: Act, credit: CreditMemo, invoice: Invoice, minor: int, *, on: date
) -> None:
    """Apply some of a credit memo to an invoice, from the latest of `on`, the memo and the invoice.

    Raises:
        ConflictError: as for a payment.
    """
    refuse_settling(invoice, "apply a credit to")
    refuse_stranger(invoice, credit, "credit memo")
    _refuse_more(minor, credit.remaining_minor, credit.currency, "remains of the credit memo")
    _refuse_more(minor, invoice.owed_minor, invoice.currency, f"is owed on {invoice.friendly_id}")
    day = max(on, credit.credit_date, ledger.stands_from(session, invoice))
    ledger.post(session, act, "credit", day, owed_minor=-minor, unapplied_minor=minor,
                invoice=invoice, credit=credit)  # fmt: skip
    ledger.settle(session, act, invoice)
    said = _said(invoice, minor, day)
    name = numbering.friendly("credit", credit.id or 0)
    history.note(session, act, "invoice", invoice.id or 0, "credit apply", **said, credit=name)
    history.note(session, act, "credit", credit.id or 0, "apply", **said,
                 invoice=invoice.friendly_id)  # fmt: skip


def _said(invoice: Owing, minor: int, day: date) -> dict[str, object]:
    """Return what the history says of an application."""
    amount = money.text(minor, invoice.currency)
    return {"amount": amount, "currency": invoice.currency, "date": day}


def _refuse_more(minor: int, most_minor: int, currency: str, what: str) -> None:
    if minor > most_minor:
        shown, most = money.show(minor, currency), money.show(most_minor, currency)
        raise ConflictError(f"{shown} is more than {what}, {most}")


def take_back(
    session: Session, act: Act, movements: Sequence[Movement], *, verb: str
) -> list[Invoice]:
    """Undo applications from today on; before today they stand as they were.

    A discount that a payment brought goes with it. Returns the invoices that owe again, each with
    a line of history under the verb.
    """
    invoices = []
    for invoice_id in dict.fromkeys(movement.invoice_id for movement in movements):
        invoice = session.get(Invoice, invoice_id)
        assert invoice is not None  # noqa: S101 - an application is always on one
        owed_minor = invoice.owed_minor
        for movement in movements:
            if movement.invoice_id == invoice_id:
                ledger.reverse(session, act, movement, on=act.today)
        ledger.settle(session, act, invoice)  # before the next one: each row has to add up
        freed = money.text(invoice.owed_minor - owed_minor, invoice.currency)
        history.note(session, act, "invoice", invoice.id or 0, verb,
                     amount=freed, currency=invoice.currency)  # fmt: skip
        invoices.append(invoice)
    return invoices


def oldest_due_first(session: Session, payment: Payment) -> list[Invoice]:
    """Return the open invoices of a payment's customer and currency, oldest due first.

    One without a due date counts from its invoice date.
    """
    due = func.coalesce(col(Invoice.due_date), col(Invoice.invoice_date))
    open_ones = (
        select(Invoice)
        .where(
            Invoice.customer_id == payment.customer_id,
            Invoice.currency == payment.currency,
            Invoice.owed_minor != 0,
        )
        .order_by(due, col(Invoice.invoice_date), col(Invoice.id))
    )
    return list(session.exec(open_ones))
