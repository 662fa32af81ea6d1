"""filter, as its user meets it: what each option selects, how pages go, what is refused."""

import json
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from invoicectl.service.filter_flags import FLAGS
from invoicectl.store.tables import Invoice

# number: customer, currency, amount, invoice date, due date, what else it has
WANTED = {
    "late": ("ACME", "EUR", "100.00", "2026-01-01", "2026-01-15", {"reference": "Ref 1"}),
    "part": ("ACME", "EUR", "50.00", "2026-01-20", "2026-01-31", {"poNumber": "PO-7"}),
    "paid": ("ŁÓDŹ", "JPY", "500", "2025-12-01", "2025-12-31", {"reference": "Zażółć"}),
    "open": ("ŁÓDŹ", "KWD", "75.505", "2026-01-25", "2026-02-24", {}),
    "void": ("ACME", "USD", "10.00", "2026-01-10", "2026-01-11", {}),
    "made": ("ACME", "EUR", "20.00", "2026-01-30", "2026-03-01", {}),
}


@pytest.fixture
def books(run, tmp_path_factory):
    """One invoice in each status; their keys are the names in WANTED, `made` is a draft."""
    run.filled("one_in_each_status", tmp_path_factory.getbasetemp(), fill)
    return run


def fill(run):
    run.ok("customer", "add", "--name", "Acme Ltd", "--key", "ACME")
    run.ok("customer", "add", "--name", "Łódź Sp. z o.o.", "--key", "ŁÓDŹ")
    bodies = [
        {
            "key": key,
            "customer": customer,
            "currency": currency,
            "invoiceDate": invoice_date,
            "dueDate": due_date,
            "lines": [{"description": "Work", "quantity": 1, "unitPrice": amount}],
            "customAttributes": [{"name": "region", "value": customer.lower()}],
            **more,
        }
        for key, (customer, currency, amount, invoice_date, due_date, more) in WANTED.items()
    ]
    made = run("create", "--from", "-", "--json", stdin=json.dumps(bodies))
    assert made.exit_code == 0, made.stderr
    for key in list(WANTED)[:-1]:
        run.ok("mark-awaiting", key)
    run.ok("pay", "part", "--amount", "20")
    run.ok("pay", "paid")
    run.ok("void", "void", "--yes")


def keys(run, *words, **given):
    return {row["key"] for row in run.ok("filter", *words, **given)["data"]}


OPEN = {"late", "part", "open"}
SELECTED = [
    ((), {*WANTED}),
    (("--status", "draft"), {"made"}),
    (("--status", "open"), OPEN),
    (("--status", "Sent"), OPEN),
    (("--status", "partial"), {"part"}),
    (("--status", "PARTIALLY_PAID"), {"part"}),
    (("--status", "partially-paid"), {"part"}),
    (("--status", "Paid"), {"paid"}),
    (("--status", "void"), {"void"}),
    (("--status", "VOIDED"), {"void"}),
    (("--status", "overdue"), {"late"}),
    (("--status", "draft,paid"), {"made", "paid"}),
    (("--status", "draft", "--status", "overdue"), {"made", "late"}),
    (("--unpaid",), OPEN),
    (("--overdue",), {"late"}),
    (("--not-overdue",), {*WANTED} - {"late"}),
    (("--overdue", "--today", "2026-02-01"), {"late", "part"}),
    (("--factored",), set()),
    (("--not-factored",), {*WANTED}),
    (("--customer", "ACME"), {"late", "part", "void", "made"}),
    (("--customer", "c-00002"), {"paid", "open"}),
    (("--customer", "C-00001", "--customer", "ŁÓDŹ"), {*WANTED}),
    (("--date", "2026-01-20"), {"part"}),
    (("--from", "2026-01-20"), {"part", "open", "made"}),
    (("--to", "2026-01-01"), {"late", "paid"}),
    (("--from", "2026-01-01", "--to", "2026-01-20"), {"late", "part", "void"}),
    (("--due-from", "2026-02-24"), {"open", "made"}),
    (("--due-to", "2026-01-11"), {"paid", "void"}),
    (("--min-amount", "100"), {"late", "paid"}),
    (("--max-amount", "20.00"), {"void", "made"}),
    (("--min-amount", "75.505", "--max-amount", "75.505"), {"open"}),
    (("--min-amount=-1", "--max-owed", "0"), {"paid", "void", "made"}),
    (("--min-owed", "30", "--max-owed", "75.5"), {"part"}),
    (("--currency", "eur"), {"late", "part", "made"}),
    (("--currency", "JPY", "--currency", "KWD"), {"paid", "open"}),
    (("--reference", "Ref 1"), {"late"}),
    (("--reference", "ref 1"), set()),
    (("--po-number", "PO-7"), {"part"}),
    (("--key", "open"), {"open"}),
    (("--attr", "region=acme"), {"late", "part", "void", "made"}),
    (("--attr", "region=łódź", "--attr", "region=acme"), set()),
    (("--search", "ref"), {"late"}),
    (("--search", "ZAŻÓŁĆ"), {"paid"}),
    (("--search", "łódź sp"), {"paid", "open"}),
    (("--search", "inv-0000"), {*WANTED} - {"made"}),
    (("--search", "po-", "--search", "acme"), {"part"}),
    (("--search", "%"), set()),
    (("--recent",), {"late", "part", "open", "void"}),
    (("--recent", "--today", "2026-02-01"), {"part", "open", "void"}),
    (("--trash",), set()),
    (("--unpaid", "--customer", "ACME", "--currency", "EUR", "--not-overdue"), {"part"}),
]


@pytest.mark.parametrize(("words", "wanted"), SELECTED, ids=lambda each: " ".join(sorted(each)))
def test_options_select_what_they_say(books, words, wanted):
    assert keys(books, *words) == wanted


def test_every_option_selects_something_in_a_test():
    typed = {word.removeprefix("--").partition("=")[0] for words, _ in SELECTED for word in words}
    assert set(FLAGS) - typed == {"order", "shipment"}  # they have a test of their own


@pytest.mark.parametrize(("words", "wanted"), SELECTED, ids=lambda each: " ".join(sorted(each)))
def test_the_printed_filter_selects_the_same(books, words, wanted):
    printed = books("filter", *words, "--print-filter")
    assert printed.stdout.count("\n") == 1
    day = words[words.index("--today") :] if "--today" in words else ()
    assert keys(books, "--filter", printed.stdout, *day) == wanted


def test_a_filter_is_printed_in_the_words_of_the_request(books):
    printed = books("filter", "--status", "open", "--min-amount", "5.50", "--print-filter").stdout
    assert printed == (
        '{"status":{"in":["AWAITING_PAYMENT","PARTIALLY_PAID"]},'
        '"amount":{"greaterThanOrEqualTo":5.5}}\n'
    )


def test_what_is_in_the_trash_is_shown_only_there(books):
    with books.store.write() as session:
        thrown_away = session.exec(select(Invoice).where(Invoice.key == "made")).one()
        thrown_away.deleted_at = datetime(2026, 1, 31, tzinfo=UTC)
    assert keys(books, "--customer", "ACME") == {"late", "part", "void"}
    assert keys(books, "--trash") == {"made"}
    assert keys(books, "--filter", '{"trash": false}') == {*WANTED} - {"made"}


def test_an_order_and_a_shipment_select_their_invoices(run):
    order = {
        "key": "SO-1",
        "customer": run.ok("customer", "add", "--name", "Acme")["friendlyId"],
        "currency": "EUR",
        "shipments": [
            {"key": f"S-{n}", "charges": [{"description": "x", "quantity": 1, "unitPrice": n}]}
            for n in (1, 2)
        ],
    }
    run("order", "add", "--from", "-", stdin=json.dumps(order))
    for n in (1, 2):
        run.ok("create", "--shipment", f"S-{n}", "--key", f"I-{n}")
    assert keys(run, "--order", "SO-1") == {"I-1", "I-2"}
    assert keys(run, "--shipment", "S-2") == {"I-2"}


# The filter as JSON.


@pytest.mark.parametrize(
    "body",
    [
        {"overdue": True},
        {"filter": {"overdue": True}},
        {"filter": {"overdue": True}, "pageSize": 10},
        {"status": {"in": ["AWAITING_PAYMENT"]}, "dueDate": {"lessThan": "2026-01-31"}},
        {"and": [{"not": {"overdue": False}}, {"or": [{"amount": {"greaterThan": 99.99}}]}]},
        {"createdAt": {"greaterThan": "2000-01-01"}, "reference": {"equalTo": "Ref 1"}},
        {"customAttribute": {"name": "region", "value": "acme"}, "reference": {"isNull": False}},
    ],
)
def test_a_request_and_a_filter_alone_are_read(books, body):
    assert keys(books, "--filter", json.dumps(body)) == {"late"}
    assert keys(books, "--filter", "-", stdin=json.dumps(body)) == {"late"}
    (books.folder / "filter.json").write_text(json.dumps(body))
    assert keys(books, "--filter", "@filter.json") == {"late"}


def test_json_and_options_hold_both(books):
    body = '{"status": {"in": ["AWAITING_PAYMENT", "PAID"]}}'
    assert keys(books, "--filter", body, "--status", "paid,partial") == {"paid"}
    assert keys(books, "--filter", body, "--filter", '{"overdue": true}') == {"late"}


def test_a_request_may_hold_size_and_cursor(books):
    first = books.ok("filter", "--filter", '{"filter": {}, "pageSize": 4}')
    body = json.dumps({"pageSize": 4, "cursor": first["pagination"]["endCursor"]})
    second = books.ok("filter", "--filter", body)
    found = [row["key"] for row in first["data"] + second["data"]]
    assert (len(first["data"]), sorted(found)) == (4, sorted(WANTED))


# Pages and the other answers.


def test_the_newest_come_first(books):
    dates = [row["invoiceDate"] for row in books.ok("filter")["data"]]
    assert dates == sorted(dates, reverse=True)


def test_amounts_of_all_currencies_are_sorted_as_numbers(books):
    rows = books.ok("filter", "--sort", "amount")["data"]
    assert [row["key"] for row in rows] == ["void", "made", "part", "open", "late", "paid"]


def test_a_cursor_goes_on_where_the_page_ended(books):
    whole = [row["id"] for row in books.ok("filter", "--sort", "dueDate")["data"]]
    words, found = ["--sort", "dueDate", "--page-size", "4"], []
    first = books.ok("filter", *words)
    assert first["pagination"] | {"endCursor": ""} == {
        "pageSize": 4, "hasNextPage": True, "hasPreviousPage": False, "endCursor": "",
    }  # fmt: skip
    last = books.ok("filter", *words, "--cursor", first["pagination"]["endCursor"])
    assert last["pagination"] == {
        "pageSize": 4, "hasNextPage": False, "hasPreviousPage": True, "endCursor": None,
    }  # fmt: skip
    found = [row["id"] for row in first["data"] + last["data"]]
    assert found == whole


def test_a_page_has_a_number_too(books):
    whole = [row["id"] for row in books.ok("filter")["data"]]
    second = books.ok("filter", "--page-size", "4", "--page", "2")
    assert [row["id"] for row in second["data"]] == whole[4:]
    assert second["pagination"]["hasPreviousPage"] is True


def test_downwards_by_number_is_not_taken_for_a_format(books):
    upwards = [row["friendlyId"] for row in books.ok("filter", "--sort", "friendlyId")["data"]]
    downwards = [row["friendlyId"] for row in books.ok("filter", "--sort", "-friendlyId")["data"]]
    assert downwards == upwards[::-1]


def test_a_cursor_belongs_to_its_filter_and_sort(books):
    cursor = books.ok("filter", "--page-size", "1")["pagination"]["endCursor"]
    for words in (["--unpaid"], ["--sort", "amount"], ["--sort", "invoiceDate"]):
        refusal = books("filter", *words, "--cursor", cursor, "--json")
        assert (refusal.exit_code, refusal.error["details"][0]["field"]) == (5, "cursor")
    assert books("filter", "--cursor", cursor[:-1] + "A", "--json").exit_code == 5


def test_all_pages_are_one_list(books):
    whole = books.ok("filter", "--all")
    assert {row["key"] for row in whole["data"]} == {*WANTED}
    assert whole["pagination"] == {
        "pageSize": 6, "hasNextPage": False, "hasPreviousPage": False, "endCursor": None,
    }  # fmt: skip


def test_a_count_is_a_bare_number(books):
    assert books("filter", "--unpaid", "--count", "--json").stdout == "3\n"
    assert books("filter", "--status", "draft", "--due-to", "2025-01-01", "--count").stdout == "0\n"


def test_ids_are_numbers_one_a_line(books):
    assert books("filter", "--unpaid", "--sort", "invoiceDate", "--ids", "--json").stdout == (
        "INV-00001\nINV-00002\nINV-00004\n"
    )
    assert books("filter", "--trash", "--ids").stdout == ""


def test_totals_are_of_the_whole_result_and_never_add_currencies(books):
    answer = books("filter", "--totals", "--page-size", "1", "--json")
    assert len(answer.json["data"]) == 1
    assert answer.json["totals"] == [
        {"currency": "EUR", "count": 3, "amount": 170.00, "amountOwed": 130.00},
        {"currency": "JPY", "count": 1, "amount": 500, "amountOwed": 0},
        {"currency": "KWD", "count": 1, "amount": 75.505, "amountOwed": 75.505},
        {"currency": "USD", "count": 1, "amount": 10.00, "amountOwed": 0.00},
    ]
    assert '"amount": 170.00' in answer.stdout
    assert '"amount": 500,' in answer.stdout


def test_nothing_found_is_an_empty_list_and_no_error(books):
    answer = books("filter", "--search", "nowhere", "--json")
    assert (answer.exit_code, answer.json["data"]) == (0, [])
    assert books("filter", "--search", "nowhere", "-f", "csv").stdout.startswith(
        "id,friendlyId,key,"
    )


@pytest.fixture
def sixty(run):
    """Sixty drafts."""
    run.ok("customer", "add", "--name", "Acme", "--key", "ACME")
    item = {"description": "x", "quantity": 1, "unitPrice": 1}
    bodies = [{"customer": "ACME", "currency": "EUR", "lines": [item]}] * 60
    assert run("create", "--from", "-", stdin=json.dumps(bodies)).exit_code == 0
    return run


def test_json_and_tables_show_fifty_and_say_so(sixty):
    page = sixty.ok("filter")
    assert (len(page["data"]), page["pagination"]["hasNextPage"]) == (50, True)
    table = sixty("filter", "-f", "table")
    assert table.stdout.count("DRAFT-") == 50
    assert "more" in table.stderr


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl"])
def test_rows_for_machines_are_never_cut(sixty, format):
    lines = sixty("filter", "-f", format).stdout.splitlines()
    assert len(lines) == 60 + (format != "jsonl")


def test_rows_for_machines_come_in_pages_when_asked(sixty):
    answer = sixty("filter", "-f", "jsonl", "--page-size", "7")
    assert len(answer.stdout.splitlines()) == 7
    cursor = answer.stderr.split()[-1]
    rest = sixty("filter", "-f", "jsonl", "--page-size", "1000", "--cursor", cursor)
    assert (len(rest.stdout.splitlines()), rest.stderr) == (53, "")


def test_ids_are_never_cut_either(sixty):
    assert len(sixty("filter", "--ids").stdout.split()) == 60
    assert len(sixty("filter", "--ids", "--page-size", "5").stdout.split()) == 5


def test_fields_narrow_every_format(books):
    words = ["filter", "--key", "late", "--fields", "friendlyId,customer.name,lines"]
    (row,) = books.ok(*words)["data"]
    assert list(row) == ["friendlyId", "customer.name", "lines"]
    assert row["lines"][0]["description"] == "Work"
    assert books(*words[:-1], "amount,key", "-f", "csv").stdout == "amount,key\n100.00,late\n"


def test_an_unknown_field_to_show_is_refused(books):
    assert "customer.name" in str(books("filter", "--fields", "customer.nmae", "--json").error)
    assert books("filter", "--fields", "customer.nmae").exit_code == 5
    assert books("filter", "--fields", "customer.nmae", "--trash").exit_code == 5


# What is refused.


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--status", "nope"], 5),
        (["--status", "paid,"], 5),
        (["--status", ""], 2),
        (["--customer", "C-00099"], 4),
        (["--customer", ""], 2),
        (["--order", "nope"], 4),
        (["--shipment", "nope"], 4),
        (["--from", "11/12/2026"], 2),
        (["--date", "2026-02-30"], 2),
        (["--min-amount", "1,50"], 2),
        (["--min-amount", "1.1234567"], 5),
        (["--currency", "EUX"], 5),
        (["--attr", "region"], 2),
        (["--attr", "=west"], 2),
        (["--sort", "total"], 5),
        (["--sort", "--amount"], 5),
        (["--page-size", "0"], 5),
        (["--page-size", "1001"], 5),
        (["--page-size", "x"], 2),
        (["--page-size", "-5"], 5),
        (["--page-size", "0", "--count"], 5),
        (["--filter", '{"filter": {}, "pageSize": 1001}', "--ids"], 5),
        (["--cursor", "x", "--count"], 5),
        (["--page", "0", "--print-filter"], 5),
        (["--page", "-1"], 5),
        (["--page", "0"], 5),
        (["--cursor", "nonsense"], 5),
        (["--page", "2", "--cursor", "x"], 2),
        (["--all", "--page", "2"], 2),
        (["--count", "--ids"], 2),
        (["--filter", "{"], 2),
        (["--filter", ""], 2),
        (["--filter", "[]"], 5),
        (["--filter", "null"], 5),
        (["--filter", '{"filter": null}'], 5),
        (["--filter", '{"filter": {}, "sort": "amount"}'], 5),
        (["--filter", '{"pageSize": "50"}'], 5),
        (["--filter", '{"pageSize": true}'], 5),
        (["--filter", '{"pageSize": 0}'], 5),
        (["--filter", '{"cursor": 5}'], 5),
        (["--filter", '{"overdue": true, "overdue": false}'], 2),
        (["--filter", '{"amount": {"lessThan": NaN}}'], 2),
        (["--filter", '{"amount": {"lessThan": 1e999}}'], 5),
        (["--filter", '{"overdue": true} x'], 2),
        (["--format", "yaml"], 2),
        (["--filter", "@missing.json"], 4),
        (["--filter", '{"search": "' + "x" * 70_000 + '"}'], 5),
        (["--filter", "[" * 30_000], 2),
    ],
    ids=lambda each: " ".join(each)[:60] if isinstance(each, list) else str(each),
)
def test_what_cannot_be_is_refused(books, words, code):
    answer = books("filter", *words, "--json")
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert answer.error["message"]


def test_a_refusal_names_the_path_of_what_is_wrong(books):
    body = '{"filter": {"or": [{"status": {"equalTo": "PAYED"}}]}}'
    error = books("filter", "--filter", body, "--json").error
    assert error["error"] == "validation_error"
    assert error["details"] == [
        {"field": "filter.or[0].status.equalTo", "message": "is not a status; did you mean PAID?"}
    ]


@pytest.mark.sqlite
def test_a_missing_database_is_said_and_not_made(run):
    assert run("filter").exit_code == 10
    assert run.is_untouched()
    assert not run.db.exists()


def test_a_person_is_told_the_number_of_the_next_page_and_a_script_its_cursor(books):
    assert "use --all, or --page 2\n" in books("filter", "--page-size", 1, "-f", "table").stderr
    second = books("filter", "--page-size", 1, "--page", 2, "-f", "table").stderr
    assert "use --all, or --page 3\n" in second
    assert "--cursor" in books("filter", "--page-size", 1, "-f", "tsv").stderr
