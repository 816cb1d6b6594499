"""Owns the session field: its image -> text by Tesseract, its text -> the nearest session."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image
from rapidfuzz.distance import Levenshtein

from scanpipe import tools
from scanpipe.errors import MissingToolError
from scanpipe.layout import Layout
from scanpipe.reading.measures import FieldText, SessionMatch

Grey = NDArray[np.uint8]

FIELD_INSET_MM = 1.2
"""Keeps the field's own line out of the picture, also when registration is 0.5 mm off."""

MARGIN_PX = 8
"""Tesseract wants some white about a line."""

START_TIMEOUT_S = 30
FIELD_TIMEOUT_S = 2


def field_image(slip: Grey, layout: Layout, px_per_mm: float) -> Grey:
    """Cut the session field out of a rectified slip, contrast stretched, with a white margin."""
    box = layout.session.inset(FIELD_INSET_MM)
    x0, y0, x1, y1 = (
        round(value * px_per_mm) for value in (box.x_mm, box.y_mm, box.right_mm, box.bottom_mm)
    )
    field = slip[y0:y1, x0:x1].astype(np.float32)
    dark, light = np.percentile(field, (0.5, 60))
    stretched = np.clip((field - dark) / max(light - dark, 1) * 255, 0, 255).astype(np.uint8)
    return np.pad(stretched, MARGIN_PX, constant_values=255)


def recognise(fields: Sequence[Grey], language: str) -> list[FieldText]:
    """Read session fields with one Tesseract process; `language` is a Tesseract model's name.

    A field on which Tesseract fails comes back empty. Raises MissingToolError without Tesseract.
    """
    if not fields:
        return []
    pytesseract.pytesseract.tesseract_cmd = tools.find("tesseract") or "tesseract"
    try:
        return _recognise(fields, language)
    except pytesseract.TesseractNotFoundError:
        raise MissingToolError(
            "Tesseract is not installed", "`scanpipe doctor` says how to get it."
        ) from None
    except (RuntimeError, OSError, ValueError, LookupError):
        # One bad field must not cost its neighbours their text.
        if len(fields) == 1:
            return [FieldText("", 0.0)]
        half = len(fields) // 2
        return recognise(fields[:half], language) + recognise(fields[half:], language)


def _recognise(fields: Sequence[Grey], language: str) -> list[FieldText]:
    with tempfile.TemporaryDirectory(prefix="scanpipe-") as folder:
        path = Path(folder) / "fields.tif"
        first, *more = (Image.fromarray(field) for field in fields)
        first.save(path, save_all=True, append_images=more, dpi=(200, 200))
        data = pytesseract.image_to_data(
            str(path),
            lang=language,
            config="--psm 7",
            timeout=START_TIMEOUT_S + FIELD_TIMEOUT_S * len(fields),
            output_type=pytesseract.Output.DICT,
        )
    words: list[list[tuple[str, float]]] = [[] for _ in fields]
    for page, text, confidence in zip(data["page_num"], data["text"], data["conf"], strict=True):
        if str(text).strip():
            words[int(page) - 1].append((str(text).strip(), float(confidence) / 100))
    return [_joined(line) for line in words]


def _joined(words: list[tuple[str, float]]) -> FieldText:
    if not words:
        return FieldText("", 0.0)
    letters = sum(len(text) for text, _ in words)
    mean = sum(len(text) * confidence for text, confidence in words) / letters
    return FieldText(" ".join(text for text, _ in words), max(mean, 0.0))


def match_session(text: str, names: Sequence[str]) -> SessionMatch:
    """Return which of `names` is nearest to `text` by edit distance (Levenshtein 1966)."""
    scores = [Levenshtein.normalized_similarity(_folded(text), _folded(name)) for name in names]
    best = max(range(len(names)), key=scores.__getitem__)
    others = scores[:best] + scores[best + 1 :]
    return SessionMatch(best, scores[best], max(others, default=0.0))


def _folded(text: str) -> str:
    return " ".join(normalize("NFKC", text).casefold().split())
