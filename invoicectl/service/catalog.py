"""Look up what a record that comes in refers to, once each: customers, terms, taxes, products."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlmodel import Session, select

from invoicectl.errors import NotFoundError, ValidationError
from invoicectl.rules import terms, totals
from invoicectl.service.act import Act
from invoicectl.service.intake import Fields
from invoicectl.store import ids, refs
from invoicectl.store.db import Reader, Row
from invoicectl.store.session import reader
from invoicectl.store.tables import Term

MOST_ROWS = 2_000  # a file may name any number of customers, and a row of one takes 7 KB
MOST_SUGGESTIONS = 20  # in one transaction: a file may name thousands that are not there


class TaxCode(NamedTuple):
    """A tax as it is stored, and as the totals take it."""

    id: int
    name: str
    tax: totals.Tax


@dataclass(frozen=True)
class TermRow:
    """A payment term and the rule behind its words."""

    id: int
    name: str
    rule: terms.Term
    refused: str  # why no new invoice may have it; empty when it may


class Catalog:
    """What is on the books besides invoices, remembered as long as a transaction lasts."""

    def __init__(self, session: Session, act: Act) -> None:
        self.session, self.act = session, act
        self.reader: Reader = reader(session)
        self._found: dict[tuple[str, str], int] = {}
        self._missed = 0
        self._rows: dict[tuple[str, int], Row] = {}
        self._deleted: dict[tuple[str, int], bool] = {}
        self._taxes: dict[str, TaxCode] = {}
        self._terms: dict[str, TermRow] = {}
        self._products: dict[str, int | None] = {}
        self._joint: dict[str | None, tuple[TaxCode, ...]] = {None: ()}

    def find(self, kind: str, ref: str) -> int:
        """Return the internal id that a REF means; NotFoundError where there is none."""
        if (kind, ref) not in self._found:
            self._missed += 1
            suggest = self._missed <= MOST_SUGGESTIONS
            self._found[kind, ref] = refs.find(self.reader, kind, ref, suggest=suggest)
            self._missed -= 1
        return self._found[kind, ref]

    def forget(self, kind: str, ref: str) -> None:
        """Look a REF up anew the next time."""
        self._found.pop((kind, ref), None)

    def changed(self, kind: str, record_id: int) -> None:
        """Read a record anew the next time, and what was made of it."""
        self._rows.pop((kind, record_id), None)
        self._deleted.pop((kind, record_id), None)
        if kind == "tax":
            self._taxes.clear()
            self._joint = {None: ()}
        if kind == "product":
            self._products.clear()
        if kind == "term":
            self._terms.clear()

    def named(self, fields: Fields, name: str, kind: str) -> int | None:
        """Return the id behind a field that holds a REF, None where the field is empty.

        Raises:
            NotFoundError: there is no such record, and the REF was typed as an option.
            ValidationError: there is none, and it stood in a body or a file; with its path.
        """
        ref = fields.text(name)
        if ref is None:
            return None
        try:
            return self.find(kind, ref)
        except NotFoundError as error:
            if fields.typed:
                raise
            raise fields.refuse(name, error.message, error.hint) from error

    def row(self, kind: str, record_id: int) -> Row:
        """Return a stored record's columns."""
        if (kind, record_id) not in self._rows:
            table = refs.TABLES[kind]
            row = self.reader.one(f"SELECT * FROM {table} WHERE id = :id", id=record_id)
            assert row is not None  # noqa: S101 - a foreign key says so
            if len(self._rows) >= MOST_ROWS:
                del self._rows[next(iter(self._rows))]
            self._rows[kind, record_id] = row
        return self._rows[kind, record_id]

    def is_deleted(self, kind: str, record_id: int) -> bool:
        """Return whether a stored record was deleted."""
        if (kind, record_id) not in self._deleted:
            self._deleted[kind, record_id] = self.row(kind, record_id)["deleted_at"] is not None
        return self._deleted[kind, record_id]

    def product_of_code(self, code: str) -> Row | None:
        """Return the product that has a code, None where there is none or it was deleted."""
        if code not in self._products:
            self._products[code] = self.reader.value(
                "SELECT id FROM product WHERE code = :code AND deleted_at IS NULL", code=code
            )
        found = self._products[code]
        return None if found is None else self.row("product", found)

    def taxes(self, fields: Fields, name: str) -> tuple[TaxCode, ...]:
        """Return the taxes of a field such as `GST+QST`; ValidationError names an unknown code."""
        codes = fields.text(name)
        try:
            return self.tax_codes(codes)
        except NotFoundError as error:
            raise fields.refuse(name, error.message, error.hint or "see 'tax list'") from error

    def tax_codes(self, codes: str | None) -> tuple[TaxCode, ...]:
        """Return the taxes of a text such as `GST+QST`; NotFoundError names an unknown code."""
        if codes not in self._joint:
            found = [self._tax(code.strip()) for code in (codes or "").split("+") if code.strip()]
            self._joint[codes] = tuple(dict.fromkeys(found))
        return self._joint[codes]

    def _tax(self, code: str) -> TaxCode:
        if code not in self._taxes:
            row = self.row("tax", self.find("tax", code))
            if row["deleted_at"]:
                raise NotFoundError(f"tax {code!r} was deleted")
            rate = totals.Tax(row["code"], _rate(row["rate"]))
            self._taxes[code] = TaxCode(row["id"], row["name"], rate)
        return self._taxes[code]

    def term(self, words: str) -> TermRow:
        """Return the stored term of a REF or name, else the one that the words describe.

        A term that is only described is stored now, under its canonical words.

        Raises:
            ValueError: it is neither, or it can be read in two ways.
        """
        if words not in self._terms:
            self._terms[words] = self._stored_term(words) or self._described_term(words)
        return self._terms[words]

    def _stored_term(self, words: str) -> TermRow | None:
        found = refs.among(self.reader, "term", words)
        row = self.row("term", found.pop()) if len(found) == 1 else None
        if row is None or row["deleted_at"]:
            return None
        refused = "is for accounts payable only" if row["ap_only"] else ""
        if row["do_not_use"]:
            refused = "is marked 'do not use'"
        return TermRow(row["id"], row["name"], terms.read(row["rule"]), refused)

    def _described_term(self, words: str) -> TermRow:
        try:
            rule = terms.read(words)
        except terms.AmbiguousTermError:
            raise
        except ValueError as error:
            if len(refs.among(self.reader, "term", words)) == 1:
                msg = f"{words!r} was deleted"
                raise ValueError(msg) from error
            near = refs._nearest(self.reader, "term", words)  # noqa: SLF001
            msg = f"{words!r} {error}" + (f"; did you mean {near[0]!r}?" if near else "")
            raise ValueError(msg) from error
        name = terms.words(rule)
        if (stored := self._stored_term(name)) is not None:
            return stored
        return TermRow(self._store_term(name), name, rule, "")

    def _store_term(self, name: str) -> int:
        """Store a term that is called by its canonical words; one that was deleted comes back.

        It comes back as any that is made of words: to be used.
        """
        now = self.act.now
        term = self.session.exec(select(Term).where(Term.name == name)).first()
        if term is None:
            term = Term(uuid=ids.new(now), name=name, created_at=now)
        else:
            term.version += 1
        term.rule, term.deleted_at, term.updated_at = name, None, now
        term.ap_only = term.do_not_use = 0
        self.session.add(term)
        self.session.flush()
        assert term.id is not None  # noqa: S101
        self._rows.pop(("term", term.id), None)
        return term.id

    def term_by_id(self, term_id: int) -> TermRow:
        """Return a stored term."""
        row = self.row("term", term_id)
        return self.term(row["uuid"])

    def read_term(self, fields: Fields, name: str) -> TermRow | None:
        """Return the term of a field; a ValidationError names why it is none."""
        words = fields.text(name)
        if words is None:
            return None
        try:
            return self.term(words)
        except terms.AmbiguousTermError as error:
            first, second = error.readings
            hint = f"say {first!r} or {second!r}"
            raise ValidationError.at(fields.at(name), str(error), hint=hint) from error
        except ValueError as error:
            raise fields.refuse(name, str(error), "see 'help dates'") from error


def _rate(text: str) -> Decimal:
    return Decimal(text)
