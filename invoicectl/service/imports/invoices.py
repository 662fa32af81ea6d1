"""Import of invoices: new ones are stored by the thousand, those that are there are compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from invoicectl.errors import ConflictError, ValidationError
from invoicectl.rules import dates, lifecycle, money
from invoicectl.rules.lifecycle import Status, by_money
from invoicectl.service import bodies, ledger, parties, storing
from invoicectl.service.drafting import Draft, read_invoice
from invoicectl.service.imports import agreeing
from invoicectl.service.imports.entries import Entry
from invoicectl.service.imports.invoice_names import Names, Register
from invoicectl.service.imports.run import Outcome, Run
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import ALIASES
from invoicectl.store import bulk, seals, sequences
from invoicectl.store.session import driver
from invoicectl.store.tables import Movement

MOVEMENT = (
    "kind", "entry_date", "customer_id", "currency", "invoice_id", "owed_minor", "unapplied_minor",
    "created_at", "created_by",
)  # fmt: skip
STATUSES = (Status.DRAFT, Status.AWAITING_PAYMENT, Status.VOIDED)
BY_MONEY = (Status.PAID, Status.PARTIALLY_PAID)


@dataclass(frozen=True)
class New:
    """An invoice that is to be stored: its rows, and in which status from which day."""

    entry: Entry
    draft: Draft
    status: Status
    voided_on: date | None

    @property
    def is_issued(self) -> bool:
        """Whether it is more than a draft."""
        return self.status is not Status.DRAFT


class Invoices:
    """Stores invoices as they come from another program, with their numbers, dates and status."""

    def __init__(self, run: Run) -> None:
        """Begin with nothing to store."""
        self.run = run
        self.register = Register(run)
        self._new: list[New] = []
        self._bill_to: dict[int, int] = {}
        self._seller: int | None = None

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Look up which of the numbers and keys are there."""
        for entry in entries:
            try:
                given = bodies.to_import(_unwrapped(entry.given))
                entry.fields = Fields(given, aliases=ALIASES)
            except ValidationError as refusal:
                entry.refusal = refusal
        self.register.look_up([entry.fields for entry in entries if entry.fields is not None])

    def take(self, entry: Entry) -> Outcome:
        """Compare an invoice with the one that is there, or get a new one ready.

        Raises:
            ValidationError: a field is wrong, or it has neither number nor key.
            ConflictError: what is frozen differs, a name is taken, or a rule forbids it.
        """
        fields = entry.fields
        assert fields is not None  # noqa: S101 - `prepare` saw to it
        names = self.register.names(fields)
        self.register.refuse_twice(fields, names)
        known = self.register.known(names)
        if known is None:
            new = self._read(entry, fields, names)  # it may store those before it
            self._new.append(new)
            outcome: Outcome = "created"
        else:
            request = self.run.fingerprint(entry)
            if known["request"] == request:
                outcome = "unchanged"
            else:
                self.run.settle_customer(fields)
                status, voided_on = read_status(fields)
                wanted = agreeing.Wanted(entry, fields, status, voided_on, request)
                outcome = agreeing.settle(self.run, known["id"], wanted)
        self.register.claim(names, entry.number)
        return outcome

    def _read(self, entry: Entry, fields: Fields, names: Names) -> New:
        run = self.run
        bills_charges = not (fields.has("lines") or fields.has("amount"))
        if bills_charges or fields.has("shipment"):
            self.store()  # what those before it bill has to be seen
        run.settle_customer(fields)
        given_status, voided_on = read_status(fields)
        status = given_status or Status.AWAITING_PAYMENT
        draft = read_invoice(run.catalog, run.act, fields, lone_amount=not bills_charges)
        fields.finish()
        self.register.refuse(names)
        draft.invoice["request"] = run.fingerprint(entry)
        _refuse_void_day(fields, draft, status, voided_on)
        if status is not Status.VOIDED:
            self._refuse_second(fields, draft)
        for warning in draft.warnings:
            run.warn(entry, warning)
        return New(entry, draft, status, voided_on)

    def _refuse_second(self, fields: Fields, draft: Draft) -> None:
        """Refuse a second invoice of a shipment."""
        if draft.invoice["shipment_id"] is None:
            return
        name = self.run.catalog.reader.value(
            "SELECT friendly_id FROM invoice WHERE shipment_id = :id AND status <> 'VOIDED'"
            " AND deleted_at IS NULL",
            id=draft.invoice["shipment_id"],
        )
        if name is not None:
            reason = f"has an invoice already: {name}"
            details = [{"field": fields.at("shipment"), "message": reason}]
            raise ConflictError(reason, details=details)

    def store(self) -> None:
        """Store the new invoices of the batch, with what they owe and their history."""
        new, self._new = self._new, []
        issued = [each for each in new if each.is_issued]
        self._freeze(issued)
        with seals.noted_by_owner(driver(self.run.session), "line", "line_tax", "movement"):
            stored = self._insert(issued)
            moved = list(self._movements(stored))
            bulk.insert_values(self.run.session, Movement, MOVEMENT, moved)
            stored += self._insert([each for each in new if not each.is_issued], named=True)
        self._follow([pair for pair in stored if pair[1].draft.invoice["order_id"] is not None])
        self.run.write_history()

    def _insert(self, new: Sequence[New], *, named: bool = False) -> list[tuple[int, New]]:
        """Store invoices and note it; return them with their internal ids."""
        drafts = [each.draft for each in new]
        made = storing.insert_drafts(self.run.session, self.run.act, drafts, named=named)
        stored = list(zip(made, new, strict=True))
        for invoice_id, each in stored:
            counted = each.is_issued and not self.register.is_claimed(each.draft.number or "")
            said = _said(each) | ({"fromSequence": True} if counted else {})
            self.run.note("invoice", invoice_id, said)
        return stored

    def _freeze(self, issued: Sequence[New]) -> None:
        """Give invoices what issuing gives: a number, the parties, what is owed."""
        run = self.run
        if issued and self._seller is None:
            self._seller = parties.seller(run.catalog.reader, run.act)
        now = dates.instant(run.act.now)
        for each in issued:
            columns = each.draft.invoice
            total = columns["total_minor"]
            is_void = each.status is Status.VOIDED
            if each.draft.number is None:
                each.draft.number = self._next_number(columns["invoice_date"])
            columns["issued_at"] = now
            columns["seller_id"] = self._seller
            columns["bill_to_id"] = self._party_of(columns["customer_id"])
            columns["status"] = each.status.value if is_void else by_money(total, 0).value
            columns["owed_minor"] = 0 if is_void else total
            if is_void:
                columns["voided_on"] = self._void_day(each)

    def _next_number(self, on: date) -> str:
        """Take the next number that neither the books nor this batch has."""
        while True:
            number = sequences.take_number(self.run.catalog.reader, self.run.act.pattern, on)
            if not self.register.is_claimed(number):
                return number

    def _party_of(self, customer_id: int) -> int:
        if customer_id not in self._bill_to:
            self._bill_to[customer_id] = parties.bill_to(self.run.catalog.reader, customer_id)
        return self._bill_to[customer_id]

    def _void_day(self, new: New) -> date:
        return new.voided_on or max(self.run.act.today, new.draft.invoice["invoice_date"])

    def _movements(self, stored: Sequence[tuple[int, New]]) -> Iterator[tuple[Any, ...]]:
        """Yield what is owed from the invoice dates on, and of void ones no more from theirs on."""
        now, by = dates.instant(self.run.act.now), self.run.act.by
        for invoice_id, new in stored:
            columns = new.draft.invoice
            total = columns["total_minor"]
            of = (columns["customer_id"], columns["currency"], invoice_id)
            yield "issue", columns["invoice_date"], *of, total, 0, now, by
            if new.status is Status.VOIDED:
                yield "void", columns["voided_on"], *of, -total, 0, now, by

    def _follow(self, stored: Sequence[tuple[int, New]]) -> None:
        """Mark what invoices of orders bill as billed, and let the orders' statuses follow.

        Lines of a file do not say which charges they are: an invoice bills all that are left.
        """
        for invoice_id, new in stored:
            if new.status is not Status.VOIDED:
                storing.bill_the_rest(self.run.session, invoice_id)
        for order_id in dict.fromkeys(new.draft.invoice["order_id"] for _, new in stored):
            ledger.follow_order(self.run.session, self.run.act, order_id)


def _unwrapped(given: object) -> object:
    """Return the fields of a body, of one that is wrapped as `{"invoice": {...}}` too."""
    if isinstance(given, dict) and len(given) == 1 and "invoice" in given:
        return given["invoice"]
    return given


def _said(new: New) -> dict[str, object]:
    """Return what the history says of an invoice that was imported."""
    columns = new.draft.invoice
    said: dict[str, object] = {
        "number": new.draft.number,
        "amount": money.text(columns["total_minor"], columns["currency"]),
        "currency": columns["currency"],
    }
    if new.is_issued:
        said |= {"invoiceDate": columns["invoice_date"], "dueDate": columns["due_date"]}
    if new.status is not Status.AWAITING_PAYMENT:
        said |= {"status": new.status.value, "voidedOn": columns.get("voided_on")}
    return said


def _refuse_void_day(fields: Fields, draft: Draft, status: Status, voided_on: date | None) -> None:
    if voided_on is None:
        return
    if status is not Status.VOIDED:
        raise fields.refuse("voidedOn", f"stands beside the status {status.value}")
    if voided_on < draft.invoice["invoice_date"]:
        raise fields.refuse("voidedOn", f"is {voided_on}, before the invoice date")


def read_status(fields: Fields) -> tuple[Status | None, date | None]:
    """Return the status that a file gives an invoice, None where it gives none, and `voidedOn`."""
    word = fields.text("status")
    voided_on = fields.day("voidedOn")
    if word is None:
        return None, voided_on
    meant = _meant(word)
    if meant in BY_MONEY:
        hint = "leave it AWAITING_PAYMENT, and import the payments: import payments FILE"
        raise fields.refuse("status", f"is {word!r}, which follows from payments", hint)
    if meant not in STATUSES:
        raise fields.refuse("status", f"is {word!r}; it can be {', '.join(STATUSES)}")
    return meant, voided_on


def _meant(word: str) -> Status | None:
    """Return the status that a word means, in our words or another system's; None for none."""
    try:
        found = lifecycle.read_status(word)
    except ValueError:
        return None
    return (
        Status.AWAITING_PAYMENT
        if found in {lifecycle.OPEN, lifecycle.OVERDUE}
        else Status(found[0])
    )
