"""pay: one payment of an invoice, inside a discount window or not; and what is refused."""

import pytest

PAID = ("PAID", 0)


@pytest.fixture
def shop(run):
    """Two customers, and INV-00001 of 171.65 EUR, of 2026-01-05, due in 30 days."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--currency", "EUR")
    run.ok("customer", "add", "--name", "Other", "--key", "other", "--currency", "EUR")
    invoice(run, "171.65")
    return run


def invoice(run, amount, *words, date="2026-01-05", customer="acme", term="Net 30"):
    """Issue an invoice of one line; return its number."""
    made = run.ok("create", "--customer", customer, "--item", f"desc=Work,price={amount}",
                  "--invoice-date", date, "--term", term, *words)  # fmt: skip
    return run.ok("mark-awaiting", made["friendlyId"])["friendlyId"]


def books(run):
    """Return everything that is kept, to see that nothing changed."""
    return run.everything()


def state(run, ref="INV-00001"):
    found = run.ok("get", ref)
    return found["status"], found["amountOwed"]


def test_an_amount_pays_a_part(shop):
    payment = shop.ok("pay", "INV-00001", "--amount", "71.65", "--method", "check",
                      "--reference", "4711")  # fmt: skip
    assert payment["friendlyId"] == "PAY-00001"
    assert (payment["amount"], payment["unapplied"], payment["currency"]) == (71.65, 0, "EUR")
    assert (payment["method"], payment["reference"]) == ("check", "4711")
    (applied,) = payment["applications"]
    assert (applied["invoice"], applied["amount"], applied["appliedAt"]) == (
        "INV-00001", 71.65, "2026-01-31"
    )  # fmt: skip
    assert state(shop) == ("PARTIALLY_PAID", 100)


def test_without_an_amount_it_pays_all_that_is_owed(shop):
    shop.ok("pay", "INV-00001", "--amount", "100")
    assert shop.ok("pay", "INV-00001")["amount"] == 71.65
    assert state(shop) == PAID


def test_the_invoice_shows_its_payments(shop):
    made = shop.ok("pay", "INV-00001", "--date", "2026-01-20", "--method", "ach_wire")
    found = shop.ok("get", "INV-00001")
    (payment,) = found["payments"]
    assert payment["paymentGroupId"] == made["paymentGroupId"]
    assert (payment["amount"], payment["paymentDate"], payment["paymentMethodType"]) == (
        171.65, "2026-01-20", "ach_wire"
    )  # fmt: skip
    assert found["amountPaid"] == 171.65
    assert found["kpis"]["lastPaymentDate"] == "2026-01-20"


def test_what_is_more_than_owed_is_refused_and_nothing_is_kept(shop):
    before = books(shop)
    message = shop.refused("pay", "INV-00001", "--amount", "171.66", code=6)
    assert message == "the payment is 0.01 EUR more than is owed on INV-00001"
    assert books(shop) == before


def test_an_excess_can_stay_unapplied(shop):
    payment = shop.ok("pay", "INV-00001", "--amount", "200", "--excess", "unapplied")
    assert (payment["amount"], payment["unapplied"]) == (200, 28.35)
    assert state(shop) == PAID
    (row,) = shop.ok("aging")["rows"]
    assert (row["total"], row["unapplied"], row["balance"]) == (0, -28.35, -28.35)


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0", 5), ("0.00", 5), ("-5", 5), ("1.005", 5), ("99999999999999", 5),
     ("abc", 2), ("", 2), (" ", 2), ("1,50", 2), ("1e3", 2), ("NaN", 2), ("١٢", 2)],
)  # fmt: skip
def test_an_amount_that_cannot_be(shop, amount, code):
    before = books(shop)
    shop.refused("pay", "INV-00001", f"--amount={amount}", code=code)
    assert books(shop) == before


def test_a_date_that_cannot_be_read(shop):
    shop.refused("pay", "INV-00001", "--date", "11/12/2026", code=2)


def test_an_excess_is_unapplied_or_refused(shop):
    shop.refused("pay", "INV-00001", "--excess", "lost", code=2)


def test_there_are_no_yen_to_the_cent(shop):
    invoice(shop, "500", "--currency", "JPY")
    assert "JPY has none" in shop.refused("pay", "INV-00002", "--amount", "1.50", code=5)


def test_a_draft_cannot_be_paid(shop):
    shop.ok("create", "--customer", "acme", "--item", "desc=Work,price=1")
    ran = shop("pay", "DRAFT-00002")
    assert ran.exit_code == 6
    assert ran.stderr.splitlines() == [
        "error: cannot pay invoice DRAFT-00002: it is DRAFT",
        "hint: invoicectl mark-awaiting DRAFT-00002",
    ]


def test_what_is_paid_cannot_be_paid_again(shop):
    shop.ok("pay", "INV-00001")
    before = books(shop)
    assert "it is PAID" in shop.refused("pay", "INV-00001", code=6)
    assert books(shop) == before


def test_what_is_void_cannot_be_paid(shop):
    shop.ok("void", "INV-00001", "--yes")
    assert "it is VOIDED" in shop.refused("pay", "INV-00001", code=6)


def test_an_unknown_invoice(shop):
    shop.refused("pay", "INV-00099", code=4)


def test_a_dry_run_shows_the_payment_and_keeps_nothing(shop):
    before = books(shop)
    shown = shop.ok("pay", "INV-00001", "--dry-run")
    assert (shown["amount"], shown["applications"][0]["invoice"]) == (171.65, "INV-00001")
    assert books(shop) == before


def test_the_same_key_and_content_pay_once(shop):
    words = ("pay", "INV-00001", "--amount", "50", "--key", "bank-1")
    first = shop.ok(*words)
    before = books(shop)
    assert shop.ok(*words) == first
    again = ("pay", first["applications"][0]["invoiceId"], "--amount", "50.00", "--key", "bank-1")
    assert shop.ok(*again, today="2026-03-01") == first
    assert books(shop) == before


def test_a_payment_that_settled_the_invoice_can_be_repeated_by_its_key(shop):
    first = shop.ok("pay", "INV-00001", "--key", "bank-1")
    assert shop.ok("pay", "INV-00001", "--key", "bank-1") == first


@pytest.mark.parametrize("other", [("--amount", "51"), ("--amount", "50", "--method", "card")])
def test_a_key_of_other_content_is_refused(shop, other):
    shop.ok("pay", "INV-00001", "--amount", "50", "--key", "bank-1")
    before = books(shop)
    message = shop.refused("pay", "INV-00001", *other, "--key", "bank-1", code=6)
    assert message == "key 'bank-1' was used before, for other content"
    assert books(shop) == before


def test_a_key_is_of_one_invoice(shop):
    invoice(shop, "171.65")
    shop.ok("pay", "INV-00001", "--key", "bank-1")
    shop.refused("pay", "INV-00002", "--key", "bank-1", code=6)


@pytest.mark.parametrize("key", ["PAY-00007", "INV-00009", "01a20046-d5e0-7b77-aabb-9b6b16e81926"])
def test_a_key_that_reads_as_another_name_is_refused(shop, key):
    assert "reads as" in shop.refused("pay", "INV-00001", "--key", key, code=6)


def test_a_payment_counts_from_the_latest_of_its_date_and_the_invoice(shop):
    assert shop.ok("pay", "INV-00001", "--amount", "1", "--date", "2026-01-02")["applications"][0][
        "appliedAt"
    ] == "2026-01-05"  # fmt: skip
    assert shop.ok("pay", "INV-00001", "--amount", "1", "--date", "2026-01-20")["applications"][0][
        "appliedAt"
    ] == "2026-01-20"  # fmt: skip


def test_aging_of_a_day_before_the_payment_still_shows_the_debt(shop):
    shop.ok("pay", "INV-00001", "--date", "2026-01-20")
    (row,) = shop.ok("aging", "--as-of", "2026-01-19")["rows"]
    assert (row["total"], row["unapplied"], row["balance"]) == (171.65, 0, 171.65)
    assert shop.ok("aging", "--as-of", "2026-01-20")["rows"] == []


def test_money_before_the_invoice_is_unapplied_until_then(shop):
    shop.ok("pay", "INV-00001", "--date", "2026-01-02")
    (row,) = shop.ok("aging", "--as-of", "2026-01-03")["rows"]
    assert (row["total"], row["unapplied"], row["balance"]) == (0, -171.65, -171.65)
    assert shop.ok("aging", "--as-of", "2026-01-05")["rows"] == []


def test_the_history_is_on_the_invoice_and_on_the_payment(shop):
    shop.ok("pay", "INV-00001", "--amount", "71.65")
    on_invoice = shop.ok("activity", "INV-00001")["data"][-1]
    assert (on_invoice["action"], on_invoice["by"]) == ("pay", "tester")
    assert on_invoice["detail"] == {
        "amount": "71.65", "currency": "EUR", "date": "2026-01-31", "payment": "PAY-00001"
    }  # fmt: skip
    on_payment = shop.ok("activity", "PAY-00001")["data"]
    assert [each["action"] for each in on_payment] == ["record", "apply"]
    assert on_payment[-1]["detail"]["invoice"] == "INV-00001"


def test_the_order_is_paid_when_all_of_it_is(shop):
    shop.ok(
        "order", "add", "--customer", "acme", "--key", "SO-1", "--charge", "desc=Freight,price=10"
    )
    shop.ok("create", "--order", "SO-1")
    shop.ok("mark-awaiting", "DRAFT-00002")
    shop.ok("pay", "INV-00002", "--amount", "9.99")
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_UNPAID"
    shop.ok("pay", "INV-00002")
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_PAID"


# 2/10 net 30: of 100.00, 98.00 is enough up to 2026-01-15.


@pytest.fixture
def discounted(run):
    """INV-00001 of 100.00 EUR of 2026-01-05, with 2 % off for ten days."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--currency", "EUR")
    invoice(run, "100", term="2/10 net 30")
    return run


def figures(run, ref="INV-00001"):
    found = run.ok("get", ref)
    return [found[name] for name in ("status", "amountPaid", "discountTaken", "amountOwed")]


def test_on_the_last_day_of_the_window_the_rest_is_let_go(discounted):
    payment = discounted.ok("pay", "INV-00001", "--amount", "98", "--date", "2026-01-15")
    assert figures(discounted) == ["PAID", 98, 2, 0]
    assert payment["applications"][0]["discountTaken"] == 2
    assert payment["unapplied"] == 0


def test_a_day_after_the_window_it_is_not(discounted):
    discounted.ok("pay", "INV-00001", "--amount", "98", "--date", "2026-01-16")
    assert figures(discounted) == ["PARTIALLY_PAID", 98, 0, 2]


def test_a_cent_less_is_a_part_payment(discounted):
    discounted.ok("pay", "INV-00001", "--amount", "97.99", "--date", "2026-01-10")
    assert figures(discounted) == ["PARTIALLY_PAID", 97.99, 0, 2.01]


def test_all_of_it_takes_no_discount(discounted):
    discounted.ok("pay", "INV-00001", "--amount", "100", "--date", "2026-01-10")
    assert figures(discounted) == ["PAID", 100, 0, 0]


def test_without_an_amount_it_pays_what_the_window_asks(discounted):
    assert discounted.ok("pay", "INV-00001", "--date", "2026-01-15")["amount"] == 98


def test_without_an_amount_after_the_window_it_pays_all(discounted):
    assert discounted.ok("pay", "INV-00001")["amount"] == 100


def test_the_discount_is_of_what_is_still_owed(discounted):
    discounted.ok("pay", "INV-00001", "--amount", "50", "--date", "2026-01-10")
    assert discounted.ok("pay", "INV-00001", "--date", "2026-01-12")["amount"] == 49
    assert figures(discounted) == ["PAID", 99, 1, 0]


def test_the_discount_is_dated_as_its_payment(discounted):
    discounted.ok("pay", "INV-00001", "--date", "2026-01-12")
    (row,) = discounted.ok("aging", "--as-of", "2026-01-11")["rows"]
    assert row["total"] == 100
    assert discounted.ok("aging", "--as-of", "2026-01-12")["rows"] == []


def test_the_discount_goes_with_its_payment(discounted):
    discounted.ok("pay", "INV-00001", "--date", "2026-01-12")
    discounted.ok("payment", "delete", "PAY-00001", "--yes")
    assert figures(discounted) == ["AWAITING_PAYMENT", 0, 0, 100]


def test_what_was_billed_is_always_accounted_for(discounted):
    discounted.ok("pay", "INV-00001", "--amount", "10", "--date", "2026-01-06")
    discounted.ok("credit", "create", "--customer", "acme", "--amount", "15")
    discounted.ok("credit", "apply", "CM-00001", "INV-00001")
    discounted.ok("pay", "INV-00001", "--date", "2026-01-12")
    found = discounted.ok("get", "INV-00001")
    parts = ("amountPaid", "creditsApplied", "discountTaken", "amountOwed")
    assert [found[name] for name in parts] == [83.5, 15, 1.5, 0]
    assert found["amount"] == 100


def test_a_discount_never_leaves_nothing_to_pay(run):
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--currency", "JPY")
    invoice(run, "1", term="60/10 net 30")
    assert run.ok("pay", "INV-00001", "--date", "2026-01-06")["amount"] == 1
    assert figures(run) == ["PAID", 1, 0, 0]


def test_the_invoice_may_be_named_on_standard_input(shop):
    payment = shop.ok("pay", "-", "--amount", "5", stdin="inv-00001\n")
    assert payment["applications"][0]["invoice"] == "INV-00001"
    assert len(shop.ok("payments", "-", stdin="INV-00001\n")["data"]) == 1


@pytest.mark.parametrize("lines", ["", "INV-00001\nINV-00001\n"])
def test_one_invoice_is_paid_not_none_and_not_two(shop, lines):
    before = books(shop)
    message = shop.refused("pay", "-", stdin=lines, code=2)
    assert message.endswith("REFs; one is wanted")
    assert books(shop) == before
