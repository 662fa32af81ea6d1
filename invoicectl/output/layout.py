"""Layout: HTML into a PDF that is the same bytes each time, or a refusal.

Nothing is fetched, and no file is read but those in the template folders and those that are named.
What the layout would put up with (a picture that is missing, a sign that no font has, CSS that it
cannot read) is refused like what it cannot do at all.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus.tables import CellStyle
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_FONT
from xhtml2pdf.document import pisaDocument

from invoicectl.errors import ValidationError
from invoicectl.output import lettering

_SLOWEST_S = 900.0

rl_config.invariant = 1
rl_config.useA85 = 0


def lay_out(
    html: str,
    *,
    name: str,
    files: dict[str, Path],
    folders: Sequence[Path],
    elements: str | None = None,
) -> bytes:
    """Return the PDF of a filled template; it finds `files` by their names, others in `folders`.

    `elements` is the style sheet that comes before its own, None for the usual one of HTML.

    Raises:
        ValidationError: It cannot be laid out as it should be; the template is named.
    """
    policy = ResourceAccessPolicy.server(
        folders[-1],
        allow_remote=False,
        extra_roots=(*folders, *files.values()),
        max_render_seconds=_SLOWEST_S,
        max_document_bytes=None,
    )
    _know_our_fonts()
    pdf = BytesIO()
    with _strictly(name):
        pisaDocument(
            html,
            pdf,
            link_callback=_finder(files, folders),
            default_css=elements,
            resource_policy=policy,
        )
    return pdf.getvalue()


@lru_cache(maxsize=1)
def _know_our_fonts() -> None:
    """Make our fonts a family that every template knows: no document has to read their files.

    They have no italics; bold is that too, as where a style sheet names their files. Pages and
    cells start in one of them: the one they start in otherwise is not embedded.
    """
    regular, bold = (lettering.face(path) for path in lettering.OURS)
    for font in (regular, bold):
        pdfmetrics.registerFont(font)
    bolds = [bold.fontName] * 3
    pdfmetrics.registerFontFamily(lettering.FAMILY, regular.fontName, *bolds)
    DEFAULT_FONT[lettering.FAMILY] = lettering.FAMILY
    rl_config.canvas_basefontname = CellStyle.fontname = regular.fontName


def _finder(files: dict[str, Path], folders: Sequence[Path]) -> Callable[[str, str], str]:
    """Return how a name in a template becomes a path; what may be read is the policy's to say."""

    def find(uri: str, _: str) -> str:
        if uri in files:
            return str(files[uri].resolve())
        if urlsplit(uri).scheme:
            return uri
        found = (folder / uri for folder in folders if (folder / uri).is_file())
        return str(next(found, folders[0] / uri))

    return find


class _Warnings(logging.Handler):
    """What the layout would have put up with."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message; what follows its first line is the source."""
        self.messages.append(record.getMessage().partition("\n")[0])


@contextmanager
def _strictly(name: str) -> Iterator[None]:
    """Make a refusal of everything that the layout warns about or trips over."""
    log, heard = logging.getLogger("xhtml2pdf"), _Warnings()
    log.addHandler(heard)
    propagate, log.propagate = log.propagate, False
    try:
        yield
    # What cannot be laid out fails in a hundred ways, deep inside the layout.
    except Exception as wrong:
        raise _refusal(name, str(wrong) or type(wrong).__name__) from wrong
    finally:
        log.propagate = propagate
        log.removeHandler(heard)
    if heard.messages:
        raise _refusal(name, heard.messages[0])


def _refusal(name: str, reason: str) -> ValidationError:
    return ValidationError(f"template {name}: {reason}")
