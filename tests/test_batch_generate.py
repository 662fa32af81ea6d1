"""batch-generate: an invoice for each shipment, its PDF, one e-mail a customer; none twice."""

import email
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from email import policy

import pytest

from invoicectl.service import generating
from tests.smtp import Faulty, Mailbox
from tests.states import books_are_in_order, everything, history, nothing_changes, open_shop


@pytest.fixture
def shop(run):
    """Three shipments of Acme and one of Globex, all to be billed, and mail into a folder."""
    open_shop(run)
    run.ok(
        "shipment",
        "add",
        "--order",
        "SO-1",
        "--key",
        "S-3",
        "--charge",
        "desc=Freight S-3,price=30",
    )
    run.ok("customer", "update", "globex", "--email", "pay@globex.example")
    run.ok("order", "add", "--customer", "globex", "--key", "SO-2")
    run.ok(
        "shipment",
        "add",
        "--order",
        "SO-2",
        "--key",
        "G-1",
        "--charge",
        "desc=Freight G-1,price=40",
    )
    run.ok("config", "set", "mail.transport=file", "mail.folder=mail")
    yield run
    books_are_in_order(run)


def letters(shop):
    """Return the messages in the folder, as a mail program opens them."""
    files = sorted((shop.folder / "mail").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def attached(letter):
    return [part.get_filename() for part in letter.iter_attachments()]


def keys(listed):
    return [each["shipmentKey"] for each in listed]


def numbers(shop):
    return shop("filter", "--all", "--ids", "--sort", "friendlyId").stdout.split()


def test_each_shipment_gets_an_issued_invoice_and_its_pdf(shop):
    result = shop.ok("batch-generate", "--shipment", "S-1", "--shipment", "G-1", "--pdf", "out")
    assert (result["failed"], result["emails"]) == ([], [])
    first, second = result["succeeded"]
    assert (first["shipmentKey"], first["friendlyId"]) == ("S-1", "INV-00001")
    assert (second["shipmentKey"], second["friendlyId"]) == ("G-1", "INV-00002")
    invoice = shop.ok("get", "INV-00001")
    assert {name: first[name] for name in first} == {
        "shipmentId": invoice["shipmentId"], "shipmentKey": "S-1", "invoiceId": invoice["id"],
        "friendlyId": "INV-00001", "documentId": invoice["documentId"],
    }  # fmt: skip
    assert (invoice["status"], invoice["amount"], invoice["dueDate"]) == (
        "AWAITING_PAYMENT",
        100,
        "2026-03-02",
    )
    assert first["documentId"] is not None
    assert sorted(path.name for path in (shop.folder / "out").iterdir()) == [
        "INV-00001.pdf",
        "INV-00002.pdf",
    ]
    assert invoice["documentUrl"] == (shop.folder / "out" / "INV-00001.pdf").as_uri()
    shop("pdf", "INV-00001", "-o", "again.pdf")
    assert (shop.folder / "again.pdf").read_bytes() == (
        shop.folder / "out" / "INV-00001.pdf"
    ).read_bytes()
    assert history(shop, "INV-00001") == ["create", "mark-awaiting", "batch-generate", "pdf"]


def test_all_are_the_shipments_with_charges_and_no_invoice(shop):
    shop.ok("create", "--shipment", "S-2")
    shop.ok("shipment", "add", "--order", "SO-2", "--key", "EMPTY")
    shop.ok("shipment", "add", "--order", "SO-2", "--key", "GONE", "--charge", "desc=x,price=1")
    shop.ok("shipment", "delete", "GONE")
    result = shop.ok("batch-generate", "--all")
    assert keys(result["succeeded"]) == ["S-1", "S-3", "G-1"]
    assert result["failed"] == []
    again = shop.ok("batch-generate", "--all")
    assert again == {"succeeded": [], "failed": [], "emails": []}


def test_a_voided_invoice_lets_its_shipment_be_billed_again(shop):
    shop.ok("batch-generate", "--shipment", "S-1")
    shop.ok("void", "INV-00001", "--yes")
    assert keys(shop.ok("batch-generate", "--shipment", "S-1")["succeeded"]) == ["S-1"]


@pytest.mark.parametrize(
    "text",
    [
        "S-1\n\n  S-3 \n", '["S-1", "S-3"]', '{"shipmentIds": ["S-1", "S-3"]}',
        '{"shipment_ids": ["S-1", "S-3"]}', '{"shipments": ["S-1", "S-3"]}',
    ],
)  # fmt: skip
def test_shipments_from_a_file(shop, text):
    (shop.folder / "list").write_text(text)
    assert keys(shop.ok("batch-generate", "--from", "list")["succeeded"]) == ["S-1", "S-3"]


def test_shipments_from_standard_input(shop):
    assert keys(shop.ok("batch-generate", "--from", "-", stdin="S-1\nS-2")["succeeded"]) == [
        "S-1",
        "S-2",
    ]


def test_what_has_an_invoice_or_lacks_something_is_skipped_and_told(shop):
    shop.ok("create", "--shipment", "S-1")
    shop.ok("shipment", "add", "--order", "SO-2", "--key", "EMPTY")
    shop.ok(
        "shipment",
        "add",
        "--order",
        "SO-2",
        "--key",
        "PIZZA",
        "--charge",
        "desc=\U0001f355,price=1",
    )
    shop.ok("term", "add", "--name", "Old", "--rule", "Net 7", "--do-not-use")
    shop.ok("customer", "add", "--name", "Initech", "--key", "initech")
    shop.ok("order", "add", "--customer", "initech", "--key", "SO-3")
    shop.ok("shipment", "add", "--order", "SO-3", "--key", "MUTE", "--charge", "desc=x,price=1")
    words = [
        word
        for key in ("S-1", "EMPTY", "PIZZA", "MUTE", "nix", "S-2")
        for word in ("--shipment", key)
    ]
    ran = shop("batch-generate", *words, "--send", "--json")
    assert ran.exit_code == 3
    assert keys(ran.json["succeeded"]) == ["S-2"]
    told = [(each["shipmentKey"], each["error"], each["message"]) for each in ran.json["failed"]]
    assert told == [
        ("S-1", "conflict", "the shipment has an invoice already: DRAFT-00001"),
        ("EMPTY", "conflict", "nothing to bill of the shipment"),
        (
            "PIZZA",
            "validation_error",
            "invoice.lines[0].description: no font has \U0001f355 (U+1F355)",
        ),
        ("MUTE", "conflict", "customer Initech has no e-mail address"),
        ("nix", "not_found", "no shipment 'nix'"),
    ]
    assert [each["shipmentId"] is None for each in ran.json["failed"]] == [False] * 4 + [True]
    assert numbers(shop) == ["DRAFT-00001", "INV-00001"]  # what was skipped took no number
    assert shop.ok("shipment", "get", "PIZZA")["invoiceId"] is None


@pytest.fixture
def crowd(shop):
    """Forty shipments of Acme, N-1 to N-40: more than are made in one transaction."""
    charges = [{"description": "Freight", "quantity": 1, "unitPrice": "5.00"}]
    shipments = [{"key": f"N-{n}", "charges": charges} for n in range(1, 41)]
    order = {"key": "SO-9", "customer": "acme", "currency": "EUR", "shipments": shipments}
    (shop.folder / "orders.json").write_text(json.dumps([order]))
    shop.ok("import", "orders", "orders.json")
    return shop


def test_what_is_refused_among_many_takes_no_other_with_it(crowd):
    for n in (1, 17, 18, 40):
        crowd.ok("create", "--shipment", f"N-{n}")
    asked = [f"N-{n}" for n in range(1, 41)]
    (crowd.folder / "list").write_text("\n".join([*asked, "nix", "N-2"]))
    ran = crowd("batch-generate", "--from", "list", "--pdf", "out", "--json")
    made = [key for key in asked if key not in {"N-1", "N-17", "N-18", "N-40"}]
    assert (ran.exit_code, keys(ran.json["succeeded"])) == (3, made)
    assert keys(ran.json["failed"]) == ["N-1", "N-17", "N-18", "N-40", "nix", "N-2"]
    named = [each["friendlyId"] for each in ran.json["succeeded"]]
    assert named == [f"INV-{n:05d}" for n in range(1, 37)]
    assert all(each["documentId"] for each in ran.json["succeeded"])
    assert sorted(path.stem for path in (crowd.folder / "out").iterdir()) == named
    with crowd.opened() as books:
        kept = dict(books.execute("SELECT name, content FROM document").fetchall())
    assert kept == {path.name: path.read_bytes() for path in (crowd.folder / "out").iterdir()}
    assert drawn_alone(crowd, "INV-00030") == kept["INV-00030.pdf"]


def test_a_whole_set_that_is_refused_gives_no_invoice_the_pdf_of_another(crowd):
    refused = [f"nix-{n}" for n in range(generating.TOGETHER)]
    asked = [*refused, *(f"N-{n}" for n in range(1, 41)), *refused, "S-1"]
    (crowd.folder / "list").write_text("\n".join(asked))
    ran = crowd("batch-generate", "--from", "list", "--json")
    assert (len(ran.json["succeeded"]), len(ran.json["failed"])) == (41, 32)
    with crowd.opened() as books:
        kept = dict(books.execute("SELECT name, content FROM document").fetchall())
    for number in ("INV-00001", "INV-00017", "INV-00018", "INV-00040", "INV-00041"):
        assert kept[f"{number}.pdf"] == drawn_alone(crowd, number)


def test_many_break_off_between_transactions_and_go_on(crowd):
    with crowd.breaking("INSERT ON document", "(SELECT count(*) FROM document) = 20"):
        assert crowd("batch-generate", "--all", "--pdf", "out").exit_code == 1
    assert len(list((crowd.folder / "out").iterdir())) == 16
    result = crowd.ok("batch-generate", "--all", "--pdf", "out")
    assert result["failed"] == []
    everything_ = [f"INV-{n:05d}" for n in range(1, 45)]
    assert numbers(crowd) == everything_
    assert sorted(path.stem for path in (crowd.folder / "out").iterdir()) == everything_


@pytest.mark.sqlite
def test_many_are_made_kept_and_written_in_three_transactions_a_set(crowd, monkeypatch):
    statements, connect = [], sqlite3.connect

    def traced(*given, **options):
        connection = connect(*given, **options)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    made = crowd.ok("batch-generate", "--all", "--pdf", "out")["succeeded"]
    sets = -(-len(made) // generating.TOGETHER)
    assert (len(made), statements.count("BEGIN IMMEDIATE")) == (44, 3 * sets)


def test_a_dry_run_forgets_what_was_refused_before(shop):
    shop.ok("customer", "add", "--name", "Initech", "--key", "initech")
    shop.ok("order", "add", "--customer", "initech", "--key", "SO-3")
    shop.ok("shipment", "add", "--order", "SO-3", "--key", "MUTE", "--charge", "desc=x,price=1")
    words = ("--shipment", "MUTE", "--shipment", "S-2", "--send", "--dry-run", "--json")
    ran = shop("batch-generate", *words)
    assert (keys(ran.json["failed"]), keys(ran.json["succeeded"])) == (["MUTE"], ["S-2"])


def test_a_term_not_to_be_used_is_skipped(shop):
    shop.ok("term", "update", "Net 30", "--do-not-use")
    ran = shop("batch-generate", "--all", "--json")
    assert (ran.exit_code, keys(ran.json["succeeded"]), keys(ran.json["failed"])) == (
        3, ["G-1"], ["S-1", "S-2", "S-3"],
    )  # fmt: skip


def test_the_same_shipment_twice_is_billed_once(shop):
    ran = shop("batch-generate", "--shipment", "S-1", "--shipment", "S-1", "--json")
    assert (keys(ran.json["succeeded"]), keys(ran.json["failed"])) == (["S-1"], ["S-1"])
    assert numbers(shop) == ["INV-00001"]


def test_drafts_have_no_number_and_no_pdf(shop):
    result = shop.ok("batch-generate", "--all", "--draft")
    assert [(each["friendlyId"], each["documentId"]) for each in result["succeeded"]][:2] == [
        ("DRAFT-00001", None), ("DRAFT-00002", None),
    ]  # fmt: skip
    assert shop.ok("next-number")["nextNumber"] == "INV-00001"
    ran = shop("batch-generate", "--shipment", "S-1", "--json")
    assert ran.json["failed"][0]["message"] == "the shipment has an invoice already: DRAFT-00001"
    assert shop.ok("get", "DRAFT-00001")["status"] == "DRAFT"


def test_one_message_a_customer_with_several_attachments(shop):
    result = shop.ok("batch-generate", "--all", "--send")
    told = [(each["customer"]["key"], each["to"], each["invoices"]) for each in result["emails"]]
    assert told == [
        ("acme", ["ap@acme.example"], ["INV-00001", "INV-00002", "INV-00003"]),
        ("globex", ["pay@globex.example"], ["INV-00004"]),
    ]
    assert {letter["To"]: attached(letter) for letter in letters(shop)} == {
        "ap@acme.example": ["INV-00001.pdf", "INV-00002.pdf", "INV-00003.pdf"],
        "pay@globex.example": ["INV-00004.pdf"],
    }
    assert all(shop.ok("get", number)["sentAt"] for number in numbers(shop))


def test_a_second_run_sends_and_makes_nothing(shop):
    words = ["--shipment", "S-1", "--shipment", "S-2", "--send", "--pdf", "out"]
    shop.ok("batch-generate", *words)
    before = everything(shop)
    ran = shop("batch-generate", *words, "--json")
    assert (ran.exit_code, ran.json["succeeded"], ran.json["emails"]) == (3, [], [])
    assert [each["message"] for each in ran.json["failed"]] == [
        "the shipment has an invoice already: INV-00001",
        "the shipment has an invoice already: INV-00002",
    ]
    assert everything(shop) == before
    assert len(letters(shop)) == 1


def test_what_was_made_without_send_is_not_sent_later(shop):
    shop.ok("batch-generate", "--all")
    assert shop.ok("batch-generate", "--all", "--send")["emails"] == []
    assert letters(shop) == []


def test_a_dry_run_keeps_nothing(shop):
    with nothing_changes(shop):
        result = shop.ok("batch-generate", "--all", "--send", "--pdf", "out", "--dry-run")
    assert [each["friendlyId"] for each in result["succeeded"]] == [
        "INV-00001", "INV-00002", "INV-00003", "INV-00004",
    ]  # fmt: skip
    assert [each["invoices"] for each in result["emails"]] == [
        ["INV-00001", "INV-00002", "INV-00003"], ["INV-00004"],
    ]  # fmt: skip
    assert not (shop.folder / "out").exists()
    assert not (shop.folder / "mail").exists()


def test_nothing_is_done_where_mail_is_not_configured(shop):
    shop.ok("config", "unset", "mail.transport")
    with nothing_changes(shop):
        assert "mail is not configured" in shop.refused("batch-generate", "--all", "--send", code=8)


WRONG = {
    "nothing": ([], 2),
    "all and one": (["--all", "--shipment", "S-1"], 2),
    "a sent draft": (["--all", "--draft", "--send"], 2),
    "a drawn draft": (["--all", "--draft", "--pdf", "out"], 2),
    "no file": (["--from", "nix"], 4),
    "no list": (["--from", "-"], 5),
    "a file as folder": (["--all", "--pdf", "file"], 11),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_cannot_be_is_refused_before_anything(shop, wrong):
    words, code = WRONG[wrong]
    (shop.folder / "file").write_text("")
    with nothing_changes(shop):
        shop.refused("batch-generate", *words, code=code, stdin='{"a": 1}')


def server(shop, box):
    """Mail through a server on this machine."""
    shop.ok("config", "set", "mail.transport=smtp", "mail.host=127.0.0.1", f"mail.port={box.port}",
            "mail.security=none")  # fmt: skip


@pytest.mark.parametrize(
    "which", [["--all"], ["--shipment", "S-1", "--shipment", "S-2", "--shipment", "G-1"]]
)
def test_an_e_mail_that_was_refused_goes_out_with_the_next_run(shop, which):
    with Mailbox(refuse={"ap@acme.example": "550 try later"}) as box:
        server(shop, box)
        ran = shop("batch-generate", *which, "--send", "--json")
        assert len(box.received) == 1
    assert (ran.exit_code, ran.json["failed"]) == (3, [])
    refused, taken = ran.json["emails"]
    assert (refused["customer"]["key"], refused["error"]) == ("acme", "delivery_failed")
    assert "550 try later" in refused["message"]
    assert "error" not in taken
    with Mailbox() as box:
        server(shop, box)
        (told,) = shop("batch-generate", *which, "--send", "--json").json["emails"]
        assert told["invoices"] == refused["invoices"]
        assert [received.recipients for received in box.received] == [["ap@acme.example"]]
        assert shop("batch-generate", *which, "--send", "--json").json["emails"] == []


def test_an_uncertain_e_mail_is_not_sent_again(shop):
    with Faulty(cut="end") as box:
        server(shop, box)
        ran = shop("batch-generate", "--shipment", "S-1", "--send", "--json")
    assert (ran.exit_code, ran.json["emails"][0]["error"]) == (3, "conflict")
    shop.ok("config", "set", "mail.transport=file")
    ran = shop("batch-generate", "--shipment", "S-1", "--shipment", "S-2", "--send", "--json")
    uncertain, sent = ran.json["emails"]
    assert "uncertain" in uncertain["message"]
    assert (uncertain["invoices"], sent["invoices"]) == (["INV-00001"], ["INV-00002"])
    assert [attached(letter) for letter in letters(shop)] == [["INV-00002.pdf"]]
    shop.ok("send", "INV-00001", "--resend")


def test_what_was_sent_by_hand_is_left_out_of_the_letter(shop):
    with Mailbox(refuse={"ap@acme.example": "550 try later"}) as box:
        server(shop, box)
        shop("batch-generate", "--shipment", "S-1", "--shipment", "S-2", "--send")
    shop.ok("config", "set", "mail.transport=file")
    shop.ok("send", "INV-00001")
    shop("batch-generate", "--shipment", "S-1", "--shipment", "S-2", "--send")
    assert sorted(attached(letter) for letter in letters(shop)) == [
        ["INV-00001.pdf"],
        ["INV-00002.pdf"],
    ]


# Where a run breaks off: what is about to be written that cannot be.
BREAKS = {
    "at an invoice": ("INSERT ON invoice", "(SELECT count(*) FROM invoice) = 2"),
    "at its history": (
        "INSERT ON activity", "NEW.action = 'batch-generate' AND NEW.record_id = 3"),
    "at a PDF": ("INSERT ON document", "(SELECT count(*) FROM document) = 2"),
    "at a written PDF": ("UPDATE OF url ON document", "(SELECT count(url) FROM document) = 2"),
    "at the first letter": ("INSERT ON send", "(SELECT count(*) FROM send) = 0"),
    "at the second letter": ("INSERT ON send", "(SELECT count(*) FROM send) = 1"),
    "before the handing over": ("UPDATE ON send", "NEW.state = 'handed'"),
}  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
def test_a_run_that_broke_off_goes_on(shop, broken):
    with shop.breaking(*BREAKS[broken]):
        assert shop("batch-generate", "--all", "--send", "--pdf", "out").exit_code == 1
    assert shop("batch-generate", "--all", "--send", "--pdf", "out").exit_code == 0
    finished(shop)
    nothing = {"succeeded": [], "failed": [], "emails": []}
    assert shop.ok("batch-generate", "--all", "--send", "--pdf", "out") == nothing


def test_a_letter_that_was_begun_goes_on_under_its_message_id(shop):
    with shop.breaking(*BREAKS["before the handing over"]):
        shop("batch-generate", "--shipment", "S-1", "--shipment", "S-2", "--send")
    with shop.opened() as books:
        begun = books.execute("SELECT message_id, state FROM send").fetchall()
    assert [state for _, state in begun] == ["pending"]
    emails = shop.ok("batch-generate", "--all", "--send")["emails"]
    assert [each["invoices"] for each in emails] == [
        ["INV-00001", "INV-00002"], ["INV-00003"], ["INV-00004"],
    ]  # fmt: skip
    (went_on,) = (letter for letter in letters(shop) if len(attached(letter)) == 2)
    assert went_on["Message-ID"].strip() == begun[0][0]


def finished(shop):
    """See that everything was made, drawn, written and mailed, and nothing twice."""
    made = shop.ok("filter", "--all")["data"]
    assert sorted(each["shipmentKey"] for each in made) == ["G-1", "S-1", "S-2", "S-3"]
    assert numbers(shop) == [f"INV-0000{n}" for n in range(1, 5)]
    assert sorted(path.stem for path in (shop.folder / "out").iterdir()) == numbers(shop)
    carried = Counter(name for letter in letters(shop) for name in attached(letter))
    assert carried == Counter(f"{number}.pdf" for number in numbers(shop))
    assert all(each["documentId"] and each["sentAt"] for each in made)


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_it_goes_on(shop, seed):
    words = [
        sys.executable,
        "-m",
        "invoicectl",
        "batch-generate",
        "--all",
        "--send",
        "--pdf",
        "out",
    ]
    chance = random.Random(seed)
    for _ in range(3):
        process = subprocess.Popen(words, env=dict(os.environ), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            process.wait(chance.uniform(0.8, 2.5))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    ran = shop("batch-generate", "--all", "--send", "--pdf", "out", "--json")
    uncertain = [
        name for each in ran.json["emails"] if "error" in each for name in each["invoices"]
    ]
    assert ran.exit_code == (3 if uncertain else 0), ran.stderr
    carried = Counter(name for letter in letters(shop) for name in attached(letter))
    assert not carried or max(carried.values()) == 1
    assert {f"{number}.pdf" for number in numbers(shop)} - carried.keys() <= {
        f"{number}.pdf" for number in uncertain
    }
    assert numbers(shop) == [f"INV-0000{n}" for n in range(1, 5)]
    assert sorted(path.stem for path in (shop.folder / "out").iterdir()) == numbers(shop)


def test_the_answer_is_a_row_an_entry_in_flat_formats(shop):
    rows = shop(
        "batch-generate", "--shipment", "S-1", "--shipment", "nix", "-f", "csv"
    ).stdout.splitlines()
    assert rows[0] == "result,shipmentId,shipmentKey,invoiceId,friendlyId,documentId,error,message"
    assert [row.partition(",")[0] for row in rows[1:]] == ["succeeded", "failed"]


def test_json_is_one_object(shop):
    assert json.loads(shop("batch-generate", "--all", "-f", "jsonl").stdout).keys() == {
        "succeeded", "failed", "emails",
    }  # fmt: skip


def test_two_processes_make_and_send_it_once(shop):
    words = [
        sys.executable,
        "-m",
        "invoicectl",
        "batch-generate",
        "--all",
        "--send",
        "--pdf",
        "out",
    ]
    both = [
        subprocess.Popen(
            words, env=dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    assert [process.returncode in {0, 3} for process in both] == [True, True], said
    finished(shop)


def test_a_table_names_shipments_invoices_and_letters(shop):
    ran = shop("batch-generate", "--all", "--send", "-f", "table")
    shown = [line.split() for line in ran.stdout.splitlines()]
    assert ["Shipment", "Invoice", "Document"] in shown
    assert next(row for row in shown if row[:1] == ["S-1"])[:2] == ["S-1", "INV-00001"]
    assert "INV-00001, INV-00002, INV-00003" in ran.stdout


def test_where_the_other_process_cannot_draw_it_is_drawn_here(shop, monkeypatch):
    from invoicectl.output import drawing

    monkeypatch.setattr(drawing, "_draw", lambda *_: os._exit(1))
    result = shop.ok("batch-generate", "--all", "--pdf", "out")
    assert keys(result["succeeded"]) == ["S-1", "S-2", "S-3", "G-1"]
    assert len(list((shop.folder / "out").glob("*.pdf"))) == 4


def test_documents_of_two_processes_are_those_of_one(shop):
    """The same bytes as `pdf` draws by itself, one after the other."""
    shop.ok("batch-generate", "--shipment", "S-1", "--shipment", "G-1", "--pdf", "two")
    with shop.opened() as books:
        kept = dict(books.execute("SELECT name, content FROM document").fetchall())
    assert {path.name: path.read_bytes() for path in (shop.folder / "two").iterdir()} == kept
    drawn = drawn_alone(shop, "INV-00001")
    assert drawn == kept["INV-00001.pdf"]


def drawn_alone(shop, number):
    """Draw an invoice in this process, whatever is kept of it."""
    from datetime import UTC, date, datetime

    from invoicectl import config
    from invoicectl.service import documents
    from invoicectl.service.act import Act
    from invoicectl.store import records, refs

    settings = config.load(shop.config)
    act = Act(datetime.now(UTC), date(2026, 1, 31), "tester", settings, lambda _: None)
    with shop.store.read() as books:
        invoice_id = refs.find(books, "invoice", number)
        record = records.invoices(books, [invoice_id], act.today)[0]
        paper = documents.describe(books, act, record, invoice_id)
    return documents.render(act, paper, record)
