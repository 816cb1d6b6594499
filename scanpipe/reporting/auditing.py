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
from scanpipe.reporting.answers import written
from scanpipe.reporting.deciding import soon_alone_in
from scanpipe.reporting.files import read_if_there, write_all
from scanpipe.reporting.journal import now
from scanpipe.reporting.keeping import copy_of
from scanpipe.reporting.misread_share import CONFIDENCE, misread_at_most, slips_needed
from scanpipe.reporting.rows import Row
from scanpipe.reporting.run_file import Run
from scanpipe.reporting.slip_names import has_rows, slip_of
from scanpipe.vocabulary import Status

NAME = "audit.json"
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
    """An audit, finished or not: the slips `drawn` with `seed`, and what was seen on them."""

    seed: int
    date: str
    drawn: tuple[str, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)

    @property
    def left(self) -> tuple[str, ...]:
        """The slips that nobody has looked at yet."""
        return tuple(slip for slip in self.drawn if slip not in self.answers)


_AUDIT = TypeAdapter(Audit)


class OpenAudit:
    """The audit of `run` in `folder`, any thread may use it.

    An unfinished one is gone on with, if it was drawn with the same `seed`, or if no seed is
    asked for. Raises OutputError, and UsageError if no slip can be drawn.
    """

    def __init__(self, folder: Path, run: Run, slips: int, seed: int | None) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()
        self.run = run
        self.readings = {row.reading.slip: row.reading for row in run.rows if _is_counted(row)}
        if not self.readings:
            raise UsageError(f"{folder} has no slip that was read with certainty", "Run it first.")
        before = self._before()
        goes_on = before is not None and bool(before.left) and seed in (None, before.seed)
        if before is not None and goes_on and set(before.drawn) <= set(self.readings):
            self.audit = before
        else:
            drawn = draw(list(self.readings), slips, seed)
            self.audit = replace(drawn, drawn=_by_slip(drawn.drawn, run.form))
            self._save(copy=True)

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
        bound = misread_at_most(checked, differing) if checked else 1.0
        result = t(
            _ANSWERS_SAID if has_rows(self.run.form) else _SLIPS_SAID,
            checked=checked,
            differing=differing,
            confidence=format_percent(CONFIDENCE, locale=locale),
            share=_percent(bound, locale),
        )
        if bound <= GOAL:
            return (result,)
        more = t(
            _ANSWERS_NEEDED if has_rows(self.run.form) else _SLIPS_NEEDED,
            share=format_percent(GOAL, locale=locale),
            count=slips_needed(GOAL, differing),
        )
        return result, more

    def _names(self, answer: Answer, known: set[str]) -> bool:
        return answer.session in known or answer.rating == "void"

    def _difference(self, slip: str, answer: Answer) -> Difference | None:
        reading = self.readings[slip]
        rating = written(reading.rating, self.run.form) if reading.rating else "blank"
        read, seen = (reading.session or "", rating), (answer.session, answer.rating)
        if read == seen:
            return None
        return Difference(slip, reading.file, reading.page, *read, *seen, reading.question)

    def _before(self) -> Audit | None:
        data = read_if_there(self._path)
        if data is None:
            return None
        try:
            return _AUDIT.validate_python(json.loads(data))
        except (ValueError, ValidationError):
            return None

    def _save(self, copy: bool = False) -> None:
        """Write audit.json; where `copy`, keep the finished audit that stood there."""
        folder = self._path.parent
        with soon_alone_in(folder):
            data = read_if_there(self._path) if copy else None
            kept = copy_of(self._path, data) if data is not None else {}
            text = json.dumps(self._record(), ensure_ascii=False, indent=2)
            write_all({**kept, self._path: f"{text}\n".encode()})

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
            "drawn": list(self.audit.drawn),
            "answers": {slip: asdict(each) for slip, each in self.audit.answers.items()},
        }


def _by_slip(drawn: tuple[str, ...], form: Form) -> tuple[str, ...]:
    """Return what is `drawn` in its order, but the answers on one slip after each other."""
    slips = [*dict.fromkeys(slip_of(name, form) for name in drawn)]
    return tuple(sorted(drawn, key=lambda name: (slips.index(slip_of(name, form)), name)))


def _told(difference: Difference) -> dict[str, object]:
    facts = asdict(difference)
    return facts if difference.question else {k: v for k, v in facts.items() if k != "question"}


def _is_counted(row: Row) -> bool:
    """Tell whether nobody but the machine has decided what this slip counts as."""
    return row.reading.status in (Status.READ, Status.BLANK)


def draw(slips: list[str], count: int, seed: int | None) -> Audit:
    """Draw `count` of `slips`, all if there are fewer; the same seed draws the same of the same."""
    if seed is None:
        seed = random.SystemRandom().randrange(1_000_000)
    drawn = random.Random(seed).sample(sorted(slips), min(count, len(slips)))  # noqa: S311
    return Audit(seed, f"{now():%Y-%m-%d}", tuple(drawn))


def _percent(share: float, locale: Locale) -> str:
    pattern = locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_percent(share, pattern, locale)
