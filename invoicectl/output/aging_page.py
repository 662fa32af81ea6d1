"""The aging report as one page: a chart and a table for each currency, nothing loaded from afar.

What the page looks like is in the template `aging.html`; where the bars are is worked out here.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from invoicectl.output import confined, templates
from invoicectl.output.aging import labels, percent_late
from invoicectl.output.fields import Row
from invoicectl.output.text import to_utf8

WIDTH, BARS_FROM, BARS_TO = 540, 120, 400  # of the drawing; the amounts are right of the bars
ROW, BAR = 30, 18


def page(
    report: Row, *, company: str = "", locale: str = "en_US", template_dir: Path | None = None
) -> bytes:
    """Return the page; with details in the report a table of the invoices as well.

    Raises:
        NotFoundError: there is no such folder of templates.
        ValidationError: a template or the locale is wrong.
    """
    sections = list(_sections(report))
    values = {
        "asOf": report["asOf"],
        "by": report["by"],
        "labels": [_words(label) for label in labels(report)],
        "detailed": any("details" in row for row in report["rows"]),
        "sections": sections,
        "company": company,
        "locale": locale,
        "width": WIDTH,
    }
    return to_utf8(
        confined.run(
            "aging.html",
            template_dir,
            lambda: templates.render_html("aging.html", values, template_dir),
        )
    )


def _sections(report: Row) -> Iterator[Row]:
    """Yield what is shown of each currency."""
    for total in report["totals"]:
        rows = [row for row in report["rows"] if row["currency"] == total["currency"]]
        bars = _bars(total["amounts"])
        late = total["total"] - total["amounts"]["current"]
        yield {
            "currency": total["currency"],
            "rows": rows,
            "total": total,
            "bars": bars,
            "height": ROW * len(bars),
            "late": late,
            "share": Decimal(percent_late(total)) / 100,
            "held": any(row["unapplied"] for row in rows),
        }


def _bars(amounts: dict[str, Decimal]) -> list[dict[str, Any]]:
    """Return where the bar of each bucket is; the longest is as long as there is room."""
    most = max([*amounts.values(), Decimal(0)])
    last = max(len(amounts) - 1, 1)
    return [
        {
            "label": _words(label),
            "amount": amount,
            "x": BARS_FROM,
            "y": ROW * at + (ROW - BAR) // 2,
            "width": _length(amount, most),
            "height": BAR,
            "text": ROW * at + ROW // 2 + 5,
            "level": at * 4 // last,  # 0 is not yet due, 4 the longest overdue
        }
        for at, (label, amount) in enumerate(amounts.items())
    ]


def _length(amount: Decimal, most: Decimal) -> int:
    if amount <= 0:
        return 0
    return max(2, int((BARS_TO - BARS_FROM) * amount / most))


def _words(label: str) -> str:
    """Return a bucket's label as a heading.

    >>> _words("current"), _words("90+")
    ('Current', 'Over 90 days')
    """
    if label.endswith("+"):
        return f"Over {label[:-1]} days"
    return "Current" if label == "current" else f"{label.replace('-', '–')} days"  # noqa: RUF001
