"""Owns the ways a command can fail, and the exit code of each."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told. The numbers are an interface: see the README."""

    DONE = 0
    BUG = 1
    USAGE = 2
    FORM = 3
    MISSING_TOOL = 4
    OUTPUT = 5
    NOTHING_READABLE = 6
    SOME_UNREADABLE = 7
    UNBALANCED = 8
    INTERRUPTED = 130


class ScanpipeError(Exception):
    """A command cannot go on, for a reason outside the program.

    `message` says what was found and where; `hint` says what to do next.
    """

    exit_code = ExitCode.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ScanpipeError):
    """The command was asked for something that cannot be done."""

    exit_code = ExitCode.USAGE


class FormError(ScanpipeError):
    """A form file is missing or has mistakes; `problems` names every one of them."""

    exit_code = ExitCode.FORM

    def __init__(self, message: str, problems: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__("\n".join([message, *(f"  - {problem}" for problem in problems)]), hint)
        self.problems = problems


class MissingToolError(ScanpipeError):
    """A program that scanpipe stands on is missing, too old, or does not work."""

    exit_code = ExitCode.MISSING_TOOL


class WorkersError(ScanpipeError):
    """The processes that are to read cannot be started."""

    exit_code = ExitCode.MISSING_TOOL


class OutputError(ScanpipeError):
    """The output folder, or a file in it, cannot be written or does not fit."""

    exit_code = ExitCode.OUTPUT


class ReviewError(OutputError):
    """review.csv holds entries that cannot be taken; `problems` names each by row and column."""

    def __init__(self, message: str, problems: tuple[str, ...], hint: str = "") -> None:
        super().__init__("\n".join([message, *(f"  - {problem}" for problem in problems)]), hint)
        self.problems = problems


class NothingReadableError(ScanpipeError):
    """No slip could be read in any of the given scans."""

    exit_code = ExitCode.NOTHING_READABLE
