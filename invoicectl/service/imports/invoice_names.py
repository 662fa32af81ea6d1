"""The numbers and keys of a batch of invoices: which the books have, which stand in it twice."""

from collections.abc import Sequence
from typing import NamedTuple

from invoicectl.service import invoices
from invoicectl.service.imports.run import Run
from invoicectl.service.intake import Fields, clean_text
from invoicectl.store.db import Row


class Names(NamedTuple):
    """What an invoice of a file is called."""

    number: str | None
    key: str | None


def _fold(number: str) -> str:
    """Return a number as those that are the same in another case have it, by SQLite's own rule."""
    if number.isascii():
        return number.lower()
    return "".join(char.lower() if char.isascii() else char for char in number)


class Register:
    """Who has which number and key."""

    def __init__(self, run: Run) -> None:
        """Begin with a file of which nothing was seen."""
        self.run = run
        books = run.catalog.reader
        last = books.value("SELECT last FROM sequence WHERE scope = 'row invoice'")
        self._first_of_ours = (last or 0) + 1
        self._are_retired = books.value("SELECT EXISTS (SELECT 1 FROM retired_number)")
        self._by_number: dict[str, Row] = {}
        self._by_key: dict[str, Row] = {}
        self._keys: set[str] = set()
        self._retired: set[str] = set()
        self._claimed: dict[tuple[str, str], int] = {}

    def look_up(self, batch: Sequence[Fields]) -> None:
        """Find out what the books have of the names of a batch."""
        names = [
            str(value).strip()
            for fields in batch
            for name in ("number", "key")
            if (value := fields.left.get(name)) is not None
        ]
        self._claimed = {}
        self._by_number = {_fold(row["friendly_id"]): row for row in self._rows(
            "friendly_id COLLATE NOCASE", names)}  # fmt: skip
        by_key = self._rows("key COLLATE NOCASE", names)
        self._by_key = {row["key"]: row for row in by_key}
        self._keys = {_fold(key) for key in self._by_key}  # a number is read in any case
        if self._are_retired:
            sql = "SELECT number FROM retired_number WHERE number COLLATE NOCASE IN :values"
            self._retired = {_fold(row[0]) for row in self.run.catalog.reader.among(sql, names)}

    def _rows(self, column: str, names: Sequence[str]) -> list[Row]:
        sql = f"SELECT id, friendly_id, key, request FROM invoice WHERE {column} IN :values"
        return list(self.run.catalog.reader.among(sql, names))

    def names(self, fields: Fields) -> Names:
        """Return what a record is called.

        Raises:
            ValidationError: it is called nothing, or what it is called is no text.
        """
        number, key = (self._name(fields, name) for name in Names._fields)
        if number is None and key is None:
            hint = "without one, the same file again would make it twice"
            raise fields.refuse("number", "is missing, and so is a key", hint)
        return Names(number, key)

    def _name(self, fields: Fields, name: str) -> str | None:
        value = fields.left.get(name)
        try:
            return clean_text(value) or None if value is not None else None
        except ValueError as error:
            raise fields.refuse(name, str(error)) from error

    def known(self, names: Names) -> Row | None:
        """Return the stored invoice that a record means: the key's, else the number's."""
        if names.key is not None and names.key in self._by_key:
            return self._by_key[names.key]
        found = self._by_number.get(_fold(names.number)) if names.number else None
        if found is None or names.key is None or found["key"] is None:
            return found
        return None

    def refuse_twice(self, fields: Fields, names: Names) -> None:
        """Refuse a name that stood in the file before."""
        unit = self.run.places.unit
        for name, value in zip(Names._fields, names, strict=True):
            if value is None:
                continue
            before = self._claimed.get((name, _fold(value) if name == "number" else value))
            if before is not None:
                raise fields.refuse(name, f"{value!r} stands in {unit} {before} already")
        known = self.known(names)
        if known is not None and known["id"] >= self._first_of_ours:
            name = "key" if names.number is None else "number"
            raise fields.refuse(name, f"{getattr(names, name)!r} stands in this file before")

    def refuse(self, names: Names) -> None:
        """Refuse names that another invoice has, or that read as another's; see `create`."""
        invoices.refuse_names(
            self.run.act,
            number=names.number,
            key=names.key,
            is_taken=self._is_taken,
            is_used=self._is_used,
        )

    def _is_used(self, number: str) -> bool:
        """Return whether a number was one, or reads as a key in the books or the batch."""
        folded = _fold(number)
        return folded in self._retired or folded in self._keys

    def _is_taken(self, name: str) -> bool:
        """Return whether an invoice in the books, or before in the batch, answers to a name."""
        stored = name in self._by_key or _fold(name) in self._by_number
        return stored or self.is_claimed(name)

    def claim(self, names: Names, position: int) -> None:
        """Take note of the names of a record that was taken."""
        if names.number is not None:
            self._claimed["number", _fold(names.number)] = position
        if names.key is not None:
            self._claimed["key", names.key] = position
            self._keys.add(_fold(names.key))

    def is_claimed(self, number: str) -> bool:
        """Return whether a record of the batch has this number or key."""
        return ("number", _fold(number)) in self._claimed or ("key", number) in self._claimed
