"""JSON Schemas (draft 2020-12) of what goes in and comes out, made from the tables behind it."""

from difflib import get_close_matches
from typing import Any

from invoicectl.errors import UsageError
from invoicectl.service.schemas.inputs import INPUTS
from invoicectl.service.schemas.outputs import OUTPUTS

__all__ = ["INPUTS", "OUTPUTS", "names", "schema"]

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def names() -> list[dict[str, str]]:
    """Return the schemas there are, each with its name and its direction, `in` or `out`."""
    directions = {"out": OUTPUTS, "in": INPUTS}
    return [
        {"name": name, "direction": direction}
        for direction, schemas in directions.items()
        for name in schemas
    ]


def schema(name: str) -> dict[str, Any]:
    """Return a schema; UsageError, with the nearest name, where there is none."""
    found = (OUTPUTS | INPUTS).get(name)
    if found is None:
        near = get_close_matches(name, OUTPUTS | INPUTS, 1)
        hint = f"did you mean {near[0]}?" if near else "'invoicectl schema' lists them all"
        raise UsageError(f"there is no schema {name!r}", hint=hint)
    return {"$schema": DRAFT, "title": f"invoicectl {name}", **found}
