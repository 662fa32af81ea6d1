"""The names of a record's fields: `amount`, and `customer.name` for what is inside another.

Every format names fields alike. Lists of records have a name too, but no column of their own.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from invoicectl.errors import ValidationError

Row = dict[str, Any]


def value_at(record: Row, name: str) -> Any:
    """Return the value under a dotted name, None where there is none."""
    if name in record:
        return record[name]
    value: Any = record
    for part in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def flatten(record: Row, *, lists: bool = False) -> dict[str, Any]:
    """Return a record without nesting, in its own order; lists of records only if asked for.

    >>> flatten({"id": 1, "customer": {"name": "Acme"}, "lines": []})
    {'id': 1, 'customer.name': 'Acme'}
    """
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict) and value:
            inner = flatten(value, lists=lists)
            flat.update((f"{name}.{part}", inside) for part, inside in inner.items())
        elif lists or _is_plain(value):
            flat[name] = value
    return flat


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, str) for one in value)
    return not isinstance(value, dict)


def pick(record: Row, fields: Iterable[str]) -> dict[str, Any]:
    """Return only these fields, under the names they were asked by."""
    return {name: value_at(record, name) for name in fields}


def columns_for(fields: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    """Return the columns of a flat file: all known ones, or the fields asked for.

    A field that has fields of its own (`customer`) stands for all of them.
    """
    if fields is None:
        return list(known)
    return [
        column
        for field in fields
        for column in ([name for name in known if name.startswith(f"{field}.")] or [field])
    ]


def parse_fields(text: str, known: Sequence[str]) -> list[str]:
    """Read what follows --fields: names between commas, each once, each a known one.

    Raises:
        ValidationError: a name is unknown, or there is none.
    """
    fields = list(dict.fromkeys(name for name in map(str.strip, text.split(",")) if name))
    if not fields:
        raise ValidationError.at("fields", "names no field", hint="for example: --fields id,amount")
    check_fields(fields, known)
    return fields


def check_fields(fields: Iterable[str], known: Sequence[str]) -> None:
    """Refuse the first field that no record of the kind has, and name the nearest that is."""
    names = {name[: end or None] for name in known for end in _ends(name)}
    for field in fields:
        if field not in names:
            raise ValidationError.at("fields", f"no field {field!r}", hint=_nearest(field, known))


def _ends(name: str) -> list[int]:
    return [0, *(place for place, sign in enumerate(name) if sign == ".")]


def _nearest(field: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    spelled = {name.lower(): name for name in known}
    inside = [name for name in known if name.lower().endswith(f".{field.lower()}")]
    close = get_close_matches(field.lower(), spelled, n=3, cutoff=0.6)
    found = list(dict.fromkeys([spelled[name] for name in close] + inside))[:3]
    if found:
        return f"did you mean {' or '.join(found)}?"
    return f"the fields are {', '.join(known)}"


def reader(columns: Sequence[str]) -> Callable[[Row], list[Any]]:
    """Return a function that reads these columns out of a record, quickly.

    Neighbours inside the same object are fetched together; a million rows pass here.
    """
    runs: list[tuple[str, list[str]]] = []
    for column in columns:
        parent, _, leaf = column.rpartition(".")
        if not runs or runs[-1][0] != parent:
            runs.append((parent, []))
        runs[-1][1].append(leaf)
    fetchers = [_fetcher(parent, leaves) for parent, leaves in runs]

    def read(record: Row) -> list[Any]:
        return [value for fetch in fetchers for value in fetch(record)]

    return read


def _fetcher(parent: str, leaves: list[str]) -> Callable[[Row], Sequence[Any]]:
    together: Callable[[Row], tuple[Any, ...]] = itemgetter(*leaves, leaves[0])
    names = [f"{parent}.{leaf}" if parent else leaf for leaf in leaves]

    nothing = [None] * len(leaves)

    def fetch(record: Row) -> Sequence[Any]:
        try:
            inner = record[parent] if parent else record
            return nothing if inner is None else together(inner)[:-1]
        except (KeyError, TypeError):  # something is missing on the way: one by one
            return [value_at(record, name) for name in names]

    return fetch
