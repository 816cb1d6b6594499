"""Measures how well a slip scanned twice is told from two slips marked alike, and how fast.

    python tests/bench/duplicates.py [slips in each group, default 14]

Every slip is marked at one face of one session, in groups of one kind of mark and one kind of pen,
and scanned by two scanners of different settings. Two scans of one slip should be found to be the
same, and scans of two slips of a group should not. Prints the README's table.
"""
# ruff: noqa: T201

import itertools
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from scanpipe.composing import layout_of
from scanpipe.form import Form, load_form
from scanpipe.marks import mark_code
from scanpipe.reading import decision, ink, registration, streaks
from scanpipe.reading.duplicates import SlipsBefore
from scanpipe.reading.fingerprint import Fingerprint, fingerprint
from scanpipe.reading.pages import PX_PER_MM
from scanpipe.simulation.hands import CLEAR, PENS, mark
from scanpipe.simulation.paper import make_slip
from scanpipe.simulation.scanner import SCANNERS, Scanner, feed
from scanpipe.simulation.strokes import Kind

FORM = Path(__file__).parents[2] / "forms" / "hadeland-2016.toml"
SEED = 20160923
RATING = 4
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


def scans_of(kind: Kind, pen: str, slips: int) -> list[Scanned]:
    """Return two scans of each of `slips` slips."""
    form = load_form(FORM)
    settings = list(itertools.permutations(SETTINGS, 2))
    found = []
    for number in range(slips):
        rng = np.random.default_rng([SEED, list(Kind).index(kind), GROUP_PENS.index(pen), number])
        paper = make_slip(form, 0, [mark(RATING, rng, kind=kind, pen=PENS[pen])], rng)
        for scanner in settings[number % len(settings)]:
            page = feed(paper, scanner, rng).image
            found.append(Scanned(kind, (kind, pen, number), print_of(page, form, scanner)))
    return found


def print_of(page: np.ndarray, form: Form, scanner: Scanner) -> Fingerprint | None:
    """Return the fingerprint of the slip on a page."""
    layout, code = layout_of(form), mark_code(form.id, len(form.sessions))
    page = streaks.remove_streaks(page).pixels
    (slip,) = registration.find_slips(page, scanner.dpi / 25.4, [layout] * code.sessions, code)
    upright = registration.rectify(page, slip, PX_PER_MM)
    _, where, print_px = ink.measure_and_show_ink(upright, layout, PX_PER_MM)
    return fingerprint(0, where, print_px, PX_PER_MM)


def found_same(one: Scanned, other: Scanned) -> bool:
    """Whether a stack that holds both has the second as a repeat of the first."""
    before = SlipsBefore(decision.same_slip)
    prints = (one.print, other.print)
    return [p and before.find_or_add("a slip", p) for p in prints][1] is not None


def pairs(scans: list[Scanned]) -> Iterator[tuple[Kind, bool, bool, bool]]:
    """Yield for each pair of a group: kind, of one slip?, enough ink?, found to be the same?"""
    groups = defaultdict(list)
    for scan in scans:
        groups[scan.slip[:2]].append(scan)
    for (kind, _), group in groups.items():
        for one, other in itertools.combinations(group, 2):
            enough = min(one.outline_mm, other.outline_mm) >= decision.SHORTEST_OUTLINE_MM
            yield kind, one.slip == other.slip, enough, found_same(one, other)


def show(results: list[tuple[Kind, bool, bool, bool]]) -> None:
    """Print the table, a row for each kind of mark."""
    print("| mark | scanned twice | found | too little ink | pairs marked alike | mistaken |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in (*Kind, None):
        own = [result for result in results if kind in (None, result[0])]
        twice, alike = ([r for r in own if r[1] is same] for same in (True, False))
        found, mistaken = (sum(r[3] for r in group) for group in (twice, alike))
        little = sum(not r[2] for r in twice)
        name = kind.value.replace("_", " ") if kind else "all"
        print(f"| {name} | {len(twice)} | {found} | {little} | {len(alike)} | {mistaken} |")


def drawn_print(form: Form, rng: np.random.Generator) -> Fingerprint | None:
    """Return the fingerprint of a mark as a crowd makes them, drawn with plain lines."""
    layout = layout_of(form)
    marking = mark(int(rng.integers(1, len(layout.faces) + 1)), rng, crowd=CLEAR)
    face = layout.faces[marking.rating - 1]
    side = 2 * face.radius_mm
    band = np.zeros((round(4.2 * face.radius_mm * PX_PER_MM), round(148 * PX_PER_MM)), np.uint8)
    for line in marking.strokes:
        at = (np.asarray(line) - 0.5) * marking.size + marking.offset
        mm = at * side + (face.centre.x_mm, 2.1 * face.radius_mm)
        width_px = max(1, round(marking.pen.width_mm * PX_PER_MM))
        cv2.polylines(band, [np.rint(mm * PX_PER_MM).astype(np.int32)], False, (1,), width_px)
    free = np.full(band.shape, 99, np.float32)
    return fingerprint(int(rng.integers(len(form.sessions))), band > 0, free, PX_PER_MM)


def show_speed() -> None:
    """Print how long a large stack's fingerprints take to compare, and what they weigh."""
    form, rng = load_form(FORM), np.random.default_rng(SEED)
    prints = [print_ for _ in range(MANY) if (print_ := drawn_print(form, rng))]
    for count in (MANY // 4, MANY // 2, MANY):
        before, start = SlipsBefore(decision.same_slip), time.process_time()
        repeats = sum(before.find_or_add("", p) is not None for p in prints[:count])
        seconds = time.process_time() - start
        megabytes = sum(p.points.nbytes for p in prints[:count]) / 1e6
        print(f"{count} slips: {seconds:.0f} s, {megabytes:.0f} MB, {repeats} taken for repeats")


def main(slips: int) -> None:
    """Print both."""
    with ProcessPoolExecutor(2) as pool:
        jobs = [pool.submit(scans_of, kind, pen, slips) for kind in Kind for pen in GROUP_PENS]
        scans = [scan for job in jobs for scan in job.result()]
    show(list(pairs(scans)))
    show_speed()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 14)
