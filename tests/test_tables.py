"""Tables for a terminal: money is never cut, text never acts, and every width works."""

import io
import os
import pty
import re
import subprocess
import sys
import textwrap
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from invoicectl.errors import ValidationError
from invoicectl.output.columns import as_late, as_money, as_percent, as_price, as_status, as_text
from invoicectl.output.grid import wrapped
from invoicectl.output.records import print_record
from invoicectl.output.screen import WIDE, Screen, screen_for
from invoicectl.output.tables import TABLES, label, print_list, print_result, safe

EUR = [
    {"currency": "EUR", "count": 3, "amount": Decimal("3703.50"), "amountOwed": Decimal("12.00")}
]


def invoice(number=1, **changed):
    return {
        "id": f"uuid-{number}",
        "friendlyId": f"INV-{number:05d}",
        "key": None,
        "customer": {"id": "c1", "name": "Müller & Söhne Maschinenbau GmbH"},
        "status": "AWAITING_PAYMENT",
        "invoiceDate": "2026-01-31",
        "dueDate": "2026-03-02",
        "amount": Decimal("1234.50"),
        "currency": "EUR",
        "amountOwed": Decimal("1000.00"),
        "overdue": False,
        "daysOverdue": 0,
    } | changed


LATE = invoice(2, overdue=True, daysOverdue=12)


def screen(width=WIDE, **more):
    return Screen(io.StringIO(), width, **more)


def listed(rows, kind="invoice", width=WIDE, *, on=None, **more):
    on = on or screen(width)
    print_list(rows, kind, screen=on, **more)
    return on.stream.getvalue()


def shown(record, kind="invoice", width=WIDE, **more):
    on = screen(width)
    print_record(record, kind, screen=on, **more)
    return on.stream.getvalue()


# --- lists ---


def test_a_wide_table_shows_everything():
    assert listed([invoice(), LATE]) == textwrap.dedent("""\
        Number     Customer                          Date        Due         Status      Amount          Owed  Late
        ─────────  ────────────────────────────────  ──────────  ──────────  ────────  ────────  ────────────  ────
        INV-00001  Müller & Söhne Maschinenbau GmbH  2026-01-31  2026-03-02  awaiting  1,234.50  1,000.00 EUR
        INV-00002  Müller & Söhne Maschinenbau GmbH  2026-01-31  2026-03-02  overdue   1,234.50  1,000.00 EUR  12 d
        """)


def test_eighty_columns_lose_the_date_and_shorten_the_name():
    assert listed([invoice(), LATE], width=80) == textwrap.dedent("""\
        Number     Customer           Due         Status      Amount          Owed  Late
        ─────────  ─────────────────  ──────────  ────────  ────────  ────────────  ────
        INV-00001  Müller & Söhne M…  2026-03-02  awaiting  1,234.50  1,000.00 EUR
        INV-00002  Müller & Söhne M…  2026-03-02  overdue   1,234.50  1,000.00 EUR  12 d
        """)


def test_a_narrow_terminal_has_a_card_a_record():
    assert listed([invoice(), LATE], width=50) == textwrap.dedent("""\
        INV-00001
          Customer  Müller & Söhne Maschinenbau GmbH
          Date      2026-01-31
          Due       2026-03-02
          Status    awaiting
          Amount    1,234.50
          Owed      1,000.00 EUR

        INV-00002
          Customer  Müller & Söhne Maschinenbau GmbH
          Date      2026-01-31
          Due       2026-03-02
          Status    overdue
          Amount    1,234.50
          Owed      1,000.00 EUR
          Late      12 d
        """)


huge = st.decimals(-(10**15), 10**15, places=2)


@given(st.integers(60, 140), st.lists(huge, min_size=1, max_size=3), st.text(max_size=60))
def test_a_table_never_cuts_an_amount_or_a_reference_and_never_is_too_wide(width, owed, name):
    rows = [invoice(at, amountOwed=sum_, customer={"name": name}) for at, sum_ in enumerate(owed)]
    text = listed(rows, width=width)
    for row in rows:
        assert f"{row['amountOwed']:,} EUR" in text
        assert row["friendlyId"] in text
    assert max(map(cell_len, text.split("\n"))) <= width


@given(st.integers(1, 59), huge)
def test_cards_never_cut_an_amount_however_narrow(width, owed):
    assert f"{owed:,} EUR\n" in listed([invoice(amountOwed=owed)], width=width)


def test_a_column_that_says_nothing_is_left_out():
    rows = [
        {"friendlyId": "C-00001", "key": None, "name": "Acme", "email": ["a@b.test", "c@d.test"]}
    ]
    assert listed(rows, "customer").splitlines()[::2] == [
        "Number   Name  E-mail",
        "C-00001  Acme  a@b.test, c@d.test",
    ]


def test_wide_characters_take_two_columns():
    row = invoice(customer={"name": "漢字" * 20})
    assert max(map(cell_len, listed([row], width=80).splitlines())) <= 80


def test_a_kind_without_columns_shows_its_plain_fields():
    rows = [{"name": "a", "count": 3, "sum": Decimal("1.50"), "currency": "EUR", "lines": [{}]}]
    assert listed(rows, "something") == textwrap.dedent("""\
        Name  Count       Sum  Currency
        ────  ─────  ────────  ────────
        a         3  1.50 EUR  EUR
        """)


@pytest.mark.parametrize("kind", TABLES)
def test_every_table_has_a_column_that_stays(kind):
    assert any(column.drop == 0 for column in TABLES[kind])


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("width", [20, 60, 80, WIDE])
def test_every_table_bears_a_record_that_knows_nothing(kind, width):
    assert listed([{}], kind, width) is not None


def test_fields_are_columns_and_none_of_them_is_left_out():
    text = listed([invoice(), LATE], fields=["friendlyId", "reference", "customer.name", "amount"])
    assert text.splitlines()[0].split() == ["Number", "Reference", "Customer", "Amount"]
    narrow = listed([invoice()], width=65, fields=[*TABLES_FIELDS])
    assert "1,234.50 EUR" in narrow
    assert "uuid-1" in narrow


TABLES_FIELDS = ("friendlyId", "id", "invoiceDate", "dueDate", "amount", "amountOwed", "customer")


def test_an_unknown_field_is_refused():
    with pytest.raises(ValidationError, match="no field 'ammount'"):
        listed([invoice()], fields=["ammount"], known=["amount"])
    with pytest.raises(ValidationError, match="no field 'ammount'"):
        shown(invoice(), fields=["ammount"], known=["amount"])


# --- how many ---


@pytest.mark.parametrize(
    ("rows", "total", "said"),
    [
        (50, None, []),
        (57, None, ["… and 7 more: use --all / --page"]),
        (50, 1234, ["… and 1184 more: use --all / --page"]),
        (0, None, ["no invoices"]),
    ],
)
def test_a_table_has_fifty_rows_and_says_how_many_more_there_are(rows, total, said):
    told = []
    text = listed([invoice(at) for at in range(rows)], total=total, talk=told.append)
    assert told == said
    assert text.count("INV-") == min(rows, 50)


def test_rows_that_cannot_be_counted_are_not_read_to_the_end():
    read = []
    told = []
    rows = (read.append(at) or invoice(at) for at in range(1000))
    listed(rows, talk=told.append)
    assert told == ["… and more: use --all / --page"]
    assert len(read) == 51


def test_without_a_limit_all_rows_are_shown():
    assert listed((invoice(at) for at in range(120)), limit=None).count("INV-") == 120


def test_totals_stand_below_what_they_add_up_whatever_else_has_to_go():
    for width in (60, 80, WIDE):
        lines = listed([invoice()], width=width, totals=lambda: EUR).splitlines()
        assert set(lines[-2]) == {"─", " "}
        assert re.fullmatch(r"Total EUR  3 invo\S+ +3,703.50 +12.00 EUR", lines[-1])
        assert lines[-1].index("3,703.50") + 8 == lines[2].index("1,234.50") + 8


def test_totals_of_fields_that_were_asked_for_are_named():
    text = listed([invoice()], totals=lambda: EUR, fields=["reference"])
    assert text.endswith("\n\nTotal  3 in EUR:  amount 3,703.50 EUR  amount owed 12.00 EUR\n")


def test_the_total_of_cards_is_a_card():
    text = listed([invoice()], width=50, totals=lambda: EUR)
    assert text.endswith(
        "\n\nTotal EUR  3 invoices\n  Amount    3,703.50\n  Owed         12.00 EUR\n"
    )


def test_where_all_are_late_the_days_stay_and_the_status_goes():
    million = dict.fromkeys(("amount", "amountOwed"), Decimal("9876543.21"))
    heading, _, line = listed(
        [LATE | million | {"status": "PARTIALLY_PAID"}], width=80
    ).splitlines()
    assert heading.split() == ["Number", "Customer", "Due", "Amount", "Owed", "Late"]
    assert line.endswith(" 12 d")


def test_decimal_points_of_several_currencies_are_below_each_other():
    rows = [invoice(), invoice(amountOwed=Decimal("500"), currency="JPY")]
    one, other = listed(rows).splitlines()[2:]
    assert one.endswith("1,000.00 EUR")
    assert other.endswith("  500    JPY")


def test_a_card_wraps_what_is_long_and_lines_its_amounts_up():
    name = "Wonka Industries International Holdings of the World"
    text = listed([invoice(customer={"name": name})], width=40)
    assert "  Customer  Wonka Industries\n            International Holdings of\n" in text
    assert "  Amount    1,234.50\n  Owed      1,000.00 EUR\n" in text


# --- one record ---


RECORD = LATE | {
    "subtotal": Decimal("1100.00"),
    "tax": Decimal("134.50"),
    "shipping": Decimal("0.00"),
    "total": Decimal("1234.50"),
    "note": "first\nsecond",
    "paymentTerm": {"id": "t", "name": "Net 30"},
    "lines": [
        {
            "position": 1,
            "description": "Work",
            "quantity": Decimal("2.5"),
            "unitPrice": Decimal("440.00"),
            "total": Decimal("1234.50"),
        }
    ],
    "payments": [{"paymentDate": "2026-02-01", "amount": Decimal("234.50"), "reference": None}],
    "credits": [],
    "version": 3,
    "kpis": {"outstanding": Decimal("1000.00"), "creditApplied": Decimal(0), "voidedOn": None},
}


def test_a_record_in_brief_is_what_a_person_wants_to_see():
    assert shown(RECORD) == textwrap.dedent("""\
        Invoice INV-00002  overdue, 12 days late

        Customer      Müller & Söhne Maschinenbau GmbH

        Invoice date  2026-01-31
        Due date      2026-03-02
        Payment term  Net 30

        Subtotal      1,100.00 EUR
        Tax             134.50 EUR
        Amount        1,234.50 EUR

        Amount owed   1,000.00 EUR

        Note          first
                      second

        Lines
        #  Description  Quantity   Price     Total
        ─  ───────────  ────────  ──────  ────────
        1  Work              2.5  440.00  1,234.50

        Payments
        Date            Amount
        ──────────  ──────────
        2026-02-01  234.50 EUR
        """)


def test_a_whole_record_has_the_rest_too_but_no_figure_that_is_zero():
    text = shown(RECORD, whole=True)
    assert "Shipping             0.00 EUR\n" in text
    assert (
        textwrap.dedent("""
        Id               uuid-2
        Currency         EUR
        Version          3
        KPI outstanding  1,000.00 EUR

        Lines
        """)
        in text
    )
    assert "credit applied" not in text


def test_what_is_owed_is_shown_in_brief_even_if_it_is_nothing():
    assert "Amount owed       0.00 EUR\n" in shown(invoice(amountOwed=Decimal("0.00")))


def test_a_record_without_groups_leaves_ids_and_versions_out_in_brief():
    term = {"id": "uuid", "friendlyId": "T-1", "name": "Net 30", "days": 30, "version": 2}
    assert shown(term, "term") == "Term T-1\n\nNumber  T-1\nName    Net 30\nDays    30\n"
    assert "Version  2\n" in shown(term, "term", whole=True)


def test_a_record_of_a_kind_without_groups_shows_all_it_says():
    assert shown({"created": 3, "rejected": 0, "note": None}, "import") == (
        "Created   3\nRejected  0\n"
    )


def test_fields_narrow_a_record_and_what_is_unknown_stays():
    text = shown(invoice(), fields=["friendlyId", "reference", "amountOwed", "customer.name"])
    assert text.splitlines() == [
        "Number       INV-00001",
        "Reference",
        "Amount owed  1,000.00 EUR",
        "Customer     Müller & Söhne Maschinenbau GmbH",
    ]


def test_an_outcome_shows_what_succeeded_and_why_the_rest_failed():
    on = screen()
    failed = [{"ref": "INV-9", "error": "not_found", "message": "no invoice 'INV-9'"}]
    done = [invoice(customer={"name": "Müller & Söhne"})]
    print_result({"succeeded": done, "failed": failed}, "invoice", screen=on)
    assert on.stream.getvalue().splitlines()[2:] == [
        "INV-00001  Müller & Söhne  2026-01-31  2026-03-02  awaiting  1,234.50  1,000.00 EUR",
        "",
        "Failed  Error      Message",
        "──────  ─────────  ──────────────────",
        "INV-9   not_found  no invoice 'INV-9'",
    ]


def activity(detail, **more):
    row = {"at": "2026-01-31T10:00:00Z", "by": "me", "friendlyId": "INV-00001", "action": "pay"}
    return row | {"detail": detail} | more


def test_the_detail_of_an_action_is_in_words_on_as_many_lines_as_it_takes():
    said = {"amount": "1796.35", "currency": "CAD", "dueDate": "2026-03-02", "seal": "ab" * 32}
    assert listed([activity(said)], "activity", width=70).splitlines()[2:] == [
        "2026-01-31T10:00:00Z  me  pay     amount 1,796.35 CAD,",
        "                                  due date 2026-03-02",
    ]


@pytest.mark.parametrize(
    ("action", "detail", "words"),
    [
        ("update", {"reference": [None, "R-1"]}, "reference nothing -> R-1"),
        ("pdf", {"sha256": "ab" * 32, "bytes": 12}, "sha256 abababababab..."),
        ("send", {"refused": ["a@b.test", "c@d.test"]}, "refused a@b.test, c@d.test"),
        ("import", {"from": {"name": "Ada", "amount": "1.50"}}, "from name Ada, amount 1.50"),
        ("delete", {}, ""),
    ],
)
def test_details_of_every_form_are_words(action, detail, words):
    text = listed([activity(detail, action=action)], "activity")
    assert text.splitlines()[2].partition(action)[2].strip() == words


def test_a_setting_is_never_cut():
    row = {"key": "company.name", "value": "Northwind " * 9, "meaning": "your company " * 3}
    for width in (40, 70, 80):
        text = " ".join(listed([row], "setting", width=width).split())
        assert text.count("Northwind") == 9
        assert "…" not in text


@given(st.text(), st.integers(2, 40))
def test_wrapped_text_keeps_its_words_and_fits(text, width):
    lines = wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("sign", ["x", "é", "日", "e\u0301"])
def test_a_word_of_a_million_signs_is_wrapped_in_one_pass(sign):
    lines = wrapped(sign * 1_000_000, 40)  # cut off bit by bit it would take the whole night
    assert "".join(lines) == sign * 1_000_000


def test_a_million_words_that_fit_are_left_on_their_line():
    assert wrapped(" a" * 1_000_000, 2_000_000) == ["a" + " a" * 999_999]


# --- words ---


@pytest.mark.parametrize(
    ("shown_as", "expected"),
    [
        (as_money(Decimal("-1234567.890"), {"currency": "KWD"}), "-1,234,567.890 KWD"),
        (as_money(Decimal("1E+3"), {"currency": "JPY"}), "1,000 JPY"),
        (as_money(Decimal("1.00"), {}), "1.00"),
        (as_money(None, {"currency": "EUR"}), ""),
        (as_price(Decimal("1349.5"), {"currency": "CAD"}), "1,349.50"),
        (as_price(Decimal("0.0525"), {"currency": "USD"}), "0.0525"),
        (as_price(Decimal("12"), {"currency": "JPY"}), "12"),
        (as_percent(Decimal("0.13"), {}), "13 %"),
        (as_percent(Decimal("0.09975"), {}), "9.975 %"),
        (as_percent(Decimal("1.00"), {}), "100 %"),
        (as_status("PARTIALLY_PAID", {}), "partly paid"),
        (as_status("DELIVERED_UNPAID", {}), "delivered unpaid"),
        (as_status("PARTIALLY_PAID", {"overdue": True}), "partly paid"),
        (as_late(3, {"overdue": True}), "3 d"),
        (as_late(3, {"overdue": False}), ""),
        (as_text(True, {}), "yes"),
        (as_text([{"name": "GST"}, {"rate": 1}], {}), 'GST, {"rate":1}'),
    ],
)
def test_values_are_shown_as_a_bookkeeper_reads_them(shown_as, expected):
    assert shown_as == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("friendlyId", "Number"),
        ("customer.friendlyId", "Customer number"),
        ("qboId", "QuickBooks id"),
        ("paymentTerm.name", "Payment term"),
        ("address.line1", "Address line1"),
    ],
)
def test_a_field_is_labelled_in_words(name, words):
    assert label(name) == words


# --- terminals ---


@given(st.text())
def test_safe_text_is_one_line_of_signs_that_are_only_seen(text):
    assert all(
        unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for one in safe(text)
    )


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"])))
def test_text_without_hidden_signs_is_left_alone(text):
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b31m", r"\x9b31m"),
        ("\x1b]52;c;aGk=\x07", r"\x1b]52;c;aGk=\x07"),
        ("a\u202eb", r"a\u202eb"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("a\nb\tc\rd\x7f", r"a\x0ab\x09c\x0dd\x7f"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_by_its_number(text, expected):
    assert safe(text) == expected


@pytest.mark.parametrize(
    "name", ["[red]x[/red]", "[/x]", ":smile:", "\x1b]8;;http://e\x07l", "[link=x]"]
)
@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("width", [WIDE, 40])
def test_names_are_never_markup(name, colour, width):
    rows = [invoice(overdue=True, customer={"name": name}, note=name)]
    on = screen(width, colour=colour)
    assert safe(name) in listed(rows, on=on)
    print_record(rows[0], "invoice", screen=on)
    assert "\x1b]" not in on.stream.getvalue()


def test_colour_marks_what_is_late_and_nothing_else():
    text = listed([invoice(), LATE], on=screen(colour=True))
    first, second = text.splitlines()[2:]
    assert "\x1b" not in first
    assert re.findall("\x1b\\[31m *([^\x1b]*)", second) == ["2026-03-02", "1,000.00 EUR", "12 d"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "koi8-r", "shift_jis", "utf-8"])
@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("width", [30, 70, WIDE])
def test_no_encoding_makes_it_crash_or_cut(encoding, colour, width):
    out = io.BytesIO()
    stream = io.TextIOWrapper(out, encoding, errors="strict")
    on = Screen(stream, width, colour, encoding)
    row = invoice(customer={"name": "Łódź ₩ 漢字 " * 5}, note="…─")
    print_list([row], "invoice", screen=on)
    print_record(row, "invoice", screen=on)
    assert "1,000.00 EUR" in out.getvalue().decode(encoding)


class Stream(io.StringIO):
    encoding = "utf-8"

    def __init__(self, *, tty):
        super().__init__()
        self.tty = tty

    def isatty(self):
        return self.tty


@pytest.mark.parametrize(
    ("tty", "environ", "no_color", "colour"),
    [
        (True, {"TERM": "xterm"}, False, True),
        (True, {"TERM": "xterm"}, True, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, False, True),
        (True, {"TERM": "dumb"}, False, False),
        (True, {}, False, False),
        (False, {"TERM": "xterm"}, False, False),
        (False, {"FORCE_COLOR": "1"}, False, True),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        (False, {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_is_where_it_is_wanted(tty, environ, no_color, colour):
    assert screen_for(Stream(tty=tty), no_color=no_color, environ=environ).colour is colour


@pytest.mark.parametrize(
    ("tty", "columns", "width"),
    [
        (False, None, WIDE),
        (False, "72", 72),
        (True, "72", 72),
        (True, None, 80),
        (True, "0", 80),
        (True, "-5", 80),
        (True, "wide", 80),
        (True, "²", 80),
    ],
)
def test_the_width_is_the_terminals_unless_columns_says_otherwise(tty, columns, width):
    environ = {} if columns is None else {"COLUMNS": columns}
    assert screen_for(Stream(tty=tty), environ=environ).width == width


REAL = """
import sys
from decimal import Decimal
from invoicectl.output.records import print_record
from invoicectl.output.screen import screen_for
from invoicectl.output.tables import print_list
name = "Acme\\x1b]52;c;aGk=\\x07\\x9b31m\\u202e" + "x" * 99
row = {"friendlyId": "INV-00001", "customer": {"name": name},
       "status": "AWAITING_PAYMENT", "invoiceDate": "2026-01-31", "dueDate": "2026-03-02",
       "amount": Decimal("1234567.89"), "amountOwed": Decimal("1234567.89"), "currency": "EUR",
       "overdue": True, "daysOverdue": 3, "note": "\\x1b[2J\\nsecond"}
print_list([row], "invoice", screen=screen_for(sys.stdout))
if sys.argv[1:]:
    print_record(row, "invoice", screen=screen_for(sys.stdout))
"""


def on_terminal(columns, *arguments, **environ):
    """Return what a real terminal of this width is sent."""
    master, slave = pty.openpty()
    subprocess.run(["stty", "cols", str(columns), "rows", "40"], stdin=slave, check=True)
    clean = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
    subprocess.run(
        [sys.executable, "-c", REAL, *arguments],
        stdin=slave,
        stdout=slave,
        env=clean | {"TERM": "xterm", **environ},
        check=True,
        timeout=60,
    )
    os.close(slave)
    sent = b""
    try:
        while piece := os.read(master, 65536):
            sent += piece
    except OSError:  # Linux says EIO once the other end is closed
        pass
    os.close(master)
    return sent.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [80, 50])
def test_a_real_terminal_gets_whole_amounts_in_its_width_and_no_commands(columns):
    sent = on_terminal(columns)
    assert "\x1b[31m" in sent
    seen = re.sub("\x1b\\[[0-9;]*m", "", sent)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", seen)
    assert "1,234,567.89 EUR" in seen
    assert max(map(cell_len, seen.splitlines())) <= columns


def test_a_real_terminal_without_colour_gets_no_escape_at_all():
    sent = on_terminal(80, "record too", NO_COLOR="1", FORCE_COLOR="1")
    assert "\x1b" not in sent
    assert r"\x1b[2J" in sent


def test_an_ascii_terminal_gets_ascii():
    sent = on_terminal(80, "record too", PYTHONIOENCODING="ascii", TERM="dumb")
    assert sent.isascii()
    assert "---------" in sent
