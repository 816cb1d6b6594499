"""Owns what a PDF page's content draws: its images and forms, each with its place."""

from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf

from scanpipe.reading.pagetree import resources_of

Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a page's content draws: name and matrix of every XObject, whether that is all, and
    whether there are images that are not among them.
    """

    xobjects: list[tuple[str, Matrix]]
    nothing_else: bool
    hidden_images: bool

    @property
    def single(self) -> tuple[str, Matrix] | None:
        """The XObject that is all there is on the page."""
        return self.xobjects[0] if self.nothing_else and len(self.xobjects) == 1 else None


def drawing_of(page: pikepdf.Page) -> Drawing:
    """Follow the page's content; raise pikepdf.PdfError where it makes no sense."""
    matrix: Matrix = (1, 0, 0, 1, 0, 0)
    stack: list[Matrix] = []
    drawn: list[tuple[str, Matrix]] = []
    nothing_else, inline = True, False
    for instruction in pikepdf.parse_content_stream(page):
        operands = instruction.operands
        match str(instruction.operator):
            case "q":
                stack.append(matrix)
            case "Q" if stack:
                matrix = stack.pop()
            case "cm":
                a, b, c, d, e, f = (float(value) for value in operands)
                matrix = _product((a, b, c, d, e, f), matrix)
            case "Do":
                drawn.append((str(operands[0]), matrix))
            case operator:
                nothing_else = False
                inline = inline or operator == "INLINE IMAGE"
    return Drawing(drawn, nothing_else, inline)


def _product(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def content_streams(page: pikepdf.Page) -> list[pikepdf.Stream]:
    """Return all that draws on the page, the forms that it may draw too."""
    contents = page.obj.get("/Contents")
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    streams = [part for part in parts if isinstance(part, pikepdf.Stream)]
    return streams + _forms_below(resources_of(page))


def images_below(resources: pikepdf.Object) -> Iterator[tuple[str, pikepdf.Stream]]:
    """Yield every image below `resources`, those inside form XObjects under no name."""
    yield from _xobjects(resources, "/Image")
    for form in _forms_below(resources):
        if "/Resources" in form:
            yield from (("", image) for _, image in _xobjects(form.Resources, "/Image"))


def _forms_below(resources: pikepdf.Object) -> list[pikepdf.Stream]:
    """Return every form XObject below `resources` once: a form may well hold itself."""
    forms: dict[tuple[int, int], pikepdf.Stream] = {}
    waiting = [resources]
    while waiting:
        for _, form in _xobjects(waiting.pop(), "/Form"):
            if form.objgen not in forms:
                forms[form.objgen] = form
                waiting += [form.Resources] if "/Resources" in form else []
    return list(forms.values())


def _xobjects(resources: pikepdf.Object, kind: str) -> Iterator[tuple[str, pikepdf.Stream]]:
    for name, xobject in resources.get("/XObject", pikepdf.Dictionary()).items():
        if isinstance(xobject, pikepdf.Stream) and xobject.get("/Subtype") == kind:
            yield name, xobject
