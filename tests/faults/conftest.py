"""What goes wrong with machines, done to invoicectl on purpose.

    python -m pytest tests/faults                          about a minute, for every day
    INVOICECTL_FAULTS=full python -m pytest tests/faults   the whole figures, an hour or two

Every random choice comes from a seed, which a failing test prints: INVOICECTL_FAULTS_SEED=7 does
the same again, as far as the machine's own timing lets it.
"""

import os
import random

import pytest

from tests.faults.harness import FULL, Books, Workers


@pytest.fixture
def times():
    """How often to do something: `times(few, many)`, the second with INVOICECTL_FAULTS=full."""
    return lambda few, many: many if FULL else few


@pytest.fixture
def rnd():
    """Chance, with a seed that is printed when a test fails."""
    seed = int(os.environ.get("INVOICECTL_FAULTS_SEED", "0"))
    seed = seed or random.SystemRandom().randrange(10**6)
    print(f"INVOICECTL_FAULTS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture(scope="session")
def workers():
    """The processes that do command lines for all the tests."""
    kept = Workers()
    yield kept
    kept.close()


@pytest.fixture
def books(run, workers):
    """Books with a customer and a tax, and ways to work on them that can be broken off."""
    run.ok("config", "set", "company.name=Northwind", "company.email=billing@northwind.example",
           "mail.transport=file", "mail.folder=outbox")  # fmt: skip
    run.ok("customer", "add", "--name", "Acme", "--key", "acme", "--email", "ap@acme.example")
    run.ok("tax", "add", "--code", "VAT", "--rate", "0.2")
    return Books(run, workers)
