"""The front door, for a hundred thousand inputs: typed in one process, each answer judged.

Whatever comes in, the contract holds: an exit code of its table, no traceback, nothing on stdout
and nothing changed when it was refused, five seconds and some hundred megabytes at most, clean
books and readable answers when it was not.
"""

import csv
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from invoicectl import cli, errors
from invoicectl.service import checking
from invoicectl.store.db import Db

MOST_SECONDS = 5  # of processor time: what waits for its turn does not hang
MOST_BYTES = 600_000_000
CODES = {kind.exit_code: kind.code for kind in errors.InvoicectlError.__subclasses__()}
ANSWERED = {0, 3, 12}  # exit codes that come with an answer
_UNSPOKEN = {*map(chr, range(32)), *map(chr, range(127, 160)), "\u202e", "\u2066"} - {"\n", "\t"}
# With these the answer is bare, none, or in a file.
_ELSEWHERE = {"--count", "--ids", "--print-filter", "--help", "--version", "-o"}
READERS = {
    "json": json.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.split("\n") if line],
    "xml": ET.fromstring,
    "csv": lambda text: list(csv.reader(io.StringIO(text, newline=""), strict=True)),
}


class Hang(BaseException):
    """More processor time than any input may take; no `except Exception` keeps it from being seen."""


class Said(NamedTuple):
    """What a command line left: its exit code, stdout and stderr."""

    code: int
    out: str
    err: str


class Door:
    """Types command lines at books of its own, which stand as they were before the next one."""

    def __init__(self, made: Path, folder: Path) -> None:
        self.folder, self._made = folder, made
        self.db, self.config = folder / "books.db", folder / "config.toml"
        self.typed = 0
        self._watch: sqlite3.Connection | None = None
        self.put_back()

    def put_back(self) -> None:
        """Bring the books and the settings back to what they were, where they are not."""
        if self._watch is not None:
            if self._as_made():
                return
            self._watch.close()
        for name in ("books.db-wal", "books.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        for name in ("books.db", "config.toml"):
            shutil.copyfile(self._made / name, self.folder / name)
        self._watch = sqlite3.connect(self.db, isolation_level=None)
        self._made_version, self._made_config = self._data_version(), self.config.stat()

    def _as_made(self) -> bool:
        config = self.config.stat() if self.config.is_file() else None
        return self._data_version() == self._made_version and config == self._made_config

    def close(self) -> None:
        """Let the books go."""
        if self._watch is not None:
            self._watch.close()

    def _data_version(self) -> int:
        assert self._watch is not None
        (version,) = self._watch.execute("PRAGMA data_version").fetchone()
        return int(version)

    def type(
        self, words: list[str], given: bytes = b"", *, also: frozenset[int] = frozenset()
    ) -> Said:
        """Type a command line and judge what came of it; `put_back` is the caller's.

        `also` are exit codes that are right here and nowhere else (10, 11).
        """
        self.typed += 1
        before = self._data_version()
        said = self.answer(words, given)
        self.judge(words, said, changed=self._data_version() != before, also=also)
        return said

    def answer(self, words: list[str], given: bytes = b"") -> Said:
        """Type a command line; within bounds of time and memory."""
        streams = [io.TextIOWrapper(io.BytesIO(each), "utf-8") for each in (given, b"", b"")]
        kept = sys.stdin, sys.stdout, sys.stderr
        with bounded():
            sys.stdin, sys.stdout, sys.stderr = streams
            try:
                code = cli.run(words)
                for stream in streams[1:]:
                    stream.flush()
            finally:
                sys.stdin, sys.stdout, sys.stderr = kept
        out, err = (stream.buffer.getvalue().decode() for stream in streams[1:])
        return Said(code, out, err)

    def judge(self, words: list[str], said: Said, *, changed: bool, also: frozenset[int]) -> None:
        """Hold an answer against the contract."""
        shown = (words, said.code, said.out[:500], said.err[:2000])
        assert "Traceback" not in said.err, shown
        assert said.code in {0, *CODES} - ({1, 10, 11} - also), shown
        if said.code not in ANSWERED:
            assert said.out == "", shown
            assert not changed, shown
        *talk, line = said.err.splitlines() or [""]
        if line.startswith("{"):
            assert json.loads(line)["error"] == CODES[said.code], shown
            assert said.code == 3 or not talk, shown
        elif said.code not in {0, 12}:
            assert "error: " in said.err, shown
            assert words[0] != "--json", shown
        assert not _UNSPOKEN.intersection(said.err), shown
        if changed:
            assert self.findings() == [], shown
        is_help = said.out.startswith("Usage: ")
        if said.code in ANSWERED and not is_help and not _ELSEWHERE.intersection(words):
            self._read_back(words, said, shown)

    def _read_back(self, words: list[str], said: Said, shown: object) -> None:
        """Read an answer as other programs would."""
        formats = [
            word for word in words if word == "--json" or word.startswith(("-f", "--format"))
        ]
        if formats == ["-ftable"]:
            assert not _UNSPOKEN.intersection(said.out), shown
        read = (
            READERS.get(formats[0].removeprefix("-f").removeprefix("--"))
            if len(formats) == 1
            else None
        )
        try:
            if read is not None and said.out:
                read(said.out)
        except (ValueError, SyntaxError, csv.Error) as error:
            raise AssertionError(shown) from error

    def findings(self) -> list[object]:
        """Return what check finds in the books."""
        found, _ = checking.check(Db(self.db), going=lambda *_: None, note=lambda _: None)
        return list(found)


@contextmanager
def bounded():
    """Stop what takes too long, and give it no more than so much memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + MOST_BYTES
    before = resource.getrlimit(resource.RLIMIT_AS)
    kept = signal.signal(signal.SIGVTALRM, _hangs)
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, before)
        signal.signal(signal.SIGVTALRM, kept)


def _hangs(*_: object) -> None:
    raise Hang
