"""Owns what every chart has: its heading, its foot, and the measures of its page."""

from dataclasses import dataclass

from scanpipe.reporting.report import slide as page
from scanpipe.reporting.report.slide import WIDTH_IN, Slide, lines_of
from scanpipe.reporting.report.topics import Line

MARGIN_IN = 0.6
NAMES_IN = 4.1
BARS_FROM_IN = MARGIN_IN + NAMES_IN
BARS_IN = WIDTH_IN - BARS_FROM_IN - MARGIN_IN - 0.9
FOOT_IN = 0.85
QUIET, ALARM = "#545a66", "#9a3412"
NAME_PT, TITLE_PT = 13.0, 24.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart under a name; `total` sums up the others."""

    name: str
    line: Line
    total: bool = False

    @property
    def lines_of_name(self) -> list[str]:
        """The name in lines that hold beside the bars."""
        return lines_of(self.name, NAMES_IN - 0.2, NAME_PT)


@dataclass(frozen=True, slots=True)
class Frame:
    """A chart's words: its title, what stands below that, what the figures are, a warning."""

    title: str
    below: str
    said: str
    warning: str

    @property
    def head_in(self) -> float:
        """How high the heading is, from the top of the page."""
        return MARGIN_IN + 0.42 * len(self._title) + 0.4

    @property
    def _title(self) -> list[str]:
        return lines_of(self.title, WIDTH_IN - 2 * MARGIN_IN, TITLE_PT * 1.1)

    def blank(self, height_in: float = page.HEIGHT_IN) -> Slide:
        """Return a page with the heading on it."""
        slide, title = page.Slide(height_in), self._title
        slide.write(MARGIN_IN, 0.45, "\n".join(title), TITLE_PT, up="top", bold=True)
        slide.write(MARGIN_IN, MARGIN_IN + 0.42 * len(title) + 0.1, self.below, 14, colour=QUIET)
        return slide

    def foot(self, slide: Slide, height_in: float = page.HEIGHT_IN, size_pt: float = 12) -> None:
        """Write what the figures are, and the warning, at the foot of the page."""
        right, below = WIDTH_IN - MARGIN_IN, height_in - 0.4
        slide.write(right, below, self.said, size_pt, colour=QUIET, across="right")
        slide.write(MARGIN_IN, below, self.warning, 12, colour=ALARM, bold=True)
