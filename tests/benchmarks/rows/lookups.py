"""Looking up a page, one invoice, and a page far down."""

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.benchmarks import books
from tests.benchmarks.contests import Contest, Side, at_most, equal
from tests.benchmarks.world import World

PAGE = 50
SELECTED = """SELECT i.uuid, i.friendly_id, c.name, i.status, i.due_date, i.total_minor, i.owed_minor
FROM invoice AS i JOIN customer AS c ON c.id = i.customer_id"""
ORDER = f"ORDER BY i.invoice_date DESC, i.id DESC LIMIT {PAGE}"
LATE = f"i.status IN ('AWAITING_PAYMENT', 'PARTIALLY_PAID') AND i.due_date < '{books.TODAY}'"


class Lookup(NamedTuple):
    """A command, and the SQL that finds the same rows."""

    what: str
    words: tuple[str, ...]
    where: str

    @property
    def sql(self) -> str:
        return f"{SELECTED} WHERE {self.where} {ORDER}"


def lookups(some: str) -> list[Lookup]:
    """Return what is looked up; `some` is an invoice's number."""
    late = ("filter", "--status", "open", "--overdue")
    text = " OR ".join(f"{it} LIKE '%amber an%'" for it in
                       ("i.friendly_id", "i.reference", "i.po_number", "c.name"))  # fmt: skip
    scaled = "i.total_minor * i.scale BETWEEN"  # in ten-thousandths of any currency
    return [
        Lookup("status, overdue, amounts", (*late, "--min-amount", "100", "--max-amount", "2000"),
               f"{LATE} AND {scaled} 1000000 AND 20000000"),
        Lookup("the same, no match", (*late, "--min-amount", "0.01", "--max-amount", "0.02"),
               f"{LATE} AND {scaled} 100 AND 200"),
        Lookup("text search", ("filter", "--search", "amber an"), f"({text})"),
        Lookup("by customer", ("filter", "--customer", "CUST-7"), "c.key = 'CUST-7'"),
        Lookup("get", ("get", some), f"i.friendly_id = '{some}' COLLATE NOCASE"),
    ]  # fmt: skip


def first_page(world: World) -> Iterator[Contest]:
    """Yield every look-up, beside a Python that does nothing and sqlite-utils."""
    db = world.books(world.sizes.large)
    some = json.loads(world.output(world.ours("filter", "--status", "paid", "--json", db=db)))
    utils = world.tool("sqlite-utils")
    for each in lookups(some["data"][-1]["friendlyId"]):
        command = world.ours(*each.words, "--json", db=db)
        query = [utils or "", "query", str(db), each.sql]
        cost = world.cpu(query) if utils else None
        yield Contest(
            each.what,
            world.cpu(command),
            [(world.bare(), at_most(12)), (Side("sqlite-utils query", cost), at_most(1))],
            same=_same(world, command, query) if utils else lambda: "",
        )


def _same(world: World, command: list[str], query: list[str]) -> Callable[[], str]:
    def same() -> str:
        answer = json.loads(world.output(command))
        ours = [each["id"] for each in answer.get("data", [answer])]
        theirs = [each["uuid"] for each in json.loads(world.output(query))]
        return equal(ours, theirs, f"{len(ours)} invoices")

    return same


def far_page(world: World) -> Iterator[Contest]:
    """Yield the page at nine tenths of everything, by its cursor, beside the first."""
    db = world.books(world.sizes.large)
    page = world.sizes.large * 9 // 10 // PAGE
    before = world.ours("filter", "--json", "--page", page - 1, db=db)
    cursor = json.loads(world.output(before))["pagination"]["endCursor"]
    command = world.ours("filter", "--json", "--cursor", cursor, db=db)
    first = Side("page 1", world.cpu(world.ours("filter", "--json", db=db)))
    sql = f"{SELECTED} {ORDER} OFFSET {(page - 1) * PAGE}"

    def same() -> str:
        printed = world.output(["sqlite3", "-readonly", "-json", str(db)], sql)
        ours = [each["id"] for each in json.loads(world.output(command))["data"]]
        return equal(ours, [each["uuid"] for each in json.loads(printed)], "50 invoices")

    has_sqlite = world.tool("sqlite3")
    yield Contest(
        f"page {page:,} by cursor", world.cpu(command), [(first, at_most(1.2))],
        same=same if has_sqlite else lambda: "",
    )  # fmt: skip
