"""Locks on files beside the database: one for writers, one byte for each invoice that is sent.

The system takes them away when a process ends, however it ends: none is ever left behind.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from invoicectl.errors import ConflictError, DatabaseError, InvoicectlError, of_system

TIMEOUT_S = 30.0


@contextmanager
def write_lock(path: Path) -> Iterator[None]:
    """Hold the one lock of writers, on a side file: fair, and checkpoints are serialised too."""
    handle = _side_file(path, ".lock")
    try:
        _wait_for(handle, path)
        yield
    finally:
        os.close(handle)


def _side_file(path: Path, ending: str) -> int:
    """Open a file beside the database, which only ever holds locks, and make it if need be."""
    try:
        return os.open(f"{path}{ending}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise refused(error, f"{path} cannot be written") from error


def refused(error: OSError, what: str) -> InvoicectlError:
    """Return the refusal for what the system says of a file or folder."""
    reason = f"{what}: {error.strerror}"
    return of_system(error, what) or DatabaseError(f"{reason}: {error.filename}")


def _cannot_lock(error: OSError, path: Path) -> DatabaseError:
    message = f"{path} cannot be locked: {error.strerror}; nothing was changed"
    return DatabaseError(message, hint="keep the database on a disk of this machine")


def _wait_for(handle: int, path: Path) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise DatabaseError(
                    f"{path} is busy: another invoicectl has been writing for {TIMEOUT_S:.0f} s",
                    hint="try again when it is done",
                ) from None
            time.sleep(0.005)
        except OSError as error:
            raise _cannot_lock(error, path) from error
        else:
            return


@contextmanager
def claim(path: Path, number: int, taken: str) -> Iterator[None]:
    """Hold one byte of a side file for an invoice: the system lets go of it when the process ends.

    Raises:
        ConflictError: another process holds it for longer than TIMEOUT_S.
    """
    handle = _side_file(path, ".sending")
    deadline = time.monotonic() + TIMEOUT_S
    try:
        while True:
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
                break
            except (BlockingIOError, PermissionError):
                if time.monotonic() > deadline:
                    raise ConflictError(f"invoice {number} {taken}", hint="try again") from None
                time.sleep(0.02)
            except OSError as error:
                raise _cannot_lock(error, path) from error
        yield
    finally:
        os.close(handle)


def is_claimed(path: Path, number: int) -> bool:
    """Return whether a process holds a claim on an invoice just now."""
    try:
        handle = os.open(f"{path}.sending", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.lockf(handle, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, number)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
