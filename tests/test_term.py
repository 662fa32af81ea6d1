"""term add, list, get, update, delete, as they are typed."""

import pytest


def add(run, *typed):
    return run.ok("term", "add", *typed)


@pytest.mark.parametrize(
    ("typed", "name", "rule", "days"),
    [
        (["--name", "net 45"], "net 45", "Net 45", 45),
        (["--name", "Monthly", "--days", "30"], "Monthly", "Net 30", 30),
        (["--rule", "2/10 n/30"], "2/10 net 30", "2/10 net 30", 30),
        (["--name", "Early bird", "--rule", "2/10 net 30"], "Early bird", "2/10 net 30", 30),
        (["--name", "30 days EOM", "--rule", "EOM+30"], "30 days EOM", "EOM+30", None),
        (["--name", "Now", "--rule", "on receipt"], "Now", "on receipt", 0),
    ],
)
def test_the_rule_is_read_from_rule_days_or_name(run, typed, name, rule, days):
    term = add(run, *typed)
    assert (term["name"], term["rule"], term["days"]) == (name, rule, days)


def test_every_field_can_be_typed(run):
    term = add(
        run, "--name", "Quick", "--key", "q", "--description", "Paid fast", "--days", "3",
        "--quick-pay-fee", "0.05", "--ap-only", "--do-not-use",
    )  # fmt: skip
    assert term["friendlyId"] == "TRM-00001"
    assert (term["key"], term["description"]) == ("q", "Paid fast")
    assert (term["quickPayFee"], term["apOnly"], term["doNotUse"]) == (0.05, True, True)


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ([], 2, "missing option --name"),
        (["--name", "Soon"], 5, "name: 'Soon' is not a payment term such as"),
        (["--name", "30 days EOM"], 5, "name: '30 days EOM' is ambiguous"),
        (["--name", "X", "--rule", "30 days EOM"], 5, "rule: '30 days EOM' is ambiguous"),
        (["--name", "X", "--days", "-1"], 5, "days: 'Net -1' is not a payment term"),
        (["--name", "X", "--days", "many"], 2, "days: is not a plain number"),
        (["--name", "X", "--rule", "EOM", "--days", "30"], 5, "days: are not those of the rule"),
        (["--name", "X", "--days", "1", "--quick-pay-fee", "5"], 5, "it is from 0 to 1"),
        (["--name", "X", "--days", "1", "--quick-pay-fee", "0.1234567"], 5, "more than 6 decimals"),
        (["--name", "net 30"], 6, "name 'net 30' is taken by payment term TRM-00001"),
        (["--name", "X", "--days", "1", "--key", "Net 30"], 6, "key 'Net 30' is taken by"),
        (["--name", "TRM-00007", "--days", "1"], 6, "name 'TRM-00007' reads as a friendly id"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_kept(run, typed, code, message):
    add(run, "--name", "Net 30")
    assert message in run.refused("term", "add", *typed, code=code)
    assert [each["name"] for each in run.ok("term", "list")["data"]] == ["Net 30"]


def test_an_ambiguous_term_is_refused_with_both_readings(run):
    add(run, "--name", "Net 30")
    ran = run("term", "add", "--name", "30 days EOM", "--json")
    assert "'EOM+30'" in ran.error["hint"]
    assert "'30 days then EOM'" in ran.error["hint"]


def test_a_changed_rule_leaves_invoices_alone(run):
    term = add(run, "--name", "Usual", "--days", "30")
    run.ok("customer", "add", "--name", "Acme", "--term", "Usual")
    invoice = run.ok("create", "--customer", "C-00001", "--item", "desc=Work,price=100")
    assert run.ok("term", "update", "Usual", "--days", "10")["days"] == 10
    assert run.ok("get", invoice["id"])["dueDate"] == invoice["dueDate"] == "2026-03-02"
    assert run.ok("mark-awaiting", invoice["id"])["dueDate"] == "2026-03-02"
    assert term["version"] == 1


def test_a_new_name_leaves_the_rule_alone(run):
    add(run, "--name", "Net 30")
    renamed = run.ok("term", "update", "TRM-00001", "--name", "Usual")
    assert (renamed["name"], renamed["rule"]) == ("Usual", "Net 30")


def test_a_term_that_is_called_like_another_rule_is_warned_of(run):
    ran = run("term", "add", "--name", "Net 30", "--days", "45", "--json")
    assert ran.exit_code == 0
    assert "warning: the payment term is called 'Net 30', but its rule is 'Net 45'\n" in ran.stderr


def test_a_flag_can_be_taken_back(run):
    add(run, "--name", "Net 30", "--do-not-use")
    run.ok("customer", "add", "--name", "Acme")
    bill = ("create", "--customer", "C-00001", "--item", "desc=Work,price=1", "--term", "Net 30")
    run.refused(*bill, code=6)
    run.ok("term", "update", "Net 30", "--no-do-not-use")
    assert run.ok(*bill)["dueDate"] == "2026-03-02"


def test_a_term_in_use_is_not_deleted(run):
    run.ok("customer", "add", "--name", "Acme", "--term", "Net 30")
    reason = "it is the usual term of customer C-00001"
    message = run.refused("term", "delete", "Net 30", code=6)
    assert message == f"cannot delete payment term TRM-00001: {reason}"
    run.ok("create", "--customer", "C-00001", "--item", "desc=Work,price=1")
    run.ok("customer", "update", "C-00001", "--term", "")
    message = run.refused("term", "delete", "Net 30", code=6)
    assert message == "cannot delete payment term TRM-00001: draft DRAFT-00001 has it"


def test_a_deleted_term_comes_back_when_it_is_added_again(run):
    before = add(run, "--name", "Usual", "--days", "30")
    run.ok("term", "delete", "Usual")
    assert run.ok("term", "list")["data"] == []
    again = add(run, "--name", "Usual", "--days", "14")
    assert (again["id"], again["rule"], again["deletedAt"]) == (before["id"], "Net 14", None)


def test_what_is_added_again_has_nothing_of_what_was_deleted(run):
    add(run, "--name", "T", "--days", "30", "--do-not-use", "--description", "d", "--key", "k")
    run.ok("term", "delete", "T")
    again = add(run, "--name", "T", "--days", "14")
    assert [again[name] for name in ("doNotUse", "description", "key")] == [False, None, None]


def test_a_deleted_term_that_no_words_bring_back_is_refused_as_that(run):
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    run.ok("term", "add", "--name", "Usual", "--days", "14")
    run.ok("term", "delete", "Usual")
    message = run.refused(
        "create", "--customer", "acme", "--item", "desc=x,price=1", "--term", "usual", code=5
    )
    assert message == "paymentTerm: 'usual' was deleted"


def test_the_words_of_a_deleted_term_can_be_used_again(run):
    add(run, "--name", "Net 30")
    run.ok("term", "delete", "Net 30")
    run.ok("customer", "add", "--name", "Acme", "--term", "net 30")
    assert [each["name"] for each in run.ok("term", "list")["data"]] == ["Net 30"]


def test_a_deleted_term_that_its_words_bring_back_is_one_to_be_used(run):
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    run.ok("term", "add", "--name", "Net 15", "--do-not-use")
    run.ok("term", "delete", "Net 15")
    words = ("create", "--customer", "acme", "--item", "desc=x,price=1", "--term", "Net 15")
    for made in (run.ok(*words), run.ok(*words)):
        assert (made["paymentTerm"]["doNotUse"], made["dueDate"]) == (False, "2026-02-15")
