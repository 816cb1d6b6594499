"""Reads a stack as a script of one weekend would: the darkest face wins, Tesseract on every page.

It rasterises the stack, takes the session's name and the faces from where they should be, and
puts a slip aside when the name is like none of the form's.
"""

import difflib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytesseract
from PIL import Image

FACE_MM = 16.0


def main(job: dict[str, Any]) -> None:
    folder = Path(job["folder"])
    (part,) = job["parts"]
    target = str(folder / "page")
    subprocess.run(["pdftoppm", "-r", str(job["dpi"]), "-gray", part["pdf"], target], check=True)
    pages = zip(part["pages"], sorted(folder.glob("page*.pgm")), strict=True)
    answers = [read(Image.open(file), job) | {"page": page} for page, file in pages]
    Path(job["answers"]).write_text(json.dumps(answers), encoding="utf-8")


def read(page: Image.Image, job: dict[str, Any]) -> dict[str, Any]:
    width_mm, height_mm = job["slip_mm"]
    across, down = page.width / width_mm, page.height / height_mm

    def part(x_mm: float, y_mm: float, right_mm: float, bottom_mm: float) -> Image.Image:
        return page.crop((x_mm * across, y_mm * down, right_mm * across, bottom_mm * down))

    field = part(*job["field_mm"])
    text = pytesseract.image_to_string(field, lang=job["language"], config="--psm 7").strip()
    near = difflib.get_close_matches(text, job["sessions"].values(), n=1)
    half = FACE_MM / 2
    faces = [part(x - half, y - half, x + half, y + half) for x, y in job["faces_mm"]]
    ids = {name: session for session, name in job["sessions"].items()}
    return {
        "session": ids[near[0]] if near else "",
        "rating": str(1 + int(np.argmin([np.asarray(face).mean() for face in faces]))),
        "flagged": not near,
    }


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
