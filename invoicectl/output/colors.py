"""Colours: those of a document that follow from one, so that all of it can be read.

What is light and what is dark enough is as WCAG 2.1 has it: relative luminance, contrast 4.5.
"""

import re
from typing import NamedTuple

_READABLE = 4.5
_TINT = 0.1
_WRITTEN = re.compile(r"#[0-9a-f]{6}")
BLACK, WHITE = "#1d2733", "#ffffff"


class Colors(NamedTuple):
    """`accent` fills bands, `on` is for text on it, `ink` for text on white, `tint` is pale."""

    accent: str
    on: str
    ink: str
    tint: str


def read(text: str) -> str:
    """Return a colour as CSS has it; ValueError where it is not written as one.

    >>> read("#1F4E79")
    '#1f4e79'
    """
    if not _WRITTEN.fullmatch(text.lower()):
        raise ValueError(f"{text!r} is not a colour such as #1f4e79")
    return text.lower()


def of(accent: str) -> Colors:
    """Return the colours that go with one.

    >>> of("#1f4e79")
    Colors(accent='#1f4e79', on='#ffffff', ink='#1f4e79', tint='#e9edf2')
    >>> of("#ffee00")
    Colors(accent='#ffee00', on='#1d2733', ink='#1d2733', tint='#fffde6')
    """
    is_dark = _contrast(accent, WHITE) >= _READABLE
    on = WHITE if _contrast(accent, WHITE) >= _contrast(accent, BLACK) else BLACK
    pale = (round(255 - (255 - part) * _TINT) for part in _parts(accent))
    tint = "#" + "".join(f"{part:02x}" for part in pale)
    return Colors(accent, on, accent if is_dark else BLACK, tint)


def _parts(color: str) -> list[int]:
    return [int(color[place : place + 2], 16) for place in (1, 3, 5)]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    shares = (part / 255 for part in _parts(color))
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
