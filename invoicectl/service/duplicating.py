"""duplicate: say the same once more, as a draft of today."""

from typing import Any

from invoicectl.errors import ConflictError, NotFoundError
from invoicectl.rules import terms
from invoicectl.rules.lifecycle import Status
from invoicectl.service import history, invoices, redrafting, rows, storing
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.drafting import Draft, due_by, recompute, refuse_term
from invoicectl.service.lines import LineDraft
from invoicectl.store import seals
from invoicectl.store.db import Db
from invoicectl.store.tables import Invoice

Record = dict[str, Any]

# What a copy does not have: names, what it was made of, dates, and what was done with it.
NOT_COPIED = (
    "key", "reference", "request", "order_id", "shipment_id", "factor_name", "factor_job_id",
    "factor_status", "qbo_id", "billing_start", "billing_end", "alternate_issue_date",
    "alternate_due_date", "alternate_billing_start", "alternate_billing_end", "share_token",
    "issued_at", "sent_at", "voided_on", "void_reason", "seller_id", "bill_to_id", "seal",
    "deleted_at",
)  # fmt: skip
WORKED_OUT = ("owed_minor", "paid_minor", "credited_minor", "discount_taken_minor")


def duplicate(db: Db, act: Act, ref: str) -> Record:
    """Make a new draft with an invoice's customer and lines, and return it.

    Term, currency, discount, shipping, PO number, note, template and attributes are copied. Its
    date is today's and its taxes have today's rates. It bills no charge of an order, and has no
    number, key, reference or factor.

    Raises:
        NotFoundError: there is no such invoice.
        ConflictError: the customer or a tax was deleted, or the term is not to be used any more.
        DatabaseError: the invoice does not match its seal.
    """
    with db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        catalog = Catalog(session, act)
        seals.prove(catalog.reader, "invoice", [invoice.id or 0])  # the copy would not show it
        rows.refuse_deleted("customer", catalog.row("customer", invoice.customer_id))
        draft = redrafting.load(session, catalog, invoice)
        draft.invoice |= dict.fromkeys(NOT_COPIED) | dict.fromkeys(WORKED_OUT, 0)
        draft.invoice |= {"status": Status.DRAFT.value, "version": 1}
        draft.number = None
        _date(catalog, draft)
        _price(catalog, draft, invoice)
        (made,) = storing.insert_drafts(session, act, [draft])
        history.note(session, act, "invoice", made, "duplicate", of=invoice.friendly_id)
        return invoices.record(session, act, made)


def _date(catalog: Catalog, draft: Draft) -> None:
    """Date a copy today; its term is by the rule that the term has now."""
    columns, today = draft.invoice, catalog.act.today
    term_id = columns["term_id"]
    if term_id is not None and not catalog.row("term", term_id)["deleted_at"]:
        term = catalog.term_by_id(term_id)
        refuse_term(term)
        columns["term_rule"] = terms.words(term.rule)
    rule = terms.read(columns["term_rule"]) if columns["term_rule"] else None
    columns |= {"invoice_date": today, "invoice_date_given": 0}
    columns |= {"due_date": due_by(rule, today), "due_date_given": 0}


def _price(catalog: Catalog, draft: Draft, invoice: Invoice) -> None:
    """Give the lines of a copy the rates of today, and work out what they come to."""
    try:
        draft.lines = [_copied(catalog, line) for line in draft.lines]
        shipping = catalog.tax_codes(draft.invoice["shipping_tax"])
    except NotFoundError as error:
        message = f"cannot duplicate invoice {invoice.friendly_id}: {error.message}"
        raise ConflictError(message, hint=error.hint) from error
    recompute(draft, shipping)


def _copied(catalog: Catalog, line: LineDraft) -> LineDraft:
    columns = {name: line.columns[name] for name in line.columns.keys() - {"uuid", "version"}}
    codes = "+".join(code.tax.code for code in line.taxes)
    return LineDraft(columns, catalog.tax_codes(codes))
