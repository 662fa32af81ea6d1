"""The same books in a file and on a server, side by side: `python -m tests.benchmarks.postgres`.

    --server URL        a PostgreSQL on this machine whose role may make databases; else
                        INVOICECTL_TEST_POSTGRES (`.ci/postgres` starts one)
    --sizes 10000,100000   invoices, of books that are made for it
    --book FILE         books that are there, once more or several times; they are copied first
    --rounds 5          how often each side looks; the medians count, the sides take turns
    --clients 16        processes that issue and pay at once

Costs of looking are CPU seconds of whole processes and, on the server, of its processes too; what
many clients get done is counted by the clock. Both sides have to print the same, or it ends there.
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from tests.benchmarks import books

LOOKS = {
    "filter, a page": ["filter", "--unpaid", "-f", "json"],
    "filter, a word": ["filter", "--search", "harbor", "-f", "json"],
    "filter, all rows": ["filter", "--unpaid", "-f", "tsv"],
    "filter, all counted": ["filter", "--unpaid", "--count"],
    "aging today": ["aging"],
    "aging a year ago": ["aging", "--as-of", books.YEAR_AGO.isoformat()],
}
CHANGES = 10  # times each client creates, issues and pays, and pays what all the others pay too
# What is known once is waited for, so that only changes are measured.
WORKER = f"""
import sys
from invoicectl import cli
me, all_pay = sys.argv[1], sys.argv[2:]
cli.run(["create", "--customer", "C-00001", "--item", "desc=x,price=100", "-q", "--key", me,
         "--fields", "friendlyId"])
print("ready", file=sys.stderr, flush=True)
sys.stdin.read()
ends = []
for _ in range({CHANGES}):
    key = f"{{me}}-{{_}}"
    ends += [cli.run([*words, "-q", "--fields", "id"]) for words in (
        ["create", "--customer", "C-00001", "--item", "desc=x,price=100", "--key", key],
        ["mark-awaiting", key], ["pay", key], ["pay", all_pay[_]])]
print("ends", *ends, file=sys.stderr)
"""
LATE = "6"  # the exit code of who is told that another was first
CHECKED = 100_000  # books up to that size are proven by `check` after what many did to them

Row = tuple[str, int, str, str, float]  # what, invoices, SQLite, PostgreSQL, how much the latter is


def main() -> None:
    """Print one table of all sizes."""
    parser = argparse.ArgumentParser("tests.benchmarks.postgres", description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)  # fmt: skip
    parser.add_argument("--server", default=os.environ.get("INVOICECTL_TEST_POSTGRES", ""))
    parser.add_argument("--sizes", default="10000,100000", type=_numbers)
    parser.add_argument("--book", action="append", default=[], type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16)
    asked = parser.parse_args()
    rows: list[Row] = []
    for book in [*asked.sizes, *asked.book]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "books.db"
            if isinstance(book, Path):
                _told(f"copying {book}")
                shutil.copy(book, file)
            else:
                _made(book, file)
            rows += _compare(asked, file)
    print("| | invoices | SQLite | PostgreSQL | ratio |\n|---|--:|--:|--:|--:|")
    order = list(dict.fromkeys(what for what, *_ in rows))
    for what, size, here, there, ratio in sorted(
        rows, key=lambda row: (order.index(row[0]), row[1])
    ):
        print(f"| {what} | {size:,} | {here} | {there} | {ratio:.2f} |")


def _numbers(typed: str) -> list[int]:
    return [int(number) for number in typed.split(",") if number]


def _told(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def _made(size: int, file: Path) -> None:
    """Make books of a size."""
    _told(f"making {size:,} invoices")
    for kind, path in books.write(books.Size(size), file.parent).items():
        _run(str(file), "import", kind, str(path), "--quiet")


def _compare(asked: argparse.Namespace, file: Path) -> Iterator[Row]:
    """Yield what the same things cost in a file and on a server."""
    here, there = str(file), _create(asked.server)
    try:
        size = int(_run(here, "filter", "--count"))
        _told(f"{size:,} invoices: copy-to")
        start = time.perf_counter()
        _run(here, "copy-to", there, "--quiet")
        _told(f"{size:,} invoices: copy-to took {time.perf_counter() - start:.0f} s")
        spent = _spender(asked.server)
        for what, words in LOOKS.items():
            if _run(here, *words) != _run(there, *words):
                raise SystemExit(f"{what}: the two sides differ")
            rounds = [[spent(db, words) for db in (here, there)] for _ in range(asked.rounds)]
            costs = [statistics.median(side) for side in zip(*rounds, strict=True)]
            yield _row(f"{what}, CPU s", size, *costs)
        done = [_changes(db, asked.clients, size) for db in (here, there)]
        conflicts, errors = (" and ".join(str(one[n]) for one in done) for n in (1, 2))
        said = f"conflicts {conflicts}, errors {errors}"
        what = f"{asked.clients} clients create, issue and pay: changes a second ({said})"
        yield _row(what, size, *(one[0] for one in done))
    finally:
        with psycopg.connect(asked.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name()} WITH (FORCE)".encode())


def _row(what: str, size: int, here: float, there: float) -> Row:
    _told(f"{size:,} invoices: {what}: {here:.3f} {there:.3f}")
    return what, size, f"{here:.3g}", f"{there:.3g}", there / here


def _name() -> str:
    return f"invoicectl_benchmark_{os.getpid()}"


def _create(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_name()} TEMPLATE template0".encode())
    return re.sub(r"/\w+$", f"/{_name()}", server)


def _environment(db: str) -> dict[str, str]:
    settings = {"INVOICECTL_CONFIG": "none.toml", "INVOICECTL_TODAY": books.TODAY.isoformat()}
    return {**os.environ, **settings, "INVOICECTL_DB": db}


def _run(db: str, *words: str, given: str = "") -> str:
    command = [sys.executable, "-m", "invoicectl", *words]
    return subprocess.run(
        command, env=_environment(db), check=True, stdout=subprocess.PIPE, text=True, input=given
    ).stdout


def _spender(server: str) -> Callable[[str, list[str]], float]:
    """Return what runs a command and says what it took here and in the server's processes."""
    with psycopg.connect(server) as connection:
        parent = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rsplit(")", 1)[1]
    postmaster = parent.split()[1]

    def total() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        fields = Path(f"/proc/{postmaster}/stat").read_text().rsplit(")", 1)[1].split()
        ticks = sum(map(int, fields[11:15]))  # its own, and those of its processes that ended
        return used.ru_utime + used.ru_stime + ticks / os.sysconf("SC_CLK_TCK")

    def spent(db: str, words: list[str]) -> float:
        before = total()
        _run(db, *words)
        time.sleep(0.1)  # until the server's process has ended
        return total() - before

    return spent


def _changes(db: str, clients: int, size: int) -> tuple[float, int, int]:
    """Return how many changes a second many clients get done, how many came late, and failed.

    Each of them pays its own invoices, and one each time that all the others pay too: one is
    first, and the others are refused.
    """
    shared = _issued(db)
    running = [
        subprocess.Popen([sys.executable, "-c", WORKER, f"k{n}", *shared], env=_environment(db),
                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                         text=True)
        for n in range(clients)
    ]  # fmt: skip
    for each in running:
        while each.stderr.readline() not in {"ready\n", ""}:
            pass
    start = time.perf_counter()
    for each in running:
        each.stdin.close()
    said = [each.stderr.read() for each in running]
    passed = time.perf_counter() - start
    for each in running:
        each.wait()
    ends = [end for text in said for end in text.rpartition("ends")[2].split()]
    done, late = ends.count("0"), ends.count(LATE)
    if size <= CHECKED:
        _run(db, "check", "--quiet")
    return done / passed, late, clients * CHANGES * 4 - done - late


def _issued(db: str) -> list[str]:
    """Make and issue the invoices that all pay; return their keys."""
    keys = [f"shared-{n}" for n in range(CHANGES)]
    lines = [{"description": "x", "quantity": 1, "unitPrice": 100}]
    bodies = [{"customer": "C-00001", "key": key, "lines": lines} for key in keys]
    _run(db, "create", "--from", "-", "-q", given=json.dumps(bodies))
    _run(db, "mark-awaiting", *keys, "-q")
    return keys


if __name__ == "__main__":
    main()
