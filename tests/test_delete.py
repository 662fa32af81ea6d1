"""delete: a draft that was never issued goes to the trash, and what it billed is free again."""

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
)


@pytest.fixture
def shop(run):
    yield open_shop(run)
    books_are_in_order(run)


def test_a_draft_goes_to_the_trash(shop):
    name = draft(shop, "--key", "mine")
    gone = shop.ok("delete", name)
    assert gone["deletedAt"] is not None
    assert gone["kpis"]["deletedOn"] == gone["deletedAt"][:10]
    assert shop("filter", "--ids").stdout == ""
    assert shop("filter", "--trash", "--ids").stdout == f"{name}\n"
    assert shop.ok("get", "mine")["friendlyId"] == name
    assert history(shop, name) == ["create", "delete"]


def test_what_it_billed_can_be_billed_again(shop):
    name = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    shop.ok("delete", name)
    assert shop.ok("order", "get", "SO-1")["status"] == "OPEN"
    assert shop.ok("shipment", "get", "S-1")["invoiceId"] is None
    assert shop.ok("create", "--shipment", "S-1")["amount"] == 100


def test_it_is_in_no_aging(shop):
    shop.ok("delete", draft(shop))
    assert shop.ok("aging")["rows"] == []


@pytest.mark.parametrize("state", STATES[1:])
def test_what_was_issued_is_not_deleted(shop, state):
    name = in_state(shop, state)
    with nothing_changes(shop):
        ran = shop("delete", name)
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr.startswith(f"error: cannot delete invoice {name}: it is {state}\n")
    assert ("hint: void it instead" in ran.stderr) is (state != "VOIDED")


def test_a_draft_that_was_issued_before_is_not_deleted(shop):
    name = issued(shop)
    shop.ok("unpublish", name)
    with nothing_changes(shop):
        message = shop.refused("delete", name, code=6)
    assert message == f"cannot delete invoice {name}: it was issued before and keeps its number"


def test_deleted_is_deleted(shop):
    name = draft(shop)
    shop.ok("delete", name)
    with nothing_changes(shop):
        assert shop.refused("delete", name, code=6) == f"invoice {name} is in the trash"


def test_no_such_invoice(shop):
    with nothing_changes(shop):
        assert shop.refused("delete", "DRAFT-00009", code=4) == "no invoice 'DRAFT-00009'"


def test_a_dry_run_keeps_nothing(shop):
    name = draft(shop)
    with nothing_changes(shop):
        assert shop.ok("delete", name, "--dry-run")["deletedAt"] is not None


def test_several_from_standard_input(shop):
    names = [draft(shop), issued(shop), draft(shop)]
    ran = shop("delete", "-", "--json", stdin="\n".join(names))
    assert ran.exit_code == 3
    assert [each["friendlyId"] for each in ran.json["succeeded"]] == [names[0], names[2]]
    assert [each["ref"] for each in ran.json["failed"]] == [names[1]]
