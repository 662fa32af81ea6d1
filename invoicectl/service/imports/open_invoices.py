"""The invoices that a batch of payments settles: looked up at once, worked on in memory."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from invoicectl.errors import ConflictError, NotFoundError
from invoicectl.rules import dates, numbering
from invoicectl.rules.lifecycle import by_money
from invoicectl.service import ledger
from invoicectl.service.act import Act
from invoicectl.service.catalog import MOST_SUGGESTIONS
from invoicectl.service.imports.settlements import Applied
from invoicectl.store import refs
from invoicectl.store.db import Reader, Row
from invoicectl.store.session import driver

_STATE = (
    "id, friendly_id, customer_id, order_id, currency, status, invoice_date, term_rule,"
    " total_minor, owed_minor, paid_minor, credited_minor, discount_taken_minor, deleted_at,"
    " (SELECT entry_date FROM movement WHERE invoice_id = invoice.id AND kind = 'issue'"
    " ORDER BY id DESC LIMIT 1) AS issued_on"
)


@dataclass(slots=True)
class OpenInvoice:
    """What settling an invoice needs to know of it, and changes."""

    id: int | None
    friendly_id: str
    customer_id: int
    order_id: int | None
    currency: str
    status: str
    invoice_date: date
    term_rule: str | None
    total_minor: int
    owed_minor: int
    paid_minor: int
    credited_minor: int
    discount_taken_minor: int
    stands_from: date
    is_deleted: bool
    changes: int = 0

    def carry(self, kind: str, owed_minor: int) -> None:
        """Let balances and status follow a movement."""
        ledger.carry_owed(self, kind, owed_minor)
        self.status = by_money(self.total_minor, self.total_minor - self.owed_minor).value
        self.changes += 1


class OpenInvoices:
    """The invoices of a batch by what the file calls them."""

    def __init__(self, books: Reader) -> None:
        """Begin with none."""
        self.books = books
        self.by_id: dict[int, OpenInvoice] = {}
        self._ids: dict[str, set[int]] = {}
        self._missing = 0

    def look_up(self, names: Iterable[str]) -> None:
        """Find the invoices that a batch names."""
        wanted = list(dict.fromkeys(names))
        self._ids = {name: set() for name in wanted}
        plain = []
        for name in wanted:
            if numbering.is_uuid(name) or numbering.read_friendly(name):
                self._ids[name] = refs.among(self.books, "invoice", name)
            else:
                plain.append(name)
        by_folded: dict[str, list[str]] = {}
        for name in plain:
            by_folded.setdefault(name.lower(), []).append(name)
        number = "SELECT id, friendly_id FROM invoice WHERE friendly_id COLLATE NOCASE IN :values"
        for row in self.books.among(number, plain):
            for name in by_folded[row["friendly_id"].lower()]:
                self._ids[name].add(row["id"])
        for row in self.books.among("SELECT id, key FROM invoice WHERE key IN :values", plain):
            self._ids[row["key"]].add(row["id"])
        found = list(set().union(*self._ids.values()))
        states = self.books.among(f"SELECT {_STATE} FROM invoice WHERE id IN :values", found)
        self.by_id = {row["id"]: _state(row) for row in states}

    def find(self, applied: Applied) -> OpenInvoice:
        """Return the invoice that an application names.

        Raises:
            ValidationError: there is none, or more than one; with the path.
            ConflictError: it is in the trash.
        """
        found = self._ids.get(applied.ref)
        if found is None or len(found) != 1:
            raise self._refusal(applied)
        (invoice_id,) = found
        invoice = self.by_id[invoice_id]
        if invoice.is_deleted:
            raise applied.placed(ConflictError(f"invoice {invoice.friendly_id} is in the trash"))
        return invoice

    def _refusal(self, applied: Applied) -> Exception:
        self._missing += 1
        suggest = self._missing <= MOST_SUGGESTIONS
        try:
            refs.find(self.books, "invoice", applied.ref, suggest=suggest)
        except NotFoundError as error:
            return applied.fields.refuse("invoice", error.message, error.hint)
        return AssertionError(f"{applied.ref!r} was not there and is")

    def save(self, session: Session, act: Act) -> None:
        """Write the balances of those that changed; the orders of those follow."""
        changed = [each for each in self.by_id.values() if each.changes]
        now = dates.instant(act.now)
        driver(session).executemany(
            "UPDATE invoice SET status = ?, owed_minor = ?, paid_minor = ?, credited_minor = ?,"
            " discount_taken_minor = ?, updated_at = ?, updated_by = ?, version = version + ?"
            " WHERE id = ?",
            [
                (each.status, each.owed_minor, each.paid_minor, each.credited_minor,
                 each.discount_taken_minor, now, act.by, each.changes, each.id)
                for each in changed
            ],
        )  # fmt: skip
        for order_id in dict.fromkeys(each.order_id for each in changed):
            ledger.follow_order(session, act, order_id)
        for each in changed:
            each.changes = 0


def _state(row: Row) -> OpenInvoice:
    day = date.fromisoformat(row["invoice_date"])
    issued_on = row["issued_on"]
    return OpenInvoice(
        row["id"], row["friendly_id"], row["customer_id"], row["order_id"], row["currency"],
        row["status"], day, row["term_rule"], row["total_minor"], row["owed_minor"],
        row["paid_minor"], row["credited_minor"], row["discount_taken_minor"],
        max(day, date.fromisoformat(issued_on)) if issued_on else day,
        row["deleted_at"] is not None,
    )  # fmt: skip


def snapshot(invoices: Iterable[OpenInvoice]) -> list[OpenInvoice]:
    """Return copies of invoices as they are now."""
    return [copy(each) for each in invoices]
