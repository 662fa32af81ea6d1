"""Turn a filter, as JSON has it, into one SQL condition over `invoice AS i`.

A filter is an object of fields, all of which have to hold; `and`, `or` and `not` nest others.

    {"customerId": {"equalTo": "0190…"}, "or": [{"overdue": true}, {"amount": {"lessThan": 5}}]}

A field to add is a row of FIELDS, an operator one of its kind. Whatever is not in the tables is
refused with its path, and so is what is too large to be meant.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from invoicectl.store.db import Reader
from invoicectl.store.filter_kinds import (
    ATTRIBUTE,
    CURRENCY,
    FLAG,
    HAS_TEXT,
    SEARCH,
    STATUS,
    TEXT,
    UUID,
    Binds,
    Bound,
    Field,
    has_text,
    negated,
    refusal,
    unknown,
)
from invoicectl.store.filter_limits import AMOUNT, DAY, INSTANT

DEEPEST = 16
MOST_CONDITIONS = 256

# Amounts are compared in ten-thousandths, over all currencies, in the words of their indexes.
TOTAL = "(i.total_minor * i.scale)"
OWED = "(i.owed_minor * i.scale)"

# Only an open invoice owes anything, a CHECK says so; `<> 0` in the words of a partial index. The
# plus keeps the planner from walking all the due dates there ever were.
OVERDUE = "i.owed_minor <> 0 AND +i.due_date < :today"

# A value that is no text compares by its JSON.
HAS_ATTRIBUTE = """EXISTS (SELECT 1 FROM json_each(i.attributes) AS a
    WHERE a.value ->> '$.name' = {name} AND {value} = CASE json_type(a.value, '$.value')
        WHEN 'text' THEN a.value ->> '$.value' ELSE a.value -> '$.value' END)"""

FIELDS: Mapping[str, Field] = {
    "id": Field(UUID, "i.uuid"),
    "orderId": Field(UUID, "i.order_id", table="sales_order"),
    "shipmentId": Field(UUID, "i.shipment_id", table="shipment"),
    "customerId": Field(UUID, "i.customer_id", table="customer"),
    "status": Field(STATUS, "i.status"),
    "invoiceDate": Field(DAY, "i.invoice_date"),
    "dueDate": Field(DAY, "i.due_date"),
    "amount": Field(AMOUNT, TOTAL),
    "amountOwed": Field(AMOUNT, OWED),
    "overdue": Field(FLAG, OVERDUE),
    "factored": Field(FLAG, "i.factor_name IS NOT NULL"),
    "createdAt": Field(INSTANT, "i.created_at"),
    "friendlyId": Field(TEXT, "i.friendly_id COLLATE NOCASE"),
    "key": Field(TEXT, "i.key"),
    "reference": Field(TEXT, "i.reference"),
    "poNumber": Field(TEXT, "i.po_number"),
    "currency": Field(CURRENCY, "i.currency"),
    "search": Field(SEARCH, "i.friendly_id, i.reference, i.po_number"),
    "customAttribute": Field(ATTRIBUTE, HAS_ATTRIBUTE),
    "trash": Field(FLAG, "i.deleted_at IS NOT NULL"),
}


class Condition(NamedTuple):
    """What a filter says: SQL that stands after WHERE, and the values bound in it.

    `sql` looks at a row, `sought` says the same and looks few rows up where it can.
    """

    sql: str
    binds: Mapping[str, Bound]
    sought: str


def condition(given: object, today: date, path: str = "filter") -> Condition:
    """Return a filter as SQL. What is in the trash is left out unless the filter speaks of it.

    Raises:
        ValidationError: it is no filter; the message has the path of what is wrong.
    """
    compiler = _Compiler(today)
    sql = compiler.all_of(given, path, 0)
    if not compiler.speaks_of_trash:
        sql = f"i.deleted_at IS NULL AND {sql}"
    sought = sql
    for looked_at, looked_up in compiler.binds.sought.items():
        sought = sought.replace(looked_at, looked_up)
    return Condition(sql, compiler.binds, sought)


def teach(reader: Reader) -> None:
    """Give the database the functions that conditions use."""
    reader.connection.create_function(HAS_TEXT, 2, has_text, deterministic=True)


class _Compiler:
    """Goes through a filter once, and counts how much of it there is."""

    def __init__(self, today: date) -> None:
        self.binds = Binds(today=today.isoformat())
        self.speaks_of_trash = False
        self._conditions = 0

    def all_of(self, given: object, path: str, depth: int) -> str:
        """Return the SQL of an object whose parts all have to hold."""
        if not isinstance(given, dict):
            raise refusal(path, 'is not a filter such as {"status": {"equalTo": "PAID"}}')
        if depth > DEEPEST:
            raise refusal(path, f"is nested more than {DEEPEST} deep")
        self._count(path)
        parts = [self._part(name, one, f"{path}.{name}", depth) for name, one in given.items()]
        return _joined(parts, "AND", empty="TRUE")

    def _part(self, name: str, given: object, path: str, depth: int) -> str:
        if name in CONNECTIVES:
            return CONNECTIVES[name](self, given, path, depth + 1)
        if name not in FIELDS:
            raise unknown(path, "field to filter by", name, {**FIELDS, **CONNECTIVES})
        self._count(path)
        self.speaks_of_trash |= name == "trash"
        return FIELDS[name].condition(given, path, self.binds)

    def _count(self, path: str) -> None:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise refusal(path, f"is one condition more than the {MOST_CONDITIONS} that are read")

    def each_of(self, given: object, path: str, depth: int) -> list[str]:
        """Return the SQL of every filter in a list."""
        if not isinstance(given, list):
            raise refusal(path, "needs a list of filters")
        return [self.all_of(one, f"{path}[{n}]", depth) for n, one in enumerate(given)]


def _joined(parts: list[str], word: str, *, empty: str) -> str:
    return f"({f' {word} '.join(parts)})" if parts else empty


def _and(compiler: _Compiler, given: object, path: str, depth: int) -> str:
    return _joined(compiler.each_of(given, path, depth), "AND", empty="TRUE")


def _or(compiler: _Compiler, given: object, path: str, depth: int) -> str:
    return _joined(compiler.each_of(given, path, depth), "OR", empty="FALSE")


def _not(compiler: _Compiler, given: object, path: str, depth: int) -> str:
    return negated(compiler.all_of(given, path, depth))


CONNECTIVES: Mapping[str, Callable[[_Compiler, object, str, int], str]] = {
    "and": _and,
    "or": _or,
    "not": _not,
}
