"""Owns summary.csv: how many of each answer in each session, in whole numbers and percent."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from scanpipe.form import Form
from scanpipe.reporting.answers import makes_pairs, pair_names, times_chosen, times_paired
from scanpipe.reporting.dialect import Cell
from scanpipe.reporting.rows import Row
from scanpipe.vocabulary import Status

TOTAL = "total"
"""What stands in the session column of the last row."""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """The figures of one session, or of all slips; `ratings[i]` slips were rated i + 1.

    `question`: the id of the question that was answered, None where there is only one; `is_scale`:
    whether ratings have an order, and so a mean.
    """

    session: str
    session_name: str
    ratings: tuple[int, ...]
    blank: int
    review: int
    void: int
    question: str | None = None
    is_scale: bool = True

    @property
    def rated(self) -> int:
        """Slips with a rating."""
        return sum(self.ratings)

    @property
    def slips(self) -> int:
        """All slips, whatever became of them."""
        return self.rated + self.blank + self.review + self.void

    @property
    def percents(self) -> tuple[Decimal | None, ...]:
        """Percent of the rated slips for each rating, one decimal; None if none is rated."""
        return tuple(_share(100 * count, self.rated, 1) for count in self.ratings)

    @property
    def mean(self) -> Decimal | None:
        """Mean rating, two decimals; None if no slip is rated, and for what is no scale."""
        if not self.is_scale:
            return None
        points = sum(rating * count for rating, count in enumerate(self.ratings, start=1))
        return _share(points, self.rated, 2)

    def times_chosen(self, form: Form) -> tuple[int, ...]:
        """Return how many slips chose each of the form's choices."""
        return times_chosen(self.ratings, form)

    def times_paired(self, form: Form) -> tuple[int, ...]:
        """Return how many slips chose both of each pair of the form's choices."""
        return times_paired(self.ratings, form)

    def chosen_percents(self, form: Form) -> tuple[Decimal | None, ...]:
        """Return percent of the rated slips that chose each choice, one decimal; as `percents`."""
        return tuple(_share(100 * count, self.rated, 1) for count in self.times_chosen(form))


def summarise(form: Form, rows: Sequence[Row]) -> tuple[SummaryRow, ...]:
    """Return a row per session in the form's order, then the total over all slips.

    Where there are several questions, so for each of them, in the form's order. Slips of unknown
    session count in the total only; rows still rejected are no slips.
    """
    slips = [row for row in rows if row.status is not Status.REJECTED]
    if not form.questions:
        return _summarised(form, slips, None)
    return tuple(
        line
        for question in form.questions
        for line in _summarised(
            form, [row for row in slips if row.reading.question == question.id], question.id
        )
    )


def summary_columns(form: Form) -> tuple[str, ...]:
    """Return the columns of summary.csv.

    A column is named by the answer: its number or its word; of choices, each by itself, then every
    pair. What was chosen together by three and more would be too many columns to look at.
    """
    single = _single_answers(form)
    return (
        *(("question", "question_text") if form.questions else ()),
        *("session", "session_name", "slips", "rated"),
        *(f"n_{name}" for name in single),
        *(f"pct_{name}" for name in single),
        *(f"n_{name}" for name in pair_names(form)),
        *(["mean"] if form.is_scale else ()),
        *("blank", "review", "void"),
    )


def summary_rows(form: Form, summary: Sequence[SummaryRow]) -> list[tuple[Cell, ...]]:
    """Return the rows of summary.csv."""
    texts = {question.id: question.text for question in form.questions}
    return [
        (
            *((row.question, texts[row.question]) if row.question else ()),
            *(row.session, row.session_name, row.slips, row.rated),
            *_answer_cells(form, row),
            *([row.mean] if form.is_scale else ()),
            *(row.blank, row.review, row.void),
        )
        for row in summary
    ]


def _summarised(form: Form, slips: Sequence[Row], question: str | None) -> tuple[SummaryRow, ...]:
    import pandas as pd  # late: it takes half a second, for which the workers would wait

    answers = [_rated(rating) for rating in range(1, form.ratings + 1)]
    columns = [*answers, Status.BLANK.value, Status.REVIEW.value, Status.VOID.value]
    became = pd.DataFrame(
        [(row.session, _column(row)) for row in slips], columns=["session", "became"], dtype=object
    )
    ids = [session.id for session in form.sessions]
    counts = pd.crosstab(became["session"], became["became"])
    table = counts.reindex(index=ids, columns=columns, fill_value=0)
    total = became["became"].value_counts().reindex(columns, fill_value=0)
    names = [*((session.id, session.name) for session in form.sessions), (TOTAL, form.words.total)]
    found = []
    for name, counted in zip(names, [*table.to_numpy(), total], strict=True):
        *ratings, blank, review, void = (int(count) for count in counted)
        found.append(
            SummaryRow(*name, tuple(ratings), blank, review, void, question, form.is_scale)
        )
    return tuple(found)


def _single_answers(form: Form) -> tuple[str, ...]:
    """Return what each thing to mark is called."""
    return tuple(choice.id for choice in form.choices) or form.answer_names


def _answer_cells(form: Form, row: SummaryRow) -> tuple[Cell, ...]:
    if not makes_pairs(form):
        return *row.ratings, *row.percents
    return *row.times_chosen(form), *row.chosen_percents(form), *row.times_paired(form)


def _rated(rating: int | None) -> str:
    return f"n_{rating}"


def _column(row: Row) -> str:
    """Return what a slip counts as: a rating, blank, review or void."""
    if row.status is Status.CORRECTED and row.rating is None:
        return Status.BLANK.value
    if row.status in (Status.READ, Status.CORRECTED):
        return _rated(row.rating)
    return row.status.value


def _share(part: int, whole: int, decimals: int) -> Decimal | None:
    """Return `part / whole`, halves rounded up, by whole numbers only."""
    if whole == 0:
        return None
    units = (2 * part * 10**decimals + whole) // (2 * whole)
    return Decimal(units).scaleb(-decimals)
