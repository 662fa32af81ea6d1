"""Markdown: notes with emphasis, lists, links and line breaks; all else stands as it was written.

A note comes from users and customers and goes into PDFs and e-mails, so nothing in it may fetch,
read or format more: there are no pictures, no HTML and nothing to click. A link is printed as its
words and its address, which also reads well on paper. No word is ever lost: a note that would
lose one is shown as it was written.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape, unescape
from typing import Any

_RULES = ["emphasis", "escape", "hr", "link", "list", "newline"]
_LETTERS = re.compile(r"[^\W_]")
_INSIDE_A_WORD = re.compile(r"(?<=\w)\*+(?=\w)")  # 5*3*2 is no emphasis, but a product
_TAGS = {"p", "br", "strong", "u"}
_CLASSES = {"item", "item2", "item3"}
_DEEPEST = 3
# What stands for a token; underlined is what italics are where a font has none.
_SIGNS = {
    "strong_open": "<strong>", "strong_close": "</strong>", "em_open": "<u>", "em_close": "</u>",
    "softbreak": "<br>", "hardbreak": "<br>",
}  # fmt: skip


def to_html(text: str) -> str:
    r"""Return a note as HTML of paragraphs; an item of a list is one with its sign before it.

    >>> to_html("Thank **you**.\n\n- see [terms](https://a.example)")
    '<p>Thank <strong>you</strong>.</p>\n<p class="item">•&nbsp; see terms (https://a.example)</p>'
    """
    import nh3

    read = _INSIDE_A_WORD.sub(lambda signs: signs[0].replace("*", "\\*"), text)
    html = nh3.clean(
        "\n".join(_blocks(_reader().parse(read), read.split("\n"))),
        tags=_TAGS, attributes={}, allowed_classes={"p": _CLASSES},
    )  # fmt: skip
    shown = unescape(nh3.clean(html, tags=set()))
    if _LETTERS.findall(shown) == _LETTERS.findall(text):
        return str(html)
    return "\n".join(f"<p>{escape(line) or '&nbsp;'}</p>" for line in text.split("\n"))


@lru_cache(maxsize=1)
def _reader() -> Any:
    from markdown_it import MarkdownIt

    reader: Any = MarkdownIt("zero", {"html": False, "maxNesting": 100}).enable(_RULES)
    reader.normalizeLink = str  # an address is printed as it was written
    return reader


def _blocks(tokens: Iterable[Any], lines: Sequence[str]) -> Iterator[str]:
    """Yield the paragraphs of a note; one that begins an item of a list has its sign before it."""
    depth, sign = 0, ""
    for token in tokens:
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            depth += 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
        elif token.type == "list_item_open":
            sign = f"{token.info}{token.markup}" if token.info else "•"
        elif token.type == "hr":
            yield f"<p>{lines[token.map[0]].strip()}</p>"
        elif token.type == "inline" or (token.type == "list_item_close" and sign):
            place = f' class="item{min(depth, _DEEPEST) if depth > 1 else ""}"' if depth else ""
            before, sign = (f"{sign}&nbsp; " if sign else ""), ""
            yield f"<p{place}>{before}{''.join(_inline(token.children or ()))}</p>"


def _inline(tokens: Iterable[Any]) -> Iterator[str]:
    """Yield what is inside a paragraph; behind the words of a link stands where it leads."""
    address = ""
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrGet("href"))
        elif token.type == "link_close":
            yield f" ({escape(address)})" if address else ""
        else:
            yield _SIGNS.get(token.type) or escape(token.content)
