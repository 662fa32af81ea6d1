"""Numbers: no two alike, every one found again, and none that reads as something else."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from invoicectl.rules import numbering
from invoicectl.rules.numbering import FRIENDLY

DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
SEQS = st.integers(1, 10**12 - 1)
JANUARY = date(2026, 1, 31)
GOOD = (
    "INV-{seq:05d}",
    "INV-{year}-{seq:04d}",
    "{year}{month}/{seq}",
    "{seq}",
    "{seq:012d}",
    "{seq:01d}",
    "X" * 59 + "{seq}",
    "{month:02d}.{year:04d}.{seq:03d}",
    "ORD-{year}-{seq}",
    "INV-DRAFT-{seq:05d}",
    "C-{seq}a",
    "CC-{seq}",
    "{seq}/{year} Łódź",
    "(INV) [{seq}] a.b*c",
)


@st.composite
def patterns(draw):
    """Any pattern that is let through: pieces of text and fields, shuffled."""
    fields = draw(
        st.sampled_from([[], ["{year}"], ["{year}", "{month}"], ["{year:04d}", "{month:02d}"]])
    )
    seq = draw(st.sampled_from(["{seq}", *(f"{{seq:0{width}d}}" for width in range(1, 13))]))
    literals = draw(st.lists(st.text("ABC0189-/. ŁORDPY", max_size=6), max_size=4))
    text = "".join(draw(st.permutations([*fields, seq, *literals])))
    try:
        return numbering.parse(text)
    except ValueError:
        assume(False)


@pytest.mark.parametrize("text", GOOD)
def test_a_pattern_is_kept_as_written(text):
    assert numbering.parse(text).text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "needs exactly one {seq}"),
        ("INV", "needs exactly one {seq}"),
        ("{year}-{month}", "needs exactly one {seq}"),
        ("{seq}{seq}", "needs exactly one {seq}"),
        ("{year}/{seq}/{year}", "has a field twice"),
        ("{month}-{seq}", "has {month} without {year}"),
        ("INV-{day}-{seq}", "has a field other"),
        ("INV-{seq", "has a field other"),
        ("INV-{}{seq}", "has a field other"),
        ("{{seq}}", "has a field other"),
        ("{seq:5d}", "has a field other"),
        ("{seq:05x}", "has a field other"),
        ("{seq:00d}", "has a field other"),
        ("{seq!r}", "has a field other"),
        ("{seq.__class__}", "has a field other"),
        ("{SEQ}", "has a field other"),
        ("{seq:013d}", "has a width"),
        ("{year:02d}-{seq}", "has a width"),
        ("{year}{month:04d}-{seq}", "has a width"),
        ("INV-\t{seq}", "has a control character"),
        ("INV-{seq}\n", "has a control character"),
        ("INV-\u202e{seq}", "has a control character"),
        ("INV-\x1b[1m{seq}", "has a control character"),
        ("INV\u00a0{seq}", "has a control character"),
        (" {seq}", "begins or ends with a space"),
        ("{seq} ", "begins or ends with a space"),
        *((f"{sign}{{seq}}", "begins with") for sign in "-=+@'"),
        ("X" * 60 + "{seq}", "is longer than 64"),
        *((f"{prefix}-{{seq:05d}}", "friendly ids") for prefix in FRIENDLY.values()),
        *((f"{prefix.lower()}-{{seq}}", "friendly ids") for prefix in FRIENDLY.values()),
        ("ORD-{year}{month}{seq}", "friendly ids"),
        ("DRAFT-1{seq}0", "friendly ids"),
        ("550e8400-e29b-41d4-a716-{seq:012d}", "friendly ids or UUIDs"),
        ("550e8400-e29b-{year}-a716-{seq}", "friendly ids or UUIDs"),
        ("550e84{month}-e29b-{year}-a716-{seq}", "friendly ids or UUIDs"),
        ("{year}{year}-e29b-41d4-a716-{seq}", "has a field twice"),
    ],
)
def test_a_pattern_that_could_mislead_is_refused(text, reason):
    with pytest.raises(ValueError) as refusal:
        numbering.parse(text)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "on", "seq", "number"),
    [
        ("INV-{seq:05d}", JANUARY, 1, "INV-00001"),
        ("INV-{seq:05d}", JANUARY, 0, "INV-00000"),
        ("INV-{seq:05d}", JANUARY, 99_999, "INV-99999"),
        ("INV-{seq:05d}", JANUARY, 100_000, "INV-100000"),
        ("INV-{year}-{seq:04d}", date(2027, 12, 1), 7, "INV-2027-0007"),
        ("{year}{month}/{seq}", JANUARY, 12, "202601/12"),
        ("{month:02d}.{year:04d}.{seq:03d}", JANUARY, 12, "01.2026.012"),
    ],
)
def test_numbers_are_printed_as_the_pattern_says(text, on, seq, number):
    assert numbering.number(numbering.parse(text), on, seq) == number


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("INV-{seq:05d}", "INV-{seq:05d}"),
        ("INV-{year}-{seq:04d}", "INV-2026-{seq:04d}"),
        ("{year}{month}/{seq}", "202601/{seq}"),
    ],
)
def test_the_sequence_begins_again_with_the_year_and_the_month(text, scope):
    assert numbering.scope(numbering.parse(text), JANUARY) == scope


@given(patterns(), DAYS, SEQS)
def test_a_number_says_its_place_in_the_sequence(pattern, on, seq):
    text = numbering.number(pattern, on, seq)
    assert numbering.sequence_of(pattern, text, on) == seq


@given(patterns(), DAYS, SEQS)
def test_a_scope_is_a_pattern_that_prints_the_same(pattern, on, seq):
    inner = numbering.parse(numbering.scope(pattern, on))
    assert numbering.number(inner, on, seq) == numbering.number(pattern, on, seq)


@given(patterns(), DAYS, DAYS, SEQS, SEQS)
def test_two_places_never_print_the_same_number(pattern, on, other_on, seq, other_seq):
    one = (numbering.scope(pattern, on), seq)
    other = (numbering.scope(pattern, other_on), other_seq)
    alike = numbering.number(pattern, on, seq) == numbering.number(pattern, other_on, other_seq)
    assert alike is (one == other)


@given(patterns(), DAYS, SEQS)
def test_no_number_reads_as_another_record(pattern, on, seq):
    text = numbering.number(pattern, on, seq)
    assert numbering.reads_as_reference(text, pattern) == "an invoice number"


@given(patterns(), DAYS, SEQS)
def test_case_does_not_hide_a_number(pattern, on, seq):
    text = numbering.number(pattern, on, seq).lower()
    assert numbering.sequence_of(pattern, text, on) == seq
    assert numbering.matches(pattern, text)


@given(patterns(), DAYS, st.text("0123456789-/INV.", max_size=20))
def test_what_has_a_place_is_printed_there_and_has_the_form(pattern, on, text):
    seq = numbering.sequence_of(pattern, text, on)
    assert seq is None or numbering.number(pattern, on, seq).lower() == text.lower()
    assert seq is None or numbering.matches(pattern, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "INV-",
        "INV-1",
        "INV-0001",
        "INV-000001",
        "INV-00001 ",
        "INV-00001\n",
        "INV-\u0660\u0660\u0660\u0660\u0661",
        "INV-0000a",
        "XINV-00001",
        "INV-" + "9" * 13,
        "INV-2026-00001",
    ],
)
def test_what_the_pattern_never_prints_has_no_place_in_it(text):
    pattern = numbering.parse("INV-{seq:05d}")
    assert numbering.sequence_of(pattern, text, JANUARY) is None
    assert not numbering.matches(pattern, text)


def test_a_number_of_another_year_has_the_form_but_no_place():
    pattern = numbering.parse("INV-{year}-{seq:04d}")
    assert numbering.matches(pattern, "INV-2025-0001")
    assert numbering.sequence_of(pattern, "INV-2025-0001", JANUARY) is None


@pytest.mark.parametrize("text", ["1899/01/1", "3000/01/1", "2026/00/1", "2026/13/1"])
def test_the_form_needs_a_year_and_a_month_there_can_be(text):
    assert not numbering.matches(numbering.parse("{year}/{month}/{seq}"), text)


@pytest.mark.parametrize("seq", [-1, 10**12])
def test_a_sequence_has_an_end(seq):
    with pytest.raises(ValueError, match=r"ends with 12 digits"):
        numbering.number(numbering.parse("{seq}"), JANUARY, seq)


@given(st.sampled_from(sorted(FRIENDLY)), st.integers(0, 10**12 - 1))
def test_a_friendly_id_reads_back_in_any_case(kind, n):
    text = numbering.friendly(kind, n)
    assert numbering.read_friendly(text) == (kind, n)
    assert numbering.read_friendly(text.lower()) == (kind, n)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "C",
        "C-",
        "C-1",
        "C-0001",
        "C-000001",
        "C00001",
        "C-00001 ",
        "C-00001\n",
        "C-\u0660\u0660\u0660\u0660\u0661",
        "INV-00001",
        "\u017fHP-00001",
        "XC-00001",
        "C-" + "9" * 13,
    ],
)
def test_other_words_are_no_friendly_id(text):
    assert numbering.read_friendly(text) is None


def test_every_kind_has_a_prefix_of_its_own():
    assert len(set(FRIENDLY.values())) == len(FRIENDLY)


def test_a_uuid_is_known_in_any_case():
    text = str(uuid4())
    assert numbering.is_uuid(text)
    assert numbering.is_uuid(text.upper())


@pytest.mark.parametrize(
    "form", ["{0.hex}", "{{{0}}}", "urn:uuid:{0}", "{0} ", "{0}\n", "{0}0", "x{0}"]
)
def test_a_uuid_in_other_dress_is_not_taken_for_one(form):
    assert not numbering.is_uuid(form.format(UUID(int=1)))


@pytest.mark.parametrize(
    ("key", "form"),
    [
        ("550E8400-e29b-41d4-a716-446655440000", "a UUID"),
        ("ord-00001", "a friendly id"),
        ("DRAFT-00001", "a friendly id"),
        ("inv-99999", "an invoice number"),
        ("INV-100000", "an invoice number"),
        ("ERP-CUSTOMER-ACME", None),
        ("0379-NEVHP", None),
        ("C-1", None),
        ("907070", None),
    ],
)
def test_a_key_that_reads_as_a_reference_is_named_for_it(key, form):
    pattern = numbering.parse(numbering.DEFAULT_PATTERN)
    assert numbering.reads_as_reference(key, pattern) == form


def test_a_pattern_that_is_always_longer_than_a_uuid_is_one():
    assert numbering.parse("550e8400-e29b-41d4-a716-00000{seq:08d}").width == 8
