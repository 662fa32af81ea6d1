"""Requests that carry a key: the same one again is answered with the record that it made."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from invoicectl.errors import ConflictError
from invoicectl.rules import money
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.lines import LINE_ALIASES
from invoicectl.store import refs
from invoicectl.store.db import Reader

NUMBERS = frozenset({
    "amount", "shipping", "discount", "discountValue", "quantity", "qty", "unitPrice", "unit_price",
    "price",
})  # fmt: skip


def fingerprint(catalog: Catalog, fields: Fields) -> str:
    """Return what tells two requests apart: a hash of all they say, REFs brought to ids."""
    said = {name: _plainly(name, value) for name, value in fields.left.items() if value is not None}
    for kind in ("customer", "order", "shipment"):
        ref = said.get(kind)
        if isinstance(ref, str):
            said[kind] = _meant(catalog, kind, ref)
    if isinstance(parts := said.get("apply"), list):
        said["apply"] = [
            {**part, "invoice": _meant(catalog, "invoice", part["invoice"])} for part in parts
        ]
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _meant(catalog: Catalog, kind: str, ref: str) -> list[int] | str:
    return sorted(refs.among(catalog.reader, kind, ref)) or ref


def _plainly(name: str, value: Any) -> Any:
    """Return what a field says with its numbers in one form: 500 and "500.00" are the same."""
    if isinstance(value, Mapping):
        names = LINE_ALIASES if name == "lines" else {}
        return {names.get(each, each): _plainly(each, said) for each, said in value.items()}
    if isinstance(value, list):
        return [_plainly(name, each) for each in value]
    if name not in NUMBERS or isinstance(value, bool):
        return value
    try:
        return money.plain(money.read_number(str(value)))
    except ValueError:
        return value


def same_request(books: Reader, kind: str, key: str, request: str) -> int | None:
    """Return the record that this very request made before, None where its key is new.

    Raises:
        ConflictError: the key was used for other content.
    """
    table = refs.TABLES[kind]
    row = books.one(f"SELECT id, request FROM {table} WHERE key = :key", key=key)
    if row is None:
        return None
    if row["request"] != request:
        raise ConflictError(
            f"key {key!r} was used before, for other content", hint="use another key"
        )
    return int(row["id"])
