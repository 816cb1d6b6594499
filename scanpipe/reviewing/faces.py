"""Owns the form's smileys as pictures for the page: SVG from the same art as is printed."""

from functools import cache

from markupsafe import Markup

from scanpipe.form import Form
from scanpipe.smiley import Curve, Point, Smiley, mood_of

RADIUS_MM = 7.0
"""As on an A6 slip."""


@cache
def face_svg(rating: int, smileys: int) -> Markup:
    """Return the smiley for `rating` (1 the saddest) in a row of `smileys`, as inline SVG.

    It takes the colour of the text around it, and screen readers pass it over.
    """
    face = Smiley(Point(0.0, 0.0), RADIUS_MM, mood_of(rating, smileys))
    ring = face.outline()
    edge = f"{-RADIUS_MM:g} {-RADIUS_MM:g} {2 * RADIUS_MM:g} {2 * RADIUS_MM:g}"
    lines = "".join(map(_path, (*face.eyes(), face.mouth())))
    # Numbers only, all of them ours: nothing here is anybody's text.
    return Markup(  # noqa: S704
        f'<svg class="face" viewBox="{edge}" aria-hidden="true" focusable="false" fill="none" '
        f'stroke="currentColor" stroke-linecap="round">'
        f'<circle r="{ring.radius_mm:.3f}" stroke-width="{ring.width_mm:g}"/>{lines}</svg>'
    )


def faces_of(form: Form) -> tuple[Markup, ...]:
    """Return all smileys of `form`, the saddest first; none where answers are no smileys."""
    count = form.scale.smileys or 0
    return tuple(face_svg(rating, count) for rating in range(1, count + 1))


def _path(curve: Curve) -> str:
    start, control, end = (
        f"{point.x_mm:.3f} {point.y_mm:.3f}" for point in (curve.start, curve.control, curve.end)
    )
    return f'<path d="M{start}Q{control} {end}" stroke-width="{curve.width_mm:g}"/>'
