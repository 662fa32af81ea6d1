"""Terms: what is understood, what it comes to, and what is too unclear to be guessed."""

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.rules import terms
from invoicectl.rules.terms import AmbiguousTermError, Kind, Term

DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
COUNTS = st.integers(0, 3650)
DISCOUNTS = st.builds(
    lambda spread, percent: Term(Kind.DISCOUNT, max(spread), 0, 0, percent, min(spread)),
    st.tuples(COUNTS, COUNTS),
    st.decimals(Decimal("0.000001"), Decimal("99.999999"), places=6),
)
TERMS = st.one_of(
    st.just(Term(Kind.ON_RECEIPT)),
    st.builds(Term, st.sampled_from([Kind.NET, Kind.END_OF_MONTH, Kind.DAYS_THEN_EOM]), COUNTS),
    st.builds(Term, st.just(Kind.DAY_OF_MONTH), day=st.integers(1, 31), months=st.integers(0, 120)),
    DISCOUNTS,
)
WORDINGS = {
    "on receipt": ["on receipt", "due on receipt", "Due upon receipt"],
    "Net 0": ["Net 0", "0 days"],
    "Net 30": ["Net 30", "net30", "Net 30 days", "30 days", "30 days net", "n/30", "N30"],
    "Net 1": ["net 1 day", "1 day"],
    "EOM": ["EOM", "end of month", "End of the Month", "EOM+0"],
    "EOM+10": ["EOM+10", "EOM + 10 days", "10 days after EOM", "10 days after end of month"],
    "30 days then EOM": ["30 days then EOM", "net 30 then EOM", "30 days, then end of month"],
    "day 15 of month +1": ["day 15 of month +1", "Day 15 of the month + 1", "day15ofmonth+1"],
    "2/10 net 30": ["2/10 net 30", "2 / 10, n/30", "2% 10 Net 30", "2%/10 days net 30"],
    "1.5/10 net 45": ["1.5/10, net 45", "1.50/10 n/45", "1.5%/10net45"],
}  # fmt: skip
AMBIGUOUS = (
    "30 days EOM",
    "30 EOM",
    "EOM 30",
    "EOM 30 days",
    "net 30 EOM",
    "Net 30 days, EOM",
    "30 days net EOM",
    "net EOM 30",
    "n/30 EOM",
    "30 days end of month",
    "end of the month 30 days",
)


def wordings():
    return [(words, text) for words, texts in WORDINGS.items() for text in texts]


@pytest.mark.parametrize(("words", "text"), wordings())
def test_wordings_of_a_term_mean_the_same(words, text):
    assert terms.words(terms.read(text)) == words


@pytest.mark.parametrize("change", [str.upper, str.lower, str.title])
@pytest.mark.parametrize(("words", "text"), wordings())
def test_case_does_not_matter(words, text, change):
    assert terms.words(terms.read(change(text))) == words


@pytest.mark.parametrize("space", ["  ", "\t", "\u00a0", "\n"])
@pytest.mark.parametrize(("words", "text"), wordings())
def test_spacing_does_not_matter(words, text, space):
    assert terms.words(terms.read(space + text.replace(" ", space) + space)) == words


@given(TERMS)
def test_the_words_of_a_term_read_back_as_the_term(term):
    assert terms.read(terms.words(term)) == term


def test_every_kind_has_words_and_a_due_date():
    assert set(terms.FIELDS) == set(Kind) == set(terms._WORDS) == set(terms._DUE)


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_days_and_eom_without_an_order_are_refused_with_both_readings(text):
    with pytest.raises(AmbiguousTermError) as refusal:
        terms.read(text)
    assert refusal.value.readings == ("EOM+30", "30 days then EOM")


def test_an_ambiguous_term_says_what_to_write_instead():
    with pytest.raises(ValueError, match=r"^is ambiguous: write 'EOM\+45' or '45 days then EOM'$"):
        terms.read("45 days EOM")


def test_the_two_readings_of_an_ambiguous_term_are_different_days():
    for days in range(1, 121):
        after, then = Term(Kind.END_OF_MONTH, days), Term(Kind.DAYS_THEN_EOM, days)
        year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
        assert any(terms.due_date(after, day) != terms.due_date(then, day) for day in year)


THERE_ARE = (
    "is not a payment term such as 'Net 30', 'on receipt', 'EOM', 'EOM+10', "
    "'30 days then EOM', 'day 15 of month +1' or '2/10 net 30'"
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "Net",
        "Net -30",
        "NET-30",
        "Net 3 0",
        "Net 3  0",
        "Net 30.5",
        "Net \uff13\uff10",
        "Net thirty",
        "EOM-5",
        "EOM+",
        "EOM+30+30",
        "then EOM",
        "day 15",
        "day 15 of month",
        "day 15 of month 1",
        "day 15 of month -1",
        "day of month +1",
        "2/10",
        "2 10 net 30",
        "2,5/10 net 30",
        "2e1/10 net 30",
        "-2/10 net 30",
        "2/10 EOM",
        "Net 99999999999999999999",
        "on receipt, Net 30",
        "x" * 100_000,
    ],
)
def test_other_words_are_no_term(text):
    with pytest.raises(ValueError, match=f"^{re.escape(THERE_ARE)}$"):
        terms.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Net 3651",
        "EOM+3651",
        "3651 days then EOM",
        "3651 days EOM",
        "day 0 of month +1",
        "day 32 of month +1",
        "day 1 of month +121",
        "0/10 net 30",
        "100/10 net 30",
        "0.0000001/10 net 30",
        "2.1234567/10 net 30",
        "2/31 net 30",
        "2/3651 net 3650",
    ],
)
def test_a_term_out_of_bounds_is_refused_with_the_reason(text):
    what = r"days|the day|months|the discount's days|the discount|more than 6 decimals"
    with pytest.raises(ValueError, match=rf"^is not a payment term: ({what}) ") as refusal:
        terms.read(text)
    assert not isinstance(refusal.value, AmbiguousTermError)


@pytest.mark.parametrize(
    "text",
    [
        "Net 0",
        "Net 3650",
        "EOM+3650",
        "3650 days then EOM",
        "0 days then EOM",
        "day 1 of month +0",
        "day 31 of month +120",
        "0.000001/0 net 0",
        "99.999999/3650 net 3650",
    ],
)
def test_the_bounds_themselves_are_terms(text):
    assert terms.words(terms.read(text)) == text


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.ON_RECEIPT, "days": 1},
        {"kind": Kind.NET, "days": 30, "day": 1},
        {"kind": Kind.NET, "days": 30, "discount_days": 10},
        {"kind": Kind.DAY_OF_MONTH, "day": 1, "percent": Decimal(2)},
        {"kind": Kind.NET, "days": -1},
        {"kind": Kind.DISCOUNT, "days": 30, "discount_days": 10},
        {"kind": Kind.DISCOUNT, "days": 30, "percent": Decimal(2)},
        {"kind": Kind.DISCOUNT, "days": 30, "percent": Decimal("NaN"), "discount_days": 10},
    ],
)
def test_no_term_can_be_made_that_has_no_words(fields):
    with pytest.raises(ValueError, match=r"^(is not a payment term: |has \w+, which \w+ terms do)"):
        Term(**fields)


@pytest.mark.parametrize(
    ("words", "invoice_date", "due"),
    [
        ("on receipt", "2026-01-15", "2026-01-15"),
        ("Net 0", "2026-01-15", "2026-01-15"),
        ("Net 30", "2026-01-15", "2026-02-14"),
        ("Net 30", "2028-01-30", "2028-02-29"),
        ("Net 365", "2026-12-31", "2027-12-31"),
        ("EOM", "2026-01-31", "2026-01-31"),
        ("EOM", "2026-02-01", "2026-02-28"),
        ("EOM+10", "2026-01-31", "2026-02-10"),
        ("EOM+30", "2026-06-15", "2026-07-30"),
        ("EOM+45", "2026-03-14", "2026-05-15"),
        ("45 days then EOM", "2026-03-14", "2026-04-30"),
        ("30 days then EOM", "2026-01-31", "2026-03-31"),
        ("30 days then EOM", "2026-01-01", "2026-01-31"),
        ("0 days then EOM", "2026-06-15", "2026-06-30"),
        ("day 15 of month +1", "2026-01-31", "2026-02-15"),
        ("day 31 of month +1", "2026-01-31", "2026-02-28"),
        ("day 31 of month +1", "2028-01-31", "2028-02-29"),
        ("day 31 of month +13", "2026-01-05", "2027-02-28"),
        ("day 20 of month +0", "2026-01-15", "2026-01-20"),
        ("day 15 of month +0", "2026-01-15", "2026-01-15"),
        ("day 10 of month +0", "2026-12-15", "2027-01-10"),
        ("day 31 of month +0", "2026-02-28", "2026-02-28"),
        ("2/10 net 30", "2026-01-15", "2026-02-14"),
    ],
)
def test_due_dates_as_a_bookkeeper_counts_them(words, invoice_date, due):
    given_date = date.fromisoformat(invoice_date)
    assert terms.due_date(terms.read(words), given_date).isoformat() == due


@given(TERMS, DAYS)
def test_nothing_is_due_before_its_invoice(term, day):
    assert terms.due_date(term, day) >= day


@given(TERMS, DAYS)
def test_days_are_known_exactly_where_the_month_does_not_matter(term, day):
    counted = (terms.due_date(term, day) - day).days
    assert terms.days(term) == (counted if re.search("RECEIPT|NET|DISCOUNT", term.kind) else None)


@given(COUNTS, DAYS)
def test_eom_plus_days_counts_from_the_months_end(days, day):
    due = terms.due_date(Term(Kind.END_OF_MONTH, days), day)
    end = due - timedelta(days=days)
    assert (end.year, end.month) == (day.year, day.month)
    assert (end + timedelta(days=1)).day == 1


@given(COUNTS, DAYS)
def test_days_then_eom_ends_the_month_they_lead_to(days, day):
    due = terms.due_date(Term(Kind.DAYS_THEN_EOM, days), day)
    reached = day + timedelta(days=days)
    assert (due.year, due.month) == (reached.year, reached.month)
    assert (due + timedelta(days=1)).day == 1


def test_a_day_of_a_following_month_is_that_day_or_the_months_last():
    """Walked over two years, one of them with a leap day, by stepping from day to day."""
    for first in (date(2027 + n // 12, n % 12 + 1, 1) for n in range(24)):
        for day in range(1, 32):
            due = terms.due_date(Term(Kind.DAY_OF_MONTH, day=day, months=1), first)
            month = [first + timedelta(days=n) for n in range(28, 63)]
            following = (first + timedelta(days=31)).month
            assert due == max(d for d in month if d.month == following and d.day <= day)


def test_a_day_of_this_month_is_the_next_one_that_comes():
    term = Term(Kind.DAY_OF_MONTH, day=15, months=0)
    for n in range(731):
        day = date(2027, 1, 1) + timedelta(days=n)
        coming = next(d for d in (day + timedelta(days=m) for m in range(32)) if d.day == 15)
        assert terms.due_date(term, day) == coming


@pytest.mark.parametrize(
    "words",
    ["Net 1", "EOM+1", "1 days then EOM", "day 1 of month +1", "day 1 of month +0", "2/1 net 1"],
)
def test_a_due_date_beyond_the_calendar_is_refused(words):
    with pytest.raises(
        ValueError, match=r"^is beyond the calendar, which ends with the year 9999$"
    ):
        terms.due_date(terms.read(words), date.max)


def test_the_last_day_of_a_discount_counts():
    until = terms.discount_until(terms.read("2/10 net 30"), date(2026, 1, 15))
    assert until == date(2026, 1, 25)


@given(TERMS, DAYS)
def test_only_discount_terms_have_a_discount(term, day):
    has_one = term.kind is Kind.DISCOUNT
    assert (terms.discount_until(term, day) is not None) is has_one
    assert has_one or terms.discount_minor(term, 100_000) == 0


@given(DISCOUNTS, DAYS)
def test_a_discount_ends_by_the_due_date(term, day):
    assert day <= terms.discount_until(term, day) <= terms.due_date(term, day)


@pytest.mark.parametrize(
    ("words", "owed_minor", "discount_minor"),
    [
        ("2/10 net 30", 100_000, 2_000),
        ("2/10 net 30", 17_125, 343),
        ("2/10 net 30", 24, 0),
        ("2/10 net 30", 25, 1),
        ("2/10 net 30", -25, -1),
        ("1.5/10 net 30", 10_033, 150),
        ("1.5/10 net 30", 10_034, 151),
        ("2/10 net 30", 0, 0),
    ],
)
def test_discounts_are_rounded_half_away_from_zero(words, owed_minor, discount_minor):
    assert terms.discount_minor(terms.read(words), owed_minor) == discount_minor


@given(DISCOUNTS, st.integers(-(10**18), 10**18))
def test_a_discount_is_within_half_a_minor_unit_of_exact(term, owed_minor):
    exact = abs(owed_minor) * Fraction(term.percent) / 100
    rounded = abs(terms.discount_minor(term, owed_minor))
    assert -Fraction(1, 2) <= exact - rounded < Fraction(1, 2)
