"""Owns the decoding of scanned images to grey, and the telling of whole ones from damaged ones.

The usual decoders are lenient: what they cannot decode comes out white or grey, as if the paper
were empty. Here that is an error.
"""

import contextlib
import os
import tempfile
import zlib
from collections.abc import Iterator

import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image

from scanpipe.vocabulary import Reason

MAX_PIXELS = 150_000_000
"""An A3 page at 600 dpi has 70 million; a decompression bomb has more than this."""

FAX_RUBBISH = b"\xff\x00" * 8
"""Code words that no fax image has, whatever came before."""

_PLAIN_FILTERS = {"/DCTDecode", "/FlateDecode", "/CCITTFaxDecode", "/LZWDecode"}
_PLAIN_COLOURS = {"/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/ICCBased", "/Indexed"}


def _filters(image: pikepdf.Stream) -> list[str]:
    filters = image.get("/Filter")
    if filters is None:
        return []
    if isinstance(filters, pikepdf.Array):
        return [str(name) for name in filters]
    return [str(filters)]


def is_plain(image: pikepdf.Stream) -> bool:
    """Whether Pillow can decode the image and its samples mean grey or colour as they stand."""
    colours = image.get("/ColorSpace")
    family = str(colours[0] if isinstance(colours, pikepdf.Array) else colours)
    four_inks = (
        isinstance(colours, pikepdf.Array)
        and family == "/ICCBased"
        and (int(colours[1].get("/N", 3)) == 4)
    )
    return (
        set(_filters(image)) <= _PLAIN_FILTERS
        and (family in _PLAIN_COLOURS and not four_inks)
        and not any(key in image for key in ("/SMask", "/Mask", "/Decode"))
        and not bool(image.get("/ImageMask", False))
        and int(image.get("/BitsPerComponent", 8)) in (1, 8)
    )


def decode(image: pikepdf.Stream) -> NDArray[np.uint8] | Reason:
    """Return the plain `image` of a PDF as grey, shape (H, W), or why it cannot be had whole."""
    if _is_bomb(image):
        return Reason.TOO_LARGE
    fax = "/CCITTFaxDecode" in _filters(image)
    complaints: list[str] = []
    try:
        with (
            stderr_of_libtiff(complaints) if fax else contextlib.nullcontext(),
            pikepdf.new() as scratch,
            pikepdf.PdfImage(_ending_in_rubbish(image, scratch)).as_pil_image() as decoded,
        ):
            pixels = grey_pixels(decoded)
    except Image.DecompressionBombError:
        return Reason.TOO_LARGE
    except Exception:  # decoders raise many kinds, and all mean the same here
        return Reason.DAMAGED_IMAGE
    if fax and (complaints or _too_long_for_white(image, pixels)):
        return Reason.DAMAGED_IMAGE
    return pixels


def _ending_in_rubbish(image: pikepdf.Stream, scratch: pikepdf.Pdf) -> pikepdf.Stream:
    """Return a fax-coded image with rubbish after its data, as a copy in `scratch`.

    libtiff passes over missing lines in silence. It complains when it runs on into rubbish, which
    it never reaches in an image that is whole.
    """
    if _filters(image) != ["/CCITTFaxDecode"]:
        return image
    data = image.read_raw_bytes() + FAX_RUBBISH
    longer = pikepdf.Stream(scratch, data)
    longer.stream_dict = scratch.copy_foreign(image).stream_dict
    return longer


def _is_bomb(image: pikepdf.Stream) -> bool:
    """Whether the image's data unpack to much more than its pixels need."""
    if _filters(image)[:1] != ["/FlateDecode"]:
        return False
    most = 5 * int(image.Width) * int(image.Height) + 1_000_000
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(image.read_raw_bytes(), most)
    except zlib.error:
        return False  # whoever decodes it tells of damage
    return bool(unpacking.unconsumed_tail)


@contextlib.contextmanager
def stderr_of_libtiff(complaints: list[str]) -> Iterator[None]:
    """Collect what libtiff says of bad code words, which it tells to no one but stderr."""
    with tempfile.TemporaryFile() as said:
        stderr = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            said.seek(0)
            complaints += [
                line for line in said.read().decode(errors="replace").splitlines() if "Fax" in line
            ]


def _too_long_for_white(image: pikepdf.Stream, pixels: NDArray[np.uint8]) -> bool:
    """Whether a fax-coded image decoded to white though its data say something.

    A white line takes one bit in group 4; lines that libtiff cannot decode come out white.
    """
    return bool(pixels.min() == 255) and int(image.get("/Length", 0)) > len(pixels) / 8 * 3 + 64


def grey_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """Decode `image` to grey: transparency over white, 16 bits to 8; raise what Pillow raises."""
    if image.mode.startswith("I"):
        values = np.asarray(image, np.float32)
        return np.clip(values / 257 if values.max() > 255 else values, 0, 255).astype(np.uint8)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.asarray(image.convert("L"))
