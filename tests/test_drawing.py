"""The processes that draw: each document by whoever is free, and by the others where one dies."""

import os

import pytest

from invoicectl.output import drawing


@pytest.fixture
def two(monkeypatch):
    """Two processes that draw a word in capitals; over "fatal" they die."""

    def drawn(word, *_):
        return os._exit(1) if word == "fatal" else word.upper().encode()

    monkeypatch.setattr(drawing, "_processors", lambda: 2)
    monkeypatch.setattr(drawing, "_drawn", drawn)
    both = drawing.Drawing()
    yield both
    both.close()


def answers(drawers, *words):
    drawers.ask([(word, None, None) for word in words])
    return drawers.answers()


def test_answers_are_in_the_order_of_what_was_asked_for(two):
    words = [f"w{n}" for n in range(256)]
    assert answers(two, *words) == [word.upper().encode() for word in words]
    assert answers(two, "a") == [b"A"]


def test_nobody_is_waited_for_where_nothing_was_asked_for(two):
    assert two.answers() == []
    assert answers(two) == []
    assert answers(two, "a", "b") == [b"A", b"B"]


def test_an_answer_that_was_not_heard_is_nobody_elses(two):
    two.ask([])
    assert answers(two, "a", "b") == [b"A", b"B"]
    assert answers(two, "c", "d") == [b"C", b"D"]


def test_what_one_that_dies_has_not_begun_the_other_draws(two):
    assert answers(two, "fatal", "a", "b", "c") == [None, b"A", b"B", b"C"]
    assert answers(two, "d", "e") == [b"D", b"E"]
    assert answers(two, "fatal", "f") == [None, None]
    assert answers(two, "g", "h") == [None, None]
