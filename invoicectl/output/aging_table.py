"""The aging report for a terminal: buckets as columns, a total for each currency.

Too narrow for one table, each currency has its own; narrower still, the name has a line to itself,
then the figures have two; below 60 columns every customer is a card. No amount is left out or
shortened, but the zeros of cards.
"""

from collections.abc import Sequence

from rich.cells import cell_len

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
)
from invoicectl.output.screen import Line, Screen

LEAST_NAME = 16  # a name cut shorter than this gets a line of its own
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
    lines: list[Line] = []
    for code in (row["currency"] for row in report["totals"]):
        lines += [[]] if lines else []
        lines += [[(code, "bold")], *_of_one_currency(report, rows, code, screen)]
    return lines


def _of_one_currency(report: Row, rows: Sequence[Row], code: str, screen: Screen) -> Sequence[Line]:
    own = [row for row in rows if row["currency"] == code]
    grid = _grid(report, own, screen)
    grid = grid.only([at for at, column in enumerate(grid.columns) if column.title != CURRENCY])
    lay_outs = (_table, _stacked, _folded)
    found = (lay_out(grid, screen) for lay_out in lay_outs)
    return next((lines for lines in found if lines), None) or _cards(report, own, screen)


def _grid(report: Row, rows: Sequence[Row], screen: Screen) -> Grid:
    grid = Grid.of(rows, _columns(report), screen)
    grid.styles = ["bold" if row["customer"]["name"] is TOTAL else "" for row in rows]
    return grid


def _total_rows(report: Row) -> list[Row]:
    return [{"customer": {"name": TOTAL}, **row} for row in report["totals"]]


def _columns(report: Row) -> list[Column]:
    return [
        text("Customer", "customer.name customer.friendlyId"),
        whole(CURRENCY, "currency"),
        *(_bucket(label) for label in labels(report)),
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


def _stacked(grid: Grid, screen: Screen) -> list[Line] | None:
    """Return two lines a customer, who and then how much; None when that is too wide."""
    figures = grid.only([at for at, column in enumerate(grid.columns) if column.right])
    fits = fitted(figures, screen.width - len(GAP))
    if fits is None:
        return None
    heading, rule, *lines = table_lines(*fits, screen)
    stacked: list[Line] = [[(GAP, ""), *heading], [(GAP, ""), *rule]]
    for at, line in enumerate(lines):
        stacked += [_name_line(grid, at, screen), [(GAP, ""), *line]]
    return stacked


def _name_line(grid: Grid, at: int, screen: Screen) -> Line:
    name = grid.cells[at][0]
    width = min(cell_len(name), screen.width)
    shown = padded(name, width, right=False, dots=screen.sign("…", "..."))
    return [(shown, grid.styles[at])]


def _folded(grid: Grid, screen: Screen) -> list[Line] | None:
    """Return three lines a customer: who, the buckets, and the sums below the last of them."""
    buckets = range(1, len(grid.columns) - len(SUMS) - 1)
    sums = range(buckets.stop, buckets.stop + len(SUMS))
    places = max(len(buckets), len(SUMS))

    def halves(cells: Sequence[str]) -> list[list[str]]:
        found = ([cells[at] for at in part] for part in (buckets, sums))
        return [[""] * (places - len(part)) + part for part in found]

    headings = halves([column.title for column in grid.columns])
    rows = [halves(cells) for cells in grid.cells]
    everything = [*headings, *(line for pair in rows for line in pair)]
    widths = [max(map(cell_len, column)) for column in zip(*everything, strict=True)]
    if sum(widths) + len(GAP) * len(widths) > screen.width:
        return None

    def line(cells: Sequence[str], style: str) -> Line:
        shown = (padded(cell, width, right=True) for cell, width in zip(cells, widths, strict=True))
        return [(GAP + GAP.join(shown), style)]

    rule = [screen.sign("─", "-") * width for width in widths]
    lines = [*(line(heading, "bold") for heading in headings), line(rule, "")]
    for at, pair in enumerate(rows):
        lines += [_name_line(grid, at, screen), *(line(half, grid.styles[at]) for half in pair)]
    return lines


def _cards(report: Row, rows: Sequence[Row], screen: Screen) -> list[Line]:
    """Return a card a customer: what is owed in the buckets that have something, and the sums."""
    cards = [_card(report, row) for row in rows]
    label = max(len(title) for card in cards for title in card)
    width = max(len(figure) for card in cards for figure in card.values())
    lines: list[Line] = []
    for row, card in zip(rows, cards, strict=True):
        who = row["customer"]["name"] or row["customer"]["friendlyId"]
        lines += [[]] if lines else []
        lines.append([(screen.clean(f"{who}{GAP}{row['currency']}"), "bold")])
        for title, figure in card.items():
            shown = padded(figure, width, right=True)
            lines.append([(f"{GAP}{padded(title, label, right=False)}{GAP}{shown}", "")])
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
    return grid_lines(grid, screen)


DETAIL_COLUMNS: Sequence[Column] = (
    text("Customer", "customer.name customer.friendlyId"),
    whole("Number", "friendlyId"),
    whole("Date", "invoiceDate", 5),
    whole("Due", "dueDate", 2),
    number("Days", "days", 1, show=as_text),
    whole("Bucket", "bucket", 3),
    number("Owed", "owed"),
)
