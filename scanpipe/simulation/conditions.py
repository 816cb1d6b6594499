"""Owns what scans and slips are like, scenario by scenario: samplers of scanners and of wear.

A scanner is drawn once for a pile of slips that someone scans in one go, wear once for a slip.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from scanpipe.marks import Corner
from scanpipe.simulation.scanner import Scanner
from scanpipe.simulation.strokes import Generator
from scanpipe.simulation.wear import Wear

ScannerOf = Callable[[Generator], Scanner]
WearOf = Callable[[Generator], Wear]

KNIFE_MM = 0.8
"""How crooked slips are cut, whatever else befalls them."""

COLOURED_PAPER = {
    "white": (250, 249, 246),
    "yellow": (252, 240, 150),
    "pink": (248, 205, 214),
    "blue": (198, 222, 244),
}
"""Paper as a colour scanner sees it: red, green, blue."""

_MOSTLY_UP = (0, 0, 0, 180)
_ANY_WAY = (0, 90, 180, 270)

OFFICE = Scanner(turns=_MOSTLY_UP)
BILEVEL = replace(OFFICE, jpeg_quality=None, threshold=165)
PHONE = Scanner(
    dpi=220, skew_deg=4, turns=(0, 0, 90, 180, 270), margin_mm=22, noise=5, blur_px=1.0, table=0.06
)


def always(scanner: Scanner = OFFICE, **settings: Any) -> ScannerOf:
    """Return a sampler of one scanner, with other `settings` if given."""
    return lambda _rng: replace(scanner, **settings)


def office(_rng: Generator) -> Scanner:
    """Return the scanner that most offices have."""
    return OFFICE


def one_bit(low: int, high: int) -> ScannerOf:
    """Return a sampler of 1-bit scanners that take grey from `low` to `high` on for white."""
    return lambda rng: replace(BILEVEL, threshold=int(rng.integers(low, high + 1)))


def dusty(low: int, high: int) -> ScannerOf:
    """Return a sampler of scanners with so many specks of dust a page."""
    return lambda rng: replace(OFFICE, dust=int(rng.integers(low, high + 1)))


def streaky(rng: Generator) -> Scanner:
    """Return a scanner with one to three streaks, the same on all its pages."""
    places = rng.uniform(4, 150, int(rng.integers(1, 4)))
    return replace(OFFICE, streaks_mm=tuple(places.tolist()))


def flat(rng: Generator) -> Scanner:
    """Return a scanner that turns black into grey and white too."""
    return replace(OFFICE, contrast=rng.uniform(0.4, 0.6), paper=int(rng.integers(218, 236)))


def phone(rng: Generator) -> Scanner:
    """Return a hand-held phone above a table."""
    return replace(
        PHONE,
        lid=int(rng.integers(45, 190)),
        paper=int(rng.integers(215, 246)),
        perspective=rng.uniform(0.02, 0.08),
        shade=rng.uniform(0.1, 0.45),
        jpeg_quality=int(rng.integers(70, 91)),
    )


def lid(low: int, high: int) -> ScannerOf:
    """Return a sampler of scanners whose lid has a grey from `low` to `high`."""
    return lambda rng: replace(OFFICE, lid=int(rng.integers(low, high + 1)), turns=_ANY_WAY)


def cut(_rng: Generator) -> Wear:
    """Return a slip that was cut out and nothing else."""
    return Wear(crooked_mm=KNIFE_MM)


def fitted(rng: Generator) -> Wear:
    """Return a slip that the printer fitted to the page, as they say."""
    return Wear(crooked_mm=KNIFE_MM, scale=rng.uniform(0.90, 1.03))


def copied(rng: Generator) -> Wear:
    """Return a slip of a copy of a copy, that the copier fitted to the page besides."""
    return Wear(crooked_mm=KNIFE_MM, copies=2, scale=rng.uniform(0.93, 1.03))


def printed_on_both_sides(rng: Generator) -> Wear:
    """Return a slip with another one printed on its back, which is seen through the paper.

    Office paper of 80 g/m² has an opacity (ISO 2471) of 90 % and more.
    """
    return Wear(crooked_mm=KNIFE_MM, duplex=rng.uniform(0.03, 0.10))


def torn(corners: int) -> WearOf:
    """Return a sampler of slips with so many corners torn off, marks and all."""

    def sample(rng: Generator) -> Wear:
        gone = rng.choice(len(Corner), corners, replace=False).tolist()
        return Wear(crooked_mm=1.2, torn=tuple(Corner(corner) for corner in gone))

    return sample


def faint(rng: Generator) -> Wear:
    """Return a slip printed with the last of the toner."""
    return Wear(crooked_mm=KNIFE_MM, toner=rng.uniform(0.3, 0.6))


def handled(rng: Generator) -> Wear:
    """Return a slip that lay about for a day: here a stain, there a fold or a written back."""
    luck = rng.random()
    return Wear(
        crooked_mm=KNIFE_MM,
        stains=int(rng.random() < 0.4),
        fold=bool(luck < 0.25),
        show_through=rng.uniform(0.03, 0.10) if luck > 0.75 else 0.0,
    )


def mistreated(rng: Generator) -> Wear:
    """Return a slip that was fished out of the bin."""
    return Wear(
        crooked_mm=2.0,
        stains=int(rng.integers(2, 5)),
        fold=bool(rng.random() < 0.6),
        show_through=rng.uniform(0.08, 0.2),
    )
