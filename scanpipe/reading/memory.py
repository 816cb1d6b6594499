"""Owns a page's reading as bytes, in which it goes from worker to parent and is remembered.

Numbers and words are JSON; pictures and outlines stand behind it as they are. No pickle: what is
remembered lies in a folder that may come from anywhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, lru_cache
from sys import intern
from typing import Any, Protocol

import numpy as np
from pydantic import TypeAdapter

from scanpipe.reading.condition import PageCondition
from scanpipe.reading.fingerprint import Fingerprint, points_of
from scanpipe.reading.pages import SeenPage, page_name
from scanpipe.reading.record import PageReading
from scanpipe.reading.scanfiles import ScanFile


@cache
def _checks(kind: Any) -> TypeAdapter[Any]:
    """Return what checks values of a `kind`: made at need, for workers only pack."""
    return TypeAdapter(kind)


class Memory(Protocol):
    """Remembers packed pages by the SHA-256 of their scan and their number, from 1."""

    def recall(self, scan: str, pages: Sequence[int]) -> list[bytes] | None:
        """Return what was kept of `pages`, None unless all of them are there."""

    def keep(self, scan: str, pages: Mapping[int, bytes]) -> None:
        """Remember `pages`: a kill meanwhile leaves all of them, or none."""


@dataclass(frozen=True, slots=True)
class _Print:
    """A fingerprint without its outline; the grids in hexadecimal, which has no longest number."""

    session: int
    asked: int
    box: tuple[float, float, float, float]
    ink_mm2: float
    cells: str
    about: str


def pack(seen: SeenPage) -> bytes:
    """Return all of `seen` but the file's name, which may be another next time."""
    blobs: list[bytes] = []

    def aside(blob: bytes | None) -> int | None:
        if blob is None:
            return None
        blobs.append(blob)
        return len(blob)

    slips = [
        _named(slip) | {"picture": aside(slip.picture), "comment": aside(slip.comment)}
        for slip in seen.reading.slips
    ]
    reading = _named(seen.reading) | {"slips": slips}
    for each in (reading, *slips):
        del each["file"]
    prints = [
        print_ and {**_named(_without_outline(print_)), "outline": aside(print_.outline)}
        for print_ in seen.prints
    ]
    head = {"reading": reading, "prints": prints, "condition": seen.condition}
    return b"\n".join([json.dumps(head, default=_plain).encode("ascii"), b"".join(blobs)])


def unpack(data: bytes, file: ScanFile, page: int) -> SeenPage:
    """Return the page that was packed as `data`, with the name that `file` has now.

    Raises ValueError for what is not a packed page, or is another than page `page` (from 1).
    """
    try:
        seen = _unpacked(data, file.name)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no packed page: {error!r}") from error
    name = page_name(file, page)
    strangers = [slip.slip for slip in seen.reading.slips if not slip.slip.startswith(f"{name}-")]
    if strangers or seen.reading.page not in (page, None):
        raise ValueError(f"page {seen.reading.page}, slips {strangers}: expected those of {name}")
    return seen


def _unpacked(data: bytes, name: str) -> SeenPage:
    head, _, rest = data.partition(b"\n")
    blobs = _Blobs(rest)
    found = json.loads(head)
    reading = found["reading"] | {"file": name}
    for slip in reading["slips"]:
        pictures = {key: blobs.take(slip[key]) for key in ("picture", "comment")}
        slip |= {"file": name, **pictures}
    prints = [print_ and _print(print_, blobs) for print_ in found["prints"]]
    if blobs.left:
        raise ValueError(f"{blobs.left} bytes too many")
    checked: PageReading = _checks(PageReading).validate_python(reading)
    slips = (replace(slip, figures=_held_once(slip.figures)) for slip in checked.slips)
    return SeenPage(
        replace(checked, slips=tuple(slips)),
        tuple(prints),
        _checks(PageCondition).validate_python(found["condition"]),
    )


def _held_once(figures: Mapping[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
    """Return `figures` with what they share with other slips' in memory only once: a third of all
    that is held of a slip.
    """
    return {intern(name): _shared(numbers) for name, numbers in figures.items()}


@lru_cache(maxsize=1024)
def _shared(numbers: tuple[float, ...]) -> tuple[float, ...]:
    return numbers


class _Blobs:
    """Bytes to be taken off piece by piece."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._taken = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._taken

    def take(self, length: int | None) -> bytes | None:
        """Return the next `length` bytes, None for None; raise ValueError if there are fewer."""
        if length is None:
            return None
        if not 0 <= length <= self.left:
            raise ValueError(f"expected {length} bytes; found {self.left}")
        start, self._taken = self._taken, self._taken + length
        return self._data[start : self._taken]


def _without_outline(print_: Fingerprint) -> _Print:
    return _Print(
        print_.session,
        print_.asked,
        print_.box,
        print_.ink_mm2,
        f"{print_.cells:x}",
        f"{print_.about:x}",
    )


def _print(found: dict[str, Any], blobs: _Blobs) -> Fingerprint:
    head: _Print = _checks(_Print).validate_python(found)
    outline = blobs.take(found["outline"]) or b""
    points_of(outline)  # a damaged one is found here or much later
    return Fingerprint(
        head.session,
        outline,
        head.asked,
        head.box,
        head.ink_mm2,
        int(head.cells, 16),
        int(head.about, 16),
    )


def _named(value: Any) -> dict[str, Any]:
    """Return a dataclass's values by name, as they are: dataclasses.asdict copies each of them."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _plain(value: object) -> object:
    """Return the number of Python's that a number of numpy's is, or a dataclass's values."""
    if isinstance(value, np.generic):
        return value.item()
    if is_dataclass(value):
        return _named(value)
    raise TypeError(f"{value!r} cannot be kept as JSON")
