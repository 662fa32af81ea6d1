"""check, backup, restore, copy-to: look after the books."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from invoicectl.errors import FindingsError

MOST_DETAILS = 100  # findings on stderr; all of them are on stdout

File = Annotated[str, typer.Argument(metavar="FILE", help="A file of its own.")]


def check(ctx: typer.Context) -> None:
    """Prove the books: the file, every seal, balance, number, total, document and letter.

    One line a finding, and exit code 12 where there is one. Nothing is changed.

    Example: invoicectl check
    """
    from invoicectl.service import checking

    context = ctx.obj
    with _progress(context, "check", list(checking.CHECKS)) as going:
        notes: list[str] = []
        found, counts = checking.check(context.db, going=going, note=notes.append)
        findings = [each._asdict() for each in found]
    for each in notes if context.format != "json" else ():  # which has them in the answer
        context.say(f"note: {each}")
    _answer(context, {"findings": findings, "notes": notes, "checked": counts()})
    if findings:
        several = f"{len(findings)} findings" if len(findings) > 1 else "1 finding"
        harmed = any(each["check"] in checking.OF_THE_FILE for each in findings)
        hint = "restore the latest backup: invoicectl restore FILE" if harmed else ""
        details = [{"field": each["ref"], "message": each["message"]} for each in findings]
        message = f"{several} in {context.db.name}"
        raise FindingsError(message, hint=hint, details=details[:MOST_DETAILS])
    checked = ", ".join(f"{name} {count:,}" for name, count in counts().items() if count)
    context.say(f"nothing wrong: {checked or 'the books are empty'}")


def _answer(context: Any, answer: dict[str, Any]) -> None:
    """Answer with the findings: as bare lines where no format was asked for."""
    findings = answer["findings"]
    asked = context.options.format or os.environ.get("INVOICECTL_FORMAT", "")
    if context.format == "json":
        context.show(answer, "check")
    elif asked or context.format not in {"table", "tsv"}:
        context.list(findings, "finding", known=["check", "ref", "message"], limit=None)
    else:
        from invoicectl.output.text import safe

        between = "\t" if context.format == "tsv" else "  "
        lines = (between.join(safe(text) for text in each.values()) for each in findings)
        context.plain("".join(f"{line}\n" for line in lines))


def backup(ctx: typer.Context, file: File) -> None:
    """Copy the books to a new file, as of one moment; others may go on writing.

    The copy is proven, readable by you alone, and there whole or not at all. A file that is there
    is never overwritten.

    Example: invoicectl backup books-2026-01-31.db
    """
    from invoicectl.service import safekeeping

    context = ctx.obj
    with _progress(context, "backup", ["copy"]) as going:
        done = safekeeping.backup(context.db, Path(file).expanduser(), going)
    context.show(done, "backup")


def restore(ctx: typer.Context, file: File) -> None:
    """Put a backup in the place of the books; what was done since is not in them any more.

    The backup has to prove itself first. The old file is kept beside, as NAME.before-restore.

    Example: invoicectl restore books-2026-01-31.db --yes
    """
    from invoicectl.service import checking, safekeeping

    context, source = ctx.obj, Path(file).expanduser()
    safekeeping.refuse_source(context.new_db, source)
    context.confirm(f"put {source} in the place of {context.new_db.name}")
    with _progress(context, "restore", ["copy", *checking.OF_THE_FILE]) as going:
        done = safekeeping.restore(context.new_db, source, going, context.say)
    if done["kept"]:
        context.say(f"the old database is kept: {done['kept']}")
    context.show(done, "restore")


def copy_to(
    ctx: typer.Context,
    target: Annotated[
        str, typer.Argument(metavar="PATH|URL", help="A new file, or an empty database.")
    ],
) -> None:
    """Copy all books into an empty database: from a file to PostgreSQL, and back.

    All of it arrives or nothing: the rows of each table are read back and compared, and checked.
    The books that it comes from stay as they are.

    Example: invoicectl copy-to postgresql://ann@db.example/books
    """
    from invoicectl.service import checking, copying

    context = ctx.obj
    with _progress(context, "copy-to", [*copying.tables(), *checking.CHECKS]) as going:
        done = copying.copy_to(context.db, target, going, context.say)
    context.show(done, "copy-to")


@contextmanager
def _progress(
    context: Any, what: str, steps: Sequence[str]
) -> Iterator[Callable[[str, int], None]]:
    """Yield what is told which step is at work, and how many records it has passed."""
    from invoicectl.output import progress

    with progress.shown(what, quiet=context.options.quiet) as tell:
        yield lambda step, count: tell(
            count, steps.index(step) / len(steps) if step in steps else 0.0
        )
