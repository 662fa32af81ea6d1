"""A payment term gives the due date of an invoice, and the last day of its discount if it has one.

The words that are read, in any case and spacing, and what they mean for an invoice of 2026-01-15:

    on receipt            that day                                         2026-01-15
    Net 30                30 days later                                    2026-02-14
    EOM                   the end of its month                             2026-01-31
    EOM+10                10 days after that end                           2026-02-10
    30 days then EOM      the end of the month that 30 days later is in    2026-02-28
    day 15 of month +1    the 15th of the first month after its own        2026-02-15
    2/10 net 30           30 days later, less 2 % until the 10th day       2026-02-14

"30 days EOM" is EOM+30 to one trade and "30 days then EOM" to the next, up to a month apart: it
is refused with the two readings. A day past its month's end is that month's last one. No due date
comes before its invoice: when the day of "day D of month +0" is over, the next month's is meant.

>>> due_date(read("day 31 of month +1"), date(2026, 1, 15))
datetime.date(2026, 2, 28)
>>> due_date(read("day 10 of month +0"), date(2026, 1, 15))
datetime.date(2026, 2, 10)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from invoicectl.rules.dates import add_months, end_of_month


class Kind(StrEnum):
    """How a term counts."""

    ON_RECEIPT = "ON_RECEIPT"
    NET = "NET"
    END_OF_MONTH = "END_OF_MONTH"
    DAYS_THEN_EOM = "DAYS_THEN_EOM"
    DAY_OF_MONTH = "DAY_OF_MONTH"
    DISCOUNT = "DISCOUNT"


# The fields that each kind has; the others keep their defaults.
FIELDS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.ON_RECEIPT: (),
        Kind.NET: ("days",),
        Kind.END_OF_MONTH: ("days",),
        Kind.DAYS_THEN_EOM: ("days",),
        Kind.DAY_OF_MONTH: ("day", "months"),
        Kind.DISCOUNT: ("days", "percent", "discount_days"),
    }
)

# Field, smallest and largest value, what it is called where it is out of them.
BOUNDS = (
    ("days", 0, 3650, "days"),
    ("day", 1, 31, "the day"),
    ("months", 0, 120, "months"),
    ("discount_days", 0, 3650, "the discount's days"),
)
PERCENT_DECIMALS = 6


@dataclass(frozen=True)
class Term:
    """A payment term; `percent` is 2 for 2 %, and the invoice date's day is day 0 of any count.

    Raises:
        ValueError: a value is out of its bounds, or of another kind of term.
    """

    kind: Kind
    days: int = 0
    day: int = 0
    months: int = 0
    percent: Decimal | None = None
    discount_days: int | None = None

    def __post_init__(self) -> None:
        for field, default in _DEFAULTS.items():
            if field not in FIELDS[self.kind] and getattr(self, field) != default:
                raise ValueError(f"has {field}, which {self.kind} terms do not have")
        for field, smallest, largest, name in BOUNDS:
            if field in FIELDS[self.kind]:
                _check_bounds(getattr(self, field), smallest, largest, name)
        if self.kind is Kind.DISCOUNT:
            _check_discount(self)


_DEFAULTS = {"days": 0, "day": 0, "months": 0, "percent": None, "discount_days": None}


def _check_bounds(number: int | None, smallest: int, largest: int, name: str) -> None:
    if number is None or not smallest <= number <= largest:
        raise ValueError(f"is not a payment term: {name} must be from {smallest} to {largest}")


def _check_discount(term: Term) -> None:
    percent = term.percent
    if percent is None or not percent.is_finite() or not 0 < percent < 100:
        raise ValueError(
            "is not a payment term: the discount must be above 0 and below 100 percent"
        )
    if percent != round(percent, PERCENT_DECIMALS):
        raise ValueError(
            f"is not a payment term: more than {PERCENT_DECIMALS} decimals of a percent"
        )
    if (term.discount_days or 0) > term.days:
        raise ValueError("is not a payment term: the discount must end by the due date")


class AmbiguousTermError(ValueError):
    """Words that two trades read as two different days; `readings` are the words that say which."""

    def __init__(self, after_eom: Term, then_eom: Term) -> None:
        """Keep both readings in canonical words."""
        self.readings = (words(after_eom), words(then_eom))
        first, second = self.readings
        super().__init__(f"is ambiguous: write '{first}' or '{second}'")


_EOM = r"(?:eom|endof(?:the)?month)"
_NET = r"(?:net|n/?)"
_DAYS = r"(?P<days>\d{1,9})"
_PERCENT = r"(?P<percent>\d{1,9}(?:\.\d{1,9})?)"
_WITHIN = r"(?P<discount_days>\d{1,9})"
_UNIT = r"(?:days?)?"

# Kind and words, without spaces, in lower case. The groups are the fields of the term.
_SHAPES = tuple(
    (kind, re.compile(shape, re.ASCII))
    for kind, shape in (
        (Kind.ON_RECEIPT, r"(?:due)?(?:up)?onreceipt"),
        (Kind.NET, rf"{_NET}{_DAYS}{_UNIT}"),
        (Kind.NET, rf"{_DAYS}days?(?:net)?"),
        (Kind.END_OF_MONTH, _EOM),
        (Kind.END_OF_MONTH, rf"{_EOM}\+{_DAYS}{_UNIT}"),
        (Kind.END_OF_MONTH, rf"{_DAYS}days?after{_EOM}"),
        (Kind.DAYS_THEN_EOM, rf"(?:net)?{_DAYS}{_UNIT},?then{_EOM}"),
        (Kind.DAY_OF_MONTH, r"day(?P<day>\d{1,9})of(?:the)?month\+(?P<months>\d{1,9})"),
        (Kind.DISCOUNT, rf"{_PERCENT}(?:%?/|%){_WITHIN}{_UNIT},?{_NET}{_DAYS}{_UNIT}"),
    )
)
_NUMBER: Mapping[str, Callable[[str], Any]] = {"percent": Decimal} | dict.fromkeys(
    ("days", "day", "months", "discount_days"), int
)
_AMBIGUOUS = tuple(
    re.compile(shape, re.ASCII)
    for shape in (
        rf"{_NET}?{_DAYS}{_UNIT}(?:net)?,?{_EOM}",
        rf"(?:net)?{_EOM},?{_NET}?{_DAYS}{_UNIT}(?:net)?",
    )
)
# A space between two digits stays, and then nothing matches: "Net 3 0" is not Net 30.
_SPACE = re.compile(r"(?<!\d) | (?!\d)")


def read(text: str) -> Term:
    """Understand the words of a payment term.

    >>> words(read("NET30")), words(read("1.50/10, n/45")), words(read("Due on Receipt"))
    ('Net 30', '1.5/10 net 45', 'on receipt')

    Raises:
        AmbiguousTermError: the words have two readings; it carries both.
        ValueError: they have none, or a number is out of its bounds.
    """
    compact = _SPACE.sub("", " ".join(text.lower().split()))
    for kind, shape in _SHAPES:
        if match := shape.fullmatch(compact):
            return Term(kind, **{name: _NUMBER[name](match[name]) for name in match.groupdict()})
    for shape in _AMBIGUOUS:
        if match := shape.fullmatch(compact):
            days = int(match["days"])
            raise AmbiguousTermError(Term(Kind.END_OF_MONTH, days), Term(Kind.DAYS_THEN_EOM, days))
    raise ValueError(
        "is not a payment term such as 'Net 30', 'on receipt', 'EOM', 'EOM+10', "
        "'30 days then EOM', 'day 15 of month +1' or '2/10 net 30'"
    )


def words(term: Term) -> str:
    """Return the canonical words of a term; `read` gives the same term back.

    >>> words(Term(Kind.DAY_OF_MONTH, day=15, months=1))
    'day 15 of month +1'
    """
    return _WORDS[term.kind](term)


def _percent(term: Term) -> str:
    return f"{(term.percent or Decimal()).normalize():f}"


_WORDS: Mapping[Kind, Callable[[Term], str]] = MappingProxyType(
    {
        Kind.ON_RECEIPT: lambda _: "on receipt",
        Kind.NET: lambda term: f"Net {term.days}",
        Kind.END_OF_MONTH: lambda term: f"EOM+{term.days}" if term.days else "EOM",
        Kind.DAYS_THEN_EOM: lambda term: f"{term.days} days then EOM",
        Kind.DAY_OF_MONTH: lambda term: f"day {term.day} of month +{term.months}",
        Kind.DISCOUNT: lambda term: f"{_percent(term)}/{term.discount_days} net {term.days}",
    }
)


def due_date(term: Term, invoice_date: date) -> date:
    """Return the day by which an invoice of that date is to be paid; never one before it.

    Raises:
        ValueError: it would be after the year 9999.
    """
    return _DUE[term.kind](term, invoice_date)


def _later(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise ValueError("is beyond the calendar, which ends with the year 9999") from None


def _day_of_month(term: Term, invoice_date: date) -> date:
    due = add_months(invoice_date, term.months, day=term.day)
    return due if due >= invoice_date else add_months(invoice_date, term.months + 1, day=term.day)


_DUE: Mapping[Kind, Callable[[Term, date], date]] = MappingProxyType(
    {
        Kind.ON_RECEIPT: lambda _, day: day,
        Kind.NET: lambda term, day: _later(day, term.days),
        Kind.END_OF_MONTH: lambda term, day: _later(end_of_month(day), term.days),
        Kind.DAYS_THEN_EOM: lambda term, day: end_of_month(_later(day, term.days)),
        Kind.DAY_OF_MONTH: _day_of_month,
        Kind.DISCOUNT: lambda term, day: _later(day, term.days),
    }
)


def discount_until(term: Term, invoice_date: date) -> date | None:
    """Return the last day, inclusive, on which the discount may be taken; None without one.

    >>> discount_until(read("2/10 net 30"), date(2026, 1, 15))
    datetime.date(2026, 1, 25)
    """
    return None if term.discount_days is None else _later(invoice_date, term.discount_days)


def discount_minor(term: Term, owed_minor: int) -> int:
    """Return the discount on what is owed, rounded half away from zero; 0 without one.

    >>> discount_minor(read("2/10 net 30"), 17125), discount_minor(read("Net 30"), 17125)
    (343, 0)
    """
    top, bottom = (term.percent or Decimal()).as_integer_ratio()
    rounded = (2 * abs(owed_minor) * top + 100 * bottom) // (200 * bottom)
    return rounded if owed_minor >= 0 else -rounded


def days(term: Term) -> int | None:
    """Return how many days after its date an invoice is due, None where that depends on the month.

    >>> days(read("2/10 net 30")), days(read("on receipt")), days(read("EOM"))
    (30, 0, None)
    """
    return term.days if term.kind in {Kind.ON_RECEIPT, Kind.NET, Kind.DISCOUNT} else None
