"""Keys that a client gives its records: they make a request harmless to repeat."""

from invoicectl.errors import ConflictError
from invoicectl.rules import numbering
from invoicectl.service import requests
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.store import refs


def known(
    catalog: Catalog, act: Act, kind: str, fields: Fields, *, said: dict[str, object]
) -> tuple[int | None, dict[str, str | None]]:
    """Return the record that this very request made before, or None and a new one's columns.

    Those are its key and the fingerprint of its content: the fields, and what else was `said`
    beside them. The key is taken out of the fields.

    Raises:
        ConflictError: the key was used for other content, or reads as another record's name.
    """
    own = {name: value for name, value in fields.left.items() if value is not None}
    key = fields.text("key")
    if key is None:
        return None, {"key": None, "request": None}
    request = requests.fingerprint(catalog, Fields({**own, **said}))
    found = requests.same_request(catalog.reader, kind, key, request)
    if found is None:
        check_key(catalog, act, kind, key)
    return found, {"key": key, "request": request}


def check_key(catalog: Catalog, act: Act, kind: str, key: str | None) -> None:
    """Refuse a key that is taken within its kind, or that reads as a record's id or number.

    Raises:
        ConflictError: as said.
    """
    if key is None:
        return
    reads_as = numbering.reads_as_reference(key, numbering.parse(act.pattern))
    if reads_as is not None:
        raise ConflictError(f"key {key!r} reads as {reads_as}", hint="choose one of another form")
    if refs.among(catalog.reader, kind, key):
        raise ConflictError(f"key {key!r} is another {refs.WORDS.get(kind, kind)}'s")
