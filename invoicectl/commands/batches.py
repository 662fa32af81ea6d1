"""batch and batch-generate: many invoices at once."""

import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from invoicectl.commands import expecting, options
from invoicectl.commands.documents import place
from invoicectl.errors import PartialError, UsageError, ValidationError

if TYPE_CHECKING:
    from invoicectl.context import Context

ASKED_FIRST = ("void", "purge")
SHIPMENTS = ("shipmentIds", "shipment_ids", "shipments", "ids")  # whichever a body has


def batch(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ACTION REF...", help="What to do to which; - reads REFs from stdin."
        ),
    ] = [],  # noqa: B006 - Typer copies it
    source: Annotated[
        str, typer.Option("--from", help='JSON: {"action": "void", "ids": [...]}; - is stdin.')
    ] = "",
    dry_run: options.DryRun = False,
    expect_count: expecting.Count = "",
    expect_total: expecting.Total = "",
) -> None:
    """Do one thing to many invoices: each succeeds or fails by itself, and it is said which.

    ACTION is delete, void, mark-awaiting, mark-sent, mark-paid, send, restore or purge. The exit
    code is 3 when any failed.

    Example: invoicectl batch mark-awaiting DRAFT-00001 DRAFT-00002
    """
    from invoicectl.service import batches

    context: Context = ctx.obj
    action, refs = _asked(context, words, source)
    field = "amountOwed" if action == "mark-paid" else "amount"
    expecting.check(context, refs, field=field, count=expect_count, total=expect_total)
    act = context.act(dry_run=dry_run)
    if action in ASKED_FIRST and not dry_run:
        context.confirm(f"{action} {len(refs)} invoices")
    result = batches.batch(context.db, act, action, refs)
    context.results(result, "invoice")
    if refused := [each for record in result["succeeded"] for each in record.get("refused") or []]:
        said = "; ".join(f"{each['address']}: {each['message']}" for each in refused)
        raise PartialError(f"the server refused {said}")


def _asked(context: "Context", words: list[str], source: str) -> tuple[str, list[str]]:
    """Return the action and the REFs: of the command line, or of a body."""
    typed = _action(words[0]) if words else ""
    if not source:
        if len(words) < 2:
            raise UsageError("name an action and invoices", hint="see 'invoicectl batch --help'")
        return typed, context.refs(words[1:])
    from invoicectl.service import intake

    body = intake.parse(context.read(source), source)
    if isinstance(body, list):
        body = {"ids": body}
    fields = intake.Fields(body)
    action, ids = fields.text("action"), fields.take("ids")
    fields.finish()
    if action and typed and _action(action) != typed:
        raise UsageError(f"{typed} was typed, but {source} says {action}")
    if not action and not typed:
        raise UsageError(f"{source} says no action", hint="see 'invoicectl batch --help'")
    return typed or _action(action or ""), [*context.refs(words[1:]), *_texts(ids, "ids")]


def _action(word: str) -> str:
    """Return an action as it is written in ACTIONS."""
    from invoicectl.service.batches import ACTIONS

    action = word.strip().lower().replace("_", "-")
    if action not in ACTIONS:
        near = get_close_matches(action, ACTIONS, 1)
        hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(ACTIONS)}"
        raise UsageError(f"there is no action {word!r}", hint=hint)
    return action


def _texts(listed: Any, name: str) -> list[str]:
    if not isinstance(listed, list):
        raise ValidationError.at(name, "is not a list" if listed else "is missing")
    for at, each in enumerate(listed):
        if not isinstance(each, str):
            raise ValidationError.at(f"{name}[{at}]", "is not a text")
    return listed


def batch_generate(
    ctx: typer.Context,
    shipment: Annotated[list[str], typer.Option(help="Bill this shipment; repeatable.")] = [],  # noqa: B006
    all: Annotated[
        bool, typer.Option("--all", help="All shipments that have charges and no invoice.")
    ] = False,
    source: Annotated[
        str, typer.Option("--from", help="Shipments in a file, one a line or as JSON; - is stdin.")
    ] = "",
    pdf: Annotated[str, typer.Option(metavar="DIR", help="Write the PDFs into this folder.")] = "",
    send: Annotated[
        bool, typer.Option("--send", help="E-mail them, one message a customer.")
    ] = False,
    draft: Annotated[bool, typer.Option("--draft", help="Leave them drafts, without PDF.")] = False,
    dry_run: options.DryRun = False,
) -> None:
    """Make an invoice for each of many shipments, issue it, and make its PDF.

    A shipment that has an invoice or lacks something is skipped, and it is said why. Interrupted
    anywhere and run again, it goes on and makes nothing twice.

    Example: invoicectl batch-generate --all --pdf invoices/ --send
    """
    if draft and (send or pdf):
        raise UsageError("--draft makes no PDF and sends nothing: leave out --send and --pdf")
    from invoicectl.service import generated, generating

    context: Context = ctx.obj
    shipments = _shipments(context, shipment, source, all=all)
    asked = generated.Asked(
        place=_folder(pdf, dry_run=dry_run), send=send, draft=draft, progress=_progress(context)
    )
    act = context.act(dry_run=dry_run)
    result = generating.generate(context.db, act, shipments, asked)
    context.results(result, "generated")
    unsent = [letter for letter in result["emails"] if "error" in letter]
    if unsent:
        raise PartialError(f"{len(unsent)} of {len(result['emails'])} e-mails failed")


def _shipments(
    context: "Context", shipment: list[str], source: str, *, all: bool
) -> list[str] | None:
    """Return the REFs of the shipments, None for all."""
    if all == bool(shipment or source):
        hint = "see 'invoicectl batch-generate --help'"
        raise UsageError("name shipments (--shipment, --from), or say --all", hint=hint)
    if all:
        return None
    return [*context.refs(shipment), *(_listed(context, source) if source else [])]


def _listed(context: "Context", source: str) -> list[str]:
    """Return the REFs in a file: JSON, or one a line."""
    text = context.read(source)
    if not text.lstrip().startswith(("[", "{")):
        return [line.strip() for line in text.splitlines() if line.strip()]
    from invoicectl.service import intake

    body = intake.parse(text, source)
    if isinstance(body, list):
        return _texts(body, "body")
    name = next((name for name in SHIPMENTS if name in body), SHIPMENTS[0])
    return _texts(body.get(name), name)


def _folder(pdf: str, *, dry_run: bool) -> Callable[[str], Path] | None:
    """Return where the PDF of a number goes; the folder is made now."""
    if not pdf:
        return None
    folder = Path(pdf).expanduser()
    if not dry_run:
        from invoicectl.output import files

        files.make_folder(folder)
    return lambda number: place(pdf, number, many=True)


def _progress(context: "Context") -> Callable[[int, int], None]:
    """Return what tells a terminal how many are done."""
    if context.options.quiet or sys.stderr is None or not sys.stderr.isatty():
        return lambda done, of: None  # noqa: ARG005

    def tell(done: int, of: int) -> None:
        sys.stderr.write("\r\x1b[K" if done == of else f"\r{done} of {of}")
        sys.stderr.flush()

    return tell
