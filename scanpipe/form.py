"""Owns form files: a TOML file in, a checked `Form` out, or every problem in it at once."""

import datetime
import re
import tomllib
import unicodedata
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from scanpipe.errors import FormError, UsageError
from scanpipe.form_problems import (
    EXPECTED,
    MAX_EXPECTED,
    MAX_SESSIONS,
    MAX_TEXT,
    contradictions,
    describe,
    shown,
    visible_only,
)
from scanpipe.language import LANGUAGES, Language, language_of

SLIP_SIZES_MM = {
    "a5": (210.0, 148.0),
    "a6": (148.0, 105.0),
    "quarter-letter": (139.7, 107.9),
}
"""Width and height of the named slip sizes, all lying down."""

MAX_BYTES = 512 * 1024
"""A form with as many sessions as there can be, every text as long as it may be, has 100 kB."""

MAX_DOTS = 100
"""On one line: the memory that a key with dots in it takes grows with the square of their number,
and forms need none.
"""

MAX_PROBLEMS = 100
"""Nobody reads more, and a form of 10,000 sessions would have many."""

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
                f"expected one line of text; found a line break, tab or control character "
                f"in {shown(text)}"
            )
        if unicodedata.category(sign) in {"Cn", "Co", "Cs"}:
            raise ValueError(f"expected letters and signs; found U+{ord(sign):04X}, which is none")
    tidy = unicodedata.normalize("NFC", " ".join(visible_only(text).split()))
    if not 1 <= len(tidy) <= MAX_TEXT:
        raise ValueError(f"expected 1 to {MAX_TEXT} characters; found {len(tidy)}")
    return tidy


def _readable(name: str) -> str:
    """Refuse a name that OCR has no chance with: every slip of it would need a person."""
    letters = [sign for sign in name if sign.isalpha()]
    latin = [sign for sign in letters if unicodedata.name(sign, "").startswith("LATIN")]
    if not any(sign.isalnum() for sign in name) or 2 * len(latin) < len(letters):
        raise ValueError(
            f"expected a name in Latin letters, which is what reading the slips knows; "
            f"found {shown(name)}"
        )
    return name


def _safe_in_tables(session_id: str) -> str:
    """Refuse an id that a table already uses or that a spreadsheet changes on opening."""
    if session_id.casefold() == "total":
        raise ValueError('expected another id; "total" is the last row of the summary')
    if _EXCEL_REWRITES.fullmatch(session_id):
        raise ValueError(
            f"expected an id that Excel leaves as it is, such as S1; "
            f"found {shown(session_id)}, which it takes for a number or a date"
        )
    return session_id


def _known_language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"expected {EXPECTED['language']}; found {shown(code)}")
    return code


def _date_in_quotes(value: Any) -> Any:
    """Take a date as JSON and people write it, in quotes; leave everything else to the schema."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            return value
    return value


ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
"""Ids stand in file names, in tables and in review.csv: what every computer can write."""

Text = Annotated[str, AfterValidator(_one_line)]
Identifier = Annotated[str, StringConstraints(pattern=ID_PATTERN)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Session(_Part):
    """One session that people evaluate; `name` is printed, read by OCR and shown.

    `expected`: how many slips were handed in, if somebody has counted them.
    """

    id: Annotated[Identifier, AfterValidator(_safe_in_tables)]
    name: Annotated[Text, AfterValidator(_readable)]
    expected: Annotated[int, Field(ge=0, le=MAX_EXPECTED)] | None = None


class Scale(_Part):
    """The row of smileys, saddest (1) to the left."""

    smileys: Annotated[int, Field(ge=2, le=7)] = 5


class SlipSize(_Part):
    """The slip's size; either a name or both millimetre figures."""

    size: Literal["a5", "a6", "quarter-letter"] | None = None
    width_mm: Annotated[float, Field(ge=100, le=300)] | None = None
    height_mm: Annotated[float, Field(ge=90, le=300)] | None = None

    @property
    def extent_mm(self) -> tuple[float, float]:
        """Width and height in mm."""
        if self.width_mm is not None and self.height_mm is not None:
            return self.width_mm, self.height_mm
        return SLIP_SIZES_MM[self.size or "a6"]


class Form(_Part):
    """One event: what is printed on its slips, and what may be read from them."""

    id: Identifier
    title: Text
    date: Annotated[datetime.date, BeforeValidator(_date_in_quotes)]
    place: Text
    language: Annotated[str, AfterValidator(_known_language)]
    question: Text
    scale: Scale = Scale()
    slip: SlipSize = SlipSize()
    sessions: Annotated[tuple[Session, ...], Field(min_length=1, max_length=MAX_SESSIONS)]

    @model_validator(mode="before")
    @classmethod
    def _sessions_as_tuple(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("sessions"), list):
            return data | {"sessions": tuple(data["sessions"])}
        return data

    @model_validator(mode="after")
    def _keys_agree(self) -> "Form":
        found = contradictions(self.model_dump())
        if found:
            raise ValueError("\n".join(found))
        return self

    @property
    def words(self) -> Language:
        """The words and habits of the form's language."""
        return language_of(self.language)

    def session_index(self, session_id: str) -> int:
        """Return the place of a session in the form, from 0; raise KeyError if there is none."""
        for index, session in enumerate(self.sessions):
            if session.id == session_id:
                return index
        raise KeyError(session_id)


def load_form(path: Path) -> Form:
    """Read and check the form file at `path`; raise FormError naming every problem in it."""
    return form_from_data(_toml(_text_of(path), path), str(path))


def form_from_data(data: dict[str, Any], source: str) -> Form:
    """Check `data`, as TOML or JSON gives it; raise FormError naming `source` and every problem."""
    try:
        return Form.model_validate(data)
    except ValidationError as error:
        # What contradicts itself is looked for in the data: pydantic would only get to it
        # when nothing else is wrong, and the organiser would have to try twice.
        causes = [dict(item) for item in error.errors() if _is_a_cause(dict(item))]
        between = contradictions(data)
    count = len(causes) + len(between)
    told = [*map(describe, causes[:MAX_PROBLEMS]), *between][:MAX_PROBLEMS]
    if count > len(told):
        told.append(f"and {count - len(told)} more")
    noun = "problem" if count == 1 else "problems"
    raise FormError(f"{source} has {count} {noun}:", tuple(told), hint="See forms/README.md.")


def find_form(folder: Path) -> Path:
    """Return the only form file in `folder`; raise UsageError listing them if there are more."""
    found = sorted(folder.glob("*.toml"))
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"there is no form file in {folder}/",
            "Name one with --form, or make one with `scanpipe new ID`.",
        )
    names = "\n".join(f"  - {path}" for path in found)
    raise UsageError(f"{folder}/ holds {len(found)} forms:\n{names}", "Name one with --form.")


def _is_a_cause(error: dict[str, Any]) -> bool:
    """Tell an own mistake from pydantic's echo of others: all items wrong leaves too few."""
    echo = error["type"] == "too_short" and len(error["input"]) > 0
    return bool(error["loc"]) and not echo


def _text_of(path: Path) -> str:
    try:
        return _bytes_of(path).decode("utf-8-sig")
    except FileNotFoundError:
        raise FormError(f"there is no form file {path}", hint=_others_beside(path)) from None
    except UnicodeDecodeError:
        raise FormError(
            f"{path} is not a text file in UTF-8", hint="Save it again with the encoding UTF-8."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FormError(f"the form file {path} cannot be read: {reason}") from None


def _bytes_of(path: Path) -> bytes:
    """Return what the file holds; a pipe, which might never end, is not opened."""
    if path.is_dir():
        raise FormError(f"{path} is a folder, not a form file", hint=_others_beside(path / "x"))
    if path.exists() and not path.is_file():
        raise FormError(f"{path} is a pipe or a device, not a form file")
    if path.is_symlink() and not path.exists():
        raise FormError(
            f"{path} is a link to {path.readlink()}, which is not there",
            hint="Put the form file itself in its place.",
        )
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise FormError(
            f"{path} is larger than {MAX_BYTES // 1024} kB: that is no form file",
            hint="`scanpipe new ID` makes one to fill in.",
        )
    return content


def _others_beside(path: Path) -> str:
    found = sorted(other.name for other in path.parent.glob("*.toml"))
    near = get_close_matches(path.name, found, n=1)
    if near:
        return f"Did you mean {path.parent / near[0]}?"
    listed = f"There is: {', '.join(found)}. " if found else ""
    return f"{listed}`scanpipe new ID` makes one."


def _toml(text: str, path: Path) -> dict[str, Any]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MAX_DOTS and not line.lstrip().startswith("#"):
            raise FormError(
                f"{path} is not a form file: expected at most {MAX_DOTS} dots on a line; "
                f"found {line.count('.')}",
                (f"line {number}: {shown(line.strip())[1:-1]}",),
            )
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise FormError(f"{path} is not a form file: brackets in brackets without end") from None
    except ValueError as error:  # TOMLDecodeError is one, and so is a number of 5000 digits
        what = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a number is too long"
        place = re.search(r"line (\d+)", what)
        number = int(place[1]) if place else len(text.splitlines())
        lines = text.split("\n")
        line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        raise FormError(
            f"{path} cannot be understood: {what}",
            (f"line {number}: {shown(line)[1:-1]}",) if line else (),
            hint=_TOML_HINT,
        ) from None


_TOML_HINT = (
    'A key, =, and its value stand on a line of their own; text stands in "double quotes" '
    '(language = "nb"), numbers do not, and a date is year-month-day (date = 2016-09-23).'
)
