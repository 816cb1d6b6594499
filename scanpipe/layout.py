"""Owns where everything stands on a slip, in mm from its top left corner.

Printing draws what this says and reading looks where this says; nothing else knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scanpipe.errors import FormError
from scanpipe.form import Form
from scanpipe.marks import Corner
from scanpipe.smiley import Point, Smiley, mood_of

MARK_MM = 7.0
"""At 100 dpi a module is then 3.4 px, which OpenCV's detector still reads 1-bit and turned."""

MARK_INSET_MM = 6.0
"""Beyond most printers' unprintable margin, and a quiet zone against a dark scanner lid."""

QUIET_MM = 3.0
"""Clear paper between a mark and the text beside it."""

RESPONSE_SHARE = 1.6
"""Radius of the response area in face radii: a circle drawn around a face lies inside it."""

EDGE_MM = 3.8
"""Clear paper between the slip's edge and the outermost response area."""

FACE_MM = (5.0, 10.0)
"""Smallest and largest face radius: below, a pen's cross covers face and neighbour's space."""

FACES_PER_HEIGHT = 15
"""A6, 105 mm high, gets faces of 7 mm radius."""

MAX_PITCH_RADII = 6.5
"""Two or three faces stand together as a row, not each in a corner."""

EVENT_MM, SESSION_MM, QUESTION_MM, RULE_MM = 12.0, 11.0, 8.0, 10.0
"""Heights of the bands of text."""

GAP_SHARES = (0.30, 0.33, 0.10, 0.27)
"""How the height left over is shared: the question stands with its faces, not with the session."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in mm."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    @property
    def right_mm(self) -> float:
        """The x of the right edge."""
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """The y of the bottom edge."""
        return self.y_mm + self.height_mm

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        return Point(self.x_mm + self.width_mm / 2, self.y_mm + self.height_mm / 2)

    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Return the corners clockwise from the top left."""
        return (
            Point(self.x_mm, self.y_mm),
            Point(self.right_mm, self.y_mm),
            Point(self.right_mm, self.bottom_mm),
            Point(self.x_mm, self.bottom_mm),
        )

    def inset(self, by_mm: float) -> "Box":
        """Return the box made smaller by `by_mm` on every side."""
        return Box(
            self.x_mm + by_mm,
            self.y_mm + by_mm,
            self.width_mm - 2 * by_mm,
            self.height_mm - 2 * by_mm,
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """The slip of one form. `event`, `question` and `rule` hold printed text; `session` is the
    session field; `faces` are ordered by rating, from 1.
    """

    width_mm: float
    height_mm: float
    event: Box
    session: Box
    question: Box
    rule: Box
    faces: tuple[Smiley, ...]

    @property
    def response_radius_mm(self) -> float:
        """Radius of every response area."""
        return self.faces[0].radius_mm * RESPONSE_SHARE

    @property
    def pitch_mm(self) -> float:
        """Distance between the centres of two neighbouring faces."""
        return self.faces[1].centre.x_mm - self.faces[0].centre.x_mm

    def mark(self, corner: Corner) -> Box:
        """Return the registration mark in `corner`."""
        far_x = self.width_mm - MARK_INSET_MM - MARK_MM
        far_y = self.height_mm - MARK_INSET_MM - MARK_MM
        x = far_x if corner in (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT) else MARK_INSET_MM
        y = far_y if corner in (Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT) else MARK_INSET_MM
        return Box(x, y, MARK_MM, MARK_MM)

    def marks(self) -> Iterator[tuple[Corner, Box]]:
        """Yield every registration mark."""
        return ((corner, self.mark(corner)) for corner in Corner)


def layout_of(form: Form) -> Layout:
    """Return the layout of `form`'s slips; raise FormError if the faces do not fit side by side.

    Bands from the top: event, session field, question, faces, rule. Event and rule stand
    between the marks, level with them; what height is left over goes between the bands.
    """
    width, height = form.slip.extent_mm
    radius = _face_radius_mm(form)
    response_radius = radius * RESPONSE_SHARE
    beside_marks_x = MARK_INSET_MM + MARK_MM + QUIET_MM
    marks_y = MARK_INSET_MM + MARK_MM / 2
    between_marks = width - 2 * beside_marks_x
    event = Box(beside_marks_x, marks_y - EVENT_MM / 2, between_marks, EVENT_MM)
    rule = Box(beside_marks_x, height - marks_y - RULE_MM / 2, between_marks, RULE_MM)
    spare = rule.y_mm - event.bottom_mm - SESSION_MM - QUESTION_MM - 2 * response_radius
    gaps = [share * spare for share in GAP_SHARES]
    full = width - 2 * MARK_INSET_MM
    session = Box(MARK_INSET_MM, event.bottom_mm + gaps[0], full, SESSION_MM)
    question = Box(MARK_INSET_MM, session.bottom_mm + gaps[1], full, QUESTION_MM)
    row_y = question.bottom_mm + gaps[2] + response_radius
    return Layout(width, height, event, session, question, rule, _row(form, width, radius, row_y))


def _face_radius_mm(form: Form) -> float:
    """Return the radius that suits the slip's height and keeps response areas apart."""
    width, height = form.slip.extent_mm
    smallest, largest = FACE_MM
    count = form.scale.smileys
    radius = min(height / FACES_PER_HEIGHT, largest, _room_mm(width) / (2 * RESPONSE_SHARE * count))
    if radius < smallest:
        needed = smallest * 2 * RESPONSE_SHARE * count + (width - _room_mm(width))
        raise FormError(
            f"form {form.id}: {count} smileys do not fit side by side on a slip {width:g} mm wide",
            hint=f"Make the slip at least {needed:.0f} mm wide, or choose fewer smileys.",
        )
    return radius


def _room_mm(width_mm: float) -> float:
    return width_mm - 2 * EDGE_MM


def _row(form: Form, width_mm: float, radius_mm: float, y_mm: float) -> tuple[Smiley, ...]:
    """Place the faces as far apart as the slip allows, within reason, in the middle of it."""
    count = form.scale.smileys
    widest = (_room_mm(width_mm) - 2 * radius_mm * RESPONSE_SHARE) / (count - 1)
    pitch = min(widest, MAX_PITCH_RADII * radius_mm)
    first = (width_mm - (count - 1) * pitch) / 2
    return tuple(
        Smiley(Point(first + i * pitch, y_mm), radius_mm, mood_of(i + 1, count))
        for i in range(count)
    )
