"""A process that draws documents beside this one, which makes the next invoices meanwhile.

To draw takes as long as to make and keep what is drawn, so two processors are busy with one more
process. It draws one document at a time, and ends when this process does, however that ends.
"""

import multiprocessing
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from invoicectl.output import documents
from invoicectl.output.documents import Settings

Record = dict[str, Any]

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Drawing:
    """One more process, to be asked for a document and to be heard before it is asked again."""

    def __init__(self) -> None:
        """Start it; it ends with `close`, or with this process."""
        processes = multiprocessing.get_context("fork")
        self._pipe, theirs = processes.Pipe()
        self._process = processes.Process(target=_draw, args=(theirs, self._pipe))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until it has its own
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()

    def ask(self, document: Record, settings: Settings) -> None:
        """Let a document be drawn."""
        with suppress(OSError):  # it is gone: `answer` will say so
            self._pipe.send((document, settings))

    def answer(self) -> bytes | None:
        """Wait for the document that was asked for; None where it could not be drawn there."""
        with suppress(EOFError, OSError):
            drawn: bytes | None = self._pipe.recv()
            return drawn
        return None

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()


def _draw(pipe: Connection, parents: Connection) -> None:
    """Draw what is asked for until nobody is there to ask."""
    parents.close()  # held open here, it would never say that its owner is gone
    for number in _SIGNALS:  # a Ctrl-C is for the whole group: the other process ends this one
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    with suppress(EOFError, OSError):
        while True:
            document, settings = pipe.recv()
            pipe.send(_drawn(document, settings))


def _drawn(document: Record, settings: Settings) -> bytes | None:
    try:
        return documents.render(document, settings=settings)
    except Exception:  # drawn again by who asked, it is refused there in full
        return None
