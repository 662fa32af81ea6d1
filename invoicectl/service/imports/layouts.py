"""What a file of each kind holds: its columns, which of them are dates, and what a row stands for.

A row is a record, or a part of one: a line of an invoice, an application of a payment, a charge of
an order. Names of other systems lead to ours, as in the bodies of `create`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from invoicectl.errors import UsageError
from invoicectl.rules import tabular
from invoicectl.service import customers, orders, products, rows, shipments, terms
from invoicectl.service.imports.entries import CellError
from invoicectl.service.invoice_fields import ALIASES as INVOICE_ALIASES
from invoicectl.service.invoice_fields import DAYS
from invoicectl.service.lines import LINE_ALIASES

Part = dict[str, str]
Gathered = tuple[dict[str, Any], list[str]]


@dataclass(frozen=True)
class Layout:
    """One kind of file. `columns` and `part_columns` lead from a column's name to the field it is.

    `part` is the field that lists the parts; a file has parts when one of the `opens` columns is
    there, else each row is a record. `gather` puts the parts of a record together and says at
    which path each of them is. Records of one name (`known_by`) may fill several rows. `structures`
    are the fields that hold records or lists, `lists` those of them that a cell may hold.
    """

    kind: str
    columns: Mapping[str, str]
    days: frozenset[str] = frozenset()
    known_by: tuple[str, ...] = ("key",)
    part: str = ""
    part_columns: Mapping[str, str] = field(default_factory=dict)
    opens: frozenset[str] = frozenset()
    gather: Callable[[Sequence[Part]], Gathered] | None = None
    structures: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def knows(self, name: str) -> bool:
        """Return whether a column or field of this name means something."""
        return name in self.columns or name in self.part_columns


def _named(names: Iterable[str], aliases: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return columns that are called as their fields are, and by the names of other systems.

    What our own listings show besides is let pass.
    """
    own = {name: name for each in (*names, " ".join(rows.SHOWN)) for name in each.split()}
    return own | {alias: name for alias, name in (aliases or {}).items() if name in own}


def memo(parts: Sequence[Part]) -> Gathered:
    """Put a credit memo together: an invoice without an applied amount is what it was made from."""
    of = next((at for at, part in enumerate(parts) if part.keys() == {"invoice"}), None)
    if of is None:
        return in_list("applications", parts)
    applied = [part if at != of else {} for at, part in enumerate(parts)]
    said, paths = in_list("applications", applied)
    paths[of] = "invoice"
    return said | {"invoice": parts[of]["invoice"]}, paths


def in_list(name: str, parts: Sequence[Part]) -> Gathered:
    """Put the parts of a record in one list."""
    listed: list[Part] = []
    paths = []
    for part in parts:
        paths.append(f"{name}[{len(listed)}]" if part else "")
        if part:
            listed.append(part)
    return ({name: listed} if listed else {}), paths


SHIPMENT = ("shipmentKey", "deliveredOn")


def deliveries(parts: Sequence[Part]) -> Gathered:
    """Put the charges of an order together: its own, and those of each shipment that is named.

    Raises:
        CellError: two rows say different delivery dates of one shipment.
    """
    own: list[Part] = []
    shipped: dict[str, dict[str, Any]] = {}
    paths = []
    for at, part in enumerate(parts):
        charge = {name: cell for name, cell in part.items() if name not in SHIPMENT}
        listed, start = own, ""
        if (key := part.get("shipmentKey")) is not None:
            shipment = shipped.setdefault(key, {"key": key, "charges": []})
            _deliver(shipment, part, at)
            listed, start = shipment["charges"], f"shipments[{list(shipped).index(key)}]"
        elif "deliveredOn" in part:
            raise CellError("needs a shipmentKey beside it", "deliveredOn", at)
        paths.append(f"{start}.charges[{len(listed)}]".lstrip(".") if charge else start)
        listed += [charge] if charge else []
    said: dict[str, Any] = {"charges": own} if own else {}
    return said | ({"shipments": list(shipped.values())} if shipped else {}), paths


def _deliver(shipment: dict[str, Any], part: Part, row: int) -> None:
    day = part.get("deliveredOn")
    if day is not None and shipment.setdefault("deliveredOn", day) != day:
        before = shipment["deliveredOn"]
        raise CellError(f"is {day!r} here and {before!r} in another row", "deliveredOn", row)


_CHARGE = (
    "description quantity unit unitPrice discount tax itemId productId accountingCode warehouse"
)
_LINE_DAYS = (
    "chargingStartDate", "chargingEndDate",
    "alternateChargingStartDate", "alternateChargingEndDate",
)  # fmt: skip
_LINE = " ".join((_CHARGE, "pricingSnapshotId", *_LINE_DAYS))
_BILLED = frozenset({"description", "unitPrice", "quantity", "itemId", "productId"})
_APPLICATION = {"invoice": "invoice", "applied": "amount", "appliedAt": "appliedAt"}
_CUSTOMER = "customer customer.id customer.key customer.name customer.friendlyId"
_OF_CUSTOMER = {"customerId": "customer", "customer_id": "customer", "customerKey": "customer",
                "customerName": "customer.name"}  # fmt: skip
_MONEY = {"paymentMethodType": "method", "payment_date": "paymentDate", "date": "paymentDate"}


def _line_columns(names: str) -> dict[str, str]:
    own = {name: name for name in names.split()}
    return own | {
        alias: name for alias, name in LINE_ALIASES.items() if name in own and alias not in own
    }


_INVOICE_COLUMNS = {
    name: name
    for name in (
        "number key customerName invoiceDate dueDate paymentTerm currency amount reference poNumber"
        " status voidedOn order shipment note type discount discountType discountValue shipping"
        " shippingTax priceTaxInclusive taxRounding templateId billingStartDate billingEndDate"
        " alternateIssueDate alternateDueDate alternateBillingStartDate alternateBillingEndDate"
        f" factorName factorJobId factorStatus qboId {_CUSTOMER}"
    ).split()
}

LAYOUTS: Mapping[str, Layout] = {
    "customers": Layout(
        "customer",
        _named(
            ("key name email phone website taxId currency paymentTerm status",
             *(f"address.{name}" for name in customers.ADDRESS)),
            customers.ALIASES,
        ),
        structures=frozenset({"address", "email", "emails"}),
        lists=frozenset({"email"}),
    ),
    "products": Layout(
        "product",
        _named(("key code name description unit unitPrice currency tax accountingCode warehouse",),
               products.ALIASES),
        known_by=("key", "code"),
    ),
    "taxes": Layout("tax", _named(("key code name rate",)), known_by=("key", "code")),
    "terms": Layout(
        "term",
        _named(("key name description rule days quickPayFee apOnly doNotUse",), terms.ALIASES),
        known_by=("key", "name"),
    ),
    "orders": Layout(
        "order",
        _named((f"key poNumber currency orderDate status {_CUSTOMER}",), orders.ALIASES)
        | _OF_CUSTOMER
        | {"orderKey": "key", "order_key": "key"},
        days=frozenset({"orderDate", "deliveredOn"}),
        part="charges",
        part_columns=_line_columns(_CHARGE)
        | {name: name for name in SHIPMENT}
        | {"delivered_on": "deliveredOn"},
        opens=_BILLED | {"shipmentKey"},
        gather=deliveries,
        structures=frozenset({"charges", "shipments", "customer", "invoices"}),
    ),
    "shipments": Layout(
        "shipment",
        _named(("key order deliveredOn status currency poNumber", _CUSTOMER), shipments.ALIASES)
        | {"shipmentKey": "key", "orderKey": "order", "orderId": "order", "order_id": "order"},
        days=frozenset({"deliveredOn"}),
        part="charges",
        part_columns=_line_columns(_CHARGE),
        opens=_BILLED,
        gather=partial(in_list, "charges"),
        structures=frozenset({"charges", "customer", "invoice"}),
    ),
    "invoices": Layout(
        "invoice",
        _INVOICE_COLUMNS | dict(INVOICE_ALIASES) | {"customerName": "customer.name"},
        days=frozenset({"invoiceDate", "dueDate", "voidedOn", *DAYS, *_LINE_DAYS}),
        known_by=("key", "number"),
        part="lines",
        part_columns=_line_columns(_LINE),
        opens=_BILLED,
        gather=partial(in_list, "lines"),
        structures=frozenset({"lines", "items", "customAttributes", "customObjects", "customer",
                              "custom_attributes", "custom_objects", "invoice"}),
    ),
    "payments": Layout(
        "payment",
        _named((f"key paymentDate amount currency method reference {_CUSTOMER}",), _MONEY)
        | _OF_CUSTOMER,
        days=frozenset({"paymentDate", "appliedAt"}),
        part="applications",
        part_columns=_APPLICATION,
        opens=frozenset(_APPLICATION.values()),
        gather=partial(in_list, "applications"),
        structures=frozenset({"applications", "customer"}),
    ),
    "credits": Layout(
        "credit",
        _named((f"key date amount currency reference note {_CUSTOMER}",), {"creditDate": "date"})
        | _OF_CUSTOMER,
        days=frozenset({"date", "appliedAt"}),
        part="applications",
        part_columns=_APPLICATION,
        opens=frozenset(_APPLICATION.values()),
        gather=memo,
        structures=frozenset({"applications", "customer", "invoice"}),
    ),
}  # fmt: skip

SINGULAR = {layout.kind: kind for kind, layout in LAYOUTS.items()}


def of_kind(word: str) -> Layout:
    """Return the layout of a kind, named in the plural or the singular.

    Raises:
        UsageError: there is no such kind.
    """
    name = word.strip().lower()
    layout = LAYOUTS.get(SINGULAR.get(name, name))
    if layout is None:
        near = tabular.nearest(name, LAYOUTS)
        hint = f"did you mean {near}?" if near else ""
        known = ", ".join(LAYOUTS)
        raise UsageError(f"{word!r} cannot be imported; KIND is one of {known}", hint=hint)
    return layout
