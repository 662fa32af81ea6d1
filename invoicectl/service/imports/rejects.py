"""What becomes of a bad row: it stops the import, or it is set aside with the reason.

A file of rejects has the columns of the import, then the line and the reason; JSON records stand
in it as text. It always tells of the last run: where nothing was rejected it is a header alone.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from invoicectl.errors import InvoicectlError
from invoicectl.output import files
from invoicectl.output.formula import guard, unguard
from invoicectl.rules import money
from invoicectl.service.imports.entries import Entry
from invoicectl.service.imports.headers import NOTED


class Strict:
    """Lets the first bad row stop everything."""

    count = 0

    def add(self, entry: Entry, refusal: InvoicectlError) -> None:  # noqa: ARG002
        """Raise the refusal."""
        raise refusal from None


@dataclass
class Rejects:
    """Writes bad rows to a file, with the number of each and the reason."""

    out: BinaryIO
    header: Sequence[str] | None
    count: int = 0

    def begin(self) -> None:
        """Write the header."""
        self._write([*(self.header if self.header is not None else ("record",)), *NOTED])

    def add(self, entry: Entry, refusal: InvoicectlError) -> None:
        """Write the rows of a record that was refused; each says the reason."""
        self.count += 1
        for number, row in sorted(entry.rows, key=lambda numbered: numbered[0]):
            self._write([*self._cells(row), number, refusal.message])

    def _cells(self, row: Any) -> list[str]:
        """Return the cells of a row, exactly as many as the header has."""
        if self.header is None:
            return [row]
        width = len(self.header)
        return [*row[:width], *[""] * (width - len(row))]

    def _write(self, cells: Sequence[object]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow([_safe(str(cell)) for cell in cells])
        self.out.write(text.getvalue().encode("utf-8", "replace"))


def _safe(cell: str) -> str:
    """Guard a cell against spreadsheets, once; a number is left alone."""
    plain = unguard(cell)
    try:
        money.read_number(plain)
    except ValueError:
        return guard(plain)
    return plain


@dataclass
class Imagined:
    """Counts bad rows and tells of the first few, for an import that writes nothing."""

    warn: Callable[[str], None]
    count: int = 0

    def add(self, entry: Entry, refusal: InvoicectlError) -> None:  # noqa: ARG002
        """Tell of one."""
        self.count += 1
        if self.count <= 10:
            self.warn(f"would be rejected: {refusal.message}")


Set = Strict | Rejects | Imagined


@contextmanager
def kept(path: Path, header: Sequence[str] | None) -> Iterator[Rejects]:
    """Yield where bad rows go; the file takes its place when the block ends well.

    Raises:
        NotFoundError, PermissionDeniedError, ConflictError: it cannot be written there.
    """
    with files.replace(path) as out:
        rejects = Rejects(out, header)
        rejects.begin()
        yield rejects
