"""JSON and JSON Lines: a list of records or one, or a record a line."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from invoicectl.errors import UsageError, ValidationError
from invoicectl.rules import tabular
from invoicectl.service import intake
from invoicectl.service.imports.entries import CellError, Entry, Places, as_text, bad, unreadable
from invoicectl.service.imports.sources import Source
from invoicectl.service.imports.wanted import Wanted


class Lines:
    """A JSON Lines file: a record a line. Only one line is held at a time."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        self.source, self.wanted = source, wanted
        self.places = Places(source.name)

    def entries(self) -> Iterator[Entry]:
        """Yield the records of the file; empty lines are none."""
        said = _Said(self.wanted)
        decode = intake.DECODER.decode
        for number, line in enumerate(self.source.lines(), 1):
            text = line.strip()
            if not text:
                continue
            try:
                given = decode(text)
            except (ValueError, ArithmeticError, RecursionError) as error:
                yield unreadable(number, text, _not_json(error))
                continue
            yield said.entry(given, number, text)


class Document:
    """A JSON file: a list of records, a list under `data` as ours print it, or one record."""

    def __init__(self, source: Source, wanted: Wanted) -> None:
        self.source, self.wanted = source, wanted
        self.places = Places(source.name, unit="record")

    def entries(self) -> Iterator[Entry]:
        """Yield the records of the file.

        Raises:
            UsageError: it is not readable JSON.
            ValidationError: it holds something other than records.
        """
        found = intake.parse(self.source.text(), self.source.name)
        if isinstance(found, Mapping) and isinstance(found.get("data"), list):
            found = found["data"]
        if isinstance(found, Mapping):
            found = [found]
        if not isinstance(found, list):
            raise ValidationError(f"{self.source.name} holds neither records nor a list of them")
        said = _Said(self.wanted)
        for position, given in enumerate(found, 1):
            yield said.entry(given, position, as_text(given))


def _not_json(error: Exception) -> UsageError:
    if isinstance(error, RecursionError):
        return UsageError("is nested too deeply")
    if isinstance(error, ArithmeticError):
        return UsageError("is not readable JSON: a number is out of all bounds")
    reason = (
        f"{error.msg}: column {error.colno}" if isinstance(error, json.JSONDecodeError) else error
    )
    return UsageError(f"is not readable JSON: {reason}")


class _Said:
    """Brings the names, dates and gaps of other programs' records to ours."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted, self.layout = wanted, wanted.layout
        self.as_it_is = not (wanted.columns or wanted.defaults or wanted.date_format)

    def entry(self, given: Any, number: int, text: str) -> Entry:
        if self.as_it_is or not isinstance(given, dict):
            return Entry(given, [(number, text)])
        try:
            return Entry(self._ours(given), [(number, text)])
        except CellError as error:
            return unreadable(number, text, bad(str(error), error.field))

    def _ours(self, given: dict[str, Any]) -> dict[str, Any]:
        record = self._renamed(given) if self.wanted.columns else dict(given)
        if self.wanted.date_format:
            self._read_days(record)
        self._fill(record)
        return record

    def _renamed(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the fields that are mapped or are ours; other programs say more than that."""
        mapped = set(self.wanted.columns.values())
        kept = {
            name: value
            for name, value in given.items()
            if name not in mapped
            and (name in self.layout.columns or name in self.layout.structures)
        }
        moved = {field: given[name] for field, name in self.wanted.columns.items() if name in given}
        return kept | tabular.nest(moved)

    def _read_days(self, record: dict[str, Any], path: str = "") -> None:
        for name, value in record.items():
            canonical = self.layout.columns.get(name) or self.layout.part_columns.get(name) or name
            if canonical in self.layout.days and isinstance(value, str) and value:
                try:
                    record[name] = self.wanted.day(value)
                except ValueError as error:
                    raise CellError(f"{error}: {value!r}", f"{path}{name}") from error
            elif name in self.layout.structures and isinstance(value, list):
                record[name] = [
                    self._with_days(each, f"{path}{name}[{n}].") for n, each in enumerate(value)
                ]

    def _with_days(self, part: Any, path: str) -> Any:
        if not isinstance(part, dict):
            return part
        copied = dict(part)
        self._read_days(copied, path)
        return copied

    def _fill(self, record: dict[str, Any]) -> None:
        for field, value in self.wanted.defaults.items():
            names = self.layout.columns
            if field in names:
                canonical = names[field]
                if not any(record.get(name) for name in record if names.get(name) == canonical):
                    _set_missing(record, canonical, value)
            elif isinstance(parts := record.get(self.layout.part), list):
                name = self.layout.part_columns[field]
                record[self.layout.part] = [
                    {name: value, **part} if isinstance(part, dict) else part for part in parts
                ]


def _set_missing(record: dict[str, Any], field: str, value: str) -> None:
    """Set a field that says nothing yet; a dotted one is in a record inside this one."""
    head, dot, rest = field.partition(".")
    if not dot:
        record[head] = value
        return
    inside = record.get(head)
    inside = inside if isinstance(inside, dict) else {} if inside is None else {"": inside}
    if not inside.get(rest):
        record[head] = inside | {rest: value}
