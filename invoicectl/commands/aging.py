"""aging: who owes how much, and for how long."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TypeVar

import typer

from invoicectl.commands import options
from invoicectl.errors import UsageError, ValidationError
from invoicectl.rules import aging as rules
from invoicectl.rules import currencies

if TYPE_CHECKING:
    from invoicectl.context import Context

Record = dict[str, Any]
WordT = TypeVar("WordT", bound=StrEnum)

AsOf = Annotated[str, typer.Option(help="The day that is asked for; else today.")]
By = Annotated[str, typer.Option(help="What days are counted from: due-date or invoice-date.")]
Days = Annotated[str, typer.Option(help="The last day of each bucket.")]
Customers = Annotated[list[str], typer.Option(metavar="REF", help="Only this one; repeatable.")]
Currency = Annotated[str, typer.Option(help="Only this one: an ISO 4217 code.")]
Factored = Annotated[str, typer.Option(help="Invoices sold to a factor: include, exclude, only.")]
Detail = Annotated[bool, typer.Option("--detail", help="Every open invoice.")]
Totals = Annotated[bool, typer.Option("--totals", help="Rows of totals in CSV and TSV too.")]
Chart = Annotated[bool, typer.Option("--chart", help="In a table, a bar for every customer.")]


def aging(
    ctx: typer.Context,
    as_of: AsOf = "",
    by: By = "due-date",
    buckets: Days = "30,60,90",
    customer: Customers = [],  # noqa: B006
    currency: Currency = "",
    factored: Factored = "include",
    detail: Detail = False,
    totals: Totals = False,
    chart: Chart = False,
) -> None:
    """Show who owes how much and for how long, on any day of the past or the future.

    What is dated after the day has not happened. Nothing is changed.

    Example: invoicectl aging --as-of 2026-01-31 --detail --format csv
    """
    from invoicectl.service import aging as service

    asked: dict[str, Any] = {
        "as_of": options.day(as_of, "--as-of") or ctx.obj.today,
        "by": _word(rules.By, by, "--by"),
        "buckets": _buckets(buckets),
        "currency": _currency(currency),
        "factored": _word(service.Factored, factored, "--factored"),
    }
    refs = ctx.obj.refs(customer)
    flat = ctx.obj.format in {"csv", "tsv"} and not detail and not ctx.obj.options.fields
    report = service.aging(ctx.obj.db, customers=refs, detail=detail, flat=flat, **asked)
    _write(ctx.obj, report, detail=detail, totals=totals, chart=chart)


def _word(words: type[WordT], typed: str, option: str) -> WordT:
    try:
        return words(typed.lower())
    except ValueError:
        raise UsageError(f"{option} {typed!r} is not one of {', '.join(words)}") from None


def _buckets(typed: str) -> rules.Buckets:
    try:
        return rules.read(typed)
    except ValueError as error:
        if all(part.strip().isdecimal() for part in typed.split(",")):
            raise ValidationError.at("--buckets", str(error)) from error
        raise UsageError(f"--buckets {typed!r} {error}") from error


def _currency(typed: str) -> str | None:
    try:
        return currencies.read(typed) if typed else None
    except ValueError as error:
        raise ValidationError.at("--currency", str(error)) from error


def _write(context: "Context", report: Record, *, detail: bool, totals: bool, chart: bool) -> None:
    from invoicectl.output import aging as output

    if context.options.fields and context.format not in FILES:
        _write_fields(context, report, detail=detail, totals=totals)
        return
    if context.format == "table":
        _print(context, report, detail=detail, chart=chart)
        return
    if chart:
        context.say("--chart draws in tables only: add --format table")
    with context.out() as out:
        if context.format in FILES:
            FILES[context.format](context, report, out, detail)
            return
        output.write_aging(report, format=context.format, out=out, detail=detail, totals=totals)


def _write_fields(context: "Context", report: Record, *, detail: bool, totals: bool) -> None:
    """Write only the fields after --fields: of the report, of the rows of a flat format."""
    from invoicectl.output import aging as output
    from invoicectl.output import aging_fields

    of_rows = context.format in {"csv", "tsv", "table"}  # the others have details in their rows
    by_invoice, details = detail and of_rows, detail and not of_rows
    typed = context.options.fields
    fields = aging_fields.names(typed, report, by_invoice=by_invoice, details=details)
    if context.format in {"json", "xml"}:
        with context.out() as out:
            narrowed = aging_fields.narrowed(report, fields)
            output.write_aging(narrowed, format=context.format, out=out, detail=detail)
        return
    shown = totals and of_rows
    rows = aging_fields.rows(report, fields, by_invoice=by_invoice, totals=shown)
    context.list(rows, "agingRow", known=fields, limit=None)


def _write_workbook(context: "Context", report: Record, out: BinaryIO, detail: bool) -> None:  # noqa: ARG001
    from invoicectl.output.aging_workbook import write_workbook

    write_workbook(report, out, detail=detail)


def _write_page(context: "Context", report: Record, out: BinaryIO, detail: bool) -> None:  # noqa: ARG001
    from pathlib import Path

    from invoicectl.output.aging_page import page

    said = context.settings
    own = Path(said["pdf.template_dir"]).expanduser() if said["pdf.template_dir"] else None
    out.write(
        page(report, company=said["company.name"], locale=said["company.locale"], template_dir=own)
    )


FILES: dict[str, Callable[["Context", Record, BinaryIO, bool], None]] = {
    "xlsx": _write_workbook,
    "html": _write_page,
}


def _print(context: "Context", report: Record, *, detail: bool, chart: bool) -> None:
    from invoicectl.output.aging_table import print_aging

    with context.screen() as screen:
        print_aging(report, screen=screen, detail=detail)
        if chart:
            from invoicectl.output.aging_chart import print_chart

            print_chart(report, screen=screen)
