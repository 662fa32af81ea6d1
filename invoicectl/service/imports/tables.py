"""CSV: a header, then rows of cells, read one by one; the rows of one record are one entry."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from invoicectl.errors import ValidationError
from invoicectl.output.formula import unguard
from invoicectl.rules import tabular
from invoicectl.service.imports.entries import CellError, Entry, Places, bad, unreadable
from invoicectl.service.imports.headers import Cells, Column, Header
from invoicectl.service.imports.sources import Source
from invoicectl.service.imports.wanted import Wanted
from invoicectl.store.seen import seen

LARGEST_CELL = 4_000_000

Row = tuple[int, Cells]  # the number of the line that it begins in


class Table:
    """A CSV file whose header was read and makes sense."""

    def __init__(self, source: Source, wanted: Wanted, delimiter: str) -> None:
        """Read the header.

        Raises:
            ValidationError: see `Header`; or the file cannot be read as CSV at all.
        """
        self.source, self.wanted, self.layout = source, wanted, wanted.layout
        self.delimiter = delimiter
        line, cells = next(self._rows(), (1, []))
        self.header = header = Header(source.name, line, cells, wanted)
        self.known_by = [each for each in header.columns if each.field in self.layout.known_by]
        self.places = Places(
            source.name,
            headings={column.field: header.names[column.at] for column in header.columns},
            part_headings={column.field: header.names[column.at] for column in header.part_columns},
        )

    def _rows(self) -> Iterator[Row]:
        """Yield every row that is not empty, the header too, with the line that it begins in."""
        csv.field_size_limit(LARGEST_CELL)
        reader = csv.reader(self.source.lines(), strict=True, delimiter=self.delimiter)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise self._broken(line, str(error)) from error
            if cells is None:
                return
            if any(cells):
                yield line, cells

    def _broken(self, line: int, error: str) -> ValidationError:
        reason = f"is not readable as CSV: {error}"
        if "unexpected end of data" in error or "field larger" in error:
            reason = "a quoted cell that begins here has no end"
        elif "expected after" in error:
            reason = "text follows a quoted cell; a quote inside of one is written twice"
        details = [{"field": f"line {line}", "message": reason}]
        return ValidationError(f"{self.source.name} line {line}: {reason}", details=details)

    def entries(self) -> Iterator[Entry]:
        """Yield the records of the file in its order; rows of one record need not be together."""
        gather = self._apart if self._is_scattered() else self._together
        rows = self._rows()
        next(rows)
        width = len(self.header.names)
        for group in gather(rows):
            odd = [row for row in group if len(row[1]) != width]
            yield self._odd(odd[0], group) if odd else self._entry(group)

    def _together(self, rows: Iterable[Row]) -> Iterator[list[Row]]:
        """Yield the rows of each record that stand together."""
        if self.header.has_parts:
            return (list(group) for _, group in groupby(rows, self._name))
        return ([row] for row in rows)

    def _apart(self, rows: Iterable[Row]) -> Iterable[list[Row]]:
        """Return the rows of each record, wherever they stand; this holds the whole file."""
        groups: dict[tuple[object, ...], list[Row]] = {}
        for row in rows:
            groups.setdefault(self._name(row), []).append(row)
        return groups.values()

    def _is_scattered(self) -> bool:
        """Return whether rows of one record stand apart."""
        if not self.header.has_parts:
            return False
        rows = self._rows()
        next(rows)
        with seen() as names:
            return any(names.again(repr(name)) for name, _ in groupby(rows, self._name))

    def _name(self, row: Row) -> tuple[object, ...]:
        """Return what rows of one record have in common; a row without a name is on its own."""
        number, cells = row
        if len(cells) != len(self.header.names):
            return ("line", number)
        name = tuple(cells[column.at] for column in self.known_by)
        return name if any(name) else ("line", number)

    def _odd(self, odd: Row, group: Sequence[Row]) -> Entry:
        number, cells = odd
        reason = f"has {len(cells)} cells where the header has {len(self.header.names)}"
        entry = unreadable(number, cells, bad(reason))
        entry.rows = [odd, *(row for row in group if row is not odd)]
        return entry

    def _entry(self, group: Sequence[Row]) -> Entry:
        entry = Entry(None, group)
        try:
            entry.given, entry.paths = self._record(group)
        except CellError as error:
            entry.rows = [group[error.row], *(row for row in group if row is not group[error.row])]
            entry.refusal = bad(str(error), error.field)
        return entry

    def _record(self, group: Sequence[Row]) -> tuple[dict[str, Any], Sequence[str]]:
        """Return the record of some rows, and at which path of it each of them is."""
        columns = self.header.columns
        said = [self._cells(at, cells, columns) for at, (_, cells) in enumerate(group)]
        record = said[0] if len(said) == 1 else self._agreed(said, group)
        for field, value in self.wanted.defaults.items():
            if field in self.layout.columns:
                record.setdefault(self.layout.columns[field], value)
        if not self.header.has_parts or self.layout.gather is None:
            return tabular.nest(record), ()
        gathered, paths = self.layout.gather([self._part(at, row) for at, row in enumerate(group)])
        return tabular.nest(record) | gathered, paths

    def _agreed(self, said: Sequence[dict[str, str]], group: Sequence[Row]) -> dict[str, str]:
        found = tabular.agreed(said)
        if isinstance(found, tabular.Disagreement):
            before = group[found.before_row][0]
            reason = f"is {found.here!r} here and {found.before!r} in line {before}, for one record"
            raise CellError(reason, found.name, found.row)
        return found

    def _part(self, at: int, row: Row) -> dict[str, str]:
        part = self._cells(at, row[1], self.header.part_columns)
        if part:
            for field, value in self.wanted.defaults.items():
                if field not in self.layout.columns:
                    part.setdefault(self.layout.part_columns[field], value)
        return part

    def _cells(self, row: int, cells: Cells, columns: Iterable[Column]) -> dict[str, Any]:
        """Return the cells of a row that say something, by field."""
        said: dict[str, Any] = {}
        for at, field, read in columns:
            cell = cells[at]
            if not cell:
                continue
            if cell[0] == "'":
                cell = unguard(cell)
            try:
                said[field] = cell if read is None else read(cell)
            except ValueError as error:
                raise CellError(f"{error}: {cell!r}", field, row) from error
        return said
