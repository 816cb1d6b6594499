"""Scans that a worker was sent: kept as long as there is room, and only whole."""

import hashlib
from pathlib import Path

import pytest

from scanpipe.reading.copies import Copies


def sent(copies: Copies, data: bytes, *, as_if: bytes | None = None) -> tuple[str, bool]:
    sha256 = hashlib.sha256(as_if or data).hexdigest()
    copies.begin(sha256, len(data))
    for at in range(0, len(data), 3):
        copies.take(sha256, data[at : at + 3])
    return sha256, copies.finish(sha256)


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path, most_bytes=20)


def test_a_scan_comes_in_pieces_and_lies_there_whole(copies) -> None:
    sha256, whole = sent(copies, b"eleven byte")
    assert whole
    assert copies.find(sha256).read_bytes() == b"eleven byte"


def test_a_scan_that_changed_on_its_way_is_not_kept(copies) -> None:
    sha256, whole = sent(copies, b"another", as_if=b"eleven byte")
    assert not whole
    assert copies.find(sha256) is None
    assert list(copies.folder.iterdir()) == []


def test_the_scan_that_was_not_used_for_the_longest_time_makes_room(copies) -> None:
    (first, _), (second, _) = sent(copies, b"1 of eight"), sent(copies, b"2 of eight")
    copies.find(first)
    third, _ = sent(copies, b"3 of eight")
    assert [copies.find(sha256) is not None for sha256 in (first, second, third)] == [
        True,
        False,
        True,
    ]
    assert len(list(copies.folder.iterdir())) == 2


def test_a_copy_is_shared_and_outlives_the_other_worker(copies, tmp_path) -> None:
    other = Copies(tmp_path)
    sha256, _ = sent(other, b"eleven byte")
    assert copies.link(sha256, other.find(sha256))
    other.close()
    assert copies.find(sha256).read_bytes() == b"eleven byte"
    assert not copies.link(sha256, tmp_path / "elsewhere")


def test_in_the_end_nothing_is_left(copies, tmp_path) -> None:
    sent(copies, b"eleven byte")
    copies.begin("0" * 64, 3)
    copies.close()
    assert list(tmp_path.iterdir()) == []
