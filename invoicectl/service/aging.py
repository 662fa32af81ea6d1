"""Who owed how much, and for how long, on any day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from invoicectl.rules import money
from invoicectl.rules.aging import DEFAULT, Buckets, By, age
from invoicectl.rules.money import to_decimal
from invoicectl.rules.numbering import friendly
from invoicectl.store import aging as books
from invoicectl.store import refs
from invoicectl.store.aging import Factored, Scope
from invoicectl.store.db import Db, Reader

__all__ = ["Factored", "aging"]

Record = dict[str, Any]
Cells = list[str | None]
Figures = Sequence[int]  # of a customer in a currency: how many invoices, what is owed by bucket
Whose = tuple[int, str]  # a customer's internal id, and a currency
Person = tuple[str, int, str, str | None]  # a customer's name, internal id, uuid and key


def aging(
    db: Db,
    *,
    as_of: date,
    by: By = By.DUE_DATE,
    buckets: Buckets = DEFAULT,
    customers: Sequence[str] = (),
    currency: str | None = None,
    factored: Factored = Factored.INCLUDE,
    detail: bool = False,
    flat: bool = False,
) -> Record:
    """Return what was owed on a day, by customer and currency, and the totals by currency.

    What is dated after the day has not happened. `unapplied` is money and credit held, negative;
    none of it is a factor's, so that `exclude` and `only` add up to `include` in every column.
    Rows that are zero throughout are left out. Without `customers` (REFs) all of them are meant.
    With `flat` there are `cells` instead of rows, for a file of nothing else: the customer's id,
    key and name, the currency, then the figures as text; it takes half the time.

    Raises:
        NotFoundError: a customer's REF means nobody.
    """
    with db.read() as reader:
        ids = tuple(refs.find(reader, "customer", ref) for ref in customers)
        scope = Scope(as_of, by, buckets, ids or None, currency, factored)
        held = {} if factored is Factored.ONLY else _held(reader, scope)
        owed = _owed(reader, scope, held)
        people = _people(reader, owed)
        details = _details(reader, scope) if detail else None
        totals = _totals(owed, held, buckets.labels)
        if flat:
            found: Record = {"cells": _cells(owed, held, people), "totals": totals}
        else:
            rows = _rows(owed, held, people, buckets.labels, details)
            found = {"rows": list(rows), "totals": list(totals)}
    ranges = zip(buckets.labels, buckets.ranges, strict=True)
    return {
        "asOf": as_of.isoformat(),
        "by": by.value,
        "buckets": [{"label": name, "from": first, "to": last} for name, (first, last) in ranges],
        **found,
    }


def _held(reader: Reader, scope: Scope) -> dict[Whose, int]:
    """Return the money and credit not applied, negative minor units."""
    return {(customer, code): minor for customer, code, minor in books.unapplied(reader, scope)}


def _owed(reader: Reader, scope: Scope, held: Iterable[Whose]) -> dict[int, dict[str, Figures]]:
    """Return the figures by customer and currency, zeros for who has money here and owes none."""
    owed: dict[int, dict[str, Figures]] = {}
    for row in books.owed(reader, scope):
        figures, of_customer = row[2:], owed.setdefault(row[0], {})
        earlier = of_customer.get(row[1])
        of_customer[row[1]] = _added([earlier, figures]) if earlier else figures
    nothing = (0,) * (1 + len(scope.buckets.labels))
    for customer, code in held:
        owed.setdefault(customer, {}).setdefault(code, nothing)
    return owed


def _added(parts: Iterable[Figures]) -> Figures:
    return [sum(column) for column in zip(*parts, strict=True)]


def _people(reader: Reader, ids: Iterable[int]) -> list[Person]:
    """Return customers in the order of their names."""
    people: list[Person] = [tuple(row) for row in books.customers(reader, ids)]
    return sorted(people, key=lambda person: (person[0].casefold(), *person[:2]))


def _rows(
    owed: Mapping[int, Mapping[str, Figures]],
    held: Mapping[Whose, int],
    people: Iterable[Person],
    labels: Sequence[str],
    details: Mapping[Whose, list[Record]] | None,
) -> Iterator[Record]:
    units = _units(owed)
    for name, id_, uuid, key in people:
        number = friendly("customer", id_)
        customer = {"id": uuid, "key": key, "friendlyId": number, "name": name}
        of_customer = owed[id_]
        for code in sorted(of_customer):
            shown = _shown(of_customer[code], held.get((id_, code), 0), units[code], labels)
            row = {"customer": customer, "currency": code, **shown}
            if details is not None:
                row["details"] = details.get((id_, code), [])
            yield row


def _cells(
    owed: Mapping[int, Mapping[str, Figures]], held: Mapping[Whose, int], people: Iterable[Person]
) -> Iterator[Cells]:
    texts = cache(money.writer)
    for name, id_, uuid, key in people:
        of_customer = owed[id_]
        for code in sorted(of_customer):
            invoices, *minors = of_customer[code]
            total, on_account = sum(minors), held.get((id_, code), 0)
            figures = texts(code)((*minors, total, on_account, total + on_account))
            yield [uuid, key, name, code, *figures, str(invoices)]


def _units(owed: Mapping[int, Mapping[str, Figures]]) -> dict[str, Decimal]:
    """Return one minor unit of every currency: times a count it is an amount, and exact."""
    codes = {code for of_customer in owed.values() for code in of_customer}
    return {code: to_decimal(1, code) for code in codes}


def _details(reader: Reader, scope: Scope) -> dict[Whose, list[Record]]:
    """Return the open invoices of every customer and currency, by due date and number."""

    @cache  # a hundred thousand invoices have a thousand dates
    def aged(invoice_date: str, due_date: str | None) -> Record:
        invoiced, due = date.fromisoformat(invoice_date), due_date and date.fromisoformat(due_date)
        days = age(scope.as_of, due_date=due or None, invoice_date=invoiced, by=scope.by)
        bucket = scope.buckets.labels[scope.buckets.bucket_of(days)]
        return {"invoiceDate": invoice_date, "dueDate": due_date, "days": days, "bucket": bucket}

    details: dict[Whose, list[Record]] = {}
    for customer, currency, uuid, number, key, *dates, minor in books.details(reader, scope):
        details.setdefault((customer, currency), []).append(
            {
                "id": uuid,
                "friendlyId": number,
                "key": key,
                **aged(*dates),
                "owed": to_decimal(minor, currency),
            }
        )
    return details


def _shown(figures: Figures, held_minor: int, unit: Decimal, labels: Sequence[str]) -> Record:
    invoices, *owed = figures
    total, zero = sum(owed) * unit, 0 * unit  # most cells are zero, and one of it is enough
    held = held_minor * unit if held_minor else zero
    cells = [minor * unit if minor else zero for minor in owed]
    return {
        "amounts": dict(zip(labels, cells, strict=True)),
        "total": total,
        "unapplied": held,
        "balance": total + held if held_minor else total,
        "invoices": invoices,
    }


def _totals(
    owed: Mapping[int, Mapping[str, Figures]], held: Mapping[Whose, int], labels: Sequence[str]
) -> Iterator[Record]:
    parts: dict[str, list[Figures]] = {}
    for of_customer in owed.values():
        for code, figures in of_customer.items():
            parts.setdefault(code, []).append(figures)
    for code in sorted(parts):
        held_minor = sum(minor for (_, held_code), minor in held.items() if held_code == code)
        shown = _shown(_added(parts[code]), held_minor, to_decimal(1, code), labels)
        yield {"currency": code, **shown}
