"""All rows of all tables, in an order in which they can be put into another database."""

from functools import cache


@cache
def tables() -> list[str]:
    """Return the names of the tables, each after those that its rows point to."""
    return list(_columns())


def columns(table: str) -> list[str]:
    """Return the columns of a table."""
    return _columns()[table][0]


def select(table: str) -> str:
    """Return the statement that reads a table in the order of its keys."""
    names, keys = _columns()[table]
    return f"SELECT {', '.join(names)} FROM {table} ORDER BY {', '.join(keys)}"


@cache
def _columns() -> dict[str, tuple[list[str], list[str]]]:
    """Return the columns of each table, and those of its key."""
    from sqlmodel import SQLModel

    from invoicectl.store import tables  # noqa: F401 - fills the metadata

    return {
        each.name: (each.columns.keys(), each.primary_key.columns.keys())
        for each in SQLModel.metadata.sorted_tables
    }
