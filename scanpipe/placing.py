"""Owns where parts of a slip stand: head and foot, targets side by side, names in a list."""

from dataclasses import dataclass

from scanpipe.form import Form
from scanpipe.layout import MARK_INSET_MM, MARK_MM, QUIET_MM, RESPONSE_SHARE, Box
from scanpipe.smiley import Point

EDGE_MM = 3.8
"""Clear paper between the slip's edge and the outermost response area."""

MAX_PITCH_RADII = 6.5
"""Two or three faces stand together as a row, not each in a corner."""

LOGO_MM = (30.0, 11.0)
LOGO_SHARE = 0.2
"""Largest part of the slip's width for the logo: the title needs its own."""

SERIAL_MM = 7.0

LEGEND_COLUMN = 4
"""Names in one column below each other; more stand in two."""

EVENT_MM, RULE_MM = 12.0, 10.0
"""Heights of head and foot."""


@dataclass(frozen=True, slots=True)
class Span:
    """Room for a row from left to right: its middle and its width."""

    middle_mm: float
    width_mm: float


def event_box(form: Form, width_mm: float) -> Box:
    """Return where the event is told: between the upper marks, beside the logo if there is one."""
    beside_marks = MARK_INSET_MM + MARK_MM + QUIET_MM
    logo = _logo_mm(width_mm) + QUIET_MM if form.look.logo else 0.0
    y = MARK_INSET_MM + MARK_MM / 2 - EVENT_MM / 2
    return Box(beside_marks, y, width_mm - beside_marks - beside_marks - logo, EVENT_MM)


def rule_box(form: Form, width_mm: float, height_mm: float) -> Box:
    """Return where it says what to do: between the lower marks, in the middle of the slip."""
    beside_marks = MARK_INSET_MM + MARK_MM + QUIET_MM
    left = beside_marks + (SERIAL_MM + QUIET_MM if form.slip.serial else 0.0)
    y = height_mm - MARK_INSET_MM - MARK_MM / 2 - RULE_MM / 2
    return Box(left, y, width_mm - 2 * left, RULE_MM)


def logo_box(event: Box, width_mm: float) -> Box:
    """Return the room of the logo, beside the event and up to the mark at the right."""
    top = event.centre.y_mm - LOGO_MM[1] / 2
    return Box(event.right_mm + QUIET_MM, top, _logo_mm(width_mm), LOGO_MM[1])


def _logo_mm(width_mm: float) -> float:
    return min(LOGO_MM[0], LOGO_SHARE * width_mm)


def serial_box(width_mm: float, centre_y_mm: float) -> Box:
    """Return where the serial number's code stands: beside the mark at the lower right."""
    right = width_mm - MARK_INSET_MM - MARK_MM - QUIET_MM
    return Box(right - SERIAL_MM, centre_y_mm - SERIAL_MM / 2, SERIAL_MM, SERIAL_MM)


def room_mm(width_mm: float) -> float:
    """Return the width that response areas may take of a slip so wide."""
    return width_mm - 2 * EDGE_MM


def across(width_mm: float) -> Span:
    """Return the room for a row that has a slip so wide to itself."""
    return Span(width_mm / 2, room_mm(width_mm))


def centred(count: int, radius_mm: float, span: Span, y_mm: float) -> list[Point]:
    """Place targets as far apart as the room allows, within reason, in the middle of it."""
    pitch = min(widest_pitch(count, radius_mm, span.width_mm), MAX_PITCH_RADII * radius_mm)
    first = span.middle_mm - (count - 1) * pitch / 2
    return [Point(first + i * pitch, y_mm) for i in range(count)]


def from_left(count: int, radius_mm: float, pitch_mm: float, y_mm: float) -> list[Point]:
    """Place targets under a list of names, which begins at the left."""
    first = EDGE_MM + radius_mm * RESPONSE_SHARE
    return [Point(first + i * pitch_mm, y_mm) for i in range(count)]


def widest_pitch(count: int, radius_mm: float, width_mm: float) -> float:
    """Return how far apart so many targets can stand with their response areas in `width_mm`."""
    return (width_mm - 2 * radius_mm * RESPONSE_SHARE) / (count - 1)


def legend_lines(names: int) -> int:
    """Return how many lines a list of so many names has."""
    return names if names <= LEGEND_COLUMN else -(-names // 2)


def legend_boxes(names: int, band: Box) -> tuple[Box, ...]:
    """Return a line for each of so many names: below each other, or in two columns."""
    lines = legend_lines(names)
    high = band.height_mm / lines
    wide = band.width_mm / -(-names // lines)
    return tuple(
        Box(band.x_mm + (i // lines) * wide, band.y_mm + (i % lines) * high, wide, high)
        for i in range(names)
    )
