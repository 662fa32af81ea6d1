"""import: read a file of records and bring the books to what it says, in one transaction.

A record that is there already, known by its key (an invoice by its number too), is compared: the
same file again changes nothing. The first bad record stops everything, or bad ones are set aside.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from invoicectl.errors import (
    DatabaseError,
    InvoicectlError,
    PermissionDeniedError,
    UsageError,
)
from invoicectl.service.act import Act
from invoicectl.service.imports import rejects, sources
from invoicectl.service.imports.credits import Credits
from invoicectl.service.imports.documents import Document, Lines
from invoicectl.service.imports.entries import Entry
from invoicectl.service.imports.invoices import Invoices
from invoicectl.service.imports.payments import Payments
from invoicectl.service.imports.records import Records
from invoicectl.service.imports.run import Importer, Run
from invoicectl.service.imports.sources import Source
from invoicectl.service.imports.tables import Table
from invoicectl.service.imports.wanted import Wanted, read
from invoicectl.store import session as sessions
from invoicectl.store.db import Db

__all__ = ["FORMATS", "Wanted", "format_of", "import_records", "read"]

BATCH = 1_000
Told = Callable[[int, float], None]
Content = Table | Lines | Document

IMPORTERS: dict[str, Callable[[Run], Importer]] = {
    "invoice": Invoices,
    "payment": Payments,
    "credit": Credits,
}
FORMATS: dict[str, Callable[[Source, Wanted], Content]] = {
    "json": Document,
    "jsonl": Lines,
    "csv": lambda source, wanted: Table(source, wanted, _delimiter(source)),
    "tsv": lambda source, wanted: Table(source, wanted, "\t"),
}
EXTENSIONS = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "tsv"}


def format_of(name: str, asked: str) -> str:
    """Return the format of a file: the one asked for, else what its extension says.

    Raises:
        UsageError: it is none, or nothing says which.
    """
    if asked:
        if asked.lower() in FORMATS:
            return asked.lower()
        raise UsageError(f"--input-format {asked!r} is not one of {', '.join(FORMATS)}")
    found = EXTENSIONS.get(Path(name).suffix.lower())
    if found is None:
        what = "standard input" if name == "-" else repr(name)
        hint = "name it with --input-format json, jsonl or csv"
        raise UsageError(f"the format of {what} is not known", hint=hint)
    return found


def import_records(
    db: Db,
    act: Act,
    wanted: Wanted,
    given: Path | BinaryIO,
    format: str,
    tell: Told = lambda _count, _part: None,
) -> dict[str, int]:
    """Import a file; return how many records were created, updated, unchanged and rejected.

    `tell` is told how many records are done and how much of the file, now and then.

    Raises:
        NotFoundError, PermissionDeniedError: the file, or the one for rejects.
        UsageError: it is no JSON.
        ValidationError, ConflictError: a record cannot be stored; with its line, column and
            reason. Nothing is stored then.
    """
    with sources.opened(given) as source:
        content = FORMATS[format](source, wanted)
        with _bad_rows(act, wanted, content) as bad, db.write(dry_run=act.dry_run) as session:
            sessions.with_large_cache(session)
            run = Run(session, act, wanted, content.places)
            importer = IMPORTERS.get(wanted.kind, Records)(run)
            counts: Counter[str] = Counter(created=0, updated=0, unchanged=0)
            for batch in _batches(content.entries()):
                counts.update(_take_all(run, importer, batch, bad))
                tell(counts.total() + bad.count, source.done)
            run.say_the_rest()
        return {**counts, "rejected": bad.count}


def _take_all(
    run: Run, importer: Importer, batch: Sequence[Entry], bad: rejects.Set
) -> Iterator[str]:
    """Take the records of a batch and store them; yield what became of each that was taken."""
    importer.prepare([entry for entry in batch if entry.refusal is None])
    for entry in batch:
        try:
            if entry.refusal is not None:
                raise entry.refusal
            with run.attempt():
                outcome = importer.take(entry)
        except (DatabaseError, PermissionDeniedError):
            raise
        except InvoicectlError as refusal:
            bad.add(entry, run.places.refused(entry, refusal))
        else:
            yield outcome
    importer.store()
    sessions.seal_so_far(run.session)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    remaining = iter(entries)
    while batch := list(islice(remaining, BATCH)):
        yield batch


@contextmanager
def _bad_rows(act: Act, wanted: Wanted, content: Content) -> Iterator[rejects.Set]:
    """Yield what becomes of bad rows; a file of them is there once the others are stored."""
    if wanted.rejects is None:
        yield rejects.Strict()
    elif act.dry_run:
        yield rejects.Imagined(act.warn)
    else:
        header = content.header.own_names if isinstance(content, Table) else None
        with rejects.kept(wanted.rejects, header) as kept:
            yield kept


def _delimiter(source: Source) -> str:
    """Return what separates cells: a comma, or what spreadsheets write where that is decimal."""
    header = next(source.lines(), "")
    return ";" if ";" in header and "," not in header else ","
