"""Run command lines as processes of their own would, without starting Python anew for each.

A line of JSON in is a folder, an environment and a command line; a line of JSON out its exit code,
its output and its seconds.
"""

import io
import json
import os
import sys
import time

from invoicectl import cli


def main():
    answers = sys.stdout
    for line in sys.stdin:
        folder, environment, words = json.loads(line)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        sys.stdout, sys.stderr, began = out, err, time.monotonic()
        code = cli.run(words)
        seconds = time.monotonic() - began
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        print(json.dumps([code, *texts, seconds]), file=answers, flush=True)


if __name__ == "__main__":
    main()
