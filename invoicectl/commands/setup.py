"""init: make a database, and say who you are: by options, or in a terminal by answering."""

import sys
from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from invoicectl import config
from invoicectl.context import Context
from invoicectl.errors import ConflictError, ValidationError

SHORT = {
    "company.name": "company",
    "company.payment_term": "term",
    "numbering.pattern": "numbering",
}
QUESTIONS = (
    "company.name", "company.address.line1", "company.address.line2",
    "company.address.postal_code", "company.address.city", "company.address.region",
    "company.address.country", "company.email", "company.tax_id", "company.currency",
    "company.payment_term", "numbering.pattern", "company.iban", "company.bic", "company.logo",
    "mail.transport", "mail.host", "mail.username", "mail.password_command", "mail.folder",
)  # fmt: skip
# What is said before a question.
HEADINGS = {
    "company.name": "Who you are, as invoices say it:",
    "company.currency": "What holds where nothing else is said:",
    "company.iban": "Where you are paid, and your logo:",
    "mail.transport": "How e-mails leave (nothing: not yet):",
}
# What is asked only where an answer before was this.
ONLY_AFTER = {
    "mail.host": ("mail.transport", "smtp"),
    "mail.username": ("mail.transport", "smtp"),
    "mail.password_command": ("mail.transport", "smtp"),
    "mail.folder": ("mail.transport", "file"),
}


def option(key: str) -> str:
    """Return the option of a setting.

    >>> option("company.name"), option("company.address.line1"), option("mail.password_command")
    ('company', 'address-line1', 'mail-password-command')
    """
    word = SHORT.get(key) or key.removeprefix("company.")
    return word.replace(".", "-").replace("_", "-")


def with_setting_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each setting, as its `**typed`."""
    own = [each for each in signature(command).parameters.values() if each.name != "typed"]
    options = [
        Parameter(
            option(key).replace("-", "_"),
            Parameter.KEYWORD_ONLY,
            default="",
            annotation=Annotated[
                str, typer.Option(f"--{option(key)}", help=_sentence(meaning), show_default=False)
            ],
        )
        for key, (meaning, _) in config.KEYS.items()
    ]
    signed = signature(command).replace(parameters=[*own, *options])
    command.__signature__ = signed  # type: ignore[attr-defined]
    return command


def _sentence(meaning: str) -> str:
    return f"{meaning[:1].upper()}{meaning[1:]}."


@with_setting_options
def init(ctx: typer.Context, **typed: Any) -> None:
    """Make an empty database, and keep settings that are given.

    Without options it asks, in a terminal, who you are. The file is readable by you alone. One that
    is there is left as it is.

    Example: invoicectl init --company "Northwind Ltd" --currency EUR --term "Net 30"
    """
    from invoicectl.service import setup

    context: Context = ctx.obj
    changes = _typed(typed) | context.given
    asked = not changes and _can_ask(context) and not context.new_db.exists()
    if asked:
        changes = _ask(context, context.settings)
    made = setup.init(context.new_db)
    if not made and not changes:
        hint = "change settings with 'invoicectl config set' or 'config edit'"
        raise ConflictError(f"there is a database already: {context.new_db.name}", hint=hint)
    if changes:
        config.store(context.config_path, changes)
        context.say(f"kept {len(changes)} settings in {context.config_path}")
    context.show({"database": context.new_db.name, "config": str(context.config_path)}, "setup")
    if asked:
        context.say("\nnext: invoicectl customer add --name NAME --email ADDRESS")


def _typed(typed: Mapping[str, str]) -> dict[str, str | None]:
    given = {key: typed[option(key).replace("-", "_")] for key in config.KEYS}
    return {key: config.checked(key, value) for key, value in given.items() if value}


def _can_ask(context: Context) -> bool:
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return not context.options.yes and all(each is not None and each.isatty() for each in streams)


def _ask(context: Context, settings: Mapping[str, str]) -> dict[str, str | None]:
    """Return what was answered and differs from what holds already; nothing is kept yet."""
    context.tell("An empty answer keeps what stands in [ ]. Ctrl-C ends it, and nothing is made.")
    said: dict[str, str] = {}
    for key in QUESTIONS:
        before, wanted = ONLY_AFTER.get(key, ("", ""))
        if key in HEADINGS:
            context.tell(f"\n{HEADINGS[key]}")
        if not before or said[before] == wanted:
            said[key] = _answer(context, key, settings[key])
    return {key: value for key, value in said.items() if value != settings[key]}


def _answer(context: Context, key: str, default: str) -> str:
    meaning, _ = config.KEYS[key]
    while True:
        sys.stderr.write(_sentence(meaning)[:-1] + (f" [{default}]: " if default else ": "))
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise typer.Abort
        try:
            return config.checked(key, line.strip()) or default
        except ValidationError as error:
            context.tell(f"  {error.message}")
