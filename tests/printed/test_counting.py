"""A slip counts for what is printed on it, however the form was edited since; never for another.

In these tests `counted` says, for each slot, the id and name of the session that it counts for.
"""

import datetime
import pickle
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from scanpipe.form import Form, Session, form_from_data
from scanpipe.form_problems import same_words
from scanpipe.printed import Printed, sessions_of, with_printing

THREE = {"P1": "Welcome", "P2": "Budget", "P3": "Music"}
AS_PRINTED = {0: "P1 Welcome", 1: "P2 Budget", 2: "P3 Music"}


def test_an_unchanged_form_counts_what_was_printed(event) -> None:
    event.write(THREE)
    event.print()
    assert event.counted() == AS_PRINTED
    assert event.counting.changes == ()


def test_counts_handed_in_title_date_and_place_are_no_changes(event) -> None:
    event.write(THREE)
    event.print()
    text = event.path.read_text(encoding="utf-8")
    text = text.replace('name = "Music"', 'name = "Music"\nexpected = 40')
    text = text.replace("Town hall", "Library").replace("2024-04-06", "2024-05-06")
    event.path.write_text(text, encoding="utf-8")
    counting = event.counting
    assert event.counted() == AS_PRINTED
    assert (counting.changes, counting.reworded) == ((), ())
    assert [each.expected for each in counting.sessions] == [None, None, 40]


def test_reordered_sessions_are_found_by_name(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P2": "Budget", "P3": "Music", "P1": "Welcome"})
    assert event.counted() == AS_PRINTED
    assert event.counting.places == ((2,), (0,), (1,))
    assert event.counting.changes == ()


def test_an_added_session_moves_no_slip(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P0": "Coffee", **THREE})
    assert event.counted() == AS_PRINTED
    assert event.counting.changes == ()


def test_case_spaces_and_dashes_make_no_other_name(event) -> None:
    event.write({"A": "Part 1 – The budget", "B": "Music"})
    event.print()
    event.write({"A": "part 1 -  the BUDGET", "B": "Music"})
    assert event.counted() == {0: "A part 1 - the BUDGET", 1: "B Music"}
    assert event.counting.changes == ()


def test_swapped_names_take_their_slips_with_them(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Budget", "P2": "Welcome", "P3": "Music"})
    assert event.counted() == {0: "P2 Welcome", 1: "P1 Budget", 2: "P3 Music"}
    assert [change.slots for change in event.counting.changes] == [(0,), (1,)]


def test_a_renamed_session_keeps_its_slips(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Opening", "P2": "Budget", "P3": "Music"})
    assert event.counted() == {0: "P1 Opening", 1: "P2 Budget", 2: "P3 Music"}
    (change,) = event.counting.changes
    assert (change.printed.name, change.now.name, change.gone) == ("Welcome", "Opening", False)


def test_renamed_and_reordered(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P3": "Concert", "P2": "Budget", "P1": "Opening"})
    assert event.counted() == {0: "P1 Opening", 1: "P2 Budget", 2: "P3 Concert"}
    assert len(event.counting.changes) == 2


def test_removed_and_renumbered_stays_a_session_of_its_own(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Budget", "P2": "Music"})
    assert event.counted() == {0: "P1-2 Welcome", 1: "P1 Budget", 2: "P2 Music"}
    counting = event.counting
    assert [each.id for each in counting.sessions] == ["P1", "P2", "P1-2"]
    gone = next(change for change in counting.changes if change.gone)
    assert gone.holder is not None
    assert gone.holder.name == "Budget"


def test_a_removed_session_keeps_the_id_that_nobody_took(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P2": "Budget", "P3": "Music"})
    assert event.counted() == AS_PRINTED
    (change,) = event.counting.changes
    assert (change.gone, change.holder) == (True, None)


def test_an_id_that_a_spreadsheet_would_rewrite_is_not_made(event) -> None:
    event.write({"3": "Welcome", "4": "Budget", "may": "Music"})
    event.print()
    event.write({"3": "Budget", "may": "Budget again", "x": "Music", "3_2": "Coffee"})
    assert event.counted()[0] == "3_3 Welcome"
    event.write({"3": "Coffee", "may": "Budget", "5": "Music"})
    assert event.counted() == {0: "3 Coffee", 1: "may Budget", 2: "5 Music"}


def test_an_id_of_forty_characters_makes_room_for_its_number(event) -> None:
    long = "a" * 40
    event.write({long: "Welcome", "B": "Budget"})
    event.print()
    event.write({long: "Budget", "B": "Music"})
    assert event.counted() == {0: f"{'a' * 38}-2 Welcome", 1: f"{long} Budget"}


def test_a_name_fixed_and_printed_again_leaves_two_names_that_are_not_mixed(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Opening", "P2": "Budget", "P3": "Music"})
    event.print()
    assert event.counted() == {
        0: "P1-2 Welcome",
        1: "P2 Budget",
        2: "P3 Music",
        3: "P1 Opening",
    }


def test_renamed_once_more_only_the_last_printed_name_follows(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Opening", "P2": "Budget", "P3": "Music"})
    event.print()
    event.write({"P1": "Beginning", "P2": "Budget", "P3": "Music"})
    assert event.counted()[0] == "P1-2 Welcome"
    assert event.counted()[3] == "P1 Beginning"


def test_an_id_freed_at_a_printing_can_be_given_to_a_new_session(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P2": "Budget", "P3": "Music"})
    event.print()
    event.write({"P1": "Dance", "P2": "Budget", "P3": "Music"})
    assert event.counted() == {0: "P1-2 Welcome", 1: "P2 Budget", 2: "P3 Music"}


def test_of_two_removed_with_one_id_the_later_printed_has_it(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Opening", "P2": "Budget", "P3": "Music"})
    event.print()
    event.write({"P2": "Budget", "P3": "Music"})
    assert event.counted()[0] == "P1-2 Welcome"
    assert event.counted()[3] == "P1 Opening"


def test_slips_of_both_printings_of_a_renumbered_form_come_together(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Budget", "P2": "Music"})
    event.print()
    assert event.counted() == {
        0: "P1-2 Welcome",
        1: "P1 Budget",
        2: "P2 Music",
        3: "P1 Budget",
        4: "P2 Music",
    }
    assert [change.slots for change in event.counting.changes] == [(0,)]


def test_removing_and_printing_between_does_not_make_a_renumbered_name_follow(event) -> None:
    event.write({"P1": "Welcome", "P2": "Budget"})
    event.print()
    event.write({"P1": "Budget"})
    event.print()
    event.write({"P1": "Dance"})
    assert event.counted() == {0: "P1-2 Welcome", 1: "P1 Dance", 2: "P1 Dance"}


def test_names_that_differ_in_one_character_are_kept_apart(event) -> None:
    names = {f"S{i}": f"Workshop {chr(65 + i)}" for i in range(20)}
    event.write(names)
    event.print()
    moved = dict(zip(names, [*list(names.values())[1:], "Workshop Z"], strict=True))
    event.write(moved)
    counted = event.counted()
    assert counted[0] == "S0-2 Workshop A"
    assert [counted[i] for i in range(1, 20)] == [
        f"S{i - 1} {names[f'S{i}']}" for i in range(1, 20)
    ]


def test_the_rows_of_a_card_count_for_what_was_printed_beside_them(event) -> None:
    slip = '[slip]\nsize = "a5"\nsession = "rows"\n'
    event.write(THREE, slip=slip)
    event.print()
    event.write({"P3": "Music", "P1": "Opening"}, slip=slip)
    event.print()
    event.write({"P1": "Beginning", "P3": "Music"}, slip=slip)
    counting = event.counting
    on_cards = [[counting.sessions[place].name for place in places] for places in counting.places]
    assert on_cards == [["Welcome", "Budget", "Music"], ["Music", "Beginning"]]


def test_a_slip_for_the_whole_event_counts_for_it(event) -> None:
    slip = '[slip]\nsession = "none"\n'
    event.write({}, slip=slip)
    event.print()
    event.write({"E": "The whole evening"}, slip=slip)
    assert event.counted() == {0: "E The whole evening"}
    assert event.counting.changes == ()


def test_a_session_field_may_say_every_name_once_that_its_layout_was_printed_with(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P7": "Welcome", "P2": "Opening", "P3": "MUSIC"})
    event.print()
    event.write({"P7": "Welcome"}, slip='[slip]\nsize = "a5"\n')
    event.print()
    small, large = event.counting.fields
    assert small.names == ("Welcome", "Budget", "MUSIC", "Opening")
    assert small.place == {0: 0, 1: 1, 2: 2, 3: 0, 4: 3, 5: 2}
    assert [event.counting.sessions[place].id for place in small.sessions] == [
        event.counted()[slot].split()[0] for slot in (0, 1, 2, 4)
    ]
    assert (large.names, large.place) == (("Welcome",), {6: 0})


def test_a_general_slip_has_no_session_field_to_read(event) -> None:
    event.write(THREE, slip='[slip]\nsize = "a5"\nsession = "marked"\n')
    event.print()
    assert event.counting.fields[0].names == ()


def test_workers_can_be_given_it(event) -> None:
    event.write(THREE)
    event.print()
    assert pickle.loads(pickle.dumps(event.counting)) == event.counting  # noqa: S301
    assert pickle.loads(pickle.dumps(event.printed)) == event.printed  # noqa: S301


IDS = st.sampled_from(["P1", "P2", "P3", "3", "P1-2", "Welcome"])
NAMES = st.sampled_from(["Welcome", "Budget", "Music", "Dance", "Room 1", "Room 2"])
PLANS = st.dictionaries(IDS, NAMES, min_size=1, max_size=4).filter(
    lambda plan: (
        len(set(plan.values())) == len(plan)
        and all(
            key == name or same_words(key) not in map(same_words, plan.values())
            for key, name in plan.items()
        )
    )
)


def form_with(plan: Mapping[str, str], way: str) -> Form:
    return form_from_data(
        {
            "id": "fair",
            "title": "Fair",
            "date": datetime.date(2024, 4, 6),
            "place": "Hall",
            "language": "en",
            "question": "How was it?",
            "slip": {"size": "a5", "session": way},
            "sessions": [{"id": key, "name": name} for key, name in plan.items()],
        },
        "form",
    )


@settings(max_examples=80, deadline=None)
@given(st.lists(PLANS, min_size=1, max_size=4), PLANS, st.sampled_from(["printed", "rows"]))
def test_no_slip_ever_counts_for_what_other_slips_call_otherwise(plans, now, way) -> None:
    printed: Printed | None = None
    for plan in plans:
        before, printed = printed, with_printing(printed, form_with(plan, way), None)
        assert before is None or printed.slips[: len(before.slips)] == before.slips
    assert printed is not None
    counting = sessions_of(printed, form_with(now, way))
    on_paper = {
        (each.name, counting.sessions[place].name)
        for slip in printed.slips
        for each, place in zip(slip.sessions, counting.places[slip.slot], strict=True)
    }
    names = {name for name, _ in on_paper}
    for name, counted in on_paper:
        assert counted == name or (counted in now.values() and counted not in names)
        assert counted == name or name not in now.values()
    assert len({counted for _, counted in on_paper}) == len(on_paper) == len(names)
    assert counting.sessions[: len(now)] == form_with(now, way).sessions
    ids = [same_words(each.id) for each in counting.sessions]
    assert len(set(ids)) == len(ids)
    for each in counting.sessions[len(now) :]:
        Session(id=each.id, name=each.name)
        others = (other.name for other in counting.sessions if other is not each)
        assert same_words(each.id) not in map(same_words, others)


def test_a_name_whose_spelling_was_mended_between_two_printings_is_one_session(event) -> None:
    event.write({"P1": "Arbeidsgelde og trivsel", "P2": "Sesjon 2"})
    event.print()
    event.write({"P1": "Arbeidsglede og trivsel", "P2": "Sesjon 3"})
    event.print()
    assert event.counted() == {
        0: "P1 Arbeidsglede og trivsel",
        1: "P2-2 Sesjon 2",
        2: "P1 Arbeidsglede og trivsel",
        3: "P2 Sesjon 3",
    }
