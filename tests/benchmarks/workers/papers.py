"""Draw the invoices of a database one after the other, as anybody would with our template.

`papers.py xhtml2pdf|weasyprint DB COUNT` prints the seconds that one takes by the clock on the wall;
`papers.py compare DB COUNT` how many were compared, pixel for pixel, with those that are kept in the
database. The pages are counted while they are laid out (`<pdf:pagecount/>`), as in any template.
"""

import io
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from invoicectl import config
from invoicectl.output import documents as output
from invoicectl.output import templates
from invoicectl.service import documents
from invoicectl.service.act import Act
from invoicectl.store import records
from invoicectl.store.db import Db


class Counted(int):
    """The number of pages, for the layout to fill in; the template takes it for one."""

    def __html__(self) -> str:
        return "<pdf:pagecount/>"


FOLDER = templates.folders()[0]


def values(db: Db, count: int) -> list[dict[str, Any]]:
    """Return what the template is filled with."""
    settings = {key: default for key, (_, default) in config.KEYS.items()}
    act = Act(datetime.now(UTC), date(2026, 8, 1), "benchmark", settings, lambda _: None)
    with db.read() as books:
        ids = [row[0] for row in books.all(
            "SELECT invoice_id FROM document ORDER BY id LIMIT :count", count=count)]  # fmt: skip
        found = records.invoices(books, ids, act.today)
        papers = [documents.describe(books, act, record, id_)
                  for id_, record in zip(ids, found, strict=True)]  # fmt: skip
    made = [output._values(output._cleaned(paper), output.Settings()) for paper in papers]
    return [each | {"pages": Counted(1)} for each in made]


def with_xhtml2pdf(html: str) -> bytes:
    from reportlab import rl_config
    from xhtml2pdf import pisa
    from xhtml2pdf.config.resources import ResourceAccessPolicy

    rl_config.invariant = 1
    drawn = io.BytesIO()
    policy = ResourceAccessPolicy.server(FOLDER, allow_remote=False, extra_roots=(FOLDER,))
    pisa.CreatePDF(
        html, drawn, link_callback=lambda uri, _: str(FOLDER / uri), resource_policy=policy
    )
    return drawn.getvalue()


def with_weasyprint(html: str) -> bytes:
    import weasyprint

    drawn: bytes = weasyprint.HTML(string=html, base_url=f"{FOLDER}/").write_pdf()
    return drawn


DRAW: dict[str, Callable[[str], bytes]] = {
    "xhtml2pdf": with_xhtml2pdf,
    "weasyprint": with_weasyprint,
}


def filled(all_: list[dict[str, Any]]) -> Iterator[str]:
    for each in all_:
        yield templates.render_html("invoice.html", each).replace("\u202f", "\xa0")


def compare(db: Db, count: int) -> int:
    """Compare the pixels of what is kept with what the plain loop draws."""
    import pypdfium2

    with db.read() as books:
        kept = books.all("SELECT content FROM document ORDER BY id LIMIT :count", count=count)
    for (content,), html in zip(kept, filled(values(db, count)), strict=True):
        pages = [
            [bytes(page.render(scale=2).buffer) for page in pypdfium2.PdfDocument(pdf)]
            for pdf in (content, with_xhtml2pdf(html))
        ]
        if pages[0] != pages[1]:
            sys.exit("a page differs")
    return len(kept)


def main(what: str, path: str, count: str) -> None:
    db = Db(Path(path))
    if what == "compare":
        print(compare(db, int(count)))
        return
    all_ = values(db, int(count))
    DRAW[what](next(filled(all_)))  # what is loaded once is not counted
    begun = time.perf_counter()
    for html in filled(all_):
        DRAW[what](html)
    print((time.perf_counter() - begun) / len(all_))


if __name__ == "__main__":
    main(*sys.argv[1:])
