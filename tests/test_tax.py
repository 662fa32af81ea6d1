"""tax add, list, get, update, delete, as they are typed."""

import pytest

ORDER = ("order", "add", "--customer", "C-00001", "--charge", "desc=Work,price=100,tax=GST")


@pytest.fixture
def gst(run):
    """Add a tax of 5 %, and somebody to bill."""
    run.ok("customer", "add", "--name", "Acme", "--currency", "CAD")
    return run.ok("tax", "add", "--code", "GST", "--rate", "0.05")


def test_a_tax_is_called_by_its_code_unless_it_has_a_name(run, gst):
    assert (gst["code"], gst["name"], gst["rate"]) == ("GST", "GST", 0.05)
    named = run.ok("tax", "add", "--code", "QST", "--name", "Québec", "--rate", "0.09975")
    assert (named["name"], named["rate"]) == ("Québec", 0.09975)


@pytest.mark.parametrize("rate", ["0", "1", "-0.15", "0.123456"])
def test_a_rate_is_a_fraction_and_may_withhold(run, rate):
    assert run.ok("tax", "add", "--code", "T", "--rate", rate)["rate"] == float(rate)


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        (["--rate", "0.1"], 2, "missing option --code"),
        (["--code", "VAT"], 2, "missing option --rate"),
        (["--code", "", "--rate", "0.1"], 5, "code: is missing"),
        (["--code", "VAT", "--rate", "13"], 5, "rate: is 13; a rate is a fraction"),
        (["--code", "VAT", "--rate", "13%"], 5, "rate: is '13%'; a rate is a fraction"),
        (["--code", "VAT", "--rate", "-1.5"], 5, "rate: is -1.5; a rate is a fraction"),
        (["--code", "VAT", "--rate", "0.1234567"], 5, "rate: has more than 6 decimals"),
        (["--code", "VAT", "--rate", "much"], 2, "rate: is not a plain number"),
        (["--code", "A+B", "--rate", "0.1"], 5, "code: has a '+' in it"),
        (["--code", "5%", "--rate", "0.1"], 5, "code: has a '%' in it"),
        (["--code", "gst", "--rate", "0.1"], 6, "code 'gst' is taken by tax TAX-00001"),
        (["--code", "TAX-00009", "--rate", "0.1"], 6, "code 'TAX-00009' reads as a friendly id"),
        (["--code", "X", "--rate", "0.1", "--key", "GST"], 6, "key 'GST' is taken by"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_kept(run, gst, typed, code, message):
    assert message in run.refused("tax", "add", *typed, code=code)
    assert run.ok("tax", "list")["data"] == [gst]


def test_a_percentage_is_told_how_it_is_written(run, gst):
    assert (
        run("tax", "add", "--code", "V", "--rate", "13", "--json").error["hint"] == "13 % is 0.13"
    )


def test_a_changed_rate_leaves_invoices_alone(run, gst):
    run.ok(*ORDER)
    draft = run.ok("create", "--order", "ORD-00001")
    run.ok("tax", "update", "GST", "--rate", "0.06")
    assert run.ok("get", draft["id"])["tax"] == 5.00
    assert run.ok("mark-awaiting", draft["id"])["tax"] == 5.00


def test_a_tax_that_is_still_to_be_billed_is_neither_deleted_nor_renamed(run, gst):
    reasons = []
    for typed in (("product", "add", "--code", "W", "--tax", "GST"), ORDER):
        run.ok(*typed)
        reasons.append(run.refused("tax", "delete", "GST", code=6))
        run.refused("tax", "update", "GST", "--code", "TPS", code=6)
        run("product", "delete", "W")
    assert reasons == [
        "cannot delete tax TAX-00001: product PRD-00001 has it",
        "cannot delete tax TAX-00001: a charge of order ORD-00001 that is not billed yet has it",
    ]
    run.ok("create", "--order", "ORD-00001")
    message = run.refused("tax", "delete", "GST", code=6)
    assert message == "cannot delete tax TAX-00001: draft DRAFT-00001 has it"
    assert run.ok("tax", "get", "GST") == gst


def test_once_billed_a_tax_can_be_deleted_and_its_invoice_keeps_it(run, gst):
    run.ok(*ORDER)
    invoice = run.ok("mark-awaiting", run.ok("create", "--order", "ORD-00001")["id"])
    run.ok("tax", "delete", "GST")
    assert run.ok("get", invoice["id"])["lines"][0]["taxes"][0]["code"] == "GST"


def test_a_deleted_tax_can_be_billed_no_more_until_it_is_added_again(run, gst):
    run.ok("tax", "delete", "GST")
    assert "was deleted" in run.refused(*ORDER, code=5)
    assert run.ok("tax", "add", "--code", "GST", "--rate", "0.07")["id"] == gst["id"]
    run.ok(*ORDER)
