"""Write the rows of a database into an empty one with the same tables and indexes.

Prints the CPU seconds that `executemany` and the commit took; the reading is not counted.
"""

import sqlite3
import sys
import time
from pathlib import Path

TABLES = ("party", "invoice", "line", "line_tax", "movement", "activity")  # what an import writes
CHUNK = 5_000


def main(whole: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    source = sqlite3.connect(f"file:{whole}?mode=ro", uri=True)
    raw = sqlite3.connect(target, isolation_level=None)
    for (statement,) in source.execute(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE 'invoice_text_%' AND type IN ('table', 'index')"
    ).fetchall():
        raw.execute(statement)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA cache_size = -65536")
    spent = -time.process_time()
    raw.execute("BEGIN IMMEDIATE")
    spent += time.process_time()
    for table in TABLES:
        rows = source.execute(f"SELECT * FROM {table} ORDER BY id")
        insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows.description))})"
        while chunk := rows.fetchmany(CHUNK):
            spent -= time.process_time()
            raw.executemany(insert, chunk)
            spent += time.process_time()
    spent -= time.process_time()
    raw.execute("INSERT INTO invoice_text (invoice_text) VALUES ('rebuild')")
    raw.execute("COMMIT")
    spent += time.process_time()
    raw.close()
    Path(target).unlink()
    print(spent)


if __name__ == "__main__":
    main(*sys.argv[1:])
