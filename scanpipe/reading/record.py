"""Owns what the reading room hands on: one value per slip, one per page, one per stack."""

from dataclasses import dataclass
from enum import StrEnum

from scanpipe.vocabulary import Reason, Status


@dataclass(frozen=True, slots=True)
class SlipReading:
    """What the machine read on one slip, or that a page could not be read (`rejected`).

    `slip` is the same for the same scan, whatever the file is called. `x_mm`, `y_mm`: the
    slip's centre from the page's top left. `session` and `rating` hold what is certain,
    `read_session` and `read_rating` the machine's proposal. `fills`: fill ratio (0-1) per
    face, empty when nothing was measured. `picture`: the upright slip, or the page, as PNG;
    present whenever a person should look.
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


class PageKind(StrEnum):
    """What a page turned out to be."""

    SLIPS = "slips"
    BLANK_BACK = "blank_back"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page of a scan: its slips from top to bottom, or one rejected reading, or, on a
    blank back, nothing. A file that cannot be opened counts as one unreadable page with
    `page` None.
    """

    file: str
    page: int | None
    kind: PageKind
    slips: tuple[SlipReading, ...]
