"""Forms and pages that the printing tests share."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scanpipe.form import Form, form_from_data, load_form

Raster = Callable[[Path, int, int], NDArray[np.uint8]]
MakeForm = Callable[..., Form]

FORMS = Path(__file__).parents[2] / "forms"


@pytest.fixture(scope="session")
def hadeland() -> Form:
    return load_form(FORMS / "hadeland-2016.toml")


@pytest.fixture(scope="session")
def make_form() -> MakeForm:
    def make(**changes: Any) -> Form:
        data = {
            "id": "fair-2024",
            "title": "Spring fair",
            "date": "2024-04-06",
            "place": "Town hall",
            "language": "en",
            "question": "How was it?",
            "sessions": [{"id": "A", "name": "Opening"}],
        }
        return form_from_data(data | changes, "form")

    return make


@pytest.fixture(scope="session")
def raster(tmp_path_factory: pytest.TempPathFactory) -> Raster:
    """One page of a PDF as grey pixels, at so many dots per inch."""

    def rasterise(pdf: Path, page: int, dpi: int) -> NDArray[np.uint8]:
        target = tmp_path_factory.mktemp("raster") / "page"
        first_last = ["-f", str(page), "-l", str(page), "-singlefile"]
        subprocess.run(
            ["pdftoppm", "-gray", "-r", str(dpi), *first_last, str(pdf), str(target)],
            check=True,
            timeout=60,
        )
        image = cv2.imread(f"{target}.pgm", cv2.IMREAD_GRAYSCALE)
        assert image is not None
        return np.asarray(image, dtype=np.uint8)

    return rasterise
