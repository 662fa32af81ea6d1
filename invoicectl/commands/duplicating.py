"""duplicate: the same once more."""

import typer

from invoicectl.commands import options
from invoicectl.commands.invoices import each


def duplicate(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Make new drafts with the customers and lines of invoices, dated today.

    Terms, discount, shipping, note and attributes come along; number, key, reference and what ties
    it to an order do not. Taxes have the rates of today.

    Example: invoicectl duplicate INV-00001
    """
    from invoicectl.service import duplicating

    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    each(context, refs, lambda ref: duplicating.duplicate(context.db, act, ref))
