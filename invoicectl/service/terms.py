"""Payment terms: what gives the due date."""

from collections.abc import Mapping

from invoicectl.errors import ValidationError
from invoicectl.rules import terms as rules
from invoicectl.service import rows
from invoicectl.service.catalog import Catalog
from invoicectl.service.intake import Fields
from invoicectl.service.rows import Columns, Use
from invoicectl.store.db import Reader, Row

ALIASES: Mapping[str, str] = {
    "quick_pay_fee": "quickPayFee", "ap_only": "apOnly", "do_not_use": "doNotUse",
}  # fmt: skip
FLAGS = {"apOnly": "ap_only", "doNotUse": "do_not_use"}

USES = (
    Use(
        "it is the usual term of customer {}",
        "customer",
        "SELECT id FROM customer WHERE term_id = :id AND deleted_at IS NULL",
    ),
    Use(
        "draft {} has it",
        "invoice",
        "SELECT friendly_id FROM invoice WHERE term_id = :id AND deleted_at IS NULL"
        " AND status = 'DRAFT'",
    ),
)


def columns(catalog: Catalog, fields: Fields, was: Row | None) -> Columns:
    """Return the columns of the fields that were given.

    A new term's rule is read from its rule, its days or else its name; without a name it is called
    by its rule. Later only what says `rule` or `days` changes the rule.
    """
    found = rows.given(fields, {"name": "name"}, fields.text)
    found |= rows.given(fields, {"description": "description"}, fields.long_text)
    found |= rows.given(fields, {"quickPayFee": "quick_pay_fee"}, lambda _: _fee(fields))
    found |= rows.given(fields, FLAGS, lambda name: int(fields.flag(name) or False))
    rule = _rule(fields)
    if rule is None and was is None and found.get("name"):
        rule = _read(fields, "name", found["name"])
    if rule is not None:
        found["rule"] = rules.words(rule)
        if was is None and found.get("name") is None:
            found["name"] = found["rule"]
    rows.need(fields, found, was, {"name": "name", "rule": "rule"})
    _warn_of_another(catalog, found, was)
    return found


def _rule(fields: Fields) -> rules.Term | None:
    words, days = fields.text("rule"), fields.number("days")
    by_days = None
    if days is not None:
        by_days = _read(fields, "days", f"Net {days}")
    if not words:
        return by_days
    rule = _read(fields, "rule", words)
    if days is not None and rules.days(rule) != days:
        raise fields.refuse("days", f"are not those of the rule {words!r}", "give one of them")
    return rule


def _read(fields: Fields, name: str, words: str) -> rules.Term:
    try:
        return rules.read(words)
    except rules.AmbiguousTermError as error:
        first, second = error.readings
        hint = f"say --rule {first!r} or --rule {second!r}"
        raise ValidationError.at(fields.at(name), f"{words!r} {error}", hint=hint) from error
    except ValueError as error:
        hint = "say the rule in words with --rule, or --days N" if name == "name" else ""
        raise fields.refuse(name, f"{words!r} {error}", hint) from error


def _fee(fields: Fields) -> object:
    fee = fields.number("quickPayFee")
    if fee is not None and not 0 <= fee <= 1:
        raise fields.refuse("quickPayFee", f"is {fee}; it is from 0 to 1", "5 % is 0.05")
    return fee


def _warn_of_another(catalog: Catalog, found: Columns, was: Row | None) -> None:
    """Say so when a term is called like one rule and has another."""
    if not {"name", "rule"} & set(found):
        return
    name, rule = (found.get(column) or (was and was[column]) for column in ("name", "rule"))
    try:
        called = rules.words(rules.read(str(name)))
    except ValueError:
        return
    if called != rule:
        catalog.act.warn(f"the payment term is called {name!r}, but its rule is {rule!r}")


def in_use(reader: Reader, row: Row) -> str:
    """Return what stands in the way of deleting a term, '' where nothing does."""
    return rows.first_use(reader, row, USES)
