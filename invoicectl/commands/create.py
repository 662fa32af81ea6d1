"""create: one invoice from options, or many from bodies."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from invoicectl.commands import options
from invoicectl.context import Context
from invoicectl.errors import UsageError


def create(
    ctx: typer.Context,
    order: Annotated[str, typer.Option(help="Bill this order's charges.")] = "",
    shipment: Annotated[str, typer.Option(help="Bill this shipment's charges.")] = "",
    customer: Annotated[str, typer.Option(help="Bill this customer.")] = "",
    item: Annotated[
        list[str],
        typer.Option(help="A line: 'desc=Web Development,qty=40,price=150,unit=hour,tax=GST+QST'."),
    ] = [],  # noqa: B006 - Typer copies it
    source: Annotated[
        str, typer.Option("--from", help="JSON file with a body or a list; - is stdin.")
    ] = "",
    number: Annotated[str, typer.Option(help="Invoice number, set beforehand.")] = "",
    key: options.Key = "",
    reference: Annotated[str, typer.Option(help="Your customer's reference.")] = "",
    note: Annotated[str, typer.Option(help="Text below the lines.")] = "",
    invoice_date: Annotated[str, typer.Option(help="Invoice date.")] = "",
    due_date: Annotated[str, typer.Option(help="Due date, instead of the term's.")] = "",
    term: Annotated[
        str, typer.Option(help="Payment term: Net 30, EOM+10, 2/10 net 30, a REF.")
    ] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "",
    po_number: Annotated[str, typer.Option(help="Purchase order number.")] = "",
    discount: Annotated[str, typer.Option(help="Off the whole: 10% or 25.00.")] = "",
    shipping: Annotated[str, typer.Option(help="Shipping, an amount.")] = "",
    shipping_tax: Annotated[str, typer.Option(help="Tax codes on shipping.")] = "",
    tax_inclusive: Annotated[
        bool, typer.Option("--tax-inclusive", help="Prices include tax.")
    ] = False,
    tax_rounding: Annotated[str, typer.Option(help="document or line.")] = "",
    template: Annotated[str, typer.Option(help="Template of the PDF.")] = "",
    billing_start: Annotated[str, typer.Option(help="First day of the period billed.")] = "",
    billing_end: Annotated[str, typer.Option(help="Last day of the period billed.")] = "",
    alternate_issue_date: Annotated[str, typer.Option(help="A second issue date, kept.")] = "",
    alternate_due_date: Annotated[str, typer.Option(help="A second due date, kept.")] = "",
    alternate_billing_start: Annotated[str, typer.Option(help="A second period's first day.")] = "",
    alternate_billing_end: Annotated[str, typer.Option(help="A second period's last day.")] = "",
    attr: Annotated[list[str], typer.Option(help="Your own field: NAME=VALUE.")] = [],  # noqa: B006
    factor_name: Annotated[str, typer.Option(help="DENIM or HAULPAY.")] = "",
    factor_job_id: Annotated[str, typer.Option(help="The factor's job.")] = "",
    factor_status: Annotated[str, typer.Option(help="The factor's status.")] = "",
    qbo_id: Annotated[str, typer.Option(help="QuickBooks Online id.")] = "",
    dry_run: options.DryRun = False,
) -> None:
    """Make a draft invoice from an order, a shipment, or lines.

    It gets its number when it is issued (mark-awaiting, send). Charges are billed once. With --key,
    typing the same again answers with the same invoice.

    Example: invoicectl create --customer C-00001 --item 'desc=Consulting,qty=8,price=120'
    """
    body = options.given(
        {
            "order": order, "shipment": shipment, "customer": customer, "number": number,
            "key": key, "reference": reference, "note": note, "currency": currency,
            "invoiceDate": typed_day(invoice_date, "--invoice-date"),
            "dueDate": typed_day(due_date, "--due-date"),
            "paymentTerm": term, "poNumber": po_number, "discount": discount,
            "shipping": shipping, "shippingTax": shipping_tax, "priceTaxInclusive": tax_inclusive,
            "taxRounding": tax_rounding, "templateId": template,
            "billingStartDate": typed_day(billing_start, "--billing-start"),
            "billingEndDate": typed_day(billing_end, "--billing-end"),
            "alternateIssueDate": typed_day(alternate_issue_date, "--alternate-issue-date"),
            "alternateDueDate": typed_day(alternate_due_date, "--alternate-due-date"),
            "alternateBillingStartDate": typed_day(
                alternate_billing_start, "--alternate-billing-start"
            ),
            "alternateBillingEndDate": typed_day(alternate_billing_end, "--alternate-billing-end"),
            "factorName": factor_name, "factorJobId": factor_job_id,
            "factorStatus": factor_status, "qboId": qbo_id,
            "customAttributes": [attribute(pair) for pair in attr],
        }
    )  # fmt: skip
    if item:
        from invoicectl.service.intake import item as read_item

        body["lines"] = [read_item(each, "--item") for each in item]
    if source:
        create_from(ctx.obj, source, body, dry_run=dry_run)
        return
    if not (order or shipment or customer):
        raise UsageError(
            "name an --order, a --shipment or a --customer", hint="or a body: --from FILE"
        )
    from invoicectl.service import invoices

    ctx.obj.show(
        invoices.create(ctx.obj.db, ctx.obj.act(dry_run=dry_run), body, typed=True), "invoice"
    )


def typed_day(typed: str, option: str) -> str:
    """Return a date as text once it was read as one."""
    day = options.day(typed, option)
    return day.isoformat() if day else ""


def attribute(pair: str) -> dict[str, str]:
    """Return the custom attribute of `NAME=VALUE`."""
    name, equals, value = pair.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--attr {pair!r} is not NAME=VALUE")
    return {"name": name.strip(), "value": value}


def create_from(
    context: Context, source: str, over: Mapping[str, object], *, dry_run: bool
) -> None:
    """Create from a JSON body, or from each of a list of them; options go over what a body says."""
    from invoicectl.service import intake, invoices

    bodies = intake.parse(context.read(source), source)
    act = context.act(dry_run=dry_run)
    if not isinstance(bodies, list):
        context.show(invoices.create(context.db, act, merged(bodies, over)), "invoice")
        return
    merged_bodies = [merged(each, over) for each in bodies]
    context.results(invoices.create_each(context.db, act, merged_bodies), "invoice")


def merged(body: Any, over: Mapping[str, object]) -> Any:
    """Return a body with the options that were typed beside it."""
    from invoicectl.service import bodies

    return bodies.over(body, over)
