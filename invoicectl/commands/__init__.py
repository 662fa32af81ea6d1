"""What is typed: read the arguments, call one service function, give one answer.

COMMANDS is the whole command line on one page. A command is a function of a module in this folder;
the module is imported only when the command runs. Its one line of help is its docstring's first.
"""

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple


class Entry(NamedTuple):
    """A command (`target` is `module:function`), or a group of them with a help line of its own."""

    target: str = ""
    panel: str = ""
    help: str = ""
    sub: "dict[str, Entry]" = {}  # noqa: RUF012 - nobody changes it

    def function(self) -> Callable[..., None]:
        """Return the function behind the command; its module is imported now."""
        module, _, name = self.target.partition(":")
        found: Callable[..., None] = getattr(import_module(f"{__name__}.{module}"), name)
        return found

    def summary(self) -> str:
        """Return the one line that lists of commands show."""
        return self.help or (self.function().__doc__ or "").partition("\n")[0]


def _group(panel: str, help: str, module: str, *verbs: str) -> Entry:
    built_in = {"list": "list_", "set": "set_"}  # functions that may not hide Python's own
    sub = {verb: Entry(f"{module}:{built_in.get(verb, verb.replace('-', '_'))}") for verb in verbs}
    return Entry(panel=panel, help=help, sub=sub)


INVOICES, MONEY, REPORTS = "Invoices", "Payments and credits", "Look up and report"
BOOKS, SET_UP = "Customers, orders and the rest", "Set up and look after"
RECORD = ("add", "list", "get", "update", "delete")

COMMANDS: dict[str, Entry] = {
    "create": Entry("create:create", INVOICES,
        "Make a draft invoice from an order, a shipment, or lines."),
    "update": Entry("updating:update", INVOICES,
        "Change invoices; what is not named stays, and an empty text clears."),
    "duplicate": Entry("duplicating:duplicate", INVOICES,
        "Make new drafts with the customers and lines of invoices, dated today."),
    "delete": Entry("trash:delete", INVOICES,
        "Put drafts that were never issued into the trash; what they bill can be billed again."),
    "mark-awaiting": Entry("invoices:mark_awaiting", INVOICES,
        "Issue drafts: each gets its number and its dates, and is owed from now on."),
    "publish": Entry("publishing:publish", INVOICES,
        "Issue drafts and give each a share token, a secret that nobody can guess."),
    "unpublish": Entry("publishing:unpublish", INVOICES,
        "Take issued invoices back to DRAFT: each keeps its number and loses its share token."),
    "pdf": Entry("documents:pdf", INVOICES,
        "Write the PDF of invoices or credit memos: made once, kept, the same bytes ever after."),
    "send": Entry("send:send", INVOICES,
        "E-mail invoices with their PDFs to their customers; drafts are issued first."),
    "mark-sent": Entry("publishing:mark_sent", INVOICES,
        "Say that invoices were sent, without an e-mail from here; drafts are issued first."),
    "void": Entry("invoices:void", INVOICES,
        "Void invoices that will not be paid; it is final."),
    "batch": Entry("batches:batch", INVOICES,
        "Do one thing to many invoices: each succeeds or fails by itself, and it is said which."),
    "batch-generate": Entry("batches:batch_generate", INVOICES,
        "Make an invoice for each of many shipments, issue it, and make its PDF."),
    "trash": _group(
        INVOICES, "Deleted drafts: look at them, bring them back, destroy them.", "trash",
        "list", "restore", "purge",
    ),
    "pay": Entry("payments:pay", MONEY,
        "Record one payment of an invoice; its status follows."),
    "mark-paid": Entry("payments:mark_paid", MONEY,
        "Pay all that is owed on invoices, each by one payment dated today."),
    "payments": Entry("lookups:payments", MONEY,
        "List the payments that settle an invoice now, by date."),
    "payment": _group(
        MONEY, "Money received: record it, look it up, take it back.", "payments",
        "record", "list", "get", "apply", "unapply", "delete",
    ),
    "credit-note": Entry("credits:credit_note", MONEY,
        "Credit an issued invoice: all that it billed, an amount, or some of its lines."),
    "credit": _group(
        MONEY, "Credit memos: what is owed back.", "credits",
        "create", "list", "get", "apply", "unapply", "void",
    ),
    "filter": Entry("lookups:filter", REPORTS,
        "List the invoices that all of the given options select; nothing is changed."),
    "get": Entry("lookups:get", REPORTS,
        "Show invoices whole: lines, payments, credits, document, key figures."),
    "export": Entry("exporting:export", REPORTS,
        "Write every invoice that the options select; it is `filter` without pages."),
    "aging": Entry("aging:aging", REPORTS,
        "Show who owes how much and for how long, on any day of the past or the future."),
    "activity": Entry("lookups:activity", REPORTS,
        "List what was done to a record of any kind: what, when, by whom; the oldest first."),
    "available-credits": Entry("lookups:available_credits", REPORTS,
        "List the credit memos that can be applied to an invoice, oldest first."),
    "next-number": Entry("lookups:next_number", REPORTS,
        "Show the number that an invoice issued today would get; none is taken."),
    "customer": _group(BOOKS, "Who owes: names, addresses, default terms.", "customers", *RECORD),
    "order": _group(BOOKS, "What was sold, with its charges and shipments.", "orders", *RECORD),
    "shipment": _group(BOOKS, "What was delivered of an order.", "shipments", *RECORD),
    "product": _group(BOOKS, "What is sold again and again.", "products", *RECORD),
    "term": _group(BOOKS, "Payment terms: what gives the due date.", "terms", *RECORD),
    "tax": _group(BOOKS, "Tax codes and their rates.", "taxes", *RECORD),
    "import": Entry("imports:import_", SET_UP,
        "Bring a file of records into the books, all of it or nothing."),
    "init": Entry("setup:init", SET_UP,
        "Make an empty database, and keep settings that are given."),
    "config": _group(SET_UP, "Settings: your company, numbering, PDF and mail.", "settings",
                     "list", "get", "set", "unset", "edit", "path", "profiles"),
    "templates": _group(SET_UP, "What documents look like: choose a style, or edit a copy.",
                        "templates", "list", "eject", "preview"),
    "check": Entry("looking_after:check", SET_UP,
        "Prove the books: the file, every seal, balance, number, total, document and letter."),
    "backup": Entry("looking_after:backup", SET_UP,
        "Copy the books to a new file, as of one moment; others may go on writing."),
    "restore": Entry("looking_after:restore", SET_UP,
        "Put a backup in the place of the books; what was done since is not in them any more."),
    "copy-to": Entry("looking_after:copy_to", SET_UP,
        "Copy all books into an empty database: from a file to PostgreSQL, and back."),
    "demo": Entry("demo:demo", SET_UP,
        "Show the life of an invoice in a sample company of its own."),
    "completion": Entry("completion:completion", SET_UP,
        "Print what makes Tab complete commands, options and names in your shell."),
    "schema": Entry("schemas:schema", SET_UP,
        "Print the JSON Schema of what goes in or comes out."),
    "help": Entry("helping:help_", SET_UP,
        "Explain what commands have in common: filters, dates, money, exit codes and more."),
}  # fmt: skip
