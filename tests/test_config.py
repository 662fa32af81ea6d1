"""`config` looks settings up and changes them; what cannot be is never kept."""

import os
import sys
from pathlib import Path

import pytest

from invoicectl import config

ROOT = Path(__file__).parents[1]


@pytest.fixture
def editor(run, monkeypatch):
    """Let a Python function of the file's text be the editor."""

    def use(code: str) -> None:
        script = run.folder / "editor.py"
        body = "import sys, pathlib\nfile = pathlib.Path(sys.argv[1])\ntext = file.read_text()\n"
        script.write_text(f"{body}{code}\nfile.write_text(text)\n")
        monkeypatch.delenv("VISUAL", raising=False)
        monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")

    return use


def test_a_setting_is_kept_and_found_again(run):
    run.ok("config", "set", "company.name", "Northwind Ltd")
    assert run("config", "get", "company.name").stdout == "Northwind Ltd\n"


def test_several_are_set_at_once(run):
    run.ok("config", "set", "company.name=Northwind", "company.currency=eur")
    assert config.stored(run.config) == {"company.name": "Northwind", "company.currency": "EUR"}


def test_one_that_cannot_be_keeps_none_of_them(run):
    assert run("config", "set", "company.name=Northwind", "company.currency=EUX").exit_code == 5
    assert not run.config.exists()


@pytest.mark.parametrize(
    "typed", [["get", "company.nam"], ["set", "company.nam", "X"], ["unset", "company.nam"]]
)
def test_a_mistyped_setting_is_refused_with_the_nearest(typed, run):
    ran = run("config", *typed)
    assert ran.exit_code == 5
    assert "did you mean company.name?" in ran.stderr


def test_unset_brings_the_default_back(run):
    run.ok("config", "set", "company.currency=EUR")
    run.ok("config", "unset", "company.currency")
    assert run("config", "get", "company.currency").stdout == "USD\n"


def test_comments_and_order_stay(run):
    run.config.write_text('# mine\n[company]\nphone = "1"  # at work\nname = "A"\n')
    run.ok("config", "set", "company.name=B")
    assert run.config.read_text() == '# mine\n[company]\nphone = "1"  # at work\nname = "B"\n'


def test_list_says_where_each_setting_comes_from(run):
    run.ok("config", "set", "company.name=Northwind")
    found = {row["key"]: row["origin"] for row in run.ok("config", "list", "--show-origin")["data"]}
    assert found["company.name"] == str(run.config)
    assert found["company.currency"] == "default"
    assert set(found) == set(config.KEYS)


def test_path_is_where_they_are(run):
    assert run("config", "path").stdout == f"{run.config}\n"


@pytest.mark.parametrize("verb", ["path", "edit"])
def test_a_script_is_told_where_they_are(verb, run, monkeypatch):
    monkeypatch.setenv("VISUAL", "true")
    assert run.ok("config", verb) == {"path": str(run.config)}


def test_edit_keeps_what_was_made_of_the_file(run, editor):
    run.config.write_text('# mine\n[company]\nname = "A"\n')
    editor("text = text.replace('\"A\"', '\"B\"')")
    assert run("config", "edit").exit_code == 0
    assert run.config.read_text() == '# mine\n[company]\nname = "B"\n'


def test_edit_begins_with_every_setting_where_there_is_no_file(run, editor):
    editor("text = text.replace('# name = \"\"', 'name = \"Northwind\"')")
    assert run("config", "edit").exit_code == 0
    assert config.stored(run.config) == {"company.name": "Northwind"}
    text = run.config.read_text()
    assert [key for key in config.KEYS if f"{key.rpartition('.')[2]} = " not in text] == []


def test_all_of_a_blank_file_can_be_uncommented(run):
    text = "".join(line.removeprefix("# ") for line in config.blank().splitlines(keepends=True))
    assert config.parse(text, run.config) == {
        key: default for key, (_, default) in config.KEYS.items()
    }


def test_edit_leaves_nothing_where_nothing_was_changed(run, editor):
    editor("")
    ran = run("config", "edit")
    assert (ran.exit_code, ran.stderr) == (0, "nothing was changed\n")
    assert not run.config.exists()


@pytest.mark.parametrize(
    "text", ['[company]\nname = "B', '[compny]\nname = "B"', '[company]\ncurrency = "EUX"'],
)  # fmt: skip
def test_edit_refuses_what_cannot_be_and_changes_nothing(text, run, editor):
    run.config.write_text('[company]\nname = "A"\n')
    editor(f"text = {text!r}")
    assert run("config", "edit").exit_code == 5
    assert run.config.read_text() == '[company]\nname = "A"\n'


def test_edit_mends_a_file_that_cannot_be_read(run, editor):
    run.config.write_text("[company\n")
    editor("text = '[company]\\n'")
    assert run("config", "edit").exit_code == 0
    assert run.config.read_text() == "[company]\n"


def test_an_editor_that_fails_changes_nothing(run, monkeypatch):
    run.config.write_text('[company]\nname = "A"\n')
    monkeypatch.setenv("VISUAL", "false")
    assert run("config", "edit").exit_code == 6


def test_an_editor_that_is_not_there_is_said(run, monkeypatch):
    monkeypatch.setenv("VISUAL", "no-such-editor")
    ran = run("config", "edit")
    assert ran.exit_code == 8
    assert "set EDITOR" in ran.stderr


def test_visual_goes_before_editor(run, monkeypatch):
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", "true")
    assert run("config", "edit").exit_code == 0


def test_in_a_terminal_what_cannot_be_is_edited_again(run, editor):
    pexpect = pytest.importorskip("pexpect")
    editor(
        "text = text.replace('EUX', 'EUR') if 'EUX' in text else '[company]\\ncurrency = \"EUX\"'"
    )
    child = pexpect.spawn(
        sys.executable, ["-m", "invoicectl", "config", "edit"], encoding="utf-8", timeout=20,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    child.expect_exact("did you mean EUR?")
    child.expect_exact("Edit again? [Y/n] ")
    child.sendline("")
    child.expect_exact("kept in")
    child.expect(pexpect.EOF)
    assert config.stored(run.config) == {"company.currency": "EUR"}


def test_the_file_is_readable_by_its_owner_alone(run):
    run.ok("config", "set", "company.name=Northwind")
    assert run.config.stat().st_mode & 0o777 == 0o600


def test_an_option_goes_before_the_environment(run, monkeypatch):
    run.ok("config", "set", "company.name=Northwind")
    monkeypatch.setenv("INVOICECTL_CONFIG", "elsewhere.toml")
    assert run("config", "get", "company.name", "--config", run.config).stdout == "Northwind\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("company.name", "not readable TOML"),
        (f"company.name = {'9' * 5_000}", "not readable TOML"),
        (f"company.name = {'[' * 20_000}", "nested too deeply"),
        ('company.name = ["Northwind"]', "company.name is a list"),
        ('[[company]]\nname = "x"', "company is a list"),
        ('company.nmae = "x"', "there is no setting 'company.nmae'"),
    ],
)
def test_a_file_of_settings_that_says_nothing_sensible_is_refused(run, text, reason):
    run.config.write_text(text)
    assert reason in run.refused("config", "list", code=5)
    assert reason in run.refused("next-number", code=5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('company.currency = "Acme"', "company.currency: is not an ISO 4217"),
        ('company.payment_term = "soon"', "company.payment_term: is not a payment term"),
        ('numbering.pattern = "INV"', "numbering.pattern: needs exactly one {seq}"),
    ],
)
def test_what_was_written_into_the_file_and_cannot_be_booked_is_refused(run, text, reason):
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    run.config.write_text(text)
    made = ["create", "--customer", "acme", "--key", "k", "--item", "desc=x,qty=1,price=1"]
    assert reason in run.refused(*made, code=5)
    run.ok("config", "unset", text.split()[0])
    run.ok(*made)


def test_a_pattern_in_the_file_that_makes_no_numbers_is_refused_when_one_is_asked_for(run):
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    run.config.write_text('numbering.pattern = "INV"')
    assert "needs exactly one {seq}" in run.refused("next-number", code=5)


def test_a_currency_in_the_file_is_read_in_any_case(run):
    run.config.write_text('company.currency = "eur"')
    run.ok("customer", "add", "--name", "Acme", "--key", "acme")
    made = run.ok("create", "--customer", "acme", "--item", "desc=x,qty=1,price=1")
    assert made["currency"] == "EUR"
