"""Owns the machine's check: Python and its packages, Tesseract, poppler, forms and their locks."""

import importlib
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from scanpipe.errors import MissingToolError, ScanpipeError
from scanpipe.form import Form, load_form
from scanpipe.language import Language
from scanpipe.messages import SOURCE_LANGUAGE, messages_for
from scanpipe.printed import load_printed, lock_path
from scanpipe.tools import (
    Check,
    check_poppler,
    check_tesseract,
    installed_models,
    model_package,
)

PYTHON_MODULES = (
    "babel",
    "click",
    "cv2",
    "flask",
    "jinja2",
    "matplotlib",
    "numpy",
    "openpyxl",
    "pandas",
    "pdf2image",
    "pikepdf",
    "PIL",
    "pydantic",
    "pymupdf_fonts",
    "pytesseract",
    "rapidfuzz",
    "reportlab",
    "rich",
    "svglib",
    "waitress",
    "xlsxwriter",
    "zxingcpp",
)


def check(forms: Path) -> list[Check]:
    """Look at everything that scanpipe stands on, and at the form files in the folder `forms` and
    their lock files.

    A model that only forms need of which nothing was printed yet is not missed.
    """
    read, form_checks = _check_forms(forms)
    used = [each.words.tesseract for each, in_use in read if in_use]
    return [
        _check_modules(),
        *check_tesseract(used),
        *_check_later([each for each, in_use in read if not in_use], used),
        *_check_borrowed([each.words for each, _ in read]),
        check_poppler(),
        *form_checks,
    ]


def _check_later(forms: Iterable[Form], used: Sequence[str]) -> list[Check]:
    """Tell which models are to be there before slips of `forms` are read."""
    needed: dict[str, list[str]] = {}
    for form in forms:
        if form.words.tesseract not in used:
            needed.setdefault(form.words.tesseract, []).append(form.id)
    try:
        installed = installed_models() if needed else []
    except MissingToolError:
        return []  # told already
    return [
        Check(
            f"Tesseract's model {model!r}",
            f"not there; {model_package(model).apt} is needed to read slips of {', '.join(ids)}",
        )
        for model, ids in needed.items()
        if model not in installed
    ]


def _check_borrowed(languages: Iterable[Language]) -> list[Check]:
    """Tell of the languages that another one's model reads; that is no fault."""
    t = messages_for(SOURCE_LANGUAGE)
    notes = {language.code: language.model_note(t) for language in languages}
    return [Check(f"language {code!r}", note) for code, note in notes.items() if note]


def _check_modules() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    broken = []
    for name in PYTHON_MODULES:
        try:
            importlib.import_module(name)
        except Exception as error:  # a half-installed package can raise anything
            broken.append(f"{name} ({error})")
    if not broken:
        return Check("Python and its packages", version)
    return Check(
        "Python and its packages",
        problem=f"these packages cannot be imported: {', '.join(broken)}.",
        advice="Install scanpipe again: `make demo`, or `pip install --force-reinstall .`",
    )


def _check_forms(folder: Path) -> tuple[list[tuple[Form, bool]], list[Check]]:
    """Return the forms in `folder` with names to be read by OCR, each with whether it is in use,
    and a check per form file. The only form is in use, and every one that was printed.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        problem = f"there is no form file in {folder}{os.sep}."
        advice = "Go to the folder that holds forms/, or make a form with `scanpipe new ID`."
        return [], [Check("forms", problem=problem, advice=advice)]
    read, checks = [], []
    for path in paths:
        try:
            form = load_form(path)
            if form.models:
                read.append((form, len(paths) == 1 or lock_path(path, form).exists()))
            # Of a damaged lock file nobody hears else before slips are to be printed or read.
            load_printed(path, form)
        except ScanpipeError as error:
            checks.append(Check(str(path), problem=error.message, advice=error.hint))
        else:
            checks.append(Check(str(path), _shown_form(form)))
    return read, checks


def _shown_form(form: Form) -> str:
    count = 0 if form.slip.session == "none" else len(form.sessions)
    return "1 session" if count == 1 else f"{count} sessions"
