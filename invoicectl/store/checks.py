"""What `check` asks the database: long walks in the order of a key, a row at a time.

Two walks in the same order are put together by `beside`, so that a million invoices and their
movements pass by without ever being held.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from invoicectl.store import sqlite
from invoicectl.store.db import Reader, Row

_MOVEMENTS = """SELECT m.{owner} AS owner, m.id, m.entry_date, m.kind, m.customer_id, m.currency,
        m.invoice_id, m.payment_id, m.credit_id, m.owed_minor, m.unapplied_minor, m.reverses_id,
        p.payment_date, c.credit_date
    FROM movement AS m LEFT JOIN payment AS p ON p.id = m.payment_id
    LEFT JOIN credit_memo AS c ON c.id = m.credit_id
    WHERE m.{owner} IS NOT NULL ORDER BY m.{owner}, m.id"""
MOVEMENTS_OF = {
    table: _MOVEMENTS.format(owner=owner)
    for table, owner in (
        ("invoice", "invoice_id"),
        ("payment", "payment_id"),
        ("credit_memo", "credit_id"),
    )
}
BALANCES = {
    "invoice": """SELECT id, friendly_id, currency, status, invoice_date, issued_at, total_minor,
        owed_minor, paid_minor, credited_minor, discount_taken_minor FROM invoice ORDER BY id""",
    "payment": """SELECT id, currency, amount_minor, unapplied_minor AS left_minor,
        deleted_at AS gone FROM payment ORDER BY id""",
    "credit_memo": """SELECT id, currency, amount_minor, remaining_minor AS left_minor,
        voided_on AS gone FROM credit_memo ORDER BY id""",
}
TOTALS = """SELECT id, subtotal_minor, discount_minor, tax_minor, total_minor, friendly_id,
    currency, discount_type, discount_value, shipping_minor, tax_inclusive, tax_rounding
    FROM invoice ORDER BY id"""
LINES = """SELECT invoice_id AS owner, discount_minor, net_minor, document_discount_minor,
    tax_minor, total_minor, id, position, quantity, unit_price, discount
    FROM line ORDER BY invoice_id, position"""
CREDIT_TOTALS = "SELECT id, currency, amount_minor, tax_minor FROM credit_memo ORDER BY id"
TAXES = """SELECT t.invoice_id AS owner, t.line_id, t.code, t.rate, t.amount_minor
    FROM line_tax AS t ORDER BY t.invoice_id, t.line_id, t.position"""
CREDIT_LINES = "SELECT credit_id AS owner, * FROM credit_line ORDER BY credit_id, position"
OWNERLESS = """SELECT id FROM movement
    WHERE invoice_id IS NULL AND payment_id IS NULL AND credit_id IS NULL"""

HISTORY = "SELECT id, at, by, kind, record_id, action, detail, hash FROM activity ORDER BY id"
# Records that have a history and are not there; only a purge takes one away.
GONE = """SELECT DISTINCT a.record_id FROM activity AS a
    WHERE a.kind = :kind AND NOT EXISTS (SELECT 1 FROM {table} AS r WHERE r.id = a.record_id)
        AND NOT EXISTS (SELECT 1 FROM activity AS p WHERE p.kind = :kind
            AND p.record_id = a.record_id AND p.action = 'purge')"""
# What the history says an invoice's frozen part was when it was last issued.
_SEAL_AT_ISSUE = """(SELECT json_extract(detail, '$.seal') FROM activity
    WHERE kind = 'invoice' AND record_id = invoice.id
        AND CASE WHEN json_valid(detail) THEN json_type(detail, '$.seal') END = 'text'
    ORDER BY id DESC LIMIT 1)"""
AT_ISSUE = f"""SELECT id, friendly_id, {_SEAL_AT_ISSUE} AS seal FROM invoice
    WHERE id BETWEEN :first AND :last AND status <> 'DRAFT' AND issued_at IS NOT NULL
        AND 'issue' = (SELECT kind FROM movement WHERE invoice_id = invoice.id
            AND kind IN ('issue', 'unissue') ORDER BY id DESC LIMIT 1)"""

SCOPES = "SELECT scope, last FROM sequence WHERE scope LIKE 'invoice %' ORDER BY scope"
NUMBERS = """SELECT number, retired FROM (SELECT friendly_id AS number, 0 AS retired FROM invoice
    WHERE friendly_id >= :first COLLATE NOCASE AND friendly_id < :end COLLATE NOCASE
        AND friendly_id IS NOT 'DRAFT-' || printf('%05d', draft_seq)
    UNION ALL SELECT number, 1 FROM retired_number
    WHERE number >= :first COLLATE NOCASE AND number < :end COLLATE NOCASE) AS numbered
    ORDER BY length(number), number COLLATE NOCASE"""
NAMES = """SELECT id, friendly_id FROM invoice
    WHERE friendly_id IS NOT 'DRAFT-' || printf('%05d', draft_seq) ORDER BY id"""
# Numbers that were given by hand or by a file, as the history says; what was issued has a seal.
GIVEN = """SELECT a.record_id AS owner, a.detail ->> '$.number' AS number,
        a.detail ->> '$.friendlyId' AS renamed FROM activity AS a
    WHERE a.kind = 'invoice' AND a.action IN ('create', 'import', 'update')
        AND json_valid(a.detail)
        AND a.detail ->> '$.seal' IS NULL AND a.detail ->> '$.fromSequence' IS NULL
    ORDER BY a.record_id, a.id"""
TAKEN_TWICE = """SELECT i.friendly_id FROM invoice AS i
    JOIN retired_number AS r ON r.number = i.friendly_id COLLATE NOCASE"""
# An invoice's key that is another's number, and so means two.
AMBIGUOUS = """SELECT i.friendly_id, i.key FROM invoice AS i
    JOIN invoice AS other ON other.friendly_id = i.key COLLATE NOCASE AND other.id <> i.id
    WHERE i.key IS NOT NULL"""
PURGED = """SELECT number FROM (
        SELECT json_extract(detail, '$.number') AS number FROM activity
        WHERE kind = 'invoice' AND action = 'purge' AND json_valid(detail)) AS purged
    WHERE number IS NOT NULL AND number NOT LIKE 'DRAFT-%' AND NOT EXISTS (
        SELECT 1 FROM retired_number AS r WHERE r.number = purged.number COLLATE NOCASE)"""

DOCUMENTS = """SELECT d.name, d.sha256, d.content FROM document AS d ORDER BY d.id"""
SENDS = "SELECT * FROM send ORDER BY id"
CARRIED = """SELECT s.send_id AS owner, s.invoice_id, s.sha256, i.friendly_id, i.sent_at,
        EXISTS (SELECT 1 FROM document AS d
            WHERE d.invoice_id = s.invoice_id AND d.sha256 = s.sha256) AS has_document
    FROM send_invoice AS s LEFT JOIN invoice AS i ON i.id = s.invoice_id
    ORDER BY s.send_id, s.invoice_id"""

# Charges that are billed by an invoice which does not bill them, and the other way round.
# Imported lines name no charges: such an invoice bills all that were left of its order.
BILLED_IN_VAIN = """SELECT h.order_id, h.description, i.friendly_id FROM charge AS h
    JOIN invoice AS i ON i.id = h.invoice_id
    WHERE i.status = 'VOIDED' OR i.deleted_at IS NOT NULL OR i.order_id IS NOT h.order_id
        OR NOT EXISTS (SELECT 1 FROM line AS l WHERE l.invoice_id = i.id AND l.charge_id = h.id)
            AND EXISTS (SELECT 1 FROM line AS l
                WHERE l.invoice_id = i.id AND l.charge_id IS NOT NULL)"""
BILLED_BY_ANOTHER = """SELECT i.friendly_id, h.description FROM line AS l
    JOIN invoice AS i ON i.id = l.invoice_id JOIN charge AS h ON h.id = l.charge_id
    WHERE i.status <> 'VOIDED' AND i.deleted_at IS NULL AND h.invoice_id IS NOT i.id"""
ORDERS = """SELECT o.id, o.status,
        count(i.id) AS invoices, count(i.id) FILTER (WHERE i.status <> 'PAID') AS unpaid,
        (SELECT count(*) FROM charge AS h LEFT JOIN shipment AS s ON s.id = h.shipment_id
            WHERE h.order_id = o.id AND h.invoice_id IS NULL AND s.deleted_at IS NULL) AS unbilled,
        EXISTS (SELECT 1 FROM shipment AS s WHERE s.order_id = o.id
            AND s.delivered_on IS NOT NULL AND s.deleted_at IS NULL) AS delivered
    FROM sales_order AS o LEFT JOIN invoice AS i
        ON i.order_id = o.id AND i.status <> 'VOIDED' AND i.deleted_at IS NULL
    GROUP BY o.id"""


def beside(reader: Reader, owners: str, *walks: str) -> Iterator[tuple[Row, tuple[list[Row], ...]]]:
    """Yield each owner with its rows of every other walk; all are in the order of the owners' ids.

    A walk has the owner's id in its column `owner`. Rows that nobody owns are passed over.
    """
    groups = [_Groups(reader.each(walk)) for walk in walks]
    for owner in reader.each(owners):
        yield owner, tuple(group.of(owner["id"]) for group in groups)


class _Groups:
    """Rows by owner, taken in the order of the owners."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._groups = groupby(rows, key=itemgetter("owner"))
        self._owner: int | None = None
        self._rows: list[Row] = []
        self._take()

    def of(self, owner: int) -> list[Row]:
        while self._owner is not None and self._owner < owner:
            self._take()
        return self._rows if self._owner == owner else []

    def _take(self) -> None:
        owner, rows = next(self._groups, (None, iter(())))
        self._owner, self._rows = owner, list(rows)


def ids(reader: Reader, table: str, size: int = 1000) -> Iterator[list[int]]:
    """Yield the ids of a table, `size` at a time and in order."""
    last = -(2**63)
    while True:
        sql = f"SELECT id FROM {table} WHERE id > :last ORDER BY id LIMIT {size}"
        found = [row[0] for row in reader.all(sql, last=last)]
        if not found:
            return
        yield found
        last = found[-1]


def ids_by_index(reader: Reader, table: str, first: int) -> list[int]:
    """Return the ids from `first` on as an index has them, whatever the table's own pages hold."""
    sql = f"SELECT id FROM {table} WHERE id >= :first ORDER BY uuid"
    found = []
    try:
        for row in reader.each(sql, first=first):
            found.append(row[0])  # noqa: PERF401 - what was read before an error counts
    except sqlite3.DatabaseError:
        pass
    return sorted(found)


def integrity(reader: Reader) -> Iterator[str]:
    """Yield what SQLite itself finds wrong with the file."""
    for row in reader.each("PRAGMA integrity_check(100)"):
        yield from (line for line in str(row[0]).splitlines() if line not in {"ok", ""})
    for row in reader.each("PRAGMA foreign_key_check"):
        yield f"row {row[1]} of {row[0]} points to a row of {row[2]} that is not there"


def schema_differences(reader: Reader) -> Iterator[tuple[str, str]]:
    """Yield what is other in the schema than this program makes it: a name, and how it differs."""
    fresh = sqlite3.connect(":memory:")
    for statement in sqlite.schema():
        fresh.execute(statement)
    sql = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    wanted = {name: _plain(text) for name, text in fresh.execute(sql)}
    fresh.close()
    found = {row["name"]: _plain(row["sql"]) for row in reader.all(sql)}
    for name in sorted(wanted.keys() | found.keys()):
        if name not in found:
            yield name, "is missing"
        elif name not in wanted:
            yield name, "was added by another program"
        elif wanted[name] != found[name]:
            yield name, "is not as invoicectl makes it"


def _plain(sql: str | None) -> str:
    return " ".join((sql or "").split())
