"""What a credit note takes back of an invoice, so that all notes together are the invoice itself.

An invoice is credited row by row: its lines, and shipping. Of each row the net and each of its
taxes are credited apart, because each was rounded apart when it was billed:

- Of a row wholly credited goes what is left of it, to the cent.
- Of some of a line's quantity goes its proportion: what all units credited so far come to, rounded
  half away from zero, less what was credited for them before. So the last unit takes what the
  roundings left over, and many small notes do not drift from one large one.
- An amount is spread over all that is left, by largest remainder: first over the nets and each tax,
  so that the tax in it is right, then of each of these over the rows. It is credited as a price,
  not as units: what units are still to be credited are then worth what is left.

>>> billed = Part(Decimal(3), (1000, 130))
>>> first = of_quantity(billed, [], Decimal(1))
>>> second = of_quantity(billed, [first], Decimal(1))
>>> first.minors, second.minors, left(billed, [first, second]).minors
((333, 43), (334, 44), (333, 43))
"""

from collections.abc import Hashable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from invoicectl.rules import allocation
from invoicectl.rules.money import round_half_away


class Part(NamedTuple):
    """Some of a row: its net and then each of its taxes, in minor units, for so many units.

    Without a quantity it is a part of the price; shipping never has one.
    """

    quantity: Decimal | None
    minors: tuple[int, ...]

    @property
    def total_minor(self) -> int:
        """The net and its taxes together."""
        return sum(self.minors)

    @property
    def is_nothing(self) -> bool:
        """Whether there are neither units nor amounts in it."""
        return not self.quantity and not any(self.minors)

    def less(self, other: "Part") -> "Part":
        """Return what is left of this when the other is taken away."""
        quantity = self.quantity
        if quantity is not None and other.quantity is not None:
            quantity -= other.quantity
        pairs = zip(self.minors, other.minors, strict=True)
        return Part(quantity, tuple(own - taken for own, taken in pairs))


def left(billed: Part, credited: Sequence[Part]) -> Part:
    """Return what is left of a row after what was credited of it.

    >>> left(Part(Decimal(3), (1000,)), [Part(Decimal(1), (333,)), Part(None, (7,))])
    Part(quantity=Decimal('2'), minors=(660,))
    """
    for part in credited:
        billed = billed.less(part)
    return billed


def of_quantity(billed: Part, credited: Sequence[Part], quantity: Decimal) -> Part:
    """Return what crediting some units of a line takes back.

    `credited` is in the order in which it was credited; the quantity is within what is left, and
    of its sign.

    >>> of_quantity(Part(Decimal(10), (1000,)), [Part(None, (500,))], Decimal(5))
    Part(quantity=Decimal('5'), minors=(250,))
    """
    base, since = _since_the_price_changed(billed, credited)
    rest = base.less(since)
    assert base.quantity is not None  # noqa: S101 - a row with units
    assert rest.quantity is not None  # noqa: S101
    done = Fraction(base.quantity - rest.quantity + quantity) / Fraction(base.quantity)
    shares = (round_half_away(minor * done) for minor in base.minors)
    rows = zip(shares, since.minors, rest.minors, strict=True)
    return Part(quantity, tuple(_within(share - taken, most) for share, taken, most in rows))


def _since_the_price_changed(billed: Part, credited: Sequence[Part]) -> tuple[Part, Part]:
    """Return what was left of a row when a part of its price was last credited, and what since."""
    base, since = billed, _nothing_of(billed)
    for part in credited:
        if part.quantity is None:
            base, since = base.less(since).less(part), _nothing_of(billed)
        else:
            since = Part(
                (since.quantity or Decimal(0)) + part.quantity,
                tuple(map(sum, zip(since.minors, part.minors, strict=True))),
            )
    return base, since


def _nothing_of(row: Part) -> Part:
    return Part(Decimal(0), (0,) * len(row.minors))


def _within(minor: int, most_minor: int) -> int:
    """Hold a share between nothing and all that is left, whichever sign that has.

    A note that was voided leaves a gap in the roundings, which could else take a cent too many.
    """
    lowest, highest = sorted((0, most_minor))
    return min(max(minor, lowest), highest)


def of_amount(
    amount_minor: int, rest: Sequence[Part], taxes: Sequence[Sequence[Hashable]]
) -> list[Part]:
    """Spread an amount over what is left of rows; `taxes` tells which tax each row's taxes are.

    The amount is above 0 and at most all that is left; all of it is then exactly what is credited.

    >>> rest = [Part(Decimal(1), (1000, 200)), Part(Decimal(1), (500, 100))]
    >>> [part.minors for part in of_amount(500, rest, [["VAT"], ["VAT"]])]
    [(278, 55), (139, 28)]
    """
    if amount_minor == sum(part.total_minor for part in rest):
        return [Part(None, part.minors) for part in rest]
    columns: dict[Hashable, list[tuple[int, int]]] = {}
    for row, names in enumerate(taxes):
        for place, name in enumerate([None, *names]):
            columns.setdefault(name, []).append((row, place))
    cells = {name: [rest[row].minors[place] for row, place in at] for name, at in columns.items()}
    amounts = allocation.spread(amount_minor, [sum(column) for column in cells.values()])
    shares = [[0] * len(part.minors) for part in rest]
    for (name, places), minor in zip(columns.items(), amounts, strict=True):
        for (row, place), share in zip(places, allocation.spread(minor, cells[name]), strict=True):
            shares[row][place] = share
    return [Part(None, tuple(row)) for row in shares]
