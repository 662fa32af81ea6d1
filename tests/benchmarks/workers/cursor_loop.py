"""Fetch every row that an export reads, in its order, and do nothing with them.

Prints the CPU seconds of that.
"""

import sqlite3
import sys
import time

from invoicectl.store.records.invoice_parts import EVENTS, LINE
from invoicectl.store.records.invoices import FROM, INVOICE

BESIDE = (
    f"""SELECT l.invoice_id, {LINE.sql} FROM line AS l LEFT JOIN product AS p ON p.id = l.product_id
    ORDER BY l.invoice_id, l.position""",
    """SELECT invoice_id, line_id, code, rate, amount_minor FROM line_tax
    ORDER BY invoice_id, line_id, position""",
    """SELECT m.invoice_id, m.entry_date, m.owed_minor, p.* FROM movement AS m
    LEFT JOIN payment AS p ON p.id = m.payment_id
    WHERE m.invoice_id IS NOT NULL ORDER BY m.invoice_id, m.id""",
)


def main(format: str, db: str) -> None:
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    source = FROM["source"].rpartition("WHERE")[0]
    wanted = f"{INVOICE.sql}, {EVENTS.sql}"  # the key figures are in every format
    statements = [f"SELECT {wanted} FROM {source} ORDER BY i.invoice_date DESC, i.id DESC"]
    if format == "jsonl":
        statements += BESIDE
    begun = time.process_time()
    for statement in statements:
        binds = {"today": "2026-08-01"} if ":today" in statement else {}
        for _row in connection.execute(statement, binds):
            pass
    print(time.process_time() - begun)


if __name__ == "__main__":
    main(*sys.argv[1:])
