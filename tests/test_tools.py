"""External programs that are missing, old, hang, crash or print rubbish."""

import os
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from scanpipe import doctor, tools
from scanpipe.errors import ExitCode, MissingToolError
from scanpipe.form import load_form
from scanpipe.printed import rebuilt, save_printed

FORM = """
id = "fair"
title = "The fair"
date = 2026-05-04
place = "Town hall"
language = "{language}"
question = "How was it?"
[[sessions]]
id = "A"
name = "Opening"
"""

TESSERACT = """case $1 in
--version) echo 'tesseract 5.3.0'; echo ' leptonica-1.82.0';;
--list-langs) echo 'List of available languages in "/tessdata/" (2):'; echo eng; echo nor;;
esac"""
POPPLER = "echo 'pdftoppm version 22.12.0' >&2"
PDFINFO = "echo 'pdfinfo version 22.12.0' >&2"


class Programs:
    """A PATH that holds nothing but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, program: str, script: str) -> None:
        file = self.folder / program
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    if os.name == "nt":
        pytest.skip("the stand-ins are shell scripts")
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return Programs(folder)


@pytest.fixture
def good_path(path: Programs) -> Programs:
    path.put("tesseract", TESSERACT)
    path.put("pdftoppm", POPPLER)
    path.put("pdfinfo", PDFINFO)
    return path


def refusal(*models: str) -> MissingToolError:
    with pytest.raises(MissingToolError) as caught:
        tools.require(models)
    assert caught.value.exit_code is ExitCode.MISSING_TOOL
    return caught.value


@pytest.mark.usefixtures("good_path")
def test_programs_that_work_are_accepted() -> None:
    tools.require(["nor", "eng"])


@pytest.mark.usefixtures("path")
def test_missing_programs_are_named_together_with_a_package_for_every_system() -> None:
    error = refusal("nor")
    assert error.message == "tesseract was not found.\npdftoppm was not found."
    assert "apt install tesseract-ocr tesseract-ocr-nor poppler-utils\n" in error.hint
    assert "dnf install tesseract tesseract-langpack-nor poppler-utils\n" in error.hint
    assert "brew install tesseract tesseract-lang poppler\n" in error.hint
    assert "winget install UB-Mannheim.TesseractOCR" in error.hint
    assert "winget install oschwartz10612.Poppler" in error.hint
    assert "tick Norwegian" in error.hint


@pytest.mark.usefixtures("good_path")
def test_only_the_missing_model_is_to_be_installed() -> None:
    error = refusal("eng", "swe", "nor")
    assert error.message == "Tesseract has no model 'swe'; it has: eng, nor."
    assert "apt install tesseract-ocr-swe\n" in error.hint
    assert "poppler" not in error.hint


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("tesseract 4.0.0-beta.1", "tesseract 4.0.0-beta.1 is too old"),
        ("tesseract 3.05", "tesseract 3.05 is too old"),
        ("well hello", "does not tell its version but says 'well hello'"),
        ("", "does not tell its version but says ''"),
    ],
)
def test_an_old_or_talkative_tesseract_is_refused(
    good_path: Programs, said: str, problem: str
) -> None:
    good_path.put("tesseract", f"echo '{said}'")
    assert problem in refusal("nor").message


@pytest.mark.parametrize(
    "said", ["tesseract v5.0.0-alpha.20201127", "tesseract 4.1.1", "tesseract 10.0"]
)
def test_versions_are_compared_as_numbers(good_path: Programs, said: str) -> None:
    good_path.put("tesseract", TESSERACT.replace("tesseract 5.3.0", said))
    tools.require(["nor"])


def test_the_pdftoppm_of_another_project_is_refused(good_path: Programs) -> None:
    good_path.put("pdftoppm", "echo 'pdftoppm version 4.05 [of somebody else]' >&2")
    assert "pdftoppm 4.05 is too old, or another program; 20.09 is needed." in refusal().message


def test_a_program_that_hangs_is_given_up(
    good_path: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "TIMEOUT_S", 0.2)
    good_path.put("pdftoppm", "while :; do :; done")
    assert "did not answer in 0.2 seconds" in refusal("nor").message


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("echo 'error while loading shared libraries' >&2; exit 127", "failed with code 127"),
        ("kill -SEGV $$", "failed with code -11"),
        (r"printf '\377\376\000\001'", "does not tell its version"),
    ],
)
def test_a_program_that_crashes_or_prints_rubbish_is_no_traceback(
    good_path: Programs, script: str, problem: str
) -> None:
    good_path.put("tesseract", script)
    assert problem in refusal("nor").message


def test_a_program_that_cannot_be_started_is_no_traceback(good_path: Programs) -> None:
    (good_path.folder / "tesseract").write_bytes(b"\x7fELF not really")
    assert "cannot be started" in refusal("nor").message


@pytest.mark.parametrize("listing", ["echo", "echo nor", "exit 1"])
def test_a_tesseract_that_cannot_list_its_models_is_refused(
    good_path: Programs, listing: str
) -> None:
    good_path.put(
        "tesseract", f"case $1 in --version) echo 'tesseract 5.3.0';; *) {listing};; esac"
    )
    assert refusal("nor").message


@pytest.mark.usefixtures("good_path")
def test_doctor_finds_nothing_to_do_where_all_is_well(tmp_path: Path) -> None:
    (tmp_path / "fair.toml").write_text(FORM.format(language="nb"), encoding="utf-8")
    checks = doctor.check(tmp_path)
    assert [check.problem for check in checks] == [""] * len(checks)
    assert [check.todo for check in checks] == [""] * len(checks)
    found = {check.what: check.found for check in checks}
    assert found["Tesseract"] == "5.3.0"
    assert found["poppler"] == "22.12.0"
    assert found["Tesseract's model 'nor'"] == "installed"


@pytest.mark.usefixtures("good_path")
def test_doctor_asks_for_the_models_of_every_form_that_was_printed(tmp_path: Path) -> None:
    for language in ("nb", "da", "de"):
        file = tmp_path / f"{language}.toml"
        file.write_text(FORM.format(language=language), encoding="utf-8")
    form = load_form(file)
    save_printed(rebuilt(form), file, form)
    todo = [check.todo for check in doctor.check(tmp_path) if check.problem]
    assert len(todo) == 2
    assert "tesseract-ocr-dan" in todo[0]
    assert "tesseract-ocr-deu" in todo[1]


@pytest.mark.usefixtures("good_path")
def test_a_model_that_only_forms_need_which_were_never_printed_is_told_and_not_missed(
    tmp_path: Path,
) -> None:
    for language in ("nb", "da"):
        file = tmp_path / f"{language}.toml"
        file.write_text(FORM.format(language=language), encoding="utf-8")
    checks = doctor.check(tmp_path)
    assert [check.problem for check in checks] == [""] * len(checks)
    found = {check.what: check.found for check in checks}
    assert "tesseract-ocr-dan is needed to read slips of fair" in found["Tesseract's model 'dan'"]


@pytest.mark.usefixtures("good_path")
def test_doctor_says_that_northern_sami_is_read_with_another_model_and_finds_no_fault(
    tmp_path: Path,
) -> None:
    (tmp_path / "fair.toml").write_text(FORM.format(language="se"), encoding="utf-8")
    checks = doctor.check(tmp_path)
    assert [check.problem for check in checks] == [""] * len(checks)
    found = {check.what: check.found for check in checks}
    assert found["Tesseract's model 'nor'"] == "installed"
    assert "no model for Northern Sami" in found["language 'se'"]


def test_without_that_other_model_doctor_names_its_package(
    good_path: Programs, tmp_path: Path
) -> None:
    good_path.put("tesseract", TESSERACT.replace("echo nor", ""))
    (tmp_path / "fair.toml").write_text(FORM.format(language="se"), encoding="utf-8")
    (failed,) = [check for check in doctor.check(tmp_path) if check.problem]
    assert failed.problem == "Tesseract has no model 'nor'; it has: eng."
    assert "tesseract-ocr-nor\n" in failed.todo


@pytest.mark.parametrize(
    ("model", "windows"), [("pol", "tick Polish under"), ("ces", "tick 'ces' under")]
)
def test_a_model_is_named_as_the_installer_lists_it(model: str, windows: str) -> None:
    assert windows in tools.model_package(model).windows


@pytest.mark.usefixtures("good_path")
def test_doctor_reports_a_form_with_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "fair.toml").write_text("id = no", encoding="utf-8")
    (failed,) = [check for check in doctor.check(tmp_path) if check.problem]
    assert "fair.toml" in failed.problem
    assert failed.todo


@pytest.mark.usefixtures("good_path")
def test_doctor_reports_a_damaged_lock_file_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "fair.toml").write_text(FORM.format(language="nb"), encoding="utf-8")
    (tmp_path / "fair.lock.json").write_text('{"form": "fair"', encoding="utf-8")
    (failed,) = [check for check in doctor.check(tmp_path) if check.problem]
    assert failed.what.endswith("fair.toml")
    assert "fair.lock.json is damaged" in failed.problem
    assert "from your backup" in failed.todo
    assert "delete it" in failed.todo


@pytest.mark.usefixtures("good_path")
def test_doctor_misses_the_forms_in_another_folder(tmp_path: Path) -> None:
    (failed,) = [check for check in doctor.check(tmp_path / "forms") if check.problem]
    assert failed.what == "forms"
    assert "scanpipe new" in failed.todo


@pytest.mark.usefixtures("good_path")
def test_doctor_names_a_python_package_that_does_not_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "PYTHON_MODULES", ("json", "no_such_module"))
    problems = [check.problem for check in doctor.check(tmp_path)]
    assert problems[0].startswith("these packages cannot be imported: no_such_module")


def test_every_package_we_ask_for_is_looked_at() -> None:
    pyproject = Path(__file__).parents[1] / "pyproject.toml"
    asked_for = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    names = {name.split(">")[0].lower() for name in asked_for}
    distributions = packages_distributions()
    looked_at = {distributions[module][0].lower() for module in doctor.PYTHON_MODULES}
    assert looked_at == names
