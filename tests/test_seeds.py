"""Walk through all that four other systems have: each row of the table is typed, and holds.

The README shows the table to those who come from there; INVOICECTL_WRITE_README=1 writes it anew.
"""

import json
import os
import re
import shlex
import shutil
import textwrap
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.seeds import COMPANY, FILES, ROWS

README = Path(__file__).parents[1] / "README.md"
SYSTEMS = {
    "A": "A: /invoices/filter, /invoices/{id}/mark-awaiting, /invoices/aging-report",
    "B": "B: /api/v3/orders/{order_id}/invoices",
    "C": "C: /api/v1/invoices, its /publish, /credit-note, /trash",
    "D": "D: /v2/invoices/?startdate=…",
}
KINDS = {"endpoint", "request", "filter", "response", "status", "note"}
MANY = re.compile(r"(\w*)\[(-?\d*)\]")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the company is kept once it was made, for each test to copy."""
    return tmp_path_factory.mktemp("company") / "kept"


@pytest.fixture
def company(run, kept):
    """The company that COMPANY makes, the ids of its records, and all of its invoices."""

    def fill(run):
        for name, body in FILES.items():
            (run.folder / name).write_text(json.dumps(body))
        for line in COMPANY.replace("\\\n", "").strip().splitlines():
            if "--key late" in line or "--key void" in line:
                time.sleep(1)  # not all of them are made in one second
            run.ok(*shlex.split(line))
        (run.folder / "known.json").write_text(json.dumps(known(run)))
        shutil.copytree(run.folder, kept)

    run.filled("company", kept.parent, fill)
    shutil.copytree(kept, run.folder, dirs_exist_ok=True)
    return run


def known(run):
    """Return what the rows refer to: ids by key, an instant, a cursor; and all the invoices."""
    everything = run.ok("filter", "--all")["data"]
    lists = [
        everything,
        *(run.ok(kind, "list")["data"] for kind in ("customer", "order", "shipment")),
    ]
    ids = {one["key"]: one["id"] for listed in lists for one in listed}
    first = run.ok("filter", "--page-size", 2)["pagination"]["endCursor"]
    created = next(one["createdAt"] for one in everything if one["key"] == "late")
    for one in everything:
        one["sinceLate"] = (one["createdAt"] > created) - (one["createdAt"] < created)
    return {"ids": ids | {"created": created, "cursor": first}, "everything": everything}


def typed(run, command, ids):
    """Type a command of the table; JSON is asked for where it says nothing else."""
    command = re.sub(r"\$([\w-]+)", lambda name: ids[name[1]], command)
    words = shlex.split(command)
    return run(*words, *([] if {"-f", "--json"} & set(words) else ["--json"]))


def at(value, path):
    """Return what stands at a path into JSON: `data[0].customer.name`, `lines[].quantity`."""
    name, _, rest = path.partition(".")
    many = MANY.fullmatch(name)
    if many is None:
        found = value[name]
    elif many[2]:
        found = value[many[1]][int(many[2])]
    else:
        return [at(one, rest) if rest else one for one in value[many[1]]]
    return at(found, rest) if rest else found


def found(run, ran, path):
    """Return what stands at a path into an answer: its text, its refusal, a file or its JSON."""
    root, _, rest = path.partition(" ")
    if root == "file":
        return (run.folder / rest).read_bytes().decode("latin-1")
    if root == "mode":
        return (run.folder / rest).stat().st_mode & 0o777
    if path in {"stdout", "stderr"}:
        return getattr(ran, path)
    return (
        at(ran.error, path.removeprefix("error."))
        if path.startswith("error.")
        else at(ran.json, path)
    )


def check(run, ran, holds):
    for path, expected in holds.items():
        value = found(run, ran, path)
        assert expected(value) if callable(expected) else value == expected, (path, value)


def of_the_file(row):
    return pytest.mark.sqlite if "mode books.db" in row.holds else ()


@pytest.mark.parametrize(
    "row",
    [pytest.param(row, marks=of_the_file(row)) for row in ROWS],
    ids=[f"{row.system} {row.kind} {row.name}" for row in ROWS],
)
def test_what_the_systems_have_is_here(company, row):
    known = json.loads((company.folder / "known.json").read_text())
    assert row.command
    ran = typed(company, row.command, known["ids"])
    assert ran.exit_code == row.code, ran.stderr
    check(company, ran, row.holds)
    for command, holds in row.then:
        check(company, typed(company, command, known["ids"]), holds)
    if row.where is not None:
        wanted = {one["friendlyId"] for one in known["everything"] if row.where(one)}
        assert {one["friendlyId"] for one in ran.json["data"]} == wanted


def test_every_row_says_what_has_to_hold():
    assert all(row.holds or row.then or row.where for row in ROWS)
    assert all(row.kind in KINDS and row.system in SYSTEMS for row in ROWS)


def test_no_row_is_there_twice():
    assert [
        name
        for name, times in Counter((row.system, row.kind, row.name) for row in ROWS).items()
        if times > 1
    ] == []


def test_filters_select_some_and_not_all(company):
    everything = json.loads((company.folder / "known.json").read_text())["everything"]
    never_null = ("filter.id.isNull", "filter.customerId.isNull")
    for row in ROWS:
        if row.where is not None and not row.name.startswith(never_null):
            assert 0 < sum(bool(row.where(one)) for one in everything) < len(everything), row.name


def block():
    """Return what the README says of the systems: what they do, and fields by another name."""
    parts = []
    for system, title in SYSTEMS.items():
        rows = [row for row in ROWS if row.system == system]
        parts.append(f"**{title}**\n\n| there | here |\n|---|---|")
        parts += [
            f"| `{row.name}` | `invoicectl {row.shown or row.command}` |"
            for row in rows if row.kind == "endpoint" or row.name.startswith(("?", "by "))
        ]  # fmt: skip
        pairs = [f"`{there}` is `{here}`" for there, here in renamed(rows).items()]
        parts.append("\n" + textwrap.fill(", ".join(pairs), 100) + "\n" if pairs else "")
    return "\n".join(parts).strip() + "\n"


def renamed(rows):
    """Return the fields that are called otherwise here: `due` is `amountOwed`."""
    pairs = {}
    for row in rows:
        if row.is_field:
            here = re.sub(r"\[-?\d*\]", "", next(iter(row.holds))).removeprefix("data.")
            there = row.name.removeprefix("data.").removeprefix("items.")
            parent = there.rpartition(".")[0]
            as_here = {here, here.partition(".")[0], here.removeprefix("lines.")}
            if camel(there) not in as_here and pairs.get(parent, camel(parent)) != here:
                pairs[there] = here
    return pairs


def camel(name):
    """Return a name in snake case as it would be here."""
    return re.sub(r"_(\w)", lambda letter: letter[1].upper(), name)


def test_the_readme_has_the_table():
    text = README.read_text("utf-8")
    marked = re.compile(r"(?<=<!-- systems -->\n).*?(?=<!-- /systems -->)", re.S)
    now = marked.sub(lambda _: f"\n{block()}\n", text)
    if os.environ.get("INVOICECTL_WRITE_README"):
        README.write_text(now, "utf-8")
    else:
        assert now == text
    assert block() in now
