"""Who owed how much, and for how long: beside SQL, beside a plain sum, beside two ledgers."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from tests.benchmarks import books, ledger
from tests.benchmarks.contests import FOR_THE_RECORD, Contest, Side, as_fast, at_most, equal
from tests.benchmarks.world import HERE, World

Table = dict[tuple[str, str], list[str]]  # customer's key and currency: the figures of its row
FIGURES = ["current", "1-30", "31-60", "61-90", "90+", "total", "unapplied", "balance", "invoices"]


def today(world: World) -> Iterator[Contest]:
    """Yield today's aging beside the best SQL for it."""
    yield _beside_sql(world, books.TODAY, "aging_now.sql", 1.8)


def year_ago(world: World) -> Iterator[Contest]:
    """Yield the aging of a year ago beside SQL that goes back from now."""
    yield _beside_sql(world, books.YEAR_AGO, "aging_then.sql", 2.0)


def _beside_sql(world: World, day: date, file: str, limit: float) -> Contest:
    db = world.books(world.sizes.large)
    command = world.ours("aging", "--as-of", day, "-f", "csv", db=db)
    shell = ["sqlite3", "-readonly", "-csv", "-header", str(db)]
    sides = [Side("best SQL, sqlite3", None), Side("SQL from scratch, sqlite3", None)]
    same = _as_in_the_files(world, command, day)
    if world.tool("sqlite3"):
        best, scratch = (_sql(world, name, day) for name in (file, "aging_from_scratch.sql"))
        sides = [Side(side.name, world.cpu(shell, sql))
                 for side, sql in zip(sides, (best, scratch), strict=True)]  # fmt: skip
        same = _as_all(same, *(_as_printed(world, command, shell, sql) for sql in (best, scratch)))
    return Contest(
        f"aging as of {day}", world.cpu(command),
        list(zip(sides, (at_most(limit), FOR_THE_RECORD), strict=True)), same=same,
    )  # fmt: skip


def _sql(world: World, file: str, day: date) -> Path:
    """Write the SQL of a day into the folder, and return where."""
    text = (HERE / "sql" / file).read_text()
    text = re.sub(r":day_(\d+)", lambda back: f"'{day - timedelta(int(back[1]))}'", text)
    text = text.replace(":day", f"'{day}'")
    path = world.folder / f"{day}-{file}"
    path.write_text(text)
    return path


def _as_all(*sames: Callable[[], str]) -> Callable[[], str]:
    return lambda: "; ".join(same() for same in sames)


def _as_printed(world: World, command: list[str], shell: list[str], sql: Path) -> Callable[[], str]:
    def same() -> str:
        ours, theirs = table(world.output(command)), table(world.output(shell, sql.read_text()))
        return equal(ours, theirs, f"{len(ours)} rows as of {sql.name}")

    return same


def _as_in_the_files(world: World, command: list[str], day: date) -> Callable[[], str]:
    """Return what compares with a plain sum over the files that were imported."""

    def same() -> str:
        events = ledger.events(world.files(world.sizes.large))
        ours = table(world.output(command))
        return equal(ours, ledger.aging(events, day), f"{len(ours)} rows with the files")

    return same


def table(printed: str) -> Table:
    """Read an aging in CSV, whoever printed it."""
    rows = csv.DictReader(io.StringIO(printed))
    return {(row["customerKey"], row["currency"]): [row[name] for name in FIGURES] for row in rows}


def ledgers(world: World) -> Iterator[Contest]:
    """Yield the aging beside what hledger and ledger have nearest: the balance of each customer.

    Their journal holds what the database does, with the lines of an invoice and its tax.
    """
    size, day = world.sizes.small, books.TODAY
    db, journal = world.books(size), world.folder / f"{size}.journal"
    ledger.write_journal(world.files(size), day, journal)
    command = world.ours("aging", "--as-of", day, "-f", "csv", db=db)
    found = table(world.output(command))
    ours = {whose: figures[7] for whose, figures in found.items() if float(figures[7])}
    sides, sames = [], []
    for name, limit, words in (
        ("hledger", 100, ("balance", "receivable", "--flat", "--no-total", "-O", "csv", "--layout", "bare")),
        ("ledger", 20, ("balance", "receivable", "--flat", "--no-total", "--balance-format",
                        "%(join(display_total)) %(account)\n")),
    ):  # fmt: skip
        run = [name, "-f", str(journal), *words]
        is_here = world.tool(name) is not None
        sides.append((Side(f"{name} balance", world.cpu(run) if is_here else None), as_fast(limit)))
        if is_here:
            sames.append(_balances_agree(world, ours, run, name))
    yield Contest(
        f"aging of {size:,}", world.cpu(command), sides, same=_as_all(*sames), most=3
    )  # fmt: skip


def _balances_agree(
    world: World, ours: dict[tuple[str, str], str], run: list[str], name: str
) -> Callable[[], str]:
    def same() -> str:
        theirs = ledger.read_balances(world.output(run), name)
        return equal(ours, theirs, f"{len(ours)} balances of {name}")

    return same
