"""Owns the shape of what has been printed: slips by their slot, layouts, printings, answers."""

import datetime
import hashlib
import json
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from scanpipe.layout import Layout
from scanpipe.marks import SLOTS

SAME_DECIMALS = 4
"""Of a millimetre: another computer's rounding makes no other layout."""


@cache
def _layouts() -> TypeAdapter[Layout]:
    return TypeAdapter(Layout)


class Part(BaseModel):
    """A part of the lock; nothing in it is ever changed. What checks it is built at need: workers
    never do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class PrintedSession(Part):
    """A session as it was called when slips were printed."""

    id: str
    name: str


Paper = tuple[str | None, str | None, tuple[PrintedSession, ...], int]


class PrintedSlip(Part):
    """One kind of slip. `slot`: its number in the marks. `layout`: which of the layouts, from 0.

    A slip of one session has that session's `session` (its id) and `name`. A general slip has
    neither; `listed` are the sessions that stand on it, in their order.
    """

    slot: Annotated[int, Field(ge=0, lt=SLOTS)]
    session: str | None = None
    name: str | None = None
    listed: tuple[PrintedSession, ...] = ()
    layout: Annotated[int, Field(ge=0)]

    @property
    def sessions(self) -> tuple[PrintedSession, ...]:
        """The sessions that the slip tells of, in the order in which they stand on it."""
        if self.session is None or self.name is None:
            return self.listed
        return (PrintedSession(id=self.session, name=self.name),)

    @property
    def paper(self) -> Paper:
        """All that tells this slip from others, but for the slot."""
        return self.session, self.name, self.listed, self.layout


class Item(Part):
    """A question or a choice: its id, None if it is the only one, and every text it has had."""

    id: str | None
    texts: Annotated[tuple[str, ...], Field(min_length=1)]


class Answers(Part):
    """What the answers on the slips mean.

    `session`: how a slip tells its session, as slip.session of the form. `scale`: smileys,
    numbers, answers or choose, and `count` how many. `words`: the answers, or what stands below
    the first and the last number.
    """

    session: str
    scale: str
    count: int
    words: tuple[str, ...]
    questions: tuple[Item, ...]
    choices: tuple[Item, ...]


class Printing(Part):
    """The slots printed at one time, in the form's order. `date`: None if nobody knows it now."""

    date: datetime.date | None
    slots: Annotated[tuple[int, ...], Field(min_length=1)]


class Printed(Part):
    """All that has ever been printed of the form with id `form`. `slips` are ordered by slot.

    `base`: what is added to every slot in the marks. Where what stands on a slip is read from its
    marks alone it comes from just that: once the lock file is lost and the form changed, such slips
    are strangers, and are not counted for what stands there now.
    """

    form: str
    printings: Annotated[tuple[Printing, ...], Field(min_length=1)]
    slips: tuple[PrintedSlip, ...]
    answers: Answers
    layouts: tuple[Layout, ...]
    base: Annotated[int, Field(ge=0, lt=SLOTS)] = 0

    @model_validator(mode="after")
    def _all_there(self) -> "Printed":
        if [slip.slot for slip in self.slips] != list(range(len(self.slips))):
            raise ValueError("the slots are not numbered one after the other")
        if any(slip.layout >= len(self.layouts) for slip in self.slips):
            raise ValueError("a slip has a layout that is not there")
        if any(not 0 <= slot < len(self.slips) for each in self.printings for slot in each.slots):
            raise ValueError("a slip was printed that is not there")
        return self

    def slip(self, slot: int) -> PrintedSlip | None:
        """Return the slip with `slot` in its marks, None if there is none."""
        return self.slips[slot] if 0 <= slot < len(self.slips) else None

    def slots_of(self, layout: int) -> tuple[int, ...]:
        """Return the slots of the slips with layout number `layout`."""
        return tuple(slip.slot for slip in self.slips if slip.layout == layout)

    @property
    def last_slots(self) -> tuple[int, ...]:
        """The slots of the last printing: those of the form's kinds of slips, in their order."""
        return self.printings[-1].slots

    @property
    def numbers_in_marks(self) -> tuple[int, ...]:
        """The numbers in the marks of the form's kinds of slips, in their order."""
        return tuple((self.base + slot) % SLOTS for slot in self.last_slots)

    @property
    def digest(self) -> str:
        """A SHA-256 of all this, in hexadecimal."""
        return digest_of(self.model_dump(mode="json"))


def digest_of(data: Any) -> str:
    """Return a SHA-256 of `data`, as JSON gives it; the order of its keys does not matter."""
    plain = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def same_layout(one: Layout, other: Layout) -> bool:
    """Whether everything stands in the same place, to a tenth of a micrometre."""
    return bool(_rounded(_layouts().dump_python(one)) == _rounded(_layouts().dump_python(other)))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, SAME_DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return value
