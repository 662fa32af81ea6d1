"""What a command is handed: the database, the settings, the clock, and the one way to answer."""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from invoicectl import config, origins, profiles
from invoicectl.errors import (
    ConfirmationRequiredError,
    DatabaseError,
    PartialError,
    ReaderGone,
    UsageError,
)
from invoicectl.options import EXTENSIONS, FORMATS, Options, names, read_format, who

__all__ = ["FORMATS", "Context", "Options", "Record"]

if TYPE_CHECKING:
    from invoicectl.output.answers import Answer
    from invoicectl.output.screen import Screen
    from invoicectl.service.act import Act
    from invoicectl.store.db import Db

Record = dict[str, Any]


@dataclass
class Context:
    """One run: its options, and what follows from them, worked out when first asked for."""

    options: Options = field(default_factory=Options)
    said: list[str] = field(default_factory=list)
    run: Callable[[Sequence[str]], int] = field(default=lambda _: 0)  # runs another command line
    waiting: "list[str] | None" = None  # what is said once the pager was left

    @cached_property
    def config_path(self) -> Path:
        """Where the settings are kept: what an option says goes before the environment."""
        given, environ = self.options, os.environ
        named = given.config or ("" if given.profile else environ.get("INVOICECTL_CONFIG", ""))
        return Path(named).expanduser() if named else profiles.config_of(self.profile)

    @cached_property
    def profile(self) -> str:
        """The name of the company that is meant, empty for the one without a name."""
        return profiles.named(self.options.profile or os.environ.get("INVOICECTL_PROFILE", ""))

    @cached_property
    def settings(self) -> dict[str, str]:
        """Every setting by its dotted key: --set over the environment, the file, the default."""
        return {key: value for key, (value, _) in self.origins.items()}

    @cached_property
    def origins(self) -> dict[str, tuple[str, str]]:
        """Every setting with where it comes from."""
        return origins.origins(self.config_path, self.options.settings)

    @cached_property
    def given(self) -> dict[str, str]:
        """The settings of this run alone, those after --set."""
        return origins.given(self.options.settings)

    @cached_property
    def db(self) -> "Db":
        """The database, opened when it is first read or written.

        Raises:
            DatabaseError: it is that of a profile that nobody has begun, or mistyped.
        """
        if not self._named_db and self.profile:
            profiles.refuse_unknown(self.profile)
        return self.new_db

    @cached_property
    def new_db(self) -> "Db":
        """The same for `init` and `restore`, which begin a profile."""
        from invoicectl.store import db

        return db.at(self._named_db or str(profiles.database_of(self.profile)), self.said)

    @property
    def _named_db(self) -> str:
        given = self.options
        return given.db or ("" if given.profile else os.environ.get("INVOICECTL_DB", ""))

    def close(self) -> None:
        """Let go of the database, if it was opened."""
        if "new_db" in self.__dict__:
            self.new_db.close()

    @cached_property
    def format(self) -> str:
        """The format of the answer: the option's, the output file's, the environment's, a table."""
        if self.options.format:
            return self.options.format
        suffix = Path(self.options.output).suffix.lower()
        if suffix in EXTENSIONS:
            return EXTENSIONS[suffix]
        if chosen := os.environ.get("INVOICECTL_FORMAT", ""):
            return read_format(chosen)
        on_terminal = not self.options.output and sys.stdout is not None and sys.stdout.isatty()
        return "table" if on_terminal else "tsv"

    def now(self) -> datetime:
        """The moment of this call: the only clock in invoicectl."""
        return datetime.now(UTC).replace(microsecond=0)

    @cached_property
    def today(self) -> date:
        """The date that is booked: --today, INVOICECTL_TODAY, else that of the company's zone."""
        from invoicectl.rules import dates

        named = self.options.today or os.environ.get("INVOICECTL_TODAY", "")
        if named:
            try:
                return dates.read(named)
            except ValueError as error:
                raise UsageError(f"--today {named!r} {error}") from error
        zone = self.settings["company.timezone"]
        if not zone:
            return datetime.now().astimezone().date()
        from zoneinfo import ZoneInfo

        return self.now().astimezone(ZoneInfo(config.checked("company.timezone", zone))).date()

    def act(self, *, dry_run: bool = False) -> "Act":
        """Who acts, when and by which settings; what the service is handed.

        Raises:
            ValidationError: the file has a setting that nothing can be booked with.
        """
        from invoicectl.service.act import Act

        return Act(
            now=self.now(),
            today=self.today,
            by=who(),
            settings=self.settings | config.booked(self.settings),
            warn=lambda text: self.said.append(f"warning: {text}"),  # if it is not refused
            dry_run=dry_run,
        )

    def say(self, text: str) -> None:
        """Tell the user something on stderr; not with --quiet."""
        if self.options.quiet:
            return
        if self.waiting is None:
            self.tell(text)
        else:
            self.waiting.append(text)

    def tell(self, text: str) -> None:
        """Tell the user something on stderr, whatever was asked."""
        if sys.stderr is not None:
            from invoicectl.output.text import safe

            lines = text.split("\n")
            print("\n".join(safe(line) for line in lines), file=sys.stderr)  # noqa: T201

    def confirm(self, question: str) -> None:
        """Ask before what cannot be undone; without a terminal --yes has to say it."""
        if self.options.yes:
            return
        if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
            raise ConfirmationRequiredError(f"{question} cannot be asked here", hint="add --yes")
        self.tell(f"{question}? [y/N] ")
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise ConfirmationRequiredError("not confirmed; nothing was changed")

    def read(self, name: str) -> str:
        """Return the text of a file, of standard input for `-`."""
        from invoicectl.output import files

        return files.read_text(self.source(name))

    def source(self, name: str) -> "Path | BinaryIO":
        """Return where input comes from: a file, or standard input for `-`."""
        if name != "-":
            return Path(name).expanduser()
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        return sys.stdin.buffer

    def refs(self, refs: Sequence[str]) -> list[str]:
        """Return the REFs that were typed; `-` stands for those on standard input, one a line."""
        return [each for ref in refs for each in (self._piped if ref == "-" else [ref])]

    def ref(self, word: str) -> str:
        """Return the one REF that was typed; for `-` it is on standard input, alone."""
        named = self.refs([word])
        if len(named) != 1:
            raise UsageError(f"standard input has {len(named)} REFs; one is wanted")
        return named[0]

    @cached_property
    def _piped(self) -> "list[str]":
        """The lines of standard input, which can be read only once."""
        return [line.strip() for line in self.read("-").splitlines() if line.strip()]

    def show(
        self,
        record: Record,
        kind: str,
        fields: str = "",
        known: Sequence[str] | None = None,
        *,
        whole: bool = False,
    ) -> None:
        """Answer with one record; a table has what a person wants of it, or the `whole`."""
        with self._answer(kind, fields, known) as answer:
            answer.record(record, whole=whole)

    def list(
        self,
        rows: Iterable[Record],
        kind: str,
        *,
        pagination: Any = None,
        totals: Any = None,
        fields: str = "",
        known: Sequence[str] | None = None,
        limit: int | None = 50,
    ) -> None:
        """Answer with a list of records; a table shows at most `limit` of them."""
        with self._answer(kind, fields, known) as answer:
            answer.list(rows, pagination=pagination, totals=totals, limit=limit)

    def results(
        self, result: Mapping[str, Sequence[Mapping[str, Any]]], kind: str, fields: str = ""
    ) -> None:
        """Answer with what succeeded and what failed of several; exit 3 when anything failed."""
        with self._answer(kind, fields) as answer:
            answer.results(result)
        failed = result["failed"]
        if failed:
            several = len(failed) + len(result["succeeded"])
            raise PartialError(f"{len(failed)} of {several} failed")

    def plain(self, text: str) -> None:
        """Answer with bare text."""
        with self.out() as out:
            out.write(text.encode("utf-8", "backslashreplace"))

    @contextmanager
    def _answer(
        self, kind: str, fields: str = "", known: Sequence[str] | None = None
    ) -> "Iterator[Answer]":
        from invoicectl.output.answers import Answer

        chosen = names(fields or self.options.fields)
        with self.out() as out:
            yield Answer(out, self.format, kind, self.say, self._screen_on, chosen, known)

    @contextmanager
    def out(self) -> "Iterator[BinaryIO]":
        """Yield where the answer goes: the -o file, replaced whole or not at all, or stdout."""
        self.flush()
        if self.options.output:
            from invoicectl.output import files

            target = Path(self.options.output)
            with files.replace(target, if_changed=self.options.if_changed) as file:
                yield file
            return
        if sys.stdout is None:
            raise DatabaseError("standard output is closed: nothing was written")
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError as error:
            raise ReaderGone from error
        except OSError as error:
            drop_output()
            message = f"standard output cannot be written: {error.strerror}"
            raise DatabaseError(message) from error

    @contextmanager
    def screen(self) -> "Iterator[Screen]":
        """Yield where an answer goes that is not made of records: how wide it is, what it shows."""
        with self.out() as out, self._screen_on(out) as screen:
            yield screen

    @contextmanager
    def _screen_on(self, out: "BinaryIO") -> "Iterator[Screen]":
        """Yield a screen; what is written on it goes through the pager if there is one."""
        from invoicectl.output.screen import screen_for

        spoken = "utf-8" if self.options.output else sys.stdout.encoding
        stream = io.TextIOWrapper(out, spoken, "backslashreplace", write_through=True)
        try:
            screen = screen_for(stream, no_color=self.options.no_color, wide=self.options.wide)
            with self._paged(screen) as shown:
                yield shown
        finally:
            stream.detach()

    @contextmanager
    def _paged(self, screen: "Screen") -> "Iterator[Screen]":
        """Yield a screen whose text is shown by the pager where it is taller than the terminal."""
        command = self._pager()
        if not command:
            yield screen
            return
        from invoicectl.output.pager import paged

        self.waiting = []
        try:
            with paged(screen, command) as shown:
                yield shown
        finally:
            told, self.waiting = self.waiting, None
            for line in told:
                self.tell(line)

    def _pager(self) -> str:
        """Return the program that shows what is tall; '' where none is wanted."""
        if self.options.no_pager or self.options.output or self.options.format not in {"", "table"}:
            return ""
        if sys.stdout is None or not sys.stdout.isatty():
            return ""
        command = self.settings["terminal.pager"] or os.environ.get("PAGER", "")
        return "" if command.strip() in {"", "cat"} else command

    def flush(self) -> None:
        """Say what the store has to say (a database that was made), and what verbs warned of."""
        while self.said:
            self.say(self.said.pop(0))

    def with_options(self, **changes: Any) -> "Context":
        """Return a context with other options, for commands that run commands."""
        return replace(self, options=self.options._replace(**changes))


def drop_output() -> None:
    """Point stdout at nothing: it takes no more, and the flush at the end must not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
