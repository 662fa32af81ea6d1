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
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

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


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open() as file:
        yield from map(json.loads, file)


def _minor(text: str) -> int:
    return int(text.replace(".", ""))  # every amount is written with all its decimals


def _invoices(path: Path) -> Iterator[Event]:
    for each in _records(path):
        if each.get("status") == "DRAFT":
            continue
        whose = each["customer"], each["currency"], each["number"], _due(each)
        yield Event(each["invoiceDate"], *whose, _total(each))
        if "voidedOn" in each:
            yield Event(each["voidedOn"], *whose, -_total(each))


def _due(invoice: Mapping[str, Any]) -> str:
    return (date.fromisoformat(invoice["invoiceDate"]) + timedelta(NET_DAYS)).isoformat()


def _nets(invoice: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int]]:
    for line in invoice["lines"]:
        yield line, line["quantity"] * _minor(line["unitPrice"])


def _tax(invoice: Mapping[str, Any]) -> int:
    has_tax = "tax" in invoice["lines"][0]
    return sum(net for _, net in _nets(invoice)) // 10 if has_tax else 0


def _total(invoice: Mapping[str, Any]) -> int:
    return sum(net for _, net in _nets(invoice)) + _tax(invoice)


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


def write_journal(files: Mapping[str, Path], day: date, path: Path) -> None:
    """Write what the books hold up to a day for ledger and hledger: lines and taxes too."""
    entries = [*_journal_invoices(files["invoices"]), *_journal_settled(files)]
    until = sorted((entry for entry in entries if entry[0] <= day.isoformat()), key=itemgetter(0))
    with path.open("w") as file:
        file.writelines(text for _, text in until)


def _journal_invoices(path: Path) -> Iterator[tuple[str, str]]:
    """Yield day and text of what invoices come to by their lines, and of what takes one back."""
    for each in _records(path):
        if each.get("status") == "DRAFT":
            continue
        nets = [(line["description"], net) for line, net in _nets(each)]
        due = f"  ; due: {_due(each)}"
        for day, sign in ((each["invoiceDate"], 1), (each.get("voidedOn"), -1)):
            if day:
                postings = [(f"receivable:{each['customer']}", "", sign * _total(each))]
                postings += [("revenue", f"  ; {what}", -sign * net) for what, net in nets]
                postings += [("tax:VAT", "", -sign * _tax(each))] if _tax(each) else []
                head = f"{day} ({each['number']}) {each['customer']}{due}\n"
                yield day, head + _postings(postings, each["currency"])


def _journal_settled(files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    for event in _settled(files["payments"], files["credits"]):
        if event.minor:
            postings = [(f"receivable:{event.customer}", "", event.minor),
                        ("bank", "", -event.minor)]  # fmt: skip
            head = f"{event.day} ({event.number or 'on account'}) {event.customer}\n"
            yield event.day, head + _postings(postings, event.currency)


def _postings(postings: Iterable[tuple[str, str, int]], currency: str) -> str:
    lines = (f"    {account}  {_text(minor, currency)} {currency}{note}\n"
             for account, note, minor in postings)  # fmt: skip
    return "".join(lines) + "\n"


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
