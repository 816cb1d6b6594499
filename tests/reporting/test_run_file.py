import json
import platform
import re

import cv2
import numpy as np

from scanpipe.form import form_from_data
from scanpipe.reporting import apply_review, software
from scanpipe.reporting.run_file import load_run


def test_the_form_in_run_json_is_the_whole_form(write, readings, folder, form):
    write(readings.mixed())
    data = json.loads((folder.path / "run.json").read_bytes())["form"]
    assert form_from_data(data, "run.json") == form


def test_the_software_names_all_that_has_a_part_in_the_figures():
    found = software({"Tesseract": "5.3.0", "Tesseract's model 'nor'": "installed"})
    assert found["Python"] == platform.python_version()
    assert found["numpy"] == np.__version__
    assert found["opencv-python-headless"].startswith(cv2.__version__)
    assert found["Tesseract"] == "5.3.0"
    assert all(re.match(r"\d+\.\d+", found[name]) for name in ("scanpipe", "Pillow", "pikepdf"))


def test_what_a_run_was_made_with_outlasts_an_apply(write, readings, folder):
    said = {"software": {"Tesseract": "5.3.0"}, "options": {"scans": ["box.pdf"]}, "pages": 5}
    write(readings.mixed(), **said)
    folder.fill({"bcd-3": {"rating": "4"}})
    apply_review(folder.path)
    data = json.loads((folder.path / "run.json").read_bytes())
    assert {key: data[key] for key in said} == said
    assert load_run(folder.path).promised_pages == 5


def test_pages_that_never_came_are_told_by_the_balance(write, readings):
    outcome = write(readings.mixed(), pages=9)
    assert not outcome.balance.adds_up
    assert "skanningene har 9 sider, men 5 kom inn" in outcome.balance.gaps[0]


def test_what_is_remembered_comes_back_as_it_was(write, readings, folder):
    write(readings.mixed(), expected=7)
    folder.fill({"bcd-3": {"rating": "4", "note": '=1\r\n"æ"'}})
    write(readings.mixed(), expected=7)
    run = load_run(folder.path)
    assert run.expected == 7
    assert run.review.entries["bcd-3"].note == '=1\r\n"æ"'
    assert [change.what for change in run.journal] == ["rating", "status", "note"]
