"""Every document against its hash, and every letter against what became of it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from invoicectl.output.mail import same_addresses_key
from invoicectl.service.checking.findings import Found, Inspection
from invoicectl.store import checks
from invoicectl.store.db import Row


def documents(books: Inspection) -> Found:
    """Find PDFs that are not what they were when they were made."""
    for row in books.reader.each(checks.DOCUMENTS):
        books.passing("documents")
        if hashlib.sha256(row["content"]).hexdigest() != row["sha256"]:
            yield PurePath(row["name"]).stem, "its PDF is not what it was: the hash differs"


def sends(books: Inspection) -> Found:
    """Find letters whose outcome is not known or does not fit, and say which were only begun."""
    for letter, (carried,) in checks.beside(books.reader, checks.SENDS, checks.CARRIED):
        books.passing("sends")
        names = ", ".join(str(row["friendly_id"]) for row in carried) or f"letter {letter['id']}"
        if letter["state"] in {"pending", "handed"}:
            if any(books.db.is_claimed(books.reader, row["invoice_id"]) for row in carried):
                continue  # somebody is at it
            if letter["state"] == "pending":
                books.notes.append(f"{names}: an e-mail was begun and not handed over; send again")
        yield from ((names, said) for said in _wrong(letter, carried))


def _wrong(letter: Row, carried: Sequence[Row]) -> Iterator[str]:
    """Yield what does not fit together about a letter that nobody is working on."""
    state = letter["state"]
    if state == "handed":
        yield (
            f"the e-mail of {letter['created_at']} is uncertain: it was handed over and never"
            f" confirmed ({letter['message_id']}); ask whether it arrived, or send --resend"
        )
    if (letter["settled_at"] is None) != (state in {"pending", "handed"}):
        yield f"the e-mail {letter['message_id']} is {state}, and its date of that does not fit"
    if state == "sent":
        for row in carried:
            if row["sent_at"] is None:
                yield f"{row['friendly_id']} was e-mailed, and is not marked as sent"
    said = json.loads(letter["recipients"])
    addressed = same_addresses_key(*(tuple(said.get(each, ())) for each in ("to", "cc", "bcc")))
    if addressed != letter["addressed"]:
        yield f"the e-mail {letter['message_id']} is kept under other addresses than it went to"
    for row in carried:
        if not row["has_document"]:
            yield f"the PDF that the e-mail of {letter['created_at']} carried is not kept"
