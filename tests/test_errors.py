"""Exit codes are a promise to scripts: few, each with one word, and listed where users look."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from invoicectl import errors

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def refusals(cls=errors.InvoicectlError):
    for child in cls.__subclasses__():
        yield child
        yield from refusals(child)


def test_every_refusal_has_a_published_exit_code():
    published = {int(code) for code in re.findall(r"\b\d+\b", errors.__doc__ or "")}
    assert {refusal.exit_code for refusal in refusals()} <= published - {0, 1}


def test_a_code_and_its_word_go_together():
    words = {}
    for refusal in refusals():
        assert words.setdefault(refusal.exit_code, refusal.code) == refusal.code


def test_the_readme_lists_every_code_with_its_word():
    for refusal in refusals():
        assert re.search(rf"\| {refusal.exit_code} \| `{refusal.code}` \|", README), refusal


def test_a_refused_field_is_named_by_its_path():
    refusal = errors.ValidationError.at("lines[2].quantity", "is missing")
    assert refusal.details == [{"field": "lines[2].quantity", "message": "is missing"}]
    assert str(refusal) == "lines[2].quantity: is missing"


@pytest.mark.parametrize(
    "words", [["--version"], ["--json", "--version"], ["get", "INV-00001", "--version"]]
)
def test_the_version_is_said_whatever_else_is_typed(run, words):
    assert run(*words).stdout.startswith("invoicectl ")


def long_export(books, *words):
    """Begin to write more rows than a pipe holds; return the process."""
    bodies = [{"customer": "acme", "currency": "EUR", "amount": n + 1} for n in range(400)]
    books.write("many.json", json.dumps([{**each, "number": f"M-{each['amount']}",
                                          "invoiceDate": "2026-01-05"} for each in bodies]))  # fmt: skip
    books.ok("import", "invoices", "many.json", "--create-customers")
    command = [sys.executable, "-m", "invoicectl", "export", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("format", ["table", "tsv", "csv", "json", "jsonl", "xml"])
def test_a_closed_pipe_ends_it_quietly(format, books):
    with long_export(books, "-f", format) as process:
        process.stdout.readline()
        process.stdout.close()
        assert (process.stderr.read(), process.wait(60)) == ("", 0)


@pytest.mark.parametrize(("words", "said"), [
    (["-f", "csv"], "error: interrupted\n"),
    (["--json"], '{"error": "interrupted", "message": "interrupted", "details": [], "hint": null}\n'),
])  # fmt: skip
def test_ctrl_c_is_said_in_a_word(words, said, books):
    process = long_export(books, *words)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert (process.communicate(timeout=60)[1], process.returncode) == (said, 130)


LOST = """
import os, signal
from invoicectl import cli

class Late:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        "the handler is run about here"

def run(words):
    late = Late()
    del late
    print("went on", flush=True)

cli.run = run
cli.main([])
"""


def test_a_signal_is_not_lost_where_python_would_ignore_what_is_raised():
    ran = subprocess.run([sys.executable, "-c", LOST], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (143, b"", b"")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["aging", "--as-of", ""], "--as-of"),
        (["pay", "INV-00001", "--amount", ""], "--amount"),
        (["payment", "list", "--from", " "], "--from"),
        (["payment", "list", "--customer", ""], "--customer"),
        (["void", "INV-00001", "--date", "", "--yes"], "--date"),
        (["update", "INV-00001", "--note", "x", "--if-version", ""], "--if-version"),
    ],
)
def test_a_variable_that_was_empty_is_not_taken_for_an_option_left_out(run, words, option):
    assert run.refused(*words, code=2) == f"{option} is empty"


@pytest.mark.parametrize(("target", "code"), [
    ("nowhere/x.json", 4), (".", 11), ("some.csv/x.json", 4),
    pytest.param("books.db", 6, marks=pytest.mark.sqlite),
])  # fmt: skip
def test_nothing_is_changed_where_the_answer_cannot_be_written(target, code, run):
    run.ok("customer", "add", "--name", "Ann")
    run.write("some.csv", "x")
    run.refused("customer", "add", "--name", "Bob", "-o", run.folder / target, code=code)
    assert [row["name"] for row in run.ok("customer", "list")["data"]] == ["Ann"]


def test_nothing_is_changed_where_the_form_of_the_answer_cannot_be(run, monkeypatch):
    run.ok("customer", "add", "--name", "Ann")
    with monkeypatch.context() as environment:
        environment.setenv("INVOICECTL_FORMAT", "jsno")
        assert run("customer", "add", "--name", "Bob").exit_code == 2
        assert run("config", "set", "company.name=X").exit_code == 2
    assert run.refused("config", "set", "company.name=X", "--fields", ",", code=5)
    assert run("config", "get", "company.name").stdout == "\n"
    assert run("customer", "list", "-f", "csv", "--fields", "name").stdout == "name\nAnn\n"


def test_a_dash_for_the_output_is_standard_output(run, monkeypatch):
    monkeypatch.chdir(run.folder)
    run.ok("customer", "add", "--name", "Ann")
    ran = run("customer", "list", "-o", "-", "-f", "csv", "--fields", "name")
    assert (ran.exit_code, ran.stdout) == (0, "name\nAnn\n")
    assert not (run.folder / "-").exists()


def test_settings_and_a_demo_cannot_be_put_below_a_file(run):
    run.write("file", "x")
    for words in (("config", "set", "company.name=X", "--config", "file/config.toml"),
                  ("demo", "file/demo")):  # fmt: skip
        assert run.refused(*words, code=11).startswith("file/")
