"""send: invoices by e-mail."""

from typing import Annotated, Any

import typer

from invoicectl.commands import options
from invoicectl.commands.expecting import expecting
from invoicectl.context import Context
from invoicectl.errors import PartialError


@expecting()
def send(
    ctx: typer.Context,
    refs: options.Refs,
    to: Annotated[list[str], typer.Option(help="Address; else the customer's. Repeatable.")] = [],  # noqa: B006
    cc: Annotated[list[str], typer.Option(help="Copy to. Repeatable.")] = [],  # noqa: B006
    bcc: Annotated[list[str], typer.Option(help="Hidden copy to. Repeatable.")] = [],  # noqa: B006
    subject: Annotated[str, typer.Option(help="Instead of the template's.")] = "",
    message: Annotated[str, typer.Option(help="Instead of the template's text.")] = "",
    resend: Annotated[bool, typer.Option("--resend", help="Even if it was sent before.")] = False,
    dry_run: options.DryRun = False,
) -> None:
    """E-mail invoices with their PDFs to their customers; drafts are issued first.

    What was sent to the same addresses before is skipped, so it is safe to run from cron. A letter
    of which nobody knows whether it arrived is not sent again without --resend.

    Example: invoicectl send INV-00001 --cc boss@example.com
    """
    from invoicectl.service import send as sending
    from invoicectl.service import several

    context: Context = ctx.obj
    order = sending.Order(
        tuple(to), tuple(cc), tuple(bcc), subject or None, message or None, resend
    )
    act = context.act(dry_run=dry_run)

    def one(ref: str) -> dict[str, Any]:
        record = sending.send_one(context.db, act, ref, order)
        _say(context, record, dry_run=dry_run)
        return record

    named = context.refs(refs)
    if len(named) == 1 and "-" not in refs:
        record = one(named[0])
        context.show(record, "invoice")
        if record.get("refused"):
            raise PartialError("the server refused " + _listed(record["refused"]))
        return
    result = several.each(context.db, named, one)
    context.results(result, "invoice")
    if refused := [each for record in result["succeeded"] for each in record.get("refused", [])]:
        raise PartialError("the server refused " + _listed(refused))


def _say(context: Context, record: dict[str, Any], *, dry_run: bool) -> None:
    name, people = record["friendlyId"], ", ".join(record["to"])
    if record["skipped"]:
        context.say(f"{name} was sent to {people} before: skipped (--resend sends it again)")
    else:
        context.say(f"{'would send' if dry_run else 'sent'} {name} to {people}")


def _listed(refused: list[dict[str, str]]) -> str:
    return "; ".join(f"{each['address']}: {each['message']}" for each in refused)
