"""customer add, list, get, update, delete: who owes."""

from typing import Annotated

import typer

from invoicectl.commands import masters, options
from invoicectl.commands.masters import Text

Name = Annotated[Text, typer.Option(help="Name.", show_default=False)]
Email = Annotated[list[str], typer.Option(metavar="ADDRESS", help="Where invoices go; repeatable.")]
Phone = Annotated[Text, typer.Option(help="Phone number.", show_default=False)]
Website = Annotated[Text, typer.Option(help="Website.", show_default=False)]
TaxId = Annotated[Text, typer.Option(help="Tax id, VAT number.", show_default=False)]
Line1 = Annotated[
    Text, typer.Option("--address-line1", "--line1", help="Street.", show_default=False)
]
Line2 = Annotated[
    Text, typer.Option("--address-line2", "--line2", help="More of it.", show_default=False)
]
City = Annotated[Text, typer.Option("--address-city", "--city", help="City.", show_default=False)]
Region = Annotated[
    Text, typer.Option("--address-region", "--region", help="Region.", show_default=False)
]
PostalCode = Annotated[
    Text,
    typer.Option("--address-postal-code", "--postal-code", help="Postal code.", show_default=False),
]
Country = Annotated[
    Text, typer.Option("--address-country", "--country", help="Country.", show_default=False)
]
Currency = Annotated[
    Text, typer.Option(help="What it is billed in: an ISO 4217 code.", show_default=False)
]
Term = Annotated[
    Text,
    typer.Option(
        "--payment-term", "--term", help="Usual term: Net 30, EOM, a REF.", show_default=False
    ),
]
Status = Annotated[
    Text, typer.Option(help="PROSPECT, ACTIVE, INACTIVE or CHURNED.", show_default=False)
]


def add(
    ctx: typer.Context,
    name: Name = None,
    key: masters.Key = None,
    email: Email = [],  # noqa: B006 - Typer copies it
    phone: Phone = None,
    website: Website = None,
    tax_id: TaxId = None,
    address_line1: Line1 = None,
    address_line2: Line2 = None,
    address_city: City = None,
    address_region: Region = None,
    address_postal_code: PostalCode = None,
    address_country: Country = None,
    currency: Currency = None,
    payment_term: Term = None,
    status: Status = None,
    source: masters.Source = "",
    dry_run: options.DryRun = False,
) -> None:
    """Add a customer, or each of a list of them.

    Its invoices are in its currency and by its payment term unless they say otherwise.

    Example: invoicectl customer add --name "Globex" --key globex --email ap@globex.example
    """
    masters.add("customer", locals())


def update(
    ctx: typer.Context,
    ref: options.Ref,
    name: Name = None,
    key: masters.Key = None,
    email: Email = [],  # noqa: B006 - Typer copies it
    phone: Phone = None,
    website: Website = None,
    tax_id: TaxId = None,
    address_line1: Line1 = None,
    address_line2: Line2 = None,
    address_city: City = None,
    address_region: Region = None,
    address_postal_code: PostalCode = None,
    address_country: Country = None,
    currency: Currency = None,
    payment_term: Term = None,
    status: Status = None,
    source: masters.OneSource = "",
    if_version: masters.IfVersion = "",
    dry_run: options.DryRun = False,
) -> None:
    """Change fields of a customer; an empty text clears one.

    Invoices that were issued keep the name and address they were issued with.

    Example: invoicectl customer update C-00001 --status INACTIVE --phone ""
    """
    masters.update("customer", locals())


def list_(
    ctx: typer.Context,
    search: masters.Search = "",
    page_size: masters.PageSize = "",
    cursor: masters.Cursor = "",
    all: masters.All = False,
) -> None:
    """List customers, the oldest first, without those that were deleted.

    Example: invoicectl customer list --search globex
    """
    masters.list_("customer", locals())


def get(ctx: typer.Context, refs: options.Refs) -> None:
    """Show customers: address, e-mail addresses, terms.

    Example: invoicectl customer get globex
    """
    masters.get(ctx, "customer", refs)


def delete(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Delete customers: no list has them any more, their invoices stay.

    Refused while anything of them is open: a draft, an invoice, money, a credit, an order.

    Example: invoicectl customer delete C-00001
    """
    masters.delete(ctx, "customer", refs, dry_run=dry_run)
