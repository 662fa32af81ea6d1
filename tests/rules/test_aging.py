"""Buckets part the days without gap or overlap, and what is put in comes out of the sum."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.rules import aging
from invoicectl.rules.aging import Aged, Buckets, By

BUCKETS = st.lists(st.integers(1, 3650), min_size=1, max_size=12, unique=True).map(
    lambda uppers: Buckets(tuple(sorted(uppers)))
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Ada", "Bob", "Cy"]),
        st.sampled_from(["EUR", "JPY", "USD"]),
        st.integers(-400, 4000),
        st.integers(-(10**12), 10**12),
    )
)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("30,60,90", ("current", "1-30", "31-60", "61-90", "90+")),
        ("15,45", ("current", "1-15", "16-45", "45+")),
        (" 30 , 60 ", ("current", "1-30", "31-60", "60+")),
        ("7", ("current", "1-7", "7+")),
        ("1,2", ("current", "1-1", "2-2", "2+")),
        ("3650", ("current", "1-3650", "3650+")),
    ],
)
def test_buckets_are_labelled_by_their_days(text, labels):
    assert aging.read(text).labels == labels


def test_the_first_bucket_has_no_beginning_and_the_last_no_end():
    ranges = [(None, 0), (1, 30), (31, 60), (61, 90), (91, None)]
    assert aging.DEFAULT.ranges == ranges


@pytest.mark.parametrize(
    "text",
    ["", ",", "30,", "30,,60", "30;60", "30 60", "-30", "+30", "3.5", "1e2", "\uff13\uff10", "a"],
)
def test_what_is_no_list_of_days_is_refused(text):
    with pytest.raises(ValueError, match=r"^is not a list of days such as 30,60,90$"):
        aging.read(text)


@pytest.mark.parametrize("text", ["0", "0,30", "30,30", "60,30", "30,60,59"])
def test_days_that_do_not_rise_are_refused(text):
    with pytest.raises(ValueError, match=r"^must rise from 1 on, such as 30,60,90$"):
        aging.read(text)


@pytest.mark.parametrize("text", ["3651", "30,99999"])
def test_days_beyond_ten_years_are_refused(text):
    with pytest.raises(ValueError, match=r"must not go beyond 3650"):
        aging.read(text)


def test_twelve_buckets_are_enough():
    assert len(aging.read(",".join(map(str, range(1, 13)))).labels) == 14
    with pytest.raises(ValueError, match=r"must have 1 to 12"):
        aging.read(",".join(map(str, range(1, 14))))


@given(BUCKETS)
def test_what_is_printed_of_the_buckets_reads_back(buckets):
    assert aging.read(",".join(map(str, buckets.uppers))) == buckets


@given(BUCKETS)
def test_every_day_is_in_one_bucket_and_it_is_the_one_named(buckets):
    for days in range(-40, 3700):
        inside = [
            at
            for at, (first, last) in enumerate(buckets.ranges)
            if (first is None or first <= days) and (last is None or days <= last)
        ]
        assert inside == [buckets.bucket_of(days)]


@given(BUCKETS)
def test_each_bucket_has_a_label_of_its_own(buckets):
    assert len(set(buckets.labels)) == len(buckets.ranges)


@given(ROWS, BUCKETS)
def test_the_buckets_add_up_to_what_is_owed(rows, buckets):
    owed = Counter()
    for customer, currency, _, owed_minor in rows:
        owed[customer, currency] += owed_minor
    aged = aging.distribute(rows, buckets)
    assert {key: part.total_minor for key, part in aged.items() if part.total_minor} == {
        key: total for key, total in owed.items() if total
    }


@given(ROWS, BUCKETS)
def test_the_totals_add_up_to_the_customers(rows, buckets):
    aged = aging.distribute(rows, buckets)
    alone = aging.distribute([(None, *row[1:]) for row in rows], buckets)
    assert aging.totals(aged) == {currency: part for (_, currency), part in alone.items()}


@given(ROWS)
def test_finer_buckets_part_the_coarser_ones(rows):
    coarse, fine = Buckets((30, 90)), Buckets((10, 30, 60, 90))
    aged, finer = aging.distribute(rows, coarse), aging.distribute(rows, fine)
    for key, part in finer.items():
        current, to_10, to_30, to_60, to_90, older = part.amounts_minor
        assert aged[key].amounts_minor == (current, to_10 + to_30, to_60 + to_90, older)


@given(ROWS, st.randoms())
def test_the_order_of_the_invoices_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    buckets = aging.DEFAULT
    assert aging.distribute(rows, buckets) == aging.distribute(shuffled, buckets)


@given(ROWS)
def test_invoices_are_counted_where_something_is_owed(rows):
    aged = aging.distribute(rows, aging.DEFAULT)
    assert sum(part.invoices for part in aged.values()) == sum(bool(row[3]) for row in rows)


def test_currencies_are_never_added():
    rows = [("Ada", "EUR", 5, 100), ("Ada", "JPY", 5, 100)]
    assert aging.totals(aging.distribute(rows, aging.read("30"))) == {
        "EUR": Aged((0, 100, 0), 1),
        "JPY": Aged((0, 100, 0), 1),
    }


def test_what_owes_nothing_is_left_out():
    assert aging.distribute([("Ada", "EUR", 5, 0)], aging.DEFAULT) == {}


@pytest.mark.parametrize("late", [-30, -1, 0, 1, 30])
def test_days_are_counted_from_the_due_date(late):
    due = date(2026, 1, 31)
    as_of = due + timedelta(days=late)
    assert aging.age(as_of, due_date=due, invoice_date=date(2026, 1, 1)) == late


@pytest.mark.parametrize(
    ("due_date", "by"), [(None, By.DUE_DATE), (None, By.INVOICE_DATE), (date.max, By.INVOICE_DATE)]
)
def test_without_a_due_date_or_by_choice_the_invoice_date_counts(due_date, by):
    as_of, invoice_date = date(2026, 3, 1), date(2026, 1, 1)
    assert aging.age(as_of, due_date=due_date, invoice_date=invoice_date, by=by) == 59
