"""How mail leaves: through a mail server, or as `.eml` files in a folder.

The settings are `mail.transport` (smtp or file), `host port security username password_command
password_file ca_file timeout` for the first, `folder` for the second, and `from`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

from invoicectl.errors import NotConfiguredError, ValidationError
from invoicectl.output import mail_folder, smtp
from invoicectl.output.mail import read_sender
from invoicectl.output.password import VARIABLE, Password

Settings = Mapping[str, str]

PORTS = {"starttls": 587, "tls": 465, "none": 25}
TIMEOUT_S = 60.0  # for all of the talk up to the message
REPLY_TIMEOUT_S = 600.0  # RFC 5321 4.5.3.2.6: who gives up sooner knows less
_NOBODY = "invoicectl@localhost"  # who a message to this machine is from, when nobody is named
_HINT = "for example: invoicectl config set mail."


@dataclass(frozen=True)
class Transport:
    """One way for mail to leave. `sender` is the From, perhaps with a name."""

    kind: str
    sender: str = ""
    host: str = ""
    port: int = 0
    security: str = "starttls"
    username: str = ""
    password: Password = field(default_factory=Password)
    ca_file: Path | None = None
    folder: Path = Path()
    timeout_s: float = TIMEOUT_S
    reply_timeout_s: float = REPLY_TIMEOUT_S


def transport_from(settings: Settings, environ: Mapping[str, str]) -> Transport:
    """Return the way the settings name. Nothing is opened, asked or made yet.

    Raises:
        NotConfiguredError: no way is named, or it lacks what it needs.
        ValidationError: a setting is not acceptable, `mail.security none` to another machine too.
    """
    given = {name: str(value).strip() for name, value in settings.items() if value is not None}
    kind = given.get("mail.transport", "").lower()
    if not kind:
        hint = f"{_HINT}transport smtp, or file with mail.folder for .eml files"
        raise NotConfiguredError("mail is not configured: mail.transport is not set", hint=hint)
    if kind not in _WAYS:
        raise ValidationError.at("mail.transport", f"{kind!r} is not smtp or file")
    made = _WAYS[kind].read(given, environ)
    read_sender(made.sender)
    return made


def deliver(
    transport: Transport,
    message: bytes,
    *,
    sender: str,
    recipients: Sequence[str],
    before_data: Callable[[], None],
) -> dict[str, str]:
    """Hand a message over, in one attempt; return who was refused, and the server's words.

    `before_data` is called once, when everything but the message itself has been agreed.

    Raises:
        DeliveryError: nothing was sent, for certain.
        OutcomeUnknownError: the message was being handed over when the line broke.
    """
    if not recipients:
        raise ValidationError.at("to", "names nobody")
    everyone = list(dict.fromkeys(recipients))
    return _WAYS[transport.kind].deliver(transport, message, sender, everyone, before_data)


def is_this_machine(host: str) -> bool:
    """Say whether a host is the machine this runs on, by its name or number alone.

    >>> is_this_machine("localhost"), is_this_machine("127.0.0.2"), is_this_machine("acme.test")
    (True, True, False)
    """
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _smtp_from(given: Settings, environ: Mapping[str, str]) -> Transport:
    host = _host(given)
    security = _security(given, host)
    timeout_s = _timeout_s(given)
    return Transport(
        "smtp",
        sender=_sender(given, "" if security != "none" else _NOBODY),
        host=host,
        port=_port(given.get("mail.port") or str(PORTS[security])),
        security=security,
        username=given.get("mail.username", ""),
        password=Password(
            environ.get(VARIABLE, ""),
            given.get("mail.password_command", ""),
            given.get("mail.password_file", ""),
        ),
        ca_file=_ca_file(given),
        timeout_s=timeout_s or TIMEOUT_S,
        reply_timeout_s=timeout_s or REPLY_TIMEOUT_S,
    )


def _file_from(given: Settings, _environ: Mapping[str, str]) -> Transport:
    if not given.get("mail.folder"):
        hint = f"{_HINT}folder ~/invoices-sent"
        raise NotConfiguredError("mail is not configured: mail.folder is not set", hint=hint)
    folder = Path(given["mail.folder"]).expanduser()
    return Transport("file", sender=_sender(given, _NOBODY), folder=folder)


def _host(given: Settings) -> str:
    host = given.get("mail.host", "").removeprefix("[").removesuffix("]")
    if not host:
        hint = f"{_HINT}host smtp.example.com"
        raise NotConfiguredError("mail is not configured: mail.host is not set", hint=hint)
    if any(character.isspace() or not character.isprintable() for character in host):
        raise ValidationError.at("mail.host", f"{host!r} is not the name of a machine")
    return host


def _security(given: Settings, host: str) -> str:
    """Return how the line is protected; port 465 is TLS from the first byte unless told."""
    usual = "tls" if given.get("mail.port") == str(PORTS["tls"]) else "starttls"
    security = given.get("mail.security", "").lower() or usual
    if security not in PORTS:
        raise ValidationError.at("mail.security", f"{security!r} is not starttls, tls or none")
    if security == "none" and not is_this_machine(host):
        reason = f"none would send invoices and passwords in the clear to {host}"
        raise ValidationError.at("mail.security", reason, hint="use starttls or tls")
    return security


def _sender(given: Settings, otherwise: str) -> str:
    """Return who the mail is from: said outright, else the company, else the mail account."""
    account = given.get("mail.username", "")
    named = (given.get("mail.from"), given.get("company.email"), "@" in account and account)
    sender = next((name for name in named if name), otherwise)
    if not sender:
        hint = f"{_HINT}from billing@example.com"
        raise NotConfiguredError("mail is not configured: mail.from is not set", hint=hint)
    return sender


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise ValidationError.at("mail.port", f"{text!r} is not a port from 1 to 65535")
    return int(text)


def _timeout_s(given: Settings) -> float | None:
    text = given.get("mail.timeout", "")
    if text and not (text.isascii() and text.isdigit() and 0 < int(text) <= 3600):
        reason = f"{text!r} is not a number of seconds from 1 to 3600"
        raise ValidationError.at("mail.timeout", reason)
    return float(text) if text else None


def _ca_file(given: Settings) -> Path | None:
    if not given.get("mail.ca_file"):
        return None
    path = Path(given["mail.ca_file"]).expanduser()
    if not path.is_file():
        raise ValidationError.at("mail.ca_file", f"there is no file {path}")
    return path


class _Way(NamedTuple):
    read: Callable[[Settings, Mapping[str, str]], Transport]
    deliver: Callable[[Transport, bytes, str, Sequence[str], Callable[[], None]], dict[str, str]]


_WAYS = {"smtp": _Way(_smtp_from, smtp.send), "file": _Way(_file_from, mail_folder.send)}
