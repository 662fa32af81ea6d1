"""Every total recomputed from the lines, by the rules that made it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter

from invoicectl.rules import money
from invoicectl.rules import totals as rules
from invoicectl.rules.numbering import friendly
from invoicectl.service.checking.findings import Found, Inspection
from invoicectl.store import checks
from invoicectl.store.db import Row

# In the order in which the walks have them.
OF_INVOICE = ("subtotal_minor", "discount_minor", "tax_minor", "total_minor")
OF_LINE = ("discount_minor", "net_minor", "document_discount_minor", "tax_minor", "total_minor")
_AMOUNTS, _LINE_AMOUNTS = attrgetter(*OF_INVOICE), attrgetter(*OF_LINE)


def totals(books: Inspection) -> Found:
    """Find invoices and credit notes that their lines do not add up to."""
    walk = checks.beside(books.reader, checks.TOTALS, checks.LINES, checks.TAXES)
    for invoice, (lines, taxes) in walk:
        books.passing("totals")
        yield from ((invoice["friendly_id"], said) for said in _wrong(invoice, lines, taxes))
    memos = checks.beside(books.reader, checks.CREDIT_TOTALS, checks.CREDIT_LINES)
    for memo, (lines,) in memos:
        books.passing("totals")
        name = friendly("credit", memo["id"])
        yield from ((name, said) for said in _wrong_memo(memo, lines))


def _wrong(invoice: Row, lines: Sequence[Row], taxes: Sequence[Row]) -> Iterator[str]:
    """Yield the amounts of an invoice that are not what the rules make of its lines."""
    on = {line_id: list(rows) for line_id, rows in groupby(taxes, itemgetter("line_id"))}
    answer = _recomputed(invoice, lines, on)
    if tuple(invoice)[1:5] != _AMOUNTS(answer):
        for column in OF_INVOICE:
            yield from _differs(invoice, column, invoice[column], getattr(answer, column))
    for line, right in zip(lines, answer.lines, strict=True):
        where = f"line {line['position']}: "
        if tuple(line)[1:6] != _LINE_AMOUNTS(right):
            for column in OF_LINE:
                yield from _differs(invoice, column, line[column], getattr(right, column), where)
        shares = [row["amount_minor"] for row in on.get(line["id"], ())]
        if shares != list(right.tax_minors):
            yield f"{where}its taxes are not what the rules make of it"
    shipping = sum(row["amount_minor"] for row in on.get(None, ()))
    yield from _differs(invoice, "shipping tax", shipping, answer.shipping_tax_minor)


def _recomputed(
    invoice: Row, lines: Iterable[Row], taxes: Mapping[int | None, Sequence[Row]]
) -> rules.Totals:
    currency, kind = invoice["currency"], invoice["discount_type"]
    value = invoice["discount_value"]
    return rules.compute(
        [
            rules.Line(
                _number(line["quantity"]),
                _number(line["unit_price"]),
                rules.read_discount(line["discount"], currency) if line["discount"] else None,
                _taxes(taxes.get(line["id"], [])),
            )
            for line in lines
        ],
        currency=currency,
        discount=rules.Discount(kind, Decimal(value)) if kind else None,
        shipping_minor=invoice["shipping_minor"],
        shipping_taxes=_taxes(taxes.get(None, [])),
        tax_inclusive=bool(invoice["tax_inclusive"]),
        tax_rounding=invoice["tax_rounding"],
    )


@lru_cache(maxsize=10_000)
def _number(text: str) -> Decimal:
    return Decimal(text)


def _taxes(rows: Iterable[Row]) -> tuple[rules.Tax, ...]:
    return tuple([_tax(row["code"], row["rate"]) for row in rows])


@lru_cache(maxsize=1000)
def _tax(code: str, rate: str) -> rules.Tax:
    return rules.Tax(code, Decimal(rate))


def _differs(owner: Row, column: str, kept: int, right: int, where: str = "") -> Iterator[str]:
    if kept != right:
        shown, other = money.show(kept, owner["currency"]), money.show(right, owner["currency"])
        what = column.removesuffix("_minor").replace("_", " ")
        yield f"{where}{what} is {shown}; recomputed it is {other}"


def _wrong_memo(memo: Row, lines: Sequence[Row]) -> Iterator[str]:
    if lines:
        for column, of_line in (("amount_minor", "total_minor"), ("tax_minor", "tax_minor")):
            yield from _differs(memo, column, memo[column], sum(line[of_line] for line in lines))
