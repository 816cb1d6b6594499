"""Owns the order of the stages for a page, and the isolation of one page from the next."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scanpipe.errors import ScanpipeError
from scanpipe.layout import Layout
from scanpipe.reading import (
    backs,
    condition,
    decision,
    elsewhere,
    ink,
    registration,
    serials,
    session,
)
from scanpipe.reading.answers import (
    NO_TEXT,
    MeasuredSlip,
    is_for_review,
    match_field,
    readings_of,
    unread_rows,
)
from scanpipe.reading.condition import NOTHING_SEEN, PageCondition, SlipCondition
from scanpipe.reading.fields import Fields
from scanpipe.reading.fingerprint import Fingerprint, fingerprint
from scanpipe.reading.kinds import SlipKinds
from scanpipe.reading.limits import hand_back_memory
from scanpipe.reading.looking import Looked, look_at
from scanpipe.reading.measures import BARE, FieldText, Placement, SlipInk
from scanpipe.reading.pictures import paled, part_of, png
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.reading.scans import PageImage, ScanFile
from scanpipe.vocabulary import Reason, Status

PX_PER_MM = 6.0
"""Resolution of a rectified slip: half a pen line's width is a pixel or more."""

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())

Grey = NDArray[np.uint8]
T = TypeVar("T")


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
        return _again(kinds, page.source, page.page or 1, [place], session_field)[0]

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
    return _again(kinds, file, page, places, _slip_picture)


def _slip_picture(pixels: Grey, slip: registration.Registration) -> bytes:
    return png(registration.rectify(pixels, slip, PX_PER_MM))


def _again(
    kinds: SlipKinds,
    file: ScanFile,
    page: int,
    places: Sequence[int],
    show: Callable[[Grey, registration.Registration], T],
) -> list[T | None]:
    """Return what is to `show` of the slips at `places` (from 0) of a page that was read before.

    To keep it of every slip until all is known would take a hundred times the memory. None if
    the page cannot be read any more.
    """
    try:
        looked = look_at(file, page, kinds)
        if isinstance(looked, Reason):
            return [None for _ in places]
        return [show(looked.clean.pixels, looked.slips[place]) for place in places]
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
    looked = look_at(file, number, kinds)
    if isinstance(looked, Reason):
        return _unmeasured(file, number, looked)
    name, page = page_name(file, number), looked.page
    slips = tuple(
        _measure_slip(page, looked.clean.lost, each, f"{name}-{i}", kinds)
        for i, each in enumerate(looked.slips, start=1)
    )
    if slips:
        more = _picture_of_more(page.pixels, looked.slips, kinds)
        problem = None if more is None else Reason.MORE_ON_PAGE
        return _Page(file, number, name, slips, problem, more, _page_condition(looked, slips))
    if looked.is_blank:
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


def _page_condition(looked: Looked, slips: tuple[MeasuredSlip, ...]) -> PageCondition:
    px_per_mm, clean = looked.slips[0].px_per_mm, looked.clean
    is_bilevel = condition.is_bilevel(looked.scanned.pixels)
    return PageCondition(
        condition.specks_per_cm2(clean.pixels, px_per_mm) if is_bilevel else 0.0,
        tuple(px / px_per_mm for px in clean.standing_px),
        tuple(px / px_per_mm for px in clean.lying_px),
        tuple(slip.condition for slip in slips),
    )


def _measure_slip(
    page: PageImage,
    lost_px: Grey | None,
    found: registration.Registration,
    name: str,
    kinds: SlipKinds,
) -> MeasuredSlip:
    layout = found.layout
    upright = registration.rectify(page.pixels, found, PX_PER_MM)
    lost = None
    if lost_px is not None:
        lost = registration.rectify(lost_px, found, PX_PER_MM, beyond=0)
    x_px, y_px = found.centre_px()
    scale = _page_scale(page.px_per_mm, found.px_per_mm)
    kind = found.session_index
    field = session_field(page.pixels, found) if layout.has_session_field else None
    measured, relief, print_px = ink.measure_and_show_ink(
        upright, layout, PX_PER_MM, lost, kinds.words_on(kind)
    )
    placement = Placement(len(found.marks), found.residual_mm, _scanned_px_per_mm(page, found))
    return MeasuredSlip(
        name,
        x_px / scale,
        y_px / scale,
        measured,
        placement,
        kind,
        layout,
        field,
        BARE if field is None else session.name_ink(field, layout),
        None if kind is None else fingerprint(kind, relief, print_px, PX_PER_MM),
        _slip_condition(page, found, measured, upright, layout),
        _comment(upright, layout),
        _serial(page.pixels, found),
        png(upright) if is_for_review(measured, placement, layout, kinds) else None,
    )


def session_field(pixels: Grey, slip: registration.Registration) -> Grey:
    """Return the picture of a slip's session field, as it is read."""
    box = session.field_box(slip.layout)
    return session.field_image(registration.rectify(pixels, slip, session.FIELD_PX_PER_MM, box=box))


def _serial(pixels: Grey, slip: registration.Registration) -> str | None:
    box = serials.code_box(slip.layout)
    if box is None:
        return None
    return serials.read_serial(registration.rectify(pixels, slip, serials.PX_PER_MM, box=box))


def _comment(upright: Grey, layout: Layout) -> bytes | None:
    """Return the comment box's picture if anything is written in it."""
    written_mm2 = elsewhere.comment_ink_mm2(upright, layout, PX_PER_MM)
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
        _scanned_px_per_mm(page, found),
        found.px_per_mm / of_file if of_file == page.px_per_mm else None,
        condition.skew_deg(found.to_page, layout),
        condition.lay_flat(found.to_page, layout),
        condition.print_darkness(upright, layout, PX_PER_MM),
        max(face.fill for face in measured.faces),
        max(face.faint for face in measured.faces),
        found.session_index is None,
    )


def _scanned_px_per_mm(page: PageImage, found: registration.Registration) -> float:
    """Return the true resolution of the scan itself."""
    return found.px_per_mm * 2 if page.halved else found.px_per_mm


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
    found = {place: page.slips[place].picture for place in doubtful}
    wanting = [place for place, picture in found.items() if picture is None]
    if wanting and page.page is not None:
        found |= zip(wanting, slip_pictures(kinds, page.source, page.page, wanting), strict=True)
    return tuple(
        replace(row, picture=found.get(place)) if row.status is Status.REVIEW else row
        for place, rows in enumerate(slips)
        for row in rows
    )
