"""How long it takes to start."""

from collections.abc import Iterator

from tests.benchmarks.contests import Contest, at_most
from tests.benchmarks.world import World


def starting(world: World) -> Iterator[Contest]:
    """Yield the two commands that do nothing but start."""
    for option, limit in (("--version", 2), ("--help", 8)):
        yield Contest(option, world.cpu(world.ours(option)), [(world.bare(), at_most(limit))])
