"""The picture of the README: the first minute with invoicectl, each command really run.

`python -m tests.picture` makes it anew. A test holds that the commands still print what it shows.
"""

import html
import os
import re
import shlex
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / ".github" / "first-minute.svg"
COLUMNS, TODAY = 80, "2026-03-15"
STORY = (
    "",
    "init --company 'Northwind Traders Ltd' --currency CAD",
    "customer add --name 'Maple Furniture Inc' --key maple",
    "create --customer maple --item 'desc=Oak table,qty=4,price=349.50'",
    """mark-awaiting DRAFT-00001 --invoice-date 2026-01-05 \\
    --due-date 2026-02-04 --fields friendlyId,dueDate,amountOwed""",
    "pay INV-00001 --amount 800 --fields friendlyId,amount",
    "customer add --name 'Birch Foods' --key birch --fields name",
    """create --customer birch --item 'desc=Chair,qty=6,price=89' \\
    --key chairs --due-date 2026-03-18 --fields key,amount -q""",
    "mark-awaiting chairs --fields friendlyId,dueDate",
    "",
    "aging --chart",
)
FONTS = re.compile(r"\s*@font-face \{.*?\}", re.S)  # nothing is loaded from afar


def told() -> str:
    """Run the story in a home of its own; return what is on the terminal, with its colours."""
    with tempfile.TemporaryDirectory() as home:
        environ = {
            "PATH": os.environ["PATH"], "HOME": home, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1",
            "INVOICECTL_TODAY": TODAY, "INVOICECTL_USER": "you", "INVOICECTL_FORMAT": "table",
            "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm",
        }  # fmt: skip
        shown = []
        for line in STORY:
            words = [sys.executable, "-m", "invoicectl", *shlex.split(line.replace("\\\n", ""))]
            ran = subprocess.run(
                words, env=environ, cwd=home, text=True, check=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            shown.append(f"\x1b[1m$ {f'invoicectl {line}'.strip()}\x1b[0m\n{ran.stdout}")
        return "\n".join(shown).replace(home, "/home/you")


def draw(text: str) -> str:
    """Return the picture of a terminal with a text on it."""
    console = Console(record=True, width=COLUMNS, file=StringIO(), legacy_windows=False)
    console.print(Text.from_ansi(text), soft_wrap=False)
    return FONTS.sub("", console.export_svg(title="the first minute", unique_id="first-minute"))


def words(picture: str) -> list[str]:
    """Return what a picture says: its texts from the top, those of a line in their order."""
    found = re.findall(r'<text [^>]*x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>', picture)
    lines = sorted((float(y), float(x), html.unescape(said)) for x, y, said in found)
    return " ".join(said for _, _, said in lines).split()


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(told()), "utf-8")
