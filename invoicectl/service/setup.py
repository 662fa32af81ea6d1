"""Make a database."""

from invoicectl.store.db import Db


def init(db: Db) -> bool:
    """Make an empty database, readable by its owner alone; return whether there was none.

    Raises:
        DatabaseError: what is there is not a database of ours.
        PermissionDeniedError: it cannot be made there.
    """
    made = db.make()
    if not made:
        with db.read():  # brings an older one up to date, refuses a newer or a damaged one
            pass
    return made
