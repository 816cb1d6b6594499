"""Whatever a form asks for, nothing printed touches anything else on the slip."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scanpipe.composing import ACCENT_MM, layout_of
from scanpipe.errors import FormError
from scanpipe.form import Form, form_from_data
from scanpipe.layout import RESPONSE_SHARE, Box, Layout, Target
from scanpipe.lettering import MM_PER_PT, Line
from scanpipe.printing.fonts import text_width_mm
from scanpipe.printing.wording import check_fits, lines_on_slip

NAMES = [
    "Fellessesjon: Innovasjon",
    "Parallellsesjon 1: Arbeidsglede og trivsel",
    "Parallellsesjon 2: Medbestemmelse hos oss",
    "Parallellsesjon 3: Personalmøte som utviklingsarena",
    "Kort",
    "Gjøglerne på Žižkov: Ŋ og Ŧ",
    "Dag 3: Øving",
    "Siste ord",
    "Og enda ett",
    "Til slutt",
]
SLIPS = st.sampled_from(
    [{"size": size} for size in ("a5", "a6", "a7", "quarter-letter")]
) | st.fixed_dictionaries({"width_mm": st.floats(100, 300), "height_mm": st.floats(70, 300)})
WORDS = ["Ja", "Nei", "Vet ikke", "Delvis enig", "Både og", "Kanskje"]
SCALES = st.one_of(
    st.builds(lambda n: {"smileys": n}, st.integers(2, 7)),
    st.builds(lambda n: {"answers": WORDS[:n]}, st.integers(2, 6)),
    st.builds(
        lambda n, ends: {"numbers": n} | ends,
        st.integers(2, 10),
        st.sampled_from([{}, {"low": "ikke i det hele tatt"}, {"low": "lite", "high": "svært"}]),
    ),
    st.builds(lambda n: {"choose": n}, st.integers(1, 2)),
)


def blocks(count: int, text: str) -> list[dict[str, str]]:
    return [{"id": f"S{i}", text: NAMES[i]} for i in range(count)]


@st.composite
def forms(draw: st.DrawFn) -> Form:
    scale, session = draw(SCALES), draw(st.sampled_from(["printed", "marked", "rows", "none"]))
    asked = {"question": draw(st.sampled_from(["Hva synes du?", "Hvordan var det? " * 4]))}
    if session != "rows" and "choose" not in scale and draw(st.booleans()):
        asked = {"questions": blocks(draw(st.integers(1, 6)), "text")}
    data: dict[str, Any] = {
        "id": "x",
        "title": draw(st.sampled_from(["Vårmøtet", "Fornyelse gjennom medvirkning og samarbeid"])),
        "date": "2024-04-06",
        "place": "Storsalen",
        "language": draw(st.sampled_from(["nb", "de", "se"])),
        "scale": scale,
        "slip": draw(SLIPS) | {"session": session, "serial": draw(st.booleans())},
        "look": draw(st.sampled_from([{}, {"accent": "#7a1f3d"}, {"logo": "l.svg"}])),
    } | asked
    if session != "none":
        data["sessions"] = blocks(draw(st.integers(2, 6 if session == "rows" else 10)), "name")
    if "choose" in scale:
        data["choices"] = blocks(draw(st.integers(3, 8)), "name")
    if draw(st.booleans()):
        data["comment"] = {"height_mm": draw(st.floats(10, 40))}
    form = form_from_data(data, "form")
    try:
        check_fits(form)
    except FormError:
        assume(False)
    return form


def ink_box(line: Line) -> Box:
    width_mm = text_width_mm(line.text, line.font, line.size_pt)
    em_mm = line.size_pt * MM_PER_PT
    top_mm = line.middle.y_mm - 0.75 * em_mm
    return Box(line.middle.x_mm - width_mm / 2, top_mm, width_mm, 0.97 * em_mm)


def drawn_apart(layout: Layout, form: Form) -> Iterator[Box]:
    """What is printed besides words and targets, and may touch nothing at all."""
    yield from (box for _, box in layout.marks())
    yield from (box for box in (layout.comment, layout.logo, layout.serial) if box)
    if form.look.accent:
        event = layout.event
        yield Box(event.x_mm, event.bottom_mm + ACCENT_MM / 3 - 0.25, event.width_mm, 0.5)


def gap_mm(target: Target, box: Box) -> float:
    dx = max(box.x_mm - target.centre.x_mm, 0.0, target.centre.x_mm - box.right_mm)
    dy = max(box.y_mm - target.centre.y_mm, 0.0, target.centre.y_mm - box.bottom_mm)
    return math.hypot(dx, dy)


def touch(one: Box, other: Box) -> bool:
    across = one.x_mm < other.right_mm - 1e-6 and other.x_mm < one.right_mm - 1e-6
    return across and one.y_mm < other.bottom_mm - 1e-6 and other.y_mm < one.bottom_mm - 1e-6


@settings(max_examples=60, deadline=None)
@given(forms())
def test_nothing_printed_comes_near_a_target_or_over_other_print(form: Form) -> None:
    layout = layout_of(form)
    words = [ink_box(line) for line in lines_on_slip(form, len(form.kinds) - 1)]
    solid = list(drawn_apart(layout, form))
    frames = [layout.session] if layout.session and not layout.choice else []
    areas = [
        (target, row.radius_mm * RESPONSE_SHARE)
        for row in layout.all_rows
        for target in row.targets
    ]
    for target, radius_mm in areas:
        reach_mm = radius_mm - 1e-6
        assert all(gap_mm(target, box) >= reach_mm for box in (*words, *solid, *frames))
    for one, two in itertools.combinations(words, 2):
        assert not touch(one, two), (one, two)
    for box, other in itertools.product(words, solid):
        assert not touch(box, other), (box, other)
    for one, two in itertools.combinations((*solid, *frames), 2):
        assert not touch(one, two), (one, two)


@settings(max_examples=15, deadline=None)
@given(forms())
def test_response_areas_stay_apart_and_on_the_paper(form: Form) -> None:
    layout = layout_of(form)
    areas = [
        (target, row.radius_mm * RESPONSE_SHARE)
        for row in layout.all_rows
        for target in row.targets
    ]
    for target, radius_mm in areas:
        edges = (target.centre.x_mm, layout.width_mm - target.centre.x_mm)
        assert min(*edges, target.centre.y_mm, layout.height_mm - target.centre.y_mm) > radius_mm
    for (one, radius_mm), (two, other_mm) in itertools.combinations(areas, 2):
        apart_mm = math.dist((one.centre.x_mm, one.centre.y_mm), (two.centre.x_mm, two.centre.y_mm))
        assert apart_mm >= radius_mm + other_mm - 1e-6


@settings(max_examples=15, deadline=None)
@given(forms())
def test_words_stay_on_the_paper(form: Form) -> None:
    layout = layout_of(form)
    for box in map(ink_box, lines_on_slip(form, 0)):
        assert box.x_mm > 3
        assert box.right_mm < layout.width_mm - 3
        assert box.y_mm > 3
        assert box.bottom_mm < layout.height_mm - 3
