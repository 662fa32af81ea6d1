"""One answer, in the format that was asked for: a table for a person, else one of `FORMATS`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from invoicectl.errors import UsageError
from invoicectl.output import formats

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from invoicectl.output.screen import Screen

Record = dict[str, Any]


class Answer(NamedTuple):
    """Where an answer goes and how: `out` takes bytes, on a `screen` if they are for a person.

    `say` takes what is not data.
    """

    out: BinaryIO
    format: str
    kind: str
    say: Any
    screen: "Callable[[BinaryIO], AbstractContextManager[Screen]]"
    fields: Sequence[str] | None = None
    known: Sequence[str] | None = None

    def record(self, record: Record, *, whole: bool = False) -> None:
        """Write one record; a person is shown all of it only if it is wanted `whole`."""
        if self.format == "table":
            from invoicectl.output.records import print_record

            with self.screen(self.out) as screen:
                print_record(record, self.kind, screen=screen, fields=self.fields,
                             known=self.known, whole=whole)  # fmt: skip
            return
        formats.write_record(record, format=self._written(), out=self.out, kind=self.kind,
                             fields=self.fields, known=self.known)  # fmt: skip

    def list(
        self,
        rows: Iterable[Record],
        *,
        pagination: Any = None,
        totals: Any = None,
        limit: int | None = 50,
    ) -> None:
        """Write a list of records; a table shows at most `limit` of them and says so."""
        if self.format == "table":
            from invoicectl.output.tables import print_list

            with self.screen(self.out) as screen:
                print_list(rows, self.kind, screen=screen, fields=self.fields,
                           known=self.known, totals=totals, talk=self.say, limit=limit)  # fmt: skip
            return
        formats.write_list(
            rows, format=self._written(), out=self.out, kind=self.kind, fields=self.fields,
            known=self.known, columns=self.known, pagination=pagination, totals=totals,
        )  # fmt: skip

    def results(self, result: Mapping[str, Any]) -> None:
        """Write what succeeded and what failed of several."""
        if self.format == "table":
            from invoicectl.output.tables import print_result

            with self.screen(self.out) as screen:
                print_result(dict(result), self.kind, screen=screen, talk=self.say)
            return
        formats.write_result(dict(result), format=self._written(), out=self.out, kind=self.kind,
                             fields=self.fields, known=self.known)  # fmt: skip

    def _written(self) -> str:
        if self.format not in formats.FORMATS:
            raise UsageError(f"{self.format} is not a format of this answer")
        return self.format
