"""Owns the plain numbers that the stages measure and `decision` judges. No images, no files."""

from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True, slots=True)
class FaceInk:
    """New ink about one face, as shares of the response area (0-1).

    `fill`: fill ratio. Of this, `dab`, `hair` and `aside` lie in strokes too small to be sure
    of: round or half hidden by print, thin, and not touching the face. `faint`: ink too pale to
    be sure of; of this, `drawn` stands out as lines do, and as the rims of stains and what shines
    through do not: all of it where nothing hangs on it. `solid`: share of the face itself that is
    inked over; `line`: length of line in it, in face widths. `crumbs`: pieces of ink about it,
    however small, in a scan that kept no grey. `seen`: share of the face's printed lines found
    where they should be. `lost`: share of the face under a streak that hides what is there.
    `apart_mm2`: what lies near a mark in the face and hangs together with nothing in it, mm².
    `struck_mm`: how far a line that strikes the mark out reaches beyond the face, mm.
    """

    fill: float
    dab: float
    hair: float
    aside: float
    faint: float
    drawn: float
    solid: float
    line: float
    crumbs: int
    seen: float
    lost: float
    apart_mm2: float = 0.0
    struck_mm: float = 0.0

    @property
    def sure(self) -> float:
        """The fill ratio of whole strokes."""
        return self.fill - self.dab - self.hair - self.aside


@dataclass(frozen=True, slots=True)
class SlipInk:
    """New ink on one slip; `faces` by rating, `stray_mm2` what lies about no face at all.

    `through`: some of it runs from above the faces to below them, further than a mark does.
    `dust`: pieces too small for a pen that lie free about the faces. Over the words of the rows,
    and about no face, lie a piece so tall and a line so long, mm; print itself is a few mm tall.
    `drawn_stray_mm2`: of the stray ink, what is no stain, fold, staple or hole. `on_words_mm2`:
    ink on the words of the rows that is none of their letters, where these are known.
    """

    faces: tuple[FaceInk, ...]
    stray_mm2: float
    through: bool
    dust: int
    over_words_mm: float = 0.0
    line_over_words_mm: float = 0.0
    drawn_stray_mm2: float = 0.0
    on_words_mm2: float = 0.0


@dataclass(frozen=True, slots=True)
class FieldText:
    """What OCR read in a session field, and how sure it says it is (0-1)."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class SessionMatch:
    """The session whose name is nearest to the text: its place in the form, its likeness and
    that of the runner-up (0-1).
    """

    index: int
    score: float
    runner_up: float


@dataclass(frozen=True, slots=True)
class PrintedName:
    """How the text in a session field compares with the name that was printed there, by the marks:
    the `letters` of the name, and how many are `amiss`: read otherwise, missing, or too many.
    """

    letters: int
    amiss: int


@dataclass(frozen=True, slots=True)
class NameInk:
    """What lies in a session field besides the name: how long the longest line across it is, such
    as somebody draws who took a slip of another session; and how much ink is above, below or
    beside it.
    """

    line_over_mm: float
    beside_mm2: float


BARE = NameInk(0.0, 0.0)
UNALTERED = PrintedName(0, 0)
"""Where no name was printed, or nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Placement:
    """How well a slip was registered: marks found, root mean square residual, resolution."""

    marks: int
    residual_mm: float
    px_per_mm: float


FIGURE_DIGITS = 5


def figures(
    ink: SlipInk,
    placement: Placement,
    text: FieldText,
    match: SessionMatch,
    name: PrintedName,
    name_ink: NameInk,
) -> dict[str, tuple[float, ...]]:
    """Return all that was measured on a slip, for the record: numbers of each face by name, then
    those of the slip. The fill ratios, which the tables hold, are left out.
    """
    columns = zip(*map(astuple, ink.faces), strict=True)
    found = dict(zip((part.name for part in fields(FaceInk)), columns, strict=True))
    del found["fill"]
    found |= {
        "stray_mm2": (ink.stray_mm2,),
        "drawn_stray_mm2": (ink.drawn_stray_mm2,),
        "through": (float(ink.through),),
        "dust": (ink.dust,),
        "over_words_mm": (ink.over_words_mm,),
        "line_over_words_mm": (ink.line_over_words_mm,),
        "on_words_mm2": (ink.on_words_mm2,),
        "line_over_name_mm": (name_ink.line_over_mm,),
        "beside_name_mm2": (name_ink.beside_mm2,),
        "marks": (placement.marks,),
        "residual_mm": (placement.residual_mm,),
        "px_per_mm": (placement.px_per_mm,),
        "text_confidence": (text.confidence,),
        "session_score": (match.score,),
        "session_lead": (match.score - match.runner_up,),
        "name_letters": (name.letters,),
        "name_letters_amiss": (name.amiss,),
    }
    return {
        name: tuple(round(float(number), FIGURE_DIGITS) for number in numbers)
        for name, numbers in found.items()
    }


@dataclass(frozen=True, slots=True)
class Overlap:
    """Which shares (0-1) of two outlines lie on the other one: that of which less does so, and that
    of which more does.

    The two are laid on each other as well as a small shift allows; `unmoved`: the
    lesser share where they lie.
    """

    least: float
    most: float
    unmoved: float
