"""Processes that draw documents beside this one, which makes the next invoices meanwhile.

To draw takes several times as long as to make and keep what is drawn, so there is one for each
processor, up to as many as one that makes can keep busy. They are given some documents at a time,
and end when this process does, however that ends.

Who draws what is not said beforehand: this process takes a part of one processor, nobody knows of
which, and who shares it has less time. So there is a ticket for each document in a pipe, a byte,
and who is free takes the next; a pipe gives a byte to one reader only, so that nobody who is
killed holds up the others.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from invoicectl.output import documents
from invoicectl.output.documents import Filled, Settings

Record = dict[str, Any]
Wanted = tuple[Record, Settings, Filled | None]
Asked = tuple[int, Sequence[Wanted]]  # with whose turn of the tickets it is
Drawn = list[tuple[int, bytes | None]]  # with the place of each in what was asked for

MOST = 4  # processes: this one makes no more than those can draw

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Drawing:
    """Processes that draw some documents while the next are made."""

    def __init__(self) -> None:
        """Start them; they end with `close`, or with this process."""
        self._tickets = _Tickets(), _Tickets()  # of these documents and the next, in turn
        self._turn = 0
        self._count = 0
        self._drawers: list[_Drawer] = []
        for _ in range(min(MOST, _processors())):
            self._drawers.append(_Drawer(self._tickets, self._drawers))

    def exchange(self, wanted: Sequence[Wanted]) -> list[bytes | None]:
        """Ask for documents, 256 at most, and wait for those that were asked for before.

        Returns None where one could not be drawn there. Who is done with what was asked for before
        goes on at once, while others still draw the last of it.
        """
        found: list[bytes | None] = [None] * self._count
        self._count = len(wanted)
        self._turn = 1 - self._turn
        self._tickets[self._turn].lay_out(self._count)
        for drawer in self._done() if found else self._drawers:
            for place, drawn in drawer.answers() if found else ():
                found[place] = drawn
            if wanted:
                drawer.ask((self._turn, wanted))
        return found

    def _done(self) -> "Iterator[_Drawer]":
        """Wait for each to be done, or gone; who is first comes first."""
        busy = {drawer.pipe: drawer for drawer in self._drawers}
        while busy:
            for pipe in wait(busy):
                yield busy.pop(pipe)  # type: ignore[call-overload]

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for drawer in self._drawers:
            drawer.close()
        for tickets in self._tickets:
            tickets.close()


class _Tickets:
    """The documents that nobody has begun to draw, by their places: a pipe that all have open."""

    def __init__(self) -> None:
        self._taken, self._laid = os.pipe()
        os.set_blocking(self._taken, False)

    def lay_out(self, count: int) -> None:
        """Lay out so many, and take away what those who were killed have left."""
        while self.take() is not None:
            pass
        os.write(self._laid, bytes(range(count)))

    def take(self) -> int | None:
        """Return the next place, None where there is none any more."""
        try:
            return os.read(self._taken, 1)[0]
        except BlockingIOError:
            return None

    def close(self) -> None:
        os.close(self._taken)
        os.close(self._laid)


def _processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Drawer:
    """One process that draws."""

    def __init__(self, tickets: Sequence[_Tickets], others: "Sequence[_Drawer]") -> None:
        processes = multiprocessing.get_context("fork")
        self.pipe, theirs = processes.Pipe()
        parents = [self.pipe, *(other.pipe for other in others)]
        self._process = processes.Process(target=_draw, args=(theirs, tickets, parents))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until it has its own
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()

    def ask(self, asked: Asked) -> None:
        with suppress(OSError):  # it is gone: `answers` will say so
            self.pipe.send(asked)

    def answers(self) -> Drawn:
        with suppress(EOFError, OSError):
            drawn: Drawn = self.pipe.recv()
            return drawn
        return []

    def close(self) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self.pipe.close()


def _draw(pipe: Connection, tickets: Sequence[_Tickets], parents: Sequence[Connection]) -> None:
    """Draw what is asked for until nobody is there to ask."""
    for parent in parents:  # held open here, they would never say that their owner is gone
        parent.close()
    for number in _SIGNALS:  # a Ctrl-C is for the whole group: the other process ends this one
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    with suppress(EOFError, OSError):
        while True:
            turn, wanted = pipe.recv()
            places = iter(tickets[turn].take, None)
            pipe.send([(place, _drawn(*wanted[place])) for place in places])


def _drawn(document: Record, settings: Settings, filled: Filled | None) -> bytes | None:
    try:
        return documents.render(document, settings=settings, filled=filled)
    except Exception:  # drawn again by who asked, it is refused there in full
        return None
