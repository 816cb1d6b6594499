"""Owns for which session of the results a printed slip counts, after the form has changed.

A slip counts for the session that has the name printed on it. If none has that name any more, and
the session that has its id in the form has a name that no slip was ever printed with, that is its
new name; or if that one's name is the same but for its spelling. Otherwise it stays what was
printed, so that two sessions on paper never come to one.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from pydantic import ValidationError
from rapidfuzz.distance import Levenshtein

from scanpipe.form import Form, Session
from scanpipe.form_problems import same_words
from scanpipe.printed.answers import agreed, reworded
from scanpipe.printed.model import Printed, PrintedSession

SAME_NAME = 0.8
"""Likeness of a name to itself with a mistake or two mended."""

_NUMBERS = re.compile(r"[0-9]+|\b\w\b")

LONGEST_ID = 40
"""Characters, as in forms."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a session that was `printed` on the slips of `slots`; `now` it is called so.

    `gone`: it is not in the form any more; `holder` is the form's session that has its id now.
    """

    slots: tuple[int, ...]
    printed: PrintedSession
    now: Session
    gone: bool = False
    holder: Session | None = None


@dataclass(frozen=True, slots=True)
class FieldNames:
    """What the session fields of one layout may say: each of `names`, to be read from them.

    `place`: slot -> the place in `names` of what its field must show. `sessions`: for each name,
    the place of the session that it counts for. Empty for slips without a session field.
    """

    names: tuple[str, ...]
    place: Mapping[int, int]
    sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """For which of `sessions` slips count: those of the form, then those only printed.

    `places`: for each slot the places in `sessions` of what stands on the slip, in its order.
    `fields`: by layout. `reworded`: questions as last printed, and as the form has them.
    """

    sessions: tuple[Session, ...]
    places: tuple[tuple[int, ...], ...]
    fields: tuple[FieldNames, ...]
    changes: tuple[Change, ...]
    reworded: tuple[tuple[str, str], ...]


def sessions_of(printed: Printed, form: Form) -> Counting:
    """Return for which sessions the slips that were `printed` count, by `form` as it is now.

    Raises FormError if answers on the slips do not mean what the form now says.
    """
    agreed(printed.answers, form)
    named = _named(printed)
    found = _in_form(printed, form, named)
    gone = {key: name for key, name in named.items() if key not in found}
    sessions = (*form.sessions, *_own_sessions(gone, form))
    found |= {key: place for place, key in enumerate(gone, start=len(form.sessions))}
    return Counting(
        sessions=sessions,
        places=_places(printed, found),
        fields=tuple(_field(printed, layout, found) for layout in range(len(printed.layouts))),
        changes=tuple(_changes(named, found, sessions, form)),
        reworded=tuple(reworded(printed.answers, form)),
    )


@dataclass(frozen=True, slots=True)
class _Name:
    """A name on paper: the slots of all slips with it, and the session as last printed."""

    slots: tuple[int, ...]
    last: PrintedSession


def _key(name: str) -> str:
    """Return what tells a name or an id from others, as forms do."""
    return same_words(name)


def _named(printed: Printed) -> dict[str, _Name]:
    """Return all names that slips were printed with, in the order of their first slots."""
    named: dict[str, _Name] = {}
    for slip in printed.slips:
        for session in slip.sessions:
            key = _key(session.name)
            before = named[key].slots if key in named else ()
            named[key] = _Name((*before, slip.slot), session)
    return named


def _in_form(printed: Printed, form: Form, named: Mapping[str, _Name]) -> dict[str, int]:
    """Return for the names that the form still has, or has changed, the place of their session."""
    by_name = {_key(each.name): place for place, each in enumerate(form.sessions)}
    by_id = {_key(each.id): place for place, each in enumerate(form.sessions)}
    ids_of_name = defaultdict(set)
    for each in (each for slip in printed.slips for each in slip.sessions):
        ids_of_name[_key(each.name)].add(_key(each.id))
    last = {_key(each.name) for slot in printed.last_slots for each in printed.slips[slot].sessions}
    renamed = {}
    for key, name in named.items():
        own = _key(name.last.id)
        now = _key(form.sessions[by_id[own]].name) if own in by_id else ""
        if not now or ids_of_name[now] - {own}:
            continue
        # Who was not on the slips of the last printing was gone already: its id was free since.
        if (now not in named and key in last) or _corrected(key, now):
            renamed[key] = by_id[own]
    return renamed | {key: place for key, place in by_name.items() if key in named}


def _corrected(before: str, now: str) -> bool:
    """Whether a name is another one with its spelling mended: what tells sessions apart is often
    but a number or a letter, and that must be the same.
    """
    return Levenshtein.normalized_similarity(before, now) >= SAME_NAME and _NUMBERS.findall(
        before
    ) == _NUMBERS.findall(now)


def _own_sessions(gone: Mapping[str, _Name], form: Form) -> list[Session]:
    """Return sessions of their own for names that are not in the form: their id, if it is free.

    Where two were printed with one id, it is the later's.
    """
    taken = {_key(text) for each in form.sessions for text in (each.id, each.name)}
    ids: dict[str, str] = {}

    def is_free(session_id: str, key: str) -> bool:
        own = _key(session_id)
        return own not in taken and (own == key or own not in gone)

    def give(session_id: str, key: str) -> None:
        ids[key] = session_id
        taken.add(_key(session_id))

    for key, name in sorted(gone.items(), key=lambda item: item[1].slots[-1], reverse=True):
        if is_free(name.last.id, key):
            give(name.last.id, key)
    for key, name in gone.items():
        if key not in ids:
            others = filter(_may_be, _numbered(name.last.id))
            give(next(other for other in others if is_free(other, key)), key)
    # Without a check: what was printed stays, whatever forms may say now.
    return [
        Session.model_construct(id=ids[key], name=name.last.name, expected=None)
        for key, name in gone.items()
    ]


def _numbered(session_id: str) -> Iterator[str]:
    """Yield ids like `session_id`, numbered: S1-2, S1_2, S1-3 and so on."""
    for number in count(2):
        for ending in (f"-{number}", f"_{number}"):
            yield session_id[: LONGEST_ID - len(ending)] + ending


def _may_be(session_id: str) -> bool:
    """Whether a session may have the id: a spreadsheet takes 3-2 for a date."""
    try:
        Session(id=session_id, name="Session")
    except ValidationError:
        return False
    return True


def _places(printed: Printed, found: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    if printed.answers.session == "none":
        return ((0,),) * len(printed.slips)
    return tuple(tuple(found[_key(each.name)] for each in slip.sessions) for slip in printed.slips)


def _field(printed: Printed, layout: int, found: Mapping[str, int]) -> FieldNames:
    """Return what the session fields of a layout may say; a name in two spellings as the later."""
    slips = [printed.slips[slot] for slot in printed.slots_of(layout)]
    with_field = [(slip.slot, slip.name) for slip in slips if slip.name is not None]
    names = {_key(name): name for _, name in with_field}
    keys = list(names)
    return FieldNames(
        tuple(names.values()),
        {slot: keys.index(_key(name)) for slot, name in with_field},
        tuple(found[key] for key in keys),
    )


def _changes(
    named: Mapping[str, _Name], found: Mapping[str, int], sessions: Sequence[Session], form: Form
) -> Iterator[Change]:
    for key, name in named.items():
        now, gone = sessions[found[key]], found[key] >= len(form.sessions)
        if gone:
            holders = (each for each in form.sessions if _key(each.id) == _key(name.last.id))
            yield Change(name.slots, name.last, now, True, next(holders, None))
        elif _key(now.name) != key or _key(now.id) != _key(name.last.id):
            yield Change(name.slots, name.last, now)
