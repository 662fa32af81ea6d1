"""A seal is a SHA-256 over all that a record says: one bit that differs makes it another.

The history is a chain: each row is hashed together with the hash of the row before it, so that a
row that is changed, taken out or slipped in later no longer fits. Nothing here is secret: a seal
shows damage and tampering by hand; who has the file and this program can make new ones.

>>> seal(b"INV-00001")[:16], seal(b"INV-00002")[:16]
('0135699a216dca57', '6519434afd07f87a')
"""

import hashlib
from typing import Protocol

START = "0" * 64  # what the first row of the history follows
LINKED = ("at", "by", "kind", "record_id", "action", "detail")


class Row(Protocol):
    """Columns by their names."""

    def __getitem__(self, name: str, /) -> object: ...


def seal(content: bytes) -> str:
    """Return the seal of a content, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def link(before: str, row: Row) -> str:
    """Return the hash of a row of history that follows the one with the hash `before`.

    >>> said = dict(at="2026-01-31T10:00:00Z", by="ann", kind="invoice", record_id=1)
    >>> link(START, said | dict(action="void", detail="{}"))[:16]
    '85452d3469ff7235'
    """
    text = "\x1f".join([before, *(str(row[field]) for field in LINKED)])
    return seal(text.encode())
