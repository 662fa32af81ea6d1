"""What was mistyped is refused, and what was probably meant is said."""

import shlex

import pytest


@pytest.mark.parametrize(
    ("typed", "code", "meant"),
    [
        ("filtr", 2, "filter"),
        ("payment recrod", 2, "record"),
        ("filter --stauts open", 2, "--status"),
        ("get INV-00001 --jsn", 2, "--json"),
        ("--formt json filter", 2, "--format"),
        ("pay INV-00001 --amont 5", 2, "--amount"),
        ("batch viod INV-00001", 2, "void"),
        ("import custmers x.csv", 2, "customers"),
        ("help dtaes", 2, "dates"),
        ("schema invoics", 2, "invoice"),
        ("get INV-0001", 4, "INV-00001"),
        ("customer get glbex", 4, "globex"),
        ("create --customer glbex --item desc=x,price=1", 4, "globex"),
        ("tax get GTS", 4, "GST"),
        ("product get WEBB", 4, "WEB"),
        ("filter --status opn", 5, "open"),
        ("filter --currency UDS", 5, "USD"),
        ("filter --sort dueDte", 5, "dueDate"),
        ("aging --currency UDS", 5, "USD"),
        ("get INV-00001 --fields amonut", 5, "amount"),
        ("customer list --fields nmae", 5, "name"),
        ("create --customer globex --item desc=x,price=1 --fields amonut", 5, "amount"),
        ("mark-awaiting DRAFT-00002 DRAFT-00003 --fields friendlyid", 5, "friendlyId"),
        ("pay INV-00001 --fields unaplied", 5, "unapplied"),
        ("credit-note INV-00001 --fields remainnig", 5, "remaining"),
        ("customer add --name X --fields nmae", 5, "name"),
        ("batch-generate --all --fields shipmentKye", 5, "shipmentKey"),
        ("import customers x.csv --fields creatd", 5, "created"),
        ("filter --filter '{\"statsu\": {}}'", 5, "status"),
        ('filter --filter \'{"status": {"equlTo": "PAID"}}\'', 5, "equalTo"),
        ('filter --filter \'{"status": {"equalTo": "PIAD"}}\'', 5, "PAID"),
        ("create --customer globex --item desc=x,price=1 --currency UDS", 5, "USD"),
        ("create --customer globex --item desc=x,price=1,tax=GTS", 5, "GST"),
        ("create --customer globex --item desc=x,pirce=1", 5, "price"),
        ("create --customer globex --item desc=x,price=1 --term 'Nt 30'", 5, "Net 30"),
        ("customer update C-00001 --currency UDS", 5, "USD"),
        ("config get company.nme", 5, "company.name"),
        ("config set company.nme=X", 5, "company.name"),
    ],
)
def test_a_typing_error_is_answered_with_what_was_meant(typed, code, meant, books):
    error = books(*shlex.split(typed), "--json").error
    said = f"{error['message']} {error['hint']}"
    assert f"did you mean {meant}" in said.replace("'", "").replace("Did", "did")
    assert books(*shlex.split(typed)).exit_code == code


def test_a_wrong_field_stops_a_change_before_it_is_made(books):
    before = books.stored()
    for typed in ("pay INV-00001", "mark-paid INV-00001", "credit-note INV-00001",
                  "create --customer globex --item desc=x,price=1", "batch void INV-00001 --yes",
                  "payment record --customer globex --amount 1", "customer add --name X"):  # fmt: skip
        error = books(*shlex.split(typed), "--fields", "friendlyId,lines.nothing", "--json").error
        assert error["details"] == [{"field": "fields", "message": "no field 'lines.nothing'"}]
    assert books.stored() == before


def test_an_option_like_none_is_refused_with_the_way_to_all_of_them(books):
    error = books("pay", "INV-00001", "--zzzzzz", "--json").error
    assert error["hint"] == "see 'invoicectl pay --help'"


def test_an_option_of_another_command_is_not_taken(books):
    assert books("get", "INV-00001", "--amount", "5").exit_code == 2


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["get", "INV-00001", "--fields"], "--fields"),
        (["order", "update", "ORD-00001", "--key"], "--key"),
        (["--db"], "--db"),
        (["payments", "-o"], "-o"),
        (["get", "INV-00001", "--json", "-o"], "-o"),
    ],
)
def test_an_option_without_its_value_is_a_usage_error_and_takes_no_word_for_it(
    words, option, books
):
    before = sorted(books.folder.iterdir())
    ran = books(*words)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"Option '{option}' requires an argument." in ran.stderr
    assert sorted(books.folder.iterdir()) == before


def test_a_word_too_many_is_named(books):
    error = books("pay", "INV-00001", "INV-00002", "--json").error
    assert error["message"] == "unexpected: INV-00002"
