"""How far something long has come: one line on a terminal, and nothing anywhere else."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Row = TypeVar("Row")

AFTER_S, EVERY_S = 0.5, 0.1
WIDTH = 24


@contextmanager
def shown(what: str, *, quiet: bool = False) -> Iterator[Callable[[int, float], None]]:
    """Yield what is told how many are done and how much of all, from 0 to 1.

    The line appears on stderr after half a second, if that is a terminal, and is gone at the end.
    """
    if quiet or not _is_seen():
        yield lambda _count, _part: None
        return
    line = _Line(what)
    try:
        yield line.tell
    finally:
        line.clear()


def over(
    what: str, rows: Iterable[Row], count: Callable[[], int], *, quiet: bool = False
) -> Iterable[Row]:
    """Return the same rows; as they pass, it is shown how many of `count()` have."""
    return rows if quiet or not _is_seen() else _passing(what, rows, count)


def _passing(what: str, rows: Iterable[Row], count: Callable[[], int]) -> Iterator[Row]:
    with shown(what) as tell:
        of = max(count(), 1)
        for passed, row in enumerate(rows, 1):
            yield row
            tell(passed, passed / of)


def _is_seen() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


class _Line:
    """A line that is written over and over."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.next = time.monotonic() + AFTER_S
        self.length = 0

    def tell(self, count: int, part: float) -> None:
        """Show how far it is, at most ten times a second."""
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + EVERY_S
        bar = "#" * round(WIDTH * min(part, 1))
        text = f"{self.what} [{bar:-<{WIDTH}}] {part:4.0%} {count:,}"
        sys.stderr.write(f"\r{text:<{self.length}}")
        sys.stderr.flush()
        self.length = len(text)

    def clear(self) -> None:
        """Take the line away."""
        if self.length:
            sys.stderr.write(f"\r{'':<{self.length}}\r")
            sys.stderr.flush()
