"""Freeze who sells and who is billed, as they are at this moment; equal ones are kept once."""

import hashlib
import json
from collections.abc import Mapping

from invoicectl.service.act import Act
from invoicectl.store.db import Reader

ADDRESS = {"line1", "line2", "city", "region", "postal_code", "country"}


def seller(books: Reader, act: Act) -> int:
    """Keep the company as its settings have it, and return the party's id."""
    return keep(books, seller_now(act))


def seller_now(act: Act) -> dict[str, object]:
    """Return the company as its settings have it."""
    said = {name: act.settings[f"company.{name}"] for name in ("name", "email", "phone", "website")}
    address = {
        camel(name): act.settings[f"company.address.{name}"] or None for name in sorted(ADDRESS)
    }
    return {
        **{name: value or None for name, value in said.items()},
        "address": address,
        "taxId": act.settings["company.tax_id"] or None,
        "iban": act.settings["company.iban"] or None,
        "bic": act.settings["company.bic"] or None,
    }


def bill_to(books: Reader, customer_id: int) -> int:
    """Keep a customer as it is now, and return the party's id."""
    customer = books.one("SELECT * FROM customer WHERE id = :id", id=customer_id)
    assert customer is not None  # noqa: S101 - a foreign key says so
    content = {
        "name": customer["name"],
        "email": json.loads(customer["emails"]),
        "phone": customer["phone"],
        "taxId": customer["tax_id"],
        "address": {camel(name): customer[name] for name in sorted(ADDRESS)},
    }
    return keep(books, content)


def camel(name: str) -> str:
    """Return a column's name as JSON has it.

    >>> camel("postal_code")
    'postalCode'
    """
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def keep(books: Reader, content: Mapping[str, object]) -> int:
    """Store a party unless an equal one is there; return its id. Needs a write lock."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    found = books.value("SELECT id FROM party WHERE sha256 = :sha256", sha256=sha256)
    if found is None:
        found = books.value(
            "INSERT INTO party (sha256, content) VALUES (:sha256, :text) RETURNING id",
            sha256=sha256,
            text=text,
        )
    return int(found)
