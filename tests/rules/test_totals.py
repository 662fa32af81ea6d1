"""What an invoice comes to: worked examples first, then the laws that hold for every invoice."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.rules.currencies import digits
from invoicectl.rules.money import round_half_away
from invoicectl.rules.totals import Discount, Line, Tax, check_discount, compute, read_discount

GST, QST = Tax("GST", Decimal("0.05")), Tax("QST", Decimal("0.09975"))
VAT, LOW = Tax("VAT", Decimal("0.20")), Tax("VAT", Decimal("0.055"))


def a_line(quantity, price, *taxes, discount=None):
    """Return a line as a person would type it."""
    off = read_discount(discount) if discount else None
    return Line(Decimal(quantity), Decimal(price), off, taxes)


def taxes_of(totals):
    """Return (code, base, amount) of each tax of an invoice."""
    return [(tax.code, tax.base_minor, tax.amount_minor) for tax in totals.taxes]


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "net"),
    [
        ("1", "2.675", "EUR", 268),
        ("1", "1.005", "EUR", 101),
        ("1", "815.955", "SAR", 81596),
        ("1", "60.325", "INR", 6033),
        ("-1", "60.325", "INR", -6033),
        ("1", "-60.325", "INR", -6033),
        ("3", "0.335", "USD", 101),
        ("1000000", "0.000001", "USD", 100),
        ("3", "0.5", "JPY", 2),
        ("7", "150", "JPY", 1050),
        ("1", "1.2345", "KWD", 1235),
        ("0.333333", "0.3", "CLF", 1000),
        ("9999999999999.999999", "0.000001", "USD", 1000000000),
        ("9999999999999", "9999999999999.999999", "USD", 9999999999998999999000000000),
    ],
)
def test_a_line_is_rounded_once_and_half_away_from_zero(quantity, price, currency, net):
    assert compute([a_line(quantity, price)], currency=currency).lines[0].net_minor == net


def test_a_percentage_of_a_line_is_not_rounded_by_itself():
    # 1.005 less 0.1005 is 0.9045; rounded one after the other it would be 1.01 less 0.10
    line = compute([a_line(3, "0.335", discount="10%")], currency="EUR").lines[0]
    assert (line.net_minor, line.discount_minor) == (90, 11)


def test_an_amount_comes_off_a_line_before_it_is_rounded():
    line = compute([a_line(3, "0.335", discount="0.5")], currency="EUR").lines[0]
    assert (line.net_minor, line.discount_minor) == (51, 50)


def test_a_percentage_off_a_negative_line_makes_less_of_it():
    line = compute([a_line(-2, "50", discount="10%")], currency="EUR").lines[0]
    assert (line.net_minor, line.discount_minor) == (-9000, -1000)


def test_a_document_percentage_is_rounded_once():
    totals = compute(
        [a_line(1, "0.05"), a_line(1, "0.05"), a_line(1, "0.05")],
        currency="EUR",
        discount=read_discount("10%"),
    )
    assert [line.document_discount_minor for line in totals.lines] == [1, 1, 0]
    assert (totals.subtotal_minor, totals.discount_minor, totals.total_minor) == (15, 2, 13)


def test_a_document_amount_is_spread_by_what_the_lines_come_to():
    lines = [a_line(1, "100"), a_line(1, "200"), a_line(1, "0")]
    totals = compute(lines, currency="EUR", discount=read_discount("10.00"))
    assert [line.document_discount_minor for line in totals.lines] == [333, 667, 0]


def test_what_lines_show_as_net_is_before_the_document_discount():
    line = compute([a_line(40, 150)], currency="USD", discount=read_discount("10%")).lines[0]
    assert (line.net_minor, line.total_minor) == (600000, 540000)


def test_tax_is_due_on_what_the_discount_left():
    totals = compute(
        [a_line(1, 100, VAT), a_line(1, 100)], currency="EUR", discount=read_discount("20.00")
    )
    assert taxes_of(totals) == [("VAT", 9000, 1800)]


def test_a_discount_above_the_lines_makes_a_negative_total():
    totals = compute([a_line(1, 10, VAT)], currency="EUR", discount=read_discount("15.00"))
    assert (totals.tax_minor, totals.total_minor) == (-100, -600)


def test_without_lines_there_is_nothing_to_take_off():
    totals = compute([], currency="EUR", discount=read_discount("15.00"), shipping_minor=500)
    assert (totals.discount_minor, totals.total_minor) == (0, 500)


def test_goods_and_services_tax_and_quebec_sales_tax_on_one_line():
    totals = compute([a_line(1, 100, GST, QST)], currency="CAD")
    assert taxes_of(totals) == [("GST", 10000, 500), ("QST", 10000, 998)]
    assert totals.lines[0].tax_minors == (500, 998)
    assert totals.total_minor == 11498


def test_a_hundred_small_lines_are_taxed_together_by_default():
    totals = compute([a_line(1, "0.10", Tax("VAT", Decimal("0.19")))] * 100, currency="EUR")
    assert (totals.subtotal_minor, totals.tax_minor, totals.total_minor) == (1000, 190, 1190)
    assert [line.tax_minor for line in totals.lines] == [2] * 90 + [1] * 10


def test_a_hundred_small_lines_may_be_taxed_one_by_one():
    lines = [a_line(1, "0.10", Tax("VAT", Decimal("0.19")))] * 100
    totals = compute(lines, currency="EUR", tax_rounding="line")
    assert (totals.tax_minor, totals.total_minor) == (200, 1200)


def test_one_code_at_two_rates_is_two_taxes():
    totals = compute([a_line(1, 10, VAT), a_line(1, 10, LOW), a_line(2, 10, VAT)], currency="EUR")
    assert taxes_of(totals) == [("VAT", 3000, 600), ("VAT", 1000, 55)]


def test_a_rate_written_with_more_zeros_is_the_same_rate():
    lines = [a_line(1, "0.05", VAT), a_line(1, "0.05", Tax("VAT", Decimal("0.2")))]
    assert taxes_of(compute(lines, currency="EUR")) == [("VAT", 10, 2)]


def test_a_tax_of_zero_is_shown_with_its_base():
    totals = compute([a_line(1, 10, Tax("EXPORT", Decimal(0)))], currency="EUR")
    assert taxes_of(totals) == [("EXPORT", 1000, 0)]


def test_a_line_and_its_return_carry_their_own_tax():
    totals = compute([a_line(1, 10, VAT), a_line(-1, "9.99", VAT)], currency="EUR")
    assert [line.tax_minor for line in totals.lines] == [200, -200]
    assert taxes_of(totals) == [("VAT", 1, 0)]


@pytest.mark.parametrize(
    ("currency", "price", "tax", "total"),
    [("JPY", "999", 100, 1099), ("JPY", "995", 100, 1095), ("KWD", "1.235", 124, 1359)],
)
def test_tax_has_the_decimals_of_the_currency(currency, price, tax, total):
    totals = compute([a_line(1, price, Tax("CT", Decimal("0.1")))], currency=currency)
    assert (totals.tax_minor, totals.total_minor) == (tax, total)


def test_shipping_is_untaxed_by_itself():
    totals = compute(
        [a_line(1, "144.38", Tax("HST", Decimal("0.13")))], currency="CAD", shipping_minor=850
    )
    assert (totals.tax_minor, totals.shipping_minor, totals.total_minor) == (1877, 850, 17165)


def test_taxed_shipping_joins_the_base_of_its_code():
    totals = compute(
        [a_line(1, "0.12", VAT)], currency="EUR", shipping_minor=12, shipping_taxes=(VAT,)
    )
    assert taxes_of(totals) == [("VAT", 24, 5)]
    assert (totals.lines[0].tax_minor, totals.shipping_tax_minor) == (3, 2)


def test_taxed_shipping_is_rounded_alone_where_lines_are():
    totals = compute(
        [a_line(1, "0.12", VAT)],
        currency="EUR",
        shipping_minor=12,
        shipping_taxes=(VAT,),
        tax_rounding="line",
    )
    assert (totals.lines[0].tax_minor, totals.shipping_tax_minor) == (2, 2)


def test_shipping_of_nothing_names_no_tax():
    totals = compute([a_line(1, 1)], currency="EUR", shipping_taxes=(VAT,))
    assert totals.taxes == ()


def test_shipping_is_not_discounted():
    totals = compute(
        [a_line(1, 100)], currency="EUR", discount=read_discount("50%"), shipping_minor=1000
    )
    assert totals.total_minor == 6000


@pytest.mark.parametrize(
    ("currency", "price", "rate", "net", "tax"),
    [
        ("VND", "50000", "0.1", 45455, 4545),
        ("EUR", "119", "0.19", 10000, 1900),
        ("EUR", "40", "0.19", 3361, 639),
        ("EUR", "0.01", "0.2", 1, 0),
        ("JPY", "-110", "0.1", -100, -10),
    ],
)
def test_tax_is_found_inside_the_price(currency, price, rate, net, tax):
    line = a_line(1, price, Tax("VAT", Decimal(rate)))
    totals = compute([line], currency=currency, tax_inclusive=True)
    assert (totals.lines[0].net_minor, totals.tax_minor) == (net, tax)


def test_two_taxes_inside_one_price():
    totals = compute([a_line(1, "114.98", GST, QST)], currency="CAD", tax_inclusive=True)
    assert taxes_of(totals) == [("GST", 10000, 500), ("QST", 10000, 998)]


def test_the_order_in_which_a_line_names_its_taxes_does_not_matter():
    lines = [a_line(1, "57.49", GST, QST), a_line(1, "57.49", QST, GST)]
    totals = compute(lines, currency="CAD", tax_inclusive=True)
    assert taxes_of(totals) == [("GST", 10000, 500), ("QST", 10000, 998)]
    assert [line.tax_minors for line in totals.lines] == [(250, 499), (499, 250)]


def test_lines_that_name_their_taxes_in_another_order_are_rounded_together():
    # one by one each gross of 0.02 would be 0.02 net
    lines = [a_line(1, "0.02", GST, QST), a_line(1, "0.02", QST, GST)]
    totals = compute(lines, currency="CAD", tax_inclusive=True)
    assert taxes_of(totals) == [("GST", 3, 0), ("QST", 3, 1)]


def test_lines_with_the_same_taxes_are_rounded_together():
    lines = [a_line(1, "0.10", VAT)] * 6
    totals = compute(lines, currency="EUR", tax_inclusive=True)
    assert (totals.subtotal_minor, totals.tax_minor, totals.total_minor) == (50, 10, 60)
    assert [line.tax_minor for line in totals.lines] == [2, 2, 2, 2, 1, 1]


def test_lines_may_be_rounded_one_by_one():
    lines = [a_line(1, "0.10", VAT)] * 6
    totals = compute(lines, currency="EUR", tax_inclusive=True, tax_rounding="line")
    assert (totals.subtotal_minor, totals.tax_minor, totals.total_minor) == (48, 12, 60)


def test_a_discount_comes_off_the_gross():
    totals = compute(
        [a_line(1, 120, VAT)], currency="EUR", discount=read_discount("10%"), tax_inclusive=True
    )
    assert (totals.discount_minor, totals.total_minor) == (1200, 10800)
    assert (totals.subtotal_minor, totals.tax_minor) == (10000, 1800)


def test_shipping_includes_its_tax_where_prices_do():
    totals = compute(
        [a_line(1, 120, VAT)],
        currency="EUR",
        shipping_minor=600,
        shipping_taxes=(VAT,),
        tax_inclusive=True,
    )
    assert taxes_of(totals) == [("VAT", 10500, 2100)]
    assert (totals.shipping_tax_minor, totals.total_minor) == (100, 12600)


def test_untaxed_lines_among_inclusive_ones_are_all_net():
    totals = compute([a_line(1, 12, VAT), a_line(1, 5)], currency="EUR", tax_inclusive=True)
    assert [line.net_minor for line in totals.lines] == [1000, 500]


def test_a_tax_that_is_withheld_and_one_that_is_added_may_cancel_out():
    levied, withheld = Tax("VAT", Decimal("0.15")), Tax("WHT", Decimal("-0.15"))
    totals = compute([a_line(1, 100, levied, withheld)], currency="EUR", tax_inclusive=True)
    assert taxes_of(totals) == [("VAT", 10000, 1500), ("WHT", 10000, -1500)]


def test_no_price_can_include_taxes_of_minus_a_hundred_percent():
    line = a_line(1, 100, Tax("ALL", Decimal(-1)))
    with pytest.raises(ValueError, match="taxes of -100 % or less"):
        compute([line], currency="EUR", tax_inclusive=True)


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("10%", "percentage", "10"),
        ("12.50%", "percentage", "12.5"),
        ("100%", "percentage", "100"),
        ("25.00", "fixed", "25"),
        ("0", "fixed", "0"),
        ("-3.5", "fixed", "-3.5"),
    ],
)
def test_a_discount_is_a_percentage_or_an_amount(written, kind, value):
    assert read_discount(written) == Discount(kind, Decimal(value))


@pytest.mark.parametrize(
    "written", ["", "%", "ten", "10 %", "1,5%", "10%%", "%10", "1e1", "+5", "\u0663%"]
)
def test_what_is_no_discount_is_refused(written):
    with pytest.raises(ValueError, match=r"^is not a discount such as 10% or 25\.00$"):
        read_discount(written)


@pytest.mark.parametrize("written", ["100.01%", "-5%"])
def test_a_percentage_is_of_a_whole(written):
    with pytest.raises(ValueError, match=r"^is not between 0% and 100%$"):
        read_discount(written)


def test_a_discount_has_no_more_decimals_than_its_currency():
    with pytest.raises(ValueError, match=r"^has decimals; JPY has none$"):
        check_discount(Discount("fixed", Decimal("2.5")), "JPY")


def test_a_percentage_may_have_more_decimals_than_the_currency():
    assert read_discount("2.5%", "JPY").value == Decimal("2.5")


RATES = st.sampled_from(["0", "0.05", "0.055", "0.09975", "0.13", "0.19", "0.2", "1.5"])
TAXES = st.lists(
    st.builds(Tax, st.sampled_from(["GST", "QST", "VAT"]), RATES.map(Decimal)), max_size=3
).map(tuple)
NUMBERS = st.decimals(-2000, 2000, places=6) | st.decimals(-50, 50, places=2)
PERCENTAGES = st.builds(Discount, st.just("percentage"), st.decimals(0, 100, places=2))
AMOUNTS = st.builds(Discount, st.just("fixed"), st.integers(-90, 90).map(Decimal))
DISCOUNTS = st.none() | PERCENTAGES | AMOUNTS
LINES = st.lists(st.builds(Line, NUMBERS, NUMBERS, DISCOUNTS, TAXES), max_size=8)
INVOICES = st.fixed_dictionaries(
    {
        "lines": LINES,
        "currency": st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
        "discount": DISCOUNTS,
        "shipping_minor": st.integers(-9999, 9999),
        "shipping_taxes": TAXES,
        "tax_inclusive": st.booleans(),
        "tax_rounding": st.sampled_from(["document", "line"]),
    }
)
EXCLUSIVE = INVOICES.map(lambda invoice: invoice | {"tax_inclusive": False})
INCLUSIVE = INVOICES.map(lambda invoice: invoice | {"tax_inclusive": True})


def exact_line(line, currency):
    """Return a line before anything is rounded, by the book."""
    exact = Fraction(line.quantity) * Fraction(line.unit_price)
    off = Fraction(0)
    if line.discount:
        off = Fraction(line.discount.value)
        off = exact * off / 100 if line.discount.kind == "percentage" else off
    return (exact - off) * 10 ** digits(currency)


@given(INVOICES)
def test_lines_and_shipping_add_up_to_the_total(invoice):
    totals = compute(**invoice)
    on_shipping = 0 if invoice["tax_inclusive"] else totals.shipping_tax_minor
    billed = sum(line.total_minor for line in totals.lines)
    assert billed + totals.shipping_minor + on_shipping == totals.total_minor


@given(EXCLUSIVE)
def test_nets_less_discount_with_tax_and_shipping_add_up_to_the_total(invoice):
    totals = compute(**invoice)
    assert totals.total_minor == (
        totals.subtotal_minor - totals.discount_minor + totals.tax_minor + totals.shipping_minor
    )


@given(INVOICES)
def test_the_nets_of_lines_add_up_to_the_subtotal(invoice):
    totals = compute(**invoice)
    assert sum(line.net_minor for line in totals.lines) == totals.subtotal_minor


@given(INVOICES)
def test_the_document_discount_adds_up(invoice):
    totals = compute(**invoice)
    parts = [line.document_discount_minor for line in totals.lines]
    assert sum(parts) == totals.discount_minor


@given(INVOICES)
def test_the_taxes_of_a_line_add_up_to_its_tax(invoice):
    totals = compute(**invoice)
    for line, billed in zip(invoice["lines"], totals.lines, strict=True):
        assert len(billed.tax_minors) == len(line.taxes)
        assert sum(billed.tax_minors) == billed.tax_minor


@given(INVOICES)
def test_the_taxes_of_an_invoice_add_up_to_its_tax(invoice):
    totals = compute(**invoice)
    assert sum(tax.amount_minor for tax in totals.taxes) == totals.tax_minor


@given(INVOICES.map(lambda invoice: invoice | {"shipping_taxes": ()}))
def test_the_shares_of_lines_add_up_to_the_tax_of_each_code_and_rate(invoice):
    totals = compute(**invoice)
    shares = {(tax.code, tax.rate): 0 for tax in totals.taxes}
    for line, billed in zip(invoice["lines"], totals.lines, strict=True):
        for tax, share in zip(line.taxes, billed.tax_minors, strict=True):
            shares[tax.code, tax.rate] += share
    assert shares == {(tax.code, tax.rate): tax.amount_minor for tax in totals.taxes}


@given(INVOICES)
def test_a_line_is_rounded_by_the_book(invoice):
    totals = compute(**(invoice | {"tax_inclusive": False}))
    exact = [exact_line(line, invoice["currency"]) for line in invoice["lines"]]
    assert [line.net_minor for line in totals.lines] == [round_half_away(net) for net in exact]


@given(EXCLUSIVE.map(lambda invoice: invoice | {"tax_rounding": "document"}))
def test_each_tax_is_rounded_once_on_its_base(invoice):
    for tax in compute(**invoice).taxes:
        assert tax.amount_minor == round_half_away(tax.base_minor * Fraction(tax.rate))


@given(EXCLUSIVE.map(lambda invoice: invoice | {"shipping_minor": 0}))
def test_the_base_of_a_tax_is_what_its_lines_come_to(invoice):
    totals = compute(**invoice)
    bases = {(tax.code, tax.rate): 0 for tax in totals.taxes}
    for line, billed in zip(invoice["lines"], totals.lines, strict=True):
        for tax in line.taxes:
            bases[tax.code, tax.rate] += billed.net_minor - billed.document_discount_minor
    assert bases == {(tax.code, tax.rate): tax.base_minor for tax in totals.taxes}


@given(INVOICES)
def test_no_share_is_a_whole_unit_from_the_tax_of_its_own_line(invoice):
    totals = compute(**invoice)
    for line, billed in zip(invoice["lines"], totals.lines, strict=True):
        base = Fraction(billed.net_minor - billed.document_discount_minor)
        if invoice["tax_inclusive"]:
            base = billed.total_minor / (1 + sum(Fraction(tax.rate) for tax in line.taxes))
        for tax, share in zip(line.taxes, billed.tax_minors, strict=True):
            assert abs(share - base * Fraction(tax.rate)) < 1


@given(INCLUSIVE)
def test_the_gross_never_moves(invoice):
    untaxed = [replace(line, taxes=()) for line in invoice["lines"]]
    gross = compute(**(invoice | {"lines": untaxed, "shipping_taxes": ()}))
    totals = compute(**invoice)
    assert totals.total_minor == gross.total_minor
    assert [line.total_minor for line in totals.lines] == [line.total_minor for line in gross.lines]


@given(INCLUSIVE.map(lambda invoice: invoice | {"discount": None}))
def test_net_and_tax_of_an_undiscounted_line_are_its_gross(invoice):
    for line in compute(**invoice).lines:
        assert line.net_minor + line.tax_minor == line.total_minor


@given(INCLUSIVE)
def test_a_discount_does_not_move_what_lines_show_as_net(invoice):
    discounted, plain = compute(**invoice), compute(**(invoice | {"discount": None}))
    assert [line.net_minor for line in discounted.lines] == [line.net_minor for line in plain.lines]


@given(st.integers(-(10**9), 10**9), TAXES, st.sampled_from(["document", "line"]))
def test_the_net_of_one_gross_is_by_the_book(gross, taxes, rounding):
    line = Line(Decimal(1), Decimal(gross), taxes=taxes)
    totals = compute([line], currency="JPY", tax_inclusive=True, tax_rounding=rounding)
    exact = gross / (1 + sum((Fraction(tax.rate) for tax in taxes), Fraction(0)))
    assert totals.subtotal_minor == round_half_away(exact)


def turned(discount):
    """Return a discount of what has the other sign: the same percentage, or minus the amount."""
    if discount is None or discount.kind == "percentage":
        return discount
    return replace(discount, value=-discount.value)


def amounts_of(totals):
    """Return every amount of an invoice, in the order in which it names them."""
    lines = [
        (line.discount_minor, line.net_minor, line.document_discount_minor, *line.tax_minors)
        for line in totals.lines
    ]
    taxes = [(tax.base_minor, tax.amount_minor) for tax in totals.taxes]
    return [amount for row in lines + taxes for amount in row] + [
        *(line.total_minor for line in totals.lines),
        totals.subtotal_minor,
        totals.discount_minor,
        totals.tax_minor,
        totals.total_minor,
    ]


@given(INVOICES)
def test_turning_every_sign_turns_every_amount(invoice):
    lines = [
        replace(line, quantity=-line.quantity, discount=turned(line.discount))
        for line in invoice["lines"]
    ]
    other = invoice | {
        "lines": lines,
        "discount": turned(invoice["discount"]),
        "shipping_minor": -invoice["shipping_minor"],
    }
    assert amounts_of(compute(**other)) == [-amount for amount in amounts_of(compute(**invoice))]


@given(LINES, st.sampled_from(["EUR", "JPY"]))
def test_a_line_alone_comes_to_what_it_comes_to_among_others_where_lines_are_rounded(
    lines, currency
):
    for inclusive in (False, True):
        how = {"currency": currency, "tax_inclusive": inclusive, "tax_rounding": "line"}
        together = compute(lines, **how)
        assert together.lines == tuple(compute([line], **how).lines[0] for line in lines)
