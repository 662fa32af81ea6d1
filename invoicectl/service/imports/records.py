"""Import of what is looked up by name: customers, products, taxes, terms, orders, shipments."""

from collections.abc import Sequence

from invoicectl.service import masters
from invoicectl.service.imports.entries import Entry
from invoicectl.service.imports.run import Outcome, Run
from invoicectl.service.intake import Fields

WITH_CUSTOMER = ("order",)


class Records:
    """Stores each record as it comes; `masters.upsert` knows what becomes of it."""

    def __init__(self, run: Run) -> None:
        """Begin with no record seen."""
        self.run = run
        self._seen: dict[tuple[str, str], int] = {}

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Nothing is looked up beforehand."""

    def take(self, entry: Entry) -> Outcome:
        """Store a record found by its key, code or name, or a new one."""
        run, kind = self.run, self.run.wanted.kind
        fields = Fields(entry.given, aliases=masters.KINDS[kind].aliases)
        names = self._names(fields)
        for name, value in names:
            if before := self._seen.get((name, value)):
                raise fields.refuse(name, f"{value!r} stands in {run.places.unit} {before} already")
        run.writing()
        if kind in WITH_CUSTOMER:
            run.settle_customer(fields)
        outcome, record_id = masters.upsert(run.session, run.act, run.catalog, kind, fields)
        if outcome != "unchanged":
            run.note(kind, record_id, {})
        self._seen |= dict.fromkeys(names, entry.number)
        return outcome

    def _names(self, fields: Fields) -> list[tuple[str, str]]:
        """Return by what a record is known: a file has each once."""
        known_by = self.run.wanted.layout.known_by
        return [
            (name, str(fields.left[name]).strip())
            for name in known_by
            if isinstance(fields.left.get(name), str | int)
        ]

    def store(self) -> None:
        """Write the history; the records are stored."""
        self.run.write_history()
