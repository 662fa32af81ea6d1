"""E-mails as they leave: what they say, and what is known when a server breaks off."""

import email
import stat
import time
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from email import policy
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicectl.errors import (
    DeliveryError,
    NotConfiguredError,
    PermissionDeniedError,
    ValidationError,
)
from invoicectl.output import mail
from invoicectl.output.mail import (
    Attachment,
    Letter,
    OutcomeUnknownError,
    build,
    compose,
    message_id,
    read_addresses,
    read_sender,
    same_addresses_key,
    wire_form,
)
from invoicectl.output.password import Password
from invoicectl.output.transport import Transport, deliver, transport_from
from tests.smtp import Authority, Faulty, Mailbox

PDF = b"%PDF-1.4\r\nnot \x00 really\n.\r\n%%EOF"
NOW = datetime(2026, 1, 31, 10, tzinfo=UTC)
INJECTION = "=?utf-8?q?a=0D=0ABcc:_evil=40x.test?="
LETTER = Letter(
    message_id=message_id(NOW, "acme.test", unique=UUID(int=7)),
    sender="Acme Billing <billing@acme.test>",
    to=("ap@widgets.test",),
    cc=(),
    bcc=(),
    subject="Invoice INV-00001",
    text="Dear Widgets,\n\n.\nFrom here on: Zażółć 1 500,00 €\n",
    html="<p>Dear Widgets</p>\n",
    attachments=(Attachment("INV-00001.pdf", PDF),),
    date=NOW,
)


def opened(message):
    return email.message_from_bytes(message, policy=policy.default)


def bodies(message):
    read = opened(message)
    found = [read.get_body((kind,)).get_content() for kind in ("plain", "html")]
    return [body.replace("\r\n", "\n") for body in found]


# What a message says


def test_a_message_carries_both_bodies_and_the_pdf():
    message = build(LETTER)
    assert bodies(message) == [LETTER.text, LETTER.html]
    [pdf] = opened(message).iter_attachments()
    assert (pdf.get_content_type(), pdf.get_filename(), pdf.get_content()) == (
        "application/pdf",
        "INV-00001.pdf",
        PDF,
    )


def test_a_message_has_exactly_these_headers():
    read = opened(build(replace(LETTER, cc=("boss@widgets.test",))))
    names = "From To Cc Subject Date Message-ID MIME-Version Content-Type"
    assert sorted(read.keys()) == sorted(names.split())
    assert read["Message-ID"] == "<20260131T100000Z.00000000000000000000000000000007@acme.test>"
    assert read["Date"].datetime == NOW
    assert str(read["From"]) == "Acme Billing <billing@acme.test>"


def test_the_same_letter_gives_messages_that_differ_in_nothing_but_their_boundaries():
    first, again = (opened(build(LETTER)) for _ in range(2))
    assert [part.get_payload() for part in first.walk() if not part.is_multipart()] == [
        part.get_payload() for part in again.walk() if not part.is_multipart()
    ]


def test_bcc_gets_the_message_and_is_not_named_in_it():
    letter = replace(LETTER, bcc=("audit@acme.test",))
    assert letter.recipients == ("ap@widgets.test", "audit@acme.test")
    assert b"audit@" not in build(letter)


def test_a_message_is_seven_bit_clean_with_short_crlf_lines():
    letter = replace(LETTER, html="<p>" + "long é " * 500 + "</p>")
    message = build(letter)
    assert message.isascii()
    lines = message.split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert not any(b"\n" in line or b"\r" in line for line in lines)


@pytest.mark.parametrize("subject", ["a\r\nBcc: evil@x.test", "a\nb", "a\rb", "a\x00", "a\u2028b"])
def test_a_control_character_in_the_subject_is_refused(subject):
    with pytest.raises(ValidationError, match=r"subject: contains a control character \(U\+"):
        build(replace(LETTER, subject=subject))


@pytest.mark.parametrize("field", ["subject", "sender"])
def test_an_encoded_word_does_not_become_a_header(field):
    text = {"subject": f"Invoice from {INJECTION}", "sender": f"{INJECTION} <billing@acme.test>"}
    read = opened(build(replace(LETTER, **{field: text[field]})))
    assert read["Bcc"] is None
    assert [one.addr_spec for one in read["To"].addresses] == ["ap@widgets.test"]


@pytest.mark.parametrize(("sign", "other"), [
    (b"Subject:", b"Bcc: evil@x.test\r\nSubject:"), (b"To: ap@", b"To: evil@x.test, ap@"),
    (b"Message-ID:", b"X-Other:"), (b"Content-Disposition:", b"Bcc: evil@x.test\r\nContent-Disposition:"),
])  # fmt: skip
def test_a_message_that_says_more_than_its_letter_is_not_sent(sign, other):
    """Whatever slips through the rest: the message is read again before it leaves."""
    built = build(LETTER)
    mail._prove(built, LETTER)
    with pytest.raises(ValidationError, match="exactly its own headers"):
        mail._prove(built.replace(sign, other, 1), LETTER)


def test_a_file_name_cannot_leave_its_place():
    letter = replace(LETTER, attachments=(Attachment(f'../{INJECTION}"\r\nX: y.pdf', PDF),))
    [pdf] = opened(build(letter)).iter_attachments()
    assert pdf.get_filename() == "utf-8_q_a_0D_0ABcc__evil_40x.test_X_y.pdf"


@settings(deadline=None, max_examples=60)
@given(
    name=st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=120),
    subject=st.text(alphabet=st.sampled_from('=?utf-8qBé\r\n ,;:<>@"\\._0DA'), max_size=120),
)
def test_whatever_a_name_or_subject_holds_the_recipients_stay(name, subject):
    letter = replace(LETTER, sender=f"{name} <billing@acme.test>", subject=subject)
    try:
        read = opened(build(letter))
    except ValidationError:
        return
    assert read.get_all("Bcc") is None
    assert [one.addr_spec for one in read["To"].addresses] == list(LETTER.to)
    assert [one.addr_spec for one in read["From"].addresses] == ["billing@acme.test"]


@settings(deadline=None, max_examples=60)
@given(
    name=st.text(alphabet="Müller, Söhne & Cie. (Zürich) 100% \"'", max_size=150),
    subject=st.text(alphabet="Invoice Nr. Żółć 1/2026: 100% ₹ (a, b); =? ?= é", max_size=150),
)
def test_an_ordinary_name_and_subject_are_never_refused(name, subject):
    read = opened(build(replace(LETTER, sender=f"{name}<billing@acme.test>", subject=subject)))
    assert [one.addr_spec for one in read["From"].addresses] == ["billing@acme.test"]


def test_control_characters_in_a_body_are_replaced():
    assert (
        bodies(build(replace(LETTER, text="a\x1b[31mb\x00\r\nc")))[0] == "a\ufffd[31mb\ufffd\nc\n"
    )


# Addresses


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("ap@example.com", ("ap@example.com",)),
        ("ap@Acme.TEST; AP@b.example, ap@acme.test", ("ap@acme.test", "AP@b.example")),
        (["a@x.test", "b@x.test,c@x.test"], ("a@x.test", "b@x.test", "c@x.test")),
        ("root@localhost", ("root@localhost",)),
        ("ap@mail.local", ("ap@mail.local",)),
        ("ap@no.invalid", ("ap@no.invalid",)),
        ("ap@bücher.example", ("ap@bücher.example",)),
        ("jörg@x.test", ("jörg@x.test",)),
        ("", ()),
    ],
)
def test_addresses_are_read(text, read):
    assert read_addresses(text) == read


@pytest.mark.parametrize(
    "text",
    [
        *("x", "a@", "@b.test", "a@b@c.test", "a b@c.test", "ap@acme", "a@[127.0.0.1]"),
        *('"a b"@c.test', "a@b.test\r\nBcc: c@d.test", "a\u202e@b.test", INJECTION),
        *("Jane <jane@x.test>", "a" * 65 + "@x.test", "a@" + "b" * 300 + ".test", "a@x..test"),
    ],
)
def test_what_is_no_address_is_refused_and_named(text):
    with pytest.raises(ValidationError, match="is not an e-mail address") as refusal:
        read_addresses(text, field="to")
    assert refusal.value.details[0]["field"] == "to"
    assert "\n" not in str(refusal.value)


def test_servers_are_given_domains_in_ascii():
    assert wire_form("ap@bücher.example") == "ap@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("billing@acme.test", ("", "billing@acme.test")),
        ('"Acme, Ltd." <billing@acme.test>', ("Acme, Ltd.", "billing@acme.test")),
        ("Müller <a@localhost>", ("Müller", "a@localhost")),
    ],
)
def test_a_sender_may_have_a_name(text, read):
    assert read_sender(text) == read


def test_the_same_people_in_another_order_line_or_case_are_the_same():
    first = same_addresses_key(["a@x.test", "B@x.test"], [], ["c@x.test"])
    assert same_addresses_key(["c@x.test"], ["A@x.test", "b@x.test"], []) == first
    assert same_addresses_key(["a@x.test"], [], []) != first


# What the templates say


def invoice(number="INV-00001", amount="1500.00", owed="1000.00", currency="USD", **others):
    return {
        "friendlyId": number,
        "amount": Decimal(amount),
        "amountOwed": Decimal(owed),
        "currency": currency,
        "invoiceDate": "2026-01-31",
        "dueDate": "2026-03-02",
        "poNumber": None,
        "paymentTerm": None,
        **others,
    }


SELLER = {"name": "Acme & Sons", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
CUSTOMER = {"name": "Widgets <Ltd>"}


def composed(*invoices, subject=None, message=None, template_dir=None, seller=SELLER):
    values = {"invoices": list(invoices), "seller": seller, "customer": CUSTOMER}
    return compose(values, subject=subject, message=message, template_dir=template_dir)


@pytest.mark.parametrize("kind", ["text", "html"])
@pytest.mark.parametrize("said", ["INV-00001", "$1,000.00", "Mar 2, 2026", SELLER["iban"]])
def test_both_bodies_say_number_amount_due_date_and_how_to_pay(kind, said):
    _, text, html = composed(invoice())
    assert said in {"text": text, "html": html}[kind]


def test_what_was_paid_is_not_asked_for_again():
    _, text, html = composed(invoice(owed="0.00"))
    assert "Nothing is left to pay" in text
    assert "Nothing is left to pay" in html
    assert SELLER["iban"] not in text + html


def test_several_invoices_have_a_total_a_currency():
    _, text, html = composed(
        invoice("INV-1", owed="10.00"),
        invoice("INV-2", "5", "5", "JPY", dueDate=None),
        invoice("INV-3", owed="0.05"),
    )
    assert [line.split() for line in text.splitlines() if line.startswith("Total")] == [
        ["Total", "USD", "$10.05"],
        ["Total", "JPY", "¥5"],
    ]
    assert html.count("Total ") == 2


@pytest.mark.parametrize(
    ("count", "subject"),
    [
        (1, "Invoice INV-1 from Acme & Sons"),
        (2, "Invoices INV-1, INV-2 from Acme & Sons"),
        (4, "4 invoices from Acme & Sons"),
    ],
)
def test_the_subject_is_one_line(count, subject):
    assert composed(*(invoice(f"INV-{n}") for n in range(1, count + 1)))[0] == subject


def test_a_customers_name_is_escaped_in_html_and_not_in_text():
    _, text, html = composed(invoice())
    assert "Widgets <Ltd>" in text
    assert "Widgets &lt;Ltd&gt;" in html


def test_the_html_fetches_nothing():
    html = composed(invoice())[2]
    assert not [word for word in ("http", "src=", "url(", "<link", "<script") if word in html]


def test_a_note_is_in_the_letter_as_it_was_typed_and_formatted():
    note = "Thank you, **Ann**.\n\n- [map](https://map.example)\n- <img src=x>"
    _, text, html = composed(invoice(note=note))
    assert f"\n\n{note}\n\n" in text
    assert "<p>Thank you, <strong>Ann</strong>.</p>" in html
    assert "•&nbsp; map (https://map.example)" in html
    assert "<img" not in html
    assert "href" not in html


def test_a_letter_of_several_invoices_has_none_of_their_notes():
    _, text, html = composed(invoice("INV-1", note="one"), invoice("INV-2", note="two"))
    assert not {"one", "two"} & set(text.split())
    assert "two" not in html


def test_a_given_subject_and_message_are_used_as_they_are():
    subject, text, html = composed(
        invoice(), subject="Your {{ invoice }}", message="Hi <b>!\nAll well?\n\nBye"
    )
    assert (subject, text) == ("Your {{ invoice }}", "Hi <b>!\nAll well?\n\nBye")
    assert "<p>Hi &lt;b&gt;!<br>All well?</p>\n<p>Bye</p>" in html


def test_a_template_of_ones_own_comes_first(tmp_path):
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "subject.txt").write_text("Rechnung {{ invoice.friendlyId }}\n")
    subject, text, _ = composed(invoice(), template_dir=tmp_path)
    assert subject == "Rechnung INV-00001"
    assert "Dear Widgets" in text


def test_a_seller_of_whom_little_is_known_can_send_too():
    subject, text, _ = composed(invoice(), seller={})
    assert subject == "Invoice INV-00001"
    assert "Please quote INV-00001" in text


# Settings

SMTP = {"mail.transport": "smtp", "mail.host": "mail.test", "mail.from": "billing@acme.test"}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"mail.transport": " "},
        {"mail.transport": "smtp"},
        {"mail.transport": "file"},
        {"mail.transport": "smtp", "mail.host": "mail.test"},
    ],
)
def test_mail_that_is_not_configured_says_what_to_set(settings):
    with pytest.raises(NotConfiguredError) as refusal:
        transport_from(settings, {})
    assert "invoicectl config set mail." in refusal.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mail.transport", "pigeon"),
        ("mail.security", "maybe"),
        ("mail.security", "none"),
        ("mail.port", "0"),
        ("mail.port", "65536"),
        ("mail.port", "smtp"),
        ("mail.port", "٢٥"),
        ("mail.host", "mail .test"),
        ("mail.from", "acme"),
        ("mail.ca_file", "/no/such/file"),
    ],
)
def test_a_setting_that_is_not_acceptable_is_named(name, value):
    with pytest.raises(ValidationError) as refusal:
        transport_from({**SMTP, name: value}, {})
    assert refusal.value.details[0]["field"] == name


@pytest.mark.parametrize(
    ("given_port", "security", "found"),
    [
        ("", "", ("starttls", 587)),
        ("", "tls", ("tls", 465)),
        ("465", "", ("tls", 465)),
        ("2525", "STARTTLS", ("starttls", 2525)),
    ],
)
def test_ports_and_security_have_defaults(given_port, security, found):
    made = transport_from({**SMTP, "mail.port": given_port, "mail.security": security}, {})
    assert (made.security, made.port) == found


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "[::1]"]
)
def test_in_the_clear_only_to_this_machine(host):
    made = transport_from({**SMTP, "mail.host": host, "mail.security": "none"}, {})
    assert made.port == 25


@pytest.mark.parametrize(
    "host", ["localhost.evil.test", "0.0.0.0", "10.0.0.1", "127.0.0.1.evil.test"]
)
def test_in_the_clear_to_another_machine_is_refused(host):
    with pytest.raises(ValidationError, match=r"mail.security: none would send .* to"):
        transport_from({**SMTP, "mail.host": host, "mail.security": "none"}, {})


@pytest.mark.parametrize(
    ("settings", "sender"),
    [
        ({"company.email": "office@acme.test"}, "office@acme.test"),
        ({"mail.from": "A <a@x.test>", "company.email": "b@x.test"}, "A <a@x.test>"),
        ({}, "invoicectl@localhost"),
    ],
)
def test_mail_is_from_the_company_unless_told(settings, sender):
    settings = {"mail.transport": "file", "mail.folder": "out", **settings}
    assert transport_from(settings, {}).sender == sender


# Passwords


def test_the_password_comes_from_a_command(tmp_path):
    assert Password(command="printf 'sécret \\nuser: me\\n'").fetch("h", "u") == "sécret "


def test_the_password_comes_from_a_file(tmp_path):
    (tmp_path / "word").write_text("secret\r\n")
    assert Password(file=str(tmp_path / "word")).fetch("h", "u") == "secret"


def test_the_environment_has_the_password_for_this_run():
    made = transport_from(
        {**SMTP, "mail.password_command": "false"}, {"INVOICECTL_SMTP_PASSWORD": "x"}
    )
    assert made.password.fetch("h", "u") == "x"
    assert "'x'" not in repr(made)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        (Password(), "no password for u at h"),
        (Password(command="false"), "mail.password_command ended with exit code 1"),
        (Password(command="sh -c 'echo hunter2 >&2; exit 3'"), "ended with exit code 3"),
        (Password(command="/no/such/command"), "mail.password_command cannot be run"),
        (Password(command="it's"), "mail.password_command cannot be run"),
        (Password(command="true"), "no password for u at h"),
        (Password(command="sleep 5", command_timeout_s=0.1), "took longer than 0.1 s"),
        (Password(file="/no/such/file"), "mail.password_file /no/such/file: No such file"),
    ],
)
def test_a_password_that_cannot_be_had_is_not_configured(password, reason):
    with pytest.raises(NotConfiguredError, match=reason) as refusal:
        password.fetch("h", "u")
    assert "hunter2" not in str(refusal.value)


# A mail server


class Handed:
    """Counts how often the message was about to go."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1


def hand(port, *, recipients=LETTER.recipients, handed=None, message=None, **settings):
    settings = {"security": "none", "host": "127.0.0.1", "timeout_s": 5.0, **settings}
    return deliver(
        Transport("smtp", port=port, **settings),
        build(LETTER) if message is None else message,
        sender=LETTER.sender,
        recipients=recipients,
        before_data=handed or Handed(),
    )


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_message_arrives_as_it_was_built():
    message, handed = build(LETTER), Handed()
    with Mailbox() as server:
        assert hand(server.port, message=message, handed=handed) == {}
        [received] = server.received
    assert received.content == message
    assert (received.sender, received.recipients) == ("billing@acme.test", ["ap@widgets.test"])
    assert handed.times == 1


def test_lines_that_begin_with_a_dot_and_lone_line_feeds_arrive():
    with Mailbox() as server:
        hand(server.port, message=b"Subject: x\n\n.\n..\n.end\r")
        assert server.received[0].content == b"Subject: x\r\n\r\n.\r\n..\r\n.end\r\n"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_tls_is_spoken_with_a_server_whose_authority_is_trusted(authority, security):
    with Mailbox(**{security: authority.context()}, passwords={"u": "p"}) as server:
        hand(
            server.port,
            host="localhost",
            security=security,
            ca_file=authority.ca,
            username="u",
            password=Password("p"),
        )
        assert [(one.encrypted, one.user) for one in server.received] == [(True, "u")]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("names", "trusted", "reason"),
    [("DNS:localhost", False, "self-signed|unable to get"), ("DNS:other.test", True, "mismatch")],
)
def test_a_certificate_that_is_not_trusted_is_told_nothing(
    authority, security, names, trusted, reason
):
    with Mailbox(**{security: authority.context(names)}, passwords={"u": "p"}) as server:
        with pytest.raises(DeliveryError, match=f"certificate is not trusted: .*({reason})"):
            hand(
                server.port,
                host="localhost",
                security=security,
                ca_file=authority.ca if trusted else None,
                username="u",
                password=Password("p"),
            )
        assert (server.received, server.logins) == ([], [])


def test_a_server_without_starttls_is_told_nothing():
    with Faulty() as server:
        with pytest.raises(DeliveryError, match="offers no STARTTLS; nothing was sent"):
            hand(server.port, security="starttls", username="u", password=Password("p"))
        assert [line[:4] for line in server.heard] == ["ehlo"]


def test_a_wrong_password_is_tried_once_and_never_said(authority):
    with Mailbox(starttls=authority.context(), passwords={"u": "right"}) as server:
        with pytest.raises(DeliveryError, match="refused the login of u: 535") as refusal:
            hand(
                server.port,
                host="localhost",
                security="starttls",
                ca_file=authority.ca,
                username="u",
                password=Password("hunter2"),
            )
        assert len(server.logins) == 1
    assert "hunter2" not in repr(refusal.value)


def test_a_server_that_echoes_the_password_does_not_get_it_printed():
    answers = {"EHLO": "250-hi\r\n250 AUTH PLAIN", "AUTH": "535 hunter2 is\x1b[31m wrong"}
    with Faulty(answers=answers) as server, pytest.raises(DeliveryError) as refusal:
        hand(server.port, username="u", password=Password("hunter2"))
    assert r"535 *** is\x1b[31m wrong" in str(refusal.value)


def test_a_password_outside_ascii_is_utf_8():
    with Mailbox(passwords={"jörg": "pässwörd"}) as server:
        hand(server.port, username="jörg", password=Password("pässwörd"))
        assert server.received[0].user == "jörg"


def test_a_server_that_only_speaks_login_is_logged_in_to():
    asked = {"AUTH": "334 VXNlcg==", "DQ==": "334 UGFzcw==", "CA==": "235 in"}
    answers = {"EHLO": "250-hi\r\n250 AUTH LOGIN", **asked}
    with Faulty(answers=answers) as server:
        assert hand(server.port, username="u", password=Password("p")) == {}
        assert server.heard[1:4] == ["AUTH LOGIN", "dQ==", "cA=="]


def test_one_refused_recipient_is_named_and_the_others_get_it():
    everyone = ["ap@widgets.test", "gone@widgets.test"]
    with Mailbox(refuse={"gone@widgets.test": "550 5.1.1 no such user"}) as server:
        refused = hand(server.port, recipients=everyone)
        assert server.received[0].recipients == ["ap@widgets.test"]
    assert refused == {"gone@widgets.test": "550 5.1.1 no such user"}


REFUSALS = [
    ({"MAIL": "451 try later"}, 0),
    ({"MAIL": "550 not you"}, 0),
    ({"DATA": "451 not now"}, 1),
    ({"DATA": "554 no"}, 1),
    ({"END": "452 disk full"}, 1),
    ({"END": "550 looks like spam"}, 1),
]


@pytest.mark.parametrize(("answers", "times"), REFUSALS)
def test_a_refusal_at_any_stage_sends_nothing_and_is_quoted(answers, times):
    handed = Handed()
    [words] = answers.values()
    said = pytest.raises(DeliveryError, match=f"{words}; nothing was sent")
    with Mailbox(answers=answers) as server, said:
        hand(server.port, handed=handed)
    assert (server.received, handed.times) == ([], times)


def test_what_a_server_says_gives_no_command_to_a_terminal():
    everyone = ["ap@widgets.test", "gone@widgets.test"]
    with Mailbox(refuse={"gone@widgets.test": "550 \x1b[31mred\x07"}) as server:
        refused = hand(server.port, recipients=everyone)
    assert refused == {"gone@widgets.test": "550 \\x1b[31mred\\x07"}


@pytest.mark.parametrize("words", ["450 greylisted", "550 no such user"])
def test_when_every_recipient_is_refused_nothing_is_handed_over(words):
    handed = Handed()
    refused = pytest.raises(DeliveryError, match=f"refused ap@widgets.test: {words}")
    with Mailbox(refuse={"ap@widgets.test": words}) as server, refused:
        hand(server.port, handed=handed)
    assert handed.times == 0


@pytest.mark.parametrize("words", ["421 busy", "554 go away", "nonsense"])
def test_a_server_that_greets_with_a_refusal_is_quoted(words):
    refused = pytest.raises(DeliveryError, match="nothing was sent")
    with Faulty(answers={"greeting": words}) as server, refused:
        hand(server.port)


def test_a_server_that_hangs_up_on_a_recipient_gets_nothing():
    refused = pytest.raises(DeliveryError, match="421 closing")
    with Faulty(answers={"RCPT": "421 closing"}) as server, refused:
        hand(server.port, recipients=["a@x.test", "b@x.test"])


def test_nobody_listening_is_a_delivery_error():
    with Faulty() as server:
        port = server.port
    with pytest.raises(DeliveryError, match="Connection refused; nothing was sent"):
        hand(port)


def test_a_host_that_does_not_exist_is_a_delivery_error():
    with pytest.raises(DeliveryError, match="nothing was sent"):
        hand(25, host="x" * 70, security="tls")


def test_a_letter_outside_ascii_before_the_at_needs_a_server_that_takes_it():
    letter = replace(LETTER, to=("jörg@bücher.example",))
    with Mailbox() as server:
        assert hand(server.port, recipients=letter.to, message=build(letter)) == {}
        assert server.received[0].recipients == ["jörg@bücher.example"]
    with Mailbox(utf8=False) as server, pytest.raises(DeliveryError, match="outside ASCII"):
        hand(server.port, recipients=letter.to, message=build(letter))


def test_a_sender_with_a_letter_outside_ascii_before_the_at_is_named_in_utf_8():
    read = email.message_from_string(
        build(replace(LETTER, sender="jörg@acme.test")).decode(), policy=policy.default
    )
    assert [one.addr_spec for one in read["From"].addresses] == ["jörg@acme.test"]


def test_a_slow_store_does_not_use_up_the_servers_time():
    with Mailbox() as server:
        assert hand(server.port, handed=lambda: time.sleep(0.6), timeout_s=0.5) == {}


def test_a_refused_recipient_is_named_as_it_was_written():
    with Mailbox(refuse={"ap@xn--bcher-kva.example": "550 no"}) as server:
        refused = hand(server.port, recipients=["a@x.test", "ap@bücher.example"])
    assert refused == {"ap@bücher.example": "550 no"}


def test_nobody_is_no_recipient():
    with pytest.raises(ValidationError, match="names nobody"):
        hand(25, recipients=[])


# A server that breaks off


@pytest.mark.parametrize("how", ["cut", "silent"])
@pytest.mark.parametrize(
    ("stage", "times"), [("greeting", 0), ("EHLO", 0), ("MAIL", 0), ("RCPT", 0), ("DATA", 1)]
)
def test_a_line_that_breaks_before_the_message_means_nothing_was_sent(how, stage, times):
    handed = Handed()
    with Faulty(**{how: stage}) as server:
        with pytest.raises(DeliveryError, match="nothing was sent"):
            hand(server.port, handed=handed, timeout_s=0.3)
        assert server.taken == 0
    assert handed.times == times


@pytest.mark.parametrize("how", ["cut", "silent"])
@pytest.mark.parametrize(("stage", "taken"), [("body", 0), ("end", 1)])
def test_a_line_that_breaks_inside_or_after_the_message_leaves_it_unknown(how, stage, taken):
    with Faulty(**{how: stage}) as server:
        with pytest.raises(OutcomeUnknownError, match="may have been delivered") as unknown:
            hand(server.port, reply_timeout_s=0.3)
        assert server.taken == taken
    assert (unknown.value.exit_code, unknown.value.code) == (6, "conflict")
    assert "--resend" in unknown.value.hint


def test_an_answer_that_is_none_leaves_it_unknown():
    with Faulty(answers={"end": "what?"}) as server, pytest.raises(OutcomeUnknownError):
        hand(server.port)


def test_a_server_that_hangs_up_after_taking_the_message_has_it():
    with Faulty(cut="QUIT") as server:
        assert hand(server.port) == {}
        assert server.taken == 1


def test_a_dripping_server_is_left_at_the_deadline():
    started = time.monotonic()
    with Faulty(drip=0.02) as server:
        with pytest.raises(DeliveryError, match=r"no answer within 0.5 s; nothing was sent"):
            hand(server.port, timeout_s=0.5)
        assert 0.4 < time.monotonic() - started < 1.5


def test_a_server_that_never_stops_talking_is_left():
    endless = "\r\n".join(["220-" + "x" * 500] * 4000)
    refused = pytest.raises(DeliveryError, match="talks without end")
    with Faulty(answers={"greeting": endless}) as server, refused:
        hand(server.port)


def test_when_the_intent_cannot_be_stored_nothing_is_sent():
    def fails():
        raise RuntimeError("disk full")

    with Mailbox() as server:
        with pytest.raises(RuntimeError, match="disk full"):
            hand(server.port, handed=fails)
        assert server.received == []


# A folder


def put(folder, letter=LETTER, before_data=None):
    return deliver(
        Transport("file", folder=folder),
        build(letter),
        sender=letter.sender,
        recipients=letter.recipients,
        before_data=before_data or Handed(),
    )


def test_the_folder_is_made_and_only_its_owner_reads_it(tmp_path):
    folder, handed = tmp_path / "new" / "mail", Handed()
    assert put(folder, before_data=handed) == {}
    [path] = folder.iterdir()
    assert path.name == "20260131T100000Z.00000000000000000000000000000007-INV-00001.eml"
    assert [stat.S_IMODE(one.stat().st_mode) for one in (folder, path)] == [0o700, 0o600]
    assert handed.times == 1


def test_an_eml_file_opens_with_its_bodies_and_pdf(tmp_path):
    put(tmp_path)
    [path] = tmp_path.iterdir()
    message = path.read_bytes()
    read = opened(message)
    assert bodies(message) == [LETTER.text, LETTER.html]
    assert (read["To"], read["Subject"]) == ("ap@widgets.test", "Invoice INV-00001")
    assert [part.get_content() for part in read.iter_attachments()] == [PDF]


def test_an_eml_file_has_the_line_ends_of_this_machine(tmp_path):
    put(tmp_path)
    [path] = tmp_path.iterdir()
    assert b"\r" not in path.read_bytes()


def test_the_same_message_again_is_the_same_file(tmp_path):
    put(tmp_path)
    put(tmp_path, replace(LETTER, date=datetime(2026, 2, 1, tzinfo=UTC)))
    [path] = tmp_path.iterdir()
    assert opened(path.read_bytes())["Date"].datetime.month == 2


def test_when_the_intent_cannot_be_stored_the_folder_stays_empty(tmp_path):
    def fails():
        assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        put(tmp_path, before_data=fails)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_a_delivery_error(tmp_path):
    (tmp_path / "mail").write_text("")
    with pytest.raises(DeliveryError, match=r"mail.folder: .*nothing was sent"):
        put(tmp_path / "mail")


def test_a_folder_that_may_not_be_written_is_said():
    with pytest.raises((PermissionDeniedError, DeliveryError), match=r"mail\.folder: "):
        put(Path("/proc/invoicectl"))
