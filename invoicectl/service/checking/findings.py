"""What a check is handed, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

from invoicectl.store.db import Db, Reader

EVERY = 2000  # records between two reports of how far a check has come


class Finding(NamedTuple):
    """One thing that is wrong: which check found it, on what record, and what it is."""

    check: str
    ref: str
    message: str


@dataclass
class Inspection:
    """The books under inspection.

    `going` is told which check is at work and how many records it has passed; `notes` are worth
    knowing and nothing is wrong with them.
    """

    reader: Reader
    db: Db
    going: Callable[[str, int], None]
    notes: list[str] = field(default_factory=list)
    passed: int = 0

    @property
    def name(self) -> str:
        """What the database is called, without its folder."""
        return PurePath(self.db.name).name

    def passing(self, check: str) -> None:
        """Count a record that a check has passed."""
        self.passed += 1
        if self.passed % EVERY == 0:
            self.going(check, self.passed)


Found = Iterator[tuple[str, str]]  # a ref and a message
Check = Callable[[Inspection], Found]
