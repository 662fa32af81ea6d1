"""Where the mail password comes from: never from the configuration or the command line itself.

The environment first (it was set for this run), then a command, a file, the key ring. It is
fetched when it is needed, kept nowhere, and no message or `repr` ever shows it.
"""

import importlib.util
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from invoicectl.errors import NotConfiguredError, PermissionDeniedError

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND_TIMEOUT_S = 60.0
KEY_RING_SERVICE = "invoicectl"
VARIABLE = "INVOICECTL_SMTP_PASSWORD"


@dataclass(frozen=True)
class Password:
    """The places a password may be in."""

    environment: str = field(default="", repr=False)
    command: str = ""
    file: str = ""
    command_timeout_s: float = COMMAND_TIMEOUT_S

    def fetch(self, host: str, username: str) -> str:
        """Return the password of a user at a mail server.

        Raises:
            NotConfiguredError: no place has one, or the place named for it failed.
            PermissionDeniedError: the file may not be read.
        """
        places: list[tuple[str, Callable[[], str]]] = [
            (self.environment, lambda: self.environment),
            (self.command, self._from_command),
            (self.file, self._from_file),
            (KEY_RING_SERVICE, lambda: _from_key_ring(username)),
        ]
        password = next(fetch() for is_set, fetch in places if is_set)
        if not password:
            hint = f"set mail.password_command or mail.password_file, or {VARIABLE}"
            raise NotConfiguredError(f"no password for {username} at {host}", hint=hint)
        return password

    def _from_command(self) -> str:
        """Return the first line the command prints; what it says besides stays unseen."""
        try:
            run = subprocess.run(  # noqa: S603  (the user's own command, never through a shell)
                shlex.split(self.command),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.command_timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _broken("command", f"took longer than {self.command_timeout_s:g} s") from None
        except (OSError, ValueError) as wrong:
            raise _broken("command", f"cannot be run: {wrong}") from None
        if run.returncode:
            raise _broken("command", f"ended with exit code {run.returncode}")
        return _first_line(run.stdout)

    def _from_file(self) -> str:
        try:
            return _first_line(Path(self.file).expanduser().read_bytes())
        except PermissionError:
            reason = f"mail.password_file: {self.file} may not be read"
            raise PermissionDeniedError(reason) from None
        except OSError as wrong:
            raise _broken("file", f"{self.file}: {wrong.strerror}") from None


def _from_key_ring(username: str) -> str:
    if not importlib.util.find_spec("keyring"):
        return ""
    keyring = importlib.import_module("keyring")
    try:
        return keyring.get_password(KEY_RING_SERVICE, username) or ""
    except keyring.errors.KeyringError:
        return ""  # no key ring on this machine, or a locked one: as if it held nothing


def _first_line(output: bytes) -> str:
    return output.decode("utf-8", "replace").partition("\n")[0].rstrip("\r")


def _broken(place: str, reason: str) -> NotConfiguredError:
    hint = "nothing was sent; run the command yourself" if place == "command" else ""
    return NotConfiguredError(f"mail.password_{place} {reason}", hint=hint)
