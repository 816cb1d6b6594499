"""Owns what is said of a stack as a whole: conditions of its pages -> notes. Pure; no images."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median

from scanpipe.reading.condition import PageCondition, SlipCondition
from scanpipe.reading.record import Note, NoteKind

PAGES_NEEDED = 3
"""One odd page is the page's affair, two are chance."""

SHARE_NEEDED = 0.1
"""Less than this of the stack is not worth scanning it again."""

STREAKED_SHARE = 0.02
"""Dirt on the glass is worth a word before it lies on every page."""

SAME_PLACE_MM = 2.0
"""A feeder puts each page down within this; the dirt stays where it is."""

PLAIN_FILL = 0.0060
"""A mark that is plain to see fills at least this much of a face."""

PALE_DARKNESS = 0.60
"""Marks printed in good toner take away more light than this; with less, thin lines go."""

COARSE_PX_PER_MM = 145 / 25.4
"""150 dpi, a little less for slips printed too small."""

SPECKS_PER_CM2 = 1.0
"""In a clean 1-bit scan specks are a tenth of this, most of them at the print's ragged edge."""

SCALE_TOLERANCE = 0.025
"""Feeders stretch a page by up to 1 %, "fit to page" by 3 % or more."""

SKEW_DEG = 5.0
"""What a feeder with its guides set does not reach."""


def notes_on(
    pages: Sequence[PageCondition], *, marginal_fill: float, faint_fill: float
) -> tuple[Note, ...]:
    """Return what should be said of the stack: nothing when all is well.

    A face with less ink than `marginal_fill` has no mark; with `faint_fill` of pale ink it may.
    """

    def has_ink(slip: SlipCondition) -> bool:
        return slip.fill >= marginal_fill or slip.faint >= faint_fill

    def is_faint(slip: SlipCondition) -> bool:
        return has_ink(slip) and slip.fill < PLAIN_FILL

    with_slips = [page for page in pages if page.slips]
    single = [page for page in with_slips if len(page.slips) == 1 and page.slips[0].flat]
    found = (
        _usual(NoteKind.OTHER_FORM, with_slips, lambda slip: slip.foreign),
        _streaked(pages),
        _usual(NoteKind.FAINT_MARKS, with_slips, is_faint, among=has_ink),
        _usual(NoteKind.PALE_PRINT, with_slips, lambda s: s.print_darkness < PALE_DARKNESS),
        _usual(NoteKind.COARSE, with_slips, _is_coarse, lambda s: s.px_per_mm * 25.4),
        _speckled(with_slips),
        _usual(NoteKind.SCALE_OFF, with_slips, _is_scaled, lambda s: s.scale or 1.0),
        _usual(NoteKind.SKEWED, single, _is_skewed, lambda s: abs(s.skew_deg)),
    )
    return tuple(note for note in found if note is not None)


def _is_coarse(slip: SlipCondition) -> bool:
    return slip.flat and slip.px_per_mm < COARSE_PX_PER_MM


def _is_scaled(slip: SlipCondition) -> bool:
    return slip.flat and slip.scale is not None and abs(slip.scale - 1) > SCALE_TOLERANCE


def _is_skewed(slip: SlipCondition) -> bool:
    return abs(slip.skew_deg) > SKEW_DEG


def _usual(
    kind: NoteKind,
    pages: Sequence[PageCondition],
    holds: Callable[[SlipCondition], bool],
    value: Callable[[SlipCondition], float] | None = None,
    among: Callable[[SlipCondition], bool] = lambda _: True,
) -> Note | None:
    """Return a note if `holds` is true of enough pages, each judged by any slip on it.

    The share is taken of the pages with a slip that is `among` those that it may hold for.
    """
    able = [page for page in pages if any(map(among, page.slips))]
    slips = [slip for page in able for slip in page.slips if holds(slip)]
    hit = sum(any(map(holds, page.slips)) for page in able)
    if not _is_much(hit, len(able), SHARE_NEEDED):
        return None
    return Note(kind, hit, len(able), median(map(value, slips)) if value else None)


def _is_much(hit: int, of: int, share: float) -> bool:
    return hit >= max(PAGES_NEEDED, share * of)


def _speckled(pages: Sequence[PageCondition]) -> Note | None:
    hit = sum(page.specks_per_cm2 > SPECKS_PER_CM2 for page in pages)
    if not _is_much(hit, len(pages), SHARE_NEEDED):
        return None
    return Note(NoteKind.SPECKLED, hit, len(pages))


def _streaked(pages: Sequence[PageCondition]) -> Note | None:
    hit = sum(bool(page.standing_mm or page.lying_mm) for page in pages)
    if not _is_much(hit, len(pages), STREAKED_SHARE):
        return None
    most, place = max(_usual_places(pages))
    if most < PAGES_NEEDED:
        return Note(NoteKind.STREAKS, hit, len(pages))
    return Note(NoteKind.STREAKS, most, len(pages), place)


def _usual_places(pages: Sequence[PageCondition]) -> Iterator[tuple[int, float]]:
    """Yield for places with a streak on how many pages there is one within SAME_PLACE_MM."""
    for places in ([p.standing_mm for p in pages], [p.lying_mm for p in pages]):
        for middle in {round(place) for on_page in places for place in on_page}:
            near = [
                min(found, key=lambda mm: abs(mm - middle))
                for on_page in places
                if (found := [mm for mm in on_page if abs(mm - middle) <= SAME_PLACE_MM])
            ]
            if near:
                yield len(near), round(median(near), 1)
