"""Ways to work on books that can be broken off, and what has to hold whatever was broken off."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from invoicectl.service import checking
from invoicectl.store.db import Db

ITEM = ["--item", "desc=Consulting,qty=3,price=33.33,tax=VAT", "--item", "desc=Logo,qty=1,price=80"]
FULL = os.environ.get("INVOICECTL_FAULTS") == "full"
COMMAND = [sys.executable, "-m", "invoicectl"]


class Worker:
    """A process that does command lines one after the other; see worker.py."""

    def __init__(self):
        script = Path(__file__).with_name("worker.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            bufsize=1,
        )  # fmt: skip

    def begin(self, *words):
        """Hand a command line over; `answer` waits for what becomes of it."""
        line = [os.getcwd(), dict(os.environ), [str(word) for word in words]]
        self.process.stdin.write(json.dumps(line) + "\n")

    def answer(self):
        """Return exit code, stdout, stderr and seconds of the next command line that was begun."""
        return json.loads(self.process.stdout.readline())

    def do(self, *words):
        """Do a command line; return its answer in JSON, and stop at a refusal."""
        self.begin(*words, "--json")
        code, out, err, _ = self.answer()
        assert code == 0, (words, err)
        return json.loads(out)

    def close(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Workers:
    """Processes that are never broken off, kept from one test to the next: to start them is dear."""

    def __init__(self):
        self._all = []

    def first(self, count):
        """Return so many workers."""
        while len(self._all) < count:
            self._all.append(Worker())
        return self._all[:count]

    def close(self):
        for worker in self._all:
            worker.close()


class Books:
    """One database, workers on it, and what holds of it."""

    def __init__(self, run, workers):
        self.run, self.db, self.folder, self.workers = run, run.db, run.folder, workers

    @property
    def worker(self):
        """A process for what comes before and after."""
        (worker,) = self.workers.first(1)
        return worker

    def ok(self, *words):
        return self.worker.do(*words)

    def start(self, *words, **options):
        """Start a command line as a process of its own."""
        return subprocess.Popen(
            [*COMMAND, *(str(word) for word in words)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
        )  # fmt: skip

    def rows(self, sql, *binds):
        connection = sqlite3.connect(self.db)
        try:
            return connection.execute(sql, binds).fetchall()
        finally:
            connection.close()

    def findings(self):
        """Return what check finds, without starting a process for it."""
        found, _ = checking.check(Db(self.db), going=lambda *_: None, note=lambda _: None)
        return list(found)

    def hold(self, *, but=()):
        """Assert that nothing is wrong with the books, but for findings of some checks."""
        wrong = [each for each in self.findings() if each.check not in but]
        assert wrong == []


def length_s(books, *words):
    """Return how long a command line takes."""
    began = time.monotonic()
    books.start(*words).communicate()
    return time.monotonic() - began


def moment(rnd, length):
    """Return a moment to break something off: anywhere, and a third of them near the end."""
    if rnd.random() < 1 / 3:
        return length * (0.6 + 0.55 * rnd.random())
    return length * 1.15 * rnd.random()


def killed(books, rnd, length, *words):
    """Start a command line and kill it at a random moment; return what it had said by then."""
    process = books.start(*words)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(moment(rnd, length))
    process.send_signal(signal.SIGKILL)
    out, _ = process.communicate()
    return out


def said(out):
    """Return the answer of a command that was broken off, None where it is not whole."""
    try:
        return json.loads(out)
    except ValueError:
        return None


def as_root():
    return os.geteuid() == 0
