"""The kinds of fields that are less or greater: amounts, days, instants.

What stands in a column is exact to some step: a ten-thousandth, a day, a second. A limit between
two steps is brought to one, so that the comparison in SQL is of what the column holds.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from invoicectl.rules import dates
from invoicectl.store.filter_kinds import Binds, Bound, Field, Kind, Operator, refusal

MOST_INTEGER_DIGITS = 14  # times ten thousand, it still is an int64

SIGNS = {
    "lessThan": "<",
    "lessThanOrEqualTo": "<=",
    "greaterThan": ">",
    "greaterThanOrEqualTo": ">=",
}
# How what is no value of the column itself compares, by the nearest value below it.
_PAST = {"<": "<=", "<=": "<=", ">": ">", ">=": ">"}

Limit = Callable[[str, Any], tuple[str, Bound]]


def _bounds(limit: Limit, wants: str, type_: type | tuple[type, ...]) -> Kind:
    """Return a kind whose values are less or greater; `limit` answers with a sign and a value."""

    def compare(sign: str) -> Operator:
        def condition(field: Field, given: object, path: str, binds: Binds) -> str:
            if isinstance(given, bool) or not isinstance(given, type_):
                raise refusal(path, f"needs {wants}")
            try:
                exact_sign, value = limit(sign, given)
            except ValueError as error:
                raise refusal(path, str(error)) from error
            return f"{field.sql} {exact_sign} {binds.add(value)}"

        return condition

    return Kind(wants, {name: compare(sign) for name, sign in SIGNS.items()})


def _amount(sign: str, given: int | Decimal) -> tuple[str, Bound]:
    """Return a limit in ten-thousandths, in which every currency is exact."""
    number = Decimal(given)
    if number.adjusted() >= MOST_INTEGER_DIGITS:
        raise ValueError(f"has more than {MOST_INTEGER_DIGITS} digits before the decimal point")
    if int(number.as_tuple().exponent) < -MOST_INTEGER_DIGITS:
        raise ValueError(f"has more than {MOST_INTEGER_DIGITS} decimals")
    whole = ROUND_CEILING if sign in {"<", ">="} else ROUND_FLOOR
    return sign, int(number.scaleb(4).to_integral_value(whole))


def _day(sign: str, given: str) -> tuple[str, Bound]:
    """Return a limit of a column of days, each of which stands at its midnight in UTC."""
    moment = dates.read_moment(given)
    if not isinstance(moment, datetime):
        return sign, moment.isoformat()
    at_midnight = moment.time() == time.min
    return sign if at_midnight else _PAST[sign], moment.date().isoformat()


def _instant(sign: str, given: str) -> tuple[str, Bound]:
    """Return a limit of a column of instants; a bare date is the whole of that day in UTC."""
    moment = dates.read_moment(given)
    if isinstance(moment, datetime):
        return _PAST[sign] if moment.microsecond else sign, dates.instant(moment)
    if sign in {"<=", ">"}:  # to the end of the day is before the next, from it on not before
        return "<" if sign == "<=" else ">=", _midnight(moment + timedelta(days=1))
    return sign, _midnight(moment)


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


AMOUNT = _bounds(_amount, "a number", (int, Decimal))
DAY = _bounds(_day, "a date such as 2026-01-31 or a time in ISO 8601", str)
INSTANT = _bounds(_instant, "a date such as 2026-01-31 or a time in ISO 8601", str)
