"""Owns the pictures that a person looks at: crops/<slip>.png in the output folder."""

import re
from collections.abc import Iterable
from pathlib import Path

from scanpipe.reporting.files import make_folder, read_if_there, remove, write_all

FOLDER = "crops"

_NAME = re.compile(r"[a-z][a-z0-9_-]*\.png")


class Crops:
    """The pictures of one run; those that it added can be taken away again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._added: list[Path] = []

    def keep(self, slip: str, picture: bytes) -> str:
        """Write the PNG `picture` of `slip`; return its path in the output folder."""
        path = self._folder / f"{slip}.png"
        before = read_if_there(path)
        if before is None:
            make_folder(self._folder)
            self._added.append(path)
        if before != picture:
            write_all({path: picture})
        return f"{FOLDER}/{path.name}"

    def take_back(self) -> None:
        """Remove the pictures that this run added."""
        for path in self._added:
            remove(path)


def remove_stale(folder: Path, before: Iterable[str], now: Iterable[str]) -> None:
    """Remove the pictures that the run `before` wrote and that no row refers to `now`."""
    for image in set(before) - set(now):
        place, _, name = image.partition("/")
        if place == FOLDER and _NAME.fullmatch(name):
            remove(folder / FOLDER / name)
