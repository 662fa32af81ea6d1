"""`pdf --open` shows what was written, by the platform's opener or a program named in BROWSER."""

import os
import sys
import time
from pathlib import Path

import pytest

OPENER = "open" if sys.platform == "darwin" else "xdg-open"


def program(folder: Path, name: str, lines: str) -> Path:
    """Put a program into a folder; it says in `opened` what it was given."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> {folder.parent}/opened\n{lines}\n')
    path.chmod(0o755)
    return path


def opened(folder: Path, count: int = 1) -> list[str]:
    """Return what was opened, once that is as much as is waited for."""
    for _ in range(200):
        path = folder / "opened"
        found = path.read_text().splitlines() if path.exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.05)
    return found


@pytest.fixture
def bare(books, monkeypatch):
    """The books, and nothing on PATH that could open a file."""
    (books.folder / "bin").mkdir()
    monkeypatch.setenv("PATH", str(books.folder / "bin"))
    monkeypatch.delenv("BROWSER", raising=False)
    return books


def with_sh(folder: Path, name: str, lines: str = "") -> Path:
    return program(folder / "bin", name, lines)


def test_a_pdf_is_opened_by_its_whole_path(bare):
    with_sh(bare.folder, OPENER)
    ran = bare("pdf", "INV-00001", "--open", "--json")
    assert (ran.exit_code, ran.json["friendlyId"]) == (0, "INV-00001")
    assert opened(bare.folder) == [str(bare.folder / "INV-00001.pdf")]
    assert (bare.folder / "INV-00001.pdf").read_bytes().startswith(b"%PDF")


def test_several_are_opened_each(bare):
    with_sh(bare.folder, OPENER)
    assert bare("pdf", "INV-00001", "DRAFT-00001", "--open", "-o", "out/").exit_code == 0
    names = [Path(path).name for path in opened(bare.folder, 2)]
    assert names == ["INV-00001.pdf", "DRAFT-00001.pdf"]


def test_where_there_is_no_opener_browser_names_one(bare, monkeypatch):
    with_sh(bare.folder, "viewer")
    monkeypatch.setenv("BROWSER", os.pathsep.join(["nosuch", "viewer --new '%s'"]))
    assert bare("pdf", "INV-00001", "--open").exit_code == 0
    assert opened(bare.folder, 2) == ["--new", str(bare.folder / "INV-00001.pdf")]


def test_what_an_opener_prints_is_not_our_answer(bare):
    with_sh(bare.folder, OPENER, "echo noise; echo noise >&2")
    ran = bare("pdf", "INV-00001", "--open", "--json")
    assert "noise" not in ran.stdout + ran.stderr


def test_a_viewer_that_stays_is_not_waited_for(bare):
    with_sh(bare.folder, OPENER, "exec /bin/sleep 20")
    before = time.monotonic()
    assert bare("pdf", "INV-00001", "--open").exit_code == 0
    assert time.monotonic() - before < 15


def test_nothing_is_made_where_nothing_can_open_it(bare):
    message = bare.refused("pdf", "INV-00001", "--open", code=8)
    assert message == f"there is no {OPENER} here to open a file with"
    assert not list(bare.folder.glob("*.pdf"))
    assert bare.ok("get", "INV-00001")["documentId"] is None


def test_an_opener_that_fails_is_said_and_the_pdf_is_there(bare):
    path = with_sh(bare.folder, OPENER, "exit 3")
    ran = bare("pdf", "INV-00001", "--open")
    assert ran.exit_code == 8
    assert f"INV-00001.pdf is written, but {path} ended with exit code 3" in ran.stderr
    assert (bare.folder / "INV-00001.pdf").exists()


def test_standard_output_cannot_be_opened(bare):
    assert "needs a file" in bare.refused("pdf", "INV-00001", "--open", "-o", "-", code=2)


def test_a_dry_run_opens_nothing(bare):
    with_sh(bare.folder, OPENER)
    assert bare("pdf", "INV-00001", "--open", "--dry-run").exit_code == 0
    assert not (bare.folder / "opened").exists()
