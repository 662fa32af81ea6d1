"""product add, list, get, update, delete: what is sold again and again."""

from typing import Annotated

import typer

from invoicectl.commands import masters, options
from invoicectl.commands.masters import Text

Code = Annotated[
    Text, typer.Option("--code", "--sku", help="Your code for it.", show_default=False)
]
Name = Annotated[Text, typer.Option(help="Name; else its code.", show_default=False)]
Description = Annotated[
    Text, typer.Option(help="What lines say; else its name.", show_default=False)
]
Unit = Annotated[Text, typer.Option(help="hour, piece, kg …", show_default=False)]
Price = Annotated[
    Text, typer.Option("--unit-price", "--price", help="Price of a unit.", show_default=False)
]
Currency = Annotated[
    Text, typer.Option(help="Of the price; else it fits every one.", show_default=False)
]
Taxes = Annotated[Text, typer.Option(help="Tax codes: GST+QST.", show_default=False)]
AccountingCode = Annotated[Text, typer.Option(help="Account in your books.", show_default=False)]
Warehouse = Annotated[Text, typer.Option(help="Where it is kept.", show_default=False)]


def add(
    ctx: typer.Context,
    code: Code = None,
    name: Name = None,
    key: masters.Key = None,
    description: Description = None,
    unit: Unit = None,
    unit_price: Price = None,
    currency: Currency = None,
    tax: Taxes = None,
    accounting_code: AccountingCode = None,
    warehouse: Warehouse = None,
    source: masters.Source = "",
    dry_run: options.DryRun = False,
) -> None:
    """Add a product, or each of a list of them: what lines with its code leave out is its own.

    Example: invoicectl product add --code WEB --name "Web Development" --unit hour --unit-price 150
    """
    masters.add("product", locals())


def update(
    ctx: typer.Context,
    ref: options.Ref,
    code: Code = None,
    name: Name = None,
    key: masters.Key = None,
    description: Description = None,
    unit: Unit = None,
    unit_price: Price = None,
    currency: Currency = None,
    tax: Taxes = None,
    accounting_code: AccountingCode = None,
    warehouse: Warehouse = None,
    source: masters.OneSource = "",
    if_version: masters.IfVersion = "",
    dry_run: options.DryRun = False,
) -> None:
    """Change a product; lines and charges that exist keep what they took from it.

    Example: invoicectl product update WEB --unit-price 160
    """
    masters.update("product", locals())


def list_(
    ctx: typer.Context,
    search: masters.Search = "",
    page_size: masters.PageSize = "",
    cursor: masters.Cursor = "",
    all: masters.All = False,
) -> None:
    """List products, the oldest first, without those that were deleted.

    Example: invoicectl product list --search web
    """
    masters.list_("product", locals())


def get(ctx: typer.Context, refs: options.Refs) -> None:
    """Show products.

    Example: invoicectl product get WEB
    """
    masters.get(ctx, "product", refs)


def delete(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Delete products: no list has them any more, the lines that have one keep it.

    Refused while a draft or a charge that is not billed yet has it.

    Example: invoicectl product delete WEB
    """
    masters.delete(ctx, "product", refs, dry_run=dry_run)
