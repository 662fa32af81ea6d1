"""The global options: they may stand anywhere on a command line, and are brought to the front."""

import re
from collections.abc import Sequence
from itertools import islice

# The global options by what follows them: nothing, or a value.
FLAGS = {
    "--json", "--quiet", "-q", "--yes", "-y", "--no-color", "--if-changed", "--wide", "--no-pager",
    "--debug", "--version",
}  # fmt: skip
VALUED = {
    "--db", "--config", "--profile", "--set", "--format", "-f", "--output", "-o", "--fields",
    "--today",
}  # fmt: skip
# --db=books.db, -fcsv, -oaging.csv; but `--sort -friendlyId` is a value of its own.
_GLUED = re.compile(
    r"--(db|config|profile|set|format|output|fields|today)=|-f(table|tsv|csv|jsonl?|xml)$|-o."
)


def hoist(words: Sequence[str]) -> list[str]:
    """Bring the global options to the front, wherever they were typed; `--` ends the search.

    An option that lacks its value stands alone at the end: it must not take the command for one.

    >>> hoist(["get", "INV-00001", "--json", "--db", "books.db"])
    ['--json', '--db', 'books.db', 'get', 'INV-00001']
    >>> hoist(["get", "INV-00001", "--json", "-o"])
    ['--json', '-o']
    """
    first: list[str] = []
    rest: list[str] = []
    left = iter(words)
    for word in left:
        if word == "--":
            rest += [word, *left]
        elif word in VALUED:
            value = list(islice(left, 1))
            if not value:
                return [*first, word]
            first += [word, *value]
        elif word in FLAGS or _GLUED.match(word):
            first.append(word)
        else:
            rest.append(word)
    return first + rest
