"""Any order of payments, credits, discounts and their undoing leaves books that add up."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from invoicectl import config
from invoicectl.errors import ConflictError, NotFoundError
from invoicectl.service import credit_notes, credits, invoices, masters, payments  # noqa: A004
from invoicectl.service.act import Act
from invoicectl.store.db import Db

FIRST = date(2026, 1, 1)
STEPS = 120


class Books:
    """Two customers with invoices of two currencies, and a hand that books at random."""

    def __init__(self, folder, seed):
        self.db, self.dice, self.now = Db(folder / "books.db"), random.Random(seed), 0
        self.settings = config.load(folder / "config.toml")
        self.done, self.refused = [], 0
        for name in ("acme", "other"):
            masters.add(self.db, self.act(), "customer", {"name": name, "key": name})
        masters.add(self.db, self.act(), "tax", {"code": "VAT", "name": "VAT", "rate": "0.19"})
        for number in range(1, 9):
            self.invoice(number)

    def act(self):
        return Act(
            datetime.now(UTC), FIRST + timedelta(self.now), "tester", self.settings, lambda _: None
        )

    def invoice(self, number):
        body = {
            "customer": "acme" if number % 4 else "other",
            "currency": "EUR" if number % 3 else "JPY",
            "term": "2/10 net 30" if number % 2 else "Net 14",
            "lines": [
                {"desc": "Work", "qty": self.dice.randint(1, 5), "price": "33", "tax": "VAT"}
            ],
        }
        made = invoices.create(self.db, self.act(), body)
        on = FIRST + timedelta(self.dice.randint(0, 9))
        invoices.mark_awaiting(self.db, self.act(), made["id"], invoice_date=on)

    def ref(self):
        return f"INV-{self.dice.randint(1, 8):05d}"

    def day(self):
        return (FIRST + timedelta(self.dice.randint(0, 40))).isoformat()

    def step(self):
        """Do one thing at random; what the books refuse is left undone."""
        self.now = min(self.now + self.dice.choice([0, 0, 1]), 40)
        verb = self.dice.choice(VERBS)
        try:
            verb(self)
        except (ConflictError, NotFoundError):
            self.refused += 1
        else:
            self.done.append(verb)

    def body(self):
        body = {"amount": str(self.dice.choice([1, 20, 38, 77, 150]))}
        return body | ({"date": self.day()} if self.dice.random() < 0.5 else {})

    def payment(self):
        with self.db.read() as reader:
            known = reader.value("SELECT coalesce(max(id), 0) FROM payment") or 1
        return f"PAY-{self.dice.randint(1, known):05d}"

    def memo(self):
        with self.db.read() as reader:
            known = reader.value("SELECT coalesce(max(id), 0) FROM credit_memo") or 1
        return f"CM-{self.dice.randint(1, known):05d}"


def pay(books):
    whole = books.dice.random() < 0.4
    body = {"date": books.day()} if whole else books.body()
    payments.pay(books.db, books.act(), books.ref(), body, excess=True)


def record(books):
    body = books.body() | {"customer": "acme", "currency": books.dice.choice(["EUR", "JPY"])}
    payments.record_payment(books.db, books.act(), body, auto=books.dice.random() < 0.5)


def credit(books):
    credits.create(books.db, books.act(), books.body() | {"customer": "acme", "currency": "EUR"})


def note(books):
    body = books.body() if books.dice.random() < 0.5 else {}
    lines = {"1": "1"} if not body and books.dice.random() < 0.7 else {}
    apply = books.dice.random() < 0.5
    credit_notes.credit_note(books.db, books.act(), books.ref(), body, lines=lines, apply=apply)


VERBS = [
    pay,
    pay,
    record,
    credit,
    note,
    lambda books: payments.apply(books.db, books.act(), books.payment(), books.ref()),
    lambda books: payments.unapply(books.db, books.act(), books.payment()),
    lambda books: payments.delete(books.db, books.act(), books.payment()),
    lambda books: credits.apply(books.db, books.act(), books.memo(), books.ref()),
    lambda books: credits.unapply(books.db, books.act(), books.memo()),
    lambda books: credits.void(books.db, books.act(), books.memo()),
    lambda books: invoices.void(books.db, books.act(), books.ref()),
]

# Each finds rows whose balance is not the sum of what was booked, or that contradict themselves.
CONTRADICTIONS = {
    "what is owed": """
        SELECT i.friendly_id FROM invoice AS i WHERE i.owed_minor <> (
            SELECT coalesce(sum(owed_minor), 0) FROM movement AS m WHERE m.invoice_id = i.id)""",
    "what was paid, credited and let go": """
        SELECT i.friendly_id FROM invoice AS i JOIN (
            SELECT 'payment' AS kind UNION SELECT 'credit' UNION SELECT 'discount') AS k
        WHERE CASE k.kind WHEN 'payment' THEN i.paid_minor WHEN 'credit' THEN i.credited_minor
                ELSE i.discount_taken_minor END <> -(
            SELECT coalesce(sum(owed_minor), 0) FROM movement AS m
            WHERE m.invoice_id = i.id AND m.kind = k.kind)""",
    "what is unapplied of a payment": """
        SELECT p.id FROM payment AS p WHERE p.unapplied_minor <> -(
            SELECT sum(unapplied_minor) FROM movement AS m WHERE m.payment_id = p.id)""",
    "what remains of a memo": """
        SELECT c.id FROM credit_memo AS c WHERE c.remaining_minor <> -(
            SELECT sum(unapplied_minor) FROM movement AS m WHERE m.credit_id = c.id)""",
    "a status": """
        SELECT friendly_id FROM invoice WHERE status NOT IN ('DRAFT', 'VOIDED')
        AND status <> CASE owed_minor WHEN 0 THEN 'PAID' WHEN total_minor
            THEN 'AWAITING_PAYMENT' ELSE 'PARTIALLY_PAID' END""",
    "a void memo that remains": """
        SELECT id FROM credit_memo WHERE voided_on IS NOT NULL AND remaining_minor <> 0""",
    "a deleted payment that is unapplied": """
        SELECT id FROM payment WHERE deleted_at IS NOT NULL AND unapplied_minor <> 0""",
    "an undoing before what it undoes": """
        SELECT m.id FROM movement AS m JOIN movement AS undone ON undone.id = m.reverses_id
        WHERE m.entry_date < undone.entry_date""",
    "an application before its money or its invoice": """
        SELECT m.id FROM movement AS m JOIN invoice AS i ON i.id = m.invoice_id
        LEFT JOIN payment AS p ON p.id = m.payment_id
        LEFT JOIN credit_memo AS c ON c.id = m.credit_id
        WHERE m.entry_date < max(i.invoice_date,
            coalesce(p.payment_date, i.invoice_date), coalesce(c.credit_date, i.invoice_date))""",
    "more credited than billed": """
        SELECT i.friendly_id FROM invoice AS i
        JOIN credit_memo AS c ON c.invoice_id = i.id AND c.voided_on IS NULL
        GROUP BY i.id HAVING sum(c.amount_minor) > i.total_minor""",
    "a note that is not its lines": """
        SELECT c.id FROM credit_memo AS c WHERE c.invoice_id IS NOT NULL AND c.amount_minor <> (
            SELECT sum(total_minor) FROM credit_line AS l WHERE l.credit_id = c.id)""",
}


@pytest.mark.parametrize("seed", range(4))
def test_the_books_add_up_whatever_was_booked(tmp_path, seed):
    books = Books(tmp_path, seed)
    for _ in range(STEPS):
        books.step()
    assert len(books.done) > STEPS / 4
    with books.db.read() as reader:
        wrong = {what: [row[0] for row in reader.all(sql)] for what, sql in CONTRADICTIONS.items()}
    assert {what: found for what, found in wrong.items() if found} == {}
