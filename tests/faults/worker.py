"""Run command lines as processes of their own would, without starting Python anew for each.

A line of JSON in is a command line, a line of JSON out its exit code, its output and its seconds.
"""

import io
import json
import sys
import time

from invoicectl import cli


def main():
    answers = sys.stdout
    for line in sys.stdin:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
        sys.stdout, sys.stderr, began = out, err, time.monotonic()
        code = cli.run(json.loads(line))
        seconds = time.monotonic() - began
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        print(json.dumps([code, *texts, seconds]), file=answers, flush=True)


main()
