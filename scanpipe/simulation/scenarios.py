"""Owns the named scenarios: what a box of slips and a scanner may come up with, one at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from pathlib import Path

from scanpipe.simulation.conditions import (
    BILEVEL,
    COLOURED_PAPER,
    ScannerOf,
    WearOf,
    always,
    copied,
    cut,
    dusty,
    faint,
    fitted,
    flat,
    handled,
    lid,
    mistreated,
    office,
    one_bit,
    phone,
    printed_on_both_sides,
    streaky,
    torn,
)
from scanpipe.simulation.hands import CLEAR, SLOPPY, Crowd
from scanpipe.simulation.strokebook import StrokeBook
from scanpipe.simulation.strokes import Kind

BLANK_SHARE = 0.3
"""Blank slips of a scenario for each marked one: they are made alike but for the mark."""


class Content(StrEnum):
    """What is on the slips of a scenario."""

    MARK = "one mark"
    BLANK = "no mark"
    TWO_MARKS = "two marks"
    CORRECTION = "a mark struck out and another"
    MIXTURE = "mostly one mark; some blank, some with two, some corrected"


class Lie(StrEnum):
    """How the paper comes to the scanner."""

    FED = "one slip to a page"
    GLASS = "several loose slips to a page"
    UNCUT = "a whole printed sheet to a page"
    BETWEEN = "other pages between the slips"
    AGAIN = "every other slip is scanned twice"
    ALIKE = "two slips marked alike, both fed"
    FOREIGN = "slips of another form"


class Group(Enum):
    """Scenarios with one bar: what they are called, and the review rate they may have at most."""

    OFFICE = ("Office scans", 0.002)
    USUAL = ("Other scanners, pens and paper", 0.01)
    HARD = ("Sloppy, torn, faint, dirty, coarse", 0.03)
    ASKED = ("For a person to decide", None)
    BLANK = ("Blank slips", 0.03)
    HARSH = ("Harsher than boxes are", None)
    BEYOND = ("Not in the file any more", None)

    def __init__(self, told: str, review_at_most: float | None) -> None:
        self.told = told
        self.review_at_most = review_at_most

    @property
    def readable(self) -> bool:
        """Whether what is on the slips is still in the scan, so that it can be asked for."""
        return self is not Group.BEYOND


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of box and scanner.

    `scanner` is drawn for a pile of slips, `wear` for each slip. `file_dpi`: what the file says
    of its resolution, one drawn for each page; empty for the truth. `pictures`: every page is a
    picture file that says nothing of its resolution. `share`: slips for each slip of others.
    """

    name: str
    group: Group
    scanner: ScannerOf = office
    wear: WearOf = cut
    crowd: Crowd = CLEAR
    content: Content = Content.MARK
    lie: Lie = Lie.FED
    file_dpi: tuple[float, ...] = ()
    pictures: bool = False
    share: float = 1.0

    def drawn_from(self, strokes: Path | None) -> "Scenario":
        """Return the scenario with strokes out of a folder, or itself for None."""
        if strokes is None:
            return self
        return replace(self, crowd=replace(self.crowd, draw=StrokeBook(strokes)))


def only(*pens: str) -> Crowd:
    """Return the clear crowd with nothing but these pens."""
    return replace(CLEAR, pens=dict.fromkeys(pens, 1.0))


_INKS = replace(CLEAR, pens={"ballpoint_blue": 0.6, "ballpoint_red": 0.25, "ballpoint_black": 0.15})

_DABS = replace(
    CLEAR, kinds={Kind.DOT: 0.4, Kind.SLASH: 0.3, Kind.UNDERLINE: 0.15, Kind.TICK: 0.15}
)

_OFFICE = (
    Scenario("grey-200", Group.OFFICE, content=Content.MIXTURE),
    Scenario("grey-300", Group.OFFICE, always(dpi=300), content=Content.MIXTURE),
    Scenario("skewed", Group.OFFICE, always(skew_deg=5 / 3)),
    Scenario("any-way-up", Group.OFFICE, always(turns=(0, 90, 180, 180, 270))),
)

_USUAL = (
    Scenario("1bit", Group.USUAL, one_bit(150, 180)),
    Scenario("1bit-light", Group.USUAL, one_bit(110, 125), crowd=_INKS),
    Scenario("1bit-dark", Group.USUAL, one_bit(200, 212)),
    Scenario("1bit-300-dpi", Group.USUAL, always(BILEVEL, dpi=300)),
    Scenario("150-dpi", Group.USUAL, always(dpi=150)),
    Scenario("600-dpi", Group.USUAL, always(dpi=600), share=0.5),
    Scenario("pencil", Group.USUAL, crowd=only("pencil")),
    Scenario("felt-tip", Group.USUAL, crowd=only("felt_tip")),
    Scenario("blue-pen", Group.USUAL, crowd=only("ballpoint_blue")),
    Scenario("red-pen", Group.USUAL, crowd=only("ballpoint_red")),
    *(
        Scenario(f"colour-{name}", Group.USUAL, always(paper_rgb=rgb), crowd=_INKS, share=0.5)
        for name, rgb in COLOURED_PAPER.items()
    ),
    Scenario("black-lid", Group.USUAL, lid(8, 40)),
    Scenario("grey-lid", Group.USUAL, lid(90, 170)),
    Scenario("white-lid", Group.USUAL, lid(247, 252)),
    Scenario("glass", Group.USUAL, always(lid=232, dust=15, turns=(0,)), lie=Lie.GLASS),
    Scenario("uncut-sheet", Group.USUAL, always(turns=(0, 90, 180, 270)), lie=Lie.UNCUT),
    Scenario("fit-to-page", Group.USUAL, wear=fitted),
    Scenario("wrong-dpi", Group.USUAL, file_dpi=(72, 96, 150, 300, 400, 600)),
    Scenario("no-dpi", Group.USUAL, pictures=True),
    Scenario("small-marks", Group.USUAL, crowd=_DABS),
    Scenario("pages-between", Group.USUAL, lie=Lie.BETWEEN),
    Scenario("marked-alike", Group.USUAL, lie=Lie.ALIKE),
)

_HARD = (
    Scenario("sloppy", Group.HARD, crowd=SLOPPY),
    Scenario("sloppy-1bit", Group.HARD, one_bit(130, 190), crowd=SLOPPY),
    Scenario("torn-corner", Group.HARD, wear=torn(1)),
    Scenario("two-torn-corners", Group.HARD, wear=torn(2)),
    Scenario("faint-toner", Group.HARD, wear=faint),
    Scenario("copied-twice", Group.HARD, wear=copied),
    Scenario("copied-twice-1bit", Group.HARD, always(BILEVEL), copied),
    Scenario("duplex", Group.HARD, wear=printed_on_both_sides),
    Scenario("dirt", Group.HARD, dusty(5, 10), handled),
    Scenario("dirt-1bit", Group.HARD, always(BILEVEL, dust=7), handled),
    Scenario("streaks", Group.HARD, streaky),
    Scenario("100-dpi", Group.HARD, always(dpi=100)),
    Scenario("phone", Group.HARD, phone, pictures=True),
    Scenario("low-contrast", Group.HARD, flat),
    Scenario("jpeg-30", Group.HARD, always(jpeg_quality=30)),
)

_ASKED = (
    Scenario("two-marks", Group.ASKED, content=Content.TWO_MARKS),
    Scenario("two-marks-1bit", Group.ASKED, always(BILEVEL), content=Content.TWO_MARKS),
    Scenario("two-marks-sloppy", Group.ASKED, crowd=SLOPPY, content=Content.TWO_MARKS),
    Scenario("corrections", Group.ASKED, content=Content.CORRECTION),
    Scenario("corrections-1bit", Group.ASKED, always(BILEVEL), content=Content.CORRECTION),
    Scenario("fed-twice", Group.ASKED, lie=Lie.AGAIN),
    Scenario("other-form", Group.ASKED, lie=Lie.FOREIGN),
)

_HARSH = (Scenario("heavy-dirt", Group.HARSH, dusty(30, 45), mistreated, share=0.5),)

_BEYOND = (
    Scenario("1bit-light-pencil", Group.BEYOND, one_bit(110, 125), crowd=only("pencil"), share=0.5),
)
"""A threshold darker than the pencil: nothing of the mark is left for anybody to see."""

_ONLY_INK_DIFFERS = frozenset(
    {"pencil", "felt-tip", "blue-pen", "red-pen", "small-marks", "sloppy", "sloppy-1bit"}
)
"""Scenarios whose blank slips are those of another one."""


def _blank(scenario: Scenario) -> Scenario:
    group = Group.HARSH if scenario.group is Group.HARSH else Group.BLANK
    name, share = f"blank-{scenario.name}", BLANK_SHARE * scenario.share
    return replace(scenario, name=name, group=group, content=Content.BLANK, share=share)


_BLANK = tuple(
    _blank(scenario)
    for scenario in (*_OFFICE, *_USUAL, *_HARD, *_HARSH)
    if scenario.name not in _ONLY_INK_DIFFERS and scenario.lie in (Lie.FED, Lie.GLASS, Lie.UNCUT)
)

SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (*_OFFICE, *_USUAL, *_HARD, *_ASKED, *_BLANK, *_HARSH, *_BEYOND)
}
"""All scenarios by name, the gentle ones first."""
