"""Names, notes and addresses that carry somebody's code: shown as the text they are, everywhere.

One set of books has every such text in every field that takes text, and each output is looked at.
Nothing may be fetched: the addresses in the texts are those of a server here that nobody may call.
"""

import csv
import email
import html.parser
import io
import json
import re
import shutil
import socket
import unicodedata
import xml.etree.ElementTree as ET
from email import policy

import openpyxl
import pypdf
import pytest

TEXTS = [
    "<script>alert(1)</script><b>bold</b>",
    '"><img src="http://{host}/x.png" onerror=alert(1)>',
    '<link rel="stylesheet" href="http://{host}/x.css">',
    "</style><style>* {{ display: none }} @import url(http://{host}/y.css)</style>",
    "<pdf:barcode value=1 type=qr/><img src='file:///etc/hostname'>",
    "<!-- --><![CDATA[x]]>&amp;&lt;&#x41;",
    "{{{{ 7 * 191 }}}} {{% for a in range(9) %}}z{{% endfor %}} {{{{ ''.__class__ }}}}",
    "%s %(name)s {{0}} ${{PATH}} $(id) `id`",
    "file:///etc/passwd http://{host}/z data:text/html,<i>x</i> javascript:alert(1)",
    "[red]x[/red] [link=http://{host}]y[/link] :smile:",
    "=HYPERLINK(\"http://{host}\",\"x\")",
    "+1+1",
    "-2+3|'cmd'!A0",
    "@SUM(1,1)",
    "=?utf-8?q?a=0D=0ABcc:_evil=40x.test?=",
    "Bcc: evil@x.test",
    "../../../etc/passwd",
    "C:\\evil\\name?.pdf",
    "'; DROP TABLE invoice; --",
    "\x1b[31mred\x1b]52;c;aGk=\x07 \x9b1m",
    "\u202egpj.exe\u2069 \u200bzero",
]  # fmt: skip
FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@|%]")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile") / "made"


@pytest.fixture(scope="module")
def nobody():
    """A server that nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.fixture(scope="module")
def texts(nobody):
    host = f"127.0.0.1:{nobody.getsockname()[1]}"
    return [text.format(host=host) for text in TEXTS]


@pytest.fixture
def hostile(run, kept, texts):
    """Books with each of the texts in every field of a customer and an invoice of his."""
    kept.mkdir(exist_ok=True)

    def fill(run):
        make(run, texts)
        shutil.copy(run.config, kept)

    run.filled("hostile", kept, fill)
    shutil.copy(kept / run.config.name, run.folder)
    return run


def make(run, texts):
    run.ok("config", "set", "company.name=<b>=?utf-8?q?Us=0D=0ABcc:_evil=40x.test?=</b>",
           "company.email=billing@northwind.example", "mail.transport=file", "mail.folder=outbox")  # fmt: skip
    customers = [
        {"key": f"c{n}", "name": text, "email": [f"c{n}@acme.example"], "phone": text[:50],
         "website": text, "taxId": text, "paymentTerm": "Net 30",
         "address": dict.fromkeys(["line1", "line2", "city", "region", "postalCode"], text)}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    run.write("c.json", json.dumps(customers))
    assert run.ok("import", "customers", "c.json")["created"] == len(texts)
    invoices = [
        {"key": f"i{n}", "customer": f"c{n}", "reference": text, "poNumber": text, "note": text,
         "customAttributes": [{"name": "said", "value": text}],
         "lines": [{"description": text, "quantity": 1, "unitPrice": 10, "unit": text[:9],
                    "itemId": text, "accountingCode": text, "warehouse": text}]}
        for n, text in enumerate(texts)
    ]  # fmt: skip
    run.write("i.json", json.dumps(invoices))
    assert len(run.ok("create", "--from", "i.json")["succeeded"]) == len(texts)
    run.ok("mark-awaiting", *(f"i{n}" for n in range(len(texts))))
    for n, text in enumerate(texts):
        run.ok("pay", f"i{n}", "--amount", "1", "--reference", text, "--method", "check")


def visible(text):
    """Return a text without what has no width, as a PDF or a page may show it."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cf"})


def squeezed(text):
    return re.sub(r"\s+", "", visible(text))


def test_json_has_them_as_they_are(hostile, texts):
    found = hostile.ok("filter", "--all", "--sort", "friendlyId")["data"]
    assert [each["customer"]["name"] for each in found] == texts
    for field in ("reference", "poNumber", "note"):
        assert [each[field] for each in found] == texts
    assert [each["lines"][0]["description"] for each in found] == texts
    lines = hostile("filter", "--all", "-f", "jsonl").stdout.splitlines()
    assert {json.loads(line)["customer"]["name"] for line in lines} == set(texts)


LISTS = [
    ["filter", "--all"], ["customer", "list"], ["get", "i0"], ["payment", "list"], ["aging"],
    ["aging", "--detail"], ["activity", "i9"], ["export"], ["payments", "i10"],
]  # fmt: skip


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_no_cell_of_a_sheet_is_a_formula(hostile, words, format):
    said = hostile(*words, "-f", format).stdout
    rows = csv.reader(
        io.StringIO(said, newline=""), dialect="excel" if format == "csv" else "excel-tab"
    )
    cells = [cell for row in rows for cell in row]
    assert len(cells) > 10
    bad = [cell for cell in cells if FORMULA.match(cell) and not re.fullmatch(r"-?[0-9.]+", cell)]
    assert bad == []


@pytest.mark.parametrize("words", [["aging", "--detail"], ["export"]], ids=" ".join)
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(hostile, words, texts):
    assert hostile(*words, "-o", "out.xlsx").exit_code == 0
    book = openpyxl.load_workbook("out.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    names = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert set(texts[:18]) <= names
    assert [cell for cell in cells if cell.hyperlink] == []
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert [each for each in formulas if not each.startswith("=SU")] == []  # our own sums


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_xml_is_well_formed_and_says_them(hostile, words):
    said = hostile(*words, "-f", "xml").stdout
    assert "<!ENTITY" not in said
    read = ET.fromstring(said)
    assert {each.tag for each in read.iter()}.isdisjoint({"script", "b", "img", "link", "style"})


@pytest.mark.parametrize("words", [*LISTS, []], ids=" ".join)
def test_no_table_gives_a_command_to_the_terminal(hostile, words):
    for ran in (hostile(*words, "-f", "table"), hostile(*words, "-f", "table", "--wide")):
        assert ran.exit_code == 0, ran.stderr
        hidden = {unicodedata.category(sign) for sign in ran.stdout + ran.stderr} - {"Zs"}
        acting = [sign for sign in ran.stdout + ran.stderr
                  if unicodedata.category(sign) in {"Cc", "Cf"} and sign != "\n"]  # fmt: skip
        assert acting == [], hidden


def test_no_refusal_gives_a_command_to_the_terminal(run):
    for n, text in enumerate(("\x1b[31mred\x9b1m", "a\u202egpj.exe\u2069", "two\x07\rlines")):
        run.ok("customer", "add", "--name", text, "--key", f"c{n}")
        run.ok("create", "--customer", f"c{n}", "--item", "desc=x,qty=1,price=1", "--key", f"i{n}")
        mail = ["--set", "mail.transport=file", "--set", "mail.folder=outbox",
                "--set", "company.name=Us", "--set", "company.email=us@x.example"]  # fmt: skip
        for words in (["send", f"i{n}", *mail], ["get", text], ["import", "taxes", f"{text}.csv"],
                      ["get", f"i{n}", "--db", text], [text]):  # fmt: skip
            ran = run(*words)
            assert ran.exit_code in {2, 4, 6, 10}, ran.stderr
            acting = [sign for sign in ran.stderr
                      if unicodedata.category(sign) in {"Cc", "Cf"} and sign != "\n"]  # fmt: skip
            assert acting == [], ran.stderr


def test_markup_and_names_of_smileys_are_shown_as_they_are(hostile, texts):
    assert texts[9] in hostile("get", "i9", "-f", "table", "--fields", "note").stdout


class Page(html.parser.HTMLParser):
    """The tags, the text and whatever a page would fetch or run."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.words, self.reaches = set(), [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.reaches += [f"{name}={value}" for name, value in attrs
                         if name in {"src", "href", "action"} or name.startswith("on")]  # fmt: skip

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_of_aging_has_no_tag_of_theirs(hostile, texts):
    assert hostile("aging", "--detail", "-o", "page.html").exit_code == 0
    page = Page((hostile.folder / "page.html").read_text())
    assert page.tags.isdisjoint({"script", "img", "b", "pdf:barcode"})
    assert page.reaches == ["href=data:,"]  # our own: no icon
    text = squeezed("".join(page.words))
    assert [name for name in texts if squeezed(name) not in text] == []


def test_a_pdf_says_them_and_does_nothing(hostile, texts):
    for n, wanted in enumerate(texts):
        assert hostile("pdf", f"i{n}", "-o", "out.pdf").exit_code == 0, wanted
        read = pypdf.PdfReader("out.pdf")
        said = squeezed("".join(page.extract_text() for page in read.pages))
        assert squeezed(wanted) in said, wanted
        assert [page.get("/Annots") for page in read.pages if page.get("/Annots")] == []
        assert not {"/OpenAction", "/AA", "/Names"} & set(read.trailer["/Root"])
        assert "1337" not in said
        assert all(not page.images for page in read.pages)


def test_a_letter_has_its_own_headers_and_no_tag_of_theirs(hostile, texts):
    for n, wanted in enumerate(texts):
        sent = hostile.ok("send", f"i{n}")
        assert sent["to"] == [f"c{n}@acme.example"], wanted
    letters = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (hostile.folder / "outbox").glob("*.eml")
    ]
    assert len(letters) == len(texts)
    for letter in letters:
        assert set(letter) == {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version",
                               "Content-Type"}  # fmt: skip
        assert [one.addr_spec for one in letter["From"].addresses] == ["billing@northwind.example"]
        page = Page(letter.get_body(("html",)).get_content())
        assert page.tags.isdisjoint({"script", "img", "link", "b", "pdf:barcode"})
        assert [each for each in page.reaches if "127.0.0.1" in each or each.startswith("on")] == []
        (attached,) = letter.iter_attachments()
        assert re.fullmatch(r"INV-[0-9]{5}\.pdf", attached.get_filename())


@pytest.mark.parametrize("number", ["../../evil", "/etc/evil", "a/b", "..", "CON\\x", ".hidden"])
def test_a_number_is_no_path(run, number):
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    made = run("create", "--customer", "acme", "--item", "desc=x,qty=1,price=1",
               "--number", number, "--json")  # fmt: skip
    if made.exit_code:
        assert made.exit_code in {5, 6}
        return
    run.ok("mark-awaiting", made.json["id"])
    (run.folder / "here").mkdir()
    before = {path for path in run.folder.rglob("*") if path.suffix == ".pdf"}
    assert run("pdf", made.json["id"], "-o", "here/").exit_code == 0
    (pdf,) = {path for path in run.folder.rglob("*") if path.suffix == ".pdf"} - before
    assert pdf.parent == run.folder / "here"
