"""unpublish: a draft again from today on, and no day counts it twice."""

from datetime import UTC, date, datetime

import pytest

from invoicectl import config
from invoicectl.service import documents
from invoicectl.service.act import Act
from invoicectl.store import papers, records, refs
from tests.states import (
    STATES,
    books_are_in_order,
    draft,
    everything,
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


def published(shop, *words):
    """Publish an invoice on the fifth of January, and return its number."""
    name = draft(shop, *words)
    return shop.ok("publish", name, "--invoice-date", "2026-01-05", today="2026-01-05")[
        "friendlyId"
    ]


def test_unpublish_makes_it_a_draft_that_keeps_its_number(shop):
    name = published(shop)
    after = shop.ok("unpublish", name)
    assert (after["status"], after["friendlyId"], after["shareToken"]) == ("DRAFT", name, None)
    assert (after["amountOwed"], after["amount"]) == (0, 105)
    assert after["kpis"]["lastCancelledOn"] == "2026-01-31"
    assert history(shop, name) == ["create", "publish", "unpublish"]
    assert shop.ok("get", "DRAFT-00001")["friendlyId"] == name


def test_before_that_day_it_stood(shop):
    name = published(shop)
    shop.ok("unpublish", name, today="2026-01-20")
    days = {day: owed_on(shop, f"2026-01-{day}") for day in ("04", "05", "19", "20", "31")}
    assert days == {"04": 0, "05": 105, "19": 105, "20": 0, "31": 0}


def test_it_stood_with_the_dates_it_had_whatever_became_of_the_draft(shop):
    name = published(shop)
    shop.ok("unpublish", name, today="2026-01-20")
    shop.ok("update", name, "--invoice-date", "2026-03-01", "--item", "desc=Other,price=7")
    detail = shop.ok("aging", "--as-of", "2026-01-10", "--detail")["rows"][0]["details"]
    assert [(row["invoiceDate"], row["dueDate"], row["owed"]) for row in detail] == [
        ("2026-01-05", "2026-02-04", 105)
    ]


def test_issued_again_on_its_old_date_no_day_counts_it_twice(shop):
    name = published(shop)
    shop.ok("unpublish", name, today="2026-01-20")
    again = shop.ok("mark-awaiting", name, "--invoice-date", "2026-01-05", today="2026-01-25")
    assert (again["friendlyId"], again["invoiceDate"]) == (name, "2026-01-05")
    days = ["2026-01-04", "2026-01-05", "2026-01-19", "2026-01-20", "2026-01-31"]
    assert [owed_on(shop, day) for day in days] == [0, 105, 105, 105, 105]
    with shop.opened() as books:
        sums = [
            books.execute(
                "SELECT sum(owed_minor) FROM movement WHERE entry_date <= ?", [day]
            ).fetchone()[0]
            for day in days
        ]
    assert sums == [None, 10500, 10500, 10500, 10500]


def test_what_is_paid_on_an_earlier_day_counts_from_when_it_was_issued_again(shop):
    name = published(shop)
    shop.ok("unpublish", name, today="2026-01-20")
    shop.ok("update", name, "--item", "desc=More,price=500")
    shop.ok("mark-awaiting", name, "--invoice-date", "2026-01-05", today="2026-01-25")
    shop.ok("pay", name, "--date", "2026-01-10")
    owed = [owed_on(shop, f"2026-01-{day}") for day in ("09", "10", "19", "20", "31")]
    assert owed == [105, 105, 105, 0, 0]


@pytest.mark.parametrize("given", [True, False])
def test_the_date_a_draft_was_given_is_kept_any_other_is_the_day_it_is_issued(shop, given):
    name = draft(shop, *(["--invoice-date", "2026-01-05"] if given else []))
    shop.ok("publish", name, today="2026-01-06")
    shop.ok("unpublish", name, today="2026-01-20")
    again = shop.ok("publish", name, today="2026-01-25")
    assert again["invoiceDate"] == ("2026-01-05" if given else "2026-01-25")
    assert again["dueDate"] == ("2026-02-04" if given else "2026-02-24")


def test_issued_again_it_takes_no_other_number(shop):
    name = published(shop)
    other = published(shop)
    shop.ok("unpublish", name)
    shop.ok("publish", name)
    assert (name, other, published(shop)) == ("INV-00001", "INV-00002", "INV-00003")
    assert shop.ok("get", name)["kpis"]["lastReactivatedOn"] is not None


def test_its_pdf_is_made_anew(shop):
    name = published(shop)
    first = shop("pdf", name, "-o", "first.pdf", "--json").json
    shop.ok("unpublish", name)
    assert shop.ok("get", name)["documentId"] is None
    shop.ok("update", name, "--note", "corrected")
    shop.ok("publish", name)
    second = shop("pdf", name, "-o", "second.pdf", "--json").json
    assert second["documentSha256"] != first["documentSha256"]
    with shop.opened() as books:
        kept = books.execute("SELECT sha256, superseded FROM document ORDER BY id").fetchall()
    assert kept == [(first["documentSha256"], 1), (second["documentSha256"], 0)]


def test_one_dated_ahead_stood_until_its_own_day(shop):
    name = shop.ok("publish", draft(shop), "--invoice-date", "2026-02-10")["friendlyId"]
    shop.ok("unpublish", name)
    assert [owed_on(shop, day) for day in ("2026-02-09", "2026-02-10", "2026-02-11")] == [0, 0, 0]


def test_marked_as_sent_is_not_e_mailed(shop):
    name = issued(shop)
    shop.ok("mark-sent", name)
    assert shop.ok("unpublish", name)["sentAt"] is None


def test_the_charges_stay_with_the_draft(shop):
    name = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    shop.ok("publish", name)
    shop.ok("unpublish", name)
    assert shop.ok("shipment", "get", "S-1")["invoice"] == "INV-00001"
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_UNPAID"


def test_it_can_be_voided(shop):
    name = published(shop)
    shop.ok("unpublish", name, today="2026-01-20")
    assert shop.ok("void", name, "--yes")["status"] == "VOIDED"
    assert [owed_on(shop, f"2026-01-{day}") for day in ("10", "20", "31")] == [105, 0, 0]


@pytest.mark.parametrize("state", [each for each in STATES if each != "AWAITING_PAYMENT"])
def test_only_what_awaits_payment_is_taken_back(shop, state):
    name = in_state(shop, state)
    with nothing_changes(shop):
        message = shop.refused("unpublish", name, code=6)
    assert message == f"cannot unpublish invoice {name}: it is {state}"


def test_what_was_e_mailed_stands(shop):
    shop.ok("config", "set", "mail.transport=file", "mail.folder=mail")
    name = issued(shop)
    shop.ok("send", name)
    with nothing_changes(shop):
        ran = shop("unpublish", name)
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr.startswith(f"error: cannot unpublish invoice {name}: it was e-mailed on ")
    assert ran.stderr.endswith(f"hint: void it instead: invoicectl void {name}\n")


def test_what_was_sold_to_a_factor_stands(shop):
    name = issued(shop)
    shop.ok("update", name, "--factor-name", "HAULPAY")
    with nothing_changes(shop):
        message = shop.refused("unpublish", name, code=6)
    assert message == f"cannot unpublish invoice {name}: it is factored (HAULPAY)"
    shop.ok("update", name, "--factor-name", "")
    assert shop.ok("unpublish", name)["status"] == "DRAFT"


def test_what_a_credit_note_was_made_of_stands(shop):
    name = issued(shop)
    shop.ok("credit-note", name, "--amount", "5")
    with nothing_changes(shop):
        message = shop.refused("unpublish", name, code=6)
    assert message == f"cannot unpublish invoice {name}: credit note CM-00001 was made from it"


def test_a_credit_that_is_applied_stands_in_the_way(shop):
    name = issued(shop)
    shop.ok("credit", "create", "--customer", "acme", "--amount", "5")
    shop.ok("credit", "apply", "CM-00001", name)
    with nothing_changes(shop):
        assert "PARTIALLY_PAID" in shop.refused("unpublish", name, code=6)
    shop.ok("credit", "unapply", "CM-00001")
    assert shop.ok("unpublish", name)["status"] == "DRAFT"


def test_no_such_invoice(shop):
    before = everything(shop)
    shop.refused("unpublish", "INV-00009", code=4)
    assert everything(shop) == before


def test_a_dry_run_keeps_nothing(shop):
    name = issued(shop)
    with nothing_changes(shop):
        assert shop.ok("unpublish", name, "--dry-run")["status"] == "DRAFT"


def test_a_letter_that_was_never_handed_over_is_called_off(shop):
    shop.ok("config", "set", "mail.transport=file", "mail.folder=mail")
    name = issued(shop)
    with shop.breaking("UPDATE ON send", "NEW.state = 'handed'"):
        assert shop("send", name).exit_code == 1
    shop.ok("unpublish", name)
    shop.ok("update", name, "--note", "corrected")
    shop.ok("send", name)
    with shop.opened() as books:
        sends = books.execute("SELECT state, error FROM send ORDER BY id").fetchall()
    assert sends == [("refused", "taken back to a draft"), ("sent", None)]


def test_a_date_that_was_wrongly_in_the_future_leaves_no_trace_in_any_aging(shop):
    name = issued(shop, "--invoice-date", "2027-01-10")
    shop.ok("unpublish", name)
    amount = shop.ok("mark-awaiting", name, "--invoice-date", "2026-01-10")["amount"]
    days = ("2026-01-09", "2026-01-10", "2026-12-31", "2027-01-10", "2027-01-11")
    assert [owed_on(shop, day) for day in days] == [0, amount, amount, amount, amount]
    shop.ok("pay", name, "--date", "2026-01-20")
    assert [owed_on(shop, day) for day in ("2026-01-19", "2026-01-20", "2027-02-01")] == [
        amount,
        0,
        0,
    ]
    assert shop("check").exit_code == 0


def test_what_stood_for_a_while_is_not_counted_twice_when_it_is_issued_anew(shop):
    name = issued(shop, "--invoice-date", "2026-01-10")
    shop.ok("unpublish", name, today="2026-02-10")
    amount = shop.ok("mark-awaiting", name, "--invoice-date", "2026-01-05")["amount"]
    days = ("2026-01-09", "2026-01-10", "2026-02-09", "2026-02-10")
    assert [owed_on(shop, day) for day in days] == [0, amount, amount, amount]


def test_a_draft_that_was_issued_before_may_change_its_currency(shop):
    name = published(shop)
    shop.ok("unpublish", name, today="2026-01-20")
    shop.ok("update", name, "--currency", "JPY", "--item", "desc=Other,price=700")
    assert shop("check").exit_code == 0
    shop.ok("mark-awaiting", name)
    then, now = (shop.ok("aging", "--as-of", day)["rows"] for day in ("2026-01-10", "2026-01-31"))
    assert [(row["currency"], row["total"]) for row in (*then, *now)] == [
        ("USD", 105),
        ("JPY", 700),
    ]


def test_money_of_a_day_to_come_that_was_deleted_again_does_not_put_it_off(shop):
    name = issued(shop, "--invoice-date", "2026-01-10")
    payment = shop.ok("pay", name, "--date", "2026-02-20")["friendlyId"]
    shop.ok("payment", "delete", payment, "--yes")
    assert shop.ok("unpublish", name)["kpis"]["lastCancelledOn"] == "2026-01-31"
    assert [owed_on(shop, day) for day in ("2026-01-30", "2026-01-31", "2026-02-21")] == [105, 0, 0]


@pytest.mark.parametrize("meanwhile", [
    [["unpublish"]],
    [["unpublish"], ["update", "--discount", "10%"], ["mark-awaiting"]],
    [["void", "--yes"]],
], ids=["a draft again", "issued anew", "void"])  # fmt: skip
def test_a_pdf_that_was_drawn_before_it_was_taken_back_is_not_kept(shop, meanwhile):
    """Two processes: one draws, which takes long, and the other takes the invoice back."""
    name = issued(shop)
    db, act = (
        shop.store,
        Act(datetime.now(UTC), date(2026, 1, 31), "tester", config.load(shop.config), print),
    )
    with db.read() as books:
        invoice_id = refs.find(books, "invoice", name)
        (record,) = records.invoices(books, [invoice_id], act.today)
        drawn = documents.standing(books, record, invoice_id)
    for verb, *options in meanwhile:
        shop.ok(verb, name, *options)
    assert documents.keep(db, act, invoice_id, b"%PDF-1.4 of before", drawn) is None
    with db.read() as books:
        assert papers.document(books, invoice_id) is None
    assert shop.ok("check")["findings"] == []
