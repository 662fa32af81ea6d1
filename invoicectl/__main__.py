"""The way in: `invoicectl`, or `python -m invoicectl`.

Until the command runs, a signal ends the program at once and without a word: the imports take a
moment, and Ctrl-C during them would print a traceback. `--version` needs no imports at all, and
Tab (`__complete`) not Typer's.
Nor does one command make so much garbage that looking for it, a tenth of a look-up, would pay.
"""

import _signal  # type: ignore[import-not-found]
import gc
import os
import sys


def main() -> None:
    """Run the command line that was typed, and end with its exit code."""
    for number in (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP):
        _signal.signal(number, lambda signum, _: os._exit(128 + signum))
    if sys.argv[1:] == ["--version"]:
        from invoicectl import __version__

        print(f"invoicectl {__version__}")  # noqa: T201
        return
    gc.disable()
    if sys.argv[1:2] == ["__complete"]:
        from invoicectl.commands import completing

        completing.main(sys.argv[2:])
        return
    from invoicectl import cli

    cli.main(sys.argv[1:])


if __name__ == "__main__":
    main()
