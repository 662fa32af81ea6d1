"""`templates`: choose a look, see it before, and edit a copy of it."""

import json
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from invoicectl.output import templates
from tests.test_documents import text_of
from tests.test_pdf_open import OPENER, opened, program

OURS = templates.folders()[-1]


def read(path: Path) -> str:
    return text_of(path.read_bytes())


def test_list_shows_what_pdf_template_can_be_and_which_it_is(run):
    found = run.ok("templates", "list")["data"]
    assert [(each["name"], each["used"]) for each in found] == [
        ("plain", True), ("modern", False), ("compact", False),
    ]  # fmt: skip
    assert all(Path(each["path"]).is_file() and each["meaning"] for each in found)
    run.ok("config", "set", "pdf.template=modern")
    assert [each["name"] for each in run.ok("templates", "list")["data"] if each["used"]] == [
        "modern"
    ]


def test_list_shows_templates_and_styles_of_your_own(run):
    run.ok("templates", "eject", "own", "modern")
    (run.folder / "own" / "rental.html").write_text('{% extends "invoice.html" %}')
    run.ok("config", "set", f"pdf.template_dir={run.folder / 'own'}")
    found = {each["name"]: each["meaning"] for each in run.ok("templates", "list")["data"]}
    assert list(found) == ["plain", "modern", "compact", "rental"]
    assert found["modern"] == "a style of your own"
    assert found["rental"] == "an invoice of your own"


def test_eject_copies_every_template_but_no_font(run):
    done = run.ok("templates", "eject", "own")
    copied = [path for path in (run.folder / "own").rglob("*") if path.is_file()]
    names = sorted(path.relative_to(run.folder / "own").as_posix() for path in copied)
    assert done == {"folder": str(run.folder / "own"), "templates": names}
    assert {"base.html", "style.css", "styles/modern.css", "mail/body.txt"} <= set(names)
    assert not [name for name in names if "font" in name.lower()]
    assert all(
        (run.folder / "own" / name).read_bytes() == (OURS / name).read_bytes() for name in names
    )


def test_eject_says_how_to_go_on(run):
    said = run("templates", "eject", "own").stderr
    assert "invoicectl templates preview --folder own" in said
    assert f"invoicectl config set pdf.template_dir={run.folder / 'own'}" in said


@pytest.mark.parametrize("name", ["styles/modern.html", "modern.html", "modern"])
def test_eject_copies_what_is_named(name, run):
    assert run.ok("templates", "eject", "own", name)["templates"] == ["styles/modern.html"]


def test_eject_never_replaces_a_file(run):
    mine = run.folder / "own" / "base.html"
    mine.parent.mkdir()
    mine.write_text("mine")
    assert "already has base.html" in run.refused("templates", "eject", "own", code=6)
    assert [path.name for path in mine.parent.iterdir()] == ["base.html"]
    assert mine.read_text() == "mine"


def test_eject_of_a_name_that_is_not_there_copies_nothing(run):
    assert run.refused("templates", "eject", "own", "base", "modem", code=4) == "no template modem"
    assert not (run.folder / "own").exists()


def test_a_dry_run_copies_nothing(run):
    assert run.ok("templates", "eject", "own", "--dry-run")["templates"]
    assert not (run.folder / "own").exists()


def test_what_was_edited_is_what_is_drawn(books):
    books.ok("templates", "eject", "own", "invoice")
    path = books.folder / "own" / "invoice.html"
    path.write_text(path.read_text().replace("Amount due", "Still to pay"))
    books.ok("templates", "preview", "--folder", "own")
    assert "Still to pay" in read(books.folder / "preview.pdf")
    books.ok("pdf", "INV-00001", "-o", "before.pdf")
    books.ok("config", "set", f"pdf.template_dir={books.folder / 'own'}")
    books.ok("pdf", "INV-00001", "-o", "same.pdf")
    books.ok("pdf", "INV-00002", "-o", "after.pdf")
    assert "Amount due" in read(books.folder / "same.pdf")  # it was made, and stays
    assert "Still to pay" in read(books.folder / "after.pdf")


@pytest.mark.parametrize("style", ["plain", "modern", "compact"])
@pytest.mark.parametrize("kind", ["invoice", "credit-note"])
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_preview_draws_a_sample(style, kind, currency, run):
    run.ok("config", "set", f"company.currency={currency}", "pdf.page=Letter")
    done = run.ok("templates", "preview", "look.pdf", "--template", style, "--kind", kind)
    assert done == {"kind": kind, "path": str(run.folder / "look.pdf")}
    said = read(run.folder / "look.pdf")
    assert "Northwind Traders Ltd" in said
    assert ("Credit note CM-00003" if kind == "credit-note" else "Invoice INV-00042") in said
    page = pypdf.PdfReader(run.folder / "look.pdf").pages[0]
    assert page.mediabox.width == 612
    assert run.is_untouched()


def test_preview_has_your_company_and_the_style_of_the_settings(run):
    run.ok("config", "set", "company.name=Initech", "pdf.template=compact")
    run.ok("templates", "preview")
    said = read(run.folder / "preview.pdf")
    assert "Initech" in said
    assert "Northwind" not in said.replace("northwind.example/contact", "")


def test_preview_leaves_the_books_alone(books):
    before = books.stored()
    books.ok("templates", "preview")
    assert books.stored() == before


def test_preview_can_go_down_a_pipe(run):
    command = [sys.executable, "-m", "invoicectl", "templates", "preview", "-"]
    done = subprocess.run(command, check=True, capture_output=True, cwd=run.folder)
    assert done.stdout.startswith(b"%PDF")
    assert list(run.folder.glob("*.pdf")) == []


def test_preview_can_be_opened(run, monkeypatch):
    program(run.folder / "bin", OPENER, "")
    monkeypatch.setenv("PATH", str(run.folder / "bin"))
    assert run("templates", "preview", "--open").exit_code == 0
    assert opened(run.folder) == [str(run.folder / "preview.pdf")]


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (["--template", "modem"], 4, "no template modem.html"),
        (["--folder", "nosuch"], 4, "no folder nosuch"),
        (["--kind", "receipt"], 2, "--kind 'receipt' is not invoice or credit-note"),
    ],
)
def test_what_cannot_be_previewed_is_refused_and_nothing_written(words, code, reason, run):
    assert run.refused("templates", "preview", *words, code=code) == reason
    assert list(run.folder.glob("*.pdf")) == []


def test_a_wrong_template_is_said_with_its_line(run):
    run.write("bad.html", "one\n{% if %}")
    ran = run("templates", "preview", "--folder", ".", "--template", "bad", "--json")
    assert ran.exit_code == 5
    assert json.loads(ran.stderr)["message"].startswith("template bad.html line 2:")


def test_an_invoice_can_have_a_style_of_its_own(books):
    made = books.ok(
        "create", "--customer", "C-00001", "--item", "desc=A,price=9", "--template", "modern"
    )
    assert made["templateId"] == "modern"
    ran = books("pdf", made["friendlyId"], "-o", "modern.pdf")
    assert (ran.exit_code, "no template" in ran.stderr) == (0, False)
    assert "From" in read(books.folder / "modern.pdf")
