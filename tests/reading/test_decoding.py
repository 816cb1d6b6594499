"""Pictures whose code words make no sense somewhere: told from whole ones, though they decode."""

import io
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pikepdf
import pytest
from PIL import Image

from scanpipe.reading.decoding import is_broken_jpeg
from scanpipe.reading.scans import load_page, open_scan
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
        Image.fromarray(np.clip(picture + noise, 0, 255).astype(np.uint8)).save(
            file, "JPEG", **options
        )
        return file.getvalue()

    return packed


WAYS = [
    {"quality": 30},
    {"quality": 75},
    {"quality": 95},
    {"progressive": True},
    {"optimize": True},
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


@pytest.mark.parametrize("outer", [0, 1])
def test_a_jpeg_in_a_pdf_that_lacks_its_middle_is_damaged_and_not_a_blank_slip(
    jpeg: Callable[..., bytes], picture: np.ndarray, packing: type, pdf_of: Callable, outer: int
) -> None:
    image = packing.jpeg(picture)
    filters = [pikepdf.Name.FlateDecode] * outer + [pikepdf.Name.DCTDecode]
    pages = []
    for data in (jpeg(), cut_out(jpeg())):
        packed = zlib.compress(data) if outer else data
        keys = {**image.keys, "/Filter": pikepdf.Array(filters)}
        path = pdf_of([replace(image, data=packed, keys=keys)], size_pt=SIZE_PT)
        pages.append(load_page(open_scan(path), 1))
    assert not isinstance(pages[0], Reason)
    assert pages[1] is Reason.DAMAGED_IMAGE


def test_a_jpeg_file_that_lacks_its_middle_is_damaged(jpeg: Callable[..., bytes], tmp_path) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(cut_out(jpeg()))
    assert load_page(open_scan(path), 1) is Reason.DAMAGED_IMAGE
