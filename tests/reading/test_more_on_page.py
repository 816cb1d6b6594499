"""Slips laid on a glass beside others, one of which cannot be found, each from a PDF."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.reading import session
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.measures import FieldText
from scanpipe.reading.pipeline import open_stack, read_pages
from scanpipe.reading.record import PageReading
from scanpipe.simulation.hands import mark
from scanpipe.simulation.paper import Paper, back_of, empty_paper, make_slip
from scanpipe.simulation.scanner import SCANNERS, Placed, Scanner, scan_glass
from scanpipe.vocabulary import Reason, Status

DPI = 200
GLASS = replace(SCANNERS["glass"], dpi=DPI)
BLACK_LID = replace(GLASS, lid=8)
TABLE = replace(GLASS, lid=170, table=0.06)
GLASS_MM = (330, 290)
PLACES = [(85.0, 70.0, 4.0), (240.0, 75.0, 178.0), (88.0, 195.0, 95.0)]

Laid = Callable[..., PageReading]


@pytest.fixture
def laid(form: Form, packing, pdf_of, monkeypatch: pytest.MonkeyPatch) -> Laid:
    """Return what is read of a page on which papers lie."""
    monkeypatch.setattr(session, "recognise", lambda fields, _: [FieldText("", 0.0)] * len(fields))

    def read(papers: Sequence[Paper], scanner: Scanner = GLASS) -> PageReading:
        placed = [Placed(paper, *place) for paper, place in zip(papers, PLACES, strict=False)]
        page = scan_glass(placed, GLASS_MM, scanner, np.random.default_rng(4)).image
        size_pt = (page.shape[1] * 72 / DPI, page.shape[0] * 72 / DPI)
        path: Path = pdf_of([packing.jpeg(page)], size_pt=size_pt)
        (read,) = read_pages(kinds_of(form), open_stack([path]).files[0], [1])
        return read

    return read


@pytest.fixture
def slips(form: Form) -> list[Paper]:
    rng = np.random.default_rng(3)
    return [make_slip(form, number, [mark(number + 1, rng)], rng, dpi=DPI) for number in range(3)]


@pytest.fixture
def unmarked(slips: list[Paper], layout: Layout) -> Paper:
    """A slip cut so closely, or covered so, that none of its registration marks is left."""
    grey = slips[2].grey.copy()
    for _, box in layout.marks():
        x, y = (round((side - 1.5) * DPI / 25.4) for side in (box.x_mm, box.y_mm))
        grey[y : y + 90, x : x + 90] = 255
    return replace(slips[2], grey=grey)


def darkest(picture: np.ndarray, place: tuple[float, float, float]) -> int:
    """The darkest grey about the middle of the slip there, on a picture of the glass."""
    x, y = (round(side * picture.shape[1] / GLASS_MM[0]) for side in place[:2])
    return int(picture[y - 100 : y + 100, x - 100 : x + 100].min())


def statuses(page: PageReading) -> list[Status]:
    return [slip.status for slip in page.slips]


@pytest.mark.parametrize("scanner", [GLASS, BLACK_LID, TABLE], ids=["white", "black", "table"])
def test_a_slip_without_marks_beside_others_is_a_row_with_the_page_for_its_picture(
    laid: Laid, slips: list[Paper], unmarked: Paper, scanner: Scanner
) -> None:
    page = laid([*slips[:2], unmarked], scanner)

    *found, told = page.slips
    assert [slip.read_rating for slip in found] == [1, 2]
    assert (told.status, told.reasons) == (Status.REJECTED, (Reason.MORE_ON_PAGE,))
    assert told.picture is not None
    picture = cv2.imdecode(np.frombuffer(told.picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert min(picture.shape) > 900
    # Whoever enters the slip sees which of those on the page are read already.
    *read, unread = (darkest(picture, place) for place in PLACES)
    assert unread < 80 < 150 < min(read)


def test_also_beside_a_single_slip(laid: Laid, slips: list[Paper], unmarked: Paper) -> None:
    assert statuses(laid([slips[0], unmarked]))[1:] == [Status.REJECTED]


def test_a_slip_that_lies_face_down_among_others_is_told(laid: Laid, slips: list[Paper]) -> None:
    page = laid([*slips[:2], back_of(slips[2])])

    assert page.slips[-1].reasons == (Reason.MORE_ON_PAGE,)
    assert len(page.slips) == 3


@pytest.mark.parametrize("scanner", [GLASS, BLACK_LID, TABLE], ids=["white", "black", "table"])
def test_nothing_is_told_where_all_slips_are_found(
    laid: Laid, slips: list[Paper], scanner: Scanner
) -> None:
    assert Status.REJECTED not in statuses(laid(slips, scanner))
    assert Status.REJECTED not in statuses(laid(slips[:1], scanner))


def test_an_empty_sheet_beside_a_slip_is_nothing(laid: Laid, slips: list[Paper]) -> None:
    sheet = empty_paper((148.0, 105.0), DPI)

    assert Status.REJECTED not in statuses(laid([slips[0], sheet]))
