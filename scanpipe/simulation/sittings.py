"""Owns making a scenario's pages: a sitting is the least that is put on a scanner at once.

A sitting is a slip, or several on a glass, or a slip and the page that follows it; each can be
made anew, alone and anywhere, from the seed, the scenario's name and its number.
"""

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from scanpipe.form import Form
from scanpipe.simulation.awkward import BLANK_BACK, EMPTY_PAGE, FOREIGN
from scanpipe.simulation.files import PackedPage, pdf_page, picture_page
from scanpipe.simulation.paper import (
    WORK_DPI,
    Paper,
    back_of,
    empty_paper,
    foreign_page,
    uncut_arrangement,
    uncut_sheet,
)
from scanpipe.simulation.scanner import Placed, Scanner, feed, scan_glass
from scanpipe.simulation.scenarios import Content, Lie, Scenario
from scanpipe.simulation.strokes import Generator, Kind
from scanpipe.simulation.subjects import (
    Page,
    Subject,
    TruthRow,
    answered,
    changed,
    fed_page,
    filled_in,
    glass_page,
    marked_twice,
    other_page,
    unmarked,
)
from scanpipe.vocabulary import Reason, Status

PILE = 12
"""So many sittings share a scanner and its settings."""

LOOSE = 4
"""Loose slips on a glass."""

SHEET_MARGIN_MM = 1.5

_MIXTURE = {
    Content.MARK: 0.91,
    Content.BLANK: 0.04,
    Content.TWO_MARKS: 0.03,
    Content.CORRECTION: 0.02,
}


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """A page of a sitting: its file, and what is on it. `second` time through the scanner?"""

    packed: PackedPage
    rows: tuple[TruthRow, ...]
    second: bool = False


def slips_a_sitting(scenario: Scenario, form: Form) -> int:
    """Return how many slips, or other pages to read, a sitting of the scenario holds."""
    if scenario.lie is Lie.UNCUT:
        return uncut_arrangement(form).per_sheet
    return {Lie.GLASS: LOOSE, Lie.BETWEEN: 2, Lie.ALIKE: 2}.get(scenario.lie, 1)


def sittings_for(scenario: Scenario, form: Form, slips: float) -> int:
    """Return how many sittings hold about `slips` times the scenario's share, at least one."""
    return math.ceil(slips * scenario.share / slips_a_sitting(scenario, form))


def sitting(scenario: Scenario, form: Form, seed: int, number: int) -> list[ScannedPage]:
    """Return the pages of sitting `number` (from 0); the same arguments give the same bytes."""
    name = zlib.crc32(scenario.name.encode())
    scanner = scenario.scanner(np.random.default_rng([seed, name, 1, number // PILE]))
    rng = np.random.default_rng([seed, name, 0, number])
    quality = scanner.jpeg_quality
    pages = _pages(scenario, form, replace(scanner, jpeg_quality=None), rng, number)
    return [
        ScannedPage(_packed(page, scenario, quality, rng), page.rows, second)
        for page, second in pages
    ]


def _pages(
    scenario: Scenario, form: Form, scanner: Scanner, rng: Generator, number: int
) -> Iterator[tuple[Page, bool]]:
    """Yield the pages, and whether each is another scan of paper that was there before."""
    dpi = max(WORK_DPI, scanner.dpi)
    if scenario.lie is Lie.GLASS:
        subjects = [_subject(scenario, form, rng) for _ in range(LOOSE)]
        angles_deg = rng.uniform(0, 360, LOOSE).tolist()
        yield glass_page(subjects, angles_deg, form, scanner, rng, dpi), False
    elif scenario.lie is Lie.UNCUT:
        yield _uncut_page(scenario, form, scanner, rng, dpi), False
    elif scenario.lie is Lie.BETWEEN:
        yield from _with_another(scenario, form, scanner, rng, number)
    elif scenario.lie is Lie.AGAIN:
        yield from _perhaps_again(scenario, form, scanner, rng, number)
    elif scenario.lie is Lie.ALIKE:
        for subject in _alike(scenario, form, rng):
            yield fed_page(subject, form, scanner, rng, dpi), False
    elif scenario.lie is Lie.FOREIGN:
        yield _of_another_form(scenario, form, scanner, rng), False
    else:
        yield fed_page(_subject(scenario, form, rng), form, scanner, rng, dpi), False


def _subject(scenario: Scenario, form: Form, rng: Generator) -> Subject:
    content = scenario.content
    if content is Content.MIXTURE:
        drawn = rng.choice(len(_MIXTURE), p=list(_MIXTURE.values()))
        content = list(_MIXTURE)[int(drawn)]
    session = int(rng.integers(len(form.sessions)))
    if content is Content.BLANK:
        subject = unmarked(session)
    elif content is Content.TWO_MARKS:
        subject = marked_twice(session, form, rng, scenario.crowd)
    elif content is Content.CORRECTION:
        subject = changed(session, form, rng, scenario.crowd)
    else:
        rating = int(rng.integers(1, form.ratings + 1))
        subject = answered(form, session, rating, rng, scenario.crowd)
    return filled_in(replace(subject, wear=scenario.wear(rng)), form, rng, scenario.crowd)


def _uncut_page(
    scenario: Scenario, form: Form, scanner: Scanner, rng: Generator, dpi: float
) -> Page:
    """Return a sheet that nobody cut, scanned whole; each of its slips has its place in mm."""
    places = uncut_arrangement(form).places
    drawn = [_subject(scenario, form, rng) for _ in places]
    session = drawn[0].session_index
    subjects = [replace(subject, session_index=session, written=None) for subject in drawn]
    kind = session if len(form.kinds) > 1 else 0
    paper = uncut_sheet(form, kind, [subject.all_marks(form) for subject in subjects], rng, dpi)
    angle_deg = float(rng.choice(scanner.turns)) + rng.normal(0, scanner.skew_deg)
    page_mm = tuple(side + 2 * SHEET_MARGIN_MM for side in paper.lying_mm(angle_deg))
    middle = np.array(page_mm) / 2
    lying = Placed(paper, float(middle[0]), float(middle[1]), angle_deg)
    seen = scan_glass([lying], (page_mm[0], page_mm[1]), scanner, rng)
    cos, sin = np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))
    turn = np.array([[cos, -sin], [sin, cos]])
    rows: list[TruthRow] = []
    for subject, place in zip(subjects, places, strict=True):
        from_middle = (
            np.array([place.centre.x_mm, place.centre.y_mm]) - np.array(paper.extent_mm) / 2
        )
        x_mm, y_mm = (middle + turn @ from_middle).tolist()
        rows += subject.truth(form, (x_mm, y_mm))
    return Page(seen.image, scanner.dpi, tuple(rows))


def _with_another(
    scenario: Scenario, form: Form, scanner: Scanner, rng: Generator, number: int
) -> Iterator[tuple[Page, bool]]:
    """Yield a slip and what lay behind it: its own back, an empty page or a page of minutes."""
    subject, dpi = _subject(scenario, form, rng), max(WORK_DPI, scanner.dpi)
    front = subject.paper(form, rng, dpi)
    yield _page_of(front, subject, form, scanner, rng), False
    kind = number % 3
    if kind == 0:
        back = back_of(front, rng.uniform(0.03, 0.12))
        yield other_page(back, BLANK_BACK, scanner, rng), False
    elif kind == 1:
        yield other_page(empty_paper(form.slip.extent_mm, dpi), EMPTY_PAGE, scanner, rng), False
    else:
        yield other_page(foreign_page(form.slip.extent_mm, dpi), FOREIGN, scanner, rng), False


def _perhaps_again(
    scenario: Scenario, form: Form, scanner: Scanner, rng: Generator, number: int
) -> Iterator[tuple[Page, bool]]:
    """Yield a slip, and every other one a second time: the same paper, scanned anew.

    Asking about either copy is right, and counting both is wrong.
    """
    subject = _subject(scenario, form, rng)
    paper = subject.paper(form, rng, max(WORK_DPI, scanner.dpi))
    twice = number % 2 == 0
    reasons = (Reason.DUPLICATE,) if twice else ()
    yield _page_of(paper, subject.changed_in_all_rows(reasons=reasons), form, scanner, rng), False
    if twice:
        again = subject.changed_in_all_rows(
            expected=Status.REVIEW, reasons=reasons, note="fed again"
        )
        yield _page_of(paper, again, form, scanner, rng), True


def _page_of(paper: Paper, subject: Subject, form: Form, scanner: Scanner, rng: Generator) -> Page:
    seen = feed(paper, scanner, rng)
    return Page(seen.image, scanner.dpi, subject.truth(form, seen.centres_mm[0]))


def _alike(scenario: Scenario, form: Form, rng: Generator) -> Iterator[Subject]:
    """Yield two people's slips: same session, same rating, same kind of mark, same pen."""
    session = int(rng.integers(len(form.sessions)))
    rating = int(rng.integers(1, form.ratings + 1))
    first = answered(form, session, rating, rng, scenario.crowd)
    like = first.marks[0]
    second = answered(form, session, rating, rng, scenario.crowd, Kind(like.kind), like.pen)
    for subject in (first, second):
        worn = replace(subject, note="marked alike", wear=scenario.wear(rng))
        yield filled_in(worn, form, rng, scenario.crowd)


def _of_another_form(scenario: Scenario, form: Form, scanner: Scanner, rng: Generator) -> Page:
    """Return a slip of another event that had sessions of the same names."""
    other = form.model_copy(update={"id": f"{form.id[:30]}-before"})
    page = fed_page(_subject(scenario, other, rng), other, scanner, rng, max(WORK_DPI, scanner.dpi))
    row = TruthRow(
        kind="other_form",
        expected=Status.REVIEW,
        reasons=(Reason.WRONG_FORM,),
        centre_mm=page.rows[0].centre_mm,
        note="a slip of another form",
    )
    return replace(page, rows=(row,))


def _packed(page: Page, scenario: Scenario, jpeg_quality: int | None, rng: Generator) -> PackedPage:
    if scenario.pictures:
        return picture_page(page.image, jpeg_quality)
    dpi = float(rng.choice(scenario.file_dpi)) if scenario.file_dpi else page.dpi
    return pdf_page(page.image, dpi, jpeg_quality)
