"""Owns the drawing of one slip: from layout and words in mm to strokes of a PDF canvas."""

from pathlib import Path

from reportlab.lib.colors import HexColor, black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import FILL_EVEN_ODD, Canvas

from scanpipe.composing import ACCENT_MM, layout_of
from scanpipe.form import Form
from scanpipe.layout import QUIET_MM, Box, Layout, Target
from scanpipe.lettering import Line
from scanpipe.marks import SLOTS, Corner, mark_code, mark_modules
from scanpipe.printing.fonts import font
from scanpipe.printing.logos import draw_logo
from scanpipe.printing.outlines import outlines
from scanpipe.printing.wording import lines_on_slip
from scanpipe.smiley import Curve, Ring

FIELD_LINE_MM = 0.25
"""The session field's line: thin enough that OCR does not take it for letters."""

ACCENT_LINE_MM = 0.5

ROUND = 1
"""PDF's round line caps and joins."""


def draw_slip(canvas: Canvas, form: Form, kind: int, slot: int, folder: Path | None = None) -> None:
    """Draw the slip of one kind (from 0) with its lower left corner at the canvas origin.

    `slot` is its number in the marks; `folder` is where the form's logo is looked for, without
    which it is left out. The serial number differs from slip to slip and is drawn by itself.
    """
    layout = layout_of(form)
    code = mark_code(form.id, SLOTS)
    pen = SlipPen(canvas, layout.height_mm, form.look.accent)
    for corner, box in layout.marks():
        pen.modules(box, mark_modules(code.number(slot, corner)))
    if layout.session and not layout.choice:
        pen.field(layout.session)
    if layout.comment:
        pen.field(layout.comment)
    if form.look.accent:
        pen.rule_below(layout)
    for target in layout.faces:
        pen.target(target)
    for line in lines_on_slip(form, kind):
        pen.line(line)
    if layout.logo and form.look.logo and folder is not None:
        draw_logo(canvas, folder / form.look.logo, layout.logo, layout.height_mm)


class SlipPen:
    """Draws in slip mm, y downwards, on a canvas whose y runs upwards in points."""

    def __init__(self, canvas: Canvas, height_mm: float, accent: str | None = None) -> None:
        self._canvas = canvas
        self._height_mm = height_mm
        self._accent = HexColor(accent) if accent else black

    def modules(self, box: Box, modules: tuple[tuple[bool, ...], ...]) -> None:
        """Draw a registration mark, or another code of squares, as one black area."""
        module_mm = box.width_mm / len(modules)
        path = self._canvas.beginPath()
        for outline in outlines(modules):
            corners = [
                ((box.x_mm + x * module_mm) * mm, self._y(box.y_mm + y * module_mm))
                for x, y in outline
            ]
            path.moveTo(*corners[0])
            for corner in corners[1:]:
                path.lineTo(*corner)
            path.close()
        self._canvas.drawPath(path, stroke=0, fill=1, fillMode=FILL_EVEN_ODD)

    def field(self, box: Box) -> None:
        """Draw the frame of the session field or the comment box just inside `box`."""
        self._canvas.setLineWidth(FIELD_LINE_MM * mm)
        inner = box.inset(FIELD_LINE_MM / 2)
        self._canvas.roundRect(
            inner.x_mm * mm,
            self._y(inner.bottom_mm),
            inner.width_mm * mm,
            inner.height_mm * mm,
            1.5 * mm,
        )

    def rule_below(self, layout: Layout) -> None:
        """Draw the line in the accent colour that sets the event apart, from mark to mark."""
        left, right = layout.mark(Corner.TOP_LEFT), layout.mark(Corner.TOP_RIGHT)
        y = self._y(layout.event.bottom_mm + ACCENT_MM / 3)
        self._canvas.saveState()
        self._canvas.setStrokeColor(self._accent)
        self._canvas.setLineWidth(ACCENT_LINE_MM * mm)
        self._canvas.line((left.right_mm + QUIET_MM) * mm, y, (right.x_mm - QUIET_MM) * mm, y)
        self._canvas.restoreState()

    def target(self, target: Target) -> None:
        """Draw a face or a circle with what is in it."""
        self._ring(target.outline())
        for line in target.lines():
            self._curve(line)

    def line(self, line: Line) -> None:
        """Set a line of text."""
        font(line.font)
        self._canvas.setFont(line.font, line.size_pt)
        self._canvas.setFillColor(self._accent if line.accent else black)
        self._canvas.drawCentredString(line.middle.x_mm * mm, self._y(line.middle.y_mm), line.text)
        self._canvas.setFillColor(black)

    def _y(self, y_mm: float) -> float:
        return (self._height_mm - y_mm) * float(mm)

    def _ring(self, ring: Ring) -> None:
        self._canvas.setLineWidth(ring.width_mm * mm)
        self._canvas.circle(
            ring.centre.x_mm * mm, self._y(ring.centre.y_mm), ring.radius_mm * mm, stroke=1, fill=0
        )

    def _curve(self, curve: Curve) -> None:
        """Draw a quadratic curve as the cubic that PDF knows: controls two thirds of the way."""
        start, control, end = curve.start, curve.control, curve.end
        self._canvas.setLineWidth(curve.width_mm * mm)
        self._canvas.setLineCap(ROUND)
        self._canvas.bezier(
            start.x_mm * mm,
            self._y(start.y_mm),
            (start.x_mm + 2 * control.x_mm) / 3 * mm,
            self._y((start.y_mm + 2 * control.y_mm) / 3),
            (end.x_mm + 2 * control.x_mm) / 3 * mm,
            self._y((end.y_mm + 2 * control.y_mm) / 3),
            end.x_mm * mm,
            self._y(end.y_mm),
        )
