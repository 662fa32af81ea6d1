"""Invoices as the cells of a flat file: some of their columns, and nothing that is not shown.

What is in them is what the records say, and comes in half the time: a million rows pass here.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from invoicectl.rules import money as rules
from invoicectl.store.db import Reader
from invoicectl.store.records.fields import columns
from invoicectl.store.records.invoice_parts import EVENTS
from invoicectl.store.records.invoices import FROM, INVOICE, discount
from invoicectl.store.records.shape import Column, fetch, flag, in_order, money, number

Cell = str | int | None

COLUMNS = {column.name: column for column in INVOICE.columns} | {
    f"kpis.{column.name}": column for column in EVENTS.columns
}
FIGURES = (money, number, discount)  # how a column is read that holds a number with decimals
YES_OR_NO = ("false", "true")


def is_flat(names: Iterable[str]) -> bool:
    """Return whether each of these fields of an invoice is one cell, and no list or object."""
    return set(names) <= set(columns("invoice"))


def figures(names: Sequence[str]) -> set[int]:
    """Return which of these columns hold numbers with decimals, by their places."""
    return {at for at, name in enumerate(names) if COLUMNS[name].read in FIGURES}


def flags(names: Sequence[str]) -> set[int]:
    """Return which of these columns say yes or no, by their places."""
    return {at for at, name in enumerate(names) if COLUMNS[name].read is flag}


def cells(
    reader: Reader, ids: Sequence[int], today: date, names: Sequence[str]
) -> list[list[Cell]]:
    """Return these columns of invoices, in the order of their ids."""
    shape = _Cells([COLUMNS[name] for name in names])
    return in_order(fetch(reader, shape, ids=ids, today=today.isoformat(), **FROM), ids)


class _Cells:
    """Columns whose rows become lists of cells: text, whole numbers, None for what is unknown."""

    def __init__(self, wanted: Sequence[Column]) -> None:
        self.sql = ", ".join(column.sql for column in wanted)
        reads = list(enumerate(column.read for column in wanted))
        self._amounts = [at for at, read in reads if read is money]
        self._flags = [at for at, read in reads if read is flag]
        as_it_is = (None, money, flag, number)
        self._others = [(at, read) for at, read in reads if read and read not in as_it_is]

    def record(self, row: Sequence[Any]) -> list[Cell]:
        _, currency, *found = row
        write = _amounts(currency)
        for at in self._amounts:
            if found[at] is not None:
                found[at] = write(found[at])
        for at in self._flags:
            if found[at] is not None:
                found[at] = YES_OR_NO[found[at]]
        for at, read in self._others:
            if found[at] is not None:
                value = read(found[at], currency)
                found[at] = f"{value:f}" if isinstance(value, Decimal) else value
        return found


@cache
def _amounts(currency: str) -> Callable[[int], str]:
    """Return what writes minor units as `rules.money.text` does, but quicker."""
    decimals = len(rules.text(0, currency).partition(".")[2])
    if not decimals:
        return str
    zero = rules.text(0, currency)  # as most amounts are

    def write(minor: int) -> str:
        if not minor:
            return zero
        if minor < 0:
            return rules.text(minor, currency)
        digits = str(minor).rjust(decimals + 1, "0")
        return f"{digits[:-decimals]}.{digits[-decimals:]}"

    return write
