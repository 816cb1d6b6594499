"""Owns how mistakes in a form file are told: the key, what was expected, what was found."""

import datetime
import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from scanpipe.form_agreement import MAX_CHOICES, MAX_ROWS, between_blocks
from scanpipe.language import LANGUAGES

MAX_SESSIONS = 146
"""587 AprilTag 36h11 numbers, four corners to a session."""

LEAST_WIDTH_MM = 95
"""Of a slip: three stand side by side on A4, 297 mm, and a title still has room between marks."""

MAX_TEXT = 200
"""Characters; no slip has room for more on a line or two."""

MAX_EXPECTED = 1_000_000
"""Slips of a session; more is a slip of the finger."""

SESSION_BLOCKS = (
    "a block under a [[sessions]] line of its own, in double brackets, for each session"
)

_ID = "letters without accents, digits, - and _ only, at most 40, the first a letter or digit"
_TEXT = f'a text in "double quotes", 1 to {MAX_TEXT} characters'

EXPECTED = {
    "id": _ID,
    "title": _TEXT,
    "date": "a date as year-month-day, such as 2016-09-23, without a time",
    "place": _TEXT,
    "language": "one of " + ", ".join(f'"{code}"' for code in LANGUAGES),
    "question": _TEXT,
    "scale": "a line [scale], in single brackets, with smileys = 5 below it",
    "scale.smileys": "a whole number from 2 to 7",
    "scale.numbers": "a whole number from 2 to 10",
    "scale.answers": '2 to 6 short answers, such as ["Yes", "No"]',
    "scale.answers[]": 'a short answer in "double quotes", at most 24 characters',
    "scale.choose": "a whole number from 1 to 5",
    "scale.low": 'a few words in "double quotes", at most 24 characters',
    "scale.high": 'a few words in "double quotes", at most 24 characters',
    "slip": '[slip] in single brackets, with size = "a6" below it',
    "slip.size": 'one of "a5", "a6", "a7", "quarter-letter"',
    "slip.width_mm": f"a number of millimetres from {LEAST_WIDTH_MM} to 300",
    "slip.height_mm": "a number of millimetres from 70 to 300",
    "slip.session": 'one of "printed", "marked", "rows", "none"',
    "slip.serial": "true or false, not in quotes",
    "sessions": f"{SESSION_BLOCKS}: at least 1, at most {MAX_SESSIONS}",
    "sessions[]": SESSION_BLOCKS,
    "sessions[].id": _ID,
    "sessions[].name": _TEXT,
    "sessions[].expected": f"a whole number from 0 to {MAX_EXPECTED}, not in quotes",
    "questions": f"a block under a [[questions]] line for each question, at most {MAX_ROWS}",
    "questions[]": "a block under a [[questions]] line of its own, in double brackets",
    "questions[].id": _ID,
    "questions[].text": _TEXT,
    "choices": f"a block under a [[choices]] line for each choice, at most {MAX_CHOICES}",
    "choices[]": "a block under a [[choices]] line of its own, in double brackets",
    "choices[].id": _ID,
    "choices[].name": _TEXT,
    "comment": "a line [comment], in single brackets",
    "comment.prompt": _TEXT,
    "comment.height_mm": "a number of millimetres from 10 to 150",
    "look": "a line [look], in single brackets",
    "look.accent": 'a colour such as "#0a6e5c"',
    "look.logo": 'the name of a PNG or SVG file beside the form, in "double quotes"',
    "look.columns": "1, 2 or 3",
    "look.lines": 'one of "cut", "perforation", "none"',
    "words": "a line [words], in single brackets",
    "words.mark_one": _TEXT,
    "words.change_of_mind": _TEXT,
    "words.session": _TEXT,
}
"""What each key may hold, in the words of someone who edits the file by hand."""

_LOOK_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухΑΒΕΖΗΙΚΜΝΟΡΤΥΧοѵ‐‑‒–—−‘’‚‛“”„",
    "ABESIJKMHOPCTYXaesijopcyxABEZHIKMNOPTYXov------''''\"\"\"",
)
"""Cyrillic and Greek letters, dashes and quotes that are printed like others."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def describe(error: Mapping[str, Any]) -> str:
    """Return one line for one pydantic error."""
    loc: tuple[str | int, ...] = error["loc"]
    where, kind = key_path(loc), "".join(_parts(loc, "[]"))
    expected = EXPECTED.get(kind, "")
    if error["type"] == "missing":
        return f"{where}: is missing; expected {expected}"
    if error["type"] == "extra_forbidden":
        return f"{where}: {_unknown_key(str(loc[-1]), kind)}"
    if error["type"] == "value_error":
        return f"{where}: {error['ctx']['error']}"
    return f"{where}: expected {expected}; found {shown(error['input'])}"


def key_path(loc: tuple[str | int, ...]) -> str:
    """Return a key as people find it in the file: `sessions[2].name` is the second session's."""
    return "".join(_parts(loc, ""))


def shown(value: object) -> str:
    """Return `value` about as it stands in the file, cut to one short line."""
    if isinstance(value, str):
        return '"' + _visible(value) + '"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "an empty list" if not value else f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a block of keys"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    try:
        return _visible(str(value))
    except ValueError:  # Python spells no whole number of more than 4300 digits
        return "a number of thousands of digits"


def contradictions(data: Mapping[str, Any]) -> list[str]:
    """Return what is wrong between keys that may each be fine alone. `data`: as TOML gives it."""
    slip = data.get("slip")
    return [
        *(_size_said_twice(slip) if isinstance(slip, Mapping) else ()),
        *between_blocks(data, EXPECTED["question"]),
        *_repeated(data, "sessions", "id"),
        *_repeated(data, "sessions", "name"),
        *_ids_that_are_names(data.get("sessions")),
        *_repeated(data, "questions", "id"),
        *_repeated(data, "questions", "text"),
        *_repeated(data, "choices", "id"),
        *_repeated(data, "choices", "name"),
    ]


def same_words(text: str) -> str:
    """Return `text` without what does not tell two names apart on paper: case, spaces, invisible
    signs, letters of another script that look like Latin ones, the kinds of dashes and quotes.
    """
    plain = unicodedata.normalize("NFKC", visible_only(text)).translate(_LOOK_ALIKE).casefold()
    return " ".join(plain.split())


def visible_only(text: str) -> str:
    """Return `text` without soft hyphens, zero-width spaces and the like, that pasting brings."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _parts(loc: tuple[str | int, ...], index: str) -> Iterator[str]:
    for place, part in enumerate(loc):
        if isinstance(part, int):
            yield index or f"[{part + 1}]"
        else:
            name = part if _BARE_KEY.fullmatch(part) else f'"{_visible(part)}"'
            yield f".{name}" if place else name


def _visible(text: str) -> str:
    short = text if len(text) <= 60 else text[:57] + "…"
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in short)


def _unknown_key(name: str, kind: str) -> str:
    """Say where a key belongs that stands in the wrong block, or which key may have been meant."""
    block = kind.rpartition(".")[0]
    here = [key.rpartition(".")[2] for key in EXPECTED if key.rpartition(".")[0] == block]
    here = [key for key in here if "[" not in key]
    if block and name in EXPECTED:
        return "belongs higher up in the file, above the first line in [brackets]"
    close = difflib.get_close_matches(name, here, n=1)
    meant = f"did you mean {close[0]}?" if close else f"expected only {', '.join(here)}"
    return f"is not a key that forms have here; {meant}"


def _size_said_twice(slip: Mapping[str, Any]) -> Iterator[str]:
    sides = [key for key in ("width_mm", "height_mm") if slip.get(key) is not None]
    if sides and (slip.get("size") is not None or len(sides) == 1):
        given = [key for key in ("size", *sides) if slip.get(key) is not None]
        yield (
            "slip: expected either size alone, or width_mm and height_mm together; "
            f"found {' and '.join(given)}"
        )


def _repeated(data: Mapping[str, Any], block: str, key: str) -> Iterator[str]:
    parts = data.get(block)
    if not isinstance(parts, list | tuple):
        return
    seen: dict[str, int] = {}
    for number, part in enumerate(parts, start=1):
        value = part.get(key) if isinstance(part, Mapping) else None
        if not isinstance(value, str) or not value.strip():
            continue
        first = seen.setdefault(same_words(value), number)
        if first != number:
            yield (
                f"{block}[{number}].{key}: expected every {block[:-1]} to have its own; "
                f"found {shown(value)}, as {block}[{first}] has"
            )


def _ids_that_are_names(sessions: object) -> Iterator[str]:
    """Find ids that another session is called by: in review.csv either would do for a session."""
    if not isinstance(sessions, list | tuple):
        return
    texts = [each if isinstance(each, Mapping) else {} for each in sessions]
    named = {
        same_words(text): number
        for number, each in enumerate(texts, start=1)
        if isinstance(text := each.get("name"), str)
    }
    for number, each in enumerate(texts, start=1):
        value = each.get("id")
        other = named.get(same_words(value)) if isinstance(value, str) else None
        if other not in (None, number):
            yield (
                f"sessions[{number}].id: expected an id that no other session is called by; "
                f"found {shown(value)}, the name of sessions[{other}]"
            )
