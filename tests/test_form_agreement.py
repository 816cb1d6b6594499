"""What the blocks of a form ask of each other, told by key, with what was expected and found."""

from pathlib import Path

import pytest

from scanpipe.errors import FormError
from scanpipe.form import Form, form_from_data, load_form

EVENT = {
    "id": "fair",
    "title": "Spring fair",
    "date": "2026-04-06",
    "place": "Town hall",
    "language": "en",
}
ASKED = EVENT | {"question": "How was it?"}
SESSIONS = [{"id": "A", "name": "Opening"}, {"id": "B", "name": "Budget"}]
CHOICES = [{"id": f"P{i}", "name": f"Parallel session {i}"} for i in range(1, 5)]
NONE = {"slip": {"session": "none"}}


def form(**blocks: object) -> Form:
    return form_from_data(ASKED | {"sessions": SESSIONS} | blocks, "fair.toml")


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        ({"scale": {"smileys": 5, "numbers": 10}}, "scale: expected one of smileys, numbers"),
        ({"scale": {"low": "bad"}}, "scale.low: stands below the first or last of numbers"),
        ({"scale": {"answers": ["Yes", "yes "]}}, "scale.answers: expected answers that differ"),
        ({"scale": {"answers": ["Yes"]}}, "scale.answers: expected 2 to 6 short answers"),
        ({"scale": {"answers": ["OK", "No"]}}, 'scale.answers: expected another word; found "ok"'),
        ({"scale": {"answers": ["2", "1"]}}, 'scale.answers: expected another word; found "2"'),
        ({"scale": {"choose": 2}}, "[[choices]]: expected more than the 2"),
        ({"scale": {"choose": 4}, "choices": CHOICES}, "[[choices]]: expected more than the 4"),
        ({"choices": CHOICES}, "[[choices]]: expected only with [scale] choose"),
        (
            {"scale": {"choose": 1}, "choices": [{"id": "void", "name": "Nothing"}, *CHOICES]},
            "choices[1].id: expected another word",
        ),
        ({"slip": {"session": "marked"}, "sessions": SESSIONS[:1]}, "sessions: expected 2 to 10"),
        (NONE, "sessions: expected none where slip.session is"),
        (
            {"questions": [{"id": "Q1", "text": "Why?"}]},
            "question: expected either one question or [[questions]]; found both",
        ),
        (
            {"questions": [{"id": "Q1", "text": "Why?"}], "slip": {"session": "rows"}},
            "[[questions]]: expected none where slip.session is",
        ),
        (
            {"look": {"accent": "#ffee00"}},
            "look.accent: expected a dark colour, that also prints in black and white",
        ),
        ({"look": {"accent": "teal"}}, "look.accent: expected a colour such as"),
        ({"look": {"columns": 4}}, "look.columns: expected 1, 2 or 3"),
    ],
)
def test_blocks_that_do_not_go_together_are_told_with_their_key(
    blocks: dict[str, object], told: str
) -> None:
    with pytest.raises(FormError) as refused:
        form(**blocks)
    assert any(problem.startswith(told) for problem in refused.value.problems), (
        refused.value.problems
    )


def test_a_form_without_a_scale_has_five_smileys() -> None:
    assert form().answer_names == ("1", "2", "3", "4", "5")


def test_an_event_without_sessions_has_one_for_the_tables() -> None:
    whole = form_from_data(ASKED | NONE, "fair.toml")
    assert [session.id for session in whole.sessions] == ["all"]
    assert whole.kinds == (None,)
    assert whole.models == ()


def test_what_can_be_chosen_together_is_named_by_its_parts() -> None:
    sign_up = form_from_data(
        ASKED | {"slip": {"session": "none"}, "scale": {"choose": 2}, "choices": CHOICES}, "x"
    )
    assert sign_up.answer_names[:3] == ("P1+P2", "P1+P3", "P1+P4")
    assert (sign_up.ratings, sign_up.targets, sign_up.is_scale) == (6, 4, False)


def test_own_words_stand_in_place_of_the_languages() -> None:
    own = form(words={"mark_one": "One cross, please."})
    assert own.words.mark_one == "One cross, please."
    assert own.words.change_of_mind == form().words.change_of_mind


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[1] / "forms").glob("*.toml")))
def test_every_example_survives_json_as_run_files_keep_it(path: Path) -> None:
    example = load_form(path)
    assert Form.model_validate_json(example.model_dump_json()) == example
