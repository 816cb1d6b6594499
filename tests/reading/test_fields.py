"""One reading serves for fields that look the same everywhere, and for no others."""

import weakref
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from scanpipe.reading.fields import Fields, alike
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


def always(*_: object) -> bool:
    return True


class Tesseract:
    """A stand-in that knows its images, and what it was asked. What is not held is made anew."""

    def __init__(self, *texts: str, images: Sequence[Grey], marked: Sequence[int | None]) -> None:
        self.images = images
        self.asked: list[int] = []
        self._texts = texts
        self._fields = Fields()
        for image, of in zip(images, marked, strict=True):
            self._fields.add(image, of)

    def recognise(self, images: Sequence[Grey]) -> list[FieldText]:
        numbers = [next(i for i, own in enumerate(self.images) if own is im) for im in images]
        self.asked += numbers
        return [FieldText(self._texts[number], 0.9) for number in numbers]

    def read(
        self, bears_out: Callable = lambda *_: True, anew: Callable | None = None
    ) -> list[str]:
        texts = self._fields.texts(self.recognise, bears_out, anew or self.images.__getitem__)
        return [text.text for text in texts]


def test_fields_that_look_the_same_are_recognised_once() -> None:
    images = [line("Sesjon 1", seed=seed) for seed in range(5)]
    stand_in = Tesseract(*["Sesjon 1"] * 5, images=images, marked=[0] * 5)

    assert stand_in.read(lambda text, of: (text.text, of) == ("Sesjon 1", 0)) == ["Sesjon 1"] * 5
    assert stand_in.asked == [0]


def test_of_fields_that_look_the_same_one_image_is_held() -> None:
    fields, images = Fields(), [line("Sesjon 1", seed=seed) for seed in range(5)]
    for image in images:
        fields.add(image, 0)
    held = [weakref.ref(image) for image in images]
    del images, image
    assert [each() is not None for each in held] == [True, False, False, False, False]


@pytest.mark.parametrize("marked", [(0, 1), (None, None), (0, None)])
def test_without_the_same_session_in_the_marks_each_is_recognised(
    marked: tuple[int | None, int | None],
) -> None:
    images = [line("Sesjon 1", seed=seed) for seed in range(2)]
    stand_in = Tesseract("Sesjon 1", "Sesjon 1", images=images, marked=marked)

    stand_in.read()

    assert stand_in.asked == [0, 1]


NAMES = ("Sesj", "Sesjon 1", "Sesjon 1")


def test_a_reading_that_does_not_bear_out_the_marks_serves_for_its_own_field_alone() -> None:
    images = [line("Sesjon 1", seed=seed) for seed in range(3)]
    stand_in = Tesseract(*NAMES, images=images, marked=[0, 0, 0])

    assert stand_in.read(lambda text, _: text.text == "Sesjon 1") == [*NAMES]
    assert stand_in.asked == [0, 1, 2]


def test_a_field_that_cannot_be_had_again_keeps_the_reading_of_the_one_it_is_like() -> None:
    images = [line("Sesjon 1", seed=seed) for seed in range(3)]
    stand_in = Tesseract(*NAMES, images=images, marked=[0, 0, 0])

    texts = stand_in.read(lambda text, _: text.text == "Sesjon 1", anew=lambda _: None)

    assert texts == ["Sesj"] * 3


def test_texts_come_in_the_order_of_their_fields() -> None:
    names = ["Sesjon 1", "Sesjon 2", "Sesjon 1", "Sesjon 3", "Sesjon 2"]
    images = [line(name, seed=i) for i, name in enumerate(names)]
    stand_in = Tesseract(*names, images=images, marked=[int(name[-1]) for name in names])

    assert stand_in.read() == names
