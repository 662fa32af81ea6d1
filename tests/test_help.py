"""`help` explains what commands have in common: its facts are the program's, its examples work."""

import re
import shlex
from pathlib import Path

import pytest

from invoicectl import config, errors
from invoicectl.commands import COMMANDS, wording
from invoicectl.commands.helping import FACTS, PAGES, TOPICS, page
from invoicectl.rules import terms
from invoicectl.service import vocabulary
from tests.seeds import ROWS
from tests.test_examples import commands

PACKAGE = Path(config.__file__).parent
EXAMPLE = re.compile(r"^  (invoicectl .*)$", re.MULTILINE)
EXAMPLES = [(topic, line) for topic in TOPICS for line in EXAMPLE.findall(page(topic))]


@pytest.mark.parametrize(("topic", "line"), EXAMPLES)
def test_an_example_of_a_topic_works(topic, line, books):
    (books.folder / "customers.csv").write_text("key,name\ninitech,Initech\n")
    piped = ""
    for command in line.split(" | "):
        _, *words = shlex.split(command)
        ran = books(*words, stdin=piped)
        assert ran.exit_code == 0, ran.stderr
        piped = ran.stdout


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_fits_a_terminal_of_80_columns(topic):
    assert max(len(line) for line in page(topic).splitlines()) <= 80


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_examples(topic):
    assert [line for of, line in EXAMPLES if of == topic]


def test_help_alone_lists_the_topics(run):
    shown = run("help").stdout
    assert re.findall(r"^  ([a-z-]+)  ", shown, re.MULTILINE) == list(TOPICS)


def test_every_page_is_a_topic():
    assert {path.stem for path in PAGES.glob("*.txt")} == set(TOPICS)


def test_every_fact_stands_on_a_page():
    named = {
        name for path in PAGES.glob("*.txt") for name in re.findall("{{(.*?)}}", path.read_text())
    }
    assert named == set(FACTS)


def test_filters_names_every_field_operator_option_and_word():
    shown = page("filters")
    words = [*vocabulary.filter_fields(), *vocabulary.filter_options(), *vocabulary.status_words()]
    words += [name for _, operators in vocabulary.filter_fields().values() for name in operators]
    assert [word for word in words if word not in shown] == []


def test_exit_codes_names_every_refusal_with_its_word():
    shown = page("exit-codes")
    for refusal in errors.InvoicectlError.__subclasses__():
        assert re.search(rf"^ +{refusal.exit_code}  {refusal.code} ", shown, re.MULTILINE)


def test_environment_names_every_variable_that_the_program_looks_at():
    read = re.compile(r'(?:environ\.get\(|known\.get\(|VARIABLE = )"([A-Z_]+)"')
    found = {
        name for path in PACKAGE.rglob("*.py") for name in read.findall(path.read_text("utf-8"))
    }
    assert found <= set(config.ENVIRONMENT)
    assert found >= {"INVOICECTL_DB", "INVOICECTL_TODAY", "NO_COLOR", "INVOICECTL_SMTP_PASSWORD"}


def test_environment_names_every_setting():
    assert [key for key in config.KEYS if key not in page("environment")] == []


def test_the_terms_of_dates_are_due_when_it_says(books):
    for words, day in re.findall(r"^  (\S.*?)  +(2026-\d\d-\d\d)$", page("dates"), re.MULTILINE):
        assert books.ok(
            "create", "--customer", "C-00001", "--item", "desc=Rent,price=1", "--term", words,
            "--invoice-date", "2026-01-15",
        )["dueDate"] == day  # fmt: skip
        assert terms.words(terms.read(words)) == words


@pytest.mark.parametrize("topic", TOPICS)
def test_a_script_gets_a_topic_as_json(topic, run):
    assert run.ok("help", topic) == {
        "topic": topic,
        "summary": page(topic).partition("\n")[0],
        "text": page(topic),
    }


def test_a_script_gets_the_list_of_topics_as_json(run):
    assert [each["topic"] for each in run.ok("help")["data"]] == list(TOPICS)


@pytest.mark.parametrize("typed", ["exit codes", "EXIT-CODES", "exit_codes"])
def test_a_topic_is_found_however_it_is_written(typed, run):
    assert run("help", typed).stdout == page("exit-codes")


@pytest.mark.parametrize(("typed", "meant"), [("dtaes", "dates"), ("vod", "void")])
def test_a_mistyped_topic_is_refused_with_the_nearest(typed, meant, run):
    ran = run("help", typed)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"did you mean {meant}?" in ran.stderr


def test_a_topic_that_is_like_none_is_refused_with_all_of_them(run):
    assert all(topic in run("help", "zzz").stderr for topic in TOPICS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_is_what_its_own_help_says(name, run):
    assert run("help", name).stdout == run(name, "--help").stdout


def test_a_refused_filter_leads_to_its_topic(books):
    ran = books("filter", "--filter", '{"statuss": {"equalTo": "PAID"}}')
    assert "invoicectl help filters" in ran.stderr


def every_help(run):
    return {typed: run(*typed.split(), "--help").stdout for typed, _ in commands()}


def test_help_says_what_a_value_is_in_words_and_not_in_types(run):
    for typed, shown in every_help(run).items():
        assert "<" not in shown.replace("REJECTS", ""), typed
        assert "{" not in shown.partition("\n")[0], typed


def test_every_word_for_a_value_is_of_an_option_that_there_is(run):
    shown = "\n".join(every_help(run).values()) + run("--help").stdout
    options = set(re.findall(r"(?<![\w-])--[\w-]+", shown))
    assert {*wording.BY_OPTION} - options == set()
    assert {key.split()[-1] for key in wording.BY_COMMAND} - options == set()


def test_a_line_of_the_list_of_commands_is_one_line(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    shown = run("--help").stdout.partition("Invoices:")[2]
    assert [line for line in shown.splitlines() if line.startswith(" " * 10)] == []
    assert "  mark-awaiting   Issue drafts.\n" in shown


@pytest.mark.parametrize("columns", [40, 60, 80, 200])
def test_help_fits_the_terminal(columns, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    for typed in ("", "filter", "send", "config set"):
        shown = run(*typed.split(), "--help").stdout
        pasted = [line for line in shown.splitlines() if "Example:" not in line]
        assert max(map(len, pasted)) <= min(columns, 80)


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.kind == "endpoint"],
    ids=lambda row: f"{row.system} {row.name}",
)
def test_help_names_where_other_systems_have_the_same(row, run):
    command = next(typed for typed, _ in commands() if f"{row.command} ".startswith(f"{typed} "))
    endpoint = re.sub(r"\?.*| \(.*", "", row.name)
    shown = " ".join(run(*command.split(), "--help").stdout.split())
    assert endpoint in shown.partition("Elsewhere: ")[2]
