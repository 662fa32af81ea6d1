"""kill -9 at any moment: what was reported done is there, nothing is half done, all adds up.

1,000 kills with INVOICECTL_FAULTS=full. Without the one transaction an action is, without the
counter row that moves in it, or with a PDF or backup written under its own name, these fail.
"""

import json

import pytest

from tests.faults.harness import ITEM, killed, length_s, said

SHARE = 10  # the thousand are shared by these tests


@pytest.fixture
def kills(times):
    return range(times(3, 1000 // SHARE))


def drafts(books, count):
    made = [books.ok("create", "--customer", "acme", *ITEM) for _ in range(count)]
    return [each["id"] for each in made]


def issued(books, count):
    return [books.ok("mark-awaiting", each)["friendlyId"] for each in drafts(books, count)]


def test_create(books, rnd, kills):
    words = ["create", "--customer", "acme", *ITEM, "--json"]
    length = length_s(books, *words)
    for _ in kills:
        answer = said(killed(books, rnd, length, *words))
        if answer:
            assert books.rows("SELECT 1 FROM invoice WHERE uuid = ?", answer["id"])
    books.hold()


def test_mark_awaiting(books, rnd, kills):
    names = iter(drafts(books, len(kills) + 1))
    length = length_s(books, "mark-awaiting", next(names), "--json")
    for name in list(names)[: len(kills)]:
        answer = said(killed(books, rnd, length, "mark-awaiting", name, "--json"))
        ((status, number),) = books.rows(
            "SELECT status, friendly_id FROM invoice WHERE uuid = ?", name
        )
        assert (status, number[:3]) in {("DRAFT", "DRA"), ("AWAITING_PAYMENT", "INV")}
        assert answer is None or answer["friendlyId"] == number
        books.hold()


def test_pay(books, rnd, kills):
    (number,) = issued(books, 1)
    words = ["pay", number, "--amount", "0.01", "--json"]
    length = length_s(books, *words)
    confirmed = 1
    for _ in kills:
        confirmed += said(killed(books, rnd, length, *words)) is not None
        ((paid, payments),) = books.rows(
            "SELECT paid_minor, (SELECT count(*) FROM payment) FROM invoice"
        )
        assert paid == payments >= confirmed
        books.hold()


def test_a_payment_with_a_key_is_made_once_however_often_it_is_tried(books, rnd, kills):
    (number,) = issued(books, 1)
    length = length_s(books, "pay", number, "--amount", "0.01", "--json")
    for n in kills:
        words = ["pay", number, "--amount", "0.01", "--key", f"try-{n}", "--json"]
        killed(books, rnd, length, *words)
        books.ok(*words[:-1])
    ((count,),) = books.rows("SELECT count(*) FROM payment WHERE key LIKE 'try-%'")
    assert count == len(kills)
    books.hold()


def test_void(books, rnd, kills):
    names = issued(books, len(kills) + 1)
    length = length_s(books, "void", names[-1], "--yes", "--json")
    for name in names[: len(kills)]:
        answer = said(killed(books, rnd, length, "void", name, "--yes", "--json"))
        ((status, owed),) = books.rows(
            "SELECT status, owed_minor FROM invoice WHERE friendly_id = ?", name
        )
        assert (status == "VOIDED") == (owed == 0)
        assert answer is None or status == "VOIDED"
    books.hold()


def test_batch_generate_goes_on_where_it_was_killed(books, rnd, kills):
    books.ok("order", "add", "--customer", "acme", "--key", "so")
    length = None
    for n in kills[: max(len(kills) // 3, 2)]:
        keys = [f"sh-{n}-{each}" for each in range(3)]
        for key in keys:
            charge = ["--charge", "desc=x,qty=1,price=9"]
            books.ok("shipment", "add", "--order", "so", "--key", key, *charge)
        words = [
            "batch-generate",
            *(w for key in keys for w in ("--shipment", key)),
            "--pdf",
            "pdf",
        ]
        length = length or 4 * length_s(books, "batch-generate", *words[1:3], "--dry-run")
        killed(books, rnd, length, *words)
        for pdf in (books.folder / "pdf").glob("*.pdf"):
            assert pdf.read_bytes()[-6:].strip() == b"%%EOF"
        books.worker.begin(*words)
        assert books.worker.answer()[0] in {0, 3}
        books.worker.begin("batch-generate", *words[1:], "--json")
        code, out, _, _ = books.worker.answer()
        ((count,),) = books.rows("SELECT count(*) FROM invoice WHERE status = 'AWAITING_PAYMENT'")
        assert count == 3 * (n + 1)
        assert len(list((books.folder / "pdf").glob("*.pdf"))) == count, (code, out)
        books.hold()
    assert not list((books.folder / "pdf").glob(".*"))


def test_import_is_all_or_nothing(books, rnd, kills):
    length = None
    for n in kills:
        rows = [{"number": f"A-{n}-{each}", "customer": "acme", "invoiceDate": "2026-01-02",
                 "amount": 10} for each in range(200)]  # fmt: skip
        (books.folder / "in.json").write_text(json.dumps(rows))
        words = ["import", "invoices", "in.json", "--json"]
        length = length or length_s(books, "import", "invoices", "in.json", "--dry-run")
        answer = said(killed(books, rnd, length, *words))
        like = f"A-{n}-%"
        ((count,),) = books.rows("SELECT count(*) FROM invoice WHERE friendly_id LIKE ?", like)
        assert count in {0, 200}
        assert answer is None or count == 200
        books.ok(*words[:-1])
    books.hold()


def test_a_folder_of_mail_gets_each_letter_once_or_not_at_all(books, rnd, kills):
    names = issued(books, len(kills) + 1)
    for name in names:
        books.ok("pdf", name, "-o", "pdf/")
    length = length_s(books, "send", names.pop(), "--json")
    for name in names[: len(kills)]:
        answer = said(killed(books, rnd, length, "send", name, "--json"))
        letters = list((books.folder / "outbox").glob(f"*{name}.eml"))
        sent = [state for (state,) in books.rows(
            "SELECT state FROM send JOIN send_invoice ON send_id = send.id"
            " JOIN invoice ON invoice.id = invoice_id WHERE friendly_id = ?", name)]  # fmt: skip
        assert len(sent) <= 1
        assert answer is None or (sent == ["sent"] and len(letters) == 1)
        assert len(letters) == 1 or sent != ["sent"]
        books.worker.begin("send", name)
        assert books.worker.answer()[0] == (6 if sent == ["handed"] else 0)
        assert len(list((books.folder / "outbox").glob(f"*{name}.eml"))) <= 1
    books.hold(but={"sends"})


def test_a_backup_is_whole_or_not_there(books, rnd, kills):
    issued(books, 20)
    length = length_s(books, "backup", "first.db", "--quiet")
    for n in kills:
        target = books.folder / f"b{n}.db"
        killed(books, rnd, length, "backup", target)
        if target.exists():
            books.worker.begin("check", "--db", target)
            assert books.worker.answer()[0] == 0
            books.worker.begin("backup", target)  # refused, and yet nothing is left of the other
            assert books.worker.answer()[0] == 6
        else:
            books.ok("backup", target)
        assert not list(books.folder.glob(f".{target.name}*"))
    books.hold()


def test_a_restore_leaves_the_old_books_or_the_new(books, rnd, kills):
    issued(books, 5)
    books.ok("backup", "kept.db")
    length = length_s(books, "restore", "kept.db", "--yes")
    for n in kills:
        books.ok("customer", "add", "--name", "More", "--key", f"more-{n}")
        killed(books, rnd, length, "restore", "kept.db", "--yes")
        ((count,),) = books.rows("SELECT count(*) FROM customer WHERE key = ?", f"more-{n}")
        assert count in {0, 1}
        books.hold()
        books.ok("restore", "kept.db", "--yes")
