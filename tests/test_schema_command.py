"""`schema` says what goes in and comes out, and every command is held to it."""

import json
import re
import shlex
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from invoicectl.service import schemas
from invoicectl.service.imports.layouts import LAYOUTS
from invoicectl.service.invoice_fields import ALIASES
from invoicectl.store.filters import FIELDS
from tests.test_examples import ALL

NAMES = [each["name"] for each in schemas.names()]

A_LINE = (
    "--customer C-00001 --item desc=A,qty=3,price=100,tax=GST+QST --shipping 5 --shipping-tax GST"
)

# What each command answers with: the schema, and a command line whose answer says a good deal.
ANSWERS = {
    "create": ("invoice", f"create {A_LINE} --discount 10% --due-date 2026-05-01"),
    "update": ("invoice", "update INV-00001 --reference PO-88"),
    "duplicate": ("invoice", "duplicate INV-00001"),
    "delete": ("invoice", "delete DRAFT-00001"),
    "mark-awaiting": ("invoice", "mark-awaiting DRAFT-00001"),
    "publish": ("invoice", "publish DRAFT-00001"),
    "unpublish": ("invoice", "unpublish INV-00001"),
    "pdf": ("invoice", "pdf INV-00001"),
    "send": ("sent", "send INV-00001"),
    "mark-sent": ("invoice", "mark-sent INV-00001"),
    "void": ("invoice", "void INV-00001 --yes"),
    "batch": ("result", "batch mark-awaiting DRAFT-00001"),
    "batch-generate": ("generated", "batch-generate --all --send"),
    "trash list": ("invoices", "trash list"),
    "trash restore": ("invoice", "delete DRAFT-00001", "trash restore DRAFT-00001"),
    "trash purge": ("invoice", "delete DRAFT-00001", "trash purge DRAFT-00001 --yes"),
    "pay": ("payment", "pay INV-00001 --amount 20"),
    "mark-paid": ("invoice", "mark-paid INV-00001"),
    "payments": ("invoice-payments", "pay INV-00001 --amount 20", "payments INV-00001"),
    "payment record": ("payment", "payment record --customer globex --amount 9 --auto"),
    "payment list": ("payments", "payment list"),
    "payment get": ("payment", "payment get PAY-00001"),
    "payment apply": ("payment", "payment apply PAY-00001 INV-00001"),
    "payment unapply": (
        "payment", "payment apply PAY-00001 INV-00001", "payment unapply PAY-00001",
    ),
    "payment delete": ("payment", "payment delete PAY-00001 --yes"),
    "credit-note": ("credit", "credit-note INV-00001 --line 1=2 --apply"),
    "credit create": ("credit", "credit create --customer globex --amount 9"),
    "credit list": ("credits", "credit list"),
    "credit get": ("credit", "credit get CM-00001"),
    "credit apply": ("credit", "credit apply CM-00001 INV-00001"),
    "credit unapply": ("credit", "credit apply CM-00001 INV-00001", "credit unapply CM-00001"),
    "credit void": ("credit", "credit void CM-00001 --yes"),
    "filter": ("invoices", "filter --totals"),
    "get": ("invoice", "pay INV-00001", "get INV-00001"),
    "aging": ("aging", "aging --detail"),
    "export": ("invoices", "export"),
    "activity": ("activities", "activity INV-00001"),
    "available-credits": ("credits", "available-credits INV-00001"),
    "next-number": ("next-number", "next-number"),
    "customer add": ("customer", "customer add --name Initech"),
    "customer list": ("customers", "customer list"),
    "customer get": ("customer", "customer get C-00001"),
    "customer update": ("customer", "customer update C-00001 --phone 123"),
    "customer delete": ("customer", "customer add --name Initech", "customer delete C-00003"),
    "order add": ("order", "order add --customer globex --charge desc=Rent,price=9"),
    "order list": ("orders", "order list"),
    "order get": ("order", "create --order ORD-00001", "order get ORD-00001"),
    "order update": ("order", "order update ORD-00001 --po-number 1"),
    "order delete": ("order", "order delete ORD-00001"),
    "shipment add": ("shipment", "shipment add --order ORD-00001 --charge desc=Rent,price=9"),
    "shipment list": ("shipments", "shipment list"),
    "shipment get": ("shipment", "create --shipment SHP-00001", "shipment get SHP-00001"),
    "shipment update": ("shipment", "shipment update SHP-00001 --delivered-on 2026-01-02"),
    "shipment delete": ("shipment", "shipment delete SHP-00001"),
    "product add": ("product", "product add --code X --unit-price 9.5"),
    "product list": ("products", "product list"),
    "product get": ("product", "product get WEB"),
    "product update": ("product", "product update WEB --unit day"),
    "product delete": ("product", "product delete WEB"),
    "term add": ("term", "term add --name 'EOM+10' --quick-pay-fee 0.05"),
    "term list": ("terms", "term list"),
    "term get": ("term", "term get 'Net 30'"),
    "term update": ("term", "term update 'Net 30' --do-not-use"),
    "term delete": ("term", "term delete 'Early bird'"),
    "tax add": ("tax", "tax add --code VAT --rate 0.19"),
    "tax list": ("taxes", "tax list"),
    "tax get": ("tax", "tax get GST"),
    "tax update": ("tax", "tax update GST --rate 0.06"),
    "tax delete": ("tax", "tax add --code VAT --rate 0.19", "tax delete VAT"),
    "import": ("imported", "import customers customers.csv"),
    "init": ("setup", "init --phone 123"),
    "config list": ("settings", "config list"),
    "config get": ("setting", "config get company.name"),
    "config path": ("config-path", "config path"),
    "config profiles": ["profiles", "config profiles"],
    "config edit": ("config-path", "config edit"),
    "templates list": ("templates", "templates list"),
    "templates eject": ("ejected", "templates eject own"),
    "templates preview": ("preview", "templates preview"),
    "check": ("checked", "check"),
    "backup": ("backup", "backup copy.db"),
    "copy-to": ("copied", "", "copy-to other.db"),
    "restore": ("restored", "backup copy.db", "restore copy.db --yes"),
    "schema": ("schemas", "schema"),
    "help": ("topics", "help"),
}  # fmt: skip
OF_A_FILE = {"backup", "restore"}
NO_RECORDS = {"config set", "config unset", "demo", "completion"}


def closed(schema: Any) -> Any:
    """Return a schema that allows no property which it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(each) for name, each in schema.items()}
    return {"additionalProperties": False, **inner} if "properties" in schema else inner


def faults(name: str, document: Any, *, strict: bool = True) -> list[str]:
    """Return what is wrong with a document by a schema."""
    schema = schemas.schema(name)
    validator = Draft202012Validator(
        closed(schema) if strict else schema, format_checker=FormatChecker()
    )
    found = validator.iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in found]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema(name, run):
    Draft202012Validator.check_schema(run.ok("schema", name))


def test_schema_alone_lists_the_names_with_their_direction(run):
    listed = run.ok("schema")["data"]
    assert {"name": "invoice", "direction": "out"} in listed
    assert {"name": "import-invoices", "direction": "in"} in listed


def test_a_schema_is_printed_whatever_the_format(run):
    assert run("schema", "tax", "-f", "table").stdout == run("schema", "tax", "--json").stdout


def test_an_unknown_schema_is_refused_with_the_nearest(run):
    ran = run("schema", "invoics")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "did you mean invoice" in ran.stderr


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=pytest.mark.sqlite if each in OF_A_FILE else ()) for each in ALL],
)
def test_every_command_answers_by_its_schema(name, books, monkeypatch):
    monkeypatch.setenv("VISUAL", "true")
    if name in NO_RECORDS:
        pytest.skip("it answers with no records")
    schema, *before, asked = ANSWERS[name]
    (books.folder / "customers.csv").write_text("key,name\ninitech,Initech\n")
    for step in before:
        assert books(*shlex.split(step)).exit_code == 0, step
    assert faults(schema, books.ok(*shlex.split(asked))) == []


@pytest.mark.parametrize("ref", ["INV-00001", "INV-00003", "DRAFT-00001", "DRAFT-00002"])
def test_an_invoice_in_any_state_is_by_the_schema(ref, books):
    assert faults("invoice", books.ok("get", ref)) == []


def test_an_invoice_that_went_through_everything_is_by_the_schema(books):
    for step in (
        f"create {A_LINE} --discount 5% --po-number 7 --note x --attr a=b --tax-inclusive",
        "update DRAFT-00006 --term '2/10 net 30' --billing-start 2026-01-01",
        "mark-awaiting DRAFT-00006",
        "credit-note INV-00004 --line 1=1 --apply",
        "payment apply PAY-00001 INV-00004 --amount 20",
        "pay INV-00004",
        "pdf INV-00004",
        "send INV-00004",
    ):
        assert books(*shlex.split(step)).exit_code == 0, step
    assert faults("invoice", books.ok("get", "INV-00004")) == []
    assert faults("credits", books.ok("credit", "list")) == []
    assert faults("payments", books.ok("payment", "list")) == []
    assert faults("activities", books.ok("activity", "INV-00004")) == []


def test_what_is_done_to_several_is_by_the_schema(books):
    ran = books("mark-paid", "INV-00001", "INV-00002", "INV-99999", "--json")
    assert (ran.exit_code, faults("result", ran.json)) == (3, [])
    assert [faults("invoice", each) for each in ran.json["succeeded"]] == [[], []]


@pytest.mark.parametrize(
    "typed",
    ["get INV-99999", "filter --status nosuch", "frobnicate", "pay INV-00001 --amount 99999",
     "void INV-00001", "create --customer C-00001 --item desc=A,price=x"],
)  # fmt: skip
def test_an_error_is_by_the_schema(typed, books):
    assert faults("error", books(*shlex.split(typed), "--json").error) == []


def test_a_field_that_is_missing_is_a_fault(books):
    invoice = books.ok("get", "INV-00001")
    del invoice["poNumber"]
    assert faults("invoice", invoice, strict=False) == ["$: 'poNumber' is a required property"]


UUID = "550e8400-e29b-41d4-a716-446655440000"
FILTERS = [
    {"filter": {"customerId": {"equalTo": UUID}}},
    {"filter": {"status": {"in": ["AWAITING_PAYMENT", "PARTIALLY_PAID"]}}},
    {"filter": {"overdue": True}},
    {"filter": {"shipmentId": {"equalTo": UUID}}},
    {"filter": {"amount": {"lessThan": 5.25}}, "pageSize": 10, "cursor": "abc"},
    {"and": [{"dueDate": {"lessThan": "2026-01-31"}}, {"not": {"factored": True}}], "or": []},
    {"createdAt": {"greaterThan": "2026-01-31T10:00:00Z"}, "id": {"isNull": False}},
]
BODIES = [
    {"invoice": {"id": "2026-17", "invoice_note": "Thank you"}},
    {
        "customer_id": UUID, "issue_date": "2026-01-15", "due_date": "2026-02-15",
        "currency": "USD", "notes": "Thank you for your business", "payment_terms": "Net 30",
        "discount_type": "percentage", "discount_value": 10, "template_id": UUID,
        "items": [{
            "product_id": UUID, "description": "Web Development", "quantity": 40,
            "unit_price": 150, "unit": "hour", "tax_id": UUID,
        }],
    },
    [{"order": "SO-1001"}, {"invoice": {"shipment": "SHP-00001"}}],
]  # fmt: skip


@pytest.mark.parametrize("body", FILTERS)
def test_the_filters_of_other_systems_go_in(body):
    assert faults("filter", body, strict=False) == []


@pytest.mark.parametrize("body", BODIES)
def test_the_bodies_of_other_systems_go_in(body):
    assert faults("create", body, strict=False) == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("filter", {"statuss": {"equalTo": "PAID"}}),
        ("filter", {"status": {"equalTo": "paid"}}),
        ("filter", {"amount": {"equalTo": 5}}),
        ("filter", {"filter": {}, "limit": 5}),
        ("create", {"custmer": "C-00001"}),
        ("create", {"customer": "C-00001", "lines": [{"colour": "red"}]}),
        ("import-customers", {"name": "Acme", "adress": {}}),
    ],
)
def test_what_is_refused_is_not_by_the_schema(name, body):
    assert faults(name, body, strict=False)


@pytest.mark.parametrize("body", [*BODIES[1:], {"customer": "globex", "lines": [{"sku": "WEB"}]}])
def test_what_create_takes_it_takes_by_the_schema(body, books):
    text = json.dumps(body).replace(UUID, "")
    ran = books("create", "--from", "-", "--json", stdin=text)
    assert not re.search("is not a field", ran.stderr + ran.stdout)


@pytest.mark.parametrize("field", FIELDS)
def test_a_filter_may_have_every_field_there_is(field):
    properties = schemas.schema("filter")["$defs"]["filter"]["properties"]
    assert field in properties


@pytest.mark.parametrize("alias", ALIASES)
def test_a_body_may_have_every_name_that_other_systems_use(alias):
    assert alias in schemas.schema("create")["$defs"]["body"]["properties"]


@pytest.mark.parametrize(("kind", "list_of"), [
    ("customers", "customer list"), ("products", "product list"), ("taxes", "tax list"),
    ("terms", "term list"), ("orders", "order list"),
])  # fmt: skip
def test_what_comes_out_may_go_in_again(kind, list_of, books):
    records = books.ok(*list_of.split())["data"]
    for record in records:
        ran = books("import", kind, "-", "--input-format", "json", stdin=json.dumps([record]))
        by_schema = faults(f"import-{kind}", record, strict=False) == []
        assert (ran.exit_code == 0) == by_schema, ran.stderr


def test_amounts_are_numbers_with_all_their_decimals(books):
    text = books("get", "INV-00001", "--json").stdout
    assert json.loads(text, parse_float=Decimal)["amount"] == Decimal("1050.00")
    assert '"amount": 1050.00' in text


def test_every_kind_of_import_has_a_schema():
    assert {f"import-{kind}" for kind in LAYOUTS} <= set(NAMES)
