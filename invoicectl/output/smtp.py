"""One message to one mail server, in one attempt (RFC 5321), within a deadline.

The certificate and the name of the server are checked before a password or an invoice is said.
A server may be slow, silent or drip a byte at a time: every read and write has only what is left
of the whole conversation's time. Until the message itself begins, whatever breaks means that
nothing was sent; from then on only the server's answer tells, and without one nobody knows.
"""

import base64
import io
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from invoicectl.errors import DeliveryError, ValidationError
from invoicectl.output.mail import OutcomeUnknownError, read_sender, wire_form
from invoicectl.output.text import safe

if TYPE_CHECKING:
    from invoicectl.output.transport import Transport

_WORDS = 300
_MOST_REPLY_BYTES = 1 << 20
_QUIT_TIMEOUT_S = 2.0


def send(
    transport: "Transport",
    message: bytes,
    sender: str,
    recipients: Sequence[str],
    before_data: Callable[[], None],
) -> dict[str, str]:
    """Hand the message over; return who was refused, and the server's words.

    Raises:
        DeliveryError: nothing was sent, for certain.
        OutcomeUnknownError: the line broke, or the time ran out, after the message had begun.
    """
    body = _dotted(message)
    origin = wire_form(read_sender(sender)[1])
    wired = {one: wire_form(one) for one in recipients}
    password = ""
    if transport.username:
        password = transport.password.fetch(transport.host, transport.username)
    with _nothing_sent(transport):
        talk = _opened(transport)
    try:
        with _nothing_sent(transport):
            if password:
                _log_in(talk, transport.username, password)
            refused = _envelope(talk, origin, wired, len(body))
        before_data()
        talk.deadline = _Deadline(transport.timeout_s)  # ours to pay for, not the server's
        with _nothing_sent(transport):
            _expect("354", talk.docmd("DATA"))
        _hand_over(talk, body, transport)
        return refused
    finally:
        talk.close()


class _Deadline:
    """The moment a conversation must be over."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends_at = time.monotonic() + seconds

    def left_s(self) -> float:
        """Return the seconds that are left.

        Raises:
            TimeoutError: none are.
        """
        left_s = self._ends_at - time.monotonic()
        if left_s <= 0:
            raise self.over()
        return left_s

    def over(self) -> TimeoutError:
        """Return what to say when it has passed."""
        return TimeoutError(f"no answer within {self._seconds:g} s")


class _Replies(io.RawIOBase):
    """What a server says, read with what is left of the deadline each time."""

    def __init__(self, talk: "_Conversation", sock: socket.socket) -> None:
        self._talk, self._sock, self._bytes = talk, sock, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        deadline = self._talk.deadline
        try:
            self._sock.settimeout(deadline.left_s())
            count = self._sock.recv_into(buffer)
        except TimeoutError:
            raise deadline.over() from None
        self._bytes += count
        if self._bytes > _MOST_REPLY_BYTES:
            raise OSError("the server talks without end")
        return count


class _Conversation(smtplib.SMTP):
    """The standard library's dialogue, held to a deadline that may be set anew on the way."""

    def __init__(self, transport: "Transport", context: ssl.SSLContext | None) -> None:
        self.deadline = _Deadline(transport.timeout_s)
        self._context = context if transport.security == "tls" else None
        super().__init__(transport.host, transport.port, local_hostname="localhost")
        number = ip_address(self.sock.getsockname()[0].partition("%")[0])  # type: ignore[union-attr]
        self.local_hostname = f"[{number}]" if number.version == 4 else f"[IPv6:{number}]"

    def _get_socket(self, host: str, port: int, *_: object) -> socket.socket:
        sock = _connected(host, port, self.deadline)
        if self._context is None:
            return sock
        return self._context.wrap_socket(sock, server_hostname=host)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Replies(self, self.sock))
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.deadline.left_s())
        super().send(s)


def _connected(host: str, port: int, deadline: _Deadline) -> socket.socket:
    """Connect to the first of the host's addresses that answers."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    *others, last = [str(place[4][0]) for place in found]
    for number in others:
        with suppress(OSError):  # half the time at most, so that the next one has a chance
            return socket.create_connection((number, port), timeout=deadline.left_s() / 2)
    return socket.create_connection((last, port), timeout=deadline.left_s())


def _opened(transport: "Transport") -> _Conversation:
    """Connect and greet; where TLS is wanted, it is there, and trusted, afterwards."""
    context = None if transport.security == "none" else _trust(transport)
    talk = _Conversation(transport, context)
    try:
        talk.ehlo_or_helo_if_needed()
        if transport.security == "starttls":
            _encrypt(talk, context)
    except BaseException:
        talk.close()
        raise
    return talk


def _encrypt(talk: _Conversation, context: ssl.SSLContext | None) -> None:
    """Go over to TLS; what was said before in the clear is forgotten."""
    if not talk.has_extn("starttls"):
        raise _Refusal("it offers no STARTTLS")
    talk.starttls(context=context)
    talk.ehlo_or_helo_if_needed()


def _trust(transport: "Transport") -> ssl.SSLContext:
    """Return who is believed: the machine's authorities, or only those of `mail.ca_file`."""
    try:
        return ssl.create_default_context(cafile=transport.ca_file)
    except OSError:
        reason = f"{transport.ca_file} holds no certificates in PEM form"
        raise ValidationError.at("mail.ca_file", reason) from None


def _log_in(talk: _Conversation, username: str, password: str) -> None:
    """Log in, by one attempt: several for one wrong password would lock the account."""
    offered = talk.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        secret = f"\0{username}\0{password}"
        answer = talk.docmd("AUTH", f"PLAIN {_base64(secret)}")
    elif "LOGIN" in offered:
        _expect("334", talk.docmd("AUTH", "LOGIN"))
        _expect("334", talk.docmd(_base64(username)))
        answer = talk.docmd(_base64(password))
    else:
        raise _Refusal("it offers no way to log in that is known here (PLAIN, LOGIN)")
    if answer[0] != 235:
        said = _words(*answer).replace(password, "***")
        raise _Refusal(f"it refused the login of {username}: {said}")


def _envelope(
    talk: _Conversation, origin: str, wired: Mapping[str, str], size: int
) -> dict[str, str]:
    """Say who it is from and for; return who was refused, never everyone."""
    options = [f"SIZE={size}"] if talk.has_extn("size") else []
    if not all(map(str.isascii, (origin, *wired.values()))):
        if not talk.has_extn("smtputf8"):
            raise _Refusal("it takes no address with letters outside ASCII before the @")
        options.append("SMTPUTF8")
    _expect("2", talk.mail(origin, options))
    refused = {}
    for written, wire in wired.items():
        answer = talk.rcpt(wire)
        if answer[0] // 100 != 2:
            refused[written] = _words(*answer)
        if answer[0] == 421:  # it is hanging up
            raise _Refusal(refused[written])
    if len(refused) == len(wired):
        raise _Refusal("; ".join(f"it refused {who}: {said}" for who, said in refused.items()))
    return refused


def _hand_over(talk: _Conversation, body: bytes, transport: "Transport") -> None:
    """Say the message and wait for the answer, which alone tells what became of it."""
    talk.deadline = _Deadline(transport.reply_timeout_s)
    try:
        talk.send(body)
        answer = talk.getreply()
    except OSError as broken:  # all of smtplib's errors are
        raise _unknown(transport, _why(broken)) from broken
    if answer[0] // 100 in {4, 5}:
        raise _not_delivered(transport, f"it refused the message: {_words(*answer)}")
    if answer[0] // 100 != 2:
        raise _unknown(transport, f"it answered {_words(*answer)!r}")
    talk.deadline = _Deadline(_QUIT_TIMEOUT_S)
    with suppress(OSError):  # it has the message; how it says goodbye is its own affair
        talk.quit()


def _dotted(message: bytes) -> bytes:
    """Return a message as it is said after DATA: CRLF lines, dots doubled, a dot at the end."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message).removesuffix(b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", lines) + b"\r\n.\r\n"


class _Refusal(Exception):  # noqa: N818
    """The server will not, or cannot, do what is needed; the text says what."""


@contextmanager
def _nothing_sent(transport: "Transport") -> Iterator[None]:
    """Turn whatever breaks in here into a DeliveryError: the message has not begun."""
    try:
        yield
    except ssl.SSLCertVerificationError as wrong:
        reason = f"its certificate is not trusted: {wrong.verify_message}"
        hint = "if the server is your own, name its authority's certificate in mail.ca_file"
        raise _not_delivered(transport, reason, hint) from wrong
    except smtplib.SMTPResponseException as wrong:
        said = wrong.smtp_error
        words = _words(wrong.smtp_code, said if isinstance(said, bytes) else said.encode())
        raise _not_delivered(transport, f"it answered {words}") from wrong
    except (_Refusal, OSError, UnicodeError) as wrong:
        raise _not_delivered(transport, _why(wrong)) from wrong


def _not_delivered(transport: "Transport", reason: str, hint: str = "") -> DeliveryError:
    server = f"mail server {transport.host}:{transport.port}"
    return DeliveryError(f"{server}: {reason}; nothing was sent", hint=hint)


def _unknown(transport: "Transport", reason: str) -> OutcomeUnknownError:
    server = f"mail server {transport.host}:{transport.port}"
    reason = f"{server}: {reason}; the message may have been delivered"
    return OutcomeUnknownError(reason, hint="ask the customer; send --resend sends it once more")


def _expect(wanted: str, answer: tuple[int, bytes]) -> None:
    if not str(answer[0]).startswith(wanted):
        raise smtplib.SMTPResponseException(*answer)


def _words(code: int, said: bytes) -> str:
    """Return a server's answer as one line that is safe to print and to keep."""
    number = f"{code} " if code > 0 else ""  # smtplib says -1 for what is no answer at all
    return safe(" ".join(f"{number}{said.decode('utf-8', 'replace')}".split()))[:_WORDS]


def _why(wrong: Exception) -> str:
    text = getattr(wrong, "strerror", None) or str(wrong)
    return safe(text).removeprefix("Connection unexpectedly closed: ")[:_WORDS]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
