"""update: change what an invoice says, as far as its status lets it."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlmodel import Session

from invoicectl.errors import ConflictError, UsageError
from invoicectl.rules.lifecycle import Status
from invoicectl.service import amending, bodies, history, invoices, ledger, redrafting, rows
from invoicectl.service.act import Act
from invoicectl.service.amending import OWNERS
from invoicectl.service.catalog import Catalog
from invoicectl.service.drafting import Draft, read_invoice
from invoicectl.service.intake import Fields
from invoicectl.service.invoice_fields import ALIASES
from invoicectl.store import sequences
from invoicectl.store.db import Db
from invoicectl.store.session import reader
from invoicectl.store.tables import Invoice, RetiredNumber

Record = dict[str, Any]

# What a record says that nobody sets, or that says the same as another field.
UNTOLD = frozenset({
    "updatedAt", "lastUpdatedBy", "version", "kpis", "overdue", "daysOverdue", "total", "deletedAt",
})  # fmt: skip

WORKED_OUT = ("amount", "total")


@dataclass(frozen=True)
class Asked:
    """What is asked of an update.

    `body` has the fields that change, or with `replace` all that a draft is to say; `attributes`
    are set one by one among the custom ones. With `if_version` it has to be at that version.
    `typed` says that the body stands for the options of a command line.
    """

    body: Mapping[str, object]
    attributes: Mapping[str, str] = field(default_factory=dict)
    replace: bool = False
    if_version: int | None = None
    typed: bool = False


class Change(NamedTuple):
    """An invoice before and after, and the fields that differ: `{name: [was, is]}`."""

    before: Record
    after: Record
    fields: dict[str, list[Any]]


def update(db: Db, act: Act, ref: str, asked: Asked) -> Change:
    """Change an invoice; null or '' clears a field. Where nothing changes, nothing is written.

    A draft changes in all that `create` knows; once it is issued, only what is for the books:
    reference, key, note, PO number, due date, attributes, factor fields, QuickBooks id.

    Raises:
        NotFoundError, ValidationError: a field is wrong, or names what is not there.
        ConflictError: it is VOIDED, a field is frozen by its status, it is not at the version
            asked for, a key or number is taken, or the amount would be set.
    """
    if not asked.body and not asked.attributes:
        raise UsageError("nothing to change", hint="see 'invoicectl update --help'")
    with db.write(dry_run=act.dry_run) as session:
        invoice = invoices.find(session, ref)
        before = invoices.record(session, act, invoice.id or 0)
        invoices.refuse_unless(invoice, "update")
        fields = _fields(session, act, asked, before)
        _refuse(invoice, asked, fields)
        catalog = Catalog(session, act)
        if asked.replace:
            _replace(session, catalog, invoice, fields)
        elif invoice.status == Status.DRAFT:
            _amend(session, catalog, invoice, fields, asked.attributes)
        else:
            _annotate(catalog, invoice, fields, asked.attributes)
        after = invoices.record(session, act, invoice.id or 0)
        told = differences(before, after)
        if after["version"] != before["version"]:
            history.note(session, act, "invoice", invoice.id or 0, "update", **told)
            after = invoices.record(session, act, invoice.id or 0)
        return Change(before, after, told)


def _fields(session: Session, act: Act, asked: Asked, before: Record) -> Fields:
    """Return the fields that are asked for, without those of a body that say what is so already.

    A version in a body is the one that it was read at, and has to be the one there is.
    """
    body: Any = asked.body
    if isinstance(body, Mapping) and bodies.is_wrapped(body):
        body = body["invoice"]
    if asked.typed:
        _refuse_version(before, asked.if_version)
    elif isinstance(body, Mapping):
        same = WORKED_OUT if asked.replace else before.keys()
        body = {
            name: value for name, value in body.items()
            if name not in same or not _is_so(before, name, value)
        }  # fmt: skip
        body = _at_version(asked, before, body)
        if not asked.replace or any(ALIASES.get(each, each) in OWNERS for each in body):
            body = amending.without_charges(reader(session), before, body)
    body, left_out = bodies.read(body)
    if left_out:
        act.warn(f"not used, as it follows from the rest: {', '.join(left_out)}")
    return Fields(body, aliases=ALIASES, typed=asked.typed)


def _at_version(asked: Asked, before: Record, body: Record) -> Record:
    """Return a body without the version it was read at; refuse it if that is another."""
    rest = dict(body)
    read_at = rest.pop("version") if isinstance(rest.get("version"), int) else None
    _refuse_version(before, read_at if asked.if_version is None else asked.if_version)
    return rest


def _refuse_version(before: Record, wanted: int | None) -> None:
    if wanted not in {None, before["version"]}:
        raise ConflictError(
            f"invoice {before['friendlyId']} is at version {before['version']}, not {wanted}",
            hint="somebody changed it; look at it again",
        )


def _is_so(before: Record, name: str, value: object) -> bool:
    return name in before and before[name] == (None if value == "" else value)


def _refuse(invoice: Invoice, asked: Asked, fields: Fields) -> None:
    """Refuse what no draft and no issued invoice takes."""
    name = invoice.friendly_id
    if "amount" in fields.left:
        raise ConflictError(
            f"the amount of invoice {name} is not set: it follows from its lines",
            hint="change the order's charges: invoicectl order update",
        )
    if asked.replace and invoice.status != Status.DRAFT:
        message = f"cannot replace invoice {name}: it is {invoice.status}"
        raise ConflictError(message, hint="only draft invoices can be edited")


def _annotate(
    catalog: Catalog, invoice: Invoice, fields: Fields, attributes: Mapping[str, str]
) -> None:
    """Change what may change once an invoice is issued."""
    fields.known |= amending.ALWAYS
    for name in fields.left:
        if name in amending.WHILE_DRAFT:
            raise _frozen(invoice, fields.at(name))
    columns = amending.read_always(fields, invoice.attributes, attributes)
    if "dueDate" in fields.left:
        columns |= _due_date(catalog.act, invoice, fields)
    fields.finish()
    changed = {name: value for name, value in columns.items() if getattr(invoice, name) != value}
    if "key" in changed:
        invoices.check_names(
            catalog.reader, catalog.act, key=changed["key"], number=None, own_id=invoice.id
        )
    for name, value in changed.items():
        setattr(invoice, name, value)
    if changed:
        ledger.touch(catalog.act, invoice)


def _frozen(invoice: Invoice, name: str) -> ConflictError:
    number = invoice.friendly_id
    way_out = "unpublish" if invoice.status == Status.AWAITING_PAYMENT else "credit-note"
    return ConflictError(
        f"cannot change {name} of invoice {number}: it is {invoice.status}",
        hint=f"only a draft's can be changed: invoicectl {way_out} {number}",
    )


def _due_date(act: Act, invoice: Invoice, fields: Fields) -> dict[str, Any]:
    columns = {
        name: getattr(invoice, name)
        for name in ("invoice_date", "due_date", "due_date_given", "term_rule")
    }
    before, warnings = columns["due_date"], list[str]()
    amending.set_due(columns, fields, warnings)
    if columns["due_date"] == before:
        return {}
    for warning in warnings:
        act.warn(warning)
    return columns


def _amend(
    session: Session,
    catalog: Catalog,
    invoice: Invoice,
    fields: Fields,
    attributes: Mapping[str, str],
) -> None:
    """Change a draft."""
    draft = redrafting.load(session, catalog, invoice)
    before = deepcopy(draft)
    draft.invoice |= amending.read_always(fields, invoice.attributes, attributes)
    number = _number(session, catalog, invoice, fields)
    draft.invoice |= {"friendly_id": number, "draft_seq": invoice.draft_seq}
    amending.amend(catalog, catalog.act, draft, fields)
    fields.finish()
    _keep(session, catalog.act, invoice, draft, before)


def _number(session: Session, catalog: Catalog, invoice: Invoice, fields: Fields) -> str:
    """Return what a draft is called from now on: the number it is given, else its draft name.

    A number that it had is never used again.
    """
    was = invoice.friendly_id
    if "number" not in fields.left:
        return was
    number = fields.text("number")
    if number == was:
        return was
    if invoice.issued_at is not None:
        raise ConflictError(f"invoice {was} keeps its number: it was issued under it")
    if number is not None:
        own_id = invoice.id
        invoices.check_names(catalog.reader, catalog.act, key=None, number=number, own_id=own_id)
    if number is None or number.casefold() != was.casefold():
        retire_number(session, catalog.act, invoice)
    if number is not None:
        return number
    if invoice.draft_seq is None:
        invoice.draft_seq = sequences.take(catalog.reader, "draft")
    return str(invoices.draft_name(invoice))


def retire_number(session: Session, act: Act, invoice: Invoice) -> None:
    """See to it that a number set beforehand is never used again; a draft name is none."""
    if invoice.friendly_id != invoices.draft_name(invoice):
        session.add(RetiredNumber(number=invoice.friendly_id, retired_at=act.now))


def _keep(session: Session, act: Act, invoice: Invoice, draft: Draft, before: Draft) -> None:
    """Store a changed draft, unless it says what it said before."""
    if amending.same(before, draft):
        return
    key = draft.invoice["key"]
    if key != before.invoice["key"]:
        invoices.check_names(reader(session), act, key=key, number=None, own_id=invoice.id)
    redrafting.save(session, act, invoice, draft, verb="")
    for warning in draft.warnings:
        act.warn(warning)


def _replace(session: Session, catalog: Catalog, invoice: Invoice, fields: Fields) -> None:
    """Let a draft say what a body for `create` says; its names stay unless the body has others."""
    before = redrafting.load(session, catalog, invoice)
    number = _number(session, catalog, invoice, fields)
    order_id = invoice.order_id
    with session.begin_nested() as tried:
        invoices.free_charges(session, invoice)  # so that they can be billed again
        invoice.shipment_id = None
        session.flush()
        read = read_invoice(catalog, catalog.act, fields)
        fields.finish()
        draft = deepcopy(before)
        names = {"key": read.invoice["key"] or invoice.key, "friendly_id": number,
                 "draft_seq": invoice.draft_seq}  # fmt: skip
        draft.invoice |= read.invoice | names
        draft.lines = amending.matched(before.lines, read.lines)
        draft.shipping_taxes, draft.warnings = read.shipping_taxes, read.warnings
        if amending.same(before, draft):
            tried.rollback()
            return
        _keep(session, catalog.act, invoice, draft, before)
    for each in {order_id, invoice.order_id}:
        ledger.follow_order(session, catalog.act, each)


def differences(before: Record, after: Record) -> dict[str, list[Any]]:
    """Return the fields in which two records differ, as a person says them: `{name: [was, is]}`."""
    told = {name: [_said(before[name]), _said(after[name])] for name in after.keys() - UNTOLD}
    return {name: told[name] for name in after if name in told and told[name][0] != told[name][1]}


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return value.get("friendlyId") or value.get("name")
    if isinstance(value, list) and value and "unitPrice" in value[0]:
        return [_line(each) for each in value]
    return value


def _line(line: Record) -> str:
    """Return a line in words: `8 hour x 120 Consulting (GST+QST)`."""
    quantity, price = rows.spelled(line["quantity"]), rows.spelled(line["unitPrice"])
    taxes = "+".join(tax["code"] for tax in line["taxes"])
    parts = [quantity, line["unit"], "x", price, line["description"], taxes and f"({taxes})"]
    return " ".join(part for part in parts if part)
