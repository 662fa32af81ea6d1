"""README.md is run: each `$ invoicectl …` of a console block prints what stands under it.

With INVOICECTL_WRITE_README=1 the outputs are written into it instead.
"""

import os
import re
import shlex
from pathlib import Path

import pytest

from invoicectl.commands import COMMANDS

README = Path(__file__).parents[1] / "README.md"
TEXT = README.read_text("utf-8")
BLOCK = re.compile(r"^```console\n(.*?)^```", re.M | re.S)
VARIES = [
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "INSTANT"),
    (re.compile(r"<20\d{6}T\d{6}Z\.[0-9a-f]+@[^>\s\"]*>?"), "MESSAGE-ID"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "SHA-256"),
    (re.compile(r'"bytes":\d+'), '"bytes":N'),
    (re.compile(r"(file://)?/\S*/"), "FOLDER/"),
    (re.compile(r" +\n"), "\n"),
    (re.compile(r"─{3,}"), "──"),
]


def alike(text: str) -> str:
    """Return a text without what differs between two runs."""
    for varies, word in VARIES:
        text = varies.sub(word, text)
    return text


@pytest.fixture
def typed(run, monkeypatch):
    """Type a command on a terminal 80 columns wide, in a folder with the README's CSV file."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("INVOICECTL_FORMAT", "table")
    (sample,) = re.findall(r"^```csv\n(.*?)^```", TEXT, re.M | re.S)
    (run.folder / "receivables.csv").write_text(sample)

    def type_it(command: str) -> str:
        ran = run(*shlex.split(command))
        return (ran.stdout + ran.stderr).replace(str(run.folder), "/home/you")

    return type_it


def as_run(text: str, typed) -> str:
    """Return the README with what its commands print now."""

    def block(match: re.Match[str]) -> str:
        steps = re.findall(r"^\$ invoicectl (.*)$", match[1], re.M)
        return (
            "```console\n"
            + "".join(f"$ invoicectl {each}\n{typed(each)}" for each in steps)
            + "```"
        )

    return BLOCK.sub(block, text)


@pytest.mark.sqlite
def test_the_readme_tells_the_truth(typed):
    now = as_run(TEXT, typed)
    if os.environ.get("INVOICECTL_WRITE_README"):
        README.write_text(now, "utf-8")
    else:
        assert alike(now) == alike(TEXT)


def test_no_command_of_the_readme_is_a_bug(typed):
    assert "a bug in invoicectl" not in as_run(TEXT, typed)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name):
    assert f"invoicectl {name}" in TEXT
