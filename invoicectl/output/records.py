"""One record for a terminal: a title, its fields in groups, then a table of each list in it.

In brief, as a command that changes it answers, it is what a person wants to see; whole, as `get`
answers, it is all there is to know, but for what says nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.cells import cell_len

from invoicectl.output.columns import as_status
from invoicectl.output.fields import Row, check_fields, columns_for, flatten, value_at
from invoicectl.output.grid import GAP, Grid, grid_lines, padded
from invoicectl.output.screen import Line, Screen
from invoicectl.output.tables import column_for, columns_of, label

# What a person wants to see, by kind, a group a line. The rest follows where all is wanted.
GROUPS: dict[str, tuple[str, ...]] = {
    "invoice": (
        "customer.name reference key poNumber orderKey shipmentKey",
        "invoiceDate dueDate paymentTerm.name sentAt billingStartDate billingEndDate",
        "subtotal discountAmount tax shipping amount",
        "amountPaid creditsApplied discountTaken amountOwed",
        "note",
        "factorName factorJobId factorStatus qboId documentUrl shareToken deletedAt",
    ),
    "payment": (
        "customer.name paymentDate method reference key deletedAt",
        "amount unapplied",
    ),
    "credit": (
        "customer.name invoice date reference key voidedOn documentUrl deletedAt",
        "tax amount remaining",
        "note",
    ),
    "customer": (
        "key name email phone website taxId currency paymentTerm.name deletedAt",
        "address.line1 address.line2 address.city",
        "address.region address.postalCode address.country",
    ),
    "order": ("key customer.name orderDate poNumber currency deletedAt",),
    "shipment": ("key orderKey customer.name poNumber deliveredOn invoice deletedAt",),
}
# Of a kind without groups, what is not wanted in brief.
TECHNICAL = frozenset({
    "id", "createdAt", "updatedAt", "version", "createdBy", "lastUpdatedBy",
})  # fmt: skip
# The amounts that are shown in brief even if they are zero.
ALWAYS = frozenset({"amount", "amountOwed", "remaining"})

# The title says these, or another field does; what a record inside says of itself is its own.
ELSEWHERE = frozenset({"friendlyId", "status", "overdue", "daysOverdue", "total"})
INSIDE = ("customer.", "paymentTerm.", "invoice.", "order.", "shipment.")

LISTS = {
    "lines": "line",
    "charges": "charge",
    "payments": "invoicePayment",
    "credits": "invoiceCredit",
    "applications": "application",
    "shipments": "shipment",
    "activity": "activity",
}


@dataclass(frozen=True)
class Entry:
    """A field as it is shown: its label, its text line by line, whether it is an amount."""

    label: str
    text: list[str]
    amount: bool


def print_record(
    record: Row,
    kind: str,
    *,
    screen: Screen,
    fields: Sequence[str] | None = None,
    known: Sequence[str] | None = None,
    whole: bool = False,
) -> None:
    """Show one record, in brief or whole. With `fields` only these, and they say what they say."""
    if fields is not None:
        if known is not None:
            check_fields(fields, known)
        names = columns_for(fields, list(flatten(record, lists=True)))
        screen.write(_group_lines([[_entry(record, name, screen) for name in names]]))
        return
    title = _title(record, kind, screen)
    screen.write([title] if title else [])
    screen.write(_group_lines(_groups(record, kind, screen, whole=whole), [[]] if title else []))
    for lines in _tables(record, screen):
        screen.write([[], *lines])


def _title(record: Row, kind: str, screen: Screen) -> Line:
    names = (record.get(name) for name in ("friendlyId", "code", "name", "key", "id", "at"))
    name = next((str(name) for name in names if name), "")
    if not name:
        return []
    pieces = [(screen.clean(f"{label(kind)} {name}"), "bold")]
    if record.get("status"):
        pieces.append((GAP + screen.clean(as_status(record["status"], record)), ""))
    if record.get("overdue") and record.get("daysOverdue"):
        days = record["daysOverdue"]
        pieces.append((f", {days} {'day' if days == 1 else 'days'} late", "red"))
    return pieces


def _groups(record: Row, kind: str, screen: Screen, *, whole: bool) -> list[list[Entry]]:
    groups = [
        [
            _entry(record, name, screen)
            for name in names
            if _says(name, value_at(record, name), whole=whole)
        ]
        for names in _names(record, kind, whole=whole)
    ]
    return [group for group in groups if group]


def _names(record: Row, kind: str, *, whole: bool) -> list[list[str]]:
    """Return the names of the fields to show, in their groups."""
    everything = list(flatten(record, lists=True))
    first = [group.split() for group in GROUPS.get(kind, ())]
    if not first:
        return [[name for name in everything if whole or name not in TECHNICAL]]
    if not whole:
        return first
    done = ELSEWHERE.union(*first)
    rest = [name for name in everything if name not in done and not name.startswith(INSIDE)]
    return [*first, rest]


def _says(name: str, value: Any, *, whole: bool) -> bool:
    """Say whether a field has a line of its own: there is something, and it is no table."""
    if isinstance(value, Decimal) and not value:
        return name in ALWAYS or (whole and not name.startswith("kpis."))
    listed = isinstance(value, list) and any(isinstance(one, dict) for one in value)
    return not listed and value is not None and value not in ("", [], {})


def _entry(record: Row, name: str, screen: Screen) -> Entry:
    value = value_at(record, name)
    if isinstance(value, str):
        text = [screen.clean(line) for line in value.split("\n")]
    else:
        text = [screen.clean(column_for(name, value, drop=0).cell(record))]
    return Entry(screen.clean(label(name)), text, isinstance(value, Decimal))


def _group_lines(groups: Sequence[Sequence[Entry]], before: Sequence[Line] = ()) -> list[Line]:
    """Return a line an entry, labels in one column, the amounts below each other."""
    width = max((cell_len(entry.label) for group in groups for entry in group), default=0)
    sums = [cell_len(entry.text[0]) for group in groups for entry in group if entry.amount]
    figures = max(sums, default=0)
    lines: list[Line] = []
    for group in groups:
        lines += before if before else ([[]] if lines else [])
        for entry in group:
            for at, text in enumerate(entry.text):
                title = padded("" if at else entry.label, width, right=False)
                shown = padded(text, figures, right=True) if entry.amount else text
                lines.append([(title + GAP + shown, "")])
    return lines


def _tables(record: Row, screen: Screen) -> Iterator[list[Line]]:
    """Yield a heading and a table for every list of records in a record."""
    for name, value in record.items():
        rows = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        if rows:
            rows = [{"currency": record.get("currency"), **row} for row in rows]
            columns = columns_of(LISTS.get(name, name), rows, None)
            grid = Grid.of(rows, columns, screen).without_empty()
            yield [[(screen.clean(label(name)), "bold")], *grid_lines(grid, screen)]
