"""What of the books a word that is being typed may be. Tab asks: quickly, reading only.

No kind needs more than one statement, and none loads what a look-up would.
"""

import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from invoicectl.rules.currencies import digits
from invoicectl.store import sqlite

MOST = 100
PATIENCE_MS = 300

Candidate = tuple[str, str]  # what can be typed, and a note on it


class Named(NamedTuple):
    """Where records of a kind are: what they answer to, the preferred name first, and a note.

    A note is text, a currency and an amount in its minor units, and text again; each may be NULL.
    """

    table: str
    names: tuple[str, ...]
    note: str
    condition: str = "r.deleted_at IS NULL"


def _friendly(prefix: str) -> str:
    return f"printf('{prefix}-%05d', r.id)"


_CUSTOMER = "(SELECT name FROM customer WHERE id = r.customer_id)"
_LATE = (
    "CASE WHEN r.status = 'DRAFT' THEN 'draft' WHEN r.owed_minor = 0 THEN lower(r.status)"
    " WHEN r.due_date < :day THEN CAST(julianday(:day) - julianday(r.due_date) AS INTEGER)"
    " || ' days late' END"
)
_AMOUNT = "CASE r.owed_minor WHEN 0 THEN r.total_minor ELSE r.owed_minor END"
_INVOICE = Named(
    "invoice", ("r.friendly_id", "r.key"), f"{_CUSTOMER}, r.currency, {_AMOUNT}, {_LATE}"
)

KINDS = {
    "invoice": _INVOICE,
    "trash": _INVOICE._replace(condition="r.deleted_at IS NOT NULL"),
    "customer": Named("customer", (_friendly("C"), "r.key"), "r.name, NULL, NULL, NULL"),
    "order": Named(
        "sales_order", (_friendly("ORD"), "r.key"), f"{_CUSTOMER}, NULL, NULL, r.po_number"
    ),
    "shipment": Named(
        "shipment", (_friendly("SHP"), "r.key"),
        "(SELECT name FROM customer AS c JOIN sales_order AS o ON o.customer_id = c.id"
        " WHERE o.id = r.order_id), NULL, NULL, r.delivered_on",
    ),
    "payment": Named(
        "payment", (_friendly("PAY"), "r.key"),
        f"{_CUSTOMER}, r.currency, r.amount_minor, r.payment_date",
    ),
    "credit": Named(
        "credit_memo", (_friendly("CM"), "r.key"),
        f"{_CUSTOMER}, r.currency, r.remaining_minor, 'remaining'",
    ),
    "term": Named("term", ("r.name", _friendly("TRM"), "r.key"), "r.rule, NULL, NULL, NULL"),
    "tax": Named("tax", ("r.code", _friendly("TAX"), "r.key"), "r.name, NULL, NULL, r.rate"),
    "product": Named(
        "product", ("r.code", _friendly("PRD"), "r.key"), "r.name, NULL, NULL, r.unit"
    ),
}  # fmt: skip


def records(
    path: Path, kind: str, typed: str, day: str, statuses: Collection[str] = ()
) -> list[Candidate]:
    """Return the records of a kind that answer to what begins so, the newest first.

    `day` is today's date, `statuses` are those that an invoice may have.
    """
    connection = sqlite.connect(path, readonly=True)
    try:
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        return list(_found(connection, KINDS[kind], typed, day, statuses))
    finally:
        connection.close()


def _found(
    connection: sqlite3.Connection,
    named: Named,
    typed: str,
    day: str,
    statuses: Collection[str],
) -> Iterator[Candidate]:
    begins = " OR ".join(f"{name} LIKE :typed ESCAPE '\\'" for name in named.names)
    listed = ", ".join(f"'{status}'" for status in sorted(statuses))
    sql = (
        f"SELECT {named.note}, {', '.join(named.names)} FROM {named.table} AS r"
        f" WHERE {named.condition} AND ({begins})"
        + (f" AND r.status IN ({listed})" if listed else "")
        + f" ORDER BY r.id DESC LIMIT {MOST}"
    )
    escaped = "".join(f"\\{char}" if char in "\\%_" else char for char in typed)
    for row in connection.execute(sql, {"typed": f"{escaped}%", "day": day}):
        text, currency, minor, more, *names = row
        fits = (name for name in names if name and name.lower().startswith(typed.lower()))
        if (name := next(fits, None)) is not None:
            amount = f"{shown(minor, currency)} {currency}" if currency else ""
            yield name, ", ".join(str(part) for part in (text, amount, more) if part)


def shown(minor: int, currency: str) -> str:
    """Return an amount as a note has it.

    >>> shown(123450, "EUR"), shown(500, "JPY"), shown(5, "KWD")
    ('1,234.50', '500', '0.005')
    """
    places = digits(currency)
    whole, part = divmod(minor, 10**places)
    return f"{whole:,}.{part:0{places}d}" if places else f"{whole:,}"
