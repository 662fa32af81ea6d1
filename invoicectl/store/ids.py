"""UUIDs that sort by the moment they were made (version 7, RFC 9562): their index stays compact."""

import os
from datetime import datetime

# Two bits of the variant's digit are fixed, the other two are random.
_VARIANT = {digit: "89ab"[int(digit, 16) >> 2] for digit in "0123456789abcdef"}


def new(now: datetime) -> str:
    """Return a new UUID of version 7 for a moment.

    >>> from datetime import UTC
    >>> made = new(datetime(2026, 1, 31, tzinfo=UTC))
    >>> made[:13], made[14], len(made)
    ('019c1159-7000', '7', 36)
    """
    (made,) = several(now, 1)
    return made


def several(now: datetime, count: int) -> list[str]:
    """Return new UUIDs of version 7 for one moment, in their order; it suits an index.

    >>> from datetime import UTC
    >>> made = several(datetime(2026, 1, 31, tzinfo=UTC), 3)
    >>> made == sorted(made), len(set(made))
    (True, 3)
    """
    stamp = f"{int(now.timestamp() * 1000):012x}"
    start = f"{stamp[:8]}-{stamp[8:]}-7"
    noise = os.urandom(10 * count).hex()
    parts = [noise[at : at + 19] for at in range(0, 20 * count, 20)]
    return sorted(f"{start}{part[:3]}-{_VARIANT[part[3]]}{part[4:7]}-{part[7:]}" for part in parts)
