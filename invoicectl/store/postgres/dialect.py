r"""Turn a statement of the store, written in SQLite's SQL, into one that PostgreSQL runs.

Whatever the two say differently is a row of REWRITES or of CALLS, or a function of the schema.
What no row knows reaches the server as it is, which refuses it: nothing is guessed.

>>> translate("SELECT id FROM invoice WHERE friendly_id = :ref COLLATE NOCASE")
'SELECT id FROM invoice WHERE lower(friendly_id COLLATE "C") = lower(%(ref)s COLLATE "C")'
>>> translate("SELECT x FROM t INDEXED BY t_x WHERE a IS NOT b AND y LIKE ?")
'SELECT x FROM t WHERE a IS DISTINCT FROM b AND y ILIKE %s'
>>> translate("SELECT x FROM t WHERE shipment_id IS :id ORDER BY shipment_id, x")
'SELECT x FROM t WHERE shipment_id IS NOT DISTINCT FROM %(id)s ORDER BY shipment_id NULLS FIRST, x'
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

_NAME = r"(?:[A-Za-z_][\w.]*|:\w+)"
_SIGN = r"(?:<>|<=|>=|=|<|>)"


def _folded(text: str) -> str:
    """Return the SQL of a text in which A to Z are small, and all else is as it was."""
    return f'lower({text} COLLATE "C")'


def _both_folded(found: re.Match[str]) -> str:
    return f"{_folded(found[1])} {found[2]} {_folded(found[3])}"


def _all_folded(found: re.Match[str]) -> str:
    return f"{_folded(found[1])} IN ({', '.join(_folded(each) for each in found[2].split(', '))})"


# SQLite puts NULL before every value, and PostgreSQL after. The columns that can be NULL where
# rows are put in an order; the others keep their plain order, which is that of their index.
_MAY_BE_NULL = re.compile(r"(\b(?:\w+\.)?(?:due_date|line_id|shipment_id))(?: (ASC|DESC)\b)?")


def _nulls_first(found: re.Match[str]) -> str:
    def placed(term: re.Match[str]) -> str:
        return f"{term[1]} DESC NULLS LAST" if term[2] == "DESC" else f"{term[1]} NULLS FIRST"

    return found[1] + _MAY_BE_NULL.sub(placed, found[2])


_ATTRIBUTE = r"""EXISTS \(SELECT 1 FROM json_each\(i\.attributes\) AS a
    WHERE a\.value ->> '\$\.name' = (:\w+) AND (:\w+) = CASE .*?
        WHEN 'text' THEN .*? END\)"""

REWRITES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r" INDEXED BY \w+", ""),
        (r"(?<=[ (])\+(?=[A-Za-z_(:])", ""),  # keeps SQLite off an index
        (r"\bCROSS JOIN (\w+(?: AS \w+)?) ON\b", r"JOIN \1 ON"),  # keeps SQLite to an order
        (_ATTRIBUTE, r"has_attribute(i.attributes, \1, \2)"),
        (rf"({_NAME}) ->> ('\$\.\w+')", r"json_extract(\1, \2)"),
        (r"i\.id IN \(SELECT rowid FROM invoice_text WHERE invoice_text MATCH :\w+\)", "TRUE"),
        (r"i\.id > \(SELECT last FROM invoice_text_end\)", "FALSE"),
        (
            r"IN \(SELECT value FROM json_each\((:\w+)\)\)",
            r"= ANY (ARRAY(SELECT json_array_elements_text(\1::json)::bigint))",
        ),
        (
            rf"({_NAME}) COLLATE NOCASE = ANY \((:\w+)\)",
            r'lower(\1 COLLATE "C") = ANY (folded(\2))',
        ),
        (rf"({_NAME}) COLLATE NOCASE IN \(({_NAME}(?:, {_NAME})*)\)", _all_folded),
        (rf"({_NAME}) COLLATE NOCASE ({_SIGN}) ({_NAME})", _both_folded),
        (rf"({_NAME}) ({_SIGN}) ({_NAME}) COLLATE NOCASE", _both_folded),
        (rf"({_NAME}) COLLATE NOCASE", r'lower(\1 COLLATE "C")'),
        (
            r"coalesce\((\w+\.(?:key|reference)), (\w+\.id)\)",  # a text or a number, told apart
            r"coalesce(to_json(\1), to_json(\2))",
        ),
        (r"\bIS NOT (?!NULL\b|TRUE\b|FALSE\b|DISTINCT\b)", "IS DISTINCT FROM "),
        (r"\bIS (:\w+)", r"IS NOT DISTINCT FROM \1"),
        (r"\bLIKE\b", "ILIKE"),
        (r"(\bORDER BY )([^()]*)", _nulls_first),
    )
)


def _quoted(arguments: list[str]) -> str:
    """Return the SQL of `printf('%Q,%Q', …)`: values as one text, quoted."""
    pattern, *values = arguments
    if "%Q" not in pattern:
        return f"printf({', '.join(arguments)})"
    return " || ',' || ".join(f"quoted({value})" for value in values)


def _cast(arguments: list[str]) -> str:
    (cast,) = arguments
    value, is_bytes, _ = cast.partition(" AS BLOB")
    return f"convert_to({value}, 'UTF8')" if is_bytes else f"CAST({cast})"


CALLS: Mapping[str, Callable[[list[str]], str]] = {
    "printf": _quoted,
    "CAST": _cast,
    "group_concat": lambda arguments: f"string_agg({', '.join(arguments)})",
}
_CALL = re.compile(rf"\b({'|'.join(CALLS)})\(")
_PARTS = re.compile(r"'(?:[^']|'')*'|[(),]")


@lru_cache(maxsize=2048)
def translate(sql: str) -> str:
    """Return a statement as psycopg takes it; a bind keeps its name."""
    plain = _without_comments(sql)
    for pattern, replacement in REWRITES:
        plain = pattern.sub(replacement, plain)
    return _with_places(_with_calls(plain))


def _with_calls(sql: str) -> str:
    """Return SQL in which the calls of other names are made, those inside others first."""
    found = _CALL.search(sql)
    if found is None:
        return sql
    *ends, end = _commas(sql, found.end())
    starts = [found.end(), *(each + 1 for each in ends)]
    arguments = [
        _with_calls(sql[start:stop].strip())
        for start, stop in zip(starts, [*ends, end], strict=True)
    ]
    return sql[: found.start()] + CALLS[found[1]](arguments) + _with_calls(sql[end + 1 :])


def _commas(sql: str, start: int) -> Iterator[int]:
    """Yield where the arguments of a call end whose parenthesis opened before `start`."""
    depth = 1
    for part in _PARTS.finditer(sql, start):
        depth += (part[0] == "(") - (part[0] == ")")
        if depth == 0 or (depth == 1 and part[0] == ","):
            yield part.start()
        if depth == 0:
            return


_TOKEN = re.compile(r"('(?:[^']|'')*')|(--[^\n]*)|(?<!:):([A-Za-z_]\w*)|(\?)|(%)")


def _without_comments(sql: str) -> str:
    return _TOKEN.sub(lambda found: "" if found[2] else found[0], sql)


def _with_places(sql: str) -> str:
    def place(found: re.Match[str]) -> str:
        text, _, name, question, _ = found.groups()
        if text:
            return text.replace("%", "%%")
        return f"%({name})s" if name else "%s" if question else "%%"

    return _TOKEN.sub(place, sql)
