"""What help says of a command: its usage, its parameters, and what other systems call it.

`--help` and the manual page are both made of it. The value of an option that has no word of its
own is called as BY_OPTION says, else TEXT.
"""

from collections.abc import Iterator, Sequence
from typing import Any

_WORDS = {
    "DATE": "--as-of --date --due-from --due-to --due-date --invoice-date --order-date --today "
    "--delivered-on --billing-start --billing-end --alternate-billing-start "
    "--alternate-billing-end --alternate-issue-date --alternate-due-date --from --to",
    "REF": "--customer --order --shipment",
    "AMOUNT": "--amount --min-amount --max-amount --min-owed --max-owed --shipping",
    "N": "--page --page-size --if-version --days",
    "CODE": "--currency --code --accounting-code --tax",
    "CODE[+CODE]": "--shipping-tax",
    "FILE": "--db --config --output --logo --pdf-font-path --mail-password-file --mail-ca-file",
    "DIR": "--folder --mail-folder --pdf-template-dir",
    "FORMAT": "--format --input-format",
    "FIELDS": "--fields",
    "[-]FIELD": "--sort",
    "STATUS": "--status",
    "TERM": "--term --payment-term",
    "ADDRESS": "--cc --bcc --email --mail-from",
    "PRICE": "--unit-price",
    "RATE": "--rate --quick-pay-fee",
    "10%|AMOUNT": "--discount",
    "NAME=VALUE": "--attr",
    "NAME=VALUE,…": "--item",
    "FIELD=COLUMN": "--map",
    "FIELD=VALUE": "--default",
    "REF=AMOUNT": "--apply",
    "KEY=VALUE": "--set",
    "JSON|@FILE": "--filter",
    "DAYS": "--buckets",
    "CURSOR": "--cursor",
    "PATTERN": "--numbering --date-format",
    "KEY": "--key",
    "NAME": "--profile --name --company --template --warehouse --unit",
    "NUMBER": "--number",
    "COMMAND": "--mail-password-command",
    "due-date|invoice-date": "--by",
    "include|exclude|only": "--factored",
    "document|line": "--tax-rounding",
    "DENIM|HAULPAY": "--factor-name",
    "invoice|credit-note": "--kind",
}
BY_OPTION = {option: word for word, options in _WORDS.items() for option in options.split()}
# Where an option means something else than in most commands.
BY_COMMAND = {
    **{f"{command} --from": "FILE" for command in ("batch", "batch-generate", "create", "update")},
    "send --to": "ADDRESS",
}

# What the same is called in four systems that one may come from (see the README).
ELSEWHERE = {
    "create": "POST /invoices, POST /api/v3/orders/{order_id}/invoices, POST /api/v1/invoices",
    "filter": "POST /invoices/filter, GET /api/v1/invoices, /v2/invoices/",
    "get": "GET /invoices/{id}, GET /api/v1/invoices/:id, /v2/invoices/{invoiceNumber}",
    "update": "PATCH /invoices/{id}, PUT /api/v1/invoices/:id",
    "delete": "DELETE /api/v1/invoices/:id",
    "void": "DELETE /invoices/{id}, POST /api/v1/invoices/:id/void",
    "mark-awaiting": "POST /invoices/{id}/mark-awaiting",
    "publish": "POST /api/v1/invoices/:id/publish",
    "unpublish": "POST /api/v1/invoices/:id/unpublish",
    "mark-sent": "POST /api/v1/invoices/:id/mark-sent",
    "mark-paid": "POST /api/v1/invoices/:id/mark-paid",
    "send": "POST /invoices/{id}/send, POST /api/v1/invoices/:id/send",
    "duplicate": "POST /api/v1/invoices/:id/duplicate",
    "credit-note": "POST /api/v1/invoices/:id/credit-note",
    "pay": "POST /api/v1/invoices/:id/payments",
    "payments": "GET /invoices/{id}/payments, GET /api/v1/invoices/:id/payments",
    "payment delete": "DELETE /api/v1/invoices/:id/payments/:paymentId",
    "pdf": "POST /shipments/{id}/invoice/generate",
    "batch": "POST /api/v1/invoices/batch, POST /api/v1/invoices/trash/batch",
    "batch-generate": "POST /invoices/batch-generate",
    "aging": "GET /invoices/aging-report",
    "available-credits": "GET /invoices/{id}/available-credits",
    "next-number": "GET /api/v1/invoices/next-number",
    "export": "GET /api/v1/invoices/export/csv",
    "trash list": "GET /api/v1/invoices/trash/list",
}


def path(ctx: Any) -> str:
    """Return the command of a Typer context as it is typed, without the program's name."""
    return str(ctx.command_path).partition(" ")[2]


def arguments(parameters: Sequence[Any]) -> str:
    """Return the arguments of a command as its usage line has them: `REF...`."""
    return " ".join(_argument(one) for one in parameters if one.param_type_name == "argument")


def _argument(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    return name if parameter.required or name.startswith("[") else f"[{name}]"


def entries(ctx: Any, parameters: Sequence[Any], kind: str) -> Iterator[tuple[str, str]]:
    """Yield the arguments or the options of a command (`kind`): how each is typed, its help."""
    for parameter in parameters:
        if parameter.param_type_name == kind and not getattr(parameter, "hidden", False):
            said = parameter.get_help_record(ctx)[1].replace("[required]", "").rstrip()
            name = _argument(parameter) if kind == "argument" else _option(path(ctx), parameter)
            yield name, said


def _option(command: str, parameter: Any) -> str:
    names = sorted((*parameter.opts, *parameter.secondary_opts), key=len)
    if parameter.is_flag:
        return ", ".join(names)
    word = BY_COMMAND.get(f"{command} {names[-1]}") or parameter.metavar
    return f"{', '.join(names)} {word or BY_OPTION.get(names[-1], 'TEXT')}"


def shortened(summary: str, width: int) -> str:
    """Return a summary, without what follows a `;` or `:` where it is too long for its line.

    >>> shortened("Issue drafts: each gets its number and its dates.", 30)
    'Issue drafts.'
    """
    if len(summary) <= width:
        return summary
    ends = [summary.find(sign, 0, width) for sign in ";:,"]
    first = next((end for end in ends if end > 0), 0)
    return f"{summary[:first]}." if first else summary


def width() -> int:
    """Return how wide help is: the terminal's columns, 80 at most."""
    from shutil import get_terminal_size

    return max(20, min(80, get_terminal_size().columns)) - 2
