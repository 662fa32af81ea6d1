"""One company is one profile is one database; settings come from --set, environment, file, default."""

import os
import re
from pathlib import Path

import pytest

from invoicectl import config
from invoicectl.commands.setup import option
from tests.test_init import VALUES
from tests.test_readme import README, TEXT


@pytest.fixture
def at_home(run, monkeypatch):
    """Type commands with no database and no settings named, as in a home of one's own."""
    for name in ("INVOICECTL_DB", "INVOICECTL_CONFIG"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(run.folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(run.folder / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(run.folder / "data"))
    return run


@pytest.fixture
def two(at_home):
    """Two companies, acme with a profile, and one without a name."""
    at_home.ok("init", "--company", "Plain Ltd")
    at_home.ok("--profile", "acme", "init", "--company", "Acme Ltd", "--currency", "EUR")
    at_home.ok("--profile", "acme", "customer", "add", "--name", "Globex")
    return at_home


def test_a_company_has_its_own_customers_and_settings(two):
    assert len(two.ok("customer", "list", "--profile", "acme")["data"]) == 1
    assert two.ok("customer", "list")["data"] == []
    assert two("config", "get", "company.name").stdout == "Plain Ltd\n"
    assert two("config", "get", "company.name", "--profile=acme").stdout == "Acme Ltd\n"


def test_the_environment_chooses_one_too_and_an_option_goes_before_it(two, monkeypatch):
    monkeypatch.setenv("INVOICECTL_PROFILE", "acme")
    assert two("config", "get", "company.name").stdout == "Acme Ltd\n"
    assert two("config", "get", "company.name", "--profile", "other").stdout == "\n"


def test_a_database_that_is_named_goes_before_the_profile_beside_it(two, monkeypatch):
    monkeypatch.setenv("INVOICECTL_PROFILE", "acme")
    monkeypatch.setenv("INVOICECTL_DB", str(two.folder / "data/invoicectl/invoices.db"))
    assert two.ok("customer", "list")["data"] == []
    assert len(two.ok("customer", "list", "--profile", "acme")["data"]) == 1
    named = two.folder / "data/invoicectl/invoices.db"
    assert two.ok("customer", "list", "--profile", "acme", "--db", named)["data"] == []


def test_without_a_profile_all_is_where_it_was(two):
    assert (two.folder / "data/invoicectl/invoices.db").exists()
    assert (two.folder / "config/invoicectl/config.toml").exists()


def test_profiles_lists_them_with_what_they_are(two):
    plain, acme = two.ok("config", "profiles", "--profile", "acme")["data"]
    assert (plain["profile"], plain["company"], plain["chosen"]) == (None, "Plain Ltd", False)
    assert (acme["profile"], acme["company"], acme["chosen"]) == ("acme", "Acme Ltd", True)
    assert Path(acme["database"]).exists()
    assert Path(acme["config"]).exists()


def test_profiles_makes_nothing(at_home):
    assert [each["profile"] for each in at_home.ok("config", "profiles")["data"]] == [None]
    assert list(at_home.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["../acme", "a/b", ".acme", "a b", "ä", "a\x1bb"])
def test_a_name_that_is_no_files_name_is_refused(name, at_home):
    assert "--profile" in str(at_home("--profile", name, "customer", "list", "--json").error)
    assert at_home("--profile", name, "customer", "list").exit_code == 5


def test_one_that_is_not_there_yet_is_no_database(at_home):
    ran = at_home("--profile", "acme", "customer", "list")
    assert ran.exit_code == 10
    assert "acme.db" in ran.stderr


@pytest.mark.sqlite
def test_one_that_is_mistyped_gets_no_books_of_its_own(two):
    ran = two("--profile", "acmee", "customer", "add", "--name", "Initech")
    assert ran.exit_code == 10
    assert "did you mean acme?" in ran.stderr
    assert ran.stdout == ""
    listed = two.ok("config", "profiles", "--profile", "acmee")["data"]
    assert {each["profile"] for each in listed} == {None, "acme"}


def test_a_backup_can_begin_one(two):
    two.ok("--profile", "acme", "backup", str(two.folder / "acme.copy"))
    two.ok("--profile", "branch", "restore", str(two.folder / "acme.copy"), "--yes")
    assert len(two.ok("--profile", "branch", "customer", "list")["data"]) == 1


# --- settings ---


def test_a_setting_comes_from_set_then_the_environment_then_the_file(run, monkeypatch):
    def found():
        rows = run.ok("config", "list", "--show-origin", *given)["data"]
        return next((row["value"], row["origin"]) for row in rows if row["key"] == "pdf.page")

    given = []
    assert found() == ("A4", "default")
    run.ok("config", "set", "pdf.page=letter")
    assert found() == ("Letter", str(run.config))
    monkeypatch.setenv("INVOICECTL_PDF_PAGE", "a4")
    assert found() == ("A4", "INVOICECTL_PDF_PAGE")
    given = ["--set", "pdf.page=Letter"]
    assert found() == ("Letter", "--set")


def test_a_setting_of_one_run_is_not_kept(run):
    run.ok("init", "--company", "Northwind")
    run.ok("customer", "add", "--name", "Globex")
    made = run.ok("create", "--customer", "C-00001", "--item", "desc=A,price=1",
                  "--set", "company.currency=JPY")  # fmt: skip
    assert made["currency"] == "JPY"
    assert run("config", "get", "company.currency").stdout == "USD\n"


@pytest.mark.parametrize("key", config.KEYS)
def test_every_setting_has_a_variable_and_an_option(key, run, monkeypatch):
    good = VALUES.get(key, "something")
    monkeypatch.setenv(config.variable(key), good)
    assert run("config", "get", key).stdout.strip().replace(" ", "") == good.replace(" ", "")
    monkeypatch.delenv(config.variable(key))
    assert f"--{option(key)} " in run("init", "--help").stdout


@pytest.mark.parametrize(
    ("said", "name"), [("INVOICECTL_PDF_PAGE", "INVOICECTL_PDF_PAGE"), ("--set", "pdf.page")]
)
def test_a_value_that_cannot_be_is_refused_by_the_name_it_came_by(said, name, run, monkeypatch):
    given = ["--set", "pdf.page=A9"] if said == "--set" else []
    if not given:
        monkeypatch.setenv(said, "A9")
    ran = run("config", "list", "--json", *given)
    assert ran.exit_code == 5
    assert ran.error["details"][0]["field"] == name


def test_what_is_no_pair_and_what_is_no_setting_is_refused(run):
    assert run("config", "list", "--set", "pdf.page").exit_code == 2
    ran = run("config", "list", "--set", "pdf.pge=A4")
    assert (ran.exit_code, "did you mean pdf.page?" in ran.stderr) == (5, True)


def test_the_readme_has_every_setting_in_one_table():
    table = ["| setting | variable | `init` option | means |", "|---|---|---|---|"]
    for key, (meaning, default) in config.KEYS.items():
        means = meaning + (f"; default `{default}`" if default else "")
        table.append(f"| `{key}` | `{config.variable(key)}` | `--{option(key)}` | {means} |")
    block = "<!-- settings -->\n\n" + "\n".join(table) + "\n\n<!-- /settings -->"
    found = re.search(r"<!-- settings -->.*<!-- /settings -->", TEXT, re.S)
    assert found is not None
    if os.environ.get("INVOICECTL_WRITE_README"):
        README.write_text(README.read_text("utf-8").replace(found[0], block), "utf-8")
    else:
        assert found[0] == block
