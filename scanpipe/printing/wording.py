"""Owns every printed line: where it stands, how large, and the refusal when it does not fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from scanpipe.composing import layout_of
from scanpipe.errors import FormError
from scanpipe.form import Form
from scanpipe.layout import Box
from scanpipe.lettering import MM_PER_PT, Line, Words
from scanpipe.messages import Sentence, later
from scanpipe.printing.fitting import STEP_PT, Fitted, TooLong, fit
from scanpipe.printing.fonts import CAP_HEIGHT_EM, text_width_mm, unprintable
from scanpipe.printing.logos import logo_problems
from scanpipe.printing.passages import SLIP_KEY, Align, Passage, Text, passages
from scanpipe.smiley import Point

LEADING_EM = 1.2
"""From one baseline to the next within a text, in font sizes."""

NEXT_TEXT_EM = 1.45
"""From the last baseline of a text to the first of the one below it."""

ASCENT_EM = 0.9
"""From the baseline to the top of an Å."""


DESCENT_EM = 0.25
"""From the baseline to the foot of a g."""

TEXT_HINT = Sentence(later("Shorten or change these, or choose a larger slip under [slip]."))
LOGO_HINT = (
    "Put the logo there, as a PNG or SVG that can be printed, or take the line that begins with "
    "logo out of the form."
)
"""What to do about what cannot be printed."""


def check_fits(form: Form, folder: Path | None = None) -> None:
    """Raise FormError naming everything that cannot be printed on the slips of `form`.

    That is every text that they have no room or letters for, and a logo that cannot be used;
    its path starts from `folder`, without which it is not looked at.
    """
    texts = (
        *(_cannot_print(key, text) for key, text in _given_texts(form) if unprintable(text)),
        *_too_long(form),
    )
    logo = tuple(logo_problems(form, folder))
    if texts or logo:
        hint = f"{TEXT_HINT} {LOGO_HINT}" if texts else LOGO_HINT
        raise FormError(
            f"the slips of form {form.id} cannot be printed:",
            (*texts, *logo),
            hint=hint if logo else TEXT_HINT,
        )


def lines_on_slip(form: Form, kind: int) -> tuple[Line, ...]:
    """Return every line printed on the slips of one kind (from 0).

    `form` must have passed `check_fits`.
    """
    return tuple(line for of_kind, line in _all_lines(form) if of_kind in (None, kind))


def words_on_every_slip(form: Form) -> tuple[Words, ...]:
    """Return what is printed alike on all slips of `form`: about its rows, or about none.

    Raises FormError if something does not fit.
    """
    layout = layout_of(form)
    boxes = (*layout.words, *layout.passages)
    said = list(passages(form, layout))
    sizes_pt = _family_sizes_pt(said)
    lines: dict[Box, list[Line]] = {box: [] for box in boxes}
    for passage in said:
        of_box = next((box for box in boxes if _holds(box, passage.box)), None)
        if passage.kind is None and of_box is not None:
            lines[of_box].extend(_lines(passage, sizes_pt))
    return tuple(Words(box, tuple(found)) for box, found in lines.items() if found)


def _holds(box: Box, part: Box) -> bool:
    """Whether `part` of a text's room lies in `box`: a list's numbers have room of their own."""
    middle = part.centre
    return box.x_mm <= middle.x_mm <= box.right_mm and box.y_mm <= middle.y_mm <= box.bottom_mm


@lru_cache(maxsize=4)
def _all_lines(form: Form) -> tuple[tuple[int | None, Line], ...]:
    """Every line with the kind of slip that it stands on; forms of 146 sessions ask often."""
    said = list(passages(form, layout_of(form)))
    sizes_pt = _family_sizes_pt(said)
    return tuple((each.kind, line) for each in said for line in _lines(each, sizes_pt))


def _lines(passage: Passage, sizes_pt: Mapping[str, float]) -> Iterator[Line]:
    box = passage.box
    fitting = _low_enough([_set(text, box.width_mm, sizes_pt) for text in passage.texts], box)
    ys_mm = _baselines_mm(fitting, box, from_top=passage.from_top)
    for text, fitted in zip(passage.texts, fitting, strict=True):
        for line in fitted.lines:
            half_mm = text_width_mm(line, fitted.font, fitted.size_pt) / 2
            middle = Point(_middle_mm(box, half_mm, passage.align), next(ys_mm))
            yield Line(line, middle, fitted.font, fitted.size_pt, text.accent)


def _low_enough(texts: list[Fitted], box: Box) -> list[Fitted]:
    """Return texts to stand below each other in `box`, the largest made smaller until they do."""
    while len(texts) > 1 and _height_mm(texts) > box.height_mm:
        largest = max(range(len(texts)), key=lambda place: texts[place].size_pt)
        smaller = replace(texts[largest], size_pt=texts[largest].size_pt - STEP_PT)
        texts = [*texts[:largest], smaller, *texts[largest + 1 :]]
    return texts


def _height_mm(texts: Sequence[Fitted]) -> float:
    """Return how much room texts below each other take when their middle is that of the room."""
    below_mm = texts[-1].size_pt * MM_PER_PT * DESCENT_EM
    return texts[0].size_pt * MM_PER_PT * CAP_HEIGHT_EM + sum(_drops_mm(texts)) + 2 * below_mm


def _middle_mm(box: Box, half_mm: float, align: Align) -> float:
    if align is Align.CENTRE:
        return box.centre.x_mm
    return box.x_mm + half_mm if align is Align.LEFT else box.right_mm - half_mm


def _baselines_mm(texts: Sequence[Fitted], box: Box, *, from_top: bool) -> Iterator[float]:
    """Lay lines below each other, the capitals of the first and the last baseline centred."""
    drops_mm = _drops_mm(texts)
    first_cap_mm = texts[0].size_pt * MM_PER_PT * CAP_HEIGHT_EM
    height_mm = first_cap_mm + sum(drops_mm)
    y_mm = box.centre.y_mm - height_mm / 2 + first_cap_mm
    if from_top:
        y_mm = box.y_mm + texts[0].size_pt * MM_PER_PT * ASCENT_EM
    for drop_mm in (0.0, *drops_mm):
        y_mm += drop_mm
        yield y_mm


def _drops_mm(texts: Sequence[Fitted]) -> list[float]:
    """Return how far each line but the first lies below the one before."""
    drops_mm = [
        text.size_pt * MM_PER_PT * (LEADING_EM if place else NEXT_TEXT_EM)
        for text in texts
        for place, _ in enumerate(text.lines)
    ]
    return drops_mm[1:]


def _family_sizes_pt(said: Sequence[Passage]) -> dict[str, float]:
    """Return the size of each family of texts: the largest that fits all of them."""
    sizes_pt: dict[str, float] = {}
    for passage in said:
        for text in passage.texts:
            if text.family:
                size_pt = _set(text, passage.box.width_mm, {}).size_pt
                sizes_pt[text.family] = min(size_pt, sizes_pt.get(text.family, size_pt))
    return sizes_pt


def _set(text: Text, width_mm: float, sizes_pt: Mapping[str, float]) -> Fitted:
    size_pt = sizes_pt.get(text.family)
    fitted = fit(text.text, width_mm, text.style.at_most(size_pt) if size_pt else text.style)
    if isinstance(fitted, TooLong):
        raise FormError(f"{text.text!r} is {fitted.over_mm:.1f} mm too long for the slip")
    return fitted


def _given_texts(form: Form) -> Iterator[tuple[str, str]]:
    """Yield every text that the form gives, also where a place or a date stands beside it."""
    yield "place", form.place
    seen = {"place"}
    for passage in passages(form, layout_of(form)):
        for text in passage.texts:
            if text.key not in (*seen, SLIP_KEY):
                seen.add(text.key)
                yield text.key, text.text


def _too_long(form: Form) -> Iterator[str]:
    told = set()
    for passage in passages(form, layout_of(form)):
        width_mm = passage.box.width_mm
        for text in passage.texts:
            found = fit(text.text, width_mm, text.style)
            if isinstance(found, TooLong) and (text.key, text.text) not in told:
                told.add((text.key, text.text))
                yield _says_too_long(text.key, text.text, found, width_mm)


def _says_too_long(key: str, text: str, found: TooLong, width_mm: float) -> str:
    return Sentence(
        later(
            '{where}: "{text}" is {over} mm too long for the {width} mm it has in the smallest '
            "type; about {fit} characters fit (these are {count})"
        ),
        where=key,
        text=text,
        over=f"{found.over_mm:.1f}",
        width=f"{width_mm:.0f}",
        fit=found.characters_that_fit,
        count=len(text),
    )


def _cannot_print(key: str, text: str) -> str:
    signs = " ".join(unprintable(text)[:10])
    return Sentence(
        later(
            '{where}: the slips\' type has no {signs} (in "{text}"); Latin, Greek and Cyrillic '
            "print"
        ),
        where=key,
        signs=signs,
        text=text,
    )
