"""A date is a day of the calendar, written as ISO 8601 writes it; a moment is an instant in UTC.

11/12/2026 is a day in November to one reader and in December to the next, so it is refused; an
import names the format of its dates instead. Years run from 1900 to 2999: others are typing errors.

>>> read("2026-01-31")
datetime.date(2026, 1, 31)
>>> read("11/12/2026")
Traceback (most recent call last):
ValueError: is not a date such as 2026-01-31
"""

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

FIRST_YEAR, LAST_YEAR = 1900, 2999

_NOT_A_DATE = "is not a date such as 2026-01-31"
_NOT_A_MOMENT = f"{_NOT_A_DATE} or a time such as 2026-01-31T10:00:00Z"
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
    r"(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?",
    re.ASCII,
)

# What each directive of a --date-format says of a date; the times of day may be there, unread.
_DIRECTIVES: Mapping[str, tuple[str, ...]] = {
    "Y": ("year",),
    "y": ("year",),
    "m": ("month",),
    "b": ("month",),
    "B": ("month",),
    "d": ("day",),
    "j": ("month", "day"),
    **dict.fromkeys("aAHIpMSfzZ%", ()),
}
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)
_UNSEPARATED = re.compile(r"%[YymdjHIMSf]%[YymdjHIMSf]")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")  # strptime would read the digits of every script


def read(text: str) -> date:
    """Read a calendar date.

    Raises:
        ValueError: the text is not exactly YYYY-MM-DD, or the calendar has no such day.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(_NOT_A_DATE)
    try:
        day = date(*map(int, match.groups()))
    except ValueError:
        raise ValueError(f"{_NOT_A_DATE}: the calendar has no such day") from None
    return _within_years(day, _NOT_A_DATE)


def _within_years(day: date, reason: str) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{reason}: the year is not from {FIRST_YEAR} to {LAST_YEAR}")
    return day


def read_moment(text: str) -> date | datetime:
    """Read what a filter compares with: a date as that whole day, a time of day as a UTC instant.

    A time without an offset is UTC; seconds may have decimals, of which six are kept.

    >>> read_moment("2026-01-31")
    datetime.date(2026, 1, 31)
    >>> read_moment("2026-01-31T01:30+02:00")
    datetime.datetime(2026, 1, 30, 23, 30, tzinfo=datetime.timezone.utc)

    Raises:
        ValueError: it is neither, or the calendar has no such day.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        if _DATE.fullmatch(text) is None:
            raise ValueError(_NOT_A_MOMENT)
        return read(text)
    read(match["date"])
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


@lru_cache(maxsize=4096)  # a file of invoices has the same days again and again
def read_date_or_instant(text: str) -> date:
    """Read the date of a body from a system that writes dates as times: the day as it is written.

    >>> read_date_or_instant("2014-06-18T00:00:00")
    datetime.date(2014, 6, 18)

    Raises:
        ValueError: it is neither a date nor a time, or the calendar has no such day.
    """
    match = _MOMENT.fullmatch(text)
    return read(match["date"] if match else text)


def instant(moment: datetime) -> str:
    """Write a moment in UTC to the second, as every `...At` field is written.

    >>> instant(datetime(2026, 1, 31, 10, 0, 0, 999_999, tzinfo=UTC))
    '2026-01-31T10:00:00Z'

    Raises:
        ValueError: the moment has no time zone, so nobody can tell when it is.
    """
    if moment.tzinfo is None:
        raise ValueError("has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def end_of_month(day: date) -> date:
    """Return the last day of the month that `day` is in.

    >>> end_of_month(date(2028, 2, 1))
    datetime.date(2028, 2, 29)
    """
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(start: date, months: int, *, day: int) -> date:
    """Return the given day of the month so many months after `start`'s; past its end, the last one.

    The day is given anew each time, so that a chain of months from the 31st does not stay at the
    28th for ever.

    >>> add_months(date(2026, 1, 31), 1, day=31)
    datetime.date(2026, 2, 28)

    Raises:
        ValueError: the day is not from 1 to 31, or the year not from 1 to 9999.
    """
    if not 1 <= day <= 31:
        raise ValueError(f"has no day {day}")
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError("is beyond the calendar, which ends with the year 9999")
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=16)
def check_format(formats: str) -> None:
    """Let a --date-format pass that says the year, the month and the day, once each.

    Raises:
        ValueError: a part is missing or double, or a directive is not one that dates are read by.
    """
    names = _DIRECTIVE.findall(formats)
    unknown = [name for name in names if name not in _DIRECTIVES]
    if unknown:
        raise ValueError(f"has %{unknown[0]}, which says nothing of a date")
    parts = sorted(part for name in names for part in _DIRECTIVES[name])
    times = [name for name in names if name != "%" and not _DIRECTIVES[name]]
    if parts != ["day", "month", "year"] or len(times) > len(set(times)):
        raise ValueError("is not a date format such as %m/%d/%Y: it needs each part once")


def read_with(text: str, formats: str) -> date:
    """Read a date of another program by its strptime format; a time of day in it is not kept.

    Zeros in front may be missing (`1/2/2013`), but not where nothing separates the numbers.

    >>> read_with("1/2/2013", "%m/%d/%Y")
    datetime.date(2013, 1, 2)

    Raises:
        ValueError: the text is not in the format, or the format is none (see `check_format`).
    """
    check_format(formats)
    reason = f"is not a date in the format {formats}"
    try:
        moment = datetime.strptime(text, formats)  # noqa: DTZ007 (only its day is kept)
    except ValueError:
        raise ValueError(reason) from None
    unclear = _UNSEPARATED.search(formats) and moment.strftime(formats) != text
    if unclear or _FOREIGN_DIGIT.search(text):
        raise ValueError(reason)
    return _within_years(moment.date(), reason)
