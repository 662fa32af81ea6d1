"""Who acts, when, and by which settings: what every verb is handed and none looks up itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Act:
    """One run of one command.

    `now` is the real clock's, with a time zone; `today` is the date that is booked; `warn` tells
    the user what was done all the same. With `dry_run` everything is worked out and nothing kept.
    """

    now: datetime
    today: date
    by: str
    settings: Mapping[str, str]
    warn: Callable[[str], None]
    dry_run: bool = False

    @property
    def pattern(self) -> str:
        """The pattern of invoice numbers."""
        return self.settings["numbering.pattern"]

    @property
    def currency(self) -> str:
        """The currency where none is given."""
        return self.settings["company.currency"]
