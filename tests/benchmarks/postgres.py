"""The same books in a file and on a server, side by side: `python -m tests.benchmarks.postgres`.

    --server URL        a PostgreSQL on this machine whose role may make databases; else
                        INVOICECTL_TEST_POSTGRES (`.ci/postgres` starts one)
    --sizes 10000,1000000   invoices
    --rounds 5          how often each side looks; the medians count, the sides take turns
    --clients 16        processes that issue and pay at once

Costs of looking are CPU seconds of whole processes and, on the server, of its processes too; what
many clients get done is counted by the clock.
"""

import argparse
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.benchmarks import books

LOOKS = {
    "filter, a page": ["filter", "--unpaid"],
    "filter, a word": ["filter", "--search", "harbor"],
    "filter, all counted": ["filter", "--unpaid", "--count"],
    "aging today": ["aging"],
    "aging a year ago": ["aging", "--as-of", books.YEAR_AGO.isoformat()],
}
CHANGES = 10  # of each client
WORKER = f"""
import sys
from invoicectl import cli
ends = []
for _ in range({CHANGES}):
    ends.append(cli.run(["create", "--customer", "C-00001", "--item", "desc=x,price=100", "-q",
                         "--key", sys.argv[1] + str(_), "--fields", "friendlyId"]))
    ends.append(cli.run(["mark-awaiting", sys.argv[1] + str(_), "-q", "--fields", "friendlyId"]))
    ends.append(cli.run(["pay", sys.argv[1] + str(_), "-q", "--fields", "friendlyId"]))
print("ends", *ends, file=sys.stderr)
"""


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser("tests.benchmarks.postgres", description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)  # fmt: skip
    parser.add_argument("--server", default=os.environ.get("INVOICECTL_TEST_POSTGRES", ""))
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16)
    asked = parser.parse_args()
    for size in asked.sizes.split(","):
        with tempfile.TemporaryDirectory() as folder:
            _compare(asked, int(size), Path(folder))


def _compare(asked: argparse.Namespace, size: int, folder: Path) -> None:
    file, url = str(folder / "books.db"), _create(asked.server)
    try:
        for kind, path in books.write(books.Size(size), folder).items():
            _run(file, "import", kind, str(path), "--quiet")
        start = time.perf_counter()
        _run(file, "copy-to", url, "--quiet")
        print(f"\n{size:,} invoices; copy-to took {time.perf_counter() - start:.0f} s\n")
        print("| | SQLite | PostgreSQL |\n|---|---|---|", flush=True)
        spent = _spender(asked.server)
        for what, words in LOOKS.items():
            rounds = [[spent(db, words) for db in (file, url)] for _ in range(asked.rounds)]
            here, there = (statistics.median(side) for side in zip(*rounds, strict=True))
            print(f"| {what}, CPU s | {here:.3f} | {there:.3f} |", flush=True)
        here, there = (_changes(db, asked.clients) for db in (file, url))
        print(f"| {asked.clients} clients, changes a second | {here} | {there} |", flush=True)
    finally:
        with psycopg.connect(asked.server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name()} WITH (FORCE)".encode())


def _name() -> str:
    return f"invoicectl_benchmark_{os.getpid()}"


def _create(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_name()} TEMPLATE template0".encode())
    return re.sub(r"/\w+$", f"/{_name()}", server)


def _environment(db: str) -> dict[str, str]:
    settings = {"INVOICECTL_CONFIG": "none.toml", "INVOICECTL_TODAY": books.TODAY.isoformat()}
    return {**os.environ, **settings, "INVOICECTL_DB": db}


def _run(db: str, *words: str) -> None:
    command = [sys.executable, "-m", "invoicectl", *words]
    subprocess.run(command, env=_environment(db), check=True, stdout=subprocess.DEVNULL)


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


def _changes(db: str, clients: int) -> str:
    """Return how many changes a second many clients get done, and how many failed."""
    start = time.perf_counter()
    running = [
        subprocess.Popen([sys.executable, "-c", WORKER, f"k{n}-"], env=_environment(db),
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for n in range(clients)
    ]  # fmt: skip
    said = [each.communicate()[1] for each in running]
    passed = time.perf_counter() - start
    ends = [end for text in said for end in text.rpartition("ends")[2].split()]
    failed = sum(end != "0" for end in ends) + clients * CHANGES * 3 - len(ends)
    _run(db, "check", "--quiet")
    return f"{len(ends) / passed:.0f}, {failed} failed"


if __name__ == "__main__":
    main()
