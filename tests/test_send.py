"""send: what is mailed, what is skipped, what is uncertain; with real servers that take and refuse."""

import email
import os
import subprocess
import sys
from email import policy

import pytest

from tests.smtp import Authority, Faulty, Mailbox

ITEM = ["--item", "desc=Consulting,qty=2,price=50"]


@pytest.fixture
def shop(run):
    """A company with a customer and two drafts, mailing into a folder."""
    run.ok("config", "set", "company.name=Northwind", "company.email=billing@northwind.example",
           "mail.transport=file", "mail.folder=outbox")  # fmt: skip
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--email", "ap@acme.example")
    run.ok("create", "--customer", "acme", *ITEM)
    run.ok("create", "--customer", "acme", *ITEM)
    return run


def letters(shop):
    """Return the messages in the folder, as a mail program opens them."""
    files = sorted((shop.folder / "outbox").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def server(shop, box):
    """Mail through a server on this machine."""
    shop.ok("config", "set", "mail.transport=smtp", "mail.host=127.0.0.1", f"mail.port={box.port}",
            "mail.security=none")  # fmt: skip


def states(shop):
    with shop.opened() as connection:
        return [row[0] for row in connection.execute("SELECT state FROM send ORDER BY id")]


def test_a_draft_is_issued_and_mailed_with_its_pdf(shop):
    sent = shop.ok("send", "DRAFT-00001")
    assert (sent["friendlyId"], sent["status"], sent["skipped"]) == (
        "INV-00001",
        "AWAITING_PAYMENT",
        False,
    )
    assert sent["sentAt"] is not None
    (letter,) = letters(shop)
    assert letter["To"] == "ap@acme.example"
    assert "INV-00001" in letter["Subject"]
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "INV-00001.pdf"
    shop("pdf", "INV-00001", "-o", "kept.pdf")
    assert attached.get_content() == (shop.folder / "kept.pdf").read_bytes()


def test_sent_once_is_sent(shop):
    shop.ok("send", "DRAFT-00001")
    again = shop("send", "INV-00001", "--json")
    assert (again.exit_code, again.json["skipped"]) == (0, True)
    assert "skipped" in again.stderr
    assert len(letters(shop)) == 1


def test_other_addresses_are_another_letter(shop):
    shop.ok("send", "DRAFT-00001")
    assert shop.ok("send", "INV-00001", "--to", "boss@acme.example")["skipped"] is False
    assert shop.ok("send", "INV-00001", "--to", "AP@acme.example")["skipped"] is True
    assert len(letters(shop)) == 2


def test_resend_sends_again_under_another_message_id(shop):
    shop.ok("send", "DRAFT-00001")
    shop.ok("send", "INV-00001", "--resend")
    assert len({letter["Message-ID"] for letter in letters(shop)}) == 2


def test_subject_message_and_copies_are_the_senders_own(shop):
    shop.ok("send", "DRAFT-00001", "--cc", "cc@acme.example", "--bcc", "bcc@acme.example",
            "--subject", "Your bill", "--message", "Hello\nthere")  # fmt: skip
    (letter,) = letters(shop)
    assert (letter["Subject"], letter["Cc"], letter["Bcc"]) == (
        "Your bill",
        "cc@acme.example",
        None,
    )
    assert "Hello" in letter.get_body(("plain",)).get_content()


def test_without_a_transport_nothing_changes(shop):
    shop.ok("config", "set", "mail.transport", "")
    assert "not configured" in shop.refused("send", "DRAFT-00001", code=8)
    assert shop.ok("get", "DRAFT-00001")["status"] == "DRAFT"


def test_a_customer_without_an_address_is_refused(shop):
    shop.ok("customer", "update", "acme", "--email", "")
    assert "no e-mail address" in shop.refused("send", "DRAFT-00001", code=6)
    assert shop.ok("get", "DRAFT-00001")["status"] == "DRAFT"


def test_a_wrong_address_is_refused(shop):
    assert "a@b@c" in shop.refused("send", "DRAFT-00001", "--to", "a@b@c", code=5)
    assert shop.ok("get", "DRAFT-00001")["status"] == "DRAFT"


def test_a_sign_that_cannot_be_drawn_takes_no_number(shop):
    draft = shop.ok("create", "--customer", "acme", "--item", "desc=寿司,price=1")["friendlyId"]
    assert "U+53F8" in shop.refused("send", draft, code=5)
    assert shop.ok("get", draft)["status"] == "DRAFT"
    assert shop.ok("next-number")["nextNumber"] == "INV-00001"


def test_words_that_cannot_be_sent_take_no_number(shop):
    before = shop.everything()
    shop.refused("send", "DRAFT-00001", "--subject", "a\nBcc: evil@x.test", code=5)
    shop.refused("send", "DRAFT-00001", "--subject", "a\nBcc: evil@x.test", "--dry-run", code=5)
    assert shop.everything() == before


def test_a_template_of_ones_own_that_fails_takes_no_number(shop):
    (shop.folder / "own" / "mail").mkdir(parents=True)
    (shop.folder / "own" / "mail" / "body.txt").write_text("{{ nobody }}")
    before = shop.everything()
    setting = f"pdf.template_dir={shop.folder / 'own'}"
    said = shop.refused("send", "DRAFT-00001", "--set", setting, code=5)
    assert "body.txt line 1: 'nobody' is undefined" in said
    assert shop.everything() == before


def test_a_voided_invoice_is_not_sent(shop):
    shop.ok("mark-awaiting", "DRAFT-00001")
    shop.ok("void", "INV-00001", "--yes")
    assert "VOIDED" in shop.refused("send", "INV-00001", code=6)


def test_several_are_each_their_own(shop):
    shop.ok("mark-awaiting", "DRAFT-00001")
    shop.ok("void", "INV-00001", "--yes")
    ran = shop("send", "INV-00001", "DRAFT-00002", "--json")
    assert ran.exit_code == 3
    assert [each["ref"] for each in ran.json["failed"]] == ["INV-00001"]
    assert [each["friendlyId"] for each in ran.json["succeeded"]] == ["INV-00002"]


def test_a_server_takes_it(shop):
    with Mailbox() as box:
        server(shop, box)
        assert shop.ok("send", "DRAFT-00001")["skipped"] is False
    assert len(box.received) == 1


def test_a_server_is_logged_in_to_over_tls(shop, monkeypatch, tmp_path):
    authority = Authority(tmp_path)
    with Mailbox(starttls=authority.context(), passwords={"me": "secret"}) as box:
        shop.ok("config", "set", "mail.transport=smtp", "mail.host=localhost", f"mail.port={box.port}",
                "mail.security=starttls", "mail.username=me", f"mail.ca_file={authority.ca}")  # fmt: skip
        monkeypatch.setenv("INVOICECTL_SMTP_PASSWORD", "secret")
        shop.ok("send", "DRAFT-00001")
    assert len(box.received) == 1


def test_a_refusal_leaves_it_unsent_and_can_be_tried_again(shop):
    with Mailbox(answers={"DATA": "554 no thanks"}) as box:
        server(shop, box)
        assert "no thanks" in shop.refused("send", "DRAFT-00001", code=9)
    assert shop.ok("get", "INV-00001")["sentAt"] is None
    assert states(shop) == ["refused"]
    with Mailbox() as box:
        server(shop, box)
        assert shop.ok("send", "INV-00001")["sentAt"] is not None


def test_one_recipient_refused_is_sent_and_named(shop):
    with Mailbox(refuse={"gone@acme.example": "550 nobody here"}) as box:
        server(shop, box)
        ran = shop(
            "send", "DRAFT-00001", "--to", "ap@acme.example", "--to", "gone@acme.example", "--json"
        )
    assert ran.exit_code == 3
    assert ran.json["refused"] == [{"address": "gone@acme.example", "message": "550 nobody here"}]
    assert ran.json["sentAt"] is not None
    assert "gone@acme.example" in ran.stderr


def test_a_line_that_breaks_after_the_text_is_uncertain_until_resend(shop):
    with Faulty(cut="end") as box:
        server(shop, box)
        shop.refused("send", "DRAFT-00001", code=6)
    assert states(shop) == ["handed"]
    with Mailbox() as box:
        server(shop, box)
        assert "uncertain" in shop.refused("send", "INV-00001", code=6)
        assert box.received == []
        shop.ok("send", "INV-00001", "--resend")
        assert len(box.received) == 1
    assert states(shop) == ["sent"]


def test_a_line_that_breaks_before_the_text_is_tried_again(shop):
    with Faulty(cut="RCPT") as box:
        server(shop, box)
        shop.refused("send", "DRAFT-00001", code=9)
    with Mailbox() as box:
        server(shop, box)
        assert shop.ok("send", "INV-00001")["skipped"] is False


def test_two_processes_send_it_once(shop):
    shop.ok("mark-awaiting", "DRAFT-00001")
    words = [sys.executable, "-m", "invoicectl", "send", "INV-00001", "--json"]
    both = [subprocess.Popen(words, stdout=subprocess.PIPE, env=dict(os.environ)) for _ in range(2)]
    assert [process.wait() for process in both if process.communicate()] == [0, 0]
    assert len(letters(shop)) == 1


def test_a_dry_run_sends_and_issues_nothing(shop):
    assert shop.ok("send", "DRAFT-00001", "--dry-run")["status"] == "DRAFT"
    assert letters(shop) == []
    assert states(shop) == []


@pytest.mark.parametrize(("stage", "code", "state"), [("EHLO", 9, "refused"), ("end", 6, "handed")])
def test_nobody_waits_longer_than_the_setting_says(shop, stage, code, state):
    with Faulty(silent=stage) as box:
        server(shop, box)
        shop.ok("config", "set", "mail.timeout=1")
        assert "no answer within 1 s" in shop.refused("send", "DRAFT-00001", code=code)
        assert states(shop) == [state]


@pytest.mark.parametrize("value", ["0", "3601", "-1", "1.5", "soon"])
def test_a_wait_that_is_none_is_refused(shop, value):
    shop.refused("config", "set", f"mail.timeout={value}", code=5)
    shop.config.write_text(
        f'[mail]\ntransport = "smtp"\nhost = "localhost"\nsecurity = "none"\ntimeout = "{value}"\n'
    )
    assert "mail.timeout" in shop.refused("send", "DRAFT-00001", code=5)
    assert states(shop) == []
