"""Lettering: which signs the fonts of a document have, and how wide a text is in them.

A PDF has no font of last resort: a sign that no font has comes out as a box, or not at all, and
nobody is told. So every text is looked through before it is drawn.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFError, TTFont

from invoicectl.errors import NotFoundError, ValidationError
from invoicectl.output.templates import folders

FAMILY = "dejavu sans"  # as CSS names it, in small letters
REGULAR = "fonts/DejaVuSans.ttf"
BOLD = "fonts/DejaVuSans-Bold.ttf"

# What both of our fonts are known to have, so that most documents need no look at them.
_COMMON = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), 0x20AC))) | frozenset(
    "\n\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u2212"
)
# A joiner has a meaning in some scripts; what else is invisible can only mislead.
_JOINERS = "\u200c\u200d"
_SURE = re.compile("[\n\x20-\x7e\xa0-\xac\xae-\u017f]*")


def clean(text: str) -> str:
    r"""Return a text as it is drawn: composed, lines ended by `\n`, no control characters.

    >>> clean("Cafe\u0301\t1\r\n2\x1b\u202e3")
    'Café 1\n2 3'
    """
    if _SURE.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_drawn(character) for character in text)


def _drawn(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\n" or character in _JOINERS:
        return character
    if category in {"Zl", "Zp"}:
        return "\n"
    if category == "Cc":
        return " "
    return "" if category == "Cf" else character


def existing(path: Path) -> Path:
    """Return the path of a font that is there.

    Raises:
        NotFoundError: There is no such file.
    """
    if not path.is_file():
        raise NotFoundError(f"no font file {path}", hint="set pdf.font_path to a TrueType font")
    return path


@lru_cache(maxsize=8)
def face(path: Path) -> TTFont:
    """Return a font to measure with.

    Raises:
        ValidationError: It is not a TrueType font.
    """
    try:
        return TTFont(path.stem, str(path))
    except (TTFError, OSError, ValueError) as wrong:
        reason = f"{path} is not a TrueType font that can be embedded: {wrong}"
        raise ValidationError.at("pdf.font_path", reason) from None


@cache
def ours(name: str) -> Path:
    """Return the path of a font that comes with invoicectl."""
    return folders()[-1] / name


OURS = (ours(REGULAR), ours(BOLD))


def uncommon(text: str) -> set[str]:
    """Return the signs of a text that are not in every document."""
    return {sign for sign in set(text) - _COMMON if not sign.isspace()}


def lacking(signs: Iterable[str], path: Path) -> set[str]:
    """Return those of some signs that a font does not have."""
    wanted = set(signs)
    if not wanted:
        return wanted
    glyphs = face(path).face.charToGlyph
    return {sign for sign in wanted if ord(sign) not in glyphs}


def shortened(text: str, size_pt: float, room_pt: float) -> str:
    """Return as much of a text as fits on one line.

    >>> shortened("Northwind Traders", 10, 60)
    'Northwin…'
    """
    text = " ".join(text.split())
    if width_pt(text, size_pt) <= room_pt:
        return text
    kept = text[:500]
    while kept and width_pt(kept + "…", size_pt) > room_pt:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def width_pt(text: str, size_pt: float, *, bold: bool = False) -> float:
    """Return how wide a text is; of a sign that our font lacks a full square is assumed."""
    font = face(ours(BOLD if bold else REGULAR))
    width: float = font.stringWidth(text, size_pt)
    if text.isascii():
        return width
    strange = [sign for sign in text if ord(sign) not in font.face.charToGlyph]
    return width + sum((size_pt - font.stringWidth(sign, size_pt) for sign in strange), 0.0)


def wrapped(text: str, size_pt: float, room_pt: float) -> list[str]:
    r"""Break a text into lines that fit; its own line breaks are kept, a long word is broken.

    >>> wrapped("two words\nand more", 10, 60)
    ['two words', 'and more']
    """
    return [part for line in text.split("\n") for part in _filled(line, size_pt, room_pt)]


def _filled(line: str, size_pt: float, room_pt: float) -> Iterator[str]:
    """Fill lines word by word from one line of text."""
    space_pt = width_pt(" ", size_pt)
    words: list[str] = []
    used_pt = 0.0
    for word in _fitting(line.split(), size_pt, room_pt):
        word_pt = width_pt(word, size_pt)
        if words and used_pt + space_pt + word_pt > room_pt:
            yield " ".join(words)
            words, used_pt = [], 0.0
        used_pt += (space_pt if words else 0) + word_pt
        words.append(word)
    yield " ".join(words)


def _fitting(words: Iterable[str], size_pt: float, room_pt: float) -> Iterator[str]:
    """Cut the words that are wider than a line."""
    for word in words:
        part = ""
        if width_pt(word, size_pt) > room_pt:
            for sign in word:
                if part and width_pt(part + sign, size_pt) > room_pt:
                    yield part
                    part = ""
                part += sign
        yield part or word
