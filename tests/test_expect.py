"""--expect-count and --expect-total stop a batch that is not the one that was meant."""

import pytest

BOTH = ("INV-00001", "INV-00002")  # 1050.00 and 600.00 USD


@pytest.mark.parametrize(
    ("verb", "refs", "total"),
    [
        (["mark-awaiting"], ["DRAFT-00001"], "120.00"),
        (["publish"], ["DRAFT-00001"], "120"),
        (["mark-sent"], BOTH, "1650.00"),
        (["send"], BOTH, "1650.00"),
        (["void", "--yes"], BOTH, "1650.00"),
        (["delete"], ["DRAFT-00001"], "120.00"),
        (["mark-paid"], BOTH, "1650.00"),
        (["batch", "mark-paid"], BOTH, "1650.00"),
        (["batch", "send"], BOTH, "1650.00"),
    ],
)
def test_the_batch_that_is_meant_is_done(verb, refs, total, books):
    ran = books(*verb, *refs, "--expect-count", len(refs), "--expect-total", total)
    assert ran.exit_code == 0, ran.stderr


@pytest.mark.parametrize(
    "verb", [["mark-sent"], ["send"], ["void", "--yes"], ["mark-paid"], ["batch", "void", "--yes"]]
)
@pytest.mark.parametrize("expected", [["--expect-count", "3"], ["--expect-total", "1650.01"]])
def test_another_batch_is_stopped_before_anything_is_done(verb, expected, books):
    before = [books.ok("get", ref) for ref in BOTH]
    assert "nothing was done" in books.refused(*verb, *BOTH, *expected, code=6)
    assert [books.ok("get", ref) for ref in BOTH] == before


def test_refs_from_standard_input_are_counted_and_done(books):
    piped = books("filter", "--unpaid", "--ids").stdout
    message = books.refused("mark-paid", "-", "--expect-count", "2", code=6, stdin=piped)
    assert message.startswith("3 invoices are named, not 2")
    ran = books("mark-paid", "-", "--expect-count", "3", "--json", stdin=piped)
    assert len(ran.json["succeeded"]) == 3


def test_nothing_on_standard_input_is_not_what_was_meant(books):
    assert books("mark-paid", "-", "--expect-count", "1", stdin="").exit_code == 6


def test_mark_paid_adds_up_what_is_owed(books):
    books.ok("pay", "INV-00001", "--amount", "50")
    assert books("mark-paid", *BOTH, "--expect-total", "1600", "--dry-run").exit_code == 0


def test_two_currencies_have_no_total(books):
    books.ok("mark-awaiting", "DRAFT-00002")
    message = books.refused("mark-sent", "INV-00001", "INV-00004", "--expect-total", "1950", code=6)
    assert message == "they are in EUR and USD; nothing was done"


def test_an_invoice_that_is_not_there_is_not_what_was_meant(books):
    assert books("mark-paid", "INV-00001", "INV-99999", "--expect-total", "1").exit_code == 6
    assert books.ok("get", "INV-00001")["status"] == "AWAITING_PAYMENT"


@pytest.mark.parametrize("expected", [["--expect-count", "two"], ["--expect-total", "1.650,00"]])
def test_what_is_no_number_is_bad_usage(expected, books):
    assert books("mark-paid", *BOTH, *expected).exit_code == 2
