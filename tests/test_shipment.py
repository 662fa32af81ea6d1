"""shipment add, list, get, update, delete, as they are typed; and the draft that follows."""

import json

import pytest


@pytest.fixture
def shipment(run):
    """Add an order with a charge of its own, and a shipment of it."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--currency", "EUR")
    run.ok("order", "add", "--customer", "acme", "--key", "O1", "--charge", "desc=Base,price=5")
    return run.ok(
        "shipment", "add", "--order", "O1", "--key", "S1", "--delivered-on", "2026-01-15",
        "--charge", "desc=Leg,qty=2,price=10",
    )  # fmt: skip


def descriptions(record, name="lines"):
    return [each["description"] for each in record[name]]


def test_a_shipment_knows_its_order_and_customer(shipment):
    assert (shipment["friendlyId"], shipment["key"], shipment["orderKey"]) == (
        "SHP-00001",
        "S1",
        "O1",
    )
    assert (shipment["customer"]["name"], shipment["currency"]) == ("Acme", "EUR")
    assert (shipment["deliveredOn"], shipment["status"]) == ("2026-01-15", "DELIVERED")


def test_the_order_follows_a_delivery(run, shipment):
    assert run.ok("order", "get", "O1")["status"] == "DELIVERED"
    assert run.ok("shipment", "update", "S1", "--delivered-on", "")["status"] == "OPEN"
    assert run.ok("order", "get", "O1")["status"] == "OPEN"


def test_once_it_is_billed_a_shipment_is_invoiced(run, shipment):
    invoice = run.ok("create", "--shipment", "S1")
    billed = run.ok("shipment", "get", "S1")
    assert (billed["status"], billed["invoiceId"]) == ("INVOICED", invoice["id"])
    run.ok("void", invoice["id"], "--yes")
    assert run.ok("shipment", "get", "S1")["status"] == "DELIVERED"


@pytest.mark.parametrize(
    ("typed", "code", "message"),
    [
        ([], 2, "missing option --order"),
        (["--order", "O9"], 4, "no order 'O9'"),
        (["--order", "O1", "--key", "S1"], 6, "key 'S1' is taken by shipment SHP-00001"),
        (["--order", "O1", "--key", "ORD-00005"], 6, "reads as a friendly id"),
        (["--order", "O1", "--delivered-on", "soon"], 2, "deliveredOn: is not a date"),
        (["--order", "O1", "--charge", "desc=X,price=a"], 2, "charges[0].price: is not"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_kept(run, shipment, typed, code, message):
    assert message in run.refused("shipment", "add", *typed, code=code)
    assert run.ok("shipment", "list")["data"] == [shipment]


def test_a_shipments_invoice_follows_its_charges_alone(run, shipment):
    draft = run.ok("create", "--shipment", "S1")
    run.ok("order", "update", "O1", "--charge", "desc=Base,price=6")
    assert run.ok("get", draft["id"]) == draft
    run.ok("shipment", "update", "S1", "--charge", "desc=Leg,qty=3,price=10")
    followed = run.ok("get", draft["id"])
    assert (followed["amount"], descriptions(followed)) == (30.00, ["Leg"])


def test_an_orders_invoice_follows_the_charges_of_its_shipments(run, shipment):
    draft = run.ok("create", "--order", "O1")
    run.ok("shipment", "update", "S1", "--add-charge", "desc=Lift,price=1")
    run.ok("order", "update", "O1", "--add-charge", "desc=Fee,price=2")
    assert descriptions(run.ok("get", draft["id"])) == ["Base", "Fee", "Leg", "Lift"]


def test_a_charge_that_was_billed_stays_as_it_is(run, shipment):
    run.ok("mark-awaiting", run.ok("create", "--shipment", "S1")["id"])
    message = run.refused("shipment", "update", "S1", "--charge", "desc=Leg,price=1", code=6)
    assert message == "charge 'Leg' is billed by invoice INV-00001 and stays as it is"
    assert run.ok("shipment", "get", "S1")["charges"][0]["quantity"] == 2


def test_a_shipment_stays_with_its_order(run, shipment):
    run.ok("order", "add", "--customer", "acme", "--key", "O2")
    body = json.dumps({"order": "O2"})
    message = run.refused("shipment", "update", "S1", "--from", "-", code=6, stdin=body)
    assert message == "shipment SHP-00001 is of another order"


def test_what_was_shown_can_be_read_back(run, shipment):
    run.ok("create", "--shipment", "S1")
    shown = run.ok("shipment", "get", "S1")
    assert run.ok("shipment", "update", "S1", "--from", "-", stdin=json.dumps(shown)) == shown


def test_an_invoiced_shipment_is_not_deleted(run, shipment):
    run.ok("create", "--order", "O1")
    message = run.refused("shipment", "delete", "S1", code=6)
    assert message == "cannot delete shipment SHP-00001: invoice DRAFT-00001 bills it"


def test_the_charges_of_a_deleted_shipment_are_not_billed(run, shipment):
    run.ok("shipment", "delete", "S1")
    assert run.ok("order", "get", "O1")["status"] == "OPEN"
    assert descriptions(run.ok("create", "--order", "O1")) == ["Base"]
    run.refused("create", "--shipment", "S1", code=6)


def test_a_version_that_was_changed_by_somebody_else_is_refused(run, shipment):
    run.ok("shipment", "update", "S1", "--add-charge", "desc=Lift,price=1", "--if-version", "1")
    message = run.refused("shipment", "update", "S1", "--charge", "", "--if-version", "1", code=6)
    assert message == "shipment SHP-00001 is at version 2, not 1"
    assert descriptions(run.ok("shipment", "get", "S1"), "charges") == ["Leg", "Lift"]
