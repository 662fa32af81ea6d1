"""Find a record by what a person calls it: its id, its friendly id in any case, or its key."""

from difflib import get_close_matches

from invoicectl.errors import NotFoundError
from invoicectl.rules import numbering
from invoicectl.store.db import Reader

TABLES = {
    "customer": "customer",
    "order": "sales_order",
    "shipment": "shipment",
    "invoice": "invoice",
    "payment": "payment",
    "credit": "credit_memo",
    "term": "term",
    "tax": "tax",
    "product": "product",
}
WORDS = {"credit": "credit memo", "term": "payment term"}
# What else a record answers to besides id, friendly id and key.
NAMES = {"term": "name", "tax": "code", "product": "code"}


def find(reader: Reader, kind: str, ref: str, *, suggest: bool = True) -> int:
    """Return the internal id of the record that a REF means; records in the trash are found too.

    Raises:
        NotFoundError: there is none (with the nearest that exist, which is not for free: whoever
            looks for thousands may leave it out), or there is more than one.
    """
    found = among(reader, kind, ref)
    if len(found) == 1:
        return found.pop()
    word = WORDS.get(kind, kind)
    if found:
        raise NotFoundError(
            f"{word} {ref!r} is ambiguous: {len(found)} records answer to it", hint="use its id"
        )
    near = _nearest(reader, kind, ref) if suggest else []
    hint = f"did you mean {' or '.join(near)}?" if near else ""
    raise NotFoundError(f"no {word} {ref!r}", hint=hint)


def among(reader: Reader, kind: str, ref: str) -> set[int]:
    """Return the internal ids of every record of a kind that a REF can mean."""
    table, found = TABLES[kind], set()
    if not ref or "\x00" in ref or len(ref) > 300:
        return set()
    ref = ref.encode("utf-8", "replace").decode()
    if numbering.is_uuid(ref):
        found |= _ids(reader, f"SELECT id FROM {table} WHERE uuid = :ref", ref=ref.lower())
    found |= _ids(reader, f"SELECT id FROM {table} WHERE key = :ref", ref=ref)
    friendly = numbering.read_friendly(ref)
    if kind == "invoice":
        numbered = "SELECT id FROM invoice WHERE friendly_id = :ref COLLATE NOCASE"
        found |= _ids(reader, numbered, ref=ref)
        if friendly and friendly[0] == "draft":
            found |= _ids(reader, "SELECT id FROM invoice WHERE draft_seq = :n", n=friendly[1])
    elif friendly and friendly[0] == kind:
        found |= _ids(reader, f"SELECT id FROM {table} WHERE id = :n", n=friendly[1])
    if not found and kind in NAMES:
        name = NAMES[kind]
        found |= _ids(reader, f"SELECT id FROM {table} WHERE {name} = :ref COLLATE NOCASE", ref=ref)
    return found


def _ids(reader: Reader, sql: str, **binds: object) -> set[int]:
    return {row[0] for row in reader.all(sql, **binds)}


def _nearest(reader: Reader, kind: str, ref: str) -> list[str]:
    """Return up to two names that look like the one that was not found."""
    table = TABLES[kind]
    if kind == "invoice":
        sql = "SELECT friendly_id, key FROM invoice ORDER BY id DESC LIMIT 1000"
    else:
        name = {"customer": "name"}.get(kind) or NAMES.get(kind) or "key"
        sql = f"SELECT id, key, {name} FROM {table} ORDER BY id DESC LIMIT 1000"
    names: dict[str, str] = {}
    for row in reader.all(sql):
        first = row[0] if isinstance(row[0], str) else numbering.friendly(kind, row[0])
        for name in (first, *(text for text in tuple(row)[1:] if text)):
            names.setdefault(name.casefold(), name)
    alike = 0.75 if len(ref) > 5 else 0.6  # of a short code, one letter is a good part
    return [names[near] for near in get_close_matches(ref.casefold(), names, 2, alike)]
