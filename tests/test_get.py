"""get, payments, available-credits, activity, next-number: all there is to know of one invoice."""

import json
import re
from datetime import UTC, date, datetime

import pytest

from invoicectl.store import records
from invoicectl.store.db import Reader
from invoicectl.store.tables import Activity, Movement

FIELDS = """id friendlyId key orderId orderKey shipmentId shipmentKey customer status invoiceDate
    dueDate amount currency reference amountPaid amountOwed creditsApplied paymentTerm payments
    credits factorName factorJobId factorStatus qboId documentId documentUrl createdAt updatedAt
    type subtotal discountType discountValue discountAmount tax shipping total priceTaxInclusive
    taxRounding poNumber note templateId billingStartDate billingEndDate alternateIssueDate
    alternateDueDate alternateBillingStartDate alternateBillingEndDate overdue daysOverdue sentAt
    shareToken version customAttributes customObjects createdBy lastUpdatedBy deletedAt lines kpis
    documentSha256 discountTaken"""
INVOICE = FIELDS.split()
INSIDE = {
    "customer": "id key name friendlyId status phoneNumber website createdAt updatedAt deletedAt",
    "paymentTerm": """id name description days quickPayFee apOnly doNotUse createdAt updatedAt
        deletedAt""",
    "kpis": """outstanding overdue lastPaymentDate paymentApplied creditApplied creditIssued
        lastReactivatedOn lastCancelledOn lastAmendedOn voidedOn deletedOn""",
    "lines": """id position itemId productId description quantity unit unitPrice discount subtotal
        taxes tax total accountingCode warehouse pricingSnapshotId chargingStartDate chargingEndDate
        alternateChargingStartDate alternateChargingEndDate version""",
    "payments": "paymentGroupId amount paymentDate reference paymentMethodType",
    "credits": "creditMemoId creditMemoReference amount appliedAt",
}

BODY = {
    "customer": "ACME", "currency": "EUR", "key": "WEB", "paymentTerm": "2/10 net 30",
    "invoiceDate": "2026-01-05", "reference": "Ref", "poNumber": "PO-1", "note": "Thanks",
    "discountType": "percentage", "discountValue": 10, "shipping": 8.5,
    "customAttributes": [{"name": "region", "value": "west"}], "customObjects": [{"a": [1]}],
    "lines": [
        {"description": "Web", "quantity": 40, "unit": "hour", "unitPrice": 150, "tax": "GST+QST",
         "discount": "10%"},
        {"description": "Logo", "quantity": 1.5, "unitPrice": 33.333333},
    ],
}  # fmt: skip


@pytest.fixture
def books(run, tmp_path_factory):
    """A draft WEB of two lines with two taxes, and a customer."""
    run.filled("one_draft", tmp_path_factory.getbasetemp(), fill)
    return run


def fill(run):
    run.ok("customer", "add", "--name", "Acme", "--key", "ACME", "--phone", "+1 555")
    run.ok("tax", "add", "--code", "GST", "--name", "GST", "--rate", "0.05")
    run.ok("tax", "add", "--code", "QST", "--name", "QST", "--rate", "0.09975")
    made = run("create", "--from", "-", "--json", stdin=json.dumps(BODY))
    assert made.exit_code == 0, made.stderr


def test_every_field_is_always_there(books):
    invoice = books.ok("get", "WEB")
    assert set(INVOICE) <= set(invoice)
    for name in ("customer", "paymentTerm", "kpis"):
        assert set(invoice[name]) == set(INSIDE[name].split())
    assert set(invoice["lines"][0]) == set(INSIDE["lines"].split())
    assert set(invoice["lines"][0]["taxes"][0]) == {"id", "code", "rate", "amount"}


def test_the_seed_s_fields_come_first_and_in_its_order(books):
    names = list(books.ok("get", "WEB"))
    assert [name for name in names if name in INVOICE[:28]] == INVOICE[:28]


def test_what_was_given_is_shown(books):
    invoice = books.ok("get", "WEB")
    given = {name: invoice[name] for name in ("key", "reference", "poNumber", "note", "currency")}
    assert given == {name: BODY[name] for name in given}
    assert invoice["customAttributes"] == BODY["customAttributes"]
    assert invoice["customObjects"] == BODY["customObjects"]
    assert invoice["customer"]["phoneNumber"] == "+1 555"
    assert (invoice["paymentTerm"]["name"], invoice["paymentTerm"]["days"]) == ("2/10 net 30", 30)
    assert (invoice["discountType"], invoice["discountValue"]) == ("percentage", 10)
    assert (invoice["createdBy"], invoice["version"]) == ("tester", 1)


def test_amounts_have_the_decimals_of_their_currency_and_prices_their_own(books):
    text = books("get", "WEB", "--json").stdout
    for field in ("amount", "subtotal", "tax", "shipping", "amountPaid", "outstanding", "discount"):
        assert re.search(rf'"{field}": -?\d+\.\d\d[,\n]', text), field
    assert '"unitPrice": 33.333333' in text
    assert '"quantity": 40,' in text
    assert '"rate": 0.09975' in text


def test_totals_add_up_from_the_lines(books):
    invoice = books.ok("get", "WEB")
    cents = {name: round(invoice[name] * 100) for name in
             ("subtotal", "discountAmount", "tax", "shipping", "total")}  # fmt: skip
    lines = invoice["lines"]
    assert invoice["amount"] == invoice["total"]
    assert cents["subtotal"] == sum(round(line["subtotal"] * 100) for line in lines)
    assert cents["total"] == sum(round(line["total"] * 100) for line in lines) + cents["shipping"]
    shares = [tax["amount"] for line in lines for tax in line["taxes"]]
    assert cents["tax"] == sum(round(share * 100) for share in shares)
    assert lines[0]["discount"] == 600.00


def test_a_draft_owes_nothing(books):
    draft = books.ok("get", "WEB")
    assert (draft["friendlyId"], draft["status"], draft["amountOwed"]) == (
        "DRAFT-00001",
        "DRAFT",
        0,
    )
    assert (draft["overdue"], draft["daysOverdue"], draft["kpis"]["outstanding"]) == (False, 0, 0)


def test_any_of_its_names_finds_it(books):
    issued = books.ok("mark-awaiting", "WEB")
    for ref in ("WEB", issued["id"], issued["id"].upper(), "inv-00001", "DRAFT-00001"):
        assert books.ok("get", ref)["id"] == issued["id"]


def test_days_overdue_are_counted_from_the_due_date(books):
    books.ok("mark-awaiting", "WEB")
    due = books.ok("get", "WEB", today="2026-02-04")
    assert (due["dueDate"], due["overdue"], due["daysOverdue"]) == ("2026-02-04", False, 0)
    late = books.ok("get", "WEB", today="2026-02-06")
    assert (late["overdue"], late["daysOverdue"]) == (True, 2)
    assert late["kpis"]["overdue"] == late["amountOwed"] == late["kpis"]["outstanding"] > 0


def test_payments_that_stand_are_shown(books):
    books.ok("mark-awaiting", "WEB")
    words = ("--method", "check", "--reference", "no 7", "--date", "2026-01-20")
    payment = books.ok("pay", "WEB", "--amount", "100.00", *words)
    gone = books.ok("pay", "WEB", "--amount", "50")
    books.ok("payment", "delete", gone["friendlyId"], "--yes")
    invoice = books.ok("get", "WEB")
    (shown,) = invoice["payments"]
    assert set(INSIDE["payments"].split()) <= set(shown)
    assert shown | {
        "paymentGroupId": payment["id"], "amount": 100.00, "paymentDate": "2026-01-20",
        "reference": "no 7", "paymentMethodType": "check", "appliedAt": "2026-01-20",
    } == shown  # fmt: skip
    assert (invoice["amountPaid"], invoice["kpis"]["paymentApplied"]) == (100.00, 100.00)
    assert invoice["kpis"]["lastPaymentDate"] == "2026-01-20"
    (listed,) = books.ok("payments", "WEB")["data"]
    assert listed == shown | {"currency": "EUR"}


def test_a_discount_taken_belongs_to_its_application(books):
    total = books.ok("mark-awaiting", "WEB")["amount"]
    payment = books.ok("pay", "WEB", "--date", "2026-01-15")
    invoice = books.ok("get", "WEB")
    (application,) = books.ok("payment", "get", payment["id"])["applications"]
    assert (invoice["status"], invoice["amountOwed"]) == ("PAID", 0)
    assert invoice["discountTaken"] == application["discountTaken"] > 0
    assert round(application["amount"] + application["discountTaken"], 2) == total
    assert (application["invoice"], application["appliedAt"]) == ("INV-00001", "2026-01-15")


def test_credits_that_stand_are_shown(books):
    books.ok("mark-awaiting", "WEB")
    words = ("credit", "create", "--customer", "ACME", "--currency", "EUR", "--amount")
    named = books.ok(*words, "30", "--reference", "goodwill")
    nameless = books.ok(*words, "20")
    for memo, amount in ((named, 10), (nameless, 20)):
        books.ok("credit", "apply", memo["friendlyId"], "WEB", "--amount", amount)
    invoice = books.ok("get", "WEB")
    first, second = invoice["credits"]
    assert set(INSIDE["credits"].split()) <= set(first)
    assert (first["creditMemoId"], first["amount"]) == (named["id"], 10.00)
    assert first["creditMemoReference"] == "goodwill"
    assert second["creditMemoReference"] == nameless["friendlyId"] == "CM-00002"
    assert (invoice["creditsApplied"], invoice["kpis"]["creditApplied"]) == (30.00, 30.00)
    memo = books.ok("credit", "get", "CM-00001")
    assert (memo["remaining"], memo["applications"][0]["invoice"]) == (20.00, "INV-00001")


def test_available_credits_are_the_customer_s_in_the_currency_with_a_rest(books):
    books.ok("mark-awaiting", "WEB")
    books.ok("customer", "add", "--name", "Other", "--key", "OTHER")
    for customer, currency in (("ACME", "EUR"), ("ACME", "USD"), ("OTHER", "EUR"), ("ACME", "EUR")):
        words = ("--customer", customer, "--currency", currency, "--amount", "30")
        books.ok("credit", "create", *words)
    books.ok("credit", "apply", "CM-00001", "WEB")
    available = books.ok("available-credits", "WEB")["data"]
    assert [memo["friendlyId"] for memo in available] == ["CM-00004"]
    assert available[0]["remaining"] == 30.00


def test_a_credit_note_is_issued_credit(books):
    books.ok("mark-awaiting", "WEB")
    note = books.ok("credit-note", "WEB", "--amount", "25")
    assert (note["invoice"], note["remaining"]) == ("INV-00001", 25.00)
    assert books.ok("get", "WEB")["kpis"]["creditIssued"] == 25.00


def test_voiding_dates_the_key_figure(books):
    books.ok("mark-awaiting", "WEB")
    books.ok("void", "WEB", "--yes", "--date", "2026-01-20")
    invoice = books.ok("get", "WEB")
    assert (invoice["status"], invoice["amountOwed"]) == ("VOIDED", 0)
    assert invoice["kpis"]["voidedOn"] == "2026-01-20"


def test_what_was_taken_back_and_done_again_dates_the_key_figures(books):
    books.ok("mark-awaiting", "WEB")
    with books.store.write() as session:
        for kind, day in (("unissue", 7), ("issue", 5)):
            session.add(movement(kind, date(2026, 1, day), made_on=20 + day))
            session.flush()
        for n, (action, day) in enumerate([("update", 8), ("update", 9), ("restore", 4)]):
            session.add(activity(action, day, n))
    figures = books.ok("get", "WEB")["kpis"]
    assert figures["lastCancelledOn"] == "2026-01-07"
    assert figures["lastReactivatedOn"] == "2026-01-25"
    assert figures["lastAmendedOn"] == "2026-01-09"


def movement(kind, day, *, made_on):
    return Movement(
        entry_date=day, kind=kind, customer_id=1, invoice_id=1, currency="EUR",
        created_at=datetime(2026, 1, made_on, tzinfo=UTC), created_by="x",
    )  # fmt: skip


def activity(action, day, n):
    at = datetime(2026, 1, day, tzinfo=UTC)
    return Activity(at=at, by="x", kind="invoice", record_id=1, action=action, hash=str(n))


# Several at once.


def test_several_come_as_a_list_in_the_order_asked_for(books):
    other = books.ok("create", "--customer", "ACME", "--item", "desc=x,qty=1,price=5")
    answer = books.ok("get", other["id"], "WEB", other["friendlyId"])
    assert [row["friendlyId"] for row in answer["data"]] == [
        "DRAFT-00002",
        "DRAFT-00001",
        "DRAFT-00002",
    ]


def test_standard_input_always_makes_a_list(books):
    answer = books.ok("get", "-", stdin="WEB\n\n")
    assert [row["key"] for row in answer["data"]] == ["WEB"]


def test_one_that_is_missing_is_not_found(books):
    assert books.refused("get", "NOPE", code=4) == "no invoice 'NOPE'"


def test_a_missing_one_of_several_is_named_and_the_others_are_shown(books):
    answer = books("get", "WEB", "NOPE", "--json")
    assert (answer.exit_code, answer.error["error"]) == (3, "partial")
    assert [row["key"] for row in answer.json["data"]] == ["WEB"]
    assert "'NOPE'" in answer.error["message"]


@pytest.mark.parametrize("command", ["payments", "available-credits", "activity"])
def test_what_belongs_to_no_invoice_is_not_found(books, command):
    assert books(command, "NOPE").exit_code == 4


# Activity and numbers.


def test_activity_tells_what_when_and_by_whom(books):
    books.ok("mark-awaiting", "WEB")
    rows = books.ok("activity", "WEB")["data"]
    assert [row["action"] for row in rows] == ["create", "mark-awaiting"]
    assert {row["by"] for row in rows} == {"tester"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["at"]) for row in rows)
    assert rows[1]["detail"]["number"] == "INV-00001"
    assert rows[1]["kind"] == "invoice"


@pytest.mark.parametrize(
    ("ref", "kind"), [("ACME", "customer"), ("gst", "tax"), ("TRM-00001", "term")]
)
def test_every_kind_of_record_has_an_activity(books, ref, kind):
    rows = books.ok("activity", ref)["data"]
    assert {row["kind"] for row in rows} <= {kind}


def test_the_next_number_is_told_and_not_taken(books):
    assert books.ok("next-number") == {"nextNumber": "INV-00001"}
    assert books.ok("next-number") == {"nextNumber": "INV-00001"}
    assert books.ok("mark-awaiting", "WEB")["friendlyId"] == "INV-00001"
    assert books.ok("next-number") == {"nextNumber": "INV-00002"}


# How it is read.


@pytest.mark.sqlite
def test_looking_up_takes_as_many_statements_for_many_as_for_one(books):
    books.ok("mark-awaiting", "WEB")
    for _ in range(3):
        books.ok("create", "--customer", "ACME", "--item", "desc=x,qty=1,price=5")
    functions = [("invoices", 4), ("customers", 1), ("terms", 1), ("taxes", 2)]
    with books.store.read() as reader:
        for name, most in functions:
            assert _statements(reader, name, [1]) == _statements(
                reader, name, list(range(1, most + 1))
            )


def _statements(reader: Reader, name: str, ids: list[int]) -> int:
    made: list[str] = []
    reader.connection.set_trace_callback(made.append)
    rest = [date(2026, 1, 31)] if name == "invoices" else []
    getattr(records, name)(reader, ids, *rest)
    reader.connection.set_trace_callback(None)
    return len(made)


@pytest.mark.sqlite
def test_a_look_up_writes_nothing(books):
    before = books.db.read_bytes()
    books.ok("get", "WEB")
    books.ok("filter", "--unpaid")
    books.ok("next-number")
    assert books.db.read_bytes() == before
