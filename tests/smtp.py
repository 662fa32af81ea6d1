"""Real mail servers for tests, on this machine and on ports of their own.

`Mailbox` is a full server (aiosmtpd): it takes mail, refuses what it is told to, speaks STARTTLS
or TLS with certificates made by `Authority`, and asks for a password. `Faulty` is a small one
that says its lines by a script and can hang up, fall silent or drip at any point.

    with Mailbox(refuse={"gone@acme.test": "550 no such user"}) as server:
        ...
        assert server.received[0].recipients == ["ap@acme.test"]
"""

import socket
import ssl
import subprocess
import threading
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


def free_port():
    """Return a port nobody listens on (aiosmtpd cannot be given port 0)."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Authority:
    """A certificate authority of our own: `authority.ca` is its certificate's file."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self.ca = self._folder / "ca.pem"
        self._key = self._folder / "ca.key"
        rights = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign")
        _openssl(self.ca, self._key, "/CN=Test authority", rights)

    def context(self, names="DNS:localhost,IP:127.0.0.1"):
        """Return what a server needs to speak TLS under these names."""
        stem = names.replace(":", "_").replace(",", "-")
        cert, key = self._folder / f"{stem}.pem", self._folder / f"{stem}.key"
        signed = ("-CA", str(self.ca), "-CAkey", str(self._key))
        rights = ("basicConstraints=critical,CA:FALSE", f"subjectAltName={names}")
        _openssl(cert, key, "/CN=Test server", rights, *signed)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        return context


def _openssl(cert, key, subject, extensions, *signed):
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", subject, "-keyout", str(key), "-out", str(cert)),
            *(word for extension in extensions for word in ("-addext", extension)),
            *signed,
        ],
        check=True,
        capture_output=True,
    )


@dataclass
class Received:
    """One message, as it arrived."""

    sender: str
    recipients: list
    content: bytes
    encrypted: bool
    user: str


class Mailbox:
    """A mail server that keeps what it is sent.

    `refuse` answers recipients, `answers` the stages MAIL, DATA (the command) and END (the final
    dot). `starttls` and `tls` are contexts of `Authority`; `passwords` are users who must log in.
    """

    def __init__(
        self, *, refuse=None, answers=None, starttls=None, tls=None, passwords=None, utf8=True
    ):
        self.refuse, self.answers = refuse or {}, answers or {}
        self.passwords = {name.encode(): word.encode() for name, word in (passwords or {}).items()}
        self.received = []
        self.logins = []
        self.port = free_port()
        self._controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            server_hostname="localhost",
            ssl_context=tls,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=self._log_in,
            auth_required=bool(passwords),
            auth_require_tls=starttls is not None,
            enable_SMTPUTF8=utf8,
        )

    def __enter__(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of passwords without STARTTLS
            self._controller.start()
        return self

    def __exit__(self, *_):
        self._controller.stop()

    def _log_in(self, _server, _session, _envelope, mechanism, login):
        self.logins.append((mechanism, login.login.decode(), login.password.decode()))
        if self.passwords.get(login.login) == login.password:
            return AuthResult(success=True, auth_data=login.login.decode())
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(self, _server, _session, envelope, address, _options):
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):
        if "END" in self.answers:
            return self.answers["END"]
        self.received.append(
            Received(
                envelope.mail_from,
                envelope.rcpt_tos,
                envelope.content,
                session.ssl is not None or self._controller.ssl_context is not None,
                session.auth_data or "",
            )
        )
        return "250 OK"


class _Server(SMTP):
    async def smtp_DATA(self, arg):
        if "DATA" in self.event_handler.answers:
            await self.push(self.event_handler.answers["DATA"])
        else:
            await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _Server(self.handler, **self.SMTP_kwargs)


@dataclass
class Faulty:
    """A mail server that breaks off.

    `cut` and `silent` name the moment: `greeting`, `EHLO`, `MAIL`, `RCPT`, `DATA` (instead of an
    answer to it), `body` (after the first bytes of the message) or `end` (after the final dot).
    `drip` sends a byte of a long greeting every that many seconds. `answers` are full lines,
    by stage. `taken` counts the messages that came through to their final dot.
    """

    cut: str = ""
    silent: str = ""
    drip: float = 0.0
    answers: dict = field(default_factory=dict)
    taken: int = 0
    heard: list = field(default_factory=list)

    def __enter__(self):
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        with socket.socket() as last:  # wakes the server, which is waiting for a caller
            last.connect_ex(("127.0.0.1", self.port))
        self._thread.join(5)
        self._listener.close()

    def _serve(self):
        while not self._over.is_set():
            line, _ = self._listener.accept()
            with line, line.makefile("rb") as spoken:
                try:
                    self._talk(line, spoken)
                except (_HangUpError, OSError):
                    continue

    def _talk(self, line, spoken):
        if self._over.is_set():
            return
        self._drip(line)
        self._answer(line, "greeting", "220 faulty")
        for command in iter(spoken.readline, b""):
            self.heard.append(command.decode().strip())
            verb = command[:4].decode().upper()
            self._answer(line, verb, _USUAL.get(verb, "250 OK"))
            if verb == "QUIT":
                return
            if verb == "DATA" and not self.answers.get("DATA"):
                self._take(line, spoken)

    def _take(self, line, spoken):
        spoken.read(20)
        self._stop_at("body")
        while spoken.readline() not in {b".\r\n", b""}:
            pass
        self.taken += 1
        self._answer(line, "end", "250 taken")

    def _answer(self, line, stage, usual):
        self._stop_at(stage)
        line.sendall(f"{self.answers.get(stage, usual)}\r\n".encode())

    def _stop_at(self, stage):
        if stage == self.cut:
            raise _HangUpError
        if stage == self.silent:
            self._over.wait(10)
            raise _HangUpError

    def _drip(self, line):
        greeting = b"220-welcome\r\n" * 20  # not for ever, should nobody leave
        for number in greeting if self.drip else b"":
            if self._over.wait(self.drip):
                raise _HangUpError
            line.sendall(bytes([number]))


class _HangUpError(Exception):
    pass


_USUAL = {"DATA": "354 go on", "QUIT": "221 bye"}
