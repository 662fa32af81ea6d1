"""Where the contests are held: an installed invoicectl, its books, and the programs beside it."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import books
from tests.benchmarks.contests import Cost, Side

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
PEERS = ("sqlite-utils", "weasyprint", "pypdfium2")  # from PyPI; the others are programs


@dataclass(frozen=True)
class Sizes:
    """How much there is of what is measured; all of it goes with the number of invoices."""

    large: int = 1_000_000  # invoices
    small: int = 100_000
    imported: int = 400_000
    imported_less: int = 40_000
    papers: int = 1_000
    lines: int = 5_000
    lines_less: int = 100


def sizes(invoices: int) -> Sizes:
    """Return the sizes for so many invoices in the large books."""
    return Sizes(
        large=invoices, small=invoices // 10, imported=invoices * 2 // 5,
        imported_less=invoices // 25, papers=max(20, invoices // 1000),
    )  # fmt: skip


QUICK = Sizes(
    large=1_000, small=500, imported=400, imported_less=200, papers=6, lines=200, lines_less=100
)


@dataclass(frozen=True)
class World:
    """`program` is the invoicectl to measure; what is made for it stays in `folder`."""

    folder: Path
    program: Path
    sizes: Sizes

    @property
    def python(self) -> Path:
        """The Python that runs it."""
        return self.program.parent / "python"

    @property
    def env(self) -> dict[str, str]:
        return {
            "PATH": f"{self.program.parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "INVOICECTL_CONFIG": str(self.folder / "config.toml"),
            "INVOICECTL_TODAY": books.TODAY.isoformat(),
        }

    def tool(self, name: str) -> str | None:
        """Return the path of a program, None where it is not installed."""
        return shutil.which(name, path=self.env["PATH"])

    def has_module(self, name: str) -> bool:
        """Return whether the Python that runs invoicectl has a module."""
        asked = [self.python, "-c", f"import {name}"]
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    def ours(self, *words: object, db: Path | None = None) -> list[str]:
        """Return a command line of invoicectl."""
        named = [] if db is None else ["--db", str(db)]
        return [str(self.program), *named, *map(str, words)]

    def worker(self, name: str, *words: object) -> list[str]:
        """Return the command line of a script of `workers/`, run by invoicectl's own Python."""
        return [str(self.python), "-P", str(HERE / "workers" / f"{name}.py"), *map(str, words)]

    def output(self, command: list[str], stdin: str = "", *, ok: tuple[int, ...] = (0,)) -> str:
        """Run a command and return what it prints."""
        ran = subprocess.run(
            command, input=stdin, capture_output=True, text=True, env=self.env, check=False
        )
        if ran.returncode not in ok:
            raise RuntimeError(f"{command} ended with {ran.returncode}:\n{ran.stderr[-2000:]}")
        return ran.stdout

    def cpu(self, command: list[str], stdin: Path | None = None) -> Cost:
        """Return what runs a command and gives the CPU seconds of the whole process."""
        return lambda: sum(self._spent(command, stdin)[:2])

    def wall(self, command: list[str]) -> Cost:
        """Return what runs a command and gives the seconds that passed on the wall's clock."""

        def passed() -> float:
            begun = time.perf_counter()
            self._spent(command)
            return time.perf_counter() - begun

        return passed

    def peak(self, command: list[str]) -> Cost:
        """Return what runs a command and gives the most memory that it held, in MiB."""
        return lambda: self._spent(command)[2] / 1024

    def told(self, command: list[str]) -> Cost:
        """Return what runs a command and gives the number that it prints last."""
        return lambda: float(self.output(command).split()[-1])

    def _spent(self, command: list[str], stdin: Path | None = None) -> tuple[float, float, int]:
        with open(os.devnull, "wb") as nothing, open(stdin or os.devnull, "rb") as given:
            process = subprocess.Popen(
                command, stdin=given, stdout=nothing, stderr=subprocess.DEVNULL, env=self.env
            )
            _, status, spent = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{command} ended with {process.returncode}")
        return spent.ru_utime, spent.ru_stime, spent.ru_maxrss

    def bare(self) -> Side:
        """A Python that does nothing."""
        return Side("bare Python", self.cpu([str(self.python), "-c", "pass"]))

    def files(self, invoices: int) -> dict[str, Path]:
        """Return the files to import for books of a size, written when first asked for."""
        size = books.Size(invoices)
        folder = self.folder / size.name
        if not (folder / "written").exists():
            books.write(size, folder)
            (folder / "written").touch()
        return {kind: folder / f"{kind}.jsonl" for kind in books.KINDS}

    def books(self, invoices: int, kinds: tuple[str, ...] = books.KINDS) -> Path:
        """Return a database of a size, imported when first asked for."""
        files = self.files(invoices)
        made = files["taxes"].with_name("books.db" if kinds == books.KINDS else "begun.db")
        if not made.exists():
            draft = made.with_suffix(".part")
            draft.unlink(missing_ok=True)
            for kind in kinds:
                self.output(self.ours("import", kind, files[kind], "--quiet", db=draft))
            draft.rename(made)
        return made

    def copy(self, db: Path) -> Path:
        """Return a copy of a database that may be changed; the next call forgets it."""
        copied = self.folder / "copy.db"
        for ending in ("", "-wal", "-shm", ".lock"):
            Path(f"{copied}{ending}").unlink(missing_ok=True)
        return Path(shutil.copyfile(db, copied))


def install(folder: Path) -> Path:
    """Install this checkout, compiled, with the peers that PyPI has; return its invoicectl."""
    program = folder / "venv" / "bin" / "invoicectl"
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True, env=env)
    pip = [program.with_name("python"), "-m", "pip", "install", "-q", "--force-reinstall"]
    subprocess.run([*pip, "--no-deps", CHECKOUT], check=True, env=env)
    subprocess.run([*pip[:-1], CHECKOUT, *PEERS], check=True, env=env)
    return program
