"""pdf: the document of an invoice or a credit memo, written to a file."""

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from invoicectl.commands import options
from invoicectl.context import Context
from invoicectl.errors import UsageError


def pdf(
    ctx: typer.Context,
    refs: Annotated[list[str], typer.Argument(metavar="REF...", help="Numbers, ids or keys.")] = [],  # noqa: B006
    shipment: Annotated[list[str], typer.Option(help="The invoice of this shipment.")] = [],  # noqa: B006
    open_: options.Open = False,
    dry_run: options.DryRun = False,
) -> None:
    """Write the PDF of invoices or credit memos: made once, kept, the same bytes ever after.

    Without -o it is NUMBER.pdf in this folder; -o names a file, a folder, or - for standard output.
    A draft's says DRAFT and is not kept. --open shows what was written.

    Example: invoicectl pdf INV-00001 -o invoices/
    """
    context: Context = ctx.obj
    from invoicectl.service import documents, several

    named = context.refs(refs) + [documents.of_shipment(context.db, ref) for ref in shipment]
    if not named:
        raise UsageError("name an invoice", hint="see 'invoicectl pdf --help'")
    target, answers = context.options.output, context.with_options(output="")
    if len(named) > 1:
        _refuse_file(target)
    viewer = Viewer(target) if open_ and not dry_run else None
    if len(named) == 1:
        record = _write(context, named[0], target, viewer, many=False, dry_run=dry_run)
        if target != "-":
            answers.show(record, "credit" if "remaining" in record else "invoice")
    else:
        result = several.each(
            context.db,
            named,
            lambda ref: _write(context, ref, target, viewer, many=True, dry_run=dry_run),
        )
        answers.results(result, "invoice")
    if viewer:
        viewer.show()


def _refuse_file(target: str) -> None:
    """Refuse one file as the place of several."""
    path = Path(target).expanduser()
    is_named_so = target == "-" or path.exists() or path.suffix.lower() == ".pdf"
    if target and is_named_so and not path.is_dir():
        place = "standard output" if target == "-" else target
        raise UsageError(f"{place} is no folder, and several PDFs need one", hint="-o FOLDER/")


class Viewer:
    """What is to be shown once the answer is given; refused at once where nothing can show it."""

    def __init__(self, target: str) -> None:
        from invoicectl.output import viewer

        if target == "-":
            raise UsageError("--open needs a file, not standard output")
        self.paths: list[Path] = []
        self._opener = viewer.opener()

    def show(self) -> None:
        """Open the files, in the order they were written."""
        from invoicectl.output import viewer

        for path in self.paths:
            viewer.show(path, self._opener)


def _write(
    context: Context, ref: str, target: str, viewer: Viewer | None, *, many: bool, dry_run: bool
) -> dict[str, Any]:
    from invoicectl.output import files
    from invoicectl.service import credit_documents, documents

    service: Any = credit_documents if credit_documents.means(context.db, ref) else documents
    act = context.act(dry_run=dry_run)
    record, content = service.pdf(context.db, act, ref)
    if target == "-":
        sys.stdout.buffer.write(content)
        return dict(record)
    path = place(target, str(record["friendlyId"]), many=many)
    if dry_run:
        context.say(f"would write {path}")
        return dict(record)
    if path.parent != Path() and (many or target.endswith("/")):
        files.make_folder(path.parent)
    files.write_bytes(path, content)
    if viewer:
        viewer.paths.append(path)
    if record["documentId"] is not None:
        record = service.written(context.db, act, ref, path)
    context.say(f"wrote {path}")
    return dict(record)


def place(target: str, number: str, *, many: bool) -> Path:
    """Return where a PDF goes: the file that was named, or NUMBER.pdf in a folder."""
    name = (re.sub(r"[^\w.-]+", "_", number).lstrip(".") or "invoice") + ".pdf"
    if not target:
        return Path(name)
    path = Path(target).expanduser()
    return path / name if many or target.endswith("/") or path.is_dir() else path
