"""Invoices brought into every state by typing, and all rows of the books to compare."""

from contextlib import contextmanager

ITEM = ("--item", "desc=Consulting,qty=2,price=50,unit=hour,tax=GST")  # 105.00 with GST
STATES = ("DRAFT", "AWAITING_PAYMENT", "PARTIALLY_PAID", "PAID", "VOIDED")


def open_shop(run):
    """Make a company with two customers, two taxes and an order of two shipments."""
    run.ok("config", "set", "company.name=Northwind", "company.email=billing@northwind.example")
    run.ok("tax", "add", "--code", "GST", "--rate", "0.05")
    run.ok("tax", "add", "--code", "QST", "--rate", "0.09975")
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--email", "ap@acme.example",
           "--term", "Net 30")  # fmt: skip
    run.ok("customer", "add", "--name", "Globex", "--key", "globex", "--term", "Net 10")
    run.ok("order", "add", "--customer", "acme", "--key", "SO-1", "--charge", "desc=Fuel,price=10")
    for key in ("S-1", "S-2"):
        run.ok(
            "shipment",
            "add",
            "--order",
            "SO-1",
            "--key",
            key,
            "--charge",
            f"desc=Freight {key},price=100",
        )
    return run


def draft(run, *words):
    """Make a draft and return its friendly id."""
    return run.ok("create", "--customer", "acme", *ITEM, *words)["friendlyId"]


def issued(run, *words):
    """Make an invoice of 105.00 that awaits payment, and return its number."""
    return run.ok("mark-awaiting", draft(run, *words))["friendlyId"]


def in_state(run, state):
    """Make an invoice in a state, and return what it is called."""
    if state == "DRAFT":
        return draft(run)
    name = issued(run)
    steps = {"PARTIALLY_PAID": ["pay", name, "--amount", "5"], "PAID": ["pay", name],
             "VOIDED": ["void", name, "--yes"]}  # fmt: skip
    if state in steps:
        run.ok(*steps[state])
    assert run.ok("get", name)["status"] == state
    return name


def everything(run):
    """Return every row there is, as text."""
    return run.everything()


@contextmanager
def nothing_changes(run):
    """Compare every row before and after."""
    before = everything(run)
    yield
    assert everything(run) == before


def books_are_in_order(run):
    """Have `check` prove the books."""
    ran = run("check")
    assert ran.exit_code == 0, ran.stdout + ran.stderr


def history(run, ref):
    """Return what was done to a record, verb by verb."""
    return [event["action"] for event in run.ok("activity", ref)["data"]]


def owed_on(run, day):
    """Return what was owed in all on a day, as aging tells it."""
    totals = run.ok("aging", "--as-of", day)["totals"]
    return sum(row["total"] for row in totals)
