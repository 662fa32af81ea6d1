"""What needs doing today, for a person: a line a currency, and the commands to type next."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from invoicectl.output.screen import Line, Screen

LABEL = 11


def print_today(found: Mapping[str, Any], screen: Screen, path: Path) -> None:
    """Show it; where there are no books yet at the path, three lines on how to begin."""
    if found["database"] is None:
        screen.write(_welcome(screen.clean(str(path))))
        return
    done = f"{date.fromisoformat(found['today']):%A} {found['today']}"
    screen.write([[(f"{done}  ", "bold"), (screen.clean(found["database"]), "")], []])
    sums = list(_sums(found))
    screen.write(_figures(sums))
    screen.write(_sends(found["sends"], screen))
    if not (sums or found["sends"]):
        screen.write([[("Nothing is due, drafted or left over.", "")]])
    screen.write([[], *([(f"  {command}", "")] for command in found["next"])])


def _welcome(path: str) -> list[Line]:
    return [
        [(f"There are no books yet at {path}", "bold")],
        [("Look around in a sample company:  invoicectl demo", "")],
        [("Begin with your own:              invoicectl init", "")],
    ]


def _sums(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield a row for each sum: its label, how many, the amount, the currency, the style."""
    for label, name, amount, style in (
        ("Overdue", "overdue", "amountOwed", "red"),
        ("Due soon", "dueSoon", "amountOwed", ""),
        ("Drafts", "drafts", "amount", ""),
    ):
        for row in found[name]:
            what = "invoice" if row["count"] == 1 else "invoices"
            yield label, f"{row['count']:,} {what}", f"{row[amount]:,f}", row["currency"], style
    for row in found["unapplied"]:
        for name in ("payments", "credits"):
            if row[name]:
                yield "Unapplied", name, f"{row[name]:,f}", row["currency"], ""


def _figures(rows: Sequence[tuple[str, str, str, str, str]]) -> list[Line]:
    counts = max((len(count) for _, count, *_ in rows), default=0)
    amounts = max((len(amount) for _, _, amount, *_ in rows), default=0)
    lines: list[Line] = []
    before = ""
    for label, count, amount, currency, style in rows:
        shown = label if label != before else ""
        lines.append([
            (f"{shown:{LABEL}}", "bold"),
            (f"{count:>{counts}}  {amount:>{amounts}} {currency}", style),
        ])  # fmt: skip
        before = label
    return lines


def _sends(sends: Sequence[Mapping[str, Any]], screen: Screen) -> Iterator[Line]:
    for at, send in enumerate(sends):
        said = f"{send['friendlyId']} {send['state']} on {send['at'][:10]}"
        why = f": {send['error']}" if send["error"] else ""
        label = "" if at else "Sends"
        yield [(f"{label:{LABEL}}", "bold"), (screen.clean(said + why), "red")]
