"""A flat file: a header of dotted names, rows of cells, and the records that they stand for.

A dotted name nests: `address.line1` is the `line1` in the record's `address`. A record may fill
several rows, one for each of its parts (the lines of an invoice); what the rows say of the record
itself has to agree, and what only some of them say is said for all.

>>> nest({"name": "Acme", "address.city": "Oslo"})
{'name': 'Acme', 'address': {'city': 'Oslo'}}
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple


def nest(cells: Mapping[str, str]) -> dict[str, Any]:
    """Return a record of cells by their names; dotted ones become records inside it.

    A name that holds a value and a record at once keeps the value under '' in the record.

    >>> nest({"customer": "A-1", "customer.name": "Acme"})
    {'customer': {'': 'A-1', 'name': 'Acme'}}
    """
    record: dict[str, Any] = {}
    for name, cell in cells.items():
        head, dot, rest = name.partition(".")
        if not dot:
            record[name] = cell
            continue
        inside = record.get(head)
        if not isinstance(inside, dict):
            inside = record[head] = {} if inside is None else {"": inside}
        inside[rest] = cell
    return record


def repeated(header: Sequence[str]) -> str | None:
    """Return the first name that stands in a header twice, None where there is none.

    Columns without a name do not count.

    >>> repeated(["key", "", "name", "", "key"])
    'key'
    """
    seen = set()
    for name in header:
        if name and name in seen:
            return name
        seen.add(name)
    return None


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant, '' where none is near.

    >>> nearest("due_date", ["dueDate", "invoiceDate"]), nearest("x", ["dueDate"])
    ('dueDate', '')
    """
    by_folded = {each.casefold(): each for each in known}
    near = get_close_matches(name.casefold(), by_folded, 1)
    return by_folded[near[0]] if near else ""


class Disagreement(NamedTuple):
    """Two rows of one record that say different things of it: where, and what."""

    name: str
    row: int
    here: str
    before_row: int
    before: str


def agreed(rows: Sequence[Mapping[str, str]]) -> dict[str, str] | Disagreement:
    """Return what the rows of one record say of it together, or the first thing they differ in.

    >>> agreed([{"key": "A", "date": "2026-01-31"}, {"key": "A"}])
    {'key': 'A', 'date': '2026-01-31'}
    >>> agreed([{"key": "A", "date": "2026-01-31"}, {"key": "A", "date": "2026-02-01"}])
    Disagreement(name='date', row=1, here='2026-02-01', before_row=0, before='2026-01-31')
    """
    said: dict[str, str] = {}
    said_in: dict[str, int] = {}
    for at, row in enumerate(rows):
        for name, cell in row.items():
            if name not in said:
                said[name], said_in[name] = cell, at
            elif said[name] != cell:
                return Disagreement(name, at, cell, said_in[name], said[name])
    return said
