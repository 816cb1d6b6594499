"""Owns the command line: parses, calls one function, and maps errors to exit codes.

Everything but click is imported by the command that needs it, so that `--help` is quick.
"""

import os

from scanpipe.cli.after import apply_, audit, report, review, run, watch
from scanpipe.cli.before import new, preview, print_
from scanpipe.cli.completion import completion
from scanpipe.cli.group import main
from scanpipe.cli.rehearsing import doctor, selftest, simulate

for _command in (
    new,
    print_,
    preview,
    run,
    watch,
    review,
    apply_,
    report,
    audit,
    simulate,
    selftest,
    doctor,
    completion,
):
    main.add_command(_command)

if "_SCANPIPE_COMPLETE" in os.environ:  # Tab was pressed
    import scanpipe.cli.powershell  # noqa: F401

__all__ = ["main"]
