"""Documents: an invoice or a credit note as a PDF, the same bytes for the same record.

A template says what is printed, `layout` draws it. What cannot be drawn as it should be is
refused: most of all a sign that no font has, which would come out as an empty box.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from reportlab.lib.pagesizes import A4, LETTER

from invoicectl.errors import ValidationError
from invoicectl.output import (
    colors,
    confined,
    layout,
    letterhead,
    lettering,
    lines,
    paging,
    payment,
    styles,
    templates,
)

Record = dict[str, Any]

PAPERS: dict[str, tuple[float, float]] = {"a4": A4, "letter": LETTER}
MARGIN_PT = 50.0

_PAGE = re.compile(rb"/Type /Page\b")
_SPACE_AFTER_A_BLOCK = re.compile(r"(</?(?:div|p|table|td|tr)\b[^>]*>)[ \n]+")
# What elements look like before any style sheet, as far as templates of ours have them: to read
# that of all the others, for every document, takes a fiftieth of the time.
_ELEMENTS = """
body, div, p, table, tr, td { display: block }
td { width: auto }
strong { font-weight: bold }
u { text-decoration: underline }
"""
_MOST_LAYOUTS = 4
_MOST_SIGNS = 1_500
MOST_NAMED = 5
_CREDIT = {"lines": [], "priceTaxInclusive": False, "invoice": None, "note": None}


@dataclass(frozen=True, slots=True)
class Settings:
    """How documents look: paper, locale, the font for what ours lacks, the style, the logo.

    `template` names a style, or a template in the user's own folder; `color` is `#rrggbb`, empty
    for the style's own.
    """

    page: str = "A4"
    locale: str = "en_US"
    font_path: str | None = None
    template: str = styles.USUAL
    template_dir: Path | None = None
    logo: Path | None = None
    color: str = ""


class Filled(NamedTuple):
    """A template that was filled for a document of so many pages, to be laid out."""

    pages: int
    template: str
    html: str
    fonts: dict[str, Path]  # that it needs beside ours


def render(document: Record, *, settings: Settings, filled: Filled | None = None) -> bytes:
    """Draw a document: `{title, kind, watermark, seller, billTo, invoice or credit, taxes, …}`.

    Templates of the user's own are filled in a process of their own; see `confined`. What `prove`
    gave for the same document need not be `filled` again.

    Raises:
        NotFoundError: The template, the font or the logo is not there.
        ValidationError: No font has a sign, the template is wrong, or a setting is.
    """
    look = _look(document, settings)
    return confined.run(
        look.template, settings.template_dir, lambda: _made(document, settings, filled)
    )


def _made(document: Record, settings: Settings, filled: Filled | None) -> bytes:
    filled = filled or _tried(document, settings)
    for _ in range(_MOST_LAYOUTS):
        pdf = _drawn(filled, settings)
        counted = len(_PAGE.findall(pdf))
        if counted == filled.pages:
            break
        filled = _filled(_values(_cleaned(document), settings), counted, settings)
    return pdf


def prove(document: Record, *, settings: Settings) -> Filled:
    """Refuse what `render` would refuse, but for what only the layout finds out; it is quick.

    Raises:
        NotFoundError, ValidationError: As for `render`.
    """
    look = _look(document, settings)
    return confined.run(look.template, settings.template_dir, lambda: _tried(document, settings))


def _tried(document: Record, settings: Settings) -> Filled:
    values = _values(_cleaned(document), settings)
    return _filled(values, paging.likely_pages(values), settings)


def _values(document: Record, settings: Settings) -> Record:
    """Return what templates see: the document, and beside it what only Python can work out."""
    record = _record(document)
    look = _look(document, settings)
    width, height = _paper(settings.page)
    room = width - 2 * MARGIN_PT
    seller, bill_to = (letterhead.party(document.get(side)) for side in ("seller", "billTo"))
    values = {
        **document,
        document["kind"].partition("-")[0]: record,
        "seller": seller | {"iban": payment.grouped(seller["iban"])},
        "billTo": bill_to,
        "number": record["friendlyId"],
        "watermark": document.get("watermark"),
        "taxes": document.get("taxes") or [],
        "reference": document.get("reference") or record["friendlyId"],
        "payment": payment.details(record, seller) if _is_to_be_paid(document) else None,
        "note": record["note"],
        "locale": settings.locale,
        "language": settings.locale.replace("_", "-"),
        "page": {
            "size": settings.page,
            "height": height,
            "width": width,
            "margin": MARGIN_PT,
            "room": room,
        },
        "logo": letterhead.logo(settings.logo),
        "template": look.template,
        "style": f"styles/{look.style}.html",
        "type": look.type,
        "colors": colors.of(_color(settings) or look.color),
        "table": lines.table(record, room_pt=room, locale=settings.locale, type=look.type),
        "subtotal": sum(lines.gross(line, record) for line in record["lines"]),
        "fallbacks": [],
    }
    _check_room(values, record)
    return values | {"short": _short(values, room)}


def _look(document: Record, settings: Settings) -> styles.Look:
    return styles.look(settings.template, document["kind"], settings.template_dir)


def _color(settings: Settings) -> str:
    try:
        return settings.color and colors.read(settings.color)
    except ValueError as wrong:
        raise ValidationError.at("pdf.color", str(wrong)) from None


def _is_to_be_paid(document: Record) -> bool:
    """Return whether a document asks for money: no draft does, no credit, nothing void or paid."""
    issued = document["kind"] == "invoice" and not document.get("watermark")
    return issued and document["invoice"]["amountOwed"] > 0


def _record(document: Record) -> Record:
    if document["kind"] == "invoice":
        return dict(document["invoice"])
    return {**_CREDIT, **document["credit"]}


def _check_room(values: Record, record: Record) -> None:
    """Refuse what would fill a page; only the lines and the note go on from page to page."""
    texts = {field: record.get(field) for field in ("friendlyId", "reference", "poNumber")}
    texts["paymentTerm.name"] = (record.get("paymentTerm") or {}).get("name")
    texts |= {f"taxes[{place}].name": tax["name"] for place, tax in enumerate(values["taxes"])}
    for side in ("seller", "billTo"):
        texts[side] = "".join(text for text in values[side].values() if isinstance(text, str))
        texts[f"{side}.address"] = "".join(values[side]["lines"])
    for field, text in texts.items():
        if text and len(text) > _MOST_SIGNS:
            reason = f"is longer than the {_MOST_SIGNS:,} characters a page has room for"
            raise ValidationError.at(field, reason)


def _short(values: Record, room_pt: float) -> Record:
    """Return the one-line texts of the margins, cut where there is no more room."""
    seller = values["seller"]
    parts = [seller["name"], seller["email"], seller["website"], seller["taxId"]]
    texts = {
        "seller": (" · ".join(filter(None, parts)), 0.8),
        "document": (f"{values['title']} {values['number']}", 0.48),
        "billTo": (values["billTo"]["name"], 0.48),
    }
    return {
        name: lettering.shortened(text, 7.0, room_pt * share)
        for name, (text, share) in texts.items()
    }


def _paper(name: str) -> tuple[float, float]:
    try:
        return PAPERS[name.lower()]
    except KeyError:
        raise ValidationError.at("pdf.page", f"{name!r} is neither A4 nor Letter") from None


def _cleaned(value: Any) -> Any:
    """Return a record with every text in it as it is drawn."""
    if isinstance(value, str):
        return lettering.clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


def _drawn(filled: Filled, settings: Settings) -> bytes:
    """Lay a filled template out."""
    files = {f"{font}.ttf": path for font, path in filled.fonts.items()}
    if settings.logo:
        files["logo"] = settings.logo
    # The layout would break a number at a narrow space, as if it were any other.
    html = filled.html.replace("\u202f", "\xa0")
    elements = None
    if settings.template_dir is None:  # ours: in none is a block where spaces count
        html, elements = _SPACE_AFTER_A_BLOCK.sub(r"\1", html), _ELEMENTS
    folders = templates.folders(settings.template_dir)
    return layout.lay_out(
        html, name=filled.template, files=files, folders=folders, elements=elements
    )


def _filled(values: Record, pages: int, settings: Settings) -> Filled:
    """Fill the template for so many pages, and again where it needs fonts beside ours."""
    name, values = values["template"], values | {"pages": pages, "fonts_at_hand": True}
    html = templates.render_html(name, values, settings.template_dir)
    fonts = _fallbacks(html, values, settings.font_path)
    if fonts:
        names = values | {"fallbacks": list(fonts)}
        html = templates.render_html(name, names, settings.template_dir)
    return Filled(pages, name, html, fonts)


def _fallbacks(html: str, values: Record, font_path: str | None) -> dict[str, Path]:
    """Return the fonts that have what our two do not both have, by the name templates know."""
    fonts = {"regular": lettering.ours(lettering.REGULAR)}
    if font_path:
        fonts["own"] = lettering.existing(Path(font_path))
    signs = lettering.uncommon(html)
    missing = {sign for font in lettering.OURS for sign in lettering.lacking(signs, font)}
    used = {}
    for font, path in fonts.items():
        still = lettering.lacking(missing, path)
        if still != missing:
            used[font] = path
        missing = still
    if missing:
        raise _undrawable(sorted(missing), values)
    return used


def _undrawable(signs: list[str], values: Record) -> ValidationError:
    """Return the refusal of signs that no font has: the first few by name, where the first is."""
    named = ", ".join(_named(sign) for sign in signs[:MOST_NAMED])
    more = f" and {len(signs) - MOST_NAMED} more" if len(signs) > MOST_NAMED else ""
    place = next(_places(signs[0], values, ""), "template")
    reason = f"no font has {named}{more}"
    return ValidationError.at(
        place, reason, hint="set pdf.font_path to a TrueType font that has it"
    )


def _named(sign: str) -> str:
    number = f"U+{ord(sign):04X}"
    return f"{sign} ({number})" if sign.isprintable() else number


def _places(sign: str, value: Any, path: str) -> Iterator[str]:
    """Find where in a record a sign stands."""
    if isinstance(value, str) and sign in value:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _places(sign, item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _places(sign, item, f"{path}[{place}]")
