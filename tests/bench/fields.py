"""Measures whether a reading of a session field is ever reused for a field that says another thing.

Twenty names that differ in one glyph are printed, scanned in several ways and cut out as `run`
does. Every field is then held against one of every name as if the marks said the same of both, so
that nothing but the pictures can tell them apart.

    python tests/bench/fields.py --fields 10000 --readme README.md
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
from _readme import put_between, table

from scanpipe.composing import layout_of
from scanpipe.form import Form, load_form
from scanpipe.marks import mark_code
from scanpipe.reading import scans
from scanpipe.reading.fields import alike
from scanpipe.reading.pages import session_field
from scanpipe.reading.registration import find_slips
from scanpipe.reading.session import Grey
from scanpipe.simulation import simulate

NAMES = (
    *(f"Sesjon {number}: Ledelse" for number in range(10)),
    *(f"Sesjon {letter}: Ledelse" for letter in "lIO"),
    *(f"Sesjon 1{stop} Ledelse" for stop in ";.,"),
    "Sesjon 7: Ledelse!",
    "Sesjon 1: Ledelse.",
    "Sesjon 1: Ledeise",
    "Sesjon 1: Ledélse",
)
KINDS = (("grey", 300), ("grey", 200), ("grey", 150), ("1bit", 300), ("1bit", 200), ("1bit", 150))
PART_SLIPS = 200

HEAD = 'id = "near"\ntitle = "Nesten like"\ndate = 2026-01-01\nplace = "X"\nlanguage = "nb"\n'


@dataclass(frozen=True)
class Found:
    """What came of holding fields of one kind of scan against others."""

    fields: int
    mistaken: int
    others: int
    again: int
    same: int


def main() -> None:
    """Measure, print the table, and put it into the README if one is named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fields", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readme", type=Path, help="file to put the table into")
    given = parser.parse_args()
    lines = list(_told(given.fields, given.seed))
    sys.stdout.write("\n".join(lines) + "\n")
    if given.readme:
        put_between(given.readme, "measured fields", lines)


def _told(fields: int, seed: int) -> Iterator[str]:
    parts = _parts(fields, seed)
    with ProcessPoolExecutor(2) as pool:
        found = list(zip(parts, pool.map(_measure, *zip(*parts, strict=True)), strict=True))
    rows = []
    for kind in KINDS:
        some = [one for part, one in found if part[:2] == kind]
        if some:
            rows.append(_row(f"{kind[0]}, {kind[1]} dpi", some))
    rows.append(_row("in all", [one for _, one in found]))
    yield from table(("scan", "fields", "mistaken for another name", "known again"), rows, right=3)
    yield ""
    yield f"Made by `python tests/bench/fields.py --fields {fields} --readme README.md`."


def _row(kind: str, found: list[Found]) -> tuple[str, str, str, str]:
    fields, mistaken, others, again, same = (
        sum(getattr(one, name) for one in found)
        for name in ("fields", "mistaken", "others", "again", "same")
    )
    return kind, f"{fields:,}", f"{mistaken} of {others:,}", f"{again / max(same, 1):.1%}"


def _parts(fields: int, seed: int) -> list[tuple[str, int, int, int]]:
    """Divide the fields among kinds of scans: image, dpi, how many slips, seed."""
    count = -(-fields // PART_SLIPS)
    return [(*KINDS[i % len(KINDS)], PART_SLIPS, seed * 1000 + i) for i in range(count)]


def _measure(image: str, dpi: int, slips: int, seed: int) -> Found:
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "near.toml"
        sessions = "".join(
            f'[[sessions]]\nid = "S{i}"\nname = "{n}"\n' for i, n in enumerate(NAMES)
        )
        path.write_text(
            f'{HEAD}question = "?"\n[scale]\nsmileys = 5\n[slip]\nsize = "a6"\n{sessions}',
            encoding="utf-8",
        )
        form, pdf = load_form(path), Path(folder) / "near.pdf"
        simulate(form, pdf, Path(folder) / "near.csv", slips=slips, seed=seed, image=image, dpi=dpi)
        return _compared(list(fields_of(form, pdf)))


def fields_of(form: Form, pdf: Path) -> Iterator[tuple[int, Grey]]:
    """Yield of every slip the session that its marks say, and its field."""
    layout, code = layout_of(form), mark_code(form.id, len(form.sessions))
    (file,) = scans.find_scans([pdf])
    for number in range(1, file.pages + 1):
        page = scans.load_page(file, number)
        if not isinstance(page, scans.PageImage):
            raise SystemExit(f"page {number}: {page}")
        for slip in find_slips(page.pixels, page.px_per_mm, [layout] * code.sessions, code):
            if slip.session_index is not None:
                yield slip.session_index, session_field(page.pixels, slip)


def _compared(fields: list[tuple[int, Grey]]) -> Found:
    first: dict[int, int] = {}
    for i, (session, _) in enumerate(fields):
        first.setdefault(session, i)
    pairs = [
        (first[session] != i, known == session, alike(fields[first[known]][1], image))
        for i, (session, image) in enumerate(fields)
        for known in first
    ]
    others = [like for _, is_same, like in pairs if not is_same]
    again = [like for is_later, is_same, like in pairs if is_same and is_later]
    return Found(len(fields), sum(others), len(others), sum(again), len(again))


if __name__ == "__main__":
    main()
