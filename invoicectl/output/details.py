"""What there is to say of an action, in words: `amount 1,796.35 CAD, number INV-00001`."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from invoicectl.output.fields import Row

# Nobody reads the seal and what a mail server and a file are told; the amounts have the currency.
UNTOLD = frozenset({"seal", "currency", "messageId", "bytes"})
AMOUNTS = frozenset({"amount", "was", "discount", "owed", "excess", "total"})

_HASH = re.compile("[0-9a-f]{64}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

Show = Callable[[Any, Row], str]


def in_words(detail: Any, row: Row, show: Show) -> str:
    """Return what a detail says; `show` is for the values that have no way of their own.

    >>> in_words({"amount": "1796.35", "currency": "CAD", "dueDate": "2026-01-31"}, {}, str)
    'amount 1,796.35 CAD, due date 2026-01-31'
    """
    if not isinstance(detail, dict):
        return show(detail, row)
    currency = detail.get("currency") or ""
    return ", ".join(
        f"{_name(name)} {_value(name, value, currency) or _change(value, row, show)}"
        for name, value in detail.items()
        if name not in UNTOLD
    )


def _name(name: str) -> str:
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").lower()


def _value(name: str, value: Any, currency: str) -> str:
    """Return how text is shown: an amount with its currency, the start of a hash."""
    if not isinstance(value, str):
        return ""
    if _HASH.fullmatch(value):
        return f"{value[:12]}..."
    if name in AMOUNTS and _NUMBER.fullmatch(value):
        return f"{Decimal(value):,f} {currency}".rstrip()
    return value


def _change(value: Any, row: Row, show: Show) -> str:
    """Return what was changed from what to what; an update tells it as a pair."""
    if row.get("action") == "update" and isinstance(value, list) and len(value) == 2:
        was, now = ("nothing" if one in (None, "", []) else show(one, row) for one in value)
        return f"{was} -> {now}"
    return in_words(value, row, show)
