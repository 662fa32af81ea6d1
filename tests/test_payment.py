"""payment record, list, get, apply, unapply, delete: money received first and applied then."""

import pytest


@pytest.fixture
def shop(run):
    """Acme owes 100.00 on INV-00001 (due 02-04), 80.00 on 2 (01-20) and 40.00 on 3 (03-01)."""
    for name in ("acme", "other"):
        run.ok("customer", "add", "--name", name.title(), "--key", name, "--currency", "EUR")
    for amount, due in (("100", "2026-02-04"), ("80", "2026-01-20"), ("40", "2026-03-01")):
        invoice(run, amount, "--due-date", due)
    return run


def invoice(run, amount, *words, customer="acme", date="2026-01-05"):
    """Issue an invoice of one line; return its number."""
    made = run.ok("create", "--customer", customer, "--item", f"desc=Work,price={amount}",
                  "--invoice-date", date, *words)  # fmt: skip
    return run.ok("mark-awaiting", made["friendlyId"])["friendlyId"]


def receive(run, amount, *words, customer="acme"):
    return run.ok("payment", "record", "--customer", customer, "--amount", amount, *words)


def books(run):
    """Return everything that is kept, to see that nothing changed."""
    return run.everything()


def applied(payment):
    return [(each["invoice"], each["amount"]) for each in payment["applications"]]


def state(run, ref):
    found = run.ok("get", ref)
    return found["status"], found["amountOwed"]


def aged(run, day):
    """Return total, unapplied and balance on a day, all zero where nothing is shown."""
    rows = run.ok("aging", "--as-of", day)["rows"]
    return tuple(rows[0][name] for name in ("total", "unapplied", "balance")) if rows else (0, 0, 0)


# record


def test_money_stays_unapplied_until_it_is_applied(shop):
    payment = receive(shop, "50", "--date", "2026-01-10", "--method", "check", "--reference", "17")
    assert payment["friendlyId"] == "PAY-00001"
    assert (payment["amount"], payment["unapplied"], applied(payment)) == (50, 50, [])
    assert (payment["paymentDate"], payment["method"], payment["reference"]) == (
        "2026-01-10", "check", "17"
    )  # fmt: skip
    assert payment["paymentGroupId"] == payment["id"]
    assert payment["customer"]["key"] == "acme"
    assert aged(shop, "2026-01-09") == (220, 0, 220)
    assert aged(shop, "2026-01-10") == (220, -50, 170)


def test_it_is_applied_as_said(shop):
    payment = receive(shop, "150", "--apply", "INV-00003=40", "--apply", "INV-00001=60.5")
    assert (applied(payment), payment["unapplied"]) == (
        [("INV-00003", 40), ("INV-00001", 60.5)],
        49.5,
    )
    assert state(shop, "INV-00003") == ("PAID", 0)
    assert state(shop, "INV-00001") == ("PARTIALLY_PAID", 39.5)


def test_one_payment_over_several_invoices_is_one_group(shop):
    payment = receive(shop, "180", "--apply", "INV-00001=100", "--apply", "INV-00002=80")
    groups = [
        each["paymentGroupId"]
        for ref in ("INV-00001", "INV-00002")
        for each in shop.ok("get", ref)["payments"]
    ]
    assert groups == [payment["paymentGroupId"]] * 2


def test_auto_is_oldest_due_first(shop):
    payment = receive(shop, "130", "--auto")
    assert applied(payment) == [("INV-00002", 80), ("INV-00001", 50)]
    assert state(shop, "INV-00003") == ("AWAITING_PAYMENT", 40)


def test_auto_keeps_what_nothing_is_owed_for(shop):
    payment = receive(shop, "250", "--auto")
    assert payment["unapplied"] == 30
    assert len(payment["applications"]) == 3


def test_auto_counts_an_invoice_without_a_due_date_from_its_own(shop):
    number = invoice(shop, "10", date="2026-01-10")
    assert applied(receive(shop, "15", "--auto")) == [(number, 10), ("INV-00002", 5)]


def test_auto_leaves_other_customers_currencies_and_drafts_alone(shop):
    invoice(shop, "500", customer="other")
    invoice(shop, "500", "--currency", "USD")
    shop.ok("create", "--customer", "acme", "--item", "desc=Draft,price=500")
    assert receive(shop, "1000", "--auto")["unapplied"] == 780


def test_auto_takes_the_discount_of_an_open_window(shop):
    number = invoice(shop, "200", "--term", "2/10 net 11", date="2026-01-04")
    payment = receive(shop, "200", "--auto", "--date", "2026-01-14")
    assert applied(payment) == [(number, 196), ("INV-00002", 4)]
    assert state(shop, number) == ("PAID", 0)


def test_auto_takes_no_discount_for_a_part(shop):
    number = invoice(shop, "200", "--term", "2/10 net 11", date="2026-01-04")
    receive(shop, "195.99", "--auto", "--date", "2026-01-14")
    assert state(shop, number) == ("PARTIALLY_PAID", 4.01)


def test_auto_with_nothing_owed_is_a_payment_on_account(shop):
    assert receive(shop, "5", "--auto", customer="other")["unapplied"] == 5


@pytest.mark.parametrize(
    "pairs",
    [("INV-00001=100.01",), ("INV-00001=60", "INV-00002=60"), ("INV-00001=60", "INV-00001=41")],
)
def test_more_than_was_received_or_is_owed_is_refused_whole(shop, pairs):
    before = books(shop)
    words = [word for pair in pairs for word in ("--apply", pair)]
    shop.refused("payment", "record", "--customer", "acme", "--amount", "101", *words, code=6)
    assert books(shop) == before


def test_another_customers_invoice_is_refused(shop):
    number = invoice(shop, "5", customer="other")
    message = shop.refused("payment", "record", "--customer", "acme", "--amount", "5",
                           "--apply", f"{number}=5", code=6)  # fmt: skip
    assert message == f"the payment and invoice {number} are of different customers"


def test_another_currency_is_refused(shop):
    message = shop.refused("payment", "record", "--customer", "acme", "--amount", "5",
                           "--currency", "USD", "--apply", "INV-00001=5", code=6)  # fmt: skip
    assert message == "the payment is in USD, invoice INV-00001 in EUR"


def test_the_currency_is_else_the_customers(shop):
    assert receive(shop, "5")["currency"] == "EUR"
    assert receive(shop, "5", "--currency", "usd")["currency"] == "USD"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--amount", "5"), 2),
        (("--customer", "acme"), 2),
        (("--customer", "nobody", "--amount", "5"), 4),
        (("--customer", "acme", "--amount", "0"), 5),
        (("--customer", "acme", "--amount", "5", "--currency", "EUX"), 5),
        (("--customer", "acme", "--amount", "5", "--apply", "INV-00001"), 2),
        (("--customer", "acme", "--amount", "5", "--apply", "INV-00001=x"), 2),
        (("--customer", "acme", "--amount", "5", "--apply", "INV-00001=0"), 5),
        (("--customer", "acme", "--amount", "5", "--apply", "INV-00009=5"), 4),
        (("--customer", "acme", "--amount", "5", "--apply", "INV-00001=5", "--auto"), 2),
    ],
)
def test_what_cannot_be_recorded(shop, words, code):
    before = books(shop)
    shop.refused("payment", "record", *words, code=code)
    assert books(shop) == before


def test_the_same_key_and_content_record_once(shop):
    words = ("130", "--auto", "--key", "bank-7")
    first = receive(shop, *words)
    before = books(shop)
    assert receive(shop, *words) == first
    assert books(shop) == before


def test_an_invoice_is_the_same_content_by_any_of_its_names(shop):
    invoice = shop.ok("get", "INV-00001")["id"]
    first = receive(shop, "130", "--key", "bank-7", "--apply", "INV-00001=30")
    before = books(shop)
    assert receive(shop, "130", "--key", "bank-7", "--apply", f"{invoice}=30.00") == first
    assert books(shop) == before


@pytest.mark.parametrize(
    "words", [("131", "--auto"), ("130",), ("130", "--apply", "INV-00001=100")]
)
def test_a_key_of_other_content_is_refused(shop, words):
    receive(shop, "130", "--auto", "--key", "bank-7")
    before = books(shop)
    shop.refused("payment", "record", "--customer", "acme", "--key", "bank-7", "--amount", *words,
                 code=6)  # fmt: skip
    assert books(shop) == before


def test_a_customer_has_one_key_by_any_name(shop):
    first = receive(shop, "5", "--key", "bank-7")
    assert receive(shop, "5", "--key", "bank-7", customer="c-00001") == first


def test_a_dry_run_records_nothing(shop):
    before = books(shop)
    assert applied(receive(shop, "130", "--auto", "--dry-run"))[0] == ("INV-00002", 80)
    assert books(shop) == before


# list, get


def test_payments_are_listed_by_what_was_asked(shop):
    receive(shop, "10", "--date", "2026-01-10", "--reference", "wire 77")
    receive(shop, "20", "--date", "2026-01-20", "--apply", "INV-00001=20")
    receive(shop, "30", "--date", "2026-01-30", customer="other")

    def listed(*words):
        return [each["friendlyId"] for each in shop.ok("payment", "list", *words)["data"]]

    assert listed() == ["PAY-00001", "PAY-00002", "PAY-00003"]
    assert listed("--customer", "acme") == ["PAY-00001", "PAY-00002"]
    assert listed("--unapplied") == ["PAY-00001", "PAY-00003"]
    assert listed("--from", "2026-01-20") == ["PAY-00002", "PAY-00003"]
    assert listed("--to", "2026-01-20") == ["PAY-00001", "PAY-00002"]
    assert listed("--search", "WIRE") == ["PAY-00001"]
    assert listed("--currency", "usd") == []


def test_pages_of_payments_go_on_where_they_ended(shop):
    for _ in range(3):
        receive(shop, "1")
    first = shop.ok("payment", "list", "--page-size", "2")
    cursor = first["pagination"]["endCursor"]
    rest = shop.ok("payment", "list", "--page-size", "2", "--cursor", cursor)
    assert [each["friendlyId"] for each in rest["data"]] == ["PAY-00003"]
    shop.refused("payment", "list", "--unapplied", "--cursor", cursor, code=5)


def test_a_payment_is_got_by_any_of_its_names(shop):
    made = receive(shop, "10", "--key", "bank-7")
    for ref in ("PAY-00001", "pay-00001", "bank-7", made["id"]):
        assert shop.ok("payment", "get", ref) == made


def test_an_unknown_payment(shop):
    shop.refused("payment", "get", "PAY-00009", code=4)


# apply


def test_as_much_as_settles_an_invoice_is_applied(shop):
    receive(shop, "130")
    payment = shop.ok("payment", "apply", "PAY-00001", "INV-00001")
    assert (applied(payment), payment["unapplied"]) == ([("INV-00001", 100)], 30)
    assert state(shop, "INV-00001") == ("PAID", 0)
    assert shop.ok("payment", "apply", "PAY-00001", "INV-00002")["unapplied"] == 0
    assert state(shop, "INV-00002") == ("PARTIALLY_PAID", 50)


def test_an_application_counts_from_today(shop):
    receive(shop, "130", "--date", "2026-01-10")
    payment = shop.ok("payment", "apply", "PAY-00001", "INV-00001")
    assert payment["applications"][0]["appliedAt"] == "2026-01-31"
    assert aged(shop, "2026-01-30") == (220, -130, 90)
    assert aged(shop, "2026-01-31") == (120, -30, 90)


@pytest.mark.parametrize(
    ("given", "counted"),
    [("2026-01-20", "2026-01-20"), ("2026-01-12", "2026-01-15"), ("2026-02-03", "2026-02-03")],
)
def test_an_application_of_a_day_counts_from_the_payment_at_the_earliest(shop, given, counted):
    receive(shop, "130", "--date", "2026-01-15")
    payment = shop.ok("payment", "apply", "PAY-00001", "INV-00001", "--date", given)
    assert payment["applications"][0]["appliedAt"] == counted


def test_money_received_in_the_window_takes_the_discount_when_it_is_applied(shop):
    number = invoice(shop, "200", "--term", "2/10 net 30", date="2026-01-05")
    receive(shop, "300", "--date", "2026-01-15")
    assert applied(shop.ok("payment", "apply", "PAY-00001", number)) == [(number, 196)]
    assert state(shop, number) == ("PAID", 0)


@pytest.mark.parametrize(
    ("amount", "code"), [("130.01", 6), ("100.01", 6), ("0", 5), ("-1", 5), ("1.005", 5), ("x", 2)]
)
def test_an_amount_that_cannot_be_applied(shop, amount, code):
    receive(shop, "130")
    before = books(shop)
    shop.refused("payment", "apply", "PAY-00001", "INV-00001", f"--amount={amount}", code=code)
    assert books(shop) == before


def test_nothing_is_left_to_apply(shop):
    receive(shop, "40", "--apply", "INV-00003=40")
    message = shop.refused("payment", "apply", "PAY-00001", "INV-00001", code=6)
    assert message == "nothing is left of payment PAY-00001"


def test_a_paid_invoice_takes_no_more(shop):
    receive(shop, "100", "--apply", "INV-00003=40")
    assert "it is PAID" in shop.refused("payment", "apply", "PAY-00001", "INV-00003", code=6)


def test_other_peoples_money_is_not_applied(shop):
    receive(shop, "100", customer="other")
    assert "different customers" in shop.refused(
        "payment", "apply", "PAY-00001", "INV-00001", code=6
    )


def test_a_dry_run_applies_nothing(shop):
    receive(shop, "130")
    before = books(shop)
    assert shop.ok("payment", "apply", "PAY-00001", "INV-00001", "--dry-run")["unapplied"] == 30
    assert books(shop) == before


# unapply


def test_money_taken_off_is_unapplied_from_today_on(shop):
    receive(
        shop, "140", "--date", "2026-01-10", "--apply", "INV-00001=100", "--apply", "INV-00003=40"
    )
    payment = shop.ok("payment", "unapply", "PAY-00001", "INV-00001")
    assert (applied(payment), payment["unapplied"]) == ([("INV-00003", 40)], 100)
    assert state(shop, "INV-00001") == ("AWAITING_PAYMENT", 100)
    assert aged(shop, "2026-01-30") == (80, 0, 80)
    assert aged(shop, "2026-01-31") == (180, -100, 80)


def test_without_an_invoice_it_is_taken_off_all(shop):
    receive(shop, "140", "--apply", "INV-00001=100", "--apply", "INV-00003=40")
    payment = shop.ok("payment", "unapply", "PAY-00001")
    assert (payment["applications"], payment["unapplied"]) == ([], 140)
    assert state(shop, "INV-00003") == ("AWAITING_PAYMENT", 40)


def test_a_discount_goes_when_the_money_is_taken_off(shop):
    number = invoice(shop, "200", "--term", "2/10 net 30")
    shop.ok("pay", number, "--date", "2026-01-10")
    assert shop.ok("payment", "unapply", "PAY-00001")["unapplied"] == 196
    assert state(shop, number) == ("AWAITING_PAYMENT", 200)


def test_what_is_not_applied_cannot_be_taken_off(shop):
    receive(shop, "10")
    assert (
        shop.refused("payment", "unapply", "PAY-00001", code=6)
        == "payment PAY-00001 is not applied"
    )


def test_it_is_taken_off_only_where_it_is(shop):
    receive(shop, "10", "--apply", "INV-00001=10")
    before = books(shop)
    message = shop.refused("payment", "unapply", "PAY-00001", "INV-00001", "INV-00002", code=6)
    assert message == "payment PAY-00001 is not applied to INV-00002"
    assert books(shop) == before


def test_money_that_was_taken_off_lets_the_invoice_be_voided(shop):
    shop.ok("pay", "INV-00001")
    shop.refused("void", "INV-00001", "--yes", code=6)
    shop.ok("payment", "unapply", "PAY-00001")
    assert shop.ok("void", "INV-00001", "--yes")["status"] == "VOIDED"


def test_the_history_says_where_money_was_taken_off(shop):
    receive(shop, "10", "--apply", "INV-00001=10")
    shop.ok("payment", "unapply", "PAY-00001")
    last = shop.ok("activity", "PAY-00001")["data"][-1]
    assert (last["action"], last["detail"]) == ("unapply", {"invoice": "INV-00001"})
    last = shop.ok("activity", "INV-00001")["data"][-1]
    assert (last["action"], last["detail"]["amount"]) == ("payment unapply", "10.00")


# delete


def test_a_deleted_payment_of_several_invoices_is_owed_again(shop):
    receive(
        shop, "200", "--date", "2026-01-10", "--apply", "INV-00001=100", "--apply", "INV-00002=80"
    )
    payment = shop.ok("payment", "delete", "PAY-00001", "--yes")
    assert (payment["applications"], payment["unapplied"]) == ([], 0)
    assert payment["deletedAt"] is not None
    assert state(shop, "INV-00001") == ("AWAITING_PAYMENT", 100)
    assert state(shop, "INV-00002") == ("AWAITING_PAYMENT", 80)
    assert shop.ok("get", "INV-00001")["payments"] == []


def test_before_the_day_it_was_deleted_a_payment_stands_as_it_was(shop):
    receive(
        shop, "200", "--date", "2026-01-10", "--apply", "INV-00001=100", "--apply", "INV-00002=80"
    )
    was = shop("aging", "--as-of", "2026-01-30", "--detail", "-f", "json").stdout
    shop.ok("payment", "delete", "PAY-00001", "--yes")
    assert shop("aging", "--as-of", "2026-01-30", "--detail", "-f", "json").stdout == was
    assert aged(shop, "2026-01-31") == (220, 0, 220)


def test_unapplied_money_is_deleted_too(shop):
    receive(shop, "200", "--date", "2026-01-10")
    shop.ok("payment", "delete", "PAY-00001", "--yes")
    assert aged(shop, "2026-01-30") == (220, -200, 20)
    assert aged(shop, "2026-01-31") == (220, 0, 220)


def test_a_payment_dated_later_never_was(shop):
    receive(shop, "200", "--date", "2026-02-10")
    shop.ok("payment", "delete", "PAY-00001", "--yes")
    assert aged(shop, "2026-02-10") == (220, 0, 220)


def test_an_order_that_was_paid_is_unpaid_again(shop):
    shop.ok(
        "order", "add", "--customer", "acme", "--key", "SO-1", "--charge", "desc=Freight,price=10"
    )
    shop.ok("mark-awaiting", shop.ok("create", "--order", "SO-1")["friendlyId"])
    shop.ok("pay", "INV-00004")
    shop.ok("payment", "delete", "PAY-00001", "--yes")
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_UNPAID"


def test_a_deleted_payment_is_in_no_list_and_can_still_be_looked_up(shop):
    receive(shop, "10")
    shop.ok("payment", "delete", "PAY-00001", "--yes")
    assert shop.ok("payment", "list")["data"] == []
    assert shop.ok("payment", "get", "PAY-00001")["deletedAt"] is not None


@pytest.mark.parametrize("words", [("delete", "--yes"), ("apply", "INV-00001"), ("unapply",)])
def test_nothing_more_can_be_done_with_a_deleted_payment(shop, words):
    verb, *rest = words
    receive(shop, "10")
    shop.ok("payment", "delete", "PAY-00001", "--yes")
    before = books(shop)
    message = shop.refused("payment", verb, "PAY-00001", *rest, code=6)
    assert message == "payment PAY-00001 was deleted"
    assert books(shop) == before


def test_deleting_needs_to_be_said_twice(shop):
    receive(shop, "10")
    before = books(shop)
    shop.refused("payment", "delete", "PAY-00001", code=7)
    assert books(shop) == before


def test_deleting_in_a_dry_run_asks_nothing_and_keeps_everything(shop):
    receive(shop, "10", "--apply", "INV-00001=10")
    before = books(shop)
    assert shop.ok("payment", "delete", "PAY-00001", "--dry-run")["applications"] == []
    assert books(shop) == before


def test_several_are_deleted_each_by_itself(shop):
    receive(shop, "10")
    receive(shop, "20")
    ran = shop(
        "payment", "delete", "PAY-00001", "PAY-00009", "-", "--yes", "--json", stdin="PAY-00002\n"
    )
    assert ran.exit_code == 3
    assert [each["friendlyId"] for each in ran.json["succeeded"]] == ["PAY-00001", "PAY-00002"]
    assert [each["ref"] for each in ran.json["failed"]] == ["PAY-00009"]


def test_the_history_of_a_deleted_payment_stays(shop):
    shop.ok("pay", "INV-00001")
    shop.ok("payment", "delete", "PAY-00001", "--yes")
    actions = [each["action"] for each in shop.ok("activity", "PAY-00001")["data"]]
    assert actions == ["record", "apply", "delete"]
    assert shop.ok("activity", "INV-00001")["data"][-1]["action"] == "payment delete"
