"""demo: the life of an invoice in a sample company, each command printed as it is run."""

import os
import shlex
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from invoicectl.context import Context
from invoicectl.errors import ConflictError, InvoicectlError, PermissionDeniedError

WIDTH = 76  # of a command that is shown


def demo(
    ctx: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A new folder.")] = "invoicectl-demo",
) -> None:
    """Show the life of an invoice in a sample company of its own.

    An order is billed, issued, drawn as a PDF, mailed into a folder, part paid and aged. What is
    made stays in DIR to look around in; nothing else is touched.

    Example: invoicectl demo
    """
    home = Path(folder).expanduser()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise ConflictError(
            f"{home} is there already", hint="name another folder: invoicectl demo DIR"
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PermissionDeniedError(f"{home} cannot be made: {error.strerror}") from error
    surroundings = {
        "INVOICECTL_DB": str(home / "books.db"),
        "INVOICECTL_CONFIG": str(home / "config.toml"),
    }
    context: Context = ctx.obj
    for name, value in surroundings.items():
        _print(context, f"$ export {name}={shlex.quote(value)}")
    for purpose, words in story(home, context.today):
        heading = f"\n# {purpose}\n" if purpose else ""
        _print(context, f"{heading}{folded(['$', 'invoicectl', *map(shlex.quote, words)])}")
        _run(context, words, surroundings)
    _print(
        context, f"\nAll of it is in {home}: look around with the two exports above, or delete it."
    )


def story(home: Path, today: date) -> list[tuple[str, list[str]]]:
    """Return the commands of the demo, each with what it is for."""
    shipped, billed = today - timedelta(days=50), today - timedelta(days=45)
    return [
        ("Who you are, and where e-mails go: into a folder, for once.", [
            "config", "set", "company.name=Northwind Traders Ltd",
            "company.address.line1=12 Harbour St",
            "company.address.city=Halifax", "company.address.region=NS",
            "company.address.postal_code=B3H 1A1", "company.address.country=Canada",
            "company.email=billing@northwind.example", "company.currency=CAD",
            "company.tax_id=123456789 RT0001",
            "mail.transport=file", f"mail.folder={home / 'mail'}"]),
        ("A customer, with the payment term you agreed on.", [
            "customer", "add", "--name", "Maple Furniture Inc", "--key", "maple",
            "--email", "ap@maple.example", "--address-line1", "800 Rue Sherbrooke",
            "--address-city", "Montréal", "--address-region", "QC", "--address-country", "Canada",
            "--term", "Net 30"]),
        ("The taxes you charge.", ["tax", "add", "--code", "GST", "--rate", "0.05"]),
        ("", ["tax", "add", "--code", "QST", "--rate", "0.09975"]),
        ("An order, with what is billed for it.", [
            "order", "add", "--customer", "maple", "--key", "SO-1001", "--po-number", "PO-7741",
            "--order-date", shipped.isoformat(),
            "--charge", "desc=Oak table,qty=4,unit=pc,price=349.50,tax=GST+QST",
            "--charge", "desc=Freight Halifax to Montréal,qty=1,price=180,tax=GST"]),
        ("An invoice of the order: a draft.", ["create", "--order", "SO-1001"]),
        ("Issue it: it gets its number, and is owed from now on.", [
            "mark-awaiting", "DRAFT-00001", "--invoice-date", billed.isoformat()]),
        ("Its PDF.", ["pdf", "INV-00001", "-o", f"{home}/"]),
        ("E-mail it.", ["send", "INV-00001", "--fields", "friendlyId,status,sentAt,skipped"]),
        ("Half of it is paid.", [
            "pay", "INV-00001", "--amount", "800.00", "--method", "bank_transfer",
            "--reference", "TXN-12345"]),
        ("Who owes what, and since when.", ["aging"]),
        ("And what became of the invoice.", ["activity", "INV-00001"]),
    ]  # fmt: skip


def folded(words: Iterable[str]) -> str:
    r"""Return a command on as many lines as it takes, each ended as a shell wants it.

    >>> print(folded(["$", "invoicectl", "get", *["INV-00001"] * 7]))
    $ invoicectl get INV-00001 INV-00001 INV-00001 INV-00001 INV-00001 INV-00001 \
        INV-00001
    """
    together: list[str] = []
    for word in words:  # an option and its value
        if together and together[-1].startswith("--") and " " not in together[-1]:
            together[-1] += f" {word}"
        else:
            together.append(word)
    lines = [""]
    for part in together:
        if lines[-1].strip() and len(lines[-1]) + len(part) > WIDTH:
            lines.append("    ")
        lines[-1] += f"{part} "
    return "\\\n".join(lines).rstrip()


def _print(context: Context, text: str) -> None:
    context.plain(f"{text}\n")


def _run(context: Context, words: list[str], surroundings: dict[str, str]) -> None:
    before = dict(os.environ)
    os.environ.update({**surroundings, "INVOICECTL_FORMAT": "table",
                       "INVOICECTL_TODAY": context.today.isoformat()})  # fmt: skip
    try:
        code = context.run(words)
    finally:
        os.environ.clear()
        os.environ.update(before)
    if code:
        raise InvoicectlError(
            f"the demo stopped: invoicectl {words[0]} ended with exit code {code}"
        )
