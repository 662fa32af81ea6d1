"""The graph of statuses, walked whole: DRAFT begins it, every status is reached, VOIDED ends it."""

from datetime import date, timedelta
from itertools import product

import pytest

from invoicectl.rules import lifecycle
from invoicectl.rules.lifecycle import ALLOWED, FILTER_WORDS, ISSUED, MOVES, OPEN, OVERDUE, Status

D, A, P, F, V = Status  # draft, awaiting, part paid, fully paid, voided
TODAY = date(2026, 1, 31)
MAY = {
    "update": {D, A, P, F},
    "delete": {D},
    "restore": {D},
    "purge": {D},
    "duplicate": {D, A, P, F, V},
    "pdf": {D, A, P, F, V},
    "mark-awaiting": {D},
    "publish": {D},
    "unpublish": {A},
    "mark-sent": {D, A, P, F},
    "send": {D, A, P, F},
    "pay": {A, P},
    "payment-apply": {A, P},
    "payment-unapply": {A, P, F},
    "mark-paid": {A, P},
    "credit-apply": {A, P},
    "credit-unapply": {A, P, F},
    "credit-note": {A, P, F},
    "void": {D, A, P},
}


def cases():
    return list(product(Status, MAY))


@pytest.mark.parametrize(("status", "verb"), cases())
def test_a_verb_may_be_tried_where_the_contract_lists_it(status, verb):
    assert lifecycle.may(status, verb) is (status in MAY[verb])


@pytest.mark.parametrize(("status", "verb"), cases())
def test_a_verb_moves_only_from_where_it_may_be_tried(status, verb):
    assert lifecycle.next_status(status, verb) is None or lifecycle.may(status, verb)


def test_no_verb_is_left_out():
    assert set(ALLOWED) == set(MAY)


def test_a_verb_that_is_none_is_a_bug():
    with pytest.raises(KeyError):
        lifecycle.may(D, "cancel")


def test_every_status_can_be_reached():
    by_money = {lifecycle.by_money(500, settled_minor) for settled_minor in (0, 1, 500)}
    assert {D} | set(MOVES.values()) | by_money == set(Status)


def test_nothing_follows_voided():
    assert not [verb for (before, verb) in MOVES if before is V]


def test_a_draft_can_come_back_only_by_unpublish():
    assert {verb for (_, verb), after in MOVES.items() if after is D} == {"unpublish"}


def test_a_verb_leads_from_everywhere_to_the_same_status():
    assert {verb: after for (_, verb), after in MOVES.items()} == {
        "mark-awaiting": A,
        "publish": A,
        "mark-sent": A,
        "send": A,
        "unpublish": D,
        "mark-paid": F,
        "void": V,
    }


def test_sending_again_moves_nothing():
    assert [lifecycle.next_status(status, "send") for status in ISSUED] == [None] * 3


def test_the_file_and_the_user_read_the_same_word():
    assert all(status.name == status.value for status in Status)


def test_the_tables_cannot_be_changed():
    with pytest.raises(TypeError):
        MOVES[V, "reopen"] = D


def test_the_status_follows_the_money():
    for total, settled in product(range(20), range(25)):
        expected = F if settled >= total else P if settled > 0 else A
        assert lifecycle.by_money(total, settled) is expected


def test_a_total_of_nothing_is_paid_at_once():
    assert lifecycle.by_money(0, 0) is F


def test_less_than_nothing_is_never_settled():
    with pytest.raises(ValueError, match=r"below 0"):
        lifecycle.by_money(0, -1)


@pytest.mark.parametrize(
    ("status", "owed_minor", "late"), list(product(Status, (-1, 0, 1), (None, -1, 0, 1, 40)))
)
def test_overdue_is_open_owed_and_past_its_day(status, owed_minor, late):
    due = None if late is None else TODAY - timedelta(days=late)
    expected = status in {A, P} and owed_minor > 0 and late is not None and late > 0
    assert lifecycle.is_overdue(status, owed_minor, due, TODAY) is expected
    assert lifecycle.days_overdue(status, owed_minor, due, TODAY) == (late if expected else 0)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("space", ["_", " ", "-", "  ", " - "])
@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_a_status_is_read_however_it_is_written(status, space, case):
    word = f" {case(status.replace('_', space))} "
    assert lifecycle.read_status(word) == (status,)


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("draft", (D,)),
        ("Sent", OPEN),
        ("OPEN", OPEN),
        ("Partial", (P,)),
        ("paid", (F,)),
        ("void", (V,)),
        ("voided", (V,)),
        ("Overdue", OVERDUE),
    ],
)
def test_the_words_of_other_systems_are_known(word, means):
    assert lifecycle.read_status(word) == means


def test_every_filter_word_reads_as_itself():
    assert all(lifecycle.read_status(word) == means for word, means in FILTER_WORDS.items())


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("piad", "paid"),
        ("drafts", "draft"),
        ("awaiting", "awaiting_payment"),
        ("overdu", "overdue"),
    ],
)
def test_a_mistyped_status_names_the_nearest(word, nearest):
    with pytest.raises(ValueError, match=f"^is not a status; did you mean '{nearest}'"):
        lifecycle.read_status(word)


@pytest.mark.parametrize("word", ["", "xyz", "🍕", "q" * 100_000])
def test_a_word_that_is_near_none_names_them_all(word):
    with pytest.raises(ValueError, match=r"^is not a status, which are draft, .*overdue$"):
        lifecycle.read_status(word)


@pytest.mark.parametrize(
    ("billed", "paid", "delivered", "status"),
    [
        (True, True, True, "DELIVERED_PAID"),
        (True, True, False, "DELIVERED_PAID"),
        (True, False, True, "DELIVERED_UNPAID"),
        (True, False, False, "DELIVERED_UNPAID"),
        (False, True, True, "DELIVERED"),
        (False, False, True, "DELIVERED"),
        (False, True, False, "OPEN"),
        (False, False, False, "OPEN"),
    ],
)
def test_an_order_is_as_far_as_its_invoices(billed, paid, delivered, status):
    assert lifecycle.order_status(billed, paid, delivered) == status
