"""Pages that know the last row they showed, and go on after it.

Such a page is exact while rows are added, and the ten-thousandth costs what the first costs. Rows
are in the order of a column and, where that is equal, of their id; NULL comes before every value.
"""

import base64
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from invoicectl.errors import ValidationError
from invoicectl.store.db import Reader, Row

Bound = str | int
MOST_ROWS = 1000
AT_ONCE = 100  # rows of many that are found before the others are sorted
# Steps of the database's machine, of which a row takes about six.
PATIENCE = 60_000
LONG_PATIENCE = 10 * PATIENCE
NO_SUCH_WAY = "no query solution"  # SQLite's words


class Place(NamedTuple):
    """A row's place in an order: its value in the column, and its id."""

    value: Bound | None
    id: int


class Walk(NamedTuple):
    """Rows of a table in an order; `by` is the column, and without one they go by their id.

    `where` may use the `:names` of `binds`; `sought` is the same as it is best where rows are
    looked up. `index_name` is that of the order, and has to be there where `by` is; `narrow` is
    one in the same order that has few of the rows, and maybe all that are wanted.
    """

    source: str
    id: str
    where: str
    binds: Mapping[str, Bound]
    sought: str = ""
    by: str = ""
    index_name: str = ""
    descending: bool = False
    may_be_null: bool = False
    narrow: str = ""

    def after(self, reader: Reader, place: Place | None, limit: int, skip: int = 0) -> list[Place]:
        """Return up to `limit` rows that follow a place, or the first ones, less `skip` of them."""
        found: list[Place] = []
        for condition in self._beyond(place):
            binds = {**self._bound(place), "most": limit - len(found), "skip": skip}
            found += [Place(*row) for row in self._rows(reader, condition, binds)]
            if len(found) == limit:
                break
        return found

    def _rows(self, reader: Reader, condition: str, binds: Mapping[str, Any]) -> list[Row]:
        """Find the rows of a part of the order, in the way that turns out to be quick.

        Where a narrow index will do, it is gone down first. Nearly always enough of them are found
        at once on the way down the order. Where hardly a row is wanted, all the others would be
        walked past: what is wanted is looked up and sorted instead. If that is too much as well,
        the order's own index is gone down a good while.
        """
        narrow = (self._select(condition, f" INDEXED BY {self.narrow}"), 5 * PATIENCE)
        ways = [
            *([narrow] if self.narrow else ()),
            (self._select(condition), PATIENCE),
            (self._sorted(condition), 2 * PATIENCE),
            (self._select(condition, f" INDEXED BY {self.index_name}"), LONG_PATIENCE),
        ]
        for sql, patience in ways if self.index_name else ():
            if (found := _tried(reader, sql + _PART, binds, patience)) is not None:
                return found
        return reader.all(self._sorted(condition) + _PART, **binds)

    def every(self, reader: Reader) -> Iterator[int]:
        """Yield the ids of all rows, one by one: the first of them before the rest are sorted."""
        first = {**self.binds, "most": AT_ONCE, "skip": 0}
        soon = _tried(reader, self._select("TRUE") + _PART, first, PATIENCE)
        yield from (row[1] for row in soon or ())
        if soon is None or len(soon) == AT_ONCE:
            place = Place(*soon[-1]) if soon else None
            beyond = " OR ".join(f"({each})" for each in self._beyond(place))
            rest = reader.each(self._sorted(f"({beyond})"), **self._bound(place))
            yield from (row[1] for row in rest)

    def _select(self, condition: str, indexed: str = "") -> str:
        """Return the statement that finds rows on the way down the order."""
        return self._ordered(f"{self.source}{indexed}", self.where, condition, self.by)

    def _sorted(self, condition: str) -> str:
        """Return the statement that looks rows up and sorts them: `+` keeps it off the index."""
        by = self.by and f"+{self.by}"
        return self._ordered(self.source, self.sought or self.where, condition, by)

    def _ordered(self, source: str, where: str, condition: str, by: str) -> str:
        way = "DESC" if self.descending else "ASC"
        ties = not by or condition.startswith(_TIES)
        order = f"{self.id} {way}" if ties else f"{by} {way}, {self.id} {way}"
        return (
            f"SELECT {by or 'NULL'}, {self.id} FROM {source}"
            f" WHERE {where} AND {condition.format(by=by)} ORDER BY {order}"
        )

    def _bound(self, place: Place | None) -> dict[str, Bound | None]:
        beyond = {} if place is None else {"last_value": place.value, "last_id": place.id}
        return {**self.binds, **beyond}

    def _beyond(self, place: Place | None) -> list[str]:
        """Return the conditions whose rows, one after the other, are all that follow a place.

        Each is a single range of an index, which `(value, id) > (…)` is not where ids tie.
        `{by}` stands for the column.
        """
        if place is None:
            return ["TRUE"]
        sign = "<" if self.descending else ">"
        later_id = f"{self.id} {sign} :last_id"
        if not self.by:
            return [later_id]
        if place.value is None:
            rest = [] if self.descending else ["{by} IS NOT NULL"]
            return [f"{_TIES[0]} AND {later_id}", *rest]
        rest = ["{by} IS NULL"] if self.descending and self.may_be_null else []
        return [f"{_TIES[1]} AND {later_id}", f"{{by}} {sign} :last_value", *rest]


_PART = " LIMIT :most OFFSET :skip"


def _tried(reader: Reader, sql: str, binds: Mapping[str, Any], patience: int) -> list[Row] | None:
    """Return the rows of a statement, None where it takes more steps than it may.

    None as well where it names a partial index that lacks some of what is wanted.
    """
    reader.connection.set_progress_handler(lambda: 1, patience + 100 * binds["most"])
    try:
        return reader.all(sql, **binds)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT and str(error) != NO_SUCH_WAY:
            raise
    finally:
        reader.connection.set_progress_handler(None, 0)
    return None


# Where the column is the same in all rows, they are in the order of their ids.
_TIES = ("{by} IS NULL", "{by} = :last_value")


class Page(NamedTuple):
    """The ids on a page, and what a list says of it."""

    ids: list[int]
    pagination: dict[str, object]


def page(
    reader: Reader, walk: Walk, *, scope: str, size: int, cursor: str = "", number: int = 1
) -> Page:
    """Return the page after a cursor, or the page of a number; cursors belong to their `scope`.

    Raises:
        ValidationError: the size or number cannot be, or the cursor is another scope's.
    """
    place = start(scope=scope, size=size, cursor=cursor, number=number)
    rows = walk.after(reader, place, size + 1, size * (number - 1))
    goes_on = len(rows) > size
    pagination: dict[str, object] = {
        "pageSize": size,
        "hasNextPage": goes_on,
        "hasPreviousPage": bool(cursor) or number > 1,
        "endCursor": encode(rows[size - 1], scope) if goes_on else None,
    }
    return Page([row.id for row in rows[:size]], pagination)


def start(*, scope: str, size: int, cursor: str = "", number: int = 1) -> Place | None:
    """Return the place that a page comes after, None where it is counted from the first row.

    Raises:
        ValidationError: the size or number cannot be, or the cursor is another scope's.
    """
    if not 1 <= size <= MOST_ROWS:
        raise ValidationError.at("pageSize", f"is not from 1 to {MOST_ROWS}")
    if not 1 <= number <= 10**12:
        raise ValidationError.at("page", "is not 1 or more")
    return decode(cursor, scope) if cursor else None


_CHECK_BYTES = 12


def encode(place: Place, scope: str) -> str:
    """Return a place as a cursor that only the same scope takes back."""
    content = json.dumps(place).encode()
    return base64.urlsafe_b64encode(_check(content, scope) + content).decode().rstrip("=")


def decode(cursor: str, scope: str) -> Place:
    """Return the place in a cursor.

    Raises:
        ValidationError: it is of another scope, changed, or no cursor at all.
    """
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raw = b""
    check, content = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
    if (
        check != _check(content, scope)
        or encode(place := Place(*json.loads(content)), scope) != cursor
    ):
        raise ValidationError.at(
            "cursor",
            "does not belong to this filter and sort, or was changed",
            hint="start again without a cursor",
        )
    return place


def _check(content: bytes, scope: str) -> bytes:
    return hashlib.sha256(scope.encode() + b"\x00" + content).digest()[:_CHECK_BYTES]
