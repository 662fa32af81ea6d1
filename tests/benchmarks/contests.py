"""A contest: what invoicectl takes for a thing, and beside it what others take for the same.

Both sides run in turn, round after round, so that a busy machine is busy for both; what counts is
the median of the rounds. Before that it is shown that both give the same result.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

Cost = Callable[[], float]  # what one round takes; less is better


class UnequalError(AssertionError):
    """Two sides of a contest gave different results: then their costs say nothing."""


@dataclass(frozen=True)
class Side:
    """Somebody who does the same thing; without a cost it is not installed here."""

    name: str
    cost: Cost | None


@dataclass(frozen=True)
class Goal:
    """Ours takes at most `limit` times as much; `faster`: it is at least `limit` times as fast."""

    limit: float | None
    faster: bool = False

    def ratio(self, ours: float, theirs: float) -> float:
        return theirs / ours if self.faster else ours / theirs

    def is_met(self, ratio: float) -> bool:
        if self.limit is None:
            return True
        return ratio >= self.limit if self.faster else ratio <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.faster else "≤"
        return "" if self.limit is None else f"{sign} {self.limit:g}"


def at_most(limit: float) -> Goal:
    return Goal(limit)


def as_fast(limit: float) -> Goal:
    return Goal(limit, faster=True)


FOR_THE_RECORD = Goal(None)


@dataclass(frozen=True)
class Contest:
    """One line of the table, or several with one side of ours.

    `same` raises UnequalError where the results differ, and returns how that was seen. `most` is
    the number of rounds where one takes minutes.
    """

    what: str
    ours: Cost
    against: Sequence[tuple[Side, Goal]]
    same: Callable[[], str] = lambda: ""
    unit: str = "s"
    most: int = 1000


@dataclass(frozen=True)
class Outcome:
    """What came out of a contest with one side."""

    what: str
    ours: float
    peer: str
    theirs: float
    goal: Goal
    unit: str
    rounds: int

    @property
    def ratio(self) -> float:
        return self.goal.ratio(self.ours, self.theirs)

    @property
    def is_met(self) -> bool:
        return self.goal.is_met(self.ratio)


def hold(contest: Contest, rounds: int) -> Iterator[Outcome]:
    """Show that the results are equal, run the rounds, and yield an outcome a side.

    Raises:
        UnequalError: they are not.
    """
    contest.same()
    rounds = min(rounds, contest.most)
    present = [(side, goal) for side, goal in contest.against if side.cost]
    ours: list[float] = []
    theirs: list[list[float]] = [[] for _ in present]
    for _ in range(rounds):
        ours.append(contest.ours())
        for (side, _goal), costs in zip(present, theirs, strict=True):
            assert side.cost is not None
            costs.append(side.cost())
    for (side, goal), costs in zip(present, theirs, strict=True):
        yield Outcome(
            contest.what, median(ours), side.name, median(costs), goal, contest.unit, rounds
        )


def missing(contest: Contest) -> list[str]:
    """Return the names of the sides that are not installed."""
    return [side.name for side, _ in contest.against if side.cost is None]


def equal(ours: object, theirs: object, what: str) -> str:
    """Return what was compared; UnequalError where it differs."""
    if ours != theirs:
        raise UnequalError(f"{what} differ:\n{str(ours)[:800]}\n{str(theirs)[:800]}")
    return what
