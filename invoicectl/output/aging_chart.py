"""The aging report as bars: what each customer owes, and how much of it is past due.

A bar is as long as what is owed, beside the most of its currency; bars of different currencies do
not compare, so each has a part of its own.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from rich.cells import cell_len

from invoicectl.output.aging import TOTAL, percent_late
from invoicectl.output.columns import as_amount
from invoicectl.output.fields import Row
from invoicectl.output.grid import GAP, padded
from invoicectl.output.screen import Line, Screen

LONGEST, LONGEST_NAME = 60, 32
LEAST_BAR, LEAST_NAME = 10, 10
WORDS = {  # what is in the buckets after the first, in the first, and of a share
    "due-date": ("past due", "not yet due", "late"),
    "invoice-date": ("of earlier days", "of the day or later", "earlier"),
}


class Bar(NamedTuple):
    """A customer, what is owed and what of it is late, as numbers and as text."""

    name: str
    total: Decimal
    late: Decimal
    amount: str
    share: str
    style: str


def print_chart(report: Row, *, screen: Screen) -> None:
    """Show a bar for every customer who owes something, and of each currency the whole."""
    late, due, share = WORDS[report["by"]]
    legend = f"{screen.sign('█', '#')} {late}, {screen.sign('░', '.')} {due}"
    for whole in report["totals"]:
        if whole["total"] > 0:
            rows = [row for row in report["rows"] if row["currency"] == whole["currency"]]
            named = [(row, row["customer"]["name"]) for row in rows if row["total"] > 0]
            bars = [_bar(row, screen.clean(name), share) for row, name in named]
            screen.write([[], [(f"{whole['currency']} owed: {legend}", "bold")]])
            screen.write(_lines([*bars, _bar(whole, TOTAL, share, style="bold")], screen))


def _bar(row: Row, name: str, share: str, *, style: str = "") -> Bar:
    total = row["total"]
    late = total - row["amounts"]["current"]
    return Bar(name, total, late, as_amount(total, row), f"{percent_late(row)} % {share}", style)


def _lines(bars: Sequence[Bar], screen: Screen) -> list[Line]:
    """Return a line a customer, or two where the terminal is narrow: who, and then the bar."""
    amount = max(cell_len(bar.amount) for bar in bars)
    share = max(cell_len(bar.share) for bar in bars)
    room = screen.width - amount - share - 3 * len(GAP)
    name = min(max(cell_len(bar.name) for bar in bars), LONGEST_NAME, max(room // 2, LEAST_NAME))
    beside = room - name >= LEAST_BAR
    length = min(LONGEST, max(LEAST_BAR, room - name if beside else room))
    most = max(bar.total for bar in bars[:-1])
    lines: list[Line] = []
    for bar in bars:
        width = name if beside else min(cell_len(bar.name), screen.width)
        who = padded(bar.name, width, right=False, dots=screen.sign("…", "..."))
        drawn = _drawn(bar, most, length, screen) if bar is not bars[-1] else [(" " * length, "")]
        figures = f"{GAP}{padded(bar.amount, amount, right=True)}{GAP}"
        figures += padded(bar.share, share, right=True)
        line = [*drawn, (figures, bar.style)]
        lines += [[(who + GAP, bar.style), *line]] if beside else [[(who, bar.style)], line]
    return lines


def _drawn(bar: Bar, most: Decimal, length: int, screen: Screen) -> Line:
    """Return a bar; the smallest amount still has a sign, and so has the least that is late."""
    signs = max(1, int(length * bar.total / most))
    late = min(signs, max(int(bar.late > 0), round(signs * bar.late / bar.total)))
    return [
        (screen.sign("█", "#") * late, "red"),
        (screen.sign("░", ".") * (signs - late), ""),
        (" " * (length - signs), ""),
    ]
