"""A way to type commands at a database of the test's own, on a day that is given."""

import io
import json
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from invoicectl import cli
from invoicectl.store.db import Db, at
from tests import on_postgres, sample_books

TODAY = "2026-01-31"

# How long a test takes says how busy the machine is, and nothing of the program.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# A shell has what it starts in the background ignore Ctrl-C, and so would the programs under test.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite: about the SQLite file itself")


def pytest_report_header() -> str:
    if on_postgres.SERVER:
        return "books: on PostgreSQL; the tests that type commands are run, but those of the file"
    return (
        "books: in SQLite files; INVOICECTL_TEST_POSTGRES=postgresql://… runs the same on a server"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what does not touch a database, or only a SQLite file can be."""
    if on_postgres.SERVER:
        on_both = [
            each
            for each in items
            if "run" in getattr(each, "fixturenames", ()) and not each.get_closest_marker("sqlite")
        ]
        config.hook.pytest_deselected(items=[each for each in items if each not in set(on_both)])
        items[:] = on_both


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
        self.server: on_postgres.Books | on_postgres.Nothing | None = None
        self.config = folder / "config.toml"

    def __call__(self, *words: object, stdin: str = "", today: str = "") -> Ran:
        typed = [str(word) for word in words]
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self._capsys.readouterr()
        code = cli.run([*typed, *(["--today", today] if today else [])])
        printed = self._capsys.readouterr()
        return Ran(code, printed.out, printed.err)

    @property
    def store(self) -> Db:
        """The books as the program sees them."""
        return at(self.server.url if self.server else str(self.db), [])

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """Yield a connection to the books, for SQL; what it changes is kept at the end."""
        if self.server:
            with on_postgres.opened(self.server.url) as connection:
                yield connection
        else:
            with closing(sqlite3.connect(self.db)) as connection, connection:
                yield connection

    @contextmanager
    def breaking(self, event: str, when: str) -> Iterator[None]:
        """Have a change (`INSERT ON send`) fail where a condition holds."""
        with self.opened() as connection:
            if self.server:
                connection.execute(on_postgres.BREAKS.format(when=when))
                calls = "FOR EACH ROW EXECUTE FUNCTION broken()"
            else:
                calls = f"WHEN {when} BEGIN SELECT RAISE(ABORT, 'broken off'); END"
            connection.execute(f"CREATE TRIGGER broken BEFORE {event} {calls}")
        yield
        with self.opened() as connection:
            stopped = "FUNCTION broken() CASCADE" if self.server else "TRIGGER broken"
            connection.execute(f"DROP {stopped}")

    def everything(self) -> list[str]:
        """Return all that is in the books, to see that nothing changed."""
        if self.server:
            return self.server.everything()
        with self.opened() as connection:
            return list(connection.iterdump())

    def stored(self) -> object:
        """Return what is stored: of a file every byte, of a server every row."""
        return self.server.everything() if self.server else self.db.read_bytes()

    def is_untouched(self) -> bool:
        """Return whether nothing was made: no file, on a server no row."""
        return not (self.server.everything() if self.server else self.db.exists())

    def filled(self, name: str, kept: Path, fill: Callable[["Runner"], object]) -> None:
        """Have in the books what `fill` puts there, which it does once; `kept` is a folder."""
        if self.server:
            self.server.be_as(name, lambda _: fill(self))
            return
        file = kept / f"{name}.db"
        if not file.exists():
            fill(self)
            shutil.copy(self.db, file)
        shutil.copy(file, self.db)

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


@pytest.fixture(scope="session")
def _on_server() -> Iterator[on_postgres.Books | None]:
    """Books on the server, where there is one."""
    if not on_postgres.SERVER:
        yield None
        return
    with closing(on_postgres.Books()) as books:
        yield books


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    _on_server: on_postgres.Books | None,
) -> Runner:
    """Type a command line; returns exit_code, stdout and stderr."""
    runner = Runner(tmp_path, monkeypatch, capsys)
    for name in ("INVOICECTL_FORMAT", "INVOICECTL_SMTP_PASSWORD", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    if _on_server is not None:
        runner.server = _on_server
        _on_server.be_empty()
    monkeypatch.setenv("INVOICECTL_DB", _on_server.url if _on_server else str(runner.db))
    monkeypatch.setenv("INVOICECTL_CONFIG", str(runner.config))
    monkeypatch.setenv("INVOICECTL_TODAY", TODAY)
    monkeypatch.setenv("INVOICECTL_USER", "tester")
    monkeypatch.chdir(tmp_path)
    return runner


@pytest.fixture
def nowhere(run: Runner, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """Type a command line where no books were made: there is no file, on a server nothing in it."""
    if run.server is None:
        yield run
        return
    run.server = on_postgres.Nothing()
    monkeypatch.setenv("INVOICECTL_DB", run.server.url)
    yield run
    on_postgres.drop(run.server.url)


@pytest.fixture(scope="session")
def _books_made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    sample_books.make(folder)
    return folder


@pytest.fixture
def books(run: Runner, _books_made_once: Path) -> Runner:
    """Type a command line at books that have one of everything in them (see sample_books)."""
    sample_books.copy(_books_made_once, run.folder)
    if run.server:
        run.db.unlink()
        run.server.be_as("sample", _sample)
    return run


def _sample(url: str) -> None:
    with TemporaryDirectory() as folder:
        sample_books.make(Path(folder), url)
