"""Every number accounted for: none missing, none twice, and those that were given from outside."""

import re
from array import array
from collections.abc import Iterator
from datetime import date

from invoicectl.rules import numbering
from invoicectl.service.checking.findings import Found, Inspection
from invoicectl.store import checks, refs

SHOWN = 20  # names in one sentence
ANY_DAY = date(2000, 1, 1)  # a sequence's scope has no year or month left to fill in


def numbers(books: Inspection) -> Found:
    """Find gaps in the sequences, numbers used twice, and names that mean two records.

    Numbers that were preset or imported, and those retired, are noted: nothing is wrong with them.
    """
    counted, given = 0, {row[0] for row in books.reader.each(checks.GIVEN)}
    patterns = []
    for row in books.reader.all(checks.SCOPES):
        scope, last = row["scope"].removeprefix("invoice "), row["last"]
        patterns.append(numbering.parse(scope))
        taken, retired = _taken(books, patterns[-1])
        counted += len(taken) - len(retired)
        yield from ((name, said) for name, said in _gaps(scope, sorted(taken), last))
        _note(books, "retired for good", [_number(scope, seq) for seq in retired])
        given |= {_number(scope, seq) for seq in taken if seq > last}
    if counted < (books.reader.value(checks.NUMBERED) or 0):
        given |= _formless(books, patterns)
    _note(books, "preset or imported", sorted(given))
    yield from _twice(books)
    yield from _counters(books)


def _taken(books: Inspection, pattern: numbering.Pattern) -> "tuple[array[int], list[int]]":
    """Return the places of a sequence that have a number, and those of them that are retired."""
    prefix = re.split(r"\{seq[^}]*\}", pattern.text)[0]
    taken: array[int] = array("q")
    retired = []
    rows = books.reader.each(checks.NUMBERS, first=prefix, end=f"{prefix}\U0010ffff")
    for row in rows:
        books.passing("numbers")
        seq = numbering.sequence_of(pattern, row["number"], ANY_DAY)
        if seq is not None:
            taken.append(seq)
            if row["retired"]:
                retired.append(seq)
    return taken, retired


def _formless(books: Inspection, patterns: list[numbering.Pattern]) -> set[str]:
    """Return the numbers that no sequence gives."""
    names = (row["friendly_id"] for row in books.reader.each(checks.NAMES))
    return {
        name
        for name in names
        if all(numbering.sequence_of(each, name, ANY_DAY) is None for each in patterns)
    }


def _gaps(scope: str, taken: list[int], last: int) -> Iterator[tuple[str, str]]:
    """Yield the numbers up to the last one taken that nothing has."""
    expected = 1
    for seq in [*(each for each in taken if each <= last), last + 1]:
        if seq > expected:
            first, end = _number(scope, expected), _number(scope, seq - 1)
            to = f"to {end} are" if first != end else "is"
            yield first, f"{to} missing: given by the sequence, and no invoice's"
        expected = max(expected, seq + 1)


def _number(scope: str, seq: int) -> str:
    return numbering.number(numbering.parse(scope), ANY_DAY, seq)


def _note(books: Inspection, what: str, names: list[str]) -> None:
    if names:
        shown = ", ".join(names[:SHOWN])
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        books.notes.append(f"{what}: {shown}{more}")


def _twice(books: Inspection) -> Found:
    for row in books.reader.each(checks.TAKEN_TWICE):
        yield row["friendly_id"], "is used again, though it was retired"
    for row in books.reader.each(checks.PURGED):
        yield row["number"], "was purged, and is not retired"
    for row in books.reader.each(checks.AMBIGUOUS):
        yield row["friendly_id"], f"has the key {row['key']}, which is another invoice's number"


def _counters(books: Inspection) -> Found:
    """Find counters that are behind what was counted: they would give a number twice."""
    counted = {"draft": "SELECT max(draft_seq) FROM invoice"}
    for table in ("invoice", "line", *refs.TABLES.values()):
        counted[f"row {table}"] = f"SELECT max(id) FROM {table}"
    for scope, sql in counted.items():
        last = books.reader.value("SELECT last FROM sequence WHERE scope = :scope", scope=scope)
        most = books.reader.value(sql)
        if last is not None and most is not None and last < most:
            yield scope, f"the counter is at {last}, and {most} is taken"
