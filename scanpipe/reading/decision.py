"""Owns every judgement: measures -> status and reasons. Pure; all thresholds stand here, named.

Two thresholds to a decision: below the lower one there is nothing, above the upper one there is
something, and what lies between goes to a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from scanpipe.reading.measures import (
    BARE,
    UNALTERED,
    FaceInk,
    FieldText,
    NameInk,
    Overlap,
    Placement,
    PrintedName,
    SessionMatch,
    SlipInk,
)
from scanpipe.vocabulary import Reason, Status

MARKED_FILL = 0.0017
"""A face is marked when whole strokes fill so much: on A6, 0.7 mm² of new ink, a 1 mm dab."""

MARGINAL_FILL = 0.0003
"""A face with less in strokes and dabs has no mark: what is there is a ragged edge of print."""

MARGINAL_HAIR_FILL = 0.0012
"""A thin line within a face asks from here if there is no mark; beside a mark it is a hair."""

MARGINAL_FILL_ASIDE = 0.0025
"""Slight strokes that do not touch the face ask from here: dirt lies anywhere, dabs do not."""

FAINT_FILL = 0.0040
"""So much pale ink, on a slip without other ink, may be a mark."""

DRAWN_BESIDE_FILL = 0.010
"""And so much in drawn lines at one other face than the marked one: whoever crosses an answer out
may take another pen for the next. A tick with the palest pencil leaves 0.01; smudges leave less,
if any."""

PALE_FACES_AT_MOST = 0.7
"""Pale ink at more of the faces than this is the paper's: writing on its back, or stains."""

CRUMBS = 3
CRUMBS_BESIDE = 6
"""So many crumbs of ink about one face may be what is left of a mark: on a slip without a mark,
and beside one."""

SLIGHT_FILL = 2 * MARKED_FILL
DUSTY = 4
"""On a slip with so many specks of dust about the faces, a mark with less may be one of them."""

WEAK_FILL = 0.020
WEAK_SHARE = 0.3
PALE_FACES = 3
"""Where pale ink lies at so many faces (a stain, or the back's writing), a mark with less in it,
and so little of it dark, may be where a fold made that darker. Of a pen's stroke 0.7 is dark."""

STRAY_MM2 = 2.0
"""So much ink about no face, on a slip without a mark, may be a mark that missed its face."""

OVER_WORDS_MM = 4.4
LINE_OVER_WORDS_MM = 7.0
"""Something so tall over the words of a row, about none of its faces, or a line so long across
them, may be the answer, or take one back. Print is 4 mm tall; a dash in it is 6 mm long at most,
and letters that a coarse scan makes touch are 6.4 mm, at 100 dpi."""

ON_WORDS_MM2 = 1.5
"""So has so much ink among the letters of a row's words: a short line under one of them. Print
leaves none there, and much dust 1.2 at most."""

LINE_OVER_NAME_MM = 8.0
"""A session's name with a line so long across it may be crossed out for another's."""

STRAY_BESIDE_MM2 = 5.0
ASIDE_BESIDE_FILL = 0.020
"""So much ink about no face, or near one without touching it, on a slip with a mark, is a word, an
arrow or another mark, and may take back what is marked. Dirt and folds have less."""

APART_MM2 = 2.0
"""And so is so much near a mark that hangs together with nothing in its face: a word of two letters
has 3, what a dry pen leaves of the end of a tick less."""

STRUCK_MM = 1.3
STRUCK_LINE = 2.8
"""A mark with a level line across it that reaches so far out of the face at either side is struck
out, if it has no more line in it than a cross and another line: a scribble is many lines, level
ones too."""

INSIDE_LINE = 1.0
"""A mark with less line in its face, in face widths, is drawn round it, if not all of it: ink that
lies near without touching is the rest of the circle. A cross or a tick has more."""

ROUND_LINE = 0.5
CROSSED_LINE = 0.85
"""One with so little is drawn round its face for certain; a line across the face has so much that
print does not hide. Who marks several faces marks them alike: of two such one is crossed out."""

COMMENT_MM2 = 3.0
"""Less ink in the comment box is dust: the shortest word, "ok", has twice as much."""

SCRIBBLED_LINE = 2.0
"""A face with so much line in it, in face widths, beside another marked face is scribbled out: a
cross has 1.9 at most, a cross scribbled over 2.2 at least."""

SOLID_SHARE = 0.35
"""So is a face inked over this far, where lines can no longer be told apart."""

SCRIBBLED_OVER_KEPT = 1.6
"""What is scribbled out covers so many times as much of its face as the mark that stands."""

SEEN_SHARE = 0.85
"""Less of a face's printed lines found: the face is not where it should be, or partly covered. In
sound scans, faint and coarse ones too, all are found."""

RESIDUAL_MM = 0.35
MARKS_NEEDED = 2

COARSEST_PX_PER_MM = 80 / 25.4
"""In coarser scans the line of a ballpoint is less than two pixels wide: marks go astray."""

LOST_OF_BLANK = 0.05
"""A streak over so much of a face, 0.6 mm wide, may hide all of a dab..."""

LOST_SHARE = 0.25
"""...and one over so much the most of any mark."""

SESSION_SCORE = 0.70
SESSION_LEAD = 0.10
"""Likeness that a session's name needs, and its lead on the runner-up, short of a perfect match."""

FOREIGN_SCORE = 0.50
FOREIGN_CONFIDENCE = 0.80
"""Text read with such confidence and so unlike any session is another session's name."""

BESIDE_NAME_MM2 = 1.5
"""So much ink in the session field beside the name may be another session's number: a figure 4 mm
high has 3. Dirt has 0.9 at most."""

NAME_LETTERS_AMISS = 3
NAME_SHARE_AMISS = 0.15
"""A name of which so many letters are read otherwise, and such a share, has been written over or
beside. Bad scans lose 0.08, copies of copies the most."""

SAME_OUTLINE = 0.93
"""Two scans show one slip when so much of the outline of either's ink lies on the other's."""

WHOLE_OUTLINE = 0.99
SAME_PART_OF_OUTLINE = 0.80
"""Or when all of one lies on the other, and so much of the other on it: a piece that a printed line
cuts off is ink in one scan and dirt in the other."""

SAME_HEAVY_OUTLINE = 0.80
HEAVY_INK_MM2 = 45.0
"""With so much ink a face is filled or scribbled over: gaps in the ink open and close from scan to
scan, and keep 0.80 of the outline. Faces filled by two people share 0.61, circles 0.74."""

OUTLINE_MM = 11.0
SAME_SHORT_OUTLINE = 0.98
SHORTEST_OUTLINE_MM = 5.0
"""With less outline to compare, dabs and short lines of two people look alike: they are of one slip
if all but a breath lies on the other where it is, not moved. With least, nothing can be told."""

SAME_NUMBERED_OUTLINE = 0.70
"""Two slips with one serial number and the same answers are one slip if so much of either outline
is shared: a second scan at low quality shares 0.8, marks of two people on copies seldom so much."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be believed of a slip. `session` and `rating` are certain, `read_session` and
    `read_rating` proposed; sessions by their place in the form, ratings from 1. Confidences 0-1.
    """

    status: Status
    reasons: tuple[Reason, ...]
    session: int | None
    rating: int | None
    read_session: int | None
    read_rating: int | None
    session_confidence: float
    rating_confidence: float


@dataclass(frozen=True, slots=True)
class _Rating:
    status: Status
    reason: Reason | None
    proposal: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class SessionVerdict:
    """Which session (from 0) a slip is about, whether that is certain, and how sure it is (0-1);
    where it is not, why. `unmarked`: people were to mark it, and nothing is marked.
    """

    certain: bool
    reason: Reason | None
    proposal: int | None
    confidence: float
    unmarked: bool = False


def judge(
    ink: SlipInk, placement: Placement, session: SessionVerdict, choose: int | None = None
) -> Verdict:
    """Judge one row of a slip whose session is judged; `choose`: how many are to be marked there,
    None for one of a scale.
    """
    rating = _judge_rating(ink) if choose is None else _judge_choice(ink, choose)
    sound = _is_sound(ink, placement)
    nothing = session.unmarked and rating.status is Status.BLANK
    found = (rating.reason, None if nothing else session.reason)
    reasons = [reason for reason in found if reason is not None]
    if not sound:
        reasons.append(Reason.REGISTRATION_POOR)
    if _is_streaked(ink, rating.status):
        reasons.append(Reason.STREAK)
    if placement.px_per_mm < COARSEST_PX_PER_MM:
        reasons.append(Reason.SCALE_OFF)
    doubts = {Reason.REGISTRATION_POOR, Reason.STREAK, Reason.SCALE_OFF} & {*reasons}
    settled = session.certain or nothing
    certain = not doubts and settled and rating.status is not Status.REVIEW
    return Verdict(
        rating.status if certain else Status.REVIEW,
        tuple(reasons),
        session.proposal if session.certain else None,
        rating.proposal if certain else None,
        session.proposal,
        rating.proposal,
        session.confidence,
        rating.confidence if sound else 0.0,
    )


def _is_sound(ink: SlipInk, placement: Placement) -> bool:
    return (
        placement.marks >= MARKS_NEEDED
        and placement.residual_mm <= RESIDUAL_MM
        and all(face.seen >= SEEN_SHARE for face in ink.faces)
    )


def _is_streaked(ink: SlipInk, status: Status) -> bool:
    """Whether a line down the page may hide a mark, or pass for one."""
    lost = max(face.lost for face in ink.faces)
    return ink.through or lost >= (LOST_OF_BLANK if status is Status.BLANK else LOST_SHARE)


def _judge_rating(ink: SlipInk) -> _Rating:
    faces = ink.faces
    marked = [i for i, face in enumerate(faces) if face.sure >= MARKED_FILL]
    present = [i for i, face in enumerate(faces) if i in marked or _may_be_marked(face)]
    if not present:
        return _judge_empty(ink)
    if marked == present and len(marked) == 1:
        return _judge_single(ink, marked[0])
    if len(present) == 1:
        return _Rating(Status.REVIEW, Reason.MARGINAL, present[0] + 1, 0.0)
    kept = [i for i in present if not _is_scribbled(faces[i])]
    if len(kept) == 1 and kept[0] in marked and _outweighed(faces, present, kept[0]):
        return _Rating(Status.REVIEW, Reason.CORRECTION, kept[0] + 1, 0.0)
    if len(marked) == 1:
        return _Rating(Status.REVIEW, Reason.MARGINAL, marked[0] + 1, 0.0)
    return _Rating(Status.REVIEW, Reason.OVERVOTE, None, 0.0)


def _judge_single(ink: SlipInk, at: int) -> _Rating:
    """Judge a row with a mark `at` one face, and none that is as dark at any other."""
    pale = _palely_beside(ink.faces, [at])
    if pale is not None and _is_scribbled(ink.faces[at]):
        return _Rating(Status.REVIEW, Reason.CORRECTION, pale + 1, 0.0)
    if _is_struck(ink.faces[at]):
        return _Rating(Status.REVIEW, Reason.STRUCK, None, 0.0)
    if pale is not None or _is_doubtful(ink, [at]):
        return _Rating(Status.REVIEW, Reason.MARGINAL, at + 1, 0.0)
    return _Rating(Status.READ, None, at + 1, _rating_confidence(ink, at))


def _is_doubtful(ink: SlipInk, marked: Sequence[int]) -> bool:
    """Whether one of the marks may be none, or not all of them, by what else is on the slip."""
    marks = [ink.faces[i] for i in marked]
    if _is_drawn_over_words(ink) or ink.drawn_stray_mm2 >= STRAY_BESIDE_MM2:
        return True
    if any(_has_something_near(face, i in marked) for i, face in enumerate(ink.faces)):
        return True
    if any(f.crumbs >= CRUMBS_BESIDE for i, f in enumerate(ink.faces) if i not in marked):
        return True
    if ink.dust >= DUSTY and any(mark.sure < SLIGHT_FILL for mark in marks):
        return True
    pale = sum(face.faint >= FAINT_FILL for face in ink.faces)
    return pale >= PALE_FACES and any(
        mark.sure < min(WEAK_FILL, WEAK_SHARE * mark.faint) for mark in marks
    )


def _has_something_near(face: FaceInk, is_marked: bool) -> bool:
    if face.apart_mm2 >= APART_MM2:
        return True
    of_its_mark = is_marked and face.line < INSIDE_LINE
    return face.aside >= ASIDE_BESIDE_FILL and not of_its_mark


def _palely_beside(faces: Sequence[FaceInk], marked: Sequence[int]) -> int | None:
    """Return the one face with so many pale lines that it may be marked instead; None if there is
    no such face, or several. What is only drawn round a face strikes nothing out.
    """
    if all(faces[i].line < INSIDE_LINE for i in marked):
        return None
    pale = [i for i, face in enumerate(faces) if face.drawn >= DRAWN_BESIDE_FILL]
    beside = [i for i in pale if i not in marked]
    return beside[0] if len(beside) == 1 else None


def _is_drawn_over_words(ink: SlipInk) -> bool:
    return (
        ink.over_words_mm >= OVER_WORDS_MM
        or ink.line_over_words_mm >= LINE_OVER_WORDS_MM
        or ink.on_words_mm2 >= ON_WORDS_MM2
    )


def _may_be_marked(face: FaceInk) -> bool:
    return face.sure + face.dab >= MARGINAL_FILL or face.hair + face.aside >= MARGINAL_FILL_ASIDE


def _is_scribbled(face: FaceInk) -> bool:
    return face.line >= SCRIBBLED_LINE or face.solid >= SOLID_SHARE


def _is_struck(face: FaceInk) -> bool:
    return face.struck_mm >= STRUCK_MM and face.line < STRUCK_LINE


def _outweighed(faces: Sequence[FaceInk], present: list[int], kept: int) -> bool:
    others = (faces[i].solid for i in present if i != kept)
    return min(others) >= SCRIBBLED_OVER_KEPT * faces[kept].solid


def _judge_empty(ink: SlipInk) -> _Rating:
    hairs = [face.hair for face in ink.faces]
    if max(hairs) >= MARGINAL_HAIR_FILL:
        return _Rating(Status.REVIEW, Reason.MARGINAL, hairs.index(max(hairs)) + 1, 0.0)
    faint = [face.faint for face in ink.faces]
    palest = max(range(len(faint)), key=faint.__getitem__)
    pale = sum(fill >= FAINT_FILL for fill in faint)
    if 0 < pale <= PALE_FACES_AT_MOST * len(faint):
        return _Rating(Status.REVIEW, Reason.MARGINAL, palest + 1, 0.0)
    crumbs = [face.crumbs for face in ink.faces]
    if max(crumbs) >= CRUMBS:
        return _Rating(Status.REVIEW, Reason.MARGINAL, crumbs.index(max(crumbs)) + 1, 0.0)
    if ink.stray_mm2 >= STRAY_MM2 or _is_drawn_over_words(ink):
        return _Rating(Status.REVIEW, Reason.MARGINAL, None, 0.0)
    return _Rating(Status.BLANK, None, None, 1 - max(face.fill for face in ink.faces))


def _judge_choice(ink: SlipInk, choose: int) -> _Rating:
    """Judge a row in which `choose` are to be marked; the rating is the place of what is marked
    among all that could be, from 1, in the order of itertools.combinations.
    """
    faces = ink.faces
    marked = [i for i, face in enumerate(faces) if face.sure >= MARKED_FILL]
    present = [i for i, face in enumerate(faces) if i in marked or _may_be_marked(face)]
    if not present:
        return _judge_empty_choice(ink)
    ways = list(combinations(range(len(faces)), choose))
    proposal = ways.index(tuple(marked)) + 1 if len(marked) == choose else None
    if marked != present or _is_doubtful(ink, marked) or _palely_beside(faces, marked) is not None:
        return _Rating(Status.REVIEW, Reason.MARGINAL, proposal, 0.0)
    if proposal is None:
        reason = Reason.OVERVOTE if len(marked) > choose else Reason.UNDERVOTE
        return _Rating(Status.REVIEW, reason, None, 0.0)
    if _one_is_struck_out([faces[i] for i in marked]):
        return _Rating(Status.REVIEW, Reason.CORRECTION, proposal, 0.0)
    weakest = min(marked, key=lambda i: faces[i].sure)
    return _Rating(Status.READ, None, proposal, min(1.0, faces[weakest].sure / MARKED_FILL - 1))


def _one_is_struck_out(marks: Sequence[FaceInk]) -> bool:
    """Whether, of several marks that may all stand, one covers its face and others do not, or has
    lines in it and others only go round theirs.
    """
    if any(_is_struck(mark) for mark in marks):
        return True
    lines = [mark.line for mark in marks]
    if min(lines) < ROUND_LINE and max(lines) >= CROSSED_LINE:
        return True
    struck = [mark.solid for mark in marks if _is_scribbled(mark)]
    others = [mark.solid for mark in marks if not _is_scribbled(mark)]
    return bool(struck and others) and max(struck) >= SCRIBBLED_OVER_KEPT * min(others)


def _judge_empty_choice(ink: SlipInk) -> _Rating:
    """Judge a row without a mark: one that may be there is too few to propose anything."""
    return replace(_judge_empty(ink), proposal=None)


def _rating_confidence(ink: SlipInk, top: int) -> float:
    """Return 1 for a mark twice the threshold with nothing beside it, 0 at either threshold."""
    beside = max((f.sure + f.dab for i, f in enumerate(ink.faces) if i != top), default=0.0)
    return min(1.0, ink.faces[top].sure / MARKED_FILL - 1) * (1 - beside / MARGINAL_FILL)


def printed_session(
    field: FieldText,
    match: SessionMatch,
    marked: int | None,
    marks: int,
    ink: NameInk = BARE,
    name: PrintedName = UNALTERED,
) -> SessionVerdict:
    """Hold OCR of the session field and registration marks, which know nothing of each other,
    against each other. `marked`: the session that so many `marks` say, None for another form's.
    `ink`: what else lies in the field. `name`: how the text compares with that session's name.
    """
    if marked is None:
        return another_form()
    if ink.line_over_mm >= LINE_OVER_NAME_MM:
        return SessionVerdict(False, Reason.SESSION_STRUCK, marked, 0.0)
    read = match.score == 1 or (
        match.score >= SESSION_SCORE and match.score - match.runner_up >= SESSION_LEAD
    )
    foreign = match.score < FOREIGN_SCORE and field.confidence >= FOREIGN_CONFIDENCE
    if foreign or (read and match.index != marked):
        return SessionVerdict(False, Reason.SESSION_CONFLICT, None, 0.0)
    if ink.beside_mm2 >= BESIDE_NAME_MM2 or _is_altered(name):
        return SessionVerdict(False, Reason.SESSION_UNREAD, marked, 0.0)
    if read:
        return SessionVerdict(True, None, marked, match.score)
    enough = marks >= MARKS_NEEDED
    return SessionVerdict(enough, Reason.SESSION_UNREAD, marked, marks / 4 if enough else 0.0)


def _is_altered(name: PrintedName) -> bool:
    return name.amiss >= max(NAME_LETTERS_AMISS, NAME_SHARE_AMISS * name.letters)


def another_form() -> SessionVerdict:
    """Judge a slip whose marks are another form's."""
    return SessionVerdict(False, Reason.WRONG_FORM, None, 0.0)


def only_session(session: int, marks: int) -> SessionVerdict:
    """Judge a slip, or a row, of which but one session can be meant; so many `marks` say so."""
    if marks >= MARKS_NEEDED:
        return SessionVerdict(True, None, session, marks / 4)
    return SessionVerdict(False, Reason.SESSION_UNREAD, session, 0.0)


def chosen_session(choice: SlipInk, sessions: Sequence[int]) -> SessionVerdict:
    """Judge the row in which people mark which of `sessions` they were in."""
    found = _judge_rating(choice)
    meant = None if found.proposal is None else sessions[found.proposal - 1]
    if found.status is Status.READ:
        return SessionVerdict(True, None, meant, found.confidence)
    blank = found.status is Status.BLANK
    return SessionVerdict(False, Reason.SESSION_UNREAD, meant, 0.0, unmarked=blank)


def is_comment(ink_mm2: float) -> bool:
    """Whether somebody wrote in a comment box with so much ink in it."""
    return ink_mm2 >= COMMENT_MM2


def same_slip(shared: Overlap, outline_mm: float, ink_mm2: float) -> bool:
    """Whether two scans are of one slip: by the outline in common, and by how much outline and ink
    there is to compare.
    """
    if outline_mm < OUTLINE_MM:
        return outline_mm >= SHORTEST_OUTLINE_MM and shared.unmoved >= SAME_SHORT_OUTLINE
    if shared.most >= WHOLE_OUTLINE and shared.least >= SAME_PART_OF_OUTLINE:
        return True
    needed = SAME_HEAVY_OUTLINE if ink_mm2 >= HEAVY_INK_MM2 else SAME_OUTLINE
    return shared.least >= needed


def same_numbered_slip(shared: Overlap | None) -> bool:
    """Whether two scans with one serial number and the same answers are of one slip, and not of a
    copy that somebody else marked. `shared`: None if the outlines are plainly apart.
    """
    return shared is not None and shared.least >= SAME_NUMBERED_OUTLINE


def thresholds() -> dict[str, float]:
    """Return the thresholds in force, for the record of a run."""
    return {
        "marked_fill": MARKED_FILL,
        "marginal_fill": MARGINAL_FILL,
        "marginal_hair_fill": MARGINAL_HAIR_FILL,
        "marginal_fill_aside": MARGINAL_FILL_ASIDE,
        "faint_fill": FAINT_FILL,
        "pale_faces_at_most": PALE_FACES_AT_MOST,
        "crumbs": CRUMBS,
        "crumbs_beside": CRUMBS_BESIDE,
        "slight_fill": SLIGHT_FILL,
        "dusty": DUSTY,
        "weak_fill": WEAK_FILL,
        "weak_share": WEAK_SHARE,
        "pale_faces": PALE_FACES,
        "stray_mm2": STRAY_MM2,
        "scribbled_line": SCRIBBLED_LINE,
        "solid_share": SOLID_SHARE,
        "scribbled_over_kept": SCRIBBLED_OVER_KEPT,
        "over_words_mm": OVER_WORDS_MM,
        "line_over_words_mm": LINE_OVER_WORDS_MM,
        "on_words_mm2": ON_WORDS_MM2,
        "line_over_name_mm": LINE_OVER_NAME_MM,
        "stray_beside_mm2": STRAY_BESIDE_MM2,
        "aside_beside_fill": ASIDE_BESIDE_FILL,
        "apart_mm2": APART_MM2,
        "struck_mm": STRUCK_MM,
        "struck_line": STRUCK_LINE,
        "drawn_beside_fill": DRAWN_BESIDE_FILL,
        "inside_line": INSIDE_LINE,
        "round_line": ROUND_LINE,
        "crossed_line": CROSSED_LINE,
        "comment_mm2": COMMENT_MM2,
        "seen_share": SEEN_SHARE,
        "residual_mm": RESIDUAL_MM,
        "marks_needed": MARKS_NEEDED,
        "coarsest_px_per_mm": COARSEST_PX_PER_MM,
        "lost_of_blank": LOST_OF_BLANK,
        "lost_share": LOST_SHARE,
        "session_score": SESSION_SCORE,
        "session_lead": SESSION_LEAD,
        "foreign_score": FOREIGN_SCORE,
        "foreign_confidence": FOREIGN_CONFIDENCE,
        "beside_name_mm2": BESIDE_NAME_MM2,
        "name_letters_amiss": NAME_LETTERS_AMISS,
        "name_share_amiss": NAME_SHARE_AMISS,
        "same_outline": SAME_OUTLINE,
        "whole_outline": WHOLE_OUTLINE,
        "same_part_of_outline": SAME_PART_OF_OUTLINE,
        "same_heavy_outline": SAME_HEAVY_OUTLINE,
        "heavy_ink_mm2": HEAVY_INK_MM2,
        "outline_mm": OUTLINE_MM,
        "same_short_outline": SAME_SHORT_OUTLINE,
        "shortest_outline_mm": SHORTEST_OUTLINE_MM,
        "same_numbered_outline": SAME_NUMBERED_OUTLINE,
    }
