"""The options that select invoices, for every command that takes them; a row of a table each."""

import keyword
from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from invoicectl.commands.masters import whole
from invoicectl.context import Context
from invoicectl.service import lookups
from invoicectl.service.filter_flags import FLAGS

BODY = "A filter or a request as JSON, @FILE, or - for standard input."


def with_filter_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each row of FLAGS, and `--filter`, as its `**typed`."""
    own = [each for each in signature(command).parameters.values() if each.name != "typed"]
    options = [_option(name, flag.help, alone=flag.alone) for name, flag in FLAGS.items()]
    options.append(_option("filter", BODY, alone=False))
    signed = signature(command).replace(parameters=[*own, *options])
    command.__signature__ = signed  # type: ignore[attr-defined]
    return command


def _option(name: str, help: str, *, alone: bool) -> Parameter:
    option = typer.Option(f"--{name}", help=help, show_default=False)
    type_: Any = bool if alone else list[str]
    return Parameter(
        _parameter(name),
        Parameter.KEYWORD_ONLY,
        default=False if alone else [],
        annotation=Annotated[type_, option],
    )


def _parameter(name: str) -> str:
    word = name.replace("-", "_")
    return f"{word}_" if keyword.iskeyword(word) else word


def read_query(
    context: Context,
    typed: Mapping[str, Any],
    *,
    sort: str = "",
    page_size: str = "",
    cursor: str = "",
    page: str = "",
) -> lookups.Query:
    """Return what the options of a command line ask for."""
    return lookups.query(
        context.db,
        {name: typed.get(_parameter(name)) for name in FLAGS},
        context.today,
        bodies=[_body(context, text) for text in typed.get("filter", [])],
        sort=sort,
        page_size=whole("--page-size", page_size),
        cursor=cursor,
        page=whole("--page", page),
    )


def _body(context: Context, text: str) -> str:
    if text == "-" or text.startswith("@"):
        return context.read(text.removeprefix("@"))
    return text
