"""What an import does with a record: found by its key, changed only where it says something new."""

from datetime import UTC, date, datetime

import pytest

from invoicectl import config
from invoicectl.errors import ConflictError, ValidationError
from invoicectl.service import masters
from invoicectl.service.act import Act
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields

ORDER = {
    "key": "O1", "customer": "acme", "currency": "EUR", "orderDate": "2026-01-02",
    "charges": [{"description": "Base", "quantity": 1, "unitPrice": 5}],
    "shipments": [
        {"key": "S1", "charges": [{"description": "Leg", "quantity": 1, "unitPrice": 7}]},
        {"charges": [{"description": "Way back", "quantity": 1, "unitPrice": 7}]},
    ],
}  # fmt: skip


@pytest.fixture
def upsert(run):
    """Store one record as an import would, in its own transaction; return what became of it."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--email", "ap@acme.test")

    def stored(kind, **record):
        act = Act(
            now=datetime(2026, 1, 31, 10, tzinfo=UTC),
            today=date(2026, 1, 31),
            by="tester",
            settings=config.load(run.config),
            warn=lambda _: None,
        )
        with run.store.write() as session:
            catalog = Catalog(session, act)
            fields = Fields(record, aliases=masters.KINDS[kind].aliases)
            return masters.upsert(session, act, catalog, kind, fields)[0]

    return stored


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("customer", {"key": "b", "name": "B", "address.city": "Bonn", "paymentTerm": "Net 7"}),
        ("product", {"code": "W", "name": "Work", "unitPrice": "1.50", "currency": "EUR"}),
        ("tax", {"code": "VAT", "rate": "0.19"}),
        ("term", {"name": "Usual", "days": "30", "quickPayFee": "0.02", "apOnly": "false"}),
        ("order", ORDER),
    ],
)
def test_the_same_again_changes_nothing(run, upsert, kind, record):
    assert upsert(kind, **record) == "created"
    before = run.ok(kind, "list")["data"]
    assert upsert(kind, **record) == "unchanged"
    assert run.ok(kind, "list")["data"] == before


def test_what_is_new_is_changed_and_the_rest_is_kept(run, upsert):
    assert upsert("customer", key="acme", name="Acme Inc") == "updated"
    acme = run.ok("customer", "get", "acme")
    assert (acme["name"], acme["email"], acme["version"]) == ("Acme Inc", ["ap@acme.test"], 2)


def test_what_tells_nothing_apart_is_refused(upsert):
    with pytest.raises(ValidationError, match="key: is missing"):
        upsert("customer", name="Acme")


def test_what_was_exported_is_known_by_its_id(run, upsert):
    run.ok("customer", "add", "--name", "Globex")
    globex = run.ok("customer", "get", "C-00002")
    assert upsert("customer", **globex) == "unchanged"
    assert upsert("customer", **globex | {"phone": "1"}) == "updated"


def test_a_term_made_of_words_takes_the_key_of_the_file(run, upsert):
    run.ok("customer", "update", "acme", "--term", "Net 30")
    assert upsert("term", key="n30", name="net 30", days=30) == "updated"
    assert [each["key"] for each in run.ok("term", "list")["data"]] == ["n30"]


def test_a_code_of_another_key_is_refused(upsert):
    upsert("tax", key="a", code="VAT", rate="0.19")
    with pytest.raises(ConflictError, match="code 'vat' is taken by tax TAX-00001"):
        upsert("tax", key="b", code="vat", rate="0.07")


def test_what_was_deleted_comes_back(run, upsert):
    run.ok("customer", "delete", "acme")
    assert upsert("customer", key="acme", name="Acme") == "updated"
    assert run.ok("customer", "get", "acme")["deletedAt"] is None


def test_a_draft_follows_an_imported_order(run, upsert):
    upsert("order", **ORDER)
    draft = run.ok("create", "--order", "O1")
    changed = [{"description": "Base", "quantity": 3, "unitPrice": 5}]
    assert upsert("order", **ORDER | {"charges": changed}) == "updated"
    assert run.ok("get", draft["id"])["amount"] == 29.00


def test_a_shipment_of_the_order_changes_with_it(run, upsert):
    upsert("order", **ORDER)
    first = ORDER["shipments"][0] | {"deliveredOn": "2026-01-05"}
    assert upsert("order", **ORDER | {"shipments": [first]}) == "updated"
    assert run.ok("shipment", "get", "S1")["deliveredOn"] == "2026-01-05"
    assert run.ok("order", "get", "O1")["status"] == "DELIVERED"
    assert len(run.ok("order", "get", "O1")["shipments"]) == 2


def test_what_an_issued_invoice_bills_is_not_changed_by_a_file(run, upsert):
    upsert("order", **ORDER)
    run.ok("mark-awaiting", run.ok("create", "--order", "O1")["id"])
    assert upsert("order", **ORDER) == "unchanged"
    with pytest.raises(ConflictError, match="charge 'Base' is billed by invoice INV-00001"):
        upsert("order", **ORDER | {"charges": []})
