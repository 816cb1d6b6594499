"""Owns the way from scan files to page images: one page at a time, grey, as it was scanned."""

import contextlib
import hashlib
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pdf2image
import pikepdf
from numpy.typing import NDArray
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPopplerTimeoutError
from PIL import Image, ImageOps

from scanpipe.errors import MissingToolError, ScanpipeError, UsageError
from scanpipe.reading.decoding import MAX_PIXELS, grey_pixels, stderr_of_libtiff
from scanpipe.reading.embedded import Embedded, page_content
from scanpipe.vocabulary import Reason

SCAN_SUFFIXES = frozenset(
    {".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg"}
    | {".bmp", ".gif", ".webp", ".jp2", ".heic", ".heif"}
)
"""What is taken from a folder; a file named on the command line is always taken."""

WORKING_DPI = 300.0
"""Finer scans are reduced to this: nothing on a slip is thinner than five of its pixels."""

VECTOR_DPI = 200.0
"""For pages that are no scan, where there is no resolution to keep."""

MAX_PAGE_MM = 1500.0
RASTERISE_TIMEOUT_S = 60

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ScanFile:
    """One scan file. `problem` says why it cannot be opened; `pages` is then 1."""

    path: Path
    name: str
    sha256: str
    is_pdf: bool
    pages: int
    problem: Reason | None = None


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page: `pixels` of shape (H, W), 255 = white; `px_per_mm` as the file has it."""

    pixels: Grey
    px_per_mm: float | None


def find_scans(scans: Sequence[Path]) -> tuple[ScanFile, ...]:
    """Return the files in `scans`, folders opened up; raise UsageError for a missing one.

    A file whose content came before under another name is marked as a `duplicate`.
    """
    found: list[ScanFile] = []
    seen: set[str] = set()
    for path in _files(scans):
        scan = open_scan(path)
        if scan.problem is None and scan.sha256 in seen:
            scan = _refused(path, scan.sha256, Reason.DUPLICATE)
        seen.add(scan.sha256)
        found.append(scan)
    return tuple(found)


def _files(scans: Sequence[Path]) -> Iterator[Path]:
    for path in scans:
        if path.is_dir():
            inside = [p for p in path.rglob("*") if p.suffix.lower() in SCAN_SUFFIXES]
            if not inside:
                raise UsageError(f"{path} is a folder without scans in it", "Name the scan itself.")
            yield from sorted((p for p in inside if not p.is_dir()), key=_natural)
        elif path.exists() or path.is_symlink():
            yield path
        else:
            raise UsageError(f"there is no scan {path}", "Check the name and the folder.")


def _natural(path: Path) -> list[str]:
    """Sort key that puts scan2 before scan10."""
    return [part.zfill(12) for part in re.split(r"(\d+)", str(path).casefold())]


def open_scan(path: Path) -> ScanFile:
    """Look at the file at `path` without reading its pages; trouble is told in `problem`."""
    if not path.is_file():
        return _refused(path, _digest(str(path).encode()), Reason.UNREADABLE_FILE)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            is_pdf = b"%PDF-" in file.read(1024)
        pages = _pdf(path).pages.__len__() if is_pdf else _frames(path)
    except pikepdf.PasswordError:
        return _refused(path, sha256, Reason.ENCRYPTED)
    except Image.DecompressionBombError:
        return _refused(path, sha256, Reason.TOO_LARGE)
    except Exception:  # libraries raise many kinds at broken files, and all mean the same here
        return _refused(path, _digest(str(path).encode()), Reason.UNREADABLE_FILE)
    if pages == 0:
        return _refused(path, sha256, Reason.UNREADABLE_FILE)
    return ScanFile(path, path.name, sha256, is_pdf, pages)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refused(path: Path, sha256: str, problem: Reason) -> ScanFile:
    return ScanFile(path, path.name, sha256, False, 1, problem)


@lru_cache(maxsize=1)
def _pdf(path: Path) -> pikepdf.Pdf:
    """Open a PDF and keep it open: finding its pages anew for each page is dear."""
    return pikepdf.open(path)


@contextlib.contextmanager
def _open_image(path: Path) -> Iterator[Image.Image]:
    with warnings.catch_warnings():
        # Pillow warns of sizes that are checked against our own limit, and of broken metadata.
        warnings.simplefilter("ignore")
        with Image.open(path) as image:
            yield image


def _frames(path: Path) -> int:
    with _open_image(path) as image:
        return int(getattr(image, "n_frames", 1))


def load_page(scan: ScanFile, page: int) -> PageImage | Reason:
    """Return page `page` (from 1) of `scan`, or the reason why it cannot be read.

    Raises MissingToolError when poppler is needed and missing.
    """
    try:
        loaded = _load_pdf_page(scan.path, page) if scan.is_pdf else _load_image(scan.path, page)
        return loaded if isinstance(loaded, Reason) else _at_working_dpi(loaded)
    except ScanpipeError:
        raise
    except Image.DecompressionBombError:
        return Reason.TOO_LARGE
    except Exception:  # libraries raise many kinds at broken files, and all mean the same here
        return Reason.DAMAGED_IMAGE


def _load_image(path: Path, page: int) -> Embedded | Reason:
    with _open_image(path) as image:
        if page > 1:
            image.seek(page - 1)
        if image.width * image.height > MAX_PIXELS:
            return Reason.TOO_LARGE
        dpi_x, dpi_y = (float(value) for value in image.info.get("dpi", (0, 0)))
        complaints: list[str] = []
        with stderr_of_libtiff(complaints) if image.format == "TIFF" else contextlib.nullcontext():
            upright = ImageOps.exif_transpose(image)
        if complaints:
            return Reason.DAMAGED_IMAGE
        if upright.size != image.size:
            dpi_x, dpi_y = dpi_y, dpi_x
        return Embedded(grey_pixels(upright), dpi_x, dpi_y)


def _load_pdf_page(path: Path, page: int) -> Embedded | Reason:
    content = page_content(_pdf(path), page - 1)
    if isinstance(content, Reason):
        return content
    if content.scan is not None:
        return content.scan
    if max(content.width_mm, content.height_mm) > MAX_PAGE_MM:
        return Reason.TOO_LARGE
    dpi = min(content.finest_dpi or VECTOR_DPI, WORKING_DPI)
    pixels = rasterise(path, page, dpi)
    if pixels.min() == pixels.max() and (content.unchecked_images or _is_repaired(path, page)):
        # Poppler leaves a page white, without a word, when it cannot find or decode its image.
        return Reason.DAMAGED_IMAGE
    return Embedded(pixels, dpi, dpi)


def _is_repaired(path: Path, page: int) -> bool:
    """Whether the PDF is broken, so that page `page` may have lost what it showed."""
    with pikepdf.open(path) as pdf:
        page_content(pdf, page - 1)
        return bool(pdf.get_warnings())


def rasterise(pdf: Path, page: int, dpi: float) -> Grey:
    """Return page `page` (from 1) of `pdf` drawn by poppler: shape (H, W), 255 = white.

    Raises MissingToolError without poppler, OSError when it draws nothing in time.
    """
    try:
        images = pdf2image.convert_from_path(
            pdf,
            dpi=dpi,  # type: ignore[arg-type]  # poppler takes fractions
            first_page=page,
            last_page=page,
            grayscale=True,
            use_cropbox=True,
            timeout=RASTERISE_TIMEOUT_S,
        )
    except PDFInfoNotInstalledError:
        raise MissingToolError(
            "poppler (pdftoppm) is not installed", "`scanpipe doctor` says how to get it."
        ) from None
    except PDFPopplerTimeoutError:
        raise OSError(f"page {page} took longer than {RASTERISE_TIMEOUT_S} s") from None
    if not images:
        raise OSError(f"poppler drew nothing for page {page}")
    return np.asarray(images[0].convert("L"))


def _at_working_dpi(page: Embedded) -> PageImage:
    """Make pixels square, and no finer than the working resolution."""
    pixels, dpi_x, dpi_y = page.pixels, page.dpi_x, page.dpi_y
    if not 30 <= min(dpi_x, dpi_y) <= max(dpi_x, dpi_y) <= 4 * min(dpi_x, dpi_y) < math.inf:
        return PageImage(pixels, None)
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
    return PageImage(pixels, dpi_x / 25.4)
