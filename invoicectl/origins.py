"""Where settings come from: --set, then a variable of the environment, the file, the default."""

import os
from collections.abc import Iterable
from pathlib import Path

from invoicectl import config
from invoicectl.errors import UsageError


def origins(path: Path, pairs: Iterable[str] = ()) -> dict[str, tuple[str, str]]:
    """Return every setting with where it comes from: --set, a variable, the file, `default`.

    Raises:
        UsageError: one of the `pairs` after --set is not KEY=VALUE.
        ValidationError: the file is no TOML, or a key or a value cannot be.
        PermissionDeniedError: the file may not be read.
    """
    found = {key: (default, "default") for key, (_, default) in config.KEYS.items()}
    found |= {key: (value, str(path)) for key, value in config.stored(path).items()}
    for key in config.KEYS:
        name = config.variable(key)
        if said := os.environ.get(name, ""):
            found[key] = (config.checked(key, said, where=name), name)
    return found | {key: (value, "--set") for key, value in given(pairs).items()}


def _split(pair: str) -> tuple[str, str]:
    """Return the key and the value of `KEY=VALUE`; UsageError where it is none."""
    key, equals, value = pair.partition("=")
    if not equals:
        raise UsageError(f"--set {pair!r} is not KEY=VALUE")
    return key.strip(), value


def given(pairs: Iterable[str]) -> dict[str, str]:
    """Return the settings of `--set KEY=VALUE`; UsageError, ValidationError as for `origins`."""
    split = [_split(pair) for pair in pairs]
    return {config.known(key): config.checked(key, value) for key, value in split}
