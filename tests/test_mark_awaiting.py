"""mark-awaiting: a draft gets its number and dates, and is owed from its date on."""

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
    owed_on,
)


@pytest.fixture
def shop(run):
    yield open_shop(run)
    books_are_in_order(run)


def test_issuing_gives_number_dates_and_what_is_owed(shop):
    after = shop.ok("mark-awaiting", draft(shop))
    assert (after["friendlyId"], after["status"]) == ("INV-00001", "AWAITING_PAYMENT")
    assert (after["invoiceDate"], after["dueDate"]) == ("2026-01-31", "2026-03-02")
    assert (after["amount"], after["amountOwed"], after["shareToken"]) == (105, 105, None)
    assert history(shop, "INV-00001") == ["create", "mark-awaiting"]


def test_the_draft_name_keeps_working(shop):
    name = draft(shop)
    shop.ok("mark-awaiting", name)
    assert shop.ok("get", name.lower())["friendlyId"] == "INV-00001"


@pytest.mark.parametrize(
    ("made", "typed", "dates"),
    [
        ([], [], ("2026-02-10", "2026-03-12")),
        (["--invoice-date", "2026-01-15"], [], ("2026-01-15", "2026-02-14")),
        (
            ["--invoice-date", "2026-01-15"],
            ["--invoice-date", "2026-02-01"],
            ("2026-02-01", "2026-03-03"),
        ),
        (["--due-date", "2026-04-01"], [], ("2026-02-10", "2026-04-01")),
        (["--due-date", "2026-04-01"], ["--due-date", "2026-05-01"], ("2026-02-10", "2026-05-01")),
        (["--term", "EOM+10"], [], ("2026-02-10", "2026-03-10")),
        (["--term", "on receipt"], ["--invoice-date", "2026-02-03"], ("2026-02-03", "2026-02-03")),
    ],
)
def test_which_dates_it_gets(shop, made, typed, dates):
    after = shop.ok("mark-awaiting", draft(shop, *made), *typed, today="2026-02-10")
    assert (after["invoiceDate"], after["dueDate"]) == dates


def test_a_due_date_other_than_the_terms_is_said(shop):
    ran = shop("mark-awaiting", draft(shop), "--due-date", "2026-02-01")
    assert ran.exit_code == 0
    assert "the due date is 2026-02-01; by net 30 it would be 2026-03-02" in ran.stderr.lower()


def test_it_is_owed_from_its_date_on(shop):
    shop.ok("mark-awaiting", draft(shop), "--invoice-date", "2026-01-15")
    assert [owed_on(shop, day) for day in ("2026-01-14", "2026-01-15")] == [0, 105]


def test_the_order_awaits_payment(shop):
    shop.ok("mark-awaiting", shop.ok("create", "--order", "SO-1")["friendlyId"])
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_UNPAID"


def test_a_total_of_nothing_is_paid_at_once(shop):
    free = shop.ok("create", "--customer", "acme", "--item", "desc=Sample,price=0")["friendlyId"]
    after = shop.ok("mark-awaiting", free)
    assert (after["status"], after["amountOwed"], after["friendlyId"]) == ("PAID", 0, "INV-00001")


def test_the_customer_is_frozen_on_it(shop):
    name = issued(shop)
    shop.ok("customer", "update", "acme", "--name", "Acme Reborn")
    shop("pdf", name, "-o", "frozen.pdf")
    from pypdf import PdfReader

    text = PdfReader(shop.folder / "frozen.pdf").pages[0].extract_text()
    assert "Acme" in text
    assert "Reborn" not in text


def test_numbers_have_no_gaps_whatever_is_refused(shop):
    first = issued(shop)
    shop.refused("mark-awaiting", first, code=6)
    shop.ok("mark-awaiting", draft(shop), "--dry-run")
    shop.ok("delete", draft(shop))
    assert issued(shop) == "INV-00002"


def test_a_number_set_beforehand_is_kept_and_skipped_over(shop):
    assert issued(shop, "--number", "INV-00002") == "INV-00002"
    assert [issued(shop), issued(shop)] == ["INV-00001", "INV-00003"]


def test_year_and_month_of_a_number_are_the_invoice_dates(shop):
    shop.ok("config", "set", "numbering.pattern=R{year}/{month}-{seq:03d}")
    dates = ("2025-12-31", "2026-01-01", "2026-01-31")
    made = [
        shop.ok("mark-awaiting", draft(shop), "--invoice-date", day)["friendlyId"] for day in dates
    ]
    assert made == ["R2025/12-001", "R2026/01-001", "R2026/01-002"]


@pytest.mark.parametrize("state", STATES[1:])
def test_only_drafts_are_issued(shop, state):
    name = in_state(shop, state)
    with nothing_changes(shop):
        message = shop.refused("mark-awaiting", name, code=6)
    assert message == f"cannot mark-awaiting invoice {name}: it is {state}"


def test_what_is_in_the_trash_is_not_issued(shop):
    name = draft(shop)
    shop.ok("delete", name)
    with nothing_changes(shop):
        ran = shop("mark-awaiting", name)
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr == (
        f"error: invoice {name} is in the trash\nhint: invoicectl trash restore {name}\n"
    )


@pytest.mark.parametrize("words", [["--invoice-date", "31.1.2026"], ["--due-date", "2026-02-30"]])
def test_a_bad_date_is_bad_usage(shop, words):
    name = draft(shop)
    with nothing_changes(shop):
        shop.refused("mark-awaiting", name, *words, code=2)


def test_no_such_invoice(shop):
    with nothing_changes(shop):
        shop.refused("mark-awaiting", "DRAFT-00009", code=4)


def test_a_dry_run_keeps_nothing(shop):
    name = draft(shop)
    with nothing_changes(shop):
        assert shop.ok("mark-awaiting", name, "--dry-run")["friendlyId"] == "INV-00001"
