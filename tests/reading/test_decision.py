import ast
import inspect
from dataclasses import fields, replace
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanpipe.reading import (
    apart,
    attribution,
    beside,
    decision,
    faces,
    smudges,
    strikes,
    strokes,
)
from scanpipe.reading.decision import (
    MARKED_FILL,
    RESIDUAL_MM,
    SEEN_SHARE,
    Verdict,
    judge,
    only_session,
    printed_session,
)
from scanpipe.reading.measures import (
    FaceInk,
    FieldText,
    NameInk,
    Placement,
    PrintedName,
    SessionMatch,
    SlipInk,
)
from scanpipe.vocabulary import Reason, Status

SOUND = Placement(4, 0.05, 8.0)
FIELD = FieldText("Fellessesjon: Innovasjon", 0.9)
MATCH = SessionMatch(0, 1.0, 0.4)
CLEAR = 10 * MARKED_FILL
unhurried = settings(deadline=None, max_examples=50)
SLIGHT = ("dab", "hair", "aside")
"""Kinds of ink that are part of the fill and too small to be sure of."""


def face(sure: float = 0.0, **other: float) -> FaceInk:
    """A face with so much sure ink; everything else is 0, and all its print was seen."""
    values = dict.fromkeys((each.name for each in fields(FaceInk)), 0.0) | {"seen": 1.0} | other
    slight = sum(values[name] for name in SLIGHT)
    return FaceInk(**(values | {"fill": sure + slight}))


def slip(*sure: float, stray_mm2: float = 0.0) -> SlipInk:
    told = tuple(face(each) for each in sure)
    return SlipInk(told, stray_mm2, through=False, dust=0, drawn_stray_mm2=stray_mm2)


def judged_slip(
    ink: SlipInk, placement: Placement, field: FieldText, match: SessionMatch, marked: int | None
) -> Verdict:
    """What is decided on a slip with its session's name on it."""
    return judge(ink, placement, printed_session(field, match, marked, placement.marks))


def judged(ink: SlipInk, placement: Placement = SOUND) -> Verdict:
    return judged_slip(ink, placement, FIELD, MATCH, 0)


shares = st.one_of(st.just(0.0), st.floats(0, 0.01), st.floats(0, 0.2))
inked_faces = st.builds(
    face,
    sure=shares,
    faint=shares,
    drawn=shares,
    solid=st.floats(0, 1),
    seen=st.one_of(st.just(1.0), st.floats(0, 1)),
    line=st.floats(0, 8),
    crumbs=st.integers(0, 9),
    lost=shares,
    **dict.fromkeys(SLIGHT, shares),
)
slips = st.builds(
    SlipInk,
    st.lists(inked_faces, min_size=2, max_size=10).map(tuple),
    st.floats(0, 50),
    st.booleans(),
    st.integers(0, 9),
)
placements = st.builds(Placement, st.integers(1, 4), st.floats(0, 1), st.floats(1, 24))
field_texts = st.builds(FieldText, st.text(max_size=5), st.floats(0, 1))
matches = st.tuples(st.integers(0, 4), st.floats(0, 1), st.floats(0, 1)).map(
    lambda each: SessionMatch(each[0], max(each[1:]), min(each[1:]))
)
sessions = st.one_of(st.none(), st.integers(0, 4))


def is_sound(ink: SlipInk, placement: Placement) -> bool:
    seen = min(each.seen for each in ink.faces)
    return placement.marks >= 2 and placement.residual_mm <= RESIDUAL_MM and seen >= SEEN_SHARE


# --- whatever is measured ---


@unhurried
@given(slips, placements, field_texts, matches, sessions)
def test_every_slip_gets_one_verdict_that_makes_sense(
    ink: SlipInk,
    placement: Placement,
    field: FieldText,
    match: SessionMatch,
    marked: int | None,
) -> None:
    verdict = judged_slip(ink, placement, field, match, marked)

    assert verdict.status in (Status.READ, Status.BLANK, Status.REVIEW)
    assert (verdict.rating is not None) == (verdict.status is Status.READ)
    assert bool(verdict.reasons) or verdict.status is not Status.REVIEW
    assert len(set(verdict.reasons)) == len(verdict.reasons)
    for rating in (verdict.rating, verdict.read_rating):
        assert rating is None or 1 <= rating <= len(ink.faces)
    if verdict.status is Status.READ:
        assert verdict.rating == verdict.read_rating
        assert verdict.session is not None
    if verdict.session is not None:
        assert verdict.session == verdict.read_session == marked
    assert 0 <= verdict.session_confidence <= 1
    assert 0 <= verdict.rating_confidence <= 1


@unhurried
@given(slips, placements, field_texts, matches, sessions)
def test_failed_registration_never_gives_an_answer(
    ink: SlipInk,
    placement: Placement,
    field: FieldText,
    match: SessionMatch,
    marked: int | None,
) -> None:
    if is_sound(ink, placement):
        return
    verdict = judged_slip(ink, placement, field, match, marked)

    assert verdict.status is Status.REVIEW
    assert Reason.REGISTRATION_POOR in verdict.reasons


@unhurried
@given(slips, placements, field_texts, matches)
def test_marks_of_another_form_never_give_an_answer(
    ink: SlipInk, placement: Placement, field: FieldText, match: SessionMatch
) -> None:
    verdict = judged_slip(ink, placement, field, match, None)

    assert verdict.status is Status.REVIEW
    assert Reason.WRONG_FORM in verdict.reasons
    assert verdict.session is None


@unhurried
@given(slips, st.lists(st.integers(0, 9), min_size=2, max_size=4, unique=True))
def test_two_sure_marks_are_never_read(ink: SlipInk, which: list[int]) -> None:
    many = {each % len(ink.faces) for each in which}
    inked = tuple(
        replace(each, fill=each.fill + CLEAR) if i in many else each
        for i, each in enumerate(ink.faces)
    )
    if len(many) >= 2:
        assert judged(replace(ink, faces=inked)).status is Status.REVIEW


@unhurried
@given(slips, st.floats(0, 0.5))
def test_more_ink_in_the_marked_face_never_makes_the_slip_blank(ink: SlipInk, more: float) -> None:
    before = judged(ink)
    if before.status is not Status.READ:
        return
    at = before.rating - 1
    top = ink.faces[at]
    inked = (*ink.faces[:at], replace(top, fill=top.fill + more), *ink.faces[at + 1 :])

    after = judged(replace(ink, faces=inked))

    assert (after.status, after.rating) == (Status.READ, before.rating)
    assert after.rating_confidence >= before.rating_confidence - 1e-9


@unhurried
@given(slips)
def test_what_is_read_is_the_face_with_the_most_sure_ink(ink: SlipInk) -> None:
    verdict = judged(ink)

    if verdict.status is Status.READ:
        sure = [each.sure for each in ink.faces]
        assert sure[verdict.rating - 1] == max(sure) >= MARKED_FILL


@unhurried
@given(slips)
def test_a_blank_slip_has_no_sure_ink_anywhere(ink: SlipInk) -> None:
    if judged(ink).status is Status.BLANK:
        assert max(each.sure for each in ink.faces) < MARKED_FILL


@unhurried
@given(slips)
def test_the_order_of_the_faces_makes_no_difference(ink: SlipInk) -> None:
    count = len(ink.faces)
    there = judged(ink)
    back = judged(replace(ink, faces=ink.faces[::-1]))

    assert back.status == there.status
    if there.rating is not None:
        assert back.rating == count + 1 - there.rating


# --- the traps ---


def test_a_blank_slip_is_blank_and_not_all_five() -> None:
    verdict = judged(slip(0, 0, 0, 0, 0))

    assert (verdict.status, verdict.rating, verdict.reasons) == (Status.BLANK, None, ())


@pytest.mark.parametrize("fill", [CLEAR, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("at", range(5))
def test_a_single_mark_is_read_however_dark_it_is(at: int, fill: float) -> None:
    ink = slip(*(fill if i == at else 0 for i in range(5)))

    verdict = judged(ink)

    assert (verdict.status, verdict.rating) == (Status.READ, at + 1)
    assert verdict.rating_confidence > 0.9


@pytest.mark.parametrize("weaker", [1.0, 0.5, 0.2, 0.1])
def test_a_second_mark_is_not_hidden_by_a_stronger_one(weaker: float) -> None:
    verdict = judged(slip(0, 0.2, 0, 0.2 * weaker, 0))

    assert verdict.status is Status.REVIEW
    assert verdict.rating is None


def test_all_faces_marked_is_an_overvote() -> None:
    verdict = judged(slip(*[CLEAR] * 5))

    assert verdict.reasons == (Reason.OVERVOTE,)


def test_two_equal_marks_are_an_overvote_without_a_proposal() -> None:
    verdict = judged(slip(0, CLEAR, CLEAR, 0, 0))

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.OVERVOTE,))
    assert verdict.read_rating is None


def test_a_face_inked_over_beside_a_cross_is_a_correction_with_the_cross_proposed() -> None:
    struck, crossed, empty = face(0.4, solid=0.9), face(0.05, solid=0.1), face()

    verdict = judged(SlipInk((empty, struck, empty, crossed, empty), 0.0, through=False, dust=0))

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.CORRECTION,))
    assert (verdict.rating, verdict.read_rating) == (None, 4)


@pytest.mark.parametrize("struck", [face(0.4, solid=0.9, line=1.2), face(0.2, line=2.4)])
def test_a_face_scribbled_over_beside_a_pale_mark_is_a_correction_with_the_pale_one_proposed(
    struck: FaceInk,
) -> None:
    pale = face(faint=0.03, drawn=0.03)

    verdict = judged(SlipInk((face(), struck, face(), pale, face()), 0.0, through=False, dust=0))

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.CORRECTION,))
    assert (verdict.rating, verdict.read_rating) == (None, 4)


@pytest.mark.parametrize("drawn", [0.011, 0.05, 0.3])
def test_a_pale_mark_beside_a_plain_cross_asks(drawn: float) -> None:
    """The cross may be a line through a circle, and the pencil what was meant."""
    cross, pale = face(0.05, solid=0.1, line=1.5), face(faint=drawn, drawn=drawn)

    verdict = judged(SlipInk((face(), cross, face(), pale, face()), 0.0, through=False, dust=0))

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.MARGINAL,))
    assert (verdict.rating, verdict.read_rating) == (None, 2)


@pytest.mark.parametrize("drawn", [[0.009], [0.2, 0.2], [0.2, 0.3, 0.1, 0.2]])
def test_a_trace_of_pale_lines_or_lines_at_several_faces_change_nothing(
    drawn: list[float],
) -> None:
    cross = face(0.05, solid=0.1, line=1.5)
    others = [*(face(faint=each, drawn=each) for each in drawn), *[face()] * (4 - len(drawn))]

    verdict = judged(SlipInk((cross, *others), 0.0, through=False, dust=0))

    assert (verdict.status, verdict.rating) == (Status.READ, 1)


def test_stains_beside_a_cross_however_large_change_nothing() -> None:
    cross, stain = face(0.05, solid=0.1, line=1.5), face(faint=0.3, drawn=0.005)

    verdict = judged(SlipInk((cross, stain, *[face()] * 3), 20.0, through=False, dust=0))

    assert (verdict.status, verdict.rating) == (Status.READ, 1)


@pytest.mark.parametrize("line", [0.0, 0.1, 0.83])
def test_the_loose_end_of_a_circle_is_part_of_it(line: float) -> None:
    circle = face(0.03, aside=0.05, line=line)

    verdict = judged(SlipInk((face(), circle, *[face()] * 3), 0.0, through=False, dust=0))

    assert (verdict.status, verdict.rating) == (Status.READ, 2)


def test_a_smudge_beside_a_circle_changes_nothing() -> None:
    circle, smudge = face(0.03, line=0.3), face(faint=0.05, drawn=0.05)

    verdict = judged(SlipInk((face(), circle, smudge, *[face()] * 2), 0.0, through=False, dust=0))

    assert (verdict.status, verdict.rating) == (Status.READ, 2)


@pytest.mark.parametrize("at", [0, 3])
def test_something_written_close_to_a_face_beside_a_mark_asks(at: int) -> None:
    cross, word = face(0.05, line=1.5), face(aside=0.03)
    faces = [face()] * 5
    faces[3] = word
    faces[at] = replace(cross, aside=0.03) if at == 3 else cross

    verdict = judged(SlipInk(tuple(faces), 0.0, through=False, dust=0))

    assert (verdict.status, verdict.read_rating) == (Status.REVIEW, at + 1)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.99])
def test_ink_between_the_thresholds_is_never_guessed_at(share: float) -> None:
    verdict = judged(slip(0, 0, share * MARKED_FILL, 0, 0))

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.MARGINAL,))
    assert verdict.read_rating == 3


def test_a_faint_mark_on_an_otherwise_empty_slip_asks() -> None:
    ink = SlipInk((face(), face(faint=0.03), face(), face(), face()), 0.0, through=False, dust=0)

    verdict = judged(ink)

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.MARGINAL,))
    assert verdict.read_rating == 2


def test_ink_about_no_face_keeps_a_slip_from_being_blank() -> None:
    assert judged(slip(0, 0, 0, 0, 0, stray_mm2=20)).reasons == (Reason.MARGINAL,)


def test_a_word_beside_a_mark_may_take_it_back_and_a_fold_does_not() -> None:
    """ "not this one" beside a cross, or an arrow to another face."""
    assert judged(slip(0, 0, CLEAR, 0, 0, stray_mm2=20)).reasons == (Reason.MARGINAL,)
    assert judged(slip(0, 0, CLEAR, 0, 0, stray_mm2=4)).status is Status.READ


@pytest.mark.parametrize("fills", [(0, 0, 0, 0, 0), (0, 0, CLEAR, 0, 0)])
@pytest.mark.parametrize("over", [{"over_words_mm": 6.0}, {"line_over_words_mm": 12.0}])
def test_what_is_drawn_over_the_answers_words_is_asked_about(
    fills: tuple[float, ...], over: dict[str, float]
) -> None:
    drawn = replace(slip(*fills), **over)
    assert judged(drawn).reasons == (Reason.MARGINAL,)


# --- the session ---


@pytest.mark.parametrize("score", [1.0, 0.75, 0.2])
def test_a_session_that_was_crossed_out_is_asked_about_however_well_it_is_read(
    score: float,
) -> None:
    """Somebody took a slip of another session, and wrote the right one on it."""
    match = SessionMatch(0, score, 0.1)
    struck = decision.printed_session(FieldText("x", 0.5), match, 0, 4, NameInk(30.0, 0.0))
    plain = decision.printed_session(FieldText("x", 0.5), match, 0, 4, NameInk(5.0, 0.0))
    assert (struck.certain, struck.reason, struck.proposal) == (False, Reason.SESSION_STRUCK, 0)
    assert (plain.certain, plain.proposal) == (True, 0)


@pytest.mark.parametrize(("beside_mm2", "asked"), [(0.4, False), (3.0, True)])
def test_a_number_written_beside_a_session_s_name_is_asked_about_and_dirt_is_not(
    beside_mm2: float, asked: bool
) -> None:
    match = SessionMatch(0, 1.0, 0.1)
    found = decision.printed_session(FieldText("x", 0.9), match, 0, 4, NameInk(0.0, beside_mm2))
    assert (found.certain, found.proposal) == (not asked, 0)
    assert found.reason is (Reason.SESSION_UNREAD if asked else None)


@pytest.mark.parametrize(
    ("letters", "amiss", "asked"), [(25, 3, False), (25, 4, True), (4, 2, False), (4, 3, True)]
)
@pytest.mark.parametrize("score", [0.9, 0.5])
def test_a_name_with_many_letters_amiss_was_changed_by_hand_and_is_asked_about(
    score: float, letters: int, amiss: int, asked: bool
) -> None:
    """A bad scan loses a letter or two, and seldom more."""
    match, name = SessionMatch(0, score, 0.1), PrintedName(letters, amiss)
    found = decision.printed_session(FieldText("x", 0.5), match, 0, 4, name=name)
    assert (found.certain, found.proposal) == (not asked, 0)


def session_verdict(
    score: float, runner_up: float, *, index: int = 0, marked: int | None = 0, marks: int = 4
) -> Verdict:
    match = SessionMatch(index, score, runner_up)
    placement = Placement(marks, 0.05, 8.0)
    return judged_slip(slip(0, CLEAR, 0), placement, FieldText("x", 0.0), match, marked)


def test_ocr_and_marks_that_agree_give_the_session_though_tesseract_is_not_confident() -> None:
    verdict = session_verdict(0.9, 0.5, index=2, marked=2)

    assert (verdict.status, verdict.session) == (Status.READ, 2)


def test_ocr_and_marks_that_disagree_ask_and_propose_neither() -> None:
    verdict = session_verdict(0.95, 0.5, index=1, marked=2)

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.SESSION_CONFLICT,))
    assert (verdict.session, verdict.read_session) == (None, None)


@pytest.mark.parametrize(("score", "runner_up"), [(0.5, 0.1), (0.9, 0.85), (0.0, 0.0)])
def test_a_name_that_could_not_be_read_is_told_and_the_marks_give_the_session(
    score: float, runner_up: float
) -> None:
    verdict = session_verdict(score, runner_up, index=1, marked=3)

    assert Reason.SESSION_UNREAD in verdict.reasons
    assert verdict.session == verdict.read_session == 3


def test_a_perfect_name_counts_without_a_lead() -> None:
    assert session_verdict(1.0, 0.97).status is Status.READ


def test_one_mark_alone_is_not_enough_for_an_answer() -> None:
    verdict = session_verdict(0.3, 0.1, marks=1)

    assert verdict.status is Status.REVIEW
    assert verdict.session is None


def test_the_name_of_another_event_s_session_is_a_conflict() -> None:
    match = SessionMatch(0, 0.3, 0.25)

    verdict = judged_slip(
        slip(0, CLEAR, 0), SOUND, FieldText("Sommerfest i parken", 0.95), match, 0
    )

    assert verdict.reasons == (Reason.SESSION_CONFLICT,)


# --- registration ---


@pytest.mark.parametrize(
    "placement",
    [Placement(1, 0.01, 8.0), Placement(4, RESIDUAL_MM + 0.01, 8.0)],
    ids=["marks", "residual"],
)
@pytest.mark.parametrize("fill", [0.0, CLEAR])
def test_a_slip_that_is_badly_registered_is_neither_read_nor_blank(
    fill: float, placement: Placement
) -> None:
    verdict = judged(slip(0, fill, 0), placement)

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.REGISTRATION_POOR,))
    assert verdict.rating_confidence == 0


@pytest.mark.parametrize("at", range(5))
def test_a_single_face_that_was_not_found_keeps_the_slip_from_being_blank(at: int) -> None:
    ink = slip(0, 0, 0, 0, 0)
    hidden = tuple(
        replace(each, seen=SEEN_SHARE - 0.01) if i == at else each
        for i, each in enumerate(ink.faces)
    )

    assert judged(replace(ink, faces=hidden)).reasons == (Reason.REGISTRATION_POOR,)


@pytest.mark.parametrize(
    "module", [apart, attribution, beside, decision, faces, smudges, strikes, strokes]
)
def test_every_threshold_is_told_in_the_record_of_a_run(module: ModuleType) -> None:
    names = {
        target.id.lower(): getattr(module, target.id)
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.Assign)
        for group in node.targets
        for target in (group.elts if isinstance(group, ast.Tuple) else [group])
        if isinstance(target, ast.Name) and target.id.isupper()
    }

    assert module.thresholds() == names


def test_a_blank_slip_with_a_lost_line_over_a_face_asks_and_a_marked_one_does_not() -> None:
    lost = 0.06
    blank = replace(slip(0, 0, 0), faces=(face(), face(lost=lost), face()))
    marked = replace(blank, faces=(face(CLEAR), *blank.faces[1:]))

    assert judged(blank).reasons == (Reason.STREAK,)
    assert judged(blank).status is Status.REVIEW
    assert judged(marked).status is Status.READ


def test_a_face_that_is_mostly_lost_keeps_a_marked_slip_from_being_read() -> None:
    ink = replace(slip(0, 0, 0), faces=(face(CLEAR), face(lost=0.3), face()))

    assert judged(ink).reasons == (Reason.STREAK,)


def test_ink_that_runs_on_above_and_below_the_faces_is_never_read_as_a_mark() -> None:
    verdict = judged(replace(slip(0, CLEAR, 0), through=True))

    assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.STREAK,))
    assert verdict.read_rating == 2


def test_a_scan_too_coarse_for_a_pen_s_line_is_neither_read_nor_blank() -> None:
    coarse = Placement(4, 0.05, 70 / 25.4)

    for ink in (slip(0, CLEAR, 0), slip(0, 0, 0)):
        verdict = judged(ink, coarse)
        assert (verdict.status, verdict.reasons) == (Status.REVIEW, (Reason.SCALE_OFF,))


def test_crumbs_about_another_face_keep_a_marked_slip_from_being_read() -> None:
    ink = replace(slip(0, 0, 0), faces=(face(CLEAR, crumbs=9), face(), face(crumbs=6)))

    assert judged(ink).reasons == (Reason.MARGINAL,)
    assert judged(ink).read_rating == 1


def test_among_dust_a_dab_asks_and_a_cross_is_read() -> None:
    dab, cross = (replace(slip(0, fill, 0), dust=5) for fill in (1.2 * MARKED_FILL, CLEAR))

    assert judged(dab).reasons == (Reason.MARGINAL,)
    assert judged(replace(dab, dust=0)).status is Status.READ
    assert judged(cross).status is Status.READ


def test_where_the_back_shows_at_many_faces_a_weak_mark_asks_and_a_plain_one_is_read() -> None:
    shown = (face(faint=0.2), face(faint=0.15), face())
    weak = replace(slip(0, 0, 0), faces=(*shown, face(0.014, faint=0.26)))
    plain = replace(weak, faces=(*shown, face(0.035, faint=0.26)))

    assert judged(weak).reasons == (Reason.MARGINAL,)
    assert judged(weak).read_rating == 4
    assert judged(plain).status is Status.READ


def test_of_two_choices_one_that_is_struck_out_is_asked_about_and_two_heavy_marks_are_not() -> None:
    light, heavy = face(0.05, solid=0.14, line=1.9), face(0.06, solid=0.15, line=2.1)
    over = face(0.2, solid=0.5, line=4.0)
    none = face()

    def of(*marks: FaceInk) -> Verdict:
        ink = SlipInk(marks, 0.0, through=False, dust=0)
        return judge(ink, SOUND, only_session(0, 4), choose=2)

    assert (of(light, none, heavy, none).status, of(light, none, heavy, none).rating) == (
        Status.READ,
        2,
    )
    doubtful = of(light, none, over, none)
    assert (doubtful.status, doubtful.reasons) == (Status.REVIEW, (Reason.CORRECTION,))
    assert of(over, over, none, none).rating == 1

    struck = face(0.06, solid=0.15, line=2.3, struck_mm=2.0)
    assert of(light, none, struck, none).reasons == (Reason.CORRECTION,)

    touching, outside = face(0.05, line=0.8), face(0.05, line=0.0)
    assert of(touching, outside, none, none).rating == 1
    assert of(light, outside, none, none).reasons == (Reason.CORRECTION,)
