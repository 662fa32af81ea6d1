"""shipment add, list, get, update, delete: what was delivered of an order."""

from typing import Annotated

import typer

from invoicectl.commands import masters, options
from invoicectl.commands.masters import Text
from invoicectl.commands.orders import Charge, MoreCharge, NewCharge

Order = Annotated[Text, typer.Option(metavar="REF", help="What it is of.", show_default=False)]
DeliveredOn = Annotated[Text, typer.Option(help="When it was delivered.", show_default=False)]


def add(
    ctx: typer.Context,
    order: Order = None,
    key: masters.Key = None,
    delivered_on: DeliveredOn = None,
    charge: Charge = [],  # noqa: B006 - Typer copies it
    source: masters.Source = "",
    dry_run: options.DryRun = False,
) -> None:
    """Add a shipment of an order, or each of a list of them; nothing is billed yet.

    Example: invoicectl shipment add --order ORD-00001 --charge 'desc=Freight,qty=1,price=250.00'
    """
    masters.add("shipment", locals())


def update(
    ctx: typer.Context,
    ref: options.Ref,
    key: masters.Key = None,
    delivered_on: DeliveredOn = None,
    charge: NewCharge = [],  # noqa: B006 - Typer copies it
    add_charge: MoreCharge = [],  # noqa: B006
    source: masters.OneSource = "",
    if_version: masters.IfVersion = "",
    dry_run: options.DryRun = False,
) -> None:
    """Change a shipment; the draft that bills its charges follows.

    --charge says all of its charges anew, --add-charge only adds some. A charge that an issued
    invoice bills has to stay as it is.

    Example: invoicectl shipment update SHP-00001 --delivered-on 2026-01-31
    """
    masters.update("shipment", locals())


def list_(
    ctx: typer.Context,
    search: masters.Search = "",
    customer: masters.OfCustomer = "",
    page_size: masters.PageSize = "",
    cursor: masters.Cursor = "",
    all: masters.All = False,
) -> None:
    """List shipments, the oldest first, without those that were deleted.

    Example: invoicectl shipment list --customer C-00001
    """
    masters.list_("shipment", locals())


def get(ctx: typer.Context, refs: options.Refs) -> None:
    """Show shipments with their charges and their invoice.

    Example: invoicectl shipment get SHP-00001
    """
    masters.get(ctx, "shipment", refs)


def delete(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Delete shipments: no list has them any more, and their charges are not billed.

    Refused while an invoice that is not void bills one.

    Example: invoicectl shipment delete SHP-00001
    """
    masters.delete(ctx, "shipment", refs, dry_run=dry_run)
