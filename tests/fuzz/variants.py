"""More of what was made with care: other inputs near one, mixed up quickly and always alike.

To think up an input takes as long as to try it, so each is tried a few times, with words and pieces
of what is read left out, doubled, exchanged or replaced.
"""

import json
import random
import re
from collections.abc import Iterator

from tests.fuzz import odd

EACH = 20  # inputs that are tried for one that was thought up
Line = tuple[list[str], bytes]

_PIECE = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[\w.+-]+|\n|.', re.DOTALL)
_TEXTS = [
    json.dumps(each, ensure_ascii=False).encode("utf-8", "surrogatepass")
    for each in (*odd.NAMES, *odd.AMOUNTS, *odd.DAYS, *odd.TERMS, *odd.CURRENCIES)
]
_NUMBERS = [str(each).encode() for each in odd.NUMBERS]
_PIECES = [each.encode("utf-8", "surrogatepass") for each in (*odd.SPELLINGS, *odd.AMOUNTS)]
_WORDS = [each for each in (*odd.NAMES, *odd.AMOUNTS, *odd.DAYS, *odd.TERMS) if "\x00" not in each]


def variants(line: Line, seed: int) -> Iterator[Line]:
    """Yield a command line with what it reads, and others near it."""
    yield line
    rnd = random.Random(seed)
    for _ in range(EACH - 1):
        words, given = line
        if given and (rnd.random() < 0.7 or len(words) < 5):
            yield words, _mixed(given, rnd)
        else:
            yield _other(words, rnd), given


def _mixed(given: bytes, rnd: random.Random) -> bytes:
    pieces = _PIECE.findall(given[:20_000])
    said = [at for at, piece in enumerate(pieces) if len(piece) > 1 or piece.isalnum()]
    for _ in range(rnd.choice((1, 1, 2, 4))):
        among = (
            said if said and rnd.random() < 0.8 else range(len(pieces))
        )  # signs hold it together
        at, other = rnd.choice(among), rnd.choice(among)
        way = rnd.randrange(5)
        if way == 0:
            like = (
                _TEXTS if pieces[at][:1] == b'"' else _NUMBERS if pieces[at].isdigit() else _PIECES
            )
            pieces[at] = rnd.choice(like if rnd.random() < 0.9 else _PIECES)
        elif way == 1:
            pieces[at], pieces[other] = pieces[other], pieces[at]
        elif way == 2:
            pieces[at] = pieces[other]
        elif way == 3 and among is not said:
            pieces[at] *= 2
        elif way == 4:
            pieces[at] = b'""' if pieces[at][:1] == b'"' else b""
    return b"".join(pieces)


def _other(words: list[str], rnd: random.Random) -> list[str]:
    """Change a word behind the command's own: another value, or one fewer, or one more."""
    if len(words) < 4:
        return words
    words = list(words)
    at = rnd.randrange(3, len(words))
    if words[at].startswith("-") and "=" in words[at]:
        words[at] = f"{words[at].partition('=')[0]}={rnd.choice(_WORDS)}"
    elif words[at].startswith("{"):
        mixed = _mixed(words[at].encode("utf-8", "replace"), rnd)
        words[at] = mixed.decode("utf-8", "replace").replace("\x00", "")
    elif rnd.random() < 0.7 and not words[at].startswith("-"):
        words[at] = rnd.choice(_WORDS)
    elif rnd.random() < 0.5:
        del words[at]
    else:
        words.append(rnd.choice(words[2:]))
    return words
