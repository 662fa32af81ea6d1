"""Imports go down the floors, never up, and never from store to output or back."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "invoicectl"
BESIDE = {"errors", "__version__"}
MAY_IMPORT = {
    "rules": set(),
    "store": {"rules"},
    "output": {"rules"},
    "service": {"store", "output", "rules"},
    "commands": {"service", "output", "rules", "config", "profiles", "context"},
}
FILES = [path for floor in MAY_IMPORT for path in sorted((PACKAGE / floor).rglob("*.py"))]


def floors_imported(path: Path):
    """Yield the floor of each import from invoicectl in a file, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "invoicectl":
            _, *floors = (node.module or "").split(".")
            yield from floors[:1] or (name.name for name in node.names)
        if isinstance(node, ast.Import):
            yield from (
                name.name.split(".")[1]
                for name in node.names
                if name.name.startswith("invoicectl.")
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_imports_go_down(path):
    floor = path.relative_to(PACKAGE).parts[0]
    assert set(floors_imported(path)) <= MAY_IMPORT[floor] | BESIDE | {floor}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_only_changes_load_the_orm(path):
    """What looks things up never names SQLModel where it is imported."""
    looks_up = {
        "filters",
        "queries",
        "records",
        "lookups",
        "aging",
        "refs",
        "sequences",
        "db",
        "sqlite",
    }
    if path.stem not in looks_up and path.parent.name not in looks_up:
        pytest.skip("this one changes things")
    top = list(ast.parse(path.read_text("utf-8")).body)
    named = {
        alias.name.split(".")[0]
        if isinstance(node, ast.Import)
        else (node.module or "").split(".")[0]
        for node in top
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not named & {"sqlmodel", "sqlalchemy", "alembic"}
