"""The aging report as a spreadsheet, a program and a terminal read it."""

import csv
import io
import json
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from invoicectl.output.aging import write_aging
from invoicectl.output.aging_chart import print_chart
from invoicectl.output.aging_table import print_aging
from invoicectl.output.screen import Screen

LABELS = ["current", "1-30", "31-60", "61-90", "90+"]


def amounts(*several):
    return dict(zip(LABELS, map(Decimal, several), strict=True))


def detail(number, due, days, bucket, owed):
    return {
        "id": f"id-{number}",
        "friendlyId": number,
        "key": None,
        "invoiceDate": "2025-12-01",
        "dueDate": due,
        "days": days,
        "bucket": bucket,
        "owed": Decimal(owed),
    }


ACME = {
    "customer": {"id": "c1", "key": "ACME", "friendlyId": "C-00001", "name": "=Acme"},
    "currency": "EUR",
    "amounts": amounts("0.00", "1234.50", "0.00", "0.00", "200.00"),
    "total": Decimal("1434.50"),
    "unapplied": Decimal("-34.50"),
    "balance": Decimal("1400.00"),
    "invoices": 2,
    "details": [
        detail("INV-00001", "2026-01-01", 30, "1-30", "1234.50"),
        detail("INV-00002", None, 120, "90+", "200.00"),
    ],
}
ZEN = {
    "customer": {"id": "c2", "key": None, "friendlyId": "C-00002", "name": "Zen"},
    "currency": "JPY",
    "amounts": amounts("500", "0", "0", "0", "0"),
    "total": Decimal("500"),
    "unapplied": Decimal("0"),
    "balance": Decimal("500"),
    "invoices": 1,
    "details": [detail("INV-00003", "2026-02-01", -1, "current", "500")],
}
SUMS = ("currency", "amounts", "total", "unapplied", "balance", "invoices")
BOUNDS = [(None, 0), (1, 30), (31, 60), (61, 90), (91, None)]
REPORT = {
    "asOf": "2026-01-31",
    "by": "due-date",
    "buckets": [
        {"label": label, "from": start, "to": end}
        for label, (start, end) in zip(LABELS, BOUNDS, strict=True)
    ],
    "rows": [ACME, ZEN],
    "totals": [{name: row[name] for name in SUMS} for row in (ACME, ZEN)],
}
EMPTY = REPORT | {"rows": [], "totals": []}


def written(format, report=REPORT, **more):
    out = io.BytesIO()
    write_aging(report, format=format, out=out, **more)
    return out.getvalue().decode()


def printed(width=200, report=REPORT, *, colour=False, **more):
    stream = io.StringIO()
    print_aging(report, screen=Screen(stream, width, colour), **more)
    return stream.getvalue()


def test_csv_is_exactly_this():
    assert written("csv") == (
        "asOf,customerId,customerKey,customerName,currency,"
        "current,1-30,31-60,61-90,90+,total,unapplied,balance,invoices\n"
        "2026-01-31,c1,ACME,'=Acme,EUR,0.00,1234.50,0.00,0.00,200.00,1434.50,-34.50,1400.00,2\n"
        "2026-01-31,c2,,Zen,JPY,500,0,0,0,0,500,0,500,1\n"
    )


def test_csv_has_a_row_called_total_for_each_currency_where_totals_are_wanted():
    assert written("csv", totals=True) == written("csv") + (
        "2026-01-31,,,Total,EUR,0.00,1234.50,0.00,0.00,200.00,1434.50,-34.50,1400.00,2\n"
        "2026-01-31,,,Total,JPY,500,0,0,0,0,500,0,500,1\n"
    )


def test_csv_in_detail_is_a_row_an_invoice():
    assert written("csv", detail=True, totals=True) == (
        "asOf,customerId,customerKey,customerName,currency,"
        "invoiceId,invoiceNumber,invoiceDate,dueDate,days,bucket,owed\n"
        "2026-01-31,c1,ACME,'=Acme,EUR,id-INV-00001,INV-00001,2025-12-01,2026-01-01,30,1-30,1234.50\n"
        "2026-01-31,c1,ACME,'=Acme,EUR,id-INV-00002,INV-00002,2025-12-01,,120,90+,200.00\n"
        "2026-01-31,c2,,Zen,JPY,id-INV-00003,INV-00003,2025-12-01,2026-02-01,-1,current,500\n"
        "2026-01-31,,,Total,EUR,,,,,,,1434.50\n"
        "2026-01-31,,,Total,JPY,,,,,,,500\n"
    )


def test_csv_of_nothing_is_its_header():
    assert written("csv", EMPTY, totals=True).count("\n") == 1


def test_other_buckets_are_other_columns():
    buckets = [{"label": label, "from": None, "to": None} for label in ("current", "1-15", "15+")]
    header = written("csv", EMPTY | {"buckets": buckets}).strip()
    assert header.endswith("currency,current,1-15,15+,total,unapplied,balance,invoices")


def test_tsv_is_the_same_between_tabs():
    rows = list(csv.reader(io.StringIO(written("csv"))))
    assert [line.split("\t") for line in written("tsv").splitlines()] == rows


def test_json_is_the_report_and_details_only_on_request():
    read = json.loads(written("json", detail=True), parse_float=Decimal)
    assert read == REPORT
    assert '"total": 1434.50' in written("json")
    assert "details" not in written("json")


def test_jsonl_is_a_row_a_line():
    lines = [json.loads(line) for line in written("jsonl").splitlines()]
    assert [line["customer"]["name"] for line in lines] == ["=Acme", "Zen"]


def test_xml_has_rows_totals_and_labelled_buckets():
    root = ElementTree.fromstring(written("xml", detail=True))
    assert (root.tag, root.findtext("asOf")) == ("aging", "2026-01-31")
    row = root.find("row")
    assert [bucket.get("label") for bucket in row.findall("bucket")] == LABELS
    assert row.findtext("bucket[@label='1-30']") == "1234.50"
    assert row.findtext("total") == "1434.50"
    assert row.findtext("customer/name") == "=Acme"
    assert row.findtext("details/detail/friendlyId") == "INV-00001"
    assert [total.findtext("currency") for total in root.findall("total")] == ["EUR", "JPY"]


def test_the_same_report_gives_the_same_bytes():
    assert written("csv") == written("csv")


# --- on a terminal ---

WIDE = """\
Aging as of 2026-01-31, by due date

Customer  Currency  Current      1-30  31-60  61-90     90+     Total  Unapplied   Balance  Invoices
────────  ────────  ───────  ────────  ─────  ─────  ──────  ────────  ─────────  ────────  ────────
=Acme     EUR          0.00  1,234.50   0.00   0.00  200.00  1,434.50     -34.50  1,400.00         2
Zen       JPY        500         0      0      0       0       500          0       500            1
────────  ────────  ───────  ────────  ─────  ─────  ──────  ────────  ─────────  ────────  ────────
Total     EUR          0.00  1,234.50   0.00   0.00  200.00  1,434.50     -34.50  1,400.00         2
Total     JPY        500         0      0      0       0       500          0       500            1
"""

A_CURRENCY_EACH = """\
Aging as of 2026-01-31, by due date

EUR
Customer  Current      1-30  31-60  61-90     90+     Total  Unapplied   Balance
────────  ───────  ────────  ─────  ─────  ──────  ────────  ─────────  ────────
=Acme        0.00  1,234.50   0.00   0.00  200.00  1,434.50     -34.50  1,400.00
────────  ───────  ────────  ─────  ─────  ──────  ────────  ─────────  ────────
Total        0.00  1,234.50   0.00   0.00  200.00  1,434.50     -34.50  1,400.00

JPY
Customer  Current  1-30  31-60  61-90  90+  Total  Unapplied  Balance  Invoices
────────  ───────  ────  ─────  ─────  ───  ─────  ─────────  ───────  ────────
Zen           500     0      0      0    0    500          0      500         1
────────  ───────  ────  ─────  ─────  ───  ─────  ─────────  ───────  ────────
Total         500     0      0      0    0    500          0      500         1
"""

TWO_LINES = """\
EUR
Customer              Total  Unapplied   Balance
Current      1-30     31-60      61-90       90+
───────  ────────  ────────  ─────────  ────────
=Acme              1,434.50     -34.50  1,400.00
   0.00  1,234.50      0.00       0.00    200.00
───────  ────────  ────────  ─────────  ────────
Total              1,434.50     -34.50  1,400.00
   0.00  1,234.50      0.00       0.00    200.00
"""

CARDS = """\
=Acme, EUR
  1-30       1,234.50
  90+          200.00
  Total      1,434.50
  Unapplied    -34.50
  Balance    1,400.00
  Invoices          2
"""


def test_a_wide_terminal_has_a_line_a_customer_and_a_total_a_currency():
    assert printed() == WIDE


def test_a_narrower_one_has_a_table_for_each_currency():
    assert printed(80) == A_CURRENCY_EACH


@pytest.mark.parametrize("width", [60, 75])
def test_still_narrower_a_customer_has_two_lines_the_sums_and_the_buckets(width):
    assert TWO_LINES in printed(width)


def test_all_currencies_are_laid_out_alike():
    headings = [line for line in printed(75).splitlines() if line.startswith("Customer")]
    assert [heading.split() for heading in headings] == [
        ["Customer", "Total", "Unapplied", "Balance"]
    ] * 2


def test_a_narrow_one_has_cards_with_every_amount_that_is_not_zero():
    assert CARDS in printed(40)


@pytest.mark.parametrize("width", [*range(20, 130, 7), 80])
def test_no_width_loses_an_amount(width):
    figures = printed(width).replace("\n", " ").split()
    for amount in ("1,234.50", "200.00", "1,434.50", "-34.50", "1,400.00"):
        assert figures.count(amount) == 2


@pytest.mark.parametrize("width", [60, 62, 65, 70, 75, 80, 85, 90, 95, 100])
def test_no_line_is_wider_than_the_terminal_and_the_balance_is_always_there(width):
    lines = printed(width).splitlines()
    assert max(map(len, lines)) <= width
    assert any("Balance" in line for line in lines)


def test_a_name_that_would_be_cut_short_has_the_room_of_two_columns():
    long = ACME | {"customer": ACME["customer"] | {"name": "Maple Furniture Incorporated"}}
    line = "\nMaple Furniture Incorporated  1,434.50     -34.50  1,400.00\n"
    assert line in printed(80, REPORT | {"rows": [long, ZEN]})


def test_in_detail_every_invoice_has_a_line():
    assert printed(80, detail=True).splitlines()[4:] == [
        "=Acme     INV-00001  2025-12-01  2026-01-01    30  1-30     1,234.50 EUR",
        "=Acme     INV-00002  2025-12-01               120  90+        200.00 EUR",
        "Zen       INV-00003  2025-12-01  2026-02-01    -1  current    500    JPY",
        "────────  ─────────  ──────────  ──────────  ────  ───────  ────────────",
        "Total                                                       1,434.50 EUR",
        "Total                                                         500    JPY",
    ]


def test_what_is_late_is_red_in_detail_and_the_oldest_bucket_of_customers():
    late = re.findall("\x1b\\[31m *([^\x1b]*)", printed(200, detail=True, colour=True))
    assert [text for text in late if text] == [
        "2026-01-01",
        "30",
        "1,234.50 EUR",
        "120",
        "200.00 EUR",
    ]
    assert re.findall("\x1b\\[31m *([^\x1b]*)", printed(200, colour=True)) == ["200.00"]


@pytest.mark.parametrize("detail", [False, True])
def test_nothing_owed_is_said(detail):
    text = printed(report=EMPTY, detail=detail)
    assert text == "Aging as of 2026-01-31, by due date\n\nNothing is owed.\n"


# --- bars ---


def charted(width=80, report=REPORT, encoding="utf-8"):
    stream = io.StringIO()
    print_chart(report, screen=Screen(stream, width, encoding=encoding))
    return stream.getvalue()


def test_a_bar_says_how_much_is_owed_and_how_much_of_it_is_late():
    half = ACME | {"amounts": amounts("717.25", "717.25", "0.00", "0.00", "0.00")}
    small = ACME | {"customer": {"name": "Bit"}, "amounts": amounts("0", "1", "0", "0", "0")}
    rows = [half, small | {"total": Decimal("1.00")}]
    total = REPORT["totals"][0] | {"amounts": amounts("717.25", "718.25", "0", "0", "0")}
    text = charted(60, REPORT | {"rows": rows, "totals": [total | {"total": Decimal("1435.50")}]})
    assert text.splitlines() == [
        "",
        "EUR owed: █ past due, ░ not yet due",
        "=Acme  ████████████████░░░░░░░░░░░░░░░  1,434.50   50 % late",
        "Bit    █                                    1.00  100 % late",
        "Total                                   1,435.50   50 % late",
    ]


def test_a_chart_in_ascii_has_other_signs():
    assert "#####" in charted(encoding="ascii")
    assert charted(encoding="ascii").isascii()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 1_000_000])
def test_a_chart_keeps_every_amount_and_a_bar_has_an_end(width):
    text = charted(width)
    assert text.count("1,434.50") == 2
    assert text.count("500") == 2
    assert 1 <= max(line.count("█") for line in text.splitlines()) <= 60


def test_who_owes_nothing_has_no_bar():
    credit = ZEN | {"amounts": amounts("0", "0", "0", "0", "0"), "total": Decimal("0")}
    totals = [REPORT["totals"][0], REPORT["totals"][1] | {"total": Decimal("0")}]
    text = charted(report=REPORT | {"rows": [ACME, credit], "totals": totals})
    assert "Acme" in text
    assert "JPY" not in text
    assert charted(report=EMPTY) == ""


@pytest.mark.parametrize(("current", "late", "share"), [("0", "9", "100"), ("9", "0", "0"),
                                                        ("1", "9999", "99"), ("9999", "1", "1")])  # fmt: skip
def test_a_share_is_all_or_nothing_only_where_it_is(current, late, share):
    some = ACME | {"amounts": amounts(current, late, "0", "0", "0")}
    some |= {"total": Decimal(current) + Decimal(late)}
    text = charted(report=REPORT | {"rows": [some], "totals": [some]})
    assert f"{some['total']:,}  " in text.replace("   ", "  ")
    assert f" {share} % late" in text
