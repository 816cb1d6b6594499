"""What is asked of a new form: proposals that fit, and answers understood as they were meant."""

import pytest

from scanpipe.language import LANGUAGES
from scanpipe.messages import messages_for
from scanpipe.starting.draft import problems_of
from scanpipe.starting.questions import (
    QUESTIONS,
    date_meant,
    language_meant,
    plain_id,
    proposed,
    scale_meant,
)
from scanpipe.starting.speech import own_language, spoken

T = messages_for("en")


@pytest.mark.parametrize(
    ("typed", "scale"),
    [
        ("5", {"smileys": 5}),
        (" 1-10 ", {"numbers": 10}),
        ("1 – 7", {"numbers": 7}),
        ("Ja, Nei ,Vet ikke", {"answers": ["Ja", "Nei", "Vet ikke"]}),
        ("1,2", {"answers": ["1", "2"]}),
    ],
)
def test_a_scale_is_a_number_a_range_or_words(typed: str, scale: dict[str, object]) -> None:
    assert scale_meant(typed) == scale


@pytest.mark.parametrize(
    ("typed", "date"),
    [("3.9.2027", "2027-09-03"), (" 2027-09-03", "2027-09-03"), ("3/9/2027", "3/9/2027")],
)
def test_a_date_with_dots_has_the_day_first_and_one_with_strokes_is_not_guessed(
    typed: str, date: str
) -> None:
    assert date_meant(typed) == date


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("svenska", "sv"),
        ("Swedish", "sv"),
        ("svensk", "sv"),
        (" tysk ", "de"),
        ("Deutsch", "de"),
        ("norsk", "nb"),
        ("no", "nb"),
        ("Norwegian", "nb"),
        ("Bokmål", "nb"),
        ("norsk nynorsk", "nn"),
        ("NYNORSK", "nn"),
        ("nordsamisk", "se"),
        ("davvisámegiella", "se"),
        ("francais", "fr"),
        ("EN", "en"),
        ("Klingon", "klingon"),
    ],
)
def test_a_language_may_be_called_by_any_of_its_names(typed: str, code: str) -> None:
    assert language_meant(typed) == code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_question_of_its_own_that_fits_on_the_slip(language: str) -> None:
    about_event = proposed(T, {"language": language})
    about_session = proposed(T, {"language": language, "sessions": []})
    asked = {about_event["question"], about_session["question"]}
    english = {proposed(T, {"language": "en"} | more)["question"] for more in ({}, {"sessions": 1})}
    assert len(asked) == 2
    assert language == "en" or asked.isdisjoint(english)
    for question in asked:
        assert problems_of({"language": language, "question": question}) == ()


def test_the_title_proposes_the_short_name() -> None:
    assert proposed(T, {"title": "Årets møte 2026!"})["id"] == "arets-mote-2026"
    assert "id" not in proposed(T, {"title": "???"})
    assert plain_id("x" * 60) == "x" * 40


def test_what_nobody_can_know_is_not_proposed() -> None:
    assert {"title", "date", "place", "sessions"}.isdisjoint(proposed(T, {}))
    keys = [make(T, {}).key for make in QUESTIONS]
    assert keys == ["title", "id", "date", "place", "language", "sessions", "question", "scale"]


@pytest.mark.parametrize(
    ("environ", "language", "told_in"),
    [
        ({}, "en", "en"),
        ({"LANG": "C.UTF-8"}, "en", "en"),
        ({"LANG": "nb_NO.UTF-8"}, "nb", "nb"),
        ({"LANG": "no_NO"}, "nb", "nb"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "nn_NO.UTF-8"}, "nn", "nn"),
        ({"LANG": "nb_NO.UTF-8", "LC_ALL": ""}, "nb", "nb"),
        ({"LANG": "de_DE@euro"}, "de", "en"),
        ({"LANG": "ja_JP.UTF-8"}, "en", "en"),
    ],
)
def test_the_computer_says_which_language_its_owner_speaks(
    environ: dict[str, str], language: str, told_in: str
) -> None:
    assert own_language(environ) == language
    assert spoken(environ) == told_in


def test_what_is_wrong_is_told_before_everything_is_answered() -> None:
    (problem,) = problems_of({"title": "x" * 201})
    assert problem == "title: expected 1 to 200 characters; found 201"
    assert problems_of({"title": "Fair"}) == ()
    assert problems_of({"slip": {"session": "none"}, "language": "nb"}) == ()


def test_what_has_no_room_on_the_slip_is_told_too() -> None:
    (problem,) = problems_of({"sessions": [{"id": "S1", "name": "Long " * 30}]})
    assert problem.startswith("sessions[1].name: ")
    assert "fit" in problem
