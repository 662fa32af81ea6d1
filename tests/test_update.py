"""update: what changes, what is frozen, and that nothing is written where nothing changes."""

import json

import pytest

from tests.states import (
    STATES,
    books_are_in_order,
    draft,
    everything,
    history,
    in_state,
    issued,
    nothing_changes,
    open_shop,
)


@pytest.fixture
def shop(run):
    yield open_shop(run)
    books_are_in_order(run)


def told(shop, ref):
    """Return the fields that the latest update of an invoice changed."""
    (*_, last) = shop.ok("activity", ref)["data"]
    assert last["action"] == "update"
    return last["detail"]


FOR_THE_BOOKS = {
    "--reference": ("reference", "PO-88"),
    "--key": ("key", "mine"),
    "--note": ("note", "Thank you"),
    "--po-number": ("poNumber", "77"),
    "--due-date": ("dueDate", "2026-03-15"),
    "--factor-name": ("factorName", "DENIM"),
    "--factor-job-id": ("factorJobId", "J-1"),
    "--factor-status": ("factorStatus", "FUNDED"),
    "--qbo-id": ("qboId", "1234"),
}


@pytest.mark.parametrize("state", STATES[:-1])
def test_what_is_for_the_books_changes_in_every_state_but_void(shop, state):
    name = in_state(shop, state)
    before = shop.ok("get", name)
    words = [word for option, (_, value) in FOR_THE_BOOKS.items() for word in (option, value)]
    after = shop.ok("update", name, *words, "--attr", "region=west")
    assert {field: after[field] for field, _ in FOR_THE_BOOKS.values()} == dict(
        FOR_THE_BOOKS.values()
    )
    assert after["customAttributes"] == [{"name": "region", "value": "west"}]
    assert after["version"] == before["version"] + 1
    assert after["status"] == state
    assert after["kpis"]["lastAmendedOn"] is not None
    assert told(shop, name)["reference"] == [None, "PO-88"]


def test_a_void_invoice_does_not_change(shop):
    name = in_state(shop, "VOIDED")
    with nothing_changes(shop):
        message = shop.refused("update", name, "--note", "x", code=6)
    assert message == f"cannot update invoice {name}: it is VOIDED"


FROZEN = {
    "customer": ["--customer", "globex"], "currency": ["--currency", "EUR"],
    "discount": ["--discount", "10%"], "shipping": ["--shipping", "5"],
    "paymentTerm": ["--term", "Net 60"], "invoiceDate": ["--invoice-date", "2026-01-01"],
    "lines": ["--item", "desc=x,price=1"], "number": ["--number", "N-1"],
    "shippingTax": ["--shipping-tax", "GST"], "priceTaxInclusive": ["--tax-inclusive"],
    "taxRounding": ["--tax-rounding", "line"], "templateId": ["--template", "other"],
    "billingStartDate": ["--billing-start", "2026-01-01"],
    "billingEndDate": ["--billing-end", "2026-01-31"],
    "alternateIssueDate": ["--alternate-issue-date", "2026-01-31"],
    "alternateDueDate": ["--alternate-due-date", "2026-01-31"],
    "alternateBillingStartDate": ["--alternate-billing-start", "2026-01-31"],
    "alternateBillingEndDate": ["--alternate-billing-end", "2026-01-31"],
}  # fmt: skip


@pytest.mark.parametrize("field", FROZEN)
def test_what_was_issued_is_frozen(shop, field):
    name = issued(shop)
    with nothing_changes(shop):
        message = shop.refused("update", name, *FROZEN[field], code=6)
    assert message == f"cannot change {field} of invoice {name}: it is AWAITING_PAYMENT"


@pytest.mark.parametrize("state", STATES)
def test_the_amount_is_never_set(shop, state):
    name = in_state(shop, state)
    with nothing_changes(shop):
        ran = shop("update", name, "--amount", "50")
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert state == "VOIDED" or "invoicectl order update" in ran.stderr


def test_an_unknown_field_of_a_body_is_named(shop):
    name = draft(shop)
    with nothing_changes(shop):
        ran = shop("update", name, "--from", "-", "--json", stdin='{"referense": "x"}')
    assert ran.exit_code == 5
    assert ran.error["details"][0]["field"] == "referense"
    assert ran.error["hint"] == "did you mean reference?"


def test_an_update_that_changes_nothing_writes_nothing(shop):
    name = draft(shop, "--note", "hi", "--discount", "10%", "--attr", "a=1")
    with nothing_changes(shop):
        same = shop.ok("update", name, "--note", "hi", "--discount", "10%", "--attr", "a=1",
                       "--item", "desc=Consulting,qty=2,price=50,unit=hour,tax=GST")  # fmt: skip
    assert same["version"] == 1
    number = issued(shop, "--reference", "R")
    with nothing_changes(shop):
        shop.ok("update", number, "--reference", "R")


def test_an_empty_text_clears(shop):
    name = issued(shop, "--note", "hi", "--reference", "R", "--attr", "a=1", "--attr", "b=2")
    cleared = shop.ok("update", name, "--note", "", "--reference", "", "--attr", "a=")
    assert (cleared["note"], cleared["reference"]) == (None, None)
    assert cleared["customAttributes"] == [{"name": "b", "value": "2"}]


def test_a_due_date_that_is_cleared_goes_back_to_the_terms(shop):
    name = issued(shop)
    later = shop("update", name, "--due-date", "2026-05-01", "--json")
    assert later.json["dueDate"] == "2026-05-01"
    assert "by net 30 it would be 2026-03-02" in later.stderr.lower()
    assert shop.ok("update", name, "--due-date", "")["dueDate"] == "2026-03-02"


def test_a_due_date_decides_what_is_overdue(shop):
    name = issued(shop)
    assert shop.ok("update", name, "--due-date", "2026-01-30")["overdue"] is True


def test_the_pdf_of_an_issued_invoice_stays_the_same_bytes(shop):
    name = issued(shop)
    shop("pdf", name, "-o", "before.pdf")
    shop.ok("update", name, "--note", "changed", "--due-date", "2026-04-01")
    shop("pdf", name, "-o", "after.pdf")
    assert (shop.folder / "after.pdf").read_bytes() == (shop.folder / "before.pdf").read_bytes()


def test_if_version_refuses_when_someone_was_faster(shop):
    name = draft(shop)
    shop.ok("update", name, "--note", "first", "--if-version", "1")
    with nothing_changes(shop):
        message = shop.refused("update", name, "--note", "second", "--if-version", "1", code=6)
    assert message == f"invoice {name} is at version 2, not 1"


def test_a_version_in_a_body_is_the_version_it_was_read_at(shop):
    name = draft(shop)
    body = json.dumps(shop.ok("get", name) | {"note": "changed"})
    assert shop.ok("update", name, "--from", "-", stdin=body)["note"] == "changed"
    with nothing_changes(shop):
        assert "version 2, not 1" in shop.refused("update", name, "--from", "-", stdin=body, code=6)


def test_a_record_that_was_read_can_be_given_back(shop):
    name = issued(shop)
    body = shop.ok("get", name)
    with nothing_changes(shop):
        shop.ok("update", name, "--from", "-", stdin=json.dumps(body))
    after = shop.ok("update", name, "--from", "-", stdin=json.dumps(body | {"reference": "new"}))
    assert (after["reference"], after["version"]) == ("new", body["version"] + 1)


def test_a_dry_run_tells_the_difference_and_keeps_nothing(shop):
    name = draft(shop)
    with nothing_changes(shop):
        ran = shop("update", name, "--reference", "R", "--discount", "10%", "--dry-run", "--json")
    assert ran.exit_code == 0
    assert (ran.json["reference"], ran.json["amount"]) == ("R", 94.5)
    assert f"{name} amount: 105.00 -> 94.50" in ran.stderr
    assert f"{name} reference: none -> R" in ran.stderr


@pytest.mark.parametrize("words", [[], ["--if-version", "1"], ["--replace", "--note", "x"]])
def test_an_update_of_nothing_is_bad_usage(shop, words):
    name = draft(shop)
    with nothing_changes(shop):
        shop.refused("update", name, *words, code=2)


BAD = {
    "due date": (["--due-date", "31.1.2026"], 2), "version": (["--if-version", "one"], 2),
    "attribute": (["--attr", "west"], 2), "no JSON": (["--from", "-"], 2),
    "factor": (["--factor-name", "BANK"], 5), "currency": (["--currency", "EUX"], 5),
    "discount": (["--discount", "ten"], 2), "term": (["--term", "someday"], 5),
    "ambiguous term": (["--term", "30 days EOM"], 5), "shipping": (["--shipping", "1.234"], 5),
    "rounding": (["--tax-rounding", "up"], 5), "customer": (["--customer", "nobody"], 4),
    "no customer": (["--customer", ""], 5), "negative": (["--item", "desc=x,price=-5"], 5),
}  # fmt: skip


@pytest.mark.parametrize("wrong", BAD)
def test_what_cannot_be_is_refused(shop, wrong):
    words, code = BAD[wrong]
    name = draft(shop)
    with nothing_changes(shop):
        shop.refused("update", name, *words, code=code)


def test_no_such_invoice(shop):
    with nothing_changes(shop):
        assert (
            shop.refused("update", "INV-00099", "--note", "x", code=4) == "no invoice 'INV-00099'"
        )


def test_an_invoice_in_the_trash_does_not_change(shop):
    name = draft(shop)
    shop.ok("delete", name)
    with nothing_changes(shop):
        assert "in the trash" in shop.refused("update", name, "--note", "x", code=6)


def test_an_invoice_may_be_called_by_its_own_number_and_id_in_any_case(shop):
    invoice = shop.ok("get", issued(shop))
    for key in ("inv-00001", "INV-00001", invoice["id"].upper()):
        assert shop.ok("update", "INV-00001", "--key", key)["key"] == key
        assert shop.ok("get", key)["id"] == invoice["id"]


@pytest.mark.parametrize(
    "key", ["taken", "INV-00099", "C-00001", "019c1159-7000-7000-8000-000000000000"]
)
def test_a_key_that_is_taken_or_reads_as_anothers_is_refused(shop, key):
    draft(shop, "--key", "taken")
    name = draft(shop)
    with nothing_changes(shop):
        assert f"key {key!r}" in shop.refused("update", name, "--key", key, code=6)


def test_several_each_succeed_or_fail_by_themselves(shop):
    names = [draft(shop), in_state(shop, "VOIDED"), issued(shop)]
    ran = shop("update", *names, "--reference", "R", "--json")
    assert ran.exit_code == 3
    assert [each["reference"] for each in ran.json["succeeded"]] == ["R", "R"]
    assert [each["ref"] for each in ran.json["failed"]] == [names[1]]


# Drafts


def test_the_items_of_a_draft_are_replaced(shop):
    name = draft(shop)
    changed = shop.ok(
        "update", name, "--item", "desc=A,price=1", "--item", "desc=B,price=2,tax=GST+QST"
    )
    assert [line["description"] for line in changed["lines"]] == ["A", "B"]
    assert changed["amount"] == 3.30
    assert told(shop, name)["lines"] == [
        ["2 hour x 50 Consulting (GST)"],
        ["1 x 1 A", "1 x 2 B (GST+QST)"],
    ]


def test_a_line_that_stays_is_the_same_line(shop):
    name = draft(shop)
    (before,) = shop.ok("get", name)["lines"]
    after = shop.ok("update", name, "--item", "desc=Consulting,qty=2,price=50,unit=hour,tax=GST",
                    "--item", "desc=More,price=1")  # fmt: skip
    assert after["lines"][0] == before


def test_items_leave_the_lines_of_an_orders_charges(shop):
    name = shop.ok("create", "--order", "SO-1", "--item", "desc=Extra,price=7")["friendlyId"]
    changed = shop.ok("update", name, "--item", "desc=Other,price=3")
    described = [line["description"] for line in changed["lines"]]
    assert sorted(described) == ["Freight S-1", "Freight S-2", "Fuel", "Other"]
    assert changed["amount"] == 213
    assert shop.ok("order", "get", "SO-1")["charges"][0]["invoiceId"] == changed["id"]


def test_a_draft_follows_its_orders_charges_and_no_amount(shop):
    name = shop.ok("create", "--order", "SO-1")["friendlyId"]
    shop.ok("order", "update", "SO-1", "--charge", "desc=Fuel,price=30")
    assert shop.ok("get", name)["amount"] == 230


def test_discount_shipping_and_taxes_of_a_draft(shop):
    name = draft(shop)
    changed = shop.ok(
        "update", name, "--discount", "25.00", "--shipping", "10", "--shipping-tax", "QST"
    )
    assert (changed["discountAmount"], changed["shipping"], changed["tax"]) == (25, 10, 4.75)
    assert changed["amount"] == 89.75
    half = shop.ok("update", name, "--from", "-", stdin='{"discountValue": 50}')
    assert (half["discountType"], half["discountAmount"]) == ("fixed", 50)
    bare = shop.ok("update", name, "--discount", "", "--shipping", "", "--shipping-tax", "")
    assert (bare["discountType"], bare["shipping"], bare["amount"]) == (None, 0, 105)


def test_prices_of_a_draft_come_to_include_tax_and_back(shop):
    name = draft(shop)
    assert shop.ok("update", name, "--tax-inclusive")["amount"] == 100
    assert shop.ok("update", name, "--no-tax-inclusive")["amount"] == 105


def test_another_customer_brings_its_term(shop):
    name = draft(shop)
    moved = shop.ok("update", name, "--customer", "globex")
    assert (moved["customer"]["key"], moved["paymentTerm"]["days"]) == ("globex", 10)
    assert moved["dueDate"] == "2026-02-10"


def test_a_term_that_was_named_stays_with_another_customer(shop):
    name = draft(shop, "--term", "Net 60")
    assert shop.ok("update", name, "--customer", "globex")["paymentTerm"]["days"] == 60


def test_the_owner_of_an_orders_invoice_stays(shop):
    name = shop.ok("create", "--order", "SO-1")["friendlyId"]
    with nothing_changes(shop):
        assert "another customer" in shop.refused("update", name, "--customer", "globex", code=6)
        assert "the order is in USD" in shop.refused("update", name, "--currency", "EUR", code=6)
        body = '{"shipmentId": "S-1"}'
        assert "does not change" in shop.refused("update", name, "--from", "-", stdin=body, code=6)


def test_a_deleted_customer_is_refused(shop):
    name = draft(shop)
    shop.ok("customer", "delete", "globex")
    with nothing_changes(shop):
        assert "was deleted" in shop.refused("update", name, "--customer", "globex", code=6)


def test_a_currency_has_its_own_decimals(shop):
    name = draft(shop, "--shipping", "2.50")
    assert shop.ok("update", name, "--currency", "EUR")["amount"] == 107.5
    with nothing_changes(shop):
        assert "currency" in shop.refused("update", name, "--currency", "JPY", code=5)
    shop.ok("update", name, "--shipping", "2")
    assert shop("update", name, "--currency", "JPY", "--json").stdout.count('"amount": 107,') == 1


def test_the_dates_of_a_draft_follow_each_other(shop):
    name = draft(shop)
    assert shop.ok("update", name, "--invoice-date", "2026-01-10")["dueDate"] == "2026-02-09"
    assert shop.ok("update", name, "--term", "EOM")["dueDate"] == "2026-01-31"
    issued_ = shop.ok("mark-awaiting", name)
    assert (issued_["invoiceDate"], issued_["dueDate"]) == ("2026-01-10", "2026-01-31")


def test_a_due_date_of_a_draft_is_kept_when_it_is_issued(shop):
    name = draft(shop)
    shop.ok("update", name, "--due-date", "2026-03-02")  # what the term says today
    assert shop.ok("mark-awaiting", name, today="2026-02-15")["dueDate"] == "2026-03-02"


@pytest.mark.parametrize("flag", ["--do-not-use", "--ap-only"])
def test_a_term_not_to_be_used_is_refused(shop, flag):
    shop.ok("term", "add", "--name", "Old", "--rule", "Net 7", flag)
    name = draft(shop)
    with nothing_changes(shop):
        assert "'Old'" in shop.refused("update", name, "--term", "Old", code=6)


def test_a_number_can_be_set_changed_and_taken_back_before_it_is_issued(shop):
    name = draft(shop)
    assert shop.ok("update", name, "--number", "INV-00001")["friendlyId"] == "INV-00001"
    assert shop.ok("update", name, "--number", "INV-00002")["friendlyId"] == "INV-00002"
    assert shop.ok("update", "INV-00002", "--number", "")["friendlyId"] == name
    with nothing_changes(shop):
        assert "taken" in shop.refused("update", name, "--number", "inv-00001", code=6)
    assert shop.ok("mark-awaiting", name)["friendlyId"] == "INV-00003"


def test_an_unpublished_invoice_keeps_its_number(shop):
    name = issued(shop)
    shop.ok("unpublish", name)
    with nothing_changes(shop):
        assert "keeps its number" in shop.refused("update", name, "--number", "X-1", code=6)


def test_a_body_of_another_system_is_read(shop):
    name = draft(shop)
    items = [{"description": "Web", "quantity": 40, "unit_price": 150}]
    names = {"invoice_note": "n", "customer_purchase_order_id": "P", "due_date": "2026-02-20"}
    body = {"invoice": names | {"items": items}}
    changed = shop.ok("update", name, "--from", "-", stdin=json.dumps(body))
    assert (changed["note"], changed["poNumber"], changed["dueDate"]) == ("n", "P", "2026-02-20")
    assert changed["amount"] == 6000


# Replaced whole


BODY = {
    "customer_id": "globex", "issue_date": "2026-01-15", "due_date": "2026-02-15",
    "currency": "EUR", "notes": "Thank you", "payment_terms": "Net 30",
    "discount_type": "percentage", "discount_value": 10,
    "items": [{"description": "Web", "quantity": 40, "unit_price": 150, "unit": "hour"}],
}  # fmt: skip


def test_replace_says_a_draft_anew(shop):
    name = draft(shop, "--reference", "R", "--po-number", "P", "--key", "mine", "--shipping", "3")
    before = shop.ok("get", name)
    after = shop.ok("update", name, "--replace", "--from", "-", stdin=json.dumps(BODY))
    assert (after["customer"]["key"], after["currency"], after["amount"]) == ("globex", "EUR", 5400)
    assert (after["reference"], after["poNumber"], after["shipping"]) == (None, None, 0)
    kept = ("id", "friendlyId", "key", "createdAt")
    assert {field: after[field] for field in kept} == {field: before[field] for field in kept}
    assert history(shop, name) == ["create", "update"]


def test_replace_with_the_same_changes_nothing(shop):
    name = draft(shop)
    shop.ok("update", name, "--replace", "--from", "-", stdin=json.dumps(BODY))
    with nothing_changes(shop):
        again = shop.ok("update", name, "--replace", "--from", "-", stdin=json.dumps(BODY))
    assert again["version"] == 2


def test_replace_of_a_shipments_draft_bills_it_again_or_frees_it(shop):
    name = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    same = {"shipment": "S-1", "note": "n"}
    changed = shop.ok("update", name, "--replace", "--from", "-", stdin=json.dumps(same))
    assert (changed["note"], changed["amount"], changed["shipmentKey"]) == ("n", 100, "S-1")
    freed = shop.ok("update", name, "--replace", "--from", "-", stdin=json.dumps(BODY))
    assert (freed["orderId"], freed["shipmentId"]) == (None, None)
    assert shop.ok("order", "get", "SO-1")["status"] == "OPEN"
    assert shop.ok("create", "--shipment", "S-1")["amount"] == 100


@pytest.mark.parametrize("state", STATES[1:4])
def test_only_drafts_are_replaced(shop, state):
    name = in_state(shop, state)
    with nothing_changes(shop):
        ran = shop("update", name, "--replace", "--from", "-", stdin=json.dumps(BODY))
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr == (
        f"error: cannot replace invoice {name}: it is {state}\n"
        "hint: only draft invoices can be edited\n"
    )


def test_a_replacement_that_cannot_be_leaves_the_draft(shop):
    name = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    for body, code in (({"customer": "acme"}, 6), ({"customer": "acme", "items": [{}]}, 5)):
        before = everything(shop)
        shop.refused("update", name, "--replace", "--from", "-", stdin=json.dumps(body), code=code)
        assert everything(shop) == before


@pytest.mark.parametrize("words", [[], ["--replace"]])
def test_a_record_given_back_with_a_line_more_bills_no_charge_twice(shop, words):
    name = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    body = shop.ok("get", name)
    body["lines"].append({"description": "Extra", "quantity": 1, "unitPrice": 7})
    after = shop.ok("update", name, "--from", "-", *words, stdin=json.dumps(body))
    assert [line["description"] for line in after["lines"]] == ["Freight S-1", "Extra"]
    assert (after["amount"], after["lines"][0]) == (107, body["lines"][0])


def test_a_line_of_a_charge_is_changed_by_its_order(shop):
    name = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    body = shop.ok("get", name)
    body["lines"][0]["unitPrice"] = 90
    with nothing_changes(shop):
        message = shop.refused("update", name, "--from", "-", stdin=json.dumps(body), code=6)
    assert message == "lines[0] bills a charge of the order, and says what that says"
