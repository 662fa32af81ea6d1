"""Text that a spreadsheet would run, and the apostrophe that keeps it text.

Spreadsheets run a cell as a formula by its first visible character, quoted or not. Text of
that kind is written with an apostrophe before it and read back without. Text that already
looks guarded is guarded once more, so that reading back always gives what was written.
Numbers are never text here: an amount of -12.50 stays a number.
"""

import re

_UNSEEN = r"\x00-\x20\x7f-\xa0\xad\u061c\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
_STARTS = r"=+\-@\t\r\n|%＝＋－＠"  # noqa: RUF001  (the full-width ones are meant)
_RUNS = re.compile(f"'*[{_UNSEEN}]*[{_STARTS}]")


def guard(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet would run it.

    >>> guard("=1+1"), guard("Acme = Sons"), guard("'=1")
    ("'=1+1", 'Acme = Sons', "''=1")
    """
    if text[:1].isalnum():  # nearly all text; a million rows pass here
        return text
    return f"'{text}" if _RUNS.match(text) else text


def unguard(text: str) -> str:
    """Take off exactly what `guard` put on; any other text is returned as it is.

    >>> unguard("'=1+1"), unguard("'t Hooft")
    ('=1+1', "'t Hooft")
    """
    return text[1:] if text.startswith("'") and _RUNS.match(text, 1) else text
