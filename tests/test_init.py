"""`init` makes a database and keeps who you are: by options, or in a terminal by answering."""

import os
import sys
from pathlib import Path

import pexpect
import pytest

from invoicectl import config
from invoicectl.commands.setup import ONLY_AFTER, QUESTIONS, option

ROOT = Path(__file__).parents[1]
VALUES = {
    "company.currency": "EUR",
    "company.timezone": "Europe/Berlin",
    "company.locale": "de_DE",
    "company.payment_term": "Net 14",
    "numbering.pattern": "R-{seq:04d}",
    "pdf.page": "Letter",
    "pdf.color": "#7a1f3d",
    "mail.transport": "smtp",
    "mail.port": "2525",
    "mail.timeout": "30",
    "mail.security": "tls",
    "mail.from": "billing@northwind.example",
    "company.iban": "DE89370400440532013000",
    "company.bic": "COBADEFFXXX",
}


@pytest.mark.parametrize("key", config.KEYS)
def test_every_setting_has_an_option(key, run):
    value = VALUES.get(key, "some text")
    assert run("init", f"--{option(key)}", value).exit_code == 0
    assert config.load(run.config)[key] == value


@pytest.mark.sqlite
def test_it_makes_a_database_readable_by_its_owner_alone(run):
    assert run("init").exit_code == 0
    assert run.db.stat().st_mode & 0o777 == 0o600


def test_it_says_where_both_are(nowhere):
    where = nowhere.store.full_name
    assert nowhere.ok("init") == {"database": where, "config": str(nowhere.config)}
    assert nowhere.store.exists()


def test_settings_that_cannot_be_make_nothing(nowhere):
    assert nowhere("init", "--company", "Northwind", "--currency", "EUX").exit_code == 5
    assert nowhere.is_untouched()
    assert not nowhere.config.exists()


def test_a_mistyped_setting_is_refused_with_the_nearest(run):
    assert "did you mean company.name?" in run("init", "--set", "compny.name=X").stderr


def test_books_that_are_there_are_left_as_they_are(books):
    before = books.stored()
    assert books("init").exit_code == 6
    assert books.stored() == before


def test_beside_a_database_settings_are_still_kept(books):
    assert books("init", "--phone", "+49 228 1").exit_code == 0
    assert config.load(books.config)["company.phone"] == "+49 228 1"


class Terminal:
    """`invoicectl init` in a terminal; `answer` waits for a question and types a line."""

    def __init__(self, *words: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"}
        self.child = pexpect.spawn(
            sys.executable, ["-m", "invoicectl", *words], env=environment, encoding="utf-8",
            timeout=20, dimensions=(40, 200),
        )  # fmt: skip

    def answer(self, question: str, typed: str = "") -> None:
        self.child.expect_exact(question)
        self.child.sendline(typed)

    def end(self) -> int:
        self.child.expect(pexpect.EOF)
        self.child.close()
        return int(self.child.exitstatus)


def begins(key: str) -> str:
    """Return how a question begins."""
    meaning = config.KEYS[key][0]
    return meaning[1:20]


def test_in_a_terminal_it_asks(nowhere):
    terminal = Terminal("init")
    for key in QUESTIONS:
        if ONLY_AFTER.get(key, ("", "file"))[1] == "file":
            terminal.answer(begins(key), ANSWERS.get(key, ""))
    assert terminal.end() == 0
    assert nowhere.store.exists()
    assert config.stored(nowhere.config) == {key: value for key, value in ANSWERS.items() if value}


ANSWERS = {
    "company.name": "Northwind Ltd",
    "company.address.city": "Halifax",
    "company.currency": "CAD",
    "mail.transport": "file",
    "mail.folder": "outbox",
}


def test_an_answer_that_cannot_be_is_asked_again(nowhere):
    terminal = Terminal("init")
    for key in QUESTIONS:
        if key == "company.currency":
            terminal.answer(begins(key), "dolars")
            terminal.answer("is not an ISO 4217 currency code", "EUR")
        elif key not in ONLY_AFTER:
            terminal.answer(begins(key))
    assert terminal.end() == 0
    assert config.stored(nowhere.config) == {"company.currency": "EUR"}


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_ctrl_c_and_the_end_of_input_make_nothing(key, nowhere):
    terminal = Terminal("init")
    terminal.answer(begins("company.name"), "Northwind")
    terminal.child.expect_exact(begins("company.address.line1"))
    terminal.child.send(key)
    assert terminal.end() == 130
    assert nowhere.is_untouched()
    assert list(nowhere.folder.iterdir()) == []


@pytest.mark.parametrize("words", [["init", "--yes"], ["init", "--company", "Northwind"]])
def test_in_a_terminal_nothing_is_asked_when_it_was_said(words, nowhere):
    assert Terminal(*words).end() == 0
    assert nowhere.store.exists()


def test_in_a_terminal_a_database_that_is_there_is_said_before_anything_is_asked(books):
    assert Terminal("init").end() == 6


def test_the_database_may_be_named_by_a_url(run):
    run.ok("customer", "add", "--name", "Ann", "--db", f"sqlite:///{run.folder}/named.db")
    rows = run.ok("customer", "list", "--db", run.folder / "named.db")["data"]
    assert [row["name"] for row in rows] == ["Ann"]
    message = run.refused("customer", "list", "--db", "mysql://host/books", code=10)
    assert message.startswith("mysql:// databases are not supported")
    message = run.refused("customer", "list", "--db", "postgresql://host/books", code=10)
    assert message.startswith("postgresql://")  # not supported, or not reached


def test_a_terminal_says_what_is_next(nowhere):
    child = pexpect.spawn(sys.executable, ["-m", "invoicectl", "init"], encoding="utf-8",
                          timeout=30, env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    child.expect_exact("Who you are, as invoices say it:")
    for _ in range(16):  # all that is asked where no mail is set
        child.sendline("")
    child.expect_exact("next: invoicectl customer add")
    child.expect(pexpect.EOF)
