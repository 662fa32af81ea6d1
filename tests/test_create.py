"""create: what becomes of an order, of typed lines and of other systems' bodies; and what is refused."""

import json

import pytest


@pytest.fixture
def shop(run):
    """A company with a customer, two taxes, a term that may not be used, and an order."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--email", "ap@acme.example")
    run.ok("customer", "add", "--name", "Other", "--key", "other")
    run.ok("tax", "add", "--code", "GST", "--rate", "0.05")
    run.ok("tax", "add", "--code", "QST", "--rate", "0.09975")
    run.ok("term", "add", "--name", "Old", "--rule", "Net 7", "--do-not-use")
    run.ok(
        "order", "add", "--customer", "acme", "--key", "SO-1", "--po-number", "PO-9",
        "--charge", "desc=Freight,qty=1,price=100,tax=GST", "--charge", "desc=Fuel,qty=2,price=5.50",
    )  # fmt: skip
    return run


def books(run):
    """Return all there is, to see that nothing changed."""
    return [
        run(kind, "list", "--all", "-f", "json").stdout for kind in ("customer", "order", "term")
    ] + [run("filter", "--all", "-f", "json").stdout]


def test_an_order_becomes_a_draft_of_its_charges(shop):
    invoice = shop.ok("create", "--order", "SO-1")
    assert invoice["friendlyId"] == "DRAFT-00001"
    assert invoice["status"] == "DRAFT"
    assert (invoice["amount"], invoice["amountOwed"]) == (116.0, 0)
    assert invoice["poNumber"] == "PO-9"
    assert [line["description"] for line in invoice["lines"]] == ["Freight", "Fuel"]
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_UNPAID"


def test_a_charge_is_billed_once(shop):
    shop.ok("create", "--order", "SO-1")
    before = books(shop)
    assert "nothing to bill" in shop.refused("create", "--order", "SO-1", code=6)
    assert books(shop) == before


def test_lines_are_typed(shop):
    line = "desc=Web Development,qty=40,price=150,unit=hour,tax=GST+QST,discount=10%,sku=WEB"
    invoice = shop.ok("create", "--customer", "acme", "--item", line)
    (made,) = invoice["lines"]
    assert (made["quantity"], made["unit"], made["unitPrice"], made["itemId"]) == (
        40,
        "hour",
        150,
        "WEB",
    )
    assert (made["discount"], made["subtotal"], made["tax"], made["total"]) == (
        600,
        5400,
        808.65,
        6208.65,
    )
    assert [(tax["code"], tax["amount"]) for tax in made["taxes"]] == [
        ("GST", 270),
        ("QST", 538.65),
    ]
    assert invoice["total"] == 6208.65


def test_a_comma_in_a_value_is_escaped(shop):
    made = shop.ok("create", "--customer", "acme", "--item", r"desc=Nuts\, bolts,price=1")
    assert made["lines"][0]["description"] == "Nuts, bolts"


def test_every_field_is_kept(shop):
    made = shop.ok(
        "create", "--customer", "acme", "--item", "desc=x,price=100,tax=GST", "--number", "2026/7",
        "--key", "k-1", "--reference", "REF", "--note", "Thank you", "--invoice-date", "2026-01-10",
        "--due-date", "2026-02-20", "--currency", "CAD", "--po-number", "P", "--discount", "25.00",
        "--shipping", "8.50", "--shipping-tax", "GST", "--tax-rounding", "line",
        "--billing-start", "2026-01-01", "--billing-end", "2026-01-31", "--attr", "region=east",
        "--attr", "rep=Jo", "--factor-name", "DENIM", "--qbo-id", "Q1",
    )  # fmt: skip
    said = {
        "friendlyId": "2026/7", "key": "k-1", "reference": "REF", "note": "Thank you",
        "invoiceDate": "2026-01-10", "dueDate": "2026-02-20", "currency": "CAD", "poNumber": "P",
        "discountType": "fixed", "discountValue": 25, "discountAmount": 25, "shipping": 8.5,
        "taxRounding": "line", "billingStartDate": "2026-01-01", "billingEndDate": "2026-01-31",
        "customAttributes": [{"name": "region", "value": "east"}, {"name": "rep", "value": "Jo"}],
        "factorName": "DENIM", "qboId": "Q1", "subtotal": 100, "tax": 4.18, "total": 87.68,
        "createdBy": "tester",
    }  # fmt: skip
    assert {name: made[name] for name in said} == said


def test_prices_with_tax_in_them_keep_their_gross(shop):
    made = shop.ok(
        "create",
        "--customer",
        "acme",
        "--item",
        "desc=x,qty=3,price=9.99,tax=GST+QST",
        "--tax-inclusive",
    )
    assert made["total"] == 29.97
    assert round(made["subtotal"] + made["tax"], 2) == 29.97


@pytest.mark.parametrize(
    ("currency", "price", "total"),
    [("JPY", "1500", "1500"), ("KWD", "1.005", "1.005"), ("EUR", "0.005", "0.01")],
)
def test_each_currency_has_its_own_decimals(currency, price, total, shop):
    ran = shop(
        "create",
        "--customer",
        "acme",
        "--currency",
        currency,
        "--item",
        f"desc=x,price={price}",
        "--json",
    )
    assert f'"amount": {total},' in ran.stdout


def test_a_key_makes_a_retry_harmless(shop):
    words = ["create", "--customer", "acme", "--item", "desc=x,price=1", "--key", "retry"]
    first = shop.ok(*words)
    assert shop.ok(*words)["id"] == first["id"]
    assert (
        shop.ok("create", "--customer", "C-00001", "--item", "desc=x,price=1", "--key", "retry")[
            "id"
        ]
        == first["id"]
    )
    assert len(shop.ok("filter")["data"]) == 1


def test_a_key_has_the_same_content_by_any_name_of_its_fields(shop):
    typed = "desc=x,qty=2,price=1.50,sku=A"
    first = shop.ok("create", "--customer", "acme", "--key", "retry", "--item", typed)
    line = {"description": "x", "quantity": 2, "unit_price": 1.5, "item_id": "A"}
    body = {"customer_id": "acme", "key": "retry", "items": [line]}
    assert shop.ok("create", "--from", "-", stdin=json.dumps(body))["id"] == first["id"]


def test_a_key_with_other_content_is_refused(shop):
    shop.ok("create", "--customer", "acme", "--item", "desc=x,price=1", "--key", "retry")
    assert "other content" in shop.refused(
        "create", "--customer", "acme", "--item", "desc=x,price=2", "--key", "retry", code=6
    )


def test_a_number_set_beforehand_is_skipped_by_the_sequence(shop):
    shop.ok("create", "--customer", "acme", "--item", "desc=x,price=1", "--number", "INV-00001")
    shop.ok("create", "--customer", "acme", "--item", "desc=x,price=1")
    assert shop.ok("next-number") == {"nextNumber": "INV-00002"}
    assert shop.ok("mark-awaiting", "DRAFT-00002")["friendlyId"] == "INV-00002"
    assert shop.ok("mark-awaiting", "INV-00001")["friendlyId"] == "INV-00001"


def test_a_dry_run_shows_the_same_and_keeps_nothing(shop):
    before = books(shop)
    planned = shop.ok("create", "--order", "SO-1", "--dry-run")
    assert books(shop) == before
    made = shop.ok("create", "--order", "SO-1")
    assert {name for name in made if made[name] != planned[name]} <= {
        "id", "lines", "createdAt", "updatedAt",
    }  # fmt: skip


BODIES = {
    "an order's invoice": ({"invoice": {"id": "UNIQUE-7", "invoice_note": "Hello"}}, ["--order", "SO-1"]),
    "lines": (
        {
            "customer_id": "acme", "issue_date": "2026-01-15", "due_date": "2026-02-15",
            "currency": "USD", "notes": "Thank you for your business", "payment_terms": "Net 30",
            "discount_type": "percentage", "discount_value": 10,
            "items": [{"description": "Web Development", "quantity": 40, "unit_price": 150,
                       "unit": "hour", "tax_id": "GST"}],
        },
        [],
    ),
    "a shipment's or order's": ({"orderId": "SO-1"}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_bodies_of_other_systems_are_read(name, shop):
    body, words = BODIES[name]
    made = shop.ok("create", "--from", "-", *words, stdin=json.dumps(body))
    assert made["status"] == "DRAFT"
    if name == "lines":
        assert (made["total"], made["discountAmount"], made["tax"]) == (5670, 600, 270)
        assert (made["note"], made["dueDate"]) == ("Thank you for your business", "2026-02-15")
    if name == "an order's invoice":
        assert (made["friendlyId"], made["note"]) == ("UNIQUE-7", "Hello")


def test_a_list_of_bodies_is_each_its_own(shop):
    good = {"customer": "acme", "lines": [{"description": "x", "unitPrice": 1}]}
    bad = {"customer": "nobody", "key": "b", "lines": [{"description": "x", "unitPrice": 1}]}
    ran = shop(
        "create", "--from", "-", "--json", stdin=json.dumps([good, bad, {"customer": "acme"}])
    )
    assert ran.exit_code == 3
    assert len(ran.json["succeeded"]) == 1
    assert [(each["ref"], each["error"]) for each in ran.json["failed"]] == [
        ("b", "validation_error"), ("3", "conflict"),
    ]  # fmt: skip


ITEM = ["--item", "desc=x,price=1"]
REFUSED = {
    "an unknown customer": (["--customer", "nobody", *ITEM], 4, "no customer 'nobody'"),
    "a customer like one there is": (["--customer", "acmee", *ITEM], 4, "no customer 'acmee'"),
    "an unknown order": (["--order", "SO-2"], 4, "no order 'SO-2'"),
    "no lines": (["--customer", "acme"], 6, "nothing to bill"),
    "nobody": (ITEM, 2, "--customer"),
    "an unknown currency": (["--customer", "acme", "--currency", "EUX", *ITEM], 5, "currency"),
    "too many decimals": (
        ["--customer", "acme", "--shipping", "1.005", *ITEM],
        5,
        "more than 2 decimals",
    ),
    "a discount too fine": (["--customer", "acme", "--discount", "0.001", *ITEM], 5, "discount"),
    "a negative total": (["--customer", "acme", "--item", "desc=x,price=-1"], 5, "below 0"),
    "an unknown tax": (["--customer", "acme", "--item", "desc=x,price=1,tax=VAT"], 5, "VAT"),
    "an unknown field": (["--customer", "acme", "--item", "desc=x,prize=1"], 5, "prize"),
    "no price": (["--customer", "acme", "--item", "desc=x"], 5, "unitPrice"),
    "a line that is none": (["--customer", "acme", "--item", "Web Development"], 2, "NAME=VALUE"),
    "an unknown term": (["--customer", "acme", "--term", "Net thirty", *ITEM], 5, "Net thirty"),
    "an ambiguous term": (["--customer", "acme", "--term", "30 days EOM", *ITEM], 5, "ambiguous"),
    "a term not to be used": (["--customer", "acme", "--term", "Old", *ITEM], 6, "do not use"),
    "another's order": (["--customer", "other", "--order", "SO-1"], 6, "another customer"),
    "another currency": (["--order", "SO-1", "--currency", "EUR"], 6, "the order is in"),
    "an American date": (
        ["--customer", "acme", "--due-date", "11/12/2026", *ITEM],
        2,
        "11/12/2026",
    ),
    "a quantity that is none": (["--customer", "acme", "--item", "desc=x,qty=a,price=1"], 2, "qty"),
    "shipping that is none": (["--customer", "acme", "--shipping", "free", *ITEM], 2, "shipping"),
    "a discount that is none": (["--customer", "acme", "--discount", "ten", *ITEM], 2, "discount"),
    "an empty due date": (
        ["--customer", "acme", "--due-date", "", *ITEM],
        2,
        "--due-date is empty",
    ),
    "a key like a number": (["--customer", "acme", "--key", "INV-00077", *ITEM], 6, "reads as"),
    "a key like a friendly id": (["--customer", "acme", "--key", "c-00001", *ITEM], 6, "reads as"),
    "a number like a draft": (
        ["--customer", "acme", "--number", "DRAFT-00009", *ITEM],
        6,
        "reads as",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_nothing_changes(name, shop):
    words, code, said = REFUSED[name]
    before = books(shop)
    message = shop.refused("create", *words, code=code)
    assert said in message
    assert books(shop) == before


def test_an_ambiguous_term_is_refused_with_both_readings(shop):
    ran = shop("create", "--customer", "acme", "--term", "30 days EOM", *ITEM, "--json")
    assert "EOM+30" in ran.error["hint"]
    assert "30 days then EOM" in ran.error["hint"]


def test_a_missing_file_is_named(shop):
    assert "nowhere.json" in shop.refused("create", "--from", "nowhere.json", code=4)


@pytest.mark.parametrize("body", ["{", '{"a": 1, "a": 2}', '{"customer": NaN}', "[" * 100_000])
def test_a_body_that_is_no_json_is_refused(body, shop):
    shop.refused("create", "--from", "-", code=2, stdin=body)


def test_a_number_that_is_anothers_key_is_refused_in_any_case_of_letters(shop):
    shop.ok("create", "--customer", "acme", "--item", "desc=x,price=1", "--key", "web-7")
    for number in ("web-7", "WEB-7"):
        message = shop.refused("create", "--customer", "acme", "--item", "desc=x,price=1",
                               "--number", number, code=6)  # fmt: skip
        assert message == f"number {number!r} is taken"
    own = ("create", "--customer", "acme", "--item", "desc=x,price=1", "--key", "b-1")
    assert shop.ok(*own, "--number", "B-1")["friendlyId"] == "B-1"


def test_a_taken_number_is_refused_in_any_case_of_letters(shop):
    shop.ok("create", "--customer", "acme", *ITEM, "--number", "Ab-1")
    assert "taken" in shop.refused(
        "create", "--customer", "acme", *ITEM, "--number", "aB-1", code=6
    )


def test_a_wrong_day_in_a_body_is_named_by_its_path(shop):
    body = {
        "customer": "acme",
        "lines": [{"description": "x", "unitPrice": 1, "chargingStartDate": "1.1.26"}],
    }
    ran = shop("create", "--from", "-", "--json", stdin=json.dumps(body))
    assert ran.exit_code == 5
    assert ran.error["details"][0]["field"] == "lines[0].chargingStartDate"


LINE = {"description": "x", "quantity": 2, "unitPrice": 10}


def from_body(shop, body):
    """Create from a body on standard input."""
    return shop("create", "--from", "-", "--json", stdin=json.dumps(body))


def test_a_record_stands_for_its_ref(shop):
    body = {"customer": {"id": None, "key": "acme"}, "paymentTerm": {"name": "Net 30"}}
    lines = [{"description": "x", "unit_price": 10, "tax": {"code": "GST", "rate": 0.05}}]
    made = from_body(shop, body | {"currency": {"name": "CAD"}, "items": lines}).json
    assert (made["customer"]["key"], made["paymentTerm"]["name"]) == ("acme", "Net 30")
    assert (made["currency"], made["amount"]) == ("CAD", 10.5)


def test_what_was_printed_can_be_a_body_and_what_is_not_used_is_named(shop):
    item = "desc=a,qty=3,price=3.33,tax=GST+QST,discount=5%"
    printed = shop.ok("create", "--customer", "acme", "--item", item, "--discount", "10%")
    ran = from_body(shop, printed)
    same = ("amount", "tax", "discountAmount", "invoiceDate")
    assert {name: ran.json[name] for name in same} == {name: printed[name] for name in same}
    assert ran.json["id"] != printed["id"]
    assert "not used" in ran.stderr
    assert {"status", "kpis", "lines[0].id"} <= set(ran.stderr.strip().split(": ")[2].split(", "))


def test_a_total_that_the_lines_do_not_come_to_is_refused(shop):
    before = books(shop)
    ran = from_body(shop, {"customer": "acme", "total": "21.00", "lines": [LINE]})
    assert (ran.exit_code, ran.error["details"][0]["field"]) == (5, "total")
    assert books(shop) == before
    assert from_body(shop, {"customer": "acme", "total": "20.00", "lines": [LINE]}).exit_code == 0


def test_a_refusal_is_one_line_of_json_whatever_was_warned_of(shop):
    shop.ok("create", "--customer", "acme", "--item", "desc=x,price=1", "--number", "A-1")
    body = {"customer": "acme", "status": "Open", "number": "A-1", "lines": [LINE]}
    assert from_body(shop, body).error["error"] == "conflict"


def test_an_option_stands_before_what_a_body_calls_otherwise(shop):
    body = json.dumps({"invoice": {"order_id": "none", "id": "A-7", "notes": "a"}})
    made = shop.ok("create", "--order", "SO-1", "--note", "b", "--from", "-", stdin=body)
    assert (made["orderKey"], made["friendlyId"], made["note"]) == ("SO-1", "A-7", "b")


def test_a_template_that_is_not_here_is_said_and_the_usual_one_drawn(shop):
    ran = from_body(shop, {"customer": "acme", "template_id": "theirs", "items": [LINE]})
    assert "no template 'theirs'" in ran.stderr
    assert "no template 'theirs'" in shop("pdf", ran.json["friendlyId"]).stderr
    assert (shop.folder / "DRAFT-00001.pdf").read_bytes().startswith(b"%PDF")


def test_a_line_keeps_both_of_its_periods(shop):
    theirs = {"charging_start_date": "2026-01-01", "alternate_charging_end_date": "2026-01-30"}
    (line,) = from_body(shop, {"customer": "acme", "lines": [LINE | theirs]}).json["lines"]
    assert line["chargingStartDate"] == "2026-01-01"
    assert line["alternateChargingEndDate"] == "2026-01-30"
