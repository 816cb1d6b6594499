"""Pictures whose code words make no sense somewhere: told from whole ones, though they decode."""

import io
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageCms

from scanpipe.reading.decoding import is_broken_jpeg
from scanpipe.reading.scans import PageImage, load_page, open_scan
from scanpipe.vocabulary import Reason

SIZE_PT = (220, 161)


def cut_out(data: bytes) -> bytes:
    """Return a JPEG that lacks its middle: it ends as it should."""
    return data[: len(data) // 2] + data[-200:]


@pytest.fixture
def jpeg(picture: np.ndarray) -> Callable[..., bytes]:
    def packed(**options: object) -> bytes:
        file = io.BytesIO()
        noise = np.random.default_rng(1).normal(0, 6, picture.shape)
        grey = Image.fromarray(np.clip(picture + noise, 0, 255).astype(np.uint8))
        grey.convert(str(options.pop("mode", "L"))).save(file, "JPEG", **options)
        return file.getvalue()

    return packed


WAYS = [
    {"quality": 30},
    {"quality": 75},
    {"quality": 95},
    {"progressive": True},
    {"optimize": True},
    {"mode": "RGB"},
]


@pytest.mark.parametrize("options", WAYS)
def test_a_whole_jpeg_is_not_called_broken(jpeg: Callable[..., bytes], options: dict) -> None:
    data = jpeg(**options)
    assert not is_broken_jpeg(data)
    assert not is_broken_jpeg(data + bytes(100))


def test_a_jpeg_with_padding_before_its_end_is_whole(jpeg: Callable[..., bytes]) -> None:
    data = jpeg()
    assert data.endswith(b"\xff\xd9")
    assert not is_broken_jpeg(data[:-2] + bytes(4) + data[-2:])


@pytest.mark.parametrize("options", WAYS)
def test_a_jpeg_that_lacks_its_middle_is_broken(jpeg: Callable[..., bytes], options: dict) -> None:
    assert is_broken_jpeg(cut_out(jpeg(**options)))


def test_other_pictures_are_no_broken_jpegs() -> None:
    assert not is_broken_jpeg(b"")
    assert not is_broken_jpeg(b"\x89PNG\r\n")


SPACES = {"L": pikepdf.Name.DeviceGray, "RGB": pikepdf.Name.DeviceRGB}


@pytest.mark.parametrize("outer", [0, 1])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_in_a_pdf_that_lacks_its_middle_is_damaged_and_not_a_blank_slip(
    jpeg: Callable[..., bytes],
    picture: np.ndarray,
    packing: type,
    pdf_of: Callable,
    outer: int,
    mode: str,
) -> None:
    image = packing.jpeg(picture)
    filters = [pikepdf.Name.FlateDecode] * outer + [pikepdf.Name.DCTDecode]
    pages = []
    for data in (jpeg(mode=mode), cut_out(jpeg(mode=mode))):
        packed = zlib.compress(data) if outer else data
        keys = {**image.keys, "/Filter": pikepdf.Array(filters), "/ColorSpace": SPACES[mode]}
        path = pdf_of([replace(image, data=packed, keys=keys)], size_pt=SIZE_PT)
        pages.append(load_page(open_scan(path), 1))
    assert not isinstance(pages[0], Reason)
    assert pages[1] is Reason.DAMAGED_IMAGE


def test_a_jpeg_file_that_lacks_its_middle_is_damaged(jpeg: Callable[..., bytes], tmp_path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(cut_out(jpeg()))
    assert load_page(open_scan(path), 1) is Reason.DAMAGED_IMAGE


def calibrated(_pdf: pikepdf.Pdf) -> pikepdf.Object:
    return pikepdf.Array([pikepdf.Name.CalRGB, pikepdf.Dictionary(WhitePoint=[0.95, 1, 1.09])])


def of_a_profile(pdf: pikepdf.Pdf) -> pikepdf.Object:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return pikepdf.Array([pikepdf.Name.ICCBased, pdf.make_stream(profile, N=3)])


@pytest.mark.parametrize("space", [lambda _pdf: pikepdf.Name.DeviceRGB, calibrated, of_a_profile])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:0"])
def test_the_greys_of_a_colour_scan_are_those_of_its_colours(
    space: Callable, subsampling: str, picture: np.ndarray, pdf_of: Callable, packing: type
) -> None:
    tints = np.stack([picture // 2 + 20, picture // 3 + 90, picture // 4 + 60], axis=-1)
    jpeg = packing.jpeg(tints, subsampling=subsampling)
    path = pdf_of([replace(jpeg, keys={**jpeg.keys, "/ColorSpace": SPACES["RGB"]})], [], SIZE_PT)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].resources.XObject["/Im0"].ColorSpace = space(pdf)
        pdf.save(path)

    page = load_page(open_scan(path), 1)

    assert isinstance(page, PageImage)
    greys = Image.open(io.BytesIO(jpeg.data)).convert("L")
    assert np.abs(page.pixels.astype(int) - np.asarray(greys)).max() <= 4
