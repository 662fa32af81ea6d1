"""The kinds of fields a filter knows: what may be asked of each, and how that is said in SQL.

A kind reads the JSON that follows a field's name and answers with a condition. Values are held to
their exact JSON types (`true` is no number, "1" neither) and bound, never spliced. A condition on
a column that is NULL may itself be NULL: that counts as false, and `not` makes it true.
"""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from invoicectl.errors import ValidationError
from invoicectl.rules import currencies, numbering
from invoicectl.rules.lifecycle import OPEN, Status
from invoicectl.store import text_index

MOST_VALUES = 1000
LONGEST_TEXT = 500

Bound = str | int


class Binds(dict[str, Bound]):
    """The values of a statement by their names.

    `sought` has, by conditions that look at every row, the same ones that look few rows up.
    """

    def __init__(self, **values: Bound) -> None:
        super().__init__(values)
        self.sought: dict[str, str] = {}

    def add(self, value: Bound) -> str:
        """Keep a value; return what stands for it in the SQL."""
        name = f"f{len(self)}"
        self[name] = value
        return f":{name}"


class Field(NamedTuple):
    """A field of the filter: its SQL, its kind, and the table where its UUIDs are looked up."""

    kind: "Kind"
    sql: str
    table: str = ""

    def condition(self, given: object, path: str, binds: Binds) -> str:
        """Return what is asked of the field as SQL."""
        return self.kind.condition(self, given, path, binds)


Operator = Callable[[Field, Any, str, Binds], str]


class Kind(NamedTuple):
    """What may be asked of a field; with no operators, the value itself stands after its name."""

    wants: str
    operators: Mapping[str, Operator] = {}
    plain: Operator | None = None

    def condition(self, field: Field, given: object, path: str, binds: Binds) -> str:
        """Return what is asked as SQL; all of it has to hold."""
        if self.plain is not None:
            return self.plain(field, given, path, binds)
        if not isinstance(given, dict):
            example = next(iter(self.operators))
            raise refusal(path, f'needs an operator, such as {{"{example}": …}}')
        parts = []
        for name, value in given.items():
            if name not in self.operators:
                raise unknown(f"{path}.{name}", "operator", name, self.operators)
            parts.append(self.operators[name](field, value, f"{path}.{name}", binds))
        return " AND ".join(parts) or "TRUE"


def refusal(path: str, reason: str) -> ValidationError:
    """Return the refusal of what stands at a path."""
    return ValidationError.at(path, reason, hint="see 'invoicectl help filters'")


def unknown(path: str, what: str, name: str, known: Mapping[str, object]) -> ValidationError:
    """Return the refusal of a name that does not exist, with the nearest that does."""
    near = get_close_matches(name[:40], known, n=1)
    meant = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(known)}"
    return refusal(path, f"is no {what}; {meant}")


# Equality: UUIDs, words, texts.

Read = Callable[[str], str]


def _value(read: Read, wants: str) -> Callable[[object, str], str]:
    def value(given: object, path: str) -> str:
        if given is None:
            raise refusal(path, "is null, which nothing equals")
        if not isinstance(given, str):
            raise refusal(path, f"needs {wants}")
        try:
            return read(given)
        except ValueError as error:
            raise refusal(path, str(error)) from error

    return value


def _equal(field: Field, place: str) -> str:
    if field.table:
        return f"{field.sql} = (SELECT id FROM {field.table} WHERE uuid = {place})"
    return f"{field.sql} = {place}"


def _within(field: Field, places: list[str]) -> str:
    if len(places) < 2:
        return _equal(field, places[0]) if places else "FALSE"
    listed = ", ".join(places)
    if field.table:
        listed = f"SELECT id FROM {field.table} WHERE uuid IN ({listed})"
    return f"{field.sql} IN ({listed})"


def _is_null(field: Field, given: object, path: str, _: Binds) -> str:
    return f"{field.sql} IS NULL" if _true(given, path) else f"{field.sql} IS NOT NULL"


def _true(given: object, path: str) -> bool:
    if not isinstance(given, bool):
        raise refusal(path, "needs true or false")
    return given


def _names(
    read: Read,
    wants: str,
    *,
    may_be_null: bool = True,
    implied: Callable[[Sequence[str]], str] = lambda _: "",
) -> Kind:
    """Return a kind whose values are equal or not; `implied` is what else holds of some values.

    Null equals nothing, not even null, which is what `isNull` is for.
    """
    value = _value(read, wants)

    def equal(field: Field, given: object, path: str, binds: Binds) -> str:
        if given is None and may_be_null:
            return "FALSE"
        found = value(given, path)
        return implied([found]) + _equal(field, binds.add(found))

    def within(field: Field, given: object, path: str, binds: Binds) -> str:
        if not isinstance(given, list):
            raise refusal(path, "needs a list")
        if len(given) > MOST_VALUES:
            raise refusal(path, f"has more than {MOST_VALUES} values")
        there = [(n, one) for n, one in enumerate(given) if one is not None or not may_be_null]
        values = [value(one, f"{path}[{n}]") for n, one in there]
        return implied(values) + _within(field, [binds.add(one) for one in values])

    operators: dict[str, Operator] = {
        "equalTo": equal,
        "notEqualTo": lambda *asked: negated(equal(*asked)),
        "in": within,
        "notIn": lambda *asked: negated(within(*asked)),
    }
    return Kind(wants, operators | ({"isNull": _is_null} if may_be_null else {}))


def negated(condition: str) -> str:
    """Return the opposite; that of a comparison with NULL, which is not true, is true."""
    return f"({condition}) IS NOT TRUE"


def _uuid(text: str) -> str:
    if not numbering.is_uuid(text):
        raise ValueError("is not a UUID")
    return text.lower()


def _status(text: str) -> str:
    if text in Status.__members__:
        return text
    near = get_close_matches(text[:40].upper(), Status.__members__, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(Status)}"
    raise ValueError(f"is not a status; {meant}")


def clean(text: str) -> str:
    """Return a text that a database can hold; ValueError where it cannot, or is very long."""
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT} characters")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("contains a character that is no text")
    return text


# What all invoices of some statuses, and no others, have in common, as a CHECK says it: in the
# words of the partial index that has just them.
_IN_COMMON = {
    frozenset(OPEN): "i.owed_minor <> 0",
    frozenset({Status.DRAFT, Status.VOIDED}): "i.status IN ('DRAFT', 'VOIDED')",
}


def _index_of(statuses: Sequence[str]) -> str:
    found = [
        words for among, words in _IN_COMMON.items() if statuses and among.issuperset(statuses)
    ]
    return "".join(f"{words} AND " for words in found)


UUID = _names(_uuid, "a UUID")
STATUS = _names(_status, "a status", may_be_null=False, implied=_index_of)
TEXT = _names(clean, "a text")
CURRENCY = _names(currencies.read, "a currency code")


# The rest: a yes or no, words anywhere, attributes.


def _flag(field: Field, given: object, path: str, _: Binds) -> str:
    return f"({field.sql})" if _true(given, path) else negated(field.sql)


def _search(field: Field, given: object, path: str, binds: Binds) -> str:
    """Find a text in one of the columns or in the customer's name, in any case."""
    text = _value(clean, "a text")(given, path)
    has = contains(text, binds)
    columns = " OR ".join(has(column) for column in field.sql.split(", "))
    named = f"FROM customer AS c WHERE {has('c.name')}"
    looked_at = f"({columns} OR EXISTS (SELECT 1 {named} AND c.id = i.customer_id))"
    query = text_index.query(text)
    places = ["TRUE"] if query is None else text_index.among(binds.add(query))
    ways = [f"({columns}) AND {place}" for place in places]
    binds.sought[looked_at] = f"({' OR '.join(ways)} OR i.customer_id IN (SELECT c.id {named}))"
    return looked_at


def contains(text: str, binds: Binds) -> Callable[[str], str]:
    """Return what makes the SQL that a column contains a text, in any case."""
    if text.isascii():
        escaped = "".join(f"\\{char}" if char in "\\%_" else char for char in text)
        place = binds.add(f"%{escaped}%")
        return lambda column: f"{column} LIKE {place} ESCAPE '\\'"
    place = binds.add(text.lower())  # LIKE takes only a to z in either case
    return lambda column: f"{HAS_TEXT}({column}, {place})"


HAS_TEXT = "has_text"  # an SQL function of ours


def has_text(text: str | None, needle: str) -> bool:
    """Return whether a text contains another that is in lower case."""
    return text is not None and needle in text.lower()


def _attribute(field: Field, given: object, path: str, binds: Binds) -> str:
    if not isinstance(given, dict) or set(given) != {"name", "value"}:
        raise refusal(path, 'needs {"name": …, "value": …}')
    value = _value(clean, "a text")
    places = {part: binds.add(value(one, f"{path}.{part}")) for part, one in given.items()}
    return field.sql.format(**places)


FLAG = Kind("true or false", plain=_flag)
SEARCH = Kind("a text", plain=_search)
ATTRIBUTE = Kind("a name and a value", plain=_attribute)
