from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest

from scanpipe.reading.embedded import Embedded, PageContent, page_content
from scanpipe.reading.scans import rasterise
from scanpipe.vocabulary import Reason

DPI = 75
SIZE_PT = (300 * 72 / DPI, 220 * 72 / DPI)

UPRIGHT = {
    "as it is": lambda w, h: (w, 0, 0, h, 0, 0),
    "mirrored": lambda w, h: (-w, 0, 0, h, w, 0),
    "upside down mirrored": lambda w, h: (w, 0, 0, -h, 0, h),
    "turned 180": lambda w, h: (-w, 0, 0, -h, w, h),
}
LYING = {
    "turned 90": lambda w, h: (0, -h, w, 0, 0, h),
    "turned 270": lambda w, h: (0, h, -w, 0, w, 0),
    "transposed": lambda w, h: (0, h, w, 0, 0, 0),
    "transposed the other way": lambda w, h: (0, -h, -w, 0, w, h),
}


def content_of(path: Path) -> PageContent | Reason:
    with pikepdf.open(path) as pdf:
        return page_content(pdf.pages[0])


def scan_in(path: Path) -> Embedded:
    content = content_of(path)
    assert isinstance(content, PageContent)
    assert content.scan is not None
    return content.scan


def alike(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of two pictures whose sizes may differ by poppler's rounding."""
    assert np.abs(np.subtract(first.shape, second.shape)).max() <= 1
    fitted = cv2.resize(second, first.shape[::-1])
    return float(np.corrcoef(first.ravel(), fitted.ravel())[0, 1])


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("way", [*UPRIGHT, *LYING])
def test_an_image_taken_out_looks_as_poppler_draws_it(
    way: str, rotate: int, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    size_pt = SIZE_PT if way in UPRIGHT else SIZE_PT[::-1]
    matrix = (UPRIGHT | LYING)[way](*size_pt)
    path = pdf_of([packing.flate(picture)], [matrix], size_pt, rotate=rotate)

    scan = scan_in(path)

    assert alike(scan.pixels, rasterise(path, 1, DPI)) > 0.97
    assert (scan.dpi_x, scan.dpi_y) == pytest.approx((DPI, DPI))


@pytest.mark.parametrize("kind", ["jpeg", "flate", "fax"])
def test_every_way_of_packing_gives_the_picture(
    kind: str, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    path = pdf_of([getattr(packing, kind)(picture)], size_pt=SIZE_PT)

    scan = scan_in(path)

    assert scan.pixels.shape == picture.shape
    assert alike(scan.pixels, rasterise(path, 1, DPI)) > 0.97


@pytest.mark.parametrize("rotate", [0, 90])
def test_each_axis_keeps_its_own_resolution(
    rotate: int, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    fax = packing.fax(picture)

    scan = scan_in(pdf_of([fax], size_pt=(300 * 72 / 204, 220 * 72 / 98), rotate=rotate))

    expected = (204, 98) if rotate == 0 else (98, 204)
    assert (scan.dpi_x, scan.dpi_y) == pytest.approx(expected)


def test_rotation_is_inherited_from_the_page_tree(
    picture: np.ndarray, pdf_of: Callable, packing: type, tmp_path: Path
) -> None:
    path = tmp_path / "inherited.pdf"
    with pikepdf.open(pdf_of([packing.flate(picture)], size_pt=SIZE_PT)) as pdf:
        del pdf.pages[0].obj["/Rotate"]
        pdf.Root.Pages.Rotate = 90
        pdf.save(path)

    assert alike(scan_in(path).pixels, np.rot90(picture, -1)) > 0.999


def test_a_page_box_that_does_not_start_at_zero_is_no_hindrance(
    picture: np.ndarray, pdf_of: Callable, packing: type, tmp_path: Path
) -> None:
    width, height = SIZE_PT
    shifted = (width, 0, 0, height, 100, -50)
    path = tmp_path / "shifted.pdf"
    with pikepdf.open(pdf_of([packing.flate(picture)], [shifted], SIZE_PT)) as pdf:
        pdf.pages[0].obj.MediaBox = pikepdf.Array([100, -50, 100 + width, height - 50])
        pdf.save(path)

    assert alike(scan_in(path).pixels, rasterise(path, 1, DPI)) > 0.97


def test_colours_of_an_icc_profile_or_a_palette_become_grey(
    picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    palette = bytes(value for grey in range(256) for value in (grey, grey, grey))
    keys = packing.flate(picture).keys
    indexed = pikepdf.Array([pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, 255, palette])
    image = replace(packing.flate(picture), keys={**keys, "/ColorSpace": indexed})

    scan = scan_in(pdf_of([image], size_pt=SIZE_PT))

    assert np.abs(scan.pixels.astype(int) - picture).max() <= 1


@pytest.mark.parametrize(
    "case", ["cropped", "strips", "text over it", "clipped", "askew", "half page", "transparent"]
)
def test_a_page_that_is_more_than_one_whole_image_is_left_to_poppler(
    case: str, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    width, height = SIZE_PT
    image = packing.flate(picture)
    half = packing.flate(picture[:110])
    mask = {**image.keys, "/Mask": pikepdf.Array([0, 0])}
    path = {
        "cropped": lambda: pdf_of([image], size_pt=SIZE_PT, crop_pt=(20, 20, 200, 150)),
        "strips": lambda: pdf_of(
            [half, half],
            [(width, 0, 0, height / 2, 0, height / 2), (width, 0, 0, height / 2, 0, 0)],
            SIZE_PT,
        ),
        "text over it": lambda: pdf_of([image], size_pt=SIZE_PT, more=b"BT /F1 12 Tf (a) Tj ET"),
        "clipped": lambda: pdf_of([image], size_pt=SIZE_PT, more=b"0 0 10 10 re W n"),
        "askew": lambda: pdf_of([image], [(width, 20, -20, height, 0, 0)], SIZE_PT),
        "half page": lambda: pdf_of([image], [(width / 2, 0, 0, height, 0, 0)], SIZE_PT),
        "transparent": lambda: pdf_of([replace(image, keys=mask)], size_pt=SIZE_PT),
    }[case]()

    content = content_of(path)

    assert isinstance(content, PageContent)
    assert content.scan is None


def test_a_page_without_images_has_no_resolution(pdf_of: Callable) -> None:
    content = content_of(pdf_of(more=b"10 10 50 50 re f", size_pt=(144, 72)))

    assert isinstance(content, PageContent)
    assert (content.scan, content.finest_dpi) == (None, None)
    assert (content.width_mm, content.height_mm) == pytest.approx((50.8, 25.4))


def test_a_damaged_image_inside_a_form_on_the_page_is_seen(
    picture: np.ndarray, pdf_of: Callable, packing: type, tmp_path: Path
) -> None:
    jpeg = packing.jpeg(picture)
    path = tmp_path / "nested.pdf"
    source = pdf_of([replace(jpeg, data=jpeg.data[: len(jpeg.data) // 2])], size_pt=SIZE_PT)
    with pikepdf.open(source) as pdf:
        page = pdf.pages[0]
        nested = pdf.make_stream(page.Contents.read_bytes())
        nested.Type, nested.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        nested.BBox = pikepdf.Array([0, 0, *SIZE_PT])
        nested.Resources = page.Resources
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm=nested))
        page.obj.Contents = pdf.make_stream(b"/Fm Do")
        pdf.save(path)

    assert content_of(path) is Reason.DAMAGED_IMAGE
