"""Owns which sessions the tables leave out: those that stand only on slips printed earlier, of
which none came.
"""

from collections.abc import Collection, Sequence

from scanpipe.form import Form
from scanpipe.reporting.answers import folded
from scanpipe.reporting.review import Review
from scanpipe.reporting.rows import Row


def without_unseen(
    form: Form, earlier: Collection[str], rows: Sequence[Row], review: Review
) -> Form:
    """Return `form` without those of the sessions `earlier` (ids) that no slip can count for.

    A slip whose session nobody knows yet may be of any of them, and so all of them stay. On a card
    with a row for each session what is not in the tables would have no row.
    """
    if form.slip.session != "printed" or any(row.reading.read_session is None for row in rows):
        return form
    seen = {row.reading.read_session for row in rows}
    entered = {folded(entry.session) for entry in review.filled.values()}
    left = tuple(
        each
        for each in form.sessions
        if each.id not in earlier
        or each.id in seen
        or not entered.isdisjoint({folded(each.id), folded(each.name)})
    )
    return form if len(left) == len(form.sessions) else form.model_copy(update={"sessions": left})
