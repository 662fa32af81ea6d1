"""import: bring a file of records into the books."""

from pathlib import Path
from typing import Annotated

import typer

from invoicectl.commands import options
from invoicectl.errors import PartialError, UsageError

Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="customers, products, taxes, terms, orders, shipments, invoices, payments or credits.",
        show_default=False,
    ),
]
File = Annotated[
    str, typer.Argument(metavar="FILE", help="A file, or - for standard input.", show_default=False)
]


def import_(
    ctx: typer.Context,
    kind: Kind,
    file: File,
    input_format: Annotated[
        str, typer.Option(help="json, jsonl, csv or tsv; else by the extension.")
    ] = "",
    map: Annotated[
        list[str], typer.Option(help="FIELD=COLUMN: where a field is found; repeatable.")
    ] = [],  # noqa: B006
    default: Annotated[
        list[str], typer.Option(help="FIELD=VALUE where the file says nothing; repeatable.")
    ] = [],  # noqa: B006
    date_format: Annotated[str, typer.Option(help="How the file writes dates: %m/%d/%Y.")] = "",
    skip_invalid: Annotated[
        str, typer.Option(metavar="REJECTS.csv", help="Store good rows, write bad ones here.")
    ] = "",
    create_customers: Annotated[
        bool, typer.Option("--create-customers", help="Make missing customers.")
    ] = False,
    dry_run: options.DryRun = False,
) -> None:
    """Bring a file of records into the books, all of it or nothing.

    A record that is there already is known by its key (an invoice by its number too): the same
    file again changes nothing. A bad row stops the import and is named with its line and column;
    with --skip-invalid it is set aside. Columns and fields: invoicectl schema, README.

    Example: invoicectl import invoices invoices.csv --create-customers --default currency=USD
    """
    if skip_invalid and Path(skip_invalid).resolve() == Path(file).resolve():
        raise UsageError("--skip-invalid would write over the file that is read")
    from invoicectl.output import progress
    from invoicectl.service import imports

    context = ctx.obj
    wanted = imports.read(
        kind, columns=map, defaults=default, date_format=date_format,
        create_customers=create_customers, rejects=Path(skip_invalid) if skip_invalid else None,
    )  # fmt: skip
    form = imports.format_of(file, input_format)
    with progress.shown(f"import {wanted.kind}s", quiet=context.options.quiet) as tell:
        result = imports.import_records(
            context.db, context.act(dry_run=dry_run), wanted, context.source(file), form, tell
        )
    context.show(result, "import")
    if result["rejected"]:
        kept = "" if dry_run else f"; they are in {skip_invalid}"
        raise PartialError(f"{result['rejected']} of {sum(result.values())} were rejected{kept}")
