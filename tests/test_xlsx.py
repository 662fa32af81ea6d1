"""Workbooks, read back as a spreadsheet would: numbers compute, dates are dates, text is text."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicectl.output.workbook import book

BILLS = [
    ("C-00001", "CAD", "2025-12-20", "2026-01-15", "1796.35"),
    ("C-00001", "CAD", "2026-01-10", "2026-02-10", "100.00"),
    ("C-00002", "CAD", "2025-06-01", "2025-07-01", "0.10"),
    ("C-00002", "JPY", "2025-12-01", "2025-12-31", "150000"),
    ("C-00002", "KWD", "2025-12-01", "2025-12-31", "1.234"),
]


@pytest.fixture
def books(run):
    """Two customers, one with a formula for a name, who owe in three currencies."""
    for name in ("Maple Furniture", "=HYPERLINK(A1)"):
        run.ok("customer", "add", "--name", name)
    for at, (customer, currency, day, due, amount) in enumerate(BILLS, 1):
        run.ok("create", "--customer", customer, "--currency", currency, "--due-date", due,
               "--invoice-date", day, "--item", f"desc=Work,qty=1,price={amount}")  # fmt: skip
        run.ok("mark-awaiting", f"DRAFT-{at:05d}")
    run.ok("payment", "record", "--customer", "C-00001", "--amount", "50", "--currency", "CAD")
    return run


def workbook(run, *words):
    ran = run(*words, "-o", "out.xlsx")
    assert (ran.exit_code, ran.stdout) == (0, ""), ran.stderr
    return openpyxl.load_workbook(run.folder / "out.xlsx")


def rows(sheet):
    heading, *rest = sheet.iter_rows(values_only=True)
    return [dict(zip(heading, row, strict=True)) for row in rest]


def cell(sheet, heading, row=2):
    """Return the cell under a heading."""
    (at,) = [one.column for one in sheet[1] if one.value == heading]
    return sheet.cell(row, at)


def is_formula(sheet):
    return any(one.data_type == "f" for row in sheet.iter_rows() for one in row)


# --- aging ---


def test_aging_has_a_sheet_for_each_currency_with_its_total_in_bold(books):
    made = workbook(books, "aging")
    assert made.sheetnames == ["CAD", "JPY", "KWD"]
    formula, maple, total = rows(made["CAD"])
    assert (formula["Customer"], formula["90+"]) == ("=HYPERLINK(A1)", 0.1)
    assert maple == {
        "As of": datetime(2026, 1, 31), "Customer": "Maple Furniture", "Number": "C-00001",
        "Key": None, "Currency": "CAD", "Current": 100, "1-30": 1796.35, "31-60": 0, "61-90": 0,
        "90+": 0, "Total": 1896.35, "Unapplied": -50, "Balance": 1846.35, "Invoices": 2,
    }  # fmt: skip
    assert (total["Customer"], total["Total"], total["Balance"]) == ("Total", 1896.45, 1846.45)
    assert [one.font.b for one in (made["CAD"]["B3"], made["CAD"]["B4"])] == [False, True]


def test_numbers_have_the_decimals_of_their_currency(books):
    made = workbook(books, "aging")
    formats = [cell(made[code], "Total").number_format for code in ("CAD", "JPY", "KWD")]
    assert formats == ["#,##0.00", "#,##0", "#,##0.000"]
    assert cell(made["KWD"], "Total").value == 1.234


def test_the_heading_stays_in_sight_and_filters_the_rows_but_not_the_total(books):
    sheet = workbook(books, "aging")["CAD"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:N3"
    assert all(one.font.b for one in sheet[1])
    assert sheet.column_dimensions["B"].width > 14


def test_in_detail_there_is_a_sheet_of_invoices_too(books):
    made = workbook(books, "aging", "--detail", "--currency", "CAD")
    assert made.sheetnames == ["CAD", "CAD invoices"]
    first, *_, total = rows(made["CAD invoices"])
    assert first["Invoice"] == "INV-00003"
    assert first["Due date"] == datetime(2025, 7, 1)
    assert (first["Days"], first["Bucket"], first["Owed"]) == (214, "90+", 0.1)
    assert (total["Customer"], total["Owed"]) == ("Total", 1896.45)


def test_a_name_that_looks_like_a_formula_is_text(books):
    for command in ("aging", "export"):
        made = workbook(books, command)
        assert not any(is_formula(sheet) for sheet in made)


def test_nothing_owed_is_a_sheet_with_a_heading(run):
    run("init", "--company", "X", "--currency", "EUR")
    made = workbook(run, "aging")
    assert made.sheetnames == ["Aging"]
    assert rows(made["Aging"]) == []


def test_the_same_day_over_the_same_books_gives_the_same_bytes(books):
    workbook(books, "aging")
    first = (books.folder / "out.xlsx").read_bytes()
    workbook(books, "aging")
    assert (books.folder / "out.xlsx").read_bytes() == first


# --- export ---


def test_export_has_the_fields_of_a_flat_file_a_sheet_for_each_currency(books):
    made = workbook(books, "export", "--sort", "friendlyId")
    assert sorted(made.sheetnames) == ["CAD", "JPY", "KWD"]
    first, *_ = rows(made["CAD"])
    assert first["friendlyId"] == "INV-00001"
    assert first["customer.name"] == "Maple Furniture"
    assert first["dueDate"] == datetime(2026, 1, 15)
    assert isinstance(first["createdAt"], datetime)
    assert (first["overdue"], first["daysOverdue"]) == (True, 16)
    assert (first["amount"], first["amountOwed"]) == (1796.35, 1796.35)
    assert cell(made["JPY"], "amount").number_format == "#,##0"
    assert cell(made["CAD"], "dueDate").number_format == "yyyy-mm-dd"


def test_totals_stand_below_in_bold_where_they_are_asked_for(books):
    made = workbook(books, "export", "--totals", "--fields", "friendlyId,amount,amountOwed")
    sheet = made["CAD"]
    assert [one.value for one in sheet[sheet.max_row]] == ["Total of 3", 1896.45, 1896.45]
    assert all(one.font.b for one in sheet[sheet.max_row])
    assert sheet.auto_filter.ref == "A1:C4"


def test_a_reference_that_looks_like_a_date_or_a_number_stays_text(run):
    run.ok("customer", "add", "--name", "Ada")
    run.ok("create", "--customer", "C-00001", "--item", "desc=x,qty=1,price=1", "--currency",
           "EUR", "--reference", "2026-01-31", "--po-number", "0042")  # fmt: skip
    (only,) = rows(workbook(run, "export")["EUR"])
    assert (only["reference"], only["poNumber"]) == ("2026-01-31", "0042")


def test_lists_have_no_place_in_a_workbook(books):
    ran = books("export", "--fields", "friendlyId,lines", "-o", "out.xlsx")
    assert ran.exit_code == 2
    assert not (books.folder / "out.xlsx").exists()


def test_nothing_selected_is_a_sheet_with_a_heading(books):
    made = workbook(books, "export", "--currency", "SEK", "--fields", "id,amount")
    assert made.sheetnames == ["invoices"]
    assert [one.value for one in made["invoices"][1]] == ["id", "amount"]


# --- any cell ---


def read_back(*values):
    out = io.BytesIO()
    with book(out, title="t", made=date(2026, 1, 31)) as begun:
        begun.sheet("S", [str(at) for at in range(len(values))]).row(values)
    return [one.value for one in openpyxl.load_workbook(out)["S"][2]]


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@settings(max_examples=40, deadline=None)
@given(texts.filter(lambda text: text == text.strip() and text))
def test_text_reads_back_as_it_was(text):
    if "_x" not in text:  # a spreadsheet's own escape
        assert read_back(text) == [text]


@settings(max_examples=40, deadline=None)
@given(st.decimals(-(10**12), 10**12, places=2))
def test_an_amount_reads_back_to_the_cent(amount):
    assert Decimal(repr(read_back(amount)[0])).quantize(Decimal("0.01")) == amount


def test_a_number_that_a_spreadsheet_would_round_is_text_and_whole():
    assert read_back(Decimal("99999999999999.99")) == ["99999999999999.99"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 1, 31), datetime(2026, 1, 31)),
        (datetime(2026, 1, 31, 10, 30), datetime(2026, 1, 31, 10, 30)),
        (date(1899, 12, 31), "1899-12-31"),
        (True, True),
        (0, 0),
        (None, None),
        ("https://example.com", "https://example.com"),
        ("\ud800", "\ufffd"),
        ("x" * 40_000, "x" * 32_766 + "…"),
    ],
)
def test_every_kind_of_value_is_written_as_what_it_is(value, shown):
    assert read_back(value, "end")[0] == shown


def test_a_full_sheet_goes_on_in_another(books, monkeypatch):
    from invoicectl.output import workbook as module

    monkeypatch.setattr(module, "MOST_ROWS", 4)
    made = workbook(books, "export", "--totals", "--sort", "friendlyId", "--fields", "friendlyId")
    assert made.sheetnames == ["CAD", "CAD 2", "JPY", "KWD"]
    assert [row["friendlyId"] for row in rows(made["CAD"])] == ["INV-00001", "INV-00002"]
    assert [row["friendlyId"] for row in rows(made["CAD 2"])] == ["INV-00003", "Total of 3"]


def test_what_goes_wrong_half_way_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    out = io.BytesIO()
    with pytest.raises(RuntimeError), book(out, title="t", made=date(2026, 1, 31)) as begun:  # noqa: PT012
        begun.sheet("S", ["a"]).row(["b"])
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    assert out.getvalue() == b""
