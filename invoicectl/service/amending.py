"""Change a draft that was stored, field by field; what is not named stays as it is.

The fields are those of `create`. One that is given empty goes back to what it is when it is not
given at all.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from invoicectl.errors import ConflictError
from invoicectl.rules import currencies, money, terms, totals
from invoicectl.service import rows
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog, TermRow
from invoicectl.service.drafting import Draft, due_by, refuse_term, usual_term
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import (
    DAYS,
    TEXTS,
    as_json,
    read_attributes,
    read_currency,
    read_discount,
    read_objects,
)
from invoicectl.service.lines import LINE_ALIASES, LineDraft, read_line
from invoicectl.store.db import Reader

Columns = dict[str, Any]

# What may change as long as an invoice is not void; the PDF that was made stays as it is.
ALWAYS_TEXTS = {
    name: TEXTS[name]
    for name in ("key", "reference", "poNumber", "factorJobId", "factorStatus", "qboId")
}
ALWAYS = frozenset({*ALWAYS_TEXTS, "note", "dueDate", "customAttributes", "factorName"})
DATES = frozenset({"invoiceDate", "dueDate", "paymentTerm"})
DISCOUNT = frozenset({"discount", "discountType", "discountValue"})
OWNERS = ("order", "shipment")
WHILE_DRAFT = (
    frozenset(TEXTS) | DAYS.keys() | DATES | DISCOUNT
    | {*OWNERS, "customer", "number", "currency", "lines", "shipping", "shippingTax", "type",
       "priceTaxInclusive", "taxRounding", "customObjects"}
) - ALWAYS  # fmt: skip
SAME_LINE = (
    "product_id", "item_id", "description", "quantity", "unit", "unit_price", "discount",
    "accounting_code", "warehouse", "pricing_snapshot_id", "charging_start", "charging_end",
    "alternate_charging_start", "alternate_charging_end",
)  # fmt: skip


def without_charges(books: Reader, before: Mapping[str, Any], body: Columns) -> Columns:
    """Return a body without the lines that bill charges: those stay, as the order has them.

    They are known by their ids, where a record that was read is given back.

    Raises:
        ConflictError: one of them says something else than the record `before`.
    """
    name = "lines" if "lines" in body else "items"
    if not isinstance(body.get(name), list):
        return body
    billing = "SELECT l.uuid FROM line AS l JOIN invoice AS i ON i.id = l.invoice_id"
    rows_ = books.all(f"{billing} WHERE i.uuid = :id AND charge_id IS NOT NULL", id=before["id"])
    billed = {row["uuid"] for row in rows_}
    stored = {line["id"]: line for line in before["lines"] if line["id"] in billed}
    kept = []
    for at, line in enumerate(body[name]):
        was = stored.get(line.get("id")) if isinstance(line, Mapping) else None
        if was is None:
            kept.append(line)
        elif was != line:
            raise ConflictError(
                f"{name}[{at}] bills a charge of the order, and says what that says",
                hint="change the order's charges: invoicectl order update",
            )
    return {**body, name: kept}


def read_always(fields: Fields, attributes: str, changes: Mapping[str, str]) -> Columns:
    """Return the columns of the given fields that can change in any status but VOIDED.

    `attributes` are the custom ones as they are stored; `changes` are set among them one by one.
    The due date is left to the caller.
    """
    found = rows.given(fields, ALWAYS_TEXTS, fields.text)
    found |= rows.given(fields, {"note": "note"}, fields.long_text)
    found |= rows.given(fields, {"factorName": "factor_name"}, _factor(fields))
    if "customAttributes" in fields.left:
        found["attributes"] = read_attributes(fields)
    if changes:
        found["attributes"] = _with(found.get("attributes", attributes), changes)
    return found


def _factor(fields: Fields) -> Any:
    return lambda name: fields.one_of(name, ["DENIM", "HAULPAY"])


def _with(attributes: str, changes: Mapping[str, str]) -> str:
    """Set custom attributes by name; an empty value takes one away."""
    left = dict(changes)
    listed = [
        {**each, "value": left.pop(each["name"])} if each["name"] in left else each
        for each in json.loads(attributes)
    ]
    listed += [{"name": name, "value": value} for name, value in left.items()]
    return as_json([each for each in listed if each["value"] != ""])


def amend(catalog: Catalog, act: Act, draft: Draft, fields: Fields) -> None:
    """Change a loaded draft by all fields but those of `read_always` and the number.

    Raises:
        NotFoundError, ValidationError: a field is wrong, or names what is not there.
        ConflictError: its order has another customer, currency or shipment than is asked for.
    """
    columns = draft.invoice
    fields.known |= WHILE_DRAFT
    columns |= rows.given(fields, {"templateId": "template_id"}, fields.text)
    columns |= rows.given(fields, DAYS, fields.day)
    if "customObjects" in fields.left:
        columns["objects"] = read_objects(fields)
    fields.one_of("type", ["INVOICE"])
    before = columns["customer_id"]
    _parties(catalog, fields, columns)
    _currency(fields, draft)
    _dates(catalog, act, fields, draft, moved_from=before)
    _lines(catalog, fields, draft)
    _amounts(catalog, fields, draft)


def _parties(catalog: Catalog, fields: Fields, columns: Columns) -> None:
    for kind in OWNERS:
        if kind in fields.left and catalog.named(fields, kind, kind) != columns[f"{kind}_id"]:
            raise ConflictError(
                f"the {kind} of an invoice does not change",
                hint="delete it and create another, or replace all of it: update --replace",
            )
    if "customer" not in fields.left:
        return
    customer_id = catalog.named(fields, "customer", "customer")
    if customer_id is None:
        raise fields.refuse("customer", "is missing")
    if customer_id != columns["customer_id"]:
        if columns["order_id"] is not None:
            raise ConflictError("the order belongs to another customer")
        rows.refuse_deleted("customer", catalog.row("customer", customer_id))
        columns["customer_id"] = customer_id


def _currency(fields: Fields, draft: Draft) -> None:
    """Change the currency; prices stay the numbers they are, as far as the new one can say them."""
    columns = draft.invoice
    was, now = columns["currency"], read_currency(fields)
    if now in {None, was}:
        return
    assert now is not None  # noqa: S101
    if columns["order_id"] is not None:
        raise ConflictError(f"the order is in {was}, not in {now}")
    try:
        shipping = money.to_decimal(columns["shipping_minor"], was)
        columns["shipping_minor"] = money.from_json(money.plain(shipping), now)
        for line in draft.lines:
            line.priced(now)
        if columns["discount_type"]:
            discount = totals.Discount(columns["discount_type"], columns["discount_value"])
            totals.check_discount(discount, now)
    except ValueError as error:
        raise fields.refuse("currency", f"does not fit: an amount {error}") from error
    columns |= {"currency": now, "scale": currencies.scale(now)}


def _dates(catalog: Catalog, act: Act, fields: Fields, draft: Draft, *, moved_from: int) -> None:
    columns = draft.invoice
    moved = columns["customer_id"] != moved_from
    if not moved and not DATES & fields.left.keys():
        return
    if "paymentTerm" in fields.left:
        _set_term(columns, catalog.read_term(fields, "paymentTerm"))
    elif moved and columns["term_id"] == _id(
        usual_term(catalog, act, columns | {"customer_id": moved_from})
    ):
        _set_term(columns, usual_term(catalog, act, columns))
    if "invoiceDate" in fields.left:
        day = fields.day("invoiceDate")
        columns |= {"invoice_date": day or act.today, "invoice_date_given": int(day is not None)}
    set_due(columns, fields, draft.warnings)


def _set_term(columns: Columns, term: TermRow | None) -> None:
    if _id(term) != columns["term_id"]:
        refuse_term(term)
        columns |= {"term_id": _id(term), "term_rule": terms.words(term.rule) if term else None}


def _id(term: TermRow | None) -> int | None:
    return None if term is None else term.id


def set_due(columns: Columns, fields: Fields, warnings: list[str]) -> None:
    """Set the due date: the one that is given now or was, else the term's."""
    words, day = columns["term_rule"], columns["invoice_date"]
    by_term = due_by(terms.read(words) if words else None, day)
    if "dueDate" in fields.left:
        due = fields.day("dueDate")
        columns |= {"due_date": due, "due_date_given": int(due is not None)}
    if not columns["due_date_given"]:
        columns["due_date"] = by_term
    warnings += about_due(columns["due_date"], by_term, day, words)


def about_due(due: date | None, by_term: date | None, day: date, words: str) -> Iterable[str]:
    """Yield what its user should know of a due date."""
    if due and by_term and due != by_term:
        yield f"the due date is {due}; by {words} it would be {by_term}"
    if due and due < day:
        yield f"the due date {due} is before the invoice date"


def _lines(catalog: Catalog, fields: Fields, draft: Draft) -> None:
    """Put lines in the place of those that bill no charge."""
    if "lines" not in fields.left:
        return
    currency = draft.invoice["currency"]
    given = fields.records("lines", LINE_ALIASES) or []
    billed = [line for line in draft.lines if line.charge_id is not None]
    lines = billed + [read_line(catalog, each, currency) for each in given]
    if not lines:
        raise ConflictError("an invoice needs at least one line")
    draft.lines = matched(draft.lines, lines)


def matched(old: Iterable[LineDraft], new: Iterable[LineDraft]) -> list[LineDraft]:
    """Return new lines, with the old one in the place of each that is the same."""
    left = list(old)
    lines = []
    for line in new:
        same = next((each for each in left if _content(each) == _content(line)), None)
        if same is not None:
            left = [each for each in left if each is not same]
        lines.append(same or line)
    return lines


def _content(line: LineDraft) -> tuple[Any, ...]:
    return (*(line.columns.get(name) for name in SAME_LINE), line.taxes, line.charge_id)


def _amounts(catalog: Catalog, fields: Fields, draft: Draft) -> None:
    columns = draft.invoice
    currency = columns["currency"]
    if DISCOUNT & fields.left.keys():
        if fields.has("discountValue") and not fields.has("discountType"):
            fields.left["discountType"] = columns["discount_type"]
        discount = read_discount(fields, currency)
        columns["discount_type"] = discount.kind if discount else None
        columns["discount_value"] = discount.value if discount else None
    if "shipping" in fields.left:
        columns["shipping_minor"] = fields.amount("shipping", currency) or 0
    if "shippingTax" in fields.left:
        codes = catalog.taxes(fields, "shippingTax")
        columns["shipping_tax"] = "+".join(code.tax.code for code in codes) or None
        draft.shipping_taxes = [(code, 0) for code in codes]
    if "priceTaxInclusive" in fields.left:
        columns["tax_inclusive"] = int(fields.flag("priceTaxInclusive") or False)
    if "taxRounding" in fields.left:
        rounding = fields.one_of("taxRounding", ["document", "line"])
        columns["tax_rounding"] = rounding or "document"


def same(one: Draft, other: Draft) -> bool:
    """Return whether two drafts say the same: columns, lines, and the taxes on shipping."""
    codes = [[code for code, _ in draft.shipping_taxes] for draft in (one, other)]
    return one.invoice == other.invoice and one.lines == other.lines and codes[0] == codes[1]
