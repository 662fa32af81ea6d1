"""Letters that went out, or were begun, before: what a new one may say again, and what not."""

from collections.abc import Sequence

from invoicectl.errors import ConflictError
from invoicectl.store import papers
from invoicectl.store.db import Reader, Row


def sent(books: Reader, wanted: Sequence[int], addressed: str) -> dict[int, str]:
    """Return those of some invoices that these addresses got, with the Message-ID of the letter."""
    found = {}
    for invoice_id in wanted:
        for row in papers.sendings(books, invoice_id, addressed):
            if row["state"] == "sent":
                found[invoice_id] = str(row["message_id"])
                break
    return found


def begun(
    books: Reader, wanted: Sequence[int], addressed: str, *, resend: bool
) -> tuple[str | None, list[int]]:
    """Return the Message-ID of the letter that was begun for just these invoices, None for none.

    Beside it are the ids of letters that were begun for others with them. Whoever asks holds the
    claims on the invoices, so that nobody is at work on any of these.

    Raises:
        ConflictError: one was handed over and never confirmed, and it is not to be sent again.
    """
    rows: dict[int, Row] = {
        row["id"]: row
        for invoice_id in wanted
        for row in papers.sendings(books, invoice_id, addressed)
    }
    handed = [row for row in rows.values() if row["state"] == "handed"]
    if handed and not resend:
        when, message_id = handed[0]["created_at"], handed[0]["message_id"]
        raise ConflictError(
            f"the e-mail of {when} is uncertain: it was handed over and never confirmed"
            f" ({message_id}); nothing was sent now",
            hint="ask whether it arrived; --resend sends it again",
        )
    pending = [row for row in rows.values() if row["state"] == "pending"]
    own = [row for row in handed + pending if papers.carried(books, row["id"]) == set(wanted)]
    dead = [row["id"] for row in pending if row not in own[:1]]
    return (str(own[0]["message_id"]) if own else None), dead


def grouped(books: Reader, wanted: Sequence[int]) -> list[list[int]]:
    """Return invoices as letters would carry them: one letter a customer.

    Those that a letter begun before carries stay together and apart from the others, so that it
    is that letter which goes on.
    """
    groups: dict[tuple[int, int | None], list[int]] = {}
    for invoice_id in wanted:
        row = books.one(
            "SELECT customer_id, max(send.id) AS begun FROM invoice"
            " LEFT JOIN send_invoice ON send_invoice.invoice_id = invoice.id"
            " LEFT JOIN send ON send.id = send_id AND state IN ('pending', 'handed')"
            " WHERE invoice.id = :id GROUP BY customer_id",
            id=invoice_id,
        )
        assert row is not None  # noqa: S101 - asked for by its id
        groups.setdefault((row["customer_id"], row["begun"]), []).append(invoice_id)
    return list(groups.values())
