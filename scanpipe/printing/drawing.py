"""Owns the drawing of one slip: from layout and words in mm to strokes of a PDF canvas."""

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import FILL_EVEN_ODD, Canvas

from scanpipe.form import Form
from scanpipe.layout import Box, layout_of
from scanpipe.marks import mark_code, mark_modules
from scanpipe.printing.fonts import font
from scanpipe.printing.outlines import outlines
from scanpipe.printing.wording import Line, lines_on_slip
from scanpipe.smiley import Curve, Ring, Smiley

FIELD_LINE_MM = 0.25
"""The session field's line: thin enough that OCR does not take it for letters."""

ROUND = 1
"""PDF's round line caps and joins."""


def draw_slip(canvas: Canvas, form: Form, session_index: int) -> None:
    """Draw the slip of one session (from 0) with its lower left corner at the canvas origin."""
    layout = layout_of(form)
    code = mark_code(form.id, len(form.sessions))
    pen = SlipPen(canvas, layout.height_mm)
    for corner, box in layout.marks():
        pen.mark(box, mark_modules(code.number(session_index, corner)))
    pen.field(layout.session)
    for face in layout.faces:
        pen.face(face)
    for line in lines_on_slip(form, session_index):
        pen.line(line)


class SlipPen:
    """Draws in slip mm, y downwards, on a canvas whose y runs upwards in points."""

    def __init__(self, canvas: Canvas, height_mm: float) -> None:
        self._canvas = canvas
        self._height_mm = height_mm

    def mark(self, box: Box, modules: tuple[tuple[bool, ...], ...]) -> None:
        """Draw a registration mark as one black area."""
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
        """Draw the session field's frame just inside `box`."""
        self._canvas.setLineWidth(FIELD_LINE_MM * mm)
        inner = box.inset(FIELD_LINE_MM / 2)
        self._canvas.roundRect(
            inner.x_mm * mm,
            self._y(inner.bottom_mm),
            inner.width_mm * mm,
            inner.height_mm * mm,
            1.5 * mm,
        )

    def face(self, smiley: Smiley) -> None:
        """Draw a smiley: outline, eyes, mouth."""
        self._ring(smiley.outline())
        for line in (*smiley.eyes(), smiley.mouth()):
            self._curve(line)

    def line(self, line: Line) -> None:
        """Set a line of text."""
        font(line.font)
        self._canvas.setFont(line.font, line.size_pt)
        self._canvas.drawCentredString(line.middle.x_mm * mm, self._y(line.middle.y_mm), line.text)

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
