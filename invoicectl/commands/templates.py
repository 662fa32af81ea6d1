"""templates list|eject|preview: what documents look like."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from invoicectl.commands import options
from invoicectl.commands.documents import Viewer
from invoicectl.errors import UsageError

if TYPE_CHECKING:
    from invoicectl.context import Context

KINDS = ("invoice", "credit-note")


def list_(ctx: typer.Context) -> None:
    """List the looks that documents can have, and which is used.

    Example: invoicectl templates list
    """
    from invoicectl.service import templates

    context: Context = ctx.obj
    context.list(templates.listed(context.act()), "template", limit=None)


def eject(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A folder of your own.")],
    names: Annotated[
        list[str], typer.Argument(metavar="[NAME...]", help="Only these: modern, mail/body.txt.")
    ] = [],  # noqa: B006
    dry_run: options.DryRun = False,
) -> None:
    """Copy templates into a folder of your own, to be edited there.

    What is not in your folder goes on coming from here, so copy only what you change. No file of
    yours is replaced. Documents that were made stay as they are.

    Example: invoicectl templates eject templates modern
    """
    from invoicectl.service import templates

    context: Context = ctx.obj
    done = templates.eject(context.act(dry_run=dry_run), Path(folder).expanduser(), names)
    context.show(done, "ejected")
    home = Path(folder).expanduser()
    context.say(f"look at one: invoicectl templates preview --folder {home} --open")
    context.say(f"use them:    invoicectl config set pdf.template_dir={done['folder']}")


def preview(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE.pdf]", help="Where to write it.")] = "",
    template: Annotated[
        str, typer.Option(help="A style or template; else that of pdf.template.")
    ] = "",
    kind: Annotated[str, typer.Option(help="invoice or credit-note.")] = "invoice",
    folder: Annotated[str, typer.Option(help="A folder of templates, as pdf.template_dir.")] = "",
    open_: options.Open = False,
) -> None:
    """Draw a sample document in a style or a template; the books are not touched.

    It has your company, logo, paper and locale from the settings, and is written to preview.pdf
    where no file is named.

    Example: invoicectl templates preview modern.pdf --template modern
    """
    from invoicectl.output import files
    from invoicectl.service import templates

    context: Context = ctx.obj
    if kind not in KINDS:
        raise UsageError(f"--kind {kind!r} is not {' or '.join(KINDS)}")
    target = file or context.options.output or "preview.pdf"
    viewer = Viewer(target) if open_ else None
    own = Path(folder).expanduser() if folder else None
    content = templates.preview(context.act(), template, kind, own)
    if target == "-":
        with context.with_options(output="").out() as out:
            out.write(content)
        return
    path = Path(target).expanduser()
    files.write_bytes(path, content)
    context.with_options(output="").show({"kind": kind, "path": str(path.absolute())}, "preview")
    if viewer:
        viewer.paths.append(path)
        viewer.show()
