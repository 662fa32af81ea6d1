"""The mail password: nowhere but on its way to a server that has shown who it is."""

import os
import subprocess
import sys

import pytest

from tests.smtp import Authority, Mailbox

SECRET = "correct horse battery staple"
ITEM = ["--item", "desc=Consulting,qty=2,price=50"]


@pytest.fixture
def shop(run, monkeypatch):
    """A shop that logs in at a mail server of its own, with a password that is in `places`."""
    run.ok("config", "set", "company.name=Northwind", "company.email=billing@northwind.example",
           "mail.transport=smtp", "mail.host=localhost", "mail.username=me")  # fmt: skip
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--email", "ap@acme.example")
    run.ok("create", "--customer", "acme", *ITEM)
    (run.folder / "word").write_text(SECRET)
    return run


PLACES = {
    "environment": lambda shop, patch: patch.setenv("INVOICECTL_SMTP_PASSWORD", SECRET),
    "command": lambda shop, patch: shop.ok("config", "set", "mail.password_command=cat word"),
    "file": lambda shop, patch: shop.ok("config", "set", "mail.password_file=word"),
}


def everything_said(shop, *words):
    """Run a command line as a process, with a traceback where there is one; return all it left."""
    ran = subprocess.run(
        [sys.executable, "-m", "invoicectl", *words, "--debug"],
        capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    return f"{ran.stdout}{ran.stderr}"


def left_behind(shop):
    """Return all that is kept of the shop, but the file that holds the password."""
    files = [path for path in shop.folder.rglob("*") if path.is_file() and path.name != "word"]
    assert shop.server or shop.db in files
    rows = [row.encode() for row in shop.everything()] if shop.server else []
    return b"\n".join([*(path.read_bytes() for path in files), *rows])


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("place", PLACES)
def test_the_password_is_left_nowhere(shop, tmp_path_factory, monkeypatch, place, accepted):
    authority = Authority(tmp_path_factory.mktemp("authority"))
    PLACES[place](shop, monkeypatch)
    passwords = {"me": SECRET if accepted else "another"}
    with Mailbox(starttls=authority.context(), passwords=passwords) as box:
        shop.ok("config", "set", f"mail.port={box.port}", f"mail.ca_file={authority.ca}")
        said = everything_said(shop, "send", "DRAFT-00001")
        assert len(box.received) == accepted
        assert [login[2] for login in box.logins] == [SECRET]
    for words in (["config", "list"], ["activity", "INV-00001"], ["check"], ["get", "INV-00001"]):
        said += everything_said(shop, *words)
    assert SECRET not in said
    assert ("Traceback" in said) is not accepted
    assert SECRET.encode() not in left_behind(shop)


@pytest.mark.parametrize("flaw", ["no TLS", "a stranger's certificate"])
def test_the_password_is_not_said_before_the_server_is_known(
    shop, tmp_path_factory, monkeypatch, flaw
):
    authority = Authority(tmp_path_factory.mktemp("authority"))
    monkeypatch.setenv("INVOICECTL_SMTP_PASSWORD", SECRET)
    context = None if flaw == "no TLS" else authority.context()
    with Mailbox(starttls=context) as box:
        shop.ok("config", "set", f"mail.port={box.port}")
        assert "nothing was sent" in shop.refused("send", "DRAFT-00001", code=9)
        assert (box.logins, box.received) == ([], [])


@pytest.mark.parametrize("key", ["mail.password", "mail.pass"])
def test_a_password_is_no_setting(shop, key):
    before = shop.config.read_bytes()
    shop.refused("config", "set", f"{key}={SECRET}", code=5)
    assert shop.config.read_bytes() == before


@pytest.mark.sqlite
def test_settings_books_and_copies_are_their_owners_alone(shop):
    shop.ok("backup", "copy.db")
    for path in (shop.config, shop.db, shop.folder / "copy.db"):
        assert path.stat().st_mode & 0o077 == 0, path
