"""Sessions as people paste them: from Word, from Excel, from a mail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanpipe.starting.sessions import numbered, sessions_from_lines


@pytest.mark.parametrize(
    ("line", "session_id", "name"),
    [
        ("Opening: the year ahead", "S1", "Opening: the year ahead"),
        ("P1; Workshop", "P1", "Workshop"),
        ("P1\tWorkshop", "P1", "Workshop"),
        ("  HALL ; Workshop; in the hall ", "HALL", "Workshop; in the hall"),
        ("• Workshop", "S1", "Workshop"),
        ("-\tWorkshop", "S1", "Workshop"),
        ("3; Workshop", "3", "Workshop"),
        ("Budget; the year ahead", "S1", "Budget; the year ahead"),
        ("09:00\tWorkshop", "S1", "09:00\tWorkshop"),
    ],
)
def test_a_short_code_before_the_name_becomes_the_id(line: str, session_id: str, name: str) -> None:
    assert sessions_from_lines([line]) == [{"id": session_id, "name": name}]


def test_empty_lines_and_a_header_are_no_sessions() -> None:
    pasted = ["Kode\tNavn", "", "P1\tArbeidsglede", "   ", "Avslutning"]
    assert sessions_from_lines(pasted) == [
        {"id": "P1", "name": "Arbeidsglede"},
        {"id": "S2", "name": "Avslutning"},
    ]


def test_an_id_is_not_given_twice_when_some_are_told() -> None:
    lines = ["s2; Workshop", "Opening", "Closing"]
    assert [each["id"] for each in sessions_from_lines(lines)] == ["s2", "S3", "S4"]


@settings(max_examples=30)
@given(st.lists(st.sampled_from(["", "S1", "s2", "S3", "S12"]), max_size=12))
def test_every_session_keeps_its_code_and_the_others_get_one_of_their_own(
    codes: list[str],
) -> None:
    told = list(dict.fromkeys(filter(None, codes)))
    pairs = [(code, "x") for code in (*told, *[""] * codes.count(""))]
    ids = [each["id"] for each in numbered(pairs)]
    assert ids[: len(told)] == told
    assert len({each.casefold() for each in ids}) == len(pairs)
