"""The header of a CSV file: which column is which field of the record, or of a part of it."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from invoicectl.errors import ValidationError
from invoicectl.rules import tabular
from invoicectl.service.imports.wanted import Wanted

NOTED = ("line", "error")  # what a file of rejects has after its own columns

Cells = list[str]


class Column(NamedTuple):
    """A column that is wanted: where it is, its field, and how its cells are read but as text."""

    at: int
    field: str
    read: Callable[[str], Any] | None


class _Meant(NamedTuple):
    """What a column is taken for: under which name, and the field of the record or of its parts."""

    at: int
    name: str
    field: str
    is_part: bool


class Header:
    """A header that makes sense: the columns of the record, and those of its parts if it has any.

    Raises:
        ValidationError: it names nothing, a column twice or one that means nothing, or lacks a
            column that is mapped.
    """

    def __init__(self, file: str, line: int, cells: Cells, wanted: Wanted) -> None:
        self.names = [name.strip() for name in cells]
        self.wanted, self.layout = wanted, wanted.layout
        self._place = f"{file} line {line}", f"line {line}"
        if not any(self.names):
            raise self._refused("has no header: its first line names no columns")
        if twice := tabular.repeated(self.names):
            raise self._refused("stands twice in the header", twice)
        meant = [*self._mapped(), *self._direct()]
        self.has_parts = any(each.is_part and each.field in self.layout.opens for each in meant)
        self.columns: list[Column] = []
        self.part_columns: list[Column] = []
        for each in meant:
            self._add(each)

    @property
    def own_names(self) -> Cells:
        """The names without those that a file of rejects adds."""
        return self.names[:-2] if self.names[-2:] == [*NOTED] else self.names

    def _refused(self, reason: str, column: str = "", hint: str = "") -> ValidationError:
        place, field = self._place
        if column:
            place, field = f"{place}, column {column}", f"{field}: {column}"
        details = [{"field": field, "message": reason}]
        return ValidationError(f"{place}: {reason}", hint=hint, details=details)

    def _mapped(self) -> Iterator[_Meant]:
        """Yield the columns that --map names; one may be several fields."""
        for field, column in self.wanted.columns.items():
            if column not in self.names:
                near = tabular.nearest(column, self.names)
                hint = f"did you mean {near!r}?" if near else f"it has {', '.join(self.names)}"
                raise self._refused(f"is not there, and --map names it for {field}", column, hint)
            yield self._meant(self.names.index(column), field)

    def _direct(self) -> Iterator[_Meant]:
        """Yield the columns that are called as fields are.

        With --map the others are another program's own business, else they are mistyped.
        """
        is_mapped = bool(self.wanted.columns)
        columns = set(self.wanted.columns.values())
        fields = {self._meant(0, field).field for field in self.wanted.columns}
        for at, name in enumerate(self.own_names):
            if name in columns:
                continue
            if self.layout.knows(name):
                meant = self._meant(at, name)
                if meant.field not in fields:
                    yield meant
            elif not is_mapped:
                raise self._unknown(at, name)

    def _unknown(self, at: int, name: str) -> ValidationError:
        near = tabular.nearest(name, {**self.layout.columns, **self.layout.part_columns})
        hint = f"did you mean {near}?" if near else "--map FIELD=COLUMN names what is to be read"
        return self._refused(f"is not a field of {self.layout.kind}s", name or f"{at + 1}", hint)

    def _meant(self, at: int, name: str) -> _Meant:
        """Return what a name means; one that records and parts both have is the part's."""
        if name in self.layout.part_columns:
            return _Meant(at, name, self.layout.part_columns[name], is_part=True)
        return _Meant(at, name, self.layout.columns[name], is_part=False)

    def _add(self, meant: _Meant) -> None:
        """Put a column where it belongs; without parts the record has what both could have."""
        field, is_part = meant.field, meant.is_part
        if is_part and not self.has_parts:
            if meant.name not in self.layout.columns:
                reason = f"belongs to {self.layout.part}, of which nothing else is here"
                raise self._refused(reason, self.names[meant.at])
            field, is_part = self.layout.columns[meant.name], False
        columns = self.part_columns if is_part else self.columns
        if any(column.field == field for column in columns):
            raise self._refused(f"says {field} a second time", self.names[meant.at])
        columns.append(Column(meant.at, field, self._reader(field)))

    def _reader(self, field: str) -> Callable[[str], Any] | None:
        if field in self.layout.days and self.wanted.date_format:
            return self.wanted.day
        return listed if field in self.layout.lists else None


def listed(text: str) -> object:
    """Return the list in a cell that holds one as our own CSV has it, else the text itself.

    >>> listed('["a@example.com"]'), listed("a@example.com; b@example.com")
    (['a@example.com'], 'a@example.com; b@example.com')
    """
    if not text.startswith("["):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
