"""Answer with what was looked up: only the fields that were asked for, and whether more follows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from invoicectl.context import Context
from invoicectl.output.fields import parse_fields
from invoicectl.service import lookups

# These show a page; the others are never cut unless it was asked for.
PAGED = ("table", "json", "xml")
SAY_THAT_MORE_FOLLOWS = ("json", "xml")
FLAT = ("table", "tsv", "csv")

# What a changing command answers with, by its first word; those not named answer with invoices.
NOUNS = ("customer", "order", "shipment", "term", "tax", "product", "payment", "credit")
OF_COMMAND: Mapping[str, str] = {**{noun: noun for noun in NOUNS}, "pay": "payment",
                                 "credit-note": "credit"}  # fmt: skip
OF_THEIR_OWN: Mapping[str, tuple[str, ...]] = {
    "import": ("created", "updated", "unchanged", "rejected"),
    "batch-generate": ("shipmentId", "shipmentKey", "invoiceId", "friendlyId", "documentId"),
    "templates": ("folder", "templates"),
}
OF_A_LETTER = ("skipped", "to", "messageId", "refused")


class Counted:
    """Rows that are counted as they pass; there are no others."""

    def __init__(self, rows: Iterable[lookups.Record]) -> None:
        self.rows, self.passed = rows, 0

    def __iter__(self) -> Iterator[lookups.Record]:
        for row in self.rows:
            self.passed += 1
            yield row

    def pagination(self) -> dict[str, object]:
        """Return what a list says of its only page."""
        return lookups.only_page(self.passed)


def fields(context: Context, kind: str) -> list[str] | None:
    """Return the names after --fields; ValidationError where a record of the kind has no such."""
    typed = context.options.fields
    return parse_fields(typed, lookups.fields(kind)) if typed else None


def expect(context: Context, command: str) -> None:
    """Refuse a name after --fields that the answer will not have, before anything is changed."""
    word = command.partition(" ")[0]
    if word in OF_THEIR_OWN:
        parse_fields(context.options.fields, OF_THEIR_OWN[word])
    elif word != "pdf":  # of an invoice or a credit memo, and of what was made before
        beside = OF_A_LETTER if word in {"send", "batch"} else ()
        known = lookups.fields(OF_COMMAND.get(word, "invoice"))
        parse_fields(context.options.fields, [*known, *beside])


def needed(context: Context) -> set[str] | None:
    """Return the parts of invoices that the format and --fields show, None for all of them."""
    chosen = fields(context, "invoice")
    if chosen is not None:
        return {name.partition(".")[0] for name in chosen}
    return {"kpis"} if context.format in FLAT else None


def show_one(context: Context, record: lookups.Record, kind: str) -> None:
    """Answer with one record, whole."""
    fields(context, kind)
    context.show(record, kind, whole=True)


def show_found(
    context: Context, found: lookups.Found, kind: str, *, page: int | None = None
) -> None:
    """Answer with a page; where the format cannot say that more follows, it is said on stderr.

    `page` is its number where it was found by its number.
    """
    show_rows(context, found.rows, kind, pagination=found.pagination, totals=found.totals)
    cursor = found.pagination["endCursor"]
    if cursor and context.format not in SAY_THAT_MORE_FOLLOWS:
        by_number = context.format == "table" and page is not None
        next_ = f"--page {(page or 0) + 1}" if by_number else f"--cursor {cursor}"
        context.say(f"… and more: use --all, or {next_}")


def show_rows(
    context: Context,
    rows: Iterable[lookups.Record],
    kind: str,
    *,
    pagination: Any = None,
    totals: Sequence[lookups.Record] | None = None,
) -> None:
    """Answer with a list, all of it."""
    known = None if fields(context, kind) else lookups.columns(kind)
    context.list(rows, kind, pagination=pagination, totals=totals, known=known, limit=None)
