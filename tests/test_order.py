"""order add, list, get, update, delete, as they are typed; and the drafts that follow."""

import json

import pytest

FREIGHT = "desc=Freight,qty=2,price=100.50,tax=GST"
WAITING = "desc=Waiting,qty=1,price=40"


@pytest.fixture
def order(run):
    """Add an order with two charges of its own."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--currency", "CAD")
    run.ok("tax", "add", "--code", "GST", "--rate", "0.05")
    return run.ok(
        "order", "add", "--customer", "acme", "--key", "O1", "--po-number", "PO-7",
        "--charge", FREIGHT, "--charge", WAITING,
    )  # fmt: skip


def descriptions(record, name="lines"):
    return [each["description"] for each in record[name]]


def test_an_order_is_of_today_in_its_customers_currency(order):
    assert (order["friendlyId"], order["key"], order["poNumber"]) == ("ORD-00001", "O1", "PO-7")
    assert (order["orderDate"], order["currency"], order["status"]) == ("2026-01-31", "CAD", "OPEN")
    assert order["customer"]["name"] == "Acme"


def test_a_charge_has_all_that_was_typed(run, order):
    typed = (
        r"desc=Oil\, crude,qty=1.5,price=10,unit=bbl,discount=10%,sku=OIL,"
        "accountingCode=4,warehouse=W"
    )
    (charge,) = run.ok("order", "add", "--customer", "acme", "--charge", typed)["charges"]
    told = {
        "description": "Oil, crude", "quantity": 1.5, "unitPrice": 10, "unit": "bbl",
        "discount": "10%", "itemId": "OIL", "accountingCode": "4", "warehouse": "W", "tax": None,
        "invoiceId": None,
    }  # fmt: skip
    assert {name: charge[name] for name in told} == told


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ([], 2, "missing option --customer"),
        (["--customer", "nobody"], 4, "no customer 'nobody'"),
        (["--customer", "acme", "--key", "O1"], 6, "key 'O1' is taken by order ORD-00001"),
        (["--customer", "acme", "--currency", "XX"], 5, "currency: is not an ISO 4217"),
        (["--customer", "acme", "--order-date", "31/01/2026"], 2, "orderDate: is not a date"),
        (["--customer", "acme", "--charge", "Freight"], 2, "'Freight' is not NAME=VALUE"),
        (["--customer", "acme", "--charge", "desc=X"], 5, "charges[0].unitPrice: is missing"),
        (["--customer", "acme", "--charge", "price=1"], 5, "charges[0].description: is missing"),
        (["--customer", "acme", "--charge", "desc=X,price=1,tax=VAT"], 5, "no tax 'VAT'"),
        (["--customer", "acme", "--charge", "desc=X,price=1,colour=red"], 5, "charges[0].colour"),
        (
            ["--customer", "acme", "--charge", "desc=X,price=1,discount=120%"],
            5,
            "charges[0].discount",
        ),
        (
            ["--customer", "acme", "--charge", "desc=X,price=1,pricingSnapshotId=7"],
            5,
            "is a field of an invoice's lines, not of charges",
        ),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_kept(run, order, typed, code, message):
    assert message in run.refused("order", "add", *typed, code=code)
    assert run.ok("order", "list")["data"] == [order]


def test_an_unknown_customer_of_a_body_is_not_acceptable(run, order):
    body = json.dumps({"customer": "nobody"})
    message = run.refused("order", "add", "--from", "-", code=5, stdin=body)
    assert message == "customer: no customer 'nobody'"


def test_a_body_has_its_shipments_with_it(run, order):
    body = {
        "key": "O2", "customer": "acme", "orderDate": "2026-01-02",
        "charges": [{"description": "Base", "quantity": 1, "unitPrice": 5}],
        "shipments": [
            {"key": "S1", "deliveredOn": "2026-01-03",
             "charges": [{"description": "Leg", "quantity": 1, "unitPrice": 7}]},
            {"charges": []},
        ],
    }  # fmt: skip
    added = run.ok("order", "add", "--from", "-", stdin=json.dumps(body))
    assert added["status"] == "DELIVERED"
    assert [(each["key"], each["status"]) for each in added["shipments"]] == [
        ("S1", "DELIVERED"), (None, "OPEN"),
    ]  # fmt: skip
    assert descriptions(run.ok("create", "--order", "O2")) == ["Base", "Leg"]


def test_a_bad_shipment_keeps_the_whole_order_out(run, order):
    body = {"customer": "acme", "shipments": [{"key": "S1"}, {"key": "S2", "deliveredOn": "soon"}]}
    message = run.refused("order", "add", "--from", "-", code=5, stdin=json.dumps(body))
    assert message.startswith("shipments[1].deliveredOn: ")
    assert run.ok("shipment", "list")["data"] == []


def test_a_shipment_of_another_order_is_refused(run, order):
    run.ok("shipment", "add", "--order", "O1", "--key", "S1")
    body = {"customer": "acme", "shipments": [{"key": "S1"}]}
    message = run.refused("order", "add", "--from", "-", code=6, stdin=json.dumps(body))
    assert message == "shipment 'S1' is of another order"


def test_what_was_shown_can_be_read_back(run, order):
    run.ok("shipment", "add", "--order", "O1", "--charge", "desc=Leg,price=7")
    run.ok("create", "--order", "O1")
    shown = run.ok("order", "get", "O1")
    assert run.ok("order", "update", "O1", "--from", "-", stdin=json.dumps(shown)) == shown


def test_charges_are_replaced(run, order):
    updated = run.ok("order", "update", "O1", "--charge", WAITING, "--charge", "desc=Toll,price=9")
    assert descriptions(updated, "charges") == ["Waiting", "Toll"]
    assert updated["version"] == 2


def test_an_empty_charge_takes_all_of_them_away(run, order):
    assert run.ok("order", "update", "O1", "--charge", "")["charges"] == []


def test_a_charge_is_added_after_the_others(run, order):
    updated = run.ok("order", "update", "O1", "--add-charge", "desc=Toll,price=9")
    assert descriptions(updated, "charges") == ["Freight", "Waiting", "Toll"]
    assert updated["charges"][:2] == order["charges"]


def test_the_same_charges_change_nothing(run, order):
    assert run.ok("order", "update", "O1", "--charge", FREIGHT, "--charge", WAITING) == order
    assert len(run.ok("activity", "O1")["data"]) == 1


def test_the_history_tells_the_charges(run, order):
    run.ok("order", "update", "O1", "--charge", WAITING)
    line = run.ok("activity", "O1")["data"][-1]
    assert (line["action"], line["detail"]) == ("update", {"charges": ["1 x 40 Waiting"]})


def test_a_draft_follows_its_orders_charges(run, order):
    draft = run.ok("create", "--order", "O1", "--item", "desc=Extra,price=10", "--discount", "10%")
    assert draft["amount"] == 234.95  # 251 less 10 %, and 5 % on 180.90
    run.ok("order", "update", "O1", "--charge", FREIGHT, "--charge", "desc=Toll,price=9")
    followed = run.ok("get", draft["id"])
    assert descriptions(followed) == ["Freight", "Toll", "Extra"]
    assert (followed["subtotal"], followed["discountAmount"]) == (220.00, 22.00)
    assert (followed["tax"], followed["amount"]) == (9.05, 207.05)
    assert followed["version"] == draft["version"] + 1
    assert followed["lines"][0]["id"] == draft["lines"][0]["id"]


def test_following_is_in_the_drafts_history(run, order):
    run.ok("create", "--order", "O1")
    run.ok("order", "update", "O1", "--add-charge", "desc=Toll,price=9")
    line = run.ok("activity", "DRAFT-00001")["data"][-1]
    assert (line["action"], line["detail"]) == ("follow", {"was": "251.05", "amount": "260.05"})


def test_what_is_added_to_a_draft_is_billed_by_it_and_issued_with_it(run, order):
    draft = run.ok("create", "--order", "O1")
    updated = run.ok("order", "update", "O1", "--add-charge", "desc=Toll,price=9")
    assert {each["invoiceId"] for each in updated["charges"]} == {draft["id"]}
    assert run.ok("mark-awaiting", draft["id"])["amount"] == 260.05
    assert "nothing to bill" in run.refused("create", "--order", "O1", code=6)


def test_a_draft_may_not_be_left_without_lines(run, order):
    draft = run.ok("create", "--order", "O1")
    message = run.refused("order", "update", "O1", "--charge", "", code=6)
    assert message == "draft DRAFT-00001 would be left without lines"
    assert run.ok("get", draft["id"]) == draft
    assert descriptions(run.ok("order", "get", "O1"), "charges") == ["Freight", "Waiting"]


def test_a_draft_may_not_come_to_less_than_nothing(run, order):
    draft = run.ok("create", "--order", "O1")
    message = run.refused("order", "update", "O1", "--charge", "desc=Back,price=-1", code=5)
    assert message == "total: is below 0: -1.00 CAD"
    assert run.ok("get", draft["id"]) == draft


@pytest.fixture
def issued(run, order):
    """Issue an invoice of the order's charges."""
    return run.ok("mark-awaiting", run.ok("create", "--order", "O1")["id"])


@pytest.mark.parametrize(
    "charges", [[FREIGHT], [""], [WAITING, WAITING], [FREIGHT, "desc=Waiting,qty=1,price=41"]]
)
def test_a_charge_that_was_billed_stays_as_it_is(run, issued, charges):
    typed = [word for charge in charges for word in ("--charge", charge)]
    ran = run("order", "update", "O1", *typed, "--json")
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.error["message"].endswith("is billed by invoice INV-00001 and stays as it is")
    assert "credit-note INV-00001" in ran.error["hint"]
    assert run.ok("get", "INV-00001") == issued


def test_beside_a_charge_that_was_billed_others_come_and_go(run, issued):
    run.ok("order", "update", "O1", "--add-charge", "desc=Toll,price=9")
    typed = ["--charge", WAITING, "--charge", "desc=Night,price=8", "--charge", FREIGHT]
    updated = run.ok("order", "update", "O1", *typed)
    assert descriptions(updated, "charges") == ["Waiting", "Night", "Freight"]
    assert run.ok("get", "INV-00001")["lines"] == issued["lines"]
    assert descriptions(run.ok("create", "--order", "O1")) == ["Night"]


def test_after_a_void_charges_are_free_again(run, issued):
    run.ok("void", "INV-00001", "--yes")
    assert run.ok("order", "update", "O1", "--charge", "desc=Toll,price=9")["status"] == "OPEN"
    assert descriptions(run.ok("get", "INV-00001")) == ["Freight", "Waiting"]
    assert descriptions(run.ok("create", "--order", "O1")) == ["Toll"]


def test_what_is_invoiced_keeps_its_customer_and_currency(run, issued):
    run.ok("customer", "add", "--name", "Globex", "--key", "globex")
    for typed in (["--currency", "USD"], ["--customer", "globex"]):
        message = run.refused("order", "update", "O1", *typed, code=6)
        assert message.endswith("of order ORD-00001 stays: invoice INV-00001 bills it")
    assert (
        run.ok("order", "update", "O1", "--currency", "CAD", "--customer", "acme")["version"] == 1
    )


def test_what_is_not_invoiced_may_change_hands(run, order):
    run.ok("customer", "add", "--name", "Globex", "--key", "globex")
    updated = run.ok("order", "update", "O1", "--customer", "globex", "--currency", "USD")
    assert (updated["customer"]["name"], updated["currency"]) == ("Globex", "USD")
    detail = run.ok("activity", "O1")["data"][-1]["detail"]
    assert detail == {"customer": ["C-00001", "C-00002"], "currency": ["CAD", "USD"]}


def test_a_currency_that_a_discount_does_not_fit_is_refused(run, order):
    run.ok("order", "update", "O1", "--charge", "desc=X,price=10,discount=1.50")
    message = run.refused("order", "update", "O1", "--currency", "JPY", code=5)
    assert message == "currency: does not fit a charge: its discount has decimals; JPY has none"


def test_an_invoiced_order_is_not_deleted(run, order):
    run.ok("create", "--order", "O1")
    message = run.refused("order", "delete", "O1", code=6)
    assert message == "cannot delete order ORD-00001: invoice DRAFT-00001 bills it"


def test_a_deleted_order_takes_its_shipments_along(run, order):
    run.ok("shipment", "add", "--order", "O1", "--key", "S1")
    run.ok("order", "delete", "O1")
    assert run.ok("order", "list")["data"] == run.ok("shipment", "list")["data"] == []
    run.refused("create", "--order", "O1", code=6)
    run.refused("shipment", "add", "--order", "O1", code=6)


def test_a_dry_run_changes_neither_order_nor_draft(run, order):
    draft = run.ok("create", "--order", "O1")
    tried = run.ok("order", "update", "O1", "--charge", "desc=Toll,price=9", "--dry-run")
    assert descriptions(tried, "charges") == ["Toll"]
    assert run.ok("get", draft["id"]) == draft


def test_orders_are_listed_by_customer(run, order):
    run.ok("customer", "add", "--name", "Globex", "--key", "globex")
    run.ok("order", "add", "--customer", "globex", "--key", "G1")
    found = run.ok("order", "list", "--customer", "globex")["data"]
    assert [each["key"] for each in found] == ["G1"]
