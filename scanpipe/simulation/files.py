"""Owns the two files of a simulated stack: page images into a PDF, truth into a CSV."""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pikepdf
from PIL import Image as Pictures

from scanpipe.errors import OutputError
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


def add_page(pdf: pikepdf.Pdf, image: Image, dpi: float, jpeg_quality: int | None) -> None:
    """Append a page image: grey as JPEG of that quality, or 1-bit as CCITT group 4 when None."""
    picture = Pictures.fromarray(image)
    packed = io.BytesIO()
    if jpeg_quality is None:
        bits = picture.convert("1", dither=Pictures.Dither.NONE)
        bits.save(packed, "PDF", resolution=dpi)
    else:
        picture.save(packed, "PDF", resolution=dpi, quality=jpeg_quality)
    with pikepdf.open(packed) as one_page:
        pdf.pages.extend(one_page.pages)


def save_pdf(pdf: pikepdf.Pdf, path: Path) -> None:
    """Write the PDF so that the same pages give the same bytes."""
    pdf.remove_unreferenced_resources()
    pdf.save(path, deterministic_id=True)


def write_truth(path: Path, pages: Iterable[tuple[TruthRow, ...]]) -> None:
    """Write a row per slip, and one per page without slips; pages and slips count from 1."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(TRUTH_COLUMNS)
        for page, rows in enumerate(pages, start=1):
            for number, row in enumerate(rows, start=1):
                writer.writerow([page, *_cells(row, number)])


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
def replacing(*targets: Path) -> Iterator[tuple[Path, ...]]:
    """Yield a temporary path beside each target, and move them into place once all are written.

    Nothing changes when the block fails. Raises OutputError when a file cannot be written.
    """
    temporary = tuple(path.with_name(f".{path.name}.{os.getpid()}.part") for path in targets)
    try:
        for path in targets:
            path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        for made in temporary:
            _flush(made)
        for made, path in zip(temporary, targets, strict=True):
            made.replace(path)
    except OSError as error:
        raise OutputError(
            f"{', '.join(str(path) for path in targets)} cannot be written: {error}",
            "Choose another place, or close the program that holds the file open.",
        ) from error
    finally:
        for made in temporary:
            with suppress(OSError):
                made.unlink()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
