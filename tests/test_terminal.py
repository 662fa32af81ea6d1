"""What a bookkeeper sees, in a real terminal of every width; snapshots in golden/terminal-*.txt.

INVOICECTL_WRITE_SCREENS=1 writes them anew: look at them before they are kept.
"""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

pytest.importorskip("pexpect")
pytest.importorskip("pyte")

from rich.cells import cell_len

from tests.conftest import Runner
from tests.terminal import on_terminal

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (40, 60, 80, 120, 200)
CUSTOMERS = """\
key,name,email,currency
maple,Maple Furniture Inc,ap@maple.example,CAD
mueller,Müller & Söhne Maschinenbau GmbH,rechnung@mueller.example,EUR
globex,Globex Corporation,ap@globex.example;cfo@globex.example,USD
sakura,株式会社さくら商事,keiri@sakura.example,JPY
wonka,Wonka Industries International Holdings,ap@wonka.example,EUR
"""
INVOICES = """\
number,customer,invoiceDate,dueDate,currency,amount,reference
2025-118,mueller,2025-11-01,2025-12-01,EUR,1469135.79,frame contract
2025-131,globex,2025-12-20,2026-01-19,USD,12400.00,
2026-001,maple,2026-01-05,2026-02-04,CAD,1578.00,PO 7741
2026-002,sakura,2026-02-01,2026-03-03,JPY,1250000,
2026-003,wonka,2026-02-10,2026-03-12,EUR,5355.00,
2026-004,mueller,2026-03-01,2026-03-31,EUR,1166.20,
2026-005,globex,2026-02-20,2026-03-22,USD,640.50,
"""
STEPS = """
init --company "Northwind Traders Ltd" --currency EUR
import customers customers.csv
import invoices invoices.csv
pay 2026-001 --amount 800 --method bank_transfer --reference TXN-12345 --date 2026-02-10
payment record --customer wonka --amount 250 --currency EUR --method cheque
credit create --customer globex --amount 400 --currency USD --reference goodwill
create --customer wonka --item 'desc=Consulting as agreed in the framework contract,qty=8,price=120'
"""
SCREENS = (
    "",
    "filter --totals",
    "filter --overdue --sort dueDate",
    "aging",
    "aging --detail",
    "aging --currency EUR --chart",
    "payment list",
    "customer list",
    "get DRAFT-00001 --fields friendlyId,customer.name,amount",
    "payment get PAY-00001 --fields friendlyId,customer.name,amount",
    "get 2026-999",
)


@pytest.fixture(scope="module")
def _made(tmp_path_factory):
    return tmp_path_factory.mktemp("screens")


@pytest.fixture
def seen(run: Runner, _made, monkeypatch):
    """Type commands at the books that STEPS make, in a real terminal."""
    monkeypatch.setenv("INVOICECTL_TODAY", "2026-03-15")
    if not (_made / "books.db").exists():
        run.write("customers.csv", CUSTOMERS)
        run.write("invoices.csv", INVOICES)
        for step in STEPS.strip().splitlines():
            run.ok(*shlex.split(step))
        shutil.copytree(run.folder, _made, dirs_exist_ok=True)
    shutil.copytree(_made, run.folder, dirs_exist_ok=True)
    return on_terminal


@pytest.mark.sqlite  # the first screen speaks of the backup of a file
@pytest.mark.parametrize("columns", WIDTHS)
def test_the_screens_are_these(columns, seen, run):
    found = seen(*SCREENS, columns=columns)
    lines = [line for line in found.lines if not line.startswith("Sunday ")]  # it has a path
    text = "\n".join([*lines, "", "Red:", *found.red, ""])
    golden = GOLDEN / f"terminal-{columns}.txt"
    if os.environ.get("INVOICECTL_WRITE_SCREENS"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_screen_cuts_an_amount_a_date_or_a_number(columns):
    shown = (GOLDEN / f"terminal-{columns}.txt").read_text("utf-8")
    for whole in (
        "1,469,135.79",
        "12,400.00",
        "1,250,000",
        "1,470,301.99",
        "2025-118",
        "2025-12-01",
    ):
        assert whole in shown
    assert "Balance" in shown
    assert not re.search(r"\d[,.]?…", shown)


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_line_of_a_table_is_wider_than_the_terminal(columns):
    shown = (GOLDEN / f"terminal-{columns}.txt").read_text("utf-8")
    assert max(cell_len(line) for line in shown.partition("\nRed:")[0].splitlines()) <= columns


@pytest.mark.parametrize(
    "environ",
    [{"NO_COLOR": "1"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}],
    ids=str,
)
def test_where_no_colour_is_wanted_there_is_no_escape_at_all(environ, seen):
    found = seen("filter --overdue", "aging --chart", "get 2026-001", **environ)
    assert "\x1b" not in found.sent
    assert "1,469,135.79" in found.sent


def test_an_ascii_terminal_gets_ascii_and_every_amount(seen):
    found = seen(*SCREENS, PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="C")
    plain = re.sub("\x1b\\[[0-9;]*m", "", found.sent)
    assert plain.isascii()
    assert "---------" in plain
    assert r"M\xfcller" in plain
    assert "1,469,135.79" in plain


def test_the_c_locale_shows_names_as_they_are(seen):
    assert "Müller" in seen("filter", LC_ALL="C", PYTHONUTF8="").sent


def test_wide_has_every_column_however_narrow_the_terminal(seen):
    heading = seen("filter --overdue --wide", columns=40).sent.splitlines()[1]
    titles = re.sub("\x1b\\[[0-9;]*m", "", heading).split()
    assert titles == ["Number", "Customer", "Date", "Due", "Status", "Amount", "Owed", "Late"]


# --- the pager ---

PAGER = "sh -c 'echo PAGER BEGINS; cat; echo PAGER ENDS'"


def test_what_is_taller_than_the_screen_goes_through_the_pager(seen):
    found = seen("filter", rows=8, PAGER=PAGER).sent
    begins, ends = found.index("PAGER BEGINS"), found.index("PAGER ENDS")
    assert begins < found.index("1,469,135.79") < ends
    assert "\x1b[31m" in found


@pytest.mark.parametrize(
    ("typed", "rows", "environ"),
    [
        ("filter", 50, {"PAGER": PAGER}),
        ("filter --no-pager", 8, {"PAGER": PAGER}),
        ("filter", 8, {"PAGER": "cat"}),
        ("filter", 8, {}),
        ("filter", 8, {"PAGER": PAGER, "TERM": "dumb"}),
        ("filter", 8, {"PAGER": PAGER, "INVOICECTL_TERMINAL_PAGER": "cat"}),
        ("filter --json", 8, {"PAGER": PAGER}),
    ],
)
def test_there_is_no_pager_where_none_is_wanted_or_needed(typed, rows, environ, seen):
    found = seen(typed, rows=rows, **environ).sent
    assert "PAGER BEGINS" not in found
    assert re.search("1,?469,?135.79", found)


def test_the_setting_goes_before_the_environment(seen):
    found = seen(f'filter --set "terminal.pager={PAGER}"', rows=8, PAGER="cat").sent
    assert "PAGER ENDS" in found


def test_a_pager_that_cannot_be_run_loses_nothing(seen):
    assert "1,469,135.79" in seen("filter", rows=8, PAGER="no-such-pager").sent


def test_what_is_said_beside_a_table_comes_after_it(seen):
    found = seen("filter --page-size 3", rows=5, PAGER=PAGER).sent
    assert found.index("PAGER ENDS") < found.index("… and more")


def test_a_pipe_has_no_pager(run, monkeypatch):
    monkeypatch.setenv("PAGER", PAGER)
    run.ok("init", "--company", "Northwind")
    assert "PAGER BEGINS" not in run("config", "list", "-f", "table").stdout
