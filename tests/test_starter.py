"""The starter form: valid as it is, and never written over anything."""

import datetime
from pathlib import Path

import pytest

from scanpipe.errors import OutputError, UsageError
from scanpipe.form import load_form
from scanpipe.printing import check_fits
from scanpipe.starter import starter_form, write_starter


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
