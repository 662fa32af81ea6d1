"""The processes that draw: each document by whoever is free, and by the others where one dies."""

import os
import time
from pathlib import Path

import pytest

from invoicectl.output import drawing


@pytest.fixture
def two(monkeypatch):
    """Two processes that draw a word in capitals; "fatal" kills, "open" makes what "after" needs."""

    def drawn(words, *_):
        word, _, path = words.partition(" ")
        if word == "fatal":
            os._exit(1)
        if word == "open":
            Path(path).touch()
        patience = 2_000
        while word == "after" and not Path(path).exists():
            time.sleep(0.01)
            patience -= 1
            assert patience, "nobody went on"
        return word.upper().encode()

    monkeypatch.setattr(drawing, "_processors", lambda: 2)
    monkeypatch.setattr(drawing, "_drawn", drawn)
    both = drawing.Drawing()
    yield both
    both.close()


def asked(*words):
    return [(word, None, None) for word in words]


def answers(drawers, *words):
    assert drawers.exchange(asked(*words)) == []
    return drawers.exchange([])


def test_answers_are_in_the_order_of_what_was_asked_for(two):
    words = [f"w{n}" for n in range(256)]
    assert answers(two, *words) == [word.upper().encode() for word in words]
    assert answers(two, "a") == [b"A"]


def test_nobody_is_waited_for_where_nothing_was_asked_for(two):
    assert answers(two) == []
    assert two.exchange([]) == []
    assert answers(two, "a", "b") == [b"A", b"B"]


def test_what_is_asked_for_next_is_answered_next(two):
    assert two.exchange(asked("a", "b", "c")) == []
    assert two.exchange(asked("d")) == [b"A", b"B", b"C"]
    assert two.exchange(asked("e", "f")) == [b"D"]
    assert two.exchange([]) == [b"E", b"F"]
    assert two.exchange(asked("g")) == []
    assert two.exchange([]) == [b"G"]


def test_documents_larger_than_a_pipe_hold_nobody_up(two):
    large = [f"{n}" * 1_000_000 for n in range(6)]
    assert two.exchange(asked(*large)) == []
    assert two.exchange(asked(*large)) == [word.encode() for word in large]
    assert two.exchange([]) == [word.encode() for word in large]


def test_who_is_done_goes_on_while_another_still_draws(two, tmp_path):
    """The slow one waits for a file that is written over the first of the next documents."""
    gate = tmp_path / "gate"
    assert two.exchange(asked(f"after {gate}", "a")) == []
    assert two.exchange(asked(f"open {gate}")) == [b"AFTER", b"A"]
    assert two.exchange([]) == [b"OPEN"]


def test_what_one_that_dies_has_not_begun_the_other_draws(two):
    assert answers(two, "fatal", "a", "b", "c") == [None, b"A", b"B", b"C"]
    assert answers(two, "d", "e") == [b"D", b"E"]
    assert answers(two, "fatal", "f") == [None, None]
    assert answers(two, "g", "h") == [None, None]
