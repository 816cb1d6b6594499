"""Owns pieces of paper: blank slips as printed, slips with marks on them, backs, other pages."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from scanpipe.composing import layout_of
from scanpipe.form import Form
from scanpipe.printing import Sheet, print_slips
from scanpipe.printing.serials import serial_modules
from scanpipe.printing.sheets import Arrangement, arrange
from scanpipe.reading.scans import rasterise
from scanpipe.simulation.copier import photocopied
from scanpipe.simulation.pens import Image, Marking, draw
from scanpipe.simulation.strokes import Generator
from scanpipe.simulation.wear import (
    FRESH,
    Wear,
    cut_crooked,
    faint_toner,
    folded,
    resized,
    shown_through,
    stained,
    torn,
    written_back,
)

WORK_DPI = 300
"""Paper is made at this resolution and scanned at another; for finer scans, make it finer."""


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A piece of paper lying upright: `grey` is what is on it, `cover` is 255 where there is
    paper and 0 where there is none; both of shape (H, W) at `dpi`.
    """

    grey: Image
    cover: Image
    dpi: float

    @property
    def extent_mm(self) -> tuple[float, float]:
        """Width and height in mm."""
        height, width = self.grey.shape
        return width / self.dpi * 25.4, height / self.dpi * 25.4

    def lying_mm(self, angle_deg: float) -> tuple[float, float]:
        """Width and height in mm of the upright box around the paper turned by `angle_deg`."""
        cos, sin = abs(np.cos(np.deg2rad(angle_deg))), abs(np.sin(np.deg2rad(angle_deg)))
        width, height = self.extent_mm
        return float(width * cos + height * sin), float(width * sin + height * cos)


def blank_slip(
    form: Form, kind: int, dpi: float = WORK_DPI, slots: tuple[int, ...] | None = None
) -> Image:
    """Return the printed slip of a kind (from 0), unmarked: shape (H, W) at `dpi`, 255 = white.

    `slots`: the number of each kind in its marks, by default that of a first printing.
    """
    return _blank_slip(form, kind, dpi, slots).copy()


@lru_cache(maxsize=8)
def _blank_slip(form: Form, kind: int, dpi: float, slots: tuple[int, ...] | None) -> Image:
    packed = np.frombuffer(_packed_slip(form, kind, dpi, slots), dtype=np.uint8)
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


@lru_cache(maxsize=1024)
def _packed_slip(form: Form, kind: int, dpi: float, slots: tuple[int, ...] | None) -> bytes:
    """One kind of slip as PNG: a form of 146 sessions would fill the memory as images."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "slips.pdf"
        pdf.write_bytes(_printed_slips(form, slots))
        return cv2.imencode(".png", rasterise(pdf, kind + 1, dpi))[1].tobytes()


@lru_cache(maxsize=4)
def _printed_slips(form: Form, slots: tuple[int, ...] | None) -> bytes:
    """Every kind of slip as a page of a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "slips.pdf"
        print_slips(form, pdf, Sheet.SLIP, copies=1, slots=slots, serial=lambda: "")
        return pdf.read_bytes()


def make_slip(
    form: Form,
    kind: int,
    marks: Sequence[Marking],
    rng: Generator,
    *,
    wear: Wear = FRESH,
    dpi: float = WORK_DPI,
    written: Marking | None = None,
    serial: str = "",
    slots: tuple[int, ...] | None = None,
) -> Paper:
    """Return a kind of slip (from 0) with `marks` on it, in the state that `wear` says.

    `written` stands in its comment box, `serial` is its number; `slots` as in `blank_slip`.
    """
    printed = blank_slip(form, kind, dpi, slots)
    if serial:
        printed = _numbered(printed, form, serial, dpi)
    for _ in range(wear.copies):
        printed = photocopied(printed, dpi, rng)
    grey = faint_toner(printed, wear.toner, dpi, rng)
    for mark in marks:
        grey = _marked(grey, form, mark, dpi, rng)
    if written is not None:
        grey = _written(grey, form, written, dpi, rng)
    grey = resized(grey, wear.scale)
    if wear.duplex:
        grey = shown_through(grey, resized(printed, wear.scale), wear.duplex)
    if wear.show_through:
        grey = shown_through(grey, written_back(grey.shape, dpi, rng), wear.show_through)
    grey = stained(grey, wear.stains, dpi, rng)
    if wear.fold:
        grey = folded(grey, dpi, rng)
    cover = np.full_like(grey, 255)
    if wear.crooked_mm:
        cover = cut_crooked(cover, wear.crooked_mm, dpi, rng)
    for corner in wear.torn:
        cover = torn(cover, corner, dpi, rng)
    return Paper(grey, cover, dpi)


def _marked(
    grey: Image,
    form: Form,
    mark: Marking,
    dpi: float,
    rng: Generator,
    slip_at_mm: tuple[float, float] = (0.0, 0.0),
) -> Image:
    face = layout_of(form).faces[mark.rating - 1]
    width_mm = 2 * face.radius_mm
    x_mm = slip_at_mm[0] + face.centre.x_mm + mark.offset[0] * width_mm
    y_mm = slip_at_mm[1] + face.centre.y_mm + mark.offset[1] * width_mm
    per_mm = dpi / 25.4
    centre_px = (x_mm * per_mm, y_mm * per_mm)
    return draw(grey, mark.strokes, centre_px, mark.size * width_mm * per_mm, mark.pen, dpi, rng)


def _written(grey: Image, form: Form, written: Marking, dpi: float, rng: Generator) -> Image:
    box = layout_of(form).comment
    if box is None:
        return grey
    per_mm = dpi / 25.4
    size_mm = min(0.8 * box.width_mm, 2.4 * box.height_mm)
    centre_px = (box.centre.x_mm * per_mm, box.centre.y_mm * per_mm)
    return draw(grey, written.strokes, centre_px, size_mm * per_mm, written.pen, dpi, rng)


def _numbered(printed: Image, form: Form, serial: str, dpi: float) -> Image:
    """Return a slip with its serial number on it, as printing draws it."""
    box = layout_of(form).serial
    if box is None:
        return printed
    modules = np.array(serial_modules(serial))
    x0, y0, x1, y1 = (
        round(v / 25.4 * dpi) for v in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    )
    code = np.where(modules, 0, 255).astype(np.uint8)
    numbered = printed.copy()
    numbered[y0:y1, x0:x1] = cv2.resize(code, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)
    return numbered


def uncut_arrangement(form: Form) -> Arrangement:
    """Return where the slips lie on the sheet that `uncut_sheet` makes."""
    return arrange(Sheet.A4, form.slip.extent_mm, form.look.columns)


def uncut_sheet(
    form: Form,
    kind: int,
    marks: Sequence[Sequence[Marking]],
    rng: Generator,
    dpi: float = WORK_DPI,
) -> Paper:
    """Return a printed sheet that nobody cut: slips of one kind, with the marks of each."""
    packed = np.frombuffer(_blank_sheet(form, kind, dpi), dtype=np.uint8)
    grey = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
    for place, on_slip in zip(uncut_arrangement(form).places, marks, strict=True):
        for mark in on_slip:
            grey = _marked(grey, form, mark, dpi, rng, (place.x_mm, place.y_mm))
    return Paper(grey, np.full_like(grey, 255), dpi)


@lru_cache(maxsize=16)
def _blank_sheet(form: Form, kind: int, dpi: float) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pdf, copies = Path(folder) / "sheets.pdf", uncut_arrangement(form).per_sheet
        print_slips(form, pdf, Sheet.A4, copies=copies, serial=lambda: "")
        return cv2.imencode(".png", rasterise(pdf, kind + 1, dpi))[1].tobytes()


def empty_paper(extent_mm: tuple[float, float], dpi: float = WORK_DPI) -> Paper:
    """Return white paper of `extent_mm` (width, height)."""
    shape = (round(extent_mm[1] * dpi / 25.4), round(extent_mm[0] * dpi / 25.4))
    white = np.full(shape, 255, dtype=np.uint8)
    return Paper(white, white.copy(), dpi)


def back_of(front: Paper, strength: float = 0.08) -> Paper:
    """Return the unprinted back of a slip, its front shining through by `strength` (0-1)."""
    white = np.full_like(front.grey, 255)
    return Paper(shown_through(white, front.grey, strength), front.cover[:, ::-1], front.dpi)


_MINUTES = (
    "Minutes of the board, Thursday",
    "",
    "1. The minutes of the last meeting were approved.",
    "2. The accounts show a small surplus. The treasurer will",
    "   send the figures to the members before the summer.",
    "3. Three offers for the roof have come in. The board asks",
    "   the caretaker to look at the cheapest one again.",
    "4. Coffee for the next gathering: Tove brings it.",
    "",
    "The meeting ended at a quarter to nine.",
)


def foreign_page(extent_mm: tuple[float, float], dpi: float = WORK_DPI) -> Paper:
    """Return a page of text that has nothing to do with any form."""
    paper = empty_paper(extent_mm, dpi)
    picture = Pictures.fromarray(paper.grey)
    line_px = paper.grey.shape[0] / (len(_MINUTES) + 6)
    font = ImageFont.load_default(size=min(line_px * 0.62, paper.grey.shape[1] / 34))
    for row, text in enumerate(_MINUTES, start=3):
        place = (paper.grey.shape[1] * 0.09, row * line_px)
        ImageDraw.Draw(picture).text(place, text, fill=20, font=font)
    return Paper(np.asarray(picture, dtype=np.uint8), paper.cover, dpi)
