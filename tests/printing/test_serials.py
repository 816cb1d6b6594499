"""Serial numbers: random, no two alike, and readable from the printed page."""

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
import zxingcpp

from scanpipe.composing import layout_of
from scanpipe.printing import Sheet, print_slips
from scanpipe.printing.serials import all_different, new_serial, serial_modules


def test_a_serial_is_eight_letters_and_digits_and_the_next_is_another() -> None:
    serials = [new_serial() for _ in range(200)]
    assert all(re.fullmatch("[A-Z2-7]{8}", serial) for serial in serials)
    assert len(set(serials)) == 200


def test_a_number_drawn_twice_is_printed_once() -> None:
    drawn = iter(["AAAAAAAA", "AAAAAAAA", "BBBBBBBB", "AAAAAAAA", "CCCCCCCC"])
    assert list(itertools.islice(all_different(lambda: next(drawn)), 3)) == [
        "AAAAAAAA",
        "BBBBBBBB",
        "CCCCCCCC",
    ]


@pytest.mark.parametrize("serial", ["AAAAAAAA", "22222222", "Q7XK2M5Z"])
def test_no_serial_needs_smaller_modules_than_others(serial: str) -> None:
    modules = serial_modules(serial)
    assert len(modules) <= 14
    assert {len(row) for row in modules} == {len(modules)}


def test_each_slip_on_a_sheet_carries_a_code_of_its_own(
    make_form: Any, raster: Any, tmp_path: Path
) -> None:
    form, given = make_form(slip={"serial": True}), iter(["AAAAAAAA", "Q7XK2M5Z", "22222222"])
    print_slips(form, tmp_path / "s.pdf", copies=3, serial=lambda: next(given))
    page = raster(tmp_path / "s.pdf", 1, 150)
    read = zxingcpp.read_barcodes(page, zxingcpp.BarcodeFormat.DataMatrix)
    assert sorted(code.text for code in read) == ["22222222", "AAAAAAAA", "Q7XK2M5Z"]


def test_the_code_fills_its_box_and_an_empty_serial_leaves_it_white(
    make_form: Any, raster: Any, tmp_path: Path
) -> None:
    form, dpi = make_form(slip={"serial": True}), 200
    box, scale = layout_of(form).serial, dpi / 25.4
    dark = []
    for serial in ("Q7XK2M5Z", ""):
        print_slips(form, tmp_path / "s.pdf", Sheet.SLIP, serial=lambda given=serial: given)
        page = raster(tmp_path / "s.pdf", 1, dpi)
        x, y = round(box.x_mm * scale), round(box.y_mm * scale)
        side = round(box.width_mm * scale)
        dark.append((page[y : y + side, x : x + side] < 128).mean())
        around = page[y - 15 : y + side + 15, x - 15 : x + side + 15]
        assert (around < 128).sum() == pytest.approx(dark[-1] * side * side, rel=0.06)
    assert 0.3 < dark[0] < 0.7
    assert dark[1] == 0
