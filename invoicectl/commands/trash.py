"""delete, and trash list, restore, purge."""

from typing import Annotated

import typer

from invoicectl.commands import lookups, options
from invoicectl.commands.expecting import expecting
from invoicectl.commands.invoices import each
from invoicectl.errors import UsageError


@expecting()
def delete(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Put drafts that were never issued into the trash; what they bill can be billed again.

    An issued invoice is voided instead.

    Example: invoicectl delete DRAFT-00001
    """
    from invoicectl.service import trash

    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    each(context, refs, lambda ref: trash.delete(context.db, act, ref))


def list_(
    ctx: typer.Context,
    sort: Annotated[str, typer.Option(help="Sort by this field; - before it: downwards.")] = "",
    page_size: Annotated[str, typer.Option(help="Rows on a page, 1 to 1000 (default 50).")] = "",
    cursor: Annotated[str, typer.Option(help="Go on after the page with this endCursor.")] = "",
    page: Annotated[str, typer.Option(help="Number of the page, from 1.")] = "",
    all: Annotated[bool, typer.Option("--all", help="Every page.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Only how many there are.")] = False,
    ids: Annotated[bool, typer.Option("--ids", help="Only the numbers, one a line.")] = False,
) -> None:
    """List the drafts in the trash; `filter --trash` selects among them.

    Example: invoicectl trash list
    """
    lookups.filter(
        ctx, sort=sort, page_size=page_size, cursor=cursor, page=page, all=all, count=count,
        ids=ids, trash=True,
    )  # fmt: skip


def restore(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Bring drafts back from the trash; they bill their charges again, as those are now.

    Refused when another invoice bills them meanwhile.

    Example: invoicectl trash restore DRAFT-00001
    """
    from invoicectl.service import trash

    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    each(context, refs, lambda ref: trash.restore(context.db, act, ref))


def purge(
    ctx: typer.Context,
    refs: Annotated[
        list[str],
        typer.Argument(metavar="REF...", help="Numbers, ids or keys; - reads them from stdin."),
    ] = [],  # noqa: B006 - Typer copies it
    all: Annotated[bool, typer.Option("--all", help="All that is in the trash.")] = False,
    dry_run: options.DryRun = False,
) -> None:
    """Destroy drafts in the trash, for good. A number set beforehand is never used again.

    Example: invoicectl trash purge DRAFT-00001 --yes
    """
    if bool(refs) == all:
        raise UsageError("name what is to be destroyed, or say --all", hint="see 'trash list'")
    from invoicectl.service import trash

    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    if not dry_run:
        context.confirm(f"destroy {'all that is in the trash' if all else ', '.join(refs)}")
    if all:
        context.results(trash.purge_all(context.db, act), "invoice")
    else:
        each(context, refs, lambda ref: trash.purge(context.db, act, ref))
