"""Owns the decoding of scanned images to grey, and the telling of whole ones from damaged ones.

The usual decoders are lenient: what they cannot decode comes out white or grey, as if the paper
were empty. Here that is an error.
"""

import contextlib
import io
import os
import re
import tempfile
import zlib
from collections.abc import Iterator

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from PIL import Image

from scanpipe.vocabulary import Reason

MAX_PIXELS = 150_000_000
"""An A3 page at 600 dpi has 70 million; a decompression bomb has more than this."""

FAX_RUBBISH = b"\xff\x00" * 8
"""Code words that no fax image has, whatever came before."""

JPEGS = ("JPEG", "MPO")
"""What Pillow calls them; phones write the second."""

JPEG_START = b"\xff\xd8"
JPEG_PADDING_BYTES = 8
"""So many bytes between its picture and its end are padding that scanners leave in a JPEG."""

_MODES = {1: "L", 3: "RGB"}
"""What Pillow calls a JPEG with so many numbers to a pixel."""

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


def decode(image: pikepdf.Stream, halved: bool = False) -> NDArray[np.uint8] | Reason:
    """Return the plain `image` of a PDF as grey, shape (H, W), or why it cannot be had whole.

    `halved`: half as wide and high if that takes less time, as of a JPEG.
    """
    fax = "/CCITTFaxDecode" in _filters(image)
    complaints: list[str] = []
    try:
        if _is_jpeg_with_grey(image):
            return _grey_of_jpeg(_packed(image), halved)
        with (
            stderr_of_libtiff(complaints) if fax else contextlib.nullcontext(),
            pikepdf.new() as scratch,
            pikepdf.PdfImage(_ending_in_rubbish(image, scratch)).as_pil_image() as decoded,
        ):
            _check_size(decoded)
            pixels = grey_pixels(decoded)
    except (Image.DecompressionBombError, MemoryError):
        return Reason.TOO_LARGE
    except Exception:  # decoders raise many kinds, and all mean the same here
        return Reason.DAMAGED_IMAGE
    if fax and (complaints or _too_long_for_white(image, pixels)):
        return Reason.DAMAGED_IMAGE
    if "/DCTDecode" in _filters(image) and is_broken_jpeg(_packed(image)):
        return Reason.DAMAGED_IMAGE
    return pixels


def _is_jpeg_with_grey(image: pikepdf.Stream) -> bool:
    """Whether `image` is a JPEG that holds its greys by themselves, with or without colours."""
    if _filters(image)[-1:] != ["/DCTDecode"]:
        return False
    with Image.open(io.BytesIO(_packed(image))) as opened:
        _check_size(opened)
        return opened.format in JPEGS and opened.mode == _MODES.get(_components(image))


def _components(image: pikepdf.Stream) -> int:
    """Return how many numbers a pixel of a JPEG has by what its PDF says; 0 where it is odd."""
    colours = image.get("/ColorSpace")
    if not isinstance(colours, pikepdf.Array):
        return {"/DeviceGray": 1, "/DeviceRGB": 3}.get(str(colours), 0)
    if str(colours[0]) == "/ICCBased":
        return int(colours[1].get("/N", 0))
    return {"/CalGray": 1, "/CalRGB": 3}.get(str(colours[0]), 0)


def _grey_of_jpeg(data: bytes, halved: bool) -> NDArray[np.uint8] | Reason:
    """Decode a JPEG once, for its greys and for what is wrong with it; its colours are left out."""
    how = cv2.IMREAD_REDUCED_GRAYSCALE_2 if halved else cv2.IMREAD_GRAYSCALE
    pixels, broken = _decoded_jpeg(data, how | cv2.IMREAD_IGNORE_ORIENTATION)
    return Reason.DAMAGED_IMAGE if broken or pixels is None else pixels


def is_broken_jpeg(data: bytes) -> bool:
    """Whether a JPEG's code words make no sense somewhere, though it decodes.

    What comes after the bad place is filled with white or grey, or lies elsewhere. Pillow
    says nothing of it; OpenCV's decoder tells it on stderr.
    """
    if not data.startswith(JPEG_START):
        return False
    # An eighth of the size: every code word is looked at all the same.
    return _decoded_jpeg(data, cv2.IMREAD_REDUCED_GRAYSCALE_8)[1]


def _decoded_jpeg(data: bytes, how: int) -> tuple[NDArray[np.uint8] | None, bool]:
    """Return what OpenCV makes of a JPEG, and whether it complained of code words."""
    said: list[str] = []
    with _stderr(said):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    broken = any(_tells_of_damage(line) for line in said)
    return None if pixels is None else np.asarray(pixels, np.uint8), broken


def _tells_of_damage(line: str) -> bool:
    padding = re.search(r"(\d+) extraneous bytes before marker 0xd9", line)
    if padding:
        return int(padding[1]) > JPEG_PADDING_BYTES
    return "Corrupt JPEG data" in line or "Premature end of JPEG" in line


def _packed(image: pikepdf.Stream) -> bytes:
    """Return the JPEG of an image that is one, whatever else it is packed in."""
    outer = [pikepdf.Name(name) for name in _filters(image)[:-1]]
    if not outer:
        return image.read_raw_bytes()
    # qpdf unpacks nothing of a stream that has a picture's own code within.
    with pikepdf.new() as scratch:
        parcel = pikepdf.Stream(scratch, image.read_raw_bytes(), Filter=pikepdf.Array(outer))
        return parcel.read_bytes()


def _check_size(image: Image.Image) -> None:
    """Raise DecompressionBombError for an image that is larger than its PDF says."""
    if image.width * image.height > MAX_PIXELS:
        raise Image.DecompressionBombError


def damage_of(image: pikepdf.Stream) -> Reason | None:
    """Return why an image that poppler must draw cannot be had whole, where that can be told.

    Of a JPEG or a fax that is cut short poppler says no word; what else it cannot decode it tells.
    """
    if _filters(image) == ["/CCITTFaxDecode"]:
        return _damage_of_fax(image)
    if _filters(image)[-1:] not in (["/DCTDecode"], ["/JPXDecode"]):
        return None
    try:
        packed = _packed(image)
        with Image.open(io.BytesIO(packed)) as opened:
            _check_size(opened)
            opened.load()
    except (Image.DecompressionBombError, MemoryError):
        return Reason.TOO_LARGE
    except Exception:  # decoders raise many kinds, and all mean the same here
        return Reason.DAMAGED_IMAGE
    return Reason.DAMAGED_IMAGE if is_broken_jpeg(packed) else None


def _damage_of_fax(image: pikepdf.Stream) -> Reason | None:
    """Decode a fax-coded image as if its samples meant black and white, whatever they mean."""
    with pikepdf.new() as scratch:
        plain = pikepdf.Stream(scratch, image.read_raw_bytes())
        plain.stream_dict = scratch.copy_foreign(image).stream_dict
        for key in ("/ImageMask", "/Decode", "/Mask", "/SMask"):
            if key in plain:
                del plain[key]
        plain.ColorSpace, plain.BitsPerComponent = pikepdf.Name.DeviceGray, 1
        decoded = decode(plain)
    return decoded if isinstance(decoded, Reason) else None


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


def is_bomb(image: pikepdf.Stream) -> bool:
    """Whether the image's data unpack to much more than its pixels need."""
    return unpacks_beyond(image, 5 * int(image.Width) * int(image.Height) + 1_000_000)


def unpacks_beyond(stream: pikepdf.Stream, most: int) -> bool:
    """Whether a stream, deflated once or more, has more than `most` bytes at any step."""
    data: bytes = stream.read_raw_bytes()
    for name in _filters(stream):
        if len(data) > most:
            return True
        if name != "/FlateDecode":
            return False
        unpacking = zlib.decompressobj()
        try:
            data = unpacking.decompress(data, most + 1)
        except zlib.error:
            return False  # whoever decodes it tells of damage
    return len(data) > most


@contextlib.contextmanager
def stderr_of_libtiff(complaints: list[str]) -> Iterator[None]:
    """Collect what libtiff says of bad code words, which it tells to no one but stderr."""
    said: list[str] = []
    try:
        with _stderr(said):
            yield
    finally:
        complaints += [line for line in said if "Fax" in line]


@contextlib.contextmanager
def _stderr(lines: list[str]) -> Iterator[None]:
    """Collect what libraries write on stderr, past Python."""
    with tempfile.TemporaryFile() as said:
        stderr = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            said.seek(0)
            lines += said.read().decode(errors="replace").splitlines()


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
    if image.mode == "1":
        return np.frombuffer(image.tobytes("raw", "L"), np.uint8).reshape(image.height, image.width)
    return np.asarray(image if image.mode == "L" else image.convert("L"))
