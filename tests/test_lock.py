"""What is pinned for development and CI is what pyproject.toml asks for; .ci/lock makes it anew."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WANTED = [
    Requirement(each)
    for several in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for each in several
]
LOCK = (ROOT / ".ci" / "requirements.lock").read_text("utf-8")
PIN = re.compile(
    r"^([a-z0-9._-]+)==(\S+)(?: ;.*)? \\\n((?:    --hash=.*\n)+)((?:    #.*\n)+)", re.MULTILINE
)
PINS = PIN.findall(LOCK)
VERSIONS = {name: version for name, version, _, _ in PINS}


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_what_pyproject_asks_for_is_pinned_and_fits(wanted):
    version = VERSIONS.get(canonicalize_name(wanted.name))
    assert version, f"{wanted.name} is not pinned: run .ci/lock"
    assert wanted.specifier.contains(version), f"{version} is pinned: run .ci/lock"


def test_what_the_lock_says_pyproject_asks_for_it_does():
    asked = [name for name, _, _, wanted_by in PINS if "pyproject.toml" in wanted_by]
    assert set(asked) == {canonicalize_name(wanted.name) for wanted in WANTED}


def test_every_pin_has_a_hash():
    assert len(PINS) == len(re.findall(r"^[a-z]", LOCK, re.MULTILINE))
    assert all("sha256:" in hashes for _, _, hashes, _ in PINS)
