"""A terminal, or what stands in for one: how wide it is, and what it can show.

Nothing is asked of the surroundings later than here. Colour needs a terminal that is not
dumb and nobody who objects (NO_COLOR, --no-color); FORCE_COLOR stands for such a terminal.
A file or a pipe has no width: nothing is shortened for it, unless COLUMNS says so.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TextIO

from invoicectl.output.text import safe

WIDE = 1_000_000

Line = Sequence[tuple[str, str]]  # pieces of text, each with its style ("bold", "red", "")


@dataclass(frozen=True)
class Screen:
    """Where a table is shown: `width` in columns, and the encoding its text has to fit."""

    stream: TextIO
    width: int = WIDE
    colour: bool = False
    encoding: str = "utf-8"

    def clean(self, text: str) -> str:
        """Return the text as this terminal can show it, with nothing it would obey."""
        return safe(text, self.encoding)

    def sign(self, wanted: str, instead: str) -> str:
        """Return a sign, or what stands for it where the encoding does not have it."""
        try:
            wanted.encode(self.encoding)
        except UnicodeEncodeError:
            return instead
        return wanted

    def write(self, lines: Iterable[Line]) -> None:
        """Write lines made of clean pieces; none is cut, whatever the width."""
        if self.colour:
            self.stream.write(_coloured(lines))
        else:
            for line in lines:
                self.stream.write("".join(text for text, _ in line).rstrip() + "\n")
        self.stream.flush()


def _coloured(lines: Iterable[Line]) -> str:
    from rich.console import Console
    from rich.text import Text

    page = StringIO()
    console = Console(
        file=page,
        width=WIDE,
        color_system="standard",
        force_terminal=True,
        no_color=False,
        legacy_windows=False,
    )
    for line in lines:
        text = Text.assemble(*line)
        text.rstrip()
        console.print(text, soft_wrap=True, markup=False, highlight=False, emoji=False)
    return page.getvalue()


def screen_for(
    stream: TextIO,
    *,
    no_color: bool = False,
    wide: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Screen:
    """Describe the terminal behind a stream; the options say what --no-color and --wide said."""
    known = os.environ if environ is None else environ
    return Screen(
        stream,
        width=WIDE if wide else _width(stream, known),
        colour=not no_color and _wants_colour(stream, known),
        encoding=stream.encoding or "utf-8",
    )


def _width(stream: TextIO, environ: Mapping[str, str]) -> int:
    said = environ.get("COLUMNS", "")
    if said.isascii() and said.isdigit() and int(said) > 0:
        return int(said)
    if not stream.isatty():
        return WIDE
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:
        return 80


def _wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM", "dumb") not in {"dumb", "unknown", ""}
