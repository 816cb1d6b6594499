"""Owns strokes that people drew elsewhere: a folder of JSON files in place of the drawn kinds."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scanpipe.errors import UsageError
from scanpipe.simulation.strokes import Generator, Kind, Polyline, draw_kind, normalised

_FILES: dict[Kind, tuple[str, ...]] = {
    Kind.CROSS: ("cross", "cross_curly"),
    Kind.CIRCLED_CROSS: ("circled_cross", "struck_circle"),
    Kind.UNDERLINE: ("line",),
}
"""Kinds that have other names there; all others are called as they are here."""


@dataclass(frozen=True, slots=True)
class StrokeBook:
    """The strokes in `folder`: a file `<kind>.json` each, a list of objects with `strokes`.

    Usable as a Crowd's `draw`; kinds without a file are drawn as ever.
    """

    folder: Path

    def __call__(self, kind: Kind, rng: Generator) -> tuple[Polyline, ...]:
        """Return someone's strokes of `kind`."""
        known = [mark for name in _FILES.get(kind, (kind.value,)) for mark in self._marks(name)]
        if not known:
            return draw_kind(kind, rng)
        return known[int(rng.integers(len(known)))]

    def _marks(self, name: str) -> tuple[tuple[Polyline, ...], ...]:
        return _load(self.folder / f"{name}.json")


@lru_cache(maxsize=32)
def _load(path: Path) -> tuple[tuple[Polyline, ...], ...]:
    if not path.is_file():
        return ()
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
        return tuple(normalised(item["strokes"]) for item in items)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} does not hold strokes: {error}",
            'Expected a list of {"strokes": [[[x, y], ...], ...]}.',
        ) from None
