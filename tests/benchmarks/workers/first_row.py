"""Run a command, close its output behind the first row, and print the seconds until it was there."""

import subprocess
import sys
import time

begun = time.perf_counter()
with subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE) as process:
    assert process.stdout is not None
    process.stdout.readline()  # the header
    process.stdout.readline()
    took = time.perf_counter() - begun
    process.stdout.close()
print(took)
