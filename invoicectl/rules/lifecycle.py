"""The life of an invoice: which status follows which, and what may be done in each.

    DRAFT ──issued──▶ AWAITING_PAYMENT ◀──▶ PARTIALLY_PAID ◀──▶ PAID
     │ ▲                │ │                   │
     │ └───unpublish────┘ │                   │
     └───────────void─────┴───────────────────┴──▶ VOIDED

An invoice is issued by mark-awaiting, publish, mark-sent or send; from then on it follows the money
(`by_money`). The tables say what a status allows; whether a payment, a factor or a sent e-mail
stands in the way of this one invoice is for the verb to find out.
"Overdue" is no status: it is money still owed, past its due date.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal


class Status(StrEnum):
    """Name and value are the same word: the database keeps the one, the user reads the other."""

    DRAFT = "DRAFT"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PARTIALLY_PAID = "PARTIALLY_PAID"
    PAID = "PAID"
    VOIDED = "VOIDED"


class OrderStatus(StrEnum):
    """How far an order has come: sold, delivered, billed, paid."""

    OPEN = "OPEN"
    DELIVERED = "DELIVERED"
    DELIVERED_UNPAID = "DELIVERED_UNPAID"
    DELIVERED_PAID = "DELIVERED_PAID"


OPEN: Final = (Status.AWAITING_PAYMENT, Status.PARTIALLY_PAID)
ISSUED: Final = (*OPEN, Status.PAID)
OVERDUE: Final = "overdue"

MOVES: Mapping[tuple[Status, str], Status] = MappingProxyType(
    {
        (Status.DRAFT, "mark-awaiting"): Status.AWAITING_PAYMENT,
        (Status.DRAFT, "publish"): Status.AWAITING_PAYMENT,
        (Status.DRAFT, "mark-sent"): Status.AWAITING_PAYMENT,
        (Status.DRAFT, "send"): Status.AWAITING_PAYMENT,
        (Status.DRAFT, "void"): Status.VOIDED,
        (Status.AWAITING_PAYMENT, "unpublish"): Status.DRAFT,
        (Status.AWAITING_PAYMENT, "mark-paid"): Status.PAID,
        (Status.AWAITING_PAYMENT, "void"): Status.VOIDED,
        (Status.PARTIALLY_PAID, "mark-paid"): Status.PAID,
        (Status.PARTIALLY_PAID, "void"): Status.VOIDED,
    }
)

# Verbs that leave the status as it is, or let the money decide it.
STAYS: Mapping[str, tuple[Status, ...]] = MappingProxyType(
    {
        "update": (Status.DRAFT, *ISSUED),
        "delete": (Status.DRAFT,),
        "restore": (Status.DRAFT,),
        "purge": (Status.DRAFT,),
        "duplicate": tuple(Status),
        "pdf": tuple(Status),
        "mark-sent": ISSUED,
        "send": ISSUED,
        "pay": OPEN,
        "payment-apply": OPEN,
        "payment-unapply": ISSUED,
        "credit-apply": OPEN,
        "credit-unapply": ISSUED,
        "credit-note": ISSUED,
    }
)

ALLOWED: Mapping[str, frozenset[Status]] = MappingProxyType(
    {
        verb: frozenset(STAYS.get(verb, ())) | {before for before, by in MOVES if by == verb}
        for verb in {*STAYS, *(by for _, by in MOVES)}
    }
)

FILTER_WORDS: Mapping[str, tuple[Status, ...] | Literal["overdue"]] = MappingProxyType(
    {
        **{status.lower(): (status,) for status in Status},
        "sent": OPEN,
        "open": OPEN,
        "partial": (Status.PARTIALLY_PAID,),
        "void": (Status.VOIDED,),
        OVERDUE: OVERDUE,
    }
)


def next_status(status: Status, verb: str) -> Status | None:
    """Return the status that `verb` leads to from `status`, None where it leads nowhere.

    A total of 0 is PAID as soon as it is issued: ask `by_money` after a verb that issues.

    >>> next_status(Status.AWAITING_PAYMENT, "void").value
    'VOIDED'
    >>> next_status(Status.PAID, "void") is None
    True
    """
    return MOVES.get((status, verb))


def may(status: Status, verb: str) -> bool:
    """Return whether an invoice in this status lets the verb be tried, move or not.

    >>> may(Status.PAID, "send"), may(Status.PAID, "pay"), may(Status.VOIDED, "update")
    (True, False, False)

    Raises:
        KeyError: there is no such verb.
    """
    return status in ALLOWED[verb]


def by_money(total_minor: int, settled_minor: int) -> Status:
    """Return the status of an issued invoice from what money, credits and discounts settle of it.

    >>> [by_money(500, settled).value for settled in (0, 1, 499, 500)]
    ['AWAITING_PAYMENT', 'PARTIALLY_PAID', 'PARTIALLY_PAID', 'PAID']

    Raises:
        ValueError: less than nothing is settled.
    """
    if settled_minor < 0:
        raise ValueError(f"is settled with {settled_minor}, which is below 0")
    if settled_minor >= total_minor:
        return Status.PAID
    return Status.PARTIALLY_PAID if settled_minor else Status.AWAITING_PAYMENT


def is_overdue(status: Status, owed_minor: int, due: date | None, today: date) -> bool:
    """Return whether money is owed past its day; due today is not overdue.

    >>> is_overdue(Status.PARTIALLY_PAID, 1, date(2026, 1, 30), date(2026, 1, 31))
    True
    """
    return status in OPEN and owed_minor > 0 and due is not None and due < today


def days_overdue(status: Status, owed_minor: int, due: date | None, today: date) -> int:
    """Return how many days an invoice is overdue, 0 when it is not.

    >>> days_overdue(Status.AWAITING_PAYMENT, 500, date(2026, 1, 30), date(2026, 2, 2))
    3
    """
    if due is None or not is_overdue(status, owed_minor, due, today):
        return 0
    return (today - due).days


def read_status(word: str) -> tuple[Status, ...] | Literal["overdue"]:
    """Read a word that a filter takes for a status: the statuses it means, or `OVERDUE`.

    >>> read_status("Partially paid"), read_status("OVERDUE")
    ((<Status.PARTIALLY_PAID: 'PARTIALLY_PAID'>,), 'overdue')

    Raises:
        ValueError: it is none; the reason names the nearest word there is.
    """
    key = re.sub(r"[\s_-]+", "_", word.strip()).lower()
    if key in FILTER_WORDS:
        return FILTER_WORDS[key]
    from difflib import get_close_matches  # only a refusal pays for it

    near = get_close_matches(key[:40], FILTER_WORDS, n=1)
    if near:
        raise ValueError(f"is not a status; did you mean '{near[0]}'?")
    raise ValueError(f"is not a status, which are {', '.join(FILTER_WORDS)}")


def order_status(has_live_invoice: bool, all_paid: bool, delivered: bool) -> OrderStatus:
    """Return the status of an order from its invoices that are neither voided nor deleted.

    >>> order_status(has_live_invoice=True, all_paid=False, delivered=False).value
    'DELIVERED_UNPAID'
    """
    if has_live_invoice:
        return OrderStatus.DELIVERED_PAID if all_paid else OrderStatus.DELIVERED_UNPAID
    return OrderStatus.DELIVERED if delivered else OrderStatus.OPEN
