"""How one amount becomes several that still add up to it.

By largest remainder (Hare and Niemeyer): each share is first rounded down, and the units that are
then missing go, one each, to the shares that lost most; of equals, to the earliest. So no share is
a whole unit off, and nothing is lost or made up.

>>> spread(1000, [1, 1, 1])
[334, 333, 333]
"""

from collections.abc import Sequence


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to weights; the parts add up to it exactly.

    The amount and any weight may be negative, and turning every sign turns every part. Where the
    weights add up to 0 there is no proportion: the first one that is not 0 takes all, else the
    first one.

    >>> spread(100, [50, 25, 25]), spread(-100, [1, 1, 1]), spread(10, [30, -10])
    ([50, 25, 25], [-34, -33, -33], [15, -5])
    >>> spread(7, [0, 5, -5]), spread(7, [0, 0])
    ([0, 7, 0], [7, 0])

    Raises:
        ValueError: There is an amount and nothing to put it on.
    """
    if not total:
        return [0] * len(weights)
    if not weights:
        raise ValueError("has nothing to be spread over")
    whole = sum(weights)
    if not whole:
        first = next((place for place, weight in enumerate(weights) if weight), 0)
        return [total if place == first else 0 for place in range(len(weights))]
    sign = 1 if whole > 0 else -1
    return settle([sign * total * weight for weight in weights], sign * whole, total)


def settle(parts: Sequence[int], divisor: int, total: int) -> list[int]:
    """Round each of parts/divisor up or down so that together they are the total.

    The divisor is above 0, and the total is the exact sum rounded, either way. Of parts that are
    equally near, the earliest is rounded up, or down where they add up to less than 0.

    >>> settle([14, 14, 12], 10, 4)
    [2, 1, 1]
    >>> settle([134, -134], 10, 0)
    [13, -13]
    """
    if (sum(parts) or next(filter(None, parts), 0)) < 0:
        return [-share for share in settle([-part for part in parts], divisor, -total)]
    shares = [part // divisor for part in parts]
    missing = total - sum(shares)
    if missing:
        lost = [part % divisor for part in parts]
        # sorting is stable, reversed too: of equal losses the earliest stays first
        for place in sorted(range(len(parts)), key=lost.__getitem__, reverse=True)[:missing]:
            shares[place] += 1
    return shares


def oldest_first(amount_minor: int, owed: Sequence[int]) -> list[int]:
    """Return what of an amount goes to each debt when they are settled in the order given.

    What is not owed stays with the amount: the parts add up to it, or to all that is owed.

    >>> oldest_first(150, [100, 80, 40]), oldest_first(500, [100, 80])
    ([100, 50, 0], [100, 80])
    """
    left = max(amount_minor, 0)
    parts = []
    for debt in owed:
        part = min(left, max(debt, 0))
        parts.append(part)
        left -= part
    return parts
