"""Owns audit.json: slips drawn at random, looked at by a person who does not see what was read."""

import json
import random
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from babel import Locale
from babel.numbers import format_percent
from pydantic import TypeAdapter, ValidationError

from scanpipe.errors import UsageError
from scanpipe.form import Form
from scanpipe.messages import later, messages_for
from scanpipe.reporting import percents
from scanpipe.reporting.answers import written
from scanpipe.reporting.deciding import soon_alone_in
from scanpipe.reporting.files import read_if_there, write_all
from scanpipe.reporting.journal import now
from scanpipe.reporting.keeping import copy_of
from scanpipe.reporting.misread_share import CONFIDENCE, misread_at_most, slips_needed
from scanpipe.reporting.report.audit_result import NAME
from scanpipe.reporting.run_file import Run
from scanpipe.reporting.sampled import digest_of, read_on, sampled
from scanpipe.reporting.slip_names import has_rows, slip_of

SLIPS = 50
"""So many are drawn unless somebody says how many."""

_SLIPS_SAID = later(
    "{checked} checked, {differing} differ: with {confidence} confidence at most {share} "
    "of the slips are misread."
)
_ANSWERS_SAID = later(
    "{checked} checked, {differing} differ: with {confidence} confidence at most {share} "
    "of the answers are misread."
)
_SLIPS_NEEDED = later("To say so of {share}, {count} slips must be checked, if no more differ.")
_ANSWERS_NEEDED = later("To say so of {share}, {count} answers must be checked, if no more differ.")
_TOO_FEW_SLIPS = later(
    "To say so of {share}, {count} slips would have to be checked, more than the {sure} of this "
    "stack that the computer was sure of. Whoever checks all of them, with --n {sure}, knows how "
    "many are misread."
)
_TOO_FEW_ANSWERS = later(
    "To say so of {share}, {count} answers would have to be checked, more than the {sure} of this "
    "stack that the computer was sure of. Whoever checks all of them, with --n {sure}, knows how "
    "many are misread."
)
_ALL_SLIPS = later(
    "All {checked} slips that the computer was sure of are checked, {differing} differ: no others "
    "can be misread."
)
_ALL_ANSWERS = later(
    "All {checked} answers that the computer was sure of are checked, {differing} differ: no "
    "others can be misread."
)

GOAL = 0.01
"""The share that organisers of elections ask for first: one in a hundred."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person sees on a slip: a session's id; an answer, `blank`, or `void` for neither."""

    session: str
    rating: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A slip on which the person sees something else than was read."""

    slip: str
    file: str
    page: int | None
    read_session: str
    read_rating: str
    session: str
    rating: str
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit, finished or not: the slips `drawn` with `seed`, and what was seen on them.

    `reading`: the digest of all that they were drawn from. An audit.json that lacks it counts as
    one of an earlier reading: nothing in it tells whether slips came to those that it drew from.
    """

    seed: int
    date: str
    drawn: tuple[str, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    reading: str = ""

    @property
    def left(self) -> tuple[str, ...]:
        """The slips that nobody has looked at yet."""
        return tuple(slip for slip in self.drawn if slip not in self.answers)


_AUDIT = TypeAdapter(Audit)


@dataclass(frozen=True, slots=True)
class Opening:
    """How an audit was opened.

    `goes_on`: it is the one that stood in audit.json, with so many more slips as were `added`;
    otherwise it is another, and `earlier` tells that the one which stood there was of an earlier
    reading. `kept`: the name of the copy that was made of that one.
    """

    goes_on: bool
    added: int = 0
    earlier: bool = False
    kept: str = ""


class OpenAudit:
    """The audit of `run` in `folder`, any thread may use it. Nothing is written before `begin`.

    One of this very reading goes on while something in it is left, if it was drawn with the same
    `seed`, or if no seed is asked for; where more `slips` are asked for, the rest is drawn too. A
    finished one stays as it is, until `slips` or a `seed` asks for another; it is not drawn out,
    since whoever knows its result looks at further slips with other eyes. Raises OutputError, and
    UsageError if no slip can be drawn.
    """

    def __init__(
        self, folder: Path, run: Run, slips: int | None = None, seed: int | None = None
    ) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()
        self.run = run
        self.readings = sampled(run.rows)
        if not self.readings:
            raise UsageError(f"{folder} has no slip that was read with certainty", "Run it first.")
        self._reading = digest_of(self.readings.values(), run.form)
        stands = self._standing()
        if stands is not None and self._goes_on(stands, slips, seed):
            self.audit = self._with_more(stands, slips or 0)
            added = len(self.audit.drawn) - len(stands.drawn)
            self.opening = Opening(goes_on=True, added=added)
        else:
            self.audit = self._another(slips or SLIPS, seed)
            earlier = stands is not None and stands.reading != self._reading
            self.opening = Opening(goes_on=False, earlier=earlier)
        self._replaces = not self.opening.goes_on

    def begin(self) -> None:
        """Write what is drawn, unless it stands there; of another audit that did, keep a copy."""
        with self._lock:
            if self._replaces or self.opening.added:
                self._save()

    def answer(self, slip: str, answer: Answer | None) -> bool:
        """Keep what a person sees on `slip`, None to take it back; tell if it can be kept."""
        form = self.run.form
        known = {session.id for session in form.sessions}
        ratings = {written(rating + 1, form) for rating in range(form.ratings)} | {"blank", "void"}
        if slip not in self.audit.drawn:
            return False
        if answer and (answer.rating not in ratings or not self._names(answer, known)):
            return False
        with self._lock:
            answers = {name: each for name, each in self.audit.answers.items() if name != slip}
            self.audit = replace(self.audit, answers=answers | ({slip: answer} if answer else {}))
            self._save()
        return True

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The slips on which something else is seen than was read."""
        found = (self._difference(slip, each) for slip, each in self.audit.answers.items())
        return tuple(each for each in found if each)

    @property
    def said(self) -> tuple[str, ...]:
        """What the audit shows so far, in sentences in the form's language."""
        t, locale = messages_for(self.run.form.language), Locale.parse(self.run.form.language)
        checked, differing = len(self.audit.answers), len(self.differences)
        rows, sure = has_rows(self.run.form), len(self.readings)
        if checked == sure:
            text = _ALL_ANSWERS if rows else _ALL_SLIPS
            return (t(text, checked=checked, differing=differing),)
        bound = misread_at_most(checked, differing) if checked else 1.0
        result = t(
            _ANSWERS_SAID if rows else _SLIPS_SAID,
            checked=checked,
            differing=differing,
            confidence=format_percent(CONFIDENCE, locale=locale),
            share=percents.share(bound, locale),
        )
        if bound <= GOAL:
            return (result,)
        needed, share = slips_needed(GOAL, differing), format_percent(GOAL, locale=locale)
        if needed > sure:
            too_few = _TOO_FEW_ANSWERS if rows else _TOO_FEW_SLIPS
            return result, t(too_few, share=share, count=needed, sure=sure)
        more = _ANSWERS_NEEDED if rows else _SLIPS_NEEDED
        return result, t(more, share=share, count=needed)

    def _names(self, answer: Answer, known: set[str]) -> bool:
        return answer.session in known or answer.rating == "void"

    def _difference(self, slip: str, answer: Answer) -> Difference | None:
        reading = self.readings[slip]
        read, seen = read_on(reading, self.run.form), (answer.session, answer.rating)
        if read == seen:
            return None
        return Difference(slip, reading.file, reading.page, *read, *seen, reading.question)

    def _standing(self) -> Audit | None:
        """Return what audit.json holds, of whatever reading; None if damaged, or not there."""
        data = read_if_there(self._path)
        if data is None:
            return None
        try:
            return _AUDIT.validate_python(json.loads(data))
        except (ValueError, ValidationError):
            return None

    def _goes_on(self, stands: Audit, slips: int | None, seed: int | None) -> bool:
        if stands.reading != self._reading or not set(stands.drawn) <= set(self.readings):
            return False
        if stands.left:
            return seed in (None, stands.seed)
        return slips is None and seed is None

    def _with_more(self, stands: Audit, slips: int) -> Audit:
        """Return the audit with the rest of `slips` slips drawn, behind those it has."""
        if slips <= len(stands.drawn):
            return stands
        wider, before = draw(list(self.readings), slips, stands.seed).drawn, set(stands.drawn)
        rest = tuple(name for name in wider if name not in before)
        return replace(stands, drawn=stands.drawn + _by_slip(rest, self.run.form))

    def _another(self, slips: int, seed: int | None) -> Audit:
        drawn = draw(list(self.readings), slips, seed)
        return replace(drawn, drawn=_by_slip(drawn.drawn, self.run.form), reading=self._reading)

    def _save(self) -> None:
        """Write audit.json; the first time, keep a copy of another audit that stood there."""
        with soon_alone_in(self._path.parent):
            kept = self._copy() if self._replaces else {}
            text = json.dumps(self._record(), ensure_ascii=False, indent=2)
            write_all({**kept, self._path: f"{text}\n".encode()})
        self._replaces = False
        for path in kept:
            self.opening = replace(self.opening, kept=path.name)

    def _copy(self) -> dict[Path, bytes]:
        data = read_if_there(self._path)
        return {} if data is None else copy_of(self._path, data)

    def _record(self) -> dict[str, Any]:
        checked, differing = len(self.audit.answers), len(self.differences)
        return {
            "checked": checked,
            "differing": differing,
            "confidence": CONFIDENCE,
            "at_most": round(misread_at_most(checked, differing), 6) if checked else 1.0,
            "seed": self.audit.seed,
            "date": self.audit.date,
            "differences": [_told(each) for each in self.differences],
            "reading": self.audit.reading,
            "drawn": list(self.audit.drawn),
            "answers": {slip: asdict(each) for slip, each in self.audit.answers.items()},
        }


def _by_slip(drawn: tuple[str, ...], form: Form) -> tuple[str, ...]:
    """Return what is `drawn` in its order, but the answers on one slip after each other."""
    slips = dict.fromkeys(slip_of(name, form) for name in drawn)
    places = {slip: place for place, slip in enumerate(slips)}
    return tuple(sorted(drawn, key=lambda name: (places[slip_of(name, form)], name)))


def _told(difference: Difference) -> dict[str, object]:
    facts = asdict(difference)
    return facts if difference.question else {k: v for k, v in facts.items() if k != "question"}


def draw(slips: list[str], count: int, seed: int | None) -> Audit:
    """Draw `count` of `slips`, all if there are fewer; the same seed draws the same of the same.

    If more are drawn with it, those drawn before are the first of them.
    """
    if seed is None:
        seed = random.SystemRandom().randrange(1_000_000)
    order = random.Random(seed).sample(sorted(slips), len(slips))  # noqa: S311
    return Audit(seed, f"{now():%Y-%m-%d}", tuple(order[:count]))
