"""Owns bad pictures, image files of their own: enormous, of odd kinds, or damaged."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from PIL import Image as Pictures

from scanpipe.simulation.faults.fault import GOOD_DPI, READ, Fault, GoodStack, one_file
from scanpipe.simulation.faults.pdfs import bomb, jpeg, jpeg_of_size
from scanpipe.vocabulary import Reason

DAMAGED = Reason.DAMAGED_IMAGE.value
TOO_LARGE = Reason.TOO_LARGE.value
UNREADABLE = Reason.UNREADABLE_FILE.value
NO_SLIP = Reason.NO_SLIP.value


def picture_faults() -> Iterator[Fault]:
    """Yield every kind of bad picture."""
    yield from _too_large_pictures()
    yield from _odd_pictures()
    yield from _tiffs()


def _too_large_pictures() -> Iterator[Fault]:
    for side_px in (13_000, 35_000):
        png = one_file("scan.png", partial(_png_of_size, side_px))
        yield Fault(f"a PNG of {side_px}² pixels", (TOO_LARGE,), png)
    huge = one_file("scan.jpg", lambda good: jpeg_of_size(jpeg(good.pages[0]).data, 35_000))
    yield Fault("a JPEG of 35000² pixels", (TOO_LARGE,), huge)
    black = one_file("scan.png", lambda _: _black_png(9_900))
    yield Fault("a PNG in colour of 9900² black pixels", (f"{TOO_LARGE}|{NO_SLIP}",), black)
    text = one_file("scan.png", lambda _: _png_with_text())
    yield Fault("a PNG with 1 GB of text in it", (UNREADABLE,), text)
    tiff = one_file("scan.tif", lambda _: _tiff_of_white(30_000))
    yield Fault("a TIFF of 30000² white pixels", (TOO_LARGE,), tiff)
    dot = one_file("scan.png", lambda _: _saved(Pictures.new("L", (1, 1), 255), "PNG"))
    yield Fault("a picture of one pixel", (NO_SLIP,), dot)


def _saved(picture: Pictures.Image, how: str, **options: object) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, how, **options)
    return packed.getvalue()


def _png_of_size(side_px: int, _: GoodStack) -> bytes:
    """Return a PNG of a few bytes that says its picture is a square of `side_px`."""
    size = struct.pack(">2I 5B", side_px, side_px, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")
    )


def _black_png(side_px: int) -> bytes:
    size = struct.pack(">2I 5B", side_px, side_px, 8, 2, 0, 0, 0)
    data = bomb(-(-(3 * side_px + 1) * side_px // 1_000_000))
    chunks = _chunk(b"IHDR", size) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _png_with_text() -> bytes:
    small = _saved(Pictures.new("L", (300, 200), 255), "PNG")
    text = _chunk(b"zTXt", b"Comment\0\0" + bomb(1_000))
    return small[:33] + text + small[33:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _tiff_of_white(side_px: int) -> bytes:
    """Return a TIFF of one deflated strip, in which 0 is white."""
    strip = bomb(side_px**2 // 1_000_000)
    entries = {256: side_px, 257: side_px, 258: 8, 259: 8, 262: 0, 273: 8, 277: 1, 278: side_px}
    entries[279] = len(strip)
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries.items())
    start = struct.pack("<2sHI", b"II", 42, 8 + len(strip))
    return start + strip + struct.pack("<H", len(entries)) + table + bytes(4)


def _odd_pictures() -> Iterator[Fault]:
    kinds: dict[str, tuple[str, Callable[[GoodStack], bytes]]] = {
        "a PNG of 16 bits": ("png", lambda good: _saved(_deep(good), "PNG")),
        "a TIFF of 16 bits": ("tif", lambda good: _saved(_deep(good), "TIFF")),
        "a JPEG in four inks": (
            "jpg",
            lambda good: _saved(good.picture().convert("RGB").convert("CMYK"), "JPEG"),
        ),
        "a TIFF in four inks": (
            "tif",
            lambda good: _saved(good.picture().convert("RGB").convert("CMYK"), "TIFF"),
        ),
        "a PNG that is transparent": ("png", lambda good: _saved(_see_through(good), "PNG")),
        "a PNG with a palette": ("png", lambda good: _saved(good.picture().convert("P"), "PNG")),
        "a GIF": ("gif", lambda good: _saved(good.picture(), "GIF")),
        "a PNG of one bit": ("png", lambda good: _saved(_bits(good), "PNG")),
        "a TIFF of one bit": (
            "tif",
            lambda good: _saved(_bits(good), "TIFF", compression="group4"),
        ),
        "a JPEG that says it is turned": ("jpg", _exif_turned),
        "a WebP": ("webp", lambda good: _saved(good.picture(), "WEBP", quality=90)),
        "a JPEG 2000": ("jp2", lambda good: _saved(good.picture(), "JPEG2000")),
    }
    for told, (suffix, content) in kinds.items():
        yield Fault(told, (READ,), one_file(f"scan.{suffix}", content))
    for suffix, how in (("png", "PNG"), ("jpg", "JPEG"), ("tif", "TIFF")):
        cut = one_file(f"scan.{suffix}", partial(_picture_cut, how))
        yield Fault(f"a {how} cut short", (f"{DAMAGED}|{UNREADABLE}",), cut)


def _picture_cut(how: str, good: GoodStack) -> bytes:
    return _saved(good.picture(), how)[:30_000]


def _deep(good: GoodStack) -> Pictures.Image:
    return Pictures.fromarray(good.pages[0].astype(np.uint16) * 257)


def _bits(good: GoodStack) -> Pictures.Image:
    return good.picture().convert("1", dither=Pictures.Dither.NONE)


def _see_through(good: GoodStack) -> Pictures.Image:
    """Return the slip in black, as transparent as its paper is white."""
    opacity = Pictures.fromarray(np.asarray(255 - good.pages[0], np.uint8))
    black = Pictures.new("L", opacity.size)
    return Pictures.merge("LA", [black, opacity])


def _exif_turned(good: GoodStack) -> bytes:
    exif = Pictures.Exif()
    exif[0x0112] = 6
    lying = good.picture().transpose(Pictures.Transpose.ROTATE_90)
    return _saved(lying, "JPEG", exif=exif, quality=85)


def _tiffs() -> Iterator[Fault]:
    broken = one_file("scan.tif", _second_page_corrupt)
    yield Fault("a TIFF whose second page of three is corrupt", (READ, DAMAGED, READ), broken)
    fax_page = one_file("scan.tif", lambda good: _fax_tiff_corrupt(good))
    yield Fault("a fax TIFF that is corrupt", (DAMAGED,), fax_page)
    cut = one_file("scan.tif", lambda good: _in_one_tiff(good, "jpeg")[:40_000])
    yield Fault("a TIFF of three pages, cut short", (UNREADABLE,), cut)
    astray = one_file("scan.tif", _next_page_astray)
    yield Fault("a TIFF whose next page lies outside", (UNREADABLE,), astray)


def _in_one_tiff(good: GoodStack, compression: str) -> bytes:
    first, *others = (good.picture(number) for number in range(3))
    options = {"compression": compression, "append_images": others}
    return _saved(first, "TIFF", save_all=True, dpi=(GOOD_DPI, GOOD_DPI), **options)


def _second_page_corrupt(good: GoodStack) -> bytes:
    data = bytearray(_in_one_tiff(good, "tiff_adobe_deflate"))
    with Pictures.open(io.BytesIO(data)) as tiff:
        tiff.seek(1)
        start, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]  # type: ignore[attr-defined]
    data[start : start + length] = b"\x5a" * length
    return bytes(data)


def _fax_tiff_corrupt(good: GoodStack) -> bytes:
    data = bytearray(_saved(_bits(good), "TIFF", compression="group4"))
    third = len(data) // 3
    data[third : 2 * third] = (b"\xff\0" * third)[:third]
    return bytes(data)


def _next_page_astray(good: GoodStack) -> bytes:
    data = bytearray(_saved(good.picture(), "TIFF"))
    (table,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, table)
    struct.pack_into("<I", data, table + 2 + 12 * entries, 2**31)
    return bytes(data)
