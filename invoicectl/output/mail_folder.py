"""The `file` transport: each message is an `.eml` file, which any mail program opens.

Its lines end as lines of files do, not as on the wire. It is written beside its final name
first, so a file that is there is whole. The name is made of the Message-ID and the first
attachment: the same message sent again is the same file.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from invoicectl.errors import DeliveryError, PermissionDeniedError
from invoicectl.output.mail import file_name

if TYPE_CHECKING:
    from invoicectl.output.transport import Transport


def send(
    transport: "Transport",
    message: bytes,
    _sender: str,
    _recipients: Sequence[str],
    before_data: Callable[[], None],
) -> dict[str, str]:
    """Put the message into the folder; nobody is ever refused.

    Raises:
        DeliveryError: it could not be written; the folder is as it was.
        PermissionDeniedError: it may not be written there.
    """
    path = transport.folder / eml_name(message)
    part = path.with_name(f".{path.name}.part")
    with _nothing_written(transport.folder):
        transport.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with _nothing_written(transport.folder):
            _write(part, message.replace(b"\r\n", b"\n"))
        before_data()
        with _nothing_written(transport.folder):
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    with suppress(OSError):  # the file is there; some file systems cannot sync a folder
        _sync(transport.folder)
    return {}


def eml_name(message: bytes) -> str:
    """Return the file name of a message: `20260131T100000Z.3f…-INV-00001.eml`."""
    read = message_from_bytes(message, _class=EmailMessage, policy=policy.default)
    said = str(read.get("Message-ID", "")).strip("<> ").partition("@")[0]
    attached = (Path(part.get_filename("")).stem for part in read.iter_attachments())
    stem = "-".join(filter(None, (said or sha256(message).hexdigest(), next(attached, ""))))
    return f"{file_name(stem).encode('ascii', 'ignore').decode()[:200]}.eml"


def _write(path: Path, message: bytes) -> None:
    """Write a file only its owner reads, down to the disk; a link in its place is not followed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with open(os.open(path, flags, 0o600), "wb") as file:  # noqa: PTH123
        file.write(message)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Bring the folder's own list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _nothing_written(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError:
        raise PermissionDeniedError(f"mail.folder: {folder} may not be written to") from None
    except OSError as wrong:
        reason = f"mail.folder: {folder}: {wrong.strerror}; nothing was sent"
        raise DeliveryError(reason) from wrong
