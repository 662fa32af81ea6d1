"""Do one verb to several records, each in its own transaction, and say what became of each."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from invoicectl.errors import DatabaseError, InvoicectlError, PermissionDeniedError
from invoicectl.store.db import Db


def each(
    db: Db, refs: Iterable[str], verb: Callable[[str], Mapping[str, Any]]
) -> dict[str, list[Mapping[str, Any]]]:
    """Do a verb to what each REF names; see `all_of`."""
    return all_of(db, ((ref, partial(verb, ref)) for ref in refs))


def all_of(
    db: Db,
    named: Iterable[tuple[str, Callable[[], Mapping[str, Any]]]],
) -> dict[str, list[Mapping[str, Any]]]:
    """Do each of some named things, and return what became of them.

    The answer is `{"succeeded": [record...], "failed": [{ref, error, message}...]}`.

    What stops the database itself stops everything.
    """
    succeeded: list[Mapping[str, Any]] = []
    failed: list[Mapping[str, Any]] = []
    with db.kept_open():
        for ref, verb in named:
            try:
                succeeded.append(verb())
            except (DatabaseError, PermissionDeniedError):
                raise
            except InvoicectlError as refusal:
                failed.append({"ref": ref, "error": refusal.code, "message": refusal.message})
    return {"succeeded": succeeded, "failed": failed}
