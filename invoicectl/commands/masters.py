"""What add, list, get, update and delete of customers, orders, terms and the like share.

The functions of a noun name its options; what was typed comes here as a record of fields.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from invoicectl.errors import PartialError, UsageError

if TYPE_CHECKING:
    from invoicectl.context import Context

# Text without a default: what was not typed is left as it is, and '' clears.
Text = str | None
Key = Annotated[Text, typer.Option(help="Your own name for it, unique.", show_default=False)]
Source = Annotated[
    str, typer.Option("--from", metavar="FILE", help="JSON: a record or a list; - is stdin.")
]
OneSource = Annotated[
    str, typer.Option("--from", metavar="FILE", help="JSON: the fields to change; - is stdin.")
]
IfVersion = Annotated[str, typer.Option(metavar="N", help="Only if it is still at this version.")]
Search = Annotated[str, typer.Option(help="Only what has this text in its names, in any case.")]
OfCustomer = Annotated[str, typer.Option("--customer", metavar="REF", help="Only this one's.")]
PageSize = Annotated[str, typer.Option(help="Rows on a page, 1 to 1000 (default 50).")]
Cursor = Annotated[str, typer.Option(help="Go on after this page's endCursor.")]
All = Annotated[bool, typer.Option("--all", help="Every page.")]

NOT_FIELDS = {"ctx", "ref", "source", "if_version", "dry_run"}
CHARGES = {"charge": "charges", "add_charge": "addCharges"}  # each typed as NAME=VALUE,…
PARENTS = ("address",)
# Formats that say themselves whether more follows; the others are cut only when that was asked for.
PAGED = ("table", "json", "xml")


def typed(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were typed, by the names of a record's fields.

    >>> typed({"ctx": None, "tax_id": "DE1", "email": [], "name": None, "address_city": ""})
    {'taxId': 'DE1', 'address': {'city': ''}}
    """
    record: dict[str, Any] = {}
    for name, value in parameters.items():
        if name in NOT_FIELDS or value is None or value == []:
            continue
        if name in CHARGES:
            record[CHARGES[name]] = _charges(name, value)
            continue
        parent, _, rest = name.partition("_")
        if parent in PARENTS:
            record.setdefault(parent, {})[_camel(rest)] = value
        else:
            record[_camel(name)] = value
    return record


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _charges(name: str, listed: list[str]) -> list[dict[str, str]]:
    from invoicectl.service.intake import item

    option = f"--{name.replace('_', '-')}"
    return [item(each, option) for each in listed if each]


def add(kind: str, parameters: Mapping[str, Any]) -> None:
    """Add what was typed, or what a file says with what was typed over it."""
    from invoicectl.service import intake, masters

    context: Context = parameters["ctx"].obj
    act = context.act(dry_run=parameters["dry_run"])
    over, source = typed(parameters), parameters["source"]
    if not source:
        context.show(masters.add(context.db, act, kind, over), kind)
        return
    bodies = intake.parse(context.read(source), source)
    if isinstance(bodies, list):
        merged = [_over(body, over) for body in bodies]
        context.results(masters.add_each(context.db, act, kind, merged), kind)
    else:
        context.show(masters.add(context.db, act, kind, _over(bodies, over), typed=False), kind)


def _over(body: Any, over: Mapping[str, Any]) -> Any:
    return {**body, **over} if isinstance(body, Mapping) else body


def update(kind: str, parameters: Mapping[str, Any]) -> None:
    """Change what was typed, or what a file says with what was typed over it."""
    from invoicectl.service import intake, masters

    context: Context = parameters["ctx"].obj
    act = context.act(dry_run=parameters["dry_run"])
    body: Any = typed(parameters)
    if source := parameters["source"]:
        body = _over(intake.parse(context.read(source), source), body)
        if isinstance(body, list):
            raise UsageError("--from: one record is updated at a time", hint="see 'import'")
    record = masters.update(
        context.db, act, kind, parameters["ref"], body,
        if_version=whole("--if-version", parameters["if_version"]), typed=not source,
    )  # fmt: skip
    context.show(record, kind)


def whole(option: str, text: str) -> int | None:
    """Return the whole number that an option was given, None where it was not."""
    if not text:
        return None
    if not (text.isascii() and text.removeprefix("-").isdecimal() and len(text) < 10):
        raise UsageError(f"{option} {text!r} is not a whole number")
    return int(text)


def delete(ctx: typer.Context, kind: str, refs: list[str], *, dry_run: bool) -> None:
    """Delete one record, or several, each in its own transaction."""
    from invoicectl.service import masters, several

    context: Context = ctx.obj
    verb = partial(masters.delete, context.db, context.act(dry_run=dry_run), kind)
    named = context.refs(refs)
    if len(refs) == 1 and "-" not in refs:
        context.show(verb(named[0]), kind)
    else:
        context.results(several.each(context.db, named, verb), kind)


def get(ctx: typer.Context, kind: str, refs: list[str]) -> None:
    """Show one record, or those that are found of several; exit 3 when one is missing."""
    from invoicectl.commands import answers
    from invoicectl.service import listing, several

    context: Context = ctx.obj
    look_up = partial(listing.get_of, context.db, kind)
    named = context.refs(refs)
    if len(refs) == 1 and "-" not in refs:
        answers.show_one(context, look_up(named[0]), kind)
        return
    found = several.each(context.db, named, look_up)
    answers.show_rows(context, [dict(record) for record in found["succeeded"]], kind)
    if missing := [str(each["message"]) for each in found["failed"]]:
        raise PartialError(f"{len(missing)} of {len(named)} not found: {'; '.join(missing)}")


def list_(kind: str, parameters: Mapping[str, Any], asked: Mapping[str, str] | None = None) -> None:
    """List the records of a kind: a page, or where a format cannot tell of pages all of them.

    `asked` is what only this kind can be asked (see `listing.LISTS`).
    """
    from invoicectl.commands import answers
    from invoicectl.service import listing

    context: Context = parameters["ctx"].obj
    size = whole("--page-size", parameters["page_size"])
    cursor, every = parameters["cursor"], parameters["all"]
    if every and (cursor or size):
        raise UsageError("--all is every page: --page-size and --cursor say nothing then")
    paged = bool(cursor or size) or context.format in PAGED
    found = listing.list_of(
        context.db, kind, search=parameters["search"], customer=parameters.get("customer", ""),
        asked=asked,
        page_size=listing.PAGE_SIZE if size is None else size, cursor=cursor,
        all=every or not paged,
    )  # fmt: skip
    answers.show_found(context, found, kind)
