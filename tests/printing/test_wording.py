"""The words on the slips: all there, in the form's language, and refused when they do not fit."""

import re
from typing import Any

import pytest

from scanpipe.errors import FormError
from scanpipe.form import Form
from scanpipe.language import LANGUAGES
from scanpipe.layout import Box, layout_of
from scanpipe.printing.fonts import MM_PER_PT, text_width_mm
from scanpipe.printing.wording import Line, check_fits, lines_on_slip, occasion

SMALLEST = {"width_mm": 100, "height_mm": 90}
SLIPS = [SMALLEST, {"size": "a6"}, {"size": "a5"}, {"size": "quarter-letter"}]


def inside(line: Line, box: Box) -> bool:
    half_mm = text_width_mm(line.text, line.font, line.size_pt) / 2
    return (
        box.x_mm <= line.middle.x_mm - half_mm
        and line.middle.x_mm + half_mm <= box.right_mm
        and box.y_mm <= line.middle.y_mm - 0.75 * line.size_pt * MM_PER_PT
        and line.middle.y_mm + 0.25 * line.size_pt * MM_PER_PT <= box.bottom_mm
    )


def test_the_slip_says_event_session_question_and_rule(hadeland: Form) -> None:
    assert [line.text for line in lines_on_slip(hadeland, 3)] == [
        "Fornyelse og innovasjon gjennom medvirkning og samarbeid",
        "23. september 2016  ·  Sanner hotell, Granavollen",
        "Parallellsesjon 3: Personalmøte som utviklingsarena",
        "Hvordan opplevde du denne sesjonen?",
        "Sett ett tydelig kryss på ett ansikt.",
        "Ombestemmer du deg? Ta en ny lapp og kast denne.",
    ]


@pytest.mark.parametrize(
    ("language", "date"),
    [("nb", "6. april 2024"), ("de", "6. April 2024"), ("en", "April 6, 2024")],
)
def test_the_date_is_written_as_the_language_writes_it(
    make_form: Any, language: str, date: str
) -> None:
    assert occasion(make_form(language=language)).startswith(date)


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_stands_in_its_box_in_every_language(
    make_form: Any, language: str, slip: dict[str, Any]
) -> None:
    form = make_form(
        language=language,
        slip=slip,
        title="Fornyelse og innovasjon gjennom medvirkning",
        question="Hva synes du om denne sesjonen, alt i alt og helt ærlig?",
    )
    check_fits(form)
    layout = layout_of(form)
    boxes = (layout.event, layout.session, layout.question, layout.rule)
    for line in lines_on_slip(form, 0):
        assert sum(inside(line, box) for box in boxes) == 1, line
    (name,) = (line for line in lines_on_slip(form, 0) if inside(line, layout.session))
    assert name.text == "Opening"


def test_all_sessions_are_set_in_one_size(make_form: Any) -> None:
    names = ["Kort", "Et navn som er så langt at det må settes noe mindre enn de andre i feltet"]
    form = make_form(sessions=[{"id": f"S{i}", "name": name} for i, name in enumerate(names)])
    sizes = {
        line.size_pt for i in range(2) for line in lines_on_slip(form, i) if line.text in names
    }
    (size_pt,) = sizes
    assert 10.0 <= size_pt < 13.0


def test_every_text_without_room_is_named_with_what_would_fit(make_form: Any) -> None:
    form = make_form(
        title="Tittel " * 28,
        place="Et sted " * 20,
        question="Hvorfor? " * 22,
        sessions=[{"id": "A", "name": "Opening"}, {"id": "B", "name": "Et langt navn " * 10}],
    )
    with pytest.raises(FormError) as caught:
        check_fits(form)
    keys = [problem.partition(":")[0] for problem in caught.value.problems]
    assert keys == ["title", "place", "question", "sessions[2].name"]
    told = caught.value.problems[3]
    found = re.search(r"is ([\d.]+) mm too long for the 130 mm .* about (\d+) characters", told)
    assert found is not None
    assert float(found[1]) > 50
    check_fits(make_form(sessions=[{"id": "B", "name": ("Et langt navn " * 10)[: int(found[2])]}]))


def test_signs_that_the_type_does_not_have_are_named(make_form: Any) -> None:
    form = make_form(title="Fest 🎉 字", place="Oslo")
    with pytest.raises(FormError) as caught:
        check_fits(form)
    (problem,) = caught.value.problems
    assert problem.startswith("title: ")
    assert "🎉 字" in problem
