"""What the tests of import have in common."""


def counts(
    created: int = 0, updated: int = 0, unchanged: int = 0, rejected: int = 0
) -> dict[str, int]:
    """Return what an import answers."""
    return {
        "created": created, "updated": updated, "unchanged": unchanged, "rejected": rejected,
    }  # fmt: skip
