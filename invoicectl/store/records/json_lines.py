"""Invoices as lines of JSON that SQLite itself puts together: a million of them pass here.

Columns and sources are those of the records, and so is what is said. To make objects of rows, and
text of objects, takes twice as long.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any

from invoicectl.rules import money as rules
from invoicectl.store.db import Reader
from invoicectl.store.records import invoice_parts as parts
from invoicectl.store.records.invoices import FROM, INVOICE
from invoicectl.store.records.shape import Column, InOrder, Shape, flag, money, number, parsed

Read = Callable[[Any, str], Any]

LONGEST = 10**9  # no text is longer

# How a column becomes JSON, by how it is read; `{0}` is its SQL. Most currencies have two decimals.
WRITTEN: Mapping[Read, str] = {
    money: """json(CASE WHEN i.scale <> 100 OR {0} < 0 THEN amount({0}, i.currency)
        WHEN {0} = 0 THEN '0.00'
        WHEN {0} >= 100 THEN substr({0}, 1, length({0}) - 2) || '.' || substr({0}, -2)
        WHEN {0} IS NOT NULL THEN amount({0}, i.currency) END)""",
    flag: "json(CASE {0} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)",
    number: "json({0})",
    parsed: "json({0})",
}


def teach(reader: Reader) -> None:
    """Give the database the functions that lines are written with, before anything is read."""
    for name, function in _statement()[1].items():
        reader.connection.create_function(name, 2, function, deterministic=True)


def json_lines(reader: Reader, ids: Sequence[int], today: date) -> list[str]:
    """Return invoices as JSON, a line each, in the order of their ids; the records say the same."""
    rows = reader.among(_statement()[0], ids, today=today.isoformat())
    found = {id_: f"{{{','.join([piece[1:-1] for piece in pieces])}}}" for id_, _, *pieces in rows}
    return [found[each] for each in ids]


@cache
def _statement() -> tuple[str, Mapping[str, Read]]:
    """Return the SQL of the lines in pieces, each an object, and the functions that it calls."""
    composer = _Composer()
    taxes = composer.listed(parts.TAX_OF_LINE, parts.TAXES_ON_LINES, more="AND t.line_id = l.id")
    inside = {
        "payments": composer.listed(parts.PAYMENT_OF_INVOICE, parts.PAYMENTS),
        "credits": composer.listed(parts.CREDIT_OF_INVOICE, parts.CREDITS),
        "shippingTaxes": composer.listed(parts.TAX_OF_LINE, parts.TAXES_ON_SHIPPING),
        "lines": composer.listed(parts.LINE, parts.LINES, {"taxes": taxes}),
        "kpis": composer.object(parts.EVENTS.columns),
    }
    pieces = ", ".join(composer.pieces(INVOICE, inside))
    sql = f"SELECT {FROM['of']}, {pieces} FROM {FROM['source']} IN :values"
    return sql, composer.functions


class _Composer:
    """Writes SQL that makes JSON of an invoice `i`, and collects the functions that it calls."""

    def __init__(self) -> None:
        self.functions: dict[str, Read] = {"amount": rules.text}

    def pieces(self, shape: Shape, inside: Mapping[str, str]) -> Iterator[str]:
        """Yield the SQL of objects that are one together; `inside` has the text of lists.

        SQLite takes 127 arguments, and in a list it forgets that a text is JSON.
        """
        for name, group in groupby(shape.columns, lambda each: each.name in inside and each.name):
            if name:
                yield f"""'{{"{name}":' || {inside[name]} || '}}'"""
            else:
                yield self.object(list(group), shape.may_lack)

    def object(self, columns: Sequence[Column], may_lack: Sequence[str] = ()) -> str:
        """Return the SQL of an object of plain columns; objects inside it may be lacking."""
        pairs: list[str] = []
        for parent, group in groupby(columns, lambda each: each.name.rpartition(".")[0]):
            inner = list(group)
            several = [f"'{each.name.rpartition('.')[2]}', {self._value(each)}" for each in inner]
            if not parent:
                pairs += several
                continue
            together = f"json_object({', '.join(several)})"
            if parent in may_lack:
                known = ", ".join(each.sql for each in inner)
                together = f"CASE WHEN coalesce({known}) IS NOT NULL THEN {together} END"
            pairs.append(f"'{parent}', {together}")
        return f"json_object({', '.join(pairs)})"

    def _value(self, column: Column) -> str:
        if column.read is None:
            return column.sql
        if column.read in WRITTEN:
            return WRITTEN[column.read].format(column.sql)
        name = f"read_{len(self.functions)}"
        self.functions[name] = _spelled(column.read)
        return f"json(CASE WHEN {column.sql} IS NOT NULL THEN {name}({column.sql}, i.currency) END)"

    def listed(
        self,
        shape: Shape,
        place: InOrder,
        inside: Mapping[str, str] | None = None,
        *,
        more: str = "",
    ) -> str:
        """Return the SQL of the text of a list: objects that belong to the invoice."""
        one = _together(list(self.pieces(shape, inside or {})))
        source = f"{place['source']} = i.id {more} ORDER BY {place['order']}"
        several = f"(SELECT group_concat(one, ',') FROM (SELECT {one} AS one FROM {source}))"
        return f"'[' || coalesce({several}, '') || ']'"


def _together(pieces: Sequence[str]) -> str:
    """Return the SQL of one object that has what several have."""
    opened = [f"substr({piece}, 2)" if at else piece for at, piece in enumerate(pieces)]
    closed = [f"substr({piece}, -1, -{LONGEST})" for piece in opened[:-1]]  # all but the last sign
    return " || ',' || ".join([*closed, opened[-1]])


def _spelled(read: Read) -> Read:
    """Return what gives the JSON of what is read."""

    def spell(value: Any, currency: str) -> str:
        found = read(value, currency)
        return f"{found:f}" if isinstance(found, Decimal) else json.dumps(found)

    return spell
