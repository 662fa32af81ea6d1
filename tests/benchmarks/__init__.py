"""What is measured side by side with other programs: `python -m tests.benchmarks --help`."""
