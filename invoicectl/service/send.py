"""Send invoices by e-mail: the intent is stored first, and settled by what the server said.

A letter is `pending` until its text goes out, `handed` from just before, then `sent` or `refused`.
Whoever works on an invoice holds a claim on it, which ends with the process: a letter that is
`pending` while nobody holds the claim was never handed over and is taken up again; one that is
`handed` then is uncertain, and only --resend sends it. (RFC 1047 names the window.)
"""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from invoicectl.errors import ConflictError, DeliveryError
from invoicectl.rules.lifecycle import Status
from invoicectl.service import documents, history, invoices, letters
from invoicectl.service.act import Act
from invoicectl.store import ids, records, refs, seals
from invoicectl.store.db import Db
from invoicectl.store.tables import Invoice, Send, SendInvoice

Record = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """What is asked of a sending: addresses (the customer's where none), words, a repeat."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str | None = None
    message: str | None = None
    resend: bool = False


def send(db: Db, act: Act, refs_: Iterable[str], order: Order) -> Record:
    """Send invoices of one customer in one e-mail, with their PDFs; a draft is issued first.

    Sent once is sent: the same invoice to the same addresses again is left out, and where none is
    left all of it is skipped (`skipped` is true), unless `order.resend`. Returns
    `{"invoices": [...], "skipped", "to", "messageId"}`; `refused` names recipients that the server
    did not take.

    Raises:
        NotConfiguredError: no mail transport is configured.
        ConflictError: an invoice is voided, the customer has no address, or an earlier sending is
            uncertain.
        DeliveryError: the server refused; nothing was sent.
    """
    way = way_of(act)
    with db.read() as books:
        wanted = [refs.find(books, "invoice", ref) for ref in refs_]
        seals.prove(books, "invoice", wanted)
    with ExitStack() as claims:
        if not act.dry_run:
            for invoice_id in sorted(set(wanted)):
                claims.enter_context(db.claim(invoice_id, "is being sent by another invoicectl"))
        return _Letter(db, act, wanted, order, way).go()


def way_of(act: Act) -> Any:
    """Return how mail leaves the house; NotConfiguredError where it does not."""
    from invoicectl.output import transport

    return transport.transport_from({"mail.from": _sender(act), **_mail(act)}, os.environ)


def _mail(act: Act) -> dict[str, str]:
    return {key: value for key, value in act.settings.items() if key.startswith("mail.") and value}


def _sender(act: Act) -> str:
    name, address = act.settings["company.name"], act.settings["company.email"]
    return f"{name} <{address}>" if name and address else address


class _Letter:
    """One sending, step by step; each step is a transaction or a conversation, never both."""

    def __init__(self, db: Db, act: Act, wanted: list[int], order: Order, way: Any) -> None:
        self.db, self.act, self.wanted, self.order, self.way = db, act, wanted, order, way
        self.dead: list[int] = []  # letters begun and given up, which this one takes the place of

    def go(self) -> Record:
        to, cc, bcc = self._addresses()
        addressed = _same(to, cc, bcc)
        with self.db.read() as books:
            sent = letters.sent(books, self.wanted, addressed)
        if not self.order.resend:
            if sent.keys() >= set(self.wanted):
                return self._answer(to, sent[self.wanted[0]], skipped=True)
            self.wanted = [each for each in self.wanted if each not in sent]
        with self.db.read() as books:
            begun, self.dead = letters.begun(
                books, self.wanted, addressed, resend=self.order.resend
            )
        self._prove_possible(to, cc, bcc)
        if self.act.dry_run:
            return self._answer(to, None, skipped=False)
        self._issue()
        attachments = self._attachments()
        return self._deliver(self._written(to, cc, bcc, attachments, begun), attachments, addressed)

    def _addresses(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Return to, cc and bcc; the invoices are checked on the way."""
        from invoicectl.output.mail import read_addresses

        order = self.order
        with self.db.read() as books:
            found = records.invoices(books, self.wanted, self.act.today)
            customer_id = _only_customer(found, books)
            emails = books.value("SELECT emails FROM customer WHERE id = :id", id=customer_id)
        for record in found:
            if record["status"] == Status.VOIDED or record["deletedAt"]:
                state = "VOIDED" if record["status"] == Status.VOIDED else "in the trash"
                raise ConflictError(f"cannot send invoice {record['friendlyId']}: it is {state}")
        to = read_addresses(order.to, field="--to") or tuple(json.loads(emails))
        if not to:
            customer = found[0]["customer"]
            way_out = f"invoicectl customer update {customer['friendlyId']} --email ADDRESS"
            raise ConflictError(
                f"customer {customer['name']} has no e-mail address",
                hint=f"{way_out}, or give one with --to",
            )
        cc, bcc = read_addresses(order.cc, field="--cc"), read_addresses(order.bcc, field="--bcc")
        return to, cc, bcc

    def _prove_possible(self, to: Any, cc: Any, bcc: Any) -> None:
        """Write the letter and draw drafts before they are issued: what fails takes no number."""
        from invoicectl.output import mail

        with self.db.read() as books:
            found = records.invoices(books, self.wanted, self.act.today)
            drafts = [
                (record, documents.describe(books, self.act, record, invoice_id))
                for invoice_id, record in zip(self.wanted, found, strict=True)
                if record["status"] == Status.DRAFT
            ]
        mail.build(self._written(to, cc, bcc, [(record, b"") for record in found], None))
        for record, paper in drafts:
            documents.render(self.act, paper, record)

    def _issue(self) -> None:
        with self.db.write() as session:
            for invoice_id in self.wanted:
                invoice = session.get(Invoice, invoice_id)
                if invoice is not None and invoice.status == Status.DRAFT:
                    invoices.issue(session, self.act, invoice, "send")

    def _attachments(self) -> list[tuple[Record, bytes]]:
        with self.db.read() as books:
            sql = "SELECT uuid FROM invoice WHERE id = :id"
            uuids = [books.value(sql, id=invoice_id) for invoice_id in self.wanted]
        return [documents.pdf(self.db, self.act, uuid) for uuid in uuids]

    def _written(
        self, to: Any, cc: Any, bcc: Any, attachments: list[tuple[Record, bytes]], begun: str | None
    ) -> Any:
        """Return the letter; one that was begun before keeps its Message-ID."""
        from invoicectl.output import mail

        found = [record for record, _ in attachments]
        with self.db.read() as books:
            paper = documents.describe(books, self.act, found[0], self.wanted[0])
        values = {"invoices": found, "seller": paper["seller"], "customer": paper["billTo"]}
        template_dir = self.act.settings["pdf.template_dir"]
        values["locale"] = self.act.settings["company.locale"]
        subject, text, html = mail.compose(
            values, subject=self.order.subject, message=self.order.message,
            template_dir=Path(template_dir).expanduser() if template_dir else None,
        )  # fmt: skip
        address = mail.wire_form(mail.read_sender(self.way.sender)[1])
        domain, unique = address.rpartition("@")[2], UUID(ids.new(self.act.now))
        fresh = mail.message_id(self.act.now, domain, unique=unique)
        return mail.Letter(
            message_id=begun or fresh, sender=self.way.sender,
            to=to, cc=cc, bcc=bcc, subject=subject, text=text, html=html, date=self.act.now,
            attachments=tuple(mail.Attachment(f"{record['friendlyId']}.pdf", content)
                              for record, content in attachments),
        )  # fmt: skip

    def _deliver(
        self, letter: Any, attachments: list[tuple[Record, bytes]], addressed: str
    ) -> Record:
        from invoicectl.output import mail, transport

        message = mail.build(letter)
        send_id = self._intend(letter, attachments, addressed)
        try:
            refused = transport.deliver(
                self.way, message, sender=mail.read_sender(letter.sender)[1],
                recipients=letter.recipients, before_data=lambda: self._set(send_id, "handed"),
            )  # fmt: skip
        except mail.OutcomeUnknownError:
            raise
        except DeliveryError as error:
            self._refused(send_id, error.message)
            raise
        self._sent(send_id, letter, refused)
        answer = self._answer(letter.to, letter.message_id, skipped=False)
        return answer | {"refused": refused}

    def _intend(self, letter: Any, attachments: list[tuple[Record, bytes]], addressed: str) -> int:
        """Store that the letter is about to be sent; return the sending's id."""
        people = {"to": letter.to, "cc": letter.cc, "bcc": letter.bcc}
        with self.db.write() as session:
            for dead in self.dead:
                given_up = _get(session, dead)
                given_up.state, given_up.settled_at = "refused", self.act.now
                given_up.error = "given up: another letter took its place"
            row = session.exec(select(Send).where(Send.message_id == letter.message_id)).first()
            row = row or Send(
                uuid=ids.new(self.act.now), message_id=letter.message_id, state="pending",
                recipients=json.dumps(people), addressed=addressed, subject=letter.subject,
                created_at=self.act.now, created_by=self.act.by,
            )  # fmt: skip
            row.state, is_new = "pending", row.id is None
            session.add(row)
            session.flush()
            assert row.id is not None  # noqa: S101
            if is_new:
                for invoice_id, (record, _) in zip(self.wanted, attachments, strict=True):
                    carried = SendInvoice(send_id=row.id, invoice_id=invoice_id,
                                          sha256=record["documentSha256"])  # fmt: skip
                    session.add(carried)
            return row.id

    def _set(self, send_id: int, state: str) -> None:
        with self.db.write() as session:
            _get(session, send_id).state = state

    def _refused(self, send_id: int, reason: str) -> None:
        with self.db.write() as session:
            row = _get(session, send_id)
            row.state, row.error, row.settled_at = "refused", reason, self.act.now
            for invoice_id in self.wanted:
                history.note(session, self.act, "invoice", invoice_id, "send failed", reason=reason)

    def _sent(self, send_id: int, letter: Any, refused: Mapping[str, str]) -> None:
        with self.db.write() as session:
            row = _get(session, send_id)
            row.state, row.settled_at = "sent", self.act.now
            row.refused = json.dumps(dict(refused)) if refused else None
            for invoice_id in self.wanted:
                invoice = session.get(Invoice, invoice_id)
                assert invoice is not None  # noqa: S101
                invoice.sent_at = invoice.updated_at = self.act.now
                invoice.updated_by = self.act.by
                history.note(
                    session, self.act, "invoice", invoice_id, "send",
                    to=", ".join(letter.recipients), messageId=letter.message_id,
                    subject=letter.subject, refused=", ".join(refused) or None,
                )  # fmt: skip

    def _answer(self, to: Iterable[str], message_id: str | None, *, skipped: bool) -> Record:
        with self.db.read() as books:
            found = records.invoices(books, self.wanted, self.act.today)
        return {"invoices": found, "skipped": skipped, "to": list(to), "messageId": message_id}


def _only_customer(found: list[Record], books: Any) -> int:
    customers = {record["customer"]["id"] for record in found}
    if len(customers) != 1:
        raise ConflictError("the invoices are of different customers; send them apart")
    return refs.find(books, "customer", customers.pop())


def _get(session: Session, send_id: int) -> Send:
    row = session.get(Send, send_id)
    assert row is not None  # noqa: S101
    return row


def _same(to: Iterable[str], cc: Iterable[str], bcc: Iterable[str]) -> str:
    from invoicectl.output.mail import same_addresses_key

    return same_addresses_key(tuple(to), tuple(cc), tuple(bcc))


def send_one(db: Db, act: Act, ref: str, order: Order) -> Record:
    """Send one invoice; return its record with `skipped`, `to` and `messageId`.

    Raises:
        PartialError: it was sent, but the server refused one of several recipients.
        and what `send` raises.
    """
    done = send(db, act, [ref], order)
    (record,) = done["invoices"]
    refused: Mapping[str, str] = done.get("refused") or {}
    said = {name: done[name] for name in ("skipped", "to", "messageId")}
    if refused:
        said["refused"] = [{"address": address, "message": why} for address, why in refused.items()]
    return {**record, **said}
