"""Fitting a table into a width: shorten free text, then leave out columns, then give up.

What does not fit as a table becomes cards, one a record, a line a field. Figures of a column, and
the amounts of a card, have their decimal points below each other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from rich.cells import cell_len, chop_cells, set_cell_size

from invoicectl.output.columns import Column, as_amount, as_money
from invoicectl.output.fields import Row
from invoicectl.output.screen import Line, Screen

GAP = "  "
LEAST_TEXT = 10  # free text is not shortened below this many columns
LEAST_TABLE = 60  # a terminal narrower than this gets cards
FIGURE = re.compile(r"(-?[\d,]+)(\.\d+)?( .+)?")


@dataclass
class Grid:
    """The cells of a table, clean; `styles` has one for each row, the last `sums` rows add up."""

    columns: list[Column]
    cells: list[list[str]]
    styles: list[str] = field(default_factory=list)
    alarms: list[bool] = field(default_factory=list)
    sums: int = 0

    @classmethod
    def of(cls, rows: Sequence[Row], columns: Sequence[Column], screen: Screen) -> "Grid":
        """Ask every column about every row."""
        cells = [[screen.clean(column.cell(row)) for column in columns] for row in rows]
        alarms = [row.get("overdue") is True for row in rows]
        return cls(list(columns), cells, [""] * len(rows), alarms)

    def only(self, kept: Sequence[int]) -> "Grid":
        """Return the table with some of its columns."""
        columns = [self.columns[at] for at in kept]
        cells = [[row[at] for at in kept] for row in self.cells]
        return replace(self, columns=columns, cells=cells)

    def lined_up(self) -> "Grid":
        """Return the table with the decimal points of each column below each other."""
        columns = zip(self.columns, zip(*self.cells, strict=True), strict=False)
        cells = [lined_up(found) if column.right else found for column, found in columns]
        return replace(self, cells=[list(row) for row in zip(*cells, strict=True)])

    def without_empty(self) -> "Grid":
        """Return the table without columns that say nothing of any row, but the first."""
        said = [any(cells) for cells in zip(*self.cells, strict=True)]
        return self.only([at for at, says in enumerate(said) if says or at == 0])

    def style(self, row: int, column: Column) -> str:
        """Return how a cell looks."""
        return "red" if column.alarms and self.alarms[row] else self.styles[row]

    @property
    def first_sum(self) -> int:
        """The first of the rows that add up what is above them."""
        return len(self.cells) - self.sums


def lined_up(figures: Sequence[str]) -> list[str]:
    """Return figures that have their decimal points below each other when they stand to the right.

    >>> lined_up(["1,250.50 EUR", "", "900 JPY", "-3.000"])
    ['1,250.50  EUR', '', '900     JPY', '-3.000    ']
    """
    found = [FIGURE.fullmatch(figure) for figure in figures]
    if any(figure and not match for figure, match in zip(figures, found, strict=True)):
        return list(figures)
    decimals, units = (max((len(match[part] or "") for match in found if match), default=0)
                       for part in (2, 3))  # fmt: skip
    return [
        f"{match[1]}{match[2] or '':{decimals}}{match[3] or '':{units}}" if match else ""
        for match in found
    ]


def fitted(grid: Grid, width: int) -> tuple[Grid, list[int]] | None:
    """Return as much of a table as fits and the widths of its columns; None when too little."""
    grid = grid.lined_up()
    needs = [natural(grid, at) for at in range(len(grid.columns))]
    kept = list(range(len(needs)))
    while _width([_least(grid.columns[at], needs[at]) for at in kept]) > width:
        spare = [at for at in kept if grid.columns[at].drop]
        if not spare:
            return None
        kept.remove(max(spare, key=lambda at: (grid.columns[at].drop, at)))
    smaller = grid.only(kept)
    return smaller, _shrunk(smaller.columns, [needs[at] for at in kept], width)


def natural(grid: Grid, at: int) -> int:
    """Return the width of a column's widest cell or heading."""
    return max(map(cell_len, [grid.columns[at].title, *(row[at] for row in grid.cells)]))


def _width(widths: Sequence[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)


def _least(column: Column, need: int) -> int:
    return min(need, max(LEAST_TEXT, cell_len(column.title))) if column.shrinks else need


def _shrunk(columns: Sequence[Column], needs: list[int], width: int) -> list[int]:
    """Take what is too much from the widest columns of free text."""
    shrinking = [at for at, column in enumerate(columns) if column.shrinks]
    widths = [min(need, width) if at in shrinking else need for at, need in enumerate(needs)]
    least = [_least(column, need) for column, need in zip(columns, needs, strict=True)]
    while _width(widths) > width:
        able = [at for at in shrinking if widths[at] > least[at]] or shrinking
        widths[max(able, key=lambda at: (columns[at].yields, widths[at]))] -= 1
    return widths


def padded(text: str, width: int, *, right: bool, dots: str = "…") -> str:
    """Return text in exactly this many columns, shortened with dots if it is longer."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - len(dots)).rstrip() + dots
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def wrapped(text: str, width: int, at: str = " ") -> list[str]:
    """Return text in lines of at most this many columns, broken between words where it can be.

    What is between commas stays together if it can where `at` is ", ".

    >>> wrapped("amount 12.00 CAD, number INV-00001", 17)
    ['amount 12.00 CAD,', 'number INV-00001']
    """
    if cell_len(text) <= width:
        return [text.lstrip(" ")]
    lines = [""]
    for word in _together(text, width, at):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
            continue
        lines += chop_cells(word, width)
    return [line for line in lines if line] or [""]


def _together(text: str, width: int, at: str) -> list[str]:
    """Return the parts of a text that are not broken; a part that is too long is its words."""
    parts = re.split(f"(?<={at[:-1]}) " if at[:-1] else " ", text)
    return [
        word for part in parts for word in ([part] if cell_len(part) <= width else part.split(" "))
    ]


def _shown(column: Column, text: str, width: int, dots: str) -> list[str]:
    """Return the lines of a cell: one, but where it wraps."""
    lines = wrapped(text, width, column.wraps) if column.wraps else [text]
    return [padded(line, width, right=column.right, dots=dots) for line in lines]


def table_lines(grid: Grid, widths: Sequence[int], screen: Screen) -> list[Line]:
    """Return the heading, a rule, and a line a row, more where a cell wraps; a rule above sums."""
    dots = screen.sign("…", "...")
    rule = screen.sign("─", "-")

    def row(cells: Sequence[str], styles: Sequence[str]) -> Iterator[Line]:
        columns = zip(grid.columns, cells, widths, strict=True)
        shown = [_shown(column, text, width, dots) for column, text, width in columns]
        for lines in zip_longest(*shown):
            pieces: list[tuple[str, str]] = []
            for text, width, style in zip(lines, widths, styles, strict=True):
                pieces += [(GAP, ""), (" " * width if text is None else text, style)]
            yield pieces[1:]

    ruled = list(row([rule * width for width in widths], [""] * len(widths)))
    lines = [*row([column.title for column in grid.columns], ["bold"] * len(widths)), *ruled]
    for at, cells in enumerate(grid.cells):
        lines += ruled if at == grid.first_sum else []
        lines += row(cells, [grid.style(at, column) for column in grid.columns])
    return lines


def card_lines(grid: Grid, screen: Screen) -> list[Line]:
    """Return a card a row: its first field as the heading, then a line a field that is known."""
    label = max((cell_len(column.title) for column in grid.columns[1:]), default=0)
    room = max(LEAST_TEXT, screen.width - label - 2 * len(GAP))
    lines: list[Line] = []
    for at in range(len(grid.cells)):
        heading, entries = _card(grid, at)
        lines += [[]] if at else []
        lines += [[(line, "bold")] for line in wrapped(heading, max(LEAST_TEXT, screen.width))]
        for column, text in entries:
            style = grid.style(at, column)
            for below, value in enumerate(
                wrapped(text, room, column.wraps or " ") if column.shrinks else [text]
            ):
                title = GAP + padded("" if below else column.title, label, right=False) + GAP
                lines.append([(title, ""), (value, style)])
    return lines


def _card(grid: Grid, at: int) -> tuple[str, list[tuple[Column, str]]]:
    """Return the heading of a card and what it says; the heading of a sum says of how many."""
    heading, *texts = grid.cells[at]
    entries = list(zip(grid.columns[1:], texts, strict=True))
    if at >= grid.first_sum and entries:
        (_, several), *entries = entries
        heading = f"{heading}{GAP}{several}".rstrip()
    entries = [(column, text) for column, text in entries if text]
    amounts = lined_up([text for column, text in entries if column.show in AMOUNTS])
    width = max(map(cell_len, amounts), default=0)
    left = iter(amounts)
    return heading, [
        (column, padded(next(left), width, right=True).rstrip() if column.show in AMOUNTS else text)
        for column, text in entries
    ]


AMOUNTS = (as_amount, as_money)


def grid_lines(grid: Grid, screen: Screen) -> list[Line]:
    """Return a table if it fits, else cards."""
    fits = None if screen.width < LEAST_TABLE else fitted(grid, screen.width)
    return card_lines(grid, screen) if fits is None else table_lines(*fits, screen)
