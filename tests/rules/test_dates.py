"""Dates are read in one form only, and every day of the calendar goes out and in again."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.rules import dates

DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2999, 12, 30), timezones=st.just(UTC))
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
# Leap days and the lengths of months come again after 400 years.
CYCLE = [date(2000, 1, 1) + timedelta(days=n) for n in range(146_097)]

NOT_DATES = (
    "",
    "11/12/2026",
    "12.11.2026",
    "20260131",
    "2026-1-5",
    "26-01-31",
    "2026-031",
    "2026-W05-6",
    "2026-01",
    "2026-01-31 ",
    " 2026-01-31",
    "2026-01-31\n",
    "+2026-01-31",
    "-2026-01-31",
    "\uff12\uff10\uff12\uff16-01-31",
    "\u0662\u0660\u0662\u0666-01-31",
    "2026\u201301\u201331",
    "today",
)
NOT_IN_THE_CALENDAR = ("2026-02-30", "2026-13-01", "2026-00-10", "2026-01-00", "2100-02-29")
OTHER_YEARS = ("1899-12-31", "3000-01-01", "0026-01-31", "9999-12-31")


def test_every_day_reads_back_as_it_is_written():
    assert all(dates.read(day.isoformat()) == day for day in CYCLE)


@pytest.mark.parametrize("text", ["1900-01-01", "2999-12-31", "2028-02-29"])
def test_the_ends_of_the_calendar_are_read(text):
    assert dates.read(text).isoformat() == text


@pytest.mark.parametrize("text", [*NOT_DATES, "2026-01-31T00:00:00"])
def test_any_other_form_is_no_date(text):
    with pytest.raises(ValueError, match=r"^is not a date such as 2026-01-31$"):
        dates.read(text)


@pytest.mark.parametrize("text", NOT_IN_THE_CALENDAR)
def test_a_day_the_calendar_lacks_is_refused(text):
    with pytest.raises(ValueError, match=r"^is not a date .*: the calendar has no such day$"):
        dates.read(text)


@pytest.mark.parametrize("text", OTHER_YEARS)
def test_a_mistyped_year_is_refused(text):
    with pytest.raises(
        ValueError, match=r"^is not a date such as 2026-01-31: the year is not from"
    ):
        dates.read(text)


@given(st.text() | st.from_regex(r"\A\d{3,5}.?\d{1,2}.?\d{1,2}\Z"))
def test_what_is_read_is_what_was_written(text):
    try:
        day = dates.read(text)
    except ValueError:
        return
    assert day.isoformat() == text


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-31T10:00", "2026-01-31T10:00:00Z"),
        ("2026-01-31T10:00:59", "2026-01-31T10:00:59Z"),
        ("2026-01-31T10:00:59.5", "2026-01-31T10:00:59Z"),
        ("2026-01-31T10:00:59.1234567", "2026-01-31T10:00:59Z"),
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
        ("2026-01-31T10:00Z", "2026-01-31T10:00:00Z"),
        ("2026-01-31T00:30:00+02:00", "2026-01-30T22:30:00Z"),
        ("2025-12-31T20:00:00-05:30", "2026-01-01T01:30:00Z"),
        ("2026-01-31T23:59:59.999999+00:00", "2026-01-31T23:59:59Z"),
    ],
)
def test_a_time_is_read_as_utc(text, utc):
    assert dates.instant(dates.read_moment(text)) == utc


@pytest.mark.parametrize(
    "text",
    [
        *NOT_DATES,
        "2026-01-31T",
        "2026-01-31T10",
        "2026-01-31 10:00",
        "2026-01-31t10:00z",
        "2026-01-31T24:00:00",
        "2026-01-31T10:60",
        "2026-01-31T10:00:60",
        "2026-01-31T10:00:00.",
        "2026-01-31T10:00+0200",
        "2026-01-31T10:00+24:00",
        "2026-01-31T10:00+01:60",
        "2026-01-31T10:00:00 Z",
        "2026-01-31T10:00:00Z\n",
        "2026-01-31T\u0661\u0660:00",
    ],
)
def test_what_is_neither_date_nor_time_is_refused(text):
    with pytest.raises(ValueError, match=r"or a time such as 2026-01-31T10:00:00Z$"):
        dates.read_moment(text)


@pytest.mark.parametrize("text", ["2026-02-30", "2026-02-30T10:00"])
@pytest.mark.parametrize("read", [dates.read_moment, dates.read_date_or_instant])
def test_a_time_of_a_day_the_calendar_lacks_is_refused(read, text):
    with pytest.raises(ValueError, match=r"no such day"):
        read(text)


@given(DAYS)
def test_a_bare_date_stays_a_date(day):
    read = dates.read_moment(day.isoformat())
    assert type(read) is date
    assert read == day


@given(MOMENTS, OFFSETS)
def test_an_instant_is_the_same_from_any_time_zone(moment, zone):
    assert dates.read_moment(moment.astimezone(zone).isoformat()) == moment


@given(MOMENTS)
def test_a_written_instant_reads_back_to_the_second(moment):
    assert dates.read_moment(dates.instant(moment)) == moment.replace(microsecond=0)


@given(MOMENTS, OFFSETS)
def test_the_date_of_an_instant_is_the_one_written(moment, zone):
    local = moment.astimezone(zone)
    assert dates.read_date_or_instant(local.isoformat()) == local.date()


@pytest.mark.parametrize("text", ["2014-06-18", "2014-06-18T00:00:00", "2014-06-18T23:59:59-11:00"])
def test_bodies_of_other_systems_keep_their_day(text):
    assert dates.read_date_or_instant(text) == date(2014, 6, 18)


@pytest.mark.parametrize("text", ["06/18/2014", "2014-06-18 00:00:00", "2014-06-18T25:00"])
def test_bodies_of_other_systems_have_iso_dates_too(text):
    with pytest.raises(ValueError, match=r"is not a date such as"):
        dates.read_date_or_instant(text)


def test_the_time_zone_of_the_machine_changes_nothing(monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        ten = datetime(2026, 1, 31, 10, tzinfo=UTC)
        assert dates.read_moment("2026-01-31T10:00") == ten
        assert dates.instant(ten.astimezone()) == "2026-01-31T10:00:00Z"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_moment_without_a_time_zone_is_not_guessed():
    with pytest.raises(ValueError, match=r"^has no time zone$"):
        dates.instant(datetime(2026, 1, 31))


def test_the_day_after_a_months_end_is_a_first():
    ends = {dates.end_of_month(day) for day in CYCLE}
    assert len(ends) == 400 * 12
    assert all((end + timedelta(days=1)).day == 1 for end in ends)


def test_a_day_and_its_months_end_share_the_month():
    assert all(
        (end.year, end.month) == (day.year, day.month) and end >= day
        for day in CYCLE[: 4 * 365]
        for end in [dates.end_of_month(day)]
    )


@given(DAYS, st.integers(-1200, 1200), st.integers(1, 31))
def test_months_are_counted_whatever_the_day(start, months, day):
    later = dates.add_months(start, months, day=day)
    assert (later.year - start.year) * 12 + later.month - start.month == months


@given(DAYS, st.integers(-1200, 1200), st.integers(1, 31))
def test_a_day_past_the_months_end_is_its_last(start, months, day):
    later = dates.add_months(start, months, day=day)
    assert later.day == min(day, dates.end_of_month(later).day)


def test_a_chain_of_months_does_not_drift_from_the_31st():
    day = date(2026, 1, 31)
    seen = []
    for _ in range(4):
        day = dates.add_months(day, 1, day=31)
        seen.append(day.day)
    assert seen == [28, 31, 30, 31]


def test_months_go_to_both_ends_of_the_calendar():
    assert dates.add_months(date(9999, 11, 1), 1, day=31) == date.max
    assert dates.add_months(date(1, 2, 1), -1, day=1) == date.min


@pytest.mark.parametrize(("start", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 1), -1)])
def test_months_beyond_the_calendar_are_refused(start, months):
    with pytest.raises(
        ValueError, match=r"^is beyond the calendar, which ends with the year 9999$"
    ):
        dates.add_months(start, months, day=1)


@pytest.mark.parametrize("day", [-1, 0, 32])
def test_no_month_has_such_a_day(day):
    with pytest.raises(ValueError, match=r"has no day"):
        dates.add_months(date(2026, 1, 1), 0, day=day)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1/2/2013", "%m/%d/%Y"),
        ("01/02/2013", "%m/%d/%Y"),
        ("2.1.2013", "%d.%m.%Y"),
        ("02-Jan-13", "%d-%b-%y"),
        ("January 2, 2013", "%B %d, %Y"),
        ("20130102", "%Y%m%d"),
        ("2013-002", "%Y-%j"),
        ("1/2/2013 11:30 PM", "%m/%d/%Y %I:%M %p"),
        ("2013-01-02T00:00:00.000", "%Y-%m-%dT%H:%M:%S.%f"),
        ("2013年1月2日", "%Y年%m月%d日"),
        ("100% 2013-01-02 100%", "100%% %Y-%m-%d 100%%"),
    ],
)
def test_dates_of_other_programs_are_read_by_their_format(text, form):
    assert dates.read_with(text, form) == date(2013, 1, 2)


@given(DAYS, st.sampled_from(["%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%d%m%Y", "%Y-%j", "%d %B %Y"]))
def test_every_day_is_read_by_every_format(day, form):
    assert dates.read_with(day.strftime(form), form) == day


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("13/1/2013", "%m/%d/%Y"),
        ("2/29/2013", "%m/%d/%Y"),
        ("1/2/2013 ", "%m/%d/%Y"),
        ("1/2/13", "%m/%d/%Y"),
        ("", "%m/%d/%Y"),
        ("2013-01-02", "%m/%d/%Y"),
        ("\uff11/2/2013", "%m/%d/%Y"),
        ("2026111", "%Y%m%d"),
        ("1/2/1899", "%m/%d/%Y"),
        ("1/2/3000", "%m/%d/%Y"),
    ],
)
def test_a_date_out_of_its_format_names_the_format(text, form):
    with pytest.raises(ValueError, match=f"^is not a date in the format {form}"):
        dates.read_with(text, form)


@pytest.mark.parametrize(
    "form",
    ["", "ISO", "%m/%d", "%Y", "%Y-%m", "%d %d %m %Y", "%Y-%j-%d", "%m/%d/%y %Y", "%Y-%m-%d %H %H"],
)
def test_a_format_says_each_part_of_a_date_once(form):
    with pytest.raises(ValueError, match=r"it needs each part once"):
        dates.check_format(form)


@pytest.mark.parametrize("form", ["%q", "%Y-%m-%d %", "%-d.%m.%Y", "%x", "%Y-%m-%\n"])
def test_a_directive_that_is_none_is_named(form):
    with pytest.raises(ValueError, match=r"which says nothing of a date"):
        dates.read_with("2013-01-02", form)
