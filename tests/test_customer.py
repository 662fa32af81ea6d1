"""customer add, list, get, update, delete, as they are typed."""

import json

import pytest

BILLED = ("create", "--customer", "acme", "--item", "desc=Work,price=100")


@pytest.fixture
def acme(run):
    """Add a customer with an address and a term."""
    return run.ok(
        "customer", "add", "--name", "Acme", "--key", "acme", "--email", "ap@acme.test",
        "--address-city", "Berlin", "--payment-term", "Net 30", "--currency", "eur",
    )  # fmt: skip


def test_every_field_can_be_typed(run):
    added = run.ok(
        "customer", "add", "--name", "Globex", "--key", "globex", "--email", "a@globex.test",
        "--email", "b@globex.test;c@globex.test", "--phone", "+49 30 1", "--website", "globex.test",
        "--tax-id", "DE123", "--address-line1", "Main St 1", "--address-line2", "Yard",
        "--address-city", "Berlin", "--address-region", "BE", "--address-postal-code", "10115",
        "--address-country", "DE", "--currency", "eur", "--term", "EOM+10", "--status", "prospect",
    )  # fmt: skip
    assert added["friendlyId"] == "C-00001"
    assert {name: added[name] for name in ("key", "name", "phone", "website", "taxId")} == {
        "key": "globex", "name": "Globex", "phone": "+49 30 1", "website": "globex.test",
        "taxId": "DE123",
    }  # fmt: skip
    assert added["email"] == ["a@globex.test", "b@globex.test", "c@globex.test"]
    assert added["address"] == {
        "line1": "Main St 1", "line2": "Yard", "city": "Berlin", "region": "BE",
        "postalCode": "10115", "country": "DE",
    }  # fmt: skip
    assert (added["currency"], added["paymentTerm"], added["status"], added["version"]) == (
        "EUR", "EOM+10", "PROSPECT", 1,
    )  # fmt: skip


def test_what_was_added_is_found_by_id_friendly_id_and_key(run, acme):
    for ref in (acme["id"], "c-00001", "acme"):
        assert run.ok("customer", "get", ref) == acme


def test_a_new_customer_is_active(acme):
    assert acme["status"] == "ACTIVE"


def test_adding_is_told_in_the_history(run, acme):
    (line,) = run.ok("activity", "C-00001")["data"]
    assert (line["action"], line["by"]) == ("add", "tester")


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ([], 2, "missing option --name"),
        (["--name", ""], 5, "name: is missing"),
        (["--name", "X", "--email", "no address"], 5, "'no address' is not an e-mail address"),
        (["--name", "X", "--currency", "EUX"], 5, "is not an ISO 4217 currency code"),
        (["--name", "X", "--status", "gone"], 5, "it can be PROSPECT, ACTIVE, INACTIVE, CHURNED"),
        (["--name", "X", "--term", "30 days EOM"], 5, "'EOM+30' or '30 days then EOM'"),
        (["--name", "X", "--term", "whenever"], 5, "paymentTerm: 'whenever' is not a payment term"),
        (["--name", "X", "--key", "acme"], 6, "key 'acme' is taken by customer C-00001"),
        (["--name", "X", "--key", "C-00007"], 6, "key 'C-00007' reads as a friendly id"),
        (["--name", "X", "--key", "inv-00007"], 6, "key 'inv-00007' reads as an invoice number"),
        (["--name", "X", "--bogus", "1"], 2, "No such option: --bogus"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_kept(run, acme, typed, code, message):
    assert message in run.refused("customer", "add", *typed, code=code)
    assert [each["name"] for each in run.ok("customer", "list")["data"]] == ["Acme"]


def test_a_dry_run_shows_the_customer_and_keeps_nothing(run):
    assert run.ok("customer", "add", "--name", "Acme", "--dry-run")["friendlyId"] == "C-00001"
    assert run.is_untouched()


def test_an_update_changes_what_was_typed_and_nothing_else(run, acme):
    updated = run.ok("customer", "update", "acme", "--address-city", "Hamburg", "--phone", "1")
    kept = {name for name in acme if acme[name] == updated[name]}
    assert set(acme) - kept <= {"address", "phone", "version", "updatedAt"}
    assert updated["address"] == acme["address"] | {"city": "Hamburg"}
    assert updated["version"] == 2


def test_an_empty_text_clears_a_field(run, acme):
    updated = run.ok("customer", "update", "acme", "--currency", "", "--email", "", "--term", "")
    assert (updated["currency"], updated["email"], updated["paymentTerm"]) == (None, [], None)


def test_a_name_cannot_be_cleared(run, acme):
    assert run.refused("customer", "update", "acme", "--name", "", code=5) == "name: is missing"


def test_an_update_is_told_with_what_it_was(run, acme):
    run.ok("customer", "update", "acme", "--email", "b@acme.test", "--term", "EOM")
    line = run.ok("activity", "acme")["data"][-1]
    assert line["action"] == "update"
    assert line["detail"] == {
        "email": [["ap@acme.test"], ["b@acme.test"]],
        "paymentTerm": ["TRM-00001", "TRM-00002"],
    }


def test_an_update_that_changes_nothing_is_no_new_version(run, acme):
    assert run.ok("customer", "update", "acme", "--name", "Acme") == acme
    assert len(run.ok("activity", "acme")["data"]) == 1


def test_an_update_of_no_field_is_bad_usage(run, acme):
    assert run.refused("customer", "update", "acme", code=2) == "nothing to change"


def test_an_update_of_another_version_is_refused(run, acme):
    run.ok("customer", "update", "acme", "--phone", "1", "--if-version", "1")
    message = run.refused("customer", "update", "acme", "--phone", "2", "--if-version", "1", code=6)
    assert message == "customer C-00001 is at version 2, not 1"
    assert run.ok("customer", "get", "acme")["phone"] == "1"


def test_a_version_that_is_no_number_is_bad_usage(run, acme):
    run.refused("customer", "update", "acme", "--phone", "2", "--if-version", "new", code=2)


def test_a_record_may_be_called_by_its_own_id(run, acme):
    assert run.ok("customer", "update", "acme", "--key", "C-00001")["key"] == "C-00001"
    assert run.ok("customer", "update", "C-00001", "--key", acme["id"])["key"] == acme["id"]


def test_what_was_shown_can_be_read_back(run, acme):
    stdin = json.dumps(acme)
    assert run.ok("customer", "update", "acme", "--from", "-", stdin=stdin) == acme


def test_a_body_is_read_like_options(run):
    body = {"name": "Globex", "emails": "a@b.test; c@d.test", "phoneNumber": 123, "term": "Net 7"}
    added = run.ok("customer", "add", "--from", "-", "--key", "g", stdin=json.dumps(body))
    assert (added["email"], added["phone"], added["paymentTerm"], added["key"]) == (
        ["a@b.test", "c@d.test"], "123", "Net 7", "g",
    )  # fmt: skip


def test_a_field_that_nobody_knows_is_refused_with_the_nearest(run, acme):
    body = json.dumps({"name": "Globex", "adress": {}})
    ran = run("customer", "add", "--from", "-", "--json", stdin=body)
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.error["message"] == "adress: is not a field of this record"
    assert ran.error["hint"] == "did you mean address?"


def test_of_a_list_the_good_ones_are_added(run, acme):
    bodies = [{"name": "A"}, {"name": "B", "key": "b", "currency": "EUX"}, {"key": "acme"}, 7]
    ran = run("customer", "add", "--from", "-", "--json", stdin=json.dumps(bodies))
    assert ran.exit_code == 3
    assert [each["name"] for each in ran.json["succeeded"]] == ["A"]
    assert [(each["ref"], each["error"]) for each in ran.json["failed"]] == [
        ("b", "validation_error"), ("acme", "validation_error"), ("4", "validation_error"),
    ]  # fmt: skip


def test_json_that_does_not_parse_is_bad_usage(run, acme):
    run.refused("customer", "add", "--from", "-", code=2, stdin="{")


def test_a_term_that_is_not_for_invoices_is_warned_of(run):
    run.ok("term", "add", "--name", "AP", "--days", "5", "--ap-only")
    ran = run("customer", "add", "--name", "X", "--term", "AP", "--json")
    assert ran.exit_code == 0
    assert ran.stderr == (
        "warning: payment term 'AP' is for accounts payable only: no invoice can have it\n"
    )


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (BILLED, "invoice DRAFT-00001 is a draft or not settled yet"),
        (
            ("payment", "record", "--customer", "acme", "--amount", "5"),
            "payment PAY-00001 is not applied yet",
        ),
        (
            ("credit", "create", "--customer", "acme", "--amount", "5"),
            "something remains of credit memo CM-00001",
        ),
        (("order", "add", "--customer", "acme"), "order ORD-00001 is open"),
    ],
)
def test_a_customer_with_something_open_is_not_deleted(run, acme, typed, reason):
    run.ok(*typed)
    message = run.refused("customer", "delete", "acme", code=6)
    assert message == f"cannot delete customer C-00001: {reason}"
    assert run.ok("customer", "get", "acme") == acme


def test_a_deleted_customer_is_in_no_list_but_can_be_seen(run, acme):
    deleted = run.ok("customer", "delete", "acme")
    assert deleted["deletedAt"] is not None
    assert run.ok("customer", "list")["data"] == []
    assert run.ok("customer", "get", "acme") == deleted
    assert [each["action"] for each in run.ok("activity", "acme")["data"]] == ["add", "delete"]


def test_with_a_deleted_customer_nothing_can_be_done(run, acme):
    run.ok("customer", "delete", "acme")
    gone = "customer C-00001 was deleted"
    assert run.refused("customer", "delete", "acme", code=6) == gone
    assert run.refused("customer", "update", "acme", "--name", "X", code=6) == gone
    assert run.refused("order", "add", "--customer", "acme", code=6) == gone
    run.refused(*BILLED, code=6)
    message = run.refused("customer", "add", "--name", "X", "--key", "acme", code=6)
    assert message == "key 'acme' is taken by customer C-00001, which was deleted"


def test_several_are_deleted_one_by_one(run, acme):
    run.ok("customer", "add", "--name", "Globex")
    ran = run("customer", "delete", "C-00002", "C-00009", "--json")
    assert ran.exit_code == 3
    assert [each["name"] for each in ran.json["succeeded"]] == ["Globex"]
    assert [(each["ref"], each["error"]) for each in ran.json["failed"]] == [
        ("C-00009", "not_found")
    ]


def test_a_delete_can_be_tried(run, acme):
    assert run.ok("customer", "delete", "acme", "--dry-run")["deletedAt"] is not None
    assert run.ok("customer", "get", "acme") == acme


def test_a_list_goes_on_where_its_page_ended(run):
    for name in ("A", "B", "C"):
        run.ok("customer", "add", "--name", name)
    first = run.ok("customer", "list", "--page-size", "2")
    cursor = first["pagination"]["endCursor"]
    rest = run.ok("customer", "list", "--page-size", "2", "--cursor", cursor)
    assert [each["name"] for each in first["data"] + rest["data"]] == ["A", "B", "C"]
    assert (first["pagination"]["hasNextPage"], rest["pagination"]["hasNextPage"]) == (True, False)


def test_a_list_is_searched_in_any_case(run, acme):
    run.ok("customer", "add", "--name", "Globex")
    found = run.ok("customer", "list", "--search", "GLOB", "--fields", "name")["data"]
    assert found == [{"name": "Globex"}]


def test_of_several_those_found_are_shown(run, acme):
    ran = run("customer", "get", "acme", "C-00009", "--json")
    assert ran.exit_code == 3
    assert ran.json["data"] == [acme]
    assert "no customer 'C-00009'" in ran.stderr


def test_an_unknown_customer_is_not_found(run, acme):
    for verb in (["get"], ["delete"], ["update", "--name", "X"]):
        run.refused("customer", verb[0], "Acne", *verb[1:], code=4)


@pytest.mark.sqlite
def test_looking_up_makes_no_database(run):
    run.refused("customer", "list", code=10)
    assert run.is_untouched()
