"""Owns the outlines of a registration mark: one closed line around every black patch and hole."""

Corner = tuple[int, int]


def outlines(modules: tuple[tuple[bool, ...], ...]) -> list[list[Corner]]:
    """Return closed outlines of the black modules, as (x, y) corners in modules from the top left.

    Filled by the even-odd rule they give the mark without seams, which squares set side by
    side show in many viewers. The corner that closes an outline is not repeated.
    """
    steps = _steps_around(modules)
    found = []
    while steps:
        start = min(steps)
        outline, here = [start], steps[start].pop()
        while here != start:
            outline.append(here)
            here = steps[here].pop()
        found.append(_without_straight(outline))
        steps = {corner: ends for corner, ends in steps.items() if ends}
    return found


def _steps_around(modules: tuple[tuple[bool, ...], ...]) -> dict[Corner, list[Corner]]:
    """Every edge between black and white, walked with the black on the right hand."""
    black = {(x, y) for y, row in enumerate(modules) for x, dark in enumerate(row) if dark}
    steps: dict[Corner, list[Corner]] = {}
    for x, y in black:
        around = {
            (x, y - 1): ((x, y), (x + 1, y)),
            (x + 1, y): ((x + 1, y), (x + 1, y + 1)),
            (x, y + 1): ((x + 1, y + 1), (x, y + 1)),
            (x - 1, y): ((x, y + 1), (x, y)),
        }
        for neighbour, (start, end) in around.items():
            if neighbour not in black:
                steps.setdefault(start, []).append(end)
    return {start: sorted(ends) for start, ends in steps.items()}


def _without_straight(outline: list[Corner]) -> list[Corner]:
    """Drop the corners at which the line does not turn."""
    around = zip(outline[-1:] + outline[:-1], outline, outline[1:] + outline[:1], strict=True)
    return [
        here
        for before, here, after in around
        if not (before[0] == here[0] == after[0] or before[1] == here[1] == after[1])
    ]
