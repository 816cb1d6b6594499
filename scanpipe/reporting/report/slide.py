"""Owns the surface that charts for slides are drawn on: a page of 16:9 in inches, y downwards.

matplotlib draws; it is imported when the first slide is made, as its import takes longest.
"""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal

from scanpipe.reporting.report.colours import DARK
from scanpipe.reporting.report.faces import RADIUS_MM, Face

if TYPE_CHECKING:
    from matplotlib.artist import Artist

WIDTH_IN = 40 / 3
HEIGHT_IN = 7.5
PNG_DPI = 144
"""1920 x 1080 pixels."""

TALLEST_PX = 12_000
"""Of a chart of very many sessions, whose PNG is then coarser: what 90 MB of memory hold."""

_LETTER_SHARE = 0.62
"""Mean width of a letter of DejaVu Sans, which comes with matplotlib, as a share of its size."""

_FIXED: dict[Any, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "scanpipe",
}
"""Letters as outlines look the same in every program; the salt gives the same bytes each time."""

_QUICK = {"compress_level": 3}
"""A third of the time for a tenth more bytes."""

_FONT = "DejaVu Sans"


def prepare_slides() -> None:
    """Have all loaded that the first slide needs, which takes longer than to draw it."""
    with drawing():
        slide = Slide()
        slide.write(1, 1, "0")
        slide.pictures("")


@contextmanager
def drawing() -> Iterator[None]:
    """Make slides inside, from the first line to the pictures: they look the same for everybody.

    Outside, what a person has set for matplotlib, in a file of theirs, would be drawn with.
    """
    # Else it tells on stderr that it lists the fonts of this computer, or cannot keep the list.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib

    looks = dict(matplotlib.rcParamsDefault) | _FIXED
    looks.pop("backend")  # with it all that opens windows would be tried and loaded
    with matplotlib.rc_context(looks), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")
        yield


class Slide:
    """A blank page, `height_in` high, to draw on while `drawing`."""

    def __init__(self, height_in: float = HEIGHT_IN) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self._figure = Figure((WIDTH_IN, height_in), facecolor="white")
        FigureCanvasAgg(self._figure)
        upside_down = Affine2D().scale(1, -1).translate(0, height_in)
        self._inches = upside_down + self._figure.dpi_scale_trans

    def write(
        self,
        x_in: float,
        y_in: float,
        text: str,
        size_pt: float = 14,
        *,
        colour: str = DARK,
        across: Literal["left", "center", "right"] = "left",
        up: Literal["top", "center", "bottom"] = "center",
        bold: bool = False,
    ) -> None:
        """Write `text`, one line or several, at a point."""
        weight = "bold" if bold else "normal"
        self._figure.text(
            x_in,
            y_in,
            text,
            transform=self._inches,
            size=size_pt,
            color=colour,
            weight=weight,
            family=_FONT,
            ha=across,
            va=up,
            linespacing=1.15,
            parse_math=False,
        )

    def box(self, x_in: float, y_in: float, width_in: float, height_in: float, fill: str) -> None:
        """Draw a filled box with a white edge, from its top left corner."""
        from matplotlib.patches import Rectangle

        box = Rectangle((x_in, y_in), width_in, height_in, facecolor=fill, edgecolor="white")
        self._draw(box)

    def line(self, y_in: float, from_in: float, to_in: float, width_pt: float = 1.5) -> None:
        """Draw a dark line across."""
        from matplotlib.lines import Line2D

        self._draw(Line2D([from_in, to_in], [y_in, y_in], color=DARK, linewidth=width_pt))

    def pointer(self, x_in: float, y_in: float, colour: str, size_in: float = 0.13) -> None:
        """Draw a little triangle that points up to a point."""
        from matplotlib.patches import Polygon

        left, right, below = x_in - size_in, x_in + size_in, y_in + 1.4 * size_in
        self._draw(Polygon([(x_in, y_in), (right, below), (left, below)], facecolor=colour))

    def face(self, x_in: float, y_in: float, radius_in: float, face: Face) -> None:
        """Draw a smiley around a point."""
        from matplotlib.patches import Circle, PathPatch
        from matplotlib.path import Path

        scale = radius_in / RADIUS_MM
        points_per_mm = 72 * scale
        self._draw(
            Circle(
                (x_in, y_in),
                face.outline.radius_mm * scale,
                facecolor=face.colour.fill,
                edgecolor=DARK,
                linewidth=face.outline.width_mm * points_per_mm,
            )
        )
        for curve in face.curves:
            places = [
                (x_in + point.x_mm * scale, y_in + point.y_mm * scale)
                for point in (curve.start, curve.control, curve.end)
            ]
            self._draw(
                PathPatch(
                    Path(places, [Path.MOVETO, Path.CURVE3, Path.CURVE3]),
                    fill=False,
                    edgecolor=face.colour.ink,
                    linewidth=curve.width_mm * points_per_mm,
                    capstyle="round",
                )
            )

    def pictures(self, title: str) -> dict[str, bytes]:
        """Return the slide as PNG and as SVG, by the end of the file's name."""
        return {
            ".png": self._saved("png", {"Software": None, "Title": title}, pil_kwargs=_QUICK),
            ".svg": self._saved("svg", {"Date": None, "Creator": None, "Title": title}),
        }

    def _draw(self, artist: "Artist") -> None:
        artist.set_transform(self._inches)
        self._figure.add_artist(artist)

    def _saved(self, kind: str, metadata: dict[str, Any], **options: Any) -> bytes:
        file = BytesIO()
        dpi = min(PNG_DPI, TALLEST_PX / self._figure.get_figheight())
        self._figure.savefig(file, format=kind, dpi=dpi, metadata=metadata, **options)
        return file.getvalue()


def lines_of(text: str, width_in: float, size_pt: float) -> list[str]:
    """Return `text` in lines that hold in `width_in`."""
    return wrap(text, max(1, int(width_in * 72 / (size_pt * _LETTER_SHARE)))) or [""]
