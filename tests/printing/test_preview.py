"""Pictures of the slips before they are printed, and what does not fit said at once."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from scanpipe.cli import main
from scanpipe.errors import ExitCode, MissingToolError, OutputError
from scanpipe.printing import preview

FORMS = Path(__file__).parents[2] / "forms"


def test_one_kind_of_slip_is_one_picture_and_shows_its_colour(
    make_form: Any, tmp_path: Path
) -> None:
    form = make_form(slip={"session": "none"}, look={"accent": "#7a1f3d"})
    slip, _ = preview(form, tmp_path)
    assert slip.name == "slip.png"
    red, green, _ = np.asarray(Image.open(slip)).astype(int).transpose(2, 0, 1)
    assert (red - green > 60).sum() > 200


def test_the_command_tells_where_the_pictures_are_and_of_the_slips_not_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(FORMS / "hadeland-2016.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["preview", "hadeland-2016.toml"])
    assert result.exit_code == ExitCode.DONE, result.output
    drawn = Path("output/hadeland-2016/preview")
    names = ["sheet.png", "slip-F.png", "slip-P1.png", "slip-P2.png"]
    assert sorted(path.name for path in drawn.iterdir()) == names
    slip, sheet = Image.open(drawn / "slip-F.png"), Image.open(drawn / "sheet.png")
    assert slip.width / slip.height == pytest.approx(148 / 105, rel=0.01)
    assert sheet.width / sheet.height == pytest.approx(297 / 210, rel=0.01)
    assert (np.asarray(sheet.convert("L")) < 100).mean() > 0.01
    assert str(Path("output/hadeland-2016/preview")) in result.output
    assert "--all" in result.output


def test_what_does_not_fit_is_said_and_nothing_is_drawn(tmp_path: Path) -> None:
    text = (FORMS / "hadeland-2016.toml").read_text(encoding="utf-8")
    form = tmp_path / "f.toml"
    form.write_text(text.replace("Arbeidsglede og trivsel", "Glede " * 25), encoding="utf-8")
    result = CliRunner().invoke(main, ["preview", str(form), "-o", str(tmp_path / "out")])
    assert result.exit_code == ExitCode.FORM
    assert "sessions[2].name" in result.output
    assert "characters fit" in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told(make_form: Any, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        preview(make_form(), tmp_path / "taken")


def test_without_poppler_it_says_how_to_get_it(
    make_form: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="not installed"):
        preview(make_form(), tmp_path)
