"""The arguments and options that several commands share, and how their text is read."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import typer

from invoicectl.errors import UsageError, ValidationError
from invoicectl.rules import currencies, dates

# Options that say how much, when or whose: an empty one is not the same as none (`update` clears).
NEVER_EMPTY = frozenset({
    "amount", "as_of", "currency", "customer", "date", "discount", "due_date", "if_version",
    "invoice_date", "order", "shipment", "shipping", "since", "until",
})  # fmt: skip
ONE_REF = frozenset({"REF", "PAYMENT", "CM"})  # how arguments are called that are one REF
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)

Ref = Annotated[str, typer.Argument(metavar="REF", help="Number, id or key.", show_default=False)]
Refs = Annotated[
    list[str],
    typer.Argument(
        metavar="REF...", help="Numbers, ids or keys; - reads them from standard input."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be; change nothing.")]
Open = Annotated[bool, typer.Option("--open", help="Show it in your PDF viewer.")]
Fields = Annotated[str, typer.Option("--fields", help="Only these fields: a,b,customer.name.")]
Key = Annotated[str, typer.Option("--key", help="Your own name for it; makes a retry harmless.")]


def text(help: str, *names: str) -> object:
    """Return an option that takes text."""
    return Annotated[str, typer.Option(*names, help=help, show_default=False)]


def day(typed: str, option: str) -> date | None:
    """Return the date that an option was given, None where it was not.

    Raises:
        UsageError: it is no ISO 8601 date.
    """
    if not typed:
        return None
    try:
        return dates.read(typed)
    except ValueError as error:
        raise UsageError(f"{option} {typed!r} {error}") from error


def amount(typed: str, option: str) -> str:
    """Return the amount that an option was given, as it was typed.

    Raises:
        UsageError: it is no plain number; whether it is acceptable is for its currency to say.
    """
    if typed and not _NUMBER.fullmatch(typed.strip()):
        raise UsageError(f"{option} {typed!r} is not a plain number such as 1234.50")
    return typed.strip()


def given(options: Mapping[str, object]) -> dict[str, object]:
    """Return the options that were given, without those left empty."""
    return {name: value for name, value in options.items() if value not in ("", [], False, None)}


def asked(*, since: str, until: str, currency: str, **flags: bool) -> dict[str, str]:
    """Return what a list of money or credits is asked for, as the service takes it."""
    wanted = {"currency": _currency(currency)} if currency else {}
    for name, typed in (("from", since), ("to", until)):
        if (found := day(typed, f"--{name}")) is not None:
            wanted[name] = found.isoformat()
    return wanted | {name: "" for name, flag in flags.items() if flag}


def _currency(typed: str) -> str:
    try:
        return currencies.read(typed)
    except ValueError as error:
        raise ValidationError.at("--currency", str(error)) from error
