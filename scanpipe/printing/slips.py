"""Owns the PDF of slips: every distinct slip drawn once, placed on sheets, written whole."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from scanpipe import __version__
from scanpipe.aside import cleared_away, flush, places_aside
from scanpipe.composing import layout_of
from scanpipe.errors import OutputError, UsageError
from scanpipe.form import Form
from scanpipe.lettering import REGULAR
from scanpipe.printed import numbers_in_marks
from scanpipe.printing.drawing import SlipPen, draw_slip
from scanpipe.printing.fonts import font
from scanpipe.printing.serials import all_different, new_serial, serial_modules
from scanpipe.printing.sheets import Arrangement, Sheet, arrange, fill_sheets
from scanpipe.printing.wording import check_fits

MAX_SLIPS = 100_000
"""More than any box holds: a slip of the finger in --copies should not fill the disk."""

BUTT, ROUND = 0, 1
CUT_LINES = {"cut": (0.1, (1.0, 2.0), BUTT), "perforation": (0.25, (0.0, 1.0), ROUND)}
"""Each kind's width in mm, its dashes and the gaps between them in mm, and the dashes' ends."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What was printed: slips in all, pages of the PDF, slips on a full page."""

    slips: int
    pages: int
    per_sheet: int


def print_slips(
    form: Form,
    target: Path,
    sheet: Sheet = Sheet.A4,
    copies: int = 1,
    progress: Callable[[int, int], None] | None = None,
    *,
    slots: Sequence[int] | None = None,
    folder: Path | None = None,
    serial: Callable[[], str] = new_serial,
    lock: AbstractContextManager[None] | None = None,
) -> Printed:
    """Write `copies` slips of each kind of `form` to the PDF `target`, and return how many.

    With `Sheet.SLIP` every page is one slip, all copies of the first kind first. `progress` is
    called with pages done and pages in all. `slots`: the number of each kind in its marks, by
    default that of a first printing. `folder`: where the form's logo is looked for; without it
    there is none. `serial` is asked for the serial number of each slip, where the form wants them,
    until it gives a new one; "" prints none. Apart from these numbers, the same input gives the
    same bytes. `lock` is entered once the PDF is whole on the disk, and left once it has its name.

    Raises FormError for what does not fit, UsageError for a slip larger than the sheet or an
    impossible number of copies, OutputError when `target` cannot be written; then nothing is
    left behind.
    """
    kinds = len(form.kinds)
    slips = copies * kinds
    if not 0 < slips <= MAX_SLIPS:
        raise UsageError(
            f"{copies} copies of {kinds} kinds of slip make {slips} slips",
            f"Choose --copies so that there are 1 to {MAX_SLIPS} slips.",
        )
    check_fits(form, folder)
    arrangement = arrange(sheet, form.slip.extent_mm, form.look.columns)
    sheets = list(fill_sheets(kinds, copies, arrangement.per_sheet))
    buffer = io.BytesIO()
    canvas = _canvas(form, buffer, arrangement)
    for kind, slot in enumerate(slots or numbers_in_marks(form)):
        _define_slip(canvas, form, kind, slot, folder)
    serials = all_different(serial)
    for done, on_sheet in enumerate(sheets, start=1):
        _draw_sheet(canvas, form, arrangement, on_sheet, serials)
        if progress is not None:
            progress(done, len(sheets))
    canvas.save()
    _write_whole(buffer.getvalue(), target, lock or nullcontext())
    return Printed(slips, len(sheets), arrangement.per_sheet)


def _canvas(form: Form, buffer: io.BytesIO, arrangement: Arrangement) -> Canvas:
    size = (arrangement.width_mm * mm, arrangement.height_mm * mm)
    font(REGULAR)
    # Without a first font of ours reportlab would name Helvetica, which is not embedded.
    canvas = Canvas(
        buffer,
        size,
        pageCompression=1,
        invariant=1,
        initialFontName=REGULAR,
        lang=form.language,
    )
    canvas.setTitle(form.title)
    canvas.setAuthor("scanpipe")
    canvas.setSubject(form.question)
    canvas.setCreator(f"scanpipe {__version__}")
    canvas.setProducer("scanpipe")
    # "Fit to page" would move every mark; a print dialogue that listens keeps the size.
    canvas.setViewerPreference("PrintScaling", "None")
    canvas.setViewerPreference("Duplex", "Simplex")
    return canvas


def _define_slip(canvas: Canvas, form: Form, kind: int, slot: int, folder: Path | None) -> None:
    width_mm, height_mm = form.slip.extent_mm
    canvas.beginForm(_slip_name(kind), 0, 0, width_mm * mm, height_mm * mm)
    draw_slip(canvas, form, kind, slot, folder)
    canvas.endForm()


def _slip_name(kind: int) -> str:
    return f"slip{kind + 1}"


def _draw_sheet(
    canvas: Canvas,
    form: Form,
    arrangement: Arrangement,
    kinds: tuple[int, ...],
    serials: Iterator[str],
) -> None:
    code_at = layout_of(form).serial
    for place, kind in zip(arrangement.places, kinds, strict=False):
        canvas.saveState()
        canvas.translate(place.x_mm * mm, (arrangement.height_mm - place.bottom_mm) * mm)
        canvas.doForm(_slip_name(kind))
        if code_at and (serial := next(serials)):
            SlipPen(canvas, place.height_mm).modules(code_at, serial_modules(serial))
        canvas.restoreState()
    _draw_cuts(canvas, arrangement, len(kinds), form.look.lines)
    canvas.showPage()


def _draw_cuts(canvas: Canvas, arrangement: Arrangement, slips: int, lines: str) -> None:
    if lines == "none":
        return
    width_mm, dash_mm, cap = CUT_LINES[lines]
    canvas.setLineWidth(width_mm * mm)
    canvas.setLineCap(cap)
    canvas.setDash([length * mm for length in dash_mm])
    height_mm = arrangement.height_mm
    for x1, y1, x2, y2 in arrangement.cut_lines(slips):
        canvas.line(x1 * mm, (height_mm - y1) * mm, x2 * mm, (height_mm - y2) * mm)


def _write_whole(content: bytes, target: Path, lock: AbstractContextManager[None]) -> None:
    """Write `target` whole or not at all: a half PDF may still print."""
    aside = places_aside([target])
    try:
        with cleared_away(aside):
            aside[target].write_bytes(content)
            flush(aside[target])
            with lock:
                aside[target].replace(target)
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error.strerror or error}",
            "Is the folder there, and is the file open in another program?",
        ) from error
