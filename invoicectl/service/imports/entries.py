"""One record of a file before it is stored, and where in the file it stands."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from invoicectl.errors import InvoicectlError, ValidationError
from invoicectl.service.intake import Fields

if TYPE_CHECKING:
    from hashlib import _Hash


class CellError(Exception):
    """A cell or field that cannot be read: why, which field, and in which row of its record."""

    def __init__(self, reason: str, field: str, row: int = 0) -> None:
        """Keep all three."""
        super().__init__(reason)
        self.field, self.row = field, row


@dataclass(slots=True)
class Entry:
    """A record that a file holds.

    `given` are its fields, `rows` the rows it was read from, each with its number: the cells of a
    CSV, the text of a JSON record. `paths` says which part of the record each row is. What could
    not even be read has a `refusal` instead. `fields` is for who stores it.
    """

    given: Any
    rows: Sequence[tuple[int, Any]]
    paths: Sequence[str] = ()
    refusal: InvoicectlError | None = None
    fields: Fields | None = field(default=None, repr=False)

    @property
    def number(self) -> int:
        """The number of its first row."""
        return self.rows[0][0]

    def fingerprint(self, sense: "_Hash") -> str:
        """Return what tells this text, read in this sense, from any other."""
        said = sense.copy()
        for _, row in self.rows:
            text = row if isinstance(row, str) else "\x1f".join(row)
            said.update(text.encode("utf-8", "surrogatepass"))
            said.update(b"\x1e")
        return said.hexdigest()


@dataclass(frozen=True)
class Places:
    """How a file's records are named: `customers.csv line 12, column dueDate`.

    `headings` leads from a field of the record, or of its parts, to the column it was read from;
    None where the file has no columns.
    """

    name: str
    unit: str = "line"
    headings: dict[str, str] | None = None
    part_headings: dict[str, str] | None = None

    def refused(self, entry: Entry, refusal: InvoicectlError) -> InvoicectlError:
        """Return a refusal of a record with the place in the file where the reason stands."""
        detail = refusal.details[0] if refusal.details else {}
        path, reason = detail.get("field", ""), detail.get("message", refusal.message)
        number, inner = self._row_of(entry, path)
        place, heading = f"{self.unit} {number}", self._heading(path, inner)
        where = f"{place}, {heading}" if heading else place
        named = f"{place}: {heading.removeprefix('column ')}" if heading else place
        return type(refusal)(
            f"{self.name} {where}: {reason}",
            hint=refusal.hint,
            details=[{"field": named, "message": reason}],
        )

    def _row_of(self, entry: Entry, path: str) -> tuple[int, str | None]:
        """Return the number of the row where a path stands, and the rest of it inside that part."""
        for (number, _), start in zip(entry.rows, entry.paths, strict=False):
            if start and (path == start or path.startswith(f"{start}.")):
                return number, path[len(start) :].lstrip(".")
        return entry.number, None

    def _heading(self, path: str, inner: str | None) -> str:
        if self.headings is None:
            return path
        headings = self.headings if inner is None else (self.part_headings or {})
        name = path if inner is None else inner
        name = headings.get(name, name)
        return f"column {name}" if name else ""


def unreadable(number: int, row: Any, refusal: InvoicectlError) -> Entry:
    """Return the entry of a row that no record could be made of."""
    return Entry(None, [(number, row)], refusal=refusal)


def bad(reason: str, column: str = "") -> ValidationError:
    """Return the refusal of a row, or of a column in it; the place is added later."""
    details = [{"field": column, "message": reason}] if column else []
    return ValidationError(reason, details=details)


def as_text(given: Any) -> str:
    """Return a JSON record as one line of text."""
    return json.dumps(given, ensure_ascii=False, default=str)
