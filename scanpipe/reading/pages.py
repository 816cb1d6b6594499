"""Owns the order of the stages for a page, and the isolation of one page from the next."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scanpipe.errors import ScanpipeError
from scanpipe.form import Form
from scanpipe.layout import Layout, layout_of
from scanpipe.marks import MarkCode, mark_code
from scanpipe.reading import (
    backs,
    condition,
    decision,
    ink,
    registration,
    scans,
    session,
    streaks,
)
from scanpipe.reading.condition import NOTHING_SEEN, PageCondition, SlipCondition
from scanpipe.reading.fields import Field, read_fields
from scanpipe.reading.fingerprint import Fingerprint, fingerprint
from scanpipe.reading.measures import FieldText, Placement, SlipInk, figures
from scanpipe.reading.pictures import png
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.reading.scans import PageImage, ScanFile
from scanpipe.vocabulary import Reason, Status

PX_PER_MM = 8.0
"""Resolution of a rectified slip: half a pen line's width is a pixel or more."""

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SeenPage:
    """All that a worker hands on of a page. `prints` are the fingerprints of its slips, in their
    order; None for a slip that cannot be known again.
    """

    reading: PageReading
    prints: tuple[Fingerprint | None, ...]
    condition: PageCondition


@dataclass(frozen=True, slots=True)
class _Slip:
    """A slip measured, its session field not yet read."""

    name: str
    x_mm: float
    y_mm: float
    ink: SlipInk
    placement: Placement
    marked_session: int | None
    field: Grey
    print: Fingerprint | None
    condition: SlipCondition


@dataclass(frozen=True, slots=True)
class _Page:
    """A page measured: its slips, or why there are none; a picture where a person must look."""

    source: ScanFile
    page: int | None
    name: str
    slips: tuple[_Slip, ...] = ()
    problem: Reason | None = None
    picture: bytes | None = None
    condition: PageCondition = NOTHING_SEEN

    @property
    def file(self) -> str:
        """The file's name."""
        return self.source.name


def see_pages(form: Form, file: ScanFile, pages: Sequence[int]) -> list[SeenPage]:
    """Read some pages of one file. Trouble with a page is told in that page's reading."""
    layout, code = layout_of(form), mark_code(form.id, len(form.sessions))
    measured = [_measure_safely(file, page, layout, code) for page in pages]
    names = [each.name for each in form.sessions]
    texts = iter(_field_texts([slip for page in measured for slip in page.slips], names, form))
    return [_seen(page, [next(texts) for _ in page.slips], names, form) for page in measured]


def _field_texts(slips: Sequence[_Slip], names: Sequence[str], form: Form) -> list[FieldText]:
    def bears_out(text: FieldText, marked: int) -> bool:
        return session.match_session(text.text, names).index == marked

    def read(images: Sequence[Grey]) -> list[FieldText]:
        return session.recognise(images, form.words.tesseract)

    return read_fields([Field(slip.field, slip.marked_session) for slip in slips], read, bears_out)


def lost_page(form: Form, file: ScanFile, page: int) -> SeenPage:
    """Return what is left of a page that no worker survived."""
    return _seen(_unmeasured(file, page, Reason.INTERNAL_ERROR), [], [], form)


def slip_picture(form: Form, file: ScanFile, page: int, place: int) -> bytes | None:
    """Return the picture of one slip, as `slip_pictures` does."""
    return slip_pictures(form, file, page, [place])[0]


def slip_pictures(
    form: Form, file: ScanFile, page: int, places: Sequence[int]
) -> list[bytes | None]:
    """Return pictures of the slips at `places` (from 0) of a page that has been read before.

    To keep every slip's picture until all is known of it would take a hundred times the memory.
    None if the page cannot be read any more.
    """
    layout, code = layout_of(form), mark_code(form.id, len(form.sessions))
    try:
        scanned = scans.load_page(file, page)
        if isinstance(scanned, Reason):
            return [None for _ in places]
        pixels = streaks.remove_streaks(scanned.pixels).pixels
        found = registration.find_slips(pixels, scanned.px_per_mm, layout, code)
        upright = (registration.rectify(pixels, found[i], layout, PX_PER_MM) for i in places)
        return [png(image) for image in upright]
    except Exception:
        _log.exception("page %d of %s, read once more", page, file.name)
        return [None for _ in places]


def _seen(page: _Page, texts: list[FieldText], names: Sequence[str], form: Form) -> SeenPage:
    prints = tuple(slip.print for slip in page.slips)
    return SeenPage(_reading(page, texts, names, form), prints, page.condition)


def _unmeasured(file: ScanFile, page: int | None, problem: Reason) -> _Page:
    return _Page(file, page, page_name(file, page or 1), problem=problem)


def page_name(file: ScanFile, page: int) -> str:
    """Return what the names of all slips on page `page` (from 1) begin with."""
    return f"{_letters(file.sha256)}-{page:03d}"


def _measure_safely(file: ScanFile, page: int, layout: Layout, code: MarkCode) -> _Page:
    if file.problem is not None:
        return _unmeasured(file, None, file.problem)
    try:
        return _measure_page(file, page, layout, code)
    except ScanpipeError:
        raise
    except Exception:
        _log.exception("page %d of %s", page, file.name)
        return _unmeasured(file, page, Reason.INTERNAL_ERROR)


def _measure_page(file: ScanFile, number: int, layout: Layout, code: MarkCode) -> _Page:
    scanned = scans.load_page(file, number)
    if isinstance(scanned, Reason):
        return _unmeasured(file, number, scanned)
    name = page_name(file, number)
    clean = streaks.remove_streaks(scanned.pixels)
    page = replace(scanned, pixels=clean.pixels)
    found = registration.find_slips(page.pixels, page.px_per_mm, layout, code)
    slips = tuple(
        _measure_slip(page, clean.lost, each, f"{name}-{i}", layout)
        for i, each in enumerate(found, start=1)
    )
    if slips:
        seen = _page_condition(scanned.pixels, clean, slips)
        return _Page(file, number, name, slips, condition=seen)
    if backs.is_blank_back(page.pixels, page.px_per_mm, code):
        return _Page(file, number, name)
    return _Page(file, number, name, problem=Reason.NO_SLIP, picture=png(page.pixels))


def _page_condition(
    pixels: Grey, clean: streaks.CleanPage, slips: tuple[_Slip, ...]
) -> PageCondition:
    px_per_mm = slips[0].condition.px_per_mm
    bilevel = condition.is_bilevel(pixels)
    return PageCondition(
        bilevel,
        condition.specks_per_cm2(clean.pixels, px_per_mm) if bilevel else 0.0,
        tuple(px / px_per_mm for px in clean.standing_px),
        tuple(px / px_per_mm for px in clean.lying_px),
        tuple(slip.condition for slip in slips),
    )


def _measure_slip(
    page: PageImage,
    lost_px: Grey | None,
    found: registration.Registration,
    name: str,
    layout: Layout,
) -> _Slip:
    upright = registration.rectify(page.pixels, found, layout, PX_PER_MM)
    lost = None
    if lost_px is not None:
        lost = registration.rectify(lost_px, found, layout, PX_PER_MM, beyond=0)
    x_px, y_px = found.centre_px(layout)
    scale = _page_scale(page.px_per_mm, found.px_per_mm)
    index = found.session_index
    measured, where, print_px = ink.measure_and_show_ink(upright, layout, PX_PER_MM, lost)
    return _Slip(
        name,
        x_px / scale,
        y_px / scale,
        measured,
        Placement(len(found.marks), found.residual_mm, found.px_per_mm),
        index,
        session.field_image(upright, layout, PX_PER_MM),
        None if index is None else fingerprint(index, where, print_px, PX_PER_MM),
        _slip_condition(page, found, measured, upright, layout),
    )


def _slip_condition(
    page: PageImage,
    found: registration.Registration,
    measured: SlipInk,
    upright: Grey,
    layout: Layout,
) -> SlipCondition:
    of_file = _page_scale(page.px_per_mm, found.px_per_mm)
    return SlipCondition(
        found.px_per_mm,
        found.px_per_mm / of_file if of_file == page.px_per_mm else None,
        condition.skew_deg(found.to_page, layout),
        condition.lay_flat(found.to_page, layout),
        condition.print_darkness(upright, layout, PX_PER_MM),
        max(face.fill for face in measured.faces),
        max(face.faint for face in measured.faces),
        found.session_index is None,
    )


def _page_scale(of_file: float | None, of_marks: float) -> float:
    """Return the page's px per mm: the file's word, unless the marks give it the lie."""
    if of_file is not None and 0.85 < of_file / of_marks < 1.18:
        return of_file
    return of_marks


def _reading(page: _Page, texts: list[FieldText], names: Sequence[str], form: Form) -> PageReading:
    if page.problem is not None:
        rejected = SlipReading(
            f"{page.name}-0",
            page.file,
            page.page,
            Status.REJECTED,
            (page.problem,),
            picture=page.picture,
        )
        return PageReading(page.file, page.page, PageKind.UNREADABLE, (rejected,))
    if not page.slips:
        return PageReading(page.file, page.page, PageKind.BLANK_BACK, ())
    read = [
        _slip_reading(page, slip, text, names, form)
        for slip, text in zip(page.slips, texts, strict=True)
    ]
    return PageReading(page.file, page.page, PageKind.SLIPS, _with_pictures(read, page, form))


def _with_pictures(
    slips: Sequence[SlipReading], page: _Page, form: Form
) -> tuple[SlipReading, ...]:
    """Add the pictures of those that a person must look at."""
    places = [i for i, slip in enumerate(slips) if slip.status is Status.REVIEW]
    if not places or page.page is None:
        return tuple(slips)
    pictures = dict(zip(places, slip_pictures(form, page.source, page.page, places), strict=True))
    return tuple(replace(slip, picture=pictures.get(i)) for i, slip in enumerate(slips))


def _slip_reading(
    page: _Page, slip: _Slip, text: FieldText, names: Sequence[str], form: Form
) -> SlipReading:
    match = session.match_session(text.text, names)
    verdict = decision.judge(slip.ink, slip.placement, text, match, slip.marked_session)

    def session_id(index: int | None) -> str | None:
        return None if index is None else form.sessions[index].id

    return SlipReading(
        slip.name,
        page.file,
        page.page,
        verdict.status,
        verdict.reasons,
        slip.x_mm,
        slip.y_mm,
        session_id(verdict.session),
        verdict.rating,
        session_id(verdict.read_session),
        verdict.read_rating,
        text.text,
        verdict.session_confidence,
        verdict.rating_confidence,
        tuple(face.fill for face in slip.ink.faces),
        figures=figures(slip.ink, slip.placement, text, match),
    )


def _letters(sha256: str) -> str:
    """Return six letters for a hash: a spreadsheet takes no such name for a number or a date."""
    value, letters = int(sha256, 16), "bcdfghjklmnpqrstvwxz"
    word = ""
    for _ in range(6):
        value, digit = divmod(value, len(letters))
        word += letters[digit]
    return word
