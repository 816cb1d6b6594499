"""The starter form: valid as it is, and never written over anything."""

import datetime
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from scanpipe.errors import FormError, OutputError, UsageError
from scanpipe.form import form_from_data, load_form
from scanpipe.printing import check_fits
from scanpipe.starting.form_text import form_text, starter_form
from scanpipe.starting.schema import NAME, schema_text
from scanpipe.starting.writing import write_starter


def test_the_starter_form_is_valid_and_can_be_printed(tmp_path: Path) -> None:
    path = write_starter("fair-2024", tmp_path / "forms")
    form = load_form(path)
    check_fits(form)
    assert path == tmp_path / "forms" / "fair-2024.toml"
    assert form.id == "fair-2024"
    assert len(form.sessions) == 2


def test_the_starter_form_explains_every_key_it_sets() -> None:
    text = starter_form("x", datetime.date(2024, 4, 6))
    assert "date = 2024-04-06" in text
    assert text.count("\n#") >= 8


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="already"):
        write_starter("x", tmp_path)
    assert (tmp_path / "x.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("form_id", ["", "../x", "a b", "æ", "x\n", "a" * 41])
def test_an_id_that_forms_cannot_have_is_refused(tmp_path: Path, form_id: str) -> None:
    with pytest.raises(UsageError, match="id of a form"):
        write_starter(form_id, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "forms").touch()
    with pytest.raises(OutputError):
        write_starter("x", tmp_path / "forms")


@pytest.mark.parametrize(
    ("name", "better"),
    [("Summer Fair", "summer-fair"), ("Årets møte 2026!", "arets-mote-2026"), ("čáđŋ", "cadn")],
)
def test_a_name_that_is_no_id_is_answered_with_one_that_is(
    name: str, better: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as refused:
        write_starter(name, tmp_path)
    assert refused.value.hint.endswith(f" Such as {better}.")
    assert write_starter(better, tmp_path).exists()


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1).map(
    lambda text: f"a{text}\\\"'#=[]"
)


@given(TEXTS, TEXTS, st.sampled_from([{"smileys": 7}, {"numbers": 10}, {"answers": ["Ja", "č"]}]))
@settings(max_examples=50)
def test_a_form_is_written_so_that_it_is_read_back_whatever_is_in_it(
    text: str, place: str, scale: dict[str, object]
) -> None:
    sessions = [{"id": "S1", "name": "Čáđŋ š"}, {"id": "S2", "name": text[:99]}]
    data = {"id": "x", "title": text, "date": "2027-09-03", "place": place, "language": "se"}
    data |= {"question": text, "scale": scale, "slip": {"size": "a6"}, "sessions": sessions}
    try:
        meant = form_from_data(data, "")
    except FormError:
        reject()
    assert form_from_data(tomllib.loads(form_text(data)), "") == meant


def test_a_form_without_sessions_says_so_and_invents_none() -> None:
    data = {"id": "x", "title": "x", "date": "2027-09-03", "place": "x", "language": "nb"}
    text = form_text(data | {"question": "x", "slip": {"session": "none"}})
    written = tomllib.loads(text)
    assert "sessions" not in written
    assert written["slip"] == {"size": "a6", "session": "none"}


def test_the_schema_lies_beside_a_new_form_and_is_made_current(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("{}", encoding="utf-8")
    path = write_starter("x", tmp_path)
    assert path.read_text(encoding="utf-8").startswith(f"#:schema {NAME}\n")
    assert (tmp_path / NAME).read_text(encoding="utf-8") == schema_text()


def test_a_schema_that_cannot_be_written_does_not_cost_the_form(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    assert write_starter("x", tmp_path).exists()
