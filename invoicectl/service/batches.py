"""batch: one verb to many invoices, each in its own transaction."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from invoicectl.service import invoices, payments, publishing, send, several, trash
from invoicectl.service.act import Act
from invoicectl.store.db import Db

Verb = Callable[[Db, Act, str], Mapping[str, Any]]

ACTIONS: Mapping[str, Verb] = {
    "delete": trash.delete,
    "void": invoices.void,
    "mark-awaiting": invoices.mark_awaiting,
    "mark-sent": publishing.mark_sent,
    "mark-paid": payments.mark_paid,
    "send": partial(send.send_one, order=send.Order()),
    "restore": trash.restore,
    "purge": trash.purge,
}


def batch(db: Db, act: Act, action: str, refs: Iterable[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Do an action of ACTIONS to invoices; see `several.all_of` for the answer.

    Raises:
        NotConfiguredError: it is to send, and no mail transport is configured; nothing is done.
    """
    if action == "send":
        send.way_of(act)
    return several.each(db, refs, partial(ACTIONS[action], db, act))
