"""The commands as Typer knows them: imported when they are asked for, taking what is typed as text.

Help is in our own words (commands/wording.py), which are loaded for nothing else.
"""

import inspect
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from invoicectl.commands import Entry
from invoicectl.errors import UsageError


class _AsTyped:
    """Takes a parameter as it was typed: text, a list of texts or a flag. See the module's note."""

    def coerce(self, value: Any, **_: Any) -> Any:
        return list(value) if isinstance(value, tuple) else value


_AS_TYPED = _AsTyped()


def _as_typed(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        parameter._runtime_param = _AS_TYPED  # noqa: SLF001 - Typer offers no other way
    return parameters


class Helpful:
    """What a command and a group have in common: parameters as typed, and help in our words."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters."""
        return _as_typed(super().get_params(ctx))  # type: ignore[misc]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, no wider than the terminal."""
        formatter.width = wording().width()
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments and the options."""
        parameters = self.get_params(ctx)
        for title, kind in (("Arguments", "argument"), ("Options", "option")):
            if rows := list(wording().entries(ctx, parameters, kind)):
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write what the command is called elsewhere."""
        if known := wording().ELSEWHERE.get(wording().path(ctx)):
            with formatter.section("Elsewhere"):
                formatter.write_text(known)


def wording() -> Any:
    """Return the module of the words of help, which nothing but help needs."""
    from invoicectl.commands import wording as words

    return words


class Command(Helpful, TyperCommand):
    """A command that takes every parameter as it was typed."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, with the REF on standard input for `-`.

        Refused where a script's variable was empty and that would change what is done, and where
        --fields names what a change cannot answer with.
        """
        from invoicectl.commands.options import NEVER_EMPTY, ONE_REF

        for parameter in self.params:
            name = parameter.name
            if parameter.metavar in ONE_REF and ctx.params[name] == "-":
                ctx.params[name] = ctx.obj.ref("-")
            if name not in NEVER_EMPTY or parameter.default != "":
                continue  # without a default it may be emptied
            was_typed = ctx.get_parameter_source(name).name == "COMMANDLINE"
            if was_typed and not ctx.params[name].strip():
                raise UsageError(f"{parameter.opts[0]} is empty")
        if "dry_run" in ctx.params and ctx.obj.options.fields:
            from invoicectl.commands import answers

            answers.expect(ctx.obj, wording().path(ctx))
        return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what follows the command's name in its usage line."""
        return [word for word in ("[OPTIONS]", wording().arguments(self.get_params(ctx))) if word]


class Commands(Helpful, TyperGroup):
    """A group whose commands are imported when they are first asked for."""

    entries: dict[str, Entry]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands below the options."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names of the commands, in the order of the table."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return a command, imported now; None where there is none of that name."""
        if cmd_name not in self.commands and cmd_name in self.entries:
            self.commands[cmd_name] = build(cmd_name, self.entries[cmd_name])
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that was typed, or suggest one."""
        if self.get_command(ctx, args[0]) is None:
            for name in self.entries:  # for "did you mean"
                self.commands.setdefault(name, TyperCommand(name))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write the commands in panels by task."""
        panels: dict[str, list[tuple[str, str]]] = {}
        for name, entry in self.entries.items():
            panels.setdefault(entry.panel or "Commands", []).append((name, entry.summary()))
        room = formatter.width - max(map(len, self.entries)) - 4
        for panel, rows in panels.items():
            with formatter.section(panel):
                formatter.write_dl([(name, wording().shortened(s, room)) for name, s in rows])


def build(name: str, entry: Entry) -> Any:
    """Return the Typer command of an entry, or the group of its entries."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    if entry.sub:
        app.callback(cls=Commands, help=entry.help, no_args_is_help=True)(_nothing)
        group: Any = typer.main.get_command(app)
        group.name, group.entries = name, entry.sub
        return group
    function = entry.function()
    said = inspect.getdoc(function) or ""
    on_one_line = said.replace("\nExample:", "\n\b\nExample:")  # however long, to be pasted
    app.command(name, cls=Command, help=on_one_line)(function)
    return typer.main.get_command(app)


def _nothing() -> None:
    """A group does nothing by itself."""
