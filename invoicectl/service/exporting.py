"""Everything that a query selects, as the text it leaves as; memory stays flat all the while."""

from collections.abc import Iterator, Sequence
from datetime import date

from invoicectl.output import as_json
from invoicectl.service.lookups import Query, batches
from invoicectl.store import filters, records, selection
from invoicectl.store.db import Db, Reader
from invoicectl.store.records import cells, json_lines
from invoicectl.store.records.cells import Cell, figures, flags, is_flat

__all__ = ["Cell", "figures", "flags", "is_flat", "lines", "rows"]

BATCH = 2000


def lines(db: Db, wanted: Query, today: date) -> Iterator[str]:
    """Yield every invoice that is wanted as JSON on a line of its own."""
    with db.read() as reader:
        if reader.makes_json:
            json_lines.teach(reader)
        write = json_lines.json_lines if reader.makes_json else _json_of_records
        for ids in _batches(reader, wanted, today):
            yield from write(reader, ids, today)


def _json_of_records(reader: Reader, ids: Sequence[int], today: date) -> list[str]:
    return [as_json.compact(each).decode() for each in records.invoices(reader, ids, today)]


def rows(db: Db, wanted: Query, today: date, names: Sequence[str]) -> Iterator[list[Cell]]:
    """Yield some columns of every invoice that is wanted: text, whole numbers, None.

    Which of them are numbers, though they come as text, `figures` says.
    """
    with db.read() as reader:
        for ids in _batches(reader, wanted, today):
            yield from cells.cells(reader, ids, today, names)


def _batches(reader: Reader, wanted: Query, today: date) -> Iterator[list[int]]:
    walk = selection.walk(reader, filters.condition(wanted.filter, today), wanted.sort)
    return batches(walk.every(reader), BATCH)
