"""Owns what is said on a slip: every text with its key in the form, its place and its style."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from scanpipe.composing import type_scale
from scanpipe.form import Form, Question, Session
from scanpipe.layout import Box, Layout, Row
from scanpipe.lettering import BOLD, REGULAR
from scanpipe.printing.fitting import Style, Way

TITLE = Style(BOLD, (Way(1, 11.0, 9.0, grows=True), Way(2, 9.5, 9.0)))
OCCASION = Style(REGULAR, (Way(1, 8.5, 7.0, grows=True),))
SESSION = Style(REGULAR, (Way(1, 13.0, 10.0),))
QUESTION = Style(BOLD, (Way(1, 11.5, 9.0, grows=True), Way(2, 9.5, 9.0)))
ASK = Style(BOLD, (Way(1, 10.5, 8.0, grows=True),))
LABEL = Style(
    REGULAR,
    (
        Way(1, 10.5, 9.5, grows=True),
        Way(2, 10.5, 9.0, grows=True),
        Way(3, 9.5, 8.0),
        Way(2, 8.75, 8.0),
        Way(1, 9.25, 8.0),
    ),
)
LEGEND = Style(REGULAR, (Way(1, 9.5, 7.5, grows=True),))
NUMBER = Style(BOLD, LEGEND.ways)
ANSWER = Style(REGULAR, (Way(1, 10.5, 7.5, grows=True),))
END = Style(REGULAR, (Way(1, 9.0, 7.0, grows=True),))
PROMPT = Style(BOLD, (Way(1, 9.5, 7.5, grows=True),))
MARK_ONE = Style(BOLD, (Way(1, 10.5, 7.0, grows=True), Way(2, 7.0, 7.0)))
CHANGE_OF_MIND = Style(REGULAR, (Way(1, 8.5, 7.0, grows=True), Way(2, 7.0, 7.0)))

SESSION_PADDING_MM = 3.0
"""Clear paper on both sides of the session's name, so that OCR never sees the box's line."""

NUMBER_MM = 5.0
"""Room for the number before a name in a list."""

SLIP_KEY = "slip"
"""What to name for a text that is the language's and not the form's own."""


class Align(StrEnum):
    """To which side of its box a text stands."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """A text: the form's key for it, how it may be set, and whether in the accent colour.

    Texts of one `family` are set in one size, the largest that fits the longest of them.
    """

    key: str
    text: str
    style: Style
    family: str = ""
    accent: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Texts below each other in a box, in its middle or, if `from_top`, from its upper edge.

    `kind`: the only kind of slip (from 0) that it stands on, None for all.
    """

    texts: tuple[Text, ...]
    box: Box
    align: Align = Align.CENTRE
    from_top: bool = False
    kind: int | None = None


def passages(form: Form, layout: Layout) -> Iterator[Passage]:
    """Yield all that is said on the slips of `form`, from the top."""
    scale = type_scale(layout.height_mm)
    for passage in _passages(form, layout):
        texts = (replace(text, style=text.style.grown(scale)) for text in passage.texts)
        yield replace(passage, texts=tuple(texts))


def _passages(form: Form, layout: Layout) -> Iterator[Passage]:
    yield _head(form, layout)
    if layout.session:
        yield from _sessions(form, layout.session)
    if layout.choice:
        yield from _legend(layout.choice, "sessions", [each.name for each in form.sessions])
    listed = any(row.label or row.legend for row in layout.all_rows)
    side = Align.LEFT if listed else Align.CENTRE
    if layout.question:
        yield Passage((Text("question", form.question, QUESTION),), layout.question, side)
    for place, row in enumerate(layout.rows):
        yield from _row(form, place, row)
    if layout.prompt:
        yield Passage((_prompt(form),), layout.prompt, Align.LEFT)
    yield Passage(tuple(_rule(form)), layout.rule)


def occasion(form: Form) -> str:
    """Return when and where, the date as the form's language writes it."""
    return f"{form.words.long_date(form.date)}  ·  {form.place}"


def instruction(form: Form) -> str:
    """Return what to do, as the language says it for the slip's kind of answers."""
    words, scale = form.words, form.scale
    if form.own_words.mark_one:
        return words.mark_one
    if scale.choose:
        return words.mark_count.format(count=scale.choose)
    if len(form.rows) > 1 or form.slip.session == "marked":
        return words.mark_one_of_each
    if scale.numbers:
        return words.mark_number
    return words.mark_answer if scale.answers else words.mark_one


def _head(form: Form, layout: Layout) -> Passage:
    texts = (Text("title", form.title, TITLE, accent=True), Text("place", occasion(form), OCCASION))
    return Passage(texts, layout.event, Align.LEFT if layout.logo else Align.CENTRE)


def _sessions(form: Form, box: Box) -> Iterator[Passage]:
    if form.slip.session == "marked":
        yield Passage((Text(SLIP_KEY, form.words.which_session, ASK),), box, Align.LEFT)
        return
    field = box.inset(SESSION_PADDING_MM)
    inner = Box(field.x_mm, box.y_mm, field.width_mm, box.height_mm)
    for kind, session in enumerate(form.sessions):
        text = Text(f"sessions[{kind + 1}].name", session.name, SESSION, family="session")
        yield Passage((text,), inner, kind=kind)


def _row(form: Form, place: int, row: Row) -> Iterator[Passage]:
    if row.label:
        yield Passage((_label(form, place),), row.label, Align.LEFT)
    if form.scale.answers:
        for number, (answer, box) in enumerate(zip(form.scale.answers, row.below, strict=True), 1):
            text = Text(f"scale.answers[{number}]", answer, ANSWER, family="answer")
            yield Passage((text,), box, from_top=True)
    elif row.below:
        yield from _ends(form, row)
    if row.legend:
        yield from _legend(row, "choices", [each.name for each in form.choices])


def _label(form: Form, place: int) -> Text:
    about = form.rows[place]
    if isinstance(about, Question):
        return Text(f"questions[{place + 1}].text", about.text, LABEL, family="label")
    name = about.name if isinstance(about, Session) else ""
    return Text(f"sessions[{place + 1}].name", name, LABEL, family="label")


def _ends(form: Form, row: Row) -> Iterator[Passage]:
    """Yield the words under the first and the last number, each at its circle's outer edge."""
    first, last = row.below
    for key, word, box, side in (
        ("scale.low", form.scale.low, first, Align.LEFT),
        ("scale.high", form.scale.high, last, Align.RIGHT),
    ):
        if word:
            yield Passage((Text(key, word, END, family="end"),), box, side, from_top=True)


def _legend(row: Row, block: str, names: Sequence[str]) -> Iterator[Passage]:
    """Yield a line for each of the form's blocks: its number, and beside it its name."""
    for number, (box, name) in enumerate(zip(row.legend, names, strict=True), 1):
        figure = Text(SLIP_KEY, str(number), NUMBER, family=block, accent=True)
        said = Text(f"{block}[{number}].name", name, LEGEND, family=block)
        wide = box.width_mm - NUMBER_MM
        yield Passage((figure,), replace(box, width_mm=NUMBER_MM), Align.LEFT)
        yield Passage((said,), replace(box, x_mm=box.x_mm + NUMBER_MM, width_mm=wide), Align.LEFT)


def _prompt(form: Form) -> Text:
    own = form.comment.prompt if form.comment else None
    key = "comment.prompt" if own else SLIP_KEY
    return Text(key, own or form.words.comment, PROMPT)


def _rule(form: Form) -> Iterator[Text]:
    own = form.own_words
    yield Text("words.mark_one" if own.mark_one else SLIP_KEY, instruction(form), MARK_ONE)
    key = "words.change_of_mind" if own.change_of_mind else SLIP_KEY
    yield Text(key, form.words.change_of_mind, CHANGE_OF_MIND)
