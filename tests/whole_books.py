"""Books with something of everything in them, and what another program does to them.

INV-00001 is part paid and was e-mailed, INV-00002 bills an order and has a credit note,
INV-00003 is void, INV-00004 is paid; there is a draft, an open credit memo and unapplied money.
"""

import shutil
import sqlite3
from contextlib import closing

ITEM = "desc=Consulting,qty=3,price=33.33,tax=VAT"
STORY = [
    ["config", "set", "company.name=Northwind", "company.email=billing@northwind.example",
     "mail.transport=file", "mail.folder=outbox"],
    ["customer", "add", "--name", "Acme", "--key", "acme", "--email", "ap@acme.example"],
    ["tax", "add", "--code", "VAT", "--rate", "0.2"],
    ["product", "add", "--code", "WEB", "--name", "Web site", "--unit-price", "12"],
    ["order", "add", "--customer", "acme", "--key", "so-1",
     "--charge", "desc=Chairs,qty=4,price=25", "--charge", "desc=Tables,qty=1,price=200"],
    ["shipment", "add", "--order", "so-1", "--key", "sh-1", "--delivered-on", "2026-01-10",
     "--charge", "desc=Freight,qty=1,price=30"],
    ["create", "--customer", "acme", "--item", ITEM,
     "--item", "desc=Logo,qty=1,price=80,discount=10%", "--discount", "5%", "--shipping", "8.50",
     "--term", "2/10 net 30", "--key", "web", "--note", "Thank you", "--attr", "region=west"],
    ["mark-awaiting", "web", "--invoice-date", "2026-01-05"],
    ["send", "web"],
    ["pay", "web", "--amount", "50", "--date", "2026-01-20"],
    ["create", "--order", "so-1"],
    ["mark-awaiting", "DRAFT-00002", "--invoice-date", "2026-01-11"],
    ["credit-note", "INV-00002", "--amount", "40", "--apply"],
    ["create", "--customer", "acme", "--item", ITEM],
    ["mark-awaiting", "DRAFT-00003"],
    ["void", "INV-00003", "--reason", "twice", "--yes"],
    ["create", "--customer", "acme", "--item", ITEM],
    ["mark-awaiting", "DRAFT-00004"],
    ["payment", "record", "--customer", "acme", "--amount", "500", "--apply", "INV-00004=119.99"],
    ["credit", "create", "--customer", "acme", "--amount", "15"],
    ["create", "--customer", "acme", "--item", ITEM],
    ["create", "--customer", "acme", "--item", ITEM],
    ["delete", "DRAFT-00006"],
    ["trash", "purge", "DRAFT-00006", "--yes"],
]  # fmt: skip


def make(run, tmp_path_factory):
    """Make the books, the first time by typing the story, then by copying them."""
    kept = tmp_path_factory.getbasetemp()
    run.filled("whole_books", kept, lambda _: _type(run, kept))
    shutil.copy(kept / "whole_books.toml", run.config)
    return run


def _type(run, kept):
    for words in STORY:
        ran = run(*words)
        assert ran.exit_code == 0, (words, ran.stderr)
    shutil.copy(run.config, kept / "whole_books.toml")


def outside(books, *statements):
    """Change books, or a file of them, as another program would, past what keeps history."""
    if getattr(books, "server", None):
        with books.opened() as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement)
        return
    connection = sqlite3.connect(getattr(books, "db", books), isolation_level=None)
    sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = connection.execute(sql).fetchall()
    connection.execute("BEGIN")
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, text in triggers:
        connection.execute(text)
    connection.execute("COMMIT")
    connection.close()


def sealed_anew(books):
    """Make every seal fit again, as one would who knows how they are made."""
    from invoicectl.store import seals

    if hasattr(books, "opened"):
        with books.opened() as connection:
            seals.make_all(connection)
        return
    with closing(sqlite3.connect(books, isolation_level=None)) as connection:
        seals.make_all(connection)
