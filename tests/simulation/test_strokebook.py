import json
from pathlib import Path

import numpy as np
import pytest

from scanpipe.errors import UsageError
from scanpipe.simulation.hands import CLEAR, mark
from scanpipe.simulation.scenarios import SCENARIOS
from scanpipe.simulation.strokebook import StrokeBook
from scanpipe.simulation.strokes import Kind


def written(folder: Path, name: str, *marks: object) -> StrokeBook:
    items = [{"id": str(i), "strokes": strokes} for i, strokes in enumerate(marks)]
    (folder / f"{name}.json").write_text(json.dumps(items))
    return StrokeBook(folder)


@pytest.mark.parametrize(
    ("kind", "name"), [(Kind.SLASH, "slash"), (Kind.UNDERLINE, "line"), (Kind.CROSS, "cross_curly")]
)
def test_strokes_from_a_folder_take_the_place_of_drawn_ones(
    kind: Kind, name: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    book = written(tmp_path, name, [[[3, 3], [5, 7]]])

    ((start, end),) = book(kind, rng)
    assert start.tolist() == [0, 0]
    assert end.tolist() == [0.5, 1]


def test_kinds_without_a_file_are_drawn_as_ever(tmp_path: Path, rng: np.random.Generator) -> None:
    (line,) = StrokeBook(tmp_path)(Kind.SLASH, rng)

    assert len(line) > 8


def test_every_mark_in_a_file_gets_its_turn(tmp_path: Path, rng: np.random.Generator) -> None:
    book = written(tmp_path, "dot", *([[[0, 0], [1, i / 10]]] for i in range(4)))

    assert len({book(Kind.DOT, rng)[0].tobytes() for _ in range(60)}) == 4


def test_a_scenario_draws_with_them(tmp_path: Path, rng: np.random.Generator) -> None:
    written(tmp_path, "tick", [[[0, 0], [1, 1]]])
    scenario = SCENARIOS["sloppy"].drawn_from(tmp_path)

    drawn = mark(3, rng, crowd=scenario.crowd, kind=Kind.TICK)
    assert [np.asarray(line).tolist() for line in drawn.strokes] == [[[0, 0], [1, 1]]]
    assert SCENARIOS["sloppy"].drawn_from(None) is SCENARIOS["sloppy"]
    assert scenario.crowd.kinds != CLEAR.kinds


@pytest.mark.parametrize("text", ["no json", '{"a": 1}', '[{"id": 1}]', "[3]"])
def test_a_file_that_holds_no_strokes_is_named(
    text: str, tmp_path: Path, rng: np.random.Generator
) -> None:
    (tmp_path / "vee.json").write_text(text)

    with pytest.raises(UsageError, match=r"vee\.json"):
        StrokeBook(tmp_path)(Kind.VEE, rng)
