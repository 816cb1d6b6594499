"""Owns the way from scan files to page images: one page at a time, grey, as it was scanned."""

import contextlib
import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pdf2image
import pikepdf
from numpy.typing import NDArray
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
)
from PIL import Image, ImageOps

from scanpipe.errors import MissingToolError, ScanpipeError
from scanpipe.reading.decoding import (
    JPEGS,
    MAX_PIXELS,
    grey_pixels,
    is_broken_jpeg,
    stderr_of_libtiff,
)
from scanpipe.reading.embedded import Embedded, PageContent, may_be_halved, page_content
from scanpipe.reading.scanfiles import (
    ScanFile,
    find_scans,
    open_image,
    open_scan,
    pdf_page,
    why_gone,
)
from scanpipe.vocabulary import Reason

__all__ = ["PageImage", "ScanFile", "find_scans", "load_page", "open_scan", "rasterise"]

WORKING_DPI = 300.0
"""Finer scans are reduced to this: nothing on a slip is thinner than five of its pixels."""

ENOUGH_DPI = 147.0
"""Slips are read at 152 dpi. A scan of 300, or a little less by what its file says, may come
halved, which takes a JPEG two thirds of the time."""

VECTOR_DPI = 200.0
"""For pages that are no scan, where there is no resolution to keep."""

WORKING_PIXELS = 20_000_000
"""Pages of more are reduced, whatever they say of their dpi: A3 at 300 dpi has 17 million."""

MAX_PAGE_MM = 1500.0
MAX_DRAWN_PIXELS = 70_000_000
"""A page that is drawn has the resolution that we choose: an A1 sheet at 300 dpi."""

RASTERISE_TIMEOUT_S = 20
"""Ten times what the largest page takes on a slow machine."""

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page: `pixels` of shape (H, W), 255 = white; `px_per_mm` as the file has it.

    `halved`: whether the scan has twice as many pixels each way.
    """

    pixels: Grey
    px_per_mm: float | None
    halved: bool = False


def load_page(scan: ScanFile, page: int, enough_dpi: float = ENOUGH_DPI) -> PageImage | Reason:
    """Return page `page` (from 1) of `scan`, or the reason why it cannot be read.

    Of a scan twice as fine as `enough_dpi` half may come, where that takes less time.
    A file that is not what it was when it was opened is read no further. Raises MissingToolError
    when poppler is needed and missing.
    """
    if scan.missing and page == scan.pages:
        return Reason.PAGES_MISSING
    gone = why_gone(scan)
    if gone is not None:
        return gone
    loaded = _loaded(scan, page, enough_dpi)
    return why_gone(scan) or loaded


def _loaded(scan: ScanFile, page: int, enough_dpi: float) -> PageImage | Reason:
    try:
        if scan.is_pdf:
            loaded = _load_pdf_page(scan, page, enough_dpi)
        else:
            loaded = _load_image(scan.path, page, enough_dpi)
        return loaded if isinstance(loaded, Reason) else _reduced(_at_working_dpi(loaded))
    except ScanpipeError:
        raise
    except (Image.DecompressionBombError, MemoryError):
        return Reason.TOO_LARGE
    except Exception:  # libraries raise many kinds at broken files, and all mean the same here
        return Reason.DAMAGED_IMAGE


def _load_image(path: Path, page: int, enough_dpi: float) -> Embedded | Reason:
    with open_image(path) as image:
        if page > 1:
            image.seek(page - 1)
        if image.width * image.height > MAX_PIXELS:
            return Reason.TOO_LARGE
        dpi_x, dpi_y = (float(value) for value in image.info.get("dpi", (0, 0)))
        complaints: list[str] = []
        halved = _draft_of_jpeg(image, min(dpi_x, dpi_y), enough_dpi)
        if halved:
            dpi_x, dpi_y = dpi_x / 2, dpi_y / 2
        with stderr_of_libtiff(complaints) if image.format == "TIFF" else contextlib.nullcontext():
            image.load()
        if complaints or (image.format in JPEGS and is_broken_jpeg(path.read_bytes())):
            return Reason.DAMAGED_IMAGE
        as_stored = image.size
        ImageOps.exif_transpose(image, in_place=True)  # a copy would be another 280 MB at A3
        if image.size != as_stored:
            dpi_x, dpi_y = dpi_y, dpi_x
        return Embedded(grey_pixels(image), dpi_x, dpi_y, halved)


def _draft_of_jpeg(image: Image.Image, dpi: float, enough_dpi: float) -> bool:
    """Have of a JPEG no more decoded than its greys, and half of them where that is enough; return
    whether it is half.
    """
    if image.format not in JPEGS:
        return False
    width, height = image.size
    halved = may_be_halved(width * height, dpi, enough_dpi)
    image.draft("L", (width // 2, height // 2) if halved else image.size)
    return halved


def _load_pdf_page(scan: ScanFile, page: int, enough_dpi: float) -> Embedded | Reason:
    content = page_content(pdf_page(scan, page), enough_dpi)
    if isinstance(content, Reason):
        return content
    if content.scan is not None:
        return content.scan
    dpi = min(content.finest_dpi or VECTOR_DPI, WORKING_DPI)
    if _is_too_large(content, dpi):
        return Reason.TOO_LARGE
    # Of a file that has lost pages poppler counts those that were, and numbers the others alike.
    of = None if scan.missing else scan.pages
    pixels = rasterise(scan.path, page, dpi, whole=True, of=of)
    if pixels.min() == pixels.max() and (content.unchecked_images or _is_mended(scan.path, page)):
        # Poppler leaves a page white, without a word, when it cannot find or decode its image.
        return Reason.DAMAGED_IMAGE
    return Embedded(pixels, dpi, dpi)


def _is_mended(path: Path, page: int) -> bool:
    """Whether the PDF is broken, so that page `page` may have lost what it showed."""
    with path.open("rb") as file, pikepdf.open(file) as pdf:
        page_content(pdf.pages[page - 1])
        return bool(pdf.get_warnings())


def _is_too_large(content: PageContent, dpi: float) -> bool:
    pixels = content.width_mm * content.height_mm * (dpi / 25.4) ** 2
    longest_mm = max(content.width_mm, content.height_mm)
    return longest_mm > MAX_PAGE_MM or pixels > MAX_DRAWN_PIXELS


def rasterise(
    pdf: Path, page: int, dpi: float, *, whole: bool = False, of: int | None = None
) -> Grey:
    """Return page `page` (from 1) of `pdf` drawn by poppler: shape (H, W), 255 = white.

    Raises MissingToolError without poppler, OSError when it does not draw it in time, or, with
    `whole`, when it left out something, or when it counts other than `of` pages: its page of this
    number may be another one.
    """
    path = pdf.absolute()  # a name may begin with a hyphen
    try:
        # pdf2image asks this too, but would wait for an answer for ever.
        counted = pdf2image.pdfinfo_from_path(str(path), timeout=RASTERISE_TIMEOUT_S)["Pages"]
        if of is not None and counted != of:
            raise OSError(f"poppler counts {counted} pages instead of {of}")
        images = pdf2image.convert_from_path(
            path,
            dpi=dpi,  # type: ignore[arg-type]  # poppler takes fractions
            first_page=page,
            last_page=page,
            grayscale=True,
            use_cropbox=True,
            strict=whole,
            timeout=RASTERISE_TIMEOUT_S,
        )
    except (PDFInfoNotInstalledError, FileNotFoundError):
        raise MissingToolError(
            "poppler (pdftoppm) is not installed", "`scanpipe doctor` says how to get it."
        ) from None
    except PDFPopplerTimeoutError:
        raise OSError(f"page {page} took longer than {RASTERISE_TIMEOUT_S} s") from None
    except PDFSyntaxError as error:
        if _lacks_more_than_fonts(str(error)):
            raise OSError(f"poppler could not draw all of page {page}: {error}") from None
        return rasterise(pdf, page, dpi, of=of)
    if len(images) != 1:
        raise OSError(f"poppler drew {len(images)} pictures of page {page}")
    return np.asarray(images[0].convert("L"))


def _lacks_more_than_fonts(said: str) -> bool:
    """Whether poppler complains of more than fonts, which the text behind a scan may lack."""
    errors = [line for line in said.splitlines() if "Syntax Error" in line]
    return any("font" not in line.casefold() for line in errors)


def _at_working_dpi(page: Embedded) -> PageImage:
    """Make pixels square, and no finer than the working resolution."""
    pixels, dpi_x, dpi_y = page.pixels, page.dpi_x, page.dpi_y
    if not 30 <= min(dpi_x, dpi_y) <= max(dpi_x, dpi_y) <= 4 * min(dpi_x, dpi_y) < math.inf:
        return PageImage(pixels, None, page.halved)
    target = min(max(dpi_x, dpi_y), WORKING_DPI)
    height, width = pixels.shape
    wanted = (round(width * target / dpi_x), round(height * target / dpi_y))
    # A dpi that the file has wrong must not cost resolution: few scans have under 2 million pixels.
    if max(abs(wanted[0] / width - 1), abs(wanted[1] / height - 1)) > 0.05 and (
        wanted[0] * wanted[1] > 400_000
    ):
        finer = wanted[0] > width or wanted[1] > height
        how = cv2.INTER_LINEAR if finer else cv2.INTER_AREA
        pixels = np.asarray(cv2.resize(pixels, wanted, interpolation=how), np.uint8)
        dpi_x = target
    return PageImage(pixels, dpi_x / 25.4, page.halved)


def _reduced(page: PageImage) -> PageImage:
    share = math.sqrt(WORKING_PIXELS / page.pixels.size)
    if share >= 1:
        return page
    height, width = (max(int(side * share), 1) for side in page.pixels.shape)
    smaller = cv2.resize(page.pixels, (width, height), interpolation=cv2.INTER_AREA)
    per_mm = None if page.px_per_mm is None else page.px_per_mm * share
    return PageImage(np.asarray(smaller, np.uint8), per_mm, page.halved)
