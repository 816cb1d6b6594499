"""Owns the look at a page for the slips on it, and at which resolution that is done.

Half of that of a fine scan is enough, and costs less: unless a mark is missing then, or the slips
turn out to be smaller than the file made one think.
"""

import math
from dataclasses import dataclass, replace

from scanpipe.marks import Corner
from scanpipe.reading import backs, registration, scans, streaks
from scanpipe.reading.kinds import SlipKinds
from scanpipe.reading.scans import PageImage, ScanFile
from scanpipe.vocabulary import Reason

FINE_PX_PER_MM = 5.3
"""So much of a slip is enough: it is read at little more."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A page as it was `scanned`, without streaks, the slips found on it, and whether it is the
    blank back of one.
    """

    scanned: PageImage
    clean: streaks.CleanPage
    slips: tuple[registration.Registration, ...]
    is_blank: bool

    @property
    def page(self) -> PageImage:
        """The page without its streaks."""
        return replace(self.scanned, pixels=self.clean.pixels)


def look_at(file: ScanFile, number: int, kinds: SlipKinds) -> Looked | Reason:
    """Look for slips on page `number` (from 1), or say why it cannot be read."""
    scanned = scans.load_page(file, number, _enough_dpi(kinds))
    looked = scanned if isinstance(scanned, Reason) else _looked(scanned, kinds)
    if isinstance(looked, Reason) or not looked.scanned.halved or _shows_all(looked):
        return looked
    whole = scans.load_page(file, number, enough_dpi=math.inf)
    return whole if isinstance(whole, Reason) else _looked(whole, kinds)


def _enough_dpi(kinds: SlipKinds) -> float:
    """Return the resolution of which no half can be spared: serial numbers are finely printed."""
    numbered = any(layout.serial for layout in kinds.layouts)
    return math.inf if numbered else scans.ENOUGH_DPI


def _looked(scanned: PageImage, kinds: SlipKinds) -> Looked:
    clean = streaks.remove_streaks(scanned.pixels)
    found = registration.find_slips(clean.pixels, scanned.px_per_mm, kinds.layouts, kinds.code)
    blank = not found and backs.is_blank_back(clean.pixels, scanned.px_per_mm, kinds.code)
    return Looked(scanned, clean, found, blank)


def _shows_all(looked: Looked) -> bool:
    """Whether twice the resolution would show no more."""
    if not looked.slips:
        return looked.is_blank
    marks = min(len(slip.marks) for slip in looked.slips)
    return marks == len(Corner) and min(s.px_per_mm for s in looked.slips) >= FINE_PX_PER_MM
