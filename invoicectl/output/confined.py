"""A user's own templates: filled and laid out in a process of their own, within limits.

A template is a program of somebody's, and a sandbox does not keep one from never ending or from
filling the memory. Here it ends at SECONDS, and at BYTES more than the program itself has; it opens
no connection and starts no program. Templates of ours run where they are called.
"""

import multiprocessing
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from invoicectl.errors import InvoicectlError, ValidationError

SECONDS = 30
BYTES = 1 << 30

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")
_WAY_OUT = "look for a loop without end in the folder that pdf.template_dir names"

Answer = TypeVar("Answer")


def run(name: str, user_dir: Path | None, work: Callable[[], Answer]) -> Answer:
    """Return what `work` returns; it runs confined where there is a folder of the user's own.

    Raises:
        ValidationError: the template, which is called `name`, took too long or too much memory.
        InvoicectlError: what `work` raises, if it is a refusal.
    """
    if user_dir is None:
        return work()
    processes = multiprocessing.get_context("fork")
    answers, said = processes.Pipe(duplex=False)
    child = processes.Process(target=_inside, args=(said, name, work), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)  # until the child has its own
    child.start()
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        said.close()
        answer = _heard(answers, child, name)
    finally:
        child.kill()
        child.join()
        child.close()
        answers.close()
    if isinstance(answer, InvoicectlError):
        raise answer
    (result,) = answer
    return result  # type: ignore[no-any-return]


def _heard(answers: Connection, child: Any, name: str) -> Any:
    """Wait for the child's answer: what came of it in a tuple, or a refusal."""
    try:
        if answers.poll(SECONDS):
            return answers.recv()
    except EOFError:
        child.join()
        if child.exitcode not in {-signal.SIGALRM, -signal.SIGXCPU}:
            reason = f"its process ended by itself (exit code {child.exitcode})"
            return ValidationError(f"template {name}: {reason}")
    return ValidationError(f"template {name}: took longer than {SECONDS} s", hint=_WAY_OUT)


def _inside(said: Connection, name: str, work: Callable[[], Any]) -> None:
    """Work within limits, and say what came of it."""
    _limit()
    try:
        answer: Any = (work(),)
    except InvoicectlError as refusal:
        answer = _too_much(name) if isinstance(refusal.__cause__, MemoryError) else refusal
    except MemoryError:
        answer = _too_much(name)
    except Exception as wrong:
        answer = ValidationError(f"template {name}: {type(wrong).__name__}: {wrong}")
    said.send(answer)


def _too_much(name: str) -> ValidationError:
    return ValidationError(f"template {name}: took more than {BYTES >> 30} GB of memory")


def _limit() -> None:
    """End with the parent's patience at the latest, also where the parent was killed."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    signal.alarm(SECONDS + 1)
    memory = _address_space() + BYTES
    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, memory)):
        hard = resource.getrlimit(what)[1]
        soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (soft, hard))
    sys.addaudithook(_refuse)


def _address_space() -> int:
    """Return the bytes that this process begins with, those of its parent; 0 where none says."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _refuse(event: str, _arguments: object) -> None:
    """Keep the process to itself: no connection, no other program."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a template may not do this: {event}")
