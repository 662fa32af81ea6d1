"""Every command has an example in its help, and every example works as it is written."""

import inspect
import shlex
from collections.abc import Iterator

import pytest

from invoicectl.commands import COMMANDS, Entry

# What has to be so before an example can be typed at the sample books.
BEFORE = {
    "trash restore": ["delete DRAFT-00001"],
    "trash purge": ["delete DRAFT-00001"],
    "payment unapply": ["payment apply PAY-00001 INV-00001"],
    "credit unapply": ["credit apply CM-00001 INV-00001"],
    "tax add": ["tax delete GST"],
    "term add": ['term delete "Early bird"'],
    "product add": ["product delete WEB"],
    "customer add": ["customer update C-00001 --key other"],
    "customer delete": [
        "delete DRAFT-00001", "mark-paid INV-00001 INV-00002", "payment delete PAY-00001 --yes",
        "credit void CM-00001 --yes", "order delete ORD-00001",
    ],
    "restore": ["backup books-2026-01-31.db"],
    "config unset": ["config set company.logo=logo.png"],
}  # fmt: skip
INSTEAD = {"postgresql://ann@db.example/books": "copy.db"}  # test_postgres goes to a server
FILES = {
    "invoices.csv": "number,customer,invoiceDate,amount\nOLD-1,initech,2025-12-01,55.94\n",
    "customers.csv": "key,name\ninitech,Initech\n",
}


def commands(entries: dict[str, Entry] = COMMANDS, path: str = "") -> Iterator[tuple[str, Entry]]:
    """Yield every command by what is typed."""
    for name, entry in entries.items():
        typed = f"{path} {name}".strip()
        yield from commands(entry.sub, typed) if entry.sub else [(typed, entry)]


ALL = dict(commands())
OF_A_FILE = {"backup", "restore"}


def said(name: str) -> str:
    return inspect.getdoc(ALL[name].function()) or ""


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=pytest.mark.sqlite if each in OF_A_FILE else ()) for each in ALL],
)
def test_the_example_of_a_command_works(name, books, monkeypatch):
    monkeypatch.setenv("EDITOR", "true")
    for file, text in FILES.items():
        (books.folder / file).write_text(text)
    for step in BEFORE.get(name, []):
        assert books(*shlex.split(step)).exit_code == 0, step
    (line,) = [line for line in said(name).splitlines() if line.startswith("Example: ")]
    program, *words = shlex.split(line.removeprefix("Example: "))
    words = [INSTEAD.get(word, word) for word in words]
    assert (program, " ".join(words[: name.count(" ") + 1])) == ("invoicectl", name)
    ran = books(*words)
    assert ran.exit_code == 0, ran.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_of_a_command_what_its_help_begins_with(name):
    entry = COMMANDS[name]
    assert entry.help
    assert entry.sub or entry.help == said(name).partition("\n")[0]


@pytest.mark.parametrize("name", ALL)
def test_a_command_says_in_one_sentence_what_it_does(name):
    first = said(name).partition("\n")[0]
    assert first.endswith(".")
    assert first[0].isupper()


def test_help_shows_an_example_on_a_line_of_its_own(run):
    shown = run("payment", "record", "--help").stdout
    example = (
        "Example: invoicectl payment record --customer C-00001 --amount 900 --apply INV-00001=500"
    )
    assert f"\n  {example}\n" in shown
