"""Owns what the reading room hands on: one value per slip, one per page, one per stack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scanpipe.vocabulary import Reason, Status


@dataclass(frozen=True, slots=True)
class SlipReading:
    """What the machine read on one slip, or that a page could not be read (`rejected`).

    On a slip with several rows each row is one reading, named by the slip and the `row`, from 1;
    `question` is the id of the question that it answers. Both are None where there is only one.
    `slip` is the same for the same scan, whatever the file is called. `x_mm`, `y_mm`: the
    slip's centre from the page's top left. `session` and `rating` hold what is certain,
    `read_session` and `read_rating` the machine's proposal. `fills`: fill ratio (0-1) per
    face, empty when nothing was measured. `picture`: the upright slip, or the page, as PNG;
    present whenever a person should look. `same_as`: for a `duplicate`, the slip read earlier
    whose ink it shows again. `figures`: all else that was measured and judged, by name; several
    numbers where there is one for each face. `comment`: what stands in the slip's comment box, as
    PNG, with the slip's first row. `serial`: the slip's own number, where it has one.
    """

    slip: str
    file: str
    page: int | None
    status: Status
    reasons: tuple[Reason, ...]
    x_mm: float | None = None
    y_mm: float | None = None
    session: str | None = None
    rating: int | None = None
    read_session: str | None = None
    read_rating: int | None = None
    session_text: str = ""
    session_confidence: float | None = None
    rating_confidence: float | None = None
    fills: tuple[float, ...] = ()
    picture: bytes | None = None
    same_as: str | None = None
    figures: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    row: int | None = None
    question: str | None = None
    comment: bytes | None = None
    serial: str | None = None

    @property
    def paper(self) -> str:
        """The name of the slip itself, which all its rows share."""
        return self.slip if self.row is None else self.slip.removesuffix(f"-{self.row}")


class PageKind(StrEnum):
    """What a page turned out to be."""

    SLIPS = "slips"
    BLANK_BACK = "blank_back"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page of a scan: its slips from top to bottom, and a rejected reading if there may be
    more; or only a rejected one; or, on a blank back, nothing. A file that cannot be opened counts
    as one unreadable page with `page` None.
    """

    file: str
    page: int | None
    kind: PageKind
    slips: tuple[SlipReading, ...]


class Content(StrEnum):
    """What a file is that cannot be read as a scan. `pdf` and `picture` are damaged ones."""

    EMPTY = "empty"
    ZEROS = "zeros"
    PDF = "pdf"
    PICTURE = "picture"
    HEIC = "heic"
    WORD = "word"
    EXCEL = "excel"
    POWERPOINT = "powerpoint"
    OLD_OFFICE = "old_office"
    ZIP = "zip"
    WEB_PAGE = "web_page"
    TEXT = "text"
    CLOSED = "closed"
    NO_FILE = "no_file"
    LOCKED = "locked"
    UNKNOWN = "unknown"


class NoteKind(StrEnum):
    """What can be wrong with a stack as a whole, or with a good part of it."""

    OTHER_FORM = "other_form"
    STREAKS = "streaks"
    FAINT_MARKS = "faint_marks"
    PALE_PRINT = "pale_print"
    COARSE = "coarse"
    SPECKLED = "speckled"
    SCALE_OFF = "scale_off"
    SKEWED = "skewed"
    FACE_DOWN = "face_down"


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a file, from 1."""

    file: str
    page: int


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on the stack that concerns `pages` of its `of` pages with slips.

    `value`: for `scale_off` how large the slips are, 1 as drawn; for `coarse` their dpi; for
    `skewed` the skew in degrees; for `streaks` the line's place from the page's left or, where
    it lies across, its top, in mm, None when the lines are not at one place; otherwise None.
    `where`: for `face_down` the pages.
    """

    kind: NoteKind
    pages: int
    of: int
    value: float | None = None
    where: tuple[Place, ...] = ()
