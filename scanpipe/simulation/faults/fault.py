"""Owns what a fault is: bad input made from a few good slips, and how it should end."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image as Pictures

from scanpipe.form import Form
from scanpipe.simulation.files import pdf_page
from scanpipe.simulation.hands import PENS, mark
from scanpipe.simulation.paper import Paper, make_slip
from scanpipe.simulation.pens import Image
from scanpipe.simulation.scanner import SCANNERS, scan
from scanpipe.simulation.strokes import Kind

GOOD_DPI = 150
SCANNER = replace(SCANNERS["office_grey"], dpi=GOOD_DPI, turns=(0,), skew_deg=0.5)

READ = "read"
BLANK = "blank"
BLANK_BACK = "blank_back"
REVIEW = "review"


@dataclass(frozen=True, slots=True, eq=False)
class GoodStack:
    """Slips that read without trouble: as paper, as scanned pages of shape (H, W), and what is
    on each, its session's id and its rating.
    """

    form: Form
    papers: tuple[Paper, ...]
    pages: tuple[Image, ...]
    answers: tuple[tuple[str, int], ...]

    def pdf(self, *numbers: int) -> bytes:
        """Return a PDF of the pages `numbers` (from 0), grey JPEGs as scanners make them."""
        packed = io.BytesIO()
        with pikepdf.new() as pdf:
            for number in numbers:
                one = io.BytesIO(pdf_page(self.pages[number], GOOD_DPI, 80).data)
                with pikepdf.open(one) as opened:
                    pdf.pages.extend(opened.pages)
            pdf.save(packed, deterministic_id=True)
        return packed.getvalue()

    def picture(self, number: int = 0) -> Pictures.Image:
        """Return page `number` (from 0) as Pillow has it, in grey."""
        return Pictures.fromarray(self.pages[number])


@lru_cache(maxsize=2)
def good_stack(form: Form) -> GoodStack:
    """Return three crossed slips of the form, made once."""
    rng = np.random.default_rng(17)
    pen = PENS["ballpoint_black"]
    marks = [(i % len(form.sessions), i % form.targets + 1) for i in range(3)]
    papers = tuple(
        make_slip(form, session, [mark(rating, rng, kind=Kind.CROSS, pen=pen)], rng, dpi=200)
        for session, rating in marks
    )
    answers = tuple((form.sessions[session].id, rating) for session, rating in marks)
    return GoodStack(form, papers, tuple(scan(p, SCANNER, rng) for p in papers), answers)


class Group(StrEnum):
    """What is wrong: the file as such, the images in it, or what was on the glass."""

    FILE = "files"
    IMAGE = "images"
    PAGE = "pages"


Maker = Callable[[Path, GoodStack], Sequence[Path]]
"""Writes the bad input into an empty folder; returns what to name on the command line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of bad input.

    `ends`: how each page ends, in order: READ with the right answer, BLANK, REVIEW, BLANK_BACK,
    or the reason it is rejected with; `+` between several slips on a page, `|` between ends that
    are equally good. `meanwhile` is done to the named paths while they are being read, after
    their first page.
    """

    name: str
    ends: tuple[str, ...]
    make: Maker
    meanwhile: Callable[[Sequence[Path]], None] | None = None

    def ends_as_it_should(self, found: Sequence[str]) -> bool:
        """Whether `found`, the end of each page, is as expected."""
        return len(found) == len(self.ends) and all(
            end in expected.split("|") for end, expected in zip(found, self.ends, strict=True)
        )


def one_file(name: str, content: Callable[[GoodStack], bytes]) -> Maker:
    """Return the maker of a single file `name` that holds `content`."""

    def make(folder: Path, good: GoodStack) -> Sequence[Path]:
        path = folder / name
        path.write_bytes(content(good))
        return [path]

    return make
