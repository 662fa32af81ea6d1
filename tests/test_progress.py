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
