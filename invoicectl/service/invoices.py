"""The verbs of an invoice's life: create, mark-awaiting, void."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlmodel import Session, col, update

from invoicectl.errors import ConflictError
from invoicectl.rules import lifecycle, money, numbering, terms
from invoicectl.rules.lifecycle import Status
from invoicectl.service import (
    bodies,
    crediting,
    documents,
    history,
    ledger,
    parties,
    requests,
    several,
    storing,
)
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.drafting import Draft, due_by, read_invoice
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import ALIASES
from invoicectl.store import records, refs, seals, sequences
from invoicectl.store.db import Db, Reader
from invoicectl.store.session import reader
from invoicectl.store.tables import Charge, Document, Invoice

Record = dict[str, Any]


def create(db: Db, act: Act, body: Mapping[str, object], *, typed: bool = False) -> Record:
    """Make a draft of what an order, a shipment or a list of lines says, and return it.

    The order becomes DELIVERED_UNPAID and its charges are billed by this invoice alone. The same
    `key` with the same content answers with the invoice that is there.

    Raises:
        NotFoundError, ValidationError: a field is wrong, or names what is not there.
        ConflictError: nothing is left to bill, or the key or the number is another's.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice_id = create_in(session, act, body, typed=typed)
        return record(session, act, invoice_id)


def create_in(session: Session, act: Act, body: Mapping[str, object], *, typed: bool) -> int:
    """Do what `create` does inside a transaction; return the internal id."""
    said, left_out = bodies.read(body)
    catalog = Catalog(session, act)
    fields = Fields(said, aliases=ALIASES, typed=typed)
    key, request = fields.left.get("key"), None
    if isinstance(key, str):
        request = requests.fingerprint(catalog, fields)
        known = requests.same_request(catalog.reader, "invoice", key.strip(), request)
        if known is not None:
            return known
    draft = read_invoice(catalog, act, fields)
    _agree(fields, draft)
    fields.finish()
    documents.warn_of_template(act, draft.invoice["template_id"])
    if left_out:
        act.warn(f"not used, as it follows from the rest: {', '.join(left_out)}")
    draft.invoice["request"] = request
    check_names(catalog.reader, act, key=draft.invoice["key"], number=draft.number)
    (invoice_id,) = storing.insert_drafts(session, act, [draft])
    _created(session, act, draft, invoice_id)
    return invoice_id


def _agree(fields: Fields, draft: Draft) -> None:
    """Refuse a total that is not the one its lines come to."""
    total_minor, currency = draft.invoice["total_minor"], draft.invoice["currency"]
    for name in ("amount", "total"):
        if fields.amount(name, currency) not in {None, total_minor}:
            total = money.show(total_minor, currency)
            raise fields.refuse(name, f"is not what the lines add up to, {total}")


def _created(session: Session, act: Act, draft: Draft, invoice_id: int) -> None:
    for warning in draft.warnings:
        act.warn(warning)
    total = money.text(draft.invoice["total_minor"], draft.invoice["currency"])
    history.note(session, act, "invoice", invoice_id, "create", amount=total,
                 currency=draft.invoice["currency"], number=draft.number)  # fmt: skip
    ledger.follow_order(session, act, draft.invoice["order_id"])


def check_names(
    books: Reader, act: Act, *, key: str | None, number: str | None, own_id: int | None = None
) -> None:
    """Refuse a key or number that is taken, or that reads as another record's.

    Raises:
        ConflictError: as said; `own_id` is the invoice whose names they may be already.
    """
    own = {own_id} if own_id is not None else set()
    refuse_names(
        act,
        key=key,
        number=number,
        own_names=_names_of(books, own_id),
        is_taken=lambda name: bool(refs.among(books, "invoice", name) - own),
        is_used=lambda name: sequences.is_used(books, name) or bool(_called(books, name) - own),
    )


def _called(books: Reader, number: str) -> set[int]:
    """Return the invoices whose key a number would be taken for: it is read in any case."""
    rows = books.all("SELECT id FROM invoice WHERE key = :number COLLATE NOCASE", number=number)
    return {row["id"] for row in rows}


def refuse_names(
    act: Act,
    *,
    key: str | None,
    number: str | None,
    is_taken: Callable[[str], bool],
    is_used: Callable[[str], bool],
    own_names: Sequence[str] = (),
) -> None:
    """Refuse names as `check_names` does, by what the two functions say of one.

    `is_taken` says whether another invoice answers to it, `is_used` whether it is or was a number.
    """
    if number is not None:
        if numbering.is_uuid(number) or numbering.read_friendly(number):
            raise ConflictError(f"number {number!r} reads as another record's id")
        is_own = number.casefold() in {name.casefold() for name in own_names}
        if not is_own and (is_taken(number) or is_used(number)):
            raise ConflictError(f"number {number!r} is taken", hint="numbers are never used twice")
    if key is None:
        return
    reads_as = numbering.reads_as_reference(key, numbering.parse(act.pattern))
    own = {name.casefold() for name in (number, *own_names) if name}
    if reads_as is not None and key.casefold() not in own:
        raise ConflictError(f"key {key!r} reads as {reads_as}", hint="choose one of another form")
    if is_taken(key):
        raise ConflictError(f"key {key!r} is another invoice's", hint="choose another")


def _names_of(books: Reader, invoice_id: int | None) -> tuple[str, ...]:
    if invoice_id is None:
        return ()
    row = books.one("SELECT uuid, friendly_id FROM invoice WHERE id = :id", id=invoice_id)
    return tuple(row) if row is not None else ()


def record(session: Session, act: Act, invoice_id: int) -> Record:
    """Return an invoice as the transaction leaves it."""
    found: Record = records.invoices(reader(session), [invoice_id], act.today)[0]
    return found


def find(session: Session, ref: str) -> Invoice:
    """Return the invoice that a REF means.

    Raises:
        NotFoundError: there is none, or more than one.
        ConflictError: it is in the trash.
    """
    invoice = session.get(Invoice, refs.find(reader(session), "invoice", ref))
    assert invoice is not None  # noqa: S101
    if invoice.deleted_at is not None:
        raise ConflictError(
            f"invoice {invoice.friendly_id} is in the trash",
            hint=f"invoicectl trash restore {invoice.friendly_id}",
        )
    return invoice


def refuse_unless(invoice: Invoice, verb: str) -> None:
    """Refuse a verb that the invoice's status does not allow."""
    status = Status(invoice.status)
    if lifecycle.next_status(status, verb) is None and not lifecycle.may(status, verb):
        raise ConflictError(f"cannot {verb} invoice {invoice.friendly_id}: it is {invoice.status}")


def mark_awaiting(
    db: Db, act: Act, ref: str, *, invoice_date: date | None = None, due_date: date | None = None
) -> Record:
    """Issue a draft: it gets its number and dates, and its parties, lines and totals are frozen.

    The invoice date is the one given here, else the draft's, else today; the due date follows it
    unless one was given. Its order is DELIVERED_UNPAID. A total of 0 is PAID at once.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: it is not a draft.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = find(session, ref)
        refuse_unless(invoice, "mark-awaiting")
        issue(session, act, invoice, "mark-awaiting", invoice_date=invoice_date, due_date=due_date)
        return record(session, act, invoice.id or 0)


def issue(
    session: Session,
    act: Act,
    invoice: Invoice,
    verb: str,
    *,
    invoice_date: date | None = None,
    due_date: date | None = None,
) -> None:
    """Issue a draft inside a transaction, under the name of the verb that does it."""
    books = reader(session)  # once: to ask for it again would store the invoice as far as it is
    set_dates(act, invoice, invoice_date=invoice_date, due_date=due_date)
    if invoice.friendly_id == draft_name(invoice):
        invoice.friendly_id = sequences.take_number(books, act.pattern, invoice.invoice_date)
    invoice.issued_at = act.now
    invoice.seller_id = parties.seller(books, act)
    invoice.bill_to_id = parties.bill_to(books, invoice.customer_id)
    ledger.issue(session, act, invoice)
    history.note(
        session, act, "invoice", invoice.id or 0, verb,
        number=invoice.friendly_id, invoiceDate=invoice.invoice_date, dueDate=invoice.due_date,
        amount=money.text(invoice.total_minor, invoice.currency), currency=invoice.currency,
        seal=seal_of(session, [invoice.id or 0])[invoice.id or 0],
    )  # fmt: skip


def seal_of(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return of each invoice a hash over what is frozen at its issue: its first line of history."""
    return seals.frozen(reader(session), ids)


def draft_name(invoice: Invoice) -> str | None:
    """Return what an invoice is called as long as it has no number."""
    return None if invoice.draft_seq is None else numbering.friendly("draft", invoice.draft_seq)


def set_dates(
    act: Act, invoice: Invoice, *, invoice_date: date | None, due_date: date | None
) -> None:
    """Give an invoice the dates it is issued with."""
    given = invoice_date or (invoice.invoice_date if invoice.invoice_date_given else None)
    invoice.invoice_date, invoice.invoice_date_given = given or act.today, int(given is not None)
    rule = terms.read(invoice.term_rule) if invoice.term_rule else None
    by_term = due_by(rule, invoice.invoice_date)
    if due_date is not None:
        invoice.due_date, invoice.due_date_given = due_date, 1
    elif not invoice.due_date_given:
        invoice.due_date = by_term
    if invoice.due_date and by_term and invoice.due_date != by_term:
        act.warn(
            f"the due date is {invoice.due_date}; by {invoice.term_rule} it would be {by_term}"
        )


def void(
    db: Db, act: Act, ref: str, *, reason: str | None = None, on: date | None = None
) -> Record:
    """Void an invoice. It keeps its number, lines and PDF, and nothing is owed on it any more.

    Credits applied to it return to their memos, what it billed can be billed again, and its
    order's status goes back. It is final.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: a payment is applied to it, it is factored, PAID or VOIDED; or `on` is
            before the invoice, or before something that was booked on it.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = find(session, ref)
        refuse_void(invoice)
        void_in(session, act, invoice, reason=reason, on=on)
        return record(session, act, invoice.id or 0)


def refuse_void(invoice: Invoice) -> None:
    """Refuse to void what is settled by money, sold to a factor, or over already."""
    name = invoice.friendly_id
    if invoice.paid_minor and invoice.status != Status.VOIDED:
        paid = money.show(invoice.paid_minor, invoice.currency)
        raise ConflictError(
            f"cannot void invoice {name}: {paid} has been paid on it",
            hint=f"take the payment off first (payment unapply), or: invoicectl credit-note {name}",
        )
    if invoice.factor_name is not None and invoice.status != Status.VOIDED:
        raise ConflictError(f"cannot void invoice {name}: it is factored ({invoice.factor_name})")
    refuse_unless(invoice, "void")


def void_in(
    session: Session, act: Act, invoice: Invoice, *, reason: str | None, on: date | None
) -> None:
    """Void an invoice inside a transaction."""
    was_issued = invoice.status != Status.DRAFT
    if was_issued:
        latest = ledger.last_day(session, invoice)
        if on is not None and on < latest:
            raise ConflictError(
                f"cannot void invoice {invoice.friendly_id} on {on}: it stood until {latest}",
                hint=f"the earliest date is {latest}",
            )
        on = on or max(act.today, latest)
        for movement in ledger.standing(session, invoice_id=invoice.id, kind="credit"):
            ledger.reverse(session, act, movement, on=on)
        ledger.post(session, act, "void", on, owed_minor=-invoice.owed_minor, invoice=invoice)
    invoice.status, invoice.voided_on = Status.VOIDED.value, on or act.today
    invoice.void_reason = reason
    ledger.touch(act, invoice)
    session.flush()
    free_charges(session, invoice)
    crediting.warn_of_notes(reader(session), act, invoice)
    ledger.follow_order(session, act, invoice.order_id)
    history.note(session, act, "invoice", invoice.id or 0, "void",
                 reason=reason, date=invoice.voided_on)  # fmt: skip


def free_charges(session: Session, invoice: Invoice) -> None:
    """Let what an invoice billed be billed again."""
    billed = col(Charge.invoice_id) == invoice.id
    session.execute(update(Charge).where(billed).values(invoice_id=None))


def supersede_document(session: Session, invoice: Invoice) -> None:
    """Keep an invoice's PDF, but as one that a later one will stand in for."""
    current = (col(Document.invoice_id) == invoice.id) & (col(Document.superseded) == 0)
    session.execute(update(Document).where(current).values(superseded=1))


def create_each(
    db: Db, act: Act, bodies: Sequence[Mapping[str, object]]
) -> dict[str, list[Mapping[str, Any]]]:
    """Create an invoice for each body, each in its own transaction.

    Returns `{"succeeded": [record...], "failed": [{ref, error, message}...]}`; a body is named by
    its key, else by its position from 1.
    """
    return several.all_of(
        db,
        (
            (name_of(body, position), partial(create, db, act, body))
            for position, body in enumerate(bodies, 1)
        ),
    )


def name_of(body: object, position: int) -> str:
    """Return what a body of a list is called: its key, else its position."""
    if isinstance(body, Mapping) and bodies.is_wrapped(body):
        return name_of(body["invoice"], position)
    key = body.get("key") if isinstance(body, Mapping) else None
    return key if isinstance(key, str) and key else str(position)
