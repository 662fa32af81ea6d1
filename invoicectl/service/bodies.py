"""A body as a system prints its invoices, brought to what `create` and `update` read.

What stands for a record may be the record (`"customer": {"id": …, "name": …}`), a line may name
its taxes with their amounts, and much of what is printed is worked out or given by the program: it
is left out, and named, so that nobody believes it was taken.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from invoicectl.rules import numbering
from invoicectl.service.invoice_fields import ALIASES

Body = dict[str, Any]

# Which field of a record stands for it, the first that says something.
STANDS_FOR: Mapping[str, tuple[str, ...]] = {
    "customer": ("id", "key", "friendlyId", "name"),
    "order": ("id", "key", "friendlyId"),
    "shipment": ("id", "key", "friendlyId"),
    "paymentTerm": ("id", "name"),
    "currency": ("name", "code", "uuid"),
    "templateId": ("name", "uuid", "id"),
    "tax": ("code", "id", "uuid"),
    "productId": ("id", "key", "code"),
    "accountingCode": ("sales_revenue", "salesRevenue", "code"),
}
LINE_NAMES = {"accounting_code": "accountingCode", "product": "productId", "tax_id": "tax"}

# Names that are only printed beside another one for the same record.
BESIDE = {"orderKey": "orderId", "shipmentKey": "shipmentId", "customerKey": "customerId",
          "order_key": "order_id"}  # fmt: skip

GIVEN_BY_US = frozenset({
    "friendlyId", "uuid", "status", "createdAt", "created_on", "createdBy", "created_by",
    "updatedAt", "last_updated_on", "lastUpdatedBy", "last_updated_by", "deletedAt", "sentAt",
    "shareToken", "version", "documentId", "documentUrl", "documentSha256",
})  # fmt: skip
WORKED_OUT = frozenset({
    "subtotal", "tax", "discountAmount", "discount_amount", "amountPaid", "amountOwed", "paid",
    "due", "balance", "creditsApplied", "discountTaken", "overdue", "daysOverdue", "payments",
    "credits", "last_payment", "payment_status", "kpis",
})  # fmt: skip
OF_A_LINE = frozenset({"id", "uuid", "version", "position", "subtotal", "total"})


def read(
    body: Any, aliases: Mapping[str, str] = ALIASES, *, keep: Collection[str] = ()
) -> tuple[Any, list[str]]:
    """Return a body with the fields that can be told, and the names of those that cannot.

    Names that say nothing (null, an empty list) are not among them. What is no record of named
    fields is returned as it is, and so are the fields to `keep`.

    >>> read({"customer": {"id": None, "key": "acme"}, "status": "Open", "due": None})
    ({'customer': 'acme'}, ['status'])
    """
    if not isinstance(body, Mapping):
        return body, []
    wrapped = is_wrapped(body)
    whole = body["invoice"] if wrapped else body
    given = {name: value for name, value in whole.items() if not _is_beside(whole, name)}
    said: Body = {}
    left_out: list[str] = []
    for name, value in given.items():
        if name in keep:
            said[name] = value
        elif _is_ours(name, value, wrapped=wrapped):
            left_out += [name] if value not in (None, [], {}) else []
        else:
            known_as = aliases.get(name, name)
            said[name] = _lines(value) if known_as == "lines" else _stand_in(known_as, value)
    if "shippingTaxes" in said:
        said["shippingTax"] = _codes(said.pop("shippingTaxes"))
    for at, line in enumerate(said.get("lines") or said.get("items") or []):
        left_out += _left_out_of_line(line, f"lines[{at}]")
    return said, left_out


def to_import(record: Any) -> Any:
    """Return what an import reads of an invoice as a system prints it; any other as it is.

    Its number is the printed one, and what it says of money is for the import of payments.
    """
    if not isinstance(record, Mapping) or "friendlyId" not in record:
        return record
    said, _ = read(_by_names(record), keep=("status", "customer"))
    said.setdefault("amount", said.pop("total", None))
    number, kpis = record["friendlyId"], record.get("kpis")
    if isinstance(number, str) and not number.upper().startswith("DRAFT-"):
        said.setdefault("number", number)
    if isinstance(kpis, Mapping) and kpis.get("voidedOn"):
        said.setdefault("voidedOn", kpis["voidedOn"])
    return said


def _by_names(record: Mapping[str, Any]) -> Body:
    """Return a printed invoice that says by key or name which order, shipment and term it is of.

    The ids beside them are those of the books that it was printed from, and so are numbers such as
    ORD-00012, which are another record's in other books: with those the ids stay.
    """
    said = dict(record)
    for key, id_name in BESIDE.items():
        if (name := said.get(key)) is not None and not is_a_number(name):
            said.pop(id_name, None)
    term = said.get("paymentTerm")
    if isinstance(term, Mapping) and term.get("name"):
        said["paymentTerm"] = term["name"]
    return said


def is_a_number(name: object) -> bool:
    """Return whether this names a record by the number that its own books gave it."""
    return isinstance(name, str) and numbering.read_friendly(name.strip()) is not None


def is_wrapped(body: Any) -> bool:
    """Return whether the fields of a body stand one level down, under `invoice`."""
    return set(body) == {"invoice"} and isinstance(body["invoice"], Mapping)


def over(body: Any, typed: Mapping[str, object], aliases: Mapping[str, str] = ALIASES) -> Any:
    """Return a body in which what was typed stands for what it says itself.

    >>> over({"invoice": {"order_id": "SO-1", "id": "A-7"}}, {"order": "SO-2"})
    {'invoice': {'id': 'A-7', 'order': 'SO-2'}}
    """
    if not isinstance(body, Mapping):
        return body
    if is_wrapped(body):
        return {"invoice": over(body["invoice"], typed, aliases)}
    kept = {name: value for name, value in body.items() if aliases.get(name, name) not in typed}
    return kept | dict(typed)


def _is_beside(given: Mapping[str, Any], name: str) -> bool:
    """Return whether a name only says again, or has no say, beside the other one of its record."""
    if name in BESIDE:
        return BESIDE[name] in given and (given[name] is None or given[BESIDE[name]] is not None)
    key = next((key for key, id_name in BESIDE.items() if id_name == name), "")
    return given.get(key) is not None and given[name] is None


def _is_ours(name: str, value: object, *, wrapped: bool) -> bool:
    """Return whether only the program says this of an invoice.

    A UUID as `id` is a name that another program gave; in a wrapped body it is the caller's number.
    """
    if name == "id" and not wrapped:
        return isinstance(value, str) and numbering.is_uuid(value)
    return name in GIVEN_BY_US or name in WORKED_OUT


def _stand_in(name: str, value: Any) -> Any:
    """Return what stands for a record where the record itself is given."""
    if not isinstance(value, Mapping) or name not in STANDS_FOR:
        return value
    return next((value[each] for each in STANDS_FOR[name] if value.get(each)), None)


def _lines(lines: Any) -> Any:
    return [_line(each) for each in lines] if isinstance(lines, list) else lines


def _line(line: Any) -> Any:
    """Return a line whose taxes are codes; their amounts are worked out."""
    if not isinstance(line, Mapping):
        return line
    read: Body = {
        name: _stand_in(LINE_NAMES.get(name, str(name)), value) for name, value in line.items()
    }
    if isinstance(read.get("taxes"), list):
        read["tax"] = _codes(read.pop("taxes"))
        if not read.get("discount"):  # 0.00 where there is none
            read.pop("discount", None)
    return read


def _codes(taxes: Iterable[Any]) -> str | None:
    """Return taxes by their codes, joined as they are typed: `GST+QST`."""
    codes = (_stand_in("tax", each) for each in taxes)
    return "+".join(str(code) for code in codes if code) or None


def _left_out_of_line(line: Any, path: str) -> list[str]:
    """Take what is not a line's to say out of it, and return the names that said something."""
    names = OF_A_LINE & line.keys() if isinstance(line, dict) else set()
    return [f"{path}.{name}" for name in sorted(names) if line.pop(name) is not None]
