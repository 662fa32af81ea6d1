"""The aging report as a page: all of it in one file, read by eyes, by ears and by a printer."""

import functools
import http.server
import re
import shutil
import subprocess
import threading
from html.parser import HTMLParser

import pytest

from invoicectl.output.aging_page import page
from tests.test_aging_formats import EMPTY, REPORT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="no chromium here to draw the page with")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text in it."""

    EMPTY = frozenset({"meta", "link", "rect", "line"})

    def __init__(self, text):
        super().__init__()
        self.found, self._open, self.unclosed = [], [], []
        self.feed(text)
        self.unclosed += [tag for tag, _, _ in self._open]

    def handle_starttag(self, tag, attrs):
        element = (tag, dict(attrs), [])
        self.found.append(element)
        if tag not in self.EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):
        opened = self._open.pop()[0]
        if opened != tag:
            self.unclosed.append(opened)

    def handle_data(self, text):
        for _, _, texts in self._open:
            texts.append(text)

    def all(self, tag, **attributes):
        return [
            (given, " ".join("".join(texts).split()))
            for name, given, texts in self.found
            if name == tag and attributes.items() <= given.items()
        ]


def text(report=REPORT, **more):
    return page(report, **more).decode()


@pytest.fixture(scope="module")
def elements():
    return Elements(text(company="Northwind & Co"))


def without_details(report):
    rows = [{name: row[name] for name in row if name != "details"} for row in report["rows"]]
    return report | {"rows": rows}


# --- what is on it ---


def test_every_element_is_closed(elements):
    assert elements.unclosed == []


def test_it_says_whose_it_is_and_of_when(elements):
    assert elements.all("title")[0][1] == "Aging as of 2026-01-31, Northwind & Co"
    assert elements.all("h1")[0][1] == "Aging as of Jan 31, 2026"
    assert elements.all("html")[0][0]["lang"] == "en"


def test_each_currency_has_its_total_and_how_much_of_it_is_late(elements):
    assert [said for _, said in elements.all("h2")] == ["EUR: €1,434.50 owed", "JPY: ¥500 owed"]
    lead = [said for _, said in elements.all("p", **{"class": "lead"})]
    assert lead[0] == (
        "€1,434.50 (100%) is past due; 2 open invoices. €34.50 of payments and credits is not"
        " applied yet, which leaves €1,400.00."
    )
    assert lead[1] == "¥0 (0%) is past due; 1 open invoice."


def test_every_amount_of_the_report_is_in_a_table(elements):
    cells = [said for _, said in elements.all("td")]
    for amount in ("1,234.50", "200.00", "1,434.50", "-34.50", "1,400.00"):
        assert cells.count(amount) >= 2, amount


def test_a_bar_is_as_long_as_its_amount(elements):
    widths = [int(given["width"]) for given, _ in elements.all("rect")]
    assert widths[:2] == [280, int(280 * 200 / 1234.5)]
    assert len(widths) == 3  # buckets with nothing in them have no bar


def test_invoices_are_listed_only_in_detail():
    assert "INV-00001" in text()
    assert "INV-00001" not in text(without_details(REPORT))


def test_nothing_owed_is_said():
    assert "Nothing is owed." in text(EMPTY)


def test_amounts_and_dates_are_written_as_in_the_company_s_locale():
    german = text(locale="de_DE")
    assert "1.434,50" in german
    assert "31.01.2026" in german


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "a & b", '"x"', "<b>", "{{ 7 * 7 }}"]
)
def test_names_are_text_and_nothing_else(name):
    row = REPORT["rows"][0]
    customer = row["customer"] | {"name": name}
    found = Elements(text(REPORT | {"rows": [row | {"customer": customer}, REPORT["rows"][1]]}))
    assert found.all("script") == []
    assert found.all("bdi")[0][1] == name
    assert found.unclosed == []


# --- who reads it otherwise ---


def test_every_table_has_a_caption_and_headings_that_say_what_they_head(elements):
    tables = elements.all("table")
    assert len(elements.all("caption")) == len(tables) == 4
    scopes = {given.get("scope") for given, _ in elements.all("th")}
    assert scopes == {"col", "row"}


def test_every_chart_is_a_figure_with_a_name_and_all_its_figures_in_words(elements):
    charts = [given for given, _ in elements.all("svg")]
    assert [chart["role"] for chart in charts] == ["img", "img"]
    assert len(elements.all("figure")) == len(elements.all("figcaption")) == 2
    named = {given["id"]: said for given, said in elements.all("desc") + elements.all("title")[1:]}
    for chart in charts:
        assert set(chart["aria-labelledby"].split()) <= set(named)
    assert named["EUR-desc"].startswith("Current: €0.00; 1–30 days: €1,234.50;")  # noqa: RUF001


def test_what_scrolls_can_be_reached_by_the_keyboard_and_has_a_name(elements):
    regions = [given for given, _ in elements.all("div", role="region")]
    assert len(regions) == 4
    assert all(given["tabindex"] == "0" and given["aria-label"] for given in regions)


def test_links_lead_to_parts_of_the_page(elements):
    ids = {given["id"] for _, given, _ in elements.found if "id" in given}
    assert [given["href"] for given, _ in elements.all("a")] == ["#EUR", "#JPY"]
    assert {given["href"][1:] for given, _ in elements.all("a")} <= ids
    referred = [
        given["aria-labelledby"] for _, given, _ in elements.found if "aria-labelledby" in given
    ]
    assert {one for several in referred for one in several.split()} <= ids


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_text_and_bars_stand_out_in_light_and_in_dark_and_on_paper():
    themes = re.findall(r":root \{(.*?)\}", text(), re.S)
    assert len(themes) == 3
    for theme in themes:
        colours = dict(re.findall(r"--(\w+): (#\w{6})", theme))
        for ground in ("paper", "stripe"):
            assert contrast(colours["ink"], colours[ground]) >= 7
            assert contrast(colours["soft"], colours[ground]) >= 4.5
        for level in range(5):
            assert contrast(colours[f"level{level}"], colours["paper"]) >= 3


# --- nothing leaves it ---


def test_nothing_on_the_page_is_somewhere_else(elements):
    for tag, given, _ in elements.found:
        for name in ("src", "href", "action", "srcset", "data", "poster"):
            assert given.get(name, "#").startswith(("#", "data:")), (tag, given)
    assert not re.search(r"url\(|@import|https?:", text())
    (policy,) = [given for given, _ in elements.all("meta") if "http-equiv" in given]
    assert policy["content"].startswith("default-src 'none'")


@pytest.fixture
def drawn(tmp_path):
    """Return a function that has chromium do something with a page it was given over HTTP."""
    asked = []

    class Server(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            asked.append(self.path)

    folder = tmp_path / "site"
    folder.mkdir()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Server, directory=folder)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def draw(*flags):
        (folder / "aging.html").write_bytes(page(REPORT, company="Northwind"))
        profile = tmp_path / "profile"
        address = f"http://127.0.0.1:{server.server_port}/aging.html"
        done = subprocess.run(
            [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *flags, address],
            capture_output=True, timeout=120, check=True, cwd=tmp_path,
        )  # fmt: skip
        return done.stdout.decode(), asked

    yield draw
    server.shutdown()
    server.server_close()


@needs_chromium
def test_a_browser_asks_for_the_page_and_for_nothing_else(drawn):
    shown, asked = drawn("--dump-dom")
    assert "Aging as of Jan 31, 2026" in shown
    assert asked == ["/aging.html"]


@needs_chromium
def test_it_prints_all_of_it_a_currency_a_page(drawn, tmp_path):
    from pypdf import PdfReader

    drawn("--no-pdf-header-footer", "--print-to-pdf=aging.pdf")
    pages = [one.extract_text() for one in PdfReader(tmp_path / "aging.pdf").pages]
    assert len(pages) == 2
    assert "€1,434.50" in pages[0]
    assert "¥500" in pages[1]
    assert "CAD" not in pages[0]


@needs_chromium
@pytest.mark.parametrize(("scheme", "dark"), [("1", False), ("0", True)])
def test_it_is_light_or_dark_as_its_reader_likes(drawn, tmp_path, scheme, dark):
    flags = ["--force-dark-mode"] if dark else []
    drawn(*flags, f"--blink-settings=preferredColorScheme={scheme}", "--window-size=600,400",
          "--screenshot=shot.png")  # fmt: skip
    assert (corner(tmp_path / "shot.png") < 100) == dark


def corner(path):
    """Return how light the pixel in the upper left corner of a picture is, from 0 to 255."""
    from PIL import Image  # reportlab brings it

    with Image.open(path) as picture:
        return picture.convert("L").getpixel((2, 2))
