"""Owns bad images in PDF pages: damaged, enormous, or put on their page in odd ways."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pikepdf

from scanpipe.simulation.faults.fault import (
    GOOD_DPI,
    READ,
    REVIEW,
    Fault,
    GoodStack,
    Maker,
    one_file,
)
from scanpipe.simulation.faults.pdfs import (
    Matrix,
    Packed,
    PdfPage,
    bomb,
    cmyk_jpeg,
    fax,
    fax_mask,
    flate,
    jbig2,
    jpeg,
    jpeg2000,
    jpeg_of_size,
    pdf_of,
)
from scanpipe.simulation.pens import Image
from scanpipe.vocabulary import Reason

DAMAGED = Reason.DAMAGED_IMAGE.value
TOO_LARGE = Reason.TOO_LARGE.value
UNREADABLE = Reason.UNREADABLE_FILE.value
NO_SLIP = Reason.NO_SLIP.value

Pack = Callable[[Image], Packed]

PACKINGS: Mapping[str, Pack] = {
    "JPEG": jpeg,
    "JPEG in four inks": cmyk_jpeg,
    "JPEG 2000": jpeg2000,
    "Flate": flate,
    "CCITT": fax,
    "CCITT mask": fax_mask,
    "JBIG2": jbig2,
}


def image_faults() -> Iterator[Fault]:
    """Yield every kind of bad image in a PDF."""
    yield from _damaged_in_pdf()
    yield from _gone_from_pdf()
    yield from _too_large_in_pdf()
    yield from _laid_out_in_pdf()


def _page_of(pack: Callable[[GoodStack], PdfPage]) -> Maker:
    return one_file("scan.pdf", lambda good: pdf_of(pack(good)))


def _scanned(pack: Pack, good: GoodStack) -> PdfPage:
    return PdfPage([pack(good.pages[0])])


def _cut_short(pack: Pack, good: GoodStack) -> PdfPage:
    return PdfPage([pack(good.pages[0]).cut()])


def _corrupt(pack: Pack, good: GoodStack) -> PdfPage:
    return PdfPage([pack(good.pages[0]).scrambled()])


def _damaged_in_pdf() -> Iterator[Fault]:
    for told, pack in PACKINGS.items():
        whole = _page_of(partial(_scanned, pack))
        # Poppler 22 draws black lines into some JBIG2 images; a person then looks at the slip.
        sound = f"{READ}|{REVIEW}" if told == "JBIG2" else READ
        yield Fault(f"a PDF image in {told}, whole", (sound,), whole)
        cut = _page_of(partial(_cut_short, pack))
        yield Fault(f"a PDF image in {told}, cut short", (DAMAGED,), cut)
        noise = _page_of(partial(_corrupt, pack))
        # A JPEG decodes on after an error, to rubbish that all can see.
        rubbish = f"{DAMAGED}|{NO_SLIP}|{REVIEW}" if "JPEG" in told else DAMAGED
        if told == "JPEG 2000":  # has its finest detail last: the slip may be there all the same
            rubbish += f"|{READ}"
        yield Fault(f"a PDF image in {told}, corrupt", (rubbish,), noise)
    for told in ("JPEG", "CCITT", "JBIG2"):
        strips = _page_of(partial(_in_strips, PACKINGS[told], damaged=True))
        yield Fault(f"the middle of three strips in {told}, cut short", (DAMAGED,), strips)


def _gone_from_pdf() -> Iterator[Fault]:
    def changed(change: Callable[[pikepdf.Pdf, pikepdf.Page], None]) -> Maker:
        return one_file(
            "scan.pdf", lambda good: pdf_of(PdfPage([flate(good.pages[0])]), change=change)
        )

    def without_image(_: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.obj.Resources.XObject = pikepdf.Dictionary()

    def without_content(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.obj.Contents = pdf.make_stream(b"")

    yield Fault("a PDF page whose image is gone", (DAMAGED,), changed(without_image))
    yield Fault("a PDF page that draws nothing", (DAMAGED,), changed(without_content))
    yield Fault("a PDF page whose drawing is cut short", (DAMAGED,), _page_cut_after_a_strip())
    inline = b"q 99 0 0 99 0 0 cm BI /W 9 /H 9 /CS /G /BPC 8 /F /Fl ID garbage EI Q"
    within = _page_of(lambda _: PdfPage(size_pt=(400, 300), more=inline))
    yield Fault("a corrupt image within the drawing", (DAMAGED,), within)


def _page_cut_after_a_strip() -> Maker:
    def cut(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        content = page.Contents.read_bytes()
        whole = zlib.compress(content, 0)
        page.obj.Contents = pdf.make_stream(b"")
        page.obj.Contents.write(whole[: len(whole) // 2], filter=pikepdf.Name.FlateDecode)

    return one_file("scan.pdf", lambda good: pdf_of(_in_strips(flate, good), change=cut))


def _in_strips(pack: Pack, good: GoodStack, *, damaged: bool = False) -> PdfPage:
    """Return a page whose image comes in three strips, as some scanners save them."""
    pixels = good.pages[0]
    width, height = pixels.shape[1] * 72 / GOOD_DPI, pixels.shape[0] * 72 / GOOD_DPI
    edges = np.linspace(0, len(pixels), 4).round().astype(int).tolist()
    strips, matrices = [], list[Matrix]()
    for top, bottom in pairwise(edges):
        strips.append(pack(np.ascontiguousarray(pixels[top:bottom])))
        up = height * (1 - bottom / len(pixels))
        matrices.append((width, 0, 0, height * (bottom - top) / len(pixels), 0, up))
    if damaged:
        strips[1] = strips[1].cut()
    return PdfPage(strips, matrices, (width, height))


def _too_large_in_pdf() -> Iterator[Fault]:
    yield Fault("a tiny PDF with a huge page", (TOO_LARGE,), _page_of(lambda _: _lines(200_000)))
    wide = _page_of(lambda _: _lines(4_000))
    yield Fault("a PDF page of 1.4 m by 1.4 m", (TOO_LARGE,), wide)
    claim = _page_of(lambda g: PdfPage([replace(flate(g.pages[0]), width=200_000, height=99_000)]))
    yield Fault("a PDF image that claims 20 billion pixels", (TOO_LARGE,), claim)
    secret = _page_of(lambda good: PdfPage([_claiming_less(good)]))
    yield Fault("a PDF image larger than the PDF says", (TOO_LARGE,), secret)
    once = _page_of(lambda good: PdfPage([replace(flate(good.pages[0]), data=bomb(2_000))]))
    yield Fault("a PDF image that unpacks to 2 GB", (TOO_LARGE,), once)
    twice = _page_of(lambda good: PdfPage([_twice_packed(good)]))
    yield Fault("a PDF image that unpacks to 2 GB in two steps", (TOO_LARGE,), twice)
    yield Fault("a PDF drawing that unpacks to 2 GB", (TOO_LARGE,), _drawing_bomb())
    yield Fault("a PDF drawing that draws itself", (f"{NO_SLIP}|{DAMAGED}",), _mirrors())
    strokes = _page_of(lambda _: replace(_lines(400), more=b"99 99 m 222 300 l S " * 300_000))
    yield Fault("a PDF drawing of 300 000 strokes", (TOO_LARGE,), strokes)


def _mirrors() -> Maker:
    """Return the maker of a page that draws a form which draws itself, under many names."""

    def endless(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        form = pdf.make_stream(b"/F0 Do /F1 Do 99 99 m 222 300 l S")
        form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
        form.BBox = pikepdf.Array([0, 0, 400, 400])
        names = pikepdf.Dictionary({f"/F{number}": form for number in range(200)})
        form.Resources = page.obj.Resources = pikepdf.Dictionary(XObject=names)
        page.obj.Contents = pdf.make_stream(b"/F0 Do")

    return one_file("scan.pdf", lambda _: pdf_of(_lines(400), change=endless))


def _lines(side_pt: float) -> PdfPage:
    return PdfPage(size_pt=(side_pt, side_pt), more=b"9 9 99 99 re f")


def _twice_packed(good: GoodStack) -> Packed:
    both = pikepdf.Array([pikepdf.Name.FlateDecode] * 2)
    image = flate(good.pages[0]).with_keys(Filter=both)
    return replace(image, data=zlib.compress(bomb(2_000), 1))


def _claiming_less(good: GoodStack) -> Packed:
    small = jpeg(good.pages[0])
    return replace(small, data=jpeg_of_size(small.data, 65_000))


def _drawing_bomb() -> Maker:
    def heavy(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.obj.Contents = pdf.make_stream(b"")
        page.obj.Contents.write(bomb(2_000), filter=pikepdf.Name.FlateDecode)

    return one_file("scan.pdf", lambda _: pdf_of(_lines(400), change=heavy))


def _laid_out_in_pdf() -> Iterator[Fault]:
    for quarter in (90, 180, 270):
        turned = one_file("scan.pdf", partial(_turned, quarter))
        yield Fault(f"a PDF page turned by {quarter}°", (READ,), turned)
    yield Fault("a cropped PDF page", (READ,), one_file("scan.pdf", _cropped))
    strips = _page_of(partial(_in_strips, jpeg))
    yield Fault("a PDF page in three strips", (READ,), strips)
    yield Fault("two scans on one PDF page", ("read+read",), _page_of(_side_by_side))
    text = b"BT 3 Tr /F1 9 Tf 40 40 Td (found by the scanner) Tj ET"
    behind = _page_of(lambda good: PdfPage([jpeg(good.pages[0])], more=text))
    yield Fault("a scan with text behind it", (READ,), behind)
    frame = b"0.6 G 3 w 2 2 420 300 re S BT /F1 8 Tf 8 8 Td (page 1) Tj ET"
    mixed = _page_of(lambda good: PdfPage([jpeg(good.pages[0])], more=frame))
    yield Fault("a scan with lines and text over it", (READ,), mixed)
    dot = _page_of(lambda _: PdfPage([flate(np.zeros((1, 1), np.uint8))]))
    yield Fault("a PDF image of one pixel", (NO_SLIP,), dot)
    hidden = _page_of(lambda _: replace(_lines(300), images=[flate(np.zeros((0, 0), np.uint8))]))
    yield Fault("a PDF image of no pixels", (DAMAGED,), hidden)


def _turned(degrees: int, good: GoodStack) -> bytes:
    def turn(_: pikepdf.Pdf, page: pikepdf.Page) -> None:
        page.obj.Rotate = degrees

    upright = np.ascontiguousarray(np.rot90(good.pages[0], degrees // 90))
    return pdf_of(PdfPage([jpeg(upright)]), change=turn)


def _cropped(good: GoodStack) -> bytes:
    """Return a page of two slips, one above the other, of which the crop box shows the upper."""
    lower, upper = good.pages[1], good.pages[0]
    width = max(lower.shape[1], upper.shape[1])
    both = np.full((len(lower) + len(upper), width), 238, np.uint8)
    both[: len(upper), : upper.shape[1]] = upper
    both[len(upper) :, : lower.shape[1]] = lower

    def crop(_: pikepdf.Pdf, page: pikepdf.Page) -> None:
        left, _bottom, right, top = map(float, page.mediabox)
        page.obj.CropBox = pikepdf.Array([left, top - len(upper) * 72 / GOOD_DPI, right, top])

    return pdf_of(PdfPage([jpeg(both)]), change=crop)


def _side_by_side(good: GoodStack) -> PdfPage:
    packed = [jpeg(pixels) for pixels in good.pages[:2]]
    sizes = [(image.width * 72 / GOOD_DPI, image.height * 72 / GOOD_DPI) for image in packed]
    left, right = sizes
    matrices: list[Matrix] = [
        (left[0], 0, 0, left[1], 0, 0),
        (right[0], 0, 0, right[1], left[0] + 20, 0),
    ]
    return PdfPage(packed, matrices, (left[0] + right[0] + 20, max(left[1], right[1])))
