"""How money, numbers, days and instants stand in a column: exact, comparable, the same everywhere.

SQLite would keep a Decimal as a binary float (0.10 + 0.20 comes back as 0.30000000000000004),
so amounts are whole minor units, and every other number is its decimal text.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

# STRICT tables know INTEGER only; elsewhere 64 bits have to be asked for.
Whole = BigInteger().with_variant(Integer, "sqlite")


class Minor(TypeDecorator[int]):
    """A whole number of minor units; a float, a Decimal or a bool is a bug of ours."""

    impl = Whole
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the number; TypeError where it is none."""
        if value is not None and type(value) is not int:
            msg = f"money is kept in whole minor units, not in {value!r}"
            raise TypeError(msg)
        return value


class _AsText(TypeDecorator[Any]):
    """A value with one spelling as text, read back as itself."""

    impl = Text
    cache_ok = True
    write: Callable[[Any], str]
    read: Callable[[str], Any]

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else type(self).write(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else type(self).read(value)


class Number(_AsText):
    """A quantity, price or rate: its plain decimal text."""

    cache_ok = True  # SQLAlchemy asks each class itself
    write = staticmethod(lambda value: format(value, "f"))
    read = staticmethod(Decimal)


class Day(_AsText):
    """A calendar date: `2026-01-31`."""

    cache_ok = True
    write = staticmethod(date.isoformat)
    read = staticmethod(date.fromisoformat)


class Instant(_AsText):
    """A moment in UTC, to the second: `2026-01-31T10:00:00Z`."""

    cache_ok = True
    write = staticmethod(lambda value: value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    read = staticmethod(datetime.fromisoformat)
