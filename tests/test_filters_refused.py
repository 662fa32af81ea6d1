"""What is no filter is refused with the path of what is wrong, and never silently finds nothing."""

from datetime import date
from decimal import Decimal

import pytest

from invoicectl.errors import ValidationError
from invoicectl.store import filters

TODAY = date(2026, 3, 1)
ID = "0190f5c6-7a1b-7c3d-8e4f-5a6b7c8d9e0f"
REFUSED = [
    ([], "filter"),
    ("status", "filter"),
    ({"metadata": {}}, "filter.metadata"),
    ({"__class__": {}}, "filter.__class__"),
    ({"Status": {}}, "filter.Status"),
    ({"status": "PAID"}, "filter.status"),
    ({"status": None}, "filter.status"),
    ({"status": {"equals": "PAID"}}, "filter.status.equals"),
    ({"status": {"regexp": "(a+)+$b"}}, "filter.status.regexp"),
    ({"status": {"isNull": True}}, "filter.status.isNull"),
    ({"status": {"lessThan": "PAID"}}, "filter.status.lessThan"),
    ({"status": {"equalTo": "paid"}}, "filter.status.equalTo"),
    ({"status": {"equalTo": "NEW"}}, "filter.status.equalTo"),
    ({"status": {"equalTo": None}}, "filter.status.equalTo"),
    ({"status": {"in": "PAID"}}, "filter.status.in"),
    ({"status": {"in": ["PAID", "NEW"]}}, "filter.status.in[1]"),
    ({"or": {"status": {}}}, "filter.or"),
    ({"or": [{}, {"not": []}]}, "filter.or[1].not"),
    ({"and": [{"or": [{"status": {"in": ["X"]}}]}]}, "filter.and[0].or[0].status.in[0]"),
    ({"customerId": {"equalTo": "C-00001"}}, "filter.customerId.equalTo"),
    ({"customerId": {"equalTo": ID.replace("-", "")}}, "filter.customerId.equalTo"),
    ({"customerId": {"equalTo": 7}}, "filter.customerId.equalTo"),
    ({"customerId": {"isNull": "true"}}, "filter.customerId.isNull"),
    ({"customerId": {"isNull": 1}}, "filter.customerId.isNull"),
    ({"customerId": {"in": [ID] * 1001}}, "filter.customerId.in"),
    ({"amount": 5}, "filter.amount"),
    ({"amount": {"lessThan": "5"}}, "filter.amount.lessThan"),
    ({"amount": {"lessThan": True}}, "filter.amount.lessThan"),
    ({"amount": {"lessThan": None}}, "filter.amount.lessThan"),
    ({"amount": {"equalTo": 5}}, "filter.amount.equalTo"),
    ({"amount": {"lessThan": 2**63}}, "filter.amount.lessThan"),
    ({"amount": {"lessThan": Decimal("1E+999")}}, "filter.amount.lessThan"),
    ({"amount": {"lessThan": Decimal("1E-999")}}, "filter.amount.lessThan"),
    ({"amount": {"lessThan": 10**4999}}, "filter.amount.lessThan"),
    ({"dueDate": {"lessThan": "2026-13-45"}}, "filter.dueDate.lessThan"),
    ({"dueDate": {"lessThan": "11/12/2026"}}, "filter.dueDate.lessThan"),
    ({"dueDate": {"lessThan": "20260131"}}, "filter.dueDate.lessThan"),
    ({"dueDate": {"lessThan": "1899-12-31"}}, "filter.dueDate.lessThan"),
    ({"dueDate": {"lessThan": 20260131}}, "filter.dueDate.lessThan"),
    ({"createdAt": {"lessThan": "2026-01-31T25:00:00Z"}}, "filter.createdAt.lessThan"),
    ({"createdAt": {"equalTo": "2026-01-31"}}, "filter.createdAt.equalTo"),
    ({"overdue": "true"}, "filter.overdue"),
    ({"overdue": 1}, "filter.overdue"),
    ({"overdue": {"equalTo": True}}, "filter.overdue"),
    ({"currency": {"equalTo": "EUX"}}, "filter.currency.equalTo"),
    ({"reference": {"equalTo": "a\x00"}}, "filter.reference.equalTo"),
    ({"reference": {"equalTo": "\ud800"}}, "filter.reference.equalTo"),
    ({"reference": {"equalTo": "x" * 501}}, "filter.reference.equalTo"),
    ({"search": ["x"]}, "filter.search"),
    ({"customAttribute": {"name": "x"}}, "filter.customAttribute"),
    ({"customAttribute": {"name": "x", "value": 5}}, "filter.customAttribute.value"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "path"), REFUSED)
def test_what_is_no_filter_is_refused_with_its_path(asked, path):
    with pytest.raises(ValidationError) as refusal:
        filters.condition(asked, TODAY)
    (detail,) = refusal.value.details
    assert (detail["field"], refusal.value.message) == (path, f"{path}: {detail['message']}")


def test_the_nearest_name_is_named():
    with pytest.raises(ValidationError, match="did you mean 'customerId'"):
        filters.condition({"customerID": {}}, TODAY)
    with pytest.raises(ValidationError, match="did you mean PARTIALLY_PAID"):
        filters.condition({"status": {"equalTo": "PARTIAL_PAID"}}, TODAY)


def nested(levels):
    return {"not": nested(levels - 1)} if levels else {}


def test_sixteen_levels_are_read_and_seventeen_refused():
    filters.condition(nested(16), TODAY)
    with pytest.raises(ValidationError, match="nested more than 16 deep"):
        filters.condition(nested(17), TODAY)


def test_one_condition_more_than_256_is_refused():
    several = [{"reference": {"equalTo": str(n)}} for n in range(127)]
    filters.condition({"or": several}, TODAY)
    with pytest.raises(ValidationError, match="256"):
        filters.condition({"or": several + several}, TODAY)
