"""Owns what a list of sessions means: lines that were typed or pasted, a short code before each."""

import re
from collections.abc import Iterable, Sequence
from itertools import count

from scanpipe.form_problems import same_words
from scanpipe.starting.headings import CODE_HEADS, NAME_HEADS, folded

Blocks = list[dict[str, str]]
"""Sessions as a form file has them: `id` and `name`."""

_BULLET = re.compile(r"^[•◦▪‣·*–—-]\s+")
"""What Word puts before the lines of a list."""

_OF_SESSION = re.compile(r"sessions\[(\d+)\]\.")

_CODED = re.compile(r"(?P<code>[A-Za-z0-9][A-Za-z0-9_-]{0,7})\s*[;\t]\s*(?P<name>\S.*)")


def sessions_from_lines(lines: Iterable[str]) -> Blocks:
    """Return the sessions in `lines`, empty ones left out.

    A short code may stand before the name, with a semicolon or a tab between, as cells copied
    from Excel have; a session without one is called S1, S2 ... by its place.
    """
    texts = [_BULLET.sub("", line.strip()) for line in lines]
    texts = [text for text in texts if text]
    return numbered([_pair(text) for text in texts[_is_header(texts[:1]) :]])


def numbered(pairs: Sequence[tuple[str, str]]) -> Blocks:
    """Return sessions of `pairs` of code and name, with an id of its own where the code is ""."""
    taken = {same_words(code) for code, _ in pairs if code}
    blocks: Blocks = []
    for place, (code, name) in enumerate(pairs, start=1):
        session_id = code or next(
            free for number in count(place) if same_words(free := f"S{number}") not in taken
        )
        taken.add(same_words(session_id))
        blocks.append({"id": session_id, "name": name})
    return blocks


def bad_places(problems: Iterable[str]) -> list[int]:
    """Return the places, from 0, of the sessions that `problems` of a form are about.

    None if one of them is about anything else: then it is the list that is wrong.
    """
    found = [_OF_SESSION.match(problem) for problem in problems]
    return sorted({int(each[1]) - 1 for each in found if each}) if all(found) else []


def with_other(blocks: Blocks, place: int, typed: str, *, keep_id: bool) -> Blocks:
    """Return `blocks` with what was `typed` at `place`; nothing typed leaves that session out.

    Without a code in what was typed, it has the same id, or one by its place if not `keep_id`.
    """
    pairs = [(each["id"], each["name"]) for each in blocks]
    old = pairs[place][0] if keep_id else ""
    new = [_pair(text) for text in filter(None, [_BULLET.sub("", typed.strip())])]
    pairs[place : place + 1] = [(code or old, name) for code, name in new]
    return numbered(pairs)


def is_code(text: str) -> bool:
    """Tell whether `text` is a short code, and not a word of a name: P1, F, 3, HALL."""
    found = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,7}", text)
    return bool(found) and (len(text) <= 3 or text.isupper() or any(map(str.isdigit, text)))


def _pair(text: str) -> tuple[str, str]:
    found = _CODED.fullmatch(text)
    if found and is_code(found["code"]):
        return found["code"], found["name"]
    return "", text


def _is_header(first: Sequence[str]) -> bool:
    """Tell whether the `first` line, if there is one, only says what the columns are."""
    cells = folded([cell for text in first for cell in re.split("[;\t]", text)])
    return len(cells) == 2 and cells[0] in CODE_HEADS and cells[1] in NAME_HEADS
