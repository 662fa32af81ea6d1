"""A hundred thousand inputs, right, wrong and odd: none ends in a traceback, a hang, or half done.

    python -m pytest tests/fuzz                          some, for every day
    INVOICECTL_FUZZ=100000 python -m pytest tests/fuzz   all of them

What was found by chance is printed as small as it can be made; to stay found, it becomes a test of
its own where it belongs.
"""

import json
import os
import shutil
from email import message_from_bytes, policy
from math import ceil

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz import kinds, odd, variants
from tests.fuzz.door import Door

INPUTS = int(os.environ.get("INVOICECTL_FUZZ", "600"))
COMMON = {
    "deadline": None, "database": None, "phases": [Phase.explicit, Phase.generate, Phase.shrink],
    "suppress_health_check": list(HealthCheck), "derandomize": INPUTS < 10_000,
}  # fmt: skip


@pytest.fixture
def door(run, _books_made_once):
    """A door to books of its own."""
    door = Door(_books_made_once, run.folder)
    yield door
    door.close()


def so_many(of_1000):
    return ceil(INPUTS * of_1000 / 1000)


def each(strategy, of_1000, check):
    """Run a check with so many inputs of a strategy."""
    settings(max_examples=so_many(of_1000), **COMMON)(given(strategy)(check))()


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_whatever_is_typed_is_done_or_refused(door, kind):
    strategy, of_1000, also = kinds.KINDS[kind]

    def check(thought_up, seed):
        for words, read in variants.variants(thought_up, seed):
            door.put_back()
            door.type(words, read, also=also)

    thought_up = st.tuples(strategy, st.integers(0, 2**32))
    each(thought_up, of_1000 / variants.EACH, lambda each: check(*each))
    assert door.typed >= so_many(of_1000)


SHOWN = [[*words, form] for words in (["customer", "get", "odd"], ["customer", "list", "--all"], ["aging"], ["filter", "--all"],
         ["get", "odd"], ["activity", "odd"]) for form in ("--json", "-fcsv", "-fxml", "-ftable", "-fjsonl", "-ftsv")]  # fmt: skip


def test_a_name_that_was_taken_is_shown_in_every_format(door):
    def check(name, note, shown):
        door.put_back()
        added = door.type(
            [
                "customer",
                "add",
                f"--name={name}",
                "--key",
                "odd",
                f"--address-line1={note}",
                "--json",
            ]
        )
        if added.code == 0:
            made = [
                "create",
                "--customer",
                "odd",
                "--key",
                "odd",
                f"--note={note}",
                f"--item=desc={note},qty=1,price=9",
                f"--reference={name}",
            ]
            if door.type([*made, "--json"]).code == 0:
                door.type(["mark-awaiting", "odd", "--json"])
                assert door.type(shown).code == 0

    strategy = st.tuples(odd.typed_text, odd.typed_text, st.sampled_from(SHOWN))
    each(strategy, 20, lambda each: check(*each))


OWN_HEADERS = {"From", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}


def test_a_letter_goes_out_as_it_should_or_not_at_all(door):
    outbox = door.folder / "outbox"

    def check(words):
        door.put_back()
        shutil.rmtree(outbox, ignore_errors=True)
        said = door.type(words)
        letters = list(outbox.glob("*"))
        if said.code or "--dry-run" in words:
            assert letters == [], words
            return
        (path,) = letters
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert set(letter) <= OWN_HEADERS, words
        to = [one.addr_spec for one in letter["To"].addresses] if letter["To"] else []
        assert len(to) == len(json.loads(said.out)["to"]), words
        assert not [one for one in to if one.endswith("@x.test")], words
        assert [part.get_content_type() for part in letter.iter_attachments()] == [
            "application/pdf"
        ]

    each(kinds.letters(), 10, check)


def test_a_cursor_goes_on_or_is_refused(door):
    first = door.type(["filter", "--page-size", "1", "--json"])
    cursor = first.out.rpartition('"endCursor": "')[2].partition('"')[0]
    assert cursor

    def check(text):
        door.type(["filter", "--page-size=1", f"--cursor={text}", "--json"])

    changed = st.builds(
        lambda at, sign, cut: (cursor[:at] + sign + cursor[at + cut :]), st.integers(0, len(cursor)), st.text("Aa09-_=+/ é", max_size=3),
        st.integers(0, 4),
    )  # fmt: skip
    each(st.one_of(changed, odd.typed_text), 20, check)


def test_a_file_of_settings_is_read_or_refused(door):
    def check(line):
        written, (words, read) = line
        door.put_back()
        door.config.write_bytes(written)
        door.type(words, read)

    words = st.sampled_from([
        ["config", "list", "--json"], ["get", "INV-00001", "--json"], ["next-number", "--json"], ["aging", "--json"],
        ["create", "--customer", "C-00002", "--item", "desc=x,qty=1,price=1", "--json"], ["mark-awaiting", "DRAFT-00001", "--json"],
        ["config", "set", "company.name=x", "--json"], ["config", "get", "company.name"],
    ])  # fmt: skip
    each(st.tuples(kinds.settings(), st.tuples(words, st.just(b""))), 30, check)


def test_a_template_of_ones_own_is_filled_or_refused(door):
    folder = door.folder / "own"
    folder.mkdir()

    def check(text):
        (folder / "aging.html").write_bytes(text.encode("utf-8", "surrogatepass"))
        door.type(["aging", "-o", "aging.html"])

    settled = door.type(["config", "set", f"pdf.template_dir={folder}"])
    assert settled.code == 0
    each(kinds.templates, 20, check)


def test_a_page_of_ones_own_is_drawn_or_refused(door):
    folder = door.folder / "own"
    folder.mkdir()

    def check(text):
        (folder / "invoice.html").write_bytes((kinds.BASE % text).encode("utf-8", "surrogatepass"))
        door.type(["pdf", "DRAFT-00001", "-o", "x.pdf", "--json"])

    assert door.type(["config", "set", f"pdf.template_dir={folder}"]).code == 0
    each(kinds.papers, 5, check)
