"""--expect-count and --expect-total: stop a batch that is not the one that was meant."""

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from invoicectl.commands.masters import whole
from invoicectl.context import Context
from invoicectl.errors import ConflictError, UsageError

Count = Annotated[
    str, typer.Option(metavar="N", help="Do nothing unless so many are named.", show_default=False)
]
Total = Annotated[
    str,
    typer.Option(metavar="AMOUNT", help="Do nothing unless they come to this.", show_default=False),
]


def expecting(field: str = "amount") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that takes invoices as `refs` both options; `field` is what is added up."""

    def give(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def checked(
            ctx: typer.Context, expect_count: str = "", expect_total: str = "", **typed: Any
        ) -> None:
            named = typed["refs"]
            check(ctx.obj, named, field=field, count=expect_count, total=expect_total)
            command(ctx, **typed)

        own = list(signature(command).parameters.values())
        more = [_parameter("expect_count", Count), _parameter("expect_total", Total)]
        signed = signature(command).replace(parameters=[*own, *more])
        checked.__signature__ = signed  # type: ignore[attr-defined]
        return checked

    return give


def _parameter(name: str, annotation: Any) -> Parameter:
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default="", annotation=annotation)


def check(context: Context, refs: Sequence[str], *, field: str, count: str, total: str) -> None:
    """Refuse REFs that are not as many, or invoices that do not come to as much, as expected.

    Raises:
        ConflictError: so it is, or they are of several currencies; nothing was done.
        UsageError: what was expected is no number.
    """
    expected = whole("--expect-count", count)
    named = context.refs(refs) if count or total else []
    if expected is not None and len(named) != expected:
        raise ConflictError(f"{_several(len(named))} named, not {expected}; nothing was done")
    if total:
        _check_total(context, named, field, total)


def _several(count: int) -> str:
    return "1 invoice is" if count == 1 else f"{count} invoices are"


def _check_total(context: Context, named: Sequence[str], field: str, total: str) -> None:
    from invoicectl.rules import money
    from invoicectl.service import lookups

    try:
        expected = money.read_number(total)
    except ValueError as error:
        raise UsageError(f"--expect-total {total!r} {error}") from error
    found, missing = lookups.get_several(context.db, named, context.today)
    if missing:
        raise ConflictError(f"{missing[0]}; nothing was done")
    currencies = sorted({record["currency"] for record in found})
    if len(currencies) > 1:
        raise ConflictError(f"they are in {' and '.join(currencies)}; nothing was done")
    if (comes_to := sum(record[field] for record in found)) != expected:
        shown = " ".join([f"{comes_to:,f}" if comes_to else "0", *currencies])
        raise ConflictError(f"they come to {shown}, not {total}; nothing was done")
