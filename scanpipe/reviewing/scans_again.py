"""Owns pictures that the run did not keep: made once more from the scan, if it is where it was."""

import threading
from collections.abc import Iterable
from pathlib import Path

from scanpipe.errors import ScanpipeError
from scanpipe.printed import Printed
from scanpipe.reading.kinds import SlipKinds, kinds_of
from scanpipe.reading.pages import page_name, slip_picture
from scanpipe.reading.record import SlipReading
from scanpipe.reading.scans import ScanFile
from scanpipe.reading.stack import open_stack
from scanpipe.reporting.run_file import Run


class ScansAgain:
    """The scans of a run, opened when they are first asked for.

    One picture is made at a time: poppler takes a processor for itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: tuple[ScanFile, ...] | None = None
        self._made: dict[tuple[str, int, int], bytes | None] = {}

    def picture(self, run: Run, reading: SlipReading) -> bytes | None:
        """Return the PNG of the slip of `reading`, None if its scan is gone or changed."""
        with self._lock:
            found = self._place(run, reading)
            if found is None:
                return None
            # The answers on one slip share its picture.
            place = (page_name(found[0], found[1]), *found[1:])
            if place not in self._made:
                self._made[place] = slip_picture(_kinds(run), *found)
            return self._made[place]

    def lacks(self, run: Run, readings: Iterable[SlipReading]) -> set[str]:
        """Return the names of the scans that are gone or changed and hold any of `readings`."""
        with self._lock:
            return {each.file for each in readings if self._place(run, each) is None}

    def _place(self, run: Run, reading: SlipReading) -> tuple[ScanFile, int, int] | None:
        """Return the scan, the page in it, from 1, and the slip's place on it, from 0."""
        if self._files is None:
            self._files = _scans_of(run)
        if reading.page is None:
            return None
        for file in self._files:
            # The name holds the fingerprint of the scan: no other file can have its slips.
            head = f"{page_name(file, reading.page)}-"
            place = reading.slip.removeprefix(head).partition("-")[0]
            if reading.slip.startswith(head) and place.isdecimal() and int(place) > 0:
                return file, reading.page, int(place) - 1
        return None


def _kinds(run: Run) -> SlipKinds:
    """Return the kinds of slips in the stack, as they were known when it was read."""
    printed = run.provenance.get("printed")
    return kinds_of(run.form, Printed.model_validate(printed) if printed else None)


def _scans_of(run: Run) -> tuple[ScanFile, ...]:
    """Return the scans that the run was given, as far as they are still there."""
    found: list[ScanFile] = []
    for path in run.provenance.get("options", {}).get("scans", ()):
        try:
            found += open_stack([Path(path)]).files
        except ScanpipeError:
            continue
    return tuple(file for file in found if file.problem is None)
