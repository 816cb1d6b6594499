"""Owns the organiser's logo: a PNG or SVG beside the form, checked, and drawn into its room."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from scanpipe.form import Form
from scanpipe.layout import Box

if TYPE_CHECKING:  # what draws SVG takes a tenth of a second to load, and few forms have a logo
    from reportlab.graphics.shapes import Drawing, Group

MAX_BYTES = 10 * 1024 * 1024
"""A logo printed 30 mm wide has no use for more."""

FINEST_DPI = 600
"""A logo with more pixels is made smaller: every page would carry them."""


class LogoError(Exception):
    """A logo that cannot be printed; the message says what was expected."""


def logo_problems(form: Form, folder: Path | None) -> Iterator[str]:
    """Yield why the form's logo cannot be printed, if it cannot; `folder` is the form's own."""
    if form.look.logo is None or folder is None:
        return
    try:
        _logo(folder / form.look.logo)
    except LogoError as error:
        yield f"look.logo: {error}"


def draw_logo(canvas: Canvas, path: Path, box: Box, slip_height_mm: float) -> None:
    """Draw the logo at `path` as large as it fits, at the right of `box`, in its middle.

    `box` is in slip mm, y downwards. The logo must have passed `logo_problems`.
    """
    logo = _logo(path)
    wide, high = float(logo.width), float(logo.height)
    scale = min(box.width_mm * mm / wide, box.height_mm * mm / high)
    left = box.right_mm * mm - wide * scale
    bottom = (slip_height_mm - box.centre.y_mm) * mm - high * scale / 2
    if not isinstance(logo, Image.Image):
        from reportlab.graphics import renderPDF

        canvas.saveState()
        canvas.translate(left, bottom)
        canvas.scale(scale, scale)
        renderPDF.draw(logo, canvas, 0, 0)
        canvas.restoreState()
        return
    pixels = round(wide * scale / 72 * FINEST_DPI), round(high * scale / 72 * FINEST_DPI)
    small = logo.copy()
    small.thumbnail((max(pixels[0], 1), max(pixels[1], 1)))
    canvas.drawImage(ImageReader(small), left, bottom, wide * scale, high * scale, mask="auto")


@lru_cache(maxsize=4)
def _logo(path: Path) -> "Drawing | Image.Image":
    kinds = {".png": _png, ".svg": _svg}
    if path.suffix.lower() not in kinds:
        raise LogoError(f"expected a file .png or .svg; found {path.name}")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise LogoError(
            f"there is no file {path}, where it is looked for ({error.strerror or error})"
        ) from None
    if not path.is_file() or size > MAX_BYTES:
        raise LogoError(f"expected a file of at most {MAX_BYTES >> 20} MB; found {path}")
    return kinds[path.suffix.lower()](path)


def _png(path: Path) -> Image.Image:
    try:
        with Image.open(path, formats=["PNG"]) as image:
            image.load()
            return image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise LogoError(f"{path.name} is no PNG that can be opened ({error})") from None
    except Image.DecompressionBombError:
        raise LogoError(f"{path.name} has more pixels than any logo needs") from None


def _svg(path: Path) -> "Drawing":
    from reportlab.graphics.shapes import String
    from svglib.svglib import svg2rlg

    try:
        drawing = svg2rlg(str(path))
    # What a drawing program wrote can go wrong in the library in ways that it does not name.
    except Exception as error:
        raise LogoError(f"{path.name} cannot be drawn ({error})") from None
    if drawing is None or not drawing.width > 0 or not drawing.height > 0:
        raise LogoError(f"{path.name} is no SVG that can be drawn")
    if any(isinstance(shape, String) for shape in _shapes(drawing)):
        raise LogoError(
            f"{path.name} has text in it, which would be set in another type; save it with text "
            "turned into paths (outlines), or as PNG"
        )
    return drawing


def _shapes(group: "Group") -> Iterator[object]:
    from reportlab.graphics.shapes import Group

    for shape in group.contents:
        yield shape
        if isinstance(shape, Group):
            yield from _shapes(shape)
