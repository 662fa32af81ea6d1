"""tax add, list, get, update, delete: tax codes and their rates."""

from typing import Annotated

import typer

from invoicectl.commands import masters, options
from invoicectl.commands.masters import Text

Code = Annotated[Text, typer.Option(help="What lines call it: GST.", show_default=False)]
Name = Annotated[
    Text, typer.Option(help="What invoices call it; else its code.", show_default=False)
]
Rate = Annotated[Text, typer.Option(help="A fraction: 0.13 is 13 %.", show_default=False)]


def add(
    ctx: typer.Context,
    code: Code = None,
    name: Name = None,
    rate: Rate = None,
    key: masters.Key = None,
    source: masters.Source = "",
    dry_run: options.DryRun = False,
) -> None:
    """Add a tax code, or each of a list of them.

    Example: invoicectl tax add --code GST --rate 0.05
    """
    masters.add("tax", locals())


def update(
    ctx: typer.Context,
    ref: options.Ref,
    code: Code = None,
    name: Name = None,
    rate: Rate = None,
    key: masters.Key = None,
    source: masters.OneSource = "",
    if_version: masters.IfVersion = "",
    dry_run: options.DryRun = False,
) -> None:
    """Change a tax code; invoices that exist keep the rate they were made with.

    Example: invoicectl tax update GST --rate 0.06
    """
    masters.update("tax", locals())


def list_(
    ctx: typer.Context,
    search: masters.Search = "",
    page_size: masters.PageSize = "",
    cursor: masters.Cursor = "",
    all: masters.All = False,
) -> None:
    """List tax codes, the oldest first, without those that were deleted.

    Example: invoicectl tax list
    """
    masters.list_("tax", locals())


def get(ctx: typer.Context, refs: options.Refs) -> None:
    """Show tax codes and their rates.

    Example: invoicectl tax get GST
    """
    masters.get(ctx, "tax", refs)


def delete(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Delete tax codes: no list has them any more, the invoices that have one keep it.

    Refused while a product, a draft or a charge that is not billed yet has it.

    Example: invoicectl tax delete GST
    """
    masters.delete(ctx, "tax", refs, dry_run=dry_run)
