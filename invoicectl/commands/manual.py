r"""The manual page, made of what `--help` and the topics say: roff, for man and mandoc.

Nothing is written twice: the commands come from Typer, what help says of them from wording.py, the
rest from the pages of `help` and from the tables of settings and variables.
"""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from invoicectl import __version__, config
from invoicectl.commands import helping, wording


def page(ctx: Any) -> str:
    """Return the manual page of the whole command line that a Typer context belongs to."""
    root = ctx.find_root()
    whole = typer.Context(root.command, info_name="invoicectl")
    about, _, more = (inspect.getdoc(root.command.callback) or "").partition("\n\n")
    lines = [
        f'.TH INVOICECTL 1 "" "invoicectl {__version__}" "User Commands"',
        ".ad l", ".nh",
        ".SH NAME", f"invoicectl \\- {_text(about[:1].lower() + about[1:].rstrip('.'))}",
        ".SH SYNOPSIS", ".B invoicectl", "[OPTIONS] COMMAND [ARGS]...",
        ".SH DESCRIPTION", *_paragraphs(f"{about}\n\n{more}"),
        ".SH OPTIONS", *_terms(wording.entries(whole, root.command.get_params(whole), "option")),
        ".SH COMMANDS", *_commands(whole, root.command),
        ".SH SETTINGS", *_terms(_settings()),
        ".SH ENVIRONMENT", *_terms(config.ENVIRONMENT.items()),
        *_topics(),
        ".SH FILES", *_terms(_files()),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    r"""Return a text as roff takes it.

    >>> print(_text(".\\ --all"))
    \&.\e \-\-all
    """
    escaped = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _paragraphs(text: str) -> Iterator[str]:
    for at, paragraph in enumerate(filter(None, text.split("\n\n"))):
        yield from [".PP"] if at else []
        yield _text(" ".join(paragraph.split()))


def _terms(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield names, each with what it means below it."""
    for name, meaning in rows:
        yield ".TP"
        yield rf"\fB{_text(name)}\fR"
        yield _text(" ".join(meaning.split()) or " ")


def _as_it_stands(text: str) -> Iterator[str]:
    yield ".EX"
    for line in text.strip("\n").split("\n"):
        yield _text(line)
    yield ".EE"


def _commands(ctx: Any, group: Any) -> Iterator[str]:
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        below = typer.Context(command, info_name=name, parent=ctx)
        if hasattr(command, "entries"):
            yield from _commands(below, command)
        else:
            yield from _command(below, command)


def _command(ctx: Any, command: Any) -> Iterator[str]:
    parameters = command.get_params(ctx)
    usage = f"{wording.path(ctx)} {wording.arguments(parameters)}".strip()
    said, _, example = inspect.cleandoc(command.help).partition("\b\nExample:")
    yield f'.SS "{_text(usage)}"'
    yield from _paragraphs(said)
    if example:
        yield ".sp"
        yield from _as_it_stands(f"$ {' '.join(example.split())}")
    yield from _terms(wording.entries(ctx, parameters, "argument"))
    options = wording.entries(ctx, parameters, "option")
    yield from _terms(row for row in options if row[0] != "--help")
    if known := wording.ELSEWHERE.get(wording.path(ctx)):
        yield from (".PP", _text(f"Elsewhere: {known}"))


def _settings() -> Iterator[tuple[str, str]]:
    for key, (meaning, default) in config.KEYS.items():
        means = meaning + (f" (default {default})" if default else "")
        yield f"{key}, {config.variable(key)}", means


def _topics() -> Iterator[str]:
    """Yield the pages of help, but for the one on variables and settings, which is said already."""
    for topic in helping.TOPICS:
        if topic != "environment":
            heading = "EXIT STATUS" if topic == "exit-codes" else topic.upper()
            yield f".SH {heading}"
            yield from _as_it_stands(helping.page(topic))


def _files() -> list[tuple[str, str]]:
    return [
        ("~/.config/invoicectl/config.toml", "the settings; profiles/NAME.toml of a profile"),
        ("~/.local/share/invoicectl/invoices.db", "the books; profiles/NAME.db of a profile"),
    ]
