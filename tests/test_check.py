"""check: books that prove themselves, and a finding for whatever else there may be."""

import json
import os
import re
import shutil
import signal
import sqlite3
from typing import NamedTuple

import pytest

from invoicectl.store import locks
from tests.whole_books import ITEM, make, outside, sealed_anew


@pytest.fixture
def books(run, tmp_path_factory):
    """Books with something of everything."""
    return make(run, tmp_path_factory)


def findings(run):
    """Return what check finds: (check, ref, message) each."""
    ran = run("check", "--json")
    assert ran.exit_code == (12 if ran.json["findings"] else 0), ran.stderr
    return [tuple(each.values()) for each in ran.json["findings"]]


def named(run, check, ref):
    """Return what one check says of one record, '' for any."""
    return [said for name, of, said in findings(run) if name == check and ref in {of, ""}]


def test_books_that_were_only_used_have_nothing_wrong(books):
    ran = books("check")
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "nothing wrong: invoices 5" in ran.stderr


def test_it_says_what_was_checked(books):
    checked = books.ok("check")["checked"]
    assert (checked["invoices"], checked["payments"], checked["sends"]) == (5, 2, 1)


def test_a_finding_is_a_line_and_exit_code_12(books):
    outside(books, "UPDATE invoice SET note = 'x' WHERE friendly_id = 'INV-00002'")
    ran = books("check")
    assert ran.exit_code == 12
    (line,) = ran.stdout.splitlines()
    assert line.split("\t")[:2] == ["seals", "INV-00002"]


def test_a_finding_gives_no_command_to_the_terminal(books):
    outside(books, "UPDATE invoice SET friendly_id = 'A\x1b[31m' WHERE id = 1")
    for form in ([], ["-f", "table"]):
        ran = books("check", *form)
        assert "A\\x1b[31m" in ran.stdout
        assert "\x1b" not in ran.stdout + ran.stderr


def test_findings_are_json_too(books):
    outside(books, "UPDATE invoice SET note = 'x' WHERE friendly_id = 'INV-00002'")
    ran = books("check", "--json")
    (finding,) = ran.json["findings"]
    assert set(finding) == {"check", "ref", "message"}
    assert ran.error["error"] == "findings"


def test_a_format_that_is_asked_for_has_its_header(books):
    assert books("check", "-f", "csv").stdout == "check,ref,message\n"


@pytest.mark.sqlite
def test_nothing_is_changed_by_it(books):
    before = books.db.read_bytes()
    books("check")
    assert books.db.read_bytes() == before


@pytest.mark.sqlite
def test_a_missing_database_is_refused_and_not_made(run):
    run.refused("check", code=10)
    assert run.is_untouched()


# What another program did; which check says so, of what, in which words; and how it was done.
OUTSIDE = """
a balance
    balances INV-00001: the movements come to
    UPDATE invoice SET owed_minor = owed_minor - 100, paid_minor = paid_minor + 100 WHERE
        friendly_id = 'INV-00001'

a movement's amount
    balances INV-00001: paid is 50.00 USD
    UPDATE movement SET owed_minor = -4000, unapplied_minor = 4000 WHERE kind = 'payment' AND
        invoice_id = 1

a movement's sign
    balances PAY-00001: the amount is 50.00 USD
    UPDATE movement SET owed_minor = 0, unapplied_minor = 0 WHERE kind = 'money' AND id = 2

a movement less
    balances INV-00001: owed is
    DELETE FROM movement WHERE kind = 'payment' AND invoice_id = 1

a movement more
    balances INV-00001: owed is
    INSERT INTO movement (entry_date, kind, customer_id, currency, invoice_id, owed_minor,
        unapplied_minor, created_at, created_by) VALUES ('2026-01-31', 'issue', 1, 'USD', 1, 100, 0,
        '2026-01-31T00:00:00Z', 'x')

an application before its money
    balances INV-00001: before 2026-01-20
    UPDATE movement SET entry_date = '2026-01-01' WHERE kind = 'payment' AND invoice_id = 1

an application in another currency
    balances INV-00001: in EUR, not in USD
    UPDATE movement SET currency = 'EUR' WHERE kind = 'payment' AND invoice_id = 1

a reversal of something else
    balances INV-00002:
    UPDATE movement SET reverses_id = 1 WHERE kind = 'credit' AND id = (SELECT max(id) FROM
        movement WHERE kind = 'credit')

a movement of nobody
    balances CM-00002:
    UPDATE movement SET credit_id = NULL WHERE kind = 'memo' AND id = (SELECT max(id) FROM
        movement WHERE kind = 'memo')

a status
    balances INV-00001: make it PARTIALLY_PAID
    UPDATE invoice SET status = 'AWAITING_PAYMENT' WHERE friendly_id = 'INV-00001'

an invoice that is void without a movement
    balances INV-00001: is VOIDED
    UPDATE invoice SET status = 'VOIDED', owed_minor = 0 WHERE friendly_id = 'INV-00001'

a draft that is issued without a movement
    balances DRAFT-00005: make it DRAFT
    UPDATE invoice SET status = 'PAID', paid_minor = total_minor WHERE id = 5

unapplied money
    balances PAY-00002: unapplied is 0.01 USD
    UPDATE payment SET unapplied_minor = 1 WHERE id = 2

a deleted payment
    balances PAY-00002: the amount
    UPDATE payment SET deleted_at = '2026-01-31T00:00:00Z' WHERE id = 2

what remains of a credit
    balances CM-00002: unapplied is 0.01 USD
    UPDATE credit_memo SET remaining_minor = 1 WHERE id = 2

a line's price
    totals INV-00001: line 1
    UPDATE line SET unit_price = '33.34' WHERE invoice_id = 1 AND position = 1

a line's quantity
    totals DRAFT-00005: recomputed
    UPDATE line SET quantity = '4' WHERE invoice_id = 5 AND position = 1

a tax rate
    totals INV-00001: tax
    UPDATE line_tax SET rate = '0.3' WHERE invoice_id = 1

a tax share
    totals INV-00001: its taxes are not
    UPDATE line_tax SET amount_minor = amount_minor + 1 WHERE invoice_id = 1 AND id = (SELECT
        min(id) FROM line_tax WHERE invoice_id = 1)

a line less
    totals INV-00001: subtotal
    DELETE FROM line WHERE invoice_id = 1 AND position = 2

a discount
    totals INV-00001: discount
    UPDATE invoice SET discount_value = '6' WHERE id = 1

a credit note's line
    totals CM-00001: recomputed
    UPDATE credit_line SET total_minor = total_minor + 1 WHERE credit_id = 1

a number that is gone
    numbers INV-00002: is missing
    UPDATE invoice SET friendly_id = 'X-1' WHERE friendly_id = 'INV-00002'

a number that was retired
    numbers INV-00002: used again
    INSERT INTO retired_number VALUES ('inv-00002', '2026-01-31T00:00:00Z')

a sequence too far
    numbers INV-00005: to INV-00006 are missing
    UPDATE sequence SET last = 6 WHERE scope LIKE 'invoice %'

a counter that is behind
    numbers row invoice: the counter is at 2
    UPDATE sequence SET last = 2 WHERE scope = 'row invoice'

a sequence that is gone
    numbers INV-00001: no counter has given it
    DELETE FROM sequence WHERE scope LIKE 'invoice %'

a sequence that was put back
    numbers INV-00004: no counter has given it
    UPDATE sequence SET last = 3 WHERE scope LIKE 'invoice %'

a counter that is gone
    numbers row line: the counter is gone
    DELETE FROM sequence WHERE scope = 'row line'

the draft names' counter that is gone
    numbers draft: the counter is gone
    DELETE FROM sequence WHERE scope = 'draft'

a key that is another's number
    numbers INV-00001: another invoice's number
    UPDATE invoice SET key = 'inv-00002' WHERE id = 1

a document
    documents INV-00001: its PDF is not what it was
    UPDATE document SET content = x'25504446' WHERE invoice_id = 1

a letter's outcome
    sends INV-00001: uncertain
    UPDATE send SET state = 'handed', settled_at = NULL

a letter's date
    sends INV-00001: does not fit
    UPDATE send SET settled_at = NULL

a letter's addresses
    sends INV-00001: other addresses
    UPDATE send SET recipients = '{"to": ["x@y.example"]}'

a letter's PDF
    sends INV-00001: is not kept
    UPDATE send_invoice SET sha256 =
        '0000000000000000000000000000000000000000000000000000000000000000'

an e-mailed invoice that is not marked so
    sends INV-00001: not marked as sent
    UPDATE invoice SET sent_at = NULL WHERE id = 1

a charge that is freed
    billing INV-00002: 'Chairs'
    UPDATE charge SET invoice_id = NULL WHERE description = 'Chairs'

a charge billed by a void invoice
    billing ORD-00001: 'Chairs'
    UPDATE charge SET invoice_id = 3 WHERE description = 'Chairs'

an order's status
    billing ORD-00001: make it DELIVERED_UNPAID
    UPDATE sales_order SET status = 'DELIVERED_PAID'

a frozen customer
    parties party 2: is not what it was
    UPDATE party SET content = replace(content, 'Acme', 'Acne')

a row of the history
    history row 7: is broken
    UPDATE activity SET by = 'nobody' WHERE id = 7

a row of the history less
    history row 7: missing from the history
    DELETE FROM activity WHERE id = 7

the history's end
    history any: it should have
    DELETE FROM activity WHERE id > (SELECT max(id) - 2 FROM activity)

the history's last hash
    history any: ended with
    UPDATE history_end SET hash = 'x'

a purged number that is free
    numbers INV-00099: not retired
    UPDATE activity SET detail = '{"number": "INV-00099"}' WHERE action = 'purge'

an invoice that is gone
    history invoice 5: is not there any more
    DELETE FROM line_tax WHERE invoice_id = 5
    DELETE FROM line WHERE invoice_id = 5
    DELETE FROM invoice WHERE id = 5

the last number's invoice
    numbers INV-00004: is missing
    DELETE FROM invoice WHERE friendly_id = 'INV-00004'

a trigger
    schema evil: added by another program
    CREATE TRIGGER evil AFTER INSERT ON line BEGIN SELECT 1; END

an index
    schema invoice_by_date: is missing
    DROP INDEX invoice_by_date

a table
    schema product: is not as
    ALTER TABLE product ADD COLUMN colour TEXT

a row that points nowhere
    file books.db: points to a row of customer
    UPDATE invoice SET customer_id = 99 WHERE id = 2

"""


class Outside(NamedTuple):
    """A change from outside, and the finding that it has to lead to."""

    statements: list[str]
    check: str
    ref: str
    words: str


def read_outside():
    """Yield each change by its name; a line that is indented twice goes on."""
    for block in OUTSIDE.strip().split("\n\n"):
        name, finding, *sql = re.sub(r"\n {8}", " ", block).splitlines()
        check, ref, words = re.fullmatch(r" +(\w+) (.*?): ?(.*)", finding).groups()
        yield name, Outside(sql, check, "" if ref == "any" else ref, words)


CHANGES = dict(read_outside())
# A server is told otherwise of these, or lets none of them happen: see test_postgres.
OF_A_FILE = {"a document", "a trigger", "an index", "a table", "a row that points nowhere"}
WHAT = [
    pytest.param(each, marks=pytest.mark.sqlite if each in OF_A_FILE else ()) for each in CHANGES
]


@pytest.mark.parametrize("what", WHAT)
def test_a_change_from_outside_is_named(what, books):
    change = CHANGES[what]
    outside(books, *change.statements)
    said = named(books, change.check, change.ref)
    assert any(change.words in message for message in said), findings(books)


@pytest.mark.parametrize("what", WHAT)
def test_even_where_every_seal_fits_again(what, books):
    """Whoever knows how seals are made still has to make the books add up."""
    change = CHANGES[what]
    outside(books, *change.statements)
    sealed_anew(books)
    said = named(books, change.check, change.ref)
    assert any(change.words in message for message in said), findings(books)


def test_an_issued_invoice_that_adds_up_is_still_not_what_was_issued(books):
    outside(books, "UPDATE line SET description = 'Nothing' WHERE invoice_id = 2")
    sealed_anew(books)
    assert named(books, "seals", "INV-00002") == [
        "is not what it was when it was issued, by the history"
    ]


def test_a_draft_deleted_in_order_leaves_nothing_to_find(books):
    books.ok("delete", "DRAFT-00005")
    books.ok("trash", "purge", "DRAFT-00005", "--yes")
    assert findings(books) == []


def test_numbers_from_outside_the_sequence_are_noted_and_no_finding(books):
    for number in ("A-1", "INV-00077"):
        books.ok("create", "--customer", "acme", "--item", ITEM, "--number", number)
        books.ok("mark-awaiting", number)
    ran = books("check")
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert "note: preset or imported: A-1, INV-00077\n" in ran.stderr


def test_numbers_that_were_given_by_hand_need_no_counter(books):
    books.ok("update", "DRAFT-00005", "--number", "B-1")
    books.ok("mark-awaiting", "B-1")
    books.ok("create", "--customer", "acme", "--item", ITEM, "--number", "INV-00099")
    books.ok("update", "INV-00099", "--number", "INV-00088")
    books.ok("mark-awaiting", "INV-00088")
    assert findings(books) == []
    assert "preset or imported: B-1, INV-00088\n" in books("check").stderr


def test_numbers_that_were_imported_need_no_counter(books):
    row = {"number": "C-1", "customer": "acme", "invoiceDate": "2026-01-05", "amount": 5}
    books.write("in.json", json.dumps(row))
    books.ok("import", "invoices", "in.json")
    assert findings(books) == []
    assert "preset or imported: C-1\n" in books("check").stderr


def test_findings_are_details_of_the_one_line_of_json_on_stderr(books):
    outside(books, "UPDATE invoice SET friendly_id = 'X' WHERE friendly_id = 'INV-00002'")
    ran = books("check", "--json")
    found = [{"field": each["ref"], "message": each["message"]} for each in ran.json["findings"]]
    assert (ran.exit_code, ran.error["error"], ran.error["details"]) == (12, "findings", found)


def test_a_preset_number_is_still_named_when_the_sequence_has_gone_past_it(books):
    given = books.ok("next-number")["nextNumber"]
    for key, number in (("a", ["--number", given]), ("b", [])):
        books.ok("create", "--customer", "acme", "--item", ITEM, "--key", key, *number)
        books.ok("mark-awaiting", key)
    assert f"note: preset or imported: {given}\n" in books("check").stderr
    assert books.ok("check")["notes"] == [f"preset or imported: {given}"]


def test_a_preset_number_that_is_destroyed_is_noted_as_retired(books):
    books.ok("create", "--customer", "acme", "--item", ITEM, "--number", "INV-00005")
    books.ok("delete", "INV-00005")
    books.ok("trash", "purge", "INV-00005", "--yes")
    books.ok("create", "--customer", "acme", "--item", ITEM, "--key", "next")
    assert books.ok("mark-awaiting", "next")["friendlyId"] == "INV-00006"
    ran = books("check")
    assert ran.exit_code == 0
    assert "retired for good: INV-00005" in ran.stderr


def test_numbers_that_begin_again_each_year_are_followed_by_year(books):
    books.ok("config", "set", "numbering.pattern=R{year}-{seq}")
    for key, day in (("a", "2025-12-31"), ("b", "2026-01-01"), ("c", "2026-01-02")):
        books.ok("create", "--customer", "acme", "--item", ITEM, "--key", key)
        books.ok("mark-awaiting", key, "--invoice-date", day)
    assert findings(books) == []
    outside(books, "UPDATE invoice SET friendly_id = 'gone' WHERE friendly_id = 'R2026-1'")
    assert named(books, "numbers", "R2026-1")


@pytest.mark.sqlite
def test_a_letter_that_somebody_is_sending_is_no_finding(books):
    outside(books, "UPDATE send SET state = 'handed', settled_at = NULL")
    sealed_anew(books)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with locks.claim(books.db, 1, "is taken"):
            os.write(writing, b"!")
            signal.pause()
    try:
        os.read(reading, 1)
        assert findings(books) == []
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
    assert named(books, "sends", "INV-00001")


def test_a_letter_that_was_only_begun_is_noted(books):
    outside(books, "UPDATE send SET state = 'pending', settled_at = NULL")
    sealed_anew(books)
    ran = books("check")
    assert ran.exit_code == 0
    assert "INV-00001: an e-mail was begun and not handed over" in ran.stderr


@pytest.mark.sqlite
def test_damaged_pages_are_findings_and_no_traceback(books):
    connection = sqlite3.connect(books.db)
    sql = "SELECT rootpage FROM sqlite_master WHERE name = 'line'"
    (root,) = connection.execute(sql).fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with books.db.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    ran = books("check")
    assert ran.exit_code == 12
    assert "Traceback" not in ran.stderr
    assert "INV-00001" in ran.stdout


def test_damaged_text_is_a_finding_and_no_traceback(books):
    outside(books, "UPDATE invoice SET note = CAST(x'ff' AS TEXT) WHERE id = 1")
    assert named(books, "seals", "INV-00001")


@pytest.mark.sqlite
def test_a_file_whose_first_page_is_gone_is_refused(books):
    with books.db.open("r+b") as file:
        file.seek(18)
        file.write(b"\xff" * 60)
    assert "damaged" in books.refused("check", code=10)


@pytest.mark.sqlite
def test_a_copy_of_the_file_is_checked_like_the_file(books):
    shutil.copy(books.db, books.folder / "copy.db")
    assert books("check", "--db", books.folder / "copy.db").exit_code == 0
