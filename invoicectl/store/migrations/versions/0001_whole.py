"""The schema that the first release makes whole; there is nothing before it to come from."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """A new database is made by `invoicectl.store.sqlite`, and stamped with this revision."""
