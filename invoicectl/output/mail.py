"""An e-mail is made once, kept as bytes, and handed over as it was kept.

What a header holds comes from customers and templates, so it is never trusted: control
characters are refused, `=?` is broken up (Python before 3.11.10 and 3.12.5 decodes an encoded
word into a header of its own, CVE-2024-6923), and the finished message is read back and refused
unless it carries exactly the headers and recipients it was given (RFC 5322).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_string, policy
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from invoicectl.errors import InvoicectlError, ValidationError

_REFUSED_IN_HEADERS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_OWN_NETWORK = frozenset({"localhost", "local", "invalid"})
_OF_PARTS = {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"}
_NAMED = re.compile(r'\s*"?(?P<name>.*?)"?\s*<(?P<address>[^<>]*)>\s*')
_UNFIT_IN_FILE_NAME = re.compile(r"[^\w.\-]+")
_UNFIT_IN_BODY = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\U0010ffff]")


class OutcomeUnknownError(InvoicectlError):
    """The message was handed over and never confirmed: it may have been delivered."""

    exit_code = 6
    code = "conflict"


@dataclass(frozen=True)
class Attachment:
    """A PDF that goes with a letter, under the name its reader will see."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """Everything an e-mail says. `sender` may be `Name <address>`; the others are addresses."""

    message_id: str
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    date: datetime

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everyone who gets it, each once, those on bcc too."""
        return tuple(dict.fromkeys((*self.to, *self.cc, *self.bcc)))


def message_id(now: datetime, domain: str, *, unique: UUID) -> str:
    """Return a Message-ID with the moment readable in it; the same arguments give the same one.

    >>> message_id(datetime(2026, 1, 31, 10, tzinfo=UTC), "acme.test", unique=UUID(int=7))
    '<20260131T100000Z.00000000000000000000000000000007@acme.test>'
    """
    return f"<{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.{unique.hex}@{domain}>"


def read_addresses(text: str | Iterable[str], *, field: str = "email") -> tuple[str, ...]:
    """Read addresses, one text each or several between `,` or `;`; each comes back once.

    Addresses nobody could reach from outside (`ap@acme.test`, `root@localhost`) are addresses.

    Raises:
        ValidationError: one of them is none; it is named, and `field` with it.
    """
    texts = [text] if isinstance(text, str) else text
    found = [part.strip() for one in texts for part in re.split("[,;]", one)]
    return tuple(dict.fromkeys(_address(part, field)[0] for part in found if part))


def read_sender(text: str, *, field: str = "mail.from") -> tuple[str, str]:
    """Read `Name <address>` or a bare address; return the name (perhaps empty) and the address.

    >>> read_sender("Acme Billing <billing@acme.test>")
    ('Acme Billing', 'billing@acme.test')
    """
    named = _NAMED.fullmatch(text)
    name, address = named.group("name", "address") if named else ("", text)
    return header_text(name, field), _address(address, field)[0]


def wire_form(address: str) -> str:
    """Return the address as servers speak it: `ap@bücher.example` has an `xn--` domain there.

    A letter outside ASCII before the @ has no other form: it needs a server with SMTPUTF8.
    """
    return _address(address, "email")[1]


def same_addresses_key(to: Sequence[str], cc: Sequence[str], bcc: Sequence[str]) -> str:
    """Return what is equal for two sendings to the same people, whatever order, line or case.

    >>> same_addresses_key(["AP@acme.test"], ["boss@acme.test"], [])
    'ap@acme.test boss@acme.test'
    """
    everyone = (*to, *cc, *bcc)
    return " ".join(sorted({unicodedata.normalize("NFC", one).casefold() for one in everyone}))


def header_text(text: str, field: str) -> str:
    """Return text that is safe in a header.

    Raises:
        ValidationError: it holds a line break or another control character.
    """
    for character in text:
        if unicodedata.category(character) in _REFUSED_IN_HEADERS:
            reason = f"contains a control character (U+{ord(character):04X})"
            raise ValidationError.at(field, reason)
    return text.replace("=?", "= ?")


def build(letter: Letter) -> bytes:
    """Return the message, text and HTML and the PDFs; a bcc is not named in it.

    Raises:
        ValidationError: a header would carry what it must not.
    """
    everyone = (read_sender(letter.sender)[1], *letter.recipients)
    ascii_only = all(map(str.isascii, map(wire_form, everyone)))
    rules = (policy.SMTP if ascii_only else policy.SMTPUTF8).clone(cte_type="7bit")
    message = EmailMessage(policy=rules)
    for name, value in _headers(letter).items():
        message[name] = value
    message.set_content(_body(letter.text))
    message.add_alternative(_body(letter.html), subtype="html")
    for attachment in letter.attachments:
        message.add_attachment(
            attachment.content,
            maintype="application",
            subtype="pdf",
            filename=file_name(attachment.name),
        )
    built = message.as_bytes()
    _prove(built, letter)
    return built


def file_name(text: str) -> str:
    """Return a name that is one file's on any machine: letters, digits, dots, dashes.

    >>> file_name("RE/2026-1.pdf"), file_name("../../etc/passwd")
    ('RE_2026-1.pdf', 'etc_passwd')
    """
    return _UNFIT_IN_FILE_NAME.sub("_", text).lstrip("._") or "attachment"


def compose(
    values: Mapping[str, Any],
    *,
    subject: str | None,
    message: str | None,
    template_dir: Path | None,
) -> tuple[str, str, str]:
    """Return subject, text body and HTML body for one or several invoices of one customer.

    A given subject or message is taken as it is; the templates say the rest. They see `values`
    (`seller`, `customer`, `invoices` or a single `invoice`: records as they are printed in JSON)
    and, beside them, `totals` (a row a currency) and `paragraphs` (the lines of the message).
    """
    from invoicectl.output import confined, templates  # noqa: F401 - loaded once, not in a child

    invoices = values.get("invoices") or [values["invoice"]]
    message = (message or "").strip()
    seen = {
        "invoice": invoices[0],
        **values,
        "invoices": invoices,
        "totals": _totals(invoices),
        "paragraphs": _paragraphs(message),
    }
    subject, text, html = confined.run(
        "mail", template_dir, lambda: _filled(seen, subject, message, template_dir)
    )
    return header_text(subject, "subject"), text, html


def _filled(
    seen: Mapping[str, Any], subject: str | None, message: str, template_dir: Path | None
) -> tuple[str, str, str]:
    from invoicectl.output.templates import render_html, render_text

    if subject is None:
        subject = " ".join(render_text("mail/subject.txt", seen, template_dir).split())
    text = message or render_text("mail/body.txt", seen, template_dir)
    return subject, text, render_html("mail/body.html", seen, template_dir)


def _address(text: str, field: str) -> tuple[str, str]:
    """Return an address as people write it and as servers do."""
    from email_validator import EmailNotValidError, validate_email

    # The validator has no switch for these domains, and takes any name under .test.
    under = ".test" if text.rpartition("@")[2].rpartition(".")[2].lower() in _OWN_NETWORK else ""
    try:
        read = validate_email(
            text + under, check_deliverability=False, test_environment=True, strict=True
        )
    except EmailNotValidError as wrong:
        reason = f"{text!r} is not an e-mail address: {wrong}"
        raise ValidationError.at(field, reason) from None
    written = read.normalized.removesuffix(under)
    return written, (read.ascii_email or read.normalized).removesuffix(under)


def _headers(letter: Letter) -> dict[str, Any]:
    name, address = read_sender(letter.sender)
    headers = {
        "From": _parsed(address, name),
        "To": [_parsed(one) for one in letter.to],
        "Cc": [_parsed(one) for one in letter.cc],
        "Subject": header_text(letter.subject, "subject"),
        "Date": letter.date,
        "Message-ID": header_text(letter.message_id, "message id"),
    }
    return {name: value for name, value in headers.items() if value != []}


def _parsed(address: str, name: str = "") -> Address:
    user, _, domain = wire_form(address).rpartition("@")
    return Address(name, user, domain)


def _body(text: str) -> str:
    """Return a body that every mail program can show: no control characters, one kind of line."""
    return _UNFIT_IN_BODY.sub("\ufffd", re.sub(r"\r\n?", "\n", text)).rstrip("\n") + "\n"


def _prove(built: bytes, letter: Letter) -> None:
    """Read the message again; refuse it when it says more, or less, than the letter does."""
    read = message_from_string(built.decode(), policy=policy.default)
    people = {
        name: [one.addr_spec for header in read.get_all(name, []) for one in header.addresses]
        for name in ("From", "To", "Cc", "Bcc")
    }
    wanted = {
        "From": [wire_form(read_sender(letter.sender)[1])],
        "To": [wire_form(one) for one in letter.to],
        "Cc": [wire_form(one) for one in letter.cc],
        "Bcc": [],
    }
    headers = [*_headers(letter), "MIME-Version", "Content-Type"]
    inside = {name for part in read.walk() if part is not read for name in part}
    if sorted(read) != sorted(headers) or people != wanted or not inside <= _OF_PARTS:
        reason = "the e-mail would not carry exactly its own headers and recipients"
        raise ValidationError(reason, hint="look for unusual characters in names and the subject")


def _paragraphs(message: str) -> list[list[str]]:
    """Return the paragraphs of a message, each a list of its lines."""
    blocks = re.split(r"\n\s*\n", message.replace("\r\n", "\n"))
    return [block.split("\n") for block in blocks if block]


def _totals(invoices: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a row a currency: how many invoices, what they come to, what is still owed."""
    totals: dict[str, dict[str, Any]] = {}
    for invoice in invoices:
        currency = invoice["currency"]
        nothing = {"currency": currency, "count": 0, "amount": Decimal(0), "amountOwed": Decimal(0)}
        row = totals.setdefault(currency, nothing)
        row["count"] += 1
        row["amount"] += invoice["amount"]
        row["amountOwed"] += invoice["amountOwed"]
    return list(totals.values())
