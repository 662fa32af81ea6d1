"""The power goes: what was confirmed before is there afterwards.

The books lie on a disk of their own, an image on a loop device. Of what is written to it, only what
was synced is in the image: what a power cut would have left. 100 cuts with INVOICECTL_FAULTS=full,
half of them while another program has the file open. With `synchronous=NORMAL`, or with SQLite's
usual journal, confirmed invoices are missing.
"""

import hashlib
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from invoicectl.service import checking
from invoicectl.store.db import Db
from tests.faults.harness import ITEM, Worker, as_root

TOOLS = ("losetup", "mkfs.ext4", "mount", "umount")
SIZE_MIB = 24


def can_mount():
    return as_root() and all(map(shutil.which, TOOLS)) and Path("/dev/loop-control").exists()


pytestmark = pytest.mark.skipif(not can_mount(), reason="needs root and a loop device")


class Disk:
    """A file system in a file."""

    def __init__(self, image, at):
        self.image, self.at = image, at

    def __enter__(self):
        self.at.mkdir(exist_ok=True)
        device = subprocess.check_output(["losetup", "-f", "--show", str(self.image)], text=True)
        self.device = device.strip()
        subprocess.run(["mount", self.device, str(self.at)], check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.at)], check=True)
        subprocess.run(["losetup", "-d", self.device], check=True)


def made(image):
    with image.open("wb") as file:
        file.truncate(SIZE_MIB << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)


def as_it_stands(image, target):
    """Copy what has reached the disk, at a moment when nothing is on its way there."""
    while True:
        content = image.read_bytes()
        if hashlib.sha256(content).digest() == hashlib.sha256(image.read_bytes()).digest():
            target.write_bytes(content)
            return
        time.sleep(0.01)


@pytest.mark.parametrize("watched", [False, True], ids=["alone", "open in another program"])
def test_what_was_confirmed_is_there_after_the_power_went(books, rnd, times, watched):
    disk, after = books.folder / "disk.img", books.folder / "after.img"
    made(disk)
    with Disk(disk, books.folder / "disk") as live:
        db = live.at / "books.db"
        books.ok("backup", db)
        other = sqlite3.connect(db) if watched else None
        if other:
            other.execute("SELECT count(*) FROM invoice").fetchone()
        worker = Worker()
        for _ in range(times(3, 50)):
            numbers = cut_short(worker, rnd, lambda: as_it_stands(disk, after), db)
            with Disk(after, books.folder / "after") as left:
                assert_there(left.at / "books.db", numbers)
        worker.close()
        if other:
            other.close()


def cut_short(worker, rnd, cut, db):
    """Issue some invoices until the power goes; return the numbers that were confirmed by then."""
    numbers = []
    for _ in range(rnd.randrange(2, 9)):
        draft = worker.do("create", "--customer", "acme", *ITEM, "--db", db)
        numbers.append(worker.do("mark-awaiting", draft["id"], "--db", db)["friendlyId"])
    worker.begin("create", "--customer", "acme", *ITEM, "--db", db)
    time.sleep(rnd.random() * 0.03)
    worker.process.send_signal(signal.SIGSTOP)
    try:
        cut()
    finally:
        worker.process.send_signal(signal.SIGCONT)
    worker.answer()
    return numbers


def assert_there(path, numbers):
    connection = sqlite3.connect(path)
    there = {number for (number,) in connection.execute("SELECT friendly_id FROM invoice")}
    connection.close()
    assert set(numbers) <= there
    found, _ = checking.check(Db(path), going=lambda *_: None, note=lambda _: None)
    assert list(found) == []
