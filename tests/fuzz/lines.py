"""Command lines, out of the commands and options that there are and values that fit them or not."""

from functools import cache

from hypothesis import strategies as st

from invoicectl import tree
from invoicectl.commands import COMMANDS, Entry
from invoicectl.store.records.fields import SHAPES, fields
from tests.fuzz import odd

# What stands in the sample books.
REFS = ["INV-00001", "INV-00002", "INV-00003", "DRAFT-00001", "DRAFT-00002", "inv-00001", "C-00001", "C-00002", "globex",
        "Globex", "ORD-00001", "SHP-00001", "PAY-00001", "CM-00001", "TAX-00001", "GST", "TRM-00001", "Net 30", "PRD-00001",
        "WEB", "INV-00099", "INV-0", "INV-99999999999999999999", "00000000-0000-0000-0000-000000000000", "-"]  # fmt: skip
FIELDS = [*sorted({name for kind in SHAPES for name in fields(kind)}), "customer", "kpis", "x"]
FORMATS = ["--json", "-fjson", "-fjsonl", "-fcsv", "-ftsv", "-fxml", "-ftable"]
ITEM_NAMES = ["desc", "qty", "price", "unit", "tax", "discount", "sku", "itemId", "productId", "warehouse", "description", "quantity",
              "unitPrice", "accountingCode", "chargingStartDate", "x", ""]  # fmt: skip
STATUSES = [
    "draft",
    "sent",
    "open",
    "partial",
    "paid",
    "overdue",
    "void",
    "DRAFT",
    "VOIDED",
    "draft,paid",
    ",",
    "x",
]
SORTS = [
    "invoiceDate",
    "-invoiceDate",
    "dueDate",
    "amount",
    "-amountOwed",
    "createdAt",
    "friendlyId",
    "-",
    "--amount",
    "status",
    "x",
]
# Nothing is asked of a person, started, or put where it could do harm.
LEFT_OUT = {"config edit", "demo", "restore", "check", "backup", "completion", "help", "schema"}

_refs = st.one_of(st.sampled_from(REFS), st.sampled_from(REFS), odd.typed_text)


@st.composite
def items(draw):
    """A line of an invoice or an order, as --item and --charge take it."""
    named = {"desc": "Work", "qty": "2", "price": "10.50"} if draw(st.booleans()) else {}
    for name in draw(st.lists(st.sampled_from(ITEM_NAMES), max_size=4)):
        value = {
            "desc": odd.typed_text, "tax": st.sampled_from(["GST", "GST+QST", "gst", "GST+GST", "+", "x", "NONE"]),
            "sku": st.sampled_from(["WEB", "x", ""]), "productId": _refs, "unit": odd.typed_text,
        }.get(name, odd.amounts)  # fmt: skip
        named[name] = draw(value)
    separator = draw(st.sampled_from([",", ",", ",", ", ", ";", ",,"]))
    equals = draw(st.sampled_from(["=", "=", "=", " = ", "==", ":"]))
    return separator.join(f"{name}{equals}{value}" for name, value in named.items())


@st.composite
def pairs(draw, values=odd.typed_text):
    """NAME=VALUE."""
    return f"{draw(odd.typed_text)}{draw(st.sampled_from(['=', '=', '=', '==', '']))}{draw(values)}"


def _some(*words):
    return st.one_of(st.sampled_from(words), odd.typed_text)


# By the end of an option's name: the values it is given.
VALUES = {
    "amount": odd.amounts, "owed": odd.amounts, "shipping": odd.amounts, "unit-price": odd.amounts, "rate": odd.amounts,
    "fee": odd.amounts, "discount": odd.amounts, "expect-total": odd.amounts,
    "date": odd.days, "from": odd.days, "to": odd.days, "as-of": odd.days, "start": odd.days, "end": odd.days, "on": odd.days,
    "today": odd.days,
    "term": odd.terms, "rule": odd.terms, "currency": odd.currencies,
    "customer": _refs, "order": _refs, "shipment": _refs, "key": _refs, "number": _refs,
    "item": items(), "charge": items(), "attr": pairs(), "apply": pairs(odd.amounts),
    "line": st.one_of(odd.whole_numbers, pairs(odd.amounts)),
    "status": st.one_of(st.sampled_from(STATUSES), odd.typed_text), "sort": st.one_of(st.sampled_from(SORTS), odd.typed_text),
    "page-size": odd.whole_numbers, "page": odd.whole_numbers, "days": odd.whole_numbers, "if-version": odd.whole_numbers,
    "expect-count": odd.whole_numbers, "buckets": st.lists(odd.whole_numbers, max_size=5).map(",".join),
    "tax": _some("GST", "GST+QST", "gst", "x"), "shipping-tax": _some("GST", "QST+GST"),
    "email": _some("a@b.example", "a@", "a@b@c", "a@b, c@d", "a b@c.example", "x" * 300 + "@a.example", "é@b.example"),
    "by": _some("due-date", "invoice-date"), "factored": _some("include", "exclude", "only"),
    "tax-rounding": _some("document", "line"), "excess": _some("unapplied"), "factor-name": _some("DENIM", "HAULPAY", "denim"),
    "template": _some("invoice", "aging", "../invoice", "x"),
    "method": odd.typed_text,
}  # fmt: skip
_FIELD_LISTS = st.lists(st.one_of(st.sampled_from(FIELDS), odd.typed_text), max_size=4).map(
    ",".join
)
# A folder or file to be written, or read: names that can only be in the folder of the test.
_PATHS = st.sampled_from(
    ["out.csv", "out.json", "here", "", ".", "nowhere/x.json", "books.db", "config.toml", "\udc80"]
)


def value_of(command, option):
    """Return the values that an option is given."""
    name = option.lstrip("-")
    if name == "from" and command not in {"filter", "export", "payment list", "credit list"}:
        return _PATHS
    if name in {"pdf", "skip-invalid"}:
        return _PATHS
    ends = [end for end in VALUES if name == end or name.endswith(f"-{end}")]
    return VALUES[max(ends, key=len)] if ends else odd.typed_text


@cache
def commands():
    """Return every command that can be typed here, and its parameters."""
    found = []

    def walk(name: str, entry: Entry) -> None:
        if entry.sub:
            for verb, sub in entry.sub.items():
                walk(f"{name} {verb}", sub)
        elif name not in LEFT_OUT:
            last = name.rpartition(" ")[2]
            found.append(
                (name, [each for each in tree.build(last, entry).params if each.name != "help"])
            )

    for name, entry in COMMANDS.items():
        walk(name, entry)
    return found


@st.composite
def command_lines(draw, only=None):
    """A command, its arguments, and some of its options; `only` says which commands."""
    name, parameters = draw(
        st.sampled_from([each for each in commands() if only is None or only(each[0])])
    )
    words = name.split()
    options = [each for each in parameters if each.opts[0].startswith("-")]
    for each in parameters:
        if not each.opts[0].startswith("-"):
            most = 3 if each.nargs == -1 else 1
            values = pairs() if name == "config set" else _refs
            if name == "import":
                values = st.sampled_from(["customers", "invoices", "x", "nowhere.json", "", "-"])
            words += draw(st.lists(values, min_size=1, max_size=most))
    for each in (
        draw(st.lists(st.sampled_from(options), max_size=5, unique_by=id)) if options else ()
    ):
        option = draw(st.sampled_from(each.opts))
        if getattr(each, "is_flag", False):
            words.append(option)
            continue
        for _ in range(draw(st.sampled_from([1, 1, 2])) if each.multiple else 1):
            value = draw(value_of(name, each.opts[0]))
            words += draw(st.sampled_from([[option, value], [f"{option}={value}"]]))
    return [*draw(global_options()), *words]


@st.composite
def global_options(draw):
    """The options that every command takes, and a format to read the answer in."""
    words = [draw(st.sampled_from(FORMATS)), "--yes"] if draw(st.integers(0, 9)) else []
    more = draw(st.integers(0, 19))
    if more == 0:
        words += ["--fields", draw(_FIELD_LISTS)]
    elif more == 1:
        words += ["--today", draw(odd.days)]
    elif more == 2:
        words += ["--format", draw(odd.typed_text)]
    return words
