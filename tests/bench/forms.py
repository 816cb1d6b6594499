"""Prints, marks, scans and reads slips of every form in forms/, and holds them against the truth.

    python tests/bench/forms.py                             300 slips of each, grey and 1-bit
    python tests/bench/forms.py --slips 12 --form school-day
    python tests/bench/forms.py --readme forms/README.md    put the table into it

The slips are marked as `scanpipe simulate` marks them: clear marks of every kind, now and then a
blank row, two marks, a choice too many or too few.
"""

import argparse
import csv
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from _readme import put_between, table

from scanpipe.form import Form, load_form
from scanpipe.run import read_scans
from scanpipe.simulation import simulate
from scanpipe.simulation.stack import ImageKind

FORMS = Path(__file__).parents[2] / "forms"
IMAGES: dict[str, ImageKind] = {"grey": "grey", "1-bit": "1bit"}
COUNTED = ("read", "blank")
HEAD = ("form", "answers", "counted, right", "review, due", "review, not due", "wrong", "lost")

Row = dict[str, str]


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--form", action="append", default=[], help="only this one, by its id")
    parser.add_argument("--slips", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--readme", type=Path, help="file to put the table into")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    asked = options(arguments)
    lines, wrong = [], 0
    for path in sorted(FORMS.glob("*.toml")):
        if asked.form and path.stem not in asked.form:
            continue
        for name, image in IMAGES.items():
            found = rehearsed(path, image, asked)
            wrong += found["wrong"] + found["lost"] + found["comments wrong"]
            cells = [str(found[key]) for key in ("answers", *HEAD[2:])]
            lines.append([f"{path.stem}, {name}", *cells])
            print(" ".join(lines[-1]), dict(found), flush=True)  # noqa: T201
    if asked.readme:
        put_between(asked.readme, "read again", table(HEAD, lines, right=len(HEAD) - 1))
    return min(wrong, 1)


def rehearsed(path: Path, image: ImageKind, asked: argparse.Namespace) -> Counter[str]:
    """Return how many answers ended how, on slips of one form scanned one way."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        own = Path(shutil.copy(path, folder))
        form = load_form(own)
        scan, truth = folder / "scan.pdf", folder / "truth.csv"
        simulate(form, scan, truth, slips=asked.slips, seed=asked.seed, image=image)
        outcome = read_scans(
            own, [scan], folder=folder / "tables", workers=asked.workers, csv="comma"
        )
        results = rows_of(outcome.folder / "results.csv")
        return tally(form, rows_of(truth), results)


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def tally(form: Form, truth: list[Row], results: list[Row]) -> Counter[str]:
    """Compare row by row: every page holds one slip, its rows in the form's order."""
    found: Counter[str] = Counter(answers=len(truth), lost=max(len(truth) - len(results), 0))
    found.update(dict.fromkeys([*HEAD[2:], "comments", "comments wrong"], 0))
    for true, read in zip(truth, results, strict=False):
        if true["page"] != read["page"]:
            found["lost"] += 1
            continue
        found[fate(true, read)] += 1
        if form.comment and true.get("row", "1") in ("", "1"):
            found["comments"] += bool(true.get("comment"))
            found["comments wrong"] += bool(true.get("comment")) != bool(read["comment"])
    return found


def fate(true: Row, read: Row) -> str:
    due = true["expected"] == "review"
    if read["status"] == "review":
        return "review, due" if due else "review, not due"
    same = all(true.get(key, "") == read.get(key, "") for key in ("session", "rating", "question"))
    right = read["status"] in COUNTED and read["status"] == true["expected"] and same
    return "counted, right" if right else "wrong"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
