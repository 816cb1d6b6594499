"""Every form in forms/ prints as it stands there, one of each kind."""

from pathlib import Path

import pytest

from scanpipe.composing import layout_of
from scanpipe.form import load_form
from scanpipe.printing import Sheet, print_slips

FORMS = sorted((Path(__file__).parents[2] / "forms").glob("*.toml"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_example_prints_and_is_named_as_its_file(path: Path, tmp_path: Path) -> None:
    form = load_form(path)
    assert form.id == path.stem
    printed = print_slips(form, tmp_path / "s.pdf", Sheet.A4, folder=path.parent)
    assert printed.slips == len(form.kinds)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_example_is_pictured_in_the_forms_readme(path: Path) -> None:
    readme = (path.parent / "README.md").read_text(encoding="utf-8")
    assert f"({path.name})" in readme
    assert f"({path.stem}.png)" in readme
    assert path.with_suffix(".png").exists()


def test_there_is_an_example_of_each_kind() -> None:
    forms = [load_form(path) for path in FORMS]
    assert {form.slip.session for form in forms} == {"printed", "marked", "rows", "none"}
    scales = [form.scale.model_dump(exclude_none=True) for form in forms]
    assert {"smileys", "numbers", "answers", "choose", "low"} <= {key for s in scales for key in s}
    assert {form.language for form in forms} >= {"nb", "nn", "se", "en", "sv", "de", "fr", "pl"}
    layouts = [layout_of(form) for form in forms]
    assert any(layout.comment for layout in layouts)
    assert any(layout.logo for layout in layouts)
    assert any(layout.serial for layout in layouts)
    assert any(form.questions for form in forms)
