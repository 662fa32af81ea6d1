"""What a file says of a payment or a credit memo, and whether the books say the same."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from invoicectl.errors import ConflictError, InvoicectlError
from invoicectl.rules import money, numbering
from invoicectl.service import payments, rows
from invoicectl.service.imports.run import Run
from invoicectl.service.intake import Fields
from invoicectl.store.db import Row
from invoicectl.store.records.invoice_parts import STANDS

SHOWN = (*rows.SHOWN, "unapplied", "remaining", "paymentGroupId", "createdBy", "lines", "tax",
         "invoiceId", "voidedOn", "documentId", "documentUrl", "documentSha256")  # fmt: skip
OF_CUSTOMER = {"customerId": "customer", "customer_id": "customer", "customerKey": "customer"}


@dataclass(frozen=True)
class Words:
    """How the records of a kind differ in their words: a payment's or a credit memo's."""

    kind: str
    day: str
    day_column: str
    aliases: Mapping[str, str]


PAYMENT = Words(
    "payment",
    "paymentDate",
    "payment_date",
    {
        "date": "paymentDate",
        "payment_date": "paymentDate",
        "paymentMethodType": "method",
        **OF_CUSTOMER,
    },
)
CREDIT = Words("credit", "date", "credit_date", {"creditDate": "date", **OF_CUSTOMER})


@dataclass(frozen=True)
class Applied:
    """An application as the file says it; `on` is None where it says no day."""

    fields: Fields
    ref: str
    minor: int
    on: date | None

    def placed(self, refusal: InvoicectlError, name: str = "invoice") -> InvoicectlError:
        """Return a refusal with the path of the application."""
        details = [{"field": self.fields.at(name), "message": refusal.message}]
        return type(refusal)(refusal.message, hint=refusal.hint, details=details)


@dataclass(frozen=True)
class Content:
    """What a file says of money or a credit; `given` are the names of the fields that it has."""

    key: str
    customer_id: int
    currency: str
    minor: int
    day: date
    method: str | None
    reference: str | None
    note: str | None
    invoice: str | None
    applied: tuple[Applied, ...]
    given: frozenset[str]


class Stands(NamedTuple):
    """An application that stands: on which invoice, how much, since when."""

    invoice_id: int
    minor: int
    day: str


def key_of(fields: Fields) -> str:
    """Return the key of a record, which has to have one.

    Raises:
        ValidationError: it has none, or it is no text.
    """
    value = fields.left.get("key")
    key = Fields({"key": value}, fields.path).text("key")
    if not key:
        hint = "--map key=COLUMN names a column that tells each record from the others"
        raise fields.refuse("key", "is missing", hint)
    return key


def read(run: Run, words: Words, fields: Fields) -> Content:
    """Read all that a record says.

    Raises:
        ValidationError: a field is missing, unknown or not acceptable; with its path.
        ConflictError: the customer was deleted.
    """
    given = frozenset(name for name, value in fields.left.items() if value is not None)
    run.settle_customer(fields)
    key = fields.needed("key")
    customer_id, currency = payments.payer(run.catalog, run.act, fields)
    minor = _amount(fields, currency, "amount")
    day = fields.day(words.day) or run.act.today
    is_payment = words is PAYMENT
    method = fields.text("method") if is_payment else None
    note = None if is_payment else fields.long_text("note")
    invoice = None if is_payment else fields.text("invoice")
    reference = fields.text("reference")
    applied = tuple(_applied(each, currency) for each in fields.records("applications") or ())
    fields.ignore(*SHOWN)
    fields.finish()
    return Content(
        key, customer_id, currency, minor, day, method, reference, note, invoice, applied, given
    )


def _amount(fields: Fields, currency: str, name: str) -> int:
    minor = fields.amount(name, currency)
    if minor is None:
        raise fields.refuse(name, "is missing")
    if minor <= 0:
        raise fields.refuse(name, f"is {money.text(minor, currency)}, which is not above 0")
    return minor


def _applied(fields: Fields, currency: str) -> Applied:
    applied = Applied(
        fields,
        fields.needed("invoice"),
        _amount(fields, currency, "amount"),
        fields.day("appliedAt"),
    )
    fields.ignore("invoiceId", "discountTaken")
    fields.finish()
    return applied


def read_again(run: Run, words: Words, fields: Fields, stored: Row) -> Content:
    """Read what a file says of a record that is there; what it leaves out is as it was booked.

    Raises:
        ValidationError: see `read`.
        ConflictError: another amount, date, customer or currency; or it was deleted.
    """
    given = frozenset(name for name, value in fields.left.items() if value is not None)
    booked: dict[str, object] = {
        "customer": numbering.friendly("customer", stored["customer_id"]),
        "currency": stored["currency"],
        "amount": money.text(stored["amount_minor"], stored["currency"]),
        words.day: stored[words.day_column],
    }
    fields.left |= {name: value for name, value in booked.items() if name not in given}
    content = replace(read(run, words, fields), given=given)
    if stored["deleted_at"] is not None:
        raise ConflictError(f"{words.kind} {content.key!r} was deleted")
    _refuse_other(words, fields, content, stored)
    return content


def _refuse_other(words: Words, fields: Fields, content: Content, stored: Row) -> None:
    """Refuse what was booked and is said otherwise now."""
    currency = stored["currency"]
    here_and_there = (
        ("customer", content.customer_id, stored["customer_id"]),
        ("currency", content.currency, currency),
        ("amount", content.minor, stored["amount_minor"]),
        (words.day, content.day.isoformat(), stored[words.day_column]),
    )
    for name, here, there in here_and_there:
        if here == there:
            continue
        reason = f"is {here} here and {there} in the books"
        if name == "amount":
            shown = money.show(content.minor, currency), money.show(there, currency)
            reason = f"is {shown[0]} here and {shown[1]} in the books"
        elif name == "customer":
            reason = "is another one than in the books"
        details = [{"field": fields.at(name), "message": reason}]
        hint = "what was booked stays; delete it there first, or leave the file as it was"
        raise ConflictError(reason, hint=hint, details=details)


def standing(run: Run, words: Words, ids: Sequence[int]) -> dict[int, Counter[Stands]]:
    """Return the applications of stored payments or memos that stand now, by internal id."""
    found: dict[int, Counter[Stands]] = {}
    of = f"{words.kind}_id"
    sql = (
        f"SELECT m.{of} AS owner, m.invoice_id, -m.owed_minor AS minor, m.entry_date"
        f" FROM movement AS m WHERE m.kind = '{words.kind}' AND {STANDS} AND m.{of} IN :values"
    )
    for row in run.catalog.reader.among(sql, ids):
        stands = Stands(row["invoice_id"], row["minor"], row["entry_date"])
        found.setdefault(row["owner"], Counter())[stands] += 1
    return found


def added(
    content: Content, wanted: Sequence[tuple[Applied, Stands]], stored: Counter[Stands]
) -> list[Applied]:
    """Return the applications that the file has and the books do not.

    Raises:
        ConflictError: the books have others that the file does not have any more.
    """
    left = Counter(stored)
    new = []
    for applied, stands in wanted:
        if left[stands] > 0:
            left[stands] -= 1
        else:
            new.append(applied)
    if wanted and left.total():
        raise ConflictError(
            f"{content.key!r} is applied in the books as the file does not say any more",
            hint="take it back first (unapply), or leave the file as it was",
        )
    return new
