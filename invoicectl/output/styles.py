"""Styles: the looks that documents of every kind come in, and what of a look Python must know.

A style is a template in `styles/` that says where things stand; what they say is in `invoice.html`
and `credit-note.html`, and all of them are made on `base.html`.
"""

from pathlib import Path
from typing import NamedTuple

from invoicectl.errors import NotFoundError
from invoicectl.output.templates import folders, is_there

USUAL = "plain"
_DOCUMENTS = {"invoice": "invoice.html", "credit-note": "credit-note.html"}
_PARTS = {"base.html", "parts.html", "aging.html", *_DOCUMENTS.values()}  # no template by itself


class Type(NamedTuple):
    """How the lines are set, as the style's CSS has it; all in points, the padding of both sides.

    `inset_pt` is how far the table's edges are from its text. `first_pt` and `next_pt` are what a
    page holds beside lines; only a guess hangs on them.
    """

    size_pt: float = 8.0
    leading_pt: float = 11.6
    padding_pt: float = 9.5
    head_size_pt: float = 6.8
    gap_pt: float = 12.0
    inset_pt: float = 0.0
    first_pt: float = 201.0
    next_pt: float = 152.0


class Style(NamedTuple):
    """A style of ours: what it is for, its usual colour, and how it sets the lines."""

    meaning: str
    color: str
    type: Type = Type()


STYLES: dict[str, Style] = {
    "plain": Style("much white, one colour", "#1f4e79"),
    "modern": Style(
        "a band of colour, and what is to be paid by when at the top",
        "#0f5c63",
        Type(gap_pt=13.0, inset_pt=6.0, first_pt=196.0),
    ),
    "compact": Style(
        "black on white and close together: some 35 lines on a page",
        "#000000",
        Type(size_pt=7.2, leading_pt=9.9, padding_pt=3.2, gap_pt=10.0, first_pt=82.0),
    ),
}


class Look(NamedTuple):
    """The template of a document, and the style it is in."""

    template: str
    style: str

    @property
    def color(self) -> str:
        """Its usual colour."""
        return STYLES.get(self.style, STYLES[USUAL]).color

    @property
    def type(self) -> Type:
        """How its lines are set; a style of the user's own sets them as the plain one does."""
        return STYLES.get(self.style, STYLES[USUAL]).type


def look(name: str, kind: str, user_dir: Path | None = None) -> Look:
    """Return what a document of a kind looks like by the name of a style, or of an own template.

    A template of the user's own is one of invoices; credit notes are plain beside it.

    Raises:
        NotFoundError: There is neither.
    """
    name = name.removesuffix(".html")
    if is_there(name, user_dir):
        return Look(f"{name}.html" if kind == "invoice" else _DOCUMENTS[kind], USUAL)
    if is_style(name, user_dir):
        return Look(_DOCUMENTS[kind], name)
    there = ", ".join(names(user_dir))
    raise NotFoundError(f"no template {name}.html", hint=f"there are {there}")


def is_style(name: str, user_dir: Path | None = None) -> bool:
    """Return whether there is a style of this name."""
    file = f"{name.removesuffix('.html')}.html"
    is_plain = Path(file).name == file
    return is_plain and any((folder / "styles" / file).is_file() for folder in folders(user_dir))


def names(user_dir: Path | None = None) -> dict[str, Path]:
    """Return every name that `pdf.template` can have, with its file: ours first."""
    found: dict[str, Path] = {}
    for folder in reversed(folders(user_dir)):
        files = {path.stem: path for path in sorted((folder / "styles").glob("*.html"))}
        found |= {name: files[name] for name in (*STYLES, *files) if name in files}
    if user_dir is not None:
        own = (path for path in sorted(user_dir.glob("*.html")) if path.name not in _PARTS)
        found |= {path.stem: path for path in own}
    return found
