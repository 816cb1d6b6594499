"""Owns the awkward stack: a few ordinary slips, and what else comes out of an evaluation box."""

from collections.abc import Iterator
from dataclasses import replace

from scanpipe.form import Form
from scanpipe.marks import Corner
from scanpipe.simulation.hands import FAINT_PENCIL, PENS
from scanpipe.simulation.paper import back_of, empty_paper, foreign_page
from scanpipe.simulation.pens import Pen
from scanpipe.simulation.scanner import Scanner
from scanpipe.simulation.strokes import Generator, Kind
from scanpipe.simulation.subjects import (
    Page,
    Subject,
    TruthRow,
    answered,
    corrected,
    faintly_marked,
    fed_page,
    filled_in,
    glass_page,
    marked_twice,
    other_page,
    unmarked,
)
from scanpipe.simulation.wear import Wear
from scanpipe.vocabulary import Reason, Status

AWKWARD_PAGES = 24

BLANK_BACK = TruthRow(kind="blank_back", note="the back of the slip before")
EMPTY_PAGE = TruthRow(kind="blank_back", note="an empty page")
FOREIGN = TruthRow(
    kind="foreign", expected=Status.REJECTED, reasons=(Reason.NO_SLIP,), note="a page of minutes"
)

_LOOSE_DEG = (12.0, -31.0, 98.0, 171.0, -74.0, 214.0)

_TEARS = (
    (Corner.BOTTOM_LEFT,),
    (Corner.TOP_RIGHT,),
    (Corner.TOP_LEFT, Corner.TOP_RIGHT),
    (Corner.TOP_LEFT, Corner.BOTTOM_RIGHT),
)


def awkward_pages(
    form: Form,
    scanner: Scanner,
    rng: Generator,
    paper_dpi: float,
    slots: tuple[int, ...] | None = None,
) -> Iterator[Page]:
    """Yield the AWKWARD_PAGES pages of the stack; on the last lie six loose slips.

    `slots`: the numbers of the kinds of slips in their marks, by default those of a first printing.
    """
    paper_mm = form.slip.extent_mm
    upright = replace(scanner, turns=(0,))
    fed = [
        *((subject, 0) for subject in _ordinary(form, rng)),
        *((_clear(form, rng, "upside down"), 180) for _ in range(3)),
        (_clear(form, rng, "sideways"), 90),
        (_clear(form, rng, "sideways"), 270),
        *((subject, 0) for subject in _doubtful(form, rng)),
        *((_torn(form, rng, corners), 0) for corners in _TEARS),
    ]
    for subject, turn in fed:
        numbered = replace(subject, slots=slots)
        yield fed_page(numbered, form, replace(scanner, turns=(turn,)), rng, paper_dpi)
    front = replace(_clear(form, rng, "scanned on both sides"), slots=slots)
    yield fed_page(front, form, upright, rng, paper_dpi)
    back = back_of(front.paper(form, rng, paper_dpi))
    yield other_page(back, BLANK_BACK, upright, rng)
    yield other_page(empty_paper(paper_mm, paper_dpi), EMPTY_PAGE, upright, rng)
    yield other_page(foreign_page(paper_mm, paper_dpi), FOREIGN, upright, rng)
    loose = [replace(_clear(form, rng, "loose on the glass"), slots=slots) for _ in _LOOSE_DEG]
    yield glass_page(loose, _LOOSE_DEG, form, upright, rng, paper_dpi)


def _ordinary(form: Form, rng: Generator) -> Iterator[Subject]:
    """Yield a slip for each of some kinds of mark, ratings and sessions in turn."""
    kinds = (Kind.CROSS, Kind.CIRCLE, Kind.TICK, Kind.FILL, Kind.VEE)
    for index, kind in enumerate(kinds):
        rating = index % form.ratings + 1
        subject = answered(form, index % len(form.sessions), rating, rng, kind=kind)
        yield filled_in(subject, form, rng)


def _doubtful(form: Form, rng: Generator) -> Iterator[Subject]:
    """Yield slips that hold no mark, too many, a changed one, or a weak one."""
    for subject in _each_doubtful(form, rng):
        yield filled_in(subject, form, rng)


def _each_doubtful(form: Form, rng: Generator) -> Iterator[Subject]:
    yield unmarked(_any_session(form, rng))
    yield marked_twice(_any_session(form, rng), form, rng)
    yield corrected(_any_session(form, rng), form, rng)
    pencil = _any_answer(form, rng, Kind.CROSS, PENS["pencil"])
    yield replace(pencil, session_index=_any_session(form, rng), note="pencil")
    faint = _any_answer(form, rng, Kind.TICK, FAINT_PENCIL)
    yield faintly_marked(replace(faint, session_index=_any_session(form, rng)))


def _torn(form: Form, rng: Generator, corners: tuple[Corner, ...]) -> Subject:
    missing = "one corner torn off" if len(corners) == 1 else "two corners torn off"
    return _clear(form, rng, missing, Wear(torn=corners, crooked_mm=1.0))


def _clear(form: Form, rng: Generator, note: str, wear: Wear | None = None) -> Subject:
    answer = _any_answer(form, rng)
    subject = replace(
        answer,
        session_index=_any_session(form, rng),
        note=note,
        wear=wear or Wear(crooked_mm=0.6),
    )
    return filled_in(subject, form, rng)


def _any_session(form: Form, rng: Generator) -> int:
    return int(rng.integers(len(form.sessions)))


def _any_answer(
    form: Form, rng: Generator, kind: Kind | None = None, pen: Pen | None = None
) -> Subject:
    """Return a slip of the first session with any answer."""
    return answered(form, 0, int(rng.integers(1, form.ratings + 1)), rng, kind=kind, pen=pen)
