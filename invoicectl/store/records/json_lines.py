"""Invoices as lines of JSON that SQLite itself puts together: a million of them pass here.

Columns and sources are those of the records, and so is what is said. To make objects of rows, and
text of objects, takes twice as long. What is JSON as it is kept (text, whole numbers) is written by
`json_object`, in stretches, and what is not (amounts above all) by the `printf` that they stand in:
`json` would take every number apart and put it together again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain, groupby
from typing import Any, NamedTuple

from invoicectl.rules import money as rules
from invoicectl.rules.currencies import MOST_DIGITS
from invoicectl.rules.numbering import FRIENDLY
from invoicectl.store.db import Reader
from invoicectl.store.records import invoice_parts as parts
from invoicectl.store.records.invoices import FROM, INVOICE
from invoicectl.store.records.shape import (
    Column,
    InOrder,
    Numbered,
    Shape,
    flag,
    money,
    number,
    parsed,
)

Read = Callable[[Any, str], Any]

# How a column becomes JSON, by how it is read; `{0}` is its SQL.
WRITTEN: Mapping[Any, str] = {
    None: "json_quote({0})",
    money: "amount({0}, i.currency)",
    flag: "CASE {0} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END",
    number: "coalesce({0}, 'null')",
    parsed: "CASE {0} WHEN '[]' THEN {0} ELSE coalesce(json({0}), 'null') END",
} | {
    Numbered(kind): f"""CASE typeof({{0}}) WHEN 'integer' THEN printf('"{prefix}-%05d"', {{0}})
        ELSE json_quote({{0}}) END"""
    for kind, prefix in FRIENDLY.items()
}

# Signs that JSON never has: where an amount stands in a format, and a line that is not written.
AMOUNT, ODD = "\1", "\2"

# An amount in a format, by its currency's scale: of what is before the point, and what is behind.
AMOUNTS = {
    10 ** (MOST_DIGITS - digits): f"%d.%0{digits}d" if digits else "%d%.0s"
    for digits in range(MOST_DIGITS + 1)
}
UNIT = f"({10**MOST_DIGITS} / i.scale)"


class Piece(NamedTuple):
    """Part of a `printf`: its format, and the SQL of what is put into it, of amounts apart."""

    format: str
    values: Sequence[str]
    amounts: Sequence[str] = ()


def teach(reader: Reader) -> None:
    """Give the database the functions that lines are written with, before anything is read."""
    for name, function in _statement()[1].items():
        reader.connection.create_function(name, 2, function, deterministic=True)


def json_lines(reader: Reader, ids: Sequence[int], today: date) -> list[str | None]:
    """Return invoices as JSON, a line each, in the order of their ids; the records say the same.

    One that has an amount below zero is None.
    """
    rows = reader.among(_statement()[0], ids, today=today.isoformat())
    found = {id_: None if ODD in line else line for id_, line in rows}
    return [found[each] for each in ids]


@cache
def _statement() -> tuple[str, Mapping[str, Read]]:
    """Return the SQL of the lines, and the functions that it calls."""
    composer = _Composer()
    taxes = composer.listed(parts.TAX_OF_LINE, parts.TAXES_ON_LINES, more="AND t.line_id = l.id")
    inside = {
        "payments": composer.listed(parts.PAYMENT_OF_INVOICE, parts.PAYMENTS),
        "credits": composer.listed(parts.CREDIT_OF_INVOICE, parts.CREDITS),
        "shippingTaxes": composer.listed(parts.TAX_OF_LINE, parts.TAXES_ON_SHIPPING),
        "lines": composer.listed(parts.LINE, parts.LINES, {"taxes": taxes}),
        "kpis": composer.object(parts.EVENTS.columns),
    }
    line = composer.object(INVOICE.columns, inside, INVOICE.may_lack)
    return f"SELECT i.id, {line} FROM {FROM['source']} IN :values", composer.functions


class _Composer:
    """Writes SQL that makes JSON of an invoice `i`, and collects the functions that it calls."""

    def __init__(self) -> None:
        self.functions: dict[str, Read] = {"amount": rules.text}

    def object(
        self,
        columns: Iterable[Column],
        inside: Mapping[str, str] | None = None,
        may_lack: Sequence[str] = (),
    ) -> str:
        """Return the SQL of an object; `inside` is that of what it has in lists.

        With an amount below zero, the sign ODD comes in the place of the object.
        """
        whole = _joined(self._pieces(columns, inside or {}, may_lack))
        text = f"printf({_format(whole.format)}, {', '.join(whole.values)})"
        if not whole.amounts:
            return text
        usual = " AND ".join(f"{amount} >= 0" for amount in whole.amounts)
        return f"CASE WHEN {usual} THEN {text} ELSE '{ODD}' END"

    def listed(
        self,
        shape: Shape,
        place: InOrder,
        inside: Mapping[str, str] | None = None,
        *,
        more: str = "",
    ) -> str:
        """Return the SQL of the text of a list: objects that belong to the invoice."""
        one = self.object(shape.columns, inside)
        source = f"{place['source']} = i.id {more} ORDER BY {place['order']}"
        several = f"(SELECT group_concat(one, ',') FROM (SELECT {one} AS one FROM {source}))"
        return f"'[' || coalesce({several}, '') || ']'"

    def _pieces(
        self, columns: Iterable[Column], inside: Mapping[str, str], may_lack: Sequence[str]
    ) -> Iterator[Piece]:
        for parent, group in groupby(columns, lambda each: each.name.rpartition(".")[0]):
            inner = [each._replace(name=each.name.rpartition(".")[2]) for each in group]
            if parent in may_lack:
                known = ", ".join(each.sql for each in inner)
                text = self.object(inner)
                lacking = f"CASE WHEN coalesce({known}) IS NULL THEN 'null' ELSE {text} END"
                yield Piece(f'"{parent}":%s', [lacking])
            elif parent:
                within = _joined(self._plain(inner, inside))
                yield within._replace(format=f'"{parent}":{within.format}')
            else:
                yield from self._plain(inner, inside)

    def _plain(self, columns: Iterable[Column], inside: Mapping[str, str]) -> Iterator[Piece]:
        """Yield stretches of what is JSON as it is kept, and one by one what is not."""

        def as_kept(column: Column) -> bool:
            return column.read is None and column.name not in inside

        for is_kept, group in groupby(columns, as_kept):
            stretch = list(group)
            if is_kept and len(stretch) > 2:
                pairs = ", ".join(f"'{each.name}', {each.sql}" for each in stretch)
                yield Piece("%s", [f"trim(json_object({pairs}), '{{}}')"])
                continue
            for each in stretch:
                if each.read is money and "SELECT" not in each.sql:  # it is asked for three times
                    split = [f"{each.sql} / {UNIT}", f"{each.sql} % {UNIT}"]
                    yield Piece(f'"{each.name}":{AMOUNT}', split, [each.sql])
                else:
                    yield Piece(f'"{each.name}":%s', [inside.get(each.name) or self._value(each)])

    def _value(self, column: Column) -> str:
        if column.read is None or column.read in WRITTEN:
            return WRITTEN[column.read].format(column.sql)
        name = f"read_{len(self.functions)}"
        self.functions[name] = _spelled(column.read)
        return f"iif({column.sql} IS NULL, 'null', {name}({column.sql}, i.currency))"


def _joined(pieces: Iterable[Piece]) -> Piece:
    """Return the pieces of an object as one."""
    formats, values, amounts = zip(*pieces, strict=True)
    return Piece(f"{{{','.join(formats)}}}", [*chain(*values)], [*chain(*amounts)])


def _format(format: str) -> str:
    """Return the SQL of a format, with amounts as the invoice's currency has them."""
    if AMOUNT not in format:
        return f"'{format}'"
    each = (f"WHEN {scale} THEN '{format.replace(AMOUNT, amount)}'"
            for scale, amount in AMOUNTS.items())  # fmt: skip
    return f"CASE i.scale {' '.join(each)} END"


def _spelled(read: Read) -> Read:
    """Return what gives the JSON of what is read."""

    def spell(value: Any, currency: str) -> str:
        found = read(value, currency)
        return f"{found:f}" if isinstance(found, Decimal) else json.dumps(found)

    return spell
