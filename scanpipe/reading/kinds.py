"""Owns the kinds of slips that may lie in a stack: what was printed, and what it counts for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from scanpipe.form import Form
from scanpipe.layout import Layout
from scanpipe.lettering import Words
from scanpipe.marks import MarkCode, mark_code
from scanpipe.printed import Counting, FieldNames, Printed, rebuilt, sessions_of
from scanpipe.reading.known import known_words


@dataclass(frozen=True)
class SlipKinds:
    """The slips that were `printed` of `form`, by the place that their marks give them.

    The sessions of `form` are those for which slips count: besides the form's own those that
    stand only on slips printed earlier. `as_now`: the form with its own only.
    """

    form: Form
    printed: Printed
    counting: Counting
    as_now: Form

    @cached_property
    def code(self) -> MarkCode:
        """The numbering of the marks."""
        return mark_code(self.form.id, len(self.printed.slips), self.printed.base)

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """The layout of each kind."""
        return tuple(self.printed.layouts[slip.layout] for slip in self.printed.slips)

    def sessions(self, kind: int) -> Sequence[int]:
        """Return the places in the form of the sessions that stand on a kind of slip."""
        return self.counting.places[kind]

    def field(self, kind: int) -> FieldNames:
        """Return what may stand in the session field of slips with this kind's layout."""
        return self.counting.fields[self.printed.slips[kind].layout]

    def words_on(self, kind: int | None) -> tuple[Words, ...]:
        """Return what is known to be printed on a kind of slip; None is another form's."""
        return () if kind is None else self._known_words[kind]

    @cached_property
    def _known_words(self) -> tuple[tuple[Words, ...], ...]:
        return known_words(self.as_now, self.printed, self.counting)


def kinds_of(form: Form, printed: Printed | None = None) -> SlipKinds:
    """Return the kinds of slips that were `printed`, or will be of `form` if None were.

    Raises FormError if what was printed cannot be counted together with what the form says.
    """
    printed = printed or rebuilt(form)
    counting = sessions_of(printed, form)
    every = form.model_copy(update={"sessions": counting.sessions})
    return SlipKinds(every, printed, counting, as_now=form)
