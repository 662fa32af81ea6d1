"""Documents: a PDF says all that was billed, in a size one can read, or it is refused."""

import copy
import io
import re
import socket
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from invoicectl.errors import NotFoundError, ValidationError
from invoicectl.output import documents, layout, lettering, lines, markdown, paging, templates
from invoicectl.output.documents import Settings, render
from invoicectl.rules.currencies import MINOR_DIGITS

GOLDEN = Path(__file__).parent / "golden"
PLAIN = Settings()
LINE_SIZE = 8.0
SIZES = {6.8, 8.0, 9.0, 10.0, 13.0, 23.0, 128.0}
GST = {"id": "1", "code": "GST", "rate": Decimal("0.05"), "amount": Decimal(0)}
SELLER = {
    "name": "Northwind Studio Inc.",
    "address": {
        "line1": "1200 Rue Sherbrooke O.",
        "line2": "Suite 410",
        "city": "Montréal",
        "region": "QC",
        "postalCode": "H3A 1H6",
        "country": "Canada",
    },
    "email": "billing@northwind.example",
    "taxId": "123456789 RT0001",
    "iban": "DE89370400440532013000",
    "bic": "COBADEFFXXX",
    "phone": "+1 514 555 0100",
    "website": "northwind.example",
}
CUSTOMER = {
    "name": "Acme Manufacturing Corp",
    "address": {
        "line1": "Lagerstr. 7",
        "line2": None,
        "city": "Berlin",
        "region": None,
        "postalCode": "10115",
        "country": "Germany",
    },
    "email": ["ap@acme.example"],
    "taxId": "DE123456789",
}


def line(description: str = "Web development", **changes: Any) -> dict[str, Any]:
    """Return a line as it is in an invoice's JSON."""
    record = {
        "id": "1",
        "position": 1,
        "description": description,
        "quantity": Decimal(40),
        "unit": "hour",
        "unitPrice": Decimal(150),
        "discount": Decimal("0.00"),
        "subtotal": Decimal("6000.00"),
        "taxes": [],
        "tax": Decimal("0.00"),
        "total": Decimal("6000.00"),
        "chargingStartDate": None,
        "chargingEndDate": None,
    }
    return record | changes


def document(*rows: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return an invoice to be drawn; the changes are those of its record."""
    rows = rows or (line(),)
    total = sum((row["subtotal"] for row in rows), Decimal("0.00"))
    none = total * 0
    record: dict[str, Any] = {
        "friendlyId": "INV-00042",
        "invoiceDate": "2026-01-31",
        "dueDate": "2026-03-02",
        "paymentTerm": {"name": "Net 30"},
        "poNumber": "PO-7781",
        "reference": "Project Aurora",
        "currency": "USD",
        "billingStartDate": "2026-01-01",
        "billingEndDate": "2026-01-31",
        "lines": list(rows),
        "payments": [],
        "credits": [],
        "note": None,
        "subtotal": total,
        "discountType": None,
        "discountValue": None,
        "discountAmount": none,
        "discountTaken": none,
        "shipping": none,
        "tax": none,
        "total": total,
        "amount": total,
        "amountPaid": none,
        "creditsApplied": none,
        "amountOwed": total,
        "priceTaxInclusive": False,
    }
    return copy.deepcopy(
        {
            "title": "Invoice",
            "kind": "invoice",
            "watermark": None,
            "seller": SELLER,
            "billTo": CUSTOMER,
            "invoice": record | changes,
            "taxes": [],
            "reference": "INV-00042",
        }
    )


def pages(pdf: bytes) -> list[str]:
    """Return what is read on each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """Return what is read on all pages, on one line."""
    return " ".join(" ".join(pages(pdf)).replace("\xa0", " ").split())


def drawn(pdf: bytes) -> list[tuple[str, float, float]]:
    """Return every run of text with the place where it starts and the size it is printed in."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _: Any, size: float) -> None:
        if text.strip():
            place = tm[4] * cm[0] + cm[4]
            found.append((text, round(place, 1), round(size * tm[3] * cm[3], 2)))

    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        page.extract_text(visitor_text=visit)
    return found


def fonts(pdf: bytes) -> dict[str, bool]:
    """Return the fonts of a document, and whether each is embedded."""
    return {
        str(font["/BaseFont"]): "/FontFile2" in font.get("/FontDescriptor", {})
        for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()
    }


def full() -> dict[str, Any]:
    """Return an invoice that has everything an invoice may have."""
    taxed = [GST, GST | {"code": "QST", "rate": Decimal("0.09975")}]
    rows = [
        line("Design", taxes=taxed),
        line(
            "Hosting\nin two regions",
            quantity=Decimal("2.5"),
            unit=None,
            unitPrice=Decimal("12.3456"),
            discount=Decimal("0.86"),
            subtotal=Decimal("30.00"),
            taxes=taxed[:1],
            chargingStartDate="2026-01-01",
            chargingEndDate="2026-01-31",
        ),
    ]
    made = document(
        *rows,
        discountType="percentage",
        discountValue=Decimal(10),
        discountAmount=Decimal("603.00"),
        shipping=Decimal("12.50"),
        total=Decimal("6252.67"),
        amountPaid=Decimal("1000.00"),
        creditsApplied=Decimal("200.00"),
        discountTaken=Decimal("52.67"),
        amountOwed=Decimal("5000.00"),
        note="Thank you.\n\nWe have moved.",
    )
    made["taxes"] = [
        {"code": "GST", "name": "Goods and services tax", "rate": Decimal("0.05"),
         "base": Decimal("5427.00"), "amount": Decimal("271.35")},
        {"code": "QST", "name": None, "rate": Decimal("0.09975"),
         "base": Decimal("5400.00"), "amount": Decimal("538.65")},
    ]  # fmt: skip
    return made


def test_an_invoice_reads_as_its_customer_will_read_it() -> None:
    read = "\n".join(row.rstrip() for row in pages(render(full(), settings=PLAIN))[0].splitlines())
    assert read.replace("\xa0", " ") + "\n" == (GOLDEN / "documents-invoice.txt").read_text("utf-8")


def test_a_credit_note_names_its_invoice_and_its_amount() -> None:
    made = document() | {"title": "Credit note", "kind": "credit-note"}
    made["credit"] = {
        "friendlyId": "CM-00003",
        "date": "2026-02-10",
        "amount": Decimal("55.00"),
        "currency": "USD",
        "reference": "Returned goods",
        "invoice": "INV-00042",
    }
    del made["invoice"]
    read = text_of(render(made, settings=PLAIN))
    assert "Credit note CM-00003" in read
    assert "For invoice INV-00042" in read
    assert "Credit $55.00" in read


def test_the_same_invoice_is_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys, importlib.util as u; s = u.spec_from_file_location('t', sys.argv[1]);"
        "t = u.module_from_spec(s); s.loader.exec_module(t);"
        "sys.stdout.buffer.write(t.render(t.full(), settings=t.PLAIN))"
    )
    command = [sys.executable, "-c", program, __file__]
    other = subprocess.run(command, check=True, capture_output=True)
    assert other.stdout == render(full(), settings=PLAIN)


def test_only_our_two_fonts_are_used_and_both_are_embedded() -> None:
    embedded = fonts(render(full(), settings=PLAIN))
    assert {name.partition("+")[2]: there for name, there in embedded.items()} == {
        "DejaVuSans": True,
        "DejaVuSans-Bold": True,
    }


def test_our_templates_have_no_element_that_would_look_like_nothing() -> None:
    """Those that need no style sheet of HTML, those that have one here, and those of notes."""
    plain = {"html", "head", "meta", "title", "style", "img", "br", "pdf"}
    known = set(re.findall(r"^\w+|(?<=, )\w+(?=.* \{)", documents._ELEMENTS, re.M))
    assert known == {"body", "div", "p", "table", "tr", "td", "strong", "u"}
    (folder,) = templates.folders()
    for file in {*folder.glob("*.html"), *folder.glob("styles/*.html")} - {folder / "aging.html"}:
        found = set(re.findall(r"<([a-z]\w*)", file.read_text()))
        assert found | markdown._TAGS <= plain | known, file.name


@pytest.mark.parametrize("count", [1, 90])
def test_with_fonts_named_spaces_between_blocks_and_all_elements_it_is_the_same_bytes(
    count: int,
) -> None:
    drawn = render(document(*[line()] * count), settings=PLAIN)
    values = documents._values(documents._cleaned(document(*[line()] * count)), PLAIN)
    html = templates.render_html("invoice.html", values | {"pages": drawn.count(b"/Type /Page\n")})
    assert html.count("@font-face") == 2
    assert re.search(r"</td>\n</tr>", html)
    html = html.replace("\u202f", "\xa0")
    folders = templates.folders()
    assert layout.lay_out(html, name="invoice.html", files={}, folders=folders) == drawn


def test_a_long_table_has_its_head_on_every_page_that_has_lines() -> None:
    rows = [line(f"Row {place:03}.") for place in range(100)]
    read = pages(render(document(*rows), settings=PLAIN))
    assert len(read) > 3
    assert [page.count("Unit price") for page in read] == [int("Row " in page) for page in read]
    assert re.findall(r"Row (\d{3})\.", "".join(read)) == [f"{place:03}" for place in range(100)]


def test_a_page_of_totals_alone_has_no_head_of_a_table() -> None:
    read: list[str] = []
    for count in range(17, 40):
        rows = [line(f"Row {place}.") for place in range(count)]
        read = pages(render(document(*rows), settings=PLAIN))
        if len(read) == 2 and "Row" not in read[1]:
            break
    assert "Amount due" in read[1]
    assert "Unit price" not in read[1]


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 18, 19, 20, 49, 50, 51, 52])
def test_every_page_says_which_of_how_many_it_is(count: int) -> None:
    made = document(*[line() for _ in range(count)])
    made["invoice"]["lines"] = made["invoice"]["lines"][:count]
    read = pages(render(made, settings=PLAIN))
    assert [re.findall(r"Page (\d+) of (\d+)", page) for page in read] == [
        [(str(place), str(len(read)))] for place in range(1, len(read) + 1)
    ]


@pytest.mark.parametrize("watermark", ["DRAFT", "VOID"])
def test_what_is_not_to_be_paid_says_so_on_every_page_and_not_how(watermark: str) -> None:
    made = document(*[line() for _ in range(40)]) | {"watermark": watermark}
    read = pages(render(made, settings=PLAIN))
    assert len(read) == 2
    assert all(watermark in page for page in read)
    assert "IBAN" not in "".join(read)


def test_an_issued_invoice_says_how_to_pay_and_what_to_quote() -> None:
    read = text_of(render(document(), settings=PLAIN))
    assert "IBAN DE89 3704 0044 0532 0130 00" in read
    assert "BIC COBADEFFXXX" in read
    assert "Reference INV-00042" in read
    assert "DRAFT" not in read


def test_a_description_of_5000_characters_goes_on_over_pages_in_its_own_size() -> None:
    words = [f"word{place:04}" for place in range(555)]
    pdf = render(document(line(" ".join(words)), line("The next")), settings=PLAIN)
    assert re.findall(r"word\d{4}", "".join(pages(pdf))) == words
    assert {size for text, _, size in drawn(pdf) if "word" in text} == {LINE_SIZE}


def test_a_description_of_1000_lines_keeps_them_in_their_own_size() -> None:
    pdf = render(document(line("\n".join(f"l{place}." for place in range(1000)))), settings=PLAIN)
    assert len(pages(pdf)) > 15
    assert "l0." in pages(pdf)[0]
    found = [(text, size) for text, _, size in drawn(pdf) if re.match(r"l\d+\.", text)]
    assert [text.strip() for text, _ in found] == [f"l{place}." for place in range(1000)]
    assert {size for _, size in found} == {LINE_SIZE}


def test_a_note_longer_than_a_page_goes_on_over_pages_in_its_own_size() -> None:
    note = "\n".join(" ".join(f"note{place}.{word}" for word in range(40)) for place in range(60))
    pdf = render(document(note=note), settings=PLAIN)
    assert len(pages(pdf)) > 3
    assert re.findall(r"note\d+\.\d+", text_of(pdf)) == note.split()
    assert {size for text, _, size in drawn(pdf) if "note" in text} == {LINE_SIZE}


def test_nothing_in_the_longest_document_is_printed_smaller_than_the_template_says() -> None:
    made = full() | {"watermark": "DRAFT"}
    made["billTo"]["name"] = "Greater Springfield Trading " * 30
    made["invoice"]["reference"] = "R" * 1000
    made["invoice"]["lines"] += [line("long " * 900, unit="kilowatt hours " * 40)] * 3
    made["invoice"]["lines"][-1]["taxes"] = [GST | {"code": f"TAX-{place}"} for place in range(99)]
    made["taxes"] *= 30
    assert {size for _, _, size in drawn(render(made, settings=PLAIN))} <= SIZES


def test_a_word_of_300_letters_stays_in_its_column() -> None:
    pdf = render(document(line("W" * 300)), settings=PLAIN)
    table = lines.table(document(line("W" * 300))["invoice"], room_pt=495.3, locale="en_US")
    found = [text.strip() for text, _, _ in drawn(pdf) if "WWW" in text]
    assert "".join(found) == "W" * 300
    widest = max(lettering.width_pt(text, LINE_SIZE) for text in found)
    assert widest <= table.columns[0].width - table.gap
    assert "6,000.00" in text_of(pdf)


def test_long_names_are_whole_and_stay_left_of_the_facts() -> None:
    made = document()
    made["billTo"]["name"] = "N" * 300
    found = [
        (text.strip(), place)
        for text, place, size in drawn(render(made, settings=PLAIN))
        if size == 9.0
    ]
    assert "".join(text for text, _ in found) == "N" * 300
    assert max(place + lettering.width_pt(text, 9.0, bold=True) for text, place in found) < 330


def test_a_reference_that_would_fill_a_page_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"reference: is longer than the 1,500 characters"):
        render(document(reference="R" * 1501), settings=PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "{{ 7*7 }} {% if %}",
        "&lt; &amp; &#65;",
        "<img src=http://192.0.2.1/x.png>",
        "file:///etc/passwd",
        "</td></tr></table>",
        "<pdf:nextpage/>",
        "<style>td { color: red }</style>",
        "--> ]]> <!-- \"quoted\" 'too'",
    ],
)
def test_what_users_write_is_shown_as_they_wrote_it(text: str) -> None:
    made = document(line(text), note=text, reference=text)
    made["billTo"]["name"] = made["seller"]["name"] = text
    assert text_of(render(made, settings=PLAIN)).count(text) >= 5


def test_control_characters_become_spaces_and_hidden_ones_nothing() -> None:
    read = text_of(render(document(line("one\x00two\x1b[31m\tthree\u202efour")), settings=PLAIN))
    assert "one two [31m threefour" in read


def test_new_lines_are_kept() -> None:
    read = pages(render(document(line("first\r\nsecond"), note="third\n\nfourth"), settings=PLAIN))
    assert "first\nsecond" in read[0]
    assert re.search(r"third\s*\n\s*fourth", read[0])


@pytest.mark.parametrize(
    ("currency", "places", "shown"),
    [("JPY", "1", "¥6,000"), ("KWD", "0.001", "KWD 6,000.000"), ("EUR", "0.01", "€6,000.00")],
)
def test_amounts_have_the_decimals_of_their_currency(
    currency: str, places: str, shown: str
) -> None:
    billed = line(subtotal=Decimal(6000).quantize(Decimal(places)), discount=Decimal(0))
    read = text_of(render(document(billed, currency=currency), settings=PLAIN))
    assert f"Amount due {shown}" in read


def test_money_and_dates_are_written_as_the_locale_has_them() -> None:
    read = text_of(render(document(currency="EUR"), settings=Settings(locale="de_DE")))
    assert "6.000,00 €" in read
    assert "02.03.2026" in read


def test_prices_that_include_tax_add_up_to_the_total_without_it() -> None:
    rows = [line(unitPrice=Decimal(120), quantity=Decimal(1), subtotal=Decimal("100.00"))] * 3
    made = document(*rows, priceTaxInclusive=True, shipping=Decimal("6.00"))
    made["invoice"] |= {"discountAmount": Decimal("36.00"), "total": Decimal("330.00")}
    made["taxes"] = [
        {"code": "VAT", "name": "VAT", "rate": Decimal("0.2"), "amount": Decimal("55.00")}
    ]
    read = text_of(render(made, settings=PLAIN))
    assert read.count("120.00 120.00") == 3
    assert "Subtotal 360.00 Discount -36.00 Shipping 6.00" in read
    assert "Includes VAT 20% 55.00" in read


def test_unit_prices_have_the_same_decimals_and_as_many_as_the_finest_needs() -> None:
    rows = [line(unitPrice=Decimal(150)), line(unitPrice=Decimal("0.052500"))]
    read = text_of(render(document(*rows), settings=PLAIN))
    assert "hour 150.0000" in read
    assert "hour 0.0525" in read


def test_columns_that_no_line_needs_are_left_out() -> None:
    read = text_of(render(document(), settings=PLAIN))
    assert "Quantity Unit price Amount" in read


def test_letter_paper_has_its_size() -> None:
    box = pypdf.PdfReader(io.BytesIO(render(document(), settings=Settings(page="Letter")))).pages[0]
    assert (float(box.mediabox.width), float(box.mediabox.height)) == (612, 792)


def test_the_yen_of_a_japanese_locale_is_in_the_font() -> None:
    settings = Settings(locale="ja_JP")
    assert "¥" in text_of(render(document(currency="JPY"), settings=settings))


@pytest.mark.parametrize("field", ["page", "locale"])
def test_a_setting_that_is_none_is_refused(field: str) -> None:
    with pytest.raises(ValidationError, match="A3"):
        render(document(), settings=Settings(**{field: "A3"}))


@pytest.mark.parametrize(
    "text", ["Łódź Žluťoučký", "Ελληνικά", "Кириллица", "₹ € ₦ ₺ ₩ ₽ ₴ ₫ ₱ ฿", "Tiếng Việt", "ﬁ"]
)
def test_letters_and_currency_signs_are_drawn_bold_and_regular(text: str) -> None:
    made = document(line(text))
    made["billTo"]["name"] = text
    assert text_of(render(made, settings=PLAIN)).count(text) == 2


def test_right_to_left_text_is_drawn_in_its_own_letters() -> None:
    pdf = render(document(line("שלום"), line("مرحبا")), settings=PLAIN)
    assert "םולש" in text_of(pdf) or "שלום" in text_of(pdf)


@pytest.mark.parametrize(("sign", "number"), [("₿", "U+20BF"), ("漢", "U+6F22"), ("🍕", "U+1F355")])
def test_a_sign_that_no_font_has_is_refused_and_named(sign: str, number: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        render(document(line(), line(f"a {sign}")), settings=PLAIN)
    assert refusal.value.details == [
        {"field": "invoice.lines[1].description", "message": f"no font has {sign} ({number})"}
    ]
    assert "pdf.font_path" in refusal.value.hint


def test_all_signs_that_no_font_has_are_named() -> None:
    with pytest.raises(ValidationError, match=r"no font has 字 \(U\+5B57\), 漢 \(U\+6F22\)$"):
        render(document(line("漢字")), settings=PLAIN)


def test_a_half_of_a_surrogate_pair_is_refused_by_its_number() -> None:
    with pytest.raises(ValidationError, match=r"no font has U\+D800"):
        render(document(line("a \ud800")), settings=PLAIN)


def test_a_sign_that_is_stored_but_not_printed_is_no_reason_to_refuse() -> None:
    assert render(document(line(accountingCode="🍕")), settings=PLAIN)


@pytest.fixture
def own_font(tmp_path: Path) -> str:
    """A font with two signs, one that ours have and one that they lack."""
    pen = TTGlyphPen(None)
    for place, move in enumerate([(100, 0), (900, 0), (900, 800), (100, 800)]):
        (pen.lineTo if place else pen.moveTo)(move)
    pen.closePath()
    box = pen.glyph()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "a", "han"])
    font.setupCharacterMap({ord("a"): "a", ord("漢"): "han"})
    font.setupGlyf(dict.fromkeys([".notdef", "a", "han"], box))
    font.setupHorizontalMetrics(dict.fromkeys([".notdef", "a", "han"], (1000, 100)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Box", "styleName": "Regular", "psName": "Box-Regular"})
    font.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    font.setupPost()
    path = tmp_path / "own font #1.ttf"
    font.save(path)
    return str(path)


def test_an_own_font_draws_what_ours_lack_and_nothing_else(own_font: str) -> None:
    made = document(line("a 漢 a"))
    made["billTo"]["name"] = "漢 Trading"
    pdf = render(made, settings=Settings(font_path=own_font))
    assert text_of(pdf).count("漢") == 2
    assert sorted(name.partition("+")[2] for name in fonts(pdf)) == [
        "Box-Regular",
        "DejaVuSans",
        "DejaVuSans-Bold",
    ]
    assert all(fonts(pdf).values())


def test_an_own_font_that_is_not_needed_changes_nothing(own_font: str) -> None:
    drawn_with = render(document(), settings=Settings(font_path=own_font))
    assert drawn_with == render(document(), settings=PLAIN)


def test_a_font_that_is_missing_is_named_before_it_is_needed(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no font file .*none\.ttf"):
        render(document(), settings=Settings(font_path=str(tmp_path / "none.ttf")))


def test_a_font_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.ttf"
    path.write_text("not a font")
    with pytest.raises(ValidationError, match=r"pdf\.font_path: .* is not a TrueType font"):
        render(document(line("漢")), settings=Settings(font_path=str(path)))


def test_both_our_fonts_have_what_is_never_looked_up() -> None:
    assert not any(lettering.lacking(lettering._COMMON - {"\n"}, font) for font in lettering.OURS)


def test_a_logo_is_drawn_whatever_its_file_is_called(tmp_path: Path) -> None:
    path = tmp_path / "our logo #1 & 100%.png"
    Image.new("RGB", (800, 200), (31, 78, 121)).save(path)
    page = pypdf.PdfReader(io.BytesIO(render(document(), settings=Settings(logo=path)))).pages[0]
    assert [image.image.size for image in page.images] == [(800, 200)]


def test_a_missing_logo_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no logo .*none\.png"):
        render(document(), settings=Settings(logo=tmp_path / "none.png"))


@pytest.mark.parametrize("kept", [20, 900])
def test_a_damaged_logo_is_refused(kept: int, tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    Image.effect_noise((64, 64), 90).save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValidationError, match=r"logo\.png"):
        render(document(), settings=Settings(logo=path))


def template(folder: Path, text: str) -> Settings:
    """Put a template of the user's own into a folder, and return settings that use it."""
    (folder / "own.html").write_text(text, "utf-8")
    return Settings(template="own", template_dir=folder)


@pytest.mark.parametrize(
    "text",
    [
        '<img src="http://{host}/x.png">',
        '<img src="file:///etc/hostname">',
        '<img src="/etc/hostname">',
        '<img src="../../../../../../etc/hostname">',
        '<img src="missing.png">',
        "<style>@import url(http://{host}/x.css);</style>x",
        "<style>@page {{ background-image: url(http://{host}/x.png) }}</style>x",
        "<style>@font-face {{ font-family: A; src: url(http://{host}/x.ttf) }}</style>x",
        '<link rel="stylesheet" href="http://{host}/x.css">x',
    ],
)
def test_a_template_reads_nothing_from_outside_its_folders(text: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        host = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(ValidationError, match=r"template own\.html"):
            render(document(), settings=template(tmp_path, text.format(host=host)))
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("src", ["file://{file}", "{file}", "../theirs/seal.png", "link.png"])
def test_a_picture_outside_of_its_folders_is_not_drawn(src: str, tmp_path: Path) -> None:
    theirs, own = tmp_path / "theirs", tmp_path / "own"
    theirs.mkdir()
    own.mkdir()
    Image.new("RGB", (9, 9)).save(theirs / "seal.png")
    (own / "link.png").symlink_to(theirs / "seal.png")
    text = f'<img src="{src.format(file=theirs / "seal.png")}">'
    with pytest.raises(ValidationError, match=r"template own\.html"):
        render(document(), settings=template(own, text))


def test_a_server_anywhere_is_not_even_asked(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="remote resources are not allowed"):
        render(document(), settings=template(tmp_path, '<img src="http://192.0.2.1/x.png">'))


def test_an_own_template_may_use_its_own_pictures_and_our_parts(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "seal.png")
    settings = template(
        tmp_path,
        '{% extends "invoice.html" %}\n'
        '{% block payment %}Pay soon <img src="seal.png">{% endblock %}',
    )
    read = pypdf.PdfReader(io.BytesIO(render(document(), settings=settings))).pages[0]
    assert "Pay soon" in read.extract_text()
    assert len(read.images) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("one\n{% if %}", "line 2: Expected an expression"),
        ("one\n\n{{ nubmer }}", "line 3: 'nubmer' is undefined"),
        ("{{ invoice.nope.more }}", "line 1: 'dict object' has no attribute 'nope'"),
        ('{{ "".__class__ }}', "line 1: access to attribute '__class__'"),
        ("{{ invoice.lines.append(1) }}", "line 1: access to attribute 'append'"),
        ("{{ 1 / 0 }}", "line 1: division by zero"),
        ("<style>p{color:;;} @frame{</style>x", "CSS"),
        ("<div>" * 300, "nests more than"),
    ],
)
def test_a_wrong_template_is_named_with_line_and_reason(
    text: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(ValidationError) as refusal:
        render(document(), settings=template(tmp_path, text))
    assert refusal.value.message.startswith("template own.html")
    assert reason in refusal.value.message


@pytest.mark.parametrize("name", ["none", "../secret", "/etc/passwd"])
def test_a_template_that_is_not_there_is_not_found(name: str) -> None:
    with pytest.raises(NotFoundError, match="no template"):
        render(document(), settings=Settings(template=name))


def test_a_template_folder_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no folder .*none"):
        render(document(), settings=Settings(template_dir=tmp_path / "none"))


@pytest.mark.parametrize("packed", [True, False])
def test_templates_are_found_in_a_wheel_and_in_a_checkout(
    packed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "invoicectl"
    ours = (package if packed else tmp_path) / "templates"
    ours.mkdir(parents=True)
    monkeypatch.setattr(templates, "_PACKAGE", package)
    assert templates.folders() == [ours]
    assert templates.folders(tmp_path) == [tmp_path, ours]


def test_text_templates_are_not_escaped_and_html_ones_are(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("{{ name }} {{ 5|money('USD') }}")
    values = {"name": "A & B", "locale": "fr_CA"}
    assert templates.render_text("own.txt", values, tmp_path) == "A & B 5,00\xa0$\xa0US"
    assert templates.render_html("own.txt", values, tmp_path).startswith("A &amp; B")


@pytest.mark.parametrize("currency", sorted(MINOR_DIGITS))
def test_money_has_the_decimals_of_iso_4217_in_every_currency(currency: str) -> None:
    places = MINOR_DIGITS[currency]
    exact = (Decimal(1234567) / 1000).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    written = templates.money(exact, currency, locale="en_US")
    assert "".join(re.findall(r"[\d.]", written)).strip(".") == str(exact)


def test_pages_are_guessed_right_far_more_often_than_not(monkeypatch: pytest.MonkeyPatch) -> None:
    guessed = 0
    for count in range(1, 60, 4):
        rows = [line("word " * (count % 7 * 6)) for _ in range(count)]
        values = documents._values(document(*rows), PLAIN)
        pdf = render(document(*rows), settings=PLAIN)
        guessed += paging.likely_pages(values) == len(pages(pdf))
    assert guessed >= 13
