"""The words on the slips: all there, in the form's language, and refused when they do not fit."""

import re
from typing import Any

import pytest

from scanpipe.composing import layout_of
from scanpipe.errors import FormError
from scanpipe.form import Form
from scanpipe.language import LANGUAGES
from scanpipe.layout import Box
from scanpipe.lettering import MM_PER_PT, Line
from scanpipe.printing.fonts import text_width_mm
from scanpipe.printing.passages import occasion
from scanpipe.printing.wording import check_fits, lines_on_slip, words_on_every_slip

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


@pytest.mark.parametrize("smileys", [3, 5])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_smallest_slip_holds_title_session_and_faces_in_every_language(
    make_form: Any, language: str, smileys: int
) -> None:
    slip = {"width_mm": 95, "height_mm": 70}
    form = make_form(language=language, slip=slip, scale={"smileys": smileys})
    check_fits(form)
    layout = layout_of(form)
    boxes = (layout.event, layout.session, layout.question, layout.rule)
    for line in lines_on_slip(form, 0):
        assert sum(inside(line, box) for box in boxes) == 1, line
    assert len(layout.faces) == smileys


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
    assert keys == ["title", "place", "sessions[2].name", "question"]
    told = caught.value.problems[2]
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


SESSIONS = [{"id": "A", "name": "Opening"}, {"id": "B", "name": "Closing"}]
NO_SESSIONS: dict[str, Any] = {"slip": {"session": "none"}, "sessions": []}
CHOICES = [{"id": f"C{i}", "name": f"Walk {i}"} for i in range(3)]
QUESTIONS = [{"id": "a", "text": "The talk"}, {"id": "b", "text": "The food"}]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Put one clear cross on one face."),
        ({"scale": {"numbers": 10}}, "Put one clear cross on one number."),
        ({"scale": {"answers": ["Yes", "No"]}}, "Put one clear cross at one answer."),
        ({"scale": {"choose": 2}, "choices": CHOICES}, "Put a clear cross on 2 of them."),
        ({"slip": {"session": "marked"}}, "Put one clear cross in each row."),
        ({"slip": {"session": "rows"}}, "Put one clear cross in each row."),
        ({"question": "", "questions": QUESTIONS}, "Put one clear cross in each row."),
        ({"words": {"mark_one": "Tick one."}, "scale": {"numbers": 3}}, "Tick one."),
    ],
)
def test_the_slip_says_what_to_do_on_a_slip_of_its_kind(
    make_form: Any, changes: dict[str, Any], said: str
) -> None:
    form = make_form(**{"sessions": SESSIONS} | changes)
    assert said in [line.text for line in lines_on_slip(form, 0)]


def test_words_below_stand_under_their_own_target_and_the_ends_at_the_outer_edges(
    make_form: Any,
) -> None:
    form = make_form(scale={"answers": ["Yes", "No", "Do not know"]})
    lines = {line.text: line for line in lines_on_slip(form, 0)}
    for word, target in zip(form.scale.answers, layout_of(form).faces, strict=True):
        assert lines[word].middle.x_mm == pytest.approx(target.centre.x_mm)
        assert lines[word].middle.y_mm > target.centre.y_mm + 1.6 * target.radius_mm
    form = make_form(scale={"numbers": 10, "low": "not at all", "high": "very much"})
    lines, targets = {line.text: line for line in lines_on_slip(form, 0)}, layout_of(form).faces
    half_mm = text_width_mm("very much", lines["very much"].font, lines["very much"].size_pt) / 2
    outer_mm = targets[-1].centre.x_mm + targets[-1].radius_mm
    assert lines["very much"].middle.x_mm + half_mm == pytest.approx(outer_mm)


def test_names_in_a_list_have_their_numbers_before_them_and_one_size(make_form: Any) -> None:
    names = ["Short", "A name that is a good deal longer than the one above it, but fits"]
    sessions = [{"id": f"S{i}", "name": name} for i, name in enumerate(names)]
    form = make_form(sessions=sessions, slip={"session": "marked"})
    said = [line for line in lines_on_slip(form, 0) if line.text in (*names, "1", "2")]
    assert [line.text for line in said] == ["1", names[0], "2", names[1]]
    assert len({line.size_pt for line in said}) == 1
    assert said[0].middle.y_mm == said[1].middle.y_mm < said[2].middle.y_mm


def test_every_new_text_without_room_is_named_at_once(make_form: Any) -> None:
    form = make_form(
        scale={"numbers": 2, "low": "W" * 24, "high": "W" * 24},
        slip={"session": "rows", "size": "a6"},
        sessions=[{"id": "A", "name": "W" * 60}, {"id": "B", "name": "Fine"}],
        comment={"prompt": "Anything? " * 19},
        words={"mark_one": "WWWWW " * 33, "change_of_mind": "New? " * 40},
    )
    with pytest.raises(FormError) as caught:
        check_fits(form)
    keys = [problem.partition(":")[0] for problem in caught.value.problems]
    assert keys == [
        "sessions[1].name",
        "scale.low",
        "scale.high",
        "comment.prompt",
        "words.mark_one",
        "words.change_of_mind",
    ]


def test_what_to_do_is_the_larger_of_the_two_lines_at_the_foot(hadeland: Form) -> None:
    rule = layout_of(hadeland).rule
    what_to_do, change_of_mind = (x for x in lines_on_slip(hadeland, 0) if inside(x, rule))
    assert what_to_do.size_pt > 10 > change_of_mind.size_pt


def test_what_stands_on_every_slip_is_told_by_the_boxes_that_it_is_printed_in(
    hadeland: Form,
) -> None:
    layout = layout_of(hadeland)
    words = words_on_every_slip(hadeland)
    assert [each.box for each in words] == [layout.event, layout.question, layout.rule]
    assert all(inside(line, each.box) for each in words for line in each.lines)
    of_session = lines_on_slip(hadeland, 3)[2]
    assert [line for each in words for line in each.lines] == [
        line for line in lines_on_slip(hadeland, 3) if line is not of_session
    ]
