"""Rows of a flat file and the records they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from invoicectl.rules.tabular import Disagreement, agreed, nearest, nest, repeated

names = st.text("abc", min_size=1, max_size=2)
cells = st.text("xyz", min_size=1, max_size=3)


@given(st.dictionaries(names, st.one_of(cells, st.dictionaries(names, cells, min_size=1))))
def test_a_record_that_is_flattened_nests_to_itself(record):
    flat = {}
    for name, value in record.items():
        inside = value if isinstance(value, dict) else None
        flat |= {name: value} if inside is None else {f"{name}.{k}": v for k, v in inside.items()}
    assert nest(flat) == record


def test_a_value_beside_a_record_of_the_same_name_is_kept():
    assert nest({"a": "1", "a.b": "2"}) == {"a": {"": "1", "b": "2"}}


def test_only_the_first_dot_nests():
    assert nest({"a.b.c": "1"}) == {"a": {"b.c": "1"}}


@given(st.lists(st.one_of(st.just(""), names)))
def test_a_name_is_repeated_when_it_stands_there_more_than_once(header):
    again = {name for name in header if name and header.count(name) > 1}
    assert (repeated(header) in again) if again else (repeated(header) is None)


@given(st.dictionaries(names, cells), st.lists(st.sets(names), min_size=1))
def test_rows_that_say_parts_of_one_record_agree(record, parts):
    rows = [{name: record[name] for name in part if name in record} for part in parts]
    said = {name: record[name] for name in record if any(name in row for row in rows)}
    assert agreed(rows) == said


def test_the_first_difference_is_named_with_both_rows():
    rows = [{"a": "1"}, {"b": "2"}, {"a": "1", "b": "3"}]
    assert agreed(rows) == Disagreement("b", row=2, here="3", before_row=1, before="2")


def test_the_nearest_name_is_found_in_any_case():
    assert nearest("CUSTOMERNAME", ["customerName", "dueDate"]) == "customerName"
    assert nearest("zzz", ["customerName", "dueDate"]) == ""
