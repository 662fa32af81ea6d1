"""Exit codes are a promise to scripts: few, each with one word, and listed where users look."""

import re
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
