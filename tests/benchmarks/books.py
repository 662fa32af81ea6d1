"""Books of any size: customers, invoices with lines, payments, credits and voids over five years.

What is in them hangs on a seed alone. They are written as JSON Lines and come in through
`invoicectl import`, as anybody's books would.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, TextIO

TODAY = date(2026, 8, 1)
YEAR_AGO = date(2025, 8, 1)
DAYS = 5 * 365
KINDS = ("taxes", "customers", "invoices", "payments", "credits")
CURRENCIES = {"EUR": 2, "JPY": 0, "KWD": 3}
WORDS = [
    "amber",
    "anchor",
    "apple",
    "arrow",
    "autumn",
    "beacon",
    "birch",
    "bridge",
    "bright",
    "cedar",
    "clover",
    "copper",
    "coral",
    "cotton",
    "crane",
    "crystal",
    "delta",
    "eagle",
    "ember",
    "falcon",
    "forest",
    "garden",
    "gold",
    "granite",
    "harbor",
    "hazel",
    "heron",
    "indigo",
    "island",
    "ivory",
    "jasper",
    "juniper",
    "lake",
    "laurel",
    "lemon",
    "lily",
    "linden",
    "lotus",
    "maple",
    "marble",
    "meadow",
    "mill",
    "mint",
    "moss",
    "north",
    "oak",
    "ocean",
    "olive",
    "orchard",
    "otter",
    "pearl",
    "pine",
    "prairie",
    "quartz",
    "raven",
    "reed",
    "ridge",
    "river",
    "robin",
    "rose",
    "ruby",
    "sable",
    "sage",
    "silver",
    "spruce",
    "stone",
    "summit",
    "swift",
    "thistle",
    "timber",
    "tulip",
    "valley",
    "walnut",
    "willow",
    "wren",
]


@dataclass(frozen=True)
class Size:
    """How large the books are."""

    invoices: int
    seed: int = 7

    @property
    def customers(self) -> int:
        return max(20, self.invoices // 50)

    @property
    def name(self) -> str:
        return f"books-{self.invoices}-{self.seed}"


def write(size: Size, folder: Path) -> dict[str, Path]:
    """Write the files to import, one a kind, in the order they have to be imported in."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {kind: folder / f"{kind}.jsonl" for kind in KINDS}
    with ExitStack() as stack:
        files = {kind: stack.enter_context(path.open("w")) for kind, path in paths.items()}
        _put(files["taxes"], {"code": "VAT", "name": "Value added tax", "rate": "0.1"})
        random = Random(size.seed)
        for number in range(1, size.customers + 1):
            _put(files["customers"], _customer(random, number))
        for kind, record in _business(random, size):
            _put(files[kind], record)
    return paths


def _put(file: TextIO, record: dict[str, Any]) -> None:
    file.write(json.dumps(record) + "\n")


def _customer(random: Random, number: int) -> dict[str, Any]:
    first, second = random.choice(WORDS).title(), random.choice(WORDS).title()
    return {
        "key": f"CUST-{number}",
        "name": f"{first} {second} {random.choice(('Ltd', 'GmbH', 'Inc'))}",
        "email": [f"ap{number}@{first.lower()}.example"],
        "address": {"line1": f"{number} {second} Street", "city": first, "country": "Canada"},
        "currency": "EUR",
        "paymentTerm": "Net 30",
    }


def _business(random: Random, size: Size) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield invoices in the order of their dates, each with what became of it."""
    waiting: dict[tuple[int, str], tuple[int, dict[str, Any]]] = {}
    for number in range(1, size.invoices + 1):
        day = (number - 1) * DAYS // size.invoices
        customer = random.randint(1, size.customers)
        currency = random.choices(tuple(CURRENCIES), (70, 15, 15))[0]
        invoice, total = _invoice(random, number, customer, currency, day)
        fate = random.random()
        if fate < 0.01:
            del invoice["number"]
            invoice["status"] = "DRAFT"
        elif fate < 0.015 and day + 20 < DAYS:
            invoice |= {"status": "VOIDED", "voidedOn": _on(day + 20)}
        yield "invoices", invoice
        if fate < 0.015:
            continue
        if fate < 0.025:
            yield from _credit(random, number, customer, currency, day, total)
            continue
        paid_on = day + random.randint(1, 90)
        part = total if fate < 0.92 else total // 3 if fate < 0.95 else 0
        if part and paid_on < DAYS:
            settled = _application(number, part, currency)
            other = waiting.pop((customer, currency), None)
            if other is None and random.random() < 0.1:
                waiting[customer, currency] = (paid_on, settled)  # paid together with a later one
                continue
            days, applied = [paid_on], [settled]
            if other is not None:
                days, applied = [paid_on, other[0]], [other[1], settled]
            extra = random.randint(1, 9999) if random.random() < 0.02 else 0
            yield "payments", _payment(number, customer, currency, max(days), applied, extra)


def _invoice(
    random: Random, number: int, customer: int, currency: str, day: int
) -> tuple[dict[str, Any], int]:
    """Return an invoice and what it comes to in minor units; the tax comes out whole."""
    lines, net = [], 0
    taxed = {"tax": "VAT"} if random.random() < 0.5 else {}
    for _ in range(random.randint(1, 5)):
        quantity, price = random.randint(1, 12), 10 * random.randint(10, 40_000)
        net += quantity * price
        lines.append({
            "description": f"{random.choice(WORDS).title()} {random.choice(WORDS)}",
            "quantity": quantity, "unitPrice": _amount(price, currency), **taxed,
        })  # fmt: skip
    invoice = {
        "key": f"K-{number}", "number": f"INV-{number:05d}", "customer": f"CUST-{customer}",
        "currency": currency, "invoiceDate": _on(day), "paymentTerm": "Net 30",
        "reference": f"REF{number * 7919 % 10_000_019}", "poNumber": f"PO{number * 31 % 100_003}",
        "lines": lines,
    }  # fmt: skip
    if random.random() < 0.01:
        invoice["factorName"] = "DENIM"
    return invoice, net + net // 10 if taxed else net


def _credit(
    random: Random, number: int, customer: int, currency: str, day: int, total: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a credit memo for a part of an invoice; half of them are applied to it."""
    amount, on = max(1, total // 4), min(day + random.randint(1, 60), DAYS - 1)
    memo = {
        "key": f"CR-{number}", "customer": f"CUST-{customer}", "currency": currency,
        "date": _on(on), "amount": _amount(amount, currency),
    }  # fmt: skip
    if random.random() < 0.5:
        memo["applications"] = [_application(number, amount, currency)]
    yield "credits", memo


def _payment(
    number: int, customer: int, currency: str, day: int, applied: list[dict[str, Any]], extra: int
) -> dict[str, Any]:
    settled = sum(Decimal(each["amount"]) for each in applied)
    return {
        "key": f"P-{number}", "customer": f"CUST-{customer}", "currency": currency,
        "paymentDate": _on(day), "method": "bank_transfer", "applications": applied,
        "amount": str(settled + Decimal(_amount(extra, currency))),
    }  # fmt: skip


def _application(number: int, minor: int, currency: str) -> dict[str, Any]:
    return {"invoice": f"INV-{number:05d}", "amount": _amount(minor, currency)}


def _amount(minor: int, currency: str) -> str:
    return str(Decimal(minor).scaleb(-CURRENCIES[currency]))


def _on(day: int) -> str:
    return (TODAY - timedelta(DAYS - day)).isoformat()
