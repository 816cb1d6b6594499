"""Owns the simulated stacks that are measured on: made once, and kept for the next time."""

import csv
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from _measuring import ROOT, SCANPIPE, measured

FORM = ROOT / "forms" / "hadeland-2016.toml"
"""Five sessions, A6 slips."""

PART_SLIPS = 250
"""A stack is made in parts, two at a time, each with a seed of its own: no slip comes twice."""


@dataclass(frozen=True)
class Stack:
    """A scanned stack, a slip to a page, and the truth of it."""

    pdf: Path
    truth: Path
    slips: int

    @property
    def folder(self) -> Path:
        """Where the stack lies, and what is made of it."""
        return self.pdf.parent


def stack(folder: Path, slips: int, image: str = "grey", dpi: int = 300) -> Stack:
    """Return a stack of `slips` slips, `image` `grey` (JPEG) or `1bit` (CCITT)."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{image}-{dpi}-dpi"
    made = _paths(folder, f"{name}-{slips}")
    if made.pdf.exists():
        return Stack(made.pdf, made.truth, slips)
    sizes = [min(PART_SLIPS, slips - first) for first in range(0, slips, PART_SLIPS)]
    jobs = [(folder, size, image, dpi, seed) for seed, size in enumerate(sizes, start=1)]
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda job: _part(*job), jobs))
    _join_truth(parts, made.truth)
    _join(parts, made.pdf)
    return Stack(made.pdf, made.truth, slips)


def _paths(folder: Path, name: str) -> Stack:
    return Stack(folder / f"{name}.pdf", folder / f"{name}.csv", 0)


def _part(folder: Path, slips: int, image: str, dpi: int, seed: int) -> Stack:
    part = _paths(folder, f"part-{image}-{dpi}-dpi-{slips}-{seed}")
    if not part.pdf.exists():
        half = part.pdf.with_suffix(".half")
        words = ("--slips", slips, "--seed", seed, "--image", image, "--dpi", dpi)
        measured(*SCANPIPE, "simulate", FORM, "-o", half, "--truth", part.truth, *words)
        half.rename(part.pdf)
    return Stack(part.pdf, part.truth, slips)


def _join(parts: Sequence[Stack], target: Path) -> None:
    half = target.with_suffix(".half")
    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(part.pdf) as pdf:
                whole.pages.extend(pdf.pages)
        whole.save(half)
    half.rename(target)


def _join_truth(parts: Sequence[Stack], target: Path) -> None:
    rows: list[dict[str, str]] = []
    for part in parts:
        before = len(rows)
        rows += [row | {"page": str(int(row["page"]) + before)} for row in truth_of(part)]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def truth_of(stack: Stack) -> list[dict[str, str]]:
    """Return what is on every slip, in the order of the pages."""
    with stack.truth.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
