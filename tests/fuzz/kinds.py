"""What is typed, by kind: each a strategy of a command line, what it reads, and a share of all."""

import csv
import io
from typing import NamedTuple

from hypothesis import strategies as st

from invoicectl import config
from invoicectl.service.imports.layouts import LAYOUTS
from invoicectl.store import filters
from tests.fuzz import lines, odd

ID = "0190f5c6-7a1b-7c3d-8e4f-5a6b7c8d9e0f"
OPERATORS = ["equalTo", "notEqualTo", "in", "notIn", "isNull", "lessThan", "lessThanOrEqualTo", "greaterThan", "greaterThanOrEqualTo",
             "regexp", "__class__"]  # fmt: skip
_values = st.one_of(
    st.sampled_from(
        [ID, "PAID", "DRAFT", "USD", "INV-00001", True, False, None, 5, 120.5, "2026-01-31", "x"]
    ),
    odd.json_values,
)
_operands = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.one_of(_values, st.lists(_values, max_size=3)),
    min_size=1,
    max_size=2,
)
_conditions = st.dictionaries(
    st.sampled_from(sorted(filters.FIELDS)), st.one_of(_operands, _operands, _values), max_size=3
)
_filters = st.recursive(
    _conditions,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.dictionaries(
            st.sampled_from(["and", "or"]), st.lists(inner, max_size=4), min_size=1, max_size=2
        ),
    ),
    max_leaves=6,
)
_requests = st.one_of(
    _filters,
    _filters,
    st.fixed_dictionaries(
        {"filter": _filters},
        optional={
            "pageSize": st.one_of(st.integers(-1, 1001), odd.json_values),
            "cursor": st.one_of(st.none(), odd.json_values),
        },
    ),
)
filter_texts = odd.json_texts(
    odd.mutated(_requests, [*filters.FIELDS, *filters.CONNECTIVES, *OPERATORS])
)

ITEM = {"description": "Work", "quantity": 2, "unitPrice": "10.50", "tax": "GST"}
BODIES = [
    {"customer": "globex", "lines": [ITEM, {"itemId": "WEB", "quantity": 3}], "discount": "10%", "shipping": 5, "key": "k"},
    {"orderKey": "ORD-00001", "key": "from-a", "reference": "R", "currency": "USD", "customer": {"key": "globex"},
     "paymentTerm": {"name": "Net 30"}, "invoiceDate": "2026-01-10", "dueDate": "2026-02-10", "factorName": "DENIM", "qboId": "77"},
    {"invoice": {
        "id": "B-2", "customer_id": "globex", "customer_purchase_order_id": "PO-4", "invoice_note": "Second quarter",
        "currency": {"uuid": "c-1", "name": "USD", "link": "/c"}, "billing_start_date": "2026-01-01", "issue_date": "2026-01-03",
        "discount_type": "percentage", "discount_value": 10, "price_tax_inclusive": False,
        "custom_attributes": [{"name": "region", "value": "east"}], "custom_objects": [{"meter": 7}],
        "lines": [{"item_id": "WEB", "item_order_quantity": 40, "item_uom": "hour", "accounting_code": {"sales_revenue": "4000"},
                   "tax": {"code": "GST", "rate": "0.05"}, "charging_start_date": "2026-01-05"}],
    }},
    {"customer_id": "globex", "issue_date": "2026-01-15", "due_date": "2026-02-15", "currency": "EUR", "notes": "Thanks",
     "payment_terms": "Net 30", "discount_type": "fixed", "discount_value": 10, "template_id": "invoice",
     "items": [{"description": "Pages", "quantity": 40, "unit_price": 150, "unit": "hour", "tax_id": "GST"}]},
]  # fmt: skip
_bodies = st.one_of(st.sampled_from(BODIES), st.lists(st.sampled_from(BODIES), max_size=3))
_names = sorted(
    {name for layout in LAYOUTS.values() for name in (*layout.columns, *layout.part_columns)}
)
_body_bytes = odd.as_bytes(odd.json_texts(odd.mutated(_bodies, _names)))

RECORDS = {
    "customers": {"key": "acme", "name": "Acme", "email": ["a@b.example"], "address": {"line1": "1 Road", "country": "CA"},
                  "currency": "USD", "paymentTerm": "Net 30"},
    "products": {"key": "web", "code": "WEB", "name": "Web", "unitPrice": "150.5", "tax": "GST"},
    "taxes": {"code": "VAT", "name": "VAT", "rate": "0.2"},
    "terms": {"name": "Net 45", "days": 45, "quickPayFee": "0.05"},
    "orders": {"key": "SO-9", "customer": "globex", "currency": "USD", "orderDate": "2026-01-02", "charges": [ITEM],
               "shipments": [{"key": "SH-9", "deliveredOn": "2026-01-03", "charges": [ITEM]}]},
    "shipments": {"key": "SH-8", "order": "ORD-00001", "deliveredOn": "2026-01-05", "charges": [ITEM]},
    "invoices": {"number": "X-1", "key": "x1", "customer": "globex", "invoiceDate": "2026-01-02", "dueDate": "2026-02-02",
                 "currency": "USD", "lines": [ITEM], "status": "AWAITING_PAYMENT", "discount": "5%"},
    "payments": {"key": "p1", "customer": "globex", "paymentDate": "2026-01-20", "amount": "50.00", "currency": "USD",
                 "applications": [{"invoice": "INV-00001", "amount": "20.00", "appliedAt": "2026-01-21"}]},
    "credits": {"key": "m1", "customer": "globex", "date": "2026-01-20", "amount": "50.00", "currency": "USD",
                "invoice": "INV-00001", "applications": [{"invoice": "INV-00002", "amount": "20.00"}]},
}  # fmt: skip
CELLS = {  # rows as they come in CSV, by the kind of file
    "customers": {"key": "acme", "name": "Acme", "email": "a@b.example;c@d.example", "address.line1": "1 Road"},
    "products": {"code": "WEB", "name": "Web", "unitPrice": "150.5", "tax": "GST+QST"},
    "taxes": {"code": "VAT", "rate": "0.2"},
    "terms": {"name": "Net 45", "rule": "Net 45"},
    "orders": {"orderKey": "SO-9", "customer": "globex", "orderDate": "2026-01-02", "shipmentKey": "SH-9",
               "deliveredOn": "2026-01-03", "description": "Work", "quantity": "2", "unitPrice": "10"},
    "shipments": {"key": "SH-8", "order": "ORD-00001", "description": "Work", "unitPrice": "10"},
    "invoices": {"number": "X-1", "customer": "globex", "invoiceDate": "2026-01-02", "currency": "USD", "amount": "100.00"},
    "payments": {"key": "p1", "customer": "globex", "paymentDate": "2026-01-20", "amount": "50.00", "currency": "USD",
                 "invoice": "INV-00001", "applied": "20.00"},
    "credits": {"key": "m1", "customer": "globex", "date": "2026-01-20", "amount": "50.00", "currency": "USD"},
}  # fmt: skip
_cell = st.one_of(odd.amounts, odd.days, odd.terms, odd.any_text, st.sampled_from(lines.REFS), odd.spellings,
                  st.sampled_from(['{"a":1}', "[]", '["a@b.example", 1]', "[NaN]", '[["x"]]', "[1e999]"]))  # fmt: skip


@st.composite
def _tables(draw, kind):
    """A CSV file, of rows that are mostly right."""
    header = list(CELLS[kind])
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        name = draw(
            st.one_of(
                st.sampled_from(_names),
                st.sampled_from([f"{each}.{each}" for each in header]),
                odd.any_text,
            )
        )
        header.insert(draw(st.integers(0, len(header))), name)
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=draw(st.sampled_from(",,,;\t|")), lineterminator="\n",
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )  # fmt: skip
    writer.writerow(header)
    for at in range(draw(st.integers(0, 4))):
        row = [CELLS[kind].get(name, "") for name in header]
        row[0] = draw(st.sampled_from([row[0], f"{row[0]}{at}"]))
        for _ in range(draw(st.integers(0, 2))):
            row[draw(st.integers(0, len(row) - 1))] = draw(_cell)
        ragged = draw(st.sampled_from([0, 0, 0, 0, 0, 1, -1]))
        writer.writerow([*row, "x"] if ragged > 0 else row[:ragged] if ragged else row)
    text = out.getvalue()
    if draw(st.integers(0, 4)) == 0:
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from(['"', "'", "\n", "\r", ",", "\0", "\x1a", "\u2028", "a" * 500]))
            + text[at:]
        )
    return text


@st.composite
def imports(draw):
    """A file of some kind, and how it is to be read."""
    kind = draw(st.sampled_from(sorted(RECORDS)))
    form = draw(st.sampled_from(["json", "jsonl", "csv", "csv", "csv", "tsv"]))
    record = odd.mutated(
        st.just(RECORDS[kind]), [*LAYOUTS[kind].columns, *LAYOUTS[kind].part_columns]
    )
    if form == "json":
        given = draw(odd.as_bytes(odd.json_texts(st.one_of(st.lists(record, max_size=3), record))))
    elif form == "jsonl":
        given = b"\n".join(draw(st.lists(odd.as_bytes(odd.json_texts(record)), max_size=3)))
    else:
        given = draw(odd.as_bytes(_tables(kind)))
    words = ["import", kind, "-", "--input-format", form, draw(st.sampled_from(lines.FORMATS))]
    more = [
        ["--create-customers"], ["--dry-run"], ["--skip-invalid", "rejects.csv"],
        ["--date-format", draw(st.sampled_from(["%m/%d/%Y", "%Y-%m-%d", "%Y%m%d", "%j %Y", "%", "%%", "%Q", "%Y%Y", "", "%d.%m.%y", "%Z%z"]))],
        ["--map", f"{draw(st.sampled_from(_names))}={draw(st.one_of(st.sampled_from(list(CELLS[kind])), odd.typed_text))}"],
        ["--default", f"{draw(st.sampled_from(_names))}={draw(odd.typed_text)}"],
    ]  # fmt: skip
    for each in draw(st.lists(st.sampled_from(range(len(more))), max_size=2, unique=True)):
        words += more[each]
    return words, given


@st.composite
def asked(draw):
    """A filter, typed or read."""
    text = draw(filter_texts)
    words = [
        draw(st.sampled_from(["filter", "filter", "export"])),
        draw(st.sampled_from(lines.FORMATS)),
    ]
    if len(text) > 100_000 or "\x00" in text or draw(st.booleans()):
        return [*words, "--filter", "-"], draw(odd.as_bytes(st.just(text)))
    return [*words, "--filter", text], b""


def typed(*begin):
    """Command lines of some commands, with REFs to read where they ask for them."""
    only = (lambda name: name.startswith(begin)) if begin else None
    refs = odd.as_bytes(
        st.lists(st.one_of(st.sampled_from(lines.REFS), odd.any_text), max_size=4).map("\n".join)
    )
    return st.tuples(lines.command_lines(only), refs)


bodies = st.tuples(
    st.lists(st.sampled_from(["--dry-run", "--json"]), max_size=2, unique=True).map(
        lambda more: ["create", "--from", "-", *more]
    ),
    _body_bytes,
)

_SETTING = st.one_of(
    st.sampled_from(['"Acme"', "'x'", "1", "true", "2026-01-01", "[]", "{}", '"INV-{seq:05d}"', '"{seq}"', '"{year}-{month}-{seq:3}"',
                     '"{seq:99999999}"', '"{seq!r}"', '"{x}"', '"{"', '"{seq.__class__}"', '"Europe/Berlin"', '"../../etc/passwd"',
                     '"de_DE"', '"tlh"', '"EUR"', '"Net 30"', '"30 days EOM"', "inf", "nan", "0x1F", "1e400", '"\\ud800"', '"""a\nb"""', '"\\u0000"', '"\x1b[31m"', "", "[[]]", '"/nonexistent"'
    ]),
    odd.long_number, odd.any_text.map(lambda text: f'"{text}"'),
)  # fmt: skip


@st.composite
def settings(draw):
    """A file of settings."""
    written = []
    for _ in range(draw(st.integers(0, 5))):
        key = draw(st.one_of(st.sampled_from(sorted(config.KEYS)), odd.any_text))
        way = draw(st.sampled_from(["dotted", "dotted", "section", "quoted", "array"]))
        section, _, name = key.rpartition(".")
        before = {
            "dotted": key,
            "section": f"[{section}]\n{name}",
            "quoted": f'"{key}"',
            "array": f"[[{section}]]\n{name}",
        }[way]
        written.append(f"{before} = {draw(_SETTING)}\n")
    return draw(odd.as_bytes(st.just("".join(written))))


_NAMES_IN = ["asOf", "company", "sections", "sections[0]", "labels", "x", "self", "loop", "range", "lipsum", "cycler", "namespace", "dict",
             "sections[0].total", "sections[0].rows", "''", "[]", "{}", "1", "1.5", "(1, 2)", "none"]  # fmt: skip
_FILTERS = ["money", "money('USD')", "amount('JPY')", "price('USD')", "number", "percent", "day", "length", "join", "first", "attr('x')",
            "attr('__class__')", "map('upper')|list", "sort", "format(1)", "replace('a')", "round(400)", "truncate(-1)", "indent", "tojson",
            "xmlattr", "urlize", "wordwrap(0)", "batch(0)|list", "slice(0)|list", "groupby('x')", "sum", "int", "filesizeformat", "random",
            "pprint", "safe", "center(9)", "dictsort", "nope"]  # fmt: skip


@st.composite
def expressions(draw):
    """A Jinja expression, good or bad."""
    text = draw(st.sampled_from(_NAMES_IN))
    for _ in range(draw(st.integers(0, 3))):
        text = draw(st.sampled_from([
            f"{text}|{draw(st.sampled_from(_FILTERS))}", f"{text}.__class__", f"{text}.mro()", f"{text}['x']", f"{text}()",
            f"{text} + {text}", f"{text} ~ {text}", f"{text} / 0", f"-{text}", f"{text} is none", f"({text}", f"{text}.format(1)",
            f"{text}.append(1)", f"{text}._x", f"{text} ** 9", f"'%s' % {text}", f"{text} if {text}",
        ]))  # fmt: skip
    return text


_statements = st.one_of(
    expressions().map(lambda each: f"{{{{ {each} }}}}"),
    expressions().map(lambda each: f"{{% for a in {each} %}}{{{{ a }}}}{{% endfor %}}"),
    expressions().map(lambda each: f"{{% set x = {each} %}}{{{{ x }}}}"),
    expressions().map(lambda each: f"{{% if {each} %}}a{{% endif %}}"),
    st.sampled_from(["{% include 'invoice.html' %}", "{% include 'aging.html' %}", "{% extends 'aging.html' %}", "{% include '../config.toml' %}",
                     "{% import 'x' as x %}", "{% block a %}", "{% endfor %}", "{{", "{%", "{#", "{% raw %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                     "{% for a in range(9) recursive %}{{ loop([a]) }}{% endfor %}", "{{ 'x'.__class__ }}", "{% do 1 %}", "{{ range(10**9) }}", "\x00", "&#0;"]),
    odd.any_text,
)  # fmt: skip
templates = st.lists(_statements, max_size=5).map("".join)
BASE = "<html><head><style>@page { size: A4 }</style></head><body>%s</body></html>"
_MARKUP = ["<table><tr><td colspan=3>", "</table>", "<p style='font-size:1e9pt'>", "<p style='width:-1'>", "<img src='file:///etc/passwd'>",
           "<img src='http://127.0.0.1:9/x'>", "<img src='data:image/png;base64,AAAA'>", "<pdf:nextpage>", "<pdf:barcode value=1>",
           "<link rel=stylesheet href='style.css'>", "<style>@import url(file:///etc/passwd);</style>", "<style>p {", "<a href='#x'>", "<ul><li>",
           "<h1>", "<br>" * 50, "<!--", "<![CDATA[", "&nbsp;&#x110000;", "<p>", "<pre>", "<td>", "<tr>", "<style>@page { size: 0 0 }</style>",
           "<svg><rect width=1 height=1></svg>", "<input type=text>", "<pdf:toc>", "<style>p { color: url(x); -pdf-frame-content: y }</style>"]  # fmt: skip
papers = st.lists(st.one_of(st.sampled_from(_MARKUP), _statements), max_size=5).map("".join)

_ADDRESSES = ["a@b.example", "A@B.example", "ä@bücher.example", "a@xn--bcher-kva.example", '"a b"@x.example', "a+b@x.example", "a@localhost",
              "a@[127.0.0.1]", "Ann <a@x.example>", "a@x.example, b@x.example;c@x.example", ",;", "a@x.example,", "@", "a@", "@x.example",
              "a@@x.example", "a..b@x.example", "a@x.example\r\nBcc: evil@x.test", "a@x.example\nBcc: evil@x.test", "<a@x.example>",
              "a@x.example>", "a\x00@x.example", "=?utf-8?q?a=40x.test?=@x.example", f"{'a' * 65}@x.example", f"a@{'x.' * 130}example",
              "a@x.example (note)", "x@127.0.0.1", "a@-x.example", "a@x_y.example", "a@\u202ex.example", "\uff11@x.example"]  # fmt: skip
_addresses = st.one_of(st.sampled_from(_ADDRESSES), st.sampled_from(_ADDRESSES[:6]), odd.typed_text,
                       st.builds("{}@{}".format, odd.typed_text, st.sampled_from(["x.example", "é.example"])))  # fmt: skip
_words = st.one_of(odd.typed_text, st.sampled_from([
    "=?utf-8?q?a=0D=0ABcc:_evil=40x.test?=", "a\r\nBcc: evil@x.test", "a\nb", "Bcc: evil@x.test", "\u2028", "é" * 300, "a" * 2000, "", " ",
    ".\r\n.\r\nQUIT", "\ud800", "%s {{ 7 * 7 }} {% for %}", "=?=?utf-8?q??=", "\t", "x\x1b[31m",
]))  # fmt: skip


_NAMED = [ref for ref in lines.REFS if ref != "-"]  # which reads others


@st.composite
def letters(draw):
    """A letter: to whom, with which words, of which invoice."""
    words = [
        "send",
        draw(st.sampled_from(["INV-00001", "DRAFT-00001", "INV-00003", *_NAMED])),
    ]
    for name in draw(st.lists(st.sampled_from(["to", "to", "cc", "bcc"]), max_size=3)):
        words.append(f"--{name}={draw(_addresses)}")
    for name in ("subject", "message"):
        if draw(st.booleans()):
            words.append(f"--{name}={draw(_words)}")
    if draw(st.booleans()):
        words += ["--set", f"company.name={draw(_words)}"]
    if draw(st.sampled_from([True, False, False])):
        words += ["--set", f"mail.from={draw(st.one_of(_addresses, _words))}"]
    return [*words, *draw(st.sampled_from([[], [], ["--resend"], ["--dry-run"]])), "--json"]


class Kind(NamedTuple):
    """What is typed of a kind (`strategy` gives words and what they read), and how many in a thousand."""

    strategy: object
    of_1000: int
    also: frozenset[int] = frozenset()


FILE_CODES = frozenset({10, 11})
KINDS = {
    "filters": Kind(asked(), 190, frozenset({11})),
    "imports": Kind(imports(), 190, FILE_CODES),
    "bodies": Kind(bodies, 110),
    "look-ups": Kind(
        typed("filter", "export", "aging", "get", "activity", "payments", "available"), 100
    ),
    "invoices": Kind(
        typed(
            "create",
            "update",
            "mark",
            "void",
            "duplicate",
            "delete",
            "publish",
            "unpublish",
            "batch",
            "trash",
        ),
        110,
        FILE_CODES,
    ),
    "money": Kind(typed("pay", "credit"), 110),
    "books": Kind(typed("customer", "order", "shipment", "product", "term", "tax"), 80, FILE_CODES),
    "settings typed": Kind(
        typed("config set", "config get", "config unset", "init"), 15, FILE_CODES
    ),
}
