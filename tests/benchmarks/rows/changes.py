"""Changing one thing, and keeping it whatever happens to the machine."""

import json
from collections.abc import Iterator

from tests.benchmarks.contests import Contest, Cost, Side, at_most
from tests.benchmarks.world import World


def change(world: World) -> Iterator[Contest]:
    """Yield two commands that change an invoice, every time another one."""
    db = world.copy(world.books(world.sizes.large))
    for what, status, words in (
        ("pay", "open", ("--amount", "1")),
        ("mark-awaiting", "draft", ()),
    ):
        asked = world.ours("filter", "--status", status, "--json", db=db)
        listed = json.loads(world.output(asked))["data"]
        waiting = [each["friendlyId"] for each in listed]

        def cost(
            what: str = what, words: tuple[str, ...] = words, left: list[str] = waiting
        ) -> float:
            return world.cpu(world.ours(what, left.pop(), *words, "--json", db=db))()

        yield Contest(what, cost, [(world.bare(), at_most(40))])


def durably(world: World) -> Iterator[Contest]:
    """Yield the making of an invoice until it is on the disk, beside 4 KB written and synced."""
    folder = world.folder / "durable"
    folder.mkdir(exist_ok=True)
    for ending in ("", "-wal", "-shm", ".lock"):
        (folder / f"books.db{ending}").unlink(missing_ok=True)

    customer = ("customer", "add", "--key", "ada", "--name", "Ada Ltd", "--currency", "EUR")
    world.output(world.ours(*customer, db=folder / "books.db"))

    def told(what: str) -> Cost:
        return world.told(world.worker("durable", what, folder))

    yield Contest(
        "create, durable, in process (wall time)",
        told("create"),
        [(Side("4 KB write + fdatasync", told("write")), at_most(3))],
        unit="s wall",
    )
