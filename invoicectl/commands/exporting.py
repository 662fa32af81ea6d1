"""export: everything that a query selects, in whatever format, while it is read."""

import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TypeVar

import typer

from invoicectl.commands import answers
from invoicectl.commands.filter_options import read_query, with_filter_options
from invoicectl.context import Context
from invoicectl.errors import UsageError
from invoicectl.output.fields import columns_for
from invoicectl.service import exporting, lookups

Row = TypeVar("Row")

WITHOUT_TOTALS = ("csv", "tsv", "jsonl")


@with_filter_options
def export(
    ctx: typer.Context,
    *,
    sort: Annotated[str, typer.Option(help="Sort by this field; - before it: downwards.")] = "",
    totals: Annotated[bool, typer.Option("--totals", help="With sums per currency.")] = False,
    **typed: Any,
) -> None:
    """Write every invoice that the options select; it is `filter` without pages.

    Rows go out while they are read, so a million take no more memory than a hundred. Nothing is
    changed. `-o FILE.xlsx` makes a workbook, with a sheet for each currency.

    Example: invoicectl export --from 2026-01-01 --to 2026-12-31 -o 2026.csv
    """
    context: Context = ctx.obj
    query = read_query(context, typed, sort=sort)
    if query.cursor:
        raise UsageError("an export is everything: a cursor does not go with it")
    show_all(context, query, totals=totals)


def show_all(context: Context, query: lookups.Query, *, totals: bool) -> None:
    """Answer with all that a query selects; the quick ways first, if the format has one."""
    if totals and context.format in WITHOUT_TOTALS:
        context.say(f"--totals are not in {context.format}: add --format json, or table")
        totals = False
    sums = lookups.totals(context.db, query, context.today) if totals else None
    names = answers.fields(context, "invoice")
    columns = columns_for(names, lookups.columns("invoice"))
    if context.format == "xlsx":
        _write_workbook(context, query, columns, sums or [])
    elif context.format == "jsonl" and names is None:
        lines = exporting.lines(context.db, query, context.today)
        _write_lines(context, _told(context, query, lines))
    elif context.format in {"csv", "tsv"} and exporting.is_flat(columns):
        _write_cells(context, query, columns)
    else:
        found = lookups.each(context.db, query, context.today, answers.needed(context))
        rows = answers.Counted(_told(context, query, found))
        answers.show_rows(context, rows, "invoice", pagination=rows.pagination, totals=sums)


def _told(context: Context, query: lookups.Query, rows: Iterable[Row]) -> Iterable[Row]:
    """Return the rows; on a terminal it is shown how far they are, unless they go there too."""
    from invoicectl.output import progress

    is_there = not context.options.output and sys.stdout is not None and sys.stdout.isatty()
    return progress.over(
        "export", rows, lambda: lookups.count(context.db, query, context.today),
        quiet=context.options.quiet or is_there,
    )  # fmt: skip


def _write_lines(context: Context, lines: Iterable[str]) -> None:
    from invoicectl.output.formats import write_lines

    with context.out() as out:
        write_lines(lines, out=out)


def _write_cells(context: Context, query: lookups.Query, columns: Sequence[str]) -> None:
    from invoicectl.output.formats import write_cells

    rows = exporting.rows(context.db, query, context.today, columns)
    figures = exporting.figures(columns)
    with context.out() as out:
        write_cells(
            _told(context, query, rows),
            format=context.format,
            out=out,
            columns=columns,
            figures=figures,
        )


def _write_workbook(
    context: Context,
    query: lookups.Query,
    columns: Sequence[str],
    sums: Sequence[lookups.Record],
) -> None:
    from invoicectl.output.rows_workbook import Table, write_rows

    if not exporting.is_flat(columns):
        raise UsageError("a workbook has no place for lists", hint="leave them out of --fields")
    fetched = [*columns, *(() if "currency" in columns else ("currency",))]
    figures, flags = exporting.figures(columns), exporting.flags(columns)
    table = Table("invoices", columns, figures, flags, fetched.index("currency"))
    rows = exporting.rows(context.db, query, context.today, fetched)
    with context.out() as out:
        write_rows(_told(context, query, rows), table, out, made=context.today, totals=sums)
