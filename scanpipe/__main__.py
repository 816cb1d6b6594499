"""Owns `python -m scanpipe`, for where the command itself is not on PATH."""

from scanpipe.cli import main

if __name__ == "__main__":
    main(prog_name="scanpipe")
