"""What people are told of a form that has changed since its slips were printed."""

import pytest

from scanpipe.messages import messages_for
from scanpipe.printed import (
    load_printed,
    rebuilt,
    told_at_printing,
    told_at_reading,
    told_lost,
    told_of_earlier,
)

THREE = {"P1": "Welcome", "P2": "Budget", "P3": "Music"}
T = messages_for("en")


@pytest.mark.parametrize(
    ("edited", "told"),
    [
        (THREE, []),
        ({"P3": "Music", "P2": "Budget", "P1": "Welcome", "P4": "Dance"}, []),
        (
            THREE | {"P1": "Opening"},
            ["Slips printed as “Welcome” (P1) count for P1, which is now called “Opening”."],
        ),
        (
            {"P1": "Welcome", "P3": "Music"},
            ["“Budget” (P2) is no longer in the form; its slips count as P2."],
        ),
        (
            {"P1": "Budget", "P2": "Music", "P3": "Dance"},
            [
                "“Welcome” (P1) is no longer in the form, where P1 is now “Budget”; its slips "
                "count as P1-2.",
                "Slips of “Budget” were printed when it had the id P2; they count for it, with "
                "its id of now, P1.",
                "Slips of “Music” were printed when it had the id P3; they count for it, with "
                "its id of now, P2.",
            ],
        ),
    ],
    ids=["same", "reordered and added", "renamed", "removed", "renumbered"],
)
def test_reading_tells_what_changed_since_printing(event, edited, told) -> None:
    event.write(THREE)
    event.print()
    event.write(edited)
    counting = event.counting
    said = [*told_of_earlier(counting, T).values(), *told_at_reading(counting, T)]
    assert said == told


def test_what_is_only_on_slips_of_before_is_told_by_its_id(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Opening", "P3": "Music"})
    (told,) = told_at_reading(event.counting, T)
    assert "“Welcome” (P1) count for P1, which is now called “Opening”" in told
    assert list(told_of_earlier(event.counting, T)) == ["P2"]


def test_another_wording_of_the_question_is_told(event) -> None:
    event.write(THREE)
    event.print()
    event.write(THREE, question='question = "How did you like it?"\n')
    assert told_at_reading(event.counting, T) == (
        "Slips were printed with “How was it?”, where the form now says “How did you like it?”. "
        "They are counted together.",
    )


def told_by_print(event) -> list[str]:
    before = load_printed(event.path, event.form)
    return list(told_at_printing(before, event.print(), event.form, T))


def test_printing_tells_what_is_new_and_what_is_gone_since_the_last_printing(event) -> None:
    event.write(THREE)
    assert told_by_print(event) == []
    assert told_by_print(event) == []
    event.write({"P1": "Opening", "P2": "Budget", "P4": "Dance"})
    assert told_by_print(event) == [
        "“Welcome” (P1) is no longer in the form, where P1 is now “Opening”; its slips count as "
        "P1-2.",
        "“Music” (P3) is no longer in the form; its slips count as P3.",
        "Printed for the first time: “Opening” (P1), “Dance” (P4).",
    ]
    assert told_by_print(event) == []


def test_printing_tells_of_another_wording_once(event) -> None:
    event.write(THREE)
    event.print()
    event.write(THREE, question='question = "How did you like it?"\n')
    (told,) = told_by_print(event)
    assert "“How was it?”" in told
    assert told_by_print(event) == []


def test_a_lost_lock_is_told_with_its_name(event) -> None:
    form = event.write(THREE)
    told = told_lost(form, T)
    assert told.startswith("fair-2024.lock.json was not there")
    assert rebuilt(form).last_slots == (0, 1, 2)
