"""What the importers of all kinds share: the transaction, what was found, what is to be said."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, Protocol

from sqlmodel import Session

from invoicectl.errors import InvoicectlError
from invoicectl.service import history, masters
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.imports.entries import Entry, Places
from invoicectl.service.imports.wanted import Wanted
from invoicectl.service.intake import Fields
from invoicectl.store import refs

if TYPE_CHECKING:
    from sqlalchemy.orm import SessionTransaction

Outcome = Literal["created", "updated", "unchanged"]
MOST_WARNINGS = 5


class Importer(Protocol):
    """Stores the records of one kind, a batch at a time."""

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Look up what the records of a batch refer to; nothing is refused yet."""

    def take(self, entry: Entry) -> Outcome:
        """Work out what becomes of one record, or refuse it."""

    def store(self) -> None:
        """Write what the records that were taken came to."""


class Run:
    """One import inside its transaction."""

    def __init__(self, session: Session, act: Act, wanted: Wanted, places: Places) -> None:
        """Begin with nothing looked up."""
        self.session, self.act, self.wanted, self.places = session, act, wanted, places
        self.catalog = Catalog(session, act)
        self.warnings = 0
        self._sense = hashlib.sha256(wanted.sense.encode())
        self._events: list[history.Event] = []
        self._kept = 0  # how many of them are of records before this one
        self._customers: set[str] = set()
        self._savepoint: SessionTransaction | None = None

    def fingerprint(self, entry: Entry) -> str:
        """Return what tells a record, read as this import reads it, from any other content."""
        return entry.fingerprint(self._sense)

    def note(
        self, kind: str, record_id: int, detail: Mapping[str, object], *, verb: str = "import"
    ) -> None:
        """Keep a line of history for the end of the batch."""
        self._events.append(history.Event(kind, record_id, verb, detail))

    def note_all(self, events: Sequence[history.Event]) -> None:
        """Keep lines of history for the end of the batch."""
        self._events += events

    def write_history(self) -> None:
        """Write the history of the batch."""
        if self._events:
            history.note_all(self.session, self.act, self._events)
        self._events, self._kept = [], 0

    def warn(self, entry: Entry, text: str) -> None:
        """Tell of a record that was taken all the same; of the first few, then how many."""
        self.warnings += 1
        if self.warnings <= MOST_WARNINGS:
            self.act.warn(f"{self.places.name} {self.places.unit} {entry.number}: {text}")

    def say_the_rest(self) -> None:
        """Say how many warnings there were besides those that were said."""
        if self.warnings > MOST_WARNINGS:
            self.act.warn(f"and {self.warnings - MOST_WARNINGS} more such warnings")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Let one record be tried; what it wrote is taken back when it is refused."""
        self._kept = len(self._events)
        try:
            yield
        except InvoicectlError:
            del self._events[self._kept :]
            if self._savepoint is not None:
                self._savepoint.rollback()
                self.catalog = Catalog(self.session, self.act)
                self._customers.clear()
            raise
        else:
            if self._savepoint is not None:
                self._savepoint.commit()
        finally:
            self._savepoint = None

    def writing(self) -> None:
        """Say that the record that is being tried is about to write.

        Where bad rows are set aside, that has to be undone alone when it is refused after all.
        """
        if self.wanted.rejects is not None and self._savepoint is None:
            self._savepoint = self.session.begin_nested()

    def settle_customer(self, fields: Fields) -> None:
        """Bring the customer that a record names down to its REF, and make it when it is missing.

        Only `--create-customers` makes one: its key is the REF, its name the one beside it.
        """
        given, name = fields.left.get("customer"), None
        if isinstance(given, Mapping):
            name = given.get("name")
            named = (given.get(each) for each in ("", "key", "id", "friendlyId"))
            given = fields.left["customer"] = next(filter(None, named), None)
        if self.wanted.create_customers and isinstance(given, str | int):
            self._provide_customer(str(given).strip(), name)

    def _provide_customer(self, key: str, name: object) -> None:
        if not key or key in self._customers:
            return
        if not refs.among(self.catalog.reader, "customer", key):
            self.writing()
            fields = Fields({"key": key, "name": name or key})
            _, made = masters.upsert(self.session, self.act, self.catalog, "customer", fields)
            self.note("customer", made, {})
        self._customers.add(key)
