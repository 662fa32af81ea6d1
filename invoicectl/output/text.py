r"""Text on its way out: bytes that are always UTF-8, terminals that are never given a command.

A name may hold anything that was ever typed or imported, also an escape sequence that
writes to the clipboard or a sign that turns the rest of the line around. On a terminal all
of them are shown by their number instead (`\x1b`, `\u202e`).
"""

import re
import unicodedata
from decimal import Decimal

LONE_SURROGATE = re.compile("[\ud800-\udfff]")
REPLACEMENT = "\ufffd"

_HARMLESS = re.compile(r"[\x20-\x7e\xa0-\xac\xae-\u02ff]*")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def to_utf8(text: str) -> bytes:
    """Return the text as UTF-8; half a surrogate pair, which has no UTF-8, becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return LONE_SURROGATE.sub(REPLACEMENT, text).encode()


def escaped(character: str) -> str:
    r"""Show a character by its number: `\x1b`, `\u202e`, `\U000e0001`."""
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def is_hidden(character: str) -> bool:
    """Say whether a character would act on a terminal rather than be seen on it."""
    return unicodedata.category(character) in _HIDDEN


def safe(text: str, encoding: str = "utf-8") -> str:
    r"""Return the text as one line that a terminal only shows and a stream can encode.

    >>> safe("Acme\x1b[31m")
    'Acme\\x1b[31m'
    >>> safe("Łódź", "ascii")
    '\\u0141\\xf3d\\u017a'
    """
    if not _HARMLESS.fullmatch(text):
        text = "".join(escaped(one) if is_hidden(one) else one for one in text)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def plain(number: Decimal) -> str:
    """Return a decimal without exponent and with just the decimals it has: `-12.50`, `1000`."""
    text = str(number)
    return format(number, "f") if "E" in text else text
