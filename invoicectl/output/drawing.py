"""Processes that draw documents beside this one, which makes the next invoices meanwhile.

To draw takes several times as long as to make and keep what is drawn, so there is one for each
processor, up to as many as one that makes can keep busy. They are given some documents at a time,
and end when this process does, however that ends.
"""

import multiprocessing
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from invoicectl.output import documents
from invoicectl.output.documents import Filled, Settings

Record = dict[str, Any]
Wanted = tuple[Record, Settings, Filled | None]

MOST = 4  # processes: this one makes no more than those can draw

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Drawing:
    """Processes to be asked for documents, and to be heard before they are asked again."""

    def __init__(self) -> None:
        """Start them; they end with `close`, or with this process."""
        self._drawers: list[_Drawer] = []
        for _ in range(min(MOST, _processors())):
            self._drawers.append(_Drawer(self._drawers))
        self._count = 0

    def ask(self, wanted: Sequence[Wanted]) -> None:
        """Let documents be drawn."""
        self._count = len(wanted)
        for place, drawer in enumerate(self._drawers):
            drawer.ask(wanted[place :: len(self._drawers)])

    def answers(self) -> list[bytes | None]:
        """Wait for the documents that were asked for; None where one could not be drawn there."""
        found: list[bytes | None] = [None] * self._count
        for place, drawer in enumerate(self._drawers):
            share = found[place :: len(self._drawers)]
            found[place :: len(self._drawers)] = drawer.answers() or share
        return found

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for drawer in self._drawers:
            drawer.close()


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Drawer:
    """One process that draws."""

    def __init__(self, others: "Sequence[_Drawer]") -> None:
        processes = multiprocessing.get_context("fork")
        self.pipe, theirs = processes.Pipe()
        parents = [self.pipe, *(other.pipe for other in others)]
        self._process = processes.Process(target=_draw, args=(theirs, parents))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until it has its own
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()

    def ask(self, wanted: Sequence[Wanted]) -> None:
        with suppress(OSError):  # it is gone: `answers` will say so
            self.pipe.send(wanted)

    def answers(self) -> list[bytes | None]:
        with suppress(EOFError, OSError):
            drawn: list[bytes | None] = self.pipe.recv()
            return drawn
        return []

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self.pipe.close()


def _draw(pipe: Connection, parents: Sequence[Connection]) -> None:
    """Draw what is asked for until nobody is there to ask."""
    for parent in parents:  # held open here, they would never say that their owner is gone
        parent.close()
    for number in _SIGNALS:  # a Ctrl-C is for the whole group: the other process ends this one
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    with suppress(EOFError, OSError):
        while True:
            pipe.send([_drawn(*wanted) for wanted in pipe.recv()])


def _drawn(document: Record, settings: Settings, filled: Filled | None) -> bytes | None:
    try:
        return documents.render(document, settings=settings, filled=filled)
    except Exception:  # drawn again by who asked, it is refused there in full
        return None
