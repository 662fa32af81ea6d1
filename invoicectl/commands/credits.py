"""credit create, list, get, apply, unapply, void, and credit-note: what is owed back."""

from functools import partial
from typing import Annotated

import typer

from invoicectl.commands import invoices, masters, options
from invoicectl.errors import UsageError

CreditRef = Annotated[str, typer.Argument(metavar="CM", help="CM-00001, id or key.")]
CreditRefs = Annotated[
    list[str],
    typer.Argument(metavar="CM...", help="CM-00001, ids or keys; - reads standard input."),
]
Reference = Annotated[str, typer.Option(help="Your customer's reference.")]
Note = Annotated[str, typer.Option(help="Text on the document.")]


def create(
    ctx: typer.Context,
    customer: Annotated[str, typer.Option(metavar="REF", help="Who it is owed to.")] = "",
    amount: Annotated[str, typer.Option(help="How much.")] = "",
    currency: Annotated[str, typer.Option(help="ISO 4217 code; else the customer's.")] = "",
    date: Annotated[str, typer.Option(help="From when on; else today.")] = "",
    reference: Reference = "",
    note: Note = "",
    key: options.Key = "",
    dry_run: options.DryRun = False,
) -> None:
    """Make a credit memo for a customer, of no invoice; apply it to any with 'credit apply'.

    With --key, typing the same again answers with the same memo.

    Example: invoicectl credit create --customer C-00001 --amount 25.00 --reference goodwill
    """
    for name, value in (("--customer", customer), ("--amount", amount)):
        if not value:
            raise UsageError(f"missing option {name}", hint="see 'invoicectl credit create --help'")
    from invoicectl.service import credits as service

    day = options.day(date, "--date")
    body = options.given({
        "customer": customer, "amount": options.amount(amount, "--amount"), "currency": currency,
        "date": day and day.isoformat(), "reference": reference, "note": note, "key": key,
    })  # fmt: skip
    ctx.obj.show(service.create(ctx.obj.db, ctx.obj.act(dry_run=dry_run), body), "credit")


def list_(
    ctx: typer.Context,
    search: masters.Search = "",
    customer: masters.OfCustomer = "",
    currency: Annotated[str, typer.Option(help="Only in this: an ISO 4217 code.")] = "",
    remaining: Annotated[
        bool, typer.Option("--remaining", help="Only those of which something remains.")
    ] = False,
    since: Annotated[str, typer.Option("--from", help="Dated this day or later.")] = "",
    until: Annotated[str, typer.Option("--to", help="Dated this day or earlier.")] = "",
    page_size: masters.PageSize = "",
    cursor: masters.Cursor = "",
    all: masters.All = False,
) -> None:
    """List credit memos, the oldest first; void ones too.

    Example: invoicectl credit list --customer C-00001 --remaining
    """
    asked = options.asked(since=since, until=until, currency=currency, remaining=remaining)
    masters.list_("credit", locals(), asked)


def get(ctx: typer.Context, refs: CreditRefs) -> None:
    """Show credit memos: what they were applied to, and what remains.

    Example: invoicectl credit get CM-00001
    """
    masters.get(ctx, "credit", refs)


def apply(
    ctx: typer.Context,
    credit: CreditRef,
    ref: options.Ref,
    amount: Annotated[
        str, typer.Option(help="How much; else as much as remains and is owed.")
    ] = "",
    date: Annotated[str, typer.Option(help="From when on; else today.")] = "",
    dry_run: options.DryRun = False,
) -> None:
    """Apply a credit memo to an invoice of the same customer and currency.

    It never counts before the memo or the invoice.

    Example: invoicectl credit apply CM-00001 INV-00001 --amount 25.00
    """
    from invoicectl.service import credits as service

    minor, day = options.amount(amount, "--amount"), options.day(date, "--date")
    act = ctx.obj.act(dry_run=dry_run)
    ctx.obj.show(service.apply(ctx.obj.db, act, credit, ref, amount=minor, on=day), "credit")


def unapply(
    ctx: typer.Context,
    credit: CreditRef,
    refs: Annotated[
        list[str], typer.Argument(metavar="[REF]...", help="Invoices; else all of them.")
    ] = [],  # noqa: B006 - Typer copies it
    dry_run: options.DryRun = False,
) -> None:
    """Take a credit memo off an invoice, or off all it is applied to, from today on.

    Example: invoicectl credit unapply CM-00001 INV-00001
    """
    from invoicectl.service import credits as service

    act = ctx.obj.act(dry_run=dry_run)
    ctx.obj.show(service.unapply(ctx.obj.db, act, credit, ctx.obj.refs(refs)), "credit")


def void(
    ctx: typer.Context,
    refs: CreditRefs,
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "",
    date: Annotated[str, typer.Option(help="Void from this day on; else today.")] = "",
    dry_run: options.DryRun = False,
) -> None:
    """Void credit memos: nothing is owed back on them any more; it is final.

    Refused while one is applied. What a credit note took back can be credited again.

    Example: invoicectl credit void CM-00001 --reason "sent to the wrong customer" --yes
    """
    from invoicectl.service import credits as service

    on = options.day(date, "--date")
    context, act = ctx.obj, ctx.obj.act(dry_run=dry_run)
    if not dry_run:
        context.confirm(f"void credit memo {', '.join(refs)}")
    verb = partial(service.void, context.db, act, reason=reason or None, on=on)
    invoices.each(context, refs, verb, "credit")


def credit_note(
    ctx: typer.Context,
    ref: options.Ref,
    amount: Annotated[str, typer.Option(help="How much, taxes included; else all of it.")] = "",
    line: Annotated[
        list[str],
        typer.Option(metavar="POS[=QTY]", help="A line by position, or shipping; repeatable."),
    ] = [],  # noqa: B006 - Typer copies it
    apply: Annotated[
        bool, typer.Option("--apply", help="Settle the invoice with it, as far as it is owed.")
    ] = False,
    date: Annotated[str, typer.Option(help="Its date; else today.")] = "",
    reference: Annotated[str, typer.Option(help="Else the invoice number.")] = "",
    note: Note = "",
    key: options.Key = "",
    dry_run: options.DryRun = False,
) -> None:
    """Credit an issued invoice: all that it billed, an amount, or some of its lines.

    All notes of an invoice together are never more than it billed; the last one takes what the
    roundings left over.

    Example: invoicectl credit-note INV-00001 --line 1=2 --apply
    """
    if amount and line:
        raise UsageError("--amount and --line do not go together")
    from invoicectl.service import credit_notes

    lines = _lines(line)
    day = options.day(date, "--date")
    body = options.given({
        "amount": options.amount(amount, "--amount"), "date": day and day.isoformat(),
        "reference": reference, "note": note, "key": key,
    })  # fmt: skip
    act = ctx.obj.act(dry_run=dry_run)
    memo = credit_notes.credit_note(ctx.obj.db, act, ref, body, lines=lines, apply=apply)
    ctx.obj.show(memo, "credit")


def _lines(typed: list[str]) -> dict[str, str]:
    """Return the quantity of each position, '' where the rest of the line is meant."""
    lines: dict[str, str] = {}
    for each in typed:
        position, equals, quantity = (part.strip() for part in each.partition("="))
        known = position == "shipping" or (position.isascii() and position.isdecimal())
        if not known or (equals and not quantity):
            raise UsageError(f"--line {each!r} is not POS or POS=QTY", hint="such as --line 2=1.5")
        position = position.lstrip("0") or "0"
        if position in lines:
            raise UsageError(f"--line: position {position} stands twice")
        lines[position] = options.amount(quantity, f"--line {each!r}: the quantity")
    return lines
