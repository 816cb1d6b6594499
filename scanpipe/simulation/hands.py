"""Owns how a crowd marks slips: which mark, which pen, how big, how far off the face's middle."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from scanpipe.simulation.pens import Marking, Pen
from scanpipe.simulation.strokes import Generator, Kind, Strokes, draw_kind

T = TypeVar("T")

PENS = {
    "ballpoint_black": Pen(0.6, 0.88, 0.12),
    "ballpoint_blue": Pen(0.6, 0.78, 0.15, tint=(1.12, 1.0, 0.6)),
    "ballpoint_red": Pen(0.6, 0.68, 0.15, tint=(0.35, 1.25, 1.15)),
    "fineliner": Pen(0.4, 0.93, 0.03, 0.05),
    "pencil": Pen(0.7, 0.56, 0.4, 0.18),
    "felt_tip": Pen(1.7, 0.92, 0.03, 0.08),
}
"""Pens by name. The grey of blue and red ink is what a grey scan makes of it."""

FAINT_PENCIL = Pen(0.45, 0.22, 0.5, 0.2)
"""A hard pencil hardly touching the paper: a careful reader asks."""

_SIZES: Mapping[Kind, tuple[float, float]] = {
    Kind.CROSS: (0.55, 1.1),
    Kind.TICK: (0.7, 1.25),
    Kind.VEE: (0.5, 0.95),
    Kind.CIRCLE: (1.12, 1.38),
    Kind.CIRCLED_CROSS: (1.12, 1.38),
    Kind.FILL: (0.6, 1.0),
    Kind.SCRIBBLE: (0.7, 1.1),
    Kind.SLASH: (0.6, 1.1),
    Kind.DOT: (0.07, 0.14),
    Kind.UNDERLINE: (0.6, 1.05),
}
"""Longer side of a mark in face widths."""

_PLACES: Mapping[Kind, tuple[float, float]] = {Kind.TICK: (0.1, -0.1), Kind.UNDERLINE: (0.0, 0.62)}
"""Where the middle of a mark usually lies, in face widths from the face's middle."""

_STEADINESS: Mapping[Kind, float] = {Kind.UNDERLINE: 0.4}
"""Share of a crowd's straying: whoever draws a line under a face keeps close to it."""

_SOLID = (Kind.FILL, Kind.SCRIBBLE)

_DAB_MM = (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Crowd:
    """People and their habits.

    `kinds` and `pens` (names in PENS) hold the share of each; `astray` is the standard
    deviation of a mark's place in face widths, `growth` the spread of its size. `draw` is the
    hand: it returns the strokes of a kind.
    """

    kinds: Mapping[Kind, float]
    pens: Mapping[str, float]
    astray: float
    growth: tuple[float, float] = (1.0, 1.0)
    draw: Callable[[Kind, Generator], Strokes] = draw_kind


_USUAL_PENS = {
    "ballpoint_black": 0.33,
    "ballpoint_blue": 0.42,
    "ballpoint_red": 0.05,
    "fineliner": 0.06,
    "pencil": 0.08,
    "felt_tip": 0.06,
}

CLEAR = Crowd(
    {
        Kind.CROSS: 0.52,
        Kind.TICK: 0.13,
        Kind.CIRCLE: 0.12,
        Kind.FILL: 0.06,
        Kind.SCRIBBLE: 0.05,
        Kind.VEE: 0.05,
        Kind.CIRCLED_CROSS: 0.04,
        Kind.SLASH: 0.03,
    },
    _USUAL_PENS,
    astray=0.06,
)
"""People who did what the slip asked for, each in a way of their own."""

SLOPPY = Crowd(dict.fromkeys(Kind, 0.1), _USUAL_PENS, astray=0.14, growth=(0.8, 1.16))
"""People in a hurry: every kind of mark as often as any other, and further off."""


def mark(
    rating: int,
    rng: Generator,
    *,
    crowd: Crowd = CLEAR,
    kind: Kind | None = None,
    pen: Pen | None = None,
) -> Marking:
    """Return the mark that someone of `crowd` puts at `rating`; kind and pen drawn if None."""
    kind = kind or _drawn(crowd.kinds, rng)
    pen = pen or _pen(crowd, rng)
    if kind is Kind.DOT:
        pen = replace(pen, width_mm=max(pen.width_mm, rng.uniform(*_DAB_MM)))
    size = min(rng.uniform(*_SIZES[kind]) * rng.uniform(*crowd.growth), 1.6)
    x, y = _PLACES.get(kind, (0.0, 0.0))
    astray = crowd.astray * _STEADINESS.get(kind, 1.0)
    offset = (x + rng.normal(0, astray), y + rng.normal(0, astray))
    return Marking(rating, crowd.draw(kind, rng), pen, size, offset, kind.value)


def correction(abandoned: int, kept: int, rng: Generator) -> tuple[Marking, ...]:
    """Return a cross at `abandoned` that was scribbled out, and another at `kept`, by one pen."""
    pen = _pen(CLEAR, rng)
    crossed, kept_mark = (
        mark(rating, rng, kind=Kind.CROSS, pen=pen) for rating in (abandoned, kept)
    )
    struck = mark(abandoned, rng, kind=Kind.SCRIBBLE, pen=pen)
    again = mark(abandoned, rng, kind=Kind.SCRIBBLE, pen=pen)
    return crossed, struck, again, kept_mark


def struck_out(
    abandoned: int, kept: int, rng: Generator, crowd: Crowd = CLEAR
) -> tuple[Marking, ...]:
    """Return any mark at `abandoned`, scribbled or filled over once or twice, and one at `kept`.

    Neither is itself a scribble: nobody could tell which of the two was meant.
    """
    pen = _pen(crowd, rng)
    clear = {kind: share for kind, share in crowd.kinds.items() if kind not in _SOLID}
    plain = replace(crowd, kinds=clear)
    first, kept_mark = (mark(rating, rng, crowd=plain, pen=pen) for rating in (abandoned, kept))
    over = Kind.SCRIBBLE if rng.random() < 0.8 else Kind.FILL
    times = int(rng.integers(1, 3))
    struck = (mark(abandoned, rng, crowd=crowd, kind=over, pen=pen) for _ in range(times))
    return first, *struck, kept_mark


def handwriting(rng: Generator, pen: Pen | None = None) -> Marking:
    """Return a few words as a hand writes them, twice as wide as high; they say nothing."""
    strokes = []
    for line in range(int(rng.integers(1, 3))):
        start = rng.uniform(0, 0.1)
        for _ in range(int(rng.integers(1, 4))):
            letters = int(rng.integers(3, 9))
            turn = np.linspace(0, 2 * np.pi * letters, 16 * letters)
            height = 0.05 * (1 + 0.6 * np.sin(turn * rng.uniform(0.2, 0.6)))
            x = start + 0.035 * turn / (2 * np.pi) + 0.012 * np.cos(turn)
            strokes.append(np.stack([x, 0.17 * line + height * np.sin(turn)], axis=1))
            start = float(x[-1]) + 0.04
    return Marking(0, strokes, pen or _pen(CLEAR, rng), kind="writing")


def _pen(crowd: Crowd, rng: Generator) -> Pen:
    pen = PENS[_drawn(crowd.pens, rng)]
    width_mm = min(max(pen.width_mm * rng.lognormal(0, 0.15), 0.3), 2.4)
    return replace(pen, width_mm=width_mm, darkness=min(pen.darkness + rng.normal(0, 0.02), 0.97))


def _drawn(shares: Mapping[T, float], rng: Generator) -> T:
    total = sum(shares.values())
    things = list(shares)
    return things[int(rng.choice(len(things), p=[share / total for share in shares.values()]))]
