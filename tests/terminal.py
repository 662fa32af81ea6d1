"""A real terminal: commands typed in a pseudo-terminal, and what is seen on it (pexpect, pyte)."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pexpect
import pyte

ROOT = Path(__file__).parents[1]
TYPED = """
import shlex, sys
from invoicectl import cli
for line in sys.argv[1:]:
    print(f"$ invoicectl {line}".rstrip(), flush=True)
    cli.run(shlex.split(line))
    print(flush=True)
"""
SETTLED = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PAGER", "INVOICECTL_FORMAT", "LC_ALL")


class Seen(NamedTuple):
    """What is on the screen, line by line, what of it is red, and the bytes that were sent."""

    lines: list[str]
    red: list[str]
    sent: str


def on_terminal(*typed: str, columns: int = 80, rows: int = 500, **environ: str) -> Seen:
    """Type command lines, one after the other, in a terminal of this size."""
    known = {name: value for name, value in os.environ.items() if name not in SETTLED}
    child = pexpect.spawn(
        sys.executable, ["-c", TYPED, *typed], dimensions=(rows, columns), encoding="utf-8",
        env={**known, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "PYTHONUTF8": "1",
             **environ},
        timeout=120,
    )  # fmt: skip
    sent = child.read()
    child.close()
    assert child.exitstatus == 0, sent
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed(sent)
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    red = ("".join(_red(screen, row, columns)).split("  ") for row in range(len(lines)))
    return Seen(lines, [" ".join(words.split()) for row in red for words in row if words], sent)


def _red(screen: pyte.Screen, row: int, columns: int) -> list[str]:
    signs = (screen.buffer[row][column] for column in range(columns))
    return [sign.data if sign.fg == "red" else " " for sign in signs]
