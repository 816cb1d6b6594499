"""Owns the two files of a simulated stack: page images into a PDF, truth into a CSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from PIL import Image as Pictures

from scanpipe.aside import replacing
from scanpipe.errors import OutputError
from scanpipe.paperless import PRODUCER
from scanpipe.simulation.pens import Image
from scanpipe.simulation.subjects import TruthRow

TRUTH_COLUMNS = (
    "page",
    "slip_on_page",
    "session",
    "rating",
    "kind",
    "expected",
    "reasons",
    "x_mm",
    "y_mm",
    "note",
)

FURTHER_COLUMNS = ("row", "question", "comment")

_UNDATED: dict[str, None] = {"creationDate": None, "modDate": None}
"""The same page gives the same bytes, whenever it is packed."""


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A scanned page as a file of its own, PDF or whatever else `suffix` says."""

    data: bytes
    suffix: str


def add_page(pdf: pikepdf.Pdf, image: Image, dpi: float, jpeg_quality: int | None) -> None:
    """Append a page image: as JPEG of that quality, or 1-bit as CCITT group 4 when None."""
    _append(pdf, pdf_page(image, dpi, jpeg_quality).data)


def pdf_page(image: Image, dpi: float, jpeg_quality: int | None) -> PackedPage:
    """Return a page image as a PDF of one page, packed as `add_page` does."""
    picture = Pictures.fromarray(image)
    packed = io.BytesIO()
    if jpeg_quality is None:
        bits = picture.convert("1", dither=Pictures.Dither.NONE)
        bits.save(packed, "PDF", resolution=dpi, **_UNDATED)
    else:
        picture.save(packed, "PDF", resolution=dpi, quality=jpeg_quality, **_UNDATED)
    return PackedPage(packed.getvalue(), ".pdf")


def picture_page(image: Image, jpeg_quality: int | None) -> PackedPage:
    """Return a page image as a JPEG, or PNG when None, that does not tell its dpi."""
    packed = io.BytesIO()
    if jpeg_quality is None:
        Pictures.fromarray(image).save(packed, "PNG")
        return PackedPage(packed.getvalue(), ".png")
    Pictures.fromarray(image).save(packed, "JPEG", quality=jpeg_quality)
    return PackedPage(packed.getvalue(), ".jpg")


def write_stack(folder: Path, pages: Sequence[PackedPage]) -> tuple[tuple[Path, int], ...]:
    """Write the pages into `folder`; return the file of each, and its page there, from 1.

    All PDF pages go into one file, stack.pdf, every picture into a file of its own.
    """
    placed: list[tuple[Path, int]] = []
    with pikepdf.new() as pdf:
        for number, page in enumerate(pages, start=1):
            if page.suffix == ".pdf":
                _append(pdf, page.data)
                placed.append((folder / "stack.pdf", len(pdf.pages)))
            else:
                placed.append((folder / f"page-{number:05d}{page.suffix}", 1))
                placed[-1][0].write_bytes(page.data)
        if len(pdf.pages):
            save_pdf(pdf, folder / "stack.pdf")
    return tuple(placed)


def _append(pdf: pikepdf.Pdf, one_page: bytes) -> None:
    with pikepdf.open(io.BytesIO(one_page)) as opened:
        pdf.pages.extend(opened.pages)


def mark_simulated(pdf: pikepdf.Pdf) -> None:
    """Let the PDF say that it is no scan of anybody's slips."""
    pdf.docinfo["/Producer"] = PRODUCER


def save_pdf(pdf: pikepdf.Pdf, path: Path) -> None:
    """Write the PDF so that the same pages give the same bytes."""
    pdf.remove_unreferenced_resources()
    pdf.save(path, deterministic_id=True)


def write_truth(path: Path, pages: Sequence[tuple[TruthRow, ...]]) -> None:
    """Write a row per slip, and one per page without slips; pages and slips count from 1.

    Slips with several rows, or a box to write in, have further columns that tell of these.
    """
    rows = [row for page in pages for row in page]
    further = [name for name in FURTHER_COLUMNS if any(getattr(row, name) for row in rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*TRUTH_COLUMNS, *further])
        for number, page in enumerate(pages, start=1):
            slip = 0
            for row in page:
                slip += row.row in (None, 1)
                more = [_plain(getattr(row, name)) for name in further]
                writer.writerow([number, *_cells(row, slip), *more])


def _plain(value: int | str | bool | None) -> int | str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else value


def _cells(row: TruthRow, number: int) -> list[str | int]:
    x_mm, y_mm = (f"{at:.1f}" for at in row.centre_mm) if row.centre_mm else ("", "")
    return [
        number if row.session else "",
        row.session,
        "" if row.rating is None else row.rating,
        row.kind,
        row.expected or "",
        "|".join(row.reasons),
        x_mm,
        y_mm,
        row.note,
    ]


@contextmanager
def written_as_one(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """Yield a path for each target, as `replacing` does; raise OutputError for an OSError."""
    try:
        for path in targets:
            path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(*targets) as aside:
            yield aside
    except OSError as error:
        raise OutputError(
            f"{', '.join(str(path) for path in targets)} cannot be written: {error}",
            "Choose another place, or close the program that holds the file open.",
        ) from error
