"""Owns what the blocks of a form ask of each other: which of them go together, and which do not.

All work on the data as TOML gives it, where anything may be of the wrong kind or missing.
"""

from collections.abc import Iterator, Mapping
from math import comb
from typing import Any

from scanpipe.messages import Sentence, later

WORDS_OF_REVIEW = ("ok", "blank", "void")

SCALE_KINDS = ("smileys", "numbers", "answers", "choose")

MAX_ROWS = 6
"""More rows have no room, and nobody fills them in standing up."""

MAX_CHOICES = 10
MAX_COMBINATIONS = 120
"""Different answers to a choice; more say nothing in a table."""


def between_blocks(data: Mapping[str, Any], question: str) -> Iterator[str]:
    """Yield what does not go together; `question` says what is expected of that key."""
    yield from _questions(data, question)
    yield from _sessions(data)
    yield from _scale(_block(data, "scale"), data)


def knows_no_session(data: Mapping[str, Any]) -> bool:
    """Whether the slips neither name nor ask for a session."""
    return _block(data, "slip").get("session") == "none"


def _questions(data: Mapping[str, Any], expected: str) -> Iterator[str]:
    questions, by_rows = _count(data, "questions"), _by(data, "rows")
    if not questions and data.get("question") in (None, ""):
        missing = later("{where}: is missing; expected {expected}")
        yield Sentence(missing, where="question", expected=expected)
    if questions and by_rows:
        yield (
            '[[questions]]: expected none where slip.session is "rows", as each row is about a '
            f"session; found {questions}"
        )
    if questions and data.get("question"):
        yield Sentence(later("question: expected either one question or [[questions]]; found both"))


def _sessions(data: Mapping[str, Any]) -> Iterator[str]:
    count = _count(data, "sessions")
    if knows_no_session(data):
        if count > 1:
            yield f'sessions: expected none where slip.session is "none"; found {count}'
    elif _by(data, "marked") and not 2 <= count <= MAX_CHOICES:
        yield (
            f'sessions: expected 2 to {MAX_CHOICES} where slip.session is "marked", as people '
            f"mark theirs in a row; found {count}"
        )
    elif _by(data, "rows") and count > MAX_ROWS:
        yield (
            f'sessions: expected at most {MAX_ROWS} where slip.session is "rows", as each has a '
            f"row; found {count}"
        )


def _scale(scale: Mapping[str, Any], data: Mapping[str, Any]) -> Iterator[str]:
    said = [kind for kind in SCALE_KINDS if scale.get(kind) is not None]
    if len(said) > 1:
        yield f"scale: expected one of {', '.join(SCALE_KINDS)}; found {' and '.join(said)}"
    for key in ("low", "high"):
        if scale.get(key) is not None and "numbers" not in said:
            yield f"scale.{key}: stands below the first or last of numbers, and there are none"
    answers = scale.get("answers")
    if isinstance(answers, list | tuple):
        folded = [str(answer).casefold().strip() for answer in answers]
        if len(set(folded)) < len(folded):
            yield "scale.answers: expected answers that differ; found one twice"
        for answer in answers:
            yield from _taken_words("scale.answers", answer, numbers=True)
    yield from _choices(scale.get("choose"), _count(data, "choices"))
    for number, choice in enumerate(_blocks(data, "choices"), start=1):
        for key in ("id", "name"):
            yield from _taken_words(f"choices[{number}].{key}", choice.get(key), numbers=False)


def _taken_words(key: str, answer: object, *, numbers: bool) -> Iterator[str]:
    """Yield a problem if an answer would be taken for something else when it is typed; `numbers`:
    whether a number would, too.
    """
    word = answer.casefold().strip() if isinstance(answer, str) else ""
    if word in WORDS_OF_REVIEW or (numbers and word.isdecimal()):
        yield (
            f'{key}: expected another word; found "{word}", which means something else when an '
            "answer is typed into review.csv"
        )


def _choices(choose: object, count: int) -> Iterator[str]:
    if not isinstance(choose, int):
        if count:
            yield "[[choices]]: expected only with [scale] choose = ..., how many people mark"
    elif count <= choose:
        yield (
            f"[[choices]]: expected more than the {choose} that people choose, a block for each; "
            f"found {count}"
        )
    elif comb(count, choose) > MAX_COMBINATIONS:
        yield (
            f"scale.choose: {choose} of {count} can be chosen in {comb(count, choose)} ways; "
            f"expected at most {MAX_COMBINATIONS}"
        )


def _block(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    block = data.get(key)
    return block if isinstance(block, Mapping) else {}


def _by(data: Mapping[str, Any], way: str) -> bool:
    return _block(data, "slip").get("session") == way


def _blocks(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    blocks = data.get(key)
    listed = blocks if isinstance(blocks, list | tuple) else ()
    return [block if isinstance(block, Mapping) else {} for block in listed]


def _count(data: Mapping[str, Any], key: str) -> int:
    return len(_blocks(data, key))
