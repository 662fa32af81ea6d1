"""Import of credit memos, one by one, each booked as `credit create` books it."""

from collections import Counter
from collections.abc import Sequence

from invoicectl.errors import ConflictError, InvoicectlError, NotFoundError
from invoicectl.service import credits as verbs
from invoicectl.service import history, keys, ledger, settling
from invoicectl.service.imports import settlements
from invoicectl.service.imports.entries import Entry
from invoicectl.service.imports.run import Outcome, Run
from invoicectl.service.imports.settlements import CREDIT, Applied, Content, Stands
from invoicectl.service.intake import Fields
from invoicectl.store.db import Row
from invoicectl.store.tables import CreditMemo, Invoice


class Credits:
    """Stores credit memos and what they settle."""

    def __init__(self, run: Run) -> None:
        """Begin with no memo seen."""
        self.run = run
        self._seen: dict[str, int] = {}

    def prepare(self, entries: Sequence[Entry]) -> None:
        """Nothing is looked up beforehand."""

    def take(self, entry: Entry) -> Outcome:
        """Store a memo, or compare it with the one that is there.

        Raises:
            ValidationError: a field is wrong, or it names an invoice that is not there.
            ConflictError: what was booked differs, or more is applied or credited than there is.
        """
        run = self.run
        fields = entry.fields = Fields(entry.given, aliases=CREDIT.aliases)
        key = settlements.key_of(fields)
        if before := self._seen.get(key):
            raise fields.refuse("key", f"{key!r} stands in {run.places.unit} {before} already")
        stored = run.catalog.reader.one("SELECT * FROM credit_memo WHERE key = :key", key=key)
        request = run.fingerprint(entry)
        run.writing()
        if stored is not None and stored["request"] == request:
            outcome: Outcome = "unchanged"
        elif stored is not None:
            outcome = self._again(entry, stored, request)
        else:
            outcome = self._make(fields, request)
        self._seen[key] = entry.number
        return outcome

    def _make(self, fields: Fields, request: str) -> Outcome:
        run = self.run
        content = settlements.read(run, CREDIT, fields)
        keys.check_key(run.catalog, run.act, "credit", content.key)
        credit = verbs.blank(
            run.act, key=content.key, request=request, customer_id=content.customer_id,
            currency=content.currency, amount_minor=content.minor, credit_date=content.day,
            reference=content.reference, note=content.note,
        )  # fmt: skip
        if content.invoice is not None:
            of = self._find(fields, content.invoice)
            settling.refuse_stranger(of, credit, "credit memo")
            credit.invoice_id = of.id
        verbs.book(run.session, run.act, credit, verb="import")
        self._apply(credit, content, content.applied)
        return "created"

    def _find(self, fields: Fields, ref: str) -> Invoice:
        run = self.run
        try:
            found = run.session.get(Invoice, run.catalog.find("invoice", ref))
        except NotFoundError as error:
            raise fields.refuse("invoice", error.message, error.hint) from error
        assert found is not None  # noqa: S101 - it was just found
        if found.deleted_at is not None:
            raise ConflictError(f"invoice {found.friendly_id} is in the trash")
        return found

    def _apply(self, credit: CreditMemo, content: Content, applied: Sequence[Applied]) -> None:
        for each in applied:
            invoice = self._find(each.fields, each.ref)
            on = each.on or content.day
            try:
                settling.apply_credit(
                    self.run.session, self.run.act, credit, invoice, each.minor, on=on
                )
            except InvoicectlError as refusal:
                raise each.placed(refusal) from refusal

    def _again(self, entry: Entry, stored: Row, request: str) -> Outcome:
        """Apply what a file says besides of a memo that is there."""
        run = self.run
        assert entry.fields is not None  # noqa: S101
        content = settlements.read_again(run, CREDIT, entry.fields, stored)
        self._refuse_other_invoice(entry.fields, content, stored)
        wanted = [(each, self._stands(each, content)) for each in content.applied]
        standing = settlements.standing(run, CREDIT, [stored["id"]])
        new = settlements.added(content, wanted, standing.get(stored["id"], Counter()))
        said = {
            name: value
            for name in ("reference", "note")
            if name in content.given and (value := getattr(content, name)) != stored[name]
        }
        if not new and not said:
            return "unchanged"
        credit = run.session.get(CreditMemo, stored["id"])
        assert credit is not None  # noqa: S101
        for name, value in said.items():
            setattr(credit, name, value)
        credit.request, credit.updated_at = request, run.act.now
        run.session.flush()
        if said:
            history.note(run.session, run.act, "credit", stored["id"], "import", **said)
        self._apply(credit, content, new)
        return "updated"

    def _refuse_other_invoice(self, fields: Fields, content: Content, stored: Row) -> None:
        if content.invoice is None:
            return
        if self._find(fields, content.invoice).id != stored["invoice_id"]:
            reason = "is not the one that the memo was made from"
            details = [{"field": fields.at("invoice"), "message": reason}]
            raise ConflictError(reason, details=details)

    def _stands(self, applied: Applied, content: Content) -> Stands:
        invoice = self._find(applied.fields, applied.ref)
        day = max(
            applied.on or content.day, content.day, ledger.stands_from(self.run.session, invoice)
        )
        return Stands(invoice.id or 0, applied.minor, day.isoformat())

    def store(self) -> None:
        """Write the history; the memos are stored."""
        self.run.write_history()
