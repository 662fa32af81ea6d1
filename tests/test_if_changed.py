"""--if-changed leaves the file of -o alone, its time too, when nothing in it would be different."""

import os

import pytest


@pytest.fixture
def report(books):
    """An aging report that was written long ago."""
    path = books.folder / "aging.csv"
    assert books("aging", "-o", path).exit_code == 0
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path


def test_a_file_that_would_be_the_same_is_left_alone(books, report):
    before = report.stat()
    assert books("aging", "-o", report, "--if-changed").exit_code == 0
    after = report.stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_a_file_that_is_different_is_replaced(books, report):
    before = report.read_bytes()
    books.ok("pay", "INV-00001", "--amount", "50")
    assert books("aging", "-o", report, "--if-changed").exit_code == 0
    assert report.read_bytes() != before
    assert report.stat().st_mtime > 1_000_000_000


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: text + b"\n", lambda text: text[:-2] + b"x\n"]
)
def test_one_byte_makes_a_difference(change, books, report):
    whole = report.read_bytes()
    report.write_bytes(change(whole))
    books("aging", "-o", report, "--if-changed")
    assert report.read_bytes() == whole


def test_a_file_that_is_not_there_is_written(books):
    assert books("filter", "-o", "list.csv", "--if-changed").exit_code == 0
    assert (books.folder / "list.csv").exists()


def test_without_it_the_file_is_written_anew(books, report):
    books("aging", "-o", report)
    assert report.stat().st_mtime > 1_000_000_000


def test_nothing_is_left_beside_the_file(books, report):
    before = sorted(books.folder.iterdir())
    books("aging", "-o", report, "--if-changed")
    assert sorted(books.folder.iterdir()) == before


def test_without_a_file_it_means_nothing_and_is_refused(books):
    assert books("aging", "--if-changed").exit_code == 2
