"""term add, list, get, update, delete: what gives the due date."""

from typing import Annotated

import typer

from invoicectl.commands import masters, options
from invoicectl.commands.masters import Text

Name = Annotated[Text, typer.Option(help="Name; else its rule.", show_default=False)]
Description = Annotated[Text, typer.Option(help="Description.", show_default=False)]
Rule = Annotated[
    Text, typer.Option(help="Net 30, EOM+10, 30 days then EOM, 2/10 net 30 …", show_default=False)
]
Days = Annotated[Text, typer.Option(help="The same as --rule 'Net DAYS'.", show_default=False)]
Fee = Annotated[Text, typer.Option(help="A fraction: 0.05 is 5 %.", show_default=False)]
ApOnly = Annotated[bool | None, typer.Option(help="For what you owe, not for invoices.")]
DoNotUse = Annotated[bool | None, typer.Option(help="For no new invoice.")]


def add(
    ctx: typer.Context,
    name: Name = None,
    key: masters.Key = None,
    description: Description = None,
    rule: Rule = None,
    days: Days = None,
    quick_pay_fee: Fee = None,
    ap_only: ApOnly = None,
    do_not_use: DoNotUse = None,
    source: masters.Source = "",
    dry_run: options.DryRun = False,
) -> None:
    """Add a payment term, or each of a list of them; a name such as Net 45 is its rule too.

    Example: invoicectl term add --name "Early bird" --rule "2/10 net 30"
    """
    masters.add("term", locals())


def update(
    ctx: typer.Context,
    ref: options.Ref,
    name: Name = None,
    key: masters.Key = None,
    description: Description = None,
    rule: Rule = None,
    days: Days = None,
    quick_pay_fee: Fee = None,
    ap_only: ApOnly = None,
    do_not_use: DoNotUse = None,
    source: masters.OneSource = "",
    if_version: masters.IfVersion = "",
    dry_run: options.DryRun = False,
) -> None:
    """Change a payment term; invoices that exist keep the rule they were made with.

    Example: invoicectl term update "Early bird" --do-not-use
    """
    masters.update("term", locals())


def list_(
    ctx: typer.Context,
    search: masters.Search = "",
    page_size: masters.PageSize = "",
    cursor: masters.Cursor = "",
    all: masters.All = False,
) -> None:
    """List payment terms, the oldest first, without those that were deleted.

    Example: invoicectl term list
    """
    masters.list_("term", locals())


def get(ctx: typer.Context, refs: options.Refs) -> None:
    """Show payment terms and their rules.

    Example: invoicectl term get "Net 30"
    """
    masters.get(ctx, "term", refs)


def delete(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Delete payment terms: no list has them any more, the invoices that have one keep it.

    Refused while a customer or a draft has it.

    Example: invoicectl term delete "Early bird"
    """
    masters.delete(ctx, "term", refs, dry_run=dry_run)
