"""A pager, for what is taller than the screen: shown by another program, such as less.

The program is the user's own choice; where it cannot be run, the text is written as it is.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO

from rich.cells import cell_len

from invoicectl.output.screen import Screen

ESCAPES = re.compile("\x1b\\[[0-9;]*m")
# What git tells less: end at once where it all fits, keep colours, leave the text on the screen.
SURROUNDINGS = {"LESS": "FRX", "LV": "-c"}


@contextmanager
def paged(screen: Screen, command: str) -> Iterator[Screen]:
    """Yield a screen; what was written on it is shown by the pager if it is taller than that."""
    text = StringIO()
    yield replace(screen, stream=text)
    said = text.getvalue()
    encoded = said.encode(screen.encoding, "backslashreplace")
    if not (_is_taller(said) and show(encoded, command)):
        screen.stream.write(said)
        screen.stream.flush()


def _is_taller(text: str) -> bool:
    """Say whether a text, with its prompt below, needs more rows than the terminal has."""
    size = _size()
    if size is None:
        return False
    widths = (cell_len(line) for line in ESCAPES.sub("", text).split("\n")[:-1])
    return sum(max(1, -(-width // size.columns)) for width in widths) >= size.lines


def show(text: bytes, command: str) -> bool:
    """Show a text in the pager, until it is left; False where that cannot be run."""
    with _uninterrupted():
        try:
            subprocess.run(  # noqa: S603 - the user's own choice
                shlex.split(command), input=text, check=False, env={**SURROUNDINGS, **os.environ}
            )
        except BrokenPipeError:
            pass
        except (OSError, ValueError):
            return False
    return True


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Leave Ctrl-C to the pager."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _size() -> os.terminal_size | None:
    """Return how large the terminal of standard output is; None where it is none, or a dumb one."""
    if os.environ.get("TERM", "dumb") in {"dumb", ""} or not sys.stdout.isatty():
        return None
    try:
        found = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return None
    return found if found.lines and found.columns else None
