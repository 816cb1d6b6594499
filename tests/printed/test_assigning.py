"""A kind of slip keeps its number in the marks for good, and no other ever gets it."""

import pytest

from scanpipe.composing import layout_of
from scanpipe.errors import FormError
from scanpipe.marks import SLOTS
from scanpipe.printed import rebuilt, with_printing

THREE = {"P1": "Welcome", "P2": "Budget", "P3": "Music"}


def names(event) -> list[str]:
    return [f"{slip.session} {slip.name}" for slip in event.printed.slips]


def test_the_first_printing_numbers_the_sessions_in_the_forms_order(event) -> None:
    form = event.write(THREE)
    printed = event.print()
    assert names(event) == ["P1 Welcome", "P2 Budget", "P3 Music"]
    assert printed.last_slots == (0, 1, 2)
    assert printed.layouts == (layout_of(form),)
    assert printed.slots_of(0) == (0, 1, 2)


def test_printing_the_same_again_changes_nothing(event) -> None:
    event.write(THREE)
    event.print()
    before = event.lock.read_bytes()
    event.print()
    assert event.lock.read_bytes() == before


def test_reordered_sessions_keep_their_slots(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P3": "Music", "P1": "Welcome", "P2": "Budget"})
    assert event.print().last_slots == (2, 0, 1)
    assert len(event.printed.slips) == 3


@pytest.mark.parametrize(
    ("edited", "slots"),
    [
        ({"P1": "Welcome!", "P2": "Budget", "P3": "Music"}, (3, 1, 2)),
        ({"P1": "Welcome", "P9": "Budget", "P3": "Music"}, (0, 3, 2)),
        ({"P0": "Coffee", **THREE}, (3, 0, 1, 2)),
        ({"P1": "Budget", "P2": "Welcome", "P3": "Music"}, (3, 4, 2)),
        ({"P1": "Budget", "P2": "Music"}, (3, 4)),
    ],
    ids=["renamed", "another id", "added in front", "swapped", "removed and renumbered"],
)
def test_only_a_slip_that_is_new_on_paper_gets_a_new_slot(event, edited, slots) -> None:
    event.write(THREE)
    event.print()
    event.write(edited)
    assert event.print().last_slots == slots
    assert names(event)[:3] == ["P1 Welcome", "P2 Budget", "P3 Music"]


def test_a_slot_is_given_up_with_its_session_and_taken_up_with_it_again(event) -> None:
    event.write(THREE)
    event.print()
    event.write({"P1": "Welcome"})
    event.print()
    event.write({**THREE, "P4": "Dance"})
    assert event.print().last_slots == (0, 1, 2, 3)


def test_slips_of_another_size_are_other_slips(event) -> None:
    event.write(THREE)
    event.print()
    event.write(THREE, slip='[slip]\nsize = "a5"\n')
    printed = event.print()
    assert printed.last_slots == (3, 4, 5)
    assert (printed.slots_of(0), printed.slots_of(1)) == ((0, 1, 2), (3, 4, 5))
    event.write(THREE)
    assert event.print().last_slots == (0, 1, 2)


def test_when_something_was_printed_is_kept(event) -> None:
    event.write(THREE)
    event.print()
    event.write({**THREE, "P4": "Dance"})
    printed = event.print()
    assert [(str(each.date), each.slots) for each in printed.printings] == [
        ("2024-04-01", (0, 1, 2)),
        ("2024-04-02", (0, 1, 2, 3)),
    ]
    assert [each.date for each in rebuilt(event.form).printings] == [None]


@pytest.mark.parametrize("way", ["marked", "rows"])
def test_a_general_slip_is_another_one_when_its_sessions_are_others(event, way) -> None:
    slip = f'[slip]\nsize = "a5"\nsession = "{way}"\n'
    event.write(THREE, slip=slip)
    assert event.print().last_slots == (0,)
    event.write({"P2": "Budget", "P1": "Welcome", "P3": "Music"}, slip=slip)
    assert event.print().last_slots == (1,)
    listed = [[each.name for each in slip.listed] for slip in event.printed.slips]
    assert listed == [["Welcome", "Budget", "Music"], ["Budget", "Welcome", "Music"]]
    assert {(slip.session, slip.name) for slip in event.printed.slips} == {(None, None)}


def test_a_slip_for_the_whole_event_has_one_slot(event) -> None:
    event.write({}, slip='[slip]\nsession = "none"\n')
    printed = event.print()
    assert (printed.last_slots, printed.slips[0].listed) == ((0,), ())


def test_when_all_numbers_are_used_up_the_form_needs_a_new_id(event) -> None:
    event.write({f"P{i}": f"Talk {i}" for i in range(SLOTS)})
    event.print()
    before = event.lock.read_bytes()
    event.write({f"P{i}": f"Talk {i}" for i in range(SLOTS - 1)} | {"P145": "Another"})
    with pytest.raises(FormError) as caught:
        event.print()
    assert "146" in caught.value.message
    assert "new id" in caught.value.hint
    assert event.lock.read_bytes() == before


def test_a_lock_that_is_lost_is_rebuilt_in_the_forms_order(event) -> None:
    event.write(THREE)
    printed = event.print()
    again = rebuilt(event.form)
    assert (again.slips, again.layouts, again.last_slots) == (
        printed.slips,
        printed.layouts,
        (0, 1, 2),
    )


def test_what_another_computer_rounds_otherwise_is_the_same_layout(event) -> None:
    form = event.write(THREE)
    printed = event.print()
    box = printed.layouts[0].event
    moved = type(box)(box.x_mm + 1e-13, box.y_mm, box.width_mm, box.height_mm)
    layout = type(printed.layouts[0])(
        **{name: getattr(printed.layouts[0], name) for name in printed.layouts[0].__slots__}
        | {"event": moved}
    )
    elsewhere = printed.model_copy(update={"layouts": (layout,)})
    assert elsewhere != printed
    assert with_printing(elsewhere, form, None).slips == printed.slips
