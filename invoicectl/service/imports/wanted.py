"""What was asked of an import: which columns are which fields, defaults, how dates are written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from invoicectl.errors import UsageError, ValidationError
from invoicectl.rules import dates, tabular
from invoicectl.service.imports import layouts
from invoicectl.service.imports.layouts import Layout


@dataclass(frozen=True)
class Wanted:
    """One import as it was asked for.

    `columns` leads from a field to the column of the file that it is in. `rejects` is where bad
    rows go; without it a bad row stops the import.
    """

    layout: Layout
    columns: Mapping[str, str]
    defaults: Mapping[str, str]
    date_format: str = ""
    create_customers: bool = False
    rejects: Path | None = None

    @property
    def kind(self) -> str:
        """The kind of its records, as the store calls it."""
        return self.layout.kind

    @property
    def sense(self) -> str:
        """All that decides what the text of a row means."""
        return repr(
            (
                self.kind,
                sorted(self.columns.items()),
                sorted(self.defaults.items()),
                self.date_format,
            )
        )

    def day(self, text: str) -> str:
        """Return a date of the file as ISO 8601 has it.

        Raises:
            ValueError: it is not in the format that was named.
        """
        return _day(text.strip(), self.date_format)


@lru_cache(maxsize=4096)  # a file has the same few hundred days again and again
def _day(text: str, formats: str) -> str:
    return dates.read_with(text, formats).isoformat()


def read(
    kind: str,
    *,
    columns: Iterable[str] = (),
    defaults: Iterable[str] = (),
    date_format: str = "",
    create_customers: bool = False,
    rejects: Path | None = None,
) -> Wanted:
    """Read the options of an import; `columns` and `defaults` are FIELD=TEXT.

    Raises:
        UsageError: the kind, the date format or a pair cannot be read.
        ValidationError: a field is none of this kind.
    """
    layout = layouts.of_kind(kind)
    if date_format:
        try:
            dates.check_format(date_format)
        except ValueError as error:
            raise UsageError(f"--date-format {date_format!r} {error}") from error
    return Wanted(
        layout,
        _pairs(layout, columns, "--map", "FIELD=COLUMN"),
        _pairs(layout, defaults, "--default", "FIELD=VALUE"),
        date_format,
        create_customers,
        rejects,
    )


def _pairs(layout: Layout, typed: Iterable[str], option: str, form: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for each in typed:
        field, equals, text = each.partition("=")
        field = field.strip()
        if not equals or not field or not text.strip():
            raise UsageError(f"{option} {each!r} is not {form}")
        if not layout.knows(field):
            near = tabular.nearest(field, {**layout.columns, **layout.part_columns})
            hint = f"did you mean {near}?" if near else ""
            raise ValidationError.at(
                option, f"{field!r} is not a field of {layout.kind}s", hint=hint
            )
        if field in pairs:
            raise UsageError(f"{option} names {field} twice")
        pairs[field] = text.strip()
    return pairs
