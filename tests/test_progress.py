"""How far something has come: a line on a terminal, nothing anywhere else."""

import os
import select
import sys
import time
from contextlib import contextmanager

from invoicectl.output import progress


@contextmanager
def terminal(monkeypatch):
    """Put a real terminal in the place of stderr; yields what reads what was shown on it."""
    ours, theirs = os.openpty()
    with open(theirs, "w") as stream, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", stream)

        def shown():
            stream.flush()
            readable, _, _ = select.select([ours], [], [], 0.2)
            return os.read(ours, 10_000).decode() if readable else ""

        yield shown
    os.close(ours)


def test_what_is_quick_shows_nothing(monkeypatch):
    with terminal(monkeypatch) as shown:
        with progress.shown("import invoices") as tell:
            tell(10, 0.5)
        assert shown() == ""


def test_what_takes_longer_shows_how_far_it_is_and_leaves_nothing_behind(monkeypatch):
    with terminal(monkeypatch) as shown:
        with progress.shown("import invoices") as tell:
            time.sleep(progress.AFTER_S)
            tell(1000, 0.5)
            line = shown()
        assert line == "\rimport invoices [############------------]  50% 1,000"
        assert shown() == "\r" + " " * (len(line) - 1) + "\r"


def test_quiet_shows_nothing(monkeypatch):
    with terminal(monkeypatch) as shown:
        with progress.shown("import invoices", quiet=True) as tell:
            time.sleep(progress.AFTER_S)
            tell(1000, 0.5)
        assert shown() == ""


def test_where_there_is_no_terminal_nothing_is_shown(capsys):
    with progress.shown("import invoices") as tell:
        time.sleep(progress.AFTER_S)
        tell(1000, 0.5)
    assert capsys.readouterr().err == ""


def test_rows_that_pass_are_told_of(monkeypatch):
    monkeypatch.setattr(progress, "AFTER_S", 0.0)
    with terminal(monkeypatch) as shown:
        passing = iter(progress.over("export", "abcd", lambda: 4))
        assert [next(passing) for _ in range(3)] == ["a", "b", "c"]
        assert shown() == "\rexport [######------------------]  25% 1"
        assert list(passing) == ["d"]
        assert shown().endswith("\r")


def test_rows_that_nobody_sees_pass_as_they_are():
    rows = ["a", "b"]
    assert progress.over("export", rows, lambda: 1 // 0) is rows


def test_an_export_into_a_file_shows_how_far_it_is(books, monkeypatch):
    monkeypatch.setattr(progress, "AFTER_S", 0.0)
    for name in ("all.csv", "all.jsonl", "all.xml", "all.xlsx"):
        with terminal(monkeypatch) as shown:
            books("export", "-o", name)
            assert shown().startswith("\rexport [#"), name
        plain = (books.folder / name).read_bytes()
        books("export", "-o", name, "--quiet")
        assert (books.folder / name).read_bytes() == plain
