"""What needs doing today: what is late, what falls due, what was begun and not finished."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from invoicectl.rules.money import to_decimal
from invoicectl.store import copies
from invoicectl.store.db import Db, Reader

Record = dict[str, Any]

SOON_DAYS = 7
BACKUP_DAYS = 7  # after these it is said how to make a new one
MOST_SENDS = 20

# Only an issued invoice owes anything; one index has all of these columns.
OWED = """SELECT currency, count(*), sum(owed_minor), min(due_date) FROM invoice
    WHERE owed_minor <> 0 AND due_date BETWEEN :first AND :last
    GROUP BY currency ORDER BY currency"""

DRAFTS = """SELECT currency, count(*), sum(total_minor) FROM invoice
    WHERE status = 'DRAFT' AND deleted_at IS NULL GROUP BY currency ORDER BY currency"""

UNAPPLIED = """SELECT currency, sum(payments), sum(credits) FROM (
        SELECT currency, unapplied_minor AS payments, 0 AS credits FROM payment
        WHERE unapplied_minor <> 0 AND deleted_at IS NULL
        UNION ALL
        SELECT currency, 0, remaining_minor FROM credit_memo
        WHERE remaining_minor <> 0 AND deleted_at IS NULL AND voided_on IS NULL) AS each
    GROUP BY currency ORDER BY currency"""

# The last word on an open invoice. An uncertain letter is settled only by one to the same people.
SENDS = """SELECT i.friendly_id, s.state, s.created_at, s.error FROM send AS s
    JOIN send_invoice AS c ON c.send_id = s.id JOIN invoice AS i ON i.id = c.invoice_id
    WHERE s.state <> 'sent' AND i.status IN ('AWAITING_PAYMENT', 'PARTIALLY_PAID')
    AND (s.state = 'handed' OR i.sent_at IS NULL OR i.sent_at < s.created_at)
    AND NOT EXISTS (SELECT 1 FROM send_invoice AS carried
        CROSS JOIN send AS later ON later.id = carried.send_id
        WHERE carried.invoice_id = i.id AND carried.send_id > s.id
        AND (s.state <> 'handed' OR later.addressed = s.addressed))
    ORDER BY s.id DESC LIMIT :most"""
STATES = {"refused": "refused", "handed": "uncertain", "pending": "unfinished"}


def today(db: Db, day: date) -> Record:
    """Return what needs doing on a day, each amount by currency, and the commands for it.

    `overdue` and `dueSoon` (today and the seven days after) are what is owed, `drafts` what they
    come to; `sends` are letters refused, uncertain or begun and not finished, newest first.
    `lastBackup` is the last one made of this file by `backup`, None where there was none.
    """
    if not db.exists():
        return _nothing(day) | {"next": ["invoicectl demo", "invoicectl init"]}
    with db.read() as books:
        found = _nothing(day) | {
            "database": db.full_name,
            "overdue": _owed(books, date.min, day - timedelta(days=1)),
            "dueSoon": _owed(books, day, day + timedelta(days=SOON_DAYS)),
            "drafts": _sums(books.all(DRAFTS), "amount"),
            "sends": list(_sends(books)),
            "unapplied": _unapplied(books),
            "lastBackup": _last_backup(db.path) if db.is_file else None,
        }
        empty = books.value("SELECT 1 FROM customer LIMIT 1") is None
    if empty:
        return found | {"next": _beginning()}
    advised = [*_next(found, day), *(_copying(found, day) if db.is_file else ())]
    return found | {"next": advised}


def _nothing(day: date) -> Record:
    lists = ("overdue", "dueSoon", "drafts", "sends", "unapplied", "next")
    known: Record = {"today": day.isoformat(), "database": None, "lastBackup": None}
    return known | {name: [] for name in lists}


def _owed(books: Reader, first: date, last: date) -> list[Record]:
    found = books.all(OWED, first=first.isoformat(), last=last.isoformat())
    sums = _sums([row[:3] for row in found], "amountOwed")
    return [each | {"firstDueDate": row[3]} for each, row in zip(sums, found, strict=True)]


def _last_backup(path: Path) -> Record | None:
    found = copies.last_copy(path)
    return found and {"at": f"{found[1]:%Y-%m-%dT%H:%M:%SZ}", "file": found[0]}


def _sums(rows: Sequence[Sequence[Any]], name: str) -> list[Record]:
    return [
        {"currency": code, "count": count, name: to_decimal(minor, code)}
        for code, count, minor in rows
    ]


def _unapplied(books: Reader) -> list[Record]:
    return [
        {"currency": code, "payments": to_decimal(money, code), "credits": to_decimal(memo, code)}
        for code, money, memo in books.all(UNAPPLIED)
    ]


def _sends(books: Reader) -> Iterator[Record]:
    for number, state, at, error in books.each(SENDS, most=MOST_SENDS):
        yield {"friendlyId": number, "state": STATES[state], "at": at, "error": error}


def _beginning() -> list[str]:
    return [
        "invoicectl customer add --name NAME --email ADDRESS",
        "invoicectl create --customer C-00001 --item 'desc=Consulting,qty=8,price=120'",
    ]


def _next(found: Mapping[str, Any], day: date) -> Iterator[str]:
    """Yield the commands that show what was found, or do something about it."""
    if found["overdue"]:
        yield "invoicectl filter --overdue --sort dueDate"
    if found["dueSoon"]:
        last = day + timedelta(days=SOON_DAYS)
        yield f"invoicectl filter --unpaid --due-from {day} --due-to {last}"
    if found["drafts"]:
        yield "invoicectl filter --status draft"
    yield from dict.fromkeys(_after(send) for send in found["sends"][:3])
    if any(row["payments"] for row in found["unapplied"]):
        yield "invoicectl payment list --unapplied"
    if any(row["credits"] for row in found["unapplied"]):
        yield "invoicectl credit list --remaining"
    yield "invoicectl aging"


def _copying(found: Mapping[str, Any], day: date) -> Iterator[str]:
    """Yield the command for a backup when the last one is old; a server has its own."""
    backup = found["lastBackup"]
    if backup is None or date.fromisoformat(backup["at"][:10]) < day - timedelta(days=BACKUP_DAYS):
        yield f"invoicectl backup books-{day}.db"


def _after(send: Mapping[str, Any]) -> str:
    """Return what to do about a letter: look first where nobody knows whether it arrived."""
    verb = "activity" if send["state"] == "uncertain" else "send"
    return f"invoicectl {verb} {send['friendlyId']}"
