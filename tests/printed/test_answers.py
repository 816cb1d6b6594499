"""Answers that do not mean the same are never counted together: the form is refused."""

import pytest

from scanpipe.errors import FormError

TWO = {"A": "Opening", "B": "Closing"}
ASKED = '[[questions]]\nid = "{}"\ntext = "{}"\n'
CONTENT = ASKED.format("content", "The content")
SPEAKER = ASKED.format("speaker", "The speaker")
CHOICES = "".join(
    f'[[choices]]\nid = "{key}"\nname = "{name}"\n'
    for key, name in (("X", "Chess"), ("Y", "Choir"), ("Z", "Cooking"))
)


def refused(event) -> FormError:
    """Return why the form as it stands now is refused, at printing and at reading."""
    with pytest.raises(FormError) as reading:
        _ = event.counting
    with pytest.raises(FormError) as printing:
        event.print()
    assert printing.value.problems == reading.value.problems
    return reading.value


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("smileys = 5", "smileys = 4", "with 5 smileys; the form now says 4 smileys"),
        ("smileys = 5", "numbers = 5", "with 5 smileys; the form now says the numbers 1 to 5"),
        (
            'answers = ["Yes", "No"]',
            'answers = ["No", "Yes"]',
            "the answers “Yes”, “No”; the form now says the answers “No”, “Yes”",
        ),
        (
            'numbers = 9\nlow = "bad"\nhigh = "good"',
            'numbers = 9\nlow = "good"\nhigh = "bad"',
            "from “bad” to “good”; the form now says the numbers 1 to 9, from “good” to “bad”",
        ),
    ],
)
def test_another_scale_is_refused(event, before, after, told) -> None:
    event.write(TWO, scale=f"[scale]\n{before}\n")
    event.print()
    event.write(TWO, scale=f"[scale]\n{after}\n")
    error = refused(event)
    assert told in error.problems[0]
    assert "Change it back" in error.hint
    assert "new id" in error.hint
    assert "delete fair-2024.lock.json" in error.hint


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (SPEAKER + CONTENT, "the questions content, speaker; the form now has the questions spe"),
        (CONTENT, "the form now has the questions content"),
        (
            ASKED.format("content", "The Speaker") + ASKED.format("speaker", "Other"),
            "“The Speaker” was printed for speaker; the form now has it for content",
        ),
    ],
    ids=["reordered", "one gone", "a text at another id"],
)
def test_other_questions_are_refused(event, after, told) -> None:
    event.write(TWO, question="", more=CONTENT + SPEAKER)
    event.print()
    event.write(TWO, question="", more=after)
    assert told in refused(event).problems[0]


def test_one_question_is_not_several(event) -> None:
    event.write(TWO)
    event.print()
    event.write(TWO, question="", more=CONTENT + SPEAKER)
    assert "with one question; the form now has the questions" in refused(event).problems[0]


def test_a_text_that_another_question_had_two_printings_ago_is_refused(event) -> None:
    event.write(TWO, question="", more=CONTENT + SPEAKER)
    event.print()
    event.write(TWO, question="", more=ASKED.format("content", "What was said") + SPEAKER)
    event.print()
    event.write(
        TWO, question="", more=ASKED.format("content", "X") + ASKED.format("speaker", "The content")
    )
    assert "“The content” was printed for content" in refused(event).problems[0]


def test_other_choices_are_refused(event) -> None:
    none = '[slip]\nsize = "a5"\nsession = "none"\n'
    event.write({}, scale="[scale]\nchoose = 2\n", slip=none, more=CHOICES)
    event.print()
    event.write({}, scale="[scale]\nchoose = 1\n", slip=none, more=CHOICES.replace('"Z"', '"W"'))
    assert refused(event).problems == (
        "slips were printed with 2 to choose; the form now says 1 to choose",
        "slips were printed with the choices X, Y, Z; the form now has the choices X, Y, W",
    )


def test_another_way_to_tell_the_session_is_refused(event) -> None:
    event.write(TWO)
    event.print()
    event.write(TWO, slip='[slip]\nsession = "rows"\n')
    assert "the form now says a row for each session" in refused(event).problems[0]


def test_new_words_for_the_same_question_are_taken_and_told(event) -> None:
    event.write(TWO)
    event.print()
    event.write(TWO, question='question = "How did you like it?"\n')
    assert event.counting.reworded == (("How was it?", "How did you like it?"),)
    event.print()
    assert event.counting.reworded == ()
    assert event.printed.answers.questions[0].texts == ("How was it?", "How did you like it?")
