"""What a writer is told besides the rows: their kind, the fields wanted, what follows them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

Later = Any | Callable[[], Any]

PLURALS = {"activity": "activities", "address": "addresses", "tax": "taxes"}
SINGULARS = {plural: one for one, plural in PLURALS.items()} | {"failed": "failure"}


def plural(kind: str) -> str:
    """Return what several of a kind are called: invoices, taxes, activities."""
    return PLURALS.get(kind, f"{kind}s")


def singular(name: str) -> str:
    """Return what one entry of a list of this name is called; `item` where no name fits."""
    if name in SINGULARS:
        return SINGULARS[name]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else "item"


class Shape(NamedTuple):
    """How records are to be written.

    `kind` is the word for one of them (`invoice`). `fields` narrows them; `columns` are the
    names of a flat file, the first record's where none are given. `pagination` and `totals`
    may be functions, asked once the last row was written.
    """

    kind: str
    fields: Sequence[str] | None = None
    columns: Sequence[str] | None = None
    pagination: Later = None
    totals: Later = None

    def extras(self) -> Iterator[tuple[str, Any]]:
        """Yield what follows the rows, by name; nothing for what is not wanted."""
        for name, later in (("pagination", self.pagination), ("totals", self.totals)):
            value = later() if callable(later) else later
            if value is not None:
                yield name, value
