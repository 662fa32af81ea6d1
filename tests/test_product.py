"""product add, list, get, update, delete, as they are typed."""

import pytest


@pytest.fixture
def web(run):
    """Add a product with everything a line can take from it, and somebody to bill."""
    run.ok("customer", "add", "--name", "Acme", "--currency", "CAD")
    run.ok("tax", "add", "--code", "GST", "--rate", "0.05")
    run.ok("tax", "add", "--code", "QST", "--rate", "0.09975")
    return run.ok(
        "product", "add", "--code", "WEB", "--name", "Web", "--key", "w", "--description",
        "Web Development", "--unit", "hour", "--unit-price", "150.125", "--currency", "cad",
        "--tax", "gst+QST", "--accounting-code", "4000", "--warehouse", "MTL",
    )  # fmt: skip


def test_every_field_can_be_typed(web):
    assert {name: web[name] for name in ("code", "name", "key", "description", "unit")} == {
        "code": "WEB", "name": "Web", "key": "w", "description": "Web Development", "unit": "hour",
    }  # fmt: skip
    assert (web["unitPrice"], web["currency"], web["tax"]) == (150.125, "CAD", "GST+QST")
    assert (web["accountingCode"], web["warehouse"]) == ("4000", "MTL")


def test_a_charge_with_its_code_takes_what_it_leaves_out(run, web):
    order = run.ok("order", "add", "--customer", "C-00001", "--charge", "sku=WEB,qty=2")
    (charge,) = order["charges"]
    told = {name: charge[name] for name in ("description", "unit", "unitPrice", "tax", "warehouse")}
    assert told == {
        "description": "Web Development", "unit": "hour", "unitPrice": 150.125, "tax": "GST+QST",
        "warehouse": "MTL",
    }  # fmt: skip
    assert (charge["itemId"], charge["productId"]) == ("WEB", web["id"])


def test_a_changed_product_leaves_charges_alone(run, web):
    run.ok("order", "add", "--customer", "C-00001", "--charge", "sku=WEB")
    run.ok("product", "update", "WEB", "--unit-price", "99", "--tax", "")
    (charge,) = run.ok("order", "get", "ORD-00001")["charges"]
    assert (charge["unitPrice"], charge["tax"]) == (150.125, "GST+QST")


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ([], 2, "missing option --code"),
        (["--code", "web"], 6, "code 'web' is taken by product PRD-00001"),
        (["--code", "X", "--key", "w"], 6, "key 'w' is taken by product PRD-00001"),
        (["--code", "X", "--tax", "VAT"], 5, "tax: no tax 'VAT'"),
        (["--code", "X", "--currency", "EUX"], 5, "is not an ISO 4217 currency code"),
        (["--code", "X", "--unit-price", "1,50"], 2, "unitPrice: is not a plain number"),
        (["--code", "X", "--unit-price", "1.1234567"], 5, "unitPrice: has more than 6 decimals"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_kept(run, web, typed, code, message):
    assert message in run.refused("product", "add", *typed, code=code)
    assert run.ok("product", "list")["data"] == [web]


def test_a_product_that_is_still_to_be_billed_is_not_deleted(run, web):
    run.ok("order", "add", "--customer", "C-00001", "--charge", "sku=WEB")
    message = run.refused("product", "delete", "WEB", code=6)
    assert message.endswith("a charge of order ORD-00001 that is not billed yet is of it")
    run.ok("create", "--order", "ORD-00001")
    assert run.refused("product", "delete", "WEB", code=6).endswith("draft DRAFT-00001 bills it")
    run.ok("mark-awaiting", "DRAFT-00001")
    assert run.ok("product", "delete", "WEB")["deletedAt"] is not None


def test_a_deleted_product_can_be_billed_no_more_but_again_as_a_copy(run, web):
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    create = ("create", "--customer", "acme", "--item")
    run.ok(*create, "product=WEB,qty=2,price=3", "--key", "before")
    run.ok("mark-awaiting", "before")
    run.ok("product", "delete", "WEB")
    charge = ("order", "add", "--customer", "acme", "--charge")
    for typed in ((*create, "product=WEB"), (*charge, "product=WEB")):
        assert run.refused(*typed, code=5).endswith("product 'WEB' was deleted")
    assert run.ok(*create, "sku=WEB,desc=Other,price=1")["lines"][0]["productId"] is None
    copy = run.ok("duplicate", "before")
    assert copy["amount"] == run.ok("get", "before")["amount"]
