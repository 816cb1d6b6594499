"""Owns the preview: pictures of a form's slips and of a sheet of them, as they will be printed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageOps

from scanpipe.errors import MissingToolError, OutputError
from scanpipe.form import Form
from scanpipe.printing.sheets import Sheet, arrange
from scanpipe.printing.slips import print_slips

SLIP_PX, SHEET_PX = 1200, 1000
"""Width of the pictures: clear on any screen, small enough to mail."""

FIRST_KINDS = 3
"""Slips of further sessions look alike but for the name."""

EDGE_GREY = 190
"""The line that shows where the paper ends."""

TIMEOUT_S = 60.0


def preview(
    form: Form,
    folder: Path,
    sheet: Sheet = Sheet.A4,
    *,
    every_kind: bool = False,
    logo_folder: Path | None = None,
) -> list[Path]:
    """Write a PNG of each kind of slip, then one of a sheet, into `folder`; return their paths.

    Of more than three kinds only the first three are drawn, unless `every_kind`. The logo is
    looked for in `logo_folder`. Raises FormError for what does not fit, UsageError for a slip
    larger than the sheet, MissingToolError without poppler, OutputError when `folder` cannot
    be written.
    """
    kinds = len(form.kinds) if every_kind else min(len(form.kinds), FIRST_KINDS)
    names = [_name_of(form, kind) for kind in range(kinds)]
    arrangement = arrange(sheet, form.slip.extent_mm, form.look.columns)
    with tempfile.TemporaryDirectory() as scratch:
        slips, sheets = Path(scratch) / "slips.pdf", Path(scratch) / "sheets.pdf"
        print_slips(form, slips, Sheet.SLIP, folder=logo_folder)
        print_slips(form, sheets, sheet, arrangement.per_sheet, folder=logo_folder)
        pages = [_picture(slips, kind + 1, SLIP_PX) for kind in range(kinds)]
        pages.append(_picture(sheets, 1, SHEET_PX))
    return _written(folder, dict(zip([*names, "sheet.png"], pages, strict=True)))


def _name_of(form: Form, kind: int) -> str:
    session = form.kinds[kind]
    return f"slip-{session.id}.png" if session else "slip.png"


def _picture(pdf: Path, page: int, width_px: int) -> Image.Image:
    """Return a page of `pdf` in colour, `width_px` wide, as poppler draws it."""
    target = pdf.with_name(f"{pdf.stem}-{page}")
    size = ["-scale-to-x", str(width_px), "-scale-to-y", "-1"]
    pages = ["-f", str(page), "-l", str(page), "-singlefile"]
    program = shutil.which("pdftoppm")
    if program is None:
        raise MissingToolError(
            "poppler (pdftoppm) is not installed", "`scanpipe doctor` says how to get it."
        )
    try:
        subprocess.run(
            [program, "-png", *size, *pages, str(pdf), str(target)],
            check=True,
            capture_output=True,
            timeout=TIMEOUT_S,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise MissingToolError(
            f"poppler (pdftoppm) could not draw a slip: {error}",
            "`scanpipe doctor` says whether it works.",
        ) from None
    with Image.open(target.with_name(f"{target.name}.png")) as image:
        return ImageOps.expand(image.convert("RGB"), 1, (EDGE_GREY,) * 3)


def _written(folder: Path, pictures: dict[str, Image.Image]) -> list[Path]:
    paths = [folder / name for name in pictures]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, picture in zip(paths, pictures.values(), strict=True):
            picture.save(path)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror or error}",
            "Is it a folder of yours? Another one can be named with -o.",
        ) from error
    return paths
