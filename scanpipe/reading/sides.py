"""Owns which blank pages may be slips that lay face down: pages in their order -> places. Pure.

Scanned on both sides, every second page is a slip's back and lacks nothing; scanned on one side, a
page without anything is an empty sheet, or a slip that nobody has seen.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from scanpipe.reading.record import Note, NoteKind, PageKind, Place

PAIRED_SHARE = 0.75
"""Of the papers of a stack scanned on both sides, more than this show one side blank: some are
empty, two of them stuck together, or a back is written on."""


def face_down(pages: Sequence[tuple[Place, PageKind]]) -> Note | None:
    """Return a note on the blank `pages` that are no slip's other side; None if there are none.

    `pages`: all of a stack, in their order.
    """
    where = tuple(
        place
        for batch in _batches(pages)
        if not _on_both_sides([kind for _, kind in batch])
        for place, kind in batch
        if kind is PageKind.BLANK_BACK
    )
    return Note(NoteKind.FACE_DOWN, len(where), len(pages), where=where) if where else None


def _batches(
    pages: Sequence[tuple[Place, PageKind]],
) -> Iterator[Sequence[tuple[Place, PageKind]]]:
    """Yield the pages file by file, and those of files of one page together."""
    alone: list[tuple[Place, PageKind]] = []
    for _, of_file in groupby(pages, key=lambda page: page[0].file):
        batch = [*of_file]
        if len(batch) > 1:
            yield batch
        else:
            alone += batch
    yield alone


def _on_both_sides(kinds: Sequence[PageKind]) -> bool:
    papers = zip(kinds[::2], kinds[1::2], strict=False)
    blanks = [[side is PageKind.BLANK_BACK for side in paper] for paper in papers]
    seen = [sides for sides in blanks if not all(sides)]
    return bool(seen) and sum(map(any, seen)) > PAIRED_SHARE * len(seen)
