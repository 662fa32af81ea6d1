"""The options that select invoices, and the JSON filter that each stands for.

`--customer C-00007 --status open` is a short way to write
`{"customerId": {"equalTo": "0190…"}, "status": {"in": ["AWAITING_PAYMENT", "PARTIALLY_PAID"]}}`.
Given several times, names are alternatives, limits all hold.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from invoicectl.errors import UsageError, ValidationError
from invoicectl.rules import currencies, dates, lifecycle, money
from invoicectl.rules.lifecycle import Status
from invoicectl.service import intake
from invoicectl.store import refs
from invoicectl.store.db import Reader

Filter = dict[str, Any]

MOST_BYTES = 64 * 1024
RECENT_DAYS = 30
FROM, TO = "greaterThanOrEqualTo", "lessThanOrEqualTo"


class Asked(NamedTuple):
    """What reading an option takes: its name as it is typed, the books, the date."""

    option: str
    reader: Reader | None
    today: date


# What was typed as filters, all of which have to hold.
Read = Callable[[Asked, Sequence[str]], list[Filter]]


class Flag(NamedTuple):
    """An option: its help, and how what follows it is read; it stands alone if nothing follows."""

    help: str
    read: Read
    alone: bool = False


def _alternatives(field: str, values: Iterable[str]) -> Filter:
    listed = list(dict.fromkeys(values))
    return {field: {"equalTo": listed[0]} if len(listed) == 1 else {"in": listed}}


def _texts(field: str) -> Read:
    return lambda _, values: [_alternatives(field, values)]


def _refs(field: str, kind: str) -> Read:
    """Read REFs; NotFoundError where there is no such record."""

    def read(asked: Asked, values: Sequence[str]) -> list[Filter]:
        assert asked.reader is not None  # noqa: S101 - REFS are read from the books
        found = [refs.find(asked.reader, kind, value) for value in values]
        sql = f"SELECT uuid FROM {refs.TABLES[kind]} WHERE id = :id"
        return [_alternatives(field, [asked.reader.value(sql, id=each) for each in found])]

    return read


def _limit(field: str, operator: str, value: Callable[[Asked, str], Any]) -> Read:
    return lambda asked, values: [{field: {operator: value(asked, one)}} for one in values]


def _day(asked: Asked, text: str) -> str:
    try:
        return dates.read(text).isoformat()
    except ValueError as error:
        raise UsageError(f"{asked.option} {text!r} {error}") from error


def _amount(asked: Asked, text: str) -> Any:
    try:
        return money.read_number(text)
    except ValueError as error:
        if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
            raise ValidationError.at(asked.option, str(error)) from error
        raise UsageError(f"{asked.option} {text!r} {error}") from error


def _on(asked: Asked, values: Sequence[str]) -> list[Filter]:
    days = [_day(asked, value) for value in values]
    return [{"invoiceDate": {FROM: day, TO: day}} for day in days]


def _statuses(asked: Asked, values: Sequence[str]) -> list[Filter]:
    """Read words such as `open,paid`; an invoice may be any of what they mean."""
    words = [word for value in values for word in value.split(",")]
    meant: list[Status] = []
    parts: list[Filter] = []
    for word in words:
        try:
            statuses = lifecycle.read_status(word)
        except ValueError as error:
            raise ValidationError.at(asked.option, f"{word.strip()!r} {error}") from error
        if statuses == lifecycle.OVERDUE:
            parts = [{"overdue": True}]
        else:
            meant += [Status(each) for each in statuses]
    if meant:
        parts.insert(0, _alternatives("status", [each for each in Status if each in meant]))
    return [{"or": parts}] if len(parts) > 1 else parts


def _currencies(asked: Asked, values: Sequence[str]) -> list[Filter]:
    try:
        return [_alternatives("currency", [currencies.read(value) for value in values])]
    except ValueError as error:
        raise ValidationError.at(asked.option, f"{', '.join(values)!r} {error}") from error


def _attributes(asked: Asked, values: Sequence[str]) -> list[Filter]:
    pairs = [value.partition("=") for value in values]
    if not all(name.strip() and equals for name, equals, _ in pairs):
        raise UsageError(f"{asked.option} needs NAME=VALUE, such as {asked.option} region=west")
    return [
        {"customAttribute": {"name": name.strip(), "value": value.strip()}}
        for name, _, value in pairs
    ]


def _recent(asked: Asked, _: Sequence[str]) -> list[Filter]:
    since = asked.today - timedelta(days=RECENT_DAYS)
    return [
        {"invoiceDate": {FROM: since.isoformat(), TO: asked.today.isoformat()}},
        {"status": {"notEqualTo": Status.DRAFT.value}},
    ]


def _is(**fields: Any) -> Read:
    return lambda _asked, _values: [fields]


OPEN = [status.value for status in lifecycle.OPEN]

FLAGS: Mapping[str, Flag] = {
    "customer": Flag("Of this customer (REF); more than one are alternatives.",
                     _refs("customerId", "customer")),
    "order": Flag("Of this order (REF).", _refs("orderId", "order")),
    "shipment": Flag("Of this shipment (REF).", _refs("shipmentId", "shipment")),
    "status": Flag("draft, open, sent, partial, paid, overdue, void or a status; also a,b.",
                   _statuses),
    "unpaid": Flag("Issued and not all paid.", _is(status={"in": OPEN}), alone=True),
    "overdue": Flag("Owed past the due date.", _is(overdue=True), alone=True),
    "not-overdue": Flag("All but those.", _is(overdue=False), alone=True),
    "factored": Flag("Sold to a factor.", _is(factored=True), alone=True),
    "not-factored": Flag("All but those.", _is(factored=False), alone=True),
    "date": Flag("Of this invoice date.", _on),
    "from": Flag("Invoice date from this day on.", _limit("invoiceDate", FROM, _day)),
    "to": Flag("Invoice date up to this day.", _limit("invoiceDate", TO, _day)),
    "due-from": Flag("Due from this day on.", _limit("dueDate", FROM, _day)),
    "due-to": Flag("Due up to this day.", _limit("dueDate", TO, _day)),
    "min-amount": Flag("Of this total or more.", _limit("amount", FROM, _amount)),
    "max-amount": Flag("Of this total or less.", _limit("amount", TO, _amount)),
    "min-owed": Flag("Owing this or more.", _limit("amountOwed", FROM, _amount)),
    "max-owed": Flag("Owing this or less.", _limit("amountOwed", TO, _amount)),
    "currency": Flag("In this currency.", _currencies),
    "reference": Flag("With this reference.", _texts("reference")),
    "po-number": Flag("With this PO number.", _texts("poNumber")),
    "key": Flag("With this key.", _texts("key")),
    "attr": Flag("With this custom attribute, NAME=VALUE.", _attributes),
    "search": Flag("With this text in number, reference, PO number or customer's name.",
                   lambda _, values: [{"search": value} for value in values]),
    "recent": Flag(f"Dated within the last {RECENT_DAYS} days; no drafts.", _recent, alone=True),
    "trash": Flag("In the trash, and nowhere else.", _is(trash=True), alone=True),
}  # fmt: skip

REFS = ("customer", "order", "shipment")


def read(reader: Reader | None, typed: Mapping[str, Any], today: date) -> list[Filter]:
    """Return what options say as filters; `typed` is by their names, texts in lists.

    `reader` may be None where none of REFS is among them.

    Raises:
        UsageError: an option is empty, or cannot be read.
        ValidationError: a word, a currency or an amount cannot be.
        NotFoundError: a REF leads nowhere.
    """
    parts: list[Filter] = []
    for name, flag in FLAGS.items():
        if not typed.get(name):
            continue
        values = [] if flag.alone else [str(value).strip() for value in typed[name]]
        if "" in values:
            raise UsageError(f"--{name} is empty")
        parts += flag.read(Asked(f"--{name}", reader, today), values)
    return parts


def joined(parts: Sequence[Filter]) -> Filter:
    """Return one filter that holds where all of them hold.

    >>> joined([{"dueDate": {"lessThan": "2026-02-01"}}, {"overdue": True}])
    {'dueDate': {'lessThan': '2026-02-01'}, 'overdue': True}
    >>> joined([{"overdue": True}, {"overdue": False}])
    {'overdue': True, 'and': [{'overdue': False}]}
    """
    whole: Filter = {}
    rest: list[Filter] = []
    for part in parts:
        merged = _merged(whole, part)
        if merged is None:
            rest.append(part)
        else:
            whole = merged
    if not rest:
        return whole
    return {"and": [whole, *rest]} if "and" in whole else whole | {"and": rest}


def _merged(whole: Filter, part: Filter) -> Filter | None:
    """Return two filters as one object, None where they ask the same thing of a field."""
    merged = dict(whole)
    for name, asked in part.items():
        known = whole.get(name, {})
        if not (isinstance(known, dict) and isinstance(asked, dict) and name in whole):
            if name in whole:
                return None
            merged[name] = asked
        elif name in {"not", "customAttribute"} or set(known) & set(asked):
            return None
        else:
            merged[name] = known | asked
    return merged


def parse(text: str) -> tuple[Filter, dict[str, Any]]:
    """Read a request (`{"filter": …, "pageSize": …, "cursor": …}`) or a filter alone.

    Returns the filter, and what else the request says.

    Raises:
        UsageError: it is no JSON.
        ValidationError: it is too long, no object, or has a field that neither of the two has.
    """
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise ValidationError.at("filter", f"is longer than {MOST_BYTES // 1024} KiB")
    body = intake.parse(text, "the filter")
    if not isinstance(body, dict) or not isinstance(body.get("filter", {}), dict):
        raise ValidationError.at("filter", "is not a JSON object")
    if not body.keys() & set(REQUEST):
        return body, {}
    for name in body.keys() - set(REQUEST):
        raise ValidationError.at(name, f"is not in a request, which has {', '.join(REQUEST)}")
    return body.pop("filter", {}), body


REQUEST = ("filter", "pageSize", "cursor")
