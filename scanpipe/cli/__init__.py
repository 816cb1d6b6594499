"""Owns the command line: parses, calls one function, and maps errors to exit codes.

Everything but click is imported by the command that needs it, so that `--help` is quick.
"""

from scanpipe.cli.after import apply_, audit, report, review, run, watch
from scanpipe.cli.before import new, print_
from scanpipe.cli.group import main
from scanpipe.cli.rehearsing import doctor, selftest, simulate

for _command in (
    new,
    print_,
    run,
    watch,
    review,
    apply_,
    report,
    audit,
    simulate,
    selftest,
    doctor,
):
    main.add_command(_command)

__all__ = ["main"]
