"""Owns every word on a slip: where it stands, how large, and the refusal when it does not fit."""

from collections.abc import Iterator
from dataclasses import dataclass

from babel.dates import format_date

from scanpipe.errors import FormError
from scanpipe.form import Form
from scanpipe.layout import Box, Layout, layout_of
from scanpipe.printing.fitting import Fitted, Style, TooLong, fit
from scanpipe.printing.fonts import BOLD, CAP_HEIGHT_EM, MM_PER_PT, REGULAR, unprintable
from scanpipe.smiley import Point

TITLE = Style(BOLD, 11.0, 9.0, two_line_pt=9.5)
OCCASION = Style(REGULAR, 8.5, 7.0)
SESSION = Style(REGULAR, 13.0, 10.0)
QUESTION = Style(BOLD, 11.5, 9.0, two_line_pt=9.5)
MARK_ONE = Style(BOLD, 8.5, 7.0, two_line_pt=7.0)
CHANGE_OF_MIND = Style(REGULAR, 8.5, 7.0, two_line_pt=7.0)

LEADING_EM = 1.2
"""From one baseline to the next within a text, in font sizes."""

NEXT_TEXT_EM = 1.45
"""From the last baseline of a text to the first of the one below it."""

SESSION_PADDING_MM = 3.0
"""Clear paper on both sides of the session's name, so that OCR never sees the box's line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, centred on `middle`; `middle.y_mm` is its baseline."""

    text: str
    middle: Point
    font: str
    size_pt: float


def check_fits(form: Form) -> None:
    """Raise FormError naming every text of `form` that its slips have no room or letters for."""
    layout = layout_of(form)
    problems = [
        *(_cannot_print(key, text) for key, text in _given_texts(form) if unprintable(text)),
        *(
            _says_too_long(key, text, fitted, width_mm)
            for key, text, width_mm, style in _settings(form, layout)
            if isinstance(fitted := fit(text, width_mm, style), TooLong)
        ),
    ]
    if problems:
        raise FormError(
            f"the slips of form {form.id} cannot be printed:",
            tuple(problems),
            hint="Shorten or change these texts, or choose a wider slip under [slip].",
        )


def lines_on_slip(form: Form, session_index: int) -> tuple[Line, ...]:
    """Return every line printed on the slips of one session (from 0).

    `form` must have passed `check_fits`.
    """
    layout = layout_of(form)
    width_mm = layout.event.width_mm
    words = form.words
    event = (_set(form.title, width_mm, TITLE), _set(occasion(form), width_mm, OCCASION))
    rule = (
        _set(words.mark_one, width_mm, MARK_ONE),
        _set(words.change_of_mind, width_mm, CHANGE_OF_MIND),
    )
    return (
        *_stacked(event, layout.event),
        *_stacked((_session_name(form, session_index, layout),), layout.session),
        *_stacked((_set(form.question, layout.question.width_mm, QUESTION),), layout.question),
        *_stacked(rule, layout.rule),
    )


def occasion(form: Form) -> str:
    """Return when and where, the date as the form's language writes it."""
    return f"{format_date(form.date, format='long', locale=form.language)}  ·  {form.place}"


def _session_name(form: Form, session_index: int, layout: Layout) -> Fitted:
    """All sessions in one size, the largest that fits the longest: the slips are a set."""
    width_mm = layout.session.inset(SESSION_PADDING_MM).width_mm
    size_pt = min(_set(session.name, width_mm, SESSION).size_pt for session in form.sessions)
    return Fitted((form.sessions[session_index].name,), SESSION.font, size_pt)


def _set(text: str, width_mm: float, style: Style) -> Fitted:
    fitted = fit(text, width_mm, style)
    if isinstance(fitted, TooLong):
        raise FormError(f"{text!r} is {fitted.over_mm:.1f} mm too long for the slip")
    return fitted


def _stacked(texts: tuple[Fitted, ...], box: Box) -> Iterator[Line]:
    """Lay the lines below each other, the capitals of the first and the last baseline centred."""
    rows = [(line, text) for text in texts for line in text.lines]
    drops_mm = [
        text.size_pt * MM_PER_PT * (LEADING_EM if place else NEXT_TEXT_EM)
        for text in texts
        for place, _ in enumerate(text.lines)
    ]
    first_cap_mm = rows[0][1].size_pt * MM_PER_PT * CAP_HEIGHT_EM
    height_mm = first_cap_mm + sum(drops_mm[1:])
    y_mm = box.centre.y_mm - height_mm / 2 + first_cap_mm
    for place, (line, text) in enumerate(rows):
        y_mm += drops_mm[place] if place else 0.0
        yield Line(line, Point(box.centre.x_mm, y_mm), text.font, text.size_pt)


def _given_texts(form: Form) -> Iterator[tuple[str, str]]:
    yield from (("title", form.title), ("place", form.place), ("question", form.question))
    for number, session in enumerate(form.sessions, start=1):
        yield f"sessions[{number}].name", session.name


def _settings(form: Form, layout: Layout) -> Iterator[tuple[str, str, float, Style]]:
    """Yield the form's key, the text, the room in mm and the style of all that is printed."""
    width_mm = layout.event.width_mm
    yield "title", form.title, width_mm, TITLE
    yield "place", occasion(form), width_mm, OCCASION
    yield "question", form.question, layout.question.width_mm, QUESTION
    yield "slip", form.words.mark_one, width_mm, MARK_ONE
    yield "slip", form.words.change_of_mind, width_mm, CHANGE_OF_MIND
    for number, session in enumerate(form.sessions, start=1):
        room_mm = layout.session.inset(SESSION_PADDING_MM).width_mm
        yield f"sessions[{number}].name", session.name, room_mm, SESSION


def _says_too_long(key: str, text: str, found: TooLong, width_mm: float) -> str:
    return (
        f'{key}: "{text}" is {found.over_mm:.1f} mm too long for the {width_mm:.0f} mm it has '
        f"in the smallest type; about {found.characters_that_fit} characters fit "
        f"(these are {len(text)})"
    )


def _cannot_print(key: str, text: str) -> str:
    signs = " ".join(unprintable(text)[:10])
    return f'{key}: the slips\' type has no {signs} (in "{text}"); Latin, Greek and Cyrillic print'
