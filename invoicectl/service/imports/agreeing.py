"""An invoice of a file beside the one that is there: what differs, and what may become of it.

A file comes again and again while life goes on in the books. So only what it says is compared, and
a status counts as the same when payments, credits or a void can have led from the one to the other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from invoicectl.errors import ConflictError
from invoicectl.rules import money, numbering
from invoicectl.rules.lifecycle import Status
from invoicectl.service import amending, invoices, ledger, redrafting, rows
from invoicectl.service.drafting import Draft, read_invoice
from invoicectl.service.imports.entries import Entry
from invoicectl.service.imports.run import Outcome, Run
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import DAYS, TEXTS
from invoicectl.service.lines import LINE_ALIASES, LineDraft
from invoicectl.store.db import Row
from invoicectl.store.tables import Invoice

_DISCOUNT = ("discount_type", "discount_value")
# The columns that a field decides.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    **{name: (column,) for name, column in {**TEXTS, **DAYS}.items()},
    "customer": ("customer_id",), "order": ("order_id",), "shipment": ("shipment_id",),
    "currency": ("currency",), "invoiceDate": ("invoice_date",), "dueDate": ("due_date",),
    "paymentTerm": ("term_rule",), "note": ("note",), "factorName": ("factor_name",),
    "discount": _DISCOUNT, "discountType": _DISCOUNT, "discountValue": _DISCOUNT,
    "shipping": ("shipping_minor",), "shippingTax": ("shipping_tax",), "amount": ("total_minor",),
    "priceTaxInclusive": ("tax_inclusive",), "taxRounding": ("tax_rounding",), "type": ("type",),
    "customAttributes": ("attributes",), "customObjects": ("objects",),
}  # fmt: skip
LINE_COLUMNS: Mapping[str, str] = {
    "description": "description", "quantity": "quantity", "unit": "unit", "unitPrice": "unit_price",
    "discount": "discount", "itemId": "item_id", "productId": "product_id",
    "accountingCode": "accounting_code", "warehouse": "warehouse",
    "pricingSnapshotId": "pricing_snapshot_id", "chargingStartDate": "charging_start",
    "chargingEndDate": "charging_end",
    "alternateChargingStartDate": "alternate_charging_start",
    "alternateChargingEndDate": "alternate_charging_end",
}  # fmt: skip
# What is said by its absence only where there is nothing yet.
NEVER_CLEARED = frozenset({"key", "amount", "lines", "customer", "currency", "invoiceDate"})


@dataclass(frozen=True)
class Wanted:
    """What a file says of an invoice that is there."""

    entry: Entry
    fields: Fields
    status: Status | None
    voided_on: date | None
    request: str


def settle(run: Run, invoice_id: int, wanted: Wanted) -> Outcome:
    """Compare an invoice with what a file says of it, and change what may be changed.

    A draft takes over all of it. Of an issued one only what is for the books may change.

    Raises:
        ConflictError: what is frozen differs, it is in the trash, or the status cannot be had.
    """
    invoice = run.session.get(Invoice, invoice_id)
    assert invoice is not None  # noqa: S101 - it was just found
    if invoice.deleted_at is not None:
        hint = f"invoicectl trash restore {invoice.friendly_id}"
        raise ConflictError(f"invoice {invoice.friendly_id} is in the trash", hint=hint)
    given = _given(wanted.fields)
    number = wanted.fields.left.get("number")
    before = _stored(run, invoice_id)
    if invoice.status != Status.DRAFT:
        _complete(wanted.fields, before)
    draft = read_invoice(run.catalog, run.act, wanted.fields, lone_amount=True)
    wanted.fields.finish()
    differing = _differing(run, before, draft, given)
    if number is not None and str(number).strip().casefold() != invoice.friendly_id.casefold():
        differing.append("number")
    run.writing()
    if invoice.status == Status.DRAFT:
        return _redraft(run, invoice, draft, wanted, differing)
    changed = _change(run, invoice, draft, wanted, differing, before)
    return "updated" if _void(run, invoice, wanted) or changed else "unchanged"


def _given(fields: Fields) -> dict[str, Any]:
    return {
        name: value
        for name, value in fields.left.items()
        if name in COLUMNS or name == "lines"
        if value is not None or name not in NEVER_CLEARED
    }


def _complete(fields: Fields, before: Row) -> None:
    """Put in what an issued invoice has anyway, so that a file may say less than all of it."""
    left = fields.left
    if not {"customer", "order", "shipment"} & left.keys():
        left["customer"] = numbering.friendly("customer", before["customer_id"])
    if left.get("currency") is None and left.get("order") is None:
        left["currency"] = before["currency"]
    if left.get("lines") is None and left.get("amount") is None:
        left["amount"] = "0"


def _stored(run: Run, invoice_id: int) -> Row:
    row = run.catalog.reader.one("SELECT * FROM invoice WHERE id = :id", id=invoice_id)
    assert row is not None  # noqa: S101
    return row


def _differing(run: Run, before: Row, draft: Draft, given: Mapping[str, Any]) -> list[str]:
    """Return the fields of those given in which the file and the books differ."""
    differing = [
        name
        for name in given
        if name != "lines"
        and not all(_is(draft.invoice.get(each), before[each]) for each in COLUMNS[name])
    ]
    if "lines" in given and not _same_lines(run, before["id"], draft, given["lines"]):
        differing.append("lines")
    return differing


def _same_lines(run: Run, invoice_id: int, draft: Draft, given: list[Mapping[str, Any]]) -> bool:
    """Return whether the lines say what the stored ones say, as far as they say anything."""
    books = run.catalog.reader
    stored = books.all("SELECT * FROM line WHERE invoice_id = :id ORDER BY position", id=invoice_id)
    codes: dict[int, list[str]] = {}
    for row in books.all(
        "SELECT line_id, code FROM line_tax WHERE invoice_id = :id AND line_id IS NOT NULL"
        " ORDER BY line_id, position",
        id=invoice_id,
    ):
        codes.setdefault(row["line_id"], []).append(row["code"])
    return len(stored) == len(given) and all(
        _same_line(row, codes.get(row["id"], []), line, said)
        for row, line, said in zip(stored, draft.lines, given, strict=True)
    )


def _same_line(row: Row, codes: list[str], line: LineDraft, said: Mapping[str, Any]) -> bool:
    names = {
        LINE_ALIASES.get(name, name) for name, value in said.items() if value not in (None, "")
    }
    if "tax" in names and codes != [code.tax.code for code in line.taxes]:
        return False
    columns = [LINE_COLUMNS[name] for name in names if name in LINE_COLUMNS]
    return all(_is(line.columns.get(column), row[column]) for column in columns)


def _is(value: object, stored: object) -> bool:
    """Return whether a stored value is this one, however many zeros its decimals end with."""
    if isinstance(value, Decimal):
        return stored is not None and Decimal(str(stored)) == value
    return bool(rows.spelled(value) == stored)


def _redraft(
    run: Run, invoice: Invoice, draft: Draft, wanted: Wanted, differing: list[str]
) -> Outcome:
    """Let a draft say what the file says, and issue it when the file says so."""
    stays = wanted.status is Status.DRAFT
    if stays and not differing:
        return "unchanged"
    names = {"key": draft.invoice["key"] or invoice.key, "request": wanted.request}
    if "number" in differing:
        if invoice.issued_at is not None or invoice.friendly_id != invoices.draft_name(invoice):
            raise _conflict(wanted, "number", f"is not {invoice.friendly_id}, which it keeps")
        names["friendly_id"] = draft.number or invoice.friendly_id
    _check_names(run, invoice, names["key"], names.get("friendly_id"))
    if differing:
        invoices.free_charges(run.session, invoice)
        draft.invoice |= names
        redrafting.save(run.session, run.act, invoice, draft, verb="")
    if not stays:
        invoices.issue(run.session, run.act, invoice, "import")
        _void(run, invoice, wanted)
    ledger.follow_order(run.session, run.act, invoice.order_id)
    if stays:
        run.note("invoice", invoice.id or 0, {"changed": differing})
    return "updated"


def _change(
    run: Run,
    invoice: Invoice,
    draft: Draft,
    wanted: Wanted,
    differing: list[str],
    before: Row,
) -> bool:
    """Change what may change of an issued invoice; return whether anything did."""
    for name in differing:
        if name not in amending.ALWAYS:
            raise _conflict(wanted, name, _why(invoice, name, draft, before))
    if not differing:
        return False
    if invoice.status == Status.VOIDED:
        raise _conflict(wanted, differing[0], f"cannot change: {invoice.friendly_id} is VOIDED")
    if "key" in differing:
        _check_names(run, invoice, draft.invoice["key"], None)
    for name in differing:
        for column in COLUMNS[name]:
            setattr(invoice, column, draft.invoice[column])
    if "dueDate" in differing:
        invoice.due_date_given = draft.invoice["due_date_given"]
    invoice.request = wanted.request
    ledger.touch(run.act, invoice)
    run.session.flush()
    said = {name: rows.spelled(draft.invoice[COLUMNS[name][0]]) for name in differing}
    run.note("invoice", invoice.id or 0, said)
    return True


def _void(run: Run, invoice: Invoice, wanted: Wanted) -> bool:
    """Void an invoice that the file says is void; return whether it was done now."""
    if wanted.status is not Status.VOIDED or invoice.status == Status.VOIDED:
        return False
    invoices.refuse_void(invoice)
    invoices.void_in(run.session, run.act, invoice, reason=None, on=wanted.voided_on)
    return True


def _check_names(run: Run, invoice: Invoice, key: str | None, number: str | None) -> None:
    key = key if key != invoice.key else None
    invoices.check_names(run.catalog.reader, run.act, key=key, number=number, own_id=invoice.id)


def _conflict(wanted: Wanted, name: str, reason: str) -> ConflictError:
    details = [{"field": wanted.fields.at(name), "message": reason}]
    hint = "what was issued stays; credit it or void it, and leave it as it was in the file"
    return ConflictError(f"{wanted.fields.at(name)} {reason}", hint=hint, details=details)


def _why(invoice: Invoice, name: str, draft: Draft, before: Row) -> str:
    """Return why a difference is refused: both values, and the state that forbids it."""
    frozen = f"invoice {invoice.friendly_id} is {invoice.status}"
    for column, is_amount in _shown(name):
        here, there = draft.invoice[column], before[column]
        if is_amount:
            here = money.show(here, draft.invoice["currency"])
            there = money.show(there, before["currency"])
        return f"is {here} here and {there} in the books, and {frozen}"
    return f"differs from what is in the books, and {frozen}"


def _shown(name: str) -> Iterator[tuple[str, bool]]:
    """Yield the column of a field that a person can read, and whether it is an amount."""
    columns = COLUMNS.get(name, ())
    if len(columns) == 1 and not columns[0].endswith("_id"):
        yield columns[0], columns[0].endswith("_minor")
