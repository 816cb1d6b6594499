"""Owns pages that are sound as files and hold no slip, half a slip, or slips laid carelessly."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import cv2
import numpy as np

from scanpipe.composing import layout_of
from scanpipe.form import Form
from scanpipe.layout import MARK_MM
from scanpipe.simulation.faults.fault import (
    BLANK_BACK,
    READ,
    REVIEW,
    SCANNER,
    Fault,
    GoodStack,
    Maker,
    one_file,
)
from scanpipe.simulation.faults.pdfs import PdfPage, jpeg, pdf_of
from scanpipe.simulation.hands import mark
from scanpipe.simulation.paper import Paper, back_of, foreign_page, make_slip
from scanpipe.simulation.pens import Image
from scanpipe.simulation.scanner import Placed, scan, scan_glass
from scanpipe.simulation.wear import punched, stapled
from scanpipe.vocabulary import Reason

NO_SLIP = Reason.NO_SLIP.value
A5_MM = (210.0, 148.0)


def page_faults() -> Iterator[Fault]:
    """Yield every kind of page that is no good."""
    yield from _without_slip()
    yield from _other_forms()
    yield from _half_slips()
    yield from _laid_carelessly()
    yield from _pinned_and_filed()


def _page_of(pixels: Callable[[GoodStack], Image]) -> Maker:
    return one_file("scan.pdf", lambda good: pdf_of(PdfPage([jpeg(pixels(good))])))


def _without_slip() -> Iterator[Fault]:
    for told, grey, end in (
        ("white", 255, BLANK_BACK),
        ("grey", 128, BLANK_BACK),
        ("black", 0, NO_SLIP),
    ):
        page = _page_of(partial(_flat, grey))
        yield Fault(f"a page that is all {told}", (end,), page)
    yield Fault("a photograph", (NO_SLIP,), _page_of(lambda _: _photograph()))
    yield Fault("a page of noise", (NO_SLIP,), _page_of(lambda _: _noise()))
    yield Fault("a page of text", (NO_SLIP,), _page_of(lambda _: _text()))


def _flat(grey: int, _: GoodStack) -> Image:
    return np.full((620, 874), grey, np.uint8)


def _photograph() -> Image:
    """Return hills under a sky, with a sun."""
    y, x = np.mgrid[0:620, 0:874]
    sky = 150 + 90 * y / 620 + 10 * np.sin(x / 50)
    hills = 320 + 60 * np.sin(x / 130) + 25 * np.sin(x / 41)
    picture = np.where(y > hills, 40 + (y - hills) / 4 + 12 * np.sin(x * y / 900), sky)
    picture[(x - 650) ** 2 + (y - 140) ** 2 < 60**2] = 252
    grain = np.random.default_rng(5).normal(0, 4, picture.shape)
    return np.asarray(np.clip(picture + grain, 0, 255), np.uint8)


def _noise() -> Image:
    return np.random.default_rng(6).integers(0, 256, (620, 874)).astype(np.uint8)


def _text() -> Image:
    return scan(foreign_page(A5_MM, 200), SCANNER, np.random.default_rng(7))


def _other_forms() -> Iterator[Fault]:
    def other(good: GoodStack) -> Image:
        return _slip_of(good.form.model_copy(update={"id": "another-event"}), 0)

    def older(good: GoodStack) -> Image:
        """Return the slip of a programme in which the sessions stood in another order."""
        sessions = good.form.sessions
        return _slip_of(good.form.model_copy(update={"sessions": sessions[1:] + sessions[:1]}), 0)

    yield Fault("a slip of another form", (REVIEW,), _page_of(other))
    yield Fault("a slip of an older version of the form", (REVIEW,), _page_of(older))


def _slip_of(form: Form, session: int) -> Image:
    rng = np.random.default_rng(8)
    return scan(make_slip(form, session, [mark(2, rng)], rng, dpi=200), SCANNER, rng)


def _half_slips() -> Iterator[Fault]:
    through = _page_of(lambda good: _scanned(_top(good, _faces_mm(good))))
    yield Fault("a slip cut through the faces", (f"{REVIEW}|{NO_SLIP}",), through)
    upper = _page_of(lambda good: _scanned(_top(good, _faces_mm(good) - 20)))
    yield Fault("the upper half of a slip, two marks left", (f"{REVIEW}|{NO_SLIP}",), upper)
    left = _page_of(lambda good: _scanned(_left(good, 0.5)))
    yield Fault("the left half of a slip, two marks left", (f"{REVIEW}|{NO_SLIP}",), left)
    corner = _page_of(lambda good: _scanned(_left(good, 0.2)))
    yield Fault("a strip of a slip", (f"{REVIEW}|{NO_SLIP}",), corner)


def _faces_mm(good: GoodStack) -> float:
    return layout_of(good.form).faces[0].centre.y_mm


def _top(good: GoodStack, height_mm: float) -> Paper:
    paper = good.papers[1]
    rows = round(height_mm * paper.dpi / 25.4)
    return replace(paper, grey=paper.grey[:rows], cover=paper.cover[:rows])


def _left(good: GoodStack, share: float) -> Paper:
    paper = good.papers[1]
    columns = round(paper.grey.shape[1] * share)
    return replace(paper, grey=paper.grey[:, :columns], cover=paper.cover[:, :columns])


def _scanned(paper: Paper) -> Image:
    return scan(paper, SCANNER, np.random.default_rng(9))


def _laid_carelessly() -> Iterator[Fault]:
    yield Fault("two slips apart", ("read+read",), _page_of(partial(_laid, 118, 0)))
    ends = f"{READ}|{READ}+{REVIEW}|{REVIEW}+{READ}|{REVIEW}|{REVIEW}+{REVIEW}|{READ}+{READ}"
    for told, down_mm, deg in (
        ("by a finger's breadth", 95, 0),
        ("by half", 55, 0),
        ("almost wholly", 8, 3),
        ("crosswise", 60, 90),
    ):
        page = _page_of(partial(_laid, down_mm, deg))
        yield Fault(f"two slips that overlap {told}", (ends,), page)
    more = f"{READ}+{READ}+{Reason.MORE_ON_PAGE}"
    for told, third in (("without its marks", _unmarked), ("face down", _face_down)):
        page = _page_of(partial(_with_a_third, third))
        yield Fault(f"two slips and one {told}", (more,), page)
    copied = _page_of(_photocopied)
    yield Fault("a photocopied slip, smaller on its page", (f"{READ}|{REVIEW}",), copied)
    within = _page_of(_within)
    yield Fault("a small copy of a slip lying on a slip", (ends,), within)


def _laid(down_mm: float, turn_deg: float, good: GoodStack) -> Image:
    """Return the first slip with the second `down_mm` below it, on top of it."""
    width, height = good.papers[0].extent_mm
    placed = [
        Placed(good.papers[0], 20 + width / 2, 20 + height / 2, 0),
        Placed(good.papers[1], 20 + width / 2, 20 + height / 2 + down_mm, turn_deg),
    ]
    rng = np.random.default_rng(10)
    return scan_glass(placed, (width + 40, 2 * height + 60), SCANNER, rng).image


def _with_a_third(third: Callable[[GoodStack], Paper], good: GoodStack) -> Image:
    """Return a glass with the first two slips, and another below them."""
    width, height = good.papers[0].extent_mm
    papers = (*good.papers[:2], third(good))
    placed = [
        Placed(paper, 20 + width / 2, 20 + height / 2 + place * (height + 15), 2 * place)
        for place, paper in enumerate(papers)
    ]
    rng = np.random.default_rng(11)
    return scan_glass(placed, (width + 40, 3 * height + 70), SCANNER, rng).image


def _unmarked(good: GoodStack) -> Paper:
    """Return the third slip with its registration marks covered."""
    grey = good.papers[2].grey.copy()
    px_per_mm = good.papers[2].dpi / 25.4
    for _, box in layout_of(good.form).marks():
        x, y, side = (round(mm * px_per_mm) for mm in (box.x_mm, box.y_mm, MARK_MM))
        grey[y - 4 : y + side + 4, x - 4 : x + side + 4] = 255
    return replace(good.papers[2], grey=grey)


def _face_down(good: GoodStack) -> Paper:
    return back_of(good.papers[2])


def _photocopied(good: GoodStack) -> Image:
    """Return a page on which a slip stands at 60 % of its size, among white."""
    small = _smaller(good.pages[1], 0.6)
    page = np.full((len(good.pages[1]) + 200, good.pages[1].shape[1] + 200), 247, np.uint8)
    page[150 : 150 + len(small), 180 : 180 + small.shape[1]] = small
    return page


def _within(good: GoodStack) -> Image:
    small = _smaller(good.pages[2], 0.45)
    page = good.pages[0].copy()
    page[180 : 180 + len(small), 240 : 240 + small.shape[1]] = small
    return page


def _smaller(pixels: Image, share: float) -> Image:
    small = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def _pinned_and_filed() -> Iterator[Fault]:
    over = _page_of(lambda good: _scanned(_bare(good, stapled_over=True)))
    yield Fault("a staple over a face of a slip without a mark", (REVIEW,), over)
    through = _page_of(lambda good: _scanned(_bare(good, stapled_over=False)))
    yield Fault("a hole through a face of a slip without a mark", (REVIEW,), through)
    aside = _page_of(lambda good: _scanned(_pinned_aside(good)))
    yield Fault("a marked slip, stapled and punched beside the faces", (READ,), aside)


def _bare(good: GoodStack, *, stapled_over: bool) -> Paper:
    """Return a slip without a mark, one face of which a staple or a hole hides in part."""
    paper = make_slip(good.form, 0, [], np.random.default_rng(12), dpi=200)
    face = layout_of(good.form).faces[1]
    at_mm = (face.centre.x_mm + 1.0, face.centre.y_mm - face.radius_mm / 2)
    if stapled_over:
        return replace(paper, grey=stapled(paper.grey, at_mm, 20, paper.dpi))
    return replace(paper, grey=punched(paper.grey, at_mm, paper.dpi))


def _pinned_aside(good: GoodStack) -> Paper:
    """Return the first slip with a staple above its name, and two holes below its faces."""
    paper = good.papers[0]
    width_mm, height_mm = paper.extent_mm
    grey = stapled(paper.grey, (width_mm / 2, 4.5 + MARK_MM / 2), 4, paper.dpi)
    for x_mm in (width_mm / 2 - 40, width_mm / 2 + 40):
        grey = punched(grey, (x_mm, height_mm - 17), paper.dpi)
    return replace(paper, grey=grey)
