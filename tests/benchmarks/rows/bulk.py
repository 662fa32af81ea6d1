"""All of it in, and all of it out."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from functools import partial

from tests.benchmarks.contests import Contest, Cost, Side, as_fast, at_most, equal
from tests.benchmarks.world import World

FIRST = ("taxes", "customers")


def importing(world: World) -> Iterator[Contest]:
    """Yield the import of invoices, beside the bare writing of the rows that it makes."""
    many, few = world.sizes.imported, world.sizes.imported_less
    whole = world.books(many, ("taxes", "customers", "invoices"))
    raw = world.worker("raw_insert", whole, world.folder / "raw.db")

    def same() -> str:
        count = ["sqlite3", "-readonly", str(whole), "SELECT count(*) FROM invoice"]
        return equal(world.output(count).strip(), str(many), f"{many} invoices")

    yield Contest(
        f"import of {many:,} invoices", _fresh(world, many, world.cpu),
        [(Side("executemany of the same rows", world.told(raw)), as_fast(0.25))],
        same=same if world.tool("sqlite3") else lambda: "", most=3,
    )  # fmt: skip
    yield Contest(
        f"its memory, {many:,}", _fresh(world, many, world.peak),
        [(Side(f"{few:,}", _fresh(world, few, world.peak)), at_most(1.2))],
        unit="MiB", most=1,
    )  # fmt: skip


def _fresh(world: World, invoices: int, measure: Callable[[list[str]], Cost]) -> Cost:
    """Return what measures an import into books that have only customers so far."""
    begun = world.folder / f"begun-{invoices}.db"
    if not begun.exists():
        draft = begun.with_suffix(".part")
        for kind in FIRST:
            file = world.files(invoices)[kind]
            world.output(world.ours("import", kind, file, "--quiet", db=draft))
        draft.rename(begun)
    file = world.files(invoices)["invoices"]

    def cost() -> float:
        return measure(world.ours("import", "invoices", file, db=world.copy(begun)))()

    return cost


def exporting(world: World) -> Iterator[Contest]:
    """Yield the export of everything, its memory, and how soon the first row is out."""
    many, few = world.sizes.large, world.sizes.small
    db, less = world.books(many), world.books(few)
    for kind, limit in (("csv", 3), ("jsonl", 2)):
        loop = world.told(world.worker("cursor_loop", kind, db))
        yield Contest(
            f"export of {many:,} as {kind}", world.cpu(world.ours("export", "-f", kind, db=db)),
            [(Side("bare cursor loop", loop), at_most(limit))],
            same=partial(_holds_all, world, kind), most=3,
        )  # fmt: skip
        peaks = [world.peak(world.ours("export", "-f", kind, db=each)) for each in (db, less)]
        yield Contest(
            f"its memory, {many:,}", peaks[0], [(Side(f"{few:,}", peaks[1]), at_most(1.2))],
            unit="MiB", most=1,
        )  # fmt: skip
    first = world.told(world.worker("first_row", *world.ours("export", "-f", "csv", db=db)))
    page = world.told(world.worker("first_row", *world.ours("filter", "--page-size", "1", db=db)))
    yield Contest(
        "its first row (wall time)", first, [(Side("filter of one row", page), at_most(1.2))],
        unit="s wall",
    )  # fmt: skip


def _holds_all(world: World, kind: str) -> str:
    """Compare what is exported of the smaller books with what `filter` says of them."""
    db = world.books(world.sizes.small)
    asked = ("--to", "2021-09-01")
    listed = json.loads(world.output(world.ours("filter", "--all", "--json", *asked, db=db)))[
        "data"
    ]
    printed = world.output(world.ours("export", "-f", kind, *asked, db=db))
    if kind == "jsonl":
        return equal([json.loads(line) for line in printed.splitlines()], listed, "records")
    rows = [row["id"] for row in csv.DictReader(io.StringIO(printed))]
    return equal(rows, [each["id"] for each in listed], f"{len(rows)} rows")
