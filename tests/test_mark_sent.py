"""mark-sent: sent, but not by us."""

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


def test_a_draft_is_issued_first(shop):
    sent = shop.ok("mark-sent", draft(shop))
    assert (sent["friendlyId"], sent["status"]) == ("INV-00001", "AWAITING_PAYMENT")
    assert sent["sentAt"].endswith("Z")
    assert history(shop, "INV-00001") == ["create", "mark-sent"]


@pytest.mark.parametrize("state", STATES[1:4])
def test_what_is_issued_stays_as_it_is_but_for_sent_at(shop, state):
    name = in_state(shop, state)
    before = shop.ok("get", name)
    after = shop.ok("mark-sent", name)
    differs = {field for field in after if after[field] != before[field]}
    assert differs <= {"sentAt", "updatedAt", "version"}
    assert after["sentAt"] is not None


def test_it_is_no_e_mail(shop):
    shop.ok("config", "set", "mail.transport=file", "mail.folder=mail")
    name = issued(shop)
    shop.ok("mark-sent", name)
    assert not (shop.folder / "mail").exists()
    assert shop.ok("send", name)["skipped"] is False


def test_sent_is_sent(shop):
    name = issued(shop)
    shop.ok("mark-sent", name)
    with nothing_changes(shop):
        assert f"invoice {name} was sent before" in shop.refused("mark-sent", name, code=6)


def test_a_void_invoice_is_not_sent(shop):
    name = in_state(shop, "VOIDED")
    with nothing_changes(shop):
        assert (
            shop.refused("mark-sent", name, code=6)
            == f"cannot mark-sent invoice {name}: it is VOIDED"
        )


def test_no_such_invoice(shop):
    with nothing_changes(shop):
        shop.refused("mark-sent", "INV-00009", code=4)


def test_a_dry_run_keeps_nothing(shop):
    name = draft(shop)
    with nothing_changes(shop):
        assert shop.ok("mark-sent", name, "--dry-run")["status"] == "AWAITING_PAYMENT"


def test_several_each_by_themselves(shop):
    ran = shop("mark-sent", issued(shop), in_state(shop, "VOIDED"), "--json")
    assert ran.exit_code == 3
    assert (len(ran.json["succeeded"]), len(ran.json["failed"])) == (1, 1)
