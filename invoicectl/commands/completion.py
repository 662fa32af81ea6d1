"""completion: what a shell has to know so that Tab completes; see `completing` for the rest."""

from pathlib import Path
from typing import Annotated

import typer

from invoicectl.errors import UsageError

SCRIPTS = Path(__file__).with_name("shells")
SHELLS = ("bash", "zsh", "fish")


def completion(
    ctx: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print what makes Tab complete commands, options and names in your shell.

    Invoices, customers and the rest are those of your books, with what they owe. The first lines
    say where to put it.

    Example: invoicectl completion bash
    """
    if shell not in SHELLS:
        raise UsageError(f"there is no completion for {shell!r}", hint="bash, zsh or fish")
    ctx.obj.plain((SCRIPTS / f"invoicectl.{shell}").read_text("utf-8"))
