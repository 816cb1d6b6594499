"""Owns which words are known to stand on a slip: those of the form as it is now, but for what all
that is kept of its printing speaks against.

Words of which only the end has changed would be found where they are sought; others would not.
"""

from collections.abc import Iterator

from scanpipe.composing import layout_of
from scanpipe.errors import FormError
from scanpipe.form import Form
from scanpipe.layout import Box, Layout
from scanpipe.lettering import Words
from scanpipe.printed import Counting, Printed, PrintedSlip, same_layout


def prepare() -> None:
    """Load what setting words needs, in a process that does nothing but read."""
    import scanpipe.printing.wording  # noqa: F401


def known_words(form: Form, printed: Printed, counting: Counting) -> tuple[tuple[Words, ...], ...]:
    """Return for each slot what is known to be printed on its slips."""
    from scanpipe.printing.wording import words_on_every_slip  # late: see `prepare`

    try:
        layout, words = layout_of(form), words_on_every_slip(form)
    except FormError:  # slips that were printed when less was asked of them
        return ((),) * len(printed.slips)
    unsure = {*_unsure(layout, printed, counting)}
    sure = tuple(each for each in words if each.box not in unsure)
    as_now = [same_layout(each, layout) for each in printed.layouts]
    return tuple(
        sure if as_now[slip.layout] and _lists(slip, form) else () for slip in printed.slips
    )


def _unsure(layout: Layout, printed: Printed, counting: Counting) -> Iterator[Box | None]:
    """Yield the boxes whose words may have been others."""
    if layout.logo:
        yield layout.event  # set to the left, and no former title is kept
    asked = (*printed.answers.questions, *printed.answers.choices)
    if counting.reworded or any(len(item.texts) > 1 for item in asked):
        yield from (*layout.words, layout.question)


def _lists(slip: PrintedSlip, form: Form) -> bool:
    """Whether a slip that lists sessions lists those of `form`, by their names of now."""
    names = [each.name for each in slip.listed]
    return not names or names == [each.name for each in form.sessions]
