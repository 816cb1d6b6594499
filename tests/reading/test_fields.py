"""One reading serves for fields that look the same everywhere, and for no others."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from scanpipe.reading.fields import Field, alike, read_fields
from scanpipe.reading.measures import FieldText

Grey = np.ndarray


def line(text: str, dx: int = 0, dy: int = 0, seed: int = 0, noise: float = 4.0) -> Grey:
    """Draw a line of text as a scanner sees it: blurred, with noise, shifted by whole pixels."""
    image = np.full((60, 700), 250, np.uint8)
    place = (20 + dx, 42 + dy)
    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (20,), 3, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(image, (0, 0), 0.8).astype(float)
    grain = np.random.default_rng(seed).normal(0, noise, image.shape)
    return np.clip(blurred + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (1, -1), (3, 2), (-4, 4)])
def test_two_scans_of_one_line_are_alike_wherever_they_lie(dx: int, dy: int) -> None:
    assert alike(line("Sesjon 1: Ledelse"), line("Sesjon 1: Ledelse", dx, dy, seed=1))


@pytest.mark.parametrize(
    "other",
    ["Sesjon 2: Ledelse", "Sesjon 7: Ledelse", "Sesjon 1; Ledelse", "Sesjon 1: Ledeise", "Sesjon"],
)
def test_lines_that_differ_in_one_glyph_are_not_alike(other: str) -> None:
    assert not alike(line("Sesjon 1: Ledelse"), line(other, seed=1))


def test_a_line_that_somebody_wrote_in_is_not_like_a_clean_one() -> None:
    written = line("Sesjon 1: Ledelse", seed=1)
    cv2.line(written, (300, 10), (340, 50), (30,), 3)

    assert not alike(line("Sesjon 1: Ledelse"), written)


def reader(texts: dict[int, str]) -> tuple[Callable, list[int]]:
    """Return a stand-in for Tesseract that knows its images, and what it was asked."""
    asked: list[int] = []

    def recognise(images: Sequence[Grey]) -> list[FieldText]:
        asked.extend(id(image) for image in images)
        return [FieldText(texts[id(image)], 0.9) for image in images]

    return recognise, asked


def test_fields_that_look_the_same_are_recognised_once() -> None:
    fields = [Field(line("Sesjon 1", seed=seed), 0) for seed in range(5)]
    recognise, asked = reader({id(field.image): "Sesjon 1" for field in fields})

    texts = read_fields(
        fields, recognise, lambda text, marked: (text.text, marked) == ("Sesjon 1", 0)
    )

    assert [text.text for text in texts] == ["Sesjon 1"] * 5
    assert asked == [id(fields[0].image)]


@pytest.mark.parametrize("marked", [(0, 1), (None, None), (0, None)])
def test_without_the_same_session_in_the_marks_each_is_recognised(
    marked: tuple[int | None, int | None],
) -> None:
    fields = [Field(line("Sesjon 1", seed=seed), of) for seed, of in enumerate(marked)]
    recognise, asked = reader({id(field.image): "Sesjon 1" for field in fields})

    read_fields(fields, recognise, lambda *_: True)

    assert asked == [id(field.image) for field in fields]


def test_a_reading_that_does_not_bear_out_the_marks_serves_for_its_own_field_alone() -> None:
    fields = [Field(line("Sesjon 1", seed=seed), 0) for seed in range(3)]
    names = ["Sesj", "Sesjon 1", "Sesjon 1"]
    recognise, asked = reader({id(f.image): name for f, name in zip(fields, names, strict=True)})

    texts = read_fields(fields, recognise, lambda text, _: text.text == "Sesjon 1")

    assert [text.text for text in texts] == names
    assert asked == [id(field.image) for field in fields]


def test_texts_come_in_the_order_of_their_fields() -> None:
    names = ["Sesjon 1", "Sesjon 2", "Sesjon 1", "Sesjon 3", "Sesjon 2"]
    fields = [Field(line(name, seed=i), int(name[-1])) for i, name in enumerate(names)]
    recognise, _ = reader({id(f.image): name for f, name in zip(fields, names, strict=True)})

    texts = read_fields(fields, recognise, lambda *_: True)

    assert [text.text for text in texts] == names
