"""Aging sorts what is owed by how many days it is past due, each invoice into exactly one bucket.

Days are the as-of day less the due date (less the invoice date where there is none): 0 or below is
current. The buckets follow each other without a gap, so they add up to the total. Two currencies
never meet in one sum.

>>> buckets = read("15,45")
>>> buckets.labels
('current', '1-15', '16-45', '45+')
>>> distribute([("Ada", "EUR", -3, 500), ("Ada", "EUR", 46, 250)], buckets)
{('Ada', 'EUR'): Aged(amounts_minor=(500, 0, 0, 250), invoices=2)}
"""

import re
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

CustomerT = TypeVar("CustomerT", bound=Hashable)

MOST_BUCKETS, MOST_DAYS = 12, 3650
_LIST = re.compile(r"\s*\d{1,9}\s*(?:,\s*\d{1,9}\s*)*", re.ASCII)


class By(StrEnum):
    """The date that days are counted from, as --by names it."""

    DUE_DATE = "due-date"
    INVOICE_DATE = "invoice-date"


@dataclass(frozen=True)
class Buckets:
    """The last day of each bucket, but for the first (current) and the open one at the end.

    Raises:
        ValueError: the days do not rise from 1 on, or there are too many or too high ones.
    """

    uppers: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.uppers) <= MOST_BUCKETS:
            raise ValueError(f"must have 1 to {MOST_BUCKETS} numbers of days, such as 30,60,90")
        if not all(before < after for before, after in pairwise((0, *self.uppers))):
            raise ValueError("must rise from 1 on, such as 30,60,90")
        if self.uppers[-1] > MOST_DAYS:
            raise ValueError(f"must not go beyond {MOST_DAYS} days")

    @property
    def ranges(self) -> list[tuple[int | None, int | None]]:
        """First and last day of each bucket, both inclusive; None is an open end.

        >>> Buckets((30, 60)).ranges
        [(None, 0), (1, 30), (31, 60), (61, None)]
        """
        return [
            (None if first is None else first + 1, last)
            for first, last in pairwise((None, 0, *self.uppers, None))
        ]

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of each bucket; `90+` begins at 91.

        >>> Buckets((30, 60, 90)).labels
        ('current', '1-30', '31-60', '61-90', '90+')
        """
        closed = (f"{first}-{last}" for first, last in self.ranges[1:-1])
        return ("current", *closed, f"{self.uppers[-1]}+")

    def bucket_of(self, days: int) -> int:
        """Return the position of the bucket for so many days past due; below 0 is not yet due.

        >>> [Buckets((30, 60, 90)).bucket_of(days) for days in (-5, 0, 1, 30, 31, 90, 91)]
        [0, 0, 1, 1, 2, 3, 4]
        """
        return bisect_left((0, *self.uppers), days)


@dataclass(frozen=True)
class Aged:
    """What one customer owes in one currency: an amount a bucket, and of how many open invoices."""

    amounts_minor: tuple[int, ...]
    invoices: int

    @property
    def total_minor(self) -> int:
        """All buckets together."""
        return sum(self.amounts_minor)


DEFAULT = Buckets((30, 60, 90))


def read(text: str) -> Buckets:
    """Read the days at which buckets end.

    Raises:
        ValueError: it is not a list of 1 to 12 rising whole numbers, none above 3650.
    """
    if not _LIST.fullmatch(text):
        raise ValueError("is not a list of days such as 30,60,90")
    return Buckets(tuple(map(int, text.split(","))))


def age(as_of: date, *, due_date: date | None, invoice_date: date, by: By = By.DUE_DATE) -> int:
    """Return the days an invoice is past due on a day, negative before; undated, it is due at once.

    >>> age(date(2026, 3, 1), due_date=date(2026, 2, 28), invoice_date=date(2026, 1, 29))
    1
    """
    counted_from = due_date if by is By.DUE_DATE and due_date else invoice_date
    return (as_of - counted_from).days


def distribute(
    rows: Iterable[tuple[CustomerT, str, int, int]], buckets: Buckets
) -> dict[tuple[CustomerT, str], Aged]:
    """Sum rows of customer, currency, days past due and minor units owed, by customer and currency.

    Rows that owe nothing are left out and not counted. In the order of first appearance.
    """
    width = len(buckets.labels)
    sums: dict[tuple[CustomerT, str], list[int]] = {}
    counts: dict[tuple[CustomerT, str], int] = {}
    for customer, currency, days, owed_minor in rows:
        if owed_minor:
            key = (customer, currency)
            sums.setdefault(key, [0] * width)[buckets.bucket_of(days)] += owed_minor
            counts[key] = counts.get(key, 0) + 1
    return {key: Aged(tuple(amounts), counts[key]) for key, amounts in sums.items()}


def totals(aged: Mapping[tuple[CustomerT, str], Aged]) -> dict[str, Aged]:
    """Add up the customers, a total per currency, sorted by currency.

    >>> totals({("Ada", "EUR"): Aged((5, 0), 1), ("Bob", "EUR"): Aged((1, 2), 2)})
    {'EUR': Aged(amounts_minor=(6, 2), invoices=3)}
    """
    return {
        currency: _together([part for (_, of), part in aged.items() if of == currency])
        for currency in sorted({currency for _, currency in aged})
    }


def _together(parts: list[Aged]) -> Aged:
    columns = zip(*(part.amounts_minor for part in parts), strict=True)
    return Aged(tuple(map(sum, columns)), sum(part.invoices for part in parts))
