"""Viewer: show a file in the program that the user's desktop has for it."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from invoicectl.errors import NotConfiguredError

_OPENERS = {"darwin": "open", "linux": "xdg-open"}
_SOON_S = 2.0  # an opener that fails does so at once; one that is the viewer itself stays
_LEFT_ALONE: list[subprocess.Popen[bytes]] = []  # Python complains of a child it loses sight of
_HINT = "install xdg-utils, or name a program in BROWSER"


def opener() -> list[str]:
    """Return the command that opens a file: the platform's, else the first there is of BROWSER.

    Raises:
        NotConfiguredError: there is neither.
    """
    usual = _OPENERS.get(sys.platform, "xdg-open")
    if found := shutil.which(usual):
        return [found]
    for named in os.environ.get("BROWSER", "").split(os.pathsep):
        words = shlex.split(named)
        if words and shutil.which(words[0]):
            return words
    raise NotConfiguredError(f"there is no {usual} here to open a file with", hint=_HINT)


def show(path: Path, command: list[str]) -> None:
    """Open a file, and leave its viewer alone from then on.

    Raises:
        NotConfiguredError: the opener failed.
    """
    file = str(path.absolute())
    words = [word.replace("%s", file) for word in command]
    nothing = subprocess.DEVNULL
    try:
        viewer = subprocess.Popen(  # noqa: S603 - the user's own
            words if words != command else [*command, file],
            stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True,
        )  # fmt: skip
        code = viewer.wait(_SOON_S)
    except subprocess.TimeoutExpired:
        _LEFT_ALONE.append(viewer)
        return
    except OSError as error:
        raise NotConfiguredError(f"{command[0]} cannot be run: {error.strerror}") from None
    if code:
        message = f"{path} is written, but {command[0]} ended with exit code {code}"
        raise NotConfiguredError(message, hint=_HINT)
