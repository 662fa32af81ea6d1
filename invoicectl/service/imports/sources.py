"""The file of an import: opened before the books are locked, read as often as it takes."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from invoicectl.output import files


@dataclass
class Source:
    """A file that can be read again from its beginning, what it is called, and how long it is."""

    name: str
    stream: BinaryIO
    size: int

    def lines(self) -> Iterator[str]:
        """Yield its lines from the first one, as UTF-8; see `files.read_lines`."""
        self.stream.seek(0)
        return files.read_lines(self.stream, name=self.name)

    def text(self) -> str:
        """Return the whole of it."""
        self.stream.seek(0)
        return files.read_text(self.stream, name=self.name)

    @property
    def done(self) -> float:
        """How much of it was read, from 0 to 1."""
        return self.stream.tell() / self.size if self.size else 1.0


@contextmanager
def opened(given: Path | BinaryIO) -> Iterator[Source]:
    """Yield the file, or standard input; what can be read only once is copied aside first.

    Raises:
        NotFoundError: there is no such file.
        PermissionDeniedError: it may not be read, or is a folder.
    """
    name = str(given) if isinstance(given, Path) else "standard input"
    with files.readable(given) as stream:
        if isinstance(given, Path) and stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            yield Source(name, stream, os.fstat(stream.fileno()).st_size)
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(stream, copy)
            yield Source(name, copy, copy.tell())
