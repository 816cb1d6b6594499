"""Owns form files: a TOML file in, a checked `Form` out, or every problem in it at once."""

import datetime
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from scanpipe.errors import FormError, UsageError
from scanpipe.language import LANGUAGES, Language, language_of

MAX_SESSIONS = 146
"""587 AprilTag 36h11 numbers, four corners to a session."""

SLIP_SIZES_MM = {
    "a5": (210.0, 148.0),
    "a6": (148.0, 105.0),
    "quarter-letter": (139.7, 107.9),
}
"""Width and height of the named slip sizes, all lying down."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]


def _known_language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"expected one of: {', '.join(LANGUAGES)}")
    return code


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Session(_Part):
    """One session that people evaluate; `name` is printed, read by OCR and shown."""

    id: Identifier
    name: Text


class Scale(_Part):
    """The row of smileys, saddest (1) to the left."""

    smileys: Annotated[int, Field(ge=2, le=7)] = 5


class SlipSize(_Part):
    """The slip's size; either a name or both millimetre figures."""

    size: Literal["a5", "a6", "quarter-letter"] | None = None
    width_mm: Annotated[float, Field(ge=100, le=300, strict=False)] | None = None
    height_mm: Annotated[float, Field(ge=90, le=300, strict=False)] | None = None

    @model_validator(mode="after")
    def _one_way_of_saying_it(self) -> "SlipSize":
        given = (self.width_mm is not None, self.height_mm is not None)
        if any(given) and (self.size is not None or not all(given)):
            raise ValueError("expected either size, or both width_mm and height_mm")
        return self

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
    date: datetime.date
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
    def _sessions_differ(self) -> "Form":
        for key in ("id", "name"):
            seen: dict[str, int] = {}
            for number, session in enumerate(self.sessions, start=1):
                value = " ".join(getattr(session, key).casefold().split())
                if value in seen:
                    raise ValueError(
                        f"sessions: {key} {getattr(session, key)!r} of session {number} is "
                        f"already that of session {seen[value]}; expected each to be different"
                    )
                seen[value] = number
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
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise FormError(
            f"there is no form file {path}", hint="See `scanpipe new --help`."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise FormError(f"{path} cannot be read as a UTF-8 text file: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise FormError(f"{path} is not valid TOML: {error}", hint=_TOML_HINT) from None
    return form_from_data(data, str(path))


def form_from_data(data: dict[str, Any], source: str) -> Form:
    """Check `data`, as TOML or JSON gives it; raise FormError naming `source` and every problem."""
    try:
        return Form.model_validate(data)
    except ValidationError as error:
        problems = tuple(_describe(dict(item)) for item in error.errors())
        noun = "problem" if len(problems) == 1 else "problems"
        raise FormError(
            f"{source} has {len(problems)} {noun}:", problems, hint="See forms/README.md."
        ) from None


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


_TOML_HINT = 'Text stands in "double quotes", and every key on a line of its own.'


def _describe(error: dict[str, Any]) -> str:
    """One line for one pydantic error: the key as it stands in the file, and what was expected."""
    where = ""
    for part in error["loc"]:
        where += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if where else ''}{part}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "missing":
        message = "is missing"
    elif error["type"] == "extra_forbidden":
        message = "is not a key that forms have"
    elif isinstance(error["input"], str | int | float | bool):
        message = f"{message} (found {error['input']!r})"
    return f"{where}: {message}" if where else message
