"""Owns the PDF of slips: every distinct slip drawn once, placed on sheets, written whole."""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from scanpipe import __version__
from scanpipe.errors import OutputError, UsageError
from scanpipe.form import Form
from scanpipe.printing.drawing import draw_slip
from scanpipe.printing.fonts import REGULAR, font
from scanpipe.printing.sheets import Arrangement, Sheet, arrange, fill_sheets
from scanpipe.printing.wording import check_fits

MAX_SLIPS = 100_000
"""More than any box holds: a slip of the finger in --copies should not fill the disk."""

CUT_LINE_MM = 0.1
CUT_DASH_MM = (1.0, 2.0)


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
) -> Printed:
    """Write `copies` slips of each session of `form` to the PDF `target`, and return how many.

    With `Sheet.SLIP` every page is one slip, all copies of the first session first. The same
    input gives the same bytes. `progress` is called with pages done and pages in all. Raises
    FormError for a text that does not fit, UsageError for a slip larger than the sheet or an
    impossible number of copies, OutputError when `target` cannot be written; then nothing is
    left behind.
    """
    slips = copies * len(form.sessions)
    if not 0 < slips <= MAX_SLIPS:
        raise UsageError(
            f"{copies} copies of {len(form.sessions)} sessions make {slips} slips",
            f"Choose --copies so that there are 1 to {MAX_SLIPS} slips.",
        )
    check_fits(form)
    arrangement = arrange(sheet, form.slip.extent_mm)
    sheets = list(fill_sheets(len(form.sessions), copies, arrangement.per_sheet))
    buffer = io.BytesIO()
    canvas = _canvas(form, buffer, arrangement)
    for session_index in range(len(form.sessions)):
        _define_slip(canvas, form, session_index)
    for done, sessions in enumerate(sheets, start=1):
        _draw_sheet(canvas, arrangement, sessions)
        if progress is not None:
            progress(done, len(sheets))
    canvas.save()
    _write_whole(buffer.getvalue(), target)
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


def _define_slip(canvas: Canvas, form: Form, session_index: int) -> None:
    width_mm, height_mm = form.slip.extent_mm
    canvas.beginForm(_slip_name(session_index), 0, 0, width_mm * mm, height_mm * mm)
    draw_slip(canvas, form, session_index)
    canvas.endForm()


def _slip_name(session_index: int) -> str:
    return f"slip{session_index + 1}"


def _draw_sheet(canvas: Canvas, arrangement: Arrangement, sessions: tuple[int, ...]) -> None:
    for place, session_index in zip(arrangement.places, sessions, strict=False):
        canvas.saveState()
        canvas.translate(place.x_mm * mm, (arrangement.height_mm - place.bottom_mm) * mm)
        canvas.doForm(_slip_name(session_index))
        canvas.restoreState()
    canvas.setLineWidth(CUT_LINE_MM * mm)
    canvas.setDash([length * mm for length in CUT_DASH_MM])
    for x1, y1, x2, y2 in arrangement.cut_lines(len(sessions)):
        height_mm = arrangement.height_mm
        canvas.line(x1 * mm, (height_mm - y1) * mm, x2 * mm, (height_mm - y2) * mm)
    canvas.showPage()


def _write_whole(content: bytes, target: Path) -> None:
    """Write `target` whole or not at all: a half PDF may still print."""
    temporary = target.parent / f".{target.name}.{os.getpid()}.tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error.strerror or error}",
            "Is the folder there, and is the file open in another program?",
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
