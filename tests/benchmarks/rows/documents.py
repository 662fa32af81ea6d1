"""Many invoices as PDF, and a long one."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.contests import Contest, Side, as_fast, at_most, equal
from tests.benchmarks.world import World

LINES = 12
COMPARED = 10  # the plain loops draw as many of a hundred, and as many are looked at


def many(world: World) -> Iterator[Contest]:
    """Yield batch-generate beside plain loops over the same template; seconds a document."""
    count = world.sizes.papers
    begun = _shipments(world, count)
    folder = world.folder / "papers"

    def generate() -> float:
        shutil.rmtree(folder, ignore_errors=True)
        db = world.copy(begun)
        words = ("batch-generate", "--all", "--pdf", folder, "-f", "json", "--quiet")
        return world.wall(world.ours(*words, db=db))() / count

    done = world.folder / "generated.db"
    generate()
    shutil.copyfile(world.folder / "copy.db", done)
    loops = [
        Side(f"plain loop, {name}", world.told(world.worker("papers", name, done, max(3, count // 10)))
             if world.has_module(name) else None)
        for name in ("xhtml2pdf", "weasyprint")
    ]  # fmt: skip

    def same() -> str:
        if not world.has_module("pypdfium2"):
            return ""
        compared = world.output(world.worker("papers", "compare", done, min(COMPARED, count)))
        return equal(int(compared), min(COMPARED, count), f"the pixels of {compared.strip()}")

    yield Contest(
        f"batch-generate of {count:,} (wall time)", generate,
        list(zip(loops, (as_fast(2.2), as_fast(3)), strict=True)),
        same=same, unit="s wall", most=3,
    )  # fmt: skip


def _shipments(world: World, count: int) -> Path:
    """Return books with so many shipments to bill, and no invoice yet."""
    made = world.folder / f"shipments-{count}.db"
    if made.exists():
        return made
    customers = [{"key": f"C{n}", "name": f"Customer {n} Ltd", "currency": "EUR",
                  "address": {"line1": f"{n} Mill Lane", "city": "Oxford"}}
                 for n in range(1, 51)]  # fmt: skip
    charges = [{"description": f"Item {n} of the garden", "quantity": n, "unitPrice": "12.50",
                "unit": "pc"} for n in range(1, LINES + 1)]  # fmt: skip
    orders = [{"key": f"O{n}", "customer": f"C{n % 50 + 1}", "currency": "EUR",
               "shipments": [{"key": f"S{n}", "deliveredOn": "2026-07-01", "charges": charges}]}
              for n in range(count)]  # fmt: skip
    draft = made.with_suffix(".part")
    draft.unlink(missing_ok=True)
    for kind, rows in (("customers", customers), ("orders", orders)):
        file = world.folder / f"{kind}.json"
        file.write_text(json.dumps(rows))
        world.output(world.ours("import", kind, file, "--quiet", db=draft))
    return draft.rename(made)


def long(world: World) -> Iterator[Contest]:
    """Yield the CPU seconds a line of a long invoice beside those of a short one."""
    long_, short = world.sizes.lines, world.sizes.lines_less
    ours, less = (world.told(world.worker("many_lines", n)) for n in (long_, short))
    yield Contest(
        f"PDF of {long_:,} lines, a line", ours, [(Side(f"of {short} lines", less), at_most(1.6))],
        most=3,
    )  # fmt: skip
