"""Owns the stack: the scan files of one run, looked at but not yet read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scanpipe.reading.scanfiles import ScanFile, find_scans
from scanpipe.reading.scanfolders import prints_left_out


@dataclass(frozen=True, slots=True)
class Stack:
    """The scans of one run. `left_out`: files beside them that hold slips as they were printed."""

    files: tuple[ScanFile, ...]
    left_out: tuple[Path, ...] = ()

    @property
    def page_count(self) -> int:
        """Pages in all files; a file that cannot be opened counts as one."""
        return sum(file.pages for file in self.files)

    @property
    def inputs(self) -> list[tuple[str, str]]:
        """Name and SHA-256 of every file."""
        return [(file.name, file.sha256) for file in self.files]


def open_stack(paths: Sequence[Path]) -> Stack:
    """Look at the scans in `paths`, files or folders; raise UsageError for a missing one."""
    return Stack(find_scans(paths), prints_left_out(paths))
