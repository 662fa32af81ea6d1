"""Turn a request for an invoice into the rows that it is made of. Nothing is stored here.

One way in for `create` from options, bodies of other systems, and imports.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from invoicectl.errors import ConflictError, ValidationError
from invoicectl.rules import currencies, money, terms, totals
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog, TaxCode, TermRow
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import (
    BLANK,
    COLUMNS,
    CUSTOM,
    read_currency,
    read_custom,
    read_discount,
)
from invoicectl.service.lines import LINE_ALIASES, LineDraft, charges_to_bill, read_line
from invoicectl.store.tables import MOST_MINOR

PRICING = frozenset(
    {"discount", "discountType", "discountValue", "shipping", "shippingTax", "priceTaxInclusive",
     "taxRounding"}
)  # fmt: skip
PLAIN = {
    "discount_type": None, "discount_value": None, "shipping_minor": 0, "shipping_tax": None,
    "tax_inclusive": 0, "tax_rounding": "document",
}  # fmt: skip


@dataclass
class Draft:
    """The rows of an invoice that is about to be stored; ids are given when it is."""

    invoice: dict[str, Any]
    lines: list[LineDraft]
    shipping_taxes: list[tuple[TaxCode, int]]
    number: str | None = None
    warnings: list[str] = field(default_factory=list)


def read_invoice(catalog: Catalog, act: Act, fields: Fields, *, lone_amount: bool = False) -> Draft:
    """Read a request for an invoice, look up what it names, and work out dates and totals.

    `lone_amount` lets one `amount` stand for the lines (an opening balance).

    Raises:
        NotFoundError, ValidationError, ConflictError: a field cannot be read, names what is not
            there, or what may not be billed; with its path.
    """
    fields.known |= CUSTOM
    columns: dict[str, Any] = {**BLANK, **fields.columns(COLUMNS)}
    columns["type"] = columns["type"] or "INVOICE"
    columns |= _parties(catalog, fields)
    columns["currency"] = _currency(catalog, act, fields, columns)
    columns["scale"] = currencies.scale(columns["currency"])
    columns |= read_custom(fields)
    number = fields.text("number")
    draft = Draft(columns, [], [], number=number)
    _dates(catalog, act, fields, draft)
    _lines(catalog, fields, draft, lone_amount=lone_amount)
    if columns["po_number"] is None and columns["order_id"] is not None:
        columns["po_number"] = catalog.row("order", columns["order_id"])["po_number"]
    return draft


def _parties(catalog: Catalog, fields: Fields) -> dict[str, int | None]:
    shipment_id = catalog.named(fields, "shipment", "shipment")
    order_id = catalog.named(fields, "order", "order")
    customer_id = catalog.named(fields, "customer", "customer")
    if shipment_id is not None:
        of_order = catalog.row("shipment", shipment_id)["order_id"]
        if order_id not in {None, of_order}:
            raise ConflictError("the shipment belongs to another order")
        order_id = of_order
    if order_id is not None:
        of_customer = catalog.row("order", order_id)["customer_id"]
        if customer_id not in {None, of_customer}:
            raise ConflictError("the order belongs to another customer")
        customer_id = of_customer
    if customer_id is None:
        raise fields.refuse("customer", "is missing", "name a customer, an order or a shipment")
    found = {"customer": customer_id, "order": order_id, "shipment": shipment_id}
    for kind, record_id in found.items():
        if record_id is not None and catalog.is_deleted(kind, record_id):
            raise ConflictError(f"the {kind} was deleted")
    return {f"{kind}_id": record_id for kind, record_id in found.items()}


def _currency(catalog: Catalog, act: Act, fields: Fields, columns: dict[str, Any]) -> str:
    given = read_currency(fields)
    if columns["order_id"] is not None:
        of_order = str(catalog.row("order", columns["order_id"])["currency"])
        if given not in {None, of_order}:
            raise ConflictError(f"the order is in {of_order}, not in {given}")
        return of_order
    if given is not None:
        return given
    of_customer = catalog.row("customer", columns["customer_id"])["currency"]
    return str(of_customer or act.currency)


def _dates(catalog: Catalog, act: Act, fields: Fields, draft: Draft) -> None:
    columns = draft.invoice
    given, due = fields.day("invoiceDate"), fields.day("dueDate")
    term = catalog.read_term(fields, "paymentTerm") or usual_term(catalog, act, columns)
    refuse_term(term)
    columns["term_id"] = term.id if term else None
    columns["term_rule"] = terms.words(term.rule) if term else None
    columns["invoice_date"], columns["invoice_date_given"] = (
        given or act.today,
        int(given is not None),
    )
    columns["due_date"], columns["due_date_given"] = due, int(due is not None)
    by_term = due_by(term.rule if term else None, columns["invoice_date"])
    columns["due_date"] = due or by_term
    if due and by_term and due != by_term and term is not None:
        draft.warnings.append(f"the due date is {due}; by {term.name} it would be {by_term}")
    if due and due < columns["invoice_date"]:
        draft.warnings.append(f"the due date {due} is before the invoice date")


def refuse_term(term: TermRow | None) -> None:
    """Refuse a term that no new invoice may have."""
    if term is not None and term.refused:
        hint = "name another with --term"
        raise ConflictError(f"payment term {term.name!r} {term.refused}", hint=hint)


def usual_term(catalog: Catalog, act: Act, columns: dict[str, Any]) -> TermRow | None:
    """Return the term of an invoice that names none: its customer's, else the company's."""
    term_id = catalog.row("customer", columns["customer_id"])["term_id"]
    if term_id is not None:
        return catalog.term_by_id(term_id)
    usual = act.settings["company.payment_term"]
    return catalog.term(usual) if usual else None


def due_by(rule: terms.Term | None, invoice_date: date) -> date | None:
    """Return the due date that a term gives, None without a term."""
    if rule is None:
        return None
    try:
        return terms.due_date(rule, invoice_date)
    except ValueError as error:
        raise ValidationError.at("paymentTerm", str(error)) from error


def _lines(catalog: Catalog, fields: Fields, draft: Draft, *, lone_amount: bool) -> None:
    currency = draft.invoice["currency"]
    given = fields.records("lines", LINE_ALIASES)
    amount = fields.amount("amount", currency) if lone_amount else None
    if given is not None:
        draft.lines += [read_line(catalog, each, currency) for each in given]
    elif amount is not None:
        draft.lines.append(_opening_balance(amount, currency))
    billed = [] if lone_amount else charges_to_bill(catalog, draft.invoice)
    draft.lines[:0] = billed
    if not draft.lines:
        owners = {"shipment_id": "of the shipment", "order_id": "of the order"}
        named = (owners[name] for name in owners if draft.invoice[name] is not None)
        what = next(named, "for the customer")
        raise ConflictError(f"nothing to bill {what}", hint="give it at least one line (--item)")
    shipping = _totals(catalog, fields, draft)
    if given is None and amount not in {None, draft.invoice["total_minor"]}:
        _make_up(draft, amount or 0, shipping)
    if amount not in {None, draft.invoice["total_minor"]}:
        total = money.show(draft.invoice["total_minor"], currency)
        raise fields.refuse("amount", f"is not what the lines add up to, {total}")


def _opening_balance(amount_minor: int, currency: str) -> LineDraft:
    price = money.to_decimal(amount_minor, currency)
    return LineDraft(
        {"description": "Opening balance", "quantity": Decimal(1), "unit_price": price}
    )


def _make_up(draft: Draft, amount_minor: int, shipping: tuple[TaxCode, ...]) -> None:
    """Let an opening balance be what shipping and discount leave of the amount, which is all."""
    currency, columns = draft.invoice["currency"], draft.lines[-1].columns
    short_minor = amount_minor - draft.invoice["total_minor"]
    columns["unit_price"] += money.to_decimal(short_minor, currency)
    recompute(draft, shipping)


def _totals(catalog: Catalog, fields: Fields, draft: Draft) -> tuple[TaxCode, ...]:
    columns = draft.invoice
    currency = columns["currency"]
    fields.known |= PRICING
    if not PRICING & fields.left.keys():  # as most are
        columns |= PLAIN
        recompute(draft, ())
        return ()
    discount = read_discount(fields, currency)
    columns["discount_type"] = discount.kind if discount else None
    columns["discount_value"] = discount.value if discount else None
    columns["shipping_minor"] = fields.amount("shipping", currency) or 0
    shipping = catalog.taxes(fields, "shippingTax")
    columns["shipping_tax"] = "+".join(code.tax.code for code in shipping) or None
    columns["tax_inclusive"] = int(fields.flag("priceTaxInclusive") or False)
    columns["tax_rounding"] = fields.one_of("taxRounding", ["document", "line"]) or "document"
    recompute(draft, shipping)
    return shipping


def recompute(draft: Draft, shipping: tuple[TaxCode, ...]) -> None:
    """Work out every amount of a draft from its lines, discount, shipping and shipping's taxes.

    Raises:
        ValidationError: the total is below 0, or beyond what can be kept.
    """
    columns = draft.invoice
    currency = columns["currency"]
    kind, value = columns["discount_type"], columns["discount_value"]
    priced = [line.priced(currency) for line in draft.lines]
    answer = totals.compute(
        priced,
        currency=currency,
        discount=totals.Discount(kind, value) if kind else None,
        shipping_minor=columns["shipping_minor"],
        shipping_taxes=[code.tax for code in shipping],
        tax_inclusive=bool(columns["tax_inclusive"]),
        tax_rounding=columns["tax_rounding"],
    )
    if not 0 <= answer.total_minor <= MOST_MINOR // 100:
        reason = "is below 0" if answer.total_minor < 0 else "is too large to be kept"
        shown = money.show(answer.total_minor, currency)
        raise ValidationError.at("total", f"{reason}: {shown}")
    for line, amounts in zip(draft.lines, answer.lines, strict=True):
        line.amounts = amounts
    columns["subtotal_minor"] = answer.subtotal_minor
    columns["discount_minor"] = answer.discount_minor
    columns["tax_minor"] = answer.tax_minor
    columns["shipping_minor"] = answer.shipping_minor
    columns["total_minor"] = answer.total_minor
    draft.shipping_taxes = _shipping_shares(shipping, draft, answer) if shipping else []


def _shipping_shares(
    shipping: tuple[TaxCode, ...], draft: Draft, answer: totals.Totals
) -> list[tuple[TaxCode, int]]:
    """Return what of each tax is shipping's: what its total is over the lines' shares of it."""
    shares = []
    for code in shipping:
        total = sum(
            tax.amount_minor for tax in answer.taxes if (tax.code, tax.rate) == tuple_of(code)
        )
        on_lines = sum(
            minor
            for line in draft.lines
            for tax, minor in zip(line.taxes, line.amounts.tax_minors, strict=True)
            if tuple_of(tax) == tuple_of(code)
        )
        shares.append((code, total - on_lines))
    return shares


def tuple_of(code: TaxCode) -> tuple[str, Decimal]:
    """Return what makes two taxes the same on an invoice: code and rate."""
    return code.tax.code, code.tax.rate
