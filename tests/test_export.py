"""export: everything that filter selects, in every format, as a file that is whole or not there."""

import csv
import io
import json
from decimal import Decimal

import pytest

from invoicectl.output.as_json import compact


@pytest.fixture
def shop(run):
    """A company with three invoices, one of them with a name that a spreadsheet would run."""
    run.ok("customer", "add", "--name", "=1+1", "--key", "odd")
    for price in ("10", "20", "-1,qty=-30"):
        run.ok("create", "--customer", "odd", "--item", f"desc=x,price={price}")
    return run


def test_it_holds_what_filter_selects(shop):
    rows = list(csv.DictReader(io.StringIO(shop("export", "-f", "csv").stdout)))
    listed = shop.ok("filter", "--all")["data"]
    assert [row["friendlyId"] for row in rows] == [each["friendlyId"] for each in listed]
    assert [row["amount"] for row in rows] == ["30.00", "20.00", "10.00"]


def test_lines_of_json_are_the_records(shop):
    lines = [json.loads(line) for line in shop("export", "-f", "jsonl").stdout.splitlines()]
    assert lines == shop.ok("filter", "--all")["data"]


def test_every_sign_of_a_line_of_json_is_the_records(run):
    run.ok("tax", "add", "--code", "VAT", "--rate", "0.19")
    run.ok("customer", "add", "--name", 'a {b}, "c}"\t\u2028 %s', "--key", "{1}%d")
    for currency, price in (("EUR", "0.07"), ("JPY", "12"), ("KWD", "2.005"), ("CLF", "1.0007")):
        item = f"desc=x%1s}},qty=1.50,price={price},tax=VAT"
        less = "desc=less,price=-0.5,qty=3" if currency == "KWD" else item
        new = ("create", "--customer", "{1}%d", "--currency", currency, "--shipping", "1")
        own = run.write("own.json", '{"customAttributes": [{"name": "a \\"b\\"", "value": 1.50}]}')
        made = run.ok(*new, "--shipping-tax", "VAT", "--item", item, "--item", less, "--from", own)
        run.ok("mark-awaiting", made["id"])
        run.ok("pay", made["id"], "--amount", "1")
    run.ok("credit", "create", "--customer", "{1}%d", "--currency", "CLF", "--amount", "1")
    run.ok("credit", "apply", "CM-00001", made["id"], "--amount", "0.0001")
    lines = run("export", "-f", "jsonl").stdout.rstrip("\n").split("\n")
    assert len(lines) == 4
    for line in lines:
        assert exactly(line) == exactly(run("get", json.loads(line)["id"], "--json").stdout)
        assert line == compact(json.loads(line, parse_float=Decimal)).decode()


def exactly(text):
    """Every number as it is spelled, and every field in its place."""
    return json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=list)


def test_options_narrow_it(shop):
    ran = shop("export", "--max-amount", "15", "-f", "tsv", "--fields", "friendlyId,amount")
    assert ran.stdout == "friendlyId\tamount\nDRAFT-00001\t10.00\n"


def test_formulas_are_neutralised_and_numbers_left_alone(shop):
    ran = shop("export", "-f", "csv", "--fields", "customer.name,amount")
    assert ran.stdout.splitlines()[1:] == ["'=1+1,30.00", "'=1+1,20.00", "'=1+1,10.00"]


def test_a_workbook_has_numbers_that_are_numbers(shop):
    from openpyxl import load_workbook

    assert shop("export", "-o", "all.xlsx").exit_code == 0
    (sheet,) = load_workbook(shop.folder / "all.xlsx").worksheets
    rows = list(sheet.iter_rows(values_only=True))
    column = rows[0].index("amount") if "amount" in rows[0] else rows[0].index("Amount")
    assert {30, 20, 10} <= {row[column] for row in rows[1:]}


def test_a_folder_is_no_file_to_write(shop):
    shop.refused("export", "-o", str(shop.folder), code=11)
