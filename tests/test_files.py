"""Files appear whole or not at all, and what cannot be read or written is said in words."""

import os
import re
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicectl.errors import (
    ConflictError,
    DatabaseError,
    NotFoundError,
    PermissionDeniedError,
    ValidationError,
)
from invoicectl.output import files
from invoicectl.output.files import read_bytes, read_lines, read_text, replace, write_bytes


def names_in(folder):
    return sorted(entry.name for entry in folder.iterdir())


def run(script, *arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def write_half(target, reason):
    with replace(target) as file:
        file.write(b"half of the ne")
        raise reason


@pytest.fixture(params=["nameless", "hidden name"])
def way(request, monkeypatch):
    """Both ways of making a file: with O_TMPFILE, and where that does not exist."""
    if request.param == "hidden name":
        monkeypatch.delattr(os, "O_TMPFILE")
    return request.param


def test_a_new_file_is_there_whole_when_the_block_ends(way, tmp_path):
    target = tmp_path / "a.csv"
    with replace(target) as file:
        file.write(b"id\n")
        file.flush()
        assert not target.exists()
    assert target.read_bytes() == b"id\n"
    assert names_in(tmp_path) == ["a.csv"]


def test_a_file_is_on_the_disk_before_it_has_its_name(way, tmp_path, monkeypatch):
    """A name that is on the disk before the bytes are would be an empty file after a power cut."""
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    synced, sync = {}, os.fsync

    def seen(descriptor):
        sync(descriptor)
        synced[os.fstat(descriptor).st_ino] = target.read_bytes()

    monkeypatch.setattr(os, "fsync", seen)
    write_bytes(target, b"new")
    assert synced == {target.stat().st_ino: b"old", tmp_path.stat().st_ino: b"new"}


def test_a_file_takes_the_place_of_another(way, tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old and long")
    write_bytes(target, b"new")
    assert target.read_bytes() == b"new"
    assert names_in(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("reason", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_whatever_is_raised_keeps_the_old_file_and_leaves_no_other(way, reason, tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    with pytest.raises(reason):
        write_half(target, reason)
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.csv"]


def test_nothing_appears_where_nothing_was_when_it_fails(way, tmp_path):
    with pytest.raises(ValueError):
        write_half(tmp_path / "a.csv", ValueError)
    assert names_in(tmp_path) == []


def test_a_reader_meanwhile_sees_the_old_file(tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    with target.open("rb") as early:
        with replace(target) as file:
            file.write(b"new")
            assert target.read_bytes() == b"old"
        assert target.read_bytes() == b"new"
        assert early.read() == b"old"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_mode_the_umask_gives(way, umask, mode, tmp_path):
    before = os.umask(umask)
    try:
        write_bytes(tmp_path / "a.csv", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == mode


def test_a_replaced_file_keeps_its_mode(way, tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    target.chmod(0o640)
    write_bytes(target, b"new")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    real = tmp_path / "elsewhere" / "real.csv"
    real.write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to(real)
    write_bytes(tmp_path / "link.csv", b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert real.read_bytes() == b"new"


def test_a_link_to_nothing_yet_makes_the_file_it_points_to(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_bytes(tmp_path / "link.csv", b"new")
    assert (tmp_path / "real.csv").read_bytes() == b"new"


def test_a_name_as_long_as_a_name_may_be(way, tmp_path):
    target = tmp_path / ("n" * 255)
    write_bytes(target, b"x")
    assert target.read_bytes() == b"x"


def test_a_name_longer_than_that_is_refused(tmp_path):
    with pytest.raises(PermissionDeniedError, match="file name too long"):
        write_bytes(tmp_path / ("n" * 256), b"x")


def test_a_folder_is_not_a_file_to_write(tmp_path):
    with pytest.raises(PermissionDeniedError, match="it is a folder") as refused:
        write_bytes(tmp_path, b"x")
    assert refused.value.exit_code == 11


def test_a_missing_folder_is_not_made(tmp_path):
    with pytest.raises(NotFoundError, match=r"there is no folder .*/reports"):
        write_bytes(tmp_path / "reports" / "a.csv", b"x")
    assert names_in(tmp_path) == []


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(NotFoundError, match="there is no folder"):
        write_bytes(tmp_path / "a" / "b.csv", b"x")


def test_a_database_is_never_written_over(tmp_path):
    target = tmp_path / "books.db"
    with sqlite3.connect(target) as database:
        database.execute("CREATE TABLE t (a)")
    database.close()
    before = target.read_bytes()
    with pytest.raises(ConflictError, match="is a database; refusing to overwrite it"):
        write_bytes(target, b"x")
    assert target.read_bytes() == before
    assert names_in(tmp_path) == ["books.db"]


def test_a_link_does_not_hide_a_database(tmp_path):
    (tmp_path / "books.db").write_bytes(files.SQLITE_MAGIC + b"...")
    (tmp_path / "a.csv").symlink_to("books.db")
    with pytest.raises(ConflictError):
        write_bytes(tmp_path / "a.csv", b"x")


def test_a_caller_may_guard_otherwise(tmp_path):
    (tmp_path / "books.db").write_bytes(files.SQLITE_MAGIC)
    with replace(tmp_path / "books.db", guard=lambda _: None) as file:
        file.write(b"restored")
    assert (tmp_path / "books.db").read_bytes() == b"restored"


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="needs a folder nobody may write to")
def test_a_folder_nobody_may_write_to_is_named(way):
    with pytest.raises(PermissionDeniedError, match=r"cannot write /sys/a\.csv: ") as refused:
        write_bytes(Path("/sys/a.csv"), b"x")
    assert refused.value.exit_code == 11


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_file_that_may_not_be_written_is_refused_though_its_folder_may(tmp_path_factory):
    script = """
        import os, sys, tempfile
        from pathlib import Path
        from invoicectl.errors import PermissionDeniedError
        from invoicectl.output.files import read_bytes, write_bytes
        os.setuid(65534)
        folder = Path(tempfile.mkdtemp())
        target = folder / "a.csv"
        target.write_bytes(b"old")
        for mode, deed in ((0o444, lambda: write_bytes(target, b"new")),
                           (0o222, lambda: read_bytes(target))):
            target.chmod(mode)
            try:
                deed()
            except PermissionDeniedError as refused:
                print(str(refused).replace(str(folder), ""))
        target.chmod(0o644)
        print(target.read_text(), len(list(folder.iterdir())))
    """
    process = run(script)
    assert process.communicate()[0].splitlines() == [
        "cannot write /a.csv: permission denied",
        "cannot read /a.csv: permission denied",
        "old 1",
    ]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_is_said():
    with pytest.raises(DatabaseError, match="cannot write /dev/full: the disk is full") as refused:
        write_bytes(Path("/dev/full"), b"x" * 100_000)
    assert refused.value.exit_code == 10


def test_a_full_disk_keeps_the_old_file_and_leaves_no_other(way, tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(DatabaseError, match="the disk is full; nothing was written"):
            write_bytes(target, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.csv"]


def test_a_pipe_is_written_to_as_it_comes(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_bytes(pipe, b"streamed")
    reader.join(10)
    assert read == [b"streamed"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_stays_a_device():
    write_bytes(Path("/dev/null"), b"x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_pipe_that_was_closed_is_no_disk_error(tmp_path):
    receiving, sending = os.pipe()
    os.close(receiving)
    try:
        with pytest.raises(BrokenPipeError):
            write_bytes(Path(f"/dev/fd/{sending}"), b"x")
    finally:
        os.close(sending)


SLOW_WRITER = """
    import sys, time
    from pathlib import Path
    from invoicectl.output.files import replace
    with replace(Path(sys.argv[1])) as file:
        for number in range(200):
            file.write(b"x" * 10_000)
            if number == 20:
                print("writing", flush=True)
                time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="needs nameless files")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_process_ended_in_the_middle_leaves_only_the_old_file(end, tmp_path):
    target = tmp_path / "a.csv"
    target.write_bytes(b"old")
    process = run(SLOW_WRITER, target, stderr=subprocess.DEVNULL)
    assert process.stdout.readline() == "writing\n"
    process.send_signal(end)
    process.wait(20)
    process.stdout.close()
    assert target.read_bytes() == b"old"
    assert names_in(tmp_path) == ["a.csv"]


def test_many_writers_of_one_file_leave_one_whole_file(tmp_path):
    target = tmp_path / "a.csv"
    script = """
        import sys
        from pathlib import Path
        from invoicectl.output.files import write_bytes
        for _ in range(25):
            write_bytes(Path(sys.argv[1]), sys.argv[2].encode() * 50_000)
    """
    writers = [run(script, target, letter) for letter in "abc"]
    seen = set()
    while any(writer.poll() is None for writer in writers):
        if target.exists():
            seen.add(target.read_bytes())
        time.sleep(0.005)
    for writer in writers:
        writer.stdout.close()
        assert writer.returncode == 0
    assert seen <= {letter.encode() * 50_000 for letter in "abc"}
    assert names_in(tmp_path) == ["a.csv"]


def test_a_missing_file_is_named():
    with pytest.raises(NotFoundError, match=r"no file /nowhere/a\.json") as refused:
        read_bytes(Path("/nowhere/a.json"))
    assert refused.value.exit_code == 4


def test_a_path_through_a_file_is_a_missing_file(tmp_path):
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(NotFoundError):
        read_text(tmp_path / "a" / "b.json")


def test_a_folder_is_not_a_file_to_read(tmp_path):
    with pytest.raises(PermissionDeniedError, match="is a directory"):
        read_bytes(tmp_path)


def test_a_file_at_its_limit_is_read_and_one_above_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 2000)
    assert len(read_bytes(tmp_path / "a", limit=2000)) == 2000
    with pytest.raises(ValidationError, match=r"is larger than 1,999 bytes"):
        read_bytes(tmp_path / "a", limit=1999)


def test_standard_input_is_read_like_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfcaf\xc3\xa9\n")
    with (tmp_path / "a").open("rb") as stream:
        assert read_text(stream) == "café\n"
    with (tmp_path / "a").open("rb") as stream:
        assert list(read_lines(stream)) == ["café\n"]


@pytest.mark.parametrize("read", [read_text, lambda path: list(read_lines(path))])
@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"name\nM\xfcller\n", "byte 0xFC at position 6 (line 2)"),
        (b"\xef\xbb\xbfok\n\n\xe9", "byte 0xE9 at position 7 (line 3)"),
        ("name".encode("utf-16"), "byte 0xFF at position 0 (line 1)"),
        (b"half \xc3", "byte 0xC3 at position 5 (line 1)"),
    ],
)
def test_what_is_not_utf8_is_refused_by_its_place(read, content, where, tmp_path):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(ValidationError, match=re.escape(f"a.csv is not UTF-8: {where}")):
        read(tmp_path / "a.csv")


def test_lines_are_read_one_at_a_time_however_many_there_are(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 99 + b"\n" + b"\xff")
    lines = read_lines(tmp_path / "a")
    assert next(lines) == "x" * 99 + "\n"
    with pytest.raises(ValidationError):
        next(lines)


@given(st.text())
def test_text_written_is_the_text_read(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "round-trip.txt"
    clean = text.encode("utf-8", "ignore").decode().removeprefix("\ufeff")
    write_bytes(path, b"\xef\xbb\xbf" + clean.encode())
    assert read_text(path) == clean
    assert "".join(read_lines(path)) == clean
