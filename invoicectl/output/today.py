"""What needs doing today, for a person: a line a currency, and the commands to type next."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from invoicectl.output.grid import GAP, lined_up
from invoicectl.output.screen import Line, Screen

LABEL = 11


def print_today(found: Mapping[str, Any], screen: Screen, place: str) -> None:
    """Show it; where there are no books yet at the place, three lines on how to begin."""
    if found["database"] is None:
        screen.write(_welcome(screen.clean(place)))
        return
    done = f"{date.fromisoformat(found['today']):%A} {found['today']}"
    where = _short(screen.clean(found["database"]), screen.width - len(done) - len(GAP))
    screen.write([[(f"{done}{GAP}", "bold"), (where, "")], []])
    sums = list(_sums(found))
    screen.write(_figures(sums, screen))
    screen.write(_sends(found["sends"], screen))
    if not (sums or found["sends"]):
        screen.write([[("Nothing is due, drafted or left over.", "")]])
    if "://" not in found["database"]:  # a server's backups are its own
        screen.write([_backup(found, screen)])
    screen.write([[], [("Next", "bold")]])
    screen.write([(f"  {command}", "")] for command in found["next"])


def _short(path: str, room: int) -> str:
    """Return a path as it fits on its line: from the user's folder on, else the name alone."""
    home = str(Path.home())
    shown = f"~{path.removeprefix(home)}" if path.startswith(f"{home}/") else path
    return shown if len(shown) <= room else Path(path).name


def _backup(found: Mapping[str, Any], screen: Screen) -> Line:
    """Return how old the last backup is, by the calendar."""
    last, label = found["lastBackup"], (f"{'Backup':{LABEL}}", "bold")
    if last is None:
        return [label, ("none yet", "")]
    age = (date.fromisoformat(found["today"]) - date.fromisoformat(last["at"][:10])).days
    ago = {0: "today", 1: "yesterday"}.get(max(age, 0), f"{age} days ago")
    where = _short(screen.clean(last["file"]), screen.width - LABEL - len(ago) - len(GAP))
    return [label, (f"{ago}{GAP}{where}", "")]


def _welcome(place: str) -> list[Line]:
    return [
        [(f"There are no books yet at {place}", "bold")],
        [("Look around in a sample company:  invoicectl demo", "")],
        [("Begin with your own:              invoicectl init", "")],
    ]


class Sum(NamedTuple):
    """A line: its label, how many of what, how much, since or until when, how it looks."""

    label: str
    what: str
    amount: str
    note: str = ""
    style: str = ""


def _sums(found: Mapping[str, Any]) -> Iterator[Sum]:
    for row in found["overdue"]:
        days = (date.fromisoformat(found["today"]) - date.fromisoformat(row["firstDueDate"])).days
        late = f"up to {days:,} {'day' if days == 1 else 'days'} late"
        yield Sum("Overdue", _invoices(row), _money(row, "amountOwed"), late, "red")
    for row in found["dueSoon"]:
        first = f"first on {date.fromisoformat(row['firstDueDate']):%a} {row['firstDueDate']}"
        yield Sum("Due soon", _invoices(row), _money(row, "amountOwed"), first)
    for row in found["drafts"]:
        yield Sum("Drafts", _invoices(row), _money(row, "amount"))
    for row in found["unapplied"]:
        for name in ("payments", "credits"):
            if row[name]:
                yield Sum("Unapplied", name, _money(row, name))


def _invoices(row: Mapping[str, Any]) -> str:
    return f"{row['count']:,} {'invoice' if row['count'] == 1 else 'invoices'}"


def _money(row: Mapping[str, Any], name: str) -> str:
    return f"{row[name]:,f} {row['currency']}"


def _figures(rows: Sequence[Sum], screen: Screen) -> list[Line]:
    counts = max((len(row.what) for row in rows), default=0)
    amounts = lined_up([row.amount for row in rows])
    width = max(map(len, amounts), default=0)
    notes = max((len(row.note) for row in rows), default=0)
    has_room = LABEL + counts + width + notes + 2 * len(GAP) <= screen.width
    lines: list[Line] = []
    before = ""
    for row, amount in zip(rows, amounts, strict=True):
        label = row.label if row.label != before else ""
        note = f"{GAP}{row.note}" if has_room else ""
        figures = f"{row.what:>{counts}}{GAP}{amount:>{width}}{note}"
        lines.append([(f"{label:{LABEL}}", "bold"), (figures, row.style)])
        before = row.label
    return lines


def _sends(sends: Sequence[Mapping[str, Any]], screen: Screen) -> Iterator[Line]:
    for at, send in enumerate(sends):
        said = f"{send['friendlyId']} {send['state']} on {send['at'][:10]}"
        why = f": {send['error']}" if send["error"] else ""
        label = "" if at else "Sends"
        yield [(f"{label:{LABEL}}", "bold"), (screen.clean(said + why), "red")]
