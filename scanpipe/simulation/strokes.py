"""Owns the shapes that people draw: seeded polylines in a unit box, a generator per kind.

A mark is a sequence of polylines of (x, y); the longer side of its bounding box is 1, its
top left corner is the origin, y points down. A polyline of one point is a touch of the pen.
Strokes from elsewhere can be used in place of these as long as they keep to that.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

Polyline = NDArray[np.float64]
Strokes = Sequence[ArrayLike]
Generator = np.random.Generator


class Kind(StrEnum):
    """What people draw on a face, or beside it."""

    CROSS = "cross"
    TICK = "tick"
    VEE = "vee"
    CIRCLE = "circle"
    CIRCLED_CROSS = "circled_cross"
    FILL = "fill"
    SCRIBBLE = "scribble"
    SLASH = "slash"
    DOT = "dot"
    UNDERLINE = "underline"


def draw_kind(kind: Kind, rng: Generator) -> tuple[Polyline, ...]:
    """Return one mark of `kind` as a hand would draw it."""
    return normalised(_DRAW[kind](rng))


def normalised(strokes: Strokes) -> tuple[Polyline, ...]:
    """Return the strokes as arrays of shape (n, 2), moved and scaled into the unit box."""
    lines = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in strokes]
    points = np.concatenate(lines)
    low = points.min(axis=0)
    side = max(float((points.max(axis=0) - low).max()), 1e-9)
    return tuple((line - low) / side for line in lines)


def _wobble(count: int, amount: float, rng: Generator) -> Polyline:
    """Smooth sideways drift of a hand, shape (count, 2): a few slow waves and a little tremor."""
    along = np.linspace(0, 1, count)[:, None]
    drift = np.zeros((count, 2))
    for waves in (0.7, 1.6, 3.1, 6.5):
        phase = rng.uniform(0, 2 * np.pi, 2)
        drift += rng.normal(0, amount / waves, 2) * np.sin(2 * np.pi * waves * along + phase)
    return drift + rng.normal(0, amount * 0.06, (count, 2))


def _through(corners: ArrayLike, rng: Generator, *, wobble: float = 0.012) -> Polyline:
    """Return a hand-drawn line through `corners`, rounded a little where it turns."""
    points = np.asarray(corners, dtype=np.float64)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    reach = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(int(reach[-1] / 0.02), 8)
    at = np.linspace(0, reach[-1], count)
    line = np.stack([np.interp(at, reach, points[:, axis]) for axis in (0, 1)], axis=1)
    padded = np.concatenate([line[:1], line, line[-1:]])
    rounded = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return np.asarray(rounded + _wobble(count, wobble, rng), dtype=np.float64)


def _line(angle_deg: float, length: float, rng: Generator, *, bow: float = 0.05) -> Polyline:
    """Return a line through the origin, `angle_deg` clockwise from the right, bent a little."""
    angle = np.deg2rad(angle_deg)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]]) * rng.normal(0, bow) * length
    share = np.linspace(-1, 1, 9)[:, None]
    return _through(share * along * length / 2 + (1 - share**2) * across, rng)


def _cross(rng: Generator) -> list[Polyline]:
    lean = rng.normal(0, 8)
    first = _line(lean + rng.normal(47, 7), rng.uniform(0.85, 1.15), rng)
    second = _line(lean + rng.normal(132, 7), rng.uniform(0.85, 1.15), rng)
    second += rng.normal(0, 0.05, 2)
    if rng.random() < 0.12:
        return [np.concatenate([first, _through([first[-1], second[0]], rng), second])]
    return [first, second]


def _tick(rng: Generator) -> list[Polyline]:
    down = np.deg2rad(rng.normal(58, 9))
    up = np.deg2rad(rng.normal(-52, 9))
    short, tail = rng.uniform(0.22, 0.5), rng.uniform(0.9, 1.3)
    start = [-short * np.cos(down), -short * np.sin(down)]
    middle = [tail * 0.5 * np.cos(up), tail * 0.5 * np.sin(up) + rng.normal(0.02, 0.025)]
    end = [tail * np.cos(up), tail * np.sin(up)]
    return [_through([start, [0, 0], middle, end], rng)]


def _vee(rng: Generator) -> list[Polyline]:
    width, bend = rng.uniform(0.25, 0.75), rng.normal(0, 0.05, 2)
    left, right = -width * rng.uniform(0.7, 1.2), width * rng.uniform(0.8, 1.3)
    left_y, right_y = rng.normal(-0.9, 0.1), rng.normal(-1.0, 0.1)
    first = [left / 2 + bend[0], left_y / 2]
    second = [right / 2 + bend[1], right_y / 2]
    return [_through([[left, left_y], first, [0, 0], second, [right, right_y]], rng)]


def _ring(rng: Generator) -> Polyline:
    """Return one round: flattened, leaning, and ending before or beyond where it began."""
    sweep = np.deg2rad(rng.choice([rng.uniform(325, 358), rng.uniform(360, 410)], p=[0.3, 0.7]))
    start = np.deg2rad(rng.normal(-100, 35))
    turn = np.linspace(0, float(sweep), 90) * rng.choice([-1, 1], p=[0.75, 0.25])
    radius = 1 + np.linspace(0, rng.normal(0, 0.07), 90)
    for harmonic in (2, 3, 4):
        radius += rng.normal(0, 0.05 / harmonic) * np.cos(harmonic * turn + rng.uniform(0, 6.3))
    flat, lean = rng.uniform(0.78, 1.0), rng.uniform(-0.5, 0.5)
    x, y = radius * np.cos(start + turn), flat * radius * np.sin(start + turn)
    leant = np.stack([x * np.cos(lean) - y * np.sin(lean), x * np.sin(lean) + y * np.cos(lean)], 1)
    return leant / 2 + _wobble(90, 0.008, rng)


def _circle(rng: Generator) -> list[Polyline]:
    return [_ring(rng)]


def _circled_cross(rng: Generator) -> list[Polyline]:
    share = rng.uniform(0.5, 0.95)
    return [_ring(rng), *(line * share for line in _cross(rng))]


def _fill(rng: Generator) -> list[Polyline]:
    return [_spiral(rng) if rng.random() < 0.4 else _hatch(rng)]


def _hatch(rng: Generator) -> Polyline:
    """Return a zigzag to and fro across a disc."""
    angle = rng.uniform(0, np.pi)
    rows = int(rng.integers(14, 24))
    across = np.linspace(-0.47, 0.47, rows) + rng.normal(0, 0.008, rows)
    half = np.sqrt(np.maximum(0.25 - across**2, 0.01)) * rng.uniform(0.85, 1.1, rows)
    sides = np.where(np.arange(rows) % 2, 1, -1)
    along = half * sides
    x = along * np.cos(angle) - across * np.sin(angle)
    y = along * np.sin(angle) + across * np.cos(angle)
    return _through(np.stack([x, y], axis=1), rng, wobble=0.008)


def _spiral(rng: Generator) -> Polyline:
    """Return rounds that wander over a disc until it is full."""
    rounds = rng.uniform(7, 11)
    turn = np.linspace(0, 2 * np.pi * rounds, int(rounds * 40))
    radius = 0.5 * np.sqrt(np.linspace(0.02, 1, turn.size)) * rng.uniform(0.9, 1.1)
    for harmonic in rng.uniform(0.2, 2.7, 4):
        radius *= 1 + 0.11 * np.sin(turn * harmonic + rng.uniform(0, 6.3))
    ring = np.stack([radius * np.cos(turn), rng.uniform(0.8, 1) * radius * np.sin(turn)], axis=1)
    return np.asarray(ring + _wobble(turn.size, 0.04, rng), dtype=np.float64)


def _scribble(rng: Generator) -> list[Polyline]:
    """Return the to and fro that people strike things out with, zigzag or in loops."""
    turns = int(rng.integers(4, 10))
    height = rng.uniform(0.3, 0.75)
    lean = np.deg2rad(rng.normal(-10, 18))
    if rng.random() < 0.35:
        phase = np.linspace(0, 2 * np.pi * turns, turns * 30)
        x = np.linspace(-0.5, 0.5, phase.size) + 0.09 * np.cos(phase)
        y = height / 2 * np.sin(phase) * rng.uniform(0.8, 1.1)
        path = np.stack([x, y], axis=1) + _wobble(phase.size, 0.02, rng)
    else:
        count = 2 * turns
        x = np.linspace(-0.5, 0.5, count) + rng.normal(0, 0.02, count)
        y = height / 2 * np.where(np.arange(count) % 2, 1, -1) * rng.uniform(0.7, 1.1, count)
        path = _through(np.stack([x, y], axis=1), rng)
    turned = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    return [np.asarray(path @ turned, dtype=np.float64)]


def _slash(rng: Generator) -> list[Polyline]:
    angle = rng.normal(-52, 12) if rng.random() < 0.7 else rng.normal(45, 12)
    return [_line(angle, 1.0, rng)]


def _dot(rng: Generator) -> list[Polyline]:
    """Return a dab: one touch, or a touch that turns on the spot."""
    if rng.random() < 0.4:
        return [np.zeros((1, 2))]
    turn = np.linspace(0, rng.uniform(3, 14), 24)
    radius = np.linspace(0.5, 0.1, 24)
    return [np.stack([radius * np.cos(turn), radius * np.sin(turn)], 1) + _wobble(24, 0.1, rng)]


def _underline(rng: Generator) -> list[Polyline]:
    return [_line(rng.normal(-2, 3), 1.0, rng, bow=0.02)]


_DRAW: dict[Kind, Callable[[Generator], list[Polyline]]] = {
    Kind.CROSS: _cross,
    Kind.TICK: _tick,
    Kind.VEE: _vee,
    Kind.CIRCLE: _circle,
    Kind.CIRCLED_CROSS: _circled_cross,
    Kind.FILL: _fill,
    Kind.SCRIBBLE: _scribble,
    Kind.SLASH: _slash,
    Kind.DOT: _dot,
    Kind.UNDERLINE: _underline,
}
