"""What `invoicectl/commands/spelled.txt` has to say, asked of the commands themselves."""

from collections.abc import Iterator
from typing import Any

import typer

from invoicectl import cli, tree
from invoicectl.commands import COMMANDS, Entry, completion, helping
from invoicectl.commands.templates import KINDS
from invoicectl.context import FORMATS
from invoicectl.output.styles import STYLES
from invoicectl.rules.aging import By
from invoicectl.service import schemas, vocabulary
from invoicectl.service.aging import Factored
from invoicectl.service.batches import ACTIONS
from invoicectl.service.imports import FORMATS as INPUT_FORMATS
from invoicectl.service.imports.layouts import LAYOUTS

HEAD = """\
# What Tab completes without loading the commands: the options of each (those with = take a value),
# REF before them where there are arguments, and words from tables. Made anew by the tests:
# INVOICECTL_WRITE_OPTIONS=1 python -m pytest tests/test_completion.py
"""
WORDS = {
    "batch": list(ACTIONS),
    "import": list(LAYOUTS),
    "help": [*helping.TOPICS, *COMMANDS],
    "schema": [each["name"] for each in schemas.names()],
    "completion": list(completion.SHELLS),
    "--format": list(FORMATS),
    "--sort": [sign + name for name in vocabulary.sorts() for sign in ("", "-")],
    "--by": [each.value for each in By],
    "--factored": [each.value for each in Factored],
    "--tax-rounding": ["document", "line"],
    "--factor-name": ["DENIM", "HAULPAY"],
    "--excess": ["unapplied"],
    "--input-format": list(INPUT_FORMATS),
    "--template": list(STYLES),
    "--kind": list(KINDS),
}


def commands(entries: dict[str, Entry] = COMMANDS, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every command and group, by what is typed, as Typer knows it."""
    for name, entry in entries.items():
        typed = f"{path} {name}".strip()
        yield typed, tree.build(name, entry)
        yield from commands(entry.sub, typed)


def spelled() -> str:
    """Return the file as it is to be."""
    rows = {"": _options(cli.front())}
    for typed, command in commands():
        takes = any(parameter.param_type_name == "argument" for parameter in command.params)
        rows[typed] = f"{'REF ' if takes else ''}{_options(command)}".strip()
    rows |= {f"[{name}]": " ".join(words) for name, words in WORDS.items()}
    return HEAD + "".join(f"{name}\t{words}\n" for name, words in rows.items())


def _options(command: Any) -> str:
    ctx = typer.Context(command)
    found = [each for each in command.get_params(ctx) if each.param_type_name == "option"]
    spelled = [
        f"{name}{'' if option.is_flag else '='}"
        for option in found
        for name in (*option.opts, *option.secondary_opts)
        if name != "--help"
    ]
    return " ".join(spelled)
