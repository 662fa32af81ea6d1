"""Lists for a terminal: a table that fits it, or cards; never an amount cut short.

A kind without columns of its own in `TABLES` shows all its plain fields.
"""

import re
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Any

from invoicectl.output.columns import (
    INSTEAD,
    TABLES,
    Column,
    as_money,
    as_percent,
    as_status,
    as_text,
)
from invoicectl.output.fields import Row, check_fields, columns_for, flatten
from invoicectl.output.grid import AMOUNTS, Grid, grid_lines
from invoicectl.output.screen import Line, Screen
from invoicectl.output.shape import Later, plural, singular
from invoicectl.output.text import safe

__all__ = ["LIMIT", "TABLES", "label", "print_list", "print_result", "safe"]

LIMIT = 50

LABELS = {
    "friendlyId": "number",
    "poNumber": "PO number",
    "qboId": "QuickBooks id",
    "kpis": "KPI",
    "documentSha256": "document SHA-256",
    "sha256": "SHA-256",
    "email": "e-mail",
    "documentUrl": "document URL",
}
SHOWN = {
    "status": as_status,
    "rate": as_percent,
    "quickPayFee": as_percent,
    "quantity": as_text,
    "discountValue": as_text,
}
FREE_TEXT = frozenset({
    "name", "description", "note", "message", "detail", "reference", "email", "reason", "website",
    "lines", "address",
})  # fmt: skip

Talk = Callable[[str], None]


def print_list(
    rows: Iterable[Row],
    kind: str,
    *,
    screen: Screen,
    fields: Sequence[str] | None = None,
    known: Sequence[str] | None = None,
    totals: Later = None,
    limit: int | None = LIMIT,
    total: int | None = None,
    talk: Talk | None = None,
) -> int:
    """Show records as a table and return how many; say through `talk` what was left out.

    At most `limit` of them, all with None. `total` is how many there are, where the caller
    knows. With `fields` these are the columns, and none of them is left out.
    """
    if fields is not None and known is not None:
        check_fields(fields, known)
    remaining = iter(rows)
    shown = list(islice(remaining, limit))
    sums = (totals() if callable(totals) else totals) or []
    below = [] if fields or kind not in TABLES else [_sum_row(row, kind) for row in sums]
    screen.write(_list_lines(shown, kind, fields, screen, below))
    _say_the_rest(len(shown), total, rows, remaining, kind, talk or _silent)
    if not below:
        screen.write(_totals_lines(sums, screen))
    return len(shown)


def _list_lines(
    rows: Sequence[Row],
    kind: str,
    fields: Sequence[str] | None,
    screen: Screen,
    sums: Sequence[Row] = (),
) -> list[Line]:
    if not rows:
        return []
    columns = columns_of(kind, rows, fields)
    if sums:  # what is added up stays
        columns = [replace(one, drop=0) if one.show in AMOUNTS else one for one in columns]
    grid = Grid.of([*rows, *sums], columns, screen)
    grid.styles[len(rows) :] = ["bold"] * len(sums)
    grid.sums = len(sums)
    return grid_lines(grid if fields else grid.without_empty(), screen)


def _sum_row(row: Row, kind: str) -> Row:
    """Return a sum as the last row of its table: the words stand where a record has its names."""
    count = row["count"]
    words = label(plural(kind) if count != 1 else kind).lower()
    names = {"friendlyId": f"Total {row['currency']}", "customer": {"name": f"{count:,} {words}"}}
    return {**row, **names}


def _silent(_: str) -> None:
    return None


def _say_the_rest(
    shown: int, total: int | None, rows: Iterable[Row], remaining: Any, kind: str, talk: Talk
) -> None:
    if not shown:
        talk(f"no {label(plural(kind)).lower()}")
        return
    if total is None and isinstance(rows, Sized):
        total = len(rows)
    if total is not None and total > shown:
        talk(f"… and {total - shown} more: use --all / --page")
    elif total is None and next(remaining, None) is not None:
        talk("… and more: use --all / --page")


def _totals_lines(totals: Sequence[Row], screen: Screen) -> list[Line]:
    lines: list[Line] = [[]] if totals else []
    for row in totals:
        words = [f"{row['count']} in {row['currency']}:"] if "count" in row else []
        words += [
            f"{label(name).lower()} {as_money(value, row)}"
            for name, value in row.items()
            if isinstance(value, Decimal)
        ]
        lines.append([("Total  ", "bold"), (screen.clean("  ".join(words)), "bold")])
    return lines


def columns_of(kind: str, rows: Sequence[Row], fields: Sequence[str] | None) -> list[Column]:
    """Return the columns asked for, or those of the kind, or one for each plain field."""
    if fields is None and kind in TABLES:
        other, holds = INSTEAD.get(kind, (kind, bool))
        return list(TABLES[other if holds(rows) else kind])
    flat: dict[str, Any] = {}
    for row in rows:
        flat.update((name, value) for name, value in flatten(row, lists=True).items() if value)
    if fields is None:
        named = [name for name in flatten(rows[0]) if "." not in name or name.endswith(".name")]
        return [column_for(name, flat.get(name), drop=at) for at, name in enumerate(named)]
    names = columns_for(fields, list(flatten(rows[0], lists=True)))
    prose = {name: column.wraps for column in TABLES.get(kind, ()) for name in column.names}
    columns = [column_for(name, flat.get(name), drop=0) for name in names]
    return [
        replace(column, shrinks=True, wraps=wraps)
        if (wraps := prose.get(column.names[0], ""))
        else column
        for column in columns
    ]


def column_for(name: str, example: Any, *, drop: int) -> Column:
    """Return a column for any field, by its name and one of its values."""
    leaf = name.rpartition(".")[2]
    figure = isinstance(example, int | Decimal) and not isinstance(example, bool)
    free = isinstance(example, list | dict) or leaf in FREE_TEXT
    show = SHOWN.get(leaf, as_money if isinstance(example, Decimal) else as_text)
    return Column(label(name), (name,), show, right=figure, shrinks=free, drop=drop)


def label(name: str) -> str:
    """Return a field's name in words: `invoiceDate` is `Invoice date`.

    >>> label("billingStartDate"), label("customer.name"), label("kpis.voidedOn")
    ('Billing start date', 'Customer', 'KPI voided on')
    """
    words = [
        LABELS.get(part, re.sub("(?<=[a-z0-9])(?=[A-Z])", " ", part).lower())
        for part in name.removesuffix(".name").split(".")
    ]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def print_result(result: Row, kind: str, *, screen: Screen, talk: Talk | None = None) -> None:
    """Show what became of several: what succeeded, then what failed and why, all of them."""
    first = True
    for name, entries in result.items():
        if not isinstance(entries, list) or not entries:
            continue
        if not first:
            screen.write([[]])
        first = False
        shown_as = kind if name == "succeeded" else singular(name)
        print_list(entries, shown_as, screen=screen, limit=None, talk=talk)
