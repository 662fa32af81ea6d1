"""What is left to credit of an invoice, row by row, and what a credit note takes of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session

from invoicectl.errors import ConflictError, ValidationError
from invoicectl.rules import crediting as rules
from invoicectl.rules import money, numbering
from invoicectl.rules.crediting import Part
from invoicectl.service.act import Act
from invoicectl.store.db import Reader, Row
from invoicectl.store.tables import CreditLine, CreditMemo, Invoice

SHIPPING = "shipping"


@dataclass(frozen=True)
class Billed:
    """A row of an invoice: a line, or without one its shipping; and what was credited of it.

    `taxes` are (code, name, rate) in the order of the amounts in `whole`, after the net.
    """

    line_id: int | None
    position: str
    description: str
    taxes: tuple[tuple[str, str, str], ...]
    whole: Part
    credited: tuple[Part, ...] = ()

    @property
    def left(self) -> Part:
        """What can still be credited."""
        return rules.left(self.whole, self.credited)


@dataclass(frozen=True)
class Bill:
    """An invoice as it can be credited."""

    name: str
    currency: str
    rows: Sequence[Billed]

    @property
    def left_minor(self) -> int:
        """What it billed less what was credited of it."""
        return sum(row.left.total_minor for row in self.rows)

    def refusal(self, minor: int) -> ConflictError:
        """Return the refusal to credit more than is left."""
        shown, most = (money.show(each, self.currency) for each in (minor, self.left_minor))
        return ConflictError(
            f"{shown} is more than is left to credit of invoice {self.name}, {most}"
        )


@dataclass(frozen=True)
class Credited:
    """What a credit note takes of a row."""

    row: Billed
    part: Part

    @property
    def tax_minor(self) -> int:
        """All its taxes."""
        return sum(self.part.minors[1:])


def bill(books: Reader, invoice_id: int) -> Bill:
    """Return an invoice with its rows, and what its notes credited of each that are not void."""
    invoice = books.one(
        "SELECT friendly_id, currency, total_minor FROM invoice WHERE id = :id", id=invoice_id
    )
    assert invoice is not None  # noqa: S101 - asked for by its id
    lines = books.all(
        "SELECT id, position, description, quantity, total_minor FROM line"
        " WHERE invoice_id = :id ORDER BY position",
        id=invoice_id,
    )
    taxes, credited = _taxes(books, invoice_id), _credited(books, invoice_id)
    rows = [_billed(line, taxes.get(line["id"], []), credited) for line in lines]
    rest_minor = invoice["total_minor"] - sum(line["total_minor"] for line in lines)
    if rest_minor or None in taxes:
        shipping = {"id": None, "position": SHIPPING, "description": "Shipping", "quantity": None}
        row = shipping | {"total_minor": rest_minor}
        rows.append(_billed(row, taxes.get(None, []), credited))
    return Bill(invoice["friendly_id"], invoice["currency"], rows)


def _taxes(books: Reader, invoice_id: int) -> dict[int | None, list[Row]]:
    """Return the taxes of each line; None is shipping."""
    found: dict[int | None, list[Row]] = {}
    for tax in books.all(
        "SELECT line_id, code, name, rate, amount_minor FROM line_tax"
        " WHERE invoice_id = :id ORDER BY position, id",
        id=invoice_id,
    ):
        found.setdefault(tax["line_id"], []).append(tax)
    return found


def _billed(
    line: Row | Mapping[str, object],
    taxes: Sequence[Row],
    credited: Mapping[int | None, list[Part]],
) -> Billed:
    minors = [int(tax["amount_minor"]) for tax in taxes]
    net_minor = int(str(line["total_minor"])) - sum(minors)
    quantity = None if line["quantity"] is None else Decimal(str(line["quantity"]))
    line_id = None if line["id"] is None else int(str(line["id"]))
    return Billed(
        line_id,
        str(line["position"]),
        str(line["description"]),
        tuple((tax["code"], tax["name"], tax["rate"]) for tax in taxes),
        Part(quantity, (net_minor, *minors)),
        tuple(credited.get(line_id, ())),
    )


def _credited(books: Reader, invoice_id: int) -> dict[int | None, list[Part]]:
    """Return what was credited of each line (None is shipping), in the order of the notes."""
    found: dict[int | None, list[Part]] = {}
    for each in books.all(
        "SELECT l.line_id, l.quantity, l.net_minor, l.taxes FROM credit_line AS l"
        " JOIN credit_memo AS m ON m.id = l.credit_id WHERE m.invoice_id = :id"
        " AND m.voided_on IS NULL AND m.deleted_at IS NULL ORDER BY m.id, l.position",
        id=invoice_id,
    ):
        quantity = None if each["quantity"] is None else Decimal(each["quantity"])
        taxes = [int(tax[3]) for tax in json.loads(each["taxes"])]
        found.setdefault(each["line_id"], []).append(Part(quantity, (each["net_minor"], *taxes)))
    return found


def whole(bill: Bill) -> list[Credited]:
    """Return all that is left of an invoice; ConflictError where nothing is."""
    return _checked(bill, [row.left for row in bill.rows])


def of_amount(bill: Bill, amount_minor: int) -> list[Credited]:
    """Return an amount spread over all that is left; ConflictError where that is less."""
    if amount_minor > bill.left_minor:
        raise bill.refusal(amount_minor)
    taxes = [[(code, rate) for code, _, rate in row.taxes] for row in bill.rows]
    return _checked(bill, rules.of_amount(amount_minor, [row.left for row in bill.rows], taxes))


def of_lines(bill: Bill, asked: Mapping[str, Decimal | None]) -> list[Credited]:
    """Return some units of some lines, or where a position is without units all that is left of it.

    Raises:
        ValidationError: there is no such line, or no such quantity of anything.
        ConflictError: it is more than is left.
    """
    for position in asked:
        if all(row.position != position for row in bill.rows):
            known = ", ".join(row.position for row in bill.rows)
            reason = f"invoice {bill.name} has no line {position}; it has {known}"
            raise ValidationError.at("--line", reason)
    return _checked(bill, [_of_line(row, asked) for row in bill.rows])


def _of_line(row: Billed, asked: Mapping[str, Decimal | None]) -> Part:
    quantity: Decimal | None = asked.get(row.position)
    rest = row.left
    if row.position not in asked:
        return Part(None, (0,) * len(rest.minors))
    if quantity is None or quantity == rest.quantity:
        return rest
    if not row.whole.quantity:
        raise ValidationError.at("--line", f"{row.position} has no quantity: name it without one")
    if quantity / row.whole.quantity <= 0:
        raise ValidationError.at("--line", f"{row.position}={quantity} is no part of it")
    left = rest.quantity or Decimal(0)
    if abs(quantity) > abs(left):
        most = money.plain(left)
        message = f"{money.plain(quantity)} is more than is left to credit of line {row.position}"
        raise ConflictError(f"{message}, {most}")
    return rules.of_quantity(row.whole, row.credited, quantity)


def _checked(bill: Bill, parts: Sequence[Part]) -> list[Credited]:
    """Return what a note takes of each row that it takes something of.

    Raises:
        ConflictError: it comes to nothing, or to more than is left of the whole.
    """
    amount_minor = sum(part.total_minor for part in parts)
    if bill.left_minor <= 0:
        message = f"nothing is left to credit of invoice {bill.name}"
        raise ConflictError(message, hint="see 'invoicectl credit list'")
    if amount_minor <= 0:
        shown = money.show(amount_minor, bill.currency)
        raise ConflictError(f"the credit note of invoice {bill.name} would come to {shown}")
    if amount_minor > bill.left_minor:
        raise bill.refusal(amount_minor)
    pairs = zip(bill.rows, parts, strict=True)
    return [Credited(row, part) for row, part in pairs if not part.is_nothing]


def put(session: Session, credit: CreditMemo, lines: Sequence[Credited]) -> None:
    """Store what a credit note takes of each row."""
    for position, line in enumerate(lines, 1):
        net_minor, *tax_minors = line.part.minors
        taxes = [[*tax, minor] for tax, minor in zip(line.row.taxes, tax_minors, strict=True)]
        session.add(
            CreditLine(
                credit_id=credit.id or 0, line_id=line.row.line_id, position=position,
                description=line.row.description, quantity=line.part.quantity,
                net_minor=net_minor, tax_minor=line.tax_minor, total_minor=line.part.total_minor,
                taxes=json.dumps(taxes, ensure_ascii=False),
            )
        )  # fmt: skip
    session.flush()


def warn_of_notes(books: Reader, act: Act, invoice: Invoice) -> None:
    """Say which credit notes of a voided invoice stay: the customer has them to good."""
    for note in books.all(
        "SELECT id, remaining_minor FROM credit_memo WHERE invoice_id = :id AND voided_on IS NULL"
        " AND deleted_at IS NULL ORDER BY id",
        id=invoice.id,
    ):
        name = numbering.friendly("credit", note["id"])
        remains = money.show(note["remaining_minor"], invoice.currency)
        act.warn(
            f"credit note {name} of {invoice.friendly_id} stays, {remains} of it not applied;"
            f" if it is to go too: invoicectl credit void {name}"
        )
