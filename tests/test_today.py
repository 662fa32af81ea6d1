"""`invoicectl` alone shows what needs doing today, and on a first run how to begin."""

import json
import os
import shlex
from datetime import datetime
from decimal import Decimal

import pytest

from tests.test_schema_command import faults

DAY = "2026-01-31"


def types(run, *lines):
    for line in lines:
        assert run(*shlex.split(line)).exit_code == 0, line


def exact(ran):
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout, parse_float=Decimal)


def invoice(run, amount, due, currency="USD", issued="2025-12-01"):
    """Issue an invoice; return its number."""
    draft = run.ok("create", "--customer", "C-00001", "--currency", currency, "--item",
                   f"desc=Work,price={amount}", "--due-date", due)["friendlyId"]  # fmt: skip
    return run.ok("mark-awaiting", draft, "--invoice-date", issued)["friendlyId"]


@pytest.fixture
def shop(run):
    types(run, "init --company Northwind", "customer add --name Globex --email ap@globex.example")
    return run


@pytest.mark.sqlite
def test_a_first_run_says_in_three_lines_how_to_begin(run):
    ran = run()
    first, look, begin = ran.stdout.splitlines()
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert str(run.db) in first
    assert look.endswith("invoicectl demo")
    assert begin.endswith("invoicectl init")


def test_a_first_run_creates_nothing(nowhere):
    nowhere()
    assert nowhere.is_untouched()
    assert list(nowhere.folder.iterdir()) == []


def test_a_script_on_a_first_run_is_told_that_there_are_no_books(nowhere):
    said = nowhere.ok()
    assert (said["database"], said["next"]) == (None, ["invoicectl demo", "invoicectl init"])
    assert faults("today", said) == []


def test_empty_books_say_what_to_type_first(run):
    types(run, "init --company Northwind")
    assert run.ok()["next"][0].startswith("invoicectl customer add")
    assert "Nothing is due" in run().stdout


def test_what_is_late_is_summed_up_by_currency(shop):
    invoice(shop, "100.50", "2026-01-30")
    invoice(shop, "20", "2025-12-31")
    invoice(shop, "900", "2026-01-01", "JPY")
    assert exact(shop("--json"))["overdue"] == [
        {"currency": "JPY", "count": 1, "amountOwed": Decimal(900), "firstDueDate": "2026-01-01"},
        {
            "currency": "USD",
            "count": 2,
            "amountOwed": Decimal("120.50"),
            "firstDueDate": "2025-12-31",
        },
    ]


@pytest.mark.parametrize(
    ("due", "where"),
    [("2026-01-30", "overdue"), (DAY, "dueSoon"), ("2026-02-07", "dueSoon"), ("2026-02-08", "")],
)
def test_due_today_is_not_late_and_a_week_is_soon(due, where, shop):
    invoice(shop, "10", due)
    said = shop.ok()
    assert [name for name in ("overdue", "dueSoon") if said[name]] == ([where] if where else [])


def test_what_is_late_is_what_filter_says(books):
    (row,) = books.ok()["overdue"]
    assert str(row["count"]) == books("filter", "--overdue", "--count").stdout.strip()


def test_what_is_paid_or_void_is_not_there(shop):
    paid, void = invoice(shop, "10", "2026-01-01"), invoice(shop, "20", "2026-01-01")
    types(shop, f"pay {paid}", f"void {void} --yes")
    assert shop.ok()["overdue"] == []


def test_drafts_are_all_that_filter_finds(shop):
    number = invoice(shop, "10", "2026-03-01")
    types(
        shop,
        "create --customer C-00001 --item desc=A,price=5",
        "create --customer C-00001 --item desc=A,price=6 --number 2026-17",
        "create --customer C-00001 --item desc=A,price=7",
        "delete DRAFT-00004",
        f"unpublish {number}",
    )
    (row,) = exact(shop("--json"))["drafts"]
    assert row == {"currency": "USD", "count": 3, "amount": Decimal("21.00")}
    assert shop("filter", "--status", "draft", "--count").stdout == "3\n"


def test_money_and_credit_that_is_left_over_is_there(books):
    (row,) = exact(books("--json"))["unapplied"]
    assert row == {"currency": "USD", "payments": Decimal("200.00"), "credits": Decimal("50.00")}


def test_money_that_was_taken_back_is_not_there(books):
    types(books, "payment delete PAY-00001 --yes", "credit void CM-00001 --yes")
    assert books.ok()["unapplied"] == []


def begin_letter(books, number, state, at="2026-01-30T10:00:00Z", error=None):
    """Put a letter into the books as one that was begun and not sent."""
    with books.opened() as connection:
        (invoice_id,) = connection.execute(
            "SELECT id FROM invoice WHERE friendly_id = ?", [number]
        ).fetchone()
        (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM send").fetchone()
        connection.execute(
            "INSERT INTO send (uuid, message_id, state, recipients, addressed, subject, error,"
            " created_at, created_by) VALUES (?, ?, ?, '{}', 'ap', 'Invoice', ?, ?, 'tester')",
            [f"u{last}", f"<m{last}@x>", state, error, at],
        )
        connection.execute(
            "INSERT INTO send_invoice (send_id, invoice_id, sha256)"
            " SELECT max(id), ?, '' FROM send", [invoice_id],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "shown", "next_"),
    [
        ("refused", "refused", "invoicectl send INV-00001"),
        ("handed", "uncertain", "invoicectl activity INV-00001"),
        ("pending", "unfinished", "invoicectl send INV-00001"),
    ],
)
def test_a_letter_that_did_not_go_out_is_there(state, shown, next_, books):
    begin_letter(books, "INV-00001", state, error="mailbox is full")
    said = books.ok()
    at, error = "2026-01-30T10:00:00Z", "mailbox is full"
    assert said["sends"] == [{"friendlyId": "INV-00001", "state": shown, "at": at, "error": error}]
    assert next_ in said["next"]
    assert f"INV-00001 {shown} on 2026-01-30: mailbox is full" in books().stdout


def test_a_refused_letter_is_settled_by_one_that_went_out(books):
    begin_letter(books, "INV-00001", "refused")
    types(books, "send INV-00001")
    assert books.ok()["sends"] == []


def test_a_refused_letter_is_settled_by_saying_that_it_was_sent(books):
    begin_letter(books, "INV-00001", "refused")
    types(books, "mark-sent INV-00001")
    assert books.ok()["sends"] == []


def test_an_uncertain_letter_is_not_settled_by_one_to_others(books):
    begin_letter(books, "INV-00001", "handed")
    types(books, "send INV-00001")
    assert [each["state"] for each in books.ok()["sends"]] == ["uncertain"]


def test_the_letter_of_a_paid_invoice_is_nobodys_worry(books):
    begin_letter(books, "INV-00001", "refused")
    types(books, "mark-paid INV-00001")
    assert books.ok()["sends"] == []


def test_every_command_to_type_next_works(books):
    begin_letter(books, "INV-00001", "refused")
    for command in books.ok()["next"]:
        program, *words = shlex.split(command)
        assert program == "invoicectl"
        assert books(*words).exit_code == 0, command


def test_all_of_it_is_by_its_schema(books):
    begin_letter(books, "INV-00001", "refused")
    said = books.ok()
    assert faults("today", said) == []
    assert all(said[name] for name in ("overdue", "drafts", "sends", "unapplied", "next"))


@pytest.mark.sqlite
def test_the_words_are_these(books):
    begin_letter(books, "INV-00001", "refused", error="mailbox is full")
    heading, *lines = books().stdout.splitlines()
    assert heading == f"Saturday 2026-01-31  {books.db}"
    assert lines == [
        "",
        "Overdue    1 invoice   75.00 USD  up to 61 days late",
        "Drafts     1 invoice  900.00 EUR",
        "           1 invoice  120.00 USD",
        "Unapplied   payments  200.00 USD",
        "             credits   50.00 USD",
        "Sends      INV-00001 refused on 2026-01-30: mailbox is full",
        "Backup     none yet",
        "",
        "Next",
        "  invoicectl filter --overdue --sort dueDate",
        "  invoicectl filter --status draft",
        "  invoicectl send INV-00001",
        "  invoicectl payment list --unapplied",
        "  invoicectl credit list --remaining",
        "  invoicectl aging",
        "  invoicectl backup books-2026-01-31.db",
    ]


def made(books, day):
    """Make a backup as if on a day."""
    types(books, "backup copy.db")
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()
    os.utime(f"{books.db}-last-backup", (at, at))


@pytest.mark.parametrize(
    ("day", "ago", "again"),
    [(DAY, "today", False), ("2026-01-30", "yesterday", False), ("2026-01-24", "7 days ago", False),
     ("2026-01-23", "8 days ago", True)],
)  # fmt: skip
@pytest.mark.sqlite
def test_the_last_backup_is_there_and_after_a_week_how_to_make_one(day, ago, again, books):
    made(books, day)
    assert f"Backup     {ago}  {books.folder / 'copy.db'}\n" in books().stdout
    said = books.ok()
    assert said["lastBackup"] == {"at": f"{day}T12:00:00Z", "file": str(books.folder / "copy.db")}
    assert any("backup" in command for command in said["next"]) == again


@pytest.mark.sqlite
def test_where_it_cannot_be_kept_when_the_backup_is_made_all_the_same(books):
    os.mkdir(f"{books.db}-last-backup")
    types(books, "backup copy.db")
    assert books.ok()["lastBackup"] is None


def test_a_narrow_terminal_keeps_every_amount_and_leaves_the_notes_out(books, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    shown = books().stdout
    assert "Overdue    1 invoice   75.00 USD\n" in shown


def test_a_name_cannot_command_the_terminal(books):
    begin_letter(books, "INV-00001", "refused", error="\x1b[31mfull")
    assert "\x1b" not in books().stdout


@pytest.mark.parametrize("format", ["csv", "xml", "jsonl"])
def test_every_format_answers(format, books):
    ran = books("-f", format)
    assert (ran.exit_code, "2026-01-31" in ran.stdout) == (0, True)


def test_help_stays_help(run):
    assert "Usage: invoicectl" in run("--help").stdout


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_refused(run):
    run.db.write_text("hello")
    assert run().exit_code == 10
