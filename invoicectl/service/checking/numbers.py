"""Every number accounted for: none missing, none twice, and those that were given from outside."""

import json
import re
from bisect import insort
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from invoicectl.rules import numbering
from invoicectl.service.checking.findings import Found, Inspection
from invoicectl.store import checks, refs
from invoicectl.store.db import Row

SHOWN = 20  # names in one sentence
ANY_DAY = date(2000, 1, 1)  # a sequence's scope has no year or month left to fill in
COUNTERS = ("draft", "row invoice", "row line")  # there from the first that is taken


class _Scope(NamedTuple):
    """A sequence: what its numbers look like, and the last place that it gave."""

    pattern: numbering.Pattern
    last: int

    def place(self, number: str) -> int | None:
        return numbering.sequence_of(self.pattern, number, ANY_DAY)

    def number(self, seq: int) -> str:
        return numbering.number(self.pattern, ANY_DAY, seq)


class _Names:
    """Any number of names, of which the first are kept."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[str] = []

    def add(self, name: str) -> None:
        self.count += 1
        insort(self.first, name)
        del self.first[SHOWN:]


def numbers(books: Inspection) -> Found:
    """Find gaps in the sequences, numbers used twice, and names that mean two records.

    Numbers that were preset or imported, and those retired, are noted: nothing is wrong with them.
    """
    scopes = [
        _Scope(numbering.parse(row["scope"].removeprefix("invoice ")), row["last"])
        for row in books.reader.all(checks.SCOPES)
    ]
    for scope in scopes:
        retired = _Names()
        yield from _gaps(scope, _taken(books, scope, retired))
        _note(books, "retired for good", retired)
    yield from _uncounted(books, scopes)
    yield from _twice(books)
    yield from _counters(books)


def _taken(books: Inspection, scope: _Scope, retired: _Names) -> Iterator[int]:
    """Yield the places of a sequence that have a number, in order; those retired are named."""
    prefix = re.split(r"\{seq[^}]*\}", scope.pattern.text)[0]
    rows = books.reader.each(checks.NUMBERS, first=prefix, end=f"{prefix}\U0010ffff")
    for row in rows:
        books.passing("numbers")
        seq = scope.place(row["number"])
        if seq is not None:
            yield seq
            if row["retired"]:
                retired.add(scope.number(seq))


def _gaps(scope: _Scope, taken: Iterator[int]) -> Found:
    """Yield the numbers up to the last one given that nothing has."""
    expected = 1
    for seq in taken:
        if expected < seq <= scope.last:
            yield _missing(scope, expected, seq - 1)
        expected = max(expected, seq + 1)
    if expected <= scope.last:
        yield _missing(scope, expected, scope.last)


def _missing(scope: _Scope, first: int, last: int) -> tuple[str, str]:
    to = f"to {scope.number(last)} are" if first != last else "is"
    return scope.number(first), f"{to} missing: given by the sequence, and no invoice's"


def _uncounted(books: Inspection, scopes: list[_Scope]) -> Found:
    """Find numbers that no counter has given, nor anybody by hand, and note those by hand."""
    outside = _Names()
    for invoice, (given,) in checks.beside(books.reader, checks.NAMES, checks.GIVEN):
        books.passing("numbers")
        name = invoice["friendly_id"]
        if any(_is_called(row, name) for row in given):
            outside.add(name)
        elif not _is_counted(name, scopes):
            yield name, "no counter has given it: the counter is gone, or behind it"
    _note(books, "preset or imported", outside)


def _is_called(row: Row, name: str) -> bool:
    """Return whether a row of the history gives an invoice this number."""
    return row["number"] == name or bool(row["renamed"] and json.loads(row["renamed"])[-1] == name)


def _is_counted(name: str, scopes: list[_Scope]) -> bool:
    """Return whether a sequence has come by a number; the one that has is asked first from then."""
    for at, scope in enumerate(scopes):
        seq = scope.place(name)
        if seq is not None and seq <= scope.last:
            scopes.insert(0, scopes.pop(at))
            return True
    return False


def _note(books: Inspection, what: str, names: _Names) -> None:
    if names.count:
        more = names.count - len(names.first)
        books.notes.append(
            f"{what}: {', '.join(names.first)}" + (f" and {more} more" if more else "")
        )


def _twice(books: Inspection) -> Found:
    for row in books.reader.each(checks.TAKEN_TWICE):
        yield row["friendly_id"], "is used again, though it was retired"
    for row in books.reader.each(checks.PURGED):
        yield row["number"], "was purged, and is not retired"
    for row in books.reader.each(checks.AMBIGUOUS):
        yield row["friendly_id"], f"has the key {row['key']}, which is another invoice's number"


def _counters(books: Inspection) -> Found:
    """Find counters that are gone or behind what was counted: they would give a number twice."""
    counted = {"draft": "SELECT max(draft_seq) FROM invoice"}
    for table in ("invoice", "line", *refs.TABLES.values()):
        counted[f"row {table}"] = f"SELECT max(id) FROM {table}"
    for scope, sql in counted.items():
        last = books.reader.value("SELECT last FROM sequence WHERE scope = :scope", scope=scope)
        most = books.reader.value(sql)
        if last is None and most is not None and scope in COUNTERS:
            yield scope, f"the counter is gone, and {most} is taken"
        elif last is not None and most is not None and last < most:
            yield scope, f"the counter is at {last}, and {most} is taken"
