"""The options that every command takes, and what they may say."""

import os
from pathlib import Path
from typing import NamedTuple

from invoicectl.errors import UsageError, ValidationError

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "xml")
EXTENSIONS = {f".{name}": name for name in (*FORMATS[1:], "xlsx", "html")} | {".txt": "table"}
MADE_OF = {"xlsx": ("aging", "export"), "html": ("aging",)}  # what has more than data in it
OWN_OUTPUT = ("pdf", "templates")  # their -o is no answer, or a folder


class Options(NamedTuple):
    """The options that every command takes, before or after its name."""

    db: str = ""
    config: str = ""
    format: str = ""
    output: str = ""
    fields: str = ""
    today: str = ""
    quiet: bool = False
    yes: bool = False
    no_color: bool = False
    debug: bool = False
    if_changed: bool = False
    profile: str = ""
    settings: tuple[str, ...] = ()
    wide: bool = False
    no_pager: bool = False


def check_output(options: Options, command: str) -> None:
    """Refuse an -o FILE that cannot be, before the command does anything.

    Raises:
        UsageError: it is a workbook or a page, and the command makes none.
        NotFoundError: its folder does not exist.
        PermissionDeniedError: it may not be written.
        ConflictError: it is a database.
    """
    ending = EXTENSIONS.get(Path(options.output).suffix.lower(), "")
    commands = MADE_OF.get(ending, (command,))
    if not options.format and command not in commands:
        raise UsageError(
            f"-o FILE.{ending} is for {' and '.join(commands)}, not for {command or 'this'}",
            hint=f"end it in {', '.join(f'.{name}' for name in FORMATS[1:])}, or name a --format",
        )
    if options.output and command not in OWN_OUTPUT:
        from invoicectl.output import files

        files.refuse_unwritable(Path(options.output))


def names(fields: str) -> list[str] | None:
    """Return the names in `a,b,customer.name`, None for none."""
    if not fields:
        return None
    listed = [name.strip() for name in fields.split(",") if name.strip()]
    if not listed:
        raise ValidationError.at("--fields", "names no field")
    return listed


def read_format(word: str) -> str:
    """Return a format's name; UsageError where there is none of that name."""
    if word.lower() not in FORMATS:
        raise UsageError(f"--format {word!r} is not one of {', '.join(FORMATS)}")
    return word.lower()


def who() -> str:
    """Return who acts: INVOICECTL_USER, else the login name."""
    named = os.environ.get("INVOICECTL_USER", "").strip()
    if named:
        return named
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())
