"""A line to a server that breaks in the moment of a COMMIT: one end goes through, the answer not."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

COMMIT = b"COMMIT\x00"


@contextmanager
def to(url: str, *, arrives: bool) -> Iterator[str]:
    """Yield an address that leads to a server until somebody commits; with `arrives` it is done."""
    place = re.search(r"@([^:/]+):(\d+)/", url)
    assert place is not None
    with socket.create_server(("127.0.0.1", 0)) as listening:
        there = (place[1], int(place[2]))
        Thread(target=_serve, args=(listening, there, arrives), daemon=True).start()
        yield url.replace(place[0], f"@127.0.0.1:{listening.getsockname()[1]}/")


def _serve(listening: socket.socket, there: tuple[str, int], arrives: bool) -> None:
    with suppress(OSError):  # nobody listens any more
        while True:
            near, _ = listening.accept()
            far = socket.create_connection(there)
            Thread(target=_answers, args=(far, near), daemon=True).start()
            Thread(target=_asks, args=(near, far, arrives), daemon=True).start()


def _asks(near: socket.socket, far: socket.socket, arrives: bool) -> None:
    """Pass on what is asked, all but a COMMIT: then nothing comes back any more."""
    with suppress(OSError):
        while said := near.recv(65536):
            if said.endswith(COMMIT):
                near.shutdown(socket.SHUT_WR)
                if arrives:
                    far.sendall(said)
                break
            far.sendall(said)
    with suppress(OSError):  # the server was the first to hang up
        far.shutdown(socket.SHUT_WR)
    near.close()


def _answers(far: socket.socket, near: socket.socket) -> None:
    with suppress(OSError):
        while said := far.recv(65536):
            near.sendall(said)
    far.close()
