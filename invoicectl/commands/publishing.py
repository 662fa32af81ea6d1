"""publish, unpublish, mark-sent: make invoices public, and take them back."""

from typing import Annotated

import typer

from invoicectl.commands import options
from invoicectl.commands.expecting import expecting
from invoicectl.commands.invoices import each

InvoiceDate = Annotated[
    str, typer.Option(help="Invoice date; else the draft's, else today.", show_default=False)
]
DueDate = Annotated[
    str, typer.Option(help="Due date; else the draft's, else the term's.", show_default=False)
]


@expecting()
def publish(
    ctx: typer.Context,
    refs: options.Refs,
    invoice_date: InvoiceDate = "",
    due_date: DueDate = "",
    dry_run: options.DryRun = False,
) -> None:
    """Issue drafts and give each a share token, a secret that nobody can guess.

    The rest is what mark-awaiting does: number, dates, frozen lines and totals.

    Example: invoicectl publish DRAFT-00001
    """
    from invoicectl.service import publishing

    on, due = options.day(invoice_date, "--invoice-date"), options.day(due_date, "--due-date")
    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    each(context, refs, lambda ref: publishing.publish(
        context.db, act, ref, invoice_date=on, due_date=due))  # fmt: skip


def unpublish(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Take issued invoices back to DRAFT: each keeps its number and loses its share token.

    From today on nothing is owed on it, before today it stood. Refused once it was e-mailed, is
    factored, or something was paid or credited.

    Example: invoicectl unpublish INV-00001
    """
    from invoicectl.service import publishing

    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    each(context, refs, lambda ref: publishing.unpublish(context.db, act, ref))


@expecting()
def mark_sent(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Say that invoices were sent, without an e-mail from here; drafts are issued first.

    Example: invoicectl mark-sent INV-00001
    """
    from invoicectl.service import publishing

    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    each(context, refs, lambda ref: publishing.mark_sent(context.db, act, ref))
