"""Owns what a person chooses from on the page: the form's faces, numbers, words or choices, drawn
and named, each with its key.
"""

from dataclasses import dataclass

from markupsafe import Markup, escape

from scanpipe.form import Form
from scanpipe.messages import Messages
from scanpipe.reporting.answers import written
from scanpipe.reviewing.faces import faces_of

KEYS = "1234567890"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to mark on the slip.

    `value` is what is sent for it, `sign` what it looks like, `label` what a screen reader calls
    it, `key` the key that chooses it, empty where keys are too few.
    """

    value: str
    sign: Markup
    label: str
    key: str


def options_of(form: Form, t: Messages) -> tuple[Option, ...]:
    """Return what stands in a row of the slip, from left to right."""
    found = _faces(form, t) if form.scale.smileys else _others(form, t)
    return tuple(
        Option(value, sign, label, KEYS[place] if place < len(KEYS) else "")
        for place, (value, sign, label) in enumerate(found)
    )


def kind_of(form: Form) -> str:
    """Return what the row is of, as style sheet and script know it."""
    if form.scale.smileys:
        return "faces"
    if form.scale.numbers:
        return "numbers"
    return "choices" if form.choices else "words"


def sign_of(rating: int, form: Form) -> Markup:
    """Return what `rating` looks like, in a line of text."""
    return faces_of(form)[rating - 1] if form.scale.smileys else escape(written(rating, form))


def face_label(rating: int, count: int, t: Messages) -> str:
    """Return what a screen reader calls the smiley for `rating` in a row of `count`."""
    if rating == 1:
        return t("Smiley 1, the saddest")
    if rating == count:
        return t("Smiley {number}, the happiest", number=rating)
    return t("Smiley {number} of {count}", number=rating, count=count)


def _faces(form: Form, t: Messages) -> list[tuple[str, Markup, str]]:
    faces = faces_of(form)
    return [
        (str(rating), svg, face_label(rating, len(faces), t))
        for rating, svg in enumerate(faces, start=1)
    ]


def _others(form: Form, t: Messages) -> list[tuple[str, Markup, str]]:
    if form.choices:
        return [
            (choice.id, escape(choice.id), f"{choice.id} · {choice.name}")
            for choice in form.choices
        ]
    if form.scale.numbers:
        count = form.scale.numbers
        return [
            (str(each), escape(each), t("Number {number} of {count}", number=each, count=count))
            for each in range(1, count + 1)
        ]
    return [(word, escape(word), word) for word in form.answer_names]
