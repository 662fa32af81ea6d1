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
        for ids in _batches(reader, wanted, today):
            yield from _json(reader, ids, today)


def _json(reader: Reader, ids: Sequence[int], today: date) -> Iterator[str]:
    """Yield invoices as JSON; by way of the records what the database does not write."""
    by_itself = reader.makes_json
    written = json_lines.json_lines(reader, ids, today) if by_itself else [None] * len(ids)
    odd = [id_ for id_, line in zip(ids, written, strict=True) if line is None]
    others = iter(records.invoices(reader, odd, today) if odd else ())
    for line in written:
        yield as_json.compact(next(others)).decode() if line is None else line


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
