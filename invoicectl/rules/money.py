"""Money is a whole number of minor units (cents) beside an ISO 4217 currency code.

Decimals come in and go out as text or `Decimal`, never as a binary float, and no step rounds
without being asked: what has too many decimals is refused. Where a rule does round, it rounds half
away from zero, so that a credit of an amount is that amount with the other sign.

>>> read("1234.50", "EUR")
123450
>>> read("2.675", "EUR")
Traceback (most recent call last):
ValueError: has more than 2 decimals for EUR
>>> show(123450, "EUR")
'1,234.50 EUR'
"""

import re
from collections.abc import Callable, Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import TYPE_CHECKING

from invoicectl.rules.currencies import digits

if TYPE_CHECKING:
    from fractions import Fraction

MOST_INTEGER_DIGITS = 13
MOST_NUMBER_DECIMALS = 6
MOST_WHOLE = 10**MOST_INTEGER_DIGITS

_PLAIN = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?", re.ASCII)

_ZERO = Decimal(0)  # of the two that there are, the one without a sign

# The usual context rounds to 28 digits without a word; this one would raise.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])


def read(text: str, currency: str) -> int:
    """Return the minor units of an amount written as a plain number.

    >>> read("-12.5", "EUR"), read("500", "JPY"), read("1.234", "KWD")
    (-1250, 500, 1234)
    >>> read("1,50", "EUR")
    Traceback (most recent call last):
    ValueError: is not a plain number such as 1234.50
    >>> read("10.50", "JPY")
    Traceback (most recent call last):
    ValueError: has decimals; JPY has none

    Raises:
        ValueError: It is no plain number, too long, or finer than the currency.
    """
    places = digits(currency)
    part = _part(text, places)
    if len(part) > places:
        raise ValueError(_too_fine(places, currency))
    return int(text.replace(".", "") + "0" * (places - len(part)))


def read_number(text: str, *, max_decimals: int = MOST_NUMBER_DECIMALS) -> Decimal:
    """Return a quantity, price or rate, without trailing zeros and without an exponent.

    >>> read_number("1.50"), read_number("1200"), read_number("-0.00")
    (Decimal('1.5'), Decimal('1200'), Decimal('0'))

    Raises:
        ValueError: It is no plain number, too long, or has more decimals than allowed.
    """
    decimals = _part(text, 2)
    if len(decimals) > max_decimals:
        raise ValueError(f"has more than {max_decimals} decimals")
    if decimals:
        text = text.rstrip("0").rstrip(".")
    return Decimal(text) or _ZERO


def from_json(value: object, currency: str) -> int:
    """Return the minor units of an amount out of JSON that was parsed with `parse_float=Decimal`.

    >>> from_json(500, "EUR"), from_json(Decimal("171.65"), "EUR"), from_json("171.65", "EUR")
    (50000, 17165, 17165)
    >>> from_json(True, "EUR")
    Traceback (most recent call last):
    ValueError: is not a plain number such as 1234.50

    Raises:
        ValueError: As `read`; and a boolean, a float, an exponent or anything else is no number.
    """
    return read(_spelled(value), currency)


def number_from_json(value: object, max_decimals: int = MOST_NUMBER_DECIMALS) -> Decimal:
    """Return a quantity, price or rate out of JSON, as `read_number` does from text.

    >>> number_from_json(Decimal("150.00")), number_from_json(40), number_from_json("0.13")
    (Decimal('150'), Decimal('40'), Decimal('0.13'))

    Raises:
        ValueError: As `read_number`; and a boolean, a float or an exponent is no plain number.
    """
    if value.__class__ is int and -MOST_WHOLE < value < MOST_WHOLE:
        return Decimal(value)
    return read_number(_spelled(value), max_decimals=max_decimals)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return the minor units of an amount; the way back from `to_decimal`.

    >>> to_minor(Decimal("12.5"), "EUR"), to_minor(Decimal("1E+3"), "JPY")
    (1250, 1000)

    Raises:
        ValueError: It is not finite, has more than 13 integer digits or is finer than the currency.
    """
    places = digits(currency)
    if not amount.is_finite():
        raise ValueError("is not a finite number")
    if amount and amount.adjusted() >= MOST_INTEGER_DIGITS:
        raise ValueError(_TOO_LONG)
    if -int(amount.as_tuple().exponent) > places:
        raise ValueError(_too_fine(places, currency))
    return int(_EXACT.scaleb(amount, places))


def to_decimal(minor: int, currency: str) -> Decimal:
    """Return an amount with exactly the decimals of its currency.

    >>> to_decimal(50000, "EUR"), to_decimal(500, "JPY"), to_decimal(-5, "KWD")
    (Decimal('500.00'), Decimal('500'), Decimal('-0.005'))
    """
    return _EXACT.scaleb(minor, -digits(currency))


def text(minor: int, currency: str) -> str:
    """Write an amount as a plain number, the way files and programs read it.

    >>> text(-1250, "EUR"), text(0, "EUR"), text(500, "JPY")
    ('-12.50', '0.00', '500')
    """
    return str(_EXACT.scaleb(minor, -digits(currency)))


def writer(currency: str) -> Callable[[Iterable[int]], list[str]]:
    """Return what writes amounts of a currency as `text` does; millions of them, and quickly.

    >>> writer("EUR")([-1250, 123456, 5, 0])
    ['-12.50', '1234.56', '0.05', '0.00']
    """
    places = digits(currency)
    zero, least = text(0, currency), 10**places

    def texts(minors: Iterable[int]) -> list[str]:
        return [
            f"{(figures := str(minor))[:-places]}.{figures[-places:]}"
            if minor >= least
            else text(minor, currency)
            if minor
            else zero
            for minor in minors
        ]

    return texts if places else lambda minors: list(map(str, minors))


def show(minor: int, currency: str) -> str:
    """Write an amount for a person.

    >>> show(-5, "USD"), show(1500, "JPY")
    ('-0.05 USD', '1,500 JPY')
    """
    return f"{to_decimal(minor, currency):,f} {currency}"


def plain(number: Decimal) -> str:
    """Write a number without an exponent and without trailing zeros, as it is stored.

    >>> plain(Decimal("40.00")), plain(Decimal("1.2E+3")), plain(Decimal("0.130"))
    ('40', '1200', '0.13')
    """
    written = f"{number:f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def round_half_away(value: "Fraction | Decimal") -> int:
    """Round to a whole number; a half goes away from zero.

    >>> [round_half_away(Decimal(half)) for half in ("2.5", "-2.5", "267.5", "100.49")]
    [3, -3, 268, 100]
    """
    return divide(*value.as_integer_ratio())


def divide(numerator: int, denominator: int) -> int:
    """Divide whole numbers and round half away from zero; the denominator is above 0.

    >>> divide(5, 2), divide(-5, 2), divide(4, 3)
    (3, -3, 1)
    """
    if numerator < 0:
        return -((2 * -numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


_TOO_LONG = f"has more than {MOST_INTEGER_DIGITS} digits before the decimal point"


def _too_fine(places: int, currency: str) -> str:
    """Say that an amount is finer than its currency."""
    if not places:
        return f"has decimals; {currency} has none"
    return f"has more than {places} decimals for {currency}"


def _part(text: str, places: int) -> str:
    """Return the decimals of a plain number, '' where it has none.

    >>> _part("-12.50", 2)
    '50'
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        example = f"1234.{'50'.ljust(places, '0')[:places]}".rstrip(".")
        raise ValueError(f"is not a plain number such as {example}")
    if len(match[1]) > MOST_INTEGER_DIGITS:
        raise ValueError(_TOO_LONG)
    return match[2] or ""


def _spelled(value: object) -> str:
    """Return the text of a JSON number, and of what is none a text that no pattern takes.

    >>> _spelled(Decimal("0.0000001")), _spelled(Decimal("1E+3")), _spelled(0.1), _spelled(True)
    ('0.0000001', '', '', '')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        text = str(value)
        if "E" not in text:
            return text
        exponent = value.as_tuple().exponent
        # 1E-999999999 would be a gigabyte of zeros
        return f"{value:f}" if isinstance(exponent, int) and -99 < exponent <= 0 else ""
    if isinstance(value, int) and not isinstance(value, bool):
        if -MOST_WHOLE < value < MOST_WHOLE:
            return str(value)
        return f"{Decimal(value):f}"  # str() refuses whole numbers of thousands of digits
    return ""
