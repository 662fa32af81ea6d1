"""credit create, list, get, apply, unapply, void: what is owed back to a customer."""

import pytest


@pytest.fixture
def shop(run):
    """Acme owes 100.00 EUR on INV-00001 and 40.00 on INV-00002, both of 2026-01-05."""
    for name in ("acme", "other"):
        run.ok("customer", "add", "--name", name.title(), "--key", name, "--currency", "EUR")
    invoice(run, "100")
    invoice(run, "40")
    return run


def invoice(run, amount, *words, customer="acme", date="2026-01-05"):
    """Issue an invoice of one line; return its number."""
    made = run.ok("create", "--customer", customer, "--item", f"desc=Work,price={amount}",
                  "--invoice-date", date, *words)  # fmt: skip
    return run.ok("mark-awaiting", made["friendlyId"])["friendlyId"]


def credit(run, amount, *words, customer="acme"):
    return run.ok("credit", "create", "--customer", customer, "--amount", amount, *words)


def books(run):
    """Return everything that is kept, to see that nothing changed."""
    return run.everything()


def applied(memo):
    return [(each["invoice"], each["amount"]) for each in memo["applications"]]


def state(run, ref):
    found = run.ok("get", ref)
    return found["status"], found["amountOwed"]


def aged(run, day):
    """Return total, unapplied and balance on a day, all zero where nothing is shown."""
    rows = run.ok("aging", "--as-of", day)["rows"]
    return tuple(rows[0][name] for name in ("total", "unapplied", "balance")) if rows else (0, 0, 0)


# create


def test_a_credit_memo_remains_until_it_is_applied(shop):
    memo = credit(shop, "25", "--date", "2026-01-10", "--reference", "goodwill", "--note", "Sorry.")
    assert memo["friendlyId"] == "CM-00001"
    assert (memo["amount"], memo["remaining"], memo["currency"]) == (25, 25, "EUR")
    assert (memo["date"], memo["reference"], memo["note"]) == ("2026-01-10", "goodwill", "Sorry.")
    assert (memo["invoice"], memo["lines"], memo["applications"]) == (None, [], [])
    assert memo["customer"]["key"] == "acme"


def test_aging_shows_it_from_its_date_on(shop):
    credit(shop, "25", "--date", "2026-01-10")
    assert aged(shop, "2026-01-09") == (140, 0, 140)
    assert aged(shop, "2026-01-10") == (140, -25, 115)


def test_its_date_is_else_today(shop):
    assert credit(shop, "25")["date"] == "2026-01-31"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--amount", "5"), 2),
        (("--customer", "acme"), 2),
        (("--customer", "nobody", "--amount", "5"), 4),
        (("--customer", "acme", "--amount", "0"), 5),
        (("--customer", "acme", "--amount=-5"), 5),
        (("--customer", "acme", "--amount", "1.005"), 5),
        (("--customer", "acme", "--amount", "five"), 2),
        (("--customer", "acme", "--amount", "5", "--currency", "EUX"), 5),
        (("--customer", "acme", "--amount", "5", "--date", "31/01/2026"), 2),
        (("--customer", "acme", "--amount", "5", "--key", "CM-00007"), 6),
    ],
)
def test_what_cannot_be_created(shop, words, code):
    before = books(shop)
    shop.refused("credit", "create", *words, code=code)
    assert books(shop) == before


def test_the_same_key_and_content_make_one_memo(shop):
    first = credit(shop, "25", "--key", "rma-1")
    before = books(shop)
    assert credit(shop, "25.00", "--key", "rma-1") == first
    assert books(shop) == before


@pytest.mark.parametrize(
    "words", [("26",), ("25", "--reference", "x"), ("25", "--currency", "USD")]
)
def test_a_key_of_other_content_is_refused(shop, words):
    credit(shop, "25", "--key", "rma-1")
    before = books(shop)
    shop.refused(
        "credit", "create", "--customer", "acme", "--key", "rma-1", "--amount", *words, code=6
    )
    assert books(shop) == before


def test_a_payment_may_have_the_same_key(shop):
    credit(shop, "25", "--key", "k-1")
    assert shop.ok("pay", "INV-00001", "--key", "k-1")["key"] == "k-1"


def test_a_dry_run_makes_none(shop):
    before = books(shop)
    assert credit(shop, "25", "--dry-run")["remaining"] == 25
    assert books(shop) == before


# list, get


def test_memos_are_listed_by_what_was_asked(shop):
    credit(shop, "10", "--date", "2026-01-10", "--reference", "Broken glass")
    credit(shop, "20", "--date", "2026-01-20")
    credit(shop, "30", "--date", "2026-01-30", customer="other")
    shop.ok("credit", "apply", "CM-00002", "INV-00001")

    def listed(*words):
        return [each["friendlyId"] for each in shop.ok("credit", "list", *words)["data"]]

    assert listed() == ["CM-00001", "CM-00002", "CM-00003"]
    assert listed("--customer", "acme") == ["CM-00001", "CM-00002"]
    assert listed("--remaining") == ["CM-00001", "CM-00003"]
    assert listed("--from", "2026-01-20", "--to", "2026-01-29") == ["CM-00002"]
    assert listed("--search", "GLASS") == ["CM-00001"]
    assert listed("--search", "cm-00003") == ["CM-00003"]


def test_available_credits_are_those_that_fit_the_invoice(shop):
    credit(shop, "10")
    credit(shop, "20", customer="other")
    credit(shop, "30", "--currency", "USD")
    credit(shop, "40", "--date", "2026-01-02")
    shop.ok("credit", "void", "CM-00001", "--yes")
    found = shop.ok("available-credits", "INV-00001")["data"]
    assert [each["friendlyId"] for each in found] == ["CM-00004"]


def test_a_memo_is_got_by_any_of_its_names(shop):
    made = credit(shop, "10", "--key", "rma-1")
    for ref in ("CM-00001", "cm-00001", "rma-1", made["id"]):
        assert shop.ok("credit", "get", ref) == made


def test_an_unknown_memo(shop):
    shop.refused("credit", "get", "CM-00009", code=4)


def test_a_table_shows_what_remains(shop):
    credit(shop, "10")
    shown = shop("credit", "list", "-f", "table").stdout
    assert "CM-00001" in shown
    assert "10.00" in shown


# apply


def test_as_much_as_remains_and_is_owed_is_applied(shop):
    credit(shop, "120")
    memo = shop.ok("credit", "apply", "CM-00001", "INV-00001")
    assert (applied(memo), memo["remaining"]) == ([("INV-00001", 100)], 20)
    assert state(shop, "INV-00001") == ("PAID", 0)
    assert shop.ok("credit", "apply", "CM-00001", "INV-00002")["remaining"] == 0
    assert state(shop, "INV-00002") == ("PARTIALLY_PAID", 20)


def test_the_invoice_shows_its_credits(shop):
    made = credit(shop, "30", "--reference", "RMA 7")
    shop.ok("credit", "apply", "CM-00001", "INV-00001", "--amount", "12.5")
    found = shop.ok("get", "INV-00001")
    (shown,) = found["credits"]
    assert (shown["creditMemoId"], shown["creditMemoReference"]) == (made["id"], "RMA 7")
    assert (shown["amount"], shown["appliedAt"]) == (12.5, "2026-01-31")
    assert (found["creditsApplied"], found["amountPaid"], found["amountOwed"]) == (12.5, 0, 87.5)
    assert (found["kpis"]["creditApplied"], found["kpis"]["creditIssued"]) == (12.5, 0)


def test_an_application_counts_from_today(shop):
    credit(shop, "30", "--date", "2026-01-10")
    shop.ok("credit", "apply", "CM-00001", "INV-00001")
    assert aged(shop, "2026-01-30") == (140, -30, 110)
    assert aged(shop, "2026-01-31") == (110, 0, 110)


@pytest.mark.parametrize(
    ("memo", "given", "counted"),
    [
        ("2026-01-10", "2026-01-20", "2026-01-20"),
        ("2026-01-10", "2026-01-06", "2026-01-10"),
        ("2026-01-01", "2026-01-02", "2026-01-05"),
    ],
)
def test_it_counts_from_the_latest_of_its_day_the_memo_and_the_invoice(shop, memo, given, counted):
    credit(shop, "30", "--date", memo)
    made = shop.ok("credit", "apply", "CM-00001", "INV-00001", "--date", given)
    assert made["applications"][0]["appliedAt"] == counted


@pytest.mark.parametrize(
    ("amount", "code"), [("30.01", 6), ("0", 5), ("-1", 5), ("1.005", 5), ("some", 2)]
)
def test_an_amount_that_cannot_be_applied(shop, amount, code):
    credit(shop, "30")
    before = books(shop)
    shop.refused("credit", "apply", "CM-00001", "INV-00001", f"--amount={amount}", code=code)
    assert books(shop) == before


def test_more_than_is_owed_is_refused(shop):
    credit(shop, "130")
    message = shop.refused("credit", "apply", "CM-00001", "INV-00002", "--amount", "40.01", code=6)
    assert message == "40.01 EUR is more than is owed on INV-00002, 40.00 EUR"


def test_a_memo_that_is_used_up_is_refused(shop):
    credit(shop, "100")
    shop.ok("credit", "apply", "CM-00001", "INV-00001")
    message = shop.refused("credit", "apply", "CM-00001", "INV-00002", code=6)
    assert message == "nothing remains of credit memo CM-00001"


def test_another_customer_is_refused(shop):
    credit(shop, "10", customer="other")
    message = shop.refused("credit", "apply", "CM-00001", "INV-00001", code=6)
    assert message == "the credit memo and invoice INV-00001 are of different customers"


def test_another_currency_is_refused(shop):
    credit(shop, "10", "--currency", "USD")
    message = shop.refused("credit", "apply", "CM-00001", "INV-00001", code=6)
    assert message == "the credit memo is in USD, invoice INV-00001 in EUR"


def test_only_an_open_invoice_takes_a_credit(shop):
    credit(shop, "10")
    shop.ok("create", "--customer", "acme", "--item", "desc=Work,price=1")
    shop.ok("pay", "INV-00001")
    shop.ok("void", "INV-00002", "--yes")
    for ref, status in (("DRAFT-00003", "DRAFT"), ("INV-00001", "PAID"), ("INV-00002", "VOIDED")):
        message = shop.refused("credit", "apply", "CM-00001", ref, code=6)
        assert message == f"cannot apply a credit to invoice {ref}: it is {status}"


def test_a_dry_run_applies_nothing(shop):
    credit(shop, "10")
    before = books(shop)
    assert shop.ok("credit", "apply", "CM-00001", "INV-00001", "--dry-run")["remaining"] == 0
    assert books(shop) == before


def test_an_order_settled_by_a_credit_is_paid(shop):
    shop.ok(
        "order", "add", "--customer", "acme", "--key", "SO-1", "--charge", "desc=Freight,price=10"
    )
    shop.ok("mark-awaiting", shop.ok("create", "--order", "SO-1")["friendlyId"])
    credit(shop, "10")
    shop.ok("credit", "apply", "CM-00001", "INV-00003")
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_PAID"
    shop.ok("credit", "unapply", "CM-00001")
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_UNPAID"


def test_the_history_is_on_the_invoice_and_on_the_memo(shop):
    credit(shop, "10")
    shop.ok("credit", "apply", "CM-00001", "INV-00001")
    shop.ok("credit", "unapply", "CM-00001")
    shop.ok("credit", "void", "CM-00001", "--reason", "typo", "--yes")
    on_memo = shop.ok("activity", "CM-00001")["data"]
    assert [each["action"] for each in on_memo] == ["create", "apply", "unapply", "void"]
    assert on_memo[-1]["detail"] == {"date": "2026-01-31", "reason": "typo"}
    on_invoice = [each["action"] for each in shop.ok("activity", "INV-00001")["data"]]
    assert on_invoice[-2:] == ["credit apply", "credit unapply"]


# unapply


def test_a_memo_taken_off_remains_from_today_on(shop):
    credit(shop, "60", "--date", "2026-01-10")
    shop.ok("credit", "apply", "CM-00001", "INV-00001", "--amount", "40", "--date", "2026-01-10")
    shop.ok("credit", "apply", "CM-00001", "INV-00002", "--date", "2026-01-10")
    memo = shop.ok("credit", "unapply", "CM-00001", "INV-00001")
    assert (applied(memo), memo["remaining"]) == ([("INV-00002", 20)], 40)
    assert state(shop, "INV-00001") == ("AWAITING_PAYMENT", 100)
    assert aged(shop, "2026-01-30") == (80, 0, 80)
    assert aged(shop, "2026-01-31") == (120, -40, 80)


def test_without_an_invoice_it_is_taken_off_all(shop):
    credit(shop, "140")
    shop.ok("credit", "apply", "CM-00001", "INV-00001")
    shop.ok("credit", "apply", "CM-00001", "INV-00002")
    memo = shop.ok("credit", "unapply", "CM-00001")
    assert (memo["applications"], memo["remaining"]) == ([], 140)
    assert state(shop, "INV-00002") == ("AWAITING_PAYMENT", 40)


def test_what_is_not_applied_cannot_be_taken_off(shop):
    credit(shop, "10")
    before = books(shop)
    assert "is not applied" in shop.refused("credit", "unapply", "CM-00001", code=6)
    shop.refused("credit", "unapply", "CM-00001", "INV-00001", code=6)
    assert books(shop) == before


# void


def test_nothing_is_owed_back_on_a_void_memo_from_today_on(shop):
    credit(shop, "25", "--date", "2026-01-10")
    memo = shop.ok("credit", "void", "CM-00001", "--yes")
    assert (memo["amount"], memo["remaining"], memo["voidedOn"]) == (25, 0, "2026-01-31")
    assert aged(shop, "2026-01-30") == (140, -25, 115)
    assert aged(shop, "2026-01-31") == (140, 0, 140)


def test_a_memo_can_be_void_from_an_earlier_day_on(shop):
    credit(shop, "25", "--date", "2026-01-10")
    shop.ok("credit", "void", "CM-00001", "--date", "2026-01-20", "--yes")
    assert aged(shop, "2026-01-19") == (140, -25, 115)
    assert aged(shop, "2026-01-20") == (140, 0, 140)


def test_it_is_not_void_before_it_was_made(shop):
    credit(shop, "25", "--date", "2026-01-10")
    before = books(shop)
    message = shop.refused("credit", "void", "CM-00001", "--date", "2026-01-09", "--yes", code=6)
    assert message == "cannot void credit memo CM-00001 on 2026-01-09: it stood until 2026-01-10"
    assert books(shop) == before


def test_it_is_not_void_before_it_was_taken_off(shop):
    credit(shop, "25", "--date", "2026-01-10")
    shop.ok("credit", "apply", "CM-00001", "INV-00001", "--date", "2026-01-10")
    shop.ok("credit", "unapply", "CM-00001", today="2026-01-20")
    shop.refused("credit", "void", "CM-00001", "--date", "2026-01-19", "--yes", code=6)
    shop.ok("credit", "void", "CM-00001", "--date", "2026-01-20", "--yes")
    assert aged(shop, "2026-01-19") == (115, 0, 115)
    assert aged(shop, "2026-01-20") == (140, 0, 140)


def test_an_applied_memo_is_not_voided(shop):
    credit(shop, "25")
    shop.ok("credit", "apply", "CM-00001", "INV-00001", "--amount", "5")
    before = books(shop)
    ran = shop("credit", "void", "CM-00001", "--yes")
    assert ran.exit_code == 6
    assert ran.stderr.splitlines() == [
        "error: cannot void credit memo CM-00001: 5.00 EUR of it is applied (INV-00001)",
        "hint: take it off first: invoicectl credit unapply CM-00001",
    ]
    assert books(shop) == before


@pytest.mark.parametrize("words", [("void", "--yes"), ("apply", "INV-00001"), ("unapply",)])
def test_nothing_more_can_be_done_with_a_void_memo(shop, words):
    verb, *rest = words
    credit(shop, "25")
    shop.ok("credit", "void", "CM-00001", "--yes")
    before = books(shop)
    message = shop.refused("credit", verb, "CM-00001", *rest, code=6)
    assert message == "credit memo CM-00001 is void"
    assert books(shop) == before


def test_voiding_needs_to_be_said_twice(shop):
    credit(shop, "25")
    before = books(shop)
    shop.refused("credit", "void", "CM-00001", code=7)
    assert books(shop) == before


def test_voiding_in_a_dry_run_asks_nothing_and_keeps_everything(shop):
    credit(shop, "25")
    before = books(shop)
    assert shop.ok("credit", "void", "CM-00001", "--dry-run")["remaining"] == 0
    assert books(shop) == before


def test_several_are_voided_each_by_itself(shop):
    credit(shop, "25")
    credit(shop, "35")
    ran = shop("credit", "void", "CM-00001", "CM-00009", "CM-00002", "--yes", "--json")
    assert ran.exit_code == 3
    assert [each["remaining"] for each in ran.json["succeeded"]] == [0, 0]
    assert [each["ref"] for each in ran.json["failed"]] == ["CM-00009"]


# pdf


def test_a_memo_has_a_pdf_that_is_made_once(shop, tmp_path):
    credit(shop, "25", "--reference", "RMA 7")
    made = shop.ok("pdf", "CM-00001")
    kept = (tmp_path / "CM-00001.pdf").read_bytes()
    assert kept.startswith(b"%PDF")
    assert made["documentUrl"] == (tmp_path / "CM-00001.pdf").as_uri()
    again = shop.ok("pdf", "cm-00001", "-o", "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == kept
    assert again["documentSha256"] == made["documentSha256"]
    assert again["documentUrl"].endswith("/again.pdf")


def test_the_pdf_keeps_the_customer_as_it_was(shop, tmp_path):
    from pypdf import PdfReader

    credit(shop, "25")
    shop.ok("customer", "update", "acme", "--name", "Renamed")
    shop.ok("pdf", "CM-00001")
    text = PdfReader(tmp_path / "CM-00001.pdf").pages[0].extract_text()
    assert "Acme" in text
    assert "Credit memo" in text
    assert "25.00" in text


def test_a_void_memo_says_so(shop, tmp_path):
    from pypdf import PdfReader

    credit(shop, "25")
    shop.ok("credit", "void", "CM-00001", "--yes")
    shop.ok("pdf", "CM-00001")
    assert "VOID" in PdfReader(tmp_path / "CM-00001.pdf").pages[0].extract_text()


def test_an_invoice_of_the_same_key_goes_first(shop, tmp_path):
    credit(shop, "25", "--key", "same")
    invoice(shop, "5", "--key", "same")
    shop.ok("pdf", "same")
    assert (tmp_path / "INV-00003.pdf").exists()


def test_the_pdf_of_a_dry_run_is_not_kept(shop, tmp_path):
    credit(shop, "25")
    before = books(shop)
    assert shop.ok("pdf", "CM-00001", "--dry-run")["documentId"] is None
    assert books(shop) == before
    assert not (tmp_path / "CM-00001.pdf").exists()
