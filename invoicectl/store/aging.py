"""What was owed on any day: what is owed now, less what the ledger says happened after that day.

So the books of today cost one walk over the open invoices, whatever has been paid in ten years,
and a day of the past costs that and the movements since. An invoice that no movement has touched
since stood as it stands. One that was touched owed what it owes now less those movements; if it
was taken back to a draft since, it had the customer, currency and dates that it was taken back
with. The indexes are named, because statistics must not talk the planner out of them.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from invoicectl.rules.aging import DEFAULT, Buckets, By
from invoicectl.store.db import Reader, Row


class Factored(StrEnum):
    """What becomes of invoices that were sold to a factor, as --factored names it."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    ONLY = "only"


class Scope(NamedTuple):
    """Which day is asked for, of which invoices, and how their age is told."""

    as_of: date
    by: By = By.DUE_DATE
    buckets: Buckets = DEFAULT
    customer_ids: tuple[int, ...] | None = None
    currency: str | None = None
    factored: Factored = Factored.INCLUDE


COUNTED_FROM = {By.DUE_DATE: "coalesce(due_date, invoice_date)", By.INVOICE_DATE: "invoice_date"}
FACTORED = {
    Factored.INCLUDE: "TRUE",
    Factored.EXCLUDE: "factor_name IS NULL",
    Factored.ONLY: "factor_name IS NOT NULL",
}

# Of several times that an invoice was taken back, the first one after the day ended how it stood.
SINCE = """
WITH touched AS (
    SELECT invoice_id, sum(owed_minor) AS since_minor
    FROM movement INDEXED BY movement_by_date
    WHERE entry_date > :as_of AND owed_minor <> 0
    GROUP BY invoice_id
), taken_back AS (
    SELECT *, row_number() OVER (PARTITION BY invoice_id ORDER BY entry_date, id) AS nth
    FROM movement INDEXED BY movement_invoice_date_before
    WHERE invoice_date_before <= :as_of AND entry_date > :as_of
), changed AS (
    SELECT
        now.id, now.owed_minor - since_minor AS owed_minor,
        coalesce(was.customer_id, now.customer_id) AS customer_id,
        coalesce(was.currency, now.currency) AS currency,
        coalesce(was.invoice_date_before, now.invoice_date) AS invoice_date,
        CASE WHEN nth = 1 THEN was.due_date_before ELSE now.due_date END AS due_date
    FROM touched
    CROSS JOIN invoice AS now ON now.id = touched.invoice_id
    LEFT JOIN taken_back AS was ON was.invoice_id = now.id AND nth = 1
    WHERE (now.invoice_date <= :as_of OR nth = 1) AND {factored}
), stood AS (
    SELECT {columns} FROM invoice INDEXED BY invoice_open
    WHERE owed_minor <> 0 AND invoice_date <= :as_of AND {factored} AND {whose}
        AND NOT EXISTS (SELECT 1 FROM changed WHERE changed.id = invoice.id) {grouped}
    UNION ALL
    SELECT {columns} FROM changed WHERE owed_minor <> 0 AND {whose} {grouped}
)"""

UNAPPLIED = """
SELECT customer_id, currency, sum(unapplied_minor) AS unapplied_minor
FROM (
    SELECT customer_id, currency, -unapplied_minor AS unapplied_minor
    FROM payment INDEXED BY payment_unapplied WHERE unapplied_minor <> 0
    UNION ALL
    SELECT customer_id, currency, -remaining_minor
    FROM credit_memo INDEXED BY credit_remaining WHERE remaining_minor <> 0
    UNION ALL
    SELECT customer_id, currency, -sum(unapplied_minor)
    FROM movement INDEXED BY movement_unapplied
    WHERE entry_date > :as_of AND unapplied_minor <> 0
    GROUP BY entry_date, customer_id, currency  -- as the index lies: most money is applied at once
    HAVING sum(unapplied_minor) <> 0
) AS each
WHERE {whose}
GROUP BY customer_id, currency
HAVING sum(unapplied_minor) <> 0"""


def owed(reader: Reader, scope: Scope) -> list[Row]:
    """Return customer_id, currency, the number of open invoices, then minor units by bucket.

    A customer and currency come up to twice: invoices untouched since the day, and touched ones.
    """
    columns = ", ".join(("customer_id", "currency", "count(*)", *_sums(scope)))
    since = _since(scope, columns, "GROUP BY customer_id, currency")
    return reader.all(f"{since} SELECT * FROM stood", **_binds(scope))


def unapplied(reader: Reader, scope: Scope) -> list[Row]:
    """Return customer_id, currency and the money and credit not applied on the day, negative."""
    return reader.all(UNAPPLIED.format(whose=_whose(scope)), **_binds(scope))


def details(reader: Reader, scope: Scope) -> Iterator[Row]:
    """Yield what each open invoice owed, by customer, currency, due date and number.

    customer_id, currency, uuid, friendly_id, key, invoice_date, due_date, owed_minor.
    """
    since = _since(scope, "id, owed_minor, customer_id, currency, invoice_date, due_date")
    yield from reader.each(
        f"""{since}
        SELECT
            stood.customer_id, stood.currency, invoice.uuid, invoice.friendly_id, invoice.key,
            stood.invoice_date, stood.due_date, stood.owed_minor
        FROM stood CROSS JOIN invoice ON invoice.id = stood.id
        ORDER BY
            stood.customer_id, stood.currency, coalesce(stood.due_date, stood.invoice_date),
            invoice.friendly_id""",
        **_binds(scope),
    )


def customers(reader: Reader, ids: Iterable[int]) -> list[Row]:
    """Return name, id, uuid and key of customers."""
    sql = """
        SELECT name, id, uuid, key FROM customer
        WHERE id IN (SELECT value FROM json_each(:ids))"""
    return reader.all(sql, ids=json.dumps(sorted(ids)))


def _since(scope: Scope, columns: str, grouped: str = "") -> str:
    return SINCE.format(
        columns=columns, factored=FACTORED[scope.factored], whose=_whose(scope), grouped=grouped
    )


def _whose(scope: Scope) -> str:
    customers = "customer_id IN (SELECT value FROM json_each(:customer_ids))"
    return " AND ".join(
        ("TRUE" if scope.customer_ids is None else customers,
         "TRUE" if scope.currency is None else "currency = :currency")
    )  # fmt: skip


def _sums(scope: Scope) -> Iterator[str]:
    day = COUNTED_FROM[scope.by]
    for n in range(len(scope.buckets.ranges)):
        span = f"{day} BETWEEN :oldest_{n} AND :newest_{n}"
        yield f"coalesce(sum(owed_minor) FILTER (WHERE {span}), 0)"


def _binds(scope: Scope) -> dict[str, str | None]:
    binds = {
        "as_of": scope.as_of.isoformat(),
        "customer_ids": json.dumps(scope.customer_ids),
        "currency": scope.currency,
    }
    for n, (first, last) in enumerate(scope.buckets.ranges):
        newest = date.max if first is None else scope.as_of - timedelta(days=first)
        oldest = date.min if last is None else scope.as_of - timedelta(days=last)
        binds |= {f"oldest_{n}": oldest.isoformat(), f"newest_{n}": newest.isoformat()}
    return binds
