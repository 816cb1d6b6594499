"""Owns the gallery of comments: what people wrote on their slips, as pictures, by session.

The pictures are made small enough for a page that is sent by mail; the folder keeps all of them
as they were scanned.
"""

import base64
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, zip_longest
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from scanpipe.errors import OutputError
from scanpipe.form import Form
from scanpipe.reporting.crops import COMMENTS
from scanpipe.reporting.files import read_if_there, refuse_if_leading_out
from scanpipe.reporting.rows import Row
from scanpipe.reporting.slip_names import slip_of
from scanpipe.vocabulary import Status

MOST = 120
"""Pictures on a page: as many as anybody looks through."""

MOST_BYTES = 2_500_000
"""Of all pictures together, before they are written as text: a page of 3.5 MB."""

WIDEST_PX = 900
"""Of a picture: handwriting on an A6 slip is still sharp on a good screen."""

SHADES = 16
"""Of grey: ink on paper needs no more, and the file is a quarter as large."""


_LEFT_OUT = (Status.VOID, Status.REJECTED)


@dataclass(frozen=True, slots=True)
class Picture:
    """One comment: the slip that it stands on, and its picture as PNG."""

    slip: str
    width_px: int
    height_px: int
    png: bytes

    @property
    def source(self) -> str:
        """The picture as an address that holds it whole."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


@dataclass(frozen=True, slots=True)
class Wall:
    """The comments of one session; `session` is empty where there is none, or it is not known.

    `written`: how many slips have one, of which `pictures` are shown.
    """

    session: str
    written: int
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """All comments. `lost`: pictures that are not in the folder any more, or damaged."""

    walls: tuple[Wall, ...] = ()
    lost: int = 0

    @property
    def written(self) -> int:
        """How many slips have a comment."""
        return sum(wall.written for wall in self.walls)

    @property
    def shown(self) -> int:
        """How many of them are on the page."""
        return sum(len(wall.pictures) for wall in self.walls)

    @property
    def further(self) -> int:
        """How many lie in the folder only."""
        return self.written - self.shown - self.lost


def gather_comments(folder: Path, form: Form, rows: Sequence[Row]) -> Gallery:
    """Return the comments on the slips in `rows`, in the order in which they were scanned.

    Where there are too many, each session has about the same number of pictures. What is on a
    void slip is left out.

    Raises:
        OutputError: the folder of the comments leads out of `folder`.
    """
    by_session = _by_session(form, rows)
    if not by_session:
        return Gallery()
    refuse_if_leading_out(folder, COMMENTS)
    pictures, lost = _pictures(folder, form, [rows for _, rows in by_session])
    walls = (
        Wall(
            name, len(rows), tuple(pictures[row.comment] for row in rows if row.comment in pictures)
        )
        for name, rows in by_session
    )
    return Gallery(tuple(walls), lost)


def _by_session(form: Form, rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Return the rows with a comment under the names of their sessions, none without a comment.

    A slip with several rows has its comment with the first, but it counts as long as one of them
    does. Where the rows are the sessions, it is about them all.
    """
    speakers: dict[str, Row] = {}
    for row in rows:
        if row.status not in _LEFT_OUT:
            speakers.setdefault(slip_of(row.reading.slip, form), row)
    of_slip = ((row, speakers.get(slip_of(row.reading.slip, form))) for row in rows if row.comment)
    written = [(row, speaker.session) for row, speaker in of_slip if speaker]
    if form.slip.session in ("rows", "none"):
        return [("", [row for row, _ in written])] if written else []
    sessions = [*((session.id, session.name) for session in form.sessions), (None, "")]
    parts = ((name, [row for row, of in written if of == id_]) for id_, name in sessions)
    return [(name, rows) for name, rows in parts if rows]


def _pictures(
    folder: Path, form: Form, parts: Sequence[Sequence[Row]]
) -> tuple[dict[str, Picture], int]:
    """Return what there is room for, by its path, and how many pictures could not be read."""
    found: dict[str, Picture] = {}
    lost = size = 0
    for row in _in_turn(parts):
        picture = _picture(folder / row.comment, slip_of(row.reading.slip, form))
        if picture is None:
            lost += 1
            continue
        size += len(picture.png)
        if size > MOST_BYTES:
            break
        found[row.comment] = picture
        if len(found) == MOST:
            break
    return found, lost


def _in_turn(parts: Sequence[Sequence[Row]]) -> Iterator[Row]:
    """Yield the first of every session, then the second of every session, and so on."""
    return (row for row in chain.from_iterable(zip_longest(*parts)) if row is not None)


def _picture(path: Path, slip: str) -> Picture | None:
    """Return the picture at `path`, made small; None if there is none that can be read."""
    try:
        data = None if path.is_symlink() else read_if_there(path)
        return _small(data, slip) if data else None
    except (OutputError, OSError, ValueError, UnidentifiedImageError, SyntaxError):
        return None


def _small(data: bytes, slip: str) -> Picture:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(BytesIO(data), formats=["PNG"]) as scanned:
            grey = scanned.convert("L")
    if grey.width > WIDEST_PX:
        grey = ImageOps.contain(grey, (WIDEST_PX, grey.height), Image.Resampling.LANCZOS)
    file = BytesIO()
    grey.quantize(SHADES).save(file, "PNG", optimize=True)
    return Picture(slip, grey.width, grey.height, file.getvalue())
