"""Owns the order of the stages for a page, and the isolation of one page from the next."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scanpipe.errors import ScanpipeError
from scanpipe.layout import Layout
from scanpipe.reading import (
    backs,
    condition,
    decision,
    ink,
    registration,
    scans,
    serials,
    session,
    streaks,
)
from scanpipe.reading.answers import (
    NO_TEXT,
    MeasuredSlip,
    match_field,
    readings_of,
    unread_rows,
)
from scanpipe.reading.condition import NOTHING_SEEN, PageCondition, SlipCondition
from scanpipe.reading.fields import Fields
from scanpipe.reading.fingerprint import Fingerprint, fingerprint
from scanpipe.reading.kinds import SlipKinds
from scanpipe.reading.limits import hand_back_memory
from scanpipe.reading.measures import BARE, FieldText, Placement, SlipInk
from scanpipe.reading.pictures import paled, part_of, png
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
class _Page:
    """A page measured: its slips, or why there are none, or may be more; a picture where a person
    must look.
    """

    source: ScanFile
    page: int | None
    name: str
    slips: tuple[MeasuredSlip, ...] = ()
    problem: Reason | None = None
    picture: bytes | None = None
    condition: PageCondition = NOTHING_SEEN

    @property
    def file(self) -> str:
        """The file's name."""
        return self.source.name


def see_pages(kinds: SlipKinds, file: ScanFile, pages: Sequence[int]) -> list[SeenPage]:
    """Read some pages of one file. Trouble with a page is told in that page's reading."""
    fields = Fields()
    measured = [_putting_fields(_measure_safely(file, page, kinds), fields) for page in pages]
    hand_back_memory()  # Tesseract is about to take as much as a page did
    texts = iter(_field_texts(fields, measured, kinds))
    return [
        _seen(
            page,
            [next(texts) if slip.layout.has_session_field else NO_TEXT for slip in page.slips],
            kinds,
        )
        for page in measured
    ]


def _putting_fields(page: _Page, fields: Fields) -> _Page:
    """Put the slips' session fields among the `fields`, and return the page without them."""
    for slip in page.slips:
        if slip.field is not None:
            fields.add(slip.field, slip.kind)
    return replace(page, slips=tuple(replace(slip, field=None) for slip in page.slips))


def _field_texts(fields: Fields, pages: Sequence[_Page], kinds: SlipKinds) -> list[FieldText]:
    """Return what stands in the session fields of the slips on `pages` that have one."""
    places = [
        (page, place)
        for page in pages
        for place, slip in enumerate(page.slips)
        if slip.layout.has_session_field
    ]

    def bears_out(text: FieldText, kind: int) -> bool:
        field = kinds.field(kind)
        return match_field(text, field.names, kinds.form).index == field.place[kind]

    def read(images: Sequence[Grey]) -> list[FieldText]:
        return session.recognise(images, kinds.form.words.tesseract)

    def anew(number: int) -> Grey | None:
        page, place = places[number]
        (upright,) = _uprights(kinds, page.source, page.page or 1, [place])
        return None if upright is None else _field(upright, page.slips[place].layout)

    return fields.texts(read, bears_out, anew)


def lost_page(kinds: SlipKinds, file: ScanFile, page: int) -> SeenPage:
    """Return what is left of a page that no worker survived."""
    return _seen(_unmeasured(file, page, Reason.INTERNAL_ERROR), [], kinds)


def slip_picture(kinds: SlipKinds, file: ScanFile, page: int, place: int) -> bytes | None:
    """Return the picture of one slip, as `slip_pictures` does."""
    return slip_pictures(kinds, file, page, [place])[0]


def slip_pictures(
    kinds: SlipKinds, file: ScanFile, page: int, places: Sequence[int]
) -> list[bytes | None]:
    """Return pictures of the slips at `places` (from 0) of a page that has been read before.

    None if the page cannot be read any more.
    """
    uprights = _uprights(kinds, file, page, places)
    return [None if upright is None else png(upright) for upright in uprights]


def _uprights(
    kinds: SlipKinds, file: ScanFile, page: int, places: Sequence[int]
) -> list[Grey | None]:
    """Return once more the upright slips at `places` (from 0) of a page that has been read before.

    To keep every slip's until all is known of it would take a hundred times the memory. None if
    the page cannot be read any more.
    """
    try:
        scanned = scans.load_page(file, page)
        if isinstance(scanned, Reason):
            return [None for _ in places]
        pixels = streaks.remove_streaks(scanned.pixels).pixels
        found = registration.find_slips(pixels, scanned.px_per_mm, kinds.layouts, kinds.code)
        return [registration.rectify(pixels, found[place], PX_PER_MM) for place in places]
    except Exception:
        _log.exception("page %d of %s, read once more", page, file.name)
        return [None for _ in places]


def _seen(page: _Page, texts: list[FieldText], kinds: SlipKinds) -> SeenPage:
    prints = [slip.print for slip in page.slips]
    if prints and page.problem is not None:
        prints.append(None)  # of what could not be read beside them
    return SeenPage(_reading(page, texts, kinds), tuple(prints), page.condition)


def _unmeasured(file: ScanFile, page: int | None, problem: Reason) -> _Page:
    return _Page(file, page, page_name(file, page or 1), problem=problem)


def page_name(file: ScanFile, page: int) -> str:
    """Return what the names of all slips on page `page` (from 1) begin with."""
    return f"{file.word}-{page:03d}"


def _measure_safely(file: ScanFile, page: int, kinds: SlipKinds) -> _Page:
    if file.problem is not None:
        return _unmeasured(file, None, file.problem)
    try:
        return _measure_page(file, page, kinds)
    except ScanpipeError:
        raise
    except Exception:
        _log.exception("page %d of %s", page, file.name)
        return _unmeasured(file, page, Reason.INTERNAL_ERROR)


def _measure_page(file: ScanFile, number: int, kinds: SlipKinds) -> _Page:
    scanned = scans.load_page(file, number)
    if isinstance(scanned, Reason):
        return _unmeasured(file, number, scanned)
    name = page_name(file, number)
    clean = streaks.remove_streaks(scanned.pixels)
    page = replace(scanned, pixels=clean.pixels)
    found = registration.find_slips(page.pixels, page.px_per_mm, kinds.layouts, kinds.code)
    slips = tuple(
        _measure_slip(page, clean.lost, each, f"{name}-{i}")
        for i, each in enumerate(found, start=1)
    )
    if slips:
        seen = _page_condition(scanned.pixels, clean, slips)
        more = _picture_of_more(page.pixels, found, kinds)
        problem = None if more is None else Reason.MORE_ON_PAGE
        return _Page(file, number, name, slips, problem, more, seen)
    if backs.is_blank_back(page.pixels, page.px_per_mm, kinds.code):
        return _Page(file, number, name)
    return _Page(file, number, name, problem=Reason.NO_SLIP, picture=png(page.pixels))


def _picture_of_more(
    pixels: Grey, found: Sequence[registration.Registration], kinds: SlipKinds
) -> bytes | None:
    """Return a picture of the page, with the slips found made pale, if it may hold more."""
    if not registration.has_room_for_more(pixels, found):
        return None
    outlines_px = [registration.outline_px(slip) for slip in found]
    if not backs.holds_more(pixels, outlines_px, found[0].px_per_mm, kinds.code):
        return None
    return png(paled(pixels, outlines_px))


def _page_condition(
    pixels: Grey, clean: streaks.CleanPage, slips: tuple[MeasuredSlip, ...]
) -> PageCondition:
    px_per_mm = slips[0].condition.px_per_mm
    is_bilevel = condition.is_bilevel(pixels)
    return PageCondition(
        condition.specks_per_cm2(clean.pixels, px_per_mm) if is_bilevel else 0.0,
        tuple(px / px_per_mm for px in clean.standing_px),
        tuple(px / px_per_mm for px in clean.lying_px),
        tuple(slip.condition for slip in slips),
    )


def _measure_slip(
    page: PageImage, lost_px: Grey | None, found: registration.Registration, name: str
) -> MeasuredSlip:
    layout = found.layout
    upright = registration.rectify(page.pixels, found, PX_PER_MM)
    lost = None
    if lost_px is not None:
        lost = registration.rectify(lost_px, found, PX_PER_MM, beyond=0)
    x_px, y_px = found.centre_px()
    scale = _page_scale(page.px_per_mm, found.px_per_mm)
    kind = found.session_index
    field = _field(upright, layout)
    measured, where, print_px = ink.measure_and_show_ink(upright, layout, PX_PER_MM, lost)
    return MeasuredSlip(
        name,
        x_px / scale,
        y_px / scale,
        measured,
        Placement(len(found.marks), found.residual_mm, found.px_per_mm),
        kind,
        layout,
        field,
        BARE if field is None else session.name_ink(field, layout, PX_PER_MM),
        None if kind is None else fingerprint(kind, where, print_px, PX_PER_MM),
        _slip_condition(page, found, measured, upright, layout),
        _comment(upright, layout),
        serials.read_serial(upright, layout, PX_PER_MM),
    )


def _field(upright: Grey, layout: Layout) -> Grey | None:
    """Return the picture of the session field; None where the session is not printed."""
    if not layout.has_session_field:
        return None
    return session.field_image(upright, layout, PX_PER_MM)


def _comment(upright: Grey, layout: Layout) -> bytes | None:
    """Return the comment box's picture if anything is written in it."""
    written_mm2 = ink.comment_ink_mm2(upright, layout, PX_PER_MM)
    if layout.comment is None or not decision.is_comment(written_mm2):
        return None
    return png(part_of(upright, layout.comment, PX_PER_MM))


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


def _reading(page: _Page, texts: list[FieldText], kinds: SlipKinds) -> PageReading:
    told = _rejected(page, page.problem, kinds) if page.problem is not None else ()
    if not page.slips:
        kind = PageKind.UNREADABLE if told else PageKind.BLANK_BACK
        return PageReading(page.file, page.page, kind, told)
    read = [
        readings_of(slip, text, kinds, page.file, page.page)
        for slip, text in zip(page.slips, texts, strict=True)
    ]
    slips = _with_pictures(read, page, kinds)
    return PageReading(page.file, page.page, PageKind.SLIPS, slips + told)


def _rejected(page: _Page, problem: Reason, kinds: SlipKinds) -> tuple[SlipReading, ...]:
    """Return the rows that stand for what could not be read on the page."""
    rejected = SlipReading(
        f"{page.name}-0", page.file, page.page, Status.REJECTED, (problem,), picture=page.picture
    )
    return unread_rows(rejected, kinds.form)


def _with_pictures(
    slips: Sequence[Sequence[SlipReading]], page: _Page, kinds: SlipKinds
) -> tuple[SlipReading, ...]:
    """Add the pictures of the slips that a person must look at."""
    doubtful = [
        place
        for place, rows in enumerate(slips)
        if any(row.status is Status.REVIEW for row in rows)
    ]
    found = {}
    if doubtful and page.page is not None:
        pictures = slip_pictures(kinds, page.source, page.page, doubtful)
        found = dict(zip(doubtful, pictures, strict=True))
    return tuple(
        replace(row, picture=found.get(place)) if row.status is Status.REVIEW else row
        for place, rows in enumerate(slips)
        for row in rows
    )
