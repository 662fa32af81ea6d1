"""Keep the books safe: copy them while they are in use, and bring a copy back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from invoicectl.errors import (
    ConflictError,
    DatabaseError,
    NotFoundError,
    PermissionDeniedError,
    UsageError,
)
from invoicectl.service import checking
from invoicectl.service.checking.findings import Inspection
from invoicectl.store import copies, drafts, grounds, sqlite
from invoicectl.store.db import Db, Reader

Record = dict[str, Any]
Going = Callable[[str, int], None]


def backup(db: Db, target: Path, going: Going) -> Record:
    """Copy the database as of one moment to a new file, and prove the copy; others may write on.

    The copy is readable by its owner alone, and has its name once it is whole and on the disk.

    Raises:
        DatabaseError: there is no database, the disk is full, or the copy is not what it should be.
        ConflictError: there is a file of that name.
        NotFoundError: there is no such folder.
    """
    with db.read():  # refuses what is not a database of ours
        pass
    draft = _draft_of(target)
    try:
        copies.copy(db.path, draft, lambda left, of: going("copy", of - left))
        told = _proven_copy(draft, target.name)
        try:
            drafts.named(draft, target)
        except FileExistsError:
            raise _taken(target) from None
        copies.remember(db.path, target)
    except PermissionError as error:
        raise PermissionDeniedError(f"cannot write {target}: {error.strerror}") from error
    except OSError as error:
        raise DatabaseError(f"cannot write {target}: {error.strerror}; no backup") from error
    finally:
        drafts.forget(draft)
    return {"backup": str(target.absolute()), "bytes": target.stat().st_size, **told}


def _draft_of(target: Path) -> Path:
    """Return a name beside a target that nobody has; what a killed backup left there is gone."""
    if target.is_dir():
        raise UsageError(f"{target} is a folder", hint=f"name a file: {target / 'books.db'}")
    if not target.parent.is_dir():
        raise NotFoundError(f"cannot write {target}: there is no folder {target.parent}")
    draft = drafts.beside(target, "part")
    if target.exists() or target.is_symlink():
        raise _taken(target)
    return draft


def _taken(target: Path) -> ConflictError:
    hint = 'give each its own name: backup "books-$(date +%F).db"'
    return ConflictError(f"{target} is there already", hint=hint)


def _proven_copy(draft: Path, name: str) -> Record:
    """Return what is in a copy, after SQLite found nothing wrong with its pages."""
    with sqlite.errors_named(draft):
        connection = sqlite.connect(draft, readonly=False)  # so that no log is left beside it
        try:
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if said != "ok":
                raise DatabaseError(f"{name} would not be sound: {said}", hint="see: check")
            return _told(Reader(connection))
        finally:
            connection.close()


def _told(reader: Reader) -> Record:
    counts = {
        name: reader.value(f"SELECT count(*) FROM {table}")
        for name, table in (("invoices", "invoice"), ("activities", "activity"))
    }
    return {**counts, "lastActivity": reader.value("SELECT max(at) FROM activity")}


def restore(db: Db, source: Path, going: Going, note: Callable[[str], None]) -> Record:
    """Put a backup in the place of the database, once it has proven itself; the old file is kept.

    Nothing is changed unless the backup is whole: its pages, its seals, its history.

    Raises:
        NotFoundError: there is no such backup.
        DatabaseError: it is no database of ours, newer than this program, or not what it was; or
            another program has the database open, or it would be made on a network.
        ConflictError: it is the database itself.
    """
    from invoicectl.output import files

    refuse_source(db, source)
    if not db.path.exists():
        grounds.refuse_network(db.path)
    elif said := grounds.warning(db.path):
        db.said.append(said)
    files.make_folder(db.path.parent, 0o700)
    draft = drafts.beside(db.path, "restore")
    try:
        copies.copy(source, draft, lambda left, of: going("copy", of - left))
        told = _proven(draft, source, going, note)
        kept = copies.put_in_place(draft, db.path)
    except PermissionError as error:
        raise PermissionDeniedError(f"cannot write {error.filename}: {error.strerror}") from error
    finally:
        drafts.forget(draft)
    return {"database": str(db.path), "restored": str(source), "kept": kept and str(kept), **told}


def refuse_source(db: Db, source: Path) -> None:
    """Refuse a file that cannot be restored, by what is seen at once.

    Raises:
        NotFoundError, DatabaseError, PermissionDeniedError, ConflictError: as for `restore`.
    """
    if not source.exists():
        raise NotFoundError(f"no file {source}")
    if db.path.exists() and source.samefile(db.path):
        raise ConflictError(f"{source} is the database itself", hint="name a backup of it")
    if sqlite.look(source) == 0:
        raise DatabaseError(f"{source} is empty: there is no database in it")


def _proven(draft: Path, source: Path, going: Going, note: Callable[[str], None]) -> Record:
    """Return what is in a backup; a DatabaseError where it is not what it was."""
    with sqlite.errors_named(source):
        connection = sqlite.connect(draft, readonly=False)
        try:
            inspection = Inspection(Reader(connection), Db(source), going)
            names = [name for name in checking.OF_THE_FILE if name != "schema"]
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == sqlite.SCHEMA:
                names.append("schema")
            found = next(checking.inspect(inspection, names, note), None)
            if found is not None:
                raise DatabaseError(
                    f"{source} is not sound: {found.check} {found.ref}: {found.message}",
                    hint=f"see all that is wrong: invoicectl check --db {source}",
                )
            return _told(Reader(connection))
        finally:
            connection.close()
