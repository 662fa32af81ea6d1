"""The words a filter is made of, from the tables that read it; for help, schemas and completion."""

from invoicectl.rules.lifecycle import FILTER_WORDS
from invoicectl.service.filter_flags import FLAGS
from invoicectl.store.filters import CONNECTIVES, FIELDS
from invoicectl.store.selection import SORTS

__all__ = ["connectives", "filter_fields", "filter_options", "sorts", "status_words"]


def filter_fields() -> dict[str, tuple[str, list[str]]]:
    """Return each field of a filter with what its values are, and its operators.

    A field without operators has its value right after its name.
    """
    return {name: (field.kind.wants, list(field.kind.operators)) for name, field in FIELDS.items()}


def connectives() -> list[str]:
    """Return the words that nest filters."""
    return list(CONNECTIVES)


def filter_options() -> dict[str, str]:
    """Return the options that select invoices, each with its line of help."""
    return {f"--{name}": flag.help for name, flag in FLAGS.items()}


def status_words() -> list[str]:
    """Return the words that --status takes."""
    return list(FILTER_WORDS)


def sorts() -> list[str]:
    """Return the fields that lists of invoices can be sorted by."""
    return list(SORTS)
