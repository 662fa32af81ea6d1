"""mark-paid: one payment of all that is owed."""

import pytest

from tests.states import books_are_in_order, draft, in_state, issued, nothing_changes, open_shop


@pytest.fixture
def shop(run):
    yield open_shop(run)
    books_are_in_order(run)


@pytest.mark.parametrize("state", ["AWAITING_PAYMENT", "PARTIALLY_PAID"])
def test_what_is_owed_is_paid_by_one_payment(shop, state):
    name = in_state(shop, state)
    owed = shop.ok("get", name)["amountOwed"]
    paid = shop.ok("mark-paid", name)
    assert (paid["status"], paid["amountOwed"], paid["amountPaid"]) == ("PAID", 0, 105)
    assert (paid["payments"][-1]["amount"], paid["payments"][-1]["paymentDate"]) == (
        owed,
        "2026-01-31",
    )


def test_inside_a_discount_window_it_is_less_the_discount(shop):
    name = issued(shop, "--term", "2/10 net 30")
    paid = shop.ok("mark-paid", name)
    assert (paid["status"], paid["amountPaid"], paid["discountTaken"]) == ("PAID", 102.9, 2.1)


def test_the_order_is_paid_when_all_of_it_is(shop):
    name = shop.ok("create", "--order", "SO-1")["friendlyId"]
    shop.ok("mark-awaiting", name)
    shop.ok("mark-paid", name)
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_PAID"


@pytest.mark.parametrize("state", ["DRAFT", "PAID", "VOIDED"])
def test_where_nothing_is_owed_it_is_refused(shop, state):
    name = in_state(shop, state)
    with nothing_changes(shop):
        message = shop.refused("mark-paid", name, code=6)
    assert message == f"cannot pay invoice {name}: it is {state}"


def test_a_draft_says_the_way_out(shop):
    name = draft(shop)
    assert shop("mark-paid", name).stderr.endswith(f"hint: invoicectl mark-awaiting {name}\n")


def test_no_such_invoice(shop):
    with nothing_changes(shop):
        shop.refused("mark-paid", "INV-00009", code=4)


def test_a_dry_run_keeps_nothing(shop):
    name = issued(shop)
    with nothing_changes(shop):
        assert shop.ok("mark-paid", name, "--dry-run")["status"] == "PAID"


def test_several_each_by_themselves(shop):
    names = [issued(shop), in_state(shop, "PAID"), issued(shop)]
    ran = shop("mark-paid", *names, "--json")
    assert ran.exit_code == 3
    assert [each["status"] for each in ran.json["succeeded"]] == ["PAID", "PAID"]
    assert [each["ref"] for each in ran.json["failed"]] == [names[1]]
