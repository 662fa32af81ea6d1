"""Ctrl-C, kill and a closed terminal at any moment: a word or none, never a traceback.

600 signals with INVOICECTL_FAULTS=full. Until Python itself has begun to run our first line nobody
can catch a signal; from then on it is ours, the imports included.
"""

import signal
import time
from pathlib import Path

import pytest

from tests.faults.harness import ITEM, length_s, moment

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
CAUGHT = sum(1 << (number - 1) for number in (signal.SIGTERM, signal.SIGHUP))


def ours(process):
    """Wait until our first line has run: the process catches what Python by itself does not."""
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        lines = dict(
            line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line
        )
        if "SigCgt" not in lines or int(lines["SigCgt"], 16) & CAUGHT == CAUGHT:
            return
        time.sleep(0.0005)


def interrupted(books, rnd, length, *words):
    """Start a command line and send it a signal; return the signal and what became of it."""
    process = books.start(*words)
    ours(process)
    number = rnd.choice(list(SIGNALS))
    time.sleep(max(moment(rnd, length) - 0.02, 0))
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    return number, process.returncode, out, err


@pytest.mark.parametrize("words", [
    ["filter", "--all", "-o", "out.json"],
    ["aging", "-o", "out.json"],
    ["pdf", "INV-00001", "-o", "out.pdf"],
    ["create", "--customer", "acme", *ITEM, "--json"],
    ["backup", "out.db"],
    ["check"],
], ids=lambda words: words[0])  # fmt: skip
def test_a_signal_ends_it_in_order(books, rnd, times, words):
    for _ in range(20):
        books.worker.begin("create", "--customer", "acme", *ITEM)
        books.worker.answer()
    books.ok("mark-awaiting", "DRAFT-00001")
    length = length_s(books, *words)
    target = next((books.folder / word for word in words if word.startswith("out.")), None)
    for _ in range(times(5, 100)):
        if target is not None:
            target.unlink(missing_ok=True)
            if words[0] != "backup":
                target.write_text("old")
        number, code, out, err = interrupted(books, rnd, length, *words)
        assert "Traceback" not in err
        assert code in {0, SIGNALS[number]}, (number, code, out, err)
        if target is not None and words[0] != "backup":
            whole = target.read_text(errors="replace") != "old"
            assert whole or code != 0
            assert not whole or target.stat().st_size > 50
        assert not [path for path in books.folder.glob(".*") if path.name.endswith(".part")]
    books.hold()
