"""trash list, restore, purge: what was deleted comes back whole, or is gone for good."""

import pytest

from tests.states import books_are_in_order, draft, history, issued, nothing_changes, open_shop


@pytest.fixture
def shop(run):
    yield open_shop(run)
    books_are_in_order(run)


@pytest.fixture
def deleted(shop):
    """The draft of a shipment, in the trash."""
    name = shop.ok("create", "--shipment", "S-1", "--item", "desc=Extra,price=5")["friendlyId"]
    shop.ok("delete", name)
    return name


def count(shop, table):
    with shop.opened() as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_the_trash_is_listed(shop, deleted):
    kept = draft(shop)
    assert [each["friendlyId"] for each in shop.ok("trash", "list")["data"]] == [deleted]
    assert shop("trash", "list", "--count").stdout == "1\n"
    assert shop("trash", "list", "--ids").stdout == f"{deleted}\n"
    shop.ok("delete", kept)
    page = shop.ok("trash", "list", "--page-size", "1", "--sort", "friendlyId")
    assert ([each["friendlyId"] for each in page["data"]], page["pagination"]["hasNextPage"]) == (
        [deleted], True,
    )  # fmt: skip


def test_an_empty_trash_is_an_empty_list(shop):
    assert shop.ok("trash", "list")["data"] == []


def test_a_draft_comes_back_whole(shop, deleted):
    before = shop.ok("get", deleted)
    after = shop.ok("trash", "restore", deleted)
    differs = {field for field in after if after[field] != before[field]}
    assert differs <= {"deletedAt", "updatedAt", "version", "kpis"}
    assert after["deletedAt"] is None
    assert shop.ok("shipment", "get", "S-1")["invoice"] == deleted
    assert shop.ok("order", "get", "SO-1")["status"] == "DELIVERED_UNPAID"
    assert history(shop, deleted) == ["create", "delete", "restore"]
    assert after["kpis"]["lastReactivatedOn"] is not None


def test_a_draft_comes_back_with_its_charges_as_they_are_now(shop, deleted):
    shop.ok("shipment", "update", "S-1", "--charge", "desc=Freight S-1,price=80")
    shop.ok("trash", "restore", deleted)
    after = shop.ok("get", deleted)
    assert [line["unitPrice"] for line in after["lines"]] == [80, 5]
    assert after["amount"] == 85


def test_a_shipment_that_was_invoiced_meanwhile_is_not_billed_twice(shop, deleted):
    other = shop.ok("create", "--shipment", "S-1")["friendlyId"]
    with nothing_changes(shop):
        message = shop.refused("trash", "restore", deleted, code=6)
    assert message == f"the shipment has an invoice already: {other}"


def test_a_charge_that_was_billed_meanwhile_is_not_billed_twice(shop):
    name = shop.ok("create", "--order", "SO-1")["friendlyId"]
    shop.ok("delete", name)
    other = shop.ok("create", "--shipment", "S-2")["friendlyId"]
    with nothing_changes(shop):
        message = shop.refused("trash", "restore", name, code=6)
    assert message == (
        f"cannot restore invoice {name}: charge 'Freight S-2' is billed by {other} now"
    )


def test_a_draft_of_a_deleted_customer_stays_in_the_trash(shop):
    name = shop.ok("create", "--customer", "globex", "--item", "desc=x,price=1")["friendlyId"]
    shop.ok("delete", name)
    shop.ok("customer", "delete", "globex")
    with nothing_changes(shop):
        assert "was deleted" in shop.refused("trash", "restore", name, code=6)


@pytest.mark.parametrize("verb", ["restore", "purge"])
def test_what_is_not_in_the_trash_is_refused(shop, verb):
    name = draft(shop)
    with nothing_changes(shop):
        message = shop.refused("trash", verb, name, "--yes", code=6)
    assert message == f"invoice {name} is not in the trash"


def test_purge_destroys(shop, deleted):
    gone = shop.ok("trash", "purge", deleted, "--yes")
    assert gone["friendlyId"] == deleted
    assert shop.refused("get", deleted, code=4) == f"no invoice '{deleted}'"
    assert [count(shop, table) for table in ("invoice", "line", "line_tax")] == [0, 0, 0]
    assert shop.ok("create", "--shipment", "S-1")["friendlyId"] == "DRAFT-00002"


def test_what_comes_after_a_purged_draft_has_a_history_of_its_own(shop, deleted):
    shop.ok("trash", "purge", deleted, "--yes")
    assert history(shop, draft(shop)) == ["create"]


def test_purge_needs_yes(shop, deleted):
    for words in ([deleted], ["--all"]):
        with nothing_changes(shop):
            ran = shop("trash", "purge", *words)
        assert (ran.exit_code, ran.stdout) == (7, "")
        assert ran.stderr.endswith("hint: add --yes\n")


def test_purge_of_all_leaves_the_others(shop, deleted):
    kept = draft(shop)
    shop.ok("delete", draft(shop))
    result = shop.ok("trash", "purge", "--all", "--yes")
    assert ([each["friendlyId"] for each in result["succeeded"]], result["failed"]) == (
        [deleted, "DRAFT-00003"], [],
    )  # fmt: skip
    assert shop("filter", "--ids").stdout == f"{kept}\n"


def test_purge_of_nothing(shop, deleted):
    with nothing_changes(shop):
        shop.refused("trash", "purge", "--yes", code=2)
        shop.refused("trash", "purge", deleted, "--all", "--yes", code=2)


@pytest.mark.parametrize("number", ["2026/17", "INV-00001"])
def test_the_number_of_what_was_purged_is_never_used_again(shop, number):
    draft(shop, "--number", number)
    shop.ok("delete", number)
    shop.ok("trash", "purge", number, "--yes")
    with nothing_changes(shop):
        again = ["create", "--customer", "acme", "--item", "desc=x,price=1", "--number", number]
        assert shop.refused(*again, code=6) == f"number '{number}' is taken"
    assert issued(shop) == ("INV-00002" if number == "INV-00001" else "INV-00001")


def test_a_key_is_free_once_its_draft_was_purged(shop):
    name = draft(shop, "--key", "mine")
    shop.ok("delete", name)
    with nothing_changes(shop):
        shop.refused(
            "create", "--customer", "acme", "--item", "desc=x,price=1", "--key", "mine", code=6
        )
    shop.ok("trash", "purge", name, "--yes")
    assert draft(shop, "--key", "mine") == "DRAFT-00002"


def test_a_dry_run_of_a_purge_keeps_it_and_does_not_ask(shop, deleted):
    with nothing_changes(shop):
        assert shop.ok("trash", "purge", deleted, "--dry-run")["friendlyId"] == deleted
