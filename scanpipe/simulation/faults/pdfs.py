"""Owns PDF pages put together by hand: images in every packing that scanners use, and boxes."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pikepdf
from PIL import Image as Pictures

from scanpipe.simulation.faults.fault import GOOD_DPI
from scanpipe.simulation.pens import Image

GREY = {"/ColorSpace": pikepdf.Name.DeviceGray}


@dataclass(frozen=True, slots=True)
class Packed:
    """An image as a PDF holds it: packed data, size in pixels, and the keys that explain it."""

    data: bytes
    width: int
    height: int
    keys: Mapping[str, object] = field(default_factory=dict)

    def cut(self, share: float = 0.5) -> "Packed":
        """Return the image with only this share of its data."""
        return replace(self, data=self.data[: int(len(self.data) * share)])

    def scrambled(self) -> "Packed":
        """Return the image with noise in place of the middle of its data."""
        third = len(self.data) // 3
        noise = np.random.default_rng(3).integers(1, 255, third).astype(np.uint8).tobytes()
        return replace(self, data=self.data[:third] + noise + self.data[2 * third :])

    def with_keys(self, **keys: object) -> "Packed":
        """Return the image with other keys beside its own; names without their slash."""
        return replace(self, keys={**self.keys, **{f"/{name}": keys[name] for name in keys}})


def jpeg(pixels: Image) -> Packed:
    """Return the image, grey of shape (H, W), as a JPEG."""
    return _saved(Pictures.fromarray(pixels), "JPEG", pikepdf.Name.DCTDecode, GREY)


def cmyk_jpeg(pixels: Image) -> Packed:
    """Return the image as a JPEG of four inks."""
    upside_down = pikepdf.Array([1, 0] * 4)  # Pillow, like Adobe, stores the ink that is not there
    colours = {"/ColorSpace": pikepdf.Name.DeviceCMYK, "/Decode": upside_down}
    black = Pictures.fromarray(_negative(pixels))
    inks = Pictures.merge("CMYK", [Pictures.new("L", black.size)] * 3 + [black])
    return _saved(inks, "JPEG", pikepdf.Name.DCTDecode, colours)


def jpeg2000(pixels: Image) -> Packed:
    """Return the image as JPEG 2000."""
    return _saved(Pictures.fromarray(pixels), "JPEG2000", pikepdf.Name.JPXDecode, GREY)


def flate(pixels: Image) -> Packed:
    """Return the image deflated, as PNG does."""
    height, width = pixels.shape
    keys = {"/Filter": pikepdf.Name.FlateDecode, **GREY}
    return Packed(zlib.compress(pixels.tobytes()), width, height, keys)


def fax(pixels: Image) -> Packed:
    """Return the image in black and white as CCITT group 4."""
    height, width = pixels.shape
    parameters = pikepdf.Dictionary(K=-1, Columns=width, Rows=height, BlackIs1=True)
    keys = {
        "/Filter": pikepdf.Name.CCITTFaxDecode,
        "/BitsPerComponent": 1,
        "/DecodeParms": parameters,
        **GREY,
    }
    return Packed(_group4(pixels), width, height, keys)


def fax_mask(pixels: Image) -> Packed:
    """Return the image as a mask that ink is poured through, as compressing scanners do."""
    height, width = pixels.shape
    keys = {**fax(pixels).keys, "/ImageMask": True}
    del keys["/ColorSpace"]
    return Packed(_group4(pixels), width, height, keys)


def jbig2(pixels: Image) -> Packed:
    """Return the image as JBIG2: a page and one region on it, coded as a fax (T.88, 7.2-7.4)."""
    height, width = pixels.shape
    page = struct.pack(">4I B H", width, height, 0, 0, 0, 0)
    region = struct.pack(">4I B B", width, height, 0, 0, 0, 1) + _group4(_negative(pixels))
    segments = [(0, 48, page), (1, 38, region)]
    data = b"".join(
        struct.pack(">I 3B I", number, kind, 0, 1, len(body)) + body
        for number, kind, body in segments
    )
    keys = {"/Filter": pikepdf.Name.JBIG2Decode, "/BitsPerComponent": 1, **GREY}
    return Packed(data, width, height, keys)


def _saved(
    picture: Pictures.Image, how: str, name: pikepdf.Name, keys: Mapping[str, object]
) -> Packed:
    packed = io.BytesIO()
    picture.save(packed, how)
    return Packed(packed.getvalue(), *picture.size, {"/Filter": name, **keys})


def _negative(pixels: Image) -> Image:
    return np.asarray(255 - pixels, np.uint8)


def _group4(pixels: Image) -> bytes:
    packed = io.BytesIO()
    bits = Pictures.fromarray(pixels).convert("1", dither=Pictures.Dither.NONE)
    bits.save(packed, "PDF")
    with pikepdf.open(packed) as pdf:
        (image,) = pdf.pages[0].resources.XObject.values()
        return bytes(image.read_raw_bytes())


Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page: `images`, each drawn by its matrix (over the whole page where there is none left),
    then `more` content. `size_pt` is that of the first image at GOOD_DPI if not given.
    """

    images: Sequence[Packed] = ()
    matrices: Sequence[Matrix] = ()
    size_pt: tuple[float, float] | None = None
    more: bytes = b""

    @property
    def extent_pt(self) -> tuple[float, float]:
        """Width and height in points."""
        if self.size_pt is not None:
            return self.size_pt
        first = self.images[0]
        return first.width * 72 / GOOD_DPI, first.height * 72 / GOOD_DPI


Change = Callable[[pikepdf.Pdf, pikepdf.Page], None]


def pdf_of(
    *pages: PdfPage, change: Change | None = None, encryption: pikepdf.Encryption | None = None
) -> bytes:
    """Return a PDF of `pages`. `change` is done to each page before it is saved."""
    packed = io.BytesIO()
    with pikepdf.new() as pdf:
        for page in pages:
            _add(pdf, page)
            if change is not None:
                change(pdf, pdf.pages[-1])
        pdf.save(
            packed,
            encryption=encryption if encryption is not None else False,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,  # bombs stay packed
        )
    return packed.getvalue()


def _add(pdf: pikepdf.Pdf, page: PdfPage) -> None:
    width, height = page.extent_pt
    added = pdf.add_blank_page()
    added.obj.MediaBox = pikepdf.Array([0, 0, width, height])
    xobjects, content = pikepdf.Dictionary(), b""
    for index, image in enumerate(page.images):
        xobjects[f"/Im{index}"] = _stream(pdf, image)
        whole: Matrix = (width, 0, 0, height, 0, 0)
        matrix = page.matrices[index] if index < len(page.matrices) else whole
        content += f"q {' '.join(f'{each:.4f}' for each in matrix)} cm /Im{index} Do Q\n".encode()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    fonts = pikepdf.Dictionary(F1=pdf.make_indirect(font))
    added.obj.Resources = pikepdf.Dictionary(XObject=xobjects, Font=fonts)
    added.obj.Contents = pdf.make_stream(content + page.more)


def _stream(pdf: pikepdf.Pdf, image: Packed) -> pikepdf.Stream:
    stream = pdf.make_stream(image.data)
    keys = {"/BitsPerComponent": 8, **image.keys}
    size = {"/Width": image.width, "/Height": image.height}
    kind = {"/Type": pikepdf.Name.XObject, "/Subtype": pikepdf.Name.Image}
    stream.stream_dict = pikepdf.Dictionary({**kind, **size, **keys})
    return stream


def bomb(megabytes: int, beginning: bytes = b"") -> bytes:
    """Return deflated data that unpack to `beginning` and so many megabytes of zeros."""
    squeeze = zlib.compressobj(9)
    start = squeeze.compress(beginning) + squeeze.flush(zlib.Z_FULL_FLUSH)
    block = squeeze.compress(bytes(1_000_000)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    low = zlib.adler32(beginning) & 0xFFFF
    high = ((zlib.adler32(beginning) >> 16) + low * 1_000_000 * megabytes) % 65521
    last_block = b"\x03\0"
    return start + block * megabytes + last_block + struct.pack(">HH", high, low)


def jpeg_of_size(data: bytes, side_px: int) -> bytes:
    """Return a JPEG that says its picture is a square of `side_px`."""
    frame = data.index(b"\xff\xc0")
    return data[: frame + 5] + struct.pack(">HH", side_px, side_px) + data[frame + 9 :]
