"""batch: one thing to many invoices, each by itself, and always told which succeeded."""

import json

import pytest

from invoicectl.service.batches import ACTIONS
from tests.states import books_are_in_order, draft, in_state, issued, nothing_changes, open_shop


@pytest.fixture
def shop(run):
    open_shop(run)
    run.ok("config", "set", "mail.transport=file", "mail.folder=mail")
    yield run
    books_are_in_order(run)


def deleted(shop):
    name = draft(shop)
    shop.ok("delete", name)
    return name


# What an action is tried on, and the status that follows.
FROM = {
    "delete": (draft, "DRAFT"), "void": (issued, "VOIDED"),
    "mark-awaiting": (draft, "AWAITING_PAYMENT"), "mark-sent": (draft, "AWAITING_PAYMENT"),
    "mark-paid": (issued, "PAID"), "send": (draft, "AWAITING_PAYMENT"),
    "restore": (deleted, "DRAFT"), "purge": (deleted, "DRAFT"),
}  # fmt: skip


def test_every_action_is_tried_here():
    assert FROM.keys() == ACTIONS.keys()


@pytest.mark.parametrize("action", FROM)
def test_each_succeeds_or_fails_by_itself(shop, action):
    make, status = FROM[action]
    names, wrong = [make(shop), make(shop)], in_state(shop, "VOIDED")
    ran = shop("batch", action, names[0], wrong, names[1], "nix", "--yes", "--json")
    assert ran.exit_code == 3
    assert [each["status"] for each in ran.json["succeeded"]] == [status, status]
    assert [(each["ref"], each["error"]) for each in ran.json["failed"]] == [
        (wrong, "conflict"), ("nix", "not_found"),
    ]  # fmt: skip
    assert all(each["message"] for each in ran.json["failed"])


@pytest.mark.parametrize("action", FROM)
def test_one_alone_is_answered_the_same_way(shop, action):
    make, _ = FROM[action]
    result = shop.ok("batch", action, make(shop), "--yes")
    assert (len(result["succeeded"]), result["failed"]) == (1, [])


@pytest.mark.parametrize("action", FROM)
def test_a_dry_run_keeps_nothing_and_does_not_ask(shop, action):
    make, _ = FROM[action]
    name = make(shop)
    with nothing_changes(shop):
        assert len(shop.ok("batch", action, name, "--dry-run")["succeeded"]) == 1


@pytest.mark.parametrize("action", ["void", "purge"])
def test_what_is_final_needs_yes(shop, action):
    name = FROM[action][0](shop)
    with nothing_changes(shop):
        ran = shop("batch", action, name)
    assert (ran.exit_code, ran.stdout) == (7, "")


def test_a_body_of_another_system(shop):
    ids = [shop.ok("get", draft(shop))["id"] for _ in range(2)]
    result = shop.ok("batch", "--from", "-", stdin=json.dumps({"action": "delete", "ids": ids}))
    assert [each["id"] for each in result["succeeded"]] == ids


def test_refs_from_standard_input_and_an_action_before_a_list(shop):
    names = [draft(shop), draft(shop)]
    assert len(shop.ok("batch", "mark-awaiting", "-", stdin="\n".join(names))["succeeded"]) == 2
    paid = shop.ok(
        "batch", "mark-paid", "--from", "-", stdin=json.dumps(["INV-00001", "INV-00002"])
    )
    assert len(paid["succeeded"]) == 2


def test_none_are_an_empty_result(shop):
    assert shop.ok("batch", "delete", "-") == {"succeeded": [], "failed": []}
    assert shop.ok("batch", "delete", "--from", "-", stdin="[]") == {"succeeded": [], "failed": []}


WRONG = {
    "an unknown action": (["voidd", "INV-00001"], "", 2),
    "an unknown action of a body": (["--from", "-"], '{"action": "destroy", "ids": []}', 2),
    "no refs": (["void"], "", 2),
    "nothing": ([], "", 2),
    "no action": (["--from", "-"], '{"ids": []}', 2),
    "two actions": (["void", "--from", "-"], '{"action": "delete", "ids": []}', 2),
    "no JSON": (["void", "--from", "-"], "{", 2),
    "no ids": (["--from", "-"], '{"action": "delete"}', 5),
    "ids of numbers": (["--from", "-"], '{"action": "delete", "ids": [1]}', 5),
    "an unknown field": (["--from", "-"], '{"action": "delete", "ids": [], "x": 1}', 5),
    "no file": (["void", "--from", "nix.json"], "", 4),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_read_is_refused(shop, wrong):
    words, body, code = WRONG[wrong]
    issued(shop)
    with nothing_changes(shop):
        shop.refused("batch", *words, "--yes", stdin=body, code=code)


def test_a_mistyped_action_is_guessed(shop):
    assert (
        shop("batch", "voidd", "x").stderr
        == "error: there is no action 'voidd'\nhint: did you mean void?\n"
    )


def test_what_was_sent_before_is_a_success_that_says_so(shop):
    name = issued(shop)
    shop.ok("send", name)
    (again,) = shop.ok("batch", "send", name)["succeeded"]
    assert again["skipped"] is True


def test_nothing_is_done_where_mail_is_not_configured(shop):
    shop.ok("config", "unset", "mail.transport")
    name = draft(shop)
    with nothing_changes(shop):
        assert "mail is not configured" in shop.refused("batch", "send", name, code=8)


@pytest.mark.parametrize(
    "words",
    [
        ("batch", "mark-awaiting", "{0}", "{1}", "{2}"),
        ("batch", "void", "{0}", "{1}", "{0}"),  # the second time it is void already
        ("mark-awaiting", "{0}", "{0}", "{1}"),
        ("duplicate", "{0}", "{1}"),
    ],
)
def test_a_dry_run_goes_on_from_one_to_the_next_as_the_run_does(shop, words):
    names = [draft(shop), draft(shop), draft(shop)]
    typed = [*(word.format(*names) for word in words), "--yes", "--json"]
    with nothing_changes(shop):
        planned = shop(*typed, "--dry-run")
    done = shop(*typed)
    assert planned.exit_code == done.exit_code
    shown = [
        [
            [(each.get("friendlyId"), each.get("status"), each.get("message")) for each in part]
            for part in ran.json.values()
        ]
        for ran in (planned, done)
    ]
    assert shown[0] == shown[1]
