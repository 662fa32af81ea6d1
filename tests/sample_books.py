"""Books with one of everything in them, made once and copied for every test that wants them."""

import io
import os
import shlex
import shutil
import sys
from pathlib import Path

from invoicectl import cli

TODAY = "2026-01-31"

# INV-00001 to INV-00003 are issued, the last one late; DRAFT-00001 and DRAFT-00002 are drafts.
STEPS = """
init --company "Northwind Ltd" --email billing@northwind.example --currency USD
config set mail.transport=file mail.folder=outbox
tax add --code GST --rate 0.05
tax add --code QST --rate 0.09975
term add --name "Net 30"
term add --name "Early bird" --rule "2/10 net 30"
product add --code WEB --name "Web Development" --unit hour --unit-price 150
customer add --name Globex --key globex --email ap@globex.example --term "Net 30"
customer add --name "Tyrell Corp" --email ap@tyrell.example
order add --customer C-00001 --charge 'desc=Freight,qty=1,price=250.00,tax=QST'
shipment add --order ORD-00001 --charge 'desc=Handling,qty=2,price=20.00'
create --customer C-00001 --item 'desc=Consulting,qty=2,price=60'
create --customer C-00002 --item 'desc=Rent,qty=1,price=900' --currency EUR
create --customer C-00001 --item 'desc=Desk,qty=5,price=200,tax=GST' --note Thanks --attr area=west
create --customer C-00001 --item 'sku=WEB,qty=4'
create --customer C-00002 --item 'desc=Old lamp,qty=1,price=75'
mark-awaiting DRAFT-00003 DRAFT-00004
mark-awaiting DRAFT-00005 --invoice-date 2025-11-01 --due-date 2025-12-01
payment record --customer C-00001 --amount 200 --method check
credit create --customer C-00001 --amount 50 --reference goodwill
"""


def make(folder: Path, db: str = "") -> None:
    """Type the steps in a folder; its books are books.db or `db`, its settings config.toml."""
    before, here, real = dict(os.environ), Path.cwd(), sys.stdout
    os.environ |= {
        "INVOICECTL_DB": db or str(folder / "books.db"),
        "INVOICECTL_CONFIG": str(folder / "config.toml"),
        "INVOICECTL_TODAY": TODAY,
        "INVOICECTL_USER": "tester",
    }
    os.chdir(folder)
    sys.stdout = io.TextIOWrapper(io.BytesIO())
    try:
        for step in STEPS.strip().splitlines():
            assert cli.run([*shlex.split(step), "--quiet"]) == 0, step
    finally:
        sys.stdout = real
        os.chdir(here)
        os.environ.clear()
        os.environ.update(before)


def copy(made: Path, folder: Path) -> None:
    """Put a copy of books that were made into another folder."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
