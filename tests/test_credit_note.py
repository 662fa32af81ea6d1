"""credit-note: what an invoice billed is taken back, whole or in part, and never more."""

import json
from collections import Counter
from decimal import Decimal

import pytest

LINES = (
    "desc=Chairs,qty=3,price=33.33,tax=GST+QST",
    "desc=Table,price=10.01,tax=GST",
    "desc=Book,price=7",
)


@pytest.fixture
def shop(run):
    """Acme, and INV-00001 of 2026-01-05: three lines with GST and QST, and taxed shipping."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--currency", "CAD")
    run.ok("tax", "add", "--code", "GST", "--rate", "0.05")
    run.ok("tax", "add", "--code", "QST", "--rate", "0.09975")
    invoice(run, *LINES, words=("--shipping", "5", "--shipping-tax", "GST"))
    return run


def invoice(run, *lines, words=()):
    """Issue an invoice; return its number."""
    items = [word for line in lines for word in ("--item", line)]
    made = run.ok("create", "--customer", "acme", *items, "--invoice-date", "2026-01-05", *words)
    return run.ok("mark-awaiting", made["friendlyId"])["friendlyId"]


def exact(run, *words):
    """Type a command that has to work; return its answer with every amount exact."""
    ran = run(*words, "--json")
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout, parse_float=Decimal)


def books(run):
    """Return everything that is kept, to see that nothing changed."""
    return run.everything()


def amounts(lines):
    """Return the net and each tax of every line together, by the line's description."""
    sums = Counter()
    for line in lines:
        sums[line["description"], "net"] += line["total"] - line["tax"]
        for tax in line["taxes"]:
            sums[line["description"], tax["code"]] += tax["amount"]
    return {name: minor for name, minor in sums.items() if minor}


def billed(run, ref="INV-00001"):
    """Return what an invoice billed as `amounts` do, shipping as a line."""
    found = exact(run, "get", ref)
    tax = sum(tax["amount"] for tax in found["shippingTaxes"])
    total = found["total"] - sum(line["total"] for line in found["lines"])
    shipping = {
        "description": "Shipping",
        "taxes": found["shippingTaxes"],
        "tax": tax,
        "total": total,
    }
    return amounts([*found["lines"], shipping])


def credited(run):
    """Return what all notes that are not void took back."""
    memos = exact(run, "credit", "list", "--all")["data"]
    return amounts([line for memo in memos if not memo["voidedOn"] for line in memo["lines"]])


def aged(run, day):
    rows = run.ok("aging", "--as-of", day)["rows"]
    return tuple(rows[0][name] for name in ("total", "unapplied", "balance")) if rows else (0, 0, 0)


# the whole invoice


def test_a_note_takes_all_of_it_back(shop):
    memo = exact(shop, "credit-note", "INV-00001")
    assert memo["friendlyId"] == "CM-00001"
    assert (memo["amount"], memo["remaining"]) == (Decimal("137.72"), Decimal("137.72"))
    assert (memo["invoice"], memo["reference"], memo["date"]) == (
        "INV-00001",
        "INV-00001",
        "2026-01-31",
    )
    assert memo["customer"]["key"] == "acme"
    assert [(line["description"], line["quantity"]) for line in memo["lines"]] == [
        ("Chairs", 3), ("Table", 1), ("Book", 1), ("Shipping", None)
    ]  # fmt: skip
    assert credited(shop) == billed(shop)


def test_its_lines_add_up_to_it(shop):
    memo = exact(shop, "credit-note", "INV-00001", "--amount", "50")
    assert sum(line["total"] for line in memo["lines"]) == memo["amount"]
    assert sum(line["tax"] for line in memo["lines"]) == memo["tax"]
    for line in memo["lines"]:
        assert line["subtotal"] + line["tax"] == line["total"]
        assert sum(tax["amount"] for tax in line["taxes"]) == line["tax"]


def test_an_invoice_is_not_changed_by_a_note_that_is_not_applied(shop):
    shop.ok("credit-note", "INV-00001")
    found = shop.ok("get", "INV-00001")
    assert (found["status"], found["amountOwed"], found["creditsApplied"]) == (
        "AWAITING_PAYMENT", 137.72, 0
    )  # fmt: skip
    assert found["kpis"]["creditIssued"] == 137.72
    assert aged(shop, "2026-01-31") == (137.72, -137.72, 0)


def test_what_was_taken_back_cannot_be_taken_back_again(shop):
    shop.ok("credit-note", "INV-00001")
    before = books(shop)
    for words in ((), ("--amount", "0.01"), ("--line", "1"), ("--line", "2=1")):
        shop.refused("credit-note", "INV-00001", *words, code=6)
    assert books(shop) == before


def test_a_paid_invoice_can_be_credited(shop):
    shop.ok("pay", "INV-00001")
    assert exact(shop, "credit-note", "INV-00001")["remaining"] == Decimal("137.72")
    assert aged(shop, "2026-01-31") == (0, -137.72, -137.72)


# parts of it


@pytest.mark.parametrize(
    "steps",
    [
        ["--line 1=1", "--line 1=1", "--line 1=1", ""],
        ["--amount 0.01", "--amount 100", ""],
        ["--line 1=0.5", "--amount 33.33", "--line 2 --line shipping", "--line 1=1", ""],
        ["--line 3", "--line 2", "--line 1", "--line shipping"],
        ["--amount 137.71", "--amount 0.01"],
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--discount", "10%"),
        ("--discount", "7.77", "--tax-inclusive"),
        ("--tax-rounding", "line", "--tax-inclusive"),
    ],
)
def test_all_notes_together_are_the_invoice_to_the_cent(shop, words, steps):
    shipping = ("--shipping", "5", "--shipping-tax", "GST")
    number = invoice(shop, *LINES, words=(*shipping, *words)) if words else "INV-00001"
    total = exact(shop, "get", number)["total"]
    for step in steps:
        typed = step.replace("137.71", str(total - Decimal("0.01"))).split()
        exact(shop, "credit-note", number, *typed)
    assert credited(shop) == billed(shop, number)
    assert exact(shop, "get", number)["kpis"]["creditIssued"] == total


def test_some_units_of_a_line_are_their_share_of_net_and_of_each_tax(shop):
    memo = exact(shop, "credit-note", "INV-00001", "--line", "1=1")
    (line,) = memo["lines"]
    assert (line["quantity"], line["subtotal"], line["total"]) == (
        1,
        Decimal("33.33"),
        Decimal("38.32"),
    )
    assert [(tax["code"], tax["amount"]) for tax in line["taxes"]] == [
        ("GST", Decimal("1.67")), ("QST", Decimal("3.32"))
    ]  # fmt: skip


def test_the_last_units_take_the_rounding_remainder(shop):
    number = invoice(shop, "desc=Three for ten,qty=3,price=3.333333")
    notes = [exact(shop, "credit-note", number, "--line", "1=1")["amount"] for _ in range(3)]
    assert notes == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]


def test_a_line_without_units_is_all_that_is_left_of_it(shop):
    shop.ok("credit-note", "INV-00001", "--line", "1=1")
    (line,) = exact(shop, "credit-note", "INV-00001", "--line", "1")["lines"]
    assert (line["quantity"], line["subtotal"]) == (2, Decimal("66.66"))


def test_shipping_is_a_line_of_its_own(shop):
    (line,) = exact(shop, "credit-note", "INV-00001", "--line", "shipping")["lines"]
    assert (line["description"], line["lineId"], line["total"]) == (
        "Shipping",
        None,
        Decimal("5.25"),
    )


def test_an_amount_is_spread_over_all_that_is_left(shop):
    memo = exact(shop, "credit-note", "INV-00001", "--amount", "50")
    assert memo["amount"] == 50
    assert len(memo["lines"]) == 4
    assert [line["quantity"] for line in memo["lines"]] == [None] * 4


def test_units_after_a_price_cut_are_worth_what_is_left(shop):
    number = invoice(shop, "desc=Chairs,qty=10,price=10")
    shop.ok("credit-note", number, "--amount", "50")
    assert exact(shop, "credit-note", number, "--line", "1=5")["amount"] == 25


def test_a_discount_line_is_taken_back_with_the_others(shop):
    number = invoice(shop, "desc=Chairs,price=100", "desc=Voucher,price=-20")
    assert exact(shop, "credit-note", number, "--amount", "40")["amount"] == 40
    assert exact(shop, "credit-note", number)["amount"] == 40


def test_a_line_alone_cannot_be_more_than_the_invoice(shop):
    number = invoice(shop, "desc=Chairs,price=100", "desc=Voucher,price=-20")
    message = shop.refused("credit-note", number, "--line", "1", code=6)
    assert message == f"100.00 CAD is more than is left to credit of invoice {number}, 80.00 CAD"


def test_a_discount_line_alone_is_no_credit(shop):
    number = invoice(shop, "desc=Chairs,price=100", "desc=Voucher,price=-20")
    shop.refused("credit-note", number, "--line", "2", code=6)


def test_yen_have_no_parts(shop):
    number = invoice(shop, "desc=Tea,qty=3,price=100,tax=GST", words=("--currency", "JPY"))
    notes = [exact(shop, "credit-note", number, "--line", "1=1")["amount"] for _ in range(3)]
    assert sum(notes) == 315
    assert all(note == int(note) for note in notes)
    shop.refused("credit-note", number, "--amount", "1.5", code=5)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--amount", "137.73"), 6),
        (("--amount", "0"), 5),
        (("--amount=-1",), 5),
        (("--amount", "1.005"), 5),
        (("--amount", "lots"), 2),
        (("--line", "1=3.5"), 6),
        (("--line", "4"), 5),
        (("--line", "0"), 5),
        (("--line", "1=0"), 5),
        (("--line", "1=-1"), 5),
        (("--line", "1=1.1234567"), 5),
        (("--line", "shipping=1"), 5),
        (("--line", "1="), 2),
        (("--line", "1=x"), 2),
        (("--line", "first"), 2),
        (("--line", "1=1", "--line", "1=2"), 2),
        (("--line", "1", "--amount", "5"), 2),
        (("--date", "2026-01-04"), 6),
        (("--date", "soon"), 2),
        (("--key", "CM-00009"), 6),
    ],
)
def test_what_cannot_be_credited(shop, words, code):
    before = books(shop)
    shop.refused("credit-note", "INV-00001", *words, code=code)
    assert books(shop) == before


def test_only_what_was_issued_can_be_credited(shop):
    shop.ok("create", "--customer", "acme", "--item", "desc=Work,price=1")
    invoice(shop, "desc=Work,price=1")
    shop.ok("void", "INV-00002", "--yes")
    for ref, status in (("DRAFT-00002", "DRAFT"), ("INV-00002", "VOIDED")):
        message = shop.refused("credit-note", ref, code=6)
        assert message == f"cannot credit-note invoice {ref}: it is {status}"


def test_an_invoice_of_nothing_has_nothing_to_credit(shop):
    number = invoice(shop, "desc=Sample,price=0")
    message = shop.refused("credit-note", number, code=6)
    assert message == f"nothing is left to credit of invoice {number}"


# --apply


def test_it_settles_the_invoice(shop):
    memo = shop.ok("credit-note", "INV-00001", "--apply")
    assert memo["remaining"] == 0
    assert [(each["invoice"], each["amount"]) for each in memo["applications"]] == [
        ("INV-00001", 137.72)
    ]
    found = shop.ok("get", "INV-00001")
    assert (found["status"], found["creditsApplied"]) == ("PAID", 137.72)


def test_it_settles_as_far_as_something_is_owed_and_the_rest_remains(shop):
    shop.ok("pay", "INV-00001", "--amount", "100")
    memo = shop.ok("credit-note", "INV-00001", "--apply")
    assert (memo["amount"], memo["remaining"]) == (137.72, 100)
    assert shop.ok("get", "INV-00001")["status"] == "PAID"


def test_nothing_is_applied_where_nothing_is_owed(shop):
    shop.ok("pay", "INV-00001")
    memo = shop.ok("credit-note", "INV-00001", "--apply")
    assert (memo["applications"], memo["remaining"]) == ([], 137.72)


def test_it_is_applied_from_its_own_date_on(shop):
    memo = shop.ok("credit-note", "INV-00001", "--apply", "--date", "2026-01-20")
    assert (memo["date"], memo["applications"][0]["appliedAt"]) == ("2026-01-20", "2026-01-20")
    assert aged(shop, "2026-01-19") == (137.72, 0, 137.72)
    assert aged(shop, "2026-01-20") == (0, 0, 0)


def test_a_note_of_an_invoice_dated_later_is_not_before_it(shop):
    shop.ok("create", "--customer", "acme", "--item", "desc=Work,price=1")
    shop.ok("mark-awaiting", "DRAFT-00002", "--invoice-date", "2026-02-10")
    assert shop.ok("credit-note", "INV-00002")["date"] == "2026-02-10"


# keys, dry run, history


def test_the_same_key_and_content_make_one_note(shop):
    words = ("credit-note", "INV-00001", "--line", "1=1", "--apply", "--key", "rma-1")
    first = shop.ok(*words)
    before = books(shop)
    assert shop.ok(*words) == first
    assert books(shop) == before


@pytest.mark.parametrize("words", [("--line", "1=2"), ("--line", "1=1", "--apply"), ()])
def test_a_key_of_other_content_is_refused(shop, words):
    shop.ok("credit-note", "INV-00001", "--line", "1=1", "--key", "rma-1")
    before = books(shop)
    shop.refused("credit-note", "INV-00001", *words, "--key", "rma-1", code=6)
    assert books(shop) == before


def test_a_dry_run_shows_the_note_and_keeps_nothing(shop):
    before = books(shop)
    memo = shop.ok("credit-note", "INV-00001", "--apply", "--dry-run")
    assert (memo["amount"], memo["remaining"], len(memo["lines"])) == (137.72, 0, 4)
    assert books(shop) == before


def test_the_history_is_on_the_invoice_and_on_the_memo(shop):
    shop.ok("credit-note", "INV-00001", "--amount", "5", "--reference", "late")
    on_memo = shop.ok("activity", "CM-00001")["data"][-1]
    assert (on_memo["action"], on_memo["detail"]["invoice"]) == ("credit-note", "INV-00001")
    on_invoice = shop.ok("activity", "INV-00001")["data"][-1]
    assert (on_invoice["action"], on_invoice["detail"]["credit"]) == ("credit-note", "CM-00001")


# void, of the note and of the invoice


def test_what_a_void_note_took_back_can_be_credited_again(shop):
    shop.ok("credit-note", "INV-00001", "--line", "1=1")
    shop.ok("credit-note", "INV-00001", "--line", "1=1")
    shop.ok("credit", "void", "CM-00001", "--yes")
    assert shop.ok("get", "INV-00001")["kpis"]["creditIssued"] == 38.32
    (line,) = exact(shop, "credit-note", "INV-00001", "--line", "1")["lines"]
    assert line["quantity"] == 2
    shop.ok("credit-note", "INV-00001")
    assert credited(shop) == billed(shop)


def test_a_voided_invoice_gives_an_applied_note_back_and_says_that_it_stays(shop):
    shop.ok("credit-note", "INV-00001", "--amount", "50", "--apply")
    ran = shop("void", "INV-00001", "--yes", "--json")
    assert ran.exit_code == 0
    assert ran.stderr.splitlines() == [
        (
            "warning: credit note CM-00001 of INV-00001 stays, 50.00 CAD of it not applied;"
            " if it is to go too: invoicectl credit void CM-00001"
        )
    ]
    assert shop.ok("credit", "get", "CM-00001")["remaining"] == 50
    assert aged(shop, "2026-01-31") == (0, -50, -50)


def test_a_voided_invoice_says_nothing_of_notes_that_are_void(shop):
    shop.ok("credit-note", "INV-00001")
    shop.ok("credit", "void", "CM-00001", "--yes")
    assert shop("void", "INV-00001", "--yes", "--json").stderr == ""


def test_an_invoice_settled_by_its_note_cannot_be_voided(shop):
    shop.ok("credit-note", "INV-00001", "--apply")
    shop.refused("void", "INV-00001", "--yes", code=6)


# pdf


def test_the_pdf_has_the_lines_the_taxes_and_the_invoice(shop, tmp_path):
    from pypdf import PdfReader

    shop.ok("credit-note", "INV-00001", "--line", "1=2", "--line", "shipping")
    shop.ok("pdf", "CM-00001")
    text = PdfReader(tmp_path / "CM-00001.pdf").pages[0].extract_text()
    for part in (
        "Credit note",
        "CM-00001",
        "INV-00001",
        "Chairs",
        "66.66",
        "Shipping",
        "GST 5%",
        "81.89",
    ):
        assert part in text, part
