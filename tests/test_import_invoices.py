"""import invoices, as its user meets it: opening balances, lines, drafts, voids, and again."""

import json
from decimal import Decimal

import pytest

from tests.importing import counts

RECEIVABLES = """\
number,key,customer,invoiceDate,dueDate,term,currency,amount,reference,poNumber,status
0000017,,acme,2025-11-03,2025-12-03,,EUR,120.00,first,PO-1,
0000018,k18,acme,2025-12-01,,Net 30,EUR,80.50,,,AWAITING_PAYMENT
,k19,acme,2026-01-05,2026-02-04,,EUR,10.00,,,
"""

# Of another program: dates of its own, columns of its own, numbers that begin with zeros.
FOREIGN = """\
Country,Client,DocNo,Issued,Due,Sum,Settled
49,C/1,0000000041,1/2/2025,2/1/2025,55.94,1/15/2025
49,C/2,0000000042,12/26/2024,1/25/2025,61.74,3/3/2025
33,C/1,0000000043,7/3/2025,8/2/2025,65.88,7/8/2025
"""
MAPPED = (
    "--create-customers", "--map", "number=DocNo", "--map", "customer=Client",
    "--map", "invoiceDate=Issued", "--map", "dueDate=Due", "--map", "amount=Sum",
    "--default", "currency=EUR", "--date-format", "%m/%d/%Y",
)  # fmt: skip

LINES = """\
number,customer,invoiceDate,dueDate,currency,poNumber,description,quantity,unit,unitPrice,discount,tax,itemId
L-1,acme,2026-01-02,2026-02-01,EUR,PO-9,Sand,3,t,20.50,,VAT,
L-1,,,,,,Gravel,2,t,10,10%,,GRV
L-2,acme,2026-01-03,2026-02-02,EUR,,Cement,1,bag,8.00,,,
L-1,acme,2026-01-02,,,,Transport,1,,50,,VAT,
"""


@pytest.fixture
def books(run):
    """A customer and a tax."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    run.ok("tax", "add", "--code", "VAT", "--rate", "0.20")
    return run


def invoice(run, ref):
    return json.loads(run("get", ref, "--json").stdout, parse_float=Decimal)


def refused(run, path, *words, code):
    return run.refused("import", "invoices", path, *words, code=code)


# what an invoice of a file becomes


def test_an_opening_balance_is_owed_from_its_date_under_its_own_number(books):
    assert books.ok("import", "invoices", books.write("i.csv", RECEIVABLES)) == counts(created=3)
    made = invoice(books, "0000017")
    assert (made["friendlyId"], made["status"]) == ("0000017", "AWAITING_PAYMENT")
    assert (made["amount"], made["amountOwed"]) == (Decimal("120.00"), Decimal("120.00"))
    assert (made["invoiceDate"], made["dueDate"]) == ("2025-11-03", "2025-12-03")
    assert (made["reference"], made["poNumber"]) == ("first", "PO-1")
    assert [line["description"] for line in made["lines"]] == ["Opening balance"]
    assert books("check").exit_code == 0


def test_the_term_of_a_file_gives_the_due_date(books):
    books.ok("import", "invoices", books.write("i.csv", RECEIVABLES))
    made = invoice(books, "k18")
    assert (made["dueDate"], made["paymentTerm"]["name"]) == ("2025-12-31", "Net 30")


def test_an_issued_invoice_with_a_key_alone_takes_the_next_number(books):
    books.ok("import", "invoices", books.write("i.csv", RECEIVABLES))
    assert invoice(books, "k19")["friendlyId"] == "INV-00001"
    assert books.ok("next-number")["nextNumber"] == "INV-00002"


def test_imported_numbers_of_the_pattern_are_skipped_over(books):
    text = "number,key,customer,amount,currency\n,a,acme,1,EUR\nINV-00001,,acme,2,EUR\n"
    books.ok("import", "invoices", books.write("i.csv", text))
    assert invoice(books, "a")["friendlyId"] == "INV-00002"
    assert books.ok("next-number")["nextNumber"] == "INV-00003"


def test_without_an_invoice_date_it_is_todays(books):
    text = "number,customer,amount,currency\nN-1,acme,1,EUR\n"
    books.ok("import", "invoices", books.write("i.csv", text))
    assert invoice(books, "N-1")["invoiceDate"] == "2026-01-31"


def test_another_programs_file_is_read_as_it_is(run):
    path = run.write("their.csv", FOREIGN)
    assert run.ok("import", "invoices", path, *MAPPED) == counts(created=3)
    assert invoice(run, "0000000042")["customer"]["key"] == "C/2"
    assert invoice(run, "0000000042")["invoiceDate"] == "2024-12-26"
    assert len(run.ok("customer", "list")["data"]) == 2
    aging = run.ok("aging", "--as-of", "2025-07-31", "--totals")["totals"]
    assert [(row["currency"], row["total"]) for row in aging] == [("EUR", 183.56)]


def test_the_same_file_again_changes_nothing(run):
    path = run.write("their.csv", FOREIGN)
    run.ok("import", "invoices", path, *MAPPED)
    before = run.ok("filter", "--all")
    assert run.ok("import", "invoices", path, *MAPPED) == counts(unchanged=3)
    assert run.ok("filter", "--all") == before


def test_the_same_in_another_form_changes_nothing_either(books):
    books.ok("import", "invoices", books.write("i.csv", RECEIVABLES))
    same = [
        {"number": "0000017", "customer": "acme", "invoiceDate": "2025-11-03", "amount": 120,
         "dueDate": "2025-12-03", "currency": "eur", "status": "awaiting payment"},
        {"key": "k19", "lines": [{"description": "Opening balance", "unitPrice": 10}]},
    ]  # fmt: skip
    again = books.write("i.json", json.dumps(same))
    assert books.ok("import", "invoices", again) == counts(unchanged=2)


def test_a_row_a_line_makes_one_invoice_wherever_its_rows_stand(books):
    path = books.write("l.csv", LINES)
    assert books.ok("import", "invoices", path) == counts(created=2)
    made = invoice(books, "L-1")
    said = [(line["description"], line["quantity"], line["subtotal"]) for line in made["lines"]]
    assert said == [("Sand", 3, Decimal("61.50")), ("Gravel", 2, Decimal("18.00")),
                    ("Transport", 1, Decimal("50.00"))]  # fmt: skip
    assert (made["tax"], made["amount"]) == (Decimal("22.30"), Decimal("151.80"))
    assert (made["poNumber"], made["dueDate"]) == ("PO-9", "2026-02-01")
    assert books.ok("import", "invoices", path) == counts(unchanged=2)
    assert books("check").exit_code == 0


def test_json_invoices_take_any_field_of_create(books):
    body = {
        "number": "J-1", "customer": {"key": "acme"}, "issue_date": "2026-01-02",
        "payment_terms": "2/10 net 30", "currency": "EUR", "discountType": "percentage",
        "discountValue": 10, "shipping": 5, "priceTaxInclusive": True, "note": "Thanks",
        "custom_attributes": [{"name": "site", "value": "North"}],
        "items": [{"desc": "Sand", "qty": 2, "price": "60.00", "tax": "VAT"}],
    }  # fmt: skip
    path = books.write("i.json", json.dumps({"invoice": body}))
    assert books.ok("import", "invoices", path) == counts(created=1)
    made = invoice(books, "J-1")
    assert (made["amount"], made["discountAmount"]) == (Decimal("113.00"), Decimal("12.00"))
    assert made["customAttributes"] == [{"name": "site", "value": "North"}]
    assert books.ok("import", "invoices", path) == counts(unchanged=1)


def test_a_total_of_nothing_is_paid_at_once(books):
    text = "number,customer,amount,currency\nN-1,acme,0.00,EUR\n"
    books.ok("import", "invoices", books.write("i.csv", text))
    assert invoice(books, "N-1")["status"] == "PAID"


def test_drafts_stay_drafts_with_a_draft_name_or_their_number(books):
    text = "number,key,customer,amount,status\nN-1,,acme,1,DRAFT\n,k2,acme,2,draft\n"
    path = books.write("i.csv", text)
    assert books.ok("import", "invoices", path) == counts(created=2)
    assert (invoice(books, "N-1")["status"], invoice(books, "N-1")["amountOwed"]) == ("DRAFT", 0)
    assert invoice(books, "k2")["friendlyId"] == "DRAFT-00002"
    assert books.ok("import", "invoices", path) == counts(unchanged=2)
    assert books("check").exit_code == 0


def test_a_void_invoice_was_owed_until_its_day(books):
    header = "number,customer,invoiceDate,amount,currency,status,voidedOn"
    row = "V-1,acme,2025-10-01,75,EUR,VOIDED,2025-12-15"
    path = books.write("i.csv", f"{header}\n{row}\n")
    assert books.ok("import", "invoices", path) == counts(created=1)
    made = invoice(books, "V-1")
    assert (made["status"], made["amountOwed"], made["kpis"]["voidedOn"]) == (
        "VOIDED", 0, "2025-12-15",
    )  # fmt: skip
    owed = [
        [row["total"] for row in books.ok("aging", "--as-of", day, "--totals")["totals"]]
        for day in ("2025-12-14", "2025-12-15")
    ]
    assert owed == [[75.0], []]
    assert books.ok("import", "invoices", path) == counts(unchanged=1)
    assert books("check").exit_code == 0


def test_seller_and_customer_are_frozen_as_they_are_now(books):
    books.ok("config", "set", "company.name", "North Works")
    books.ok("import", "invoices", books.write("i.csv", RECEIVABLES))
    ran = books("pdf", "0000017", "-o", "first.pdf")
    assert ran.exit_code == 0, ran.stderr
    assert (books.folder / "first.pdf").read_bytes().startswith(b"%PDF")


def test_invoices_of_an_order_bill_its_charges(books):
    books.ok("order", "add", "--key", "o1", "--customer", "acme", "--currency", "EUR",
             "--charge", "desc=Sand,qty=2,price=10")  # fmt: skip
    text = "number,order,amount,currency\nN-1,o1,20.00,EUR\n"
    books.ok("import", "invoices", books.write("i.csv", text))
    assert invoice(books, "N-1")["orderKey"] == "o1"
    assert books.ok("order", "get", "o1")["status"] == "DELIVERED_UNPAID"
    books.refused("create", "--order", "o1", code=6)
    assert books("check").exit_code == 0


def test_an_invoice_of_a_shipment_with_lines_of_its_own_bills_its_charges(books):
    books.ok("order", "add", "--key", "o1", "--customer", "acme", "--currency", "EUR",
             "--charge", "desc=Sand,qty=2,price=10")  # fmt: skip
    books.ok("shipment", "add", "--order", "o1", "--key", "s1", "--charge", "desc=Freight,price=7")
    lines = [{"description": "Freight, as agreed", "unitPrice": 6}]
    record = {"number": "N-1", "shipment": "s1", "lines": lines}
    books.ok("import", "invoices", books.write("i.json", json.dumps([record])))
    assert books("check").exit_code == 0
    assert books.ok("create", "--order", "o1")["amount"] == 20
    books.ok("void", "N-1", "--yes")
    assert books("check").exit_code == 0


def test_an_invoice_of_an_order_without_lines_bills_its_charges(books):
    books.ok("order", "add", "--key", "o1", "--customer", "acme", "--currency", "EUR",
             "--charge", "desc=Sand,qty=2,price=10")  # fmt: skip
    books.ok("import", "invoices", books.write("i.json", '[{"number": "N-1", "order": "o1"}]'))
    assert invoice(books, "N-1")["amount"] == 20
    text = '[{"number": "N-2", "order": "o1"}]'
    message = refused(books, books.write("j.json", text), code=6)
    assert "record 1: nothing to bill" in message


def test_what_one_company_prints_another_reads(books):
    """By keys and names: the ids are those of the books that it was printed from."""
    books.ok("order", "add", "--key", "o1", "--customer", "acme", "--currency", "EUR",
             "--charge", "desc=Sand,qty=2,price=10,tax=VAT")  # fmt: skip
    books.ok("shipment", "add", "--order", "o1", "--key", "s1", "--charge", "desc=Freight,price=7")
    books.ok("term", "add", "--name", "House", "--days", "12")
    books.ok("create", "--shipment", "s1", "--term", "House", "--key", "i1")
    books.ok("create", "--order", "o1", "--key", "i2")
    books.ok("mark-awaiting", "i1", "i2")
    kinds = {"taxes": "tax", "terms": "term", "customers": "customer", "orders": "order"}
    kinds |= {"shipments": "shipment"}
    for kind, noun in kinds.items():
        books(noun, "list", "--all", "-o", books.folder / f"{kind}.json")
    books("export", "--sort", "createdAt", "-o", books.folder / "invoices.json")
    for kind in [*kinds, "invoices"]:
        path, other = books.folder / f"{kind}.json", ("--db", books.folder / "other.db")
        ran = books("import", kind, path, "--json", *other)
        assert ran.exit_code == 0, ran.stderr
    shown = ("--fields", "key,orderKey,shipmentKey,paymentTerm.name,dueDate,status,amount")
    ours = books("filter", "-f", "csv", *shown).stdout
    assert books("filter", "-f", "csv", *shown, *other).stdout == ours
    assert books("check", *other).exit_code == 0


def test_the_number_of_an_order_in_one_company_is_no_order_of_another(books):
    order = (
        "order",
        "add",
        "--customer",
        "acme",
        "--currency",
        "EUR",
        "--charge",
        "desc=Sand,price=9",
    )
    other = ("--db", books.folder / "other.db")
    for which in ((), other):
        if which:
            books.ok("customer", "add", "--name", "Acme", "--key", "acme", *which)
            books.ok("tax", "add", "--code", "VAT", "--rate", "0.1", *which)
        books.ok(*order, *which)
    books.ok("shipment", "add", "--order", "ORD-00001", "--key", "s1", "--charge", "desc=x,price=7")
    books.ok("create", "--order", "ORD-00001", "--key", "i1")
    books("shipment", "list", "-o", books.folder / "shipments.json")
    books("export", "-o", books.folder / "invoices.json")
    for kind in ("shipments", "invoices"):
        ran = books("import", kind, books.folder / f"{kind}.json", *other)
        assert ran.exit_code == 5
        assert "order" in ran.stderr


# again, and what may change


def test_what_is_for_the_books_is_updated(books):
    books.ok("import", "invoices", books.write("i.csv", RECEIVABLES))
    text = "number,key,reference,poNumber,dueDate\n0000017,k17,second,PO-2,2026-01-15\n"
    assert books.ok("import", "invoices", books.write("j.csv", text)) == counts(updated=1)
    made = invoice(books, "0000017")
    assert (made["key"], made["reference"], made["poNumber"]) == ("k17", "second", "PO-2")
    assert made["dueDate"] == "2026-01-15"
    assert books("check").exit_code == 0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("amount", "121.00", "column amount: is 121.00 EUR here and 120.00 EUR in the books"),
        ("invoiceDate", "2025-11-04", "column invoiceDate: is 2025-11-04 here and 2025-11-03 in"),
        ("currency", "USD", "column currency: is USD here and EUR in the books"),
        ("customer", "other", "column customer: differs from what is in the books"),
        ("description", "Sand", "lines"),
    ],
)
def test_what_is_frozen_is_a_conflict_that_names_the_column(books, field, value, message):
    books.ok("customer", "add", "--name", "Other", "--key", "other")
    books.ok("import", "invoices", books.write("i.csv", RECEIVABLES))
    before = invoice(books, "0000017")
    extra = ",unitPrice" if field == "description" else ""
    price = ",120" if field == "description" else ""
    path = books.write("j.csv", f"number,{field}{extra}\n0000017,{value}{price}\n")
    assert message in refused(books, path, code=6)
    assert invoice(books, "0000017") == before


def test_lines_that_differ_are_a_conflict(books):
    books.ok("import", "invoices", books.write("l.csv", LINES))
    changed = LINES.replace("Gravel,2", "Gravel,3")
    assert "invoice L-1 is AWAITING_PAYMENT" in refused(
        books, books.write("m.csv", changed), code=6
    )
    fewer = "\n".join(LINES.splitlines()[:-1]) + "\n"
    assert "lines" in refused(books, books.write("m.csv", fewer), code=6)


def test_a_status_that_followed_payments_agrees_with_the_file(books):
    path = books.write("i.csv", RECEIVABLES)
    books.ok("import", "invoices", path)
    books.ok("pay", "0000017", "--amount", "20")
    books.ok("pay", "k18")
    books.ok("void", "k19", "--yes")
    assert books.ok("import", "invoices", path) == counts(unchanged=3)
    reordered = books.write("j.csv", "status,number\nAWAITING_PAYMENT,0000017\n,0000018\n")
    assert books.ok("import", "invoices", reordered) == counts(unchanged=2)


def test_a_draft_is_replaced_wholly_and_issued_when_the_file_says_so(books):
    text = "number,customer,amount,currency,status\nN-1,acme,1,EUR,DRAFT\n"
    books.ok("import", "invoices", books.write("i.csv", text))
    assert books.ok(
        "import", "invoices", books.write("j.csv", text.replace(",1,", ",2,"))
    ) == counts(updated=1)
    assert (invoice(books, "N-1")["amount"], invoice(books, "N-1")["status"]) == (2, "DRAFT")
    issued = text.replace("DRAFT", "AWAITING_PAYMENT").replace(",1,", ",3,")
    assert books.ok("import", "invoices", books.write("k.csv", issued)) == counts(updated=1)
    made = invoice(books, "N-1")
    assert (made["amount"], made["amountOwed"], made["status"]) == (3, 3, "AWAITING_PAYMENT")
    assert len(made["lines"]) == 1
    assert books("check").exit_code == 0


def test_a_file_can_void_what_it_brought(books):
    path = books.write("i.csv", RECEIVABLES)
    books.ok("import", "invoices", path)
    text = "number,status,voidedOn\n0000017,VOIDED,2026-01-10\n"
    assert books.ok("import", "invoices", books.write("j.csv", text)) == counts(updated=1)
    assert invoice(books, "0000017")["status"] == "VOIDED"
    books.ok("pay", "k18")
    text = "number,status\n0000018,VOIDED\n"
    assert "0000018" in refused(books, books.write("j.csv", text), code=6)


# what is refused


@pytest.mark.parametrize(
    ("header", "row", "code", "message"),
    [
        ("number,customer,amount", ",acme,5", 5, "line 2, column number: is missing, and so is"),
        ("number,customer,amount", "N-1,,5", 5, "line 2, column customer: is missing"),
        ("number,customer,amount", "N-1,nobody,5", 5, "line 2, column customer: no customer 'nob"),
        ("number,customer,amount", "N-1,acme,5.005", 5, "column amount: has more than 2 decimals"),
        ("number,customer,amount", "N-1,acme,-5", 5, "is below 0: -5.00 USD"),
        ("number,customer,amount", 'N-1,acme,"1,50"', 5, "column amount: is not a plain number"),
        ("number,customer,amount", "N-1,acme,", 6, "line 2: nothing to bill"),
        ("number,customer,amount,currency", "N-1,acme,5,EUX", 5, "column currency: is not an"),
        ("number,customer,amount,invoiceDate", "N-1,acme,5,1/2/2026", 5,
         "column invoiceDate: is not a date"),
        ("number,customer,amount,dueDate", "N-1,acme,5,2026-02-30", 5, "column dueDate: is not a"),
        ("number,customer,amount,status", "N-1,acme,5,PAID", 5, "column status: is 'PAID', which"),
        ("number,customer,amount,status", "N-1,acme,5,posted", 5, "column status: is 'posted'; it"),
        ("number,customer,amount,status,voidedOn", "N-1,acme,5,,2026-01-10", 5,
         "column voidedOn: stands beside the status AWAITING_PAYMENT"),
        ("number,customer,amount,status,voidedOn,invoiceDate",
         "N-1,acme,5,VOIDED,2026-01-10,2026-01-11", 5, "column voidedOn: is 2026-01-10, before"),
        ("number,customer,amount,tax", "N-1,acme,5,VAT", 5, "column tax: belongs to lines"),
        ("number,customer,quantity", "N-1,acme,5", 5, "line 2, column unitPrice: is missing"),
        ("number,customer,description,unitPrice", "N-1,acme,Sand,x", 5, "column unitPrice: is not"),
        ("number,customer,amount", "DRAFT-00001,acme,5", 6, "reads as another record's id"),
        ("number,key,customer,amount", "N-1,INV-00009,acme,5", 6, "reads as an invoice number"),
        ("number,customer,amount,term", "N-1,acme,5,30 days EOM", 5, "column term: "),
        ("number,customer,amount,duedate", "N-1,acme,5,x", 5, "column duedate: is not a field"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_and_nothing_is_stored(books, header, row, code, message):
    good = ",".join("G-1" if name == "number" else "" for name in header.split(","))
    path = books.write("i.csv", f"{header}\n{row}\n")
    assert message in refused(books, path, code=code)
    assert books.ok("filter", "--count", "--status", "open,draft,paid,void") == 0, good


def test_the_same_number_twice_is_refused_with_both_lines(books):
    text = "number,customer,amount\nN-1,acme,5\nN-2,acme,5\nn-1,acme,5\n"
    message = refused(books, books.write("i.csv", text), code=5)
    assert "line 4, column number: 'n-1' stands in line 2 already" in message


def test_the_same_number_twice_is_seen_over_thousands_of_rows(books):
    rows = [f"N-{n},acme,1" for n in range(1_200)]
    text = "\n".join(["number,customer,amount", *rows, "N-7,acme,1", ""])
    message = refused(books, books.write("i.csv", text), code=5)
    assert "line 1202, column number: 'N-7' stands in this file before" in message


def test_a_number_that_is_taken_is_a_conflict(books):
    books.ok("import", "invoices", books.write("i.csv", RECEIVABLES))
    text = "number,key,customer,amount\n0000018,other,acme,5\n"
    assert "number '0000018' is taken" in refused(books, books.write("j.csv", text), code=6)


def test_a_key_that_is_anothers_number_is_a_conflict_within_a_file_too(books):
    text = "number,key,customer,amount\nN-1,,acme,5\nN-2,N-1,acme,5\n"
    message = refused(books, books.write("j.csv", text), code=6)
    assert "line 3: key 'N-1' is another invoice's" in message


@pytest.mark.parametrize("stored", [True, False])
def test_a_number_that_is_anothers_key_in_any_case_is_a_conflict(books, stored):
    first, second = "B-1,web-7,acme,5\n", "WEB-7,other,acme,5\n"
    if stored:
        books.ok("import", "invoices", books.write("i.csv", f"number,key,customer,amount\n{first}"))
    text = f"number,key,customer,amount\n{'' if stored else first}{second}"
    assert "number 'WEB-7' is taken" in refused(books, books.write("j.csv", text), code=6)


def test_an_invoice_may_have_its_number_as_its_key_in_another_case(books):
    text = "number,key,customer,amount\nWEB-7,web-7,acme,5\n"
    path = books.write("i.csv", text)
    assert books.ok("import", "invoices", path)["created"] == 1
    assert books.ok("import", "invoices", path)["unchanged"] == 1


def test_rows_of_one_invoice_have_to_agree(books):
    changed = LINES.replace("L-1,acme,2026-01-02,,,,Transport", "L-1,acme,2026-01-09,,,,Transport")
    message = refused(books, books.write("l.csv", changed), code=5)
    assert "line 5, column invoiceDate: is '2026-01-09' here and '2026-01-02' in line 2" in message


def test_a_date_in_another_format_is_named(run):
    path = run.write("their.csv", FOREIGN.replace("12/26/2024", "26/12/2024"))
    message = run.refused("import", "invoices", path, *MAPPED, code=5)
    assert "line 3, column Issued: is not a date in the format %m/%d/%Y: '26/12/2024'" in message
    assert run.is_untouched() or run.ok("customer", "list")["data"] == []


def test_the_lines_of_json_are_named_by_their_path(books):
    good = {"number": "N-1", "customer": "acme", "lines": [{"description": "A", "unitPrice": 1}]}
    bad = {**good, "number": "N-2", "lines": [*good["lines"], {"description": "B", "qty": "x"}]}
    path = books.write("i.jsonl", f"{json.dumps(good)}\n{json.dumps(bad)}\n")
    assert "i.jsonl line 2, lines[1].qty: is not a plain number" in refused(books, path, code=5)


def test_whole_invoices_are_set_aside_and_their_customers_with_them(books):
    text = LINES.replace("Transport,1", "Transport,x").replace("L-1,acme", "L-1,new")
    ran = books(
        "import", "invoices", books.write("l.csv", text), "--create-customers",
        "--skip-invalid", "bad.csv", "--json",
    )  # fmt: skip
    assert (ran.exit_code, ran.json) == (3, counts(created=1, rejected=1))
    rows = (books.folder / "bad.csv").read_text().splitlines()
    assert len(rows) == 4
    assert all("line 5, column quantity" in row for row in rows[1:])
    assert [each["key"] for each in books.ok("customer", "list")["data"]] == ["acme"]
    assert books("check").exit_code == 0


def test_what_was_stored_for_a_bad_row_to_see_stays_stored(books):
    books.ok("order", "add", "--key", "o1", "--customer", "acme", "--currency", "EUR",
             "--charge", "desc=Sand,qty=2,price=10")  # fmt: skip
    bodies = [
        {"number": "N-1", "order": "o1"},
        {"number": "N-2", "customer": "new", "order": "o1"},
        {"number": "N-3", "customer": "acme", "amount": "5"},
    ]
    path = books.write("i.json", json.dumps(bodies))
    ran = books(
        "import", "invoices", path, "--create-customers", "--skip-invalid", "bad.csv", "--json"
    )
    assert ran.json == counts(created=2, rejected=1)
    assert [each["key"] for each in books.ok("customer", "list")["data"]] == ["acme"]
    assert [each["action"] for each in books.ok("activity", "N-1")["data"]] == ["import"]
    assert books("check").exit_code == 0


def test_a_bad_row_among_thousands_leaves_the_others(books):
    rows = [f"N-{n},acme,{'x' if n == 1_500 else 1}" for n in range(2_000)]
    path = books.write("i.csv", "\n".join(["number,customer,amount", *rows, ""]))
    ran = books("import", "invoices", path, "--skip-invalid", "bad.csv", "--json")
    assert ran.json == counts(created=1_999, rejected=1)
    assert (books.folder / "bad.csv").read_text().splitlines()[1].startswith("N-1500,acme,x,1502,")
    assert books("check").exit_code == 0


def test_warnings_are_told_for_the_first_few(books):
    rows = [f"N-{n},acme,1,2026-01-02,2026-01-01" for n in range(9)]
    path = books.write(
        "i.csv", "\n".join(["number,customer,amount,invoiceDate,dueDate", *rows, ""])
    )
    ran = books("import", "invoices", path)
    said = ran.stderr.splitlines()
    assert len(said) == 6
    assert said[0].endswith("i.csv line 2: the due date 2026-01-01 is before the invoice date")
    assert said[-1] == "warning: and 4 more such warnings"


def test_a_dry_run_of_invoices_stores_nothing(books):
    path = books.write("i.csv", RECEIVABLES)
    assert books.ok("import", "invoices", path, "--dry-run") == counts(created=3)
    assert books.ok("filter", "--count") == 0
    assert books.ok("next-number")["nextNumber"] == "INV-00001"
