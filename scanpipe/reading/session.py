"""Owns the session field: its image -> text by Tesseract, its text -> the nearest session."""

import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from unicodedata import combining, normalize

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rapidfuzz.distance import Levenshtein

from scanpipe import tools
from scanpipe.composing import type_scale
from scanpipe.errors import MissingToolError, OutputError
from scanpipe.layout import Box, Layout
from scanpipe.reading.greys import grey_quantiles
from scanpipe.reading.measures import FieldText, NameInk, PrintedName, SessionMatch
from scanpipe.reading.overwriting import beside_text, line_across_mm
from scanpipe.reading.strokes import without_specks

_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())

Grey = NDArray[np.uint8]

FIELD_PX_PER_MM = 8.0
"""The names of two sessions may differ in one small letter."""

FIELD_INSET_MM = 1.2
"""Keeps the field's own line out of the picture, also when registration is 0.5 mm off."""

DARK_GREY = 110
"""Of a field's stretched greys, what belongs to a stroke and not to its blurred edge."""

SLIGHTLY_DARK_GREY = 160
"""What somebody may have written, too, with a pale pen."""

NAME_HALF_MM = 3.2
"""On A6 the top of an Å lies 2.7 mm above the middle of the field, and scans are a little off."""

MARGIN_PX = 8
"""Tesseract wants some white about a line."""

TESSERACT_OPTIONS = "--psm 7 -c tessedit_create_tsv=1"
"""One line of text to a picture; the answer as a table."""

PAGE_LEVEL = 1
"""In Tesseract's table: a row for each page, also where it found no word."""

START_TIMEOUT_S = 30.0
FIELD_TIMEOUT_S = 2.0
"""A hundred times what it takes, for a machine that has other things to do."""

RETRY_START_TIMEOUT_S = 4.0
RETRY_FIELD_TIMEOUT_S = 0.25
"""Ten times: a field on which Tesseract hangs must not keep its neighbours waiting long."""

RETRIES_TIMEOUT_S = 60.0

PROOFS = 3
"""One that failed proves nothing: the system may have killed it."""

LONGEST_TEXT = 1000
"""Characters; no field has room for half of them."""

FAR_APART = 0.8
"""Likeness up to which losing the marks on letters cannot make one name pass for another."""

UNSETTLED = 0.99
"""The likeness of a text to names that it does not tell apart is never perfect."""

_BARE_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ŋ": "n", "ŧ": "t", "ħ": "h", "ł": "l", "ø": "o", "ı": "i"}
    | {"æ": "ae", "œ": "oe", "þ": "th", "$": "s"}
)
"""Letters whose mark Unicode does not take for one, joined ones, and what Tesseract's Norwegian
model at times makes of Š; ß is ss once folded."""

UNREAD = FieldText("", 0.0)

_likeness = Levenshtein.normalized_similarity
"""1 for the same text, 0 for nothing in common."""

_FAILURES = (RuntimeError, OSError, ValueError, LookupError, ArithmeticError)
"""What pytesseract raises when Tesseract fails, hangs or prints what makes no sense."""


def field_box(layout: Layout) -> Box:
    """Return what of a slip is its session field, without the line about it."""
    if layout.session is None:
        raise ValueError("the layout has no session field")
    return layout.session.inset(FIELD_INSET_MM)


def field_image(field: Grey) -> Grey:
    """Return a session field (`field_box` at FIELD_PX_PER_MM) with its print black, its paper
    white, and a white margin.
    """
    dark, light = grey_quantiles(field, (0.005, 0.6))
    levels = (np.arange(256) - dark) / max(light - dark, 1) * 255
    stretched = cv2.LUT(field, np.clip(levels, 0, 255).astype(np.uint8))
    return np.pad(np.asarray(stretched, np.uint8), MARGIN_PX, constant_values=255)


def name_ink(field: Grey, layout: Layout) -> NameInk:
    """Measure what somebody drew in a session field. `field` as `field_image` gives it."""
    line_mm = line_across_mm(field < DARK_GREY, FIELD_PX_PER_MM)
    return NameInk(line_mm, _beside_name_mm2(field, layout))


def _beside_name_mm2(field: Grey, layout: Layout) -> float:
    """Return how much ink there is in a session field above, below or beside the name."""
    dark = field < SLIGHTLY_DARK_GREY
    half = round(NAME_HALF_MM * type_scale(layout.height_mm) * FIELD_PX_PER_MM)
    middle = len(field) // 2
    beside = beside_text(dark, FIELD_PX_PER_MM)
    extra = np.zeros(dark.shape, np.bool_) if beside is None else beside
    extra[: middle - half], extra[middle + half :] = dark[: middle - half], dark[middle + half :]
    pieces = without_specks(extra, FIELD_PX_PER_MM)
    return float(np.count_nonzero(pieces) / FIELD_PX_PER_MM**2)


def recognise(fields: Sequence[Grey], language: str) -> list[FieldText]:
    """Read session fields with one Tesseract process; `language` is a Tesseract model's name.

    A field on which Tesseract fails comes back empty, and costs its neighbours nothing. Raises
    MissingToolError if Tesseract is not there or fails on an empty picture too, and OutputError
    if there is no room for the pictures.
    """
    if not fields:
        return []
    try:
        return _recognise(fields, language, START_TIMEOUT_S + FIELD_TIMEOUT_S * len(fields))
    except _FAILURES as error:
        _log.warning("Tesseract failed on %d fields: %s", len(fields), error)
    _check_alive(language)
    return _in_parts(fields, language, time.monotonic() + RETRIES_TIMEOUT_S)


def _check_alive(language: str) -> None:
    """Raise MissingToolError if Tesseract cannot even read an empty picture, however often."""
    for left in reversed(range(PROOFS)):
        try:
            _recognise([np.full((60, 400), 255, np.uint8)], language, START_TIMEOUT_S)
        except _FAILURES as error:
            if not left:
                raise MissingToolError(
                    f"Tesseract does not work any more: {_said_by(error)}",
                    "`scanpipe doctor` looks for the cause. Then run the same command again.",
                ) from None
        else:
            return


def _said_by(error: Exception) -> str:
    code = getattr(error, "status", None)
    said = getattr(error, "message", "") if code else str(error)
    words = " ".join(str(said).split())[:200] or "it says nothing"
    return f"{words} (code {code})" if code else words


def _in_parts(fields: Sequence[Grey], language: str, until_s: float) -> list[FieldText]:
    """Read fields in two halves, those that fail in halves again, until the time is up."""
    half = len(fields) // 2
    parts = (fields[:half], fields[half:]) if half else (fields,)
    return [text for part in parts for text in _again(part, language, until_s)]


def _again(fields: Sequence[Grey], language: str, until_s: float) -> list[FieldText]:
    left_s = until_s - time.monotonic()
    if left_s <= 0:
        return [UNREAD] * len(fields)
    limit_s = RETRY_START_TIMEOUT_S + RETRY_FIELD_TIMEOUT_S * len(fields)
    try:
        return _recognise(fields, language, min(limit_s, left_s))
    except _FAILURES:
        return [UNREAD] if len(fields) == 1 else _in_parts(fields, language, until_s)


def prepare() -> None:
    """Load what reading fields needs, in a process that does nothing but read.

    Pytesseract loads pandas if it can, which takes longer than all the rest, and for nothing.
    """
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
    import pytesseract  # noqa: F401

    if sys.modules["pandas"] is None:
        del sys.modules["pandas"]


def _recognise(fields: Sequence[Grey], language: str, timeout_s: float) -> list[FieldText]:
    import pytesseract  # late: see `prepare`; nor does whoever reads no field need it

    pytesseract.pytesseract.tesseract_cmd = tools.find("tesseract") or "tesseract"
    with tempfile.TemporaryDirectory(prefix="scanpipe-") as folder:
        path = Path(folder) / "fields.tif"
        _save(fields, path)
        try:
            # image_to_data would ask for the version first, without a limit, and may exit.
            table = pytesseract.run_and_get_output(
                str(path), "tsv", language, TESSERACT_OPTIONS, timeout=timeout_s
            )
        except pytesseract.TesseractNotFoundError:
            raise MissingToolError(
                "Tesseract is not installed", "`scanpipe doctor` says how to get it."
            ) from None
    return _texts(table, len(fields))


def _save(fields: Sequence[Grey], path: Path) -> None:
    first, *more = (Image.fromarray(field) for field in fields)
    try:
        first.save(path, save_all=True, append_images=more, dpi=(200, 200))
    except OSError as error:
        raise OutputError(
            f"the folder for temporary files, {path.parent.parent}, cannot be written: "
            f"{error.strerror or error}",
            "Make room on that disk, and run the same command again.",
        ) from None


def _texts(table: str, count: int) -> list[FieldText]:
    """Return the text of each of `count` fields from Tesseract's table of pages and words.

    Raises ValueError or LookupError unless it tells of just these fields: with one more or less,
    nobody knows whose text is whose.
    """
    rows = list(_rows(table))
    pages = [row.page for row in rows if row.level == PAGE_LEVEL]
    if pages != list(range(1, count + 1)):
        raise ValueError(f"Tesseract was given {count} fields and tells of {pages[:10]}")
    words: dict[int, list[tuple[str, float]]] = {page: [] for page in pages}
    for row in rows:
        if row.text:
            words[row.page].append((row.text, row.confidence))
    return [_joined(line) for line in words.values()]


class _Row(NamedTuple):
    level: int
    page: int
    text: str
    confidence: float


def _rows(table: str) -> Iterator[_Row]:
    """Read Tesseract's table: names of columns, then cells, between tabs."""
    header, *lines = table.rstrip("\n").split("\n")
    names = header.split("\t")
    level, page, confidence, text = map(names.index, ("level", "page_num", "conf", "text"))
    for line in lines:
        cells = line.split("\t")
        share = float(cells[confidence]) / 100
        yield _Row(int(cells[level]), int(cells[page]), cells[text].strip(), share)


def _joined(words: list[tuple[str, float]]) -> FieldText:
    if not words:
        return UNREAD
    letters = sum(len(text) for text, _ in words)
    if letters > LONGEST_TEXT or not all(-0.01 <= confidence <= 1 for _, confidence in words):
        raise ValueError(f"Tesseract tells of a field with {letters} letters, or of no confidence")
    mean = sum(len(text) * confidence for text, confidence in words) / letters
    return FieldText(" ".join(text for text, _ in words), max(mean, 0.0))


def match_session(text: str, names: Sequence[str], *, own_model: bool = True) -> SessionMatch:
    """Return which of `names` is nearest to `text` by edit distance (Levenshtein 1966).

    A text that is no name letter for letter is also held against the names without the marks on
    their letters, which a model for another language does not write and a coarse scan loses:
    č as c, ŋ as n. That counts only for a name which no other has come near to by it; where one
    has, or nothing but such marks could tell the nearest two apart, none has a lead. Unless the
    text was read with the language's `own_model`, that holds for a text that is a name, too.
    """
    read = _nearest(_folded(text), [_folded(name) for name in names])
    bare_names = [_bare(name) for name in names]
    if read.score == 1 and (own_model or bare_names.count(bare_names[read.index]) == 1):
        return read
    bare = _nearest(_bare(text), bare_names)
    gained = bare.score > read.score
    if gained and _stands_apart(bare.index, names, bare_names):
        return bare
    if gained or bare.score == bare.runner_up:
        unsettled = min(read.score, UNSETTLED)
        return SessionMatch(read.index, unsettled, unsettled)
    return read


def printed_name(text: str, name: str) -> PrintedName:
    """Compare the `text` of a field with the `name` printed there, by letters and figures without
    their marks. Nothing is amiss where nothing could be read.
    """
    read, printed = _letters(text), _letters(name)
    return PrintedName(len(printed), Levenshtein.distance(read, printed) if read else 0)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, _bare(text)))


def _nearest(text: str, names: Sequence[str]) -> SessionMatch:
    scores = [_likeness(text, name) for name in names]
    best = max(range(len(names)), key=scores.__getitem__)
    others = scores[:best] + scores[best + 1 :]
    return SessionMatch(best, scores[best], max(others, default=0.0))


def _stands_apart(index: int, names: Sequence[str], bare_names: Sequence[str]) -> bool:
    """Whether no other name is near to that at `index` which was further off with its marks."""
    full = [_folded(name) for name in names]
    return all(
        _likeness(bare_names[index], bare) <= max(_likeness(full[index], other), FAR_APART)
        for place, (bare, other) in enumerate(zip(bare_names, full, strict=True))
        if place != index
    )


def _folded(text: str) -> str:
    return " ".join(normalize("NFKC", text).casefold().split())


def _bare(text: str) -> str:
    """Return `text` folded, its letters without marks: á and å as a, đ as d, ŋ as n."""
    apart = normalize("NFKD", _folded(text).translate(_BARE_LETTERS))
    return "".join(sign for sign in apart if not combining(sign))
