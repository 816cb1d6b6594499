"""The organiser's logo: in its room and in proportion, or refused with the reason."""

from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanpipe.composing import layout_of
from scanpipe.errors import FormError
from scanpipe.printing import Sheet, check_fits, print_slips

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {} {}">{}</svg>'


def write_svg(folder: Path, width: int, height: int, inside: str = "") -> None:
    inside = inside or f'<rect width="{width}" height="{height}" fill="#000"/>'
    (folder / "logo.svg").write_text(SVG.format(width, height, width, height, inside), "utf-8")


def write_png(folder: Path, size: tuple[int, int]) -> None:
    Image.new("RGBA", size, (0, 0, 0, 255)).save(folder / "logo.png")


@pytest.mark.parametrize(
    ("logo", "across_mm", "down_mm"),
    [
        ("wide.svg", 29.6, 29.6 / 4),
        ("tall.png", 5.5, 11.0),
    ],
)
def test_a_logo_fills_its_room_in_proportion_and_stands_at_its_right(
    make_form: Any, raster: Any, tmp_path: Path, logo: str, across_mm: float, down_mm: float
) -> None:
    size = (800, 200) if logo.startswith("wide") else (300, 600)
    write_svg(tmp_path, *size)
    write_png(tmp_path, size)
    form, dpi = make_form(look={"logo": f"logo{logo[4:]}"}), 200
    print_slips(form, tmp_path / "s.pdf", Sheet.SLIP, folder=tmp_path)
    box, scale = layout_of(form).logo.inset(-0.5), dpi / 25.4
    page = raster(tmp_path / "s.pdf", 1, dpi)
    room = page[
        round(box.y_mm * scale) : round(box.bottom_mm * scale),
        round(box.x_mm * scale) : round(box.right_mm * scale),
    ]
    ys, xs = np.nonzero(room < 128)
    assert np.ptp(xs) / scale == pytest.approx(across_mm, abs=0.3)
    assert np.ptp(ys) / scale == pytest.approx(down_mm, abs=0.3)
    assert xs.max() / scale == pytest.approx(box.width_mm - 0.5, abs=0.3)


def test_a_photograph_of_a_logo_is_made_smaller_before_every_page_carries_it(
    make_form: Any, tmp_path: Path
) -> None:
    write_png(tmp_path, (1600, 500))
    print_slips(make_form(look={"logo": "logo.png"}), tmp_path / "s.pdf", folder=tmp_path)
    with pikepdf.open(tmp_path / "s.pdf") as pdf:
        widths = [
            int(item.Width)
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
    assert max(widths) <= 29.6 / 25.4 * 600 + 1


def test_without_a_folder_the_logo_is_left_out(make_form: Any, tmp_path: Path) -> None:
    print_slips(make_form(look={"logo": "logo.png"}), tmp_path / "s.pdf")
    assert (tmp_path / "s.pdf").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.png", None, "there is no file"),
        ("logo.pdf", b"%PDF-1.7", "expected a file .png or .svg"),
        ("logo.png", b"not a picture", "is no PNG"),
        ("logo.svg", b"<svg", "is no SVG that can be drawn"),
        ("logo.svg", SVG.format(9, 9, 9, 9, "<text>Hi</text>").encode(), "has text in it"),
    ],
)
def test_a_logo_that_cannot_be_printed_is_refused_with_the_texts_that_do_not_fit(
    make_form: Any, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    form = make_form(look={"logo": name}, title="Tittel " * 28)
    with pytest.raises(FormError) as caught:
        check_fits(form, tmp_path)
    about_title, about_logo = caught.value.problems
    assert about_title.startswith("title: ")
    assert about_logo.startswith("look.logo: ")
    assert said in about_logo
    assert caught.value.hint.startswith("Shorten")


def test_of_a_logo_that_is_missing_the_hint_says_what_to_do_about_a_logo(
    make_form: Any, tmp_path: Path
) -> None:
    with pytest.raises(FormError) as caught:
        check_fits(make_form(look={"logo": "logo.png"}), tmp_path)
    assert caught.value.hint.startswith("Put the logo there")
    assert "Shorten" not in caught.value.hint
