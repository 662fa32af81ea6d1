"""backup: a whole copy while others write, or none."""

import os
import sqlite3
import stat
import subprocess
import sys

import pytest

from tests.whole_books import make

pytestmark = pytest.mark.sqlite


@pytest.fixture
def books(run, tmp_path_factory):
    """Books with something of everything."""
    return make(run, tmp_path_factory)


def dumped(path):
    connection = sqlite3.connect(path)
    text = list(connection.iterdump())
    connection.close()
    return text


def names(folder):
    """Return what is in a folder, but for the files that SQLite keeps beside a database."""
    return {path.name for path in folder.iterdir() if not path.name.startswith("books.db-")}


def test_a_backup_holds_all_that_the_books_hold(books):
    said = books.ok("backup", "kept.db")
    assert dumped(books.folder / "kept.db") == dumped(books.db)
    assert (said["backup"], said["invoices"]) == (str(books.folder / "kept.db"), 5)


def test_a_backup_is_a_database_like_any_other(books):
    books.ok("backup", "kept.db")
    assert books("check", "--db", "kept.db").exit_code == 0
    assert books.ok("get", "INV-00001", "--db", "kept.db")["amountPaid"] == 50


def test_a_backup_is_its_owners_alone(books):
    books.ok("backup", "kept.db")
    assert stat.S_IMODE((books.folder / "kept.db").stat().st_mode) == 0o600


def test_what_is_still_in_the_log_is_in_the_backup(books):
    other = sqlite3.connect(books.db)  # keeps the log from being brought in
    other.execute("SELECT count(*) FROM invoice").fetchone()
    books.ok("customer", "add", "--name", "Late", "--key", "late")
    books.ok("backup", "kept.db")
    other.close()
    assert books.ok("customer", "get", "late", "--db", "kept.db")["name"] == "Late"


def test_nothing_else_is_left_beside_it(books):
    before = names(books.folder)
    books.ok("backup", "kept.db")
    assert names(books.folder) - before == {"kept.db"}


def test_a_file_that_is_there_is_never_overwritten(books):
    (books.folder / "kept.db").write_text("mine")
    assert "is there already" in books.refused("backup", "kept.db", code=6)
    assert (books.folder / "kept.db").read_text() == "mine"


def test_the_database_itself_is_never_overwritten(books):
    before = books.db.read_bytes()
    books.refused("backup", str(books.db), code=6)
    assert books.db.read_bytes() == before


def test_a_folder_is_no_name_for_it(books):
    (books.folder / "kept").mkdir()
    books.refused("backup", "kept", code=2)


def test_a_folder_that_is_missing_is_named(books):
    assert "there is no folder" in books.refused("backup", "nowhere/kept.db", code=4)


def test_without_a_database_there_is_none(run):
    run.refused("backup", "kept.db", code=10)
    assert not (run.folder / "kept.db").exists()


def test_a_damaged_database_is_not_taken_for_a_good_one(books):
    (size,) = sqlite3.connect(books.db).execute("PRAGMA page_size").fetchone()
    with books.db.open("r+b") as file:
        file.seek(6 * size)
        file.write(b"\xff" * size)
    books.refused("backup", "kept.db", code=10)
    assert not (books.folder / "kept.db").exists()


def test_what_a_killed_backup_left_is_cleared_away(books):
    left = books.folder / ".kept.db.4194305.part"
    left.write_text("half of it")
    books.ok("backup", "kept.db")
    assert not left.exists()


def test_a_backup_that_another_makes_just_now_is_left_alone(books):
    other = books.folder / f".kept.db.{os.getppid()}.part"
    other.write_text("half of it")
    books.ok("backup", "kept.db")
    assert other.exists()


def test_while_others_write_a_backup_is_of_one_moment(books):
    """Each writer makes a customer and its order in one file; no copy may have the one alone."""
    script = (
        "import subprocess, sys\n"
        "for n in range(6):\n"
        "    subprocess.run([sys.executable, '-m', 'invoicectl', '--quiet', 'create', '--customer',"
        " 'acme', '--item', 'desc=x,qty=1,price=1'], check=True, stdout=subprocess.DEVNULL)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", script])
    copies = 0
    while writer.poll() is None:
        target = books.folder / f"kept-{copies}.db"
        books.ok("backup", target)
        assert books("check", "--db", target).exit_code == 0
        copies += 1
    assert writer.returncode == 0
    assert copies > 0


def test_a_full_disk_leaves_no_backup(books):
    """A limit on the size of files stands for the disk: the system answers alike."""
    shell = f"ulimit -f 100; {sys.executable} -m invoicectl backup kept.db --json"
    ran = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (10, ""), ran.stderr
    assert not list(books.folder.glob("*kept*"))


def test_two_backups_are_alike(books):
    books.ok("backup", "a.db")
    books.ok("backup", "b.db")
    assert dumped(books.folder / "a.db") == dumped(books.folder / "b.db")
