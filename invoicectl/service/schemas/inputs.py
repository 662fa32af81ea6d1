"""JSON Schemas of what goes in: bodies of `create` and `import`, and filters.

Numbers and yes or no may come as texts, as other programs write them. A field that is empty or null
is as if it were not there; one that no table knows is refused.
"""

from collections.abc import Collection, Iterable, Mapping

from invoicectl.rules.lifecycle import Status
from invoicectl.service import charges, rows, shipments
from invoicectl.service.customers import ADDRESS, STATUSES
from invoicectl.service.imports.invoices import STATUSES as IMPORTED
from invoicectl.service.imports.layouts import LAYOUTS, Layout
from invoicectl.service.invoice_fields import ALIASES
from invoicectl.service.lines import LINE_ALIASES
from invoicectl.service.schemas.kinds import (
    CURRENCY,
    DAY,
    INSTANT,
    NUMBER,
    TEXT,
    UUID,
    YES_OR_NO,
    Schema,
    listed,
    of_name,
    one_of,
)
from invoicectl.store.filters import CONNECTIVES, FIELDS

WORDS: Schema = {"type": ["string", "integer", "null"]}
FIGURE: Schema = {"type": ["number", "string", "null"]}
FLAG: Schema = {"type": ["boolean", "string", "null"]}
DATE: Schema = {"type": ["string", "null"]}  # also a moment, of which the day is taken
COUNT: Schema = {"type": ["integer", "null"]}
REF: Schema = {"type": ["string", "integer", "object", "null"]}

BY_NAME: Mapping[str, Schema] = {
    **dict.fromkeys(("quantity", "unitPrice", "rate", "quickPayFee", "amount", "shipping", "days",
                     "discountValue", "discount"), FIGURE),
    **dict.fromkeys(("apOnly", "doNotUse", "priceTaxInclusive"), FLAG),
    "date": DATE, "appliedAt": DATE, "customer": REF,
    "discountType": one_of(["percentage", "fixed"]), "taxRounding": one_of(["document", "line"]),
    "factorName": one_of(["DENIM", "HAULPAY"]), "type": one_of(["INVOICE"]),
    "email": {"type": ["array", "string", "null"], "items": TEXT},
    **dict.fromkeys(("version", "position"), COUNT),
}  # fmt: skip
BY_KIND: Mapping[tuple[str, str], Schema] = {
    ("customer", "status"): one_of(STATUSES),
    ("invoice", "status"): one_of(IMPORTED),
    ("credit", "customer"): REF,
}


def of_field(kind: str, name: str) -> Schema:
    """Return what a field of a body may hold."""
    found = BY_KIND.get((kind, name)) or BY_NAME.get(name)
    if found is not None:
        return found
    return WORDS if of_name(name) is TEXT else DATE


def body(properties: Mapping[str, Schema]) -> Schema:
    """Return an object that has no other properties than these."""
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def with_aliases(properties: Mapping[str, Schema], aliases: Mapping[str, str]) -> dict[str, Schema]:
    """Return properties under the names of other systems, too."""
    return dict(properties) | {
        alias: properties[name] for alias, name in aliases.items()
        if name in properties and alias not in properties
    }  # fmt: skip


def parts_of(layout: Layout) -> Schema:
    """Return the list of parts of a record: lines, charges, applications."""
    names = [name for name in layout.part_columns.values() if name not in SHIPPED]
    if layout.part == "charges":
        names += charges.SHOWN
    properties = {name: of_field(layout.part, name) for name in names}
    aliases = LINE_ALIASES if "description" in properties else {}
    return listed(body(with_aliases(properties, aliases)))


SHIPPED = ("shipmentKey", "deliveredOn")  # columns that make shipments of an order's rows
ATTRIBUTES = listed(body({"name": TEXT, "value": {}}))
OWN: Mapping[str, Mapping[str, Schema]] = {
    "customer": {"address": body(dict.fromkeys(ADDRESS, WORDS)) | {"type": ["object", "null"]}},
    "invoice": {"customAttributes": ATTRIBUTES, "customObjects": {"type": "array"}},
    "credit": {"invoice": WORDS},
}


def of_layout(layout: Layout, *, without: Iterable[str] = ()) -> Schema:
    """Return a record of an import."""
    names = [name for name in layout.columns.values() if "." not in name and name not in without]
    properties = {name: of_field(layout.kind, name) for name in names}
    properties |= OWN.get(layout.kind, {})
    if layout.part:
        properties[layout.part] = parts_of(layout)
    if layout.kind == "order":
        shown = (*rows.SHOWN, *shipments.SHOWN, *shipments.ORDER, "key", "deliveredOn")
        shipment = {name: of_field("shipment", name) for name in shown}
        shipment["charges"] = properties["charges"]
        properties |= {"shipments": listed(body(shipment)), "invoices": {"type": "array"}}
    aliases = {name: field for name, field in layout.columns.items() if "." not in name}
    more = ALIASES if layout.kind == "invoice" else {"items": "charges"}
    return body(with_aliases(properties, aliases | more))


def or_wrapped(one: Schema) -> Schema:
    """Return a record, or one as another system wraps it, or a list of either."""
    plain, either = {"$ref": "#/$defs/body"}, {"$ref": "#/$defs/either"}
    wrapped = body({"invoice": plain}) | {"required": ["invoice"]}
    return {
        "anyOf": [either, listed(either)],
        "$defs": {"body": one, "either": {"anyOf": [plain, wrapped]}},
    }


VALUES: Mapping[str, Schema] = {
    "a UUID": UUID,
    "a status": one_of(Status),
    "a text": TEXT,
    "a currency code": CURRENCY,
    "a number": NUMBER,
    "true or false": YES_OR_NO,
    "a name and a value": body({"name": TEXT, "value": TEXT}) | {"required": ["name", "value"]},
    "a date such as 2026-01-31 or a time in ISO 8601": {"anyOf": [DAY, INSTANT]},
}
LISTING = ("in", "notIn")
ITSELF: Schema = {"$ref": "#/$defs/filter"}


def of_filter() -> Schema:
    """Return a filter, or a request with one in it."""
    kinds = {name: field.kind for name, field in FIELDS.items()}
    properties = {name: _asked(kind.wants, kind.operators) for name, kind in kinds.items()}
    nested = {name: ITSELF if name == "not" else listed(ITSELF) for name in CONNECTIVES}
    cursor = {"type": ["string", "null"]}
    request = {"filter": ITSELF, "pageSize": {"type": "integer"}, "cursor": cursor}
    return {
        "anyOf": [ITSELF, body(request)],
        "$defs": {"filter": body(properties | nested)},
    }


def _asked(wants: str, operators: Collection[str]) -> Schema:
    value = VALUES[wants]
    if "isNull" in operators:
        value = {"anyOf": [value, {"type": "null"}]}
    by_operator = {
        name: listed(value) if name in LISTING else YES_OR_NO if name == "isNull" else value
        for name in operators
    }
    return body(by_operator) if by_operator else value


OF_IMPORTS = ("amount", "status", "voidedOn", "id", "friendlyId", "createdAt", "updatedAt",
              "deletedAt", "version")  # fmt: skip

INPUTS: dict[str, Schema] = {
    "create": or_wrapped(of_layout(LAYOUTS["invoices"], without=OF_IMPORTS)),
    **{f"import-{kind}": of_layout(layout) for kind, layout in LAYOUTS.items()},
    "filter": of_filter(),
}
