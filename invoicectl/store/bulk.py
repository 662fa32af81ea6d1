"""Many rows of one table at once, past the ORM: it would take more time than the database does."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Table
from sqlmodel import Session, SQLModel

from invoicectl.store.session import driver

Row = Mapping[str, Any]


def insert(session: Session, table: type[SQLModel], rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns; the others get their defaults, an id is given.

    Days, instants and numbers may come as they are or as the text of their column.
    """
    if rows:
        names = tuple(rows[0])
        pick: Any = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
        insert_values(session, table, names, [pick(row) for row in rows])


def insert_values(
    session: Session,
    table: type[SQLModel],
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Insert rows as `insert` does; of each the values of some columns, in their order."""
    if not rows:
        return
    session.flush()
    of: Table = table.__table__  # type: ignore[attr-defined]
    columns, defaults = _laid_out(of, names)
    said: dict[str, Sequence[Any]] = {}
    for (name, write), column in zip(columns, zip(*rows, strict=True), strict=True):
        if column.count(None) < len(rows):  # the driver takes its time over each NULL
            said[name] = _written(write, column) if write else column
    for name, value in defaults:
        said[name] = [value] * len(rows)
    places = ", ".join("?" * len(said))
    sql = f"INSERT INTO {of.name} ({', '.join(said)}) VALUES ({places})"
    driver(session).executemany(sql, zip(*said.values(), strict=True))


Write = Callable[[Any], Any]


def _written(write: Write, column: Sequence[Any]) -> Sequence[Any]:
    """Return values as their column has them; those that are text already stay."""
    return [value if value is None or value.__class__ is str else write(value) for value in column]


@cache
def _laid_out(
    table: Table, names: tuple[str, ...]
) -> tuple[list[tuple[str, Write | None]], list[tuple[str, Any]]]:
    """Return how each column is written, and what the others have where nothing is said."""
    of = table.columns
    writers = [(name, getattr(of[name].type, "write", None)) for name in names]
    values = [(each.name, getattr(each.default, "arg", None)) for each in of]
    return writers, [
        (name, value) for name, value in values if name not in names and value is not None
    ]
