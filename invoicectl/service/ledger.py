"""Book movements, and keep the balances that are caches of them.

Every change of what is owed or unapplied goes through `post`; nothing else touches a balance.
"""

from datetime import date
from typing import Any, Protocol

from sqlmodel import Session, col, func, select

from invoicectl.rules import dates, lifecycle
from invoicectl.service.act import Act
from invoicectl.store import billable
from invoicectl.store.session import driver, reader
from invoicectl.store.tables import CreditMemo, Invoice, Movement, Payment


class Owing(Protocol):
    """An invoice, as far as money is concerned: a stored one, or one that an import works on."""

    id: int | None
    friendly_id: str
    customer_id: int
    currency: str
    status: str
    invoice_date: date
    term_rule: str | None
    owed_minor: int
    paid_minor: int
    credited_minor: int
    discount_taken_minor: int


class Held(Protocol):
    """Money of a customer that is not applied yet, as far as it is concerned."""

    id: int | None
    customer_id: int
    currency: str
    payment_date: date
    unapplied_minor: int


def post(
    session: Session,
    act: Act,
    kind: str,
    on: date,
    *,
    owed_minor: int = 0,
    unapplied_minor: int = 0,
    invoice: Invoice | None = None,
    payment: Payment | None = None,
    credit: CreditMemo | None = None,
    reverses: Movement | None = None,
) -> Movement:
    """Add a movement dated `on` and bring the balances it changes up to date; return it.

    The invoice's status is left to `settle`.
    """
    owner = invoice or payment or credit
    assert owner is not None  # noqa: S101 - a movement is always somebody's
    movement = Movement(
        entry_date=on,
        kind=kind,
        customer_id=owner.customer_id,
        currency=owner.currency,
        invoice_id=invoice.id if invoice else None,
        payment_id=payment.id if payment else None,
        credit_id=credit.id if credit else None,
        owed_minor=owed_minor,
        unapplied_minor=unapplied_minor,
        reverses_id=reverses.id if reverses else None,
        created_at=act.now,
        created_by=act.by,
    )
    session.add(movement)
    if invoice is not None:
        carry_owed(invoice, kind, owed_minor)
    if payment is not None:
        payment.unapplied_minor -= unapplied_minor
        payment.updated_at = act.now
    if credit is not None:
        credit.remaining_minor -= unapplied_minor
        credit.updated_at = act.now
    return movement


def carry_owed(invoice: Owing, kind: str, owed_minor: int) -> None:
    """Bring the balances of an invoice up to date with a movement of a kind."""
    invoice.owed_minor += owed_minor
    if kind == "payment":
        invoice.paid_minor -= owed_minor
    elif kind == "credit":
        invoice.credited_minor -= owed_minor
    elif kind == "discount":
        invoice.discount_taken_minor -= owed_minor


def issue(session: Session, act: Act, invoice: Invoice) -> None:
    """Book an invoice that was given its number and date: from that date on its total is owed.

    One that stood before and was taken back is owed again from the day it was taken back at the
    earliest, so that no day counts it twice.
    """
    on = max(invoice.invoice_date, _stood_until(session, invoice) or invoice.invoice_date)
    post(session, act, "issue", on, owed_minor=invoice.total_minor, invoice=invoice)
    settle(session, act, invoice)


def unissue(session: Session, act: Act, invoice: Invoice) -> date:
    """Book that an invoice is a draft again, from today on or its latest movement; return the day.

    The movement keeps the dates that it stood with until then.
    """
    on = max(act.today, last_day(session, invoice))
    movement = post(session, act, "unissue", on, owed_minor=-invoice.owed_minor, invoice=invoice)
    movement.invoice_date_before = invoice.invoice_date
    movement.due_date_before = invoice.due_date
    return on


def stands_from(session: Session, invoice: Invoice) -> date:
    """Return the first day on which an issued invoice is owed as it is now."""
    issued = [day for kind, day in _issues(session, invoice) if kind == "issue"]
    return max([invoice.invoice_date, *issued[-1:]])


def settle(session: Session, act: Act, invoice: Invoice) -> None:
    """Let an issued invoice's status follow what is owed, and its order's status follow it."""
    settled_minor = invoice.total_minor - invoice.owed_minor
    invoice.status = lifecycle.by_money(invoice.total_minor, settled_minor).value
    touch(act, invoice)
    session.flush()
    follow_order(session, act, invoice.order_id)


def touch(act: Act, record: Invoice) -> None:
    """Mark a record as changed: by whom, when, and as a new version."""
    record.updated_at, record.updated_by = act.now, act.by
    record.version += 1


def reverse(session: Session, act: Act, movement: Movement, *, on: date) -> None:
    """Book the reverse of a movement, from `on` at the earliest, never before the movement itself.

    Balances follow; the invoice's status is left to `settle`.
    """
    post(
        session,
        act,
        movement.kind,
        max(on, movement.entry_date),
        owed_minor=-movement.owed_minor,
        unapplied_minor=-movement.unapplied_minor,
        invoice=session.get(Invoice, movement.invoice_id) if movement.invoice_id else None,
        payment=session.get(Payment, movement.payment_id) if movement.payment_id else None,
        credit=session.get(CreditMemo, movement.credit_id) if movement.credit_id else None,
        reverses=movement,
    )


def standing(session: Session, **of: int | str | None) -> list[Movement]:
    """Return the movements that no other undoes, oldest first: `standing(s, payment_id=3)`."""
    undone = select(Movement.reverses_id).where(col(Movement.reverses_id).is_not(None))
    wanted = select(Movement).where(col(Movement.reverses_id).is_(None))
    for column, value in of.items():
        wanted = wanted.where(getattr(Movement, column) == value)
        if column.endswith("_id"):
            undone = undone.where(getattr(Movement, column) == value)
    wanted = wanted.where(col(Movement.id).not_in(undone)).order_by(col(Movement.id))
    return list(session.exec(wanted))


def last_day(session: Session, invoice: Invoice) -> date:
    """Return the date of the latest movement that counts since an invoice was last issued."""
    since = col(Movement.id) >= _newest_issue(invoice)
    days = days_that_count(session, Movement.invoice_id == invoice.id, since)
    return max([invoice.invoice_date, *days])


def days_that_count(session: Session, *of: Any) -> list[date]:
    """Return the dates of movements, without those that were undone as of their own day.

    What is dated in the future and undone before it comes has never counted on any day.
    """
    found = {each.id: each for each in session.exec(select(Movement).where(*of))}
    moot = {
        id_
        for each in found.values()
        if (undone := found.get(each.reverses_id)) and undone.entry_date == each.entry_date
        for id_ in (each.id, undone.id)
    }
    return [_day(each.entry_date) for id_, each in found.items() if id_ not in moot]


def _newest_issue(invoice: Invoice) -> Any:
    """Return the query for the movement by which an invoice was last issued."""
    issues = select(func.max(Movement.id)).where(
        Movement.invoice_id == invoice.id, Movement.kind == "issue"
    )
    return issues.scalar_subquery()


def _stood_until(session: Session, invoice: Invoice) -> date | None:
    """Return the day on which an invoice that stood before was taken back, None where none did.

    One that was taken back before its own date, as a wrong one in the future is, never stood.
    """
    days = [day for _, day in _issues(session, invoice)]
    pairs = zip(days[::2], days[1::2], strict=False)
    return max((until for since, until in pairs if until > since), default=None)


def _issues(session: Session, invoice: Invoice) -> list[tuple[str, date]]:
    """Return when an invoice was issued and taken back, in turn: the kinds and their dates."""
    rows = driver(session).execute(
        "SELECT kind, entry_date FROM movement WHERE invoice_id = :id"
        " AND kind IN ('issue', 'unissue') ORDER BY id",
        {"id": invoice.id},
    )
    return [(row[0], _day(row[1])) for row in rows]


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def follow_order(session: Session, act: Act, order_id: int | None) -> None:
    """Bring an order's status up to date with its invoices, charges and shipments."""
    if order_id is None:
        return
    has = billable.of_order(reader(session), order_id)
    all_paid = has["billed"] and not (has["owed"] or has["unbilled"])
    status = lifecycle.order_status(has["billed"], all_paid=all_paid, delivered=has["delivered"])
    driver(session).execute(
        "UPDATE sales_order SET status = :status, updated_at = :now"
        " WHERE id = :id AND status <> :status",
        {"id": order_id, "status": status.value, "now": dates.instant(act.now)},
    )
