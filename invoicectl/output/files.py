"""Files: written whole or not at all, read with every refusal said in words.

A file that replaces another has no name until it is complete: a reader, a crash or a full
disk finds the old one. Where the file system can hold a nameless file (O_TMPFILE), even
`kill -9` leaves nothing behind; elsewhere it is written under a hidden name.
"""

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from invoicectl.errors import (
    ConflictError,
    DatabaseError,
    InvoicectlError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
)

SQLITE_MAGIC = b"SQLite format 3\0"

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EIO,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENXIO,
    errno.ETXTBSY,
}


def refuse_database(path: Path) -> None:
    """Refuse to write over an SQLite database, ours or another program's.

    Raises:
        ConflictError: the file starts as every SQLite database does.
    """
    if not path.is_file():
        return
    with suppress(OSError), path.open("rb") as file:
        if file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC:
            raise ConflictError(f"{path} is a database; refusing to overwrite it")


@contextmanager
def replace(
    path: Path, *, guard: Callable[[Path], None] = refuse_database, if_changed: bool = False
) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of `path` in one step when the block ends well.

    With `if_changed` a file that has just the same bytes already is left alone, its time too.

    Any exception, also one that a signal raises, leaves the old file as it was and no other.
    An existing file keeps its mode, a new one has the umask's; a link stays a link. A pipe or
    a device (`/dev/stdout`) cannot be replaced and is written to as it comes.

    Raises:
        NotFoundError: the folder does not exist.
        PermissionDeniedError: the target is a folder, or may not be written.
        ConflictError: the target is a database (`guard` says so).
        DatabaseError: the disk is full.
    """
    with _refusals(path):
        target = _target(path)
        if target.exists() and not target.is_file():
            with target.open("wb") as device:
                yield device
            return
        guard(target)
        with _nameless(target, if_changed=if_changed) as file:
            yield file


def refuse_unwritable(path: Path) -> None:
    """Refuse what `replace` would refuse: for what has to be known before anything is done.

    Raises:
        NotFoundError: the folder does not exist.
        PermissionDeniedError: the target is a folder, or may not be written.
        ConflictError: the target is a database.
    """
    with _refusals(path):
        target = _target(path)
        refuse_database(target)
        if not os.access(target if target.exists() else target.parent, os.W_OK):
            raise PermissionDeniedError(f"cannot write {path}: permission denied")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file in one step; see `replace`."""
    with replace(path) as file:
        file.write(content)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, where they are not there.

    Raises:
        PermissionDeniedError: it may not be made, or a file is in its way.
        DatabaseError: the disk is full.
    """
    with _refusals(folder):
        try:
            folder.mkdir(mode, parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            message = f"cannot write into {folder}: it is no folder"
            raise PermissionDeniedError(message) from error


def _target(path: Path) -> Path:
    """Return the file that is meant, links followed, or refuse what cannot become one."""
    if path.is_dir():
        raise PermissionDeniedError(f"cannot write {path}: it is a folder")
    if path.exists():
        if not os.access(path, os.W_OK):
            raise PermissionDeniedError(f"cannot write {path}: permission denied")
        return path.resolve() if path.is_file() else path
    target = path.resolve()
    if not target.parent.is_dir():
        raise NotFoundError(f"cannot write {path}: there is no folder {target.parent}")
    return target


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Turn what the system says about writing `path` into a refusal."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            message = f"cannot write {path}: the disk is full; nothing was written"
            raise DatabaseError(message) from error
        if error.errno in _REFUSED:
            raise PermissionDeniedError(f"cannot write {path}: {_reason(error)}") from error
        raise


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


@contextmanager
def _nameless(target: Path, *, if_changed: bool) -> Iterator[BinaryIO]:
    """Yield a new file beside `target`; name it `target` when the block ends well."""
    part = target.with_name(f".invoicectl-{secrets.token_hex(8)}.part")
    try:
        with _opened(part) as file:
            yield file
            file.flush()
            changed = not (if_changed and _holds(target, file.fileno()))
            if changed:
                if target.exists():
                    os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
                os.fsync(file.fileno())
                _give_name(file.fileno(), part)
        if changed:
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _holds(path: Path, descriptor: int) -> bool:
    """Return whether a file has the very bytes of an open one."""
    if not path.exists() or path.stat().st_size != os.fstat(descriptor).st_size:
        return False
    with path.open("rb") as file:
        at = 0
        while kept := file.read(1 << 16):
            if os.pread(descriptor, len(kept), at) != kept:
                return False
            at += len(kept)
    return True


@contextmanager
def _opened(part: Path) -> Iterator[BinaryIO]:
    """Yield a file open for writing: without a name where that can be had, else named `part`."""
    file = os.fdopen(_open(part), "wb")
    try:
        yield file
    except BaseException:
        with suppress(OSError):  # a full disk is full again when the rest is flushed
            file.close()
        raise
    file.close()


def _open(part: Path) -> int:
    nameless = getattr(os, "O_TMPFILE", None)
    if nameless is not None and Path("/proc/self/fd").is_dir():
        with suppress(OSError):
            return os.open(part.parent, nameless | os.O_RDWR | os.O_CLOEXEC, 0o666)
    return os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o666)


def _give_name(descriptor: int, part: Path) -> None:
    if os.fstat(descriptor).st_nlink == 0:
        # only with a folder descriptor does Python ask for the link in /proc to be followed
        os.link(f"/proc/self/fd/{descriptor}", part, src_dir_fd=descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut; some file systems cannot be asked to."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read_bytes(source: Path | BinaryIO, *, limit: int | None = None) -> bytes:
    """Return what a file or an open stream (standard input) holds.

    Raises:
        NotFoundError: there is no such file.
        PermissionDeniedError: it may not be read, or is a folder.
        ValidationError: it is larger than `limit` bytes.
    """
    with readable(source) as file:
        found = file.read(-1 if limit is None else limit + 1)
    if limit is not None and len(found) > limit:
        raise ValidationError(f"{_name(source)} is larger than {limit:,} bytes")
    return found


def read_text(source: Path | BinaryIO, *, limit: int | None = None, name: str = "") -> str:
    """Return a UTF-8 text, without a byte order mark; `name` is what messages call the source.

    Raises:
        ValidationError: it is not UTF-8; the message says at which byte.
    """
    found = read_bytes(source, limit=limit)
    try:
        return found.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        raise _not_utf8(name or _name(source), found[error.start], error.start, line) from error


def read_lines(source: Path | BinaryIO, *, name: str = "") -> Iterator[str]:
    """Yield the lines of a UTF-8 text with their ends, without a byte order mark.

    For input of any size: only one line is held. `csv.reader` takes it as it is. `name` is what
    messages call the source.

    Raises:
        ValidationError: it is not UTF-8; the message says in which line and at which byte.
    """
    with readable(source) as file:
        start = 0
        for number, raw in enumerate(file, 1):
            try:
                line = raw.decode()
            except UnicodeDecodeError as error:
                byte = raw[error.start]
                raise _not_utf8(name or _name(source), byte, start + error.start, number) from error
            yield line.removeprefix("\ufeff") if number == 1 else line
            start += len(raw)


@contextmanager
def readable(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """Yield a file open for reading, or the stream as it is.

    Raises:
        NotFoundError: there is no such file.
        PermissionDeniedError: it may not be read, or is a folder.
    """
    if not isinstance(source, Path):
        yield source
        return
    try:
        with source.open("rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFoundError(f"no file {source}") from error
    except OSError as error:
        raise PermissionDeniedError(f"cannot read {source}: {_reason(error)}") from error


def _name(source: Path | BinaryIO) -> str:
    return str(source) if isinstance(source, Path) else "standard input"


def _not_utf8(name: str, byte: int, at: int, line: int) -> InvoicectlError:
    reason = f"is not UTF-8: byte 0x{byte:02X} at position {at} (line {line})"
    return ValidationError(f"{name} {reason}", hint="save it as UTF-8 and try again")
