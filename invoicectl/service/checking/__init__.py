"""Prove the books: that the file is whole, and that everything in it follows from its events.

Nothing is changed. Each check is a generator of findings, over one unchanging picture of the
database; CHECKS has them all, in the order in which they are run.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from invoicectl.service.checking import balances, billing, file, letters, numbers, seals, totals
from invoicectl.service.checking.findings import Check, Finding, Inspection
from invoicectl.store.db import Db, Reader

Record = dict[str, Any]

CHECKS: Mapping[str, Check] = {
    "file": file.integrity,
    "schema": file.schema,
    "history": file.history,
    "seals": seals.of_records,
    "parties": seals.of_parties,
    "balances": balances.balances,
    "numbers": numbers.numbers,
    "totals": totals.totals,
    "documents": letters.documents,
    "sends": letters.sends,
    "billing": billing.billing,
}
# What has to hold before a file may take the place of the books; the rest is theirs to live with.
OF_THE_FILE = ("file", "schema", "history", "seals", "parties", "documents")
COUNTED = {
    "invoices": "invoice",
    "payments": "payment",
    "credits": "credit_memo",
    "movements": "movement",
    "customers": "customer",
    "orders": "sales_order",
    "documents": "document",
    "sends": "send",
    "activities": "activity",
}


def check(
    db: Db, *, going: Callable[[str, int], None], note: Callable[[str], None]
) -> tuple[Iterable[Finding], Callable[[], Record]]:
    """Return the findings, which are looked for as they are asked for, and what was checked.

    `note` is told what is worth knowing without being wrong: numbers outside of the sequence.

    Raises:
        DatabaseError: there is no database, or not even its first page can be read.
    """
    counts: Record = {}

    def findings() -> Iterator[Finding]:
        with db.read() as reader:
            yield from inspect(Inspection(reader, db, going), CHECKS, note)
            counts.update(_counts(reader))

    return findings(), lambda: counts


def inspect(
    inspection: Inspection, names: Iterable[str], note: Callable[[str], None]
) -> Iterator[Finding]:
    """Yield what some of the checks find; a check that damage ends early is a finding too."""
    reader = inspection.reader
    reader.connection.text_factory = _text  # damaged text is still looked at
    for name in names:
        inspection.passed = 0
        inspection.going(name, 0)
        try:
            for ref, message in CHECKS[name](inspection):
                yield Finding(name, ref, message)
        except (sqlite3.Error, ValueError, TypeError, ArithmeticError, LookupError) as error:
            yield Finding(name, inspection.name, f"could not be finished: {error}")
    for each in inspection.notes:
        note(each)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _counts(reader: Reader) -> Record:
    counts: Record = {}
    for name, table in COUNTED.items():
        try:
            counts[name] = reader.value(f"SELECT count(*) FROM {table}")
        except sqlite3.DatabaseError:
            counts[name] = None
    return counts
