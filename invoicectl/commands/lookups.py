"""filter, get, payments, available-credits, activity, next-number."""

from typing import Annotated, Any

import typer

from invoicectl import config
from invoicectl.commands import answers, options
from invoicectl.commands.exporting import show_all
from invoicectl.commands.filter_options import read_query, with_filter_options
from invoicectl.context import Context
from invoicectl.errors import PartialError, UsageError
from invoicectl.service import lookups


@with_filter_options
def filter(  # noqa: A001 - the command is called so
    ctx: typer.Context,
    *,
    sort: Annotated[str, typer.Option(help="Sort by this field; - before it: downwards.")] = "",
    page_size: Annotated[str, typer.Option(help="Rows on a page, 1 to 1000 (default 50).")] = "",
    cursor: Annotated[str, typer.Option(help="Go on after the page with this endCursor.")] = "",
    page: Annotated[str, typer.Option(help="Number of the page, from 1.")] = "",
    all: Annotated[bool, typer.Option("--all", help="Every page.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Only how many there are.")] = False,
    ids: Annotated[bool, typer.Option("--ids", help="Only the numbers, one a line.")] = False,
    totals: Annotated[bool, typer.Option("--totals", help="With sums per currency.")] = False,
    print_filter: Annotated[
        bool, typer.Option("--print-filter", help="Only the options, as a JSON filter.")
    ] = False,
    **typed: Any,
) -> None:
    """List the invoices that all of the given options select; nothing is changed.

    Example: invoicectl filter --status overdue --customer C-00001 --sort dueDate
    """
    context: Context = ctx.obj
    if [count, ids, print_filter].count(True) > 1:
        raise UsageError("--count, --ids and --print-filter do not go together")
    if all and (page_size or cursor or page):
        raise UsageError("--all is every page: --page-size, --cursor and --page do not go with it")
    query = read_query(context, typed, sort=sort, page_size=page_size, cursor=cursor, page=page)
    paged = query.is_page and not all
    if print_filter:
        context.plain(_as_json(query.filter))
    elif count:
        context.plain(f"{lookups.count(context.db, query, context.today)}\n")
    elif ids:
        numbers = lookups.numbers(context.db, query, context.today, paged=paged)
        context.plain("".join(f"{number}\n" for number in numbers))
    elif paged or (context.format in answers.PAGED and not all):
        _show_page(context, query, totals=totals)
    else:
        show_all(context, query, totals=totals)


def _as_json(filter: lookups.Filter) -> str:
    from invoicectl.output.as_json import compact  # amounts stay exact numbers

    return compact(filter).decode() + "\n"


def _show_page(context: Context, query: lookups.Query, *, totals: bool) -> None:
    found = lookups.find(
        context.db, query, context.today, totals=totals, only=answers.needed(context)
    )
    page = None if query.cursor else query.page or 1
    answers.show_found(context, found, "invoice", page=page)


def get(ctx: typer.Context, refs: options.Refs) -> None:
    """Show invoices whole: lines, payments, credits, document, key figures.

    Several come as a list of those found; what is missing is named, with exit code 3.

    Example: invoicectl get INV-00001
    """
    context: Context = ctx.obj
    named = context.refs(refs)
    if len(refs) == 1 and "-" not in refs:
        answers.show_one(context, lookups.get(context.db, named[0], context.today), "invoice")
        return
    found, missing = lookups.get_several(context.db, named, context.today)
    answers.show_rows(context, found, "invoice")
    if missing:
        raise PartialError(f"{len(missing)} of {len(named)} not found: {'; '.join(missing)}")


def payments(ctx: typer.Context, ref: options.Ref) -> None:
    """List the payments that settle an invoice now, by date.

    Example: invoicectl payments INV-00001
    """
    found = lookups.payments(ctx.obj.db, ref, ctx.obj.today)
    ctx.obj.list(found, "invoicePayment", limit=None)


def available_credits(ctx: typer.Context, ref: options.Ref) -> None:
    """List the credit memos that can be applied to an invoice, oldest first.

    They are its customer's, in its currency, and something of them remains.

    Example: invoicectl available-credits INV-00001
    """
    answers.show_rows(ctx.obj, lookups.available_credits(ctx.obj.db, ref), "credit")


def activity(ctx: typer.Context, ref: options.Ref) -> None:
    """List what was done to a record of any kind: what, when, by whom; the oldest first.

    Example: invoicectl activity INV-00001
    """
    answers.show_rows(ctx.obj, lookups.activity(ctx.obj.db, ref), "activity")


def next_number(ctx: typer.Context) -> None:
    """Show the number that an invoice issued today would get; none is taken.

    Example: invoicectl next-number
    """
    context: Context = ctx.obj
    pattern = config.checked("numbering.pattern", context.settings["numbering.pattern"])
    number = lookups.next_number(context.db, pattern, context.today)
    context.show({"nextNumber": number}, "next")
