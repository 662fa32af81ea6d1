"""The rows of the table, by number: each yields its contests."""

from collections.abc import Callable, Iterator

from tests.benchmarks.contests import Contest
from tests.benchmarks.rows import aging, bulk, changes, documents, lookups, starting
from tests.benchmarks.world import World

ROWS: dict[int, Callable[[World], Iterator[Contest]]] = {
    1: starting.starting,
    2: lookups.first_page,
    3: lookups.far_page,
    4: changes.change,
    5: aging.today,
    6: aging.year_ago,
    7: aging.ledgers,
    8: bulk.importing,
    9: bulk.exporting,
    10: changes.durably,
    11: documents.many,
    12: documents.long,
}
