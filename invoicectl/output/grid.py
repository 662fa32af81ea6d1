"""Fitting a table into a width: shorten free text, then leave out columns, then give up.

What does not fit as a table becomes cards, one a record, a line a field.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from rich.cells import cell_len, set_cell_size

from invoicectl.output.columns import Column
from invoicectl.output.fields import Row
from invoicectl.output.screen import Line, Screen

GAP = "  "
LEAST_TEXT = 10  # free text is not shortened below this many columns
LEAST_TABLE = 60  # a terminal narrower than this gets cards


@dataclass
class Grid:
    """The cells of a table, already clean; `styles` has one for each row."""

    columns: list[Column]
    cells: list[list[str]]
    styles: list[str] = field(default_factory=list)
    alarms: list[bool] = field(default_factory=list)

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
        return Grid(columns, cells, self.styles, self.alarms)

    def without_empty(self) -> "Grid":
        """Return the table without columns that say nothing of any row, but the first."""
        said = [any(cells) for cells in zip(*self.cells, strict=True)]
        return self.only([at for at, says in enumerate(said) if says or at == 0])

    def style(self, row: int, column: Column) -> str:
        """Return how a cell looks."""
        return "red" if column.alarms and self.alarms[row] else self.styles[row]


def fitted(grid: Grid, width: int) -> tuple[Grid, list[int]] | None:
    """Return as much of a table as fits and the widths of its columns; None when too little."""
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
    while _width(widths) > width:
        widths[max(shrinking, key=lambda at: widths[at])] -= 1
    return widths


def padded(text: str, width: int, *, right: bool, dots: str = "…") -> str:
    """Return text in exactly this many columns, shortened with dots if it is longer."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - len(dots)).rstrip() + dots
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def wrapped(text: str, width: int) -> list[str]:
    """Return text in lines of at most this many columns, broken between words where it can be.

    >>> wrapped("amount 12.00 CAD, number INV-00001", 17)
    ['amount 12.00 CAD,', 'number INV-00001']
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
            continue
        rest = word
        while cell_len(rest) > width and (head := set_cell_size(rest, width).rstrip()):
            lines.append(head)
            rest = rest[len(head) :]
        lines.append(rest)
    return [line for line in lines if line] or [""]


def _shown(column: Column, text: str, width: int, dots: str) -> list[str]:
    """Return the lines of a cell: one, but where it wraps."""
    lines = wrapped(text, width) if column.wraps else [text]
    return [padded(line, width, right=column.right, dots=dots) for line in lines]


def table_lines(grid: Grid, widths: Sequence[int], screen: Screen) -> list[Line]:
    """Return the heading, a rule, and a line a row, more where a cell wraps."""
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

    lines = [
        *row([column.title for column in grid.columns], ["bold"] * len(widths)),
        *row([rule * width for width in widths], [""] * len(widths)),
    ]
    for at, cells in enumerate(grid.cells):
        lines += row(cells, [grid.style(at, column) for column in grid.columns])
    return lines


def card_lines(grid: Grid, screen: Screen) -> list[Line]:
    """Return a card a row: its first field as the heading, then a line a field that is known."""
    label = max((cell_len(column.title) for column in grid.columns[1:]), default=0)
    room = max(LEAST_TEXT, screen.width - label - 2 * len(GAP))
    dots = screen.sign("…", "...")
    lines: list[Line] = []
    for at, cells in enumerate(grid.cells):
        lines += [[], [(cells[0], "bold")]] if at else [[(cells[0], "bold")]]
        for column, text in zip(grid.columns[1:], cells[1:], strict=True):
            width = min(room, cell_len(text)) if column.shrinks else cell_len(text)
            style = grid.style(at, column)
            for below, value in enumerate(_shown(column, text, width, dots) if text else []):
                title = GAP + padded("" if below else column.title, label, right=False) + GAP
                lines.append([(title, ""), (value, style)])
    return lines


def grid_lines(grid: Grid, screen: Screen) -> list[Line]:
    """Return a table if it fits, else cards."""
    fits = None if screen.width < LEAST_TABLE else fitted(grid, screen.width)
    return card_lines(grid, screen) if fits is None else table_lines(*fits, screen)
