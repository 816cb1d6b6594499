"""Reads a stack with marksense; run by the Python of its own environment, with a job file.

It takes a form at a time, so the stack is rasterised first: to TIFF, because poppler needs half a
second for a PNG. It flags a form that has two marks, or that it could not lay on the template.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
from marksense import read_form

AREA_MM = 14.0
UNSURE = 0.3
"""Its documentation calls what was aligned with less unreliable."""


def main(job: dict[str, Any]) -> None:
    folder = Path(job["folder"])
    (part,) = job["parts"]
    rasterise(part["template"], folder / "blank", job["dpi"])
    rasterise(part["pdf"], folder / "page", job["dpi"])
    template = template_of(job, next(folder.glob("blank*.tif")))
    pages = sorted(folder.glob("page*.tif"))
    answers = [
        read(file, template, folder) | {"page": page}
        for page, file in zip(part["pages"], pages, strict=True)
    ]
    Path(job["answers"]).write_text(json.dumps(answers), encoding="utf-8")


def rasterise(pdf: str, target: Path, dpi: int) -> None:
    words = ("pdftoppm", "-r", str(dpi), "-gray", "-tiff", "-tiffcompression", "none")
    subprocess.run([*words, pdf, str(target)], check=True)


def template_of(job: dict[str, Any], blank: Path) -> dict[str, Any]:
    """Return what marksense is to know of a slip."""
    image = cv2.imread(str(blank), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise SystemExit(f"{blank} cannot be read")
    height_px, width_px = image.shape
    px_per_mm = width_px / job["slip_mm"][0]

    def box(centre_mm: list[float]) -> list[int]:
        corner = [(value - AREA_MM / 2) * px_per_mm for value in centre_mm]
        return [round(value) for value in (*corner, AREA_MM * px_per_mm, AREA_MM * px_per_mm)]

    faces = [
        {"option_index": i, "value": str(i + 1), "expected_mark": "check", "roi": box(centre)}
        for i, centre in enumerate(job["faces_mm"])
    ]
    page = {
        "canonical_size": [width_px, height_px],
        "template_image": blank.name,
        "questions": [{"question_num": 1, "options": faces}],
    }
    return {"form_type": "slip", "canonical_dpi": job["dpi"], "pages": {"1": page}}


def read(file: Path, template: dict[str, Any], folder: Path) -> dict[str, Any]:
    result = read_form(file, template, template_dir=folder)
    unsure = min(result.alignment_confidence.values()) < UNSURE
    return {"rating": result.answers.get("Q1", ""), "flagged": bool(result.multi_marked) or unsure}


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
