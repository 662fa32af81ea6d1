"""Tab completes: commands, options, words, and what stands in the books; in real shells."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pexpect
import pyte
import pytest

from invoicectl.commands import COMMANDS, completing, completion
from tests import spelling

pytestmark = pytest.mark.sqlite

ROOT = Path(__file__).parents[1]


def tab(typed: str) -> list[str]:
    """Return what can stand at the end of a command line, as bash is told it."""
    return [value for value, _ in completing.for_bash(f"invoicectl {typed}")]


def test_the_file_of_options_is_what_the_commands_have():
    if os.environ.get("INVOICECTL_WRITE_OPTIONS"):
        completing.SPELLED.write_text(spelling.spelled(), "utf-8")
    assert completing.SPELLED.read_text("utf-8") == spelling.spelled()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", list(COMMANDS)),
        ("mark-", ["mark-awaiting", "mark-sent", "mark-paid"]),
        ("payment ", ["record", "list", "get", "apply", "unapply", "delete"]),
        ("--json filter --unp", ["--unpaid"]),
        ("--db other.db pay", ["pay", "payments", "payment"]),
        ("pay INV-00001 --am", ["--amount"]),
        ("filter --status dr", ["draft"]),
        ("filter --status=op", ["open"]),
        ("filter --status draft,vo", ["draft,voided", "draft,void"]),
        ("customer update C-00001 --status inact", ["INACTIVE"]),
        ("filter --currency US", ["USD", "USN"]),
        ("--format js", ["json", "jsonl"]),
        ("get --fields amountO", ["amountOwed"]),
        ("customer list --fields email,na", ["email,name"]),
        ("filter --sort -d", ["-dueDate"]),
        ("config get company.i", ["company.iban"]),
        ("help exit", ["exit-codes"]),
        ("schema import-t", ["import-taxes", "import-terms"]),
        ("completion z", ["zsh"]),
        ("batch mark-a", ["mark-awaiting"]),
        ("import custom", ["customers"]),
        ("import customers ", [":files"]),
        ("--config ", [":files"]),
        ("filter ", []),
        ("nosuch ", []),
    ],
)
def test_words_are_completed(typed, found, books):
    assert tab(typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("get INV", ["INV-00003", "INV-00002", "INV-00001"]),
        ("get inv-00001", ["INV-00001"]),
        ("get INV-00001 D", ["DRAFT-00002", "DRAFT-00001"]),
        ("pay ", ["INV-00003", "INV-00002", "INV-00001"]),
        ("mark-awaiting ", ["DRAFT-00002", "DRAFT-00001"]),
        ("batch delete ", ["DRAFT-00002", "DRAFT-00001"]),
        ("filter --customer ", ["C-00002", "C-00001"]),
        ("filter --customer=glo", ["globex"]),
        ("customer get g", ["globex"]),
        ("payment apply ", ["PAY-00001"]),
        ("payment apply PAY-00001 ", ["INV-00003", "INV-00002", "INV-00001"]),
        ("credit get C", ["CM-00001"]),
        ("order get ", ["ORD-00001"]),
        ("create --shipment ", ["SHP-00001"]),
        ("create --term N", [r"Net\ 30"]),
        ("create --term 'N", [r"Net\ 30"]),
        ("tax get ", ["QST", "GST"]),
        ("product get W", ["WEB"]),
    ],
)
def test_the_books_are_completed(typed, found, books):
    assert tab(typed) == found


def test_what_is_in_the_trash_is_offered_where_the_trash_is_meant(books):
    books("delete", "DRAFT-00001")
    assert tab("trash restore ") == ["DRAFT-00001"]
    assert "DRAFT-00001" not in tab("get ")


def test_a_note_says_whose_an_invoice_is_what_is_owed_and_how_late(books):
    notes = dict(completing.for_bash("invoicectl get "))
    assert notes["INV-00003"] == "Tyrell Corp, 75.00 USD, 61 days late"
    assert notes["INV-00001"] == "Globex, 1,050.00 USD"
    assert notes["DRAFT-00002"] == "Tyrell Corp, 900.00 EUR, draft"


def test_a_name_cannot_begin_a_line_or_command_the_terminal(books, capsys):
    books("customer", "update", "C-00001", "--name", "Glob\tex\n\x1b[31m")
    capsys.readouterr()
    completing.main(["fish", "customer", "get", "C-00001"])
    (line,) = capsys.readouterr().out.splitlines()
    assert line.count("\t") == 1
    assert "\x1b" not in line


def test_a_key_that_would_be_two_lines_is_not_offered(books, capsys):
    books("customer", "update", "C-00001", "--key", "one\ntwo")
    capsys.readouterr()
    completing.main(["fish", "customer", "get", "one"])
    assert capsys.readouterr().out == ""


def test_a_percent_sign_is_only_that(books):
    assert tab("get %") == []


@pytest.mark.parametrize("words", [[], ["bash"], ["zsh"], ["fish", ""], ["bash", "x 'unfinished"]])
def test_nothing_is_said_where_something_is_wrong(words, run, capsys):
    run.db.write_text("this is no database")
    completing.main([*words])
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("content", [None, "", "this is no database"])
def test_books_that_cannot_be_read_have_no_candidates(content, run, capsys):
    if content is not None:
        run.db.write_text(content)
    completing.main(["zsh", "get", ""])
    assert capsys.readouterr() == ("", "")
    assert run.db.exists() == (content is not None)


def test_the_database_on_the_line_is_the_one_that_is_read(books, monkeypatch):
    monkeypatch.setenv("INVOICECTL_DB", "elsewhere.db")
    assert tab(f"--db {books.db} get INV-00001") == ["INV-00001"]
    assert tab(f"--db={books.db} get INV-00001") == ["INV-00001"]


def typed_at(program, books, *words):
    """Run a program of its own; return what it printed."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([*program, *words], env=env, capture_output=True, text=True, check=True)
    return ran.stdout + ran.stderr


def test_tab_does_not_load_typer(books):
    program = [sys.executable, "-X", "importtime", "-m", "invoicectl"]
    loaded = typed_at(program, books, "__complete", "zsh", "get", "INV-00001")
    assert "INV-00001\tGlobex" in loaded
    assert "typer" not in loaded
    assert "sqlalchemy" not in loaded


@pytest.mark.parametrize("shell", completion.SHELLS)
def test_the_script_of_a_shell_says_where_to_put_it(shell, run):
    assert f"invoicectl completion {shell}" in run("completion", shell).stdout


def test_an_unknown_shell_is_refused(run):
    assert run("completion", "tcsh").exit_code == 2


@pytest.fixture
def program(books, monkeypatch):
    """Put invoicectl on the PATH, as a shell finds it."""
    folder = books.folder / "bin"
    folder.mkdir()
    script = folder / "invoicectl"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m invoicectl "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    (books.folder / "list.csv").write_text("")
    return books


class Shell:
    """A real shell on a terminal of 30 lines and 160 columns."""

    def __init__(self, command: str, prepare: list[str]) -> None:
        self.screen = pyte.Screen(160, 30)
        self._stream = pyte.Stream(self.screen)
        self._child = pexpect.spawn(
            command, env={**os.environ, "TERM": "linux"}, encoding="utf-8", timeout=10,
            dimensions=(30, 160),
        )  # fmt: skip
        self._child.sendline("; ".join(prepare))
        self._child.sendline("clear; echo be''gun")
        self._child.expect("begun\r\n")

    def shows(self, typed: str, wanted: str) -> bool:
        """Type something; return whether the screen shows a text within ten seconds."""
        self._child.send(typed)
        deadline = time.monotonic() + 10
        while wanted not in self.text and time.monotonic() < deadline:
            with suppress(pexpect.TIMEOUT):
                self._stream.feed(self._child.read_nonblocking(4096, timeout=0.1))
        return wanted in self.text

    @property
    def text(self) -> str:
        """What stands on the screen; a cursor behind a blank stands for the blank."""
        lines = [line.rstrip() for line in self.screen.display]
        lines[self.screen.cursor.y] = self.screen.display[self.screen.cursor.y][
            : self.screen.cursor.x
        ]
        return "\n".join(lines)


@pytest.fixture
def bash(program):
    if not shutil.which("bash"):
        pytest.skip("there is no bash")
    return Shell("bash --norc --noprofile", ["PS1=", 'eval "$(invoicectl completion bash)"'])


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("invoicectl fil", "invoicectl filter "),
        ("invoicectl get INV-00001", "invoicectl get INV-00001 "),
        ("invoicectl pay inv-00001", "invoicectl pay INV-00001 "),
        ("invoicectl filter --status=dr", "invoicectl filter --status=draft "),
        ("invoicectl create --term N", "invoicectl create --term Net\\ 30 "),
        ("invoicectl import customers li", "invoicectl import customers list.csv "),
    ],
)
def test_bash_completes(typed, completed, bash):
    assert bash.shows(f"{typed}\t", completed), bash.text


def test_bash_lists_invoices_with_their_notes(bash):
    note = "INV-00003  (Tyrell Corp, 75.00 USD, 61 days late)"
    assert bash.shows("invoicectl get INV-0000\t\t", note), bash.text


def test_bash_goes_on_typing_when_the_books_are_gone(bash, program):
    program.db.unlink()
    assert bash.shows("invoicectl get I\t\tNV", "invoicectl get INV"), bash.text


@pytest.fixture
def zsh(program):
    if not shutil.which("zsh"):
        pytest.skip("there is no zsh")
    compinit = "autoload -Uz compinit; compinit -D -u"
    return Shell("zsh -f -i", ["PS1=", compinit, 'eval "$(invoicectl completion zsh)"'])


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("invoicectl fil", "invoicectl filter"),
        ("invoicectl get INV-00001", "invoicectl get INV-00001"),
        ("invoicectl filter --status=dr", "invoicectl filter --status=draft"),
        ("invoicectl create --term N", "invoicectl create --term Net\\ 30"),
        ("invoicectl import customers li", "invoicectl import customers list.csv"),
    ],
)
def test_zsh_completes(typed, completed, zsh):
    assert zsh.shows(f"{typed}\t", completed), zsh.text


def test_zsh_lists_invoices_with_their_notes(zsh):
    note = "INV-00003  Tyrell Corp, 75.00 USD, 61 days late"
    assert zsh.shows("invoicectl get INV-0000\t\t", note), zsh.text


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("invoicectl fil", ["filter\tList the invoices"]),
        ("invoicectl get INV-00003", ["INV-00003\tTyrell Corp, 75.00 USD, 61 days late"]),
        ("invoicectl filter --status=dr", ["--status=draft"]),
        ("invoicectl import customers li", ["list.csv"]),
    ],
)
def test_fish_completes(typed, offered, program):
    if not shutil.which("fish"):
        pytest.skip("there is no fish")
    script = program.folder / "completion.fish"
    script.write_text(program("completion", "fish").stdout)
    asked = f"source {script}; complete -C {shlex.quote(typed)}"
    lines = typed_at(["fish", "--no-config", "-c"], program, asked).splitlines()
    assert [any(line.startswith(each) for line in lines) for each in offered] == [True]
