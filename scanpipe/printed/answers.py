"""Owns what the answers on printed slips mean, and that no others are counted with them."""

from collections.abc import Iterator, Sequence

from scanpipe.errors import FormError
from scanpipe.form import Choice, Form, Question
from scanpipe.form_problems import same_words
from scanpipe.printed.model import Answers, Item

WAYS = {
    "printed": "the name of their session",
    "marked": "all sessions in a list, to mark one",
    "rows": "a row for each session",
    "none": "no session",
}
"""What slips say of their session, by slip.session of the form."""


def lock_name(form_id: str) -> str:
    """Return the name of the lock file of the form `form_id`."""
    return f"{form_id}.lock.json"


def answers_of(form: Form) -> Answers:
    """Return what the answers on slips of `form`, as it is now, mean."""
    kind, count, words = _scale(form)
    alone = (Item(id=None, texts=(form.question,)),)
    return Answers(
        session=form.slip.session,
        scale=kind,
        count=count,
        words=words,
        questions=_items(form.questions) or alone,
        choices=_items(form.choices),
    )


def agreed(printed: Answers, form: Form) -> Answers:
    """Return `printed` with the texts that `form` has now added to it.

    Raises FormError if answers on slips of the form, as it is now, do not mean the same.
    """
    now = answers_of(form)
    problems = tuple(_differences(printed, now))
    if problems:
        raise FormError(
            f"form {form.id} was changed after slips were printed, so that the answers on them "
            "and on new slips cannot be counted together:",
            problems,
            hint="Change it back, or give the form a new id for the new slips. If none of the "
            f"slips printed before was handed out, delete {lock_name(form.id)} and print again.",
        )
    return now.model_copy(
        update={
            "questions": tuple(map(_with_texts, printed.questions, now.questions)),
            "choices": tuple(map(_with_texts, printed.choices, now.choices)),
        }
    )


def reworded(printed: Answers, form: Form) -> Iterator[tuple[str, str]]:
    """Yield the texts of questions and choices as last printed, and as no slip has them yet."""
    now = answers_of(form)
    items = zip((*printed.questions, *printed.choices), (*now.questions, *now.choices), strict=True)
    for before, item in items:
        if not _has(before, item.texts[-1]):
            yield before.texts[-1], item.texts[-1]


def _scale(form: Form) -> tuple[str, int, tuple[str, ...]]:
    scale = form.scale
    if scale.answers:
        return "answers", len(scale.answers), scale.answers
    if scale.choose:
        return "choose", scale.choose, ()
    if scale.numbers:
        return "numbers", scale.numbers, (scale.low or "", scale.high or "")
    return "smileys", form.targets, ()


def _items(parts: Sequence[Question] | Sequence[Choice]) -> tuple[Item, ...]:
    return tuple(
        Item(id=each.id, texts=(each.text if isinstance(each, Question) else each.name,))
        for each in parts
    )


def _with_texts(printed: Item, now: Item) -> Item:
    """Return the item with its text of today last, which is how it is printed."""
    others = (text for text in printed.texts if text not in now.texts)
    return Item(id=now.id, texts=(*others, *now.texts))


def _has(item: Item, text: str) -> bool:
    return same_words(text) in map(same_words, item.texts)


def _differences(printed: Answers, now: Answers) -> Iterator[str]:
    if printed.session != now.session:
        yield f"slips were printed with {_way(printed)}; the form now says {_way(now)}"
    if _measure(printed) != _measure(now):
        yield f"slips were printed with {_shown(printed)}; the form now says {_shown(now)}"
    yield from _other_items("questions", printed.questions, now.questions)
    yield from _other_items("choices", printed.choices, now.choices)


def _way(answers: Answers) -> str:
    return WAYS.get(answers.session, answers.session)


def _measure(answers: Answers) -> tuple[str, int, tuple[str, ...]]:
    return answers.scale, answers.count, tuple(map(same_words, answers.words))


def _shown(answers: Answers) -> str:
    quoted = [f"“{word}”" for word in answers.words]
    if answers.scale == "answers":
        return f"the answers {', '.join(quoted)}"
    if answers.scale == "choose":
        return f"{answers.count} to choose"
    if answers.scale == "numbers":
        ends = f", from {quoted[0]} to {quoted[1]}" if any(answers.words) else ""
        return f"the numbers 1 to {answers.count}{ends}"
    return f"{answers.count} {answers.scale}"


def _other_items(what: str, printed: Sequence[Item], now: Sequence[Item]) -> Iterator[str]:
    """Yield why items are not those printed: other ids, or a text that another one had."""
    if [item.id for item in printed] != [item.id for item in now]:
        yield f"slips were printed with {_ids(what, printed)}; the form now has {_ids(what, now)}"
        return
    for place, item in enumerate(now):
        text = item.texts[-1]
        others = [each.id for i, each in enumerate(printed) if i != place and _has(each, text)]
        if others:
            yield f"{what}: “{text}” was printed for {others[0]}; the form now has it for {item.id}"


def _ids(what: str, items: Sequence[Item]) -> str:
    named = [item.id for item in items if item.id is not None]
    if named:
        return f"the {what} {', '.join(named)}"
    return "one question" if items else f"no {what}"
