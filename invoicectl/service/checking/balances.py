"""Every balance against its movements, and the movements against the rules of the ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from invoicectl.rules import lifecycle, money
from invoicectl.rules.lifecycle import Status
from invoicectl.rules.numbering import friendly
from invoicectl.service.checking.findings import Found, Inspection
from invoicectl.store import checks
from invoicectl.store.db import Row

# For each kind of movement: the sign of what is owed, the sign of what is unapplied, whose it is.
KINDS: Mapping[str, tuple[int, int, str]] = {
    "issue": (1, 0, "invoice_id"),
    "unissue": (-1, 0, "invoice_id"),
    "void": (-1, 0, "invoice_id"),
    "payment": (-1, 1, "payment_id"),
    "discount": (-1, 0, "payment_id"),
    "money": (0, -1, "payment_id"),
    "credit": (-1, 1, "credit_id"),
    "memo": (0, -1, "credit_id"),
}
TAKES_BACK = ("unissue", "void")


def balances(books: Inspection) -> Found:
    """Find balances that are not what their movements come to, and movements that cannot be."""
    for invoice, (rows,) in _walk(books, "invoice"):
        yield from ((invoice["friendly_id"], said) for said in _of_invoice(invoice, rows))
    for payment, (rows,) in _walk(books, "payment"):
        name = friendly("payment", payment["id"])
        yield from ((name, said) for said in _of_money(payment, rows))
    for memo, (rows,) in _walk(books, "credit_memo"):
        name = friendly("credit", memo["id"])
        yield from ((name, said) for said in _of_money(memo, rows))
    for row in books.reader.each(checks.OWNERLESS):
        yield f"movement {row['id']}", "belongs to no invoice, payment or credit memo"


def _walk(books: Inspection, table: str) -> Iterator[tuple[Row, tuple[list[Row], ...]]]:
    owners, movements = checks.BALANCES[table], checks.MOVEMENTS_OF[table]
    for found in checks.beside(books.reader, owners, movements):
        books.passing("balances")
        yield found


def _of_invoice(invoice: Row, rows: Sequence[Row]) -> Iterator[str]:
    """Yield what is wrong with what is owed, paid, credited and let go on an invoice."""
    owed = sum(row["owed_minor"] for row in rows)
    yield from _differs(invoice, "owed", invoice["owed_minor"], owed)
    for column, kind in (
        ("paid", "payment"),
        ("credited", "credit"),
        ("discount_taken", "discount"),
    ):
        settled = -sum(row["owed_minor"] for row in rows if row["kind"] == kind)
        yield from _differs(invoice, column, invoice[f"{column}_minor"], settled)
    yield from _status(invoice, rows)
    yield from _wrong_movements(invoice, rows)
    standing = _standing(rows)
    yield from _dates(standing, invoice["invoice_date"], invoice["currency"])
    yield from _below_zero(invoice, standing)


def _differs(owner: Row, what: str, kept: int, found: int) -> Iterator[str]:
    if kept != found:
        shown, right = money.show(kept, owner["currency"]), money.show(found, owner["currency"])
        yield f"{what.replace('_', ' ')} is {shown}; the movements come to {right}"


def _status(invoice: Row, rows: Sequence[Row]) -> Iterator[str]:
    """Yield a status that the movements do not lead to, and an amount that was never booked."""
    kinds = [row["kind"] for row in rows if row["kind"] in {"issue", *TAKES_BACK}]
    newest = kinds[-1] if kinds else ""
    total, owed = invoice["total_minor"], sum(row["owed_minor"] for row in rows)
    status, never_issued = invoice["status"], newest == "" and invoice["issued_at"] is None
    right = {
        "": status if status in {Status.DRAFT, Status.VOIDED} and never_issued else Status.DRAFT,
        "unissue": Status.VOIDED if status == Status.VOIDED else Status.DRAFT,
        "void": Status.VOIDED,
        "issue": lifecycle.by_money(total, max(total - owed, 0)),
    }[newest]
    if status != right:
        yield f"is {status}; the movements make it {right}"
    if newest == "issue":
        booked = next(row["owed_minor"] for row in reversed(rows) if row["kind"] == "issue")
        yield from _differs(invoice, "the total", total, booked)


def _of_money(owner: Row, rows: Sequence[Row]) -> Iterator[str]:
    """Yield what is wrong with a payment or credit memo; it is `gone` when deleted or void."""
    left = -sum(row["unapplied_minor"] for row in rows)
    yield from _differs(owner, "unapplied", owner["left_minor"], left)
    came = -sum(row["unapplied_minor"] for row in rows if row["kind"] in {"money", "memo"})
    amount = owner["amount_minor"] if owner["gone"] is None else 0
    yield from _differs(owner, "the amount", amount, came)
    yield from _wrong_movements(owner, rows)


def _wrong_movements(owner: Row, rows: Sequence[Row]) -> Iterator[str]:
    """Yield movements that no verb would book: their signs, owners, or what they reverse."""
    by_id, currency = {row["id"]: row for row in rows}, _currencies(owner, rows)
    for row in rows:
        kind, reverses = row["kind"], row["reverses_id"]
        owed_sign, unapplied_sign, owner_column = KINDS[kind]
        way = -1 if reverses is not None else 1
        fits = _has_sign(row["owed_minor"] * way, owed_sign)
        fits = fits and _has_sign(row["unapplied_minor"] * way, unapplied_sign)
        if kind in {"payment", "credit"}:
            fits = fits and row["owed_minor"] == -row["unapplied_minor"]
        if not fits or row[owner_column] is None:
            yield f"movement {row['id']} ({kind}) cannot be: its amounts or its owner"
        if row["currency"] != currency[row["id"]]:
            yield f"movement {row['id']} is in {row['currency']}, not in {currency[row['id']]}"
        if reverses in by_id and not _reverses(row, by_id[reverses]):
            yield f"movement {row['id']} is not the reverse of movement {reverses}"


def _currencies(owner: Row, rows: Sequence[Row]) -> dict[int, str]:
    """Return the currency that each movement has to be in: the owner's.

    An invoice that was taken back to a draft may have another one since: until then it was the one
    that it was taken back in.
    """
    found, currency = {}, owner["currency"]
    for row in reversed(rows):
        currency = row["currency"] if row["kind"] == "unissue" else currency
        found[row["id"]] = currency
    return found


def _has_sign(minor: int, sign: int) -> bool:
    return minor * sign >= 0 if sign else minor == 0


def _reverses(row: Row, undone: Row) -> bool:
    same = ("kind", "invoice_id", "payment_id", "credit_id", "customer_id")
    opposite = ("owed_minor", "unapplied_minor")
    return (
        all(row[column] == undone[column] for column in same)
        and all(row[column] == -undone[column] for column in opposite)
        and row["entry_date"] >= undone["entry_date"]
    )


def _standing(rows: Sequence[Row]) -> list[Row]:
    """Return the movements that nothing undoes, since the invoice was last issued."""
    taken_back = [at for at, row in enumerate(rows) if row["kind"] == "unissue"]
    since = rows[taken_back[-1] + 1 :] if taken_back else rows
    undone = {row["reverses_id"] for row in since}
    return [row for row in since if row["reverses_id"] is None and row["id"] not in undone]


def _dates(standing: Iterable[Row], invoice_date: str, currency: str) -> Iterator[str]:
    """Yield applications that count before their money came, or before their invoice."""
    for row in standing:
        if row["kind"] in {"payment", "credit", "discount"}:
            earliest = max(invoice_date, row["payment_date"] or row["credit_date"] or "")
            if row["entry_date"] < earliest:
                shown = money.show(-row["owed_minor"], currency)
                yield f"{shown} of it counts from {row['entry_date']}, before {earliest}"


def _below_zero(invoice: Row, standing: Sequence[Row]) -> Iterator[str]:
    """Yield the first day on which less than nothing was owed, by what stands now."""
    rows: list[Any] = sorted(standing, key=lambda row: (row["entry_date"], -row["owed_minor"]))
    for row, owed in zip(rows, accumulate(row["owed_minor"] for row in rows), strict=True):
        if owed < 0:
            shown = money.show(owed, invoice["currency"])
            yield f"owed on {row['entry_date']} is {shown}"
            return
