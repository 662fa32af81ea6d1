"""Copies of a database: made while others write, and put in the place of the one in use.

Neither is ever half there. A copy has another name until it is whole and on the disk, and one
that takes the place of a database does so in one step, after the old one was closed down.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from invoicectl.errors import DatabaseError
from invoicectl.store import drafts, grounds, text_index
from invoicectl.store.locks import TIMEOUT_S, refused, write_lock
from invoicectl.store.sqlite import connect, errors_named, make

LAST = "-last-backup"
PAGES = 1000  # copied at a time: a signal never waits for longer


def copy(path: Path, target: Path, going: Callable[[int, int], None] | None = None) -> None:
    """Copy a database that may be written meanwhile, as of one moment, readable by its owner alone.

    `target` must not exist. The copy is whole and on the disk afterwards. `going` is told how many
    pages are left, of how many.
    """
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with errors_named(path):
        source = connect(path, readonly=True)
        written = sqlite3.connect(target, isolation_level=None)
        try:
            source.execute("BEGIN")  # one picture for all the steps, whoever writes meanwhile
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(
                written, pages=PAGES, progress=lambda _, left, of: going and going(left, of)
            )
            written.execute("PRAGMA journal_mode = WAL")
        finally:
            written.close()
            source.close()
    drafts.sync(target.parent)


def remember(path: Path, target: Path) -> None:
    """Keep beside a database where it was copied to; the file's own time says when.

    What cannot be written is not: the copy is there all the same.
    """
    with suppress(OSError):
        path.with_name(f"{path.name}{LAST}").write_text(f"{target.absolute()}\n", "utf-8")


def last_copy(path: Path) -> tuple[str, datetime] | None:
    """Return where a database was copied to last and when (UTC); None where it never was."""
    kept = path.with_name(f"{path.name}{LAST}")
    try:
        seconds = kept.stat().st_mtime
        return kept.read_text("utf-8").strip(), datetime.fromtimestamp(seconds, UTC)
    except (OSError, UnicodeDecodeError):
        return None


@contextmanager
def filling(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection to new books, which are there whole and on the disk, or not at all.

    Raises:
        DatabaseError: there is a file of that name, or no place for one, or it is on a network.
    """
    grounds.refuse_network(path)
    draft = path
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = drafts.beside(path, "part")
        make(draft)
        with errors_named(path), closing(connect(draft, readonly=False)) as connection:
            text_index.watch(connection)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            text_index.renew(connection)
            connection.execute("COMMIT")
        drafts.named(draft, path)
    except OSError as error:
        raise refused(error, f"{path} cannot be made") from error
    finally:
        if draft != path:
            drafts.forget(draft)


def put_in_place(draft: Path, path: Path) -> Path | None:
    """Let a whole copy take the place of a database; return the name the old one has from now on.

    None where there was none. Writers are kept out, and readers are waited for.

    Raises:
        DatabaseError: another program has the old one open; nothing was changed.
    """
    with write_lock(path):
        kept = None
        if path.exists():
            _close_down(path)
            kept = _free_name(path)
            for side in ("", *drafts.SIDE_FILES):  # beside a damaged file the log may be left
                with suppress(FileNotFoundError):
                    os.link(f"{path}{side}", f"{kept}{side}")
        for side in drafts.SIDE_FILES:  # before the new file: a log is read by name
            Path(f"{path}{side}").unlink(missing_ok=True)
        draft.replace(path)
        drafts.sync(path.parent)
    return kept


def _close_down(path: Path) -> None:
    """Bring the log into the file and take it away; only who is alone with the file can do that."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            connection = sqlite3.connect(path, isolation_level=None, timeout=0)
            try:
                connection.execute("PRAGMA journal_mode = DELETE")
            finally:
                connection.close()
        except sqlite3.Error as error:
            code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
            if code not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                return  # a file that cannot be read has nothing to be closed down
        else:
            return
        if time.monotonic() > deadline:
            raise DatabaseError(
                f"{path} is in use by another program",
                hint="close it, and try again; nothing was changed",
            )
        time.sleep(0.05)


def _free_name(path: Path) -> Path:
    kept, number = path.with_name(f"{path.name}.before-restore"), 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}.before-restore.{number}")
    return kept
