"""import payments and credits, as their user meets them: what is settled, from when, and again."""

import json
from decimal import Decimal

import pytest

from tests.importing import counts

INVOICES = """\
number,customer,invoiceDate,dueDate,term,currency,amount
00041,acme,2025-11-03,2025-12-03,,EUR,100.00
00042,acme,2025-12-01,2026-01-15,,EUR,80.00
00043,acme,2025-12-10,,2/10 net 30,EUR,50.00
00044,birch,2025-12-10,2026-01-15,,EUR,70.00
00045,acme,2025-12-10,2026-01-15,,USD,30.00
"""

PAYMENTS = """\
key,customer,paymentDate,amount,currency,method,reference,invoice,applied,appliedAt
p1,acme,2025-12-05,130.00,EUR,check,CHK-1,00041,100.00,
p1,,,,,,,00042,20.00,2025-12-20
p2,birch,2025-12-01,70.00,EUR,ach_wire,,00044,70.00,
p3,acme,2026-01-05,40.00,EUR,,,,,
"""

CREDITS = """\
key,customer,date,amount,currency,reference,invoice,applied,appliedAt
m1,acme,2025-12-08,30.00,EUR,goodwill,00041,10.00,
m1,,,,,,00042,5.00,2026-01-04
m2,birch,2026-01-02,5.00,EUR,,,,
"""

# Each is settled on the day it was paid; dates of another program, zeros in front.
FOREIGN = """\
Client,DocNo,Issued,Due,Sum,Settled
C/1,0000000041,1/2/2025,2/1/2025,55.94,1/15/2025
C/2,0000000042,12/26/2024,1/25/2025,61.74,3/3/2025
C/1,0000000043,7/3/2025,8/2/2025,65.88,7/1/2025
"""
AS_INVOICES = (
    "--create-customers", "--map", "number=DocNo", "--map", "customer=Client",
    "--map", "invoiceDate=Issued", "--map", "dueDate=Due", "--map", "amount=Sum",
    "--default", "currency=EUR", "--date-format", "%m/%d/%Y",
)  # fmt: skip
AS_PAYMENTS = (
    "--map", "key=DocNo", "--map", "customer=Client", "--map", "paymentDate=Settled",
    "--map", "amount=Sum", "--map", "invoice=DocNo", "--map", "applied=Sum",
    "--default", "currency=EUR", "--date-format", "%m/%d/%Y",
)  # fmt: skip


@pytest.fixture
def books(run):
    """Two customers with the invoices above."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    run.ok("customer", "add", "--name", "Birch", "--key", "birch")
    run.ok("import", "invoices", run.write("invoices.csv", INVOICES))
    return run


def get(run, *words):
    return json.loads(run(*words, "--json").stdout, parse_float=Decimal)


def owed(run, ref):
    return str(get(run, "get", ref)["amountOwed"])


def totals(run, day):
    rows = get(run, "aging", "--as-of", day, "--totals")["totals"]
    return {row["currency"]: (str(row["total"]), str(row["unapplied"])) for row in rows}


# what a payment of a file becomes


def test_rows_of_one_key_are_one_payment(books):
    assert books.ok("import", "payments", books.write("p.csv", PAYMENTS)) == counts(created=3)
    payment = get(books, "payment", "get", "p1")
    assert (payment["amount"], payment["unapplied"]) == (Decimal("130.00"), Decimal("10.00"))
    assert (payment["method"], payment["reference"]) == ("check", "CHK-1")
    applied = [
        (each["invoice"], each["amount"], each["appliedAt"]) for each in payment["applications"]
    ]
    assert applied == [
        ("00041", Decimal("100.00"), "2025-12-05"), ("00042", Decimal("20.00"), "2025-12-20"),
    ]  # fmt: skip
    assert books("check").exit_code == 0


def test_the_status_of_an_invoice_follows(books):
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    assert get(books, "get", "00041")["status"] == "PAID"
    assert get(books, "get", "00042")["status"] == "PARTIALLY_PAID"
    assert owed(books, "00042") == "60.00"


def test_money_counts_from_the_latest_of_its_days(books):
    """A payment may be older than the invoice that it settles; until then it is unapplied."""
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    payment = get(books, "payment", "get", "p2")
    assert payment["paymentDate"] == "2025-12-01"
    assert payment["applications"][0]["appliedAt"] == "2025-12-10"
    assert totals(books, "2025-12-09")["EUR"] == ("80.00", "-100.00")
    assert totals(books, "2025-12-20")["EUR"] == ("110.00", "-10.00")


def test_a_payment_without_an_invoice_stays_unapplied(books):
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    assert get(books, "payment", "get", "p3")["unapplied"] == Decimal("40.00")


def test_inside_the_window_of_a_term_the_discount_is_taken(books):
    text = "key,customer,paymentDate,amount,currency,invoice,applied\nd,acme,2025-12-20,49,EUR,00043,49\n"
    books.ok("import", "payments", books.write("p.csv", text))
    made = get(books, "get", "00043")
    assert (made["status"], made["discountTaken"]) == ("PAID", Decimal("1.00"))
    assert books("check").exit_code == 0


def test_payments_are_read_from_json_as_ours_are_shown(books):
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    shown = [get(books, "payment", "get", key) for key in ("p1", "p2", "p3")]
    again = books.write("again.json", json.dumps({"data": shown}, default=str))
    assert books.ok("import", "payments", again) == counts(unchanged=3)


def test_another_programs_file_is_read_as_it_is(run):
    path = run.write("their.csv", FOREIGN)
    run.ok("import", "invoices", path, *AS_INVOICES)
    assert run.ok("import", "payments", path, *AS_PAYMENTS) == counts(created=3)
    assert get(run, "get", "0000000042")["status"] == "PAID"
    assert totals(run, "2025-01-31") == {"EUR": ("61.74", "0.00")}
    assert totals(run, "2025-07-02") == {"EUR": ("0.00", "-65.88")}
    assert totals(run, "2025-07-03") == {}
    assert run.ok("import", "invoices", path, *AS_INVOICES) == counts(unchanged=3)
    assert run.ok("import", "payments", path, *AS_PAYMENTS) == counts(unchanged=3)
    assert run("check").exit_code == 0


def test_a_key_may_be_the_number_of_an_invoice(books):
    """Keys are unique within their kind alone."""
    text = "key,customer,amount,currency,invoice,applied\n00041,acme,100,EUR,00041,100\n"
    assert books.ok("import", "payments", books.write("p.csv", text)) == counts(created=1)
    assert get(books, "get", "00041")["status"] == "PAID"


def test_many_payments_of_one_invoice_in_one_file(books):
    rows = [f"q{n},acme,2025-12-05,0.50,EUR,00041,0.50" for n in range(200)]
    header = "key,customer,paymentDate,amount,currency,invoice,applied"
    path = books.write("p.csv", "\n".join([header, *rows, ""]))
    assert books.ok("import", "payments", path) == counts(created=200)
    assert get(books, "get", "00041")["status"] == "PAID"
    assert books("check").exit_code == 0


def test_the_status_of_an_order_follows_imported_payments(books):
    books.ok("order", "add", "--key", "o1", "--customer", "acme", "--currency", "EUR",
             "--charge", "desc=Sand,qty=2,price=10")  # fmt: skip
    text = "number,order,amount\nN-1,o1,20.00\n"
    books.ok("import", "invoices", books.write("o.csv", text))
    text = "key,customer,amount,currency,invoice,applied\nx,acme,20,EUR,n-1,20\n"
    books.ok("import", "payments", books.write("p.csv", text))
    assert books.ok("order", "get", "o1")["status"] == "DELIVERED_PAID"


# again


def test_the_same_payments_again_change_nothing(books):
    path = books.write("p.csv", PAYMENTS)
    books.ok("import", "payments", path)
    before = (books.ok("payment", "list"), books.ok("filter", "--all"))
    assert books.ok("import", "payments", path) == counts(unchanged=3)
    assert (books.ok("payment", "list"), books.ok("filter", "--all")) == before


def test_what_was_applied_by_hand_since_is_no_change_of_the_file(books):
    path = books.write("p.csv", PAYMENTS)
    books.ok("import", "payments", path)
    books.ok("payment", "apply", "p3", "00042", "--amount", "40")
    assert books.ok("import", "payments", path) == counts(unchanged=3)


def test_new_applications_are_applied(books):
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    more = PAYMENTS.replace(
        "p3,acme,2026-01-05,40.00,EUR,,,,,", "p3,acme,2026-01-05,40.00,EUR,,,00042,15,"
    )
    assert books.ok("import", "payments", books.write("q.csv", more)) == counts(
        updated=1, unchanged=2
    )
    assert get(books, "payment", "get", "p3")["unapplied"] == Decimal("25.00")
    assert owed(books, "00042") == "45.00"
    assert books("check").exit_code == 0


def test_method_and_reference_may_be_put_right(books):
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    path = books.write("q.csv", "key,reference\np3,TXN-7\n")
    assert books.ok("import", "payments", path) == counts(updated=1)
    assert get(books, "payment", "get", "p3")["reference"] == "TXN-7"
    assert books("check").exit_code == 0


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("amount", "41.00", "column amount: is 41.00 EUR here and 40.00 EUR in the books"),
        ("paymentDate", "2026-01-06", "column paymentDate: is 2026-01-06 here and 2026-01-05 in"),
        ("customer", "birch", "column customer: is another one than in the books"),
        ("currency", "USD", "column currency: is USD here and EUR in the books"),
    ],
)
def test_what_was_booked_stays(books, field, value, message):
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    path = books.write("q.csv", f"key,{field}\np3,{value}\n")
    assert message in books.refused("import", "payments", path, code=6)


def test_an_application_that_left_the_file_is_a_conflict(books):
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    fewer = "\n".join(line for line in PAYMENTS.splitlines() if "00042" not in line)
    message = books.refused("import", "payments", books.write("q.csv", fewer + "\n"), code=6)
    assert "'p1' is applied in the books as the file does not say any more" in message


def test_a_deleted_payment_does_not_come_back(books):
    books.ok("import", "payments", books.write("p.csv", PAYMENTS))
    books.ok("payment", "delete", "p3", "--yes")
    path = books.write("q.csv", "key,reference\np3,TXN-7\n")
    message = books.refused("import", "payments", path, code=6)
    assert "payment 'p3' was deleted" in message


# what is refused


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        (",acme,5,EUR,00041,5", 5, "line 2, column key: is missing"),
        ("x,,5,EUR,00041,5", 5, "line 2, column customer: is missing"),
        ("x,nobody,5,EUR,00041,5", 5, "line 2, column customer: no customer 'nobody'"),
        ("x,acme,0,EUR,,", 5, "line 2, column amount: is 0.00, which is not above 0"),
        ("x,acme,-5,EUR,,", 5, "line 2, column amount: is -5.00, which is not above 0"),
        ("x,acme,,EUR,,", 5, "line 2, column amount: is missing"),
        ("x,acme,5.001,EUR,,", 5, "line 2, column amount: has more than 2 decimals for EUR"),
        ("x,acme,5,EUR,00049,5", 5, "line 2, column invoice: no invoice '00049'"),
        ("x,acme,5,EUR,,5", 5, "line 2, column invoice: is missing"),
        ("x,acme,5,EUR,00041,", 5, "line 2, column applied: is missing"),
        ("x,acme,5,EUR,00041,0", 5, "line 2, column applied: is 0.00"),
        ("x,acme,5,EUR,00041,6", 6, "line 2, column invoice: 6.00 EUR is more than is left of the"),
        ("x,acme,500,EUR,00041,101", 6, "101.00 EUR is more than is owed on 00041, 100.00 EUR"),
        ("x,acme,5,EUR,00044,5", 6, "the payment and invoice 00044 are of different customers"),
        ("x,acme,5,EUR,00045,5", 6, "the payment is in EUR, invoice 00045 in USD"),
        ("PAY-00009,acme,5,EUR,,", 6, "line 2, column key: 'PAY-00009' reads as a friendly id"),
        ("INV-00009,acme,5,EUR,,", 6, "column key: 'INV-00009' reads as an invoice number"),
    ],
)
def test_a_bad_payment_is_named_and_nothing_is_stored(books, row, code, message):
    path = books.write("p.csv", f"key,customer,amount,currency,invoice,applied\n{row}\n")
    assert message in books.refused("import", "payments", path, code=code)
    assert books.ok("payment", "list")["data"] == []


def test_a_draft_cannot_be_paid(books):
    books.ok("create", "--customer", "acme", "--item", "desc=x,price=5", "--key", "draft")
    path = books.write("p.csv", "key,customer,amount,invoice,applied\nx,acme,5,draft,5\n")
    assert "cannot pay invoice DRAFT-00001: it is DRAFT" in books.refused(
        "import", "payments", path, code=6
    )


def test_the_same_key_in_two_records_is_refused(books):
    bodies = [{"key": "x", "customer": "acme", "amount": 5, "currency": "EUR"}] * 2
    path = books.write("p.json", json.dumps(bodies))
    message = books.refused("import", "payments", path, code=5)
    assert "record 2, key: 'x' stands in record 1 already" in message


def test_an_invoice_is_never_settled_twice_by_one_file(books):
    text = "key,customer,amount,currency,invoice,applied\nx,acme,60,EUR,00041,60\ny,acme,60,EUR,00041,60\n"
    message = books.refused("import", "payments", books.write("p.csv", text), code=6)
    assert "line 3, column invoice: 60.00 EUR is more than is owed on 00041, 40.00 EUR" in message


def test_a_bad_application_rejects_the_whole_payment(books):
    text = PAYMENTS.replace("00042,20.00", "00042,999.00")
    ran = books(
        "import", "payments", books.write("p.csv", text), "--skip-invalid", "bad.csv", "--json"
    )
    assert (ran.exit_code, ran.json) == (3, counts(created=2, rejected=1))
    rows = (books.folder / "bad.csv").read_text().splitlines()[1:]
    assert [row.split(",", 1)[0] for row in rows] == ["p1", "p1"]
    assert owed(books, "00041") == "100.00"
    assert books("check").exit_code == 0


# credits


def test_rows_of_one_key_are_one_credit_memo(books):
    path = books.write("c.csv", CREDITS)
    assert books.ok("import", "credits", path) == counts(created=2)
    memo = get(books, "credit", "get", "m1")
    assert (memo["amount"], memo["remaining"]) == (Decimal("30.00"), Decimal("15.00"))
    applied = [
        (each["invoice"], each["amount"], each["appliedAt"]) for each in memo["applications"]
    ]
    assert applied == [
        ("00041", Decimal("10.00"), "2025-12-08"), ("00042", Decimal("5.00"), "2026-01-04"),
    ]  # fmt: skip
    assert get(books, "credit", "get", "m2")["remaining"] == Decimal("5.00")
    assert books.ok("import", "credits", path) == counts(unchanged=2)
    assert books("check").exit_code == 0


def test_credits_are_read_from_json_as_ours_are_listed(books):
    books.ok("import", "credits", books.write("c.csv", CREDITS))
    books.ok("credit-note", "00042", "--amount", "1", "--key", "note")
    again = books.write("again.json", books("credit", "list", "--all", "--json").stdout)
    assert books.ok("import", "credits", again) == counts(unchanged=3)


def test_a_credit_note_names_its_invoice_in_a_row_that_applies_nothing(books):
    header = "key,customer,date,amount,currency,invoice,applied"
    rows = ("n1,acme,2026-01-02,20.00,EUR,00041,", "n1,,,,,00041,20.00")
    path = books.write("c.csv", "\n".join([header, *rows, ""]))
    assert books.ok("import", "credit", path) == counts(created=1)
    memo = get(books, "credit", "get", "n1")
    assert (memo["invoice"], memo["remaining"]) == ("00041", Decimal("0.00"))
    assert owed(books, "00041") == "80.00"
    assert books.ok("import", "credits", path) == counts(unchanged=1)


def test_new_applications_of_a_memo_are_applied(books):
    books.ok("import", "credits", books.write("c.csv", CREDITS))
    more = CREDITS.replace(
        "m2,birch,2026-01-02,5.00,EUR,,,,", "m2,birch,2026-01-02,5.00,EUR,,00044,5,"
    )
    assert books.ok("import", "credits", books.write("d.csv", more)) == counts(
        updated=1, unchanged=1
    )
    assert owed(books, "00044") == "65.00"
    assert books("check").exit_code == 0


@pytest.mark.parametrize(
    ("row", "code", "message"),
    [
        ("x,acme,5,EUR,00049,5", 5, "line 2, column invoice: no invoice '00049'"),
        ("x,acme,5,EUR,00041,6", 6, "6.00 EUR is more than remains of the credit memo"),
        ("x,acme,5,EUR,00044,", 6, "are of different customers"),
        ("x,acme,500,EUR,00041,", 6, "line 2: "),
        ("CM-00009,acme,5,EUR,,", 6, "reads as a friendly id"),
    ],
)
def test_a_bad_memo_is_named_and_nothing_is_stored(books, row, code, message):
    path = books.write("c.csv", f"key,customer,amount,currency,invoice,applied\n{row}\n")
    assert message in books.refused("import", "credits", path, code=code)
    assert books.ok("credit", "list")["data"] == []


def test_a_bad_memo_among_good_ones_is_set_aside_whole(books):
    text = CREDITS.replace("00042,5.00", "00042,99.00")
    ran = books(
        "import", "credits", books.write("c.csv", text), "--skip-invalid", "bad.csv", "--json"
    )
    assert (ran.exit_code, ran.json) == (3, counts(created=1, rejected=1))
    assert owed(books, "00041") == "100.00"
    assert books("check").exit_code == 0
