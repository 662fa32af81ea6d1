"""What the SQL of aging says of any day is what a plain sum over the whole ledger says."""

import re
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicectl.rules.aging import Buckets, By
from invoicectl.service.aging import aging
from invoicectl.store import aging as books
from invoicectl.store import session as sessions
from invoicectl.store.aging import Factored, Scope
from invoicectl.store.db import Db, Reader
from tests.aging_books import SCALES, Bill, Book, Held, ledger_on, owed_from_scratch, standing_on

RANDOM = st.randoms(use_true_random=True)


def owed_by_sql(reader, scope):
    sums = {}
    for row in books.owed(reader, scope):
        earlier = sums.get(tuple(row[:2]), [0] * len(row[2:]))
        sums[tuple(row[:2])] = [sum(pair) for pair in zip(earlier, row[2:], strict=True)]
    return sums


def unapplied_by_sql(reader, scope):
    return {tuple(row[:2]): row[2] for row in books.unapplied(reader, scope)}


def each_day(book):
    """Yield every day of a book, and a reader on it."""
    with sessions.in_memory() as session:
        book.save(session)
        reader = sessions.reader(session)
        for day in book.days():
            yield day, reader


examples = settings(max_examples=40, deadline=None)


@examples
@given(RANDOM)
def test_on_every_day_the_buckets_are_those_of_a_sum_from_scratch(random):
    book = Book(random)
    for day, reader in each_day(book):
        assert owed_by_sql(reader, Scope(day)) == owed_from_scratch(book, day), day


@examples
@given(RANDOM)
def test_on_every_day_what_is_owed_is_what_the_ledger_adds_up_to(random):
    book = Book(random)
    for day, reader in each_day(book):
        totals = {
            whose: sum(buckets)
            for whose, (_, *buckets) in owed_by_sql(reader, Scope(day)).items()
            if sum(buckets)
        }
        assert totals == ledger_on(book, day, "owed_minor"), day


@examples
@given(RANDOM)
def test_on_every_day_what_is_unapplied_is_what_the_ledger_adds_up_to(random):
    book = Book(random)
    for day, reader in each_day(book):
        assert unapplied_by_sql(reader, Scope(day)) == ledger_on(book, day, "unapplied_minor"), day


@examples
@given(RANDOM, st.sampled_from(By), st.sampled_from([(1,), (15, 45), (7, 14, 21, 28, 35)]))
def test_any_buckets_and_either_date_agree_with_a_sum_from_scratch(random, by, uppers):
    book = Book(random)
    for day, reader in each_day(book):
        scope = Scope(day, by, Buckets(uppers))
        assert owed_by_sql(reader, scope) == owed_from_scratch(book, day, uppers, by), day


@examples
@given(RANDOM)
def test_factored_and_not_factored_part_what_is_owed(random):
    book = Book(random)
    for day, reader in each_day(book):
        for factored in Factored:
            scope = Scope(day, factored=factored)
            expected = owed_from_scratch(book, day, factored=factored)
            assert owed_by_sql(reader, scope) == expected, (day, factored)


@examples
@given(RANDOM, st.sets(st.integers(1, 4)), st.sampled_from([None, *SCALES]))
def test_a_customer_and_a_currency_are_rows_of_the_whole(random, customers, currency):
    book = Book(random)
    for day, reader in each_day(book):
        scope = Scope(day, customer_ids=tuple(customers), currency=currency)
        for asked in (owed_by_sql, unapplied_by_sql):
            rows = {
                whose: figures
                for whose, figures in asked(reader, Scope(day)).items()
                if whose[0] in customers and currency in {None, whose[1]}
            }
            assert asked(reader, scope) == rows, day


@examples
@given(RANDOM)
def test_every_invoice_is_shown_as_it_stood(random):
    book = Book(random)
    for day, reader in each_day(book):
        shown = [tuple(row) for row in books.details(reader, Scope(day))]
        expected = [
            (stand.customer, stand.currency, f"invoice-{bill.id}", f"INV-{bill.id:05d}", None,
             str(stand.invoice_date), stand.due_date and str(stand.due_date), owed)
            for bill, stand, owed in standing_on(book, day)
        ]  # fmt: skip
        expected.sort(key=lambda row: (row[0], row[1], row[6] or row[5], row[3]))
        assert shown == expected, day


def test_an_invoice_taken_back_twice_stood_in_three_ways():
    book = Book(Random(1), steps=0)
    book.bills.append(Bill(1, 1, "EUR", 100, date(2026, 1, 10), date(2026, 1, 10), None))
    for today, customer in ((20, 2), (31, 3)):
        book.issue()
        book.today = date(2026, 1, today)
        book.unpublish()
        vars(book.bills[0]).update(customer=customer, currency="EUR", total=100 * customer)
        vars(book.bills[0]).update(invoice_date=date(2026, 1, 10 + customer), due_date=None)
    book.issue()
    owed = {}
    for day, reader in each_day(book):
        for row in books.details(reader, Scope(day)):
            owed.setdefault(
                (row["customer_id"], row["invoice_date"], row["owed_minor"]), []
            ).append(day)
    assert [(whose, min(days).day, max(days).day) for whose, days in owed.items()] == [
        ((1, "2026-01-10", 100), 10, 19),
        ((2, "2026-01-12", 200), 20, 30),
        ((3, "2026-01-13", 300), 31, 12),
    ]


@settings(max_examples=12, deadline=None)
@given(RANDOM)
def test_a_report_adds_up_in_every_row_and_every_total(tmp_path_factory, random):
    book, db = Book(random), Db(tmp_path_factory.mktemp("book") / "books.db")
    with db.write() as session:
        book.save(session)
    for day in book.days()[::5]:
        report = aging(db, as_of=day, detail=True)
        for row in [*report["rows"], *report["totals"]]:
            assert sum(row["amounts"].values()) == row["total"]
            assert row["total"] + row["unapplied"] == row["balance"]
        for row in report["rows"]:
            by_bucket = dict.fromkeys(row["amounts"], 0)
            for one in row["details"]:
                by_bucket[one["bucket"]] += one["owed"]
            assert by_bucket == row["amounts"]
            assert row["invoices"] == len(row["details"])
        for total in report["totals"]:
            rows = [row for row in report["rows"] if row["currency"] == total["currency"]]
            for name in ("total", "unapplied", "balance", "invoices"):
                assert sum(row[name] for row in rows) == total[name]


class Explained(Reader):
    """Answers a statement with the plan for it."""

    def all(self, sql, **binds):
        return [row["detail"] for row in super().all(f"EXPLAIN QUERY PLAN {sql}", **binds)]

    def each(self, sql, **binds):
        yield from self.all(sql, **binds)


SCOPES = [Scope(date(2026, 1, 1)), Scope(date(2026, 1, 1), customer_ids=(1,), currency="EUR")]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("asked", [books.owed, books.details, books.unapplied])
def test_every_table_is_read_by_an_index_whatever_its_statistics_say(asked, scope):
    with sessions.in_memory() as session:
        Book(Random(1)).save(session)
        reader = sessions.reader(session)
        reader.connection.execute("ANALYZE")
        plan = list(asked(Explained(reader.connection), scope))
    tables = re.compile(r"(SCAN|SEARCH) (invoice|now|movement|payment|credit_memo)\b")
    assert [line for line in plan if tables.match(line) and " USING " not in line] == []
    assert [line for line in plan if line.startswith("SCAN now")] == []


def steps(book, day):
    """Return how many thousand steps SQLite's machine takes for what was owed on a day."""
    taken = []
    with sessions.in_memory() as session:
        book.save(session)
        reader = sessions.reader(session)
        reader.connection.set_progress_handler(lambda: taken.append(1), 1000)
        assert len(books.owed(reader, Scope(day))) == 1
        reader.connection.set_progress_handler(None, 0)
    return len(taken)


def test_what_was_paid_before_the_day_costs_nothing():
    book = Book(Random(1), steps=0)
    for n in range(1, 101):
        book.bills.append(Bill(n, 1, "EUR", 100, date(2025, 1, 1), None, None))
        book.issue()
    few = steps(book, book.today)
    for n in range(1, 301):
        book.bills.append(Bill(100 + n, 1, "EUR", 100, date(2025, 1, 1), None, None))
        book.issue()
        held = Held(n, "payment", 1, "EUR", 100, date(2025, 2, 1))
        book.held.append(held)
        book.move("money", held.day, held=held, unapplied=-100)
        book.move("payment", held.day, book.bills[-1], held, owed=-100, unapplied=100)
    assert steps(book, book.today) <= few + 1


def test_sums_are_exact_beyond_what_a_float_holds():
    book = Book(Random(1), steps=0)
    for n in range(1, 51):
        book.bills.append(Bill(n, 1, "EUR", 10**17 - 1, date(2026, 1, 1), None, None))
        book.issue()
    with sessions.in_memory() as session:
        book.save(session)
        figures = owed_by_sql(sessions.reader(session), Scope(date(2026, 1, 1)))
    assert figures == {(1, "EUR"): [50, 50 * (10**17 - 1), 0, 0, 0, 0]}
