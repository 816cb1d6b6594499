from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from scanpipe.reading.record import NoteKind, PageKind, Place
from scanpipe.reading.sides import face_down

SLIP, BACK, OTHER = PageKind.SLIPS, PageKind.BLANK_BACK, PageKind.UNREADABLE

Pages = list[tuple[Place, PageKind]]


def file(name: str, kinds: Sequence[PageKind]) -> Pages:
    return [(Place(name, number), kind) for number, kind in enumerate(kinds, start=1)]


def told(pages: Pages) -> list[tuple[str, int]]:
    note = face_down(pages)
    if note is None:
        return []
    assert (note.kind, note.pages, note.of) == (NoteKind.FACE_DOWN, len(note.where), len(pages))
    return [(place.file, place.page) for place in note.where]


def test_a_slip_fed_face_down_among_others_is_told() -> None:
    assert told(file("box.pdf", [SLIP, SLIP, BACK, SLIP, SLIP, SLIP])) == [("box.pdf", 3)]


def test_the_backs_of_a_stack_scanned_on_both_sides_are_nothing_to_tell() -> None:
    assert told(file("box.pdf", [SLIP, BACK] * 5 + [BACK, SLIP] * 4)) == []


def test_an_empty_sheet_among_papers_scanned_on_both_sides_is_nothing_to_tell() -> None:
    assert told(file("box.pdf", [SLIP, BACK] * 5 + [BACK, BACK] + [SLIP, BACK] * 3)) == []


def test_notes_on_a_few_backs_do_not_make_a_stack_one_sided() -> None:
    assert told(file("box.pdf", [SLIP, BACK] * 9 + [SLIP, OTHER])) == []


def test_a_stack_half_of_which_lay_face_down_is_told_page_by_page() -> None:
    kinds = [SLIP, SLIP, BACK, BACK, BACK, SLIP, SLIP, SLIP, SLIP, BACK, BACK, BACK]

    assert [page for _, page in told(file("box.pdf", kinds))] == [3, 4, 5, 10, 11, 12]


def test_a_file_of_nothing_but_backs_is_told() -> None:
    assert len(told(file("front.pdf", [SLIP] * 6) + file("turned.pdf", [BACK] * 6))) == 6


def test_each_file_is_judged_by_itself() -> None:
    pages = file("both.pdf", [SLIP, BACK] * 4) + file("one.pdf", [SLIP, SLIP, SLIP, BACK])

    assert told(pages) == [("one.pdf", 4)]


def test_files_of_one_page_are_judged_together() -> None:
    def photos(kinds: Sequence[PageKind]) -> Pages:
        return [pair for number, kind in enumerate(kinds) for pair in file(f"{number}.jpg", [kind])]

    assert told(photos([SLIP, BACK] * 4)) == []
    assert told(photos([SLIP, SLIP, BACK, SLIP, SLIP])) == [("2.jpg", 1)]


@given(st.lists(st.sampled_from([SLIP, OTHER]), max_size=20))
def test_where_no_page_is_blank_there_is_nothing_to_tell(kinds: list[PageKind]) -> None:
    assert told(file("box.pdf", kinds)) == []


@given(st.lists(st.sampled_from([SLIP, BACK, OTHER]), max_size=20))
def test_only_blank_pages_are_told_and_in_their_order(kinds: list[PageKind]) -> None:
    pages = file("box.pdf", kinds)
    blank = [(place.file, place.page) for place, kind in pages if kind is BACK]

    assert told(pages) in ([], blank)
