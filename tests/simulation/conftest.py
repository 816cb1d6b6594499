import datetime
from typing import Any

import numpy as np
import pytest

from scanpipe.form import Form, form_from_data

FORM: dict[str, Any] = {
    "id": "autumn",
    "title": "Autumn gathering",
    "date": datetime.date(2024, 10, 4),
    "place": "The old school",
    "language": "en",
    "question": "How was this session?",
    "sessions": [{"id": "A", "name": "Opening"}, {"id": "B", "name": "Workshop on lakes"}],
}


@pytest.fixture(scope="session")
def form() -> Form:
    return form_from_data(FORM, "autumn.toml")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)
