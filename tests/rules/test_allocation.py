"""One amount becomes several, and nothing is lost or made up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.rules.allocation import oldest_first, settle, spread
from invoicectl.rules.money import round_half_away

TOTALS = st.integers(-(10**15), 10**15)
WEIGHTS = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=30)
POSITIVE = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)
DEBTS = st.lists(st.integers(0, 10**9), max_size=30)


@given(TOTALS, WEIGHTS)
def test_the_parts_add_up_to_the_whole(total, weights):
    assert sum(spread(total, weights)) == total


@given(TOTALS, WEIGHTS.filter(sum))
def test_no_part_is_a_whole_unit_off(total, weights):
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = spread(total, weights)
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


@given(TOTALS, WEIGHTS)
def test_the_other_sign_of_the_whole_is_the_other_sign_of_every_part(total, weights):
    assert spread(-total, weights) == [-part for part in spread(total, weights)]


@given(TOTALS, WEIGHTS.filter(sum))
def test_the_sign_of_all_weights_does_not_matter(total, weights):
    assert spread(total, [-weight for weight in weights]) == spread(total, weights)


@given(st.integers(0, 10**15), POSITIVE)
def test_a_heavier_part_is_never_smaller(total, weights):
    parts = spread(total, weights)
    by_weight = sorted(zip(weights, parts, strict=True))
    assert [part for _, part in by_weight] == sorted(parts)


@given(st.integers(0, 10**9), st.integers(1, 30))
def test_of_equal_parts_the_earliest_get_the_odd_units(total, count):
    least, odd = divmod(total, count)
    assert spread(total, [1] * count) == [least + 1] * odd + [least] * (count - odd)


@given(st.integers(0, 10**9), POSITIVE)
def test_what_is_rounded_up_lost_no_less_than_what_is_rounded_down(total, weights):
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    gains = [part - share for part, share in zip(spread(total, weights), exact, strict=True)]
    up = [1 - gain for gain in gains if gain > 0]
    down = [-gain for gain in gains if gain <= 0]
    assert min(up, default=1) >= max(down, default=0)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (1000, [1, 1, 1], [334, 333, 333]),
        (-1000, [1, 1, 1], [-334, -333, -333]),
        (1, [1, 1], [1, 0]),
        (-1, [1, 1], [-1, 0]),
        (5, [0, 1], [0, 5]),
        (0, [3, -3], [0, 0]),
        (10, [30, -10], [15, -5]),
        (100, [-1, -3], [25, 75]),
        (10, [10**30, 10**30], [5, 5]),
    ],
)
def test_worked_splits(total, weights, parts):
    assert spread(total, weights) == parts


@pytest.mark.parametrize(("weights", "parts"), [([0, 5, -5], [0, 7, 0]), ([0, 0], [7, 0])])
def test_without_a_proportion_the_first_that_counts_takes_all(weights, parts):
    assert spread(7, weights) == parts


def test_nothing_is_spread_over_nothing():
    assert spread(0, []) == []


def test_an_amount_cannot_be_spread_over_nothing():
    with pytest.raises(ValueError, match=r"^has nothing to be spread over$"):
        spread(1, [])


@given(WEIGHTS, st.integers(1, 10**6))
def test_parts_settle_on_their_rounded_sum(parts, divisor):
    total = round_half_away(Fraction(sum(parts), divisor))
    assert sum(settle(parts, divisor, total)) == total


@given(WEIGHTS, st.integers(1, 10**6))
def test_settled_parts_are_their_exact_value_rounded_up_or_down(parts, divisor):
    settled = settle(parts, divisor, round_half_away(Fraction(sum(parts), divisor)))
    exact = [Fraction(part, divisor) for part in parts]
    assert all(abs(part - share) < 1 for part, share in zip(settled, exact, strict=True))


@given(WEIGHTS, st.integers(1, 10))
def test_settling_does_not_depend_on_the_sign(parts, divisor):
    total = round_half_away(Fraction(sum(parts), divisor))
    turned = settle([-part for part in parts], divisor, -total)
    assert turned == [-part for part in settle(parts, divisor, total)]


@pytest.mark.parametrize(("parts", "settled"), [([5, -5], [1, -1]), ([-5, 5], [-1, 1])])
def test_halves_that_cancel_out_are_settled_alike_in_either_order(parts, settled):
    assert settle(parts, 10, 0) == settled


@given(st.integers(0, 10**12), DEBTS)
def test_debts_take_what_there_is_and_no_more_than_is_owed(amount, owed):
    parts = oldest_first(amount, owed)
    assert sum(parts) == min(amount, sum(owed))
    assert all(0 <= part <= debt for part, debt in zip(parts, owed, strict=True))


@given(st.integers(0, 10**12), DEBTS)
def test_no_debt_is_touched_before_the_older_ones_are_settled(amount, owed):
    parts = oldest_first(amount, owed)
    touched = [place for place, part in enumerate(parts) if part]
    assert all(parts[place] == owed[place] for place in range(max(touched, default=0)))


@pytest.mark.parametrize(
    ("amount", "owed", "parts"),
    [
        (150, [100, 80, 40], [100, 50, 0]),
        (500, [100, 80], [100, 80]),
        (0, [100], [0]),
        (50, [0, -20, 60], [0, 0, 50]),
        (-50, [100], [0]),
        (50, [], []),
    ],
)
def test_worked_payments(amount, owed, parts):
    assert oldest_first(amount, owed) == parts
