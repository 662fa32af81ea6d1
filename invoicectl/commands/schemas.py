"""schema: what JSON of ours looks like, in JSON Schema."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from invoicectl.context import Context


def schema(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which; else all are listed.")] = "",
) -> None:
    """Print the JSON Schema of what goes in or comes out.

    It is draft 2020-12. What comes out has every property, null where nothing is known; with
    --fields it has those that were asked for.

    Example: invoicectl schema invoice
    """
    from invoicectl.service import schemas

    context: Context = ctx.obj
    if name:
        context.plain(json.dumps(schemas.schema(name), indent=2, ensure_ascii=False) + "\n")
    else:
        context.list(schemas.names(), "schema", limit=None)
