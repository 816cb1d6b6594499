"""Owns the parts of a form: what each key may hold, and what is refused in it."""

import datetime
import re
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from scanpipe.form_agreement import SCALE_KINDS
from scanpipe.form_problems import (
    EXPECTED,
    LEAST_WIDTH_MM,
    MAX_EXPECTED,
    MAX_TEXT,
    shown,
    visible_only,
)
from scanpipe.language import LANGUAGES
from scanpipe.messages import Sentence, later

SLIP_SIZES_MM = {
    "a5": (210.0, 148.0),
    "a6": (148.0, 105.0),
    "a7": (105.0, 74.0),
    "quarter-letter": (139.7, 107.9),
}
"""Width and height of the named slip sizes, all lying down."""

WHOLE_EVENT = "all"
"""Id of what is evaluated where slips know of no session."""

MAX_ANSWER = 24
"""Characters of a word to be marked; it stands under a circle."""

LIGHTEST_ACCENT = 150
"""Of 255; lighter print is lost by a scanner set to black and white."""

_MONTH = (
    "(jan|feb|mar|mrz|mär|mars|märz|march|apr|april|may|mai|maj|jun|jul|june|july|juni|juli|aug"
    "|sep|sept|oct|okt|nov|dec|des|dez)"
)
_EXCEL_REWRITES = re.compile(
    rf"0\d+|\d+e\d+|\d+-\d+(-\d+)?|\d{{12,}}|{_MONTH}-?\d{{1,4}}|\d{{1,2}}-?{_MONTH}",
    re.IGNORECASE,
)
"""01 becomes 1 in a spreadsheet, 1E5 becomes 100000, 3-4 and Apr3 become the third of April."""


def _one_line(text: str) -> str:
    """Tidy what people cannot see; refuse what would not be one line of text."""
    for sign in text.strip():
        if unicodedata.category(sign) in {"Cc", "Zl", "Zp"}:
            raise ValueError(
                Sentence(
                    later(
                        "expected one line of text; found a line break, tab or control character "
                        "in {text}"
                    ),
                    text=shown(text),
                )
            )
        if unicodedata.category(sign) in {"Cn", "Co", "Cs"}:
            raise ValueError(f"expected letters and signs; found U+{ord(sign):04X}, which is none")
    tidy = unicodedata.normalize("NFC", " ".join(visible_only(text).split()))
    if not 1 <= len(tidy) <= MAX_TEXT:
        wrong = later("expected 1 to {most} characters; found {count}")
        raise ValueError(Sentence(wrong, most=MAX_TEXT, count=len(tidy)))
    return tidy


def _readable(name: str) -> str:
    """Refuse a name that OCR has no chance with: every slip of it would need a person."""
    letters = [sign for sign in name if sign.isalpha()]
    latin = [sign for sign in letters if unicodedata.name(sign, "").startswith("LATIN")]
    if not any(sign.isalnum() for sign in name) or 2 * len(latin) < len(letters):
        raise ValueError(
            Sentence(
                later(
                    "expected a name in Latin letters, which is what reading the slips knows; "
                    "found {name}"
                ),
                name=shown(name),
            )
        )
    return name


def _safe_in_tables(session_id: str) -> str:
    """Refuse an id that a table already uses or that a spreadsheet changes on opening."""
    if session_id.casefold() == "total":
        wrong = later('expected another id; "total" is the last row of the summary')
        raise ValueError(Sentence(wrong))
    if _EXCEL_REWRITES.fullmatch(session_id):
        raise ValueError(
            Sentence(
                later(
                    "expected an id that Excel leaves as it is, such as S1; found {id}, which it "
                    "takes for a number or a date"
                ),
                id=shown(session_id),
            )
        )
    return session_id


def known_language(code: str) -> str:
    """Refuse a language whose words are not known."""
    if code not in LANGUAGES:
        wrong = later("expected {what}; found {found}")
        raise ValueError(Sentence(wrong, what=EXPECTED["language"], found=shown(code)))
    return code


def date_in_quotes(value: Any) -> Any:
    """Take a date as JSON and people write it, in quotes; leave everything else to the schema."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _dark_enough(colour: str) -> str:
    """Refuse a colour that a black-and-white copy would lose."""
    found = re.fullmatch(r"#([0-9a-fA-F]{6})", colour.strip())
    if not found:
        raise ValueError(f"expected {EXPECTED['look.accent']}; found {shown(colour)}")
    red, green, blue = (int(found[1][i : i + 2], 16) for i in (0, 2, 4))
    # ITU-R BT.601, as scanners and printers turn colour into grey.
    if 0.299 * red + 0.587 * green + 0.114 * blue > LIGHTEST_ACCENT:
        raise ValueError(
            f"expected a dark colour, that also prints in black and white; found {shown(colour)}"
        )
    return found[0].lower()


def lists_as_tuples(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return `data` with what stands under `keys`, lists in TOML, as the tuples of a model."""
    lists = {key: tuple(data[key]) for key in keys if isinstance(data.get(key), list)}
    return data | lists


ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
"""Ids stand in file names, in tables and in review.csv: what every computer can write."""

Text = Annotated[str, AfterValidator(_one_line)]
Identifier = Annotated[str, StringConstraints(pattern=ID_PATTERN)]


class Part(BaseModel):
    """A block of the form, or the form itself: no key but its own, nothing taken for another."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, serialize_by_alias=True, defer_build=True
    )


class Session(Part):
    """One session that people evaluate; `name` is printed, read by OCR and shown.

    `expected`: how many slips were handed in, if somebody has counted them.
    """

    id: Annotated[Identifier, AfterValidator(_safe_in_tables)]
    name: Annotated[Text, AfterValidator(_readable)]
    expected: Annotated[int, Field(ge=0, le=MAX_EXPECTED)] | None = None


Answer = Annotated[Text, StringConstraints(max_length=MAX_ANSWER)]


class Choice(Part):
    """One of the things of which people choose some, as the parallel sessions to sign up for."""

    id: Annotated[Identifier, AfterValidator(_safe_in_tables)]
    name: Text


class Scale(Part):
    """How people answer: a row of smileys, saddest (1) to the left, or of numbers, a few words,
    or so many of the form's choices. Five smileys, if nothing is said.
    """

    smileys: Annotated[int, Field(ge=2, le=7)] | None = None
    numbers: Annotated[int, Field(ge=2, le=10)] | None = None
    answers: Annotated[tuple[Answer, ...], Field(min_length=2, max_length=6)] | None = None
    choose: Annotated[int, Field(ge=1, le=5)] | None = None
    low: Answer | None = None
    high: Answer | None = None

    @model_validator(mode="before")
    @classmethod
    def _five_smileys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        said = any(data.get(kind) is not None for kind in SCALE_KINDS)
        return lists_as_tuples(data if said else data | {"smileys": 5}, "answers")


class Question(Part):
    """One of several questions about a session, with a row of its own on the slip."""

    id: Annotated[Identifier, AfterValidator(_safe_in_tables)]
    text: Text


class Comment(Part):
    """A box to write in."""

    prompt: Text | None = None
    height_mm: Annotated[float, Field(ge=10, le=150)] = 20.0


class Look(Part):
    """What makes the slip the organiser's own. `logo`: a PNG or SVG, its path from the form."""

    accent: Annotated[str, AfterValidator(_dark_enough)] | None = None
    logo: Text | None = None
    columns: Annotated[int, Field(ge=1, le=3)] | None = None
    lines: Literal["cut", "perforation", "none"] = "cut"


class Words(Part):
    """Words of the slip that stand in place of the language's own."""

    mark_one: Text | None = None
    change_of_mind: Text | None = None
    session: Text | None = None


class Slip(Part):
    """The slip's size, either a name or both millimetre figures, and how it tells its session.

    `session`: its name is printed on the slip, or marked among all names, or each has a row on
    one card, or there is none. `serial`: whether every slip has a random number of its own.
    """

    size: Literal["a5", "a6", "a7", "quarter-letter"] | None = None
    width_mm: Annotated[float, Field(ge=LEAST_WIDTH_MM, le=300)] | None = None
    height_mm: Annotated[float, Field(ge=70, le=300)] | None = None
    session: Literal["printed", "marked", "rows", "none"] = "printed"
    serial: bool = False

    @property
    def extent_mm(self) -> tuple[float, float]:
        """Width and height in mm."""
        if self.width_mm is not None and self.height_mm is not None:
            return self.width_mm, self.height_mm
        return SLIP_SIZES_MM[self.size or "a6"]
