"""update: change what an invoice says."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from invoicectl.commands import create, options
from invoicectl.commands.invoices import each
from invoicectl.commands.masters import whole
from invoicectl.errors import UsageError

if TYPE_CHECKING:
    from invoicectl.context import Context
    from invoicectl.service.updating import Asked, Change

# Text without a default: what was not typed stays as it is, and '' clears.
Text = str | None


def _option(help: str, *names: str) -> Any:
    return typer.Option(*names, help=help, show_default=False)


# How options are called in a body, where that is not their own name in camel case.
NAMES = {
    "term": "paymentTerm", "tax_inclusive": "priceTaxInclusive", "template": "templateId",
    "billing_start": "billingStartDate", "billing_end": "billingEndDate",
    "alternate_billing_start": "alternateBillingStartDate",
    "alternate_billing_end": "alternateBillingEndDate",
}  # fmt: skip
DAYS = ("due_date", "invoice_date", "billing_start", "billing_end", "alternate_issue_date",
        "alternate_due_date", "alternate_billing_start", "alternate_billing_end")  # fmt: skip
NOT_FIELDS = {"ctx", "refs", "source", "replace", "if_version", "dry_run", "attr", "item"}


def update(
    ctx: typer.Context,
    refs: options.Refs,
    reference: Annotated[Text, _option("Your customer's reference.")] = None,
    key: Annotated[Text, _option("Your own name for it.")] = None,
    note: Annotated[Text, _option("Text below the lines.")] = None,
    po_number: Annotated[Text, _option("Purchase order number.")] = None,
    due_date: Annotated[Text, _option("Due date; '' goes back to the term's.")] = None,
    attr: Annotated[list[str], _option("Your own field: NAME=VALUE; NAME= takes it away.")] = [],  # noqa: B006
    factor_name: Annotated[Text, _option("DENIM or HAULPAY.")] = None,
    factor_job_id: Annotated[Text, _option("The factor's job.")] = None,
    factor_status: Annotated[Text, _option("The factor's status.")] = None,
    qbo_id: Annotated[Text, _option("QuickBooks Online id.")] = None,
    item: Annotated[
        list[str], _option("Draft: its lines, instead of those without a charge.")
    ] = [],  # noqa: B006
    customer: Annotated[Text, _option("Draft: bill this customer.")] = None,
    number: Annotated[Text, _option("Draft: invoice number, set beforehand.")] = None,
    invoice_date: Annotated[Text, _option("Draft: invoice date.")] = None,
    term: Annotated[Text, _option("Draft: payment term.")] = None,
    currency: Annotated[Text, _option("Draft: ISO 4217 code.")] = None,
    discount: Annotated[Text, _option("Draft: off the whole, 10% or 25.00.")] = None,
    shipping: Annotated[Text, _option("Draft: shipping, an amount.")] = None,
    shipping_tax: Annotated[Text, _option("Draft: tax codes on shipping.")] = None,
    tax_inclusive: Annotated[
        bool | None, _option("Draft: prices include tax.", "--tax-inclusive/--no-tax-inclusive")
    ] = None,
    tax_rounding: Annotated[Text, _option("Draft: document or line.")] = None,
    template: Annotated[Text, _option("Draft: template of the PDF.")] = None,
    billing_start: Annotated[Text, _option("Draft: first day of the period billed.")] = None,
    billing_end: Annotated[Text, _option("Draft: last day of the period billed.")] = None,
    alternate_issue_date: Annotated[Text, _option("Draft: a second issue date.")] = None,
    alternate_due_date: Annotated[Text, _option("Draft: a second due date.")] = None,
    alternate_billing_start: Annotated[Text, _option("Draft: a second first day.")] = None,
    alternate_billing_end: Annotated[Text, _option("Draft: a second last day.")] = None,
    amount: Annotated[Text, _option("Never set: it follows from the lines.")] = None,
    source: Annotated[
        Text, _option("JSON file with the fields to change; - is stdin.", "--from")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="The file is all that the draft is to say.")
    ] = False,
    if_version: Annotated[str, _option("Only if it is still at this version.")] = "",
    dry_run: options.DryRun = False,
) -> None:
    """Change invoices; what is not named stays, and an empty text clears.

    Once an invoice is issued only what is for the books changes: reference, key, note, PO number,
    due date, attributes, factor fields, QuickBooks id; its PDF stays the same bytes. The rest is
    for drafts. Amounts follow the lines, and those of an order its charges (order update).

    Example: invoicectl update INV-00001 --reference PO-88 --due-date 2026-03-15
    """
    asked = _asked(locals())
    from invoicectl.service import updating

    context: Context = ctx.obj
    act = context.act(dry_run=dry_run)

    def one(ref: str) -> dict[str, Any]:
        change = updating.update(context.db, act, ref, asked)
        if dry_run:
            _say(context, change)
        return change.after

    each(context, refs, one)


def _asked(typed: Mapping[str, Any]) -> "Asked":
    """Return what is asked for: what a file says, with what was typed over it."""
    from invoicectl.service import intake
    from invoicectl.service.updating import Asked

    context: Context = typed["ctx"].obj
    body: Any = _fields(typed)
    source = typed["source"]
    if typed["replace"] and source is None:
        raise UsageError("--replace needs a body", hint="give it with --from FILE")
    if source is not None:
        body = create.merged(intake.parse(context.read(source), source), body)
    if isinstance(body, list):
        raise UsageError("--from: the body is a list; it is to be the fields of one invoice")
    pairs = [create.attribute(pair) for pair in typed["attr"]]
    return Asked(
        body, {pair["name"]: pair["value"] for pair in pairs}, replace=typed["replace"],
        if_version=whole("--if-version", typed["if_version"]), typed=source is None,
    )  # fmt: skip


def _fields(typed: Mapping[str, Any]) -> dict[str, Any]:
    from invoicectl.service.intake import item

    given = {name: typed[name] for name in typed.keys() - NOT_FIELDS if typed[name] is not None}
    for name in given.keys() & DAYS:
        given[name] = create.typed_day(given[name], f"--{name.replace('_', '-')}")
    fields = {NAMES.get(name) or camel(name): given[name] for name in typed if name in given}
    if typed["item"]:
        fields["lines"] = [item(each, "--item") for each in typed["item"]]
    return fields


def camel(name: str) -> str:
    """Return the name in a body of an option's parameter.

    >>> camel("factor_job_id")
    'factorJobId'
    """
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _say(context: "Context", change: "Change") -> None:
    """Tell what would change, a line a field."""
    name = change.before["friendlyId"]
    for field, (was, now) in change.fields.items():
        context.say(f"{name} {field}: {_shown(was)} -> {_shown(now)}")
    if not change.fields:
        context.say(f"{name}: nothing would change")


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
