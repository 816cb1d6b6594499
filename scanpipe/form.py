"""Owns form files: a TOML file in, a checked `Form` out, or every problem in it at once."""

import dataclasses
import datetime
import re
import tomllib
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from scanpipe.errors import FormError, UsageError
from scanpipe.form_agreement import MAX_CHOICES, MAX_ROWS, knows_no_session
from scanpipe.form_parts import (
    ID_PATTERN,
    WHOLE_EVENT,
    Choice,
    Comment,
    Identifier,
    Look,
    Part,
    Question,
    Scale,
    Session,
    Slip,
    Text,
    Words,
    date_in_quotes,
    known_language,
    lists_as_tuples,
)
from scanpipe.form_problems import MAX_SESSIONS, contradictions, describe, shown
from scanpipe.language import Language, language_of
from scanpipe.messages import Sentence, later

__all__ = [
    "ID_PATTERN",
    "Choice",
    "Form",
    "Question",
    "Session",
    "find_form",
    "form_from_data",
    "load_form",
]

MAX_BYTES = 512 * 1024
"""A form with as many sessions as there can be, every text as long as it may be, has 100 kB."""

MAX_DOTS = 100
"""On one line: the memory that a key with dots in it takes grows with the square of their number,
and forms need none.
"""

MAX_PROBLEMS = 100
"""Nobody reads more, and a form of 10,000 sessions would have many."""


class Form(Part):
    """One event: what is printed on its slips, and what may be read from them.

    `question` is the one question, "" where there are several. `sessions` are what is evaluated;
    where slips know of none, there is one, for the tables.
    """

    id: Identifier
    title: Text
    date: Annotated[datetime.date, BeforeValidator(date_in_quotes)]
    place: Text
    language: Annotated[str, AfterValidator(known_language)]
    question: Text = ""
    scale: Scale = Field(default_factory=lambda: Scale(smileys=5))
    slip: Slip = Slip()
    sessions: Annotated[tuple[Session, ...], Field(min_length=1, max_length=MAX_SESSIONS)]
    questions: Annotated[tuple[Question, ...], Field(max_length=MAX_ROWS)] = ()
    choices: Annotated[tuple[Choice, ...], Field(max_length=MAX_CHOICES)] = ()
    comment: Comment | None = None
    look: Look = Look()
    own_words: Annotated[Words, Field(alias="words")] = Words()

    @model_validator(mode="before")
    @classmethod
    def _as_model(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        data = lists_as_tuples(data, "sessions", "questions", "choices")
        if data.get("question") == "" and data.get("questions"):
            data = {key: value for key, value in data.items() if key != "question"}
        if knows_no_session(data) and "sessions" not in data:
            return data | {"sessions": (Session(id=WHOLE_EVENT, name=WHOLE_EVENT),)}
        return data

    @model_validator(mode="after")
    def _keys_agree(self) -> "Form":
        found = contradictions(self.model_dump())
        if found:
            raise ValueError("\n".join(found))
        return self

    @property
    def words(self) -> Language:
        """The words and habits of the form's language, with what the form says instead."""
        own = {key: word for key, word in self.own_words if word is not None}
        return dataclasses.replace(language_of(self.language), **own)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that Tesseract needs to read the slips: none where no name is printed."""
        return (self.words.tesseract,) if self.slip.session == "printed" else ()

    @property
    def kinds(self) -> tuple[Session | None, ...]:
        """The kinds of slips that are printed: one for each session, or one for all (None)."""
        return self.sessions if self.slip.session == "printed" else (None,)

    @property
    def targets(self) -> int:
        """How many things to mark stand in a row."""
        scale = self.scale
        return scale.smileys or scale.numbers or len(scale.answers or self.choices)

    @property
    def answer_names(self) -> tuple[str, ...]:
        """What to call each rating, from 1: its number, its word, or the choices that it is of."""
        if self.scale.answers:
            return self.scale.answers
        if self.scale.choose:
            ids = (choice.id for choice in self.choices)
            return tuple(map("+".join, combinations(ids, self.scale.choose)))
        return tuple(str(rating) for rating in range(1, self.targets + 1))

    @property
    def ratings(self) -> int:
        """How many different answers there are to a question."""
        return len(self.answer_names)

    @property
    def is_scale(self) -> bool:
        """Whether ratings have an order and a mean."""
        return bool(self.scale.smileys or self.scale.numbers)

    @property
    def rows(self) -> tuple[Session | Question | None, ...]:
        """What each row on the slip is about; None for the only row."""
        if self.slip.session == "rows":
            return self.sessions
        return self.questions or (None,)


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
    blocks = ("sessions", "questions", "choices")
    echo = error["type"] == "too_short" and len(error["input"]) > 0 and error["loc"][0] in blocks
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
            (Sentence(later("line {number}: {line}"), number=number, line=shown(line)[1:-1]),)
            if line
            else (),
            hint=_TOML_HINT,
        ) from None


_TOML_HINT = (
    'A key, =, and its value stand on a line of their own; text stands in "double quotes" '
    '(language = "nb"), numbers do not, and a date is year-month-day (date = 2016-09-23).'
)
