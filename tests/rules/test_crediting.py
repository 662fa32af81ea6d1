"""Crediting: all notes of an invoice together are that invoice, whatever the notes were."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from invoicectl.rules import totals
from invoicectl.rules.crediting import Part, left, of_amount, of_quantity

GST, QST = totals.Tax("GST", Decimal("0.05")), totals.Tax("QST", Decimal("0.09975"))
VAT = totals.Tax("VAT", Decimal("0.19"))

quantities = st.decimals(Decimal("0.5"), 40, places=2)
percentages = st.integers(0, 60).map(lambda percent: totals.read_discount(f"{percent}%"))
lines = st.builds(
    totals.Line,
    quantities,
    st.decimals(Decimal("0.01"), 500, places=3),
    st.one_of(st.none(), percentages),
    st.sampled_from([(), (VAT,), (GST, QST), (QST,)]),
)
# A step: which row (of how many there are), and how much of what is left: a share, or all of it.
shares = st.fractions(0, 1, max_denominator=50)
steps = st.lists(
    st.tuples(st.sampled_from(["units", "amount", "row"]), st.integers(0, 9), shares), max_size=8
)


@st.composite
def invoices(draw):
    """The rows of an invoice: the lines, then shipping; and which tax each of their taxes is."""
    billed = draw(st.lists(lines, min_size=1, max_size=4))
    shipping = draw(st.integers(0, 2000))
    whole = totals.compute(
        billed,
        currency="CAD",
        discount=totals.read_discount(f"{draw(st.integers(0, 30))}%"),
        shipping_minor=shipping,
        shipping_taxes=(VAT,),
        tax_inclusive=draw(st.booleans()),
        tax_rounding=draw(st.sampled_from(["document", "line"])),
    )
    rows = [
        Part(line.quantity, (amounts.total_minor - amounts.tax_minor, *amounts.tax_minors))
        for line, amounts in zip(billed, whole.lines, strict=True)
    ]
    taxes = [[tax.code for tax in line.taxes] for line in billed]
    rest = whole.total_minor - sum(part.total_minor for part in rows)
    rows.append(Part(None, (rest - whole.shipping_tax_minor, whole.shipping_tax_minor)))
    return rows, [*taxes, ["VAT"]], whole


def remaining(rows, credited):
    return [left(row, parts) for row, parts in zip(rows, credited, strict=True)]


def note(rows, taxes, credited, step):
    """Return what a note takes of each row: some units or all of one row, or an amount of all."""
    kind, place, share = step
    rest = remaining(rows, credited)
    nothing = [Part(None, (0,) * len(part.minors)) for part in rest]
    if kind == "amount":
        minor = int(sum(part.total_minor for part in rest) * share)
        return of_amount(minor, rest, taxes) if minor else nothing
    place %= len(rows)
    if kind == "units" and rest[place].quantity:
        units = Decimal(int(int(rest[place].quantity * 100) * share)) / 100
        if units:
            nothing[place] = of_quantity(rows[place], credited[place], units)
        return nothing
    nothing[place] = rest[place]
    return nothing


def written(rows, taxes, steps):
    """Return the parts credited of each row by notes of these steps and a last one of the rest."""
    credited = [[] for _ in rows]
    for step in steps:
        for parts, part in zip(credited, note(rows, taxes, credited, step), strict=True):
            if not part.is_nothing:
                parts.append(part)
    for parts, part in zip(credited, remaining(rows, credited), strict=True):
        parts.append(part)
    return credited


@given(invoices(), steps)
def test_all_notes_together_are_the_invoice_to_the_cent_in_every_net_and_tax(invoice, steps):
    rows, taxes, whole = invoice
    credited = written(rows, taxes, steps)
    for row, parts in zip(rows, credited, strict=True):
        sums = tuple(map(sum, zip(*(part.minors for part in parts), strict=True)))
        assert sums == row.minors
    assert sum(part.total_minor for parts in credited for part in parts) == whole.total_minor


@given(invoices(), steps)
def test_no_note_takes_more_of_a_row_than_is_left_or_less_than_nothing(invoice, steps):
    rows, taxes, _ = invoice
    for row, parts in zip(rows, written(rows, taxes, steps), strict=True):
        for place, part in enumerate(parts):
            rest = left(row, parts[:place])
            for minor, most in zip(part.minors, rest.minors, strict=True):
                assert 0 <= minor <= most
            if rest.quantity is not None:
                assert 0 <= (part.quantity or 0) <= rest.quantity


@given(invoices(), steps, st.data())
def test_voiding_a_note_in_between_still_leaves_exactly_the_rest(invoice, steps, data):
    rows, taxes, _ = invoice
    credited = [parts[:-1] for parts in written(rows, taxes, steps)]
    for parts in credited:
        if parts:
            parts.pop(data.draw(st.integers(0, len(parts) - 1)))
    for row, parts in zip(rows, credited, strict=True):
        rest = left(row, parts)
        if rest.quantity:
            assert of_quantity(row, parts, rest.quantity).minors == rest.minors
            half = of_quantity(row, parts, rest.quantity / 2)
            assert all(
                0 <= minor <= most for minor, most in zip(half.minors, rest.minors, strict=True)
            )


@given(invoices(), shares)
def test_an_amount_is_spread_to_the_cent(invoice, share):
    rows, taxes, whole = invoice
    minor = int(whole.total_minor * share)
    if minor:
        assert sum(part.total_minor for part in of_amount(minor, rows, taxes)) == minor


@given(invoices(), shares)
def test_an_amount_has_each_tax_in_it_in_proportion(invoice, share):
    rows, taxes, whole = invoice
    minor = int(whole.total_minor * share)
    if not minor:
        return
    parts = of_amount(minor, rows, taxes)
    for code in {code for codes in taxes for code in codes}:
        exact = Fraction(taxed(rows, taxes, code) * minor, whole.total_minor)
        assert abs(taxed(parts, taxes, code) - exact) < 1


def taxed(parts, taxes, code):
    return sum(
        part.minors[1 + place]
        for part, codes in zip(parts, taxes, strict=True)
        for place, each in enumerate(codes)
        if each == code
    )


@given(st.integers(1, 5000), st.integers(1, 60))
def test_many_small_notes_never_drift_from_their_share(net_minor, units):
    row, parts = Part(Decimal(units), (net_minor,)), []
    for count in range(1, units + 1):
        parts.append(of_quantity(row, parts, Decimal(1)))
        done = sum(part.minors[0] for part in parts)
        assert abs(done - net_minor * count / units) <= 0.5


def test_thirty_lines_do_not_shift_an_amount_from_net_to_tax():
    rows = [Part(Decimal(1), (3333, 667))] * 30
    parts = of_amount(1200, rows, [["VAT"]] * 30)
    assert (sum(part.minors[0] for part in parts), sum(part.minors[1] for part in parts)) == (
        1000,
        200,
    )


def test_units_after_a_price_cut_are_worth_what_is_left():
    row = Part(Decimal(10), (1000, 200))
    cut = Part(None, (500, 100))
    assert of_quantity(row, [cut], Decimal(4)).minors == (200, 40)


def test_a_negative_line_is_taken_back_as_one():
    row = Part(Decimal(-3), (-1000,))
    first = of_quantity(row, [], Decimal(-1))
    assert (first.minors, left(row, [first]).minors) == ((-333,), (-667,))


def test_an_amount_over_a_discount_line_keeps_both_signs():
    rows = [Part(Decimal(1), (10000,)), Part(Decimal(1), (-2000,))]
    assert [part.minors for part in of_amount(4000, rows, [[], []])] == [(5000,), (-1000,)]
