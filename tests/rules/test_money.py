"""Money is read, written and rounded exactly, in every currency of the standard."""

import json
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.rules import currencies, money

CURRENCIES = st.sampled_from(sorted(currencies.MINOR_DIGITS))
MINORS = st.integers(-(10**13) + 1, 10**13 - 1)
NUMBERS = st.decimals(min_value=-(10**12), max_value=10**12, places=6)

DIGITS = {
    "JPY": 0, "KRW": 0, "ISK": 0, "UGX": 0, "CLP": 0, "VND": 0, "XOF": 0, "XAF": 0, "UYI": 0,
    "EUR": 2, "USD": 2, "CAD": 2, "BOV": 2, "CHE": 2, "MXV": 2, "XCG": 2, "ZWG": 2, "XAD": 2,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}  # fmt: skip

PRINTED_SHORTER_BY_CLDR = [
    "AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER",
]  # fmt: skip


@pytest.mark.parametrize(("currency", "digits"), DIGITS.items())
def test_a_currency_has_the_decimals_of_the_standard(currency, digits):
    assert currencies.digits(currency) == digits


@pytest.mark.parametrize("currency", PRINTED_SHORTER_BY_CLDR)
def test_a_currency_that_is_printed_shorter_keeps_its_two_decimals(currency):
    assert currencies.digits(currency) == 2


def test_the_whole_of_list_one_is_known():
    counts = [list(currencies.MINOR_DIGITS.values()).count(digits) for digits in range(5)]
    assert counts == [17, 0, 139, 7, 2]


def test_every_code_is_three_capital_letters():
    assert all(len(code) == 3 and code.isascii() for code in currencies.MINOR_DIGITS)
    assert "".join(currencies.MINOR_DIGITS).isupper()


@pytest.mark.parametrize(
    "code", ["XAU", "XAG", "XDR", "XTS", "XXX", "", "E", "978", "EUR ", "\u0415UR"]
)
def test_what_has_no_minor_unit_is_no_currency(code):
    with pytest.raises(ValueError, match="is not an ISO 4217 currency code"):
        currencies.read(code)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("EUX", "EUR"),
        ("EURO", "EUR"),
        ("US$", "USD"),
        ("UDS", "USD"),
        ("JYP", "JPY"),
        ("RMB", "CNY"),
        ("KRX", "KRW"),
    ],
)
def test_a_mistyped_currency_is_told_the_nearest(written, meant):
    with pytest.raises(ValueError, match=f"did you mean {meant}\\?"):
        currencies.read(written)


@pytest.mark.parametrize(("left", "came"), [("HRK", "EUR"), ("BGN", "EUR"), ("ANG", "XCG")])
def test_a_withdrawn_currency_is_told_what_replaced_it(left, came):
    with pytest.raises(ValueError, match=f"any more; {came} took its place"):
        currencies.digits(left)


def test_every_successor_is_in_use():
    named = {*currencies._SUCCESSORS.values(), *currencies._NICKNAMES.values()}
    assert {*named, *currencies._COMMON} <= set(currencies.MINOR_DIGITS)


def test_no_currency_in_use_is_called_withdrawn():
    assert not currencies._SUCCESSORS.keys() & currencies.MINOR_DIGITS.keys()


@given(CURRENCIES, st.data())
def test_a_currency_is_read_in_any_case(currency, data):
    written = "".join(data.draw(st.sampled_from((sign, sign.lower()))) for sign in currency)
    assert currencies.read(written) == currency


def test_a_letter_that_only_capitalises_to_ascii_is_no_currency():
    with pytest.raises(ValueError, match="is not an ISO 4217 currency code"):
        currencies.read("\u0131nr")


def test_the_exact_code_is_upper_case():
    with pytest.raises(ValueError, match="did you mean EUR"):
        currencies.digits("eur")


@given(CURRENCIES, MINORS)
def test_scaled_amounts_are_ten_thousandths(currency, minor):
    scaled = minor * currencies.scale(currency)
    assert Fraction(scaled, 10**4) == Fraction(money.to_decimal(minor, currency))


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("0", "EUR", 0),
        ("-0", "EUR", 0),
        ("-0.01", "EUR", -1),
        ("1234.5", "EUR", 123450),
        ("007.50", "EUR", 750),
        ("9999999999999.99", "EUR", 999999999999999),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("-0.0001", "CLF", -1),
    ],
)
def test_a_plain_number_is_read_as_it_stands(written, currency, minor):
    assert money.read(written, currency) == minor


NO_PLAIN_NUMBERS = [
    "", " ", "-", "abc", "1,50", "1.234,50", "1e3", "1E3", "NaN", "sNaN", "Infinity", "1_000",
    "\uff11\uff12", "\u0663", "\u00bd", "+1", ".5", "5.", "-.5", "--1", "1.2.3", "0x10", "$5",
    "1.50 EUR", " 1", "1 ", "1\n", "1\x00",
]  # fmt: skip


@pytest.mark.parametrize("written", NO_PLAIN_NUMBERS)
def test_what_is_no_plain_amount_is_refused(written):
    with pytest.raises(ValueError, match=r"^is not a plain number such as 1234\.50$"):
        money.read(written, "EUR")


@pytest.mark.parametrize("written", NO_PLAIN_NUMBERS)
def test_what_is_no_plain_quantity_is_refused(written):
    with pytest.raises(ValueError, match=r"^is not a plain number such as 1234\.50$"):
        money.read_number(written)


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "1234"), ("KWD", "1234.500")])
def test_the_example_of_a_plain_number_suits_the_currency(currency, shown):
    with pytest.raises(ValueError, match=f"^is not a plain number such as {shown}$"):
        money.read("abc", currency)


@pytest.mark.parametrize(
    ("written", "currency", "reason"),
    [
        ("1.005", "EUR", "has more than 2 decimals for EUR"),
        ("1.000", "EUR", "has more than 2 decimals for EUR"),
        ("0." + "0" * 9999, "EUR", "has more than 2 decimals for EUR"),
        ("1.2345", "KWD", "has more than 3 decimals for KWD"),
        ("10.5", "JPY", "has decimals; JPY has none"),
        ("10.0", "JPY", "has decimals; JPY has none"),
        ("12345678901234", "EUR", "has more than 13 digits before the decimal point"),
        ("9" * 9999, "EUR", "has more than 13 digits before the decimal point"),
    ],
)
def test_an_amount_that_does_not_fit_is_refused_and_never_rounded(written, currency, reason):
    with pytest.raises(ValueError, match=f"^{reason}$"):
        money.read(written, currency)


def test_an_unknown_currency_is_named_before_the_amount():
    with pytest.raises(ValueError, match="is not an ISO 4217 currency code"):
        money.read("abc", "EUX")


@given(MINORS, CURRENCIES)
def test_an_amount_that_was_written_is_read_back(minor, currency):
    assert money.read(money.text(minor, currency), currency) == minor


@given(MINORS, CURRENCIES)
def test_an_amount_that_was_shown_is_read_back(minor, currency):
    shown, _, code = money.show(minor, currency).rpartition(" ")
    assert (money.read(shown.replace(",", ""), code), code) == (minor, currency)


@given(st.integers(), CURRENCIES)
def test_a_decimal_has_exactly_the_digits_of_its_currency(minor, currency):
    amount = money.to_decimal(minor, currency)
    assert -amount.as_tuple().exponent == currencies.digits(currency)
    assert Fraction(amount) == Fraction(minor, 10 ** currencies.digits(currency))


@given(st.integers(-(10**40), 10**40), CURRENCIES)
def test_text_and_decimal_are_one_number(minor, currency):
    assert money.text(minor, currency) == format(money.to_decimal(minor, currency), "f")


@given(MINORS, CURRENCIES)
def test_a_decimal_amount_comes_back_as_it_went(minor, currency):
    assert money.to_minor(money.to_decimal(minor, currency), currency) == minor


@given(MINORS, CURRENCIES)
def test_an_amount_survives_json(minor, currency):
    parsed = json.loads(money.text(minor, currency), parse_float=Decimal)
    assert money.from_json(parsed, currency) == minor


@pytest.mark.parametrize(
    ("amount", "minor"),
    [("0", 0), ("-0.00", 0), ("0E+9999", 0), ("12.5", 1250), ("1E+3", 100000), ("-1.50", -150)],
)
def test_a_decimal_becomes_minor_units(amount, minor):
    assert money.to_minor(Decimal(amount), "EUR") == minor


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("1.005", "has more than 2 decimals for EUR"),
        ("1E-9999", "has more than 2 decimals for EUR"),
        ("NaN", "is not a finite number"),
        ("sNaN", "is not a finite number"),
        ("-Infinity", "is not a finite number"),
        ("12345678901234", "has more than 13 digits before the decimal point"),
        ("1E+999999", "has more than 13 digits before the decimal point"),
    ],
)
def test_a_decimal_that_is_no_amount_is_refused(amount, reason):
    with pytest.raises(ValueError, match=f"^{reason}$"):
        money.to_minor(Decimal(amount), "EUR")


@pytest.mark.parametrize("value", [500, "500", "500.00", Decimal(500), Decimal("500.0")])
def test_json_may_say_an_amount_in_several_ways(value):
    assert money.from_json(value, "EUR") == 50000


NO_JSON_NUMBERS = [
    None, True, False, 0.1, 1.0, [], {}, b"1", "1e3", "NaN", Decimal("1E+3"), Decimal("1E+1"), Decimal("NaN"),
    Decimal("Infinity"), Decimal("1E-999999"), Fraction(1, 2), 1j,
]  # fmt: skip


@pytest.mark.parametrize("value", NO_JSON_NUMBERS, ids=repr)
def test_what_is_no_plain_amount_in_json_is_refused(value):
    with pytest.raises(ValueError, match=r"^is not a plain number such as"):
        money.from_json(value, "EUR")


@pytest.mark.parametrize("value", NO_JSON_NUMBERS, ids=repr)
def test_what_is_no_plain_quantity_in_json_is_refused(value):
    with pytest.raises(ValueError, match=r"^is not a plain number such as"):
        money.number_from_json(value)


@pytest.mark.parametrize(
    "value", [10**13, -(10**13), 10**5000, Decimal(10**13)], ids=["13", "minus", "5000", "decimal"]
)
def test_a_whole_number_too_long_for_an_amount_is_refused(value):
    with pytest.raises(ValueError, match=r"^has more than 13 digits before the decimal point$"):
        money.from_json(value, "EUR")
    with pytest.raises(ValueError, match=r"^has more than 13 digits before the decimal point$"):
        money.number_from_json(value)


@pytest.mark.parametrize("value", [Decimal("0.0000001"), "1.0000000", Decimal("1.0000000")])
def test_a_seventh_decimal_is_refused(value):
    with pytest.raises(ValueError, match=r"^has more than 6 decimals$"):
        money.number_from_json(value)


def test_fewer_decimals_can_be_asked_for():
    with pytest.raises(ValueError, match=r"^has more than 2 decimals$"):
        money.read_number("1.005", max_decimals=2)
    with pytest.raises(ValueError, match=r"^has more than 2 decimals$"):
        money.number_from_json("1.005", max_decimals=2)


@given(CURRENCIES, st.lists(st.one_of(st.integers(-20_000, 20_000), MINORS)))
def test_many_amounts_are_written_as_one_is(currency, minors):
    assert money.writer(currency)(minors) == [money.text(minor, currency) for minor in minors]


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD", "CLF"])
def test_every_small_amount_is_written_as_one_is(currency):
    minors = range(-1_000, 20_000)
    assert money.writer(currency)(minors) == [money.text(minor, currency) for minor in minors]


@given(NUMBERS)
def test_a_number_keeps_its_value_and_is_written_in_one_way(number):
    kept = money.read_number(f"{number:f}")
    assert kept == number
    assert str(kept) == money.plain(number) == money.plain(kept)


@given(NUMBERS)
def test_equal_numbers_are_written_equally(number):
    assert money.plain(number) == money.plain(number.normalize(Context(prec=50)))


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("40.00", "40"),
        ("0.130", "0.13"),
        ("1.2E+3", "1200"),
        ("-0.0", "0"),
        ("0.000001", "0.000001"),
    ],
)
def test_a_number_is_stored_plain(number, written):
    assert money.plain(Decimal(number)) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_rounding_a_decimal_is_half_away_from_zero(value):
    context = Context(prec=2000, Emin=-999999)
    assert money.round_half_away(value) == int(
        value.to_integral_value(rounding=ROUND_HALF_UP, context=context)
    )


@given(st.fractions())
def test_rounding_is_the_same_on_both_sides_of_zero(value):
    assert money.round_half_away(-value) == -money.round_half_away(value)


@given(st.fractions())
def test_rounding_moves_by_half_a_unit_at_most(value):
    assert abs(money.round_half_away(value) - value) <= Fraction(1, 2)


@given(st.integers())
def test_a_half_goes_away_from_zero(whole):
    away = whole + (1 if whole >= 0 else 0)
    assert money.round_half_away(Fraction(2 * whole + 1, 2)) == away


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("267.5", 268), ("100.5", 101), ("81595.5", 81596), ("6032.5", 6033), ("-6032.5", -6033)],
)
def test_the_halves_that_floats_get_wrong(exact, rounded):
    assert money.round_half_away(Decimal(exact)) == rounded


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123456789, "EUR", "1,234,567.89 EUR"),
        (-5, "USD", "-0.05 USD"),
        (-100000, "KWD", "-100.000 KWD"),
        (1500, "JPY", "1,500 JPY"),
        (0, "CLF", "0.0000 CLF"),
    ],
)
def test_a_person_sees_thousands_and_the_currency(minor, currency, shown):
    assert money.show(minor, currency) == shown
