"""`python -m aggregator` is the command `dateline`."""

from aggregator.cli import main

main(prog_name="dateline")
