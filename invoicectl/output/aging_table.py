"""The aging report for a terminal: buckets as columns, a total for each currency.

Too narrow for one table, each currency has its own; narrower still, a customer has two lines: who
owes how much, and below it since when. Below 60 columns every customer is a card. All currencies
are laid out alike. No amount is left out or shortened, but the zeros of cards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from invoicectl.output.aging import TOTAL, labels
from invoicectl.output.columns import Column, as_amount, as_text, number, text, whole
from invoicectl.output.fields import Row
from invoicectl.output.grid import (
    GAP,
    LEAST_TABLE,
    Grid,
    fitted,
    grid_lines,
    natural,
    padded,
    table_lines,
    wrapped,
)
from invoicectl.output.screen import Line, Screen

LEAST_NAME, LONGEST_NAME = 16, 40  # a name is not cut shorter, and need not be longer
NOTHING: Line = [("Nothing is owed.", "")]


def print_aging(report: Row, *, screen: Screen, detail: bool = False) -> None:
    """Show the report, by customer or by invoice, and what it adds up to in each currency."""
    title = f"Aging as of {report['asOf']}, by {report['by'].replace('-', ' ')}"
    screen.write([[(screen.clean(title), "bold")], []])
    screen.write(_by_invoice(report, screen) if detail else _by_customer(report, screen))


def _by_customer(report: Row, screen: Screen) -> list[Line]:
    rows = [*report["rows"], *_total_rows(report)]
    if not rows:
        return [NOTHING]
    if screen.width < LEAST_TABLE:
        return _cards(report, rows, screen)
    fits = fitted(_grid(report, rows, screen), screen.width)
    if fits is not None:
        return table_lines(*fits, screen)
    codes = [row["currency"] for row in report["totals"]]
    grids = {code: _of_one_currency(report, rows, code, screen) for code in codes}
    for lay_out in (_table, _paired):
        tables = [(code, lay_out(grid, screen)) for code, grid in grids.items()]
        if all(lines for _, lines in tables):
            return [line for code, lines in tables for line in _titled(code, lines or [])][1:]
    return _cards(report, rows, screen)


def _titled(code: str, lines: Sequence[Line]) -> list[Line]:
    return [[], [(code, "bold")], *lines]


def _of_one_currency(report: Row, rows: Sequence[Row], code: str, screen: Screen) -> Grid:
    grid = _grid(report, [row for row in rows if row["currency"] == code], screen)
    return grid.only([at for at, column in enumerate(grid.columns) if column.title != CURRENCY])


def _grid(report: Row, rows: Sequence[Row], screen: Screen) -> Grid:
    grid = Grid.of(rows, _columns(report), screen)
    grid.styles = ["bold" if row["customer"]["name"] is TOTAL else "" for row in rows]
    grid.sums = grid.styles.count("bold")
    oldest = labels(report)[-1]
    grid.alarms = [row["customer"]["name"] is not TOTAL and row["amounts"][oldest] > 0
                   for row in rows]  # fmt: skip
    return grid


def _total_rows(report: Row) -> list[Row]:
    return [{"customer": {"name": TOTAL}, **row} for row in report["totals"]]


def _columns(report: Row) -> list[Column]:
    return [
        text("Customer", "customer.name customer.friendlyId"),
        whole(CURRENCY, "currency"),
        *(_bucket(label) for label in labels(report)[:-1]),
        replace(_bucket(labels(report)[-1]), alarms=True),
        *SUMS,
        number("Invoices", "invoices", 9, show=as_text),
    ]


CURRENCY = "Currency"
SUMS = [
    number("Total", "total", show=as_amount),
    number("Unapplied", "unapplied", show=as_amount),
    number("Balance", "balance", show=as_amount),
]


def _bucket(label: str) -> Column:
    title = label.capitalize()
    return number(title, "amounts", show=lambda amounts, row: as_amount(amounts[label], row))


def _table(grid: Grid, screen: Screen) -> list[Line] | None:
    """Return a line a customer; None when that leaves too little of the names."""
    fits = fitted(grid, screen.width)
    if fits is None or fits[1][0] < min(LEAST_NAME, natural(grid, 0)):
        return None
    return table_lines(*fits, screen)


def _paired(grid: Grid, screen: Screen) -> list[Line] | None:
    """Return two lines a customer: the name and the sums, the buckets; None when too wide."""
    grid = grid.lined_up()
    buckets = range(1, len(grid.columns) - len(SUMS) - 1)
    sums = range(buckets.stop, buckets.stop + len(SUMS))
    places = max(len(buckets), len(SUMS) + 1)  # the name stands above the first of them
    above, below = ([-1] * (places - len(part)) + [*part] for part in (sums, buckets))
    widths = [
        max(_wide(grid, up), _wide(grid, down)) for up, down in zip(above, below, strict=True)
    ]
    names = range(places - len(SUMS))
    room = _across(widths[at] for at in names)
    wanted = min(natural(grid, 0), LONGEST_NAME)
    widths[0] += max(0, min(wanted - room, screen.width - _across(widths)))
    room = _across(widths[at] for at in names)
    if _across(widths) > screen.width or room < min(LEAST_NAME, wanted):
        return None
    dots, rule = screen.sign("…", "..."), screen.sign("─", "-")

    def pair(cells: Sequence[str], styles: Sequence[str]) -> list[Line]:
        name = padded(cells[0], room, right=False, dots=dots)
        return [
            [
                (name, styles[0]),
                *_figures(cells, styles, above[len(names) :], widths[len(names) :]),
            ],
            _figures(cells, styles, below, widths)[1:],
        ]

    ruled = [(GAP.join(rule * width for width in widths), "")]
    titles = [column.title for column in grid.columns]
    lines = [*pair(titles, ["bold"] * len(titles)), ruled]
    for at, cells in enumerate(grid.cells):
        lines += [ruled] if at == grid.first_sum else []
        lines += pair(cells, [grid.style(at, column) for column in grid.columns])
    return lines


def _wide(grid: Grid, at: int) -> int:
    return natural(grid, at) if at >= 0 else 0


def _across(widths: Iterable[int]) -> int:
    listed = list(widths)
    return sum(listed) + len(GAP) * (len(listed) - 1)


def _figures(
    cells: Sequence[str], styles: Sequence[str], places: Sequence[int], widths: Sequence[int]
) -> Line:
    """Return figures in their places, a gap before each; -1 is a place that stays empty."""
    line: list[tuple[str, str]] = []
    for at, width in zip(places, widths, strict=True):
        text, style = ("", "") if at < 0 else (cells[at], styles[at])
        line += [(GAP, ""), (padded(text, width, right=True), style)]
    return line


def _cards(report: Row, rows: Sequence[Row], screen: Screen) -> list[Line]:
    """Return a card a customer: what is owed in the buckets that have something, and the sums."""
    cards = [_card(report, row) for row in rows]
    label = max(len(title) for card in cards for title in card)
    oldest = labels(report)[-1]
    width = max(len(figure) for card in cards for figure in card.values())
    lines: list[Line] = []
    for row, card in zip(rows, cards, strict=True):
        who = row["customer"]["name"] or row["customer"]["friendlyId"]
        lines += [[]] if lines else []
        heading = wrapped(screen.clean(f"{who}, {row['currency']}"), screen.width, ", ")
        lines += [[(line, "bold")] for line in heading]
        for title, figure in card.items():
            style = "red" if title == oldest and row["customer"]["name"] is not TOTAL else ""
            shown = f"{GAP}{padded(title, label, right=False)}{GAP}"
            lines.append([(shown, ""), (padded(figure, width, right=True), style)])
    return lines


def _card(report: Row, row: Row) -> dict[str, str]:
    amounts = {label.capitalize(): row["amounts"][label] for label in labels(report)}
    figures = {title: amount for title, amount in amounts.items() if amount}
    figures["Total"] = row["total"]
    if row["unapplied"]:
        figures["Unapplied"] = row["unapplied"]
    card = {title: as_amount(amount, row) for title, amount in figures.items()}
    return card | {"Balance": as_amount(row["balance"], row), "Invoices": str(row["invoices"])}


def _by_invoice(report: Row, screen: Screen) -> list[Line]:
    rows = [
        {**one, "customer": row["customer"], "currency": row["currency"]}
        for row in report["rows"]
        for one in row["details"]
    ]
    totals = [{**row, "owed": row["total"]} for row in _total_rows(report)]
    if not rows:
        return [NOTHING]
    grid = Grid.of([*rows, *totals], DETAIL_COLUMNS, screen)
    grid.styles = [""] * len(rows) + ["bold"] * len(totals)
    grid.alarms = [row["days"] > 0 for row in rows] + [False] * len(totals)
    grid.sums = len(totals)
    return grid_lines(grid, screen)


DETAIL_COLUMNS: Sequence[Column] = (
    text("Customer", "customer.name customer.friendlyId"),
    whole("Number", "friendlyId"),
    whole("Date", "invoiceDate", 5),
    whole("Due", "dueDate", 2, alarms=True),
    number("Days", "days", 1, show=as_text, alarms=True),
    whole("Bucket", "bucket", 3),
    number("Owed", "owed", alarms=True),
)
