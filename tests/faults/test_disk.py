"""Disks that are full, files that may not be written or are gone: said plainly, and nothing lost."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.faults.harness import COMMAND, ITEM, as_root

CREATE = ["create", "--customer", "acme", *ITEM]


def apart(script, *words, **options):
    """Run a command line in a world of its own, made by a shell script."""
    return subprocess.run(
        ["unshare", "-m", "bash", "-ec", f'{script}\nexec "$@"', "bash", *COMMAND, *map(str, words)],
        capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


def limited(kib, *words):
    """Run a command line that may write no file of more than so many KiB: as on a full disk."""
    shell = f'ulimit -f {kib}; exec "$@"'
    return subprocess.run(
        ["bash", "-c", shell, "bash", *COMMAND, *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


mounts = pytest.mark.skipif(
    not as_root() or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0,
    reason="only root can mount",
)


@mounts
def test_a_full_disk_refuses_the_change_and_keeps_the_books(books):
    books.ok("customer", "list")
    disk = books.folder / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o size=700k none {disk}\n"
        f"cp {books.db} {disk}/books.db\n"
        "for n in $(seq 200); do\n"
        f'  "$@" --db {disk}/books.db >{books.folder}/out 2>{books.folder}/err || break\n'
        "done\n"
        f"rm -f {disk}/filler; cp {disk}/books.db* {books.folder}/after/\n"
        f"exit 0"
    )
    (books.folder / "after").mkdir()
    bulk = ["--item", f"desc={'x' * 900},qty=1,price=1"] * 20
    subprocess.run(
        [
            "unshare",
            "-m",
            "bash",
            "-c",
            script,
            "bash",
            *COMMAND,
            "create",
            "--customer",
            "acme",
            *bulk,
        ],
        check=True,
    )
    said = (books.folder / "err").read_text()
    assert "the disk is full" in said, said
    assert "Traceback" not in said
    after = books.folder / "after" / "books.db"
    books.worker.begin("check", "--db", after)
    code, out, err, _ = books.worker.answer()
    assert code == 0, (out, err)
    books.worker.begin(*CREATE, "--db", after)
    assert books.worker.answer()[0] == 0


def test_a_file_that_cannot_grow_refuses_the_change_and_keeps_the_books(books):
    before = books.rows("SELECT count(*) FROM invoice")
    bulk = ["--item", f"desc={'x' * 900},qty=1,price=1"] * 200
    size = books.db.stat().st_size // 1024
    ran = limited(size // 2, "create", "--customer", "acme", *bulk, "--json")
    assert (ran.returncode, ran.stdout) == (10, ""), ran.stderr
    assert books.rows("SELECT count(*) FROM invoice") == before
    books.hold()


@mounts
@pytest.mark.parametrize("words", [
    ["filter", "--all", "-o", "small/out.csv"], ["filter", "--all", "-o", "small/out.json"],
    ["pdf", "one", "-o", "small/out.pdf"],
], ids=lambda words: words[-1])  # fmt: skip
def test_an_answer_that_does_not_fit_leaves_the_old_file(books, words):
    small, kept = books.folder / "small", books.folder / "kept"
    for folder in (small, kept):
        folder.mkdir()
    for n in range(20):
        books.ok(*CREATE, "--key", "one" if n == 0 else f"k{n}")
    books.ok("mark-awaiting", "one")
    name = words[-1].removeprefix("small/")
    script = (
        f"mount -t tmpfs -o size=8k none {small}\necho old > {small}/{name}\n"
        f'code=0; "$@" || code=$?\ncp -a {small}/. {kept}/; exit $code'
    )
    ran = apart(script, *words)
    assert ran.returncode == 10, ran.stderr
    assert "the disk is full" in ran.stderr
    assert [(path.name, path.read_text()) for path in kept.iterdir()] == [(name, "old\n")]


@mounts
@pytest.mark.parametrize("words", [
    CREATE, ["pay", "one"], ["send", "one"], ["unpublish", "one"], ["backup", "b.db"],
    ["restore", "../kept.db", "--yes"], ["init", "--db", "new.db"],
    ["init", "--db", "new/books.db"], ["config", "set", "company.name=x"], ["pdf", "one"],
    ["filter", "-o", "out.csv"], ["customer", "list"], ["check"],
    ["import", "customers", "../in.json", "--skip-invalid", "rejects.csv"],
], ids=lambda words: " ".join(words[:3]))  # fmt: skip
def test_a_disk_that_takes_no_more_files_is_said_by_each_command(books, words):
    """No lock file, no claim, no log, no draft, no answer can be made."""
    small = books.folder / "small"
    small.mkdir()
    books.ok(*CREATE, "--key", "one")
    books.ok("mark-awaiting", "one")
    books.ok("backup", "kept.db")
    (books.folder / "in.json").write_text('[{"name": "Globex"}, {"name": ""}]')
    script = (
        f"mount -t tmpfs -o nr_inodes=4,size=8M none {small}\n"
        f"cp {books.db} {small}/books.db; cp {books.run.config} {small}/config.toml\n"
        f"cp {books.db} {books.folder}/before\nmkdir -p {small}/full 2>/dev/null || true\n"
        f"cd {small}; export INVOICECTL_DB={small}/books.db INVOICECTL_CONFIG={small}/config.toml\n"
        f'code=0; "$@" || code=$?\ncp {small}/books.db {books.folder}/after; exit $code'
    )
    ran = apart(script, *words)
    assert (ran.returncode, "bug" in ran.stderr) in {(10, False), (11, False)}, ran.stderr
    assert "Traceback" not in ran.stderr
    before, after = (books.folder / name for name in ("before", "after"))
    assert before.read_bytes() == after.read_bytes()


def test_standard_output_that_is_full_is_said(books):
    with open("/dev/full", "wb") as full:
        words = [*COMMAND, "customer", "list"]
        ran = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 10
    assert b"Traceback" not in ran.stderr


@mounts
@pytest.mark.parametrize(("words", "code"), [
    (["customer", "list"], 0), (["get", "one"], 0), (["check"], 0), (["aging"], 0),
    (CREATE, 11), (["pay", "one"], 11), (["init"], 6), (["send", "one"], 11),
    (["unpublish", "one"], 11), (["backup", "b.db"], 11), (["restore", "kept.db", "--yes"], 11),
    (["init", "--db", "new/books.db"], 11), (["config", "set", "company.name=x"], 11),
    (["pdf", "one"], 11), (["filter", "-o", "out.csv"], 11),
    (["import", "customers", "in.json", "--skip-invalid", "rejects.csv"], 11),
])  # fmt: skip
def test_a_read_only_folder_can_be_read_and_not_written(books, words, code):
    books.ok(*CREATE, "--key", "one")
    books.ok("mark-awaiting", "one")
    books.ok("backup", "kept.db")
    (books.folder / "in.json").write_text('[{"name": "Globex"}, {"name": ""}]')
    before = books.db.read_bytes()
    remount = f"mount --bind {books.folder} {books.folder}\nmount -o remount,bind,ro {books.folder}"
    ran = apart(remount, *words)
    assert (ran.returncode, "Traceback" in ran.stderr) == (code, False), ran.stderr
    assert books.db.read_bytes() == before


@mounts
@pytest.mark.parametrize(("words", "code"), [(["get", "one"], 0), (["check"], 0), (CREATE, 11)])
def test_a_read_only_file_can_be_read_and_not_written(books, words, code):
    books.ok(*CREATE, "--key", "one")
    before = books.db.read_bytes()
    remount = f"mount --bind {books.db} {books.db}\nmount -o remount,bind,ro {books.db}"
    ran = apart(remount, *words)
    assert (ran.returncode, "Traceback" in ran.stderr) == (code, False), ran.stderr
    assert books.db.read_bytes() == before


@pytest.mark.skipif(not as_root(), reason="only root can become somebody else")
@pytest.mark.parametrize(
    ("words", "code"), [(["customer", "list"], 11), (CREATE, 11), (["check"], 11)]
)
def test_somebody_elses_books_are_neither_read_nor_written(books, words, code):
    """The command line runs as nobody, in this process's child: Python is read before."""
    books.ok("customer", "list")
    books.folder.chmod(0o755)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 2)
        os.setgid(65534)
        os.setuid(65534)
        os._exit(books.run(*words).exit_code)
    os.close(writing)
    os.close(reading)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == code


def test_a_file_that_is_gone_is_not_made_anew_by_looking(books):
    books.db.unlink()
    for words in (["customer", "list"], ["get", "one"], ["check"], ["aging"]):
        books.worker.begin(*words)
        code, _, err, _ = books.worker.answer()
        assert (code, "no database at" in err) == (10, True)
    assert not books.db.exists()


def test_books_that_are_replaced_between_two_commands_are_the_books_then(books):
    books.ok("backup", "empty.db")
    books.ok(*CREATE, "--key", "one")
    for side in ("-wal", "-shm"):
        (books.folder / f"books.db{side}").unlink(missing_ok=True)
    os.replace("empty.db", books.db)
    books.worker.begin("get", "one")
    assert books.worker.answer()[0] == 4
    books.hold()


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n" + bytes(600), b"a,b\n1,2\n", b"SQLite format 3\0"]
)
def test_a_file_of_another_kind_is_refused_and_left_alone(books, content):
    other = books.folder / "other"
    other.write_bytes(content)
    for words in (["customer", "list"], CREATE, ["check"], ["backup", "b.db"]):
        books.worker.begin(*words, "--db", other)
        assert books.worker.answer()[0] == 10
    assert other.read_bytes() == content


def test_books_cut_off_in_the_middle_are_damaged(books, rnd, times):
    books.ok(*CREATE, "--key", "one")
    content = books.db.read_bytes()
    for _ in range(times(10, 200)):
        books.db.write_bytes(content[: rnd.randrange(1, len(content))])
        books.worker.begin("check")
        code, _, err, _ = books.worker.answer()
        assert code in {10, 12}, err
        assert "Traceback" not in err
    shutil.copy(sys.executable, books.folder / "python-is-no-database")
