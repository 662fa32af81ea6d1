"""Some weeks of a business at random, and what a plain sum over its whole ledger says of a day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from invoicectl.store.aging import Factored
from invoicectl.store.tables import CreditMemo, Customer, Invoice, Movement, Payment

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STAMPS = {"created_at": NOW, "updated_at": NOW}
SCALES = {"EUR": 100, "JPY": 10_000, "KWD": 10}


@dataclass
class Stand:
    """A span of days, the last one excluded, on which an invoice stood, and how."""

    customer: int
    currency: str
    invoice_date: date
    due_date: date | None
    first: date
    last: date | None = None

    def holds(self, day):
        return self.first <= day and (self.last is None or day < self.last)


@dataclass
class Bill:
    id: int
    customer: int
    currency: str
    total: int
    invoice_date: date
    due_date: date | None
    factor: str | None
    status: str = "DRAFT"
    stands: list[Stand] = field(default_factory=list)


@dataclass
class Held:
    """A payment or a credit memo."""

    id: int
    kind: str
    customer: int
    currency: str
    amount: int
    day: date
    deleted: bool = False


class Book:
    """Some weeks of a business at random, with a history of its own beside the ledger."""

    def __init__(self, random, steps=60):
        self.random, self.today = random, date(2026, 1, 1)
        self.bills, self.held, self.moves = [], [], []
        often = (self.draft, self.issue, self.receive, self.apply, self.apply, self.wait)
        seldom = (self.unapply, self.delete, self.void, self.unpublish)
        for _ in range(steps):
            random.choice(often * 3 + seldom)()

    def pick(self, things):
        return self.random.choice(things) if things else None

    def near(self):
        return self.today + timedelta(days=self.random.randint(-25, 12))

    def wait(self):
        self.today += timedelta(days=self.random.randint(1, 20))

    def terms(self):
        day = self.near()
        due = day + timedelta(days=self.random.choice([0, 10, 30, 75]))
        return {
            "customer": self.random.randint(1, 2),
            "currency": self.random.choice(list(SCALES)),
            "total": self.random.choice([0, 1, 999, 150_000, 10**15]),
            "invoice_date": day,
            "due_date": self.random.choice([due, due, None]),
        }

    def draft(self):
        factor = self.random.choice([None, None, "DENIM"])
        self.bills.append(Bill(len(self.bills) + 1, factor=factor, **self.terms()))

    def issue(self):
        bill = self.pick([bill for bill in self.bills if bill.status == "DRAFT"])
        if bill is None:
            return
        stood = [stand.last for stand in bill.stands if stand.first < stand.last]
        first = max([bill.invoice_date, *stood])
        bill.stands.append(
            Stand(bill.customer, bill.currency, bill.invoice_date, bill.due_date, first)
        )
        bill.status = "ISSUED"
        self.move("issue", first, bill, owed=bill.total)

    def unpublish(self):
        bill = self.pick([b for b in self.open() if not self.standing(invoice_id=b.id)])
        if bill is None:
            return
        stand = bill.stands[-1]
        stand.last = max(self.today, stand.first)
        before = {"invoice_date_before": bill.invoice_date, "due_date_before": bill.due_date}
        self.move("unissue", stand.last, bill, owed=-bill.total, **before)
        bill.status = "DRAFT"
        if self.random.random() < 0.7:
            vars(bill).update(self.terms())

    def void(self):
        bill = self.pick(self.open())
        applied = self.standing(invoice_id=bill.id) if bill else []
        if bill is None or any(move["payment_id"] for move in applied):
            return
        entries = [move["entry_date"] for move in applied]
        day = max([self.near(), bill.stands[-1].first, *entries])
        for move in applied:
            self.reverse(move, day)
        self.move("void", day, bill, owed=-bill.total)
        bill.status = "VOIDED"

    def receive(self):
        kind = self.random.choice(["payment", "payment", "credit"])
        bill = self.pick(self.open() or self.bills)
        whose = (bill.customer, bill.currency) if bill else (1, "EUR")
        amount = self.random.choice([1, 500, 150_000, 10**15])
        held = Held(len(self.held) + 1, kind, *whose, amount, self.near())
        self.held.append(held)
        self.move("money" if kind == "payment" else "memo", held.day, held=held, unapplied=-amount)

    def apply(self):
        pairs = [
            (held, bill)
            for held in self.held
            for bill in self.open()
            if (held.customer, held.currency) == (bill.customer, bill.currency)
            and self.left(held) > 0
        ]
        held, bill = self.pick(pairs) or (None, None)
        if held is None:
            return
        most = min(self.left(held), self.owed(bill))
        minor = self.random.choice([most, self.random.randint(1, most)])
        day = max(self.near(), held.day, bill.stands[-1].first)
        self.move(held.kind, day, bill, held, owed=-minor, unapplied=minor)
        rest = self.owed(bill)
        if held.kind == "payment" and rest and self.random.random() < 0.2:
            self.move("discount", day, bill, held, owed=-rest)

    def unapply(self):
        move = self.pick(self.standing())
        if move is None:
            return
        for each in self.standing(invoice_id=move["invoice_id"]):
            if (each["payment_id"], each["credit_id"]) == (move["payment_id"], move["credit_id"]):
                self.reverse(each, self.today)

    def delete(self):
        held = self.pick([held for held in self.held if not held.deleted])
        if held is None:
            return
        held.deleted = True
        for move in [*self.standing(**{f"{held.kind}_id": held.id})]:
            self.reverse(move, self.today)
        self.reverse(next(m for m in self.moves if m[f"{held.kind}_id"] == held.id), self.today)

    def move(self, kind, day, bill=None, held=None, owed=0, unapplied=0, reverses=None, **before):
        whose = bill or held
        self.moves.append(
            {"invoice_date_before": None, "due_date_before": None}
            | {"id": len(self.moves) + 1, "kind": kind, "entry_date": day}
            | {"customer_id": whose.customer, "currency": whose.currency}
            | {"invoice_id": bill.id if bill else None, "reverses_id": reverses}
            | {"payment_id": held.id if held and held.kind == "payment" else None}
            | {"credit_id": held.id if held and held.kind == "credit" else None}
            | {"owed_minor": owed, "unapplied_minor": unapplied}
            | before
        )

    def reverse(self, move, day):
        bill = self.bills[move["invoice_id"] - 1] if move["invoice_id"] else None
        held = self.held[(move["payment_id"] or move["credit_id"]) - 1]
        owed, unapplied = -move["owed_minor"], -move["unapplied_minor"]
        day = max(day, move["entry_date"])
        self.move(move["kind"], day, bill, held, owed, unapplied, reverses=move["id"])

    def standing(self, **of):
        """Return the applications and discounts that nothing has undone."""
        undone = {move["reverses_id"] for move in self.moves}
        return [
            move
            for move in self.moves
            if move["kind"] in {"payment", "credit", "discount"}
            and not move["reverses_id"]
            and move["id"] not in undone
            and all(move[name] == value for name, value in of.items())
        ]

    def open(self):
        return [bill for bill in self.bills if bill.status == "ISSUED" and self.owed(bill)]

    def owed(self, bill, day=date.max):
        return sum(m["owed_minor"] for m in self.moves
                   if m["invoice_id"] == bill.id and m["entry_date"] <= day)  # fmt: skip

    def left(self, held):
        return -sum(m["unapplied_minor"] for m in self.moves if m[f"{held.kind}_id"] == held.id)

    def days(self):
        """Return every day around which something changed."""
        near = {move["entry_date"] for move in self.moves} | {self.today}
        return sorted({day + timedelta(days=by) for day in near for by in (-1, 0, 1, 40)})

    def save(self, session):
        """Write the book into a database, with balances that are sums over its ledger."""
        names = ["ada", "Ada", "bob & sons"]
        session.add_all(
            Customer(id=n, uuid=f"customer-{n}", name=name, **STAMPS)
            for n, name in enumerate(names, 1)
        )
        session.flush()
        session.add_all(map(self.invoice, self.bills))
        session.add_all(map(self.money, self.held))
        session.flush()
        session.add_all(Movement(**m, created_at=NOW, created_by="test") for m in self.moves)
        session.flush()

    def invoice(self, bill):
        of_kind = defaultdict(int)
        for move in self.moves:
            if move["invoice_id"] == bill.id:
                of_kind[move["kind"]] -= move["owed_minor"]
        owed = self.owed(bill)
        issued = (
            "PAID" if not owed else "AWAITING_PAYMENT" if owed == bill.total else "PARTIALLY_PAID"
        )
        return Invoice(
            id=bill.id, uuid=f"invoice-{bill.id}", friendly_id=f"INV-{bill.id:05d}",
            status=issued if bill.status == "ISSUED" else bill.status, customer_id=bill.customer,
            currency=bill.currency, scale=SCALES[bill.currency], invoice_date=bill.invoice_date,
            due_date=bill.due_date, total_minor=bill.total, owed_minor=owed,
            paid_minor=of_kind["payment"], credited_minor=of_kind["credit"],
            discount_taken_minor=of_kind["discount"], factor_name=bill.factor,
            created_by="test", updated_by="test", **STAMPS,
        )  # fmt: skip

    def money(self, held):
        same = {
            "id": held.id, "uuid": f"held-{held.id}", "customer_id": held.customer,
            "currency": held.currency, "amount_minor": held.amount, "created_by": "test",
        }  # fmt: skip
        left = self.left(held)
        if held.kind == "credit":
            return CreditMemo(credit_date=held.day, remaining_minor=left, **same, **STAMPS)
        return Payment(payment_date=held.day, unapplied_minor=left, **same, **STAMPS)


def standing_on(book, day, factored=Factored.INCLUDE):
    """Yield each invoice that owed something on a day: the invoice, how it stood, how much."""
    for bill in book.bills:
        wanted = {"include": True, "exclude": not bill.factor, "only": bool(bill.factor)}[factored]
        owed = book.owed(bill, day)
        if owed and wanted:
            (stand,) = [stand for stand in bill.stands if stand.holds(day)]
            yield bill, stand, owed


def owed_from_scratch(book, day, uppers=(30, 60, 90), by="due-date", **only):
    """Return customer and currency → [open invoices, minor units by bucket]."""
    sums = defaultdict(lambda: [0] * (3 + len(uppers)))
    for _, stand, owed in standing_on(book, day, **only):
        counted_from = stand.invoice_date if by == "invoice-date" else stand.due_date
        days = (day - (counted_from or stand.invoice_date)).days
        figures = sums[stand.customer, stand.currency]
        figures[0] += 1
        figures[1 + sum(days > upper for upper in (0, *uppers))] += owed
    return dict(sums)


def ledger_on(book, day, column):
    """Return customer and currency → the sum of a column of the ledger up to a day."""
    sums = defaultdict(int)
    for move in book.moves:
        if move["entry_date"] <= day:
            sums[move["customer_id"], move["currency"]] += move[column]
    return {whose: minor for whose, minor in sums.items() if minor}
