"""Templates of a user's own that never end, fill the memory or reach out: stopped, and named."""

import mmap
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from invoicectl.errors import ConflictError, ValidationError
from invoicectl.output import confined

ENDLESS = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
FULL = "{% set text = 'x' * (2 * 10**9) %}"


@pytest.fixture
def own(books):
    """Books whose documents and letters are of the user's own templates; `own(name=text)`."""
    folder = books.folder / "own"
    (folder / "mail").mkdir(parents=True)
    books.ok(
        "config", "set", f"pdf.template_dir={folder}", "mail.transport=file", "mail.folder=out"
    )

    def put(**texts):
        for name, text in texts.items():
            (folder / f"{name.replace('_', '/')}.html").write_text(text)
        return books

    return put


def refusal(books, words):
    before = books.stored()
    ran = books(*words)
    assert (ran.exit_code, ran.stdout) == (5, ""), ran
    assert books.stored() == before
    return ran.stderr.removeprefix("error: ").partition("\n")[0]


@pytest.fixture
def soon(monkeypatch):
    """A second in place of thirty: how long is a matter of patience, not of what happens then."""
    monkeypatch.setattr(confined, "SECONDS", 1)


@pytest.mark.parametrize("words", [["pdf", "DRAFT-00001"], ["send", "INV-00001"]])
def test_a_template_that_never_ends_is_stopped(own, soon, words):
    books = own(invoice=ENDLESS, mail_body=ENDLESS)
    assert "took longer than 1 s" in refusal(books, words)


def test_a_layout_that_never_ends_is_stopped(own, soon):
    books = own(invoice='<table><tr><td colspan="1000000">x</td></tr></table>')
    assert refusal(books, ["pdf", "DRAFT-00001"]).startswith("template invoice")


@pytest.mark.parametrize("words", [["pdf", "DRAFT-00001"], ["send", "INV-00001"]])
def test_a_template_that_fills_the_memory_is_stopped(own, words):
    books = own(invoice=FULL, mail_body=FULL)
    assert "took more than 1 GB of memory" in refusal(books, words)


def test_a_page_of_ones_own_that_fills_the_memory_is_stopped(own):
    books = own(aging=FULL)
    assert "took more than 1 GB" in refusal(books, ["aging", "-o", "page.html"])
    assert not (books.folder / "page.html").exists()


def test_what_the_program_itself_has_is_not_held_against_a_template(tmp_path):
    with mmap.mmap(-1, 2 * confined.BYTES):
        assert confined.run("own", tmp_path, lambda: len(bytes(50 << 20))) == 50 << 20


def test_what_a_template_is_refused_for_is_said_as_ever(own):
    books = own(invoice="one\n\n{{ nubmer }}")
    said = refusal(books, ["pdf", "DRAFT-00001"])
    assert said == "template invoice.html line 3: 'nubmer' is undefined"


def test_only_templates_of_the_users_own_cost_a_process(tmp_path):
    here = confined.run("x", None, os.getpid)
    there = confined.run("x", tmp_path, os.getpid)
    assert here == os.getpid() != there


@pytest.mark.parametrize("work", [
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.getaddrinfo("localhost", 80),
    lambda: subprocess.run(["/bin/true"], check=False),
    lambda: os.system("true"),
    lambda: os.execv("/bin/true", ["true"]),
])  # fmt: skip
def test_nothing_reaches_out_of_the_process(tmp_path, work):
    with pytest.raises(ValidationError, match="a template may not do this"):
        confined.run("own", tmp_path, work)


def test_a_process_that_ends_by_itself_is_said(tmp_path):
    with pytest.raises(ValidationError, match=r"ended by itself \(exit code 7\)"):
        confined.run("own", tmp_path, lambda: os._exit(7))


def test_a_refusal_comes_through_whole(tmp_path):
    def work():
        raise ConflictError("no", hint="yes", details=[{"field": "a", "message": "b"}])

    with pytest.raises(ConflictError) as refused:
        confined.run("own", tmp_path, work)
    assert (refused.value.hint, refused.value.details) == ("yes", [{"field": "a", "message": "b"}])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_from_outside_takes_the_process_along(own, number):
    books = own(invoice=ENDLESS)
    words = [sys.executable, "-m", "invoicectl", "pdf", "DRAFT-00001"]
    said = books.folder / "said.txt"  # no pipe, which would be open for as long as the child lives
    with said.open("w") as stderr:
        process = subprocess.Popen(words, stderr=stderr)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (found := children.read_text().split()):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    assert process.wait(timeout=60) in {128 + number, -number}
    assert "Traceback" not in said.read_text()
    (child,) = found
    limits = Path(f"/proc/{child}/limits")
    if number == signal.SIGKILL:  # nobody is left to end it but its own clock
        while not re.search(r"cpu time +30 ", limits.read_text()):  # it may have begun just now
            time.sleep(0.01)
        os.kill(int(child), signal.SIGKILL)
    else:
        assert not limits.exists()
    assert not list(books.folder.glob("*.pdf"))


def test_one_that_only_waits_ends_by_its_own_clock_when_nobody_is_left(soon, tmp_path):
    reading, writing = os.pipe()

    def wait():
        os.write(writing, str(os.getpid()).encode())
        time.sleep(300)

    parent = os.fork()
    if parent == 0:
        confined.run("own", tmp_path, wait)
    child = Path(f"/proc/{os.read(reading, 20).decode()}/stat")
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    patience_ends = time.monotonic() + 60
    while child.exists() and child.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < patience_ends
        time.sleep(0.05)
