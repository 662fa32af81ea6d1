"""The e-mails of batch-generate: one a customer, with all invoices that were made for it."""

import json
from collections.abc import Sequence
from typing import Any

from invoicectl.errors import DatabaseError, InvoicectlError, PermissionDeniedError
from invoicectl.service import letters, send
from invoicectl.service.act import Act
from invoicectl.store import records, refs
from invoicectl.store.db import Db, Reader

Record = dict[str, Any]


def mail(db: Db, act: Act, unsent: Sequence[str]) -> list[Record]:
    """Mail invoices, one letter a customer; return what became of each.

    An e-mail that failed has `error` and `message` beside `customer`, `to` and `invoices`.
    """
    if not unsent:
        return []
    with db.read() as books:
        ids = [refs.find(books, "invoice", ref) for ref in dict.fromkeys(unsent)]
        found = records.invoices(books, ids, act.today, only=())
        groups = letters.grouped(books, ids)
    by_id = dict(zip(ids, found, strict=True))
    return [_mailed(db, act, [by_id[each] for each in group]) for group in groups]


def _mailed(db: Db, act: Act, group: Sequence[Record]) -> Record:
    with db.read() as books:
        told = letter(books, group[0])
    told["invoices"] = [record["friendlyId"] for record in group]
    try:
        done = send.send(db, act, [record["id"] for record in group], send.Order())
    except (DatabaseError, PermissionDeniedError):
        raise
    except InvoicectlError as refusal:
        return told | {"error": refusal.code, "message": refusal.message}
    told["to"] = done["to"]
    if refused := done.get("refused"):
        said = "; ".join(f"{address}: {why}" for address, why in refused.items())
        told |= {"error": "partial", "message": f"the server refused {said}"}
    return told


def letter(books: Reader, record: Record) -> Record:
    """Return what is told of a letter to an invoice's customer."""
    customer = {name: record["customer"][name] for name in ("id", "key", "friendlyId", "name")}
    emails = books.value("SELECT emails FROM customer WHERE uuid = :id", id=customer["id"])
    return {"customer": customer, "to": json.loads(emails), "invoices": []}
