"""Notes in Markdown: a harmless part of it is formatted, all else is shown as it was written."""

import re
import socket
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.output.documents import Settings, render
from invoicectl.output.markdown import to_html
from tests.test_documents import document, drawn, pages, text_of


@pytest.mark.parametrize(
    ("note", "html"),
    [
        (
            "a **b** *c* __d__ _e_",
            "<p>a <strong>b</strong> <u>c</u> <strong>d</strong> <u>e</u></p>",
        ),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\n\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- a\n- b", '<p class="item">•&nbsp; a</p>\n<p class="item">•&nbsp; b</p>'),
        ("3. a\n7) b", '<p class="item">3.&nbsp; a</p>\n<p class="item">7)&nbsp; b</p>'),
        ("- a\n  - b", '<p class="item">•&nbsp; a</p>\n<p class="item2">•&nbsp; b</p>'),
        ("[us](https://a.example/ü?b&c)", "<p>us (https://a.example/ü?b&amp;c)</p>"),
        (r"\*no\*", "<p>*no*</p>"),
        ("5*3*2 m", "<p>5*3*2 m</p>"),
        ("PO_77_81", "<p>PO_77_81</p>"),
        ("one\n* * *", "<p>one</p>\n<p>* * *</p>"),
    ],
)
def test_a_note_may_have_emphasis_lists_links_and_line_breaks(note, html):
    assert to_html(note) == html


@pytest.mark.parametrize(
    "note",
    [
        "# head", "> quote", "`code`", "    code", "```\nfence\n```", "a\n---", "| a |\n|---|",
        "<b>bold</b>", "<script>alert(1)</script>", "<!-- x -->", "&lt; &#65;",
        "[a](javascript:alert(1))", "[a](data:text/html,x)", "https://a.example", "<https://a.example>",
        "[a]: https://a.example", '[a](https://a.example "with a title")', "~~a~~",
    ],
)  # fmt: skip
def test_what_is_no_part_of_it_is_shown_as_it_was_written(note):
    plain = unescape(re.sub(r"</?p>|<br>|\n", "", to_html(note)))
    assert plain == note.replace("\n", "").strip()


@given(st.text(alphabet="ab1.*_-+[]()<>&\\!# \n`~|:\"'", max_size=60) | st.text(max_size=60))
def test_no_word_is_ever_lost_and_nothing_but_our_tags_comes_out(note):
    html = to_html(note)
    tags = set(re.findall(r"<[^>]*>", html))
    assert {tag.replace("</", "<") for tag in tags} <= {
        "<p>", "<br>", "<strong>", "<u>",
        '<p class="item">', '<p class="item2">', '<p class="item3">',
    }  # fmt: skip
    shown = unescape(re.sub(r"<[^>]*>", "", html))
    letters = re.compile(r"[^\W_]")
    assert letters.findall(shown) == letters.findall(note)


@pytest.mark.parametrize("note", ["[" * 5000, "*a_" * 5000, "- " * 5000, "**" * 5000 + "x"])
def test_a_note_made_to_keep_us_busy_is_shown(note):
    assert "p>" in to_html(note)


def test_a_note_in_a_pdf_is_formatted():
    note = "We *moved* to **Bonn**:\n\n- [map](https://map.example)\n1. one\n\n" + "long " * 40
    pdf = render(document(note=note), settings=Settings())
    read = text_of(pdf)
    assert "We moved to Bonn:" in read
    assert "• map (https://map.example)" in read
    assert "1. one" in read
    assert "*" not in read
    assert {size for text, _, size in drawn(pdf) if "long" in text} == {8.0}


def test_a_note_fetches_nothing_and_has_nothing_to_click():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        host = f"http://127.0.0.1:{server.getsockname()[1]}"
        note = f"![a]({host}/a.png) <img src={host}/b.png> [c]({host}/c) <link href={host}/d>"
        pdf = render(document(note=note), settings=Settings())
        with pytest.raises(BlockingIOError):
            server.accept()
    assert b"/URI" not in pdf
    assert b"/Annots" not in pdf
    assert "<img src=http://127.0.0.1" in " ".join(pages(pdf))


def test_a_note_of_a_credit_note_is_formatted_too(books):
    books.ok("credit-note", "INV-00001", "--note", "So **sorry**")
    assert books("pdf", "CM-00002", "-o", "cm.pdf").exit_code == 0
    assert "So sorry" in text_of((books.folder / "cm.pdf").read_bytes())
