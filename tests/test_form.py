"""A form file as an organiser edits it: what is taken, and how mistakes are told."""

import datetime
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanpipe.errors import FormError, UsageError
from scanpipe.form import Form, find_form, form_from_data, load_form
from scanpipe.language import LANGUAGES, language_of

HADELAND = Path(__file__).parents[1] / "forms" / "hadeland-2016.toml"

GOOD = """\
id = "fair-2024"
title = "Spring fair"
date = 2024-04-06
place = "Town hall"
language = "en"
question = "How was it?"

[scale]
smileys = 5

[slip]
size = "a6"

[[sessions]]
id = "A"
name = "Opening"

[[sessions]]
id = "B"
name = "Closing"
"""


def load(folder: Path, text: str) -> Form:
    path = folder / "form.toml"
    path.write_text(text, encoding="utf-8")
    return load_form(path)


def problems(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(FormError) as caught:
        load(folder, text)
    assert caught.value.problems
    return caught.value.problems


def problems_in(data: dict[str, Any]) -> tuple[str, ...]:
    """Return the problems that the form is refused for; none if it is taken."""
    try:
        form_from_data(data, "form")
    except FormError as error:
        return error.problems or ("",)
    return ()


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_the_hadeland_form_holds_the_programme() -> None:
    form = load_form(HADELAND)
    assert form.title == "Fornyelse og innovasjon gjennom medvirkning og samarbeid"
    assert form.date == datetime.date(2016, 9, 23)
    assert [session.id for session in form.sessions] == ["F", "P1", "P2", "P3", "P4"]
    assert form.sessions[3].name == "Parallellsesjon 3: Personalmøte som utviklingsarena"
    assert form.words.total == "Til sammen"


def test_scale_and_slip_may_be_left_out(tmp_path: Path) -> None:
    text = GOOD.replace("[scale]\nsmileys = 5\n", "").replace('[slip]\nsize = "a6"\n', "")
    form = load(tmp_path, text)
    assert form.scale.smileys == 5
    assert form.slip.extent_mm == (148.0, 105.0)


@pytest.mark.parametrize(
    ("block", "extent_mm"),
    [
        ('size = "a5"', (210.0, 148.0)),
        ('size = "quarter-letter"', (139.7, 107.9)),
        ("width_mm = 120\nheight_mm = 100.5", (120.0, 100.5)),
        ("width_mm = 95\nheight_mm = 70", (95.0, 70.0)),
    ],
)
def test_the_slip_has_a_named_or_an_own_size(
    tmp_path: Path, block: str, extent_mm: tuple[float, float]
) -> None:
    assert load(tmp_path, changed('size = "a6"', block)).slip.extent_mm == extent_mm


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "fair-2024"', 'id = "vår messe"', ("id: ", "letters", '"vår messe"')),
        ('"Spring fair"', '""', ("title: ", "1 to 200", "found 0")),
        ('"Spring fair"', f'"{"x" * 201}"', ("title: ", "1 to 200", "found 201")),
        ('"Spring fair"', '"""Spring\nfair"""', ("title: ", "one line", r"Spring\u000afair")),
        ('"Spring fair"', r'"Spring\u0007"', ("title: ", "control character")),
        ('"Spring fair"', r'"Spring\uE000"', ("title: ", "U+E000")),
        ('"Spring fair"', "2024", ("title: ", "double quotes", "found 2024")),
        ('"Spring fair"', "[1, 2]", ("title: ", "found a list of 2")),
        ("2024-04-06", '"6 April"', ("date: ", "2016-09-23", '"6 April"')),
        ("2024-04-06", '"2024-13-06"', ("date: ", '"2024-13-06"')),
        ("2024-04-06", "2024-04-06T10:00:00", ("date: ", "without a time", "T10:00:00")),
        ('language = "en"', 'language = "no"', ("language: ", '"nb"', 'found "no"')),
        ('language = "en"', "language = false", ("language: ", '"nb"', "found false")),
        ("smileys = 5", "smileys = 1", ("scale.smileys: ", "2 to 7", "found 1")),
        ("smileys = 5", "smileys = 8", ("scale.smileys: ", "2 to 7", "found 8")),
        ("smileys = 5", 'smileys = "5"', ("scale.smileys: ", "whole number", 'found "5"')),
        ("smileys = 5", "smileys = true", ("scale.smileys: ", "found true")),
        ("[scale]\nsmileys = 5", "[[scale]]\nsmileys = 5", ("scale: ", "single brackets")),
        ('size = "a6"', 'size = "a4"', ("slip.size: ", '"a5"', 'found "a4"')),
        ('size = "a6"', "width_mm = 120", ("slip: ", "height_mm", "found width_mm")),
        ('size = "a6"', 'size = "a6"\nwidth_mm = 120', ("slip: ", "found size and width_mm")),
        ('size = "a6"', "width_mm = nan\nheight_mm = 100", ("slip.width_mm: ", "95 to 300")),
        ('size = "a6"', "width_mm = 94\nheight_mm = 100", ("slip.width_mm: ", "found 94")),
        ('size = "a6"', "width_mm = true\nheight_mm = 100", ("slip.width_mm: ", "found true")),
        ('size = "a6"', 'sise = "a6"', ("slip.sise: ", "did you mean size?")),
        ("smileys = 5", 'smileys = 5\nplace = "x"', ("scale.place: ", "higher up")),
        ('id = "B"', 'id = "a"', ("sessions[2].id: ", '"a"', "sessions[1]")),
        ('"Closing"', '" opening"', ("sessions[2].name: ", "sessions[1]")),
        ('"Closing"', '"Хор"', ("sessions[2].name: ", "Latin letters", '"Хор"')),
        ('"Closing"', '"…?"', ("sessions[2].name: ", "Latin letters")),
        ('id = "B"', 'id = "total"', ("sessions[2].id: ", "last row of the summary")),
        ('id = "B"', 'id = "01"', ("sessions[2].id: ", "Excel", '"01"')),
        ('id = "B"', 'id = "3-4"', ("sessions[2].id: ", "Excel")),
        ('id = "B"', 'id = "1E5"', ("sessions[2].id: ", "Excel")),
        ('id = "B"', 'id = "MAR1"', ("sessions[2].id: ", "Excel")),
        ('id = "B"', 'id = "3-des"', ("sessions[2].id: ", "Excel")),
    ],
)
def test_one_mistake_is_told_in_one_line(
    tmp_path: Path, old: str, new: str, told: tuple[str, ...]
) -> None:
    (problem,) = problems(tmp_path, changed(old, new))
    assert problem.startswith(told[0])
    assert [part for part in told if part not in problem] == []
    assert "\n" not in problem


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace('title = "Spring fair"', 'titel = "Spring fair"')
        .replace('"en"', '"english"')
        .replace("smileys = 5", "smileys = 0")
        .replace('size = "a6"', 'size = "a8"\nwidth_mm = 100')
        .replace('id = "B"', 'id = "A"')
    )
    keys = [problem.partition(":")[0] for problem in problems(tmp_path, text)]
    assert sorted(keys) == sorted(
        ["title", "titel", "language", "scale.smileys", "slip.size", "slip", "sessions[2].id"]
    )


def test_sessions_in_single_brackets_are_told_apart_from_none(tmp_path: Path) -> None:
    head = GOOD.partition("[[sessions]]")[0]
    (single,) = problems(tmp_path, head + '[sessions]\nid = "A"\nname = "Opening"\n')
    assert "[[sessions]]" in single
    assert "double brackets" in single
    (none,) = problems(tmp_path, head)
    assert none.startswith("sessions: is missing")
    (empty,) = problems(tmp_path, "sessions = []\n" + head)
    assert empty.endswith("found an empty list")


def test_an_empty_file_names_every_key_that_must_be_there(tmp_path: Path) -> None:
    missing = [problem.partition(":")[0] for problem in problems(tmp_path, "")]
    assert sorted(missing) == sorted(
        ["id", "title", "date", "place", "language", "question", "sessions"]
    )


@pytest.mark.parametrize(
    ("line", "number"), [("language = no", 5), ("date = 23.09.2016", 3), ('title = "Fair', 2)]
)
def test_what_is_not_toml_is_shown_with_its_line(tmp_path: Path, line: str, number: int) -> None:
    lines = GOOD.splitlines()
    lines[number - 1] = line
    (problem,) = problems(tmp_path, "\n".join(lines))
    assert problem == f"line {number}: {line}"


def test_a_language_without_quotes_is_answered_with_one_in_quotes(tmp_path: Path) -> None:
    with pytest.raises(FormError) as caught:
        load(tmp_path, changed('"en"', "no"))
    assert 'language = "nb"' in caught.value.hint


def test_spaces_and_invisible_signs_from_pasting_are_tidied(tmp_path: Path) -> None:
    form = load(tmp_path, changed('"Opening"', '"  The\u00a0 Ope\u00adning\u200b "'))
    assert form.sessions[0].name == "The Opening"


def test_letters_typed_in_two_parts_become_one(tmp_path: Path) -> None:
    assert load(tmp_path, changed('"Opening"', '"A\u030apning"')).sessions[0].name == "Åpning"


def test_a_file_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "form.toml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert load_form(path).id == "fair-2024"


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_a_file_in_another_encoding_says_how_to_save_it(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "form.toml"
    path.write_text(changed("Town hall", "Rådhuset"), encoding=encoding)
    with pytest.raises(FormError) as caught:
        load_form(path)
    assert "UTF-8" in caught.value.hint


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="there is no form file"):
        load_form(tmp_path / "none.toml")
    with pytest.raises(FormError, match="is a folder"):
        load_form(tmp_path)


def test_a_mistyped_form_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "summer-fair.toml").touch()
    with pytest.raises(FormError) as caught:
        load_form(tmp_path / "sumer-fair.toml")
    assert "summer-fair.toml" in caught.value.hint


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000])
def test_a_hostile_file_is_refused_without_a_traceback(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormError):
        load(tmp_path, text)


def test_a_form_survives_json() -> None:
    form = load_form(HADELAND)
    assert form_from_data(json.loads(form.model_dump_json()), "run.json") == form


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_makes_a_traceback(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormError):
        load(tmp_path, text)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=4,
)
PATHS = [
    *((key,) for key in tomllib.loads(GOOD)),
    *(("slip", key) for key in ("size", "width_mm", "height_mm", "other")),
    ("scale", "smileys"),
    *(("sessions", index) for index in range(2)),
    *(("sessions", index, key) for index in range(2) for key in ("id", "name", "other")),
]


@given(st.lists(st.tuples(st.sampled_from(PATHS), ANYTHING), min_size=1, max_size=4))
@settings(deadline=None)
def test_no_value_of_any_type_makes_a_traceback(
    changes: list[tuple[tuple[str | int, ...], object]],
) -> None:
    data = tomllib.loads(GOOD)
    for path, value in sorted(changes, key=lambda change: -len(change[0])):
        inner: Any = data
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value
    told = problems_in(data)
    assert all(problem.partition(":")[0] for problem in told)
    assert not any("\n" in problem for problem in told)


def test_the_only_form_in_a_folder_is_found(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no form file"):
        find_form(tmp_path)
    (tmp_path / "b.toml").touch()
    assert find_form(tmp_path) == tmp_path / "b.toml"
    (tmp_path / "a.toml").touch()
    with pytest.raises(UsageError, match=r"a\.toml\n.*b\.toml"):
        find_form(tmp_path)


def test_every_language_says_everything() -> None:
    for code, language in LANGUAGES.items():
        assert language_of(code) is language
        assert all((language.total, language.session, language.mark_one, language.change_of_mind))
        assert language.decimal_comma == (language.csv_delimiter == ";")
    with pytest.raises(FormError, match="xx"):
        language_of("xx")


def test_the_slips_handed_in_may_be_counted_for_some_sessions(tmp_path: Path) -> None:
    text = GOOD.replace('name = "Opening"', 'name = "Opening"\nexpected = 60')
    assert [session.expected for session in load(tmp_path, text).sessions] == [60, None]


@pytest.mark.parametrize("value", ["-1", '"60"', "60.0", "true", "1000001", "0x" + "f" * 5000])
def test_a_number_of_slips_that_is_none_is_told(tmp_path: Path, value: str) -> None:
    text = GOOD.replace('name = "Closing"', f'name = "Closing"\nexpected = {value}')
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("sessions[2].expected: expected a whole number from 0 to 1000000")
