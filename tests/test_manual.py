"""`help --man` is the manual page: all that help says, in a form that man can show."""

import re
import shutil
import subprocess

import pytest

from invoicectl import config
from invoicectl.commands.helping import TOPICS, page
from tests.test_examples import commands

MACROS = {"TH", "SH", "SS", "TP", "PP", "B", "EX", "EE", "ad", "nh", "sp"}


@pytest.fixture
def manual(run):
    ran = run("help", "--man")
    assert (ran.exit_code, ran.stderr) == (0, "")
    return ran.stdout


@pytest.fixture
def read(manual):
    """The page as it is read: without what roff needs."""
    return re.sub(r"\\f[BR]|\\&", "", manual).replace(r"\-", "-").replace(r"\e", "\\")


def test_every_line_with_a_dot_is_a_macro_of_man(manual):
    used = {line[1:].split(" ")[0] for line in manual.splitlines() if line.startswith(".")}
    assert used <= MACROS
    assert [line for line in manual.splitlines() if line.startswith("'")] == []


def test_it_has_every_command_with_its_options(read, run):
    for typed, _ in commands():
        section = read.partition(f'.SS "{typed}')[2].partition("\n.S")[0]
        options = re.findall(
            r"^  (-[^ ]*(?:, --[\w-]+)?)", run(*typed.split(), "--help").stdout, re.M
        )
        assert [each for each in options if each != "--help" and each not in section] == [], typed


def test_it_has_every_setting_variable_and_topic(read):
    for name in (*config.KEYS, *map(config.variable, config.KEYS), *config.ENVIRONMENT):
        assert name in read
    for topic in TOPICS:
        if topic != "environment":
            assert page(topic).strip() in read


@pytest.mark.skipif(not shutil.which("mandoc"), reason="there is no mandoc here")
def test_mandoc_finds_nothing_wrong(manual):
    said = subprocess.run(["mandoc", "-Tlint", "-W", "warning"], input=manual, text=True,
                          capture_output=True, check=False)  # fmt: skip
    assert [line for line in said.stdout.splitlines() if "missing date" not in line] == []


@pytest.mark.skipif(not shutil.which("man"), reason="there is no man here")
def test_man_shows_it(manual, tmp_path):
    (tmp_path / "invoicectl.1").write_text(manual, "utf-8")
    shown = subprocess.run(
        ["man", "-l", tmp_path / "invoicectl.1"], text=True, capture_output=True, check=True,
        env={"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "PATH": "/usr/bin:/bin", "MANPAGER": "cat"},
    ).stdout  # fmt: skip
    assert "invoicectl" in shown
    assert "mark-awaiting" in shown
