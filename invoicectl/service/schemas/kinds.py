"""JSON Schemas of values: what a field holds, from the name it has and the way it is read.

A field that is not known to have a value always may be null; it is there all the same.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from invoicectl.store.records.shape import Column, Shape, days, flag, money, number

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
YES_OR_NO: Schema = {"type": "boolean"}
DAY: Schema = {"type": "string", "format": "date"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
UUID: Schema = {"type": "string", "format": "uuid"}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
ANYTHING: Schema = {}

BY_READER = {money: NUMBER, number: NUMBER, flag: YES_OR_NO, days: WHOLE}
BY_NAME: Mapping[str, Schema] = {
    "currency": CURRENCY, "version": WHOLE, "position": WHOLE, "date": DAY, "appliedAt": DAY,
    "at": INSTANT,
}  # fmt: skip


def of_column(column: Column) -> Schema:
    """Return what a field holds where it is not null.

    >>> from invoicectl.store.records.invoices import INVOICE
    >>> [of_column(each)["type"] for each in INVOICE.columns if each.name in {"tax", "version"}]
    ['number', 'integer']
    """
    name = column.name.rpartition(".")[2]
    if column.read in BY_READER:
        return BY_READER[column.read]
    if name in BY_NAME:
        return BY_NAME[name]
    if column.sql.endswith(".uuid"):
        return UUID
    return of_name(name)


def of_name(name: str) -> Schema:
    """Return what a field of text holds, by how its name ends."""
    if name.endswith(("Date", "On")):
        return DAY
    return INSTANT if name.endswith("At") else TEXT


def one_of(words: Iterable[str]) -> Schema:
    """Return a text that is one of some words."""
    return {"type": "string", "enum": [str(word) for word in words]}


def listed(items: Schema) -> Schema:
    """Return a list."""
    return {"type": "array", "items": items}


def record(properties: Mapping[str, Schema], *, may_lack: Iterable[str] = ()) -> Schema:
    """Return an object that has all of some properties but those it may lack."""
    required = [name for name in properties if name not in set(may_lack)]
    return {"type": "object", "required": required, "properties": dict(properties)}


def or_null(schema: Schema) -> Schema:
    """Return what may be null as well.

    >>> or_null({"type": "string"}), or_null(one_of(["DENIM"]))["enum"]
    ({'type': ['string', 'null']}, ['DENIM', None])
    """
    if not schema:
        return schema
    if "enum" in schema:
        schema = schema | {"enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}


def of_shape(shape: Shape, known: str, **parts: Schema) -> Schema:
    """Return a kind of record; `known` names what is never null, `parts` what is no plain value.

    Names are dotted as the shape has them, in `parts` with `_` for the dot.
    """
    never_null = set(known.split())
    properties: dict[str, Schema] = {}
    for column in shape.columns:
        found = parts.get(column.name.replace(".", "_")) or of_column(column)
        if column.name not in never_null:
            found = or_null(found)
        parent, _, name = column.name.rpartition(".")
        inside = properties if not parent else _inside(properties, parent)
        inside[name] = found
    return _closed(properties)


def _inside(properties: dict[str, Schema], parent: str) -> dict[str, Schema]:
    found: dict[str, Schema] = properties.setdefault(parent, {"type": "object", "properties": {}})[
        "properties"
    ]
    return found


def _closed(properties: dict[str, Schema]) -> Schema:
    """Say of every object that all of its properties are there."""
    for name, inner in properties.items():
        if "properties" in inner and "required" not in inner:
            properties[name] = record(inner["properties"])
    return record(properties)
