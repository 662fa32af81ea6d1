"""pdf: where documents go, as it is typed."""

import pytest


@pytest.fixture
def books(run):
    """An invoice, a draft and a file that is no folder."""
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    for key in ("one", "two"):
        run.ok("create", "--customer", "acme", "--item", "desc=x,price=1", "--key", key)
    run.ok("mark-awaiting", "one")
    run.write("file", "what was there")
    return run


def test_several_go_into_a_folder_that_is_made(books):
    books.ok("pdf", "one", "two", "-o", books.folder / "out")
    names = sorted(path.name for path in (books.folder / "out").iterdir())
    assert names == ["DRAFT-00002.pdf", "INV-00001.pdf"]


@pytest.mark.parametrize("target", ["-", "file", "new.pdf"])
def test_several_do_not_go_into_one_file(books, target):
    where = target if target == "-" else books.folder / target
    assert "several PDFs need one" in books.refused("pdf", "one", "two", "-o", where, code=2)
    assert not (books.folder / "new.pdf").exists()
    assert (books.folder / "file").read_text() == "what was there"


@pytest.mark.parametrize(
    "typed",
    [
        ("pdf", "one", "-o", "{}/file/"),
        ("pdf", "one", "-o", "{}/file/in/"),
        ("pdf", "one", "two", "-o", "{}/file/in"),
        ("batch-generate", "--all", "--pdf", "{}/file"),
        ("templates", "eject", "{}/file"),
        ("--db", "{}/file/new.db", "restore", "{}/kept.db", "--yes"),
    ],
    ids=lambda typed: " ".join(typed).replace("{}/", ""),
)
@pytest.mark.sqlite
def test_a_file_in_the_place_of_a_folder_is_named(books, typed):
    books.ok("backup", books.folder / "kept.db")
    ran = books(*[word.replace("{}", str(books.folder)) for word in typed], "--json")
    said = ran.error["message"] if ran.exit_code != 3 else ran.json["failed"][0]["message"]
    assert (ran.exit_code in (3, 11), "it is no folder" in said) == (True, True), ran
    assert (books.folder / "file").read_text() == "what was there"
