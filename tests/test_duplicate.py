"""duplicate: a new draft of the same customer and lines, dated today."""

import pytest

from tests.states import (
    STATES,
    books_are_in_order,
    draft,
    history,
    in_state,
    nothing_changes,
    open_shop,
)


@pytest.fixture
def shop(run):
    yield open_shop(run)
    books_are_in_order(run)


def test_a_duplicate_is_a_draft_of_today_with_the_same_lines(shop):
    words = "--note n --discount 10% --shipping 5 --shipping-tax QST --po-number P --attr a=1"
    name = draft(shop, *words.split(), "--term", "Net 60", "--currency", "CAD")
    shop.ok("mark-awaiting", name, "--invoice-date", "2026-01-05")
    before = shop.ok("get", name)
    copy = shop.ok("duplicate", name, today="2026-02-01")
    assert (copy["friendlyId"], copy["status"], copy["version"]) == ("DRAFT-00002", "DRAFT", 1)
    assert (copy["invoiceDate"], copy["dueDate"], copy["amountOwed"]) == (
        "2026-02-01",
        "2026-04-02",
        0,
    )
    same = "note discountValue shipping poNumber customAttributes currency amount tax shippingTaxes"
    assert {field: copy[field] for field in same.split()} == {
        field: before[field] for field in same.split()
    }
    assert copy["paymentTerm"]["id"] == before["paymentTerm"]["id"]
    of_lines = [[{**line, "id": None} for line in each["lines"]] for each in (before, copy)]
    assert of_lines[0] == of_lines[1]
    assert copy["lines"][0]["id"] != before["lines"][0]["id"]
    assert history(shop, "DRAFT-00002") == ["duplicate"]


def test_names_factor_and_what_was_done_are_not_copied(shop):
    words = "--key k --reference R --number N-1 --factor-name DENIM --qbo-id 7"
    dates = "--billing-start 2026-01-01 --due-date 2026-02-02"
    name = draft(shop, *words.split(), *dates.split())
    shop.ok("publish", name)
    shop.ok("mark-sent", "N-1")
    copy = shop.ok("duplicate", "N-1")
    for field in (
        "key",
        "reference",
        "factorName",
        "qboId",
        "shareToken",
        "sentAt",
        "billingStartDate",
    ):
        assert copy[field] is None, field
    assert copy["dueDate"] == "2026-03-02"


def test_the_source_stays_as_it_is(shop):
    name = in_state(shop, "PARTIALLY_PAID")
    before = shop.ok("get", name)
    shop.ok("duplicate", name)
    assert shop.ok("get", name) == before


@pytest.mark.parametrize("state", STATES)
def test_any_state_can_be_duplicated(shop, state):
    assert shop.ok("duplicate", in_state(shop, state))["status"] == "DRAFT"


def test_the_charges_of_an_order_are_not_billed_twice(shop):
    name = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    copy = shop.ok("duplicate", name)
    assert (copy["amount"], copy["orderId"], copy["shipmentId"]) == (100, None, None)
    assert shop.ok("shipment", "get", "S-1")["invoice"] == name
    shop.ok("delete", copy["friendlyId"])
    assert shop.ok("shipment", "get", "S-1")["invoice"] == name


def test_taxes_have_the_rates_of_today(shop):
    name = draft(shop)
    shop.ok("tax", "update", "GST", "--rate", "0.07")
    assert shop.ok("duplicate", name)["amount"] == 107
    assert shop.ok("get", name)["amount"] == 105


def test_a_tax_that_was_deleted_is_refused(shop):
    name = in_state(shop, "PAID")
    shop.ok("tax", "delete", "GST")
    with nothing_changes(shop):
        message = shop.refused("duplicate", name, code=6)
    assert message == f"cannot duplicate invoice {name}: tax 'GST' was deleted"


def test_a_customer_that_was_deleted_is_refused(shop):
    made = shop.ok("create", "--customer", "globex", "--item", "desc=x,price=1")["friendlyId"]
    shop.ok("void", made, "--yes")
    shop.ok("customer", "delete", "globex")
    with nothing_changes(shop):
        assert "was deleted" in shop.refused("duplicate", made, code=6)


def test_a_term_not_to_be_used_any_more_is_refused(shop):
    name = draft(shop)
    shop.ok("term", "update", "Net 30", "--do-not-use")
    with nothing_changes(shop):
        assert "do not use" in shop.refused("duplicate", name, code=6)


def test_no_such_invoice_and_one_in_the_trash(shop):
    name = draft(shop)
    shop.ok("delete", name)
    with nothing_changes(shop):
        shop.refused("duplicate", "nix", code=4)
        assert "in the trash" in shop.refused("duplicate", name, code=6)


def test_a_dry_run_keeps_nothing(shop):
    name = draft(shop)
    with nothing_changes(shop):
        assert shop.ok("duplicate", name, "--dry-run")["friendlyId"] == "DRAFT-00002"
