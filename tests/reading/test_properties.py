"""What holds for every slip: places go to the page and back, ratings to paper and back, and more
ink never makes a mark less."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.marks import MarkCode
from scanpipe.reading.decision import judge, only_session, printed_session
from scanpipe.reading.measures import FaceInk, FieldText, Placement, SessionMatch, SlipInk
from scanpipe.reading.registration import find_slips
from scanpipe.simulation.hands import mark
from scanpipe.simulation.paper import blank_slip
from scanpipe.simulation.scanner import SCANNERS
from scanpipe.simulation.strokes import Kind
from scanpipe.vocabulary import Reason, Status

seen = settings(
    derandomize=True,
    deadline=None,
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
judged = settings(derandomize=True, deadline=None, max_examples=60)

CLEAN = FaceInk(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0)
PLAIN_MARK = 0.05
"""Fill ratio of a small cross."""


# --- places ---


@seen
@given(
    st.floats(84, 106),
    st.floats(84, 106),
    st.floats(0, 360, exclude_max=True),
    st.sampled_from([100, 150, 200]),
)
def test_every_place_on_a_slip_goes_to_the_page_and_back(
    form: Form,
    layout: Layout,
    code: MarkCode,
    lay: Callable,
    x_mm: float,
    y_mm: float,
    turn: float,
    dpi: int,
) -> None:
    page = lay([blank_slip(form, 1, dpi)], [(x_mm, y_mm, turn)], dpi)
    (slip,) = find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code)
    corners = [(0, 0), (layout.width_mm, 0), (layout.width_mm, layout.height_mm)]
    faces = [(face.centre.x_mm, face.centre.y_mm) for face in layout.faces]
    places = np.array([[*corners, *faces]], np.float64)
    on_page = cv2.perspectiveTransform(places, slip.to_page)
    truth = cv2.perspectiveTransform(places, page.to_page[0])
    back = cv2.perspectiveTransform(on_page, np.linalg.inv(slip.to_page))
    assert np.abs(on_page - truth).max() / page.px_per_mm < 0.25
    assert np.abs(back - places).max() < 1e-6


# --- ratings ---


@seen
@given(
    st.integers(1, 5),
    st.integers(0, 4),
    st.sampled_from([Kind.CROSS, Kind.TICK, Kind.CIRCLE, Kind.FILL]),
    st.sampled_from([0, 90, 180, 270]),
    st.sampled_from([150, 200, 300]),
    st.integers(0, 1000),
)
def test_a_rating_goes_to_paper_and_back(
    reader: Any, rating: int, session: int, kind: Kind, turn: int, dpi: int, seed: int
) -> None:
    scanner = replace(SCANNERS["office_grey"], dpi=dpi, turns=(turn,))
    marks = [mark(rating, np.random.default_rng(seed), kind=kind)]
    verdict = reader.verdict(reader.ink(marks, scanner, seed=5 * seed + session))
    assert (verdict.status, verdict.rating) == (Status.READ, rating)


# --- decisions ---


def some_faces(count: int) -> st.SearchStrategy[tuple[FaceInk, ...]]:
    share = st.just(0.0) | st.floats(0, 1)
    ink = st.just(0.0) | st.floats(0, 0.01) | st.floats(0, 1)
    face = st.builds(
        lambda whole, dab, hair, aside, *other: FaceInk(
            whole + dab + hair + aside, dab, hair, aside, *other
        ),
        *(ink, ink, ink, ink, ink, ink, share, st.floats(0, 5), st.integers(0, 9)),
        *(st.just(1.0) | st.floats(0, 1), share),
    )
    return st.tuples(*[st.just(CLEAN) | face] * count)


SLIPS = st.integers(2, 7).flatmap(
    lambda count: st.builds(
        SlipInk, some_faces(count), st.just(0.0) | st.floats(0, 50), st.booleans()
    )
)
PLACEMENTS = st.builds(Placement, st.integers(0, 4), st.floats(0, 2), st.floats(1, 30))
FIELDS = st.builds(FieldText, st.text(max_size=9), st.floats(0, 1))
MATCHES = st.tuples(st.integers(0, 4), st.floats(0, 1), st.floats(0, 1)).map(
    lambda drawn: SessionMatch(drawn[0], max(drawn[1:]), min(drawn[1:]))
)
MARKED = st.none() | st.integers(0, 4)


@judged
@given(SLIPS, PLACEMENTS, FIELDS, MATCHES, MARKED)
def test_every_slip_gets_a_verdict_that_makes_sense(
    ink: SlipInk, placement: Placement, field: FieldText, match: SessionMatch, marked: int | None
) -> None:
    verdict = judge(ink, placement, printed_session(field, match, marked, placement.marks))
    certain = verdict.status is not Status.REVIEW
    assert verdict.status in (Status.READ, Status.BLANK, Status.REVIEW)
    assert (verdict.rating is not None) == (verdict.status is Status.READ)
    assert verdict.rating is None or 1 <= verdict.rating <= len(ink.faces)
    assert not certain or verdict.session is not None
    assert not certain or set(verdict.reasons) <= {Reason.SESSION_UNREAD}
    assert certain or verdict.reasons
    assert 0 <= verdict.session_confidence <= 1
    assert 0 <= verdict.rating_confidence <= 1
    assert not certain or marked in (None, verdict.session)
    assert len(set(verdict.reasons)) == len(verdict.reasons)


def with_ink(ink: SlipInk, place: int, fill: float) -> SlipInk:
    """Return the slip with whole strokes added at a face, and nothing else changed."""
    face = ink.faces[place]
    faces = list(ink.faces)
    faces[place] = replace(face, fill=face.fill + fill)
    return replace(ink, faces=tuple(faces))


def rated(ink: SlipInk) -> tuple[Status, int | None]:
    verdict = judge(ink, Placement(4, 0.05, 8.0), only_session(0, 4))
    return verdict.status, verdict.rating


@judged
@given(SLIPS, st.data())
def test_more_ink_never_makes_a_slip_blank(ink: SlipInk, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(ink.faces) - 1))
    before = rated(ink)
    after = rated(with_ink(ink, place, data.draw(st.floats(0, 0.5))))
    assert before[0] is Status.BLANK or after[0] is not Status.BLANK


@judged
@given(st.integers(2, 7), st.data())
def test_a_mark_grows_from_none_through_doubt_to_sure_and_never_back(
    count: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, count - 1))
    slip = SlipInk((CLEAN,) * count, 0.0, through=False, dust=0)
    fills = sorted(data.draw(st.lists(st.floats(0, 0.01), min_size=5, max_size=12)))
    order = {Status.BLANK: 0, Status.REVIEW: 1, Status.READ: 2}
    steps = [rated(with_ink(slip, place, fill)) for fill in fills]
    assert [order[status] for status, _ in steps] == sorted(order[status] for status, _ in steps)
    assert {rating for _, rating in steps} <= {None, place + 1}


@judged
@given(SLIPS, st.data())
def test_a_second_mark_never_makes_another_rating_certain(
    ink: SlipInk, data: st.DataObject
) -> None:
    status, rating = rated(ink)
    place = data.draw(st.integers(0, len(ink.faces) - 1))
    after, changed = rated(with_ink(ink, place, data.draw(st.floats(0, 0.5))))
    if status is Status.READ:
        assert after in (Status.READ, Status.REVIEW)
        assert changed in (None, rating)


@judged
@given(st.integers(2, 7), st.data())
def test_two_plain_marks_are_never_certain(count: int, data: st.DataObject) -> None:
    places = data.draw(st.permutations(range(count)))[:2]
    slip = SlipInk((CLEAN,) * count, 0.0, through=False, dust=0)
    for place in places:
        slip = with_ink(slip, place, data.draw(st.floats(PLAIN_MARK, 0.9)))
    assert rated(slip)[0] is Status.REVIEW
