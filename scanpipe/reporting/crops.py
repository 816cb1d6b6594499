"""Owns the pictures in the output folder: crops/<slip>.png, slips that a person must look at, and
comments/<slip>.png, what people wrote into the comment box.

A picture that no table names must not stay, whenever a run ends. So each is listed before it is
written, and so are those that the new tables will not name any more; the list outlives a kill.
"""

import contextlib
import re
from collections.abc import Iterable, Set
from pathlib import Path

from scanpipe.reporting.files import (
    PRIVATE,
    append,
    make_folder,
    make_private_folder,
    read_if_there,
    remove,
    write_all,
)

FOLDER = "crops"
COMMENTS = "comments"
FOLDERS = (FOLDER, COMMENTS)
LISTED = "crops.txt"

_NAME = re.compile(r"[a-z][a-z0-9_-]*\.png")


class Crops:
    """The pictures of one run in `folder`, which has those that the tables name `before` it.

    `wanted` is False if the run is to leave no picture.
    """

    def __init__(
        self, folder: Path, before: Set[str] = frozenset(), *, wanted: bool = True
    ) -> None:
        self._home = folder
        self._list = folder / PRIVATE / LISTED
        self._before = before
        self._wanted = wanted
        self._remove_listed(but=before)

    def keep(self, slip: str, picture: bytes) -> str:
        """Write the PNG `picture` of `slip`; return its path in the output folder.

        Empty if no pictures are wanted: then nothing is written.
        """
        return self._keep(FOLDER, slip, picture)

    def keep_comment(self, slip: str, picture: bytes) -> str:
        """Write the PNG `picture` of what stands in the comment box of `slip`; else as `keep`."""
        return self._keep(COMMENTS, slip, picture)

    def _keep(self, place: str, slip: str, picture: bytes) -> str:
        if not self._wanted:
            return ""
        path = self._home / place / f"{slip}.png"
        image = f"{place}/{path.name}"
        before = read_if_there(path)
        if before is None:
            make_folder(path.parent)
            self._put_on_list([image])
        if before != picture:
            write_all({path: picture})
        return image

    def take_back(self, but: Set[str]) -> None:
        """Remove the pictures that this run added, `but` those that a table names."""
        self._remove_listed(but)

    def give_up_all_but(self, now: Set[str]) -> None:
        """Say, before they are written, that the new tables will name only the pictures `now`."""
        gone = self._before - now
        if gone:
            self._put_on_list(sorted(gone))

    def remove_given_up(self, now: Set[str]) -> None:
        """Remove what the new tables, which name `now`, leave over: they stand."""
        self._remove_listed(but=now)
        if not self._wanted:
            for place in FOLDERS:
                with contextlib.suppress(OSError):  # a person's own pictures may lie there
                    (self._home / place).rmdir()

    def _put_on_list(self, images: Iterable[str]) -> None:
        make_private_folder(self._home, PRIVATE)
        append(self._list, "".join(f"{image}\n" for image in images).encode())

    def _remove_listed(self, but: Set[str]) -> None:
        listed = read_if_there(self._list)
        if listed is None:
            return
        for image in set(listed.decode("utf-8", "replace").splitlines()) - but:
            place, _, name = image.partition("/")
            if place in FOLDERS and _NAME.fullmatch(name):
                remove(self._home / place / name)
        remove(self._list)
        with contextlib.suppress(OSError):
            self._list.parent.rmdir()
