"""Owns how a slip is composed: what a form asks for, laid out in bands from the top.

Event and rule stand between the marks, level with them; the bands share the height between, and
what is left over goes between the bands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanpipe.circle import Circle
from scanpipe.errors import FormError
from scanpipe.form import Form
from scanpipe.layout import (
    MARK_INSET_MM,
    MARK_MM,
    RESPONSE_SHARE,
    Box,
    Layout,
    Row,
    Target,
)
from scanpipe.placing import (
    EDGE_MM,
    Span,
    across,
    centred,
    event_box,
    from_left,
    legend_boxes,
    legend_lines,
    logo_box,
    room_mm,
    rule_box,
    serial_box,
    widest_pitch,
)
from scanpipe.smiley import Point, Smiley, mood_of

FACE_MM = (5.0, 10.0)
"""Smallest and largest face radius: below, a pen's cross covers face and neighbour's space."""

CIRCLE_MM = (3.5, 7.0)
"""A circle without a face in it can be smaller."""

SESSION_CIRCLE_MM = 4.5
"""Largest circle by which a session is marked: it must not be taken for the answer."""

FACES_PER_HEIGHT = 15
"""A6, 105 mm high, gets faces of 7 mm radius."""


SESSION_PITCH_RADII = 5.0
"""Closer than faces: the row belongs to the list above it."""

SESSION_MM, QUESTION_MM = 11.0, 8.0
ASK_MM, LEGEND_MM, BELOW_MM, PROMPT_MM = 6.0, 5.0, 4.5, 5.5
"""Heights of the bands of text."""

BEFORE_SESSION, BEFORE_QUESTION, BEFORE_ROW, BEFORE_END = 0.30, 0.33, 0.10, 0.27
BEFORE_FURTHER_ROW, BEFORE_COMMENT = 0.06, 0.20
"""How the height left over is shared: the question stands with its faces, not with the session."""

MOST_MM = 300
"""The highest slip that a form may ask for."""

LEAST_SPARE_MM = 3.0
"""Less between the bands, and they run into each other."""

ACCENT_MM = 2.0
"""Room below the event for a line in the form's colour, and for clear paper under it."""

LABEL_MM = (26.0, 60.0)
"""Least and most room for what stands to the left of a row."""

GOOD_LABEL_SHARE = 0.27
"""Where the slip is wide enough, targets leave labels this part of it: 40 mm of A6, in which a
long name stands on three lines.
"""

TYPE_GROWS_FROM_MM, LARGEST_TYPE = 118.0, 1.25
"""Type grows with slips higher than this, so that A5 reads at arm's length as A6 does."""

LABEL_GAP_MM = 2.0


@dataclass(frozen=True, slots=True)
class _Band:
    """A strip across the slip: its height, and its part in the height that is left over."""

    name: str
    height_mm: float
    gap_before: float


def layout_of(form: Form) -> Layout:
    """Return the layout of `form`'s slips; raise FormError if not everything fits on them."""
    width, height = form.slip.extent_mm
    event, rule = event_box(form, width), rule_box(form, width, height)
    top, bottom = _between_mm(form)
    radius = _radius_mm(form, bottom - top)
    bands = list(_bands(form, radius))
    _refuse_too_much(form, bands)
    tops = _tops(bands, top, bottom)
    full = Box(MARK_INSET_MM, 0, width - 2 * MARK_INSET_MM, 0)
    placed = {
        band.name: replace(full, y_mm=y, height_mm=band.height_mm)
        for band, y in zip(bands, tops, strict=True)
    }
    rows = tuple(_row(form, radius, placed[f"row{i}"], i) for i in range(len(form.rows)))
    if form.scale.choose:
        rows = (
            replace(rows[0], legend=legend_boxes(len(form.choices), placed["choices"])),
            *rows[1:],
        )
    choice = _choice_row(form, placed) if "choice" in placed else None
    marks_y = height - MARK_INSET_MM - MARK_MM / 2
    return Layout(
        width,
        height,
        event,
        rule,
        rows,
        session=placed.get("session"),
        question=placed.get("question"),
        choice=choice,
        prompt=placed.get("prompt"),
        comment=placed.get("comment"),
        serial=serial_box(width, marks_y) if form.slip.serial else None,
        logo=logo_box(event, width) if form.look.logo else None,
    )


def type_scale(height_mm: float) -> float:
    """Return how much larger than on A6 the type is on a slip so high."""
    return min(max(height_mm / TYPE_GROWS_FROM_MM, 1.0), LARGEST_TYPE)


def _bands(form: Form, radius_mm: float) -> Iterator[_Band]:
    """Yield the bands from the top down."""
    if form.slip.session == "printed":
        yield _Band("session", SESSION_MM, BEFORE_SESSION)
    elif form.slip.session == "marked":
        yield _Band("session", ASK_MM, BEFORE_SESSION)
        yield _Band("sessions", _legend_mm(form, len(form.sessions)), 0.0)
        yield _Band("choice", 2 * RESPONSE_SHARE * _session_circle_mm(form), 0.0)
    if form.question:
        first = form.slip.session in ("rows", "none")
        yield _Band("question", QUESTION_MM, BEFORE_SESSION if first else BEFORE_QUESTION)
    if form.scale.choose:
        yield _Band("choices", _legend_mm(form, len(form.choices)), BEFORE_ROW)
    for i in range(len(form.rows)):
        yield _Band(f"row{i}", _row_mm(form, radius_mm), BEFORE_FURTHER_ROW if i else BEFORE_ROW)
    if form.comment:
        yield _Band("prompt", PROMPT_MM, BEFORE_COMMENT)
        yield _Band("comment", form.comment.height_mm, 0.0)


def _row_mm(form: Form, radius_mm: float) -> float:
    return 2 * RESPONSE_SHARE * radius_mm + (_below_mm(form) if _has_words_below(form) else 0.0)


def _below_mm(form: Form) -> float:
    return BELOW_MM * type_scale(form.slip.extent_mm[1])


def _has_words_below(form: Form) -> bool:
    return bool(form.scale.answers or form.scale.low or form.scale.high)


def _legend_mm(form: Form, names: int) -> float:
    return legend_lines(names) * LEGEND_MM * type_scale(form.slip.extent_mm[1])


def _between_mm(form: Form) -> tuple[float, float]:
    """Return where the bands may begin and must end, from the top of the slip."""
    width, height = form.slip.extent_mm
    top = event_box(form, width).bottom_mm + (ACCENT_MM if form.look.accent else 0.0)
    return top, rule_box(form, width, height).y_mm


def _spare_mm(form: Form, bands: Sequence[_Band]) -> float:
    top, bottom = _between_mm(form)
    return bottom - top - sum(band.height_mm for band in bands)


def _refuse_too_much(form: Form, bands: Sequence[_Band]) -> None:
    spare = _spare_mm(form, bands)
    if spare < LEAST_SPARE_MM:
        _, height = form.slip.extent_mm
        enough = _height_that_fits(form)
        raise FormError(
            f"form {form.id}: all that the slip is to hold needs {LEAST_SPARE_MM - spare:.0f} mm "
            f"more than its {height:g} mm of height",
            hint=f"Make the slip {enough} mm high, or leave something out."
            if enough
            else "Leave something out.",
        )


def _height_that_fits(form: Form) -> int | None:
    """Return how high a slip as wide as this would hold it all: faces grow with the height."""
    width, height = form.slip.extent_mm
    for trial in range(int(height) + 1, MOST_MM + 1):
        size = {"size": None, "width_mm": width, "height_mm": float(trial)}
        higher = form.model_copy(update={"slip": form.slip.model_copy(update=size)})
        top, bottom = _between_mm(higher)
        bands = list(_bands(higher, _radius_mm(higher, bottom - top)))
        if _spare_mm(higher, bands) >= LEAST_SPARE_MM:
            return trial
    return None


def _tops(bands: Sequence[_Band], top_mm: float, bottom_mm: float) -> list[float]:
    spare = bottom_mm - top_mm - sum(band.height_mm for band in bands)
    shares = [band.gap_before for band in bands]
    whole = sum(shares) + BEFORE_END
    tops, y = [], top_mm
    for band, share in zip(bands, shares, strict=True):
        y += share / whole * spare
        tops.append(y)
        y += band.height_mm
    return tops


def _radius_mm(form: Form, between_mm: float) -> float:
    """Return the radius that suits the slip and keeps response areas apart.

    `between_mm` is the height that all bands share.
    """
    _, height = form.slip.extent_mm
    smallest, largest = FACE_MM if form.scale.smileys else CIRCLE_MM
    wide = _radius_by_width_mm(form, smallest)
    rows = len(form.rows)
    others = sum(band.height_mm for band in _bands(form, 0.0))
    # With one row, what does not fit is told rather than made smaller.
    high = (between_mm - others - 2 * LEAST_SPARE_MM) / (2 * RESPONSE_SHARE * rows)
    tight = max(high, smallest) if rows > 1 or not form.scale.smileys else largest
    return min(height / FACES_PER_HEIGHT, largest, wide, tight)


def _radius_by_width_mm(form: Form, smallest_mm: float) -> float:
    """Return the largest radius that fits side by side; refuse what `smallest_mm` does not."""
    width, _ = form.slip.extent_mm
    around = 2 * RESPONSE_SHARE * form.targets
    beside = LABEL_MM[0] + _around_label_mm() if _has_labels(form) else 0.0
    wide = (room_mm(width) - beside) / around
    if wide < smallest_mm:
        needed = smallest_mm * around + (width - room_mm(width)) + beside
        most = int((room_mm(width) - beside) / (2 * RESPONSE_SHARE * smallest_mm))
        raise FormError(
            f"form {form.id}: {form.targets} {_kind(form)} do not fit side by side on a slip "
            f"{width:g} mm wide",
            hint=f"Make the slip at least {needed:.0f} mm wide{_or_fewer(form, most)}.",
        )
    if not _has_labels(form):
        return wide
    good = GOOD_LABEL_SHARE * width + _around_label_mm()
    return min(wide, max(smallest_mm, (room_mm(width) - good) / around))


def _kind(form: Form) -> str:
    return "smileys" if form.scale.smileys else "circles"


def _around_label_mm() -> float:
    """Return what a label takes beyond its own width: it begins level with the marks."""
    return MARK_INSET_MM - EDGE_MM + LABEL_GAP_MM


def _or_fewer(form: Form, most: int) -> str:
    return f", or choose at most {most} {_kind(form)}" if most > 1 else ""


def _has_labels(form: Form) -> bool:
    return form.rows != (None,)


def _row(form: Form, radius_mm: float, band: Box, place: int) -> Row:
    """Place one row in its band: its label to the left, if it has one, its targets beside it."""
    width, _ = form.slip.extent_mm
    y = band.y_mm + radius_mm * RESPONSE_SHARE
    about = form.rows[place]
    if about is None:
        centres = centred(form.targets, radius_mm, across(width), y)
        if form.choices:
            pitch = centres[1].x_mm - centres[0].x_mm
            centres = from_left(form.targets, radius_mm, pitch, y)
        targets = _targets(form, radius_mm, centres)
        return Row(None, targets, None, tuple(_below(form, targets)))
    wanted = 2 * RESPONSE_SHARE * radius_mm * form.targets
    label_mm = min(LABEL_MM[1], width - EDGE_MM - wanted - LABEL_GAP_MM - MARK_INSET_MM)
    label = Box(MARK_INSET_MM, band.y_mm, label_mm, 2 * RESPONSE_SHARE * radius_mm)
    left = label.right_mm + LABEL_GAP_MM
    beside = Span((left + width - EDGE_MM) / 2, width - EDGE_MM - left)
    targets = _targets(form, radius_mm, centred(form.targets, radius_mm, beside, y))
    return Row(about.id, targets, label, tuple(_below(form, targets)))


def _targets(form: Form, radius_mm: float, centres: list[Point]) -> tuple[Target, ...]:
    if form.scale.smileys:
        moods = (mood_of(i, len(centres)) for i in range(1, len(centres) + 1))
        return tuple(
            Smiley(centre, radius_mm, mood) for centre, mood in zip(centres, moods, strict=True)
        )
    numbered = not form.scale.answers
    return tuple(
        Circle(centre, radius_mm, i if numbered else None) for i, centre in enumerate(centres, 1)
    )


def _below(form: Form, targets: tuple[Target, ...]) -> Iterator[Box]:
    """Yield the room for words under the targets: under each, or under the first and last."""
    if not _has_words_below(form):
        return
    first, second, last = targets[0], targets[1], targets[-1]
    pitch = second.centre.x_mm - first.centre.x_mm
    y = first.centre.y_mm + first.radius_mm * RESPONSE_SHARE
    if form.scale.answers:
        beside = (
            first.centre.x_mm - MARK_INSET_MM,
            form.slip.extent_mm[0] - EDGE_MM - last.centre.x_mm,
        )
        wide = min(pitch - 1.0, 2 * min(beside))
        for target in targets:
            yield Box(target.centre.x_mm - wide / 2, y, wide, _below_mm(form))
        return
    wide = (last.centre.x_mm - first.centre.x_mm) / 2
    yield Box(first.centre.x_mm - first.radius_mm, y, wide, _below_mm(form))
    yield Box(last.centre.x_mm + last.radius_mm - wide, y, wide, _below_mm(form))


def _session_circle_mm(form: Form) -> float:
    width, _ = form.slip.extent_mm
    wide = room_mm(width) / (2 * RESPONSE_SHARE * len(form.sessions))
    radius = min(SESSION_CIRCLE_MM, wide)
    if radius < CIRCLE_MM[0]:
        raise FormError(
            f"form {form.id}: {len(form.sessions)} sessions do not fit side by side in a row to "
            f"mark on a slip {width:g} mm wide",
            hint="Make the slip wider, or print the session on each slip.",
        )
    return radius


def _choice_row(form: Form, placed: Mapping[str, Box]) -> Row:
    width, _ = form.slip.extent_mm
    radius, names = _session_circle_mm(form), len(form.sessions)
    y = placed["choice"].y_mm + radius * RESPONSE_SHARE
    pitch = min(widest_pitch(names, radius, room_mm(width)), SESSION_PITCH_RADII * radius)
    centres = from_left(names, radius, pitch, y)
    circles = tuple(Circle(centre, radius, i) for i, centre in enumerate(centres, 1))
    return Row(None, circles, legend=legend_boxes(names, placed["sessions"]))
