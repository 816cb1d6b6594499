"""Owns whose slips lie in a stack that is not of the form it was read by: of another form beside
it, as far as the numbers in the marks say so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scanpipe.errors import FormError
from scanpipe.form import load_form
from scanpipe.marks import MarkCode, mark_code
from scanpipe.messages import Messages
from scanpipe.printed import load_printed, rebuilt
from scanpipe.reading.fiducials import first_look, numbers_seen
from scanpipe.reading.record import PageReading
from scanpipe.reading.scans import load_page
from scanpipe.reading.stack import Stack
from scanpipe.shell import quoted
from scanpipe.vocabulary import Reason, Status

FORMS = Path("forms")
PAGES = 3
"""So many pages are looked at once more."""

MARKS_AGREEING = 3
"""Of a slip's four: that two say the same session by chance happens once in 146 pairs."""


class Strangers:
    """The first few pages with slips of another event, and whether there are any of this one:
    noted as the pages pass.
    """

    def __init__(self) -> None:
        self.first: list[tuple[str, int]] = []
        self.are_all = True

    def among(self, pages: Iterable[PageReading]) -> Iterator[PageReading]:
        """Yield `pages` as they come."""
        for page in pages:
            slips = [slip for slip in page.slips if slip.status is not Status.REJECTED]
            strange = [Reason.WRONG_FORM in slip.reasons for slip in slips]
            if any(strange) and page.page is not None and len(self.first) < PAGES:
                self.first.append((page.file, page.page))
            if slips and not all(strange):
                self.are_all = False
            yield page


def told_whose(
    strangers: Strangers, stack: Stack, form_path: Path, scans: Sequence[Path], t: Messages
) -> tuple[str, ...]:
    """Return a sentence that names the form whose slips the `strangers` are, if one is known."""
    seen = [_numbers(stack, *each) for each in strangers.first]
    fitting = _fitting(form_path, [numbers for numbers in seen if numbers]) if any(seen) else None
    if fitting is None:
        return ()
    name = quoted(_called(fitting))
    if strangers.are_all:
        listed = " ".join(map(quoted, scans))
        return (
            t(
                "These slips are of the form {form}. Type `scanpipe run {scans} --form {name}`.",
                form=fitting,
                scans=listed,
                name=name,
            ),
        )
    return (
        t(
            "The slips of another event are of the form {form}. Scan them by themselves, and read "
            "that scan with `--form {name}`.",
            form=fitting,
            name=name,
        ),
    )


def _numbers(stack: Stack, name: str, page: int) -> tuple[int, ...]:
    """Return the numbers in the marks on a page, none if it cannot be read any more."""
    file = next(each for each in stack.files if each.name == name and page <= each.pages)
    image = load_page(file, page)
    if isinstance(image, Reason):
        return ()
    return numbers_seen(first_look(image.pixels, image.px_per_mm))


def _fitting(form_path: Path, pages: Sequence[Sequence[int]]) -> Path | None:
    """Return the only form beside `form_path` of which there is a slip on each of `pages`."""
    others = (path for path in sorted(form_path.parent.glob("*.toml")) if path != form_path)
    found = [path for path in others if _fits(path, pages)]
    return found[0] if len(found) == 1 else None


def _fits(path: Path, pages: Sequence[Sequence[int]]) -> bool:
    code = _code(path)
    return code is not None and all(_holds_slip(numbers, code) for numbers in pages)


def _code(path: Path) -> MarkCode | None:
    """Return the numbering of a form's marks, None of a form that cannot be read."""
    try:
        form = load_form(path)
        printed = load_printed(path, form) or rebuilt(form)
    except FormError:
        return None
    return mark_code(form.id, len(printed.slips), printed.base)


def _holds_slip(numbers: Sequence[int], code: MarkCode) -> bool:
    said = Counter(code.session_index(number) for number in set(numbers))
    del said[None]
    return max(said.values(), default=0) >= MARKS_AGREEING


def _called(path: Path) -> Path:
    """Return what a command calls the form: by its name in forms/, else by its path."""
    return Path(path.stem) if path.parent == FORMS and "." not in path.stem else path
