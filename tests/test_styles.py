"""Every style says all that a document says, in its own size, and turns its pages where it should."""

import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.errors import NotFoundError, ValidationError
from invoicectl.output import colors, documents, paging, styles
from invoicectl.output.documents import Settings, render
from tests.test_documents import document, drawn, fonts, full, line, pages, text_of

GOLDEN = Path(__file__).parent / "golden"
each = pytest.mark.parametrize("style", styles.STYLES)
CREDIT = {
    "friendlyId": "CM-00003", "date": "2026-02-10", "amount": Decimal("55.00"),
    "currency": "USD", "reference": "Returned goods", "invoice": "INV-00042",
}  # fmt: skip


def credit_note() -> dict[str, Any]:
    """Return a credit note to be drawn."""
    made = document() | {"title": "Credit note", "kind": "credit-note", "credit": CREDIT}
    del made["invoice"]
    return made


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@each
def test_a_style_leaves_nothing_out(style):
    said = (GOLDEN / "documents-invoice.txt").read_text("utf-8")
    assert words(said) <= words(text_of(render(full(), settings=Settings(template=style))))


@each
def test_a_style_draws_credit_notes_too(style):
    read = text_of(render(credit_note(), settings=Settings(template=style)))
    for said in ("Credit note CM-00003", "Credit to", "INV-00042", "Returned goods", "$55.00"):
        assert said in read


@each
@pytest.mark.parametrize("watermark", ["DRAFT", "VOID"])
@pytest.mark.parametrize("page", ["A4", "Letter"])
def test_what_is_not_to_be_paid_says_so_across_every_page(style, watermark, page):
    made = document(*[line() for _ in range(60)]) | {"watermark": watermark}
    pdf = render(made, settings=Settings(template=style, page=page))
    across = [text.strip() for text, _, size in drawn(pdf) if size == 128.0]
    assert across == [watermark] * len(pages(pdf))
    assert "IBAN" not in text_of(pdf)


@each
def test_a_total_is_always_shown(style):
    read = text_of(render(document(), settings=Settings(template=style)))
    assert "Total 6,000.00" in read
    assert "Amount due $6,000.00" in read


@each
def test_a_style_sets_its_lines_as_it_says(style):
    made = document(*[line(f"Row {place:02}.") for place in range(50)])
    pdf = render(made, settings=Settings(template=style))
    assert {size for text, _, size in drawn(pdf) if text.startswith("Row ")} == {
        styles.STYLES[style].type.size_pt
    }
    assert re.findall(r"Row (\d\d)\.", text_of(pdf)) == [f"{place:02}" for place in range(50)]


@each
def test_a_style_has_no_fonts_but_ours(style):
    embedded = fonts(render(full(), settings=Settings(template=style)))
    assert len(embedded) == 2
    assert all(embedded.values())


@each
def test_a_style_guesses_its_pages_right_far_more_often_than_not(style):
    wrong = []
    settings = Settings(template=style)
    for count in (1, 12, 25, 33, 47, 80, 150, 250):
        rows = [line("word " * (count % 7 * 6)) for _ in range(count)]
        values = documents._values(document(*rows), settings)
        if paging.likely_pages(values) != len(pages(render(document(*rows), settings=settings))):
            wrong.append(count)
    assert len(wrong) <= 1


def test_thirty_five_lines_fit_on_a_compact_page():
    made = document(*[line() for _ in range(35)])
    assert len(pages(render(made, settings=Settings(template="compact")))) == 1


def test_invoice_is_still_the_name_of_the_plain_style():
    plain = render(document(), settings=Settings(template="plain"))
    assert render(document(), settings=Settings(template="invoice")) == plain


def test_a_style_of_the_users_own_draws_both_kinds(tmp_path):
    (tmp_path / "styles").mkdir()
    (tmp_path / "styles" / "ours.html").write_text(
        '{% extends "styles/modern.html" %}{% block every %}{{ super() }}<p>Our style</p>{% endblock %}'
    )
    settings = Settings(template="ours", template_dir=tmp_path)
    for made, name in ((document(), "Invoice"), (credit_note(), "Credit note")):
        read = text_of(render(made, settings=settings))
        assert "Our style" in read
        assert name in read


def test_an_own_template_can_be_in_any_style(tmp_path):
    (tmp_path / "own.html").write_text(
        '{% set style = "styles/modern.html" %}{% extends "invoice.html" %}'
    )
    settings = Settings(template="own", template_dir=tmp_path)
    modern = render(document(), settings=Settings(template="modern"))
    assert len(drawn(render(document(), settings=settings))) == len(drawn(modern))


@pytest.mark.parametrize("kind", ["invoice", "credit-note"])
def test_a_style_that_is_not_there_is_named_with_those_that_are(kind):
    made = document() if kind == "invoice" else credit_note()
    with pytest.raises(NotFoundError, match=r"no template modem\.html") as refusal:
        render(made, settings=Settings(template="modem"))
    assert "plain, modern, compact" in refusal.value.hint


def inks(pdf: bytes) -> set[str]:
    """Return every colour that a document is drawn in."""
    drawing = b"".join(
        page.get_contents().get_data() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
    )
    found = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|RG)\b", drawing)
    return {"#" + "".join(f"{round(float(part) * 255):02x}" for part in each) for each in found}


@pytest.mark.parametrize("style", ["plain", "modern"])
def test_a_colour_of_ones_own_takes_the_place_of_the_styles(style):
    usual = inks(render(full(), settings=Settings(template=style)))
    own = inks(render(full(), settings=Settings(template=style, color="#7A1F3D")))
    assert styles.STYLES[style].color in usual - own
    assert "#7a1f3d" in own - usual


def test_a_colour_too_light_to_read_is_not_written_in():
    made = render(full(), settings=Settings(template="plain", color="#ffee00"))
    colored = colors.of("#ffee00")
    assert {colored.accent, colored.ink} <= inks(made)
    assert colored.ink == colors.BLACK


@pytest.mark.parametrize("color", ["red", "#fff", "#12345g", "#1234567", "url(x)"])
def test_what_is_no_colour_is_refused(color, run):
    assert "is not a colour" in run.refused("config", "set", f"pdf.color={color}", code=5)
    with pytest.raises(ValidationError, match=r"pdf\.color: .* is not a colour"):
        render(document(), settings=Settings(color=color))


@given(st.integers(0, 0xFFFFFF))
def test_whatever_the_colour_there_is_text_that_can_be_read_on_it(number):
    found = colors.of(f"#{number:06x}")
    assert colors._contrast(found.accent, found.on) >= 3.8
    assert colors._contrast(found.ink, colors.WHITE) >= 4.5
    assert colors._contrast(found.ink, found.tint) >= 3.5
