"""Hold the contests and print the table: `python -m tests.benchmarks`.

    --quick             small books, one round: does it all work? The figures say nothing
    --invoices N        so many in the large books, instead of a million; the rest goes with it
    --rows 2,5          only these rows
    --rounds 9          how often each side runs; the medians count
    --invoicectl PATH   the installed program to measure; else this checkout is installed, compiled
    --folder DIR        where the books are made and kept for the next time

What is measured is a program that is installed as a user would install it: with its modules
compiled, and not by a version manager's shim. Costs are CPU seconds of whole processes where it
does not say otherwise.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.contests import Outcome, UnequalError, hold, missing
from tests.benchmarks.rows import ROWS
from tests.benchmarks.world import QUICK, World, install, sizes

HEADER = "| # | what | invoicectl | beside | | ratio | goal |\n|---|---|---|---|---|---|---|"


def main() -> int:
    """Run the rows that were asked for; 1 where two results differ."""
    asked = _asked()
    asked.folder.mkdir(parents=True, exist_ok=True)
    program = asked.invoicectl or install(asked.folder)
    world = World(
        asked.folder.resolve(), program.absolute(), QUICK if asked.quick else sizes(asked.invoices)
    )
    rounds = asked.rounds or (1 if asked.quick else 9)
    skipped: set[str] = set()
    print(HEADER, flush=True)
    wrong = sum(not _row(world, number, rounds, skipped) for number in asked.rows)
    for name in sorted(skipped):
        print(f"not installed, skipped: {name}")
    return 1 if wrong else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("tests.benchmarks", description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)  # fmt: skip
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--rows", type=_numbers, default=list(ROWS))
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--invoicectl", type=Path)
    kept = Path(tempfile.gettempdir()) / "invoicectl-benchmarks"
    parser.add_argument("--folder", type=Path, default=kept)
    return parser.parse_args()


def _numbers(typed: str) -> list[int]:
    return [int(number) for number in typed.split(",")]


def _row(world: World, number: int, rounds: int, skipped: set[str]) -> bool:
    """Hold the contests of a row and print their outcomes; False where results differ."""
    try:
        for contest in ROWS[number](world):
            skipped.update(missing(contest))
            for outcome in hold(contest, rounds):
                print(_line(number, outcome, judged=world.sizes != QUICK), flush=True)
    except UnequalError as unequal:
        print(f"row {number}: {unequal}", file=sys.stderr)
        return False
    return True


def _line(number: int, outcome: Outcome, *, judged: bool) -> str:
    goal = f"{outcome.goal}{', missed' if judged and not outcome.is_met else ''}"
    what = outcome.what if outcome.rounds > 3 else f"{outcome.what} ({outcome.rounds} rounds)"
    cells = [str(number), what, _cost(outcome.ours, outcome.unit), outcome.peer,
             _cost(outcome.theirs, outcome.unit), f"{outcome.ratio:.2f}", goal]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _cost(cost: float, unit: str) -> str:
    if unit.startswith("s") and cost < 1:
        return f"{cost * 1000:.3g} m{unit}"
    return f"{cost:.3g} {unit}"


if __name__ == "__main__":
    sys.exit(main())
