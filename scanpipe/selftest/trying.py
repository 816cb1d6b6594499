"""Owns the trying out of bad input: how each page of it ended."""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from scanpipe.form import Form
from scanpipe.reading import pipeline
from scanpipe.reading.kinds import kinds_of
from scanpipe.reading.record import PageKind, PageReading, SlipReading
from scanpipe.simulation.faults import Fault, GoodStack
from scanpipe.vocabulary import Status

WRONG = "wrong"
"""The end of a slip that was read with certainty, and not as it is."""


def try_fault(form: Form, fault: Fault, good: GoodStack, folder: Path, workers: int) -> list[str]:
    """Make the fault in `folder`, read it as `run` does, and return how each page ended.

    `folder` is empty. Raises whatever comes through: that, too, is an end, and a wrong one.
    """
    paths = fault.make(folder, good)
    read = pipeline.read_stack(kinds_of(form), pipeline.open_stack(paths), workers)
    return [end_of(page, good.answers) for page in _disturbed(read, fault, paths)]


def _disturbed(
    pages: Iterator[PageReading], fault: Fault, paths: Sequence[Path]
) -> Iterator[PageReading]:
    for number, page in enumerate(pages):
        if number == 0 and fault.meanwhile is not None:
            fault.meanwhile(paths)
        yield page


def end_of(page: PageReading, answers: Collection[tuple[str, int]]) -> str:
    """Return how a page ended, in the words of Fault.ends; WRONG if it was read otherwise."""
    if page.kind is PageKind.BLANK_BACK:
        return page.kind.value
    return "+".join(_end(slip, answers) for slip in page.slips)


def _end(slip: SlipReading, answers: Collection[tuple[str, int]]) -> str:
    if slip.status is Status.REJECTED:
        return "|".join(slip.reasons)
    if slip.status is Status.READ and (slip.session, slip.rating) not in answers:
        return WRONG
    return slip.status.value
