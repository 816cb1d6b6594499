"""Owns what can be marked, as the report shows it: each answer's colour, its head, its name."""

from dataclasses import dataclass

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.report.colours import (
    PLAIN,
    Colour,
    number_colours,
    word_colours,
)
from scanpipe.reporting.report.faces import Face, faces_of


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the things to mark in a row.

    `label` stands on paper, or is the id of a choice; `name` says it to who does not see the
    picture; `face` is None where a number or words stand in place of a smiley; `words` is what
    the form calls it in full, empty for smileys and numbers.
    """

    place: int
    colour: Colour
    label: str
    name: str
    words: str = ""
    face: Face | None = None


def answers_of(form: Form, t: Messages) -> tuple[Answer, ...]:
    """Return what stands in a row of the form, in its order; its choices where people choose."""
    if form.scale.smileys:
        return tuple(_of_face(face) for face in faces_of(form.scale.smileys, t))
    if form.scale.numbers:
        return _numbers(form, form.scale.numbers, t)
    if form.scale.answers:
        words = form.scale.answers
        colours = word_colours(len(words))
        return tuple(
            Answer(place, colour, word, word, word)
            for place, (word, colour) in enumerate(zip(words, colours, strict=True), start=1)
        )
    return tuple(
        Answer(place, PLAIN, choice.id, choice.name, choice.name)
        for place, choice in enumerate(form.choices, start=1)
    )


def _of_face(face: Face) -> Answer:
    return Answer(face.rating, face.colour, str(face.rating), face.name, face=face)


def _numbers(form: Form, count: int, t: Messages) -> tuple[Answer, ...]:
    ends = {1: form.scale.low, count: form.scale.high}
    return tuple(
        Answer(number, colour, str(number), _number_name(number, count, ends.get(number), t))
        for number, colour in enumerate(number_colours(count), start=1)
    )


def _number_name(number: int, count: int, end: str | None, t: Messages) -> str:
    said = t("{number} of {count}", number=number, count=count)
    return f"{said}, {end}" if end else said
