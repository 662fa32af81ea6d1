"""Put the commands together, and turn every refusal into a line on stderr and an exit code.

A tool in a terminal is started a hundred times a day, so three things are done here and nowhere
else: a command's module is imported only when that command runs (COMMANDS is all that is known
before); what a command was given stays text, because Typer would load pydantic to turn text into
text; and the process ends without tearing every module down, after all that was opened is closed.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NoReturn

import typer

from invoicectl.commands import COMMANDS
from invoicectl.context import Context, drop_output
from invoicectl.errors import (
    DatabaseError,
    InterruptionError,
    InvoicectlError,
    PartialError,
    ReaderGone,
    UsageError,
    of_system,
)
from invoicectl.hoisting import FLAGS, VALUED, hoist
from invoicectl.options import OWN_OUTPUT, Options, check_output, names, read_format
from invoicectl.tree import Commands

ClickError: Any = typer.BadParameter.__mro__[2]  # Typer keeps its Click to itself


def front() -> Any:
    """Return the whole command line: the global options and every command."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.callback(cls=Commands, invoke_without_command=True)(start)
    group: Any = typer.main.get_command(app)
    group.entries = COMMANDS
    return group


def start(
    ctx: typer.Context,
    db: Annotated[str, typer.Option(help="Database file [env: INVOICECTL_DB].")] = "",
    config: Annotated[str, typer.Option(help="Settings file [env: INVOICECTL_CONFIG].")] = "",
    profile: Annotated[
        str, typer.Option(help="One of several companies [env: INVOICECTL_PROFILE].")
    ] = "",
    setting: Annotated[
        list[str], typer.Option("--set", help="A setting for this run; init keeps it. Repeatable.")
    ] = [],  # noqa: B006 - Typer copies it
    format: Annotated[
        str,
        typer.Option(
            "--format", "-f", help="table, tsv, csv, json, jsonl or xml [env: INVOICECTL_FORMAT]."
        ),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    output: Annotated[
        str, typer.Option("--output", "-o", help="Write to this file; its ending is the format.")
    ] = "",
    fields: Annotated[str, typer.Option(help="Only these fields: a,b,customer.name.")] = "",
    today: Annotated[str, typer.Option(help="The date to book [env: INVOICECTL_TODAY].")] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only data and errors.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer yes to questions.")] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours [env: NO_COLOR].")
    ] = False,
    if_changed: Annotated[
        bool, typer.Option("--if-changed", help="Leave the file of -o alone if nothing changed.")
    ] = False,
    wide: Annotated[
        bool, typer.Option("--wide", help="Tables with every column, however wide.")
    ] = False,
    no_pager: Annotated[
        bool, typer.Option("--no-pager", help="No pager for what is taller than the screen.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Invoices, payments and who still owes what, in one local SQLite file.

    Without a command: what needs doing today. The options below can stand before or after a
    command's name.
    """
    if version:
        from invoicectl import __version__

        typer.echo(f"invoicectl {__version__}")
        raise typer.Exit
    chosen = read_format(format) if format else ""
    chosen = "json" if json else chosen
    output = "" if output == "-" and ctx.invoked_subcommand not in OWN_OUTPUT else output
    ctx.obj.options = Options(
        db, config, chosen, output, fields, today, quiet, yes, no_color, debug, if_changed,
        profile, tuple(setting), wide, no_pager,
    )  # fmt: skip
    if if_changed and not output:
        raise UsageError("--if-changed goes with -o FILE")
    check_output(ctx.obj.options, ctx.invoked_subcommand or "")
    _ = ctx.obj.format, names(fields)  # what cannot be is refused before anything is done
    if ctx.invoked_subcommand is None:
        from invoicectl.commands import today as home

        home.today(ctx.obj)


class Interrupted(BaseException):
    """A signal that ends the command in order: nothing half done is left.

    Typer would turn a KeyboardInterrupt into an end of its own. `by` is the signal, also where the
    exception itself got lost in code that calls back into Python, as SQLite does.
    """

    by = 0


def _interrupt(signum: int, _frame: object) -> None:
    for number in SIGNALS:  # who asks twice is not kept waiting
        signal.signal(number, lambda again, _: os._exit(128 + again))
    Interrupted.by = signum
    raise Interrupted


def _unraisable(lost: Any) -> None:
    if isinstance(lost.exc_value, Interrupted):
        _stop()
    if not Interrupted.by:  # else it is of no more interest what was in the middle of something
        sys.__unraisablehook__(lost)


def _stop() -> NoReturn:
    """End the process as a signal does; Ctrl-C is answered with a word."""
    if Interrupted.by == signal.SIGINT:
        _tell(sys.argv[1:], Context(), InterruptionError("interrupted"))
    os._exit(128 + Interrupted.by)


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(words: Sequence[str]) -> NoReturn:
    """Run one command line and end the process with its exit code."""
    sys.unraisablehook = _unraisable
    try:
        for number in SIGNALS:
            signal.signal(number, _interrupt)
        code = _flushed(words, run(words))
    except Interrupted:
        _stop()
    if Interrupted.by:
        _stop()
    os._exit(code)


def _flushed(words: Sequence[str], code: int) -> int:
    """Write out what is left to be written; return the exit code, which that may change."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        pass
    except OSError as error:
        said = DatabaseError(f"standard output cannot be written: {error}")
        code = _tell(words, Context(), said)
    if sys.stderr is not None:
        sys.stderr.flush()
    return code


def run(words: Sequence[str]) -> int:
    """Run one command line and return its exit code; every refusal ends here."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    context = Context(run=run)
    try:
        code = front().main(hoist(words), "invoicectl", obj=context, standalone_mode=False)
        context.flush()
    except (Exception, KeyboardInterrupt, Interrupted) as error:  # the one place for a bad end
        if Interrupted.by:
            return 128 + Interrupted.by
        end = next(end for kind, end in ENDS if isinstance(error, kind))
        return end(words, context, error)
    finally:
        context.close()
    return code if isinstance(code, int) else 0


def _reader_gone(_words: Sequence[str], _context: Context, _error: Exception) -> int:
    drop_output()
    return 0


def _interrupted(words: Sequence[str], context: Context, _error: Exception) -> int:
    return _tell(words, context, InterruptionError("interrupted"))


def _refuse(words: Sequence[str], context: Context, refusal: InvoicectlError) -> int:
    if not _wants_json(words, context):  # then stderr is one line of JSON and nothing else
        context.flush()
    if context.options.debug and not isinstance(refusal, PartialError):
        import traceback

        traceback.print_exc()
    return _tell(words, context, refusal)


EXTRA = "Got unexpected extra argument(s) "  # Click's words


def _usage(words: Sequence[str], context: Context, error: Any) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.ctx.get_help())
        return 0
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "invoicectl"
    message, hint = error.format_message(), f"see '{path} --help'"
    if message.startswith(EXTRA):
        message = f"unexpected: {message.removeprefix(EXTRA).strip('()')}"
    typed = getattr(error, "option_name", "")
    if ctx is not None and typed and (near := _nearest_option(ctx, typed)):
        message, hint = error.message, f"did you mean {near}? {hint}"
    return _tell(words, context, UsageError(message, hint=hint))


def _nearest_option(ctx: Any, typed: str) -> str:
    """Return the option that was probably meant: one of the command's or a global one."""
    from difflib import get_close_matches

    own = [name for each in ctx.command.params for name in (*each.opts, *each.secondary_opts)]
    return next(iter(get_close_matches(typed, [*own, *FLAGS, *VALUED], 1)), "")


def _system(words: Sequence[str], context: Context, error: OSError) -> int:
    refusal = of_system(error)
    return _refuse(words, context, refusal) if refusal else _crash(words, context, error)


def _crash(words: Sequence[str], context: Context, error: Exception) -> int:
    if context.options.debug:
        raise error
    refusal = InvoicectlError(
        f"a bug in invoicectl: {type(error).__name__}: {error}",
        hint="run it again with --debug for the details, and please report it",
    )
    return _tell(words, context, refusal)


ENDS: tuple[tuple[Any, Callable[[Sequence[str], Context, Any], int]], ...] = (
    (InvoicectlError, _refuse),
    (ClickError, _usage),
    ((KeyboardInterrupt, typer.Abort), _interrupted),
    (ReaderGone, _reader_gone),
    (OSError, _system),
    (Exception, _crash),
)


def _tell(words: Sequence[str], context: Context, refusal: InvoicectlError) -> int:
    """Write a refusal to stderr, as a line of JSON where the answer would be JSON."""
    if sys.stderr is None:
        return refusal.exit_code
    if _wants_json(words, context):
        line: dict[str, object] = {"error": refusal.code, "message": refusal.message}
        line |= {"details": refusal.details, "hint": refusal.hint or None}
        print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201
    else:
        context.tell(f"error: {refusal.message}")
        if refusal.hint:
            context.tell(f"hint: {refusal.hint}")
    return refusal.exit_code


def _wants_json(words: Sequence[str], context: Context) -> bool:
    if context.options != Options():
        try:
            return context.format in {"json", "jsonl"}
        except InvoicectlError:
            return False
    typed = " ".join(hoist(words))
    asked = "--json" in words or "--format json" in typed or "-f json" in typed
    return asked or os.environ.get("INVOICECTL_FORMAT", "") in {"json", "jsonl"}
