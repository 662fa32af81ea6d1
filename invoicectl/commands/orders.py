"""order add, list, get, update, delete: what was sold."""

from typing import Annotated

import typer

from invoicectl.commands import masters, options
from invoicectl.commands.masters import Text

Customer = Annotated[Text, typer.Option(metavar="REF", help="Who bought it.", show_default=False)]
PoNumber = Annotated[Text, typer.Option(help="Purchase order number.", show_default=False)]
Currency = Annotated[
    Text, typer.Option(help="ISO 4217 code; else the customer's.", show_default=False)
]
OrderDate = Annotated[Text, typer.Option(help="When; else today.", show_default=False)]
Charge = Annotated[
    list[str],
    typer.Option(
        metavar="NAME=VALUE,…",
        help="'desc=Freight,qty=1,price=250.00,tax=GST+QST,sku=FRT'; repeatable.",
    ),
]
NewCharge = Annotated[
    list[str],
    typer.Option(
        "--charge",
        metavar="NAME=VALUE,…",
        help="All of its own charges, instead of those there are.",
    ),
]
MoreCharge = Annotated[
    list[str], typer.Option(metavar="NAME=VALUE,…", help="One more charge; repeatable.")
]


def add(
    ctx: typer.Context,
    customer: Customer = None,
    key: masters.Key = None,
    po_number: PoNumber = None,
    currency: Currency = None,
    order_date: OrderDate = None,
    charge: Charge = [],  # noqa: B006 - Typer copies it
    source: masters.Source = "",
    dry_run: options.DryRun = False,
) -> None:
    r"""Add an order with its charges, or each of a list of them; nothing is billed yet.

    A comma inside a charge's value is written \,.

    Example: invoicectl order add --customer C-00001 --charge 'desc=Freight,qty=1,price=250.00'
    """
    masters.add("order", locals())


def update(
    ctx: typer.Context,
    ref: options.Ref,
    customer: Customer = None,
    key: masters.Key = None,
    po_number: PoNumber = None,
    currency: Currency = None,
    order_date: OrderDate = None,
    charge: NewCharge = [],  # noqa: B006 - Typer copies it
    add_charge: MoreCharge = [],  # noqa: B006
    source: masters.OneSource = "",
    if_version: masters.IfVersion = "",
    dry_run: options.DryRun = False,
) -> None:
    """Change an order; drafts that bill its charges follow.

    --charge says all of the order's own charges anew, --add-charge only adds some. A charge that an
    issued invoice bills has to stay as it is.

    Example: invoicectl order update ORD-00001 --add-charge 'desc=Waiting,qty=2,price=40'
    """
    masters.update("order", locals())


def list_(
    ctx: typer.Context,
    search: masters.Search = "",
    customer: masters.OfCustomer = "",
    page_size: masters.PageSize = "",
    cursor: masters.Cursor = "",
    all: masters.All = False,
) -> None:
    """List orders, the oldest first, without those that were deleted.

    Example: invoicectl order list --customer C-00001
    """
    masters.list_("order", locals())


def get(ctx: typer.Context, refs: options.Refs) -> None:
    """Show orders with their charges, shipments and invoices.

    Example: invoicectl order get ORD-00001
    """
    masters.get(ctx, "order", refs)


def delete(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Delete orders and their shipments: no list has them any more.

    Refused while an invoice that is not void bills one.

    Example: invoicectl order delete ORD-00001
    """
    masters.delete(ctx, "order", refs, dry_run=dry_run)
