"""Files that are being made: under a name of their own until they are whole and on the disk."""

import os
from pathlib import Path

SIDE_FILES = ("-wal", "-shm", "-journal")


def beside(path: Path, what: str) -> Path:
    """Return a name beside a file for one that is being made, and clear away what was left there.

    What a killed process has left is known by its number: no such process is there any more.
    """
    for left in path.parent.iterdir():
        number, _, ending = left.name.removeprefix(f".{path.name}.").partition(".")
        is_ours = left.name.startswith(f".{path.name}.") and ending.startswith(what)
        if is_ours and number.isdecimal() and not _is_running(int(number)):
            left.unlink(missing_ok=True)
    return path.with_name(f".{path.name}.{os.getpid()}.{what}")


def _is_running(number: int) -> bool:
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True


def named(draft: Path, path: Path) -> None:
    """Give a file that is whole its name, and only that; it is on the disk afterwards.

    Raises:
        FileExistsError: the name is taken; to rename the draft would replace what has it.
    """
    os.link(draft, path)
    draft.unlink()
    sync(path.parent)


def forget(draft: Path) -> None:
    """Take away a file that was being made, and what SQLite keeps beside it."""
    for leftover in (draft, *(Path(f"{draft}{side}") for side in SIDE_FILES)):
        leftover.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
