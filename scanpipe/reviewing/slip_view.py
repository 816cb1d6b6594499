"""Owns what is shown of one slip: everything that the page needs to draw it, in plain values."""

from dataclasses import dataclass

from babel import Locale
from markupsafe import Markup

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.answers import choices_in, written
from scanpipe.reporting.percents import share
from scanpipe.reporting.standing import Item, Standing, acceptable
from scanpipe.reviewing.about_row import about, only_session, question_of
from scanpipe.reviewing.options import Option, options_of, sign_of
from scanpipe.reviewing.why_here import why_here
from scanpipe.vocabulary import Reason, Status


@dataclass(frozen=True, slots=True)
class Choosable:
    """One thing to choose; `ink` is how much of its surroundings is covered, empty if unknown."""

    option: Option
    ink: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SlipView:
    """One slip, or one row of it, as the page shows it.

    `number` counts from 1, and is 0 where a slip was looked up that nobody has to decide;
    `about` says which row is asked about; `session` is the id that stands or was proposed;
    `only_session`: no other is possible; `asks_session`: none was read and none entered;
    `accepts`: what was read can be accepted as it is, but for a missing session; `proposed` is
    what was read, as text; `further`: the name for one slip more on this page.
    """

    item: Item
    number: int
    about: str
    question: str
    why: tuple[str, ...]
    answers: tuple[Choosable, ...]
    session: str
    only_session: bool
    asks_session: bool
    accepts: bool
    proposal: Markup | None
    proposed: str
    is_repeat: bool
    further: str | None
    before: str | None
    after: str | None

    @property
    def slip(self) -> str:
        """The slip's name."""
        return self.item.slip

    @property
    def chosen_word(self) -> str:
        """What is decided: a rating, blank or void; empty while nothing is."""
        return decided_word(self.item)

    @property
    def origin(self) -> tuple[str, int | None]:
        """The scan file, and the page in it."""
        return self.item.read.reading.file, self.item.read.reading.page


def slip_view(stands: Standing, item: Item, t: Messages, chosen: str = "") -> SlipView:
    """Return how `item` is shown; `chosen`: a session that the person chose, not yet saved."""
    names = [each.slip for each in stands.items]
    place = names.index(item.slip) if item.slip in names else len(names)
    reading, form = item.read.reading, stands.form
    only = only_session(reading, form)
    session = only or chosen or _session(stands, item)
    return SlipView(
        item,
        place + 1 if place < len(names) or not item.is_certain else 0,
        about(reading, form, t),
        question_of(reading, form),
        why_here(item, form, t),
        _answers(stands, item, t),
        session,
        bool(only),
        not session,
        not item.is_certain and acceptable(item, form),
        sign_of(reading.read_rating, form) if reading.read_rating else None,
        written(reading.read_rating, form) if reading.read_rating else "",
        Reason.DUPLICATE in reading.reasons and not item.is_page,
        stands.next_on_page(item.slip),
        names[place - 1] if 0 < place <= len(names) else None,
        names[place + 1] if place + 1 < len(names) else None,
    )


def decided_word(item: Item) -> str:
    """Return what is decided of `item`: a rating, blank or void; empty while nothing is."""
    if item.now.status is Status.VOID:
        return "void"
    if item.now.status is Status.CORRECTED:
        return str(item.now.rating or "blank")
    return ""


def _session(stands: Standing, item: Item) -> str:
    """Return the session that stands, or was read; what is decided of the slip goes first."""
    elsewhere = stands.session_on_slip(item.slip) if item.left else None
    return elsewhere or item.now.session or item.read.reading.read_session or ""


def _answers(stands: Standing, item: Item, t: Messages) -> tuple[Choosable, ...]:
    form, locale = stands.form, Locale.parse(stands.form.language)
    options = options_of(form, t)
    fills = item.read.reading.fills or (None,) * len(options)
    chosen = chosen_places(decided_word(item), form)
    return tuple(
        Choosable(option, "" if fill is None else share(fill, locale), place in chosen)
        for place, (option, fill) in enumerate(zip(options, fills, strict=True))
    )


def chosen_places(word: str, form: Form) -> tuple[int, ...]:
    """Return the places, from 0, of what is marked by the decision `word`."""
    if not word.isdecimal():
        return ()
    return choices_in(int(word), form) if form.choices else (int(word) - 1,)
