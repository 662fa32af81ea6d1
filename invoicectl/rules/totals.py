"""What an invoice comes to: lines, discounts, taxes, shipping, and the total.

Every step is exact until a rule rounds it, and every rounding is half away from zero:

- A line is quantity times unit price less its own discount, rounded once; the price is not.
- A document discount is rounded once and comes off the lines by largest remainder. Where prices
  include tax, this and a line's own discount are what comes off the gross.
- A tax is due on what is then left of the lines that carry it, rounded once for the document or
  once for each line. Of the document's tax each line shows the share that is nearest to its own.
- Where prices include tax, the tax is found inside them, for the document from all lines with the
  same taxes together: the net is gross / (1 + rates), the tax is the rest. No gross ever moves.
- Shipping is an amount of its own, with its own taxes or none, which it includes where prices do.
  No document discount comes off it.

The total is the sum of the lines' totals, shipping, and what tax there is on top of shipping.

>>> vat = Tax("VAT", Decimal("0.13"))
>>> lines = [Line(Decimal(40), Decimal("3.6095"), taxes=(vat,))]
>>> billed = compute(lines, currency="CAD", shipping_minor=850)
>>> billed.subtotal_minor, billed.tax_minor, billed.shipping_minor, billed.total_minor
(14438, 1877, 850, 17165)
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import lcm
from typing import Literal, NamedTuple

from invoicectl.rules import money
from invoicectl.rules.allocation import settle, spread
from invoicectl.rules.currencies import digits

TaxRounding = Literal["document", "line"]

_Group = tuple[tuple["Tax", ...], list[tuple[int, list[int]]]]
_DISCOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?%?", re.ASCII)


class Tax(NamedTuple):
    """A tax on a line. The rate is a fraction: 0.13 is 13 %."""

    code: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Discount:
    """What comes off: a percentage (10 is 10 %), or an amount in units of the currency."""

    kind: Literal["percentage", "fixed"]
    value: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """What is billed in one row."""

    quantity: Decimal
    unit_price: Decimal
    discount: Discount | None = None
    taxes: tuple[Tax, ...] = ()


class LineTotals(NamedTuple):
    """What one line comes to: net before the document discount, total after it, tax included."""

    discount_minor: int
    net_minor: int
    document_discount_minor: int
    tax_minors: tuple[int, ...]
    tax_minor: int
    total_minor: int


class TaxTotal(NamedTuple):
    """What is due of one tax at one rate, and the net it is due on, shipping's included."""

    code: str
    rate: Decimal
    base_minor: int
    amount_minor: int


class Totals(NamedTuple):
    """What an invoice comes to. The subtotal is the sum of the lines' nets."""

    lines: tuple[LineTotals, ...]
    subtotal_minor: int
    discount_minor: int
    tax_minor: int
    shipping_minor: int
    total_minor: int
    taxes: tuple[TaxTotal, ...]

    @property
    def shipping_tax_minor(self) -> int:
        """The part of the tax that shipping carries; it is in no line."""
        return self.tax_minor - sum(line.tax_minor for line in self.lines)


class _Taxed(NamedTuple):
    """Rows of amounts (the lines, then shipping) with the tax of each, and the taxes of all."""

    nets: list[int]
    shares: list[list[int]]
    taxes: tuple[TaxTotal, ...]


def compute(
    lines: Sequence[Line],
    *,
    currency: str,
    discount: Discount | None = None,
    shipping_minor: int = 0,
    shipping_taxes: Sequence[Tax] = (),
    tax_inclusive: bool = False,
    tax_rounding: TaxRounding = "document",
) -> Totals:
    """Return what an invoice comes to, whatever its sign; what may not be is the caller's to say.

    >>> gst, qst = Tax("GST", Decimal("0.05")), Tax("QST", Decimal("0.09975"))
    >>> line = Line(Decimal(3), Decimal("33.33"), taxes=(gst, qst))
    >>> billed = compute([line], currency="CAD", discount=read_discount("10%"))
    >>> billed.subtotal_minor, billed.discount_minor, billed.total_minor
    (9999, 1000, 10347)
    >>> [(tax.code, tax.base_minor, tax.amount_minor) for tax in billed.taxes]
    [('GST', 8999, 450), ('QST', 8999, 898)]

    Raises:
        ValueError: The currency is none, or prices include taxes of -100 % or less.
    """
    units = 10 ** digits(currency)
    priced = [_priced(line, units) for line in lines]
    amounts = [amount for _, amount in priced]
    offs = _document_discounts(discount, amounts, units)
    left = [amount - off for amount, off in zip(amounts, offs, strict=True)]
    taxes = [line.taxes for line in lines]
    taxes.append(tuple(shipping_taxes) if shipping_minor else ())
    work_out, per_line = _inside if tax_inclusive else _on_top, tax_rounding == "line"
    taxed = work_out([*left, shipping_minor], taxes, per_line=per_line)
    undiscounted = taxed
    if any(offs):
        undiscounted = work_out([*amounts, shipping_minor], taxes, per_line=per_line)
    of_rows = [sum(shares) for shares in taxed.shares]
    tax_minor = sum(of_rows)
    # the last row is shipping's, which is no line
    rows = zip(priced, undiscounted.nets, offs, taxed.nets, taxed.shares, of_rows, strict=False)
    return Totals(
        lines=tuple(
            [
                LineTotals(discount_minor, net, off, tuple(shares), tax, left + tax)
                for (discount_minor, _), net, off, left, shares, tax in rows
            ]
        ),
        subtotal_minor=sum(undiscounted.nets[:-1]),
        discount_minor=sum(offs),
        tax_minor=tax_minor,
        shipping_minor=shipping_minor,
        total_minor=sum(taxed.nets) + tax_minor,
        taxes=taxed.taxes,
    )


def read_discount(text: str, currency: str | None = None) -> Discount:
    """Read a discount as a person writes it: a percentage or an amount.

    >>> read_discount("10%"), read_discount("25.00", "EUR").value
    (Discount(kind='percentage', value=Decimal('10')), Decimal('25'))
    >>> read_discount("ten")
    Traceback (most recent call last):
    ValueError: is not a discount such as 10% or 25.00

    Raises:
        ValueError: It is neither, too long, or `check_discount` refuses it.
    """
    if not _DISCOUNT.fullmatch(text):
        raise ValueError("is not a discount such as 10% or 25.00")
    value = money.read_number(text.removesuffix("%"))
    discount = Discount("percentage" if text.endswith("%") else "fixed", value)
    check_discount(discount, currency)
    return discount


def check_discount(discount: Discount, currency: str | None = None) -> None:
    """Refuse what is no discount; an amount may be below 0, as a line may.

    Raises:
        ValueError: It is a percentage below 0 or above 100, or an amount finer than its currency.
    """
    if discount.kind == "percentage" and not 0 <= discount.value <= 100:
        raise ValueError("is not between 0% and 100%")
    if discount.kind == "fixed" and currency is not None:
        money.to_minor(discount.value, currency)


def _priced(line: Line, units: int) -> tuple[int, int]:
    """Return what the line's own discount takes off, and what is left, each a whole amount."""
    quantity, quantity_unit = line.quantity.as_integer_ratio()
    price, price_unit = line.unit_price.as_integer_ratio()
    exact, unit = quantity * price * units, quantity_unit * price_unit
    full_minor = money.divide(exact, unit)
    if line.discount is None:
        return 0, full_minor
    value, value_unit = line.discount.value.as_integer_ratio()
    if line.discount.kind == "percentage":
        kept_minor = money.divide(exact * (100 * value_unit - value), unit * 100 * value_unit)
    else:
        kept_minor = money.divide(exact * value_unit - value * units * unit, unit * value_unit)
    return full_minor - kept_minor, kept_minor


def _document_discounts(discount: Discount | None, amounts: list[int], units: int) -> list[int]:
    """Return what the document's discount takes off each line; without lines there is nothing."""
    if discount is None or not amounts:
        return [0] * len(amounts)
    value, unit = discount.value.as_integer_ratio()
    percentage = discount.kind == "percentage"
    off = (sum(amounts) * value, 100 * unit) if percentage else (value * units, unit)
    return spread(money.divide(*off), amounts)


def _on_top(amounts: list[int], taxes: list[tuple[Tax, ...]], *, per_line: bool) -> _Taxed:
    """Tax rows of nets: each tax on all the rows that carry it, or on each of them."""
    if not any(taxes):
        return _Taxed(amounts, [[] for _ in taxes], ())
    carriers: dict[Tax, list[tuple[int, int]]] = {}
    for row, carried in enumerate(taxes):
        for place, tax in enumerate(carried):
            carriers.setdefault(tax, []).append((row, place))
    shares = [[0] * len(carried) for carried in taxes]
    totals = []
    for tax, places in carriers.items():
        bases = [amounts[row] for row, _ in places]
        due = _due(bases, tax.rate, per_line=per_line)
        for (row, place), share in zip(places, due, strict=True):
            shares[row][place] = share
        totals.append(TaxTotal(tax.code, tax.rate, sum(bases), sum(due)))
    return _Taxed(amounts, shares, tuple(totals))


def _due(bases: list[int], rate: Decimal, *, per_line: bool) -> list[int]:
    """Return the tax on each base: rounded one by one, or together with their sum."""
    numerator, denominator = rate.as_integer_ratio()
    exact = [base * numerator for base in bases]
    if per_line:
        return [money.divide(part, denominator) for part in exact]
    return settle(exact, denominator, money.divide(sum(exact), denominator))


def _inside(amounts: list[int], taxes: list[tuple[Tax, ...]], *, per_line: bool) -> _Taxed:
    """Find the taxes inside rows of grosses: of all rows with the same taxes, or of each row."""
    shares = [[0] * len(carried) for carried in taxes]
    totals = {tax: [0, 0] for carried in taxes for tax in carried}
    for combination, members in _combinations(taxes, per_line=per_line):
        net_minor, found = _found([amounts[row] for row, _ in members], combination)
        for place, (tax, due) in enumerate(zip(combination, found, strict=True)):
            totals[tax][0] += net_minor
            totals[tax][1] += sum(due)
            for (row, order), share in zip(members, due, strict=True):
                shares[row][order[place]] = share
    return _Taxed(
        [amount - sum(tax_minors) for amount, tax_minors in zip(amounts, shares, strict=True)],
        shares,
        tuple(TaxTotal(tax.code, tax.rate, *sums) for tax, sums in totals.items()),
    )


def _combinations(taxes: list[tuple[Tax, ...]], *, per_line: bool) -> Iterable[_Group]:
    """Return each combination of taxes and its rows, each with its own order of the combination."""
    groups: dict[object, _Group] = {}
    for row, carried in enumerate(taxes):
        order = sorted(range(len(carried)), key=lambda at: (carried[at].code, carried[at].rate))
        combination = tuple(carried[at] for at in order)
        key = row if per_line else combination
        groups.setdefault(key, (combination, []))[1].append((row, order))
    return groups.values()


def _found(grosses: list[int], combination: tuple[Tax, ...]) -> tuple[int, list[list[int]]]:
    """Return the net of grosses that include these taxes, and of each tax what every gross holds.

    >>> _found([11498], (Tax("GST", Decimal("0.05")), Tax("QST", Decimal("0.09975"))))
    (10000, [[500], [998]])
    """
    ratios = [tax.rate.as_integer_ratio() for tax in combination]
    unit = lcm(*(denominator for _, denominator in ratios))
    rates = [numerator * (unit // denominator) for numerator, denominator in ratios]
    whole = unit + sum(rates)
    if whole <= 0:
        raise ValueError("has prices that include taxes of -100 % or less")
    gross_minor = sum(grosses)
    net_minor = money.divide(gross_minor * unit, whole)
    dues = settle([gross_minor * rate for rate in rates], whole, gross_minor - net_minor)
    parts = ([gross * rate for gross in grosses] for rate in rates)
    return net_minor, [settle(part, whole, due) for part, due in zip(parts, dues, strict=True)]
