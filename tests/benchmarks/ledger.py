"""The books once more, from the files that are imported and by nothing but sums.

It shares no code with invoicectl: what both say has been worked out twice.
"""

import csv
import io
import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.books import CURRENCIES

NET_DAYS = 30
Whose = tuple[str, str]  # a customer's key, and a currency


class Event(NamedTuple):
    """On a day something is owed on an invoice (`number`), or no more; or money is held."""

    day: str
    customer: str
    currency: str
    number: str | None
    due: str | None
    minor: int


def events(files: Mapping[str, Path]) -> list[Event]:
    """Return all that is in the files."""
    return [*_invoices(files["invoices"]), *_settled(files["payments"], files["credits"])]


def _records(path: Path) -> Iterator[dict[str, object]]:
    with path.open() as file:
        yield from map(json.loads, file)


def _minor(text: str) -> int:
    return int(text.replace(".", ""))  # every amount is written with all its decimals


def _invoices(path: Path) -> Iterator[Event]:
    for each in _records(path):
        if each.get("status") == "DRAFT":
            continue
        lines = each["lines"]
        net = sum(line["quantity"] * _minor(line["unitPrice"]) for line in lines)
        total = net + net // 10 if "tax" in lines[0] else net
        due = (date.fromisoformat(each["invoiceDate"]) + timedelta(NET_DAYS)).isoformat()
        whose = each["customer"], each["currency"], each["number"], due
        yield Event(each["invoiceDate"], *whose, total)
        if "voidedOn" in each:
            yield Event(each["voidedOn"], *whose, -total)


def _settled(*paths: Path) -> Iterator[Event]:
    for path in paths:
        for each in _records(path):
            day = each.get("paymentDate") or each["date"]
            whose, held = (each["customer"], each["currency"]), _minor(each["amount"])
            for applied in each.get("applications", ()):
                minor = _minor(applied["amount"])
                held -= minor
                yield Event(day, *whose, applied["invoice"], None, -minor)
            yield Event(day, *whose, None, None, -held)


def aging(known: Iterable[Event], day: date) -> dict[Whose, list[str]]:
    """Return the figures of every customer and currency on a day, as they are to be printed."""
    owed: dict[str, int] = defaultdict(int)
    dues: dict[str, tuple[Whose, str]] = {}
    held: dict[Whose, int] = defaultdict(int)
    for event in known:
        if event.day > day.isoformat():
            continue
        whose = event.customer, event.currency
        if event.number is None:
            held[whose] += event.minor
            continue
        owed[event.number] += event.minor
        if event.due:
            dues[event.number] = whose, event.due
    sums: dict[Whose, list[int]] = defaultdict(lambda: [0] * 6)
    for number, minor in owed.items():
        if minor:
            whose, due = dues[number]
            days = (day - date.fromisoformat(due)).days
            sums[whose][bisect_left((0, 30, 60, 90), days)] += minor
            sums[whose][5] += 1
    whoses = {*sums, *(whose for whose, minor in held.items() if minor)}
    return {whose: _printed(sums[whose], held[whose], whose[1]) for whose in whoses}


def _printed(sums: list[int], held: int, currency: str) -> list[str]:
    *buckets, invoices = sums
    total = sum(buckets)
    minors = [*buckets, total, held, total + held]
    return [*(_text(minor, currency) for minor in minors), str(invoices)]


def _text(minor: int, currency: str) -> str:
    places = CURRENCIES[currency]
    if not places:
        return str(minor)
    digits = f"{abs(minor):0{places + 1}}"
    return f"{'-' if minor < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def write_journal(known: Iterable[Event], day: date, path: Path) -> None:
    """Write what happened up to a day for ledger and hledger."""
    until = [each for each in known if each.day <= day.isoformat() and each.minor]
    until.sort(key=lambda each: each.day)
    with path.open("w") as file:
        for event in until:
            amount = f"{_text(event.minor, event.currency)} {event.currency}"
            due = f"  ; due: {event.due}" if event.due else ""
            other = "revenue" if event.due else "bank"
            file.write(f"{event.day} ({event.number or 'on account'}) {event.customer}{due}\n"
                       f"    receivable:{event.customer}  {amount}\n    {other}\n\n")  # fmt: skip


def read_balances(printed: str, program: str) -> dict[Whose, str]:
    """Read what is left of each customer, as hledger or ledger print it."""
    found = {}
    if program == "hledger":
        for account, currency, amount in [*csv.reader(io.StringIO(printed))][1:]:
            found[account, currency] = amount
    else:
        for line in printed.splitlines():
            *pairs, account = line.replace("\\n", " ").split()
            for amount, currency in zip(pairs[::2], pairs[1::2], strict=True):
                found[account, currency] = amount
    return {(account.partition(":")[2], currency): amount
            for (account, currency), amount in found.items()}  # fmt: skip
