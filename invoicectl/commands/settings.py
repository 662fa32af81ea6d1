"""config list|get|set|unset|edit|path: the settings."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from invoicectl import config
from invoicectl import profiles as companies
from invoicectl.context import Context
from invoicectl.errors import ConflictError, NotConfiguredError, UsageError, ValidationError

KeyName = Annotated[str, typer.Argument(metavar="KEY", help="For example company.name.")]


def list_(
    ctx: typer.Context,
    show_origin: Annotated[
        bool, typer.Option("--show-origin", help="Where each comes from.")
    ] = False,
) -> None:
    """List every setting, its value and what it means.

    Example: invoicectl config list
    """
    rows = []
    for key, (value, origin) in ctx.obj.origins.items():
        row = {"key": key, "value": value or None, "meaning": config.KEYS[key][0]}
        rows.append(row | ({"origin": origin} if show_origin else {}))
    ctx.obj.list(rows, "setting", limit=None)


def get(ctx: typer.Context, key: KeyName) -> None:
    """Print one setting.

    Example: invoicectl config get company.currency
    """
    value = ctx.obj.settings[config.known(key)]
    if ctx.obj.format in {"json", "jsonl"}:
        ctx.obj.show({"key": key, "value": value or None}, "setting")
    else:
        ctx.obj.plain(f"{value}\n")


def set_(
    ctx: typer.Context,
    pairs: Annotated[
        list[str], typer.Argument(metavar="KEY VALUE", help="Or KEY=VALUE, repeated.")
    ],
) -> None:
    """Keep a setting in the settings file; an empty value takes it out.

    Comments and order of the file stay.

    Example: invoicectl config set company.name "Northwind Ltd"
    """
    if len(pairs) == 2 and "=" not in pairs[0]:
        changes = {pairs[0]: pairs[1]}
    elif all("=" in pair for pair in pairs):
        changes = {pair.partition("=")[0]: pair.partition("=")[2] for pair in pairs}
    else:
        raise UsageError("give KEY VALUE, or KEY=VALUE as often as you like")
    keep(ctx.obj, {key: value or None for key, value in changes.items()})


def keep(context: Context, changes: dict[str, str | None]) -> None:
    """Keep settings, and say so; a script is told what they are now."""
    config.store(context.config_path, changes)
    if context.format in {"table", "tsv"}:
        context.say(f"kept in {context.config_path}")
    else:
        stored = config.load(context.config_path)
        context.show({key: stored[key] or None for key in changes}, "setting")


def unset(
    ctx: typer.Context,
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="Settings.")],
) -> None:
    """Take settings out of the settings file; their defaults hold again.

    Example: invoicectl config unset company.logo
    """
    keep(ctx.obj, dict.fromkeys(keys))


def edit(ctx: typer.Context) -> None:
    """Open the settings file in your editor, VISUAL or EDITOR; it is kept once it can be read.

    Where there is none yet, it begins with every setting, none of them set.

    Example: invoicectl config edit
    """
    context: Context = ctx.obj
    stored = config.read(context.config_path)
    text = config.blank() if stored is None else stored
    while (typed := _edited(text)) != text:
        try:
            config.replace(context.config_path, typed)
        except ValidationError as refusal:
            if not _again(context, refusal):
                raise
            text = typed
        else:
            context.say(f"kept in {context.config_path}")
            break
    else:
        context.say("nothing was changed")
    _answer_path(context)


def _edited(text: str) -> str:
    """Return what a person made of a text."""
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with TemporaryDirectory() as folder:
        draft = Path(folder) / "config.toml"
        draft.write_text(text, "utf-8")
        try:
            done = subprocess.run([*words, draft], check=False)  # noqa: S603 - the user's own
        except OSError as error:
            hint = "set EDITOR, or use 'invoicectl config set KEY VALUE'"
            message = f"{words[0]} cannot be run: {error.strerror}"
            raise NotConfiguredError(message, hint=hint) from None
        if done.returncode:
            message = f"{words[0]} ended with exit code {done.returncode}; nothing was changed"
            raise ConflictError(message)
        return draft.read_text("utf-8")


def _again(context: Context, refusal: ValidationError) -> bool:
    """Ask in a terminal whether to go on editing what cannot be kept as it is."""
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    context.tell(f"error: {refusal.message}\nEdit again? [Y/n] ")
    return sys.stdin.readline().strip().lower() in {"", "y", "yes"}


def profiles(ctx: typer.Context) -> None:
    """List the companies that have a profile: each its own settings and database.

    `invoicectl --profile NAME init` makes one; --profile or INVOICECTL_PROFILE chooses it. The
    company without a name is the one that is meant without either.

    Example: invoicectl config profiles
    """
    context: Context = ctx.obj
    rows = [
        {
            "profile": name or None,
            "company": config.load(companies.config_of(name))["company.name"] or None,
            "database": str(companies.database_of(name)),
            "config": str(companies.config_of(name)),
            "chosen": (context.new_db.name, context.config_path)
            == (str(companies.database_of(name)), companies.config_of(name)),
        }
        for name in ["", *companies.every()]
    ]
    context.list(rows, "profile", limit=None)


def path(ctx: typer.Context) -> None:
    """Print where the settings are kept.

    Example: invoicectl config path
    """
    if not _answer_path(ctx.obj):
        ctx.obj.plain(f"{ctx.obj.config_path}\n")


def _answer_path(context: Context) -> bool:
    """Tell a script where the settings are; return whether one was asking."""
    if context.format in {"table", "tsv"}:
        return False
    context.show({"path": str(context.config_path)}, "setting")
    return True
