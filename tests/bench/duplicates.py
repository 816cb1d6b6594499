"""Measures how well a slip scanned twice is told from two slips marked alike, and how fast.

    python tests/bench/duplicates.py                      the tables, 14 slips in each group
    python tests/bench/duplicates.py --slips 4            rough ones, soon
    python tests/bench/duplicates.py --readme README.md   put the tables into the README

Every slip is marked at one face of one session, in groups of one kind of mark and one kind of pen,
and scanned by two scanners of different settings. Two scans of one slip should be found to be the
same, and scans of two slips of a group should not.
"""

import argparse
import itertools
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from _readme import put_between, table

from scanpipe.composing import layout_of
from scanpipe.form import Form, load_form
from scanpipe.marks import mark_code
from scanpipe.reading import decision, ink, registration, streaks
from scanpipe.reading.duplicates import SlipsBefore
from scanpipe.reading.fingerprint import GRID_MM, Fingerprint, fingerprint
from scanpipe.reading.pages import PX_PER_MM
from scanpipe.simulation.hands import CLEAR, PENS, mark
from scanpipe.simulation.paper import make_slip
from scanpipe.simulation.scanner import SCANNERS, Scanner, feed
from scanpipe.simulation.strokes import Kind

FORMS = Path(__file__).parents[2] / "forms"
FORM = FORMS / "hadeland-2016.toml"
RATINGS = {FORM: 4, FORMS / "warsztaty-pl.toml": 2, FORMS / "service-1-10.toml": 6}
"""The forms measured on, and which of their faces or circles is marked on each slip."""

MARK = "measured repeats"
DRAWN_PX_PER_MM = 1 / GRID_MM
SEED = 20261124
GROUP_PENS = ("ballpoint_blue", "pencil", "felt_tip")
MANY = 20_000

SETTINGS = (
    replace(SCANNERS["office_grey"], skew_deg=1.5),
    replace(SCANNERS["office_fine"], turns=(180,), skew_deg=1.5),
    replace(SCANNERS["office_1bit"], skew_deg=1.5),
    replace(SCANNERS["office_grey"], dpi=150, jpeg_quality=40, skew_deg=3.0),
    replace(SCANNERS["dirty_glass"], turns=(0, 180)),
)


@dataclass(frozen=True)
class Scanned:
    """One scan of one slip."""

    kind: Kind
    slip: tuple[Kind, str, int]
    print: Fingerprint | None

    @property
    def outline_mm(self) -> float:
        """How much outline there is to compare."""
        return self.print.length_mm if self.print else 0.0


def scans_of(path: Path, kind: Kind, pen: str, slips: int) -> list[Scanned]:
    """Return two scans of each of `slips` slips of the form at `path`."""
    form = load_form(path)
    settings = list(itertools.permutations(SETTINGS, 2))
    found = []
    for number in range(slips):
        rng = np.random.default_rng([SEED, list(Kind).index(kind), GROUP_PENS.index(pen), number])
        drawn = mark(RATINGS[path], rng, kind=kind, pen=PENS[pen])
        paper = make_slip(form, 0, [drawn], rng)
        for scanner in settings[number % len(settings)]:
            page = feed(paper, scanner, rng).image
            found.append(Scanned(kind, (kind, pen, number), print_of(page, form, scanner)))
    return found


def print_of(page: np.ndarray, form: Form, scanner: Scanner) -> Fingerprint | None:
    """Return the fingerprint of the slip on a page."""
    layout, code = layout_of(form), mark_code(form.id, max(1, len(form.sessions)))
    page = streaks.remove_streaks(page).pixels
    (slip,) = registration.find_slips(page, scanner.dpi / 25.4, [layout] * code.sessions, code)
    upright = registration.rectify(page, slip, PX_PER_MM)
    _, relief, print_px = ink.measure_and_show_ink(upright, layout, PX_PER_MM)
    return fingerprint(0, relief, print_px, PX_PER_MM)


def found_same(one: Scanned, other: Scanned) -> bool:
    """Whether a stack that holds both has the second as a repeat of the first."""
    before = SlipsBefore(decision.same_slip, decision.same_numbered_slip)
    prints = (one.print, other.print)
    return [p and before.find_or_add("a slip", p) for p in prints][1] is not None


@dataclass(frozen=True)
class Pair:
    """Two scans of a group: of one slip or not, with enough ink or not, taken for one or not."""

    kind: Kind
    one_slip: bool
    enough: bool
    taken_for_one: bool


def pairs(scans: Sequence[Scanned]) -> Iterator[Pair]:
    """Yield every pair of each group."""
    groups = defaultdict(list)
    for scan in scans:
        groups[scan.slip[:2]].append(scan)
    for (kind, _), group in groups.items():
        for one, other in itertools.combinations(group, 2):
            enough = min(one.outline_mm, other.outline_mm) >= decision.SHORTEST_OUTLINE_MM
            yield Pair(kind, one.slip == other.slip, enough, found_same(one, other))


def counts(pairs: Sequence[Pair]) -> list[str]:
    """Return the cells of a row: scanned twice, found, too little ink, alike, mistaken."""
    twice, alike = ([pair for pair in pairs if pair.one_slip is same] for same in (True, False))
    found, mistaken = (sum(pair.taken_for_one for pair in group) for group in (twice, alike))
    little = sum(not pair.enough for pair in twice)
    return [f"{n:,}" for n in (len(twice), found, little, len(alike), mistaken)]


def tables(of_forms: dict[Path, list[Pair]]) -> list[str]:
    """Return two tables: by kind of mark on the first form, and by form."""
    head = ["scanned twice", "found", "too little ink", "pairs marked alike", "mistaken"]
    first = of_forms[FORM]
    kinds = [
        [kind.value.replace("_", " "), *counts([pair for pair in first if pair.kind is kind])]
        for kind in Kind
    ]
    by_kind = table([f"mark, `{FORM.stem}`", *head], [*kinds, ["all", *counts(first)]], right=5)
    rows = [[f"`{path.stem}`", *counts(found)] for path, found in of_forms.items()]
    return [*by_kind, "", *table(["form", *head], rows, right=5)]


def drawn_print(form: Form, rng: np.random.Generator) -> Fingerprint | None:
    """Return the fingerprint of a mark as a crowd makes them, drawn with plain lines."""
    layout = layout_of(form)
    marking = mark(int(rng.integers(1, len(layout.faces) + 1)), rng, crowd=CLEAR)
    face = layout.faces[marking.rating - 1]
    side = 2 * face.radius_mm
    band = np.zeros(
        (round(4.2 * face.radius_mm * DRAWN_PX_PER_MM), round(148 * DRAWN_PX_PER_MM)), np.uint8
    )
    for line in marking.strokes:
        at = (np.asarray(line) - 0.5) * marking.size + marking.offset
        mm = at * side + (face.centre.x_mm, 2.1 * face.radius_mm)
        width_px = max(1, round(marking.pen.width_mm * DRAWN_PX_PER_MM))
        cv2.polylines(band, [np.rint(mm * DRAWN_PX_PER_MM).astype(np.int32)], False, (1,), width_px)
    free = np.full(band.shape, 99, np.float32)
    relief = band.astype(np.float32) - np.float32(0.5)
    return fingerprint(int(rng.integers(len(form.sessions))), relief, free, DRAWN_PX_PER_MM)


def speed() -> list[str]:
    """Return sentences on how long a large stack's fingerprints take to compare."""
    form, rng = load_form(FORM), np.random.default_rng(SEED)
    prints = [print_ for _ in range(MANY) if (print_ := drawn_print(form, rng))]
    lines = []
    for count in (MANY // 4, MANY // 2, MANY):
        before, start = (
            SlipsBefore(decision.same_slip, decision.same_numbered_slip),
            time.process_time(),
        )
        repeats = sum(before.find_or_add("", p) is not None for p in prints[:count])
        ms = 1000 * (time.process_time() - start) / count
        megabytes = sum(len(p.outline) for p in prints[:count]) / 1e6
        cells = [f"{count:,}", f"{ms:.1f}", f"{megabytes:.0f}", f"{repeats}"]
        lines.append(cells)
    return table(["different slips", "ms a slip", "MB", "taken for repeats"], lines, right=4)


def main(arguments: Sequence[str]) -> None:
    """Measure, and show."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--slips", type=int, default=14, help="in each group")
    parser.add_argument("--readme", type=Path, help="file to put the tables into")
    chosen = parser.parse_args(arguments)
    groups = list(itertools.product(RATINGS, Kind, GROUP_PENS))
    with ProcessPoolExecutor(2) as pool:
        scans = list(pool.map(scans_of, *zip(*groups, strict=True), [chosen.slips] * len(groups)))
    of_forms: dict[Path, list[Pair]] = {path: [] for path in RATINGS}
    for (path, _, _), group in zip(groups, scans, strict=True):
        of_forms[path] += pairs(group)
    lines = [*tables(of_forms), "", "Comparing a made-up stack:", "", *speed()]
    sys.stdout.write("\n".join(lines) + "\n")
    if chosen.readme:
        put_between(chosen.readme, MARK, lines)


if __name__ == "__main__":
    main(sys.argv[1:])
