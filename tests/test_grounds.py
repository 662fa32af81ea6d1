"""Where a database may lie: not on a network, where the locks of two machines do not hold."""

from pathlib import Path

import pytest

from invoicectl.store import grounds
from invoicectl.store.grounds import kind_of

MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv rw,relatime shared:9 - nfs4 files:/srv rw,vers=4.2
31 30 0:41 / /srv/fast rw - xfs /dev/sdb1 rw
32 22 0:42 / /mnt/our\040share rw - cifs //files/share rw
33 22 0:43 / /home rw - ext4 /dev/sdc1 rw
34 33 0:44 / /home rw - fuse.sshfs me@files: rw
garbage
"""


@pytest.mark.parametrize(("path", "kind"), [
    ("/var/books.db", "ext4"), ("/srv/books.db", "nfs4"), ("/srv/fast/books.db", "xfs"),
    ("/srvs/books.db", "ext4"), ("/mnt/our share/a/books.db", "cifs"),
    ("/home/me/books.db", "fuse.sshfs"),
])  # fmt: skip
def test_the_file_system_of_a_path_is_that_of_the_nearest_mount(path, kind):
    assert kind_of(Path(path), MOUNTS) == kind


@pytest.fixture
def on_network(tmp_path_factory, run, monkeypatch):
    """Let the system say that the test's folder is mounted from a file server."""
    mounts = tmp_path_factory.mktemp("proc") / "mountinfo"
    mounts.write_text(f"1 0 8:1 / / rw - ext4 d rw\n2 1 0:5 / {run.folder} rw - nfs4 h:/ rw\n")

    def mount():
        monkeypatch.setattr(grounds, "MOUNTS", mounts)
        return run

    return mount


@pytest.mark.sqlite
@pytest.mark.parametrize("words", [["init"], ["customer", "add", "--name", "Acme"]])
def test_no_database_is_made_on_a_network(on_network, words):
    run = on_network()
    ran = run(*words)
    assert (ran.exit_code, ran.stdout) == (10, "")
    assert "is on a network file system (nfs4)" in ran.stderr
    assert "hint: keep it on a disk of this machine" in ran.stderr
    assert list(run.folder.iterdir()) == []


@pytest.mark.sqlite
def test_no_backup_is_restored_to_a_network(run, on_network):
    run.ok("init")
    run.ok("backup", "kept.db")
    run.db.unlink()
    on_network()
    said = run.refused("restore", "kept.db", "--yes", code=10)
    assert "is on a network file system (nfs4)" in said
    assert not run.db.exists()
    assert not list(run.folder.glob(".books.db*"))


@pytest.mark.sqlite
def test_books_that_are_there_already_can_be_restored_with_a_warning(run, on_network):
    run.ok("init")
    run.ok("backup", "kept.db")
    on_network()
    ran = run("restore", "kept.db", "--yes")
    assert (ran.exit_code, ran.stderr.count("is on a network file system (nfs4)")) == (0, 1)


@pytest.mark.sqlite
def test_one_that_was_put_there_is_warned_of_by_every_change(on_network, run):
    run.ok("customer", "add", "--name", "Acme")
    on_network()
    ran = run("customer", "add", "--name", "Globex")
    assert (ran.exit_code, ran.stderr.count("is on a network file system (nfs4)")) == (0, 1)
    assert run("customer", "list").stderr == ""


def test_where_the_system_says_nothing_nothing_is_said(run, monkeypatch):
    monkeypatch.setattr(grounds, "MOUNTS", run.folder / "none")
    assert "network" not in run("customer", "add", "--name", "Acme").stderr
