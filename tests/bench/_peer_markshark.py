"""Reads a stack with markshark; run by the Python of its own environment, with a job file.

Its settings are the best of some 200 that were tried on another stack. Out of the box it wants
bubbles that are filled, and calls nearly every cross blank. One setting is not to be had on its
command line: that a mark stands out by 30 points of fill.
"""

import csv
import json
import sys
from pathlib import Path
from typing import Any

from markshark.align_core import align_pdf_scans
from markshark.score_core import score_pdf

AREA_MM = 20.0
LEAST_FILL, LEAST_AHEAD = 0.25, 5.0
MARKS = "DICT_APRILTAG_36h11"


def main(job: dict[str, Any]) -> None:
    folder = Path(job["folder"])
    (folder / "map.yaml").write_text(json.dumps(bubble_map(job)), encoding="utf-8")
    answers = [answer for part in job["parts"] for answer in read(folder, part, job["dpi"])]
    Path(job["answers"]).write_text(json.dumps(answers), encoding="utf-8")


def bubble_map(job: dict[str, Any]) -> dict[str, Any]:
    """Return what markshark is to know of a slip. JSON is YAML."""
    (first_mm, y_mm), (last_mm, _) = job["faces_mm"][0], job["faces_mm"][-1]
    width_mm, height_mm = job["slip_mm"]
    count = len(job["faces_mm"])
    zone = {
        "numrows": 1,
        "numcols": count,
        "selection_axis": "row",
        "labels": "123456789"[:count],
        "x_mm": first_mm,
        "y_mm": y_mm,
        "width_mm": last_mm - first_mm,
        "height_mm": 0,
        "bubble_diameter_mm": AREA_MM,
    }
    size = {"width_mm": width_mm, "height_mm": height_mm}
    metadata = {"display_name": "slip", "pages": 1, "total_questions": 1, "page_size": size}
    aruco = {"enabled": True, "dictionary": MARKS}
    return {
        "metadata": metadata,
        "registration": {"primary_method": "aruco", "aruco": aruco},
        "page_1": {"answer_zones": [zone]},
    }


def read(folder: Path, part: dict[str, Any], dpi: int) -> list[dict[str, Any]]:
    aligned, results = str(folder / "aligned.pdf"), folder / "results.csv"
    align_pdf_scans(part["pdf"], part["template"], aligned, dpi=dpi, dict_name=MARKS)
    score_pdf(
        aligned,
        str(folder / "map.yaml"),
        str(results),
        out_pdf="",
        dpi=dpi,
        min_fill=LEAST_FILL,
        adaptive_min_above_floor=LEAST_AHEAD,
    )
    with results.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        {"page": page, "rating": row["Q1"], "flagged": row["Flagged"] == "Y"}
        for page, row in zip(part["pages"], rows, strict=True)
    ]


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
