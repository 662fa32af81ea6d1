"""pay, mark-paid, and payment record, list, get, apply, unapply, delete: money received."""

from functools import partial
from typing import Annotated

import typer

from invoicectl.commands import invoices, masters, options
from invoicectl.commands.expecting import expecting
from invoicectl.errors import UsageError

Amount = Annotated[str, typer.Option(help="How much.")]
Method = Annotated[str, typer.Option(help="check, ach_wire, bank_transfer, card …")]
Reference = Annotated[str, typer.Option(help="Check number, transaction id.")]
Date = Annotated[str, typer.Option(help="When it was received; else today.")]
PaymentRef = Annotated[str, typer.Argument(metavar="PAYMENT", help="PAY-00001, id or key.")]
PaymentRefs = Annotated[
    list[str],
    typer.Argument(metavar="PAYMENT...", help="PAY-00001, ids or keys; - reads standard input."),
]


def pay(
    ctx: typer.Context,
    ref: options.Ref,
    amount: Annotated[str, typer.Option(help="How much; else all that is owed.")] = "",
    method: Method = "",
    reference: Reference = "",
    date: Date = "",
    key: options.Key = "",
    excess: Annotated[str, typer.Option(help="unapplied: keep what is more than is owed.")] = "",
    dry_run: options.DryRun = False,
) -> None:
    """Record one payment of an invoice; its status follows.

    Without an amount it pays all that is owed, less the discount inside a discount window.

    Example: invoicectl pay INV-00001 --amount 500.00 --method bank_transfer --reference TXN-12345
    """
    if excess not in {"", "unapplied"}:
        raise UsageError(f"--excess {excess!r}: it can be unapplied")
    from invoicectl.service import payments

    day = options.day(date, "--date")
    body = options.given({
        "amount": options.amount(amount, "--amount"), "method": method, "reference": reference,
        "date": day and day.isoformat(), "key": key,
    })  # fmt: skip
    act = ctx.obj.act(dry_run=dry_run)
    ctx.obj.show(payments.pay(ctx.obj.db, act, ref, body, excess=bool(excess)), "payment")


@expecting("amountOwed")
def mark_paid(ctx: typer.Context, refs: options.Refs, dry_run: options.DryRun = False) -> None:
    """Pay all that is owed on invoices, each by one payment dated today.

    Inside a discount window it is all that is owed less the discount.

    Example: invoicectl mark-paid INV-00001 INV-00002
    """
    from invoicectl.service import payments

    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    invoices.each(context, refs, partial(payments.mark_paid, context.db, act))


def record(
    ctx: typer.Context,
    customer: Annotated[str, typer.Option(help="Who paid.")] = "",
    amount: Amount = "",
    currency: Annotated[str, typer.Option(help="ISO 4217 code; else the customer's.")] = "",
    date: Date = "",
    method: Method = "",
    reference: Reference = "",
    key: options.Key = "",
    apply: Annotated[list[str], typer.Option(help="REF=AMOUNT; repeatable.")] = [],  # noqa: B006
    auto: Annotated[bool, typer.Option("--auto", help="Apply it, oldest due first.")] = False,
    dry_run: options.DryRun = False,
) -> None:
    """Record money from a customer, and apply it to invoices or to none yet.

    What is not applied stays unapplied, and aging shows it.

    Example: invoicectl payment record --customer C-00001 --amount 900 --apply INV-00001=500
    """
    for name, value in (("--customer", customer), ("--amount", amount)):
        if not value:
            raise UsageError(
                f"missing option {name}", hint="see 'invoicectl payment record --help'"
            )
    if apply and auto:
        raise UsageError("--apply and --auto do not go together")
    from invoicectl.service import payments

    day = options.day(date, "--date")
    body = options.given({
        "customer": customer, "amount": options.amount(amount, "--amount"), "currency": currency,
        "key": key, "date": day and day.isoformat(), "method": method, "reference": reference,
    })  # fmt: skip
    act = ctx.obj.act(dry_run=dry_run)
    pairs = [_pair(each) for each in apply]
    ctx.obj.show(payments.record_payment(ctx.obj.db, act, body, pairs, auto=auto), "payment")


def _pair(text: str) -> tuple[str, str]:
    ref, equals, amount = text.rpartition("=")
    if not equals or not ref or not amount:
        raise UsageError(f"--apply {text!r} is not REF=AMOUNT")
    return ref, options.amount(amount, "--apply")


def list_(
    ctx: typer.Context,
    search: masters.Search = "",
    customer: masters.OfCustomer = "",
    currency: Annotated[str, typer.Option(help="Only in this: an ISO 4217 code.")] = "",
    unapplied: Annotated[
        bool, typer.Option("--unapplied", help="Only those with money that is not applied.")
    ] = False,
    since: Annotated[str, typer.Option("--from", help="Received this day or later.")] = "",
    until: Annotated[str, typer.Option("--to", help="Received this day or earlier.")] = "",
    page_size: masters.PageSize = "",
    cursor: masters.Cursor = "",
    all: masters.All = False,
) -> None:
    """List payments, the oldest first, without those that were deleted.

    Example: invoicectl payment list --customer C-00001 --unapplied
    """
    asked = options.asked(since=since, until=until, currency=currency, unapplied=unapplied)
    masters.list_("payment", locals(), asked)


def get(ctx: typer.Context, refs: PaymentRefs) -> None:
    """Show payments and what they were applied to; deleted ones too.

    Example: invoicectl payment get PAY-00001
    """
    masters.get(ctx, "payment", refs)


def apply(
    ctx: typer.Context,
    payment: PaymentRef,
    ref: options.Ref,
    amount: Annotated[str, typer.Option(help="How much; else as much as settles it.")] = "",
    date: Annotated[str, typer.Option(help="From when on; else today.")] = "",
    dry_run: options.DryRun = False,
) -> None:
    """Apply unapplied money of a payment to an invoice of the same customer and currency.

    It never counts before the payment or the invoice.

    Example: invoicectl payment apply PAY-00001 INV-00001 --amount 100.00
    """
    from invoicectl.service import payments

    minor, day = options.amount(amount, "--amount"), options.day(date, "--date")
    act = ctx.obj.act(dry_run=dry_run)
    ctx.obj.show(payments.apply(ctx.obj.db, act, payment, ref, amount=minor, on=day), "payment")


def unapply(
    ctx: typer.Context,
    payment: PaymentRef,
    refs: Annotated[
        list[str], typer.Argument(metavar="[REF]...", help="Invoices; else all of them.")
    ] = [],  # noqa: B006 - Typer copies it
    dry_run: options.DryRun = False,
) -> None:
    """Take a payment off an invoice, or off all it is applied to, from today on.

    Its money is then unapplied; a discount that it brought is gone.

    Example: invoicectl payment unapply PAY-00001 INV-00001
    """
    from invoicectl.service import payments

    act = ctx.obj.act(dry_run=dry_run)
    ctx.obj.show(payments.unapply(ctx.obj.db, act, payment, ctx.obj.refs(refs)), "payment")


def delete(ctx: typer.Context, refs: PaymentRefs, dry_run: options.DryRun = False) -> None:
    """Delete payments: from today on they do not exist, and their invoices owe again.

    Before today each stands as it was: an aging of an earlier day does not change.

    Example: invoicectl payment delete PAY-00001 --yes
    """
    from invoicectl.service import payments

    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    if not dry_run:
        context.confirm(f"delete payment {', '.join(refs)}")
    invoices.each(context, refs, partial(payments.delete, context.db, act), "payment")
