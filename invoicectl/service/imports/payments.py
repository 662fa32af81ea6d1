"""Import of payments: a batch is worked out in memory, by the rules of `payment apply`."""

from collections import Counter
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from invoicectl.errors import ConflictError, InvoicectlError, ValidationError
from invoicectl.rules import dates, money
from invoicectl.rules.numbering import parse, reads_as_reference
from invoicectl.service import settling
from invoicectl.service.imports import settlements
from invoicectl.service.imports.entries import Entry
from invoicectl.service.imports.open_invoices import OpenInvoice, OpenInvoices
from invoicectl.service.imports.run import Outcome, Run
from invoicectl.service.imports.settlements import PAYMENT, Applied, Content, Stands
from invoicectl.service.intake import Fields
from invoicectl.store import bulk, ids
from invoicectl.store.db import Row
from invoicectl.store.session import driver
from invoicectl.store.tables import Movement, Payment


@dataclass(slots=True)
class Money:
    """A payment as far as it is applied; an id that is not stored yet is its own all the same."""

    id: int | None
    customer_id: int
    currency: str
    payment_date: date
    unapplied_minor: int


class Payments:
    """Stores payments and what they settle."""

    def __init__(self, run: Run) -> None:
        """Begin with nothing to store."""
        self.run = run
        self.open = OpenInvoices(run.catalog.reader)
        last = run.catalog.reader.value("SELECT max(id) FROM payment") or 0
        self._first_of_ours = self._next_id = last + 1
        self._stored: dict[str, Row] = {}
        self._standing: dict[int, Counter[Stands]] = {}
        self._claimed: dict[str, int] = {}
        self._rows: list[dict[str, Any]] = []
        self._movements: list[dict[str, Any]] = []
        self._changed: list[tuple[Any, ...]] = []

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Look up which of the payments are there, and the invoices they settle."""
        names: list[str] = []
        for entry in entries:
            try:
                entry.fields = Fields(entry.given, aliases=PAYMENT.aliases)
            except ValidationError as refusal:
                entry.refusal = refusal
                continue
            names += _invoices_of(entry.fields)
        fields = [entry.fields for entry in entries if entry.fields is not None]
        keys = [
            str(each.left["key"]).strip() for each in fields if each.left.get("key") is not None
        ]
        books = self.run.catalog.reader
        found = books.among("SELECT * FROM payment WHERE key IN :values", keys)
        self._stored = {row["key"]: row for row in found}
        of = [row["id"] for row in self._stored.values()]
        self._standing = settlements.standing(self.run, PAYMENT, of)
        self._claimed = {}
        self.open.look_up(names)

    def take(self, entry: Entry) -> Outcome:
        """Compare a payment with the one that is there, or get a new one ready.

        Raises:
            ValidationError: a field is wrong, or it names an invoice that is not there.
            ConflictError: what was booked differs, or more is applied than there is.
        """
        fields = entry.fields
        assert fields is not None  # noqa: S101 - `prepare` saw to it
        key = settlements.key_of(fields)
        self._refuse_twice(fields, key)
        stored = self._stored.get(key)
        request = self.run.fingerprint(entry)
        if stored is not None and stored["request"] == request:
            outcome: Outcome = "unchanged"
        elif stored is not None:
            outcome = self._again(entry, stored, request)
        else:
            outcome = self._receive(fields, request)
        self._claimed[key] = entry.number
        return outcome

    def _refuse_twice(self, fields: Fields, key: str) -> None:
        before = self._claimed.get(key)
        if before is not None:
            raise fields.refuse("key", f"{key!r} stands in {self.run.places.unit} {before} already")
        stored = self._stored.get(key)
        if stored is not None and stored["id"] >= self._first_of_ours:
            raise fields.refuse("key", f"{key!r} stands in this file before")

    def _receive(self, fields: Fields, request: str) -> Outcome:
        content = settlements.read(self.run, PAYMENT, fields)
        reads_as = reads_as_reference(content.key, parse(self.run.act.pattern))
        if reads_as is not None:
            reason = f"{content.key!r} reads as {reads_as}"
            details = [{"field": fields.at("key"), "message": reason}]
            raise ConflictError(reason, hint="choose one of another form", details=details)
        payment = Money(
            self._next_id, content.customer_id, content.currency, content.day, content.minor
        )
        applications = [(each, self.open.find(each)) for each in content.applied]
        received = self._movement("money", content.day, payment, unapplied_minor=-content.minor)
        said = {"amount": money.text(content.minor, content.currency), "currency": content.currency,
                "date": content.day}  # fmt: skip
        self.run.note("payment", self._next_id, said)
        movements = self._apply(payment, applications)
        self._movements += [received, *movements]
        self._rows.append(self._row(content, payment, request))
        self._next_id += 1
        return "created"

    def _row(self, content: Content, payment: Money, request: str) -> dict[str, Any]:
        return {
            "id": payment.id,
            "key": content.key,
            "customer_id": content.customer_id,
            "currency": content.currency,
            "amount_minor": content.minor,
            "unapplied_minor": payment.unapplied_minor,
            "payment_date": content.day,
            "method": content.method,
            "reference": content.reference,
            "request": request,
        }

    def _again(self, entry: Entry, stored: Row, request: str) -> Outcome:
        """Apply what a file says besides of a payment that is there."""
        assert entry.fields is not None  # noqa: S101
        content = settlements.read_again(self.run, PAYMENT, entry.fields, stored)
        wanted = [(each, self.open.find(each)) for each in content.applied]
        stands = [(each, self._stands(each, invoice, content)) for each, invoice in wanted]
        new = settlements.added(content, stands, self._standing.get(stored["id"], Counter()))
        day = date.fromisoformat(stored["payment_date"])
        payment = Money(stored["id"], stored["customer_id"], stored["currency"], day,
                        stored["unapplied_minor"])  # fmt: skip
        self._movements += self._apply(payment, [pair for pair in wanted if pair[0] in new])
        said: dict[str, object] = {
            name: value
            for name in ("method", "reference")
            if name in content.given and (value := getattr(content, name)) != stored[name]
        }
        if not new and not said:
            return "unchanged"
        if said:
            self.run.note("payment", stored["id"], said)
        kept = [said.get(name, stored[name]) for name in ("method", "reference")]
        self._changed.append((*kept, payment.unapplied_minor, request, stored["id"]))
        return "updated"

    def _stands(self, applied: Applied, invoice: OpenInvoice, content: Content) -> Stands:
        """Return how an application stands in the books once it is booked."""
        day = max(applied.on or content.day, content.day, invoice.stands_from)
        return Stands(invoice.id or 0, applied.minor, day.isoformat())

    def _apply(
        self, payment: Money, applications: Sequence[tuple[Applied, OpenInvoice]]
    ) -> list[dict[str, Any]]:
        """Apply a payment in memory, wholly or not at all; return the movements."""
        before = {invoice.id or 0: copy(invoice) for _, invoice in applications}
        movements: list[dict[str, Any]] = []
        try:
            for applied, _ in applications:
                invoice = self.open.find(applied)
                movements += self._apply_one(payment, applied, invoice)
        except InvoicectlError:
            self.open.by_id |= before
            raise
        return movements

    def _apply_one(
        self, payment: Money, applied: Applied, invoice: OpenInvoice
    ) -> list[dict[str, Any]]:
        try:
            settlement = settling.settle_with(
                payment, invoice, applied.minor, on=applied.on or payment.payment_date,
                stands_from=invoice.stands_from,
            )  # fmt: skip
        except ConflictError as refusal:
            raise applied.placed(refusal) from refusal
        minor, discount, day = settlement
        invoice.carry("payment", -minor)
        payment.unapplied_minor -= minor
        movements = [self._movement("payment", day, payment, invoice, minor=minor)]
        if discount:
            invoice.carry("discount", -discount)
            movements.append(self._movement("discount", day, payment, invoice, minor=discount))
        self.run.note_all(settling.events_of(payment, invoice, settlement))
        return movements

    def _movement(
        self,
        kind: str,
        day: date,
        payment: Money,
        invoice: OpenInvoice | None = None,
        *,
        minor: int = 0,
        unapplied_minor: int = 0,
    ) -> dict[str, Any]:
        return {
            "entry_date": day,
            "kind": kind,
            "customer_id": payment.customer_id,
            "currency": payment.currency,
            "invoice_id": invoice.id if invoice else None,
            "payment_id": payment.id,
            "owed_minor": -minor,
            "unapplied_minor": minor if kind == "payment" else unapplied_minor,
        }

    def store(self) -> None:
        """Store the payments of the batch, their movements, balances and history."""
        run = self.run
        now, by = dates.instant(run.act.now), run.act.by
        uuids = ids.several(run.act.now, len(self._rows))
        kept = {"created_at": now, "updated_at": now, "created_by": by}
        bulk.insert(run.session, Payment, [
            {**row, **kept, "uuid": uuid} for row, uuid in zip(self._rows, uuids, strict=True)
        ])  # fmt: skip
        made = {"created_at": now, "created_by": by}
        bulk.insert(run.session, Movement, [{**row, **made} for row in self._movements])
        driver(run.session).executemany(
            "UPDATE payment SET method = ?, reference = ?, unapplied_minor = ?, request = ?,"
            f" updated_at = '{now}', version = version + 1 WHERE id = ?",
            self._changed,
        )
        self.open.save(run.session, run.act)
        run.write_history()
        self._rows, self._movements, self._changed = [], [], []


def _invoices_of(fields: Fields) -> list[str]:
    """Return the REFs of the invoices that a payment names, as far as they are texts."""
    listed = fields.left.get("applications")
    found = (
        [each.get("invoice") for each in listed if isinstance(each, dict)]
        if isinstance(listed, list)
        else []
    )
    return [str(name).strip() for name in found if isinstance(name, str | int)]
