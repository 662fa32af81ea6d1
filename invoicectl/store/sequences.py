"""Numbers without gaps or repeats: a counter row, moved in the transaction that uses the number."""

from datetime import date

from invoicectl.rules import numbering
from invoicectl.store.db import Reader


def take(reader: Reader, scope: str, count: int = 1) -> int:
    """Take the next `count` numbers of a sequence and return the first. Needs a write lock."""
    last = reader.value(
        "INSERT INTO sequence (scope, last) VALUES (:scope, :count)"
        " ON CONFLICT (scope) DO UPDATE SET last = sequence.last + :count RETURNING last",
        scope=scope,
        count=count,
    )
    return int(last) - count + 1


def peek(reader: Reader, pattern: str, on: date) -> str:
    """Return the invoice number that would be given next on a day, and take none."""
    return _next(reader, numbering.parse(pattern), on)[1]


def take_number(reader: Reader, pattern: str, on: date) -> str:
    """Take the next invoice number of the day's sequence; numbers in use are skipped over."""
    parsed = numbering.parse(pattern)
    sequence, number = _next(reader, parsed, on)
    reader.one(
        "INSERT INTO sequence (scope, last) VALUES (:scope, :last)"
        " ON CONFLICT (scope) DO UPDATE SET last = :last",
        scope=f"invoice {numbering.scope(parsed, on)}",
        last=sequence,
    )
    return number


def _next(reader: Reader, pattern: numbering.Pattern, on: date) -> tuple[int, str]:
    scope = f"invoice {numbering.scope(pattern, on)}"
    sequence = 1 + (
        reader.value("SELECT last FROM sequence WHERE scope = :scope", scope=scope) or 0
    )
    while is_used(reader, number := numbering.number(pattern, on, sequence)):
        sequence += 1
    return sequence, number


def is_used(reader: Reader, number: str) -> bool:
    """Return whether an invoice has this number, or had it once, in any case of letters."""
    return bool(
        reader.value(
            "SELECT EXISTS (SELECT 1 FROM invoice WHERE friendly_id = :number COLLATE NOCASE)"
            " OR EXISTS (SELECT 1 FROM retired_number WHERE number = :number COLLATE NOCASE)",
            number=number,
        )
    )
