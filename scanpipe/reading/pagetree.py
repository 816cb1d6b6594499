"""Owns the way to one page of a PDF that leaves all others in the file.

qpdf, asked for a page, looks for all of them, and keeps what it has looked at: 3 kB a page, in
every worker, and a tenth of a millisecond. But it mends what is wrong with them meanwhile, so only
a tree in which nothing is wrong is gone down without it.
"""

import pikepdf

DEEPEST_TREE = 100
"""A page lies no deeper in its file, unless the file is broken and runs in a circle."""

Seen = set[tuple[int, int]]

DIRECT = (0, 0)
"""The number of an object that is written within another, where no page should be."""


def sound_pages(pdf: pikepdf.Pdf) -> int:
    """Return how many pages `page_at` finds in the tree of `pdf`; 0 if anything there is wrong.

    Looks at every page, and must come before qpdf has mended them. What a page inherits is looked
    for in its parents, so these must be the nodes above it; and a node has either pages or nodes,
    so that a page is found without looking at those before it.
    """
    root = pdf.Root.get("/Pages")
    if not isinstance(root, pikepdf.Dictionary) or "/Parent" in root:
        return 0
    return _pages_below(root, {DIRECT}, 0)


def _pages_below(node: pikepdf.Object, seen: Seen, depth: int) -> int:
    """Return the number of pages below `node`; 0 if anything there is out of order."""
    number, kids = node.objgen, node.get("/Kids")
    if number in seen or depth > DEEPEST_TREE or not isinstance(kids, pikepdf.Array):
        return 0
    seen.add(number)
    below = []
    for kid in kids:
        if not isinstance(kid, pikepdf.Dictionary) or _number_of(kid.get("/Parent")) != number:
            return 0
        is_page = kid.get("/Type") == "/Page" and "/Kids" not in kid and kid.objgen not in seen
        below.append(-1 if is_page else _pages_below(kid, seen, depth + 1))
        seen.add(kid.objgen)
    alike = bool(below) and (set(below) == {-1} or min(below) > 0)
    pages = sum(map(abs, below))
    is_node = node.get("/Type") == "/Pages" and node.get("/Count") == pages
    return pages if alike and is_node else 0


def _number_of(node: pikepdf.Object | None) -> tuple[int, int]:
    return node.objgen if isinstance(node, pikepdf.Dictionary) else DIRECT


def page_at(pdf: pikepdf.Pdf, index: int) -> pikepdf.Page:
    """Return page `index` (from 0) of a `pdf` whose tree is sound."""
    node, before = pdf.Root.Pages, index
    while "/Kids" in node:
        node, before = _one_down(node, before)
    return pikepdf.Page(node)


def _one_down(node: pikepdf.Object, before: int) -> tuple[pikepdf.Object, int]:
    """Return the kid of `node` that has the page with so many before it, and how many it has."""
    if len(node.Kids) == node.Count:  # one page each, or below each
        return node.Kids[before], 0
    for kid in node.Kids:
        pages = int(kid.Count)
        if before < pages:
            return kid, before
        before -= pages
    raise IndexError(f"{before} pages too many were asked for")


def inherited(page: pikepdf.Page, name: str) -> pikepdf.Object | None:
    """Return what a page has as `name`, of its own or from the nearest node above it."""
    node: pikepdf.Object | None = page.obj
    for _ in range(DEEPEST_TREE):
        if node is None or name in node:
            break
        node = node.get("/Parent")
    return node.get(name) if node is not None else None


def resources_of(page: pikepdf.Page) -> pikepdf.Object:
    """Return the page's resources; pikepdf's own way to them knows no inherited ones."""
    found = inherited(page, "/Resources")
    return pikepdf.Dictionary() if found is None else found
