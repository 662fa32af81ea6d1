"""aging, as its user meets it: what is shown of a day, in which order, and what is refused."""

import csv
import io
import json
from datetime import date
from random import Random

import pytest

from tests.aging_books import Bill, Book, Held

EARLIER, TODAY, LATER = date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 15)


@pytest.fixture
def book(run):
    """A book with nothing in it; `keep` writes it down."""
    empty = Book(Random(1), steps=0)
    empty.today = TODAY
    return empty


@pytest.fixture
def keep(run, book):
    def keeping():
        with run.store.write() as session:
            book.save(session)

    return keeping


def bill(book, total, due, customer=1, currency="EUR", invoiced=EARLIER, factor=None):
    """Issue an invoice: 100 is 1.00 EUR."""
    made = Bill(len(book.bills) + 1, customer, currency, total, invoiced, due, factor)
    book.bills.append(made)
    book.issue()
    return made


def hold(book, amount, on, customer=1, currency="EUR", kind="payment"):
    """Receive money, or owe a customer a credit."""
    held = Held(len(book.held) + 1, kind, customer, currency, amount, on)
    book.held.append(held)
    book.move("money" if kind == "payment" else "memo", on, held=held, unapplied=-amount)
    return held


def pay(book, paid, amount, on):
    held = hold(book, amount, on, paid.customer, paid.currency)
    book.move("payment", on, paid, held, owed=-amount, unapplied=amount)


def test_json_is_exactly_this(run, book, keep):
    late = bill(book, 15_000, due=date(2026, 1, 30))
    pay(book, late, 2_500, on=date(2026, 1, 20))
    bill(book, 900, due=TODAY)
    hold(book, 400, on=TODAY)
    keep()
    figures = {
        "amounts": {"current": 9.0, "1-30": 125.0, "31-60": 0.0, "61-90": 0.0, "90+": 0.0},
        "total": 134.0,
        "unapplied": -4.0,
        "balance": 130.0,
        "invoices": 2,
    }
    who = {"id": "customer-1", "key": None, "friendlyId": "C-00001", "name": "ada"}
    assert run.ok("aging") == {
        "asOf": "2026-01-31",
        "by": "due-date",
        "buckets": [
            {"label": "current", "from": None, "to": 0},
            {"label": "1-30", "from": 1, "to": 30},
            {"label": "31-60", "from": 31, "to": 60},
            {"label": "61-90", "from": 61, "to": 90},
            {"label": "90+", "from": 91, "to": None},
        ],
        "rows": [{"customer": who, "currency": "EUR", **figures}],
        "totals": [{"currency": "EUR", **figures}],
    }


def test_csv_is_exactly_this_and_the_same_every_time(run, book, keep):
    bill(book, 15_000, due=date(2025, 11, 1))
    bill(book, 500, due=None, customer=3, currency="JPY", invoiced=TODAY)
    bill(book, 1_234, due=TODAY, customer=3, currency="KWD")
    keep()
    typed = ("aging", "--format", "csv", "--totals")
    assert run(*typed).stdout == (
        "asOf,customerId,customerKey,customerName,currency,"
        "current,1-30,31-60,61-90,90+,total,unapplied,balance,invoices\n"
        "2026-01-31,customer-1,,ada,EUR,0.00,0.00,0.00,0.00,150.00,150.00,0.00,150.00,1\n"
        "2026-01-31,customer-3,,bob & sons,JPY,500,0,0,0,0,500,0,500,1\n"
        "2026-01-31,customer-3,,bob & sons,KWD,1.234,0.000,0.000,0.000,0.000,1.234,0.000,1.234,1\n"
        "2026-01-31,,,Total,EUR,0.00,0.00,0.00,0.00,150.00,150.00,0.00,150.00,1\n"
        "2026-01-31,,,Total,JPY,500,0,0,0,0,500,0,500,1\n"
        "2026-01-31,,,Total,KWD,1.234,0.000,0.000,0.000,0.000,1.234,0.000,1.234,1\n"
    )
    assert run(*typed).stdout == run(*typed).stdout


def buckets(report):
    """Return the buckets of the one row that have something in them."""
    (row,) = report["rows"]
    return {label: amount for label, amount in row["amounts"].items() if amount}


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        (date(2026, 3, 1), "current"),
        (TODAY, "current"),
        (date(2026, 1, 30), "1-30"),
        (date(2026, 1, 1), "1-30"),
        (date(2025, 12, 31), "31-60"),
        (date(2025, 12, 2), "31-60"),
        (date(2025, 12, 1), "61-90"),
        (date(2025, 11, 2), "61-90"),
        (date(2025, 11, 1), "90+"),
    ],
)
def test_a_due_date_falls_into_its_bucket(due, bucket, run, book, keep):
    bill(book, 100, due, invoiced=date(2025, 10, 1))
    keep()
    assert buckets(run.ok("aging")) == {bucket: 1.0}


def test_the_invoice_date_counts_on_request_and_where_there_is_no_due_date(run, book, keep):
    bill(book, 100, due=date(2026, 3, 1), invoiced=date(2025, 12, 31))
    bill(book, 200, due=None, invoiced=date(2026, 1, 30))
    keep()
    assert buckets(run.ok("aging")) == {"current": 1.0, "1-30": 2.0}
    by_invoice_date = run.ok("aging", "--by", "invoice-date")
    assert (by_invoice_date["by"], buckets(by_invoice_date)) == (
        "invoice-date",
        {"1-30": 2.0, "31-60": 1.0},
    )


def test_other_buckets_have_other_labels(run, book, keep):
    bill(book, 100, due=date(2026, 1, 15))
    keep()
    report = run.ok("aging", "--buckets", "15,45")
    assert list(report["rows"][0]["amounts"]) == ["current", "1-15", "16-45", "45+"]
    assert buckets(report) == {"16-45": 1.0}


def test_what_was_paid_since_was_owed_then(run, book, keep):
    paid = bill(book, 52_500, due=date(2026, 1, 15))
    pay(book, paid, 52_500, on=date(2026, 1, 25))
    keep()
    assert run.ok("aging")["rows"] == []
    assert buckets(run.ok("aging", "--as-of", "2026-01-24")) == {"1-30": 525.0}


def test_what_is_dated_after_today_has_not_happened(run, book, keep):
    owed = bill(book, 100, due=TODAY)
    pay(book, owed, 100, on=LATER)
    bill(book, 5_000, due=None, invoiced=LATER)
    hold(book, 700, on=LATER, kind="credit")
    keep()
    (row,) = run.ok("aging")["rows"]
    assert (row["total"], row["unapplied"], row["invoices"]) == (1.0, 0.0, 1)
    (row,) = run.ok("aging", "--as-of", LATER)["rows"]
    assert (row["total"], row["unapplied"], row["invoices"]) == (50.0, -7.0, 1)


def test_drafts_are_in_no_aging(run, book, keep):
    book.bills.append(Bill(1, 1, "EUR", 100, EARLIER, None, None))
    keep()
    assert run.ok("aging")["rows"] == []


def test_a_voided_invoice_stood_until_it_was_voided(run, book, keep):
    void = bill(book, 100, due=None)
    book.move("void", TODAY, void, owed=-100)
    void.status = "VOIDED"
    keep()
    assert run.ok("aging")["rows"] == []
    assert buckets(run.ok("aging", "--as-of", "2026-01-30")) == {"1-30": 1.0}


def test_an_invoice_taken_back_stood_as_it_was(run, book, keep):
    """Now it is another customer's draft, with other dates and in another currency."""
    bill(book, 100, due=date(2026, 1, 10))
    book.unpublish()
    vars(book.bills[0]).update(customer=2, currency="JPY", invoice_date=LATER, due_date=LATER)
    keep()
    assert run.ok("aging")["rows"] == []
    report = run.ok("aging", "--as-of", "2026-01-30", "--detail")
    assert [(row["customer"]["name"], row["currency"]) for row in report["rows"]] == [
        ("ada", "EUR")
    ]
    assert report["rows"][0]["details"] == [
        {
            "id": "invoice-1",
            "friendlyId": "INV-00001",
            "key": None,
            "invoiceDate": "2026-01-01",
            "dueDate": "2026-01-10",
            "days": 20,
            "bucket": "1-30",
            "owed": 1.0,
        }
    ]


def test_a_deleted_payment_stands_before_the_day_it_was_deleted(run, book, keep):
    pay(book, bill(book, 100, due=TODAY), 100, on=date(2026, 1, 10))
    book.delete()
    keep()
    assert buckets(run.ok("aging")) == {"current": 1.0}
    assert run.ok("aging", "--as-of", "2026-01-30")["rows"] == []


def test_a_row_may_be_money_alone_and_is_never_zero_throughout(run, book, keep):
    hold(book, 300, on=TODAY, customer=2)
    pay(book, bill(book, 100, due=TODAY), 100, on=TODAY)
    keep()
    (row,) = run.ok("aging", "--detail")["rows"]
    assert (row["customer"]["name"], row["balance"], row["invoices"]) == ("Ada", -3.0, 0)
    assert row["details"] == []


def test_rows_are_in_the_order_of_names_then_currencies(run, book, keep):
    for customer, currency in ((3, "EUR"), (1, "KWD"), (2, "JPY"), (2, "EUR"), (1, "EUR")):
        bill(book, 100, due=TODAY, customer=customer, currency=currency)
    keep()
    rows = [(row["customer"]["name"], row["currency"]) for row in run.ok("aging")["rows"]]
    assert rows == [
        ("Ada", "EUR"), ("Ada", "JPY"), ("ada", "EUR"), ("ada", "KWD"), ("bob & sons", "EUR"),
    ]  # fmt: skip


def test_two_currencies_are_never_added(run, book, keep):
    bill(book, 574_999, due=TODAY)
    bill(book, 700, due=TODAY, currency="JPY")
    keep()
    totals = [(each["currency"], each["total"]) for each in run.ok("aging")["totals"]]
    assert totals == [("EUR", 5749.99), ("JPY", 700)]


def test_amounts_have_the_decimals_of_their_currency(run, book, keep):
    for currency in ("EUR", "JPY", "KWD"):
        bill(book, 500, due=TODAY, currency=currency)
    keep()
    shown = run("aging", "--json").stdout
    assert [f'"total": {amount},' in shown for amount in ("5.00", "500", "0.500")] == [True] * 3


def test_only_the_customers_asked_for_are_shown(run, book, keep):
    for customer in (1, 2, 3):
        bill(book, 100, due=TODAY, customer=customer)
    keep()
    report = run.ok("aging", "--customer", "c-00001", "--customer", "C-00003")
    assert [row["customer"]["friendlyId"] for row in report["rows"]] == ["C-00001", "C-00003"]
    assert report["totals"][0]["invoices"] == 2


def test_only_the_currency_asked_for_is_shown(run, book, keep):
    bill(book, 100, due=TODAY)
    hold(book, 100, on=TODAY, currency="JPY")
    keep()
    assert [row["currency"] for row in run.ok("aging", "--currency", "jpy")["rows"]] == ["JPY"]


def test_factored_and_not_factored_add_up_to_all(run, book, keep):
    """No money that is held belongs to a factor."""
    bill(book, 100, due=TODAY, factor="DENIM")
    bill(book, 200, due=TODAY)
    hold(book, 50, on=TODAY)
    keep()
    shown = {
        word: [
            (row["total"], row["unapplied"], row["balance"], row["invoices"])
            for row in run.ok("aging", "--factored", word)["rows"]
        ]
        for word in ("only", "exclude", "include")
    }
    assert shown == {
        "only": [(1.0, 0.0, 1.0, 1)],
        "exclude": [(2.0, -0.5, 1.5, 1)],
        "include": [(3.0, -0.5, 2.5, 2)],
    }


def test_detail_is_in_the_order_of_due_dates_then_numbers(run, book, keep):
    for due in (date(2026, 2, 1), date(2026, 1, 5), None, date(2026, 1, 5)):
        bill(book, 100, due)
    keep()
    rows = list(csv.DictReader(io.StringIO(run("aging", "--detail", "--format", "csv").stdout)))
    assert [(row["invoiceNumber"], row["days"], row["bucket"]) for row in rows] == [
        ("INV-00003", "30", "1-30"),
        ("INV-00002", "26", "1-30"),
        ("INV-00004", "26", "1-30"),
        ("INV-00001", "-1", "current"),
    ]


def test_a_chart_has_a_bar_for_every_customer(run, book, keep):
    bill(book, 1000, due=TODAY)
    bill(book, 500, due=TODAY, customer=3)
    keep()
    shown = run("aging", "--format", "table", "--chart").stdout
    bars = [line.count("░") for line in shown.splitlines() if "░░" in line]
    assert bars == [60, 30]
    assert "0 % late" in shown


def test_an_unknown_customer_is_not_found(run, book, keep):
    keep()
    assert "C-00009" in run.refused("aging", "--customer", "C-00009", code=4)


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--as-of", "11/12/2026", 2),
        ("--as-of", "2026-02-30", 2),
        ("--by", "date", 2),
        ("--factored", "yes", 2),
        ("--buckets", "a,b", 2),
        ("--buckets", "60,30", 5),
        ("--buckets", "0", 5),
        ("--currency", "EUX", 5),
    ],
)
def test_an_option_that_cannot_be_read_or_taken_is_named(option, value, code, run, keep):
    keep()
    assert option in run.refused("aging", option, value, code=code)


@pytest.mark.sqlite
def test_without_a_database_nothing_is_made(run):
    run.refused("aging", code=10)
    assert run.is_untouched()
    assert not run.db.exists()


def narrowed(run, format, fields, *words):
    ran = run("aging", "-f", format, "--fields", fields, *words)
    assert ran.exit_code == 0, ran.stderr
    return ran


def test_fields_narrow_every_format(run, book, keep):
    bill(book, 100, due=date(2026, 1, 10))
    bill(book, 250, due=TODAY)
    keep()
    fields = "customerName,customer.name,1-30,total"
    row = {"customerName": "ada", "customer.name": "ada", "1-30": 1.0, "total": 3.5}
    report = narrowed(run, "json", fields).json
    assert (report["rows"], report["totals"]) == ([row], [{"1-30": 1.0, "total": 3.5}])
    assert json.loads(narrowed(run, "jsonl", fields, "--totals").stdout) == row
    assert narrowed(run, "csv", fields, "--totals").stdout == (
        f"{fields}\nada,ada,1.00,3.50\nTotal,,1.00,3.50\n"
    )
    assert "<row>\n    <total>3.50</total>\n  </row>" in narrowed(run, "xml", "total").stdout
    assert narrowed(run, "table", "customerName,1-30").stdout.split() == [
        *("Customer", "name", "1-30"), "─" * 13, "────", "ada", "1.00"
    ]  # fmt: skip


def test_fields_of_invoices_narrow_them_in_detail(run, book, keep):
    bill(book, 100, due=date(2026, 1, 10))
    keep()
    fields = "invoiceNumber,days,owed"
    assert narrowed(run, "csv", fields, "--detail").stdout == f"{fields}\nINV-00001,21,1.00\n"
    (row,) = narrowed(run, "json", "currency,details", "--detail").json["rows"]
    assert (list(row), row["details"][0]["days"]) == (["currency", "details"], 21)
    for words in (("--fields", "owed"), ("--fields", "details"), ("--fields", "nope", "--detail")):
        assert run.refused("aging", *words, code=5).startswith("fields: no field")
