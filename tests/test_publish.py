"""publish: issue a draft and give it a share token."""

import pytest

from tests.states import (
    STATES,
    books_are_in_order,
    draft,
    history,
    in_state,
    nothing_changes,
    open_shop,
    owed_on,
)


@pytest.fixture
def shop(run):
    yield open_shop(run)
    books_are_in_order(run)


def test_publish_issues_with_a_token(shop):
    published = shop.ok("publish", draft(shop))
    assert (published["friendlyId"], published["status"]) == ("INV-00001", "AWAITING_PAYMENT")
    assert (published["invoiceDate"], published["dueDate"]) == ("2026-01-31", "2026-03-02")
    assert len(published["shareToken"]) == 32
    assert published["amountOwed"] == 105
    assert published["sentAt"] is None
    assert history(shop, "INV-00001") == ["create", "publish"]


def test_tokens_differ(shop):
    tokens = {shop.ok("publish", draft(shop))["shareToken"] for _ in range(3)}
    assert len(tokens) == 3


def test_dates_can_be_given(shop):
    words = ["--invoice-date", "2026-01-05", "--due-date", "2026-01-20"]
    published = shop.ok("publish", draft(shop), *words)
    assert (published["invoiceDate"], published["dueDate"]) == ("2026-01-05", "2026-01-20")
    assert owed_on(shop, "2026-01-05") == 105


def test_the_order_awaits_payment(shop):
    shop.ok("publish", shop.ok("create", "--order", "SO-1")["friendlyId"])
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_UNPAID"


def test_a_total_of_nothing_is_paid_at_once(shop):
    free = shop.ok("create", "--customer", "acme", "--item", "desc=Sample,price=0")["friendlyId"]
    assert shop.ok("publish", free)["status"] == "PAID"


@pytest.mark.parametrize("state", STATES[1:])
def test_only_drafts_are_published(shop, state):
    name = in_state(shop, state)
    with nothing_changes(shop):
        message = shop.refused("publish", name, code=6)
    assert message == f"cannot publish invoice {name}: it is {state}"


def test_a_bad_date_is_bad_usage(shop):
    name = draft(shop)
    with nothing_changes(shop):
        shop.refused("publish", name, "--invoice-date", "1/2/2026", code=2)


def test_no_such_invoice(shop):
    with nothing_changes(shop):
        shop.refused("publish", "DRAFT-00009", code=4)


def test_a_dry_run_takes_no_number(shop):
    name = draft(shop)
    with nothing_changes(shop):
        assert shop.ok("publish", name, "--dry-run")["friendlyId"] == "INV-00001"
    assert shop.ok("next-number")["nextNumber"] == "INV-00001"


def test_several_each_by_themselves(shop):
    ran = shop("publish", draft(shop), "nix", draft(shop), "--json")
    assert ran.exit_code == 3
    assert [each["friendlyId"] for each in ran.json["succeeded"]] == ["INV-00001", "INV-00002"]
    assert ran.json["failed"] == [
        {"ref": "nix", "error": "not_found", "message": "no invoice 'nix'"}
    ]
