"""void: nothing is owed any more, from a day on; the number stays, and it is final."""

import pytest

from tests.states import (
    STATES,
    books_are_in_order,
    draft,
    history,
    in_state,
    issued,
    nothing_changes,
    open_shop,
    owed_on,
)
from tests.test_documents import text_of


@pytest.fixture
def shop(run):
    yield open_shop(run)
    books_are_in_order(run)


def credited(shop, amount="5"):
    """Make an invoice with a credit applied to it."""
    name = issued(shop)
    shop.ok("credit", "create", "--customer", "acme", "--amount", amount)
    shop.ok("credit", "apply", "CM-00001", name)
    return name


def test_what_is_void_keeps_its_number_and_is_not_owed(shop):
    name = issued(shop)
    void = shop.ok("void", name, "--reason", "ordered twice", "--yes")
    assert (void["friendlyId"], void["status"], void["amountOwed"]) == (name, "VOIDED", 0)
    assert (void["amount"], void["kpis"]["voidedOn"]) == (105, "2026-01-31")
    (*_, last) = shop.ok("activity", name)["data"]
    assert (last["action"], last["detail"]["reason"]) == ("void", "ordered twice")
    assert issued(shop) == "INV-00002"


def test_a_draft_can_be_voided(shop):
    name = draft(shop)
    assert shop.ok("void", name, "--yes")["status"] == "VOIDED"
    assert history(shop, name) == ["create", "void"]


def test_before_its_day_it_stood(shop):
    name = shop.ok("mark-awaiting", draft(shop), "--invoice-date", "2026-01-05")["friendlyId"]
    shop.ok("void", name, "--date", "2026-01-20", "--yes")
    days = ("2026-01-04", "2026-01-05", "2026-01-19", "2026-01-20")
    assert [owed_on(shop, day) for day in days] == [0, 105, 105, 0]


def test_applied_credits_return_to_their_memos(shop):
    name = credited(shop)
    void = shop.ok("void", name, "--yes")
    assert (void["creditsApplied"], void["credits"]) == (0, [])
    assert shop.ok("credit", "get", "CM-00001")["remaining"] == 5


def test_a_shipment_can_be_invoiced_again(shop):
    name = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    shop.ok("mark-awaiting", name)
    shop.ok("void", "INV-00001", "--yes")
    assert shop.ok("order", "get", "SO-1")["status"] == "OPEN"
    assert shop.ok("create", "--shipment", "S-1")["amount"] == 100


def test_the_order_goes_back_to_delivered(shop):
    shop.ok("shipment", "update", "S-1", "--delivered-on", "2026-01-10")
    shop.ok("create", "--shipment", "S-1")
    shop.ok("void", "DRAFT-00001", "--yes")
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED"


@pytest.mark.parametrize("state", STATES[2:4])
def test_what_money_was_paid_on_is_not_voided(shop, state):
    name = in_state(shop, state)
    paid = {"PARTIALLY_PAID": "5.00", "PAID": "105.00"}[state]
    with nothing_changes(shop):
        ran = shop("void", name, "--yes")
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr.startswith(
        f"error: cannot void invoice {name}: {paid} USD has been paid on it\nhint: "
    )


def test_what_credits_alone_paid_in_full_is_not_voided(shop):
    name = credited(shop, "105")
    with nothing_changes(shop):
        assert (
            shop.refused("void", name, "--yes", code=6) == f"cannot void invoice {name}: it is PAID"
        )


def test_what_was_sold_to_a_factor_is_not_voided(shop):
    name = issued(shop)
    shop.ok("update", name, "--factor-name", "DENIM")
    with nothing_changes(shop):
        message = shop.refused("void", name, "--yes", code=6)
    assert message == f"cannot void invoice {name}: it is factored (DENIM)"
    shop.ok("update", name, "--factor-name", "")
    assert shop.ok("void", name, "--yes")["status"] == "VOIDED"


def test_void_is_final(shop):
    name = in_state(shop, "VOIDED")
    with nothing_changes(shop):
        assert (
            shop.refused("void", name, "--yes", code=6)
            == f"cannot void invoice {name}: it is VOIDED"
        )


@pytest.mark.parametrize("day", ["2026-01-30", "2025-12-31"])
def test_not_before_the_invoice(shop, day):
    name = issued(shop)
    with nothing_changes(shop):
        message = shop.refused("void", name, "--date", day, "--yes", code=6)
    assert message == f"cannot void invoice {name} on {day}: it stood until 2026-01-31"


def test_not_before_an_applied_credit(shop):
    name = shop.ok("mark-awaiting", draft(shop), "--invoice-date", "2026-01-05")["friendlyId"]
    shop.ok("credit", "create", "--customer", "acme", "--amount", "5", "--date", "2026-01-10")
    shop.ok("credit", "apply", "CM-00001", name, "--date", "2026-01-15")
    with nothing_changes(shop):
        shop.refused("void", name, "--date", "2026-01-14", "--yes", code=6)
    assert (
        shop.ok("void", name, "--date", "2026-01-15", "--yes")["kpis"]["voidedOn"] == "2026-01-15"
    )


def test_it_needs_yes_where_nobody_can_be_asked(shop):
    name = issued(shop)
    with nothing_changes(shop):
        ran = shop("void", name)
    assert (ran.exit_code, ran.stdout) == (7, "")
    assert ran.stderr.endswith("hint: add --yes\n")


def test_no_such_invoice(shop):
    with nothing_changes(shop):
        shop.refused("void", "INV-00009", "--yes", code=4)


def test_a_dry_run_keeps_nothing_and_does_not_ask(shop):
    name = issued(shop)
    with nothing_changes(shop):
        assert shop.ok("void", name, "--dry-run")["status"] == "VOIDED"


def test_its_pdf_stays_the_same_bytes(shop):
    name = issued(shop)
    shop("pdf", name, "-o", "before.pdf")
    shop.ok("void", name, "--yes")
    shop("pdf", name, "-o", "after.pdf")
    assert (shop.folder / "after.pdf").read_bytes() == (shop.folder / "before.pdf").read_bytes()


def test_several_each_by_themselves(shop):
    names = [issued(shop), in_state(shop, "PAID"), draft(shop)]
    ran = shop("void", *names, "--yes", "--json")
    assert ran.exit_code == 3
    assert [each["status"] for each in ran.json["succeeded"]] == ["VOIDED", "VOIDED"]
    assert [each["ref"] for each in ran.json["failed"]] == [names[1]]


def test_the_order_may_drop_what_a_void_invoice_billed(shop):
    """The books are in order afterwards too: what was issued is not what its order says now."""
    charges = ["--charge", "desc=Table,price=100", "--charge", "desc=Freight,price=20"]
    shop.ok("order", "add", "--customer", "acme", "--key", "SO-9", *charges)
    name = shop.ok("create", "--order", "SO-9")["friendlyId"]
    name = shop.ok("mark-awaiting", name)["friendlyId"]
    shop.ok("void", name, "--yes")
    shop.ok("order", "update", "SO-9", "--charge", "desc=Chair,price=5")
    assert [line["description"] for line in shop.ok("get", name)["lines"]] == ["Table", "Freight"]
    assert shop.ok("create", "--order", "SO-9")["amount"] == 5


def test_a_credit_of_a_day_to_come_that_was_taken_off_again_does_not_put_it_off(shop):
    name = issued(shop, "--invoice-date", "2026-01-10")
    shop.ok("credit", "create", "--customer", "acme", "--amount", "5")
    shop.ok("credit", "apply", "CM-00001", name, "--date", "2026-02-20")
    shop.ok("credit", "unapply", "CM-00001", name)
    assert shop.ok("void", name, "--yes")["kpis"]["voidedOn"] == "2026-01-31"
    shop.ok("credit", "void", "CM-00001", "--yes")
    assert shop.ok("aging", "--as-of", "2026-01-31")["rows"] == []


def test_a_pdf_made_before_stays_as_it_was_and_one_made_after_says_void(books):
    books("pdf", "INV-00001", "-o", "before.pdf")
    books("void", "INV-00001", "INV-00002", "--yes")
    ran = books("pdf", "INV-00001", "-o", "same.pdf")
    assert "warning: INV-00001 was voided: its PDF was made before" in ran.stderr
    before, same = ((books.folder / name).read_bytes() for name in ("before.pdf", "same.pdf"))
    assert before == same
    assert "warning" not in books("pdf", "INV-00002", "-o", "after.pdf").stderr
    assert "VOID" in text_of((books.folder / "after.pdf").read_bytes())
