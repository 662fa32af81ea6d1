"""mark-awaiting, void: the verbs of an invoice's life."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from invoicectl.commands import options
from invoicectl.commands.expecting import expecting
from invoicectl.context import Context


def each(
    context: Context,
    refs: Sequence[str],
    verb: Callable[[str], dict[str, Any]],
    kind: str = "invoice",
) -> None:
    """Do a verb to one record and show it, or to several, each in its own transaction."""
    named = context.refs(refs)
    if len(named) == 1 and "-" not in refs:
        context.show(verb(named[0]), kind)
        return
    from invoicectl.service import several

    context.results(several.each(context.db, named, verb), kind)


@expecting()
def mark_awaiting(
    ctx: typer.Context,
    refs: options.Refs,
    invoice_date: Annotated[
        str, typer.Option(help="Invoice date; else the draft's, else today.")
    ] = "",
    due_date: Annotated[
        str, typer.Option(help="Due date; else the draft's, else the term's.")
    ] = "",
    dry_run: options.DryRun = False,
) -> None:
    """Issue drafts: each gets its number and its dates, and is owed from now on.

    Customer, lines and totals are frozen. A total of 0 is PAID at once.

    Example: invoicectl mark-awaiting DRAFT-00001 --invoice-date 2026-01-31
    """
    from invoicectl.service import invoices

    on, due = options.day(invoice_date, "--invoice-date"), options.day(due_date, "--due-date")
    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    each(context, refs, lambda ref: invoices.mark_awaiting(
        context.db, act, ref, invoice_date=on, due_date=due))  # fmt: skip


@expecting()
def void(
    ctx: typer.Context,
    refs: options.Refs,
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "",
    date: Annotated[str, typer.Option(help="Void from this day on; else today.")] = "",
    dry_run: options.DryRun = False,
) -> None:
    """Void invoices that will not be paid; it is final.

    Each keeps its number and stays in every listing as VOIDED. What it billed can be billed again.
    Refused while a payment is applied, or when it is factored.

    Example: invoicectl void INV-00001 --reason "ordered twice" --yes
    """
    from invoicectl.service import invoices

    on = options.day(date, "--date")
    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    if not dry_run:
        context.confirm(f"void {', '.join(refs)}")
    each(
        context, refs, lambda ref: invoices.void(context.db, act, ref, reason=reason or None, on=on)
    )
