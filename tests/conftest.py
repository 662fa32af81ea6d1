"""A way to type commands at a database of the test's own, on a day that is given."""

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from invoicectl import cli
from tests import sample_books

TODAY = "2026-01-31"


@dataclass(frozen=True)
class Ran:
    """What a command line left on the terminal."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    @property
    def error(self) -> Any:
        """The one line of JSON on stderr."""
        (line,) = self.stderr.splitlines()
        return json.loads(line)


class Runner:
    """Types command lines; `run("get", "INV-00001", "--json").json` is the record."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        self.db = folder / "books.db"
        self.config = folder / "config.toml"

    def __call__(self, *words: object, stdin: str = "", today: str = "") -> Ran:
        typed = [str(word) for word in words]
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self._capsys.readouterr()
        code = cli.run([*typed, *(["--today", today] if today else [])])
        printed = self._capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file into the test's folder and return its path."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def ok(self, *words: object, **given: str) -> Any:
        """Type a command that has to work; return its answer as JSON."""
        ran = self(*words, "--json", **given)
        assert ran.exit_code == 0, ran.stderr
        return ran.json

    def refused(self, *words: object, code: int, **given: str) -> str:
        """Type a command that has to be refused; return its message. Nothing is on stdout."""
        ran = self(*words, "--json", **given)
        assert (ran.exit_code, ran.stdout) == (code, ""), ran
        return str(ran.error["message"])


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Runner:
    """Type a command line; returns exit_code, stdout and stderr."""
    runner = Runner(tmp_path, monkeypatch, capsys)
    for name in ("INVOICECTL_FORMAT", "INVOICECTL_SMTP_PASSWORD", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INVOICECTL_DB", str(runner.db))
    monkeypatch.setenv("INVOICECTL_CONFIG", str(runner.config))
    monkeypatch.setenv("INVOICECTL_TODAY", TODAY)
    monkeypatch.setenv("INVOICECTL_USER", "tester")
    monkeypatch.chdir(tmp_path)
    return runner


@pytest.fixture(scope="session")
def _books_made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    sample_books.make(folder)
    return folder


@pytest.fixture
def books(run: Runner, _books_made_once: Path) -> Runner:
    """Type a command line at books that have one of everything in them (see sample_books)."""
    sample_books.copy(_books_made_once, run.folder)
    return run
