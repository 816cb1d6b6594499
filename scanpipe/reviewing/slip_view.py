"""Owns what is shown of one slip: everything that the page needs to draw it, in plain values."""

from dataclasses import dataclass

from babel import Locale
from markupsafe import Markup

from scanpipe.messages import Messages
from scanpipe.reporting.standing import Item, Standing, acceptable
from scanpipe.reviewing.faces import faces_of
from scanpipe.reviewing.figures import percent
from scanpipe.reviewing.why_here import why_here
from scanpipe.vocabulary import Reason, Status


@dataclass(frozen=True, slots=True)
class Face:
    """One smiley to choose; `ink` is how much of its surroundings is covered, empty if unknown."""

    rating: int
    svg: Markup
    label: str
    ink: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SlipView:
    """One slip as the page shows it.

    `number` counts from 1; `session` is the id that stands or was proposed; `asks_session`: none
    was read and none entered; `accepts`: what was read can be accepted as it is, but for a
    missing session; `further`: the name for one slip more on this page.
    """

    item: Item
    number: int
    why: tuple[str, ...]
    faces: tuple[Face, ...]
    session: str
    asks_session: bool
    accepts: bool
    proposal: Markup | None
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
    reading = item.read.reading
    session = chosen or item.now.session or reading.read_session or ""
    faces = faces_of(stands.form)
    return SlipView(
        item,
        place + 1,
        why_here(item, t),
        _faces(stands, item, t),
        session,
        not session,
        acceptable(item, stands.form),
        faces[reading.read_rating - 1] if reading.read_rating else None,
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


def told(word: str, t: Messages) -> str:
    """Return a decision in words."""
    if word == "void":
        return t("does not count")
    return t("no smiley marked") if word == "blank" else t("smiley {number}", number=word)


def _faces(stands: Standing, item: Item, t: Messages) -> tuple[Face, ...]:
    locale = Locale.parse(stands.form.language)
    pictures = faces_of(stands.form)
    fills = item.read.reading.fills or (None,) * len(pictures)
    chosen = decided_word(item)
    return tuple(
        Face(
            rating,
            svg,
            face_label(rating, len(pictures), t),
            "" if fill is None else percent(fill, locale),
            chosen == str(rating),
        )
        for rating, (svg, fill) in enumerate(zip(pictures, fills, strict=True), start=1)
    )


def face_label(rating: int, count: int, t: Messages) -> str:
    """Return what a screen reader calls the smiley for `rating` in a row of `count`."""
    if rating == 1:
        return t("Smiley 1, the saddest")
    if rating == count:
        return t("Smiley {number}, the happiest", number=rating)
    return t("Smiley {number} of {count}", number=rating, count=count)
