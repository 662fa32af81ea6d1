"""Make invoices one by one, each kept for good, or write 4 KB and sync them.

Prints the seconds that one takes, by the clock on the wall: what counts here is the disk.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

from invoicectl import config
from invoicectl.service import invoices
from invoicectl.service.act import Act
from invoicectl.store.db import Db

TIMES, FIRST = 20, 5


@contextmanager
def creating(folder: Path) -> Iterator[Callable[[], object]]:
    settings = {key: default for key, (_, default) in config.KEYS.items()}
    act = Act(datetime.now(UTC), date(2026, 8, 1), "benchmark", settings, lambda _: None)
    db = Db(folder / "books.db")
    lines = [{"description": f"Item {n}", "quantity": n, "unitPrice": "9.50"} for n in (1, 2, 3)]
    body = {"customer": "ada", "currency": "EUR", "lines": lines}
    with db.kept_open():
        yield lambda: invoices.create(db, act, body)


@contextmanager
def writing(folder: Path) -> Iterator[Callable[[], object]]:
    file = os.open(folder / "synced", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    block = os.urandom(4096)

    def write() -> None:
        os.write(file, block)
        os.fdatasync(file)

    yield write


def main(what: str, folder: str) -> None:
    took = []
    with {"create": creating, "write": writing}[what](Path(folder)) as once:
        for _ in range(FIRST + TIMES):
            begun = time.perf_counter()
            once()
            took.append(time.perf_counter() - begun)
    print(median(took[FIRST:]))


if __name__ == "__main__":
    main(*sys.argv[1:])
