"""Owns how mistakes in a form file are told: the key, what was expected, what was found."""

import datetime
import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from scanpipe.form_agreement import MAX_CHOICES, MAX_ROWS, between_blocks
from scanpipe.language import LANGUAGES
from scanpipe.messages import Sentence, later

MAX_SESSIONS = 146
"""587 AprilTag 36h11 numbers, four corners to a session."""

LEAST_WIDTH_MM = 95
"""Of a slip: three stand side by side on A4, 297 mm, and a title still has room between marks."""

MAX_TEXT = 200
"""Characters; no slip has room for more on a line or two."""

MAX_EXPECTED = 1_000_000
"""Slips of a session; more is a slip of the finger."""

SESSION_BLOCKS = Sentence(
    later("a block under a [[sessions]] line of its own, in double brackets, for each session")
)

_ID = Sentence(
    later("letters without accents, digits, - and _ only, at most 40, the first a letter or digit")
)
_TEXT = Sentence(later('a text in "double quotes", 1 to {count} characters'), count=MAX_TEXT)
_FEW_WORDS = Sentence(later('a few words in "double quotes", at most 24 characters'))


def _one_of(*values: str) -> Sentence:
    return Sentence(later("one of {values}"), values=", ".join(f'"{each}"' for each in values))


def _whole_number(least: int, most: int) -> Sentence:
    return Sentence(later("a whole number from {least} to {most}"), least=least, most=most)


def _millimetres(least: int, most: int) -> Sentence:
    return Sentence(later("a number of millimetres from {least} to {most}"), least=least, most=most)


def _block(name: str) -> Sentence:
    return Sentence(later("a line [{name}], in single brackets"), name=name)


def _blocks(name: str, what: Sentence, most: int) -> Sentence:
    return Sentence(
        later("a block under a [[{name}]] line for each {what}, at most {most}"),
        name=name,
        what=what,
        most=most,
    )


def _one_block(name: str) -> Sentence:
    return Sentence(
        later("a block under a [[{name}]] line of its own, in double brackets"), name=name
    )


_KINDS = {
    "sessions": Sentence(later("session")),
    "questions": Sentence(later("question")),
    "choices": Sentence(later("choice")),
}

EXPECTED: dict[str, str] = {
    "id": _ID,
    "title": _TEXT,
    "date": Sentence(later("a date as year-month-day, such as 2016-09-23, without a time")),
    "place": _TEXT,
    "language": _one_of(*LANGUAGES),
    "question": _TEXT,
    "scale": Sentence(later("a line [scale], in single brackets, with smileys = 5 below it")),
    "scale.smileys": _whole_number(2, 7),
    "scale.numbers": _whole_number(2, 10),
    "scale.answers": Sentence(later('2 to 6 short answers, such as ["Yes", "No"]')),
    "scale.answers[]": Sentence(later('a short answer in "double quotes", at most 24 characters')),
    "scale.choose": _whole_number(1, 5),
    "scale.low": _FEW_WORDS,
    "scale.high": _FEW_WORDS,
    "slip": Sentence(later('[slip] in single brackets, with size = "a6" below it')),
    "slip.size": _one_of("a5", "a6", "a7", "quarter-letter"),
    "slip.width_mm": _millimetres(LEAST_WIDTH_MM, 300),
    "slip.height_mm": _millimetres(70, 300),
    "slip.session": _one_of("printed", "marked", "rows", "none"),
    "slip.serial": Sentence(later("true or false, not in quotes")),
    "sessions": Sentence(
        later("{blocks}: at least 1, at most {most}"), blocks=SESSION_BLOCKS, most=MAX_SESSIONS
    ),
    "sessions[]": SESSION_BLOCKS,
    "sessions[].id": _ID,
    "sessions[].name": _TEXT,
    "sessions[].expected": Sentence(
        later("a whole number from {least} to {most}, not in quotes"), least=0, most=MAX_EXPECTED
    ),
    "questions": _blocks("questions", _KINDS["questions"], MAX_ROWS),
    "questions[]": _one_block("questions"),
    "questions[].id": _ID,
    "questions[].text": _TEXT,
    "choices": _blocks("choices", _KINDS["choices"], MAX_CHOICES),
    "choices[]": _one_block("choices"),
    "choices[].id": _ID,
    "choices[].name": _TEXT,
    "comment": _block("comment"),
    "comment.prompt": _TEXT,
    "comment.height_mm": _millimetres(10, 150),
    "look": _block("look"),
    "look.accent": Sentence(later('a colour such as "#0a6e5c"')),
    "look.logo": Sentence(
        later('the name of a PNG or SVG file beside the form, in "double quotes"')
    ),
    "look.columns": Sentence(later("1, 2 or 3")),
    "look.lines": _one_of("cut", "perforation", "none"),
    "words": _block("words"),
    "words.mark_one": _TEXT,
    "words.change_of_mind": _TEXT,
    "words.session": _TEXT,
}
"""What each key may hold, in the words of someone who edits the file by hand."""

_AT = "{where}: {what}"
"""The same in every language."""

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
        missing = later("{where}: is missing; expected {expected}")
        return Sentence(missing, where=where, expected=expected)
    if error["type"] == "extra_forbidden":
        return Sentence(_AT, where=where, what=_unknown_key(str(loc[-1]), kind))
    if error["type"] == "value_error":
        return Sentence(_AT, where=where, what=error["ctx"]["error"].args[0])
    wrong = later("{where}: expected {expected}; found {found}")
    return Sentence(wrong, where=where, expected=expected, found=shown(error["input"]))


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
        return Sentence(later("belongs higher up in the file, above the first line in [brackets]"))
    close = difflib.get_close_matches(name, here, n=1)
    if close:
        return Sentence(
            later("is not a key that forms have here; did you mean {key}?"), key=close[0]
        )
    return Sentence(
        later("is not a key that forms have here; expected only {keys}"), keys=", ".join(here)
    )


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
            yield Sentence(
                later(
                    "{where}: expected every {what} to have its own; found {found}, as {other} has"
                ),
                where=f"{block}[{number}].{key}",
                what=_KINDS[block],
                found=shown(value),
                other=f"{block}[{first}]",
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
            yield Sentence(
                later(
                    "{where}: expected an id that no other session is called by; found {found}, "
                    "the name of {other}"
                ),
                where=f"sessions[{number}].id",
                found=shown(value),
                other=f"sessions[{other}]",
            )
