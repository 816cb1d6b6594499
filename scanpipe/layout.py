"""Owns where everything stands on a slip, in mm from its top left corner.

Printing draws what this says and reading looks where this says; nothing else knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from scanpipe.circle import Circle
from scanpipe.marks import Corner
from scanpipe.smiley import Point, Smiley

MARK_MM = 7.0
"""At 100 dpi a module is then 3.4 px, which OpenCV's detector still reads 1-bit and turned."""

MARK_INSET_MM = 6.0
"""Beyond most printers' unprintable margin, and a quiet zone against a dark scanner lid."""

QUIET_MM = 3.0
"""Clear paper between a mark and the text beside it."""

RESPONSE_SHARE = 1.6
"""Radius of the response area in face radii: a circle drawn around a face lies inside it."""

Target = Smiley | Circle
"""One thing to mark."""


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
class Row:
    """One row of things to mark, ordered by rating, from 1, of one size.

    `key`: id of the question or session that it is about, None where that goes without saying.
    `label`: where this is printed, None where it is not. `below`: room for words under the
    targets; under all of them, or under the first and the last. `legend`: a line for each target
    that is but a number, to say what it stands for.
    """

    key: str | None
    targets: tuple[Target, ...]
    label: Box | None = None
    below: tuple[Box, ...] = ()
    legend: tuple[Box, ...] = ()

    @property
    def radius_mm(self) -> float:
        """Radius of every target."""
        return self.targets[0].radius_mm


@dataclass(frozen=True, slots=True)
class Layout:
    """The slip of one form. `event`, `question` and `rule` hold printed text; `session` is the
    session field, or the line that asks which session it was, where people mark it in the row
    `choice`. `comment`: the box to write in, and `prompt` what stands above it.
    """

    width_mm: float
    height_mm: float
    event: Box
    rule: Box
    rows: tuple[Row, ...]
    session: Box | None = None
    question: Box | None = None
    choice: Row | None = None
    prompt: Box | None = None
    comment: Box | None = None
    serial: Box | None = None
    logo: Box | None = None

    @property
    def faces(self) -> tuple[Target, ...]:
        """All things to mark, from the top: those of `choice`, then those of `rows`."""
        return tuple(target for row in self.all_rows for target in row.targets)

    @property
    def all_rows(self) -> tuple[Row, ...]:
        """Every row in which something is marked, from the top."""
        return (self.choice, *self.rows) if self.choice else self.rows

    @property
    def has_session_field(self) -> bool:
        """Whether the name of one session is printed on the slip, to be read from there."""
        return self.session is not None and self.choice is None

    @property
    def words(self) -> tuple[Box, ...]:
        """Where the words of the rows stand: what each is about, and what its answers mean."""
        of_rows = (box for row in self.all_rows for box in (row.label, *row.below, *row.legend))
        return tuple(box for box in of_rows if box)

    @property
    def passages(self) -> tuple[Box, ...]:
        """Where words stand that are about no row in particular, and nothing is to be written."""
        asked = None if self.has_session_field else self.session
        return tuple(box for box in (self.event, asked, self.question, self.rule) if box)

    @property
    def texts(self) -> tuple[Box, ...]:
        """Where words stand, or something else that is printed, and nothing is to be marked."""
        alone = (self.event, self.session, self.question, self.rule)
        besides = (self.prompt, self.comment, self.serial, self.logo)
        return tuple(box for box in (*alone, *self.words, *besides) if box)

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
