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
    said: dict[str, Sequence[Any]] = {}
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        if column.count(None) < len(rows):  # the driver takes its time over each NULL
            said[name] = _written(_writer(of, name), column)
    for name, value in _defaults(of).items():
        if name not in names:
            said[name] = [value] * len(rows)
    places = ", ".join("?" * len(said))
    sql = f"INSERT INTO {of.name} ({', '.join(said)}) VALUES ({places})"
    driver(session).executemany(sql, zip(*said.values(), strict=True))


def _written(write: Callable[[Any], Any] | None, column: Sequence[Any]) -> Sequence[Any]:
    """Return values as their column has them; those that are text already stay."""
    if write is None:
        return column
    return [value if value is None or value.__class__ is str else write(value) for value in column]


@cache
def _writer(table: Table, name: str) -> Callable[[Any], Any] | None:
    found: Callable[[Any], Any] | None = getattr(table.columns[name].type, "write", None)
    return found


@cache
def _defaults(table: Table) -> dict[str, Any]:
    """Return the columns that have a value where none is said."""
    values = {column.name: getattr(column.default, "arg", None) for column in table.columns}
    return {name: value for name, value in values.items() if value is not None}
