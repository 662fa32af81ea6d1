# ruff: noqa: RUF001 - signs that look like others are what this is about
"""What people and programs write by mistake, or on purpose: texts, numbers, dates, JSON, bytes."""

import json
import re
from decimal import Decimal

from hypothesis import strategies as st

NAMES = [
    "Acme", "", " ", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "%0A", "|calc", "'quoted", '"', ",", ";",
    "a\nb", "a\r\nBcc: evil@x.test", "a\rb", "a\x0bb", "a\x1b[31mred\x1b[0m", "\x1b]52;c;eA==\x07", "\x07",
    "\x7f", "\x85", "\x9b31m", "\u2028", "\u202eevil", "\u2066x", "\u200b", "\ufeff", "\u00ad", "é", "e\u0301",
    "ﬁ", "İ", "ß", "Ǆ", "שלום", "مرحبا", "日本語", "ไทย", "🍕", "👩‍👩‍👧", "\U000e0041", "\ue000", "\ufffe",
    "\U0010ffff", "<b>x</b>", "<img src=file:///etc/passwd>", "{{ 7*7 }}", "{% for %}", "{# x", "${x}", "%s", "{0}",
    "[red]x[/]", "[/]", ":smile:", "\\", "\\,", "a\\", "../../x", "a/b", "C:\\x", "CON", "null", "true",
    "NaN", "=?utf-8?q?a=0D=0ABcc:_evil=40x.test?=",
    "-", "--", "--help", "--json", "-o", "@file", "@", "*", "?", "%", "_", "'; DROP TABLE invoice--",
]  # fmt: skip
ON_A_LINE = "\udc80\udcff"  # bytes that are no UTF-8 come in as these
AMOUNTS = [
    "1", "10.00", "0", "-0", "0.00", "-1", "0.01", "0.001", "1.005", "1,50", "1e3", "1E+3", "NaN", "sNaN", "Infinity",
    "-inf", "1_000", "１２", "٣", "+1", ".5", "5.", "0x10", "$5", "1.50 EUR", "9" * 13, "9" * 14, "9" * 20,
    "1e999999999", "1e-999999999", "0." + "0" * 40 + "1", "--1", "1 000", " 1 ", "1\n", "1\x00", "00001", "10%", "100%",
    "101%", "-5%", "%", "1e5%", "9999999999999.99", "-9999999999999.99", "100000000000000", "0.000001", "0.0000001",
]  # fmt: skip
DAYS = [
    "2026-01-31", "2026-02-28", "2028-02-29", "2026-02-29", "2026-13-45", "0000-00-00", "1899-12-31", "1900-01-01",
    "2999-12-31", "3000-01-01", "9999-12-31", "11/12/2026", "20260131", "2026-1-1", "2026-W05-6", "2026-031",
    "2026-01-31T10:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T10:00:00+99:00", "2026-01-31T10", "1900-01-01T00:00:00+14:00",
    "2999-12-31T23:59:59-14:00", "2026-01-31T10:00:00.123456789Z", "٢٠٢٦-٠١-٣١", "2026-01-31 ", "today", "", "-1", "0", "1e9",
    "２０２６-01-31", "2026-01-31\n",
]  # fmt: skip
TERMS = [
    "Net 30", "net 0", "NET 99999", "Net 999999999999", "Net -1", "Net 3.5", "on receipt", "EOM", "EOM+10", "EOM+99999",
    "EOM+-1", "30 days then EOM", "999999 days then EOM", "day 31 of month +1", "day 0 of month +1", "day 32 of month 1",
    "day 15 of month +999999", "day 1 of month -1", "2/10 net 30", "100/10 net 30", "0/10 net 30", "101/1 net 2",
    "2.5/10 net 30", "2/40 net 30", "2/99999999 net 999999999", "-2/10 net 30", "30 days EOM", "1/1 net", "Net ３０", "", "x",
    "2//10 net 30", "2/10 net 30 EOM",
]  # fmt: skip
CURRENCIES = [
    "USD",
    "EUR",
    "JPY",
    "KWD",
    "CLF",
    "usd",
    "EUX",
    "",
    "XXX",
    "€",
    "US",
    "USDX",
    "ＵＳＤ",
    "\u0405\u0405\u0405",
]
NUMBERS = [
    0,
    1,
    -1,
    2,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63) - 1,
    10**13,
    10**14,
    10**30,
    0.1,
    1.5,
    1e22,
    1e300,
]

# Pieces of JSON that no library would write, put in the place of a number or a text.
SPELLINGS = [
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1E-999", "1e99999999999", "1e-99999999999999999999", "0.1e-400",
    "01", "1.", ".5", "+1", "0x10", "-", "--1", "1_0", "''", '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\x41"', '"\\', '"',
    "\x00", "\ufeff", "nul", "truefalse", "[", "]", "{", '{"a":1,"a":2}', "undefined", "/*x*/1", "1 2", "\u2028", '"a\nb"',
]  # fmt: skip


def _long(pieces, *times):
    return st.builds(
        lambda piece, times: piece[0] * times + piece[1:2] * times,
        st.sampled_from(pieces),
        st.sampled_from(times),
    )


_chars = st.characters(codec="utf-8", exclude_characters="\x00")
free_text = st.text(_chars, max_size=30)
long_text = _long(["x", "é", "a ", "9", "\u0301"], 499, 501, 5_000, 20_001)
any_text = st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), free_text, long_text)
long_number = _long(["9", "0.", "-"], 40, 400, 5_000)
spellings = st.one_of(
    st.sampled_from(SPELLINGS),
    long_number,
    _long(["[]", "{", "["], 40, 2_000, 60_000),
    _long(['{"a":'], 2_000),
)
# What can stand on a command line: no NUL, and bytes that are no UTF-8.
typed_text = st.one_of(
    st.sampled_from([*(name for name in NAMES if "\x00" not in name), *ON_A_LINE, f"a{ON_A_LINE}"]), free_text,
    long_text,
)  # fmt: skip
digits = st.text("0123456789", min_size=1, max_size=16)
amounts = st.one_of(
    st.sampled_from([each for each in AMOUNTS if "\x00" not in each]),
    st.builds(
        "{}{}.{}".format, st.sampled_from(["", "-", ""]), digits, st.text("0123456789", max_size=7)
    ),
    st.decimals(0, 500, places=2).map(str),
    st.decimals(0, 500, places=2).map(str),
    long_number,
)
days = st.one_of(
    st.sampled_from(DAYS),
    st.dates().map(str),
    st.datetimes().map(lambda each: each.isoformat() + "Z"),
)
terms = st.one_of(
    st.sampled_from(TERMS),
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "net",
                    "Net",
                    "EOM",
                    "+",
                    "/",
                    "days",
                    "day",
                    "of",
                    "month",
                    "then",
                    "on",
                    "receipt",
                    ".",
                    "-",
                    "1.5",
                    "0",
                    "31",
                ]
            ),
            digits,
        ),
        max_size=7,
    ).flatmap(lambda words: st.sampled_from([" ".join(words), "".join(words)])),
)
currencies = st.one_of(st.sampled_from(CURRENCIES), st.text("ABCDEUSRY", max_size=4))
whole_numbers = (
    st.one_of(st.integers(-3, 1003), st.sampled_from([2**63, -(2**63), 10**18])).map(str) | amounts
)
json_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), long_text, st.sampled_from(NUMBERS), st.sampled_from(AMOUNTS), st.sampled_from(DAYS), any_text,
        st.sampled_from(["\x00", "\ud800", "a\udfffb"]),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


def places(value, path=()):
    """Yield the path of everything inside a JSON value, and of itself."""
    yield path
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, each in inside:
        yield from places(each, (*path, name))


def changed_at(value, path, change):
    """Return a JSON value with what stands at a path changed; `change` is handed it and its parent."""
    if not path:
        return change(value)
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed_at(copy[path[0]], path[1:], change)
    return copy


def without(value, path):
    """Return a JSON value without what stands at a path."""
    copy = dict(value) if isinstance(value, dict) else list(value)
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = without(copy[path[0]], path[1:])
    return copy


@st.composite
def mutated(draw, values, words=()):
    """A JSON value in which some things are others, missing, doubled, wrapped or misnamed."""
    value = draw(values)
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2, 3]))):
        path = draw(st.sampled_from(list(places(value))))
        way = draw(
            st.sampled_from(
                ["other", "other", "other", "without", "listed", "named", "spread", "many"]
            )
        )
        if way == "other":
            other = draw(json_values)
            value = changed_at(value, path, lambda _, other=other: other)
        elif way == "without" and path:
            value = without(value, path)
        elif way == "listed":
            value = changed_at(value, path, lambda old: [old])
        elif way == "many":
            many = draw(st.sampled_from([0, 2, 30, 300]))
            value = changed_at(
                value,
                path,
                lambda old, many=many: (old * many)[:300] if isinstance(old, list | str) else old,
            )
        elif way in {"named", "spread"}:
            name = draw(st.one_of(st.sampled_from([*words, "__class__", ""]), any_text))
            other = draw(json_values)
            value = changed_at(
                value,
                path,
                lambda old, name=name, other=other: (
                    {**old, name: other} if isinstance(old, dict) else old
                ),
            )
    return value


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[][{}:,]')


@st.composite
def json_texts(draw, values):
    """JSON as it is written, and sometimes as nobody would."""
    value = draw(values)
    text = json.dumps(
        value,
        ensure_ascii=draw(st.booleans()),
        default=lambda each: float(each) if isinstance(each, Decimal) else str(each),
    )
    if len(text) < 20_000 and draw(st.integers(0, 3)) == 0:
        tokens = list(_TOKEN.finditer(text))
        if tokens:
            token = draw(st.sampled_from(tokens))
            spelled = draw(
                st.one_of(
                    spellings, st.just(""), st.just(token[0] * 2), st.just(f"{token[0]},{token[0]}")
                )
            )
            text = text[: token.start()] + spelled + text[token.end() :]
    return text


@st.composite
def as_bytes(draw, texts):
    """Text as bytes: mostly as it should be, sometimes cut, mixed up or in another encoding."""
    text = draw(texts)
    data = text.encode("utf-8", "surrogatepass")
    way = draw(
        st.sampled_from(
            [
                "",
                "",
                "",
                "",
                "bom",
                "boms",
                "utf-16",
                "latin-1",
                "cut",
                "bytes",
                "twice",
                "crlf",
                "cr",
                "nul",
                "latin-1 part",
            ]
        )
    )
    at = draw(st.integers(0, len(data))) if data else 0
    if way == "bom":
        return b"\xef\xbb\xbf" + data
    if way == "boms":
        return b"\xef\xbb\xbf" * 2 + data
    if way in {"utf-16", "latin-1"}:
        return text.encode(way, "replace")
    if way == "cut":
        return data[:at]
    if way == "bytes":
        return data[:at] + draw(st.binary(max_size=6)) + data[at + draw(st.integers(0, 3)) :]
    if way == "twice":
        return data + data[at:]
    if way == "crlf":
        return data.replace(b"\n", b"\r\n")
    if way == "cr":
        return data.replace(b"\n", b"\r")
    if way == "nul":
        return data[:at] + b"\0" + data[at:]
    return data[:at] + b"\xfc" + data[at:] if way else data
