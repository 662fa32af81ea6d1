"""A sample: a document with something of everything, to look at a style before it is chosen."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from invoicectl.rules import money, totals
from invoicectl.rules.totals import Line, Tax

Record = dict[str, Any]

SELLER = {
    "name": "Northwind Traders Ltd",
    "address": {
        "line1": "12 Harbour St", "city": "Halifax", "region": "NS", "postalCode": "B3H 1A1",
        "country": "Canada",
    },
    "email": "billing@northwind.example", "website": "northwind.example",
    "taxId": "123456789 RT0001", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX",
}  # fmt: skip
BUYER = {
    "name": "Maple Furniture Inc",
    "address": {
        "line1": "7 Main St", "city": "Berlin", "postalCode": "10115", "country": "Germany",
    },
    "taxId": "DE123456789",
}  # fmt: skip
NOTE = """Thank you for your order. All that is *delivered* stays ours until it is **paid**.

- Questions? [Write to us](https://northwind.example/contact).
- Late? Call us before we call you."""
_TAXES = (Tax("GST", Decimal("0.05")), Tax("QST", Decimal("0.09975")))
_SHIPPING = 12
_LINES: tuple[tuple[str, str, str, Line], ...] = (
    ("Design of the spring catalogue", "hour", "WEB", Line(Decimal("12.5"), Decimal(120))),
    ("Oak table, oiled\nwith two drawers", "pc", "OAK", Line(
        Decimal(4), Decimal(349), totals.read_discount("10%"), _TAXES
    )),
    ("Delivery and assembly", "", "", Line(Decimal(1), Decimal(180), None, _TAXES[:1])),
)  # fmt: skip


def document(kind: str, *, seller: Record, currency: str, today: date) -> Record:
    """Return a sample invoice or credit note as `documents.render` takes it."""
    billed = totals.compute(
        [line for *_, line in _LINES],
        currency=currency,
        discount=totals.read_discount("5%"),
        shipping_minor=money.to_minor(Decimal(_SHIPPING), currency),
    )

    def amount(minor: int) -> Decimal:
        return money.to_decimal(minor, currency)

    made = {
        "kind": kind, "watermark": None, "seller": seller, "billTo": BUYER,
        "taxes": [
            {"code": tax.code, "name": None, "rate": tax.rate, "base": amount(tax.base_minor),
             "amount": amount(tax.amount_minor)}
            for tax in billed.taxes
        ],
    }  # fmt: skip
    lines = [_line(place, each, amount) for place, each in enumerate(billed.lines)]
    return made | _PARTS[kind](lines, billed, amount, currency, today)


_Amount = Callable[[int], Decimal]


def _line(place: int, billed: totals.LineTotals, amount: _Amount) -> Record:
    description, unit, item, line = _LINES[place]
    taxes = [
        {"id": None, "code": tax.code, "rate": tax.rate, "amount": amount(minor)}
        for tax, minor in zip(line.taxes, billed.tax_minors, strict=True)
    ]
    return {
        "position": place + 1, "description": description, "quantity": line.quantity,
        "unit": unit or None, "unitPrice": line.unit_price, "itemId": item or None,
        "discount": amount(billed.discount_minor), "subtotal": amount(billed.net_minor),
        "taxes": taxes, "tax": amount(billed.tax_minor), "total": amount(billed.total_minor),
        "chargingStartDate": None, "chargingEndDate": None,
    }  # fmt: skip


def _invoice(
    lines: list[Record], billed: totals.Totals, amount: _Amount, currency: str, today: date
) -> Record:
    paid = billed.total_minor // 4
    record = {
        "friendlyId": "INV-00042", "invoiceDate": today.isoformat(),
        "dueDate": (today + timedelta(days=30)).isoformat(), "paymentTerm": {"name": "Net 30"},
        "poNumber": "PO-7781", "reference": "Spring catalogue", "currency": currency,
        "billingStartDate": None, "billingEndDate": None, "note": NOTE, "lines": lines,
        "payments": [], "credits": [], "priceTaxInclusive": False,
        "subtotal": amount(billed.subtotal_minor), "discountType": "percentage",
        "discountValue": Decimal(5), "discountAmount": amount(billed.discount_minor),
        "discountTaken": amount(0), "tax": amount(billed.tax_minor),
        "shipping": amount(billed.shipping_minor), "total": amount(billed.total_minor),
        "amount": amount(billed.total_minor), "amountPaid": amount(paid),
        "creditsApplied": amount(0), "amountOwed": amount(billed.total_minor - paid),
    }  # fmt: skip
    return {"title": "Invoice", "invoice": record, "reference": record["friendlyId"]}


def _credit_note(
    lines: list[Record], billed: totals.Totals, amount: _Amount, currency: str, today: date
) -> Record:
    record = {
        "friendlyId": "CM-00003", "date": today.isoformat(), "currency": currency,
        "amount": amount(billed.total_minor - billed.shipping_minor), "invoice": "INV-00042",
        "reference": "Returned goods", "note": "We are **sorry**.", "priceTaxInclusive": False,
        "lines": [
            line | {"unitPrice": None, "discount": None, "subtotal": line["total"] - line["tax"]}
            for line in lines
        ],
    }  # fmt: skip
    return {"title": "Credit note", "credit": record, "reference": record["friendlyId"]}


_PARTS: dict[str, Callable[..., Record]] = {"invoice": _invoice, "credit-note": _credit_note}
